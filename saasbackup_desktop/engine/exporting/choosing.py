"""What an export takes: folder by folder, in an order that stays the same whatever is backed up later."""

import hashlib
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from saasbackup_desktop.catalog.catalog import Catalog
from saasbackup_desktop.core.errors import Misconfigured, NothingSaved, PointPartial
from saasbackup_desktop.core.export.values import Format, Pick
from saasbackup_desktop.core.ids import NodeId, RowId, StreamId
from saasbackup_desktop.core.jobs import Export
from saasbackup_desktop.core.model import Account, Folder, Item, Role, Service, SnapshotStatus, service_of
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.engine.exporting.doors import ExportDoors, LeftOut
from saasbackup_desktop.engine.exporting.legs import Leg, Legs
from saasbackup_desktop.engine.paths import folder_paths

_RECOVERABLE: Final = "recoverableitems"
"""How Exchange's own names for what is kept beside the mailbox begin (facet ``well-known``)."""
_PAGE: Final = 500
_ONLY_OF_ITEMS: Final = (Format.CSV,)
"""Formats in which a folder that holds but folders needs no file of its own: those of its folders tell its name."""
_TOGETHER: Final = (Format.PST,)
"""Formats whose files hold folders of several services."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """A folder, and what is taken of it."""

    pick: Pick
    service: Service
    path: tuple[str, ...]
    role: Role | None
    rows: "array[int]"
    items: tuple[Item, ...] = ()
    """Instead of rows: single ones that somebody named."""
    size: int | None = None
    """Bytes of the originals, where the catalog has counted them."""
    is_removed: bool = False
    """They are in earlier points in time only."""
    is_empty: bool = False
    """Nothing lies in the folder: it is taken for its own sake."""
    gone: tuple[NodeId, ...] = ()
    """Instead of items: what somebody picked, and the point in time does not hold."""
    apart: tuple[str, ...] = ()
    """How ``path`` begins where accounts are kept apart."""
    counted: int = 0
    """Instead of rows, for an estimate: how many items the catalog has counted in it."""
    folder: NodeId | None = None

    @property
    def count(self) -> int:
        """How many items, or how many of what is not there."""
        return len(self.rows) or len(self.items) or len(self.gone) or self.counted

    @property
    def is_all(self) -> bool:
        """Whether all that lies in the folder is taken."""
        chosen = self.pick.selection
        is_part = self.items or self.gone or self.is_removed
        return not is_part and chosen.since is None and chosen.until is None

    @property
    def inside(self) -> tuple[str, ...]:
        """The path in the file that takes it: data files are kept apart themselves."""
        return self.path[len(self.apart) :] if self.pick.format in _TOGETHER else self.path

    def read(self, catalog: Catalog, start: int = 0) -> Iterator[tuple[int, Item | None]]:
        """Read the items from a number on, with their numbers; None for one that the catalog has forgotten since."""
        if self.items:
            yield from ((number, self.items[number]) for number in range(start, len(self.items)))
            return
        if self.gone:
            yield from ((number, None) for number in range(start, len(self.gone)))
            return
        for at in range(start, len(self.rows), _PAGE):
            some = [RowId(row) for row in self.rows[at : at + _PAGE]]
            found = {row.row: row.item for row in catalog.rows(some)}
            yield from ((at + number, found.get(row)) for number, row in enumerate(some))


@dataclass(frozen=True, slots=True)
class Part:
    """What is taken of one account. Its stations are made anew when they are wanted: all at once would be too many."""

    count: int
    """How many items, those that were picked and are not there among them."""
    size: int
    """Bytes of the originals, as far as the catalog has counted them."""
    folders: int
    """In which nothing lies."""
    digest: bytes
    folder: str
    is_there: bool
    """Something had been saved of it by the moment that was asked for."""
    make: Callable[[], Sequence[Station]]
    partial: Sequence[LeftOut] = ()
    """Points in time that lack something themselves: a line for each."""
    kept: Sequence[Station] | None = None

    def stations(self) -> Sequence[Station]:
        """Say what is taken, folder by folder. Blocks.

        Of an account whose point in time is not any more what it was, everything is told to be gone.
        """
        if self.kept is not None:
            return self.kept
        made = self.make()
        if _told(made).digest() == self.digest:
            return made
        some = made or self.make()
        return [_nothing_of(some[0], self.count)] if some and self.count else []


@dataclass(frozen=True, slots=True)
class Choice:
    """All that is taken, in order: what is written by one writer together."""

    parts: Sequence[Part]

    @property
    def stations(self) -> Iterator[Station]:
        """All of them, account by account. Blocks."""
        for part in self.parts:
            yield from part.stations()

    @property
    def count(self) -> int:
        """How many items, those that were picked and are not there among them."""
        return sum(part.count for part in self.parts)

    @property
    def size(self) -> int:
        """Bytes of the originals, as far as the catalog has counted them."""
        return sum(part.size for part in self.parts)

    @property
    def without(self) -> Iterator[LeftOut]:
        """Accounts of which there is nothing to take."""
        for part in self.parts:
            if not part.is_there:
                yield LeftOut(path=(part.folder,), name="", codes=(NothingSaved.code,), is_there=False)

    def digest(self) -> str:
        """Tell one choice from another."""
        told = hashlib.sha256()
        for part in self.parts:
            told.update(part.digest)
        return told.hexdigest()


def choose(catalog: Catalog, doors: ExportDoors, spec: Export, accounts: Mapping[StreamId, Account]) -> Choice:
    """Say what is taken. Raises Misconfigured for a point in time that is not known. Blocks."""
    legs = Legs(catalog, spec, accounts)
    return Choice([part_of(catalog, doors, spec, legs, number) for number in range(len(legs))])


def part_of(
    catalog: Catalog,
    doors: ExportDoors,
    spec: Export,
    legs: Legs | Sequence[Leg],
    number: int,
    *,
    counted: bool = False,
) -> Part:
    """Say what is taken of one account. Raises Misconfigured for a point in time that is not known; of several
    accounts, it is told to be gone. Blocks.

    ``counted``: for an estimate, without looking for the items themselves.
    """

    def make() -> Sequence[Station]:
        return _stations(catalog, doors, spec, legs[number], counted=counted)

    leg, made = legs[number], make()
    return Part(
        count=sum(one.count for one in made),
        size=sum(one.size or 0 for one in made),
        folders=sum(one.is_empty for one in made),
        digest=_told(made).digest(),
        folder=leg.folder,
        is_there=bool(leg.picks),
        make=make,
        partial=[
            _partial(doors, spec, pick, leg, lack) for pick in leg.picks if (lack := _lack(catalog, pick)) is not None
        ],
        kept=made if len(legs) == 1 or counted else None,
    )


def _stations(catalog: Catalog, doors: ExportDoors, spec: Export, leg: Leg, *, counted: bool) -> Sequence[Station]:
    order = list(dict.fromkeys(pick.format for pick in leg.picks))
    stations: list[Station] = []
    for pick in sorted(leg.picks, key=lambda pick: order.index(pick.format)):
        above = _above(doors, spec, pick, leg)
        try:
            own = list(_of(catalog, pick, above, recoverable=spec.recoverable, counted=counted))
            removed = list(_removed(catalog, doors, pick, above)) if spec.deleted else []
            own += [*removed, _gone(catalog, pick, above, removed)]
        except Misconfigured:
            if not leg.folder:
                raise
            own = [_lost(pick, above)]
        stations += [replace(one, apart=(leg.folder,)) for one in own] if leg.folder else own
    return [station for station in stations if station.count or station.is_empty]


def _lack(catalog: Catalog, pick: Pick) -> int | None:
    """How many items a point in time lacks of which folders are taken; 0 if nobody knows; None: nothing."""
    if not pick.selection.is_everything and not pick.selection.folders:
        return None  # items that somebody picked by themselves are there, or told to be gone
    point = next((one for one in catalog.snapshots(pick.stream) if one.id == pick.snapshot), None)
    if point is None or point.status is not SnapshotStatus.PARTIAL:
        return None
    return point.owed


def _partial(doors: ExportDoors, spec: Export, pick: Pick, leg: Leg, lack: int) -> LeftOut:
    path = _above(doors, spec, pick, leg) or (doors.folder_of(service_of(pick.stream)),)
    return LeftOut(path=path, name="", codes=(PointPartial.code,), detail=str(lack or ""), is_there=False)


def _told(stations: Sequence[Station]) -> "hashlib._Hash":
    told = hashlib.sha256()
    for one in stations:
        line = (one.pick.stream, one.pick.snapshot, one.pick.format, *one.path, str(one.count), *one.gone)
        told.update("\0".join(line).encode("utf-8", "surrogatepass") + b"\n")
    return told


def _lost(pick: Pick, above: tuple[str, ...]) -> Station:
    """A point in time that is not there any more."""
    return Station(
        pick=pick, service=service_of(pick.stream), path=above, role=None, rows=array("q"), gone=(NodeId(""),)
    )


def _nothing_of(one: Station, count: int) -> Station:
    """So many items, of which nothing is known any more."""
    lost = _lost(one.pick, one.apart or one.path[:1])
    return replace(lost, gone=(NodeId(""),) * count, apart=one.apart)


def _above(doors: ExportDoors, spec: Export, pick: Pick, leg: Leg) -> tuple[str, ...]:
    """Folders that keep apart what is of several accounts or services."""
    above = [leg.folder] if leg.folder else []
    if pick.format not in _TOGETHER and len({service_of(one.stream) for one in spec.picks}) > 1:
        above.append(doors.folder_of(service_of(pick.stream)))
    return tuple(above)


def _of(catalog: Catalog, pick: Pick, above: tuple[str, ...], *, recoverable: bool, counted: bool) -> Iterator[Station]:
    selection, service = pick.selection, service_of(pick.stream)
    counts = catalog.folders_at(pick.stream, pick.snapshot)
    folders = {one.folder.id: one.folder for one in counts}
    paths = folder_paths(folders.values())
    told_below = {one.parent for one in folders.values()} if pick.format in _ONLY_OF_ITEMS else set()
    named = _named(catalog, pick) if selection.items else {}
    for one in counts:
        folder = one.folder
        way = tuple(_way(folder, folders))
        is_whole = selection.is_everything or any(step.id in selection.folders for step in way)
        beside = any(step.facets.get("well-known", "").startswith(_RECOVERABLE) for step in way)
        if is_whole and beside and not recoverable and not any(step.id in selection.folders for step in way):
            is_whole = False
        is_all = is_whole and selection.since is None and selection.until is None
        rows = array("q")
        items: tuple[Item, ...] = ()
        if is_whole and not (is_all and counted):
            rows = catalog.rows_in(pick.stream, pick.snapshot, folder.id, selection.since, selection.until)
        elif not is_whole:
            items = tuple(named.get(folder.id, ()))
        yield Station(
            pick=pick,
            service=service,
            path=(*above, *paths[folder.id]),
            role=next((step.role for step in way if step.role is not None), None),
            rows=rows,
            items=items,
            size=one.size if is_all else None,
            is_empty=is_all and not (one.items if counted else rows) and folder.id not in told_below,
            counted=one.items if is_all and counted else 0,
            folder=folder.id,
        )


def _named(catalog: Catalog, pick: Pick) -> dict[NodeId, list[Item]]:
    only = Selection(items=pick.selection.items, since=pick.selection.since, until=pick.selection.until)
    found: dict[NodeId, list[Item]] = {}
    for node in catalog.nodes_at(pick.stream, pick.snapshot, only):
        if isinstance(node, Item):
            found.setdefault(node.parent, []).append(node)
    if pick.format is Format.PDF_FOLDER:
        for some in found.values():
            some.sort(key=lambda item: (item.time is not None, item.time or 0, item.id))  # as ``rows_in``
    return found


def _gone(catalog: Catalog, pick: Pick, above: tuple[str, ...], removed: Sequence[Station]) -> Station:
    """What was picked and is neither in the point in time nor among what was removed before."""
    wanted = dict.fromkeys((*pick.selection.folders, *pick.selection.items))
    if wanted:
        for one in catalog.folders_at(pick.stream, pick.snapshot):
            wanted.pop(one.folder.id, None)
        for node in catalog.nodes_at(pick.stream, pick.snapshot, Selection(items=pick.selection.items)):
            wanted.pop(node.id, None)
    for station in removed if wanted else ():
        for _, item in station.read(catalog):
            if item is not None:
                wanted.pop(item.id, None)
    return Station(
        pick=pick, service=service_of(pick.stream), path=above, role=None, rows=array("q"), gone=tuple(wanted)
    )


def _removed(catalog: Catalog, doors: ExportDoors, pick: Pick, above: tuple[str, ...]) -> Iterator[Station]:
    for gone in catalog.gone_before(pick.stream, pick.snapshot, pick.selection):
        yield Station(
            pick=pick,
            service=service_of(pick.stream),
            path=(*above, doors.removed, *gone.path),
            role=None,
            rows=gone.rows,
            is_removed=True,
        )


def _way(folder: Folder, folders: Mapping[NodeId, Folder]) -> Iterator[Folder]:
    """The folder and those above it, upwards."""
    seen: set[NodeId] = set()
    step: Folder | None = folder
    while step is not None and step.id not in seen:
        seen.add(step.id)
        yield step
        step = folders.get(step.parent) if step.parent is not None else None
