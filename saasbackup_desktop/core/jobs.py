"""What can be asked of the engine, how it stands, and what it tells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from saasbackup_desktop.core.directory.plan import OnSurprise
from saasbackup_desktop.core.export.values import USUAL_PART, Packing, Pick
from saasbackup_desktop.core.ids import AccountId, ConnectionName, JobId, NodeId, SnapshotId, StreamId, TaskId
from saasbackup_desktop.core.model import Conflict, Service
from saasbackup_desktop.core.retention import GRACE_DAYS
from saasbackup_desktop.core.selection import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """Read a live stream into the vault. ``only_owed``: just what failed last time."""

    stream: StreamId
    only_owed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """Add what archives hold to a stream that nothing else writes."""

    stream: StreamId
    paths: tuple[str, ...]
    """Files and folders of this computer, whole paths."""
    locked: str = ""
    """What the archives' password lies under in the home, sealed; empty: they open without one."""
    services: tuple[Service, ...] = ()
    """All that are imported together, each by a job of its own: a file that cannot be read counts in one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restore:
    """Copy what was selected of one snapshot to a live account."""

    stream: StreamId
    snapshot: SnapshotId
    selection: Selection
    connection: ConnectionName
    """Where to: its account may be the same one or any other."""
    conflict: Conflict = Conflict.NON_DESTRUCTIVE
    folder: str | None = None
    """Path with ``/`` of the folder that takes everything (new or existing); None: the original folders.
    With NON_DESTRUCTIVE it is set when the job is made, so that a second run finds the same folder."""
    whole_paths: bool = False
    """Below ``folder``, keep the original folders' whole paths."""
    backup_first: bool = False
    """Take a snapshot of the target before the first write, if the vault protects it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrate:
    """Back up a stream, then copy what it holds now to another account; what is there already is skipped."""

    stream: StreamId
    connection: ConnectionName
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Prove that the vault is whole; ``read_percent`` of its packs are read and every blob opened.

    ``repair``: first make whole what is not, as far as it can be read.
    """

    read_percent: int = 0
    repair: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Prune:
    """Decide what retention lets go, and remove what was decided long enough ago.

    ``grace_days``: how long what is decided now can still be called back.
    """

    grace_days: int = GRACE_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Discard:
    """Let all points in time of a stream go, or some; they can be called back for ``grace_days``."""

    stream: StreamId
    snapshots: tuple[SnapshotId, ...] = ()
    """Empty: all."""
    grace_days: int = GRACE_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror:
    """Bring a copy of the vault at another place up to date."""

    to: str
    """A folder or a bucket."""
    settings: tuple[tuple[str, str], ...] = ()
    """How a bucket is reached: names and values, without secrets."""
    delete: bool = False
    """Also remove from it what was removed from the vault on purpose."""
    verify: bool = False
    """Also read what is there already, and copy again what is damaged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """Prove that a stream can be had again: restore a sample of it into scratch, and compare."""

    stream: StreamId
    items: int = 50
    """How many are restored; a quarter of them from an older point in time, if there is one."""
    against_source: bool = True
    """Also compare what the newest point in time holds with what the source says that it has."""
    snapshot: SnapshotId | None = None
    """Only this point in time; None: the newest, and one of the others, each in its turn."""
    seed: str = ""
    """What the sample is drawn by: the same one draws the same items again. Empty: the job's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reinstate:
    """Carry out a plan: bring picked things of a directory back to what they were (``core.directory.plan``)."""

    stream: StreamId
    plan: str
    """The plan's id."""
    on_surprise: OnSurprise = OnSurprise.STOP


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """Take items out of the vault, into files that other programs read."""

    picks: tuple[Pick, ...]
    """At least one. With a book: of each service and format one, for all that are alike."""
    name: str
    """Of the folder that takes the files, or how the archives' names begin."""
    to: str
    """A folder of this computer, or ``destination:NAME``."""
    packing: Packing = Packing.FOLDER
    part_size: int = USUAL_PART
    """Bytes of an archive or data file at most."""
    deleted: bool = False
    """Also what earlier points in time hold and the picked one does not."""
    recoverable: bool = False
    """Also Recoverable Items and what is there for legal hold."""
    keep_days: int | None = None
    """Remove the files after so many days; None: never."""
    locked: str = ""
    """What the archives' password lies under in the home, sealed; empty: they open without one."""
    asked: int = 0
    """When it was asked for (seconds since 1970 UTC): the same can be asked for again."""
    book: str = ""
    """What the picks of several accounts lie under in the catalog, account by account; empty: ``picks`` are all."""
    accounts: int = 1
    """With a book: of so many accounts."""

    @property
    def stream(self) -> StreamId:
        """What it is listed under: the first pick's."""
        return self.picks[0].stream


