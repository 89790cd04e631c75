"""What the catalog hands out and takes in."""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from saasbackup_desktop.core.ids import AccountId, JobId, RowId, SnapshotId, StreamId
from saasbackup_desktop.core.jobs import State
from saasbackup_desktop.core.model import Folder, Item, Service, Snapshot
from saasbackup_desktop.core.stream import Cursor


@dataclass(frozen=True, slots=True)
class Text:
    """What search finds of a body, besides what the item itself says."""

    body: str
    attachments: str = ""
    """Names, one a line; used where the item has no facet of that name."""


class Position(NamedTuple):
    """Where a stream stands: what the last commit wrote."""

    snapshot: SnapshotId
    root: str
    cursor: Cursor | None
    final: bool
    """False: the run that wrote it did not come to its end."""


class Row(NamedTuple):
    """One version of an item."""

    row: RowId
    stream: StreamId
    item: Item
    path: str = ""
    """The folder's path, names joined with ``/``; empty in folder lists."""


class FolderCount(NamedTuple):
    """A folder and what is directly in it."""

    folder: Folder
    items: int
    size: int
    """Bytes of the items' originals."""


class Version(NamedTuple):
    """One version of an item and the points in time that hold it."""

    row: RowId
    item: Item
    first: Snapshot
    last: Snapshot
    alive: bool
    """It is still so in the newest snapshot."""
    path: str


class Totals(NamedTuple):
    """What a point in time holds altogether."""

    items: int
    folders: int
    size: int
    """Bytes of the items' originals."""


class Run(NamedTuple):
    """A job that read a stream, in brief."""

    stream: StreamId
    job: JobId
    state: State
    code: str
    """Why it failed."""
    facts: Mapping[str, Any]
    created: int
    finished: int | None
    throttled_until: int | None
    due: int | None = None
    """While it waits: when the next attempt begins."""


class GoneFrom(NamedTuple):
    """Items that lay in one folder, and are not in a point in time any more."""

    path: tuple[str, ...]
    """Names from the top, as they were then."""
    rows: "array[int]"
    """Their last versions, by time and id."""


class LogEntry(NamedTuple):
    """One line of a job's log."""

    time: int
    level: str
    """``info``, ``warning`` or ``error``."""
    code: str
    facts: Mapping[str, Any]


class DamageEntry(NamedTuple):
    """Something that a check found wrong."""

    file: str
    code: str
    items: tuple[str, ...]
    """Names of what is affected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What to search for. Empty fields ask for nothing."""

    words: str = ""
    service: Service | None = None
    account: AccountId | None = None
    sender: str = ""
    recipient: str = ""
    subject: str = ""
    body: str = ""
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A small document that a room of the application keeps."""

    key: str
    time: int
    """What it is found by besides (seconds since 1970 UTC)."""
    plain: Any
    """What JSON can say."""
