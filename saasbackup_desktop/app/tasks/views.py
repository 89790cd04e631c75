"""What the application shows of backup tasks: plain values for the window and the command line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from saasbackup_desktop.core.ids import ConnectionName, JobId, StreamId, TaskId
from saasbackup_desktop.core.model import Account, Service
from saasbackup_desktop.core.retention import Keep
from saasbackup_desktop.core.schedule import Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is backed up together: when, and how long it is kept."""

    id: TaskId
    """Empty for one that is not kept yet: ``put`` gives it one."""
    name: str
    connections: tuple[ConnectionName, ...] = ()
    """Empty: all, also those that are set up later."""
    services: tuple[Service, ...] = ()
    """Empty: all that a connection is set up for."""
    schedule: Schedule = field(default_factory=Schedule)
    keep: Keep | None = None
    """None: as the vault's rule says."""
    archived_days: int | None = None
    """Days after which everything goes that is saved of an account that left; None: it stays."""
    is_paused: bool = False
    created: int = 0
    """Seconds since 1970 UTC."""


class Waits(StrEnum):
    """Why a task does not run now."""

    NOTHING = ""
    """It runs at its next time."""
    PAUSED = "paused"
    BY_HAND = "by-hand"
    BLACKOUT = "blackout"
    BATTERY = "battery"
    METERED = "metered"
    BUSY = "busy"
    """What it began last is still at work."""
    NO_AGENT = "no-agent"
    """Nobody is there who begins runs."""


class Missed(StrEnum):
    """Why a run did not begin when it was due."""

    BLACKOUT = "blackout"
    BATTERY = "battery"
    METERED = "metered"
    OFF = "off"
    """The computer was off."""
    ASLEEP = "asleep"
    """The computer slept, or stood still."""
    NO_AGENT = "no-agent"
    """The computer was on, and the program that starts runs was not."""
    LOCKED = "locked"
    """The vault was locked."""
    NO_ANSWER = "no-answer"
    """It began, and nothing that it covers could be reached."""
    BUSY = "busy"
    """The run before it was still at work."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """A task and how it is doing."""

    task: Task
    connections: tuple[ConnectionName, ...] = ()
    """Those that it covers now."""
    services: tuple[Service, ...] = ()
    """Those that it covers now."""
    accounts: int = 0
    """All that are known: active or not."""
    streams: int = 0
    """An account's services that it backs up each time."""
    active: int = 0
    """Accounts that it backs up."""
    size: int = 0
    """Bytes of what the newest points in time hold."""
    first: int | None = None
    """Its oldest point in time that is still there, seconds since 1970 UTC."""
    last: int | None = None
    """Its newest."""
    next_run: int | None = None
    """When something begins next, also where a run is overdue; None: not by itself, or nobody knows."""
    waits: str = ""
    """``Waits``."""
    overdue_since: int | None = None
    """When the earliest run was due that was missed and is not made up for."""
    missed: int = 0
    """Runs that were due since then, one after another."""
    why: str = ""
    """``Missed``: why it is overdue."""
    running: int = 0
    failed: int = 0
    """Streams whose last backup failed."""
    problem: str = ""
    """Code of the fault that most of these failed with."""
    facts: Mapping[str, str | int] = field(default_factory=dict)
    """Of one of them."""
    overlaps: int = 0
    """Runs in a row that did not begin since the run before was still at work."""
    jobs: tuple[JobId, ...] = ()
    """Those that are queued, wait or run for it; at most 50."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """A task whose runs are missed and not made up for."""

    task: TaskId
    name: str
    since: int
    missed: int
    """Runs, one after another."""
    why: str
    """``Missed``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What comes next, of all tasks."""

    name: str = ""
    """The task that runs first."""
    at: int | None = None
    """When that is; None: nothing runs by itself."""
    overdue: int = 0
    """Tasks whose runs are missed and not made up for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedRuns:
    """Runs that were missed one after another, and made up for by one."""

    task: TaskId
    since: int
    """When the first of them was due."""
    missed: int
    why: str
    made_up: int
    """When the run began that makes up for them."""


class Pruning(StrEnum):
    """How often what retention lets go is removed without anybody."""

    AUTOMATIC = "automatic"
    """Weekly once a task has a rule of its own for how long it keeps; never before."""
    OFF = "off"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """An account that left, and what becomes of what is saved of it."""

    stream: StreamId
    account: Account
    task: TaskId
    left: int
    """When that was noticed."""
    due: int
    """When everything that is saved of it goes to the trash, to be removed seven days later."""
    size: int
    is_discarded: bool
    """It was put into the trash already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPreview:
    """What a task's rules would let go."""

    go: Sequence[tuple[StreamId, int, int]]
    """Streams with points in time that would go: how many, and how many stay."""
    leaving: Sequence[Leaving]
    size: int
    """Bytes that become free once they are removed."""
    due: int
    """When that is."""
