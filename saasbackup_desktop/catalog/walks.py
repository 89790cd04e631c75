"""Everything a point in time holds, and how two of them differ."""

from array import array
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, and_, exists, select

from saasbackup_desktop.catalog.folders import Paths, folder_rows_at, parents_first, subtrees
from saasbackup_desktop.catalog.points import all_snapshots, owed_items, place_in_time, position
from saasbackup_desktop.catalog.rows import batches, chunks, folder_of, item_of, whole_items
from saasbackup_desktop.catalog.schema import IS_ALIVE, folders, items, places
from saasbackup_desktop.catalog.values import GoneFrom
from saasbackup_desktop.core import codec
from saasbackup_desktop.core.ids import NodeId, SnapshotId, StreamId
from saasbackup_desktop.core.model import Edit, Item, Node
from saasbackup_desktop.core.selection import Selection

_PAGE: Final = 500
_ByFolder = dict[tuple[tuple[str, NodeId], ...], "array[int]"]
N = TypeVar("N")


def nodes_at(connection: Connection, stream: StreamId, snapshot: SnapshotId, selection: Selection) -> Iterator[Node]:
    """Walk what was selected: folders first and parents before children, then items by folder and time."""
    key, ordinal = place_in_time(connection, stream, snapshot)
    there = parents_first(folder_of(row) for row in folder_rows_at(connection, key, ordinal))
    wanted = {folder.id for folder in there}
    single: dict[NodeId, list[Item]] = {}
    if not selection.is_everything:
        wanted &= subtrees(there, selection.folders)
        for item in _named_items(connection, key, ordinal, selection):
            if item.parent not in wanted:
                single.setdefault(item.parent, []).append(item)
    yield from (folder for folder in there if folder.id in wanted)
    for folder in there:
        if folder.id in wanted:
            inside = select(places.c.key).where(places.c.stream == key, places.c.node == folder.id).scalar_subquery()
            question = _alive(selection, ordinal).where(items.c.folder == inside)
            yield from _read(connection, question.order_by(items.c.time, items.c.node), item_of)
        yield from single.pop(folder.id, ())
    for orphans in single.values():
        yield from orphans


def rows_in(
    connection: Connection,
    stream: StreamId,
    snapshot: SnapshotId,
    folder: NodeId,
    since: int | None,
    until: int | None,
) -> "array[int]":
    """Number the items directly in a folder, by time and id: the same order whatever came later."""
    key, ordinal = place_in_time(connection, stream, snapshot)
    inside = select(places.c.key).where(places.c.stream == key, places.c.node == folder).scalar_subquery()
    question = select(items.c.row).where(items.c.folder == inside, items.c.born + 0 <= ordinal, items.c.died > ordinal)
    question = question.where(*_within(since, until)).order_by(items.c.time, items.c.node)
    return array("q", connection.scalars(question, execution_options={"yield_per": _PAGE}))


def gone_before(connection: Connection, stream: StreamId, snapshot: SnapshotId, selection: Selection) -> list[GoneFrom]:
    """Find what earlier points in time hold and this one does not, as it was last, by the folder that it lay in."""
    key, ordinal = place_in_time(connection, stream, snapshot)
    later = items.alias("later")
    has_later = exists().where(
        # Adding nothing keeps SQL from walking all that was ever born for each of them.
        later.c.stream == key,
        later.c.node == items.c.node,
        later.c.born + 0 <= ordinal,
        later.c.died > items.c.died,
    )
    question = (
        select(items.c.row, items.c.node, items.c.died, places.c.node.label("folder"))
        .join(places, places.c.key == items.c.folder)
        .where(items.c.stream == key, items.c.died < IS_ALIVE, items.c.died <= ordinal, ~has_later)
        .where(*_within(selection.since, selection.until))
        .order_by(items.c.time, items.c.node)
    )
    paths, found = Paths.read(connection, key), _ByFolder()
    chosen, named = set(selection.folders), set(selection.items)
    for row in connection.execute(question, execution_options={"yield_per": _PAGE}):
        way = paths.way(row.folder, row.died - 1)
        if selection.is_everything or row.node in named or any(id in chosen for _, id in way):
            found.setdefault(way, array("q")).append(row.row)
    return [GoneFrom(tuple(name for name, _ in way), found[way]) for way in sorted(found)]


