"""All SQL that only SQLite and its FTS5 and SQLCipher understand."""

import re
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Column, Connection, TextClause, column, table, text
from sqlalchemy.sql.expression import TableClause

texts: Final[TableClause] = table("texts", column("rowid"))
"""The full-text index, as far as other questions join it."""

# The body comes first, for words in the first column take the least room.
_CREATE_TEXTS: Final = """
CREATE VIRTUAL TABLE texts USING fts5(
  body, subject, sender, recipients, attachments, stream,
  content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2', prefix='2 3')
"""

_KEEP_IN_MEMORY: Final = "INSERT INTO texts(texts, rank) VALUES ('hashsize', 8000000)"
"""Bytes that FTS5 gathers before it writes a segment: a checkpoint's worth."""

_INSERT_TEXT: Final = text(
    "INSERT OR REPLACE INTO texts(rowid, stream, subject, sender, recipients, attachments, body) "
    "VALUES (:doc, :stream, :subject, :sender, :recipients, :attachments, :body)"
)
_DELETE_TEXT: Final = text("DELETE FROM texts WHERE rowid = :doc")

_UNSPACED: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]+"
)


_FILL_READS: Final = text(
    "UPDATE jobs SET reads = json_extract(plain, '$.spec.stream') "
    "WHERE json_extract(plain, '$.spec.kind') IN ('backup', 'migrate')"
)
_FILL_JOB_COLUMNS: Final = text(
    "UPDATE jobs SET state = json_extract(plain, '$.state'), kind = json_extract(plain, '$.spec.kind'), "
    "account = json_extract(plain, '$.account'), finished = json_extract(plain, '$.finished'), "
    "initiator = 'person', task = ''"
)
_FILL_SERVICES: Final = text(
    "UPDATE jobs SET service = substr(json_extract(plain, '$.spec.stream'), instr("
    "json_extract(plain, '$.spec.stream'), '/') + 1) WHERE json_extract(plain, '$.spec.stream') IS NOT NULL"
)
# From one stream to the next by the index: the jobs of years are not read for the last ones.
_LAST_JOBS: Final = text(
    "WITH RECURSIVE streams_read(id) AS ("
    " SELECT min(reads) FROM jobs"
    " UNION ALL SELECT (SELECT min(reads) FROM jobs WHERE reads > streams_read.id) FROM streams_read"
    " WHERE streams_read.id IS NOT NULL) "
    "SELECT jobs.id, jobs.reads, jobs.created, jobs.plain FROM streams_read CROSS JOIN jobs"
    " WHERE streams_read.id IS NOT NULL AND jobs.rowid IN (SELECT last.rowid FROM jobs AS last"
    " WHERE last.reads = streams_read.id ORDER BY last.created DESC, last.rowid DESC LIMIT :depth) "
    "ORDER BY jobs.created DESC, jobs.rowid DESC"
)
_LAST_DONE: Final = text(
    "WITH RECURSIVE streams_read(id) AS ("
    " SELECT min(reads) FROM jobs"
    " UNION ALL SELECT (SELECT min(reads) FROM jobs WHERE reads > streams_read.id) FROM streams_read"
    " WHERE streams_read.id IS NOT NULL) "
    "SELECT jobs.reads, jobs.finished FROM streams_read CROSS JOIN jobs"
    " WHERE streams_read.id IS NOT NULL AND jobs.finished IS NOT NULL AND jobs.rowid = ("
    "SELECT last.rowid FROM jobs AS last WHERE last.reads = streams_read.id AND last.state = 'done'"
    " ORDER BY last.created DESC, last.rowid DESC LIMIT 1)"
)


def fill_reads(connection: Connection) -> None:
    """Write down which stream each job reads."""
    connection.execute(_FILL_READS)


def fill_job_columns(connection: Connection) -> None:
    """Write down how each job stands, and whose it is."""
    connection.execute(_FILL_JOB_COLUMNS)


def fill_services(connection: Connection) -> None:
    """Write down which service each job is about."""
    connection.execute(_FILL_SERVICES)


def last_jobs(connection: Connection, depth: int) -> Sequence[Any]:
    """Read the last jobs that read each stream, newest first."""
    return connection.execute(_LAST_JOBS, {"depth": depth}).all()


def last_done(connection: Connection) -> Sequence[Any]:
    """Read when the last job ended that read a stream to its end, by stream."""
    return connection.execute(_LAST_DONE).all()


def prepare_connection(dbapi_connection: Any, key: bytes, *, read_only: bool) -> None:
    """Unlock a fresh connection and set it up."""
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    try:
        cursor.execute("PRAGMA cipher_log_level = NONE")  # it would write to standard error
        cursor.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        cursor.execute("PRAGMA busy_timeout = 30000")
        cursor.execute("PRAGMA temp_store = MEMORY")
        if read_only:
            cursor.execute("PRAGMA cache_size = -16000")
            cursor.execute("PRAGMA query_only = ON")
        else:
            cursor.execute("PRAGMA cache_size = -32000")
            cursor.execute("PRAGMA journal_mode = WAL")
            cursor.execute("PRAGMA synchronous = NORMAL")
            cursor.execute("PRAGMA foreign_keys = ON")
    finally:
        cursor.close()


def begin(connection: Connection, *, read_only: bool) -> None:
    """Open a transaction; a writer waits for other processes here and not halfway."""
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def schema_version(connection: Connection) -> int:
    """Read the version that the file's tables have; 0 for an empty file."""
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


def set_schema_version(connection: Connection, version: int) -> None:
    """Write the version of the tables."""
    connection.exec_driver_sql(f"PRAGMA user_version = {version:d}")


def add_column(connection: Connection, added: Column[Any]) -> None:
    """Give a table one more column, empty in all rows."""
    kind = added.type.compile(connection.dialect)
    connection.exec_driver_sql(f'ALTER TABLE "{added.table.name}" ADD COLUMN "{added.name}" {kind}')


def create_texts(connection: Connection) -> None:
    """Make the full-text index."""
    connection.exec_driver_sql(_CREATE_TEXTS)
    connection.exec_driver_sql(_KEEP_IN_MEMORY)


def clear_texts(connection: Connection) -> None:
    """Empty the full-text index."""
    connection.exec_driver_sql("DROP TABLE texts")
    create_texts(connection)


def put_texts(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Index documents, or index them anew.

    They are written in ascending order: FTS5 begins a new segment whenever a number is lower than the one before.
    """
    if rows:
        connection.execute(_INSERT_TEXT, sorted(rows, key=lambda row: int(row["doc"])))


def delete_texts(connection: Connection, docs: Sequence[int]) -> None:
    """Take documents out of the index."""
    if docs:
        connection.execute(_DELETE_TEXT, [{"doc": doc} for doc in docs])


def matches() -> TextClause:
    """Say that a row of ``texts`` answers the bound parameter ``match``."""
    return text("texts MATCH :match")


def stream_token(stream: int) -> str:
    """Spell a stream as a word that no text contains."""
    return f"qzx{stream}xzq"


def spaced(words: str) -> str:
    """Put blanks around characters of scripts that are written without any, so that each is a word of its own."""
    return words if words.isascii() else _UNSPACED.sub(lambda run: f" {' '.join(run[0])} ", words)
