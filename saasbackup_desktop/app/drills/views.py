"""What the drills' door hands out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from saasbackup_desktop.core.ids import JobId, SnapshotId, StreamId
from saasbackup_desktop.core.model import Account
from saasbackup_desktop.core.schedule import Schedule

PROVEN = "proven"
"""Everything that was looked at can be had again, and nothing that the source has is missing."""
INCOMPLETE = "incomplete"
"""What is in the vault can be had again, but the source has more than the vault."""
DAMAGED = "damaged"
"""Something that the vault should hold cannot be had again."""
UNREACHABLE = "unreachable"
"""The vault is as it should be; the source could not be asked."""
OUTCOMES = (PROVEN, INCOMPLETE, DAMAGED, UNREACHABLE)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that a drill found wrong, or merely worth telling."""

    kind: str
    """``damaged``, ``missing`` (the source has it, the vault has not), ``newer`` (the source has it since the last
    backup), ``moved`` (it may have come there since), ``gone`` (the vault has it, the source no more), ``count`` (the
    source says how many, and not which), ``link`` (a point in time is missing or altered), ``catalog`` (vault and
    catalog do not agree)."""
    where: str
    """A folder's path, or a file of the vault."""
    name: str = ""
    code: str = ""
    """Why, as a fault's code or a damage's."""


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What one drill of a stream found out."""

    stream: StreamId
    account: Account
    snapshot: SnapshotId
    """The newest point in time that was read; empty if there was none to be read."""
    time: int
    job: JobId
    outcome: str
    """One of OUTCOMES."""
    read: int
    """Items restored into scratch."""
    matched: int
    """Of those, so many were what was stored, to the last byte."""
    missing: int
    """What the source has, or the catalog, and the vault should have."""
    damaged: int
    """Files, links and items that cannot be had as they were written."""
    at_source: int | None
    """How many items the source has, where it tells; None if it was not asked or could not be."""
    facts: Mapping[str, str | int]
    """What an auditor needs: ``seed``, ``started``, ``seconds``, ``program``, ``older`` (the other point in time that
    was read), ``older_read``, ``bytes`` (restored and compared), ``hashes`` (bodies and parts compared), ``chain``
    (points in time whose links were followed), ``walked`` (items of the point in time), ``held`` (items it says it
    has), ``nodes`` (nodes of its tree that were read), ``source`` (``compared``, ``not-asked``, ``not-told`` or
    ``not-reached``), ``folders`` (of the source), ``not_told`` (folders of which the source says nothing), ``newer``,
    ``moved``, ``gone``, ``counted``, ``owed``, ``reason`` (why the source could not be asked: a fault's code),
    ``items`` (how many were to be restored), ``sample`` (SHA-256 over the ids of those that were: a repeated drill has
    the same), ``packs`` (files that the newest point in time's items lie in) and ``packs_read`` (of these, to the last
    byte), ``points`` (points in time of the stream), ``vault`` (its id), ``snapshot_taken`` (when the newest one
    was finished)."""
    findings: Sequence[Finding] = field(default_factory=tuple)
    """The first ones."""
    proven: int | None = None
    """When the stream was last proven restorable, by this drill or one before it."""


@dataclass(frozen=True, kw_only=True)
class DrillPlan:
    """When drills begin by themselves."""

    schedule: Schedule
    items: int = 50
    """How many items each restores."""
    days: int = 7
    """Within so many days every account has its turn: each round takes those that waited longest."""
    next_run: int | None = None
    """When the next round begins; None: by hand only."""


@dataclass(frozen=True, kw_only=True)
class Overdue:
    """A stream that was not proven restorable for longer than it should be."""

    stream: StreamId
    account: Account
    since: int
    """When it should have been, seconds since 1970 UTC."""
    proven: int | None
    """When it last was; None: never."""
