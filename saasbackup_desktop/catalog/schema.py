"""The tables.

A version of a folder or item lives from the snapshot ordinal ``born`` until ``died``, which no longer holds it.
"""

from typing import Final

from sqlalchemy import (
    Column,
    ColumnClause,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
)

VERSION: Final = 7
"""Of this schema; raised with every new step in ``migrations``."""

ALIVE: Final = 2**31 - 1
"""``died`` of a version that the newest snapshot holds."""

IS_ALIVE: Final[ColumnClause[int]] = literal_column(str(ALIVE))
"""The same, written out: only so can SQL see that a partial index covers a question."""

UNTEXTED: Final[ColumnClause[int]] = literal_column("0")
"""``texted`` of a document whose body's text is not indexed, written out for the same reason."""

metadata = MetaData()

streams = Table(
    "streams",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("service", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("connection", Text),
    Column("cursor", Text),
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("stream", Integer, ForeignKey("streams.key"), primary_key=True, autoincrement=False),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False),
    Column("started", Integer, nullable=False),
    Column("finished", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("items", Integer, nullable=False),
    Column("folders", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("added", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("removed", Integer, nullable=False),
    Column("owed", Integer, nullable=False),
    Column("root", Text, nullable=False),
    Column("final", Integer, nullable=False),
    UniqueConstraint("stream", "id"),
)

owed = Table(
    "owed",
    metadata,
    Column("stream", Integer, ForeignKey("streams.key"), primary_key=True, autoincrement=False),
    Column("node", Text, primary_key=True),
    Column("plain", Text, nullable=False),
)

places = Table(
    "places",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("stream", Integer, ForeignKey("streams.key"), nullable=False),
    Column("node", Text, nullable=False),
    UniqueConstraint("stream", "node"),
)
"""Folders by number, so that a million items need not spell their folder's id."""

folders = Table(
    "folders",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("stream", Integer, ForeignKey("streams.key"), nullable=False),
    Column("node", Text, nullable=False),
    Column("place", Integer, ForeignKey("places.key"), nullable=False),
    Column("parent", Text),
    Column("name", Text, nullable=False),
    Column("role", Text),
    Column("facets", Text, nullable=False),
    Column("born", Integer, nullable=False),
    Column("died", Integer, nullable=False),
    UniqueConstraint("stream", "node", "died"),
)

counts = Table(
    "counts",
    metadata,
    Column("place", Integer, ForeignKey("places.key"), primary_key=True, autoincrement=False),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("items", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""What is directly in a folder, from this snapshot ordinal on."""

documents = Table(
    "documents",
    metadata,
    Column("doc", Integer, primary_key=True, autoincrement=False),
    Column("stream", Integer, ForeignKey("streams.key"), nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("mark", LargeBinary, nullable=False),
    Column("size", Integer),
    Column("recipe", LargeBinary),
    Column("texted", Integer, nullable=False),
    UniqueConstraint("sha256", "mark"),
)
"""A body under one description: what search finds. The number begins with the time, so that its order is time's."""

Index("documents_untexted", documents.c.stream, documents.c.doc, sqlite_where=documents.c.texted == UNTEXTED)

items = Table(
    "items",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("stream", Integer, ForeignKey("streams.key"), nullable=False),
    Column("node", Text, nullable=False),
    Column("folder", Integer, ForeignKey("places.key"), nullable=False),
    Column("name", Text, nullable=False),
    Column("revision", Text, nullable=False),
    Column("size", Integer),
    Column("time", Integer),
    Column("flags", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("facets", Text, nullable=False),
    Column("parts", Text),
    Column("doc", Integer, ForeignKey("documents.doc"), nullable=False),
    Column("name_key", Text, nullable=False),
    Column("sender_key", Text, nullable=False),
    Column("born", Integer, nullable=False),
    Column("died", Integer, nullable=False),
    UniqueConstraint("stream", "node", "died"),
)

Index("items_by_time", items.c.folder, items.c.time, items.c.born, items.c.died)
Index("items_by_name", items.c.folder, items.c.name_key, items.c.time.desc(), items.c.born, items.c.died)
Index("items_by_sender", items.c.folder, items.c.sender_key, items.c.time.desc(), items.c.born, items.c.died)
Index("items_by_size", items.c.folder, items.c.size, items.c.time.desc(), items.c.born, items.c.died)
Index("items_by_document", items.c.doc, items.c.folder, items.c.born, items.c.died)
Index("items_by_birth", items.c.stream, items.c.born)
Index("items_by_death", items.c.stream, items.c.died, sqlite_where=items.c.died < IS_ALIVE)
Index("items_alike", items.c.stream, items.c.size, sqlite_where=items.c.died == IS_ALIVE)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("created", Integer, nullable=False),
    Column("plain", Text, nullable=False),
    Column("reads", Text),
    Column("state", Text),
    Column("kind", Text),
    Column("account", Text),
    Column("initiator", Text),
    Column("task", Text),
    Column("finished", Integer),
    Column("service", Text),
    Index("jobs_by_creation", "created"),
    Index("jobs_by_what_they_read", "reads", "created"),
    Index("jobs_by_state", "state", "created"),
    Index("jobs_by_kind", "kind", "created"),
    Index("jobs_by_end", "finished"),
)

records = Table(
    "records",
    metadata,
    Column("room", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("time", Integer, nullable=False),
    Column("plain", Text, nullable=False),
    Index("records_by_time", "room", "time"),
)
"""What rooms of the application keep beside the history of jobs: small documents, found by key or by time."""

failures = Table(
    "failures",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("job", Text, nullable=False, index=True),
    Column("path", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("item", Text),
)

log = Table(
    "log",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("job", Text, nullable=False, index=True),
    Column("time", Integer, nullable=False),
    Column("level", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("facts", Text, nullable=False),
)

damages = Table(
    "damages",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("job", Text, nullable=False, index=True),
    Column("file", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("items", Text, nullable=False),
)

marks = Table(
    "marks",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("head", Text, nullable=False),
    Column("digest", Text, nullable=False),
)
"""The newest finished head of each stream, remembered here so that a vault that was rolled back is noticed."""

packs_read = Table(
    "packs_read",
    metadata,
    Column("share", Text, primary_key=True),
    Column("pack", LargeBinary, primary_key=True),
)
"""Packs that a check which was interrupted had read and found whole; ``share`` says which check."""

KNOWN_FROM_VAULT: Final = (items, documents, counts, folders, places, owed, snapshots, streams)
"""What can be rebuilt, in an order in which it can be deleted."""