def between(connection: Connection, stream: StreamId, old: SnapshotId, new: SnapshotId) -> Iterator[Edit]:
    """Walk what differs between two points in time: folders first, then items, each by id."""
    key, before = place_in_time(connection, stream, old)
    _, after = place_in_time(connection, stream, new)

    for table, whole, read in ((folders, select(folders), folder_of), (items, whole_items(), item_of)):
        sides = []
        for here, there in ((before, after), (after, before)):
            rows = select(table.c.row).where(table.c.stream == key, _only_at(table, here, there))
            ordered = _read(connection, rows.order_by(table.c.node), lambda row: int(row.row))
            sides.append(_whole(connection, ordered, whole, table, read))
        yield from _paired(*sides)


def dump(connection: Connection, stream: StreamId) -> Iterator[str]:
    """Write down everything of a stream that can be rebuilt, one JSON text a line, always in the same order.

    Numbers that only this file uses (rows, documents, ordinals) are not in it.
    """
    stands = position(connection, stream)
    if stands is None:
        return
    cursor = dict(stands.cursor) if stands.cursor is not None else None
    yield codec.dumps(["position", stands.snapshot, stands.root, cursor, stands.final])
    for one in owed_items(connection, stream):
        yield codec.dumps(["owed", codec.owed_to_plain(one)])
    points = all_snapshots(connection, stream)
    for _, snapshot in points:
        yield codec.dumps(["snapshot", codec.plain_fields(snapshot)])
    names = {ordinal: snapshot.id for ordinal, snapshot in points}
    key, _ = place_in_time(connection, stream, stands.snapshot)

    def line(row: Row[Any], node: Node) -> str:
        return codec.dumps(["version", codec.node_to_plain(node), names[row.born], names.get(row.died)])

    by_node = folders.c.node, folders.c.died
    for row in connection.execute(select(folders).where(folders.c.stream == key).order_by(*by_node)):
        yield line(row, folder_of(row))
    question = whole_items().where(items.c.stream == key).order_by(items.c.node, items.c.died)
    yield from _read(connection, question, lambda row: line(row, item_of(row)))


def _alive(selection: Selection, ordinal: int) -> Select[Any]:
    # Adding nothing keeps SQL from walking all that was ever born in place of the few that are asked for.
    question = whole_items().where(items.c.born + 0 <= ordinal, items.c.died > ordinal)
    return question.where(*_within(selection.since, selection.until))


def _within(since: int | None, until: int | None) -> list[ColumnElement[bool]]:
    return [
        *([items.c.time >= since] if since is not None else ()),
        *([items.c.time < until] if until is not None else ()),
    ]


def _named_items(connection: Connection, key: int, ordinal: int, selection: Selection) -> Iterator[Item]:
    found: list[Item] = []
    for some in chunks(selection.items):
        question = _alive(selection, ordinal).where(items.c.stream == key, items.c.node.in_(some))
        found.extend(_read(connection, question, item_of))
    return iter(sorted(found, key=lambda item: (item.time or 0, item.id)))


def _only_at(table: Table, here: int, there: int) -> ColumnElement[bool]:
    """Say that a version lives at one point in time and not at the other."""
    if here < there:
        return and_(table.c.died > here, table.c.died <= there, table.c.died < IS_ALIVE, table.c.born <= here)
    return and_(table.c.born > there, table.c.born <= here, table.c.died > here)


def _whole(
    connection: Connection,
    numbers: Iterator[int],
    question: Select[Any],
    table: Table,
    read: Callable[[Row[Any]], Node],
) -> Iterator[Node]:
    """Read rows by their numbers, in that order: sorting numbers takes little room, sorting whole rows much."""
    for some in batches(numbers, _PAGE):
        found = {row.row: row for row in connection.execute(question.where(table.c.row.in_(some)))}
        yield from (read(found[number]) for number in some)


def _read(connection: Connection, question: Select[Any], of: Callable[[Row[Any]], N]) -> Iterator[N]:
    result = connection.execute(question, execution_options={"yield_per": _PAGE})
    try:
        for row in result:
            yield of(row)
    finally:
        result.close()


def _paired(olds: Iterable[Node], news: Iterable[Node]) -> Iterator[Edit]:
    """Merge two walks by id; what is equal on both sides is no edit."""
    left, right = iter(olds), iter(news)
    old, new = next(left, None), next(right, None)
    while old is not None or new is not None:
        if new is None or (old is not None and old.id < new.id):
            yield Edit(old, None)
            old = next(left, None)
        elif old is None or new.id < old.id:
            yield Edit(None, new)
            new = next(right, None)
        else:
            if old != new:
                yield Edit(old, new)
            old, new = next(left, None), next(right, None)
