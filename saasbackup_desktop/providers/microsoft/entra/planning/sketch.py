"""A plan in the making: what is known, and what has been said so far."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from saasbackup_desktop.core.directory.difference import AttributeChange, LinkChange
from saasbackup_desktop.core.directory.drafting import Survey, Wish
from saasbackup_desktop.core.directory.objects import DirectoryObject, Link
from saasbackup_desktop.core.directory.plan import Action, LeftOut
from saasbackup_desktop.core.directory.schema import Kind
from saasbackup_desktop.core.directory.ticks import attribute_key, lies_in, link_key
from saasbackup_desktop.core.stream import Json
from saasbackup_desktop.providers.microsoft.entra.planning import refusals
from saasbackup_desktop.providers.microsoft.entra.planning.cases import Case, Fate
from saasbackup_desktop.providers.microsoft.entra.planning.references import (
    PLACES,
    is_required,
    mentions,
    references,
    rewired,
)
from saasbackup_desktop.providers.microsoft.entra.planning.steps import NEEDED, PICKED, Step
from saasbackup_desktop.providers.microsoft.entra.planning.ways import Request, address
from saasbackup_desktop.providers.microsoft.registrations import TAG

_SOFTWARE: Final = ("applications", "servicePrincipals")
SILENT: Final = frozenset({"set-by-the-service"})
"""Why something is not written of what is made anew, and nobody needs to hear of it."""


@dataclass(slots=True)
class Sketch:
    """A plan in the making: what is known, and what has been said so far."""

    survey: Survey
    wish: Wish
    steps: list[Step] = field(default_factory=list)
    left: list[LeftOut] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    around: list[Case] = field(default_factory=list)
    returning: dict[str, str] = field(default_factory=dict)
    """What is made anew or revived: id -> key by which it was picked."""
    new: dict[str, str] = field(default_factory=dict)
    """What is made anew, and other ids of it: old id -> ``{new:ID}``."""
    lost: set[str] = field(default_factory=set)
    """Ids of what is gone and does not come back."""
    back: dict[str, str] = field(default_factory=dict)
    """What earlier plans made anew: id of now -> id of then."""
    own: frozenset[str] = frozenset()
    """Ids of the applications by which this program comes in."""
    _former: frozenset[str] = frozenset()
    """Application ids of registrations that this program has made, those of other times and computers, too."""

    def __post_init__(self) -> None:
        self.back = {new: old for old, new in self.survey.renewed.items()}
        there = [*self.survey.standing, *(pair.now for pair in self.survey.pairs if pair.now is not None)]
        self.lost = set(self.survey.missing)
        self.own = frozenset(one.id for one in there if self.is_own(one))
        then = [pair.old for pair in (*self.survey.pairs, *self.survey.around) if pair.old is not None]
        self._former = frozenset(str(one.properties.get("appId")) for one in then if _is_tagged(one))

    def is_own(self, one: DirectoryObject) -> bool:
        """It is an application by which this program comes in."""
        own = self.wish.own
        if not own:
            return False
        return one.properties.get("appId") in own if one.kind in _SOFTWARE else False

    def was_own(self, one: DirectoryObject) -> bool:
        """It is an application by which this program comes in, or came in once: nobody needs that one back."""
        if one.kind not in _SOFTWARE:
            return False
        return self.is_own(one) or _is_tagged(one) or one.properties.get("appId") in self._former

    def lose(self, case: Case) -> None:
        """It does not come back after all."""
        self.returning.pop(case.one.id, None)
        self.new.pop(case.one.id, None)
        self.lost.add(case.one.id)

    def lacks(self, one: DirectoryObject) -> str:
        """The id of something that is gone and without which it means nothing; empty if there is none."""
        if not self.lost or one.kind not in PLACES:
            return ""
        return next((ref.id for ref in references(one) if is_required(ref) and self.is_missing(ref.id)), "")

    def is_missing(self, id: str) -> bool:
        """It is gone and does not come back."""
        return id in self.lost and id not in self.new

    def reason(self, case: Case) -> str:
        """Why an object is written."""
        return PICKED if self.wish.ticks.has(case.key) else NEEDED

    def because(self, changes: Sequence[AttributeChange]) -> tuple[str, ...]:
        """The keys of what needs it."""
        ids = set().union(*(mentions(one.old, self.returning) for one in changes))
        return tuple(sorted(self.returning[id] for id in ids))

    def uses(self, body: Json) -> frozenset[str]:
        """Ids in a body of what has to be there before."""
        found = mentions(body, self.returning) if self.returning else set()
        return frozenset(found | (mentions(body, self.new) if self.new else set()))

    def said(self, value: Json) -> Json:
        """A value as it would be, in which whole ids stay as they are: whoever looks knows what became of them."""
        if not self.new or not isinstance(value, str | list | dict):
            return value
        if isinstance(value, str):
            return value if value in self.new else rewired(value, self.new)
        if isinstance(value, list):
            return [self.said(one) for one in value]
        return {name: self.said(one) for name, one in value.items()}

    def there(self, case: Case) -> str:
        """The id by which an object is addressed when the time has come."""
        return self.new.get(case.id, case.id) if case.fate is Fate.MADE else case.id

    def address(self, case: Case) -> str:
        """Where an object is changed when the time has come."""
        return address(case.kind.id, self.there(case))

    def key(self, case: Case, path: str) -> str:
        """By which an attribute is picked."""
        return attribute_key(case.kind.id, case.key.partition("/")[2], path)

    def link_key(self, case: Case, link: Link) -> str:
        """By which a link is picked."""
        then = replace(link, id=self.back[link.id]) if link.id in self.back else link
        return link_key(case.kind.id, case.key.partition("/")[2], then)

    def name(self, id: str) -> str:
        """What an id stands for."""
        return self.survey.names.get(id, "")

    def leave(
        self,
        case: Case,
        key: str,
        code: str,
        change: AttributeChange | None = None,
        *,
        old: Json = None,
        **facts: str,
    ) -> None:
        """Say that something is not written, and why."""
        self.left.append(
            LeftOut(
                key=key,
                kind=case.kind.id,
                id=case.key.partition("/")[2],
                name=case.one.name,
                code=code,
                facts={name: value for name, value in facts.items() if value},
                old=change.old if change is not None else old,
                new=change.new if change is not None else None,
            )
        )

    def leave_link(self, case: Case, change: LinkChange, code: str) -> None:
        """Say that a link is not written, and why."""
        link = change.link
        target = self.name(link.id) or link.name or link.id
        self.leave(case, self.link_key(case, link), code, relation=link.relation, target=target)

    def is_unwanted(self, key: str) -> bool:
        """Somebody said that it is not wanted."""
        ticks = self.wish.ticks
        return any(one in ticks.unwanted for one in lies_in(key))

    def tie(
        self,
        case: Case,
        action: Action,
        link: Link,
        request: Request,
        keys: tuple[str, ...],
        reason: str,
        others: Sequence[Link] = (),
    ) -> None:
        """Say a request that makes or breaks links of one relation."""
        uses = {link.id, *(one.id for one in others), case.id}
        names = [self.name(one.id) or one.name for one in (link, *others)]
        self.steps.append(
            Step(
                action,
                case.kind.id,
                case.id,
                case.one.name,
                request,
                relation=link.relation,
                target=link.id,
                target_name=", ".join(one for one in names if one),
                detail=link.detail,
                keys=keys,
                reason=reason,
                links=(link, *others) if action is Action.UNLINK or others else (),
                uses=frozenset(id for id in uses if id in self.returning),
            )
        )

    def cannot_change(self, kind: Kind, now: DirectoryObject) -> str:
        """Why an object that is there is not changed; empty if it is."""
        return "own-application" if self.is_own(now) else refusals.cannot_change(kind, now)


def _is_tagged(one: DirectoryObject) -> bool:
    """It has the mark of what this program registers."""
    tags = one.properties.get("tags")
    return one.kind in _SOFTWARE and isinstance(tags, list) and TAG in tags