Spec = Backup | Import | Restore | Migrate | Check | Prune | Discard | Mirror | Drill | Reinstate | Export
FAR: Final = (Backup, Restore, Migrate, Drill, Reinstate)
"""What reads or writes accounts, over the network."""


_NO_TASK: Final = TaskId("")
_NO_ITEM: Final = NodeId("")


class Initiator(StrEnum):
    """Who wanted a job."""

    PERSON = "person"
    SCHEDULE = "schedule"
    RULE = "rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who wanted a job, and for which task."""

    initiator: Initiator = Initiator.PERSON
    task: TaskId = _NO_TASK
    """Empty: for none."""


BY_HAND = Origin()


class State(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    WAITING = "waiting"  # failed for a reason that may pass: the next attempt has its time
    RUNNING = "running"
    PAUSING = "pausing"
    PAUSED = "paused"
    STOPPING = "stopping"
    STOPPED = "stopped"
    DONE = "done"
    PARTIAL = "partial"  # finished, but some items failed
    FAILED = "failed"

    @property
    def is_over(self) -> bool:
        """Nothing more will happen unless somebody asks."""
        return self in (State.STOPPED, State.DONE, State.PARTIAL, State.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts so far. Zero totals mean: not known."""

    items_done: int = 0
    items_total: int = 0
    bytes_done: int = 0
    """Bytes moved from or to the other side."""
    bytes_total: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    skipped: int = 0
    """Restore: the target had it already. Backup: it could not be read, and somebody has decided to do without it."""
    verified: int = 0
    read_again: int = 0
    """Restore that went on after an interruption: found there, read back, and equal."""
    unread: int = 0
    """Restore that went on after an interruption: found there, and not proven equal."""
    failed: int = 0
    bytes_stored: int = 0
    """What the vault grew by."""
    bytes_freed: int = 0
    """What was removed from the vault."""
    doing: str = ""
    """A code: ``connecting``, ``listing``, ``fetching``, ``storing``, ``sealing``, ``planning``, ``writing``,
    ``verifying``, ``checking``, ``pruning``, ``removing``, ``proving``, ``comparing``, ``exporting``, ``uploading``."""
    where: str = ""
    """The folder at hand, as the source names it."""
    accounts_done: int = 0
    accounts_total: int = 0
    """Export of several accounts: how many there are."""
    throttled_until: int | None = None
    limited_to: int | None = None
    """Bytes a second that all jobs together may move at this hour; None: as many as can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFailure:
    """One item that a job could not do."""

    path: str
    name: str
    code: str
    detail: str = ""
    item: NodeId = _NO_ITEM
    """Which item of the job's stream it is; empty if that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job and how it stands."""

    id: JobId
    spec: Spec
    state: State
    tally: Tally = field(default_factory=Tally)
    account: AccountId | None = None
    created: int = 0
    started: int | None = None
    finished: int | None = None
    code: str = ""
    """Why it failed: a fault's code, or ``bug``."""
    detail: str = ""
    facts: Mapping[str, str | int] = field(default_factory=dict)
    snapshot: SnapshotId | None = None
    """What it made."""
    origin: Origin = BY_HAND
    attempt: int = 1
    due: int | None = None
    """While it waits: when the next attempt begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobQuery:
    """Which jobs of the history are asked for; what is empty or None does not narrow it."""

    since: int | None = None
    """Made at this moment or later. Jobs that are not over are never too old."""
    until: int | None = None
    """Made before this moment."""
    states: frozenset[State] = frozenset()
    kinds: frozenset[str] = frozenset()
    """As ``codec.kind_of`` names them."""
    accounts: frozenset[AccountId] = frozenset()
    services: frozenset[Service] = frozenset()
    prefix: str = ""
    """How the job's id begins."""
    initiator: Initiator | None = None
    task: TaskId | None = None
    limit: int = 500
    offset: int = 0
    oldest_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPage:
    """A stretch of the history, and how many jobs in all stand how."""

    jobs: Sequence[Job]
    counts: Mapping[State, int]
    """Of everything that the query asks for, whatever its ``states``, ``limit`` and ``offset``."""


@dataclass(frozen=True, slots=True)
class JobChanged:
    """A job moved on."""

    job: Job


@dataclass(frozen=True, slots=True)
class CatalogChanged:
    """There is something new to look at in this stream; None: connections, accounts or settings."""

    stream: StreamId | None


Event = JobChanged | CatalogChanged
