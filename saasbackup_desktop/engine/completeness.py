"""Does a point in time hold what its source has? Asked of the source in another way than the one it was read by."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Final

from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Folder, Head, Item
from saasbackup_desktop.core.ports import Census, Counting
from saasbackup_desktop.engine.paths import folder_paths

LISTED: Final = 200
"""Differences of one kind that are named; more are counted."""
UNSURE: Final = 5_000
"""Items that are kept in mind until it can be told whether they came later."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that source and point in time do not agree about."""

    kind: str
    """``missing``, ``newer``, ``moved``, ``gone`` or ``count``."""
    folder: str
    place: str = ""
    code: str = ""


@dataclass(slots=True)
class Held:
    """What a point in time holds, by folder."""

    folders: dict[NodeId, Folder] = field(default_factory=dict)
    places: dict[NodeId, set[str]] = field(default_factory=dict)

    def add(self, node: Folder | Item) -> None:
        """Take a node of its tree."""
        if isinstance(node, Folder):
            self.folders[node.id] = node
        else:
            self.places.setdefault(node.parent, set()).add(node.place or node.id)

    def paths(self) -> Mapping[NodeId, str]:
        """What people call its folders."""
        return {id: "/".join(path) for id, path in folder_paths(self.folders.values()).items()}


@dataclass(slots=True)
class Comparison:
    """What came of it."""

    at_source: int = 0
    folders: int = 0
    not_told: int = 0
    """Folders of which the source says neither what nor how many."""
    missing: int = 0
    """The source has it, it should be in the backup, and is not."""
    newer: int = 0
    """The source has it since the point in time was begun."""
    moved: int = 0
    """The source has it, and it may have come there since; if it is still missed the next time, it is missing."""
    gone: int = 0
    """The source has it no more."""
    counted: int = 0
    """Folders whose count is not what is listed."""
    owed: int = 0
    """Of what is missing, so much is known to the backup as not readable."""
    unsure: dict[str, int] = field(default_factory=dict)
    """What may have come since, and when it was seen first."""
    differences: list[Difference] = field(default_factory=list)
    _told: dict[str, int] = field(default_factory=dict)

    def tell(self, kind: str, folder: str, place: str = "", code: str = "") -> None:
        """Name a difference, unless many of its kind are named."""
        so_far = self._told.get(kind, 0)
        self._told[kind] = so_far + 1
        if so_far < LISTED:
            self.differences.append(Difference(kind, folder, place, code))


async def compare(source: Counting, head: Head, held: Held, unsure_before: Mapping[str, int], now: int) -> Comparison:
    """Ask the source what it has, and compare. Raises Fault.

    ``unsure_before``: what an earlier comparison could not tell, and when it saw it first.
    """
    result = Comparison()
    paths = held.paths()
    owed = {entry.item.place or entry.item.id: entry.code for entry in head.owed}
    everywhere = set().union(*held.places.values()) if source.has_unique_places else set()
    seen_at_all: set[str] = set()
    left = dict(held.places)
    began = head.snapshot.started
    async with aclosing(source.census(head.cursor, began, list(held.folders.values()))) as counts:
        async for census in counts:
            result.folders += 1
            name = paths.get(census.folder) or census.path
            here = left.pop(census.folder, set())
            if census.seen is None:
                _count_alone(result, census, name, len(here))
                continue
            there = {one.place for one in census.seen}
            seen_at_all |= there if source.has_unique_places else set()
            result.at_source += len(there)
            for one in census.seen:
                if one.place not in here and one.place not in everywhere:
                    key = one.place if source.has_unique_places else f"{census.folder} {one.place}"
                    first = unsure_before.get(key)
                    is_newer = one.is_newer
                    if is_newer is None and first is not None and first < began:
                        is_newer = False  # it was there before the point in time was begun
                    _lacks(result, name, one.place, is_newer, owed)
                    if is_newer is None and len(result.unsure) < UNSURE:
                        result.unsure[key] = first if first is not None else now
            _unlisted(result, census, name, len(there))
            if not source.has_unique_places:
                _let_go(result, name, here - there)
    for folder, here in left.items():
        if not source.has_unique_places:
            _let_go(result, paths.get(folder, folder), here)
    if source.has_unique_places:
        for folder, here in held.places.items():
            _let_go(result, paths.get(folder, folder), here - seen_at_all)
    return result


def _lacks(result: Comparison, folder: str, place: str, is_newer: bool | None, owed: Mapping[str, str]) -> None:
    """Note what the source has and the point in time has not."""
    if is_newer:
        result.newer += 1
        result.tell("newer", folder, place)
    elif is_newer is None:
        result.moved += 1
        result.tell("moved", folder, place)
    else:
        code = owed.get(place, "")
        result.missing += 1
        result.owed += bool(code)
        result.tell("missing", folder, place, code)


def _count_alone(result: Comparison, census: Census, name: str, here: int) -> None:
    """Compare numbers, where a source says no more: which items they are, and whether they are new, is not told."""
    if census.count is None:
        result.not_told += 1
        return
    result.at_source += census.count
    if census.count > here:
        result.moved += census.count - here
        result.tell("count", name, code=f"{census.count}/{here}")
    elif census.count < here:
        result.gone += here - census.count


def _unlisted(result: Comparison, census: Census, name: str, listed: int) -> None:
    """Notice a source that counts more than it lists."""
    if census.count is None or census.count == listed:
        return
    result.counted += 1
    result.tell("count", name, code=f"{census.count}/{listed}")
    if census.counts_alike and census.count > listed:
        result.missing += census.count - listed
        result.at_source += census.count - listed


def _let_go(result: Comparison, name: str, places: Iterable[str]) -> None:
    for place in sorted(places):
        result.gone += 1
        result.tell("gone", name, place)


def named(differences: Sequence[Difference]) -> Sequence[Difference]:
    """Those that are faults first."""
    order = {"missing": 0, "count": 1, "moved": 2, "newer": 3, "gone": 4}
    return sorted(differences, key=lambda one: order[one.kind])
