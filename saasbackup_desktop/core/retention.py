"""How long points in time are kept: the rule, and what it means for a stream's history."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.model import Snapshot, SnapshotStatus

DAY: Final = 86400
GRACE_DAYS: Final = 7
"""Days between the decision to remove something and its removal, unless somebody says otherwise."""

EVERYTHING: Final = "everything"
HELD: Final = "held"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """What is kept of a stream; a point in time stays if any of these wants it. Without any, everything stays."""

    days: int | None = None
    """All that are not older than so many days of 24 hours."""
    last: int = 0
    """So many newest ones; 1 if it is 0."""
    hourly: int = 0
    """The newest complete one of each of the last so many hours that have any; hours, days, weeks, months and years
    are those of UTC, so that every machine decides alike."""
    daily: int = 0
    weekly: int = 0
    """ISO weeks, from Monday."""
    monthly: int = 0
    yearly: int = 0

    def __post_init__(self) -> None:
        if any(value is not None and value < 0 for value in self._values()):
            raise Misconfigured("what is kept cannot be counted below nothing", what="negative-retention")

    @property
    def is_everything(self) -> bool:
        """Nothing is ever removed by this rule."""
        return self.days is None and not any(self._values())

    def to_plain(self) -> dict[str, int | None]:
        """A dictionary; an empty one for everything."""
        return {} if self.is_everything else asdict(self)

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "Keep":
        """The other way round. Raises TypeError for what is not known, Misconfigured."""
        if not all(value is None or type(value) is int for value in plain.values()):
            raise TypeError("not a retention rule")
        return cls(**plain)

    def joined(self, other: "Keep") -> "Keep":
        """A rule that keeps what either of the two keeps."""
        if self.is_everything or other.is_everything:
            return Keep()
        days = [one for one in (self.days, other.days) if one is not None]
        return Keep(
            days=max(days, default=None),
            last=max(self.last, other.last),
            hourly=max(self.hourly, other.hourly),
            daily=max(self.daily, other.daily),
            weekly=max(self.weekly, other.weekly),
            monthly=max(self.monthly, other.monthly),
            yearly=max(self.yearly, other.yearly),
        )

    def _values(self) -> tuple[int | None, ...]:
        return (self.days, self.last, self.hourly, self.daily, self.weekly, self.monthly, self.yearly)


@dataclass(frozen=True, slots=True)
class Kept:
    """A point in time that stays, and why."""

    snapshot: Snapshot
    reasons: tuple[str, ...]
    """``everything``, ``held``, ``last``, ``complete`` (the newest complete one), ``age``, ``ahead`` (dated after
    now: one of the clocks is wrong), ``hourly``, ``daily``, ``weekly``, ``monthly``, ``yearly``."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a rule means for a history."""

    kept: tuple[Kept, ...]
    gone: tuple[Snapshot, ...]


def plan(snapshots: Sequence[Snapshot], keep: Keep, now: int) -> Plan:
    """Decide about a stream's points in time, given in their order, oldest first.

    The newest one and the newest complete one always stay.
    """
    if keep.is_everything:
        return Plan(tuple(Kept(snapshot, (EVERYTHING,)) for snapshot in snapshots), ())
    reasons: list[list[str]] = [[] for _ in snapshots]
    for at in range(max(0, len(snapshots) - max(keep.last, 1)), len(snapshots)):
        reasons[at].append("last")
    complete = [at for at, snapshot in enumerate(snapshots) if snapshot.status is SnapshotStatus.COMPLETE]
    for at in complete[-1:]:
        reasons[at].append("complete")
    for at, snapshot in enumerate(snapshots):
        if snapshot.started > now:
            reasons[at].append("ahead")
        elif keep.days is not None and snapshot.started >= now - keep.days * DAY:
            reasons[at].append("age")
    for reason, span in _SPANS.items():
        for at in _newest_of_each(snapshots, span, getattr(keep, reason)):
            reasons[at].append(reason)
    kept = (Kept(snapshot, tuple(why)) for snapshot, why in zip(snapshots, reasons, strict=True) if why)
    gone = (snapshot for snapshot, why in zip(snapshots, reasons, strict=True) if not why)
    return Plan(tuple(kept), tuple(gone))


def _newest_of_each(snapshots: Sequence[Snapshot], span: Callable[[date, int], Any], wanted: int) -> list[int]:
    """The last complete one in each of the newest spans of time, or the last one of a span that has no complete one."""
    chosen: dict[Any, int] = {}
    for at, snapshot in enumerate(snapshots) if wanted else ():
        key = span(datetime.fromtimestamp(snapshot.started, UTC).date(), snapshot.started)
        before = chosen.get(key)
        is_better = snapshot.status is SnapshotStatus.COMPLETE
        if before is None or is_better or snapshots[before].status is not SnapshotStatus.COMPLETE:
            chosen[key] = at
    return [chosen[key] for key in sorted(chosen, reverse=True)[:wanted]]


_SPANS: Final[Mapping[str, Callable[[date, int], Any]]] = {
    "hourly": lambda day, time: time // 3600,
    "daily": lambda day, time: time // DAY,
    "weekly": lambda day, time: day.isocalendar()[:2],
    "monthly": lambda day, time: (day.year, day.month),
    "yearly": lambda day, time: day.year,
}
