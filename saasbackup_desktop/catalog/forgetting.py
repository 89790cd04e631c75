"""Forgetting points in time that the vault has no more, and what only they held."""

from collections.abc import Sequence

from sqlalchemy import Connection, Table, delete, exists, func, select, update

from saasbackup_desktop.catalog import dialect
from saasbackup_desktop.catalog.documents import Documents
from saasbackup_desktop.catalog.points import find_stream, last_ordinal
from saasbackup_desktop.catalog.rows import chunks
from saasbackup_desktop.catalog.schema import ALIVE, counts, documents, folders, items, owed, places, snapshots, streams
from saasbackup_desktop.core.ids import SnapshotId, StreamId


def forget_snapshots(connection: Connection, id: StreamId, gone: Sequence[SnapshotId]) -> None:
    """Forget some points in time of a stream. If the newest is among them, all that is known of the stream goes.

    What the vault has of it is taken over again by the next adoption.
    """
    stream = find_stream(connection, id)
    if stream is None:
        return
    newest = last_ordinal(connection, stream)
    for some in chunks(list(gone)):
        connection.execute(delete(snapshots).where(snapshots.c.stream == stream, snapshots.c.id.in_(some)))
    if last_ordinal(connection, stream) != newest:
        _forget_stream(connection, stream)
        return
    for table in (items, folders):
        _forget_versions(connection, stream, table)
        _settle_ends(connection, stream, table)


def _forget_versions(connection: Connection, stream: int, table: Table) -> None:
    """Forget versions that no point in time holds any more, and documents that no version needs."""
    held = exists().where(
        snapshots.c.stream == stream, snapshots.c.ordinal >= table.c.born, snapshots.c.ordinal < table.c.died
    )
    gone = (table.c.stream == stream, ~held)
    if table is not items:
        connection.execute(delete(table).where(*gone))
        return
    released = list(connection.scalars(select(items.c.doc).where(*gone).distinct()))
    connection.execute(delete(items).where(*gone))
    letting_go = Documents(connection, stream, {})
    for number in released:
        letting_go.let_go(number)
    letting_go.finish()


def _settle_ends(connection: Connection, stream: int, table: Table) -> None:
    """Let versions begin and end with points in time that are there."""
    of_stream = snapshots.c.stream == stream
    for column in (table.c.born, table.c.died):
        there = exists().where(of_stream, snapshots.c.ordinal == column)
        following = select(func.min(snapshots.c.ordinal)).where(of_stream, snapshots.c.ordinal >= column)
        connection.execute(
            update(table)
            .where(table.c.stream == stream, column != ALIVE, ~there)
            .values({column: following.scalar_subquery()})
        )


def _forget_stream(connection: Connection, stream: int) -> None:
    """Forget everything of a stream but whose it is."""
    numbers = list(connection.scalars(select(documents.c.doc).where(documents.c.stream == stream)))
    connection.execute(delete(items).where(items.c.stream == stream))
    still: set[int] = set()
    for some in chunks(numbers):
        still.update(connection.scalars(select(items.c.doc).where(items.c.doc.in_(some))))
    orphans = sorted(set(numbers) - still)
    dialect.delete_texts(connection, orphans)
    for some in chunks(orphans):
        connection.execute(delete(documents).where(documents.c.doc.in_(some)))
    connection.execute(delete(counts).where(counts.c.place.in_(select(places.c.key).where(places.c.stream == stream))))
    for table in (folders, places, owed, snapshots):
        connection.execute(delete(table).where(table.c.stream == stream))
    connection.execute(update(streams).where(streams.c.key == stream).values(cursor=None))
