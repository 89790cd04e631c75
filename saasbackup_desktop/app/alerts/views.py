"""What the room of alerts shows."""

from collections.abc import Mapping
from dataclasses import dataclass

from saasbackup_desktop.core.ids import JobId, SnapshotId, StreamId
from saasbackup_desktop.core.model import Account, Snapshot
from saasbackup_desktop.engine.unusual import Sensitivity

__all__ = ["Alert", "AlertSettings", "Sensitivity"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something unusual that a backup found."""

    id: str
    """12 lower-case hexadecimal digits."""
    stream: StreamId
    account: Account
    kind: str
    """``mass-deletion``, ``mass-change`` or ``encrypted-content``."""
    made: int
    job: JobId
    snapshot: SnapshotId
    """The first point in time that shows it."""
    last_good: Snapshot | None
    """The newest point in time before it; None if it is not there any more."""
    facts: Mapping[str, str | int]
    """``count`` (items that it struck), ``of`` (items that there were), ``share`` (percent), ``usual`` (of a day;
    -1: not known yet), ``since`` and ``until`` (between which moments it happened)."""
    acknowledged: int | None
    note: str = ""
    """What was said when it was acknowledged."""
    is_holding: bool = False
    """Nothing of the stream can be removed from the vault because of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettings:
    """Whether and how soon alerts are raised."""

    is_on: bool = True
    sensitivity: Sensitivity = Sensitivity.NORMAL
    silent: tuple[StreamId, ...] = ()
    """Streams for which none are raised."""
