"""Say every request that would bring picked things back, in order, and what is left out and why."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from saasbackup_desktop.core.directory.difference import (
    AttributeChange,
    Change,
    LinkChange,
    difference,
    names_in,
    path_of,
    same,
)
from saasbackup_desktop.core.directory.drafting import Draft, Reference, Survey, Wish
from saasbackup_desktop.core.directory.objects import DirectoryObject, Link
from saasbackup_desktop.core.directory.plan import Action, LeftOut, Mode, Write, WriteResult
from saasbackup_desktop.core.directory.schema import Kind, Nature, Schema
from saasbackup_desktop.core.directory.ticks import attribute_key, lies_in, link_key
from saasbackup_desktop.core.stream import Json
from saasbackup_desktop.providers.microsoft.entra.kinds import SCHEMA
from saasbackup_desktop.providers.microsoft.entra.planning import refusals, risks, undoing
from saasbackup_desktop.providers.microsoft.entra.planning.bodies import composed, creation, pruned, sendable, typed
from saasbackup_desktop.providers.microsoft.entra.planning.cases import Case, Fate, cases, matched
from saasbackup_desktop.providers.microsoft.entra.planning.references import (
    PLACES,
    has_emptied,
    is_required,
    leads_somewhere,
    mentions,
    references,
    rewired,
    without,
)
from saasbackup_desktop.providers.microsoft.entra.planning.steps import NEEDED, PICKED, Step, Unique, numbered
from saasbackup_desktop.providers.microsoft.entra.planning.ties import (
    assigning,
    linking,
    linking_many,
    tie_of,
    unlinking,
)
from saasbackup_desktop.providers.microsoft.entra.planning.ways import REQUESTS, WAYS, Tie, address

_RETURNING: Final = frozenset({Fate.MADE, Fate.REVIVED})
_SILENT: Final = frozenset({"set-by-the-service"})
"""Why something is not written of what is made anew, and nobody needs to hear of it."""
_NAMING_ITSELF: Final = ("identifierUris",)
_ENTITLEMENTS: Final = frozenset({"appRoles", "api.oauth2PermissionScopes"})
_GIVING: Final = frozenset({"roleAssignments", "roleEligibilitySchedules", "oauth2PermissionGrants"})
"""Kinds that say no more than that somebody has something; they go with whom they are about."""


class EntraPlanning:
    """``core.directory.drafting.Planning`` for Microsoft Entra."""

    def references(self, one: DirectoryObject) -> Sequence[Reference]:
        """List what an object's properties refer to; links are not among it."""
        return list(references(one))

    def referring(self) -> Collection[str]:
        """The kinds whose objects refer to others, by properties or links."""
        return {*PLACES, *(id for id, kind in SCHEMA.items() if kind.relations)}

    def standing(self) -> Collection[str]:
        """The kinds of which all objects have to be known so that risks can be weighed."""
        return risks.KINDS

    def involved(self, standing: Sequence[DirectoryObject]) -> Collection[str]:
        """Keys of people and groups that those objects name, and that have to be known, too."""
        return risks.involved(standing)

    def plan(self, survey: Survey, wish: Wish) -> Draft:
        """Say every request that would be sent, in order, and what is left out and why."""
        return plan(survey, wish)

    def undo(self, schema: Schema, writes: Sequence[Write], results: Sequence[WriteResult] = ()) -> Draft:
        """Say what would take back what a plan wrote; without results: all that it would write."""
        return undoing.undo(schema, writes, results)


def plan(survey: Survey, wish: Wish) -> Draft:
    """Say every request that would be sent, in order, and what is left out and why."""
    desk = _Desk(survey, wish)
    for case in cases(survey, matched(survey.pairs, survey.renewed)):
        desk.take_in(case)
    for case in cases(survey, matched(survey.around, survey.renewed)):
        desk.stand_around(case)
    desk.write()
    kept, left, told = risks.weighed(desk.steps, survey, wish)
    writes = numbered(kept)
    return Draft(writes=writes, left_out=[*desk.left, *left], risks=told)


