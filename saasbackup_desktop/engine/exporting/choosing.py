"""What an export takes: folder by folder, in an order that stays the same whatever is backed up later."""

import hashlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from saasbackup_desktop.catalog.catalog import Catalog
from saasbackup_desktop.core.export.values import Format, Pick
from saasbackup_desktop.core.ids import NodeId, RowId, StreamId
from saasbackup_desktop.core.jobs import Export
from saasbackup_desktop.core.model import Account, Folder, Item, Role, Service, account_of, service_of
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.engine.exporting.doors import ExportDoors
from saasbackup_desktop.engine.paths import folder_paths

_RECOVERABLE: Final = "recoverableitems"
"""How Exchange's own names for what is kept beside the mailbox begin (facet ``well-known``)."""
_PAGE: Final = 500
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

    @property
    def count(self) -> int:
        """How many items, or how many of what is not there."""
        return len(self.rows) or len(self.items) or len(self.gone)

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
class Choice:
    """All that is taken, in order: what is written by one writer together."""

    stations: Sequence[Station]

    @property
    def count(self) -> int:
        """How many items, those that were picked and are not there among them."""
        return sum(station.count for station in self.stations)

    @property
    def size(self) -> int:
        """Bytes of the originals, as far as the catalog has counted them."""
        return sum(station.size or 0 for station in self.stations)

    def digest(self) -> str:
        """Tell one choice from another."""
        told = hashlib.sha256()
        for one in self.stations:
            line = (one.pick.stream, one.pick.snapshot, one.pick.format, *one.path, str(one.count), *one.gone)
            told.update("\0".join(line).encode("utf-8", "surrogatepass") + b"\n")
        return told.hexdigest()


def choose(catalog: Catalog, doors: ExportDoors, spec: Export, accounts: Mapping[StreamId, Account]) -> Choice:
    """Say what is taken. Raises Misconfigured for a point in time that is not known. Blocks."""
    order = list(dict.fromkeys(pick.format for pick in spec.picks))
    picks = sorted(spec.picks, key=lambda pick: order.index(pick.format))
    stations: list[Station] = []
    for pick in picks:
        above = _above(doors, spec, pick, accounts)
        stations += _of(catalog, pick, above, recoverable=spec.recoverable)
        removed = list(_removed(catalog, doors, pick, above)) if spec.deleted else []
        stations += removed
        stations.append(_gone(catalog, pick, above, removed))
    return Choice([station for station in stations if station.count or station.is_empty])


def _above(doors: ExportDoors, spec: Export, pick: Pick, accounts: Mapping[StreamId, Account]) -> tuple[str, ...]:
    """Folders that keep apart what is of several accounts or services."""
    above: list[str] = []
    if len({account_of(one.stream) for one in spec.picks}) > 1:
        above.append(accounts[pick.stream].address)
    if pick.format not in _TOGETHER and len({service_of(one.stream) for one in spec.picks}) > 1:
        above.append(doors.folder_of(service_of(pick.stream)))
    return tuple(above)


def _of(catalog: Catalog, pick: Pick, above: tuple[str, ...], *, recoverable: bool) -> Iterator[Station]:
    selection, service = pick.selection, service_of(pick.stream)
    counts = catalog.folders_at(pick.stream, pick.snapshot)
    folders = {one.folder.id: one.folder for one in counts}
    paths = folder_paths(folders.values())
    named = _named(catalog, pick) if selection.items else {}
    for one in counts:
        folder = one.folder
        way = tuple(_way(folder, folders))
        is_whole = selection.is_everything or any(step.id in selection.folders for step in way)
        beside = any(step.facets.get("well-known", "").startswith(_RECOVERABLE) for step in way)
        if is_whole and beside and not recoverable and not any(step.id in selection.folders for step in way):
            is_whole = False
        rows = array("q")
        items: tuple[Item, ...] = ()
        if is_whole:
            rows = catalog.rows_in(pick.stream, pick.snapshot, folder.id, selection.since, selection.until)
        else:
            items = tuple(named.get(folder.id, ()))
        is_all = is_whole and selection.since is None and selection.until is None
        yield Station(
            pick=pick,
            service=service,
            path=(*above, *paths[folder.id]),
            role=next((step.role for step in way if step.role is not None), None),
            rows=rows,
            items=items,
            size=one.size if is_all else None,
            is_empty=is_all and not rows,
        )


def _named(catalog: Catalog, pick: Pick) -> dict[NodeId, list[Item]]:
    only = Selection(items=pick.selection.items, since=pick.selection.since, until=pick.selection.until)
    found: dict[NodeId, list[Item]] = {}
    for node in catalog.nodes_at(pick.stream, pick.snapshot, only):
        if isinstance(node, Item):
            found.setdefault(node.parent, []).append(node)
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
