"""Items of a folder in order, rows by their numbers, and an item through time."""

from array import array
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, select

from saasbackup_desktop.catalog import dialect
from saasbackup_desktop.catalog.folders import Paths
from saasbackup_desktop.catalog.points import all_snapshots, find_stream, place_in_time, stream_names
from saasbackup_desktop.catalog.rows import chunks, item_of, whole_items
from saasbackup_desktop.catalog.schema import ALIVE, documents, items, places
from saasbackup_desktop.catalog.values import Row, Version
from saasbackup_desktop.catalog.words import match_expression
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import NodeId, RowId, SnapshotId, StreamId

_PAGE: Final = 20_000

_TIME = items.c.time
_BY: Final[dict[str, tuple[ColumnElement[Any], ...]]] = {
    "time": (_TIME, items.c.born, items.c.died, items.c.row),
    "name": (items.c.name_key, _TIME.desc(), items.c.born, items.c.died, items.c.row),
    "sender": (items.c.sender_key, _TIME.desc(), items.c.born, items.c.died, items.c.row),
    "size": (items.c.size, _TIME.desc(), items.c.born, items.c.died, items.c.row),
}
"""For each order, the columns of the index that has it."""

_BY_DESCENDING: Final[dict[str, tuple[ColumnElement[Any], ...]]] = {
    "time": tuple(column.desc() for column in _BY["time"]),
    **{
        order: (
            columns[0].desc(),
            _TIME.asc(),
            items.c.born.desc(),
            items.c.died.desc(),
            items.c.row.desc(),
        )
        for order, columns in _BY.items()
        if order != "time"
    },
}


def first_rows(
    connection: Connection,
    stream: StreamId,
    snapshot: SnapshotId,
    folder: NodeId,
    order: str,
    descending: bool,
    limit: int,
) -> list[Row]:
    """Read the beginning of a folder's list."""
    question = _in_order(connection, stream, snapshot, folder, order, descending).limit(limit)
    return rows(connection, list(connection.scalars(question)))


def row_ids(
    connection: Connection,
    stream: StreamId,
    snapshot: SnapshotId,
    folder: NodeId,
    order: str,
    descending: bool,
    words: str,
) -> "array[int]":
    """Number all of a folder's items in order; with words, only those that match."""
    ids = array("q")
    chosen: set[int] | None = None
    if words.strip():
        chosen = _matching(connection, stream, snapshot, folder, words)
    question = _in_order(connection, stream, snapshot, folder, order, descending)
    result = connection.execute(question, execution_options={"yield_per": _PAGE})
    for page in result.scalars().partitions(_PAGE):
        ids.extend(page if chosen is None else [id for id in page if id in chosen])
    return ids


def rows(connection: Connection, ids: Sequence[int]) -> list[Row]:
    """Read rows by their numbers, in the order asked; a number that is not known any more is left out."""
    names = stream_names(connection)
    found: dict[int, Row] = {}
    for some in chunks(ids):
        for row in connection.execute(whole_items().where(items.c.row.in_(some))):
            found[row.row] = Row(RowId(row.row), names[row.stream], item_of(row))
    return [found[id] for id in ids if id in found]


def item_at(connection: Connection, stream: StreamId, node: NodeId, snapshot: SnapshotId | None) -> Row | None:
    """Find an item as it was at a point in time; None for the time: as it was last. None if there is no such item."""
    key = find_stream(connection, stream)
    question = whole_items().where(items.c.stream == key, items.c.node == node)
    if snapshot is not None:
        _, ordinal = place_in_time(connection, stream, snapshot)
        question = question.where(items.c.born <= ordinal, items.c.died > ordinal)
    row = connection.execute(question.order_by(items.c.died.desc()).limit(1)).one_or_none()
    if key is None or row is None:
        return None
    path = Paths.read(connection, key).of_version(row.parent, row.died)
    return Row(RowId(row.row), stream, item_of(row), path)


