"""Which object is which: what was there and is not, what is there and was not, and what stands in for another."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from saasbackup_desktop.core.directory.drafting import Pair, Survey
from saasbackup_desktop.core.directory.objects import DirectoryObject, Link
from saasbackup_desktop.core.directory.schema import Kind
from saasbackup_desktop.providers.microsoft.entra.planning.references import rewired
from saasbackup_desktop.providers.microsoft.entra.planning.ways import WAYS


class Fate(Enum):
    """What is to become of an object."""

    STAYS = "stays"
    """It is there, and may differ."""
    REVIVED = "revived"
    MADE = "made"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One object: how it was, how it is, and what is to become of it."""

    kind: Kind
    fate: Fate
    old: DirectoryObject | None
    """As it was, with the ids that things have now where an earlier plan made them anew."""
    now: DirectoryObject | None
    """As it is; of what is revived, as it lies in the recycle bin."""
    key: str
    """By which it is picked."""

    @property
    def one(self) -> DirectoryObject:
        """That which names it."""
        found = self.old or self.now
        if found is None:
            raise ValueError("a case of nothing")
        return found

    @property
    def id(self) -> str:
        """By which it is written: where it is now, if it is there."""
        return self.now.id if self.now is not None else self.one.id


_SAME: Final[Mapping[str, tuple[str, ...]]] = {
    "roleAssignments": ("principalId", "roleDefinitionId", "directoryScopeId", "appScopeId"),
    "roleEligibilitySchedules": ("principalId", "roleDefinitionId", "directoryScopeId", "appScopeId"),
    "oauth2PermissionGrants": ("clientId", "resourceId", "consentType", "principalId"),
    "servicePrincipals": ("appId",),
    "groupSettings": ("templateId",),
}
"""Properties of kinds of which two that are alike in them cannot be: whatever their ids, they are the same."""


def matched(pairs: Iterable[Pair], renewed: Mapping[str, str]) -> Iterator[tuple[Pair, str]]:
    """Bring together what belongs together, with the key by which it is picked.

    What was and what is, where an earlier plan made it anew or where two alike cannot be.
    """
    lost: list[Pair] = []
    come: dict[str, Pair] = {}
    alike: dict[tuple[str | None, ...], Pair] = {}
    for pair in pairs:
        old = _with_new_ids(pair.old, renewed)
        if old is not None and pair.now is not None:
            yield Pair(old, pair.now), old.key
        elif old is not None:
            lost.append(Pair(old, None))
        elif pair.now is not None:
            come[pair.now.key] = pair
            if (sameness := _sameness(pair.now)) is not None:
                alike[sameness] = pair
    for pair in lost:
        one = pair.one
        new_id = renewed.get(one.id, "")
        stand_in = come.get(f"{one.kind}/{new_id}") if new_id else None
        if stand_in is None and (sameness := _sameness(one)) is not None:
            stand_in = alike.get(sameness)
        if stand_in is not None and stand_in.now is not None and come.pop(stand_in.now.key, None) is not None:
            yield Pair(pair.old, stand_in.now), one.key
        else:
            yield pair, one.key
    for key, pair in come.items():
        yield pair, key


def cases(survey: Survey, pairs: Iterable[tuple[Pair, str]]) -> Iterator[Case]:
    """Say of each pair what is to become of it."""
    for pair, key in pairs:
        kind = survey.schema.get(pair.one.kind) or Kind(id=pair.one.kind, family="")
        now = pair.now
        if pair.old is not None and now is None:
            now = survey.bin.get(key) if kind.id in WAYS else None
            fate = Fate.MADE if now is None else Fate.REVIVED
        else:
            fate = Fate.STAYS if pair.old is not None else Fate.DELETED
        yield Case(kind=kind, fate=fate, old=pair.old, now=now, key=key)


def _with_new_ids(one: DirectoryObject | None, renewed: Mapping[str, str]) -> DirectoryObject | None:
    if one is None or not renewed:
        return one
    properties = rewired(dict(one.properties), renewed)
    links = tuple(_renewed_link(link, renewed) for link in one.links)
    return replace(one, properties=properties, links=links) if isinstance(properties, dict) else one


def _renewed_link(link: Link, renewed: Mapping[str, str]) -> Link:
    return replace(link, id=renewed[link.id]) if link.id in renewed else link


def _sameness(one: DirectoryObject) -> tuple[str | None, ...] | None:
    names = _SAME.get(one.kind)
    if names is None:
        return None
    values = [one.properties.get(name) for name in names]
    if all(value is None for value in values):
        return None
    return (one.kind, *(None if value is None else str(value) for value in values))