@dataclass(slots=True)
class _Desk:
    """A plan in the making."""

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

    def __post_init__(self) -> None:
        self.back = {new: old for old, new in self.survey.renewed.items()}
        there = [*self.survey.standing, *(pair.now for pair in self.survey.pairs if pair.now is not None)]
        self.lost = set(self.survey.missing)
        self.own = frozenset(one.id for one in there if self._is_own(one))

    # --- which are written at all ------------------------------------------------------------------------------

    def take_in(self, case: Case) -> None:
        """Say of a picked object whether it is written."""
        picked = self.wish.ticks.has(case.key)
        if case.fate is Fate.STAYS:
            self.cases.append(case)
            return
        if not picked:
            if case.fate in _RETURNING:
                self.leave(case, case.key, "not-there")
                self.lost.add(case.one.id)
            return
        if case.fate is Fate.DELETED:
            code = "exists" if self.wish.mode is Mode.SKIP else self._cannot_delete(case)
        elif case.fate is Fate.REVIVED:
            code = ""
        else:
            code = refusals.cannot_make(case.kind, case.one)
        if code:
            self.leave(case, case.key, code)
            if case.fate is Fate.MADE:
                self.lost.add(case.one.id)
            return
        self._returns(case)
        self.cases.append(case)

    def stand_around(self, case: Case) -> None:
        """Take in an object in which nothing is picked, and that refers to one that comes back."""
        if case.fate is Fate.MADE and case.kind.id in _GIVING:
            if not refusals.cannot_make(case.kind, case.one):
                self.around.append(case)
        elif case.fate is Fate.STAYS:
            self.around.append(case)

    def _returns(self, case: Case) -> None:
        if case.fate not in _RETURNING:
            return
        one = case.one
        self.returning[one.id] = case.key
        if case.fate is Fate.MADE:
            way = WAYS[case.kind.id]
            if not any(name in one.properties for name in way.kept):
                self.new[one.id] = f"{{new:{one.id}}}"
            for name in way.also:
                if isinstance(value := one.properties.get(name), str):
                    self.new[value] = f"{{new:{value}}}"

    def _cannot_delete(self, case: Case) -> str:
        if case.one.id in self.wish.break_glass:
            return "break-glass"
        if self._is_own(case.one) or (case.kind.id in _GIVING and mentions(dict(case.one.properties), self.own)):
            return "own-application"
        return refusals.cannot_delete(case.kind, case.one)

    def _cannot_change(self, kind: Kind, now: DirectoryObject) -> str:
        return "own-application" if self._is_own(now) else refusals.cannot_change(kind, now)

    def _is_own(self, one: DirectoryObject) -> bool:
        own = self.wish.own
        if not own:
            return False
        return one.properties.get("appId") in own if one.kind in ("applications", "servicePrincipals") else False

    # --- writes ------------------------------------------------------------------------------------------------

    def write(self) -> None:
        """Say what is written of all that was taken in."""
        self._drop_what_lacks()
        for case in self.cases:
            match case.fate:
                case Fate.STAYS:
                    self._change(case)
                case Fate.REVIVED:
                    self._revive(case)
                case Fate.MADE:
                    self._make(case)
                case Fate.DELETED:
                    self._delete(case)
        for case in self.around:
            self._follow(case)
        self._let_scoped_roles_follow()

    def _let_scoped_roles_follow(self) -> None:
        """Who has a role within a unit has it as soon as the role is assigned there: look only then."""
        assigned: dict[tuple[str, str], set[str]] = {}
        for step in self.steps:
            if step.kind == "roleAssignments" and step.action is Action.CREATE:
                scope = str(step.new.get("directoryScopeId") or "").rpartition("/")[2]
                unit = scope.removeprefix("{new:").removesuffix("}")
                assigned.setdefault((str(step.new.get("principalId")), unit), set()).add(step.id)
        for step in self.steps:
            if step.relation == "scopedRoleMembers" and step.action is Action.LINK:
                step.uses |= assigned.get((step.target, step.id), set())

    def _drop_what_lacks(self) -> None:
        """Do without what names something that is not there and does not come back."""
        kept = []
        for case in self.cases:
            lacking = self._lacks(case.one) if case.fate is Fate.MADE else ""
            if lacking:
                self.leave(case, case.key, "target-missing", target=self._name(lacking))
                self._is_lost(case)
            else:
                kept.append(case)
        self.cases = kept

    def _is_lost(self, case: Case) -> None:
        """It does not come back after all."""
        self.returning.pop(case.one.id, None)
        self.new.pop(case.one.id, None)
        self.lost.add(case.one.id)

    def _lacks(self, one: DirectoryObject) -> str:
        if not self.lost or one.kind not in PLACES:
            return ""
        return next((ref.id for ref in references(one) if is_required(ref) and self._is_missing(ref.id)), "")

    def _is_missing(self, id: str) -> bool:
        return id in self.lost and id not in self.new

    def _revive(self, case: Case) -> None:
        way, old = WAYS[case.kind.id], case.one
        path = way.revive.format(id=old.id)
        self.steps.append(
            Step(
                action=Action.REVIVE,
                kind=case.kind.id,
                id=old.id,
                name=old.name,
                method="POST",
                path=path,
                new=self._unseen(case),
                keys=(case.key,),
                claims=_unique(case.kind.id, old.properties),
            )
        )
        self._change(case)

    def _unseen(self, case: Case) -> dict[str, Json]:
        """What the recycle bin does not tell, as it should be once it is out of it: whoever reads it back then knows.

        Of links, the ids of the others, by relation.
        """
        kind, old, now = case.kind, case.old, case.now
        if old is None or now is None:
            return {}
        told: dict[str, Json] = {
            _path(name): self._said(value)
            for name, value in old.properties.items()
            if name not in now.properties
            and _is_writable(kind, name)
            and not kind.trait(_path(name)).is_noise
            and self.wish.ticks.has(attribute_key(kind.id, old.id, _path(name)))
        }
        if refusals.cannot_change(kind, old):
            return told
        for relation, trait in kind.relations.items():
            if trait.nature is not Nature.WRITABLE or (relation == "members" and refusals.is_dynamic(old.properties)):
                continue
            links = [one for one in old.links if one.relation == relation]
            if all(self.wish.ticks.has(self._link_key(case, one)) for one in links):
                told[relation] = [one.id for one in links if not self._is_missing(one.id)]
        return told

    def _make(self, case: Case) -> None:
        kind, old = case.kind, case.one
        way = WAYS[kind.id]
        late: list[AttributeChange] = []
        skipped: set[str] = set()
        for name, value in old.properties.items():
            path = _path(name)
            key = attribute_key(kind.id, old.id, path)
            trait = kind.trait(path)
            if not self.wish.ticks.has(key) and case.key in self._wanted(case):
                skipped.add(name)
            elif trait.nature is Nature.READ_ONLY:
                if not trait.is_noise and trait.reason not in _SILENT and not same(value, None):
                    self.leave(case, key, trait.reason or refusals.READ_ONLY, old=value)
            elif name in way.never:
                skipped.add(name)
            elif name in way.after:
                late.append(AttributeChange(path, value, None, trait))
                skipped.add(name)
            elif name in _NAMING_ITSELF and mentions(value, self.new):
                late.append(AttributeChange(path, value, self._without_itself(old).properties[name], trait))
        gone = [one for one in mentions(dict(old.properties), self.lost) if self._is_missing(one)]
        made_from = self._without_itself(old)
        whole = creation(kind, made_from, skipped.__contains__)
        body: Any = without(whole, gone) if gone else whole
        if gone:
            if has_emptied(whole, body) or mentions(body, gone):
                self.leave(case, case.key, "target-missing", target=self._name(gone[0]))
                self._is_lost(case)
                return
            for one in gone:
                self.leave(case, case.key, "target-missing", target=self._name(one))
        method, path = "POST", way.path
        if kind.id == "roleEligibilitySchedules":
            path = REQUESTS
        told = {
            _path(name): self._said(without(value, gone) if gone else value)
            for name, value in made_from.properties.items()
            if name in body
        }
        self.steps.append(
            Step(
                action=Action.CREATE,
                kind=kind.id,
                id=old.id,
                name=old.name,
                method=method,
                path=path,
                body=rewired(body, self.new),
                new=told,
                keys=(case.key,),
                reason=self._reason(case),
                also={name: str(old.properties[name]) for name in way.also if old.properties.get(name)},
                uses=self._uses(body),
                claims=_unique(kind.id, old.properties),
            )
        )
        if late:
            self._update(case, late, PICKED, uses=frozenset({old.id}))
        self._link_all(case, [LinkChange(link, Change.REMOVED, kind.relation(link.relation)) for link in old.links])

    def _without_itself(self, one: DirectoryObject) -> DirectoryObject:
        """An application without addresses that hold its own id, which Graph knows only once it is made."""
        told = {name: one.properties[name] for name in _NAMING_ITSELF if name in one.properties}
        kept: dict[str, Json] = {
            name: [each for each in value if not mentions(each, self.new)] if isinstance(value, list) else value
            for name, value in told.items()
        }
        return replace(one, properties={**one.properties, **kept}) if told else one

    def _wanted(self, case: Case) -> Collection[str]:
        """The object's key, if somebody picked it; objects that are only needed come whole."""
        return (case.key,) if self.wish.ticks.has(case.key) else ()

    def _delete(self, case: Case) -> None:
        now = case.one
        old = {
            _path(name): value
            for name, value in now.properties.items()
            if case.kind.trait(_path(name)).nature is not Nature.READ_ONLY
        }
        if old.get("isTrusted") is True and case.kind.id == "namedLocations":
            self._distrust(case)
            old["isTrusted"] = False
        method, path, body = "DELETE", address(case.kind.id, now.id), None
        if case.kind.id == "roleEligibilitySchedules":
            method, path, body = "POST", REQUESTS, _removal(now)
        self.steps.append(
            Step(
                action=Action.DELETE,
                kind=case.kind.id,
                id=now.id,
                name=now.name,
                method=method,
                path=path,
                body=body,
                old=old,
                keys=(case.key,),
                links=now.links,
                frees=_unique(case.kind.id, now.properties),
            )
        )

    def _distrust(self, case: Case) -> None:
        """A place that is trusted cannot be deleted."""
        self.steps.append(
            Step(
                action=Action.UPDATE,
                kind=case.kind.id,
                id=case.id,
                name=case.one.name,
                method="PATCH",
                path=address(case.kind.id, case.id),
                body=typed(case.kind, case.one, {"isTrusted": False}),
                old={"isTrusted": True},
                new={"isTrusted": False},
                keys=(case.key,),
            )
        )

    def _change(self, case: Case) -> None:
        """Say what is written of an object that is there, or that comes out of the recycle bin."""
        kind, old, now = case.kind, case.old, case.now
        if old is None or now is None:
            raise ValueError("nothing to change")
        is_in_bin = case.fate is Fate.REVIVED  # which tells nothing of links
        found = difference(kind, old, replace(now, id=old.id, unread=() if is_in_bin else now.unread))
        code = self._cannot_change(kind, now) or (refusals.cannot_change(kind, old) if is_in_bin else "")
        attributes = [one for one in found.attributes if self._is_picked(case, one)]
        links = [one for one in found.links if self.wish.ticks.has(self._link_key(case, one.link))]
        if self.wish.mode is Mode.SKIP and case.fate is Fate.STAYS:
            if attributes or links:
                self.leave(case, case.key, "exists")
            attributes, links = [], []
        writable = []
        for change in attributes:
            if why := code or _why_not(kind, change):
                if not (case.fate is Fate.REVIVED and why in _SILENT):
                    self.leave(case, self._key(case, change.path), why, change)
            else:
                writable.append(change)
        written = self._update(case, writable, PICKED) if writable else set()
        if self.new and not code:
            self._rewire(case, now, written)
        if code:
            for one in links:
                self.leave_link(case, one, code)
        else:
            self._link_all(case, links, written)
        if case.fate is Fate.STAYS:
            self._leave_unread(case, {*old.unread, *now.unread})

    def _is_picked(self, case: Case, change: AttributeChange) -> bool:
        """Somebody wants it back, and it does not change by itself."""
        key = self._key(case, change.path)
        if case.fate is Fate.REVIVED and case.now is not None and names_in(change.path)[0] not in case.now.properties:
            return False  # the recycle bin does not tell everything
        if change.trait.is_noise:
            if key in self.wish.ticks.wanted:
                self.leave(case, key, "noise", change)
            return False
        return self.wish.ticks.has(key)

    def _leave_unread(self, case: Case, names: Collection[str]) -> None:
        for name in sorted(names):
            key = self._key(case, name)
            if self.wish.ticks.has(key) and case.kind.trait(name).nature is not Nature.READ_ONLY:
                self.leave(case, key, "unread")

    # --- attributes --------------------------------------------------------------------------------------------

    def _update(
        self, case: Case, changes: Sequence[AttributeChange], reason: str, uses: frozenset[str] = frozenset()
    ) -> set[str]:
        """Say the requests that bring attributes back; also names the properties that are written."""
        kind, way = case.kind, WAYS[case.kind.id]
        now: Mapping[str, Json] = {} if case.now is None else case.now.properties
        by_name: dict[str, list[AttributeChange]] = {}
        for change in changes:
            by_name.setdefault(names_in(change.path)[0], []).append(change)
        body: dict[str, Json] = {}
        together: list[AttributeChange] = []
        written: set[str] = set()
        for name, some in by_name.items():
            before = None if case.old is None else case.old.properties.get(name)
            value = pruned(composed(now.get(name), ((names_in(one.path)[1:], _emptied(one)) for one in some)), before)
            gone = [id for id in mentions(value, self.lost) if self._is_missing(id)]
            if gone:
                kept = without(value, gone)
                for id in gone:
                    for one in some:
                        self.leave(case, self._key(case, one.path), "target-missing", one, target=self._name(id))
                if has_emptied(value, kept) or mentions(kept, gone):
                    continue
                value = kept
            said = [replace(one, old=without(one.old, gone)) for one in some] if gone else some
            if kind.id == "applications" and case.fate is Fate.STAYS:
                said = [self._disabled_first(case, name, now.get(name), one) for one in said]
            written.add(name)
            carried = sendable(kind, name, value)
            if name in way.apart:
                where, called = way.apart[name]
                self._send(case, "POST", f"{self._address(case)}/{where}", {called: carried}, said, reason, uses)
            elif name in way.each:
                self._send_each(case, name, value, now.get(name), said, reason)
            else:
                body[name] = carried
                together += said
        if not together:
            return written
        if way.is_whole:
            whole = {name: sendable(kind, name, value) for name, value in now.items() if _is_writable(kind, name)}
            body = {**whole, **body}
        self._send(case, way.method, self._address(case), typed(kind, case.one, body), together, reason, uses)
        return written

    def _send(
        self,
        case: Case,
        method: str,
        path: str,
        body: Json,
        changes: Sequence[AttributeChange],
        reason: str,
        uses: frozenset[str] = frozenset(),
    ) -> None:
        kind = case.kind.id
        uses |= self._uses(body)
        if case.fate is Fate.REVIVED:
            uses |= {case.id}
        self.steps.append(
            Step(
                action=Action.UPDATE,
                kind=kind,
                id=case.id,
                name=case.one.name,
                method=method,
                path=path,
                body=rewired(body, self.new),
                old={one.path: one.new for one in changes},
                new={one.path: self._said(one.old) for one in changes},
                keys=tuple(self._key(case, one.path) for one in changes)
                if reason == PICKED
                else self._because(changes),
                reason=reason,
                uses=uses,
                claims=_unique(kind, {names_in(one.path)[0]: one.old for one in changes}),
                frees=_unique(kind, {names_in(one.path)[0]: one.new for one in changes}),
            )
        )

    def _disabled_first(self, case: Case, name: str, now: Json, change: AttributeChange) -> AttributeChange:
        """Disable roles and scopes that are to go: those that are enabled cannot be removed. Tells how it is then."""
        if change.path not in _ENTITLEMENTS:
            return change
        kept = {one["id"] for one in _entries(change.old)}
        doomed = {one["id"] for one in _entries(change.new) if one.get("isEnabled") and one["id"] not in kept}
        if not doomed:
            return change
        there: list[Json] = [
            {**one, "isEnabled": False} if one["id"] in doomed else one for one in _entries(change.new)
        ]
        value = composed(now, [(names_in(change.path)[1:], there)])
        body = {name: sendable(case.kind, name, value)}
        self._send(case, "PATCH", self._address(case), body, [replace(change, old=there)], PICKED)
        return replace(change, new=there)

    def _send_each(
        self, case: Case, name: str, value: Json, now: Json, changes: Sequence[AttributeChange], reason: str
    ) -> None:
        """Change those things of a list that differ, each at its own address."""
        before = {one["id"]: one for one in _entries(now)}
        after = {one["id"]: one for one in _entries(value)}
        differ = [id for id in after if id in before and not same(before[id], after[id])]
        for id in [one for one in after if one not in before]:
            self.leave(case, self._key(case, name), refusals.READ_ONLY, changes[0], part=id)
        there = dict(before)
        for id in differ:
            seen = list(there.values())
            there[id] = after[id]
            entry = sendable(case.kind, name, after[id])
            path = f"{self._address(case)}/{name}/{id}"
            said = [replace(changes[0], path=name, new=seen, old=list(there.values()))]
            self._send(case, "PATCH", path, _without(entry, "id"), said, reason)

    def _rewire(self, case: Case, now: DirectoryObject, written: Collection[str]) -> None:
        """Put new ids in the places of old ones that an object still names, though nothing of that was picked."""
        if case.kind.id not in PLACES:
            return
        changes = []
        for name, value in now.properties.items():
            if name in written or not _is_writable(case.kind, name):
                continue
            for id in sorted(mentions(value, self.new)):
                if self._is_unwanted(self._key(case, name)):
                    self.leave(case, self._key(case, name), "not-picked", target=self._name(id))
                    break
            else:
                if mentions(value, self.new):
                    changes.append(AttributeChange(name, value, value, case.kind.trait(name)))
        if changes:
            self._update(case, changes, NEEDED)

    # --- links -------------------------------------------------------------------------------------------------

    def _link_all(self, case: Case, changes: Sequence[LinkChange], written: Collection[str] = ()) -> None:
        """Say the requests that bring picked links back, and take those away that came since."""
        singles = {one.link.relation for one in changes if one.change is Change.REMOVED and self._can_link(case, one)}
        many: dict[str, list[LinkChange]] = {}
        assigned: list[LinkChange] = []
        for one in changes:
            if not self.wish.ticks.has(self._link_key(case, one.link)) and self.wish.ticks.has(case.key):
                continue
            why = self._why_no_link(case, one, written)
            if why:
                self.leave_link(case, one, why)
                continue
            tie = tie_of(case.kind.id, one.link.relation)
            if tie is None:
                raise ValueError("a link that cannot be written")
            if tie.tie is Tie.TARGET:
                assigned.append(one)
            elif one.change is Change.ADDED:
                if tie.tie is Tie.SINGLE and one.link.relation in singles:
                    self.leave_link(case, one, "replaced")
                else:
                    self._unlink(case, one.link)
            elif tie.most > 1 and self._can_be_one_of_many(case, one.link):
                many.setdefault(one.link.relation, []).append(one)
            else:
                self._link(case, one.link, (self._link_key(case, one.link),), PICKED)
        for relation, some in many.items():
            tie = tie_of(case.kind.id, relation)
            most = 1 if tie is None else tie.most
            for start in range(0, len(some), most):
                self._link_some(case, relation, [one.link for one in some[start : start + most]])
        self._assign(case, assigned)

    def _assign(self, case: Case, changes: Sequence[LinkChange]) -> None:
        """Say for whom a policy of device management is meant: each request says it of all."""
        old, now = case.old, case.now
        is_there = case.fate is Fate.STAYS and now is not None
        there = [one for one in now.links if one.relation == "assignments"] if is_there and now is not None else []
        moved = [one for one in there if one.id in self.new and old is not None and one in old.links]
        if not changes and not moved:
            return
        current = [one for one in there if one.id not in self.new and not self._is_missing(one.id)]
        added = [one.link for one in changes if one.change is Change.REMOVED]
        dropped = [one.link for one in changes if one.change is Change.ADDED]
        for action, links, reason in (
            (Action.LINK, added, PICKED),
            (Action.LINK, moved, NEEDED),
            (Action.UNLINK, dropped, PICKED),
        ):
            if not links:
                continue
            gone = set(links) if action is Action.UNLINK else set()
            current = [one for one in current if one not in gone] if gone else [*current, *links]
            method, path, body = assigning(case.kind.id, self._there(case), current, self.new)
            keys = [self._link_key(case, one) for one in links]
            if reason == NEEDED:
                keys = [*dict.fromkeys(self.returning[one.id] for one in links), *keys]
            self._tie(case, action, links[0], method, path, body, tuple(keys), reason, others=links[1:])

    def _why_no_link(self, case: Case, change: LinkChange, written: Collection[str]) -> str:
        link = change.link
        if change.trait.nature is Nature.READ_ONLY or tie_of(case.kind.id, link.relation) is None:
            return change.trait.reason or refusals.READ_ONLY
        if link.relation == "members" and self._will_be_dynamic(case, written):
            return "dynamic"
        if change.change is Change.REMOVED and leads_somewhere(link) and self._is_missing(link.id):
            return "target-missing"
        if change.change is Change.ADDED and link.id in self.own:
            return "own-application"
        return ""

    def _can_link(self, case: Case, change: LinkChange) -> bool:
        return self.wish.ticks.has(self._link_key(case, change.link)) and not self._is_missing(change.link.id)

    def _will_be_dynamic(self, case: Case, written: Collection[str]) -> bool:
        old, now = case.old, case.now
        is_as_old = now is None or "groupTypes" in written or "membershipType" in written
        told = (old if is_as_old else now) or case.one
        return refusals.is_dynamic(told.properties)

    def _can_be_one_of_many(self, case: Case, link: Link) -> bool:
        """One request that adds several is refused whole if one of them is there already, or is not there.

        What is revived may bring its links along, and what is made anew may not come to be.
        """
        if case.fate is Fate.REVIVED or link.id in self.back or link.id in self.returning:
            return False
        return case.id == case.key.partition("/")[2]

    def _link(self, case: Case, link: Link, keys: tuple[str, ...], reason: str) -> None:
        method, path, body = linking(
            case.kind.id, self._there(case), link, self.new.get(link.id, link.id), self.survey.root
        )
        self._tie(case, Action.LINK, link, method, path, body, keys, reason)

    def _link_some(self, case: Case, relation: str, links: Sequence[Link]) -> None:
        if len(links) == 1:
            self._link(case, links[0], (self._link_key(case, links[0]),), PICKED)
            return
        targets = [self.new.get(one.id, one.id) for one in links]
        method, path, body = linking_many(case.kind.id, self._there(case), relation, targets, self.survey.root)
        keys = tuple(self._link_key(case, one) for one in links)
        self._tie(case, Action.LINK, links[0], method, path, body, keys, PICKED, others=links[1:])

    def _unlink(self, case: Case, link: Link) -> None:
        method, path = unlinking(case.kind.id, self._there(case), link, link.id)
        self._tie(case, Action.UNLINK, link, method, path, None, (self._link_key(case, link),), PICKED)

    def _tie(
        self,
        case: Case,
        action: Action,
        link: Link,
        method: str,
        path: str,
        body: Json,
        keys: tuple[str, ...],
        reason: str,
        others: Sequence[Link] = (),
    ) -> None:
        uses = {link.id, *(one.id for one in others), case.id}
        names = [self._name(one.id) or one.name for one in (link, *others)]
        self.steps.append(
            Step(
                action=action,
                kind=case.kind.id,
                id=case.id,
                name=case.one.name,
                method=method,
                path=path,
                body=body,
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

    # --- what is needed by what comes back ---------------------------------------------------------------------

    def _follow(self, case: Case) -> None:
        """Bring back what an object had with one that comes back, though nothing in it was picked."""
        old, now = case.old, case.now
        if old is None:
            return
        if case.fate is Fate.MADE:
            self._make_again(case, old)
        elif now is not None and not refusals.cannot_change(case.kind, now):
            there = set(now.links)
            for link in old.links:
                if link.id in self.returning and link not in there:
                    self._link_again(case, link, there)
            self._assign(case, ())
            if self.new:
                self._rewire(case, now, ())

    def _make_again(self, case: Case, old: DirectoryObject) -> None:
        about = [ref.id for ref in references(old) if ref.id in self.returning]
        if not about:
            return
        if self._is_unwanted(case.key):
            self.leave(case, case.key, "not-picked", target=self._name(about[0]))
        elif lacking := self._lacks(old):
            self.leave(case, case.key, "target-missing", target=self._name(lacking))
        else:
            self._make(case)

    def _link_again(self, case: Case, link: Link, there: Iterable[Link]) -> None:
        change = LinkChange(link, Change.REMOVED, case.kind.relation(link.relation))
        why = self._why_no_link(case, change, ())
        tie = tie_of(case.kind.id, link.relation)
        if tie is not None and tie.tie is Tie.TARGET:
            return  # a policy keeps naming what is gone
        if not why and self._is_unwanted(self._link_key(case, link)):
            why = "not-picked"
        if not why and self._has_another(case, link, there):
            why = "replaced"
        if why:
            self.leave_link(case, change, why)
        else:
            self._link(case, link, (self.returning[link.id],), NEEDED)

    def _has_another(self, case: Case, link: Link, there: Iterable[Link]) -> bool:
        tie = tie_of(case.kind.id, link.relation)
        return tie is not None and tie.tie is Tie.SINGLE and any(one.relation == link.relation for one in there)

    def _is_unwanted(self, key: str) -> bool:
        """Somebody said that it is not wanted."""
        ticks = self.wish.ticks
        return any(one in ticks.unwanted for one in lies_in(key))

    # --- small things ------------------------------------------------------------------------------------------

    def _reason(self, case: Case) -> str:
        return PICKED if self.wish.ticks.has(case.key) else NEEDED

    def _because(self, changes: Sequence[AttributeChange]) -> tuple[str, ...]:
        """The keys of what needs it."""
        ids = set().union(*(mentions(one.old, self.returning) for one in changes))
        return tuple(sorted(self.returning[id] for id in ids))

    def _uses(self, body: Json) -> frozenset[str]:
        found = mentions(body, self.returning) if self.returning else set()
        return frozenset(found | (mentions(body, self.new) if self.new else set()))

    def _said(self, value: Json) -> Json:
        """A value as it would be, in which whole ids stay as they are: whoever looks knows what became of them."""
        if not self.new or not isinstance(value, str | list | dict):
            return value
        if isinstance(value, str):
            return value if value in self.new else rewired(value, self.new)
        if isinstance(value, list):
            return [self._said(one) for one in value]
        return {name: self._said(one) for name, one in value.items()}

    def _there(self, case: Case) -> str:
        """The id by which an object is addressed when the time has come."""
        return self.new.get(case.id, case.id) if case.fate is Fate.MADE else case.id

    def _address(self, case: Case) -> str:
        return address(case.kind.id, self._there(case))

    def _key(self, case: Case, path: str) -> str:
        return attribute_key(case.kind.id, case.key.partition("/")[2], path)

    def _link_key(self, case: Case, link: Link) -> str:
        then = replace(link, id=self.back[link.id]) if link.id in self.back else link
        return link_key(case.kind.id, case.key.partition("/")[2], then)

    def _name(self, id: str) -> str:
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
        target = self._name(link.id) or link.name or link.id
        self.leave(case, self._link_key(case, link), code, relation=link.relation, target=target)


def _why_not(kind: Kind, change: AttributeChange) -> str:
    """Why an attribute cannot be brought back; empty if it can."""
    trait = change.trait
    if trait.nature is Nature.READ_ONLY:
        return trait.reason or refusals.READ_ONLY
    if trait.nature is Nature.ON_CREATION:
        return trait.reason or "on-creation"
    name = names_in(change.path)[0]
    if name in WAYS[kind.id].parts:
        return "in-parts"
    if kind.id == "groups" and name == "groupTypes" and _is_unified(change.old) != _is_unified(change.new):
        return "on-creation"
    return ""


def _is_unified(value: Json) -> bool:
    return isinstance(value, list) and "Unified" in value


def _emptied(change: AttributeChange) -> Json:
    """What an attribute is set to: a list is emptied, and not taken away."""
    return [] if change.old is None and isinstance(change.new, list) else change.old


def _is_writable(kind: Kind, name: str) -> bool:
    return kind.trait(_path(name)).nature is Nature.WRITABLE


def _unique(kind: str, properties: Mapping[str, Any]) -> frozenset[Unique]:
    way = WAYS[kind]
    found = set()
    for name in way.unique:
        value = properties.get(name)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str) and one:
                found.add((kind, name, one.casefold()))
    return frozenset(found)


def _entries(value: Json) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict) and "id" in one] if isinstance(value, list) else []


def _without(value: Json, name: str) -> Json:
    return {key: one for key, one in value.items() if key != name} if isinstance(value, dict) else value


def _removal(now: DirectoryObject) -> Json:
    told = now.properties
    return {
        "action": "adminRemove",
        "principalId": told.get("principalId"),
        "roleDefinitionId": told.get("roleDefinitionId"),
        "directoryScopeId": told.get("directoryScopeId") or "/",
    }


def _path(name: str) -> str:
    return path_of((name,))
