"""The encrypted file: one connection that writes, many that read."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import sqlcipher3
from sqlalchemy import Connection, Engine, ExceptionContext, QueuePool, create_engine, event

from saasbackup_desktop.catalog import dialect
from saasbackup_desktop.catalog.migrations import migrate
from saasbackup_desktop.catalog.schema import VERSION
from saasbackup_desktop.core.errors import CatalogFault, CatalogUnreadable

READERS: Final = 4
"""Connections that are kept open for reading; more are opened when all are busy."""


class Database:
    """The catalog's file, opened. Thread-safe."""

    def __init__(self, file: Path, key: bytes) -> None:
        self._file = file
        self._writing = threading.RLock()
        self._writer = _engine(file, key, read_only=False)
        self._readers = _engine(file, key, read_only=True)

    @classmethod
    def open(cls, file: Path, key: bytes) -> "Database":
        """Open or create. Raises CatalogUnreadable for a wrong key or a damaged file, CatalogTooNew, CatalogFault."""
        if len(key) != 32:
            raise ValueError("the catalog's key has 32 bytes")
        file.parent.mkdir(parents=True, exist_ok=True)
        _keep_private(file)
        database = cls(file, key)
        try:
            with database.read() as connection:
                version = dialect.schema_version(connection)
            # Only if there is something to do: another program may be writing.
            if version != VERSION:
                with database.write() as connection:
                    migrate(connection)
        except BaseException:
            database.close()
            raise
        return database

    def close(self) -> None:
        """Let go of the file."""
        self._readers.dispose()
        self._writer.dispose()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Hold the one connection that writes, in a transaction: all or nothing."""
        with self._writing, self._writer.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Hold a connection that sees one state of the catalog from its first question to its last."""
        with self._readers.connect() as connection:
            yield connection


def _keep_private(file: Path) -> None:
    """Let only its owner read the file; what SQLite puts beside it (-wal, -shm) gets the same rights."""
    try:
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
        if file.stat().st_mode & 0o077:
            for one in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm"))):
                with suppress(FileNotFoundError, PermissionError):  # somebody else's file is theirs to close
                    one.chmod(0o600)
    except OSError as error:
        raise CatalogFault(str(error), file=str(file)) from error


def _engine(file: Path, key: bytes, *, read_only: bool) -> Engine:
    def connect() -> Any:
        try:
            connection = sqlcipher3.connect(str(file), check_same_thread=False)
        except sqlcipher3.Error as error:
            raise _fault(error, file) or error from error
        try:
            dialect.prepare_connection(connection, key, read_only=read_only)
        except sqlcipher3.Error as error:
            connection.close()
            raise _fault(error, file) or error from error
        return connection

    size = READERS if read_only else 1
    engine = create_engine(
        "sqlite+pysqlite://",
        module=sqlcipher3.dbapi2,
        creator=connect,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=-1 if read_only else 0,
        hide_parameters=True,
    )

    def translate(context: ExceptionContext) -> None:
        if isinstance(context.original_exception, sqlcipher3.DatabaseError):
            fault = _fault(context.original_exception, file)
            if fault is not None:
                raise fault from context.original_exception

    event.listen(engine, "begin", lambda connection: dialect.begin(connection, read_only=read_only))
    event.listen(engine, "handle_error", translate)
    return engine


_UNREADABLE: Final = ("not a database", "malformed", "hmac check failed", "decrypt")
_NO_ROOM: Final = ("disk is full", "readonly database", "disk i/o error", "unable to open", "database is locked")


def _fault(error: BaseException, file: Path) -> CatalogFault | None:
    """Say what the file's troubles mean; None for what can only be a mistake of ours."""
    said = str(error).lower()
    if any(sign in said for sign in _UNREADABLE):
        return CatalogUnreadable(said, file=str(file))
    if any(sign in said for sign in _NO_ROOM):
        return CatalogFault(said, file=str(file))
    return None