def versions(connection: Connection, stream: StreamId, node: NodeId) -> list[Version]:
    """List an item's versions, newest first."""
    key = find_stream(connection, stream)
    if key is None:
        return []
    points = all_snapshots(connection, stream)
    paths = Paths.read(connection, key)
    question = whole_items().where(items.c.stream == key, items.c.node == node).order_by(items.c.died.desc())
    found = []
    for row in connection.execute(question):
        held = [snapshot for ordinal, snapshot in points if row.born <= ordinal < row.died]
        if held:
            path = paths.of_version(row.parent, row.died)
            found.append(Version(RowId(row.row), item_of(row), held[0], held[-1], row.died == ALIVE, path))
    return found


def labels_at(connection: Connection, stream: StreamId, snapshot: SnapshotId, folder: NodeId) -> dict[NodeId, str]:
    """Say what the items directly in a folder are called at a point in time."""
    place, ordinal = _place_and_ordinal(connection, stream, snapshot, folder)
    lives = and_(items.c.folder == place, items.c.born <= ordinal, items.c.died > ordinal)
    return {NodeId(row.node): row.name for row in connection.execute(select(items.c.node, items.c.name).where(lives))}


def digests_at(
    connection: Connection, stream: StreamId, snapshot: SnapshotId, folder: NodeId
) -> dict[NodeId, bytes | None]:
    """SHA-256 of the bodies directly in a folder at a point in time; None where the body is not known."""
    place, ordinal = _place_and_ordinal(connection, stream, snapshot, folder)
    lives = and_(items.c.folder == place, items.c.born <= ordinal, items.c.died > ordinal)
    question = select(items.c.node, documents.c.sha256, documents.c.recipe.is_(None).label("is_unknown"))
    rows = connection.execute(question.join(documents, documents.c.doc == items.c.doc).where(lives))
    return {NodeId(row.node): None if row.is_unknown else row.sha256 for row in rows}


def labels(connection: Connection, stream: StreamId, nodes: Sequence[NodeId]) -> dict[NodeId, str]:
    """Say what items are called, or were last; those that never were are left out."""
    key = find_stream(connection, stream)
    found: dict[NodeId, str] = {}
    for some in chunks(nodes):
        question = select(items.c.node, items.c.name).where(items.c.stream == key, items.c.node.in_(some))
        for row in connection.execute(question.order_by(items.c.died)):
            found[NodeId(row.node)] = row.name
    return found


def _in_order(
    connection: Connection, stream: StreamId, snapshot: SnapshotId, folder: NodeId, order: str, descending: bool
) -> Any:
    if order not in _BY:
        raise Misconfigured(order, what="unknown-order", name=order)
    place, ordinal = _place_and_ordinal(connection, stream, snapshot, folder)
    lives = and_(items.c.folder == place, items.c.born <= ordinal, items.c.died > ordinal)
    return select(items.c.row).where(lives).order_by(*(_BY_DESCENDING if descending else _BY)[order])


def _place_and_ordinal(
    connection: Connection, stream: StreamId, snapshot: SnapshotId, folder: NodeId
) -> tuple[int | None, int]:
    key, ordinal = place_in_time(connection, stream, snapshot)
    question = select(places.c.key).where(places.c.stream == key, places.c.node == folder)
    return connection.scalar(question), ordinal


def _matching(connection: Connection, stream: StreamId, snapshot: SnapshotId, folder: NodeId, words: str) -> set[int]:
    """Find a folder's rows that match."""
    expression = match_expression(words, "subject sender recipients attachments body")
    if not expression:
        return set()
    place, ordinal = _place_and_ordinal(connection, stream, snapshot, folder)
    question = (
        select(items.c.row)
        .select_from(dialect.texts.join(items, items.c.doc == dialect.texts.c.rowid))
        .where(dialect.matches(), items.c.folder == place, items.c.born <= ordinal, items.c.died > ordinal)
    )
    return set(connection.scalars(question, {"match": expression}))
