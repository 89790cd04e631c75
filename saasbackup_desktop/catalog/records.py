"""Small documents that rooms of the application keep, by key and by time."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, insert, select, tuple_

from saasbackup_desktop.catalog.schema import records
from saasbackup_desktop.catalog.values import Record
from saasbackup_desktop.core import codec


def put(connection: Connection, room: str, some: Sequence[Record]) -> None:
    """Write documents down, new or changed."""
    if not some:
        return
    drop(connection, room, [one.key for one in some])
    rows = [{"room": room, "key": one.key, "time": one.time, "plain": _text(one.plain)} for one in some]
    connection.execute(insert(records), rows)


def _text(plain: object) -> str:
    """Plain data as the database takes it: halves of characters are escaped."""
    text = codec.dumps(plain)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(plain, separators=(",", ":"), sort_keys=True)
    return text


def last(connection: Connection, room: str) -> Record | None:
    """Look up the document with the greatest key."""
    question = select(records).where(records.c.room == room).order_by(records.c.key.desc()).limit(1)
    row = connection.execute(question).one_or_none()
    return None if row is None else Record(row.key, row.time, codec.loads(row.plain))


def one(connection: Connection, room: str, key: str) -> Record | None:
    """Look up a document."""
    row = connection.execute(select(records).where(records.c.room == room, records.c.key == key)).one_or_none()
    return None if row is None else Record(row.key, row.time, codec.loads(row.plain))


def some(connection: Connection, room: str, since: int | None, until: int | None, limit: int | None) -> list[Record]:
    """List a room's documents, newest first."""
    question = select(records).where(records.c.room == room)
    if since is not None:
        question = question.where(records.c.time >= since)
    if until is not None:
        question = question.where(records.c.time < until)
    question = question.order_by(records.c.time.desc(), records.c.key.desc()).limit(limit)
    return [Record(row.key, row.time, codec.loads(row.plain)) for row in connection.execute(question)]


def count(connection: Connection, room: str) -> dict[int, int]:
    """Count a room's documents by what they are found by besides."""
    question = select(records.c.time, func.count()).where(records.c.room == room).group_by(records.c.time)
    return {row[0]: row[1] for row in connection.execute(question)}


def drop(connection: Connection, room: str, keys: Sequence[str]) -> None:
    """Forget documents."""
    for start in range(0, len(keys), 500):
        pairs = [(room, key) for key in keys[start : start + 500]]
        connection.execute(delete(records).where(tuple_(records.c.room, records.c.key).in_(pairs)))
