"""Streams and their points in time."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from saasbackup_desktop.catalog import dialect
from saasbackup_desktop.catalog.schema import KNOWN_FROM_VAULT, owed, snapshots, streams
from saasbackup_desktop.catalog.values import Position
from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import AccountId, ConnectionName, SnapshotId, StreamId
from saasbackup_desktop.core.model import (
    Account,
    Head,
    Owed,
    Provider,
    Service,
    Snapshot,
    SnapshotStatus,
    stream_id,
)

_FIGURES = ("started", "finished", "items", "folders", "size", "added", "changed", "removed", "owed")
_AT_ONCE: Final = 100
"""Accounts in one question."""


def put_account(connection: Connection, account: Account, service: Service) -> StreamId:
    """Write down an account's service, new or changed."""
    id = stream_id(account.id, service)
    values = {
        "service": service.value,
        "account": account.id,
        "provider": account.provider.value,
        "address": account.address,
        "name": account.name,
        "connection": account.connection,
    }
    if connection.execute(update(streams).where(streams.c.id == id).values(values)).rowcount == 0:
        connection.execute(insert(streams).values(id=id, **values))
    return id


def accounts(connection: Connection, stream: StreamId | None = None) -> list[tuple[StreamId, Account, Service]]:
    """List all streams and whose they are, or one alone."""
    question = select(streams) if stream is None else select(streams).where(streams.c.id == stream)
    return [
        (StreamId(row.id), _account(row), Service(row.service))
        for row in connection.execute(question.order_by(streams.c.address, streams.c.id))
    ]


def people(connection: Connection, some: Sequence[AccountId]) -> list[Account]:
    """Look up some accounts; who is not known is left out."""
    found: dict[AccountId, Account] = {}
    for start in range(0, len(some), _AT_ONCE):
        asked = [stream_id(id, service) for id in some[start : start + _AT_ONCE] for service in Service]
        for row in connection.execute(select(streams).where(streams.c.id.in_(asked))):  # there is an index of these
            found[AccountId(row.account)] = _account(row)
    return list(found.values())


def find_stream(connection: Connection, stream: StreamId) -> int | None:
    """Look up a stream's number; None if nothing is known of it."""
    return connection.scalar(select(streams.c.key).where(streams.c.id == stream))


def stream_names(connection: Connection) -> dict[int, StreamId]:
    """List the streams by their numbers."""
    return {row.key: StreamId(row.id) for row in connection.execute(select(streams.c.key, streams.c.id))}


def forget_streams(connection: Connection) -> None:
    """Forget everything that can be rebuilt from the vault; jobs, settings and connections stay."""
    for table in KNOWN_FROM_VAULT:
        connection.execute(delete(table))
    dialect.clear_texts(connection)


# --- snapshots -----------------------------------------------------------------------------------------------


def snapshot_of(row: Row[Any], stream: StreamId) -> Snapshot:
    """Read a row of ``snapshots``."""
    figures = {name: getattr(row, name) for name in _FIGURES}
    return Snapshot(id=SnapshotId(row.id), stream=stream, status=SnapshotStatus(row.status), **figures)


def set_status(connection: Connection, id: StreamId, some: Mapping[SnapshotId, SnapshotStatus]) -> None:
    """Change how whole points in time are said to be."""
    stream = find_stream(connection, id)
    for snapshot, status in some.items():
        mine = (snapshots.c.stream == stream, snapshots.c.id == snapshot)
        connection.execute(update(snapshots).where(*mine).values(status=status.value))


def all_snapshots(connection: Connection, stream: StreamId) -> list[tuple[int, Snapshot]]:
    """List a stream's points in time with their ordinals, oldest first."""
    question = (
        select(snapshots)
        .join(streams, streams.c.key == snapshots.c.stream)
        .where(streams.c.id == stream)
        .order_by(snapshots.c.ordinal)
    )
    return [(row.ordinal, snapshot_of(row, stream)) for row in connection.execute(question)]


def newest_snapshots(connection: Connection) -> dict[StreamId, tuple[Snapshot, int]]:
    """The newest point in time of each stream, and how many it has."""
    last = (
        select(snapshots.c.stream, func.max(snapshots.c.ordinal).label("ordinal"), func.count().label("count"))
        .group_by(snapshots.c.stream)
        .subquery()
    )
    question = (
        select(snapshots, streams.c.id.label("name"), last.c.count)
        .join(last, (last.c.stream == snapshots.c.stream) & (last.c.ordinal == snapshots.c.ordinal))
        .join(streams, streams.c.key == snapshots.c.stream)
    )
    return {
        StreamId(row.name): (snapshot_of(row, StreamId(row.name)), row._mapping["count"])
        for row in connection.execute(question)
    }


def first_times(connection: Connection) -> dict[StreamId, int]:
    """When the oldest point in time of each stream was made."""
    question = (
        select(streams.c.id, func.min(snapshots.c.finished))
        .join(streams, streams.c.key == snapshots.c.stream)
        .group_by(streams.c.id)
    )
    return {StreamId(stream): time for stream, time in connection.execute(question)}


