"""What the application shows of a directory: plain values for the window and the command line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from saasbackup_desktop.core.directory.comparison import (
    LIVE,
    CompareRequest,
    Comparison,
    DifferencePage,
    DifferenceQuery,
    DifferenceRow,
    DifferenceView,
    ObjectVersion,
)
from saasbackup_desktop.core.directory.objects import DirectoryObject
from saasbackup_desktop.core.directory.plan import Mode, PlanHead, Write, WriteResult
from saasbackup_desktop.core.directory.ticks import Ticks
from saasbackup_desktop.core.ids import AccountId, ConnectionName, JobId, SnapshotId, StreamId
from saasbackup_desktop.core.jobs import State

__all__ = [
    "LIVE",
    "CompareRequest",
    "Comparison",
    "DifferencePage",
    "DifferenceQuery",
    "DifferenceRow",
    "DifferenceView",
    "ObjectVersion",
]


class RestoreAccess(StrEnum):
    """How the application that may write comes to its permissions."""

    NONE = "none"
    """There is none: backups and comparisons only."""
    PERMANENT = "permanent"
    ONCE = "once"
    """It is registered for one restore and removed after it."""


class Badge(StrEnum):
    """The word on a tenant's row."""

    NOT_ACTIVE = "not-active"
    WAITING = "waiting"
    """Active, and nothing was saved yet."""
    RUNNING = "running"
    SUCCESS = "success"
    PARTIAL = "partial"
    FAILED = "failed"
    REAUTHORISE = "reauthorise"
    """Permissions or credentials are missing or run out: an administrator has to renew them."""
    PAUSED = "paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntraTenant:
    """The directory of a tenant, and how it is doing."""

    tenant: ConnectionName
    directory: str
    """The directory's id; empty while nobody has signed in."""
    name: str
    domain: str = ""
    account: AccountId
    stream: StreamId
    is_active: bool
    badge: Badge
    reasons: Sequence[str] = ()
    """Codes of what has to be renewed, with the badge REAUTHORISE: ``permission-missing``, ``expires``, ..."""
    missing: Sequence[str] = ()
    """Permissions that were not granted and that a backup of the directory needs."""
    restore: RestoreAccess = RestoreAccess.NONE
    restore_client: str = ""
    """Application id of the one that may write; empty if there is none now."""
    objects: int = 0
    last: SnapshotId | None = None
    finished: int | None = None
    job: JobId | None = None
    """The newest job of it that is not over."""
    next_backup: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KindCount:
    """One kind of object at a point in time."""

    kind: str
    family: str
    count: int
    is_beta: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectRow:
    """One object in a list."""

    kind: str
    id: str
    name: str
    about: str = ""
    """What tells it from others of the same name: a principal name, a description."""
    state: str = ""
    """A code: ``enabled``, ``disabled``, ``report-only``, ...; empty if it has none."""
    is_deleted: bool = False
    """Not there at that point in time, but at an earlier one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectPage:
    """A stretch of a list."""

    rows: Sequence[ObjectRow]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectView:
    """One object, whole, with names for the ids in it."""

    object: DirectoryObject
    names: Mapping[str, str] = field(default_factory=dict)
    """Names of the objects and things that ids in its properties and links stand for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """What is to be brought back, and how."""

    stream: StreamId
    snapshot: SnapshotId
    ticks: Ticks
    mode: Mode = Mode.OVERWRITE
    note: str = ""
    """Why, in the person's words."""
    break_glass: tuple[str, ...] = ()
    """Ids of accounts that must keep their way in, whatever happens."""
    myself: str = ""
    """Id of the person who does this, if it is known."""
    accepts: tuple[str, ...] = ()
    """Codes of grave risks that are taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteLine:
    """One write of a plan, and what came of it."""

    write: Write
    result: WriteResult | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    """What ids in its values and links stand for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPassword:
    """A password that was made up for somebody who was made anew; kept until somebody says to have it."""

    id: str
    name: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanState:
    """A plan, and how far it was carried out."""

    head: PlanHead
    job: JobId | None = None
    job_state: State | None = None
    """How that job stands; None: there is none."""
    job_code: str = ""
    """Why it ended, if it failed: a fault's code, with ``job_facts``."""
    job_facts: Mapping[str, str | int] = field(default_factory=dict)
    undone: PlanHead | None = None
    """Of a plan that undoes: the one whose writes it takes back."""
    standings: Mapping[str, int] = field(default_factory=dict)
    """Writes by how they stand."""
    verified: int = 0
    not_verified: int = 0
    has_passwords: bool = False
    """Passwords were made up and nobody has said yet to have them."""
