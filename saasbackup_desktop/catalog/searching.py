"""Find items by their words, newest first."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from sqlalchemy import Connection, Row, Select, select

from saasbackup_desktop.catalog import dialect
from saasbackup_desktop.catalog.folders import Paths
from saasbackup_desktop.catalog.lists import rows
from saasbackup_desktop.catalog.numbering import SPILL, first_number
from saasbackup_desktop.catalog.points import find_stream, place_in_time
from saasbackup_desktop.catalog.rows import batches
from saasbackup_desktop.catalog.schema import items, streams
from saasbackup_desktop.catalog.values import Question
from saasbackup_desktop.catalog.values import Row as ItemRow
from saasbackup_desktop.catalog.words import match_expression
from saasbackup_desktop.core.ids import SnapshotId, StreamId

_PAGE: Final = 200
_COLUMNS: Final = ("subject sender recipients attachments body", "sender", "recipients", "subject", "body")
"""Where words are looked for: those without a field of their own, and those of each field."""


def search(
    connection: Connection,
    stream: StreamId | None,
    snapshot: SnapshotId | None,
    question: Question,
    limit: int,
    offset: int,
) -> list[ItemRow]:
    """Read a stretch of what answers a question: each item once, in its newest version that does."""
    key = find_stream(connection, stream) if stream is not None else None
    if stream is not None and key is None:
        return []
    asked = (question.words, question.sender, question.recipient, question.subject, question.body)
    terms = [match_expression(words, columns) for words, columns in zip(asked, _COLUMNS, strict=True)]
    if any(words.strip() and not term for words, term in zip(asked, terms, strict=True)):
        return []
    terms = [term for term in terms if term]
    if question.service is not None or question.account is not None:
        chosen = _streams_of(connection, question, key)
        if not chosen:
            return []
        terms.append(_in_streams(chosen))
    elif key is not None and terms:
        terms.append(_in_streams([key]))
    wanted = _newest_first(key, question, bool(terms))
    if stream is not None and snapshot is not None:
        _, ordinal = place_in_time(connection, stream, snapshot)
        wanted = wanted.where(items.c.born <= ordinal, items.c.died > ordinal)
    hits = list(_one_each(connection, wanted, " AND ".join(terms), offset, limit))
    return _with_paths(connection, rows(connection, hits))


def _streams_of(connection: Connection, question: Question, key: int | None) -> list[int]:
    """The streams of a service or an account; of one stream, it alone, if it is such a one."""
    wanted = select(streams.c.key)
    if question.service is not None:
        wanted = wanted.where(streams.c.service == question.service.value)
    if question.account is not None:
        wanted = wanted.where(streams.c.account == question.account)
    return list(connection.scalars(wanted if key is None else wanted.where(streams.c.key == key)))


def _in_streams(keys: Sequence[int]) -> str:
    tokens = " OR ".join(match_expression(dialect.stream_token(key)) for key in keys)
    return f"{{stream}} : ({tokens})"


def _newest_first(key: int | None, question: Question, by_words: bool) -> Select[tuple[int, int, int]]:
    """Ask for versions, by the number of their document alone: it begins with the time, and nothing need be sorted."""
    number = dialect.texts.c.rowid if by_words else items.c.doc
    wanted = select(items.c.row, items.c.doc, items.c.died)
    if by_words:
        wanted = wanted.select_from(dialect.texts.join(items, items.c.doc == number)).where(dialect.matches())
    elif key is not None:
        # Adding nothing keeps SQL from walking an index by stream, which would have to be sorted.
        wanted = wanted.where(items.c.stream + 0 == key)
    if question.since is not None:
        wanted = wanted.where(number >= first_number(question.since), items.c.time >= question.since)
    if question.until is not None:
        wanted = wanted.where(number < first_number(question.until + SPILL), items.c.time < question.until)
    return wanted.order_by(number.desc())


def _one_each(
    connection: Connection, wanted: Select[tuple[int, int, int]], match: str, offset: int, limit: int
) -> Iterator[int]:
    """Walk the versions and let each item through once."""
    seen: set[tuple[int, str]] = set()
    result = connection.execute(wanted, {"match": match} if match else {}, execution_options={"yield_per": _PAGE})
    try:
        for page in batches(_newest_version_first(result), _PAGE):
            names = _nodes(connection, page)
            for number in page:
                if names[number] in seen:
                    continue
                seen.add(names[number])
                if len(seen) > offset:
                    yield number
                if len(seen) >= offset + limit:
                    return
    finally:
        result.close()


def _newest_version_first(found: Iterable[Row[tuple[int, int, int]]]) -> Iterator[int]:
    """Order the versions that share a document."""
    for _, versions in groupby(found, key=lambda row: row.doc):
        yield from (row.row for row in sorted(versions, key=lambda row: (-row.died, row.row)))


def _nodes(connection: Connection, numbers: Sequence[int]) -> dict[int, tuple[int, str]]:
    question = select(items.c.row, items.c.stream, items.c.node).where(items.c.row.in_(numbers))
    return {row.row: (row.stream, row.node) for row in connection.execute(question)}


def _with_paths(connection: Connection, found: list[ItemRow]) -> list[ItemRow]:
    if not found:
        return []
    question = select(items.c.row, items.c.died).where(items.c.row.in_([row.row for row in found]))
    died = {row.row: row.died for row in connection.execute(question)}
    keys = {row.id: row.key for row in connection.execute(select(streams.c.id, streams.c.key))}
    paths = {stream: Paths.read(connection, keys[stream]) for stream in {row.stream for row in found}}
    return [row._replace(path=paths[row.stream].of_version(row.item.parent, died[row.row])) for row in found]