def one_snapshot(connection: Connection, stream: StreamId, id: SnapshotId) -> Snapshot:
    """Look up a point in time. Raises Misconfigured for one that is not known."""
    question = select(snapshots).join(streams, streams.c.key == snapshots.c.stream)
    row = connection.execute(question.where(streams.c.id == stream, snapshots.c.id == id)).one_or_none()
    if row is None:
        raise _unknown_snapshot(id)
    return snapshot_of(row, stream)


def place_in_time(connection: Connection, stream: StreamId, id: SnapshotId) -> tuple[int, int]:
    """Look up the numbers of a stream and of a point in time. Raises Misconfigured."""
    question = select(snapshots.c.stream, snapshots.c.ordinal).join(streams, streams.c.key == snapshots.c.stream)
    row = connection.execute(question.where(streams.c.id == stream, snapshots.c.id == id)).one_or_none()
    if row is None:
        raise _unknown_snapshot(id)
    return row.stream, row.ordinal


def last_ordinal(connection: Connection, stream: int) -> int:
    """Ordinal of a stream's newest point in time; 0 if there is none."""
    return connection.scalar(select(func.max(snapshots.c.ordinal)).where(snapshots.c.stream == stream)) or 0


def put_head(connection: Connection, head: Head) -> tuple[int, int]:
    """Write a point in time, its cursor and what is owed; return the numbers of the stream and of the snapshot."""
    snapshot = head.snapshot
    stream = find_stream(connection, snapshot.stream)
    if stream is None:
        put_account(connection, head.account, head.service)
        stream = find_stream(connection, snapshot.stream)
        if stream is None:
            raise ValueError("the head's account is not the one of its stream")
    ordinal = connection.scalar(
        select(snapshots.c.ordinal).where(snapshots.c.stream == stream, snapshots.c.id == snapshot.id)
    )
    newest = last_ordinal(connection, stream)
    values = {name: getattr(snapshot, name) for name in _FIGURES}
    values |= {"status": snapshot.status.value, "root": head.root, "final": int(head.final)}
    if ordinal is None:
        ordinal = newest + 1
        connection.execute(insert(snapshots).values(stream=stream, ordinal=ordinal, id=snapshot.id, **values))
    elif ordinal == newest:
        where = (snapshots.c.stream == stream, snapshots.c.ordinal == ordinal)
        connection.execute(update(snapshots).where(*where).values(values))
    else:
        raise ValueError("only the newest point in time can be written again")
    cursor = codec.dumps(dict(head.cursor)) if head.cursor is not None else None
    connection.execute(update(streams).where(streams.c.key == stream).values(cursor=cursor))
    _put_owed(connection, stream, {one.item.id: codec.dumps(codec.owed_to_plain(one)) for one in head.owed})
    return stream, ordinal


def position(connection: Connection, stream: StreamId) -> Position | None:
    """Say where a stream stands; None before its first commit."""
    question = (
        select(snapshots.c.id, snapshots.c.root, snapshots.c.final, streams.c.cursor)
        .join(streams, streams.c.key == snapshots.c.stream)
        .where(streams.c.id == stream)
        .order_by(snapshots.c.ordinal.desc())
        .limit(1)
    )
    row = connection.execute(question).one_or_none()
    if row is None:
        return None
    cursor = codec.loads(row.cursor) if row.cursor is not None else None
    return Position(SnapshotId(row.id), row.root, cursor, bool(row.final))


def owed_items(connection: Connection, stream: StreamId) -> list[Owed]:
    """List what could not be fetched."""
    question = select(owed.c.plain).join(streams, streams.c.key == owed.c.stream).where(streams.c.id == stream)
    return [codec.owed_from_plain(codec.loads(plain)) for plain in connection.scalars(question.order_by(owed.c.node))]


def _put_owed(connection: Connection, stream: int, wanted: Mapping[str, str]) -> None:
    """Bring the table to what is owed now; what stays the same is not written."""
    rows = connection.execute(select(owed.c.node, owed.c.plain).where(owed.c.stream == stream))
    known = {row.node: row.plain for row in rows}
    stale = [node for node, plain in known.items() if wanted.get(node) != plain]
    for node in stale:
        connection.execute(delete(owed).where(owed.c.stream == stream, owed.c.node == node))
    fresh = [
        {"stream": stream, "node": node, "plain": plain} for node, plain in wanted.items() if known.get(node) != plain
    ]
    if fresh:
        connection.execute(insert(owed), fresh)


def _unknown_snapshot(id: SnapshotId) -> Misconfigured:
    return Misconfigured(id, what="unknown-snapshot", name=id)


def _account(row: Row[Any]) -> Account:
    return Account(
        id=AccountId(row.account),
        provider=Provider(row.provider),
        address=row.address,
        name=row.name,
        connection=ConnectionName(row.connection) if row.connection is not None else None,
    )
