"""Bring a file's tables to what this program knows, one numbered step after the other."""

from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import Connection

from saasbackup_desktop.catalog import dialect
from saasbackup_desktop.catalog.schema import VERSION, failures, items, jobs, marks, metadata, packs_read, records
from saasbackup_desktop.core.errors import CatalogTooNew

Step = Callable[[Connection], None]


def _to_2(connection: Connection) -> None:
    """Items may have more bodies than one."""
    dialect.add_column(connection, items.c.parts)


def _to_3(connection: Connection) -> None:
    """The newest head of each stream is remembered."""
    marks.create(connection, checkfirst=True)


def _to_4(connection: Connection) -> None:
    """What an interrupted check has read is remembered."""
    packs_read.create(connection, checkfirst=True)


def _to_5(connection: Connection) -> None:
    """Jobs are found by the stream that they read."""
    dialect.add_column(connection, jobs.c.reads)
    dialect.fill_reads(connection)
    for index in jobs.indexes:
        if index.name == "jobs_by_what_they_read":
            index.create(connection, checkfirst=True)


def _to_6(connection: Connection) -> None:
    """Jobs are found by how they stand, whose they are, and who wanted them; rooms keep records."""
    for column in (jobs.c.state, jobs.c.kind, jobs.c.account, jobs.c.initiator, jobs.c.task, jobs.c.finished):
        dialect.add_column(connection, column)
    dialect.fill_job_columns(connection)
    for index in jobs.indexes:
        index.create(connection, checkfirst=True)
    records.create(connection, checkfirst=True)


def _to_7(connection: Connection) -> None:
    """Jobs are found by their service; a failure says which item it is."""
    dialect.add_column(connection, jobs.c.service)
    dialect.fill_services(connection)
    dialect.add_column(connection, failures.c.item)
    for index in jobs.indexes:
        index.create(connection, checkfirst=True)


STEPS: Final[Mapping[int, Step]] = {2: _to_2, 3: _to_3, 4: _to_4, 5: _to_5, 6: _to_6, 7: _to_7}
"""The step that leads to a version from the one before. Version 1 is where files begin."""


def migrate(connection: Connection, steps: Mapping[int, Step] = STEPS, newest: int = VERSION) -> None:
    """Make the tables of an empty file, or walk an older file's to ``newest``. Raises CatalogTooNew."""
    version = dialect.schema_version(connection)
    if version > newest:
        raise CatalogTooNew(f"version {version}", version=version, known=newest)
    if version == 0:
        metadata.create_all(connection)
        dialect.create_texts(connection)
        dialect.set_schema_version(connection, newest)
        return
    for step in range(version + 1, newest + 1):
        steps[step](connection)
        dialect.set_schema_version(connection, step)
