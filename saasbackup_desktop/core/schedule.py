"""When something is to run, what may keep it waiting, and how fast it may move bytes: pure functions of time.

The clock on the wall decides, except where hours are counted. ``zone`` is always that of this computer; a schedule
that names a zone of its own goes by that one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from saasbackup_desktop.core import cron
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.local_time import DAY_MINUTES, day_of, moment_of, moments_of

_ANCHOR: Final = date(2026, 1, 1)
"""Hours are counted from this day on, in both directions."""
_FARTHEST: Final = 8 * 366 + 7
"""Days without any run after which there will never be one: leap days are eight years apart at most."""


class Rhythm(StrEnum):
    """How often."""

    BY_HAND = "by-hand"
    HOURS = "hours"
    THREE_TIMES = "three-times"
    DAILY = "daily"
    THREE_DAYS = "three-days"
    WEEKLY = "weekly"
    CRON = "cron"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When something runs by itself."""

    rhythm: Rhythm = Rhythm.BY_HAND
    hours: int = 8
    """For HOURS: how many real hours lie between runs, 1 to 24."""
    at: int = 120
    """Minute of the day of the (first) run."""
    weekday: int = 0
    """For WEEKLY; Monday is 0."""
    cron: str = ""
    """For CRON: five fields as in a crontab."""
    zone: str = ""
    """Empty: this computer's; ``UTC``, or a name of the IANA database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Hours of some days, by the clock of this computer. What ends not later than it starts ends on the next day."""

    days: tuple[int, ...] = ()
    """On which it starts, Monday is 0; empty: every day."""
    start: int
    """Minute of the day."""
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """How fast bytes may move in some hours."""

    span: Span
    rate: int
    """Bytes a second, both ways together; 0: none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What work that nobody started by hand waits for, and how fast any work may be."""

    on_battery: bool = True
    """It may run on battery."""
    on_metered: bool = True
    """It may run on a network that is paid by volume."""
    stays_awake: bool = False
    """The computer does not fall asleep by itself while jobs run."""
    blackout: tuple[Span, ...] = ()
    caps: tuple[Cap, ...] = ()


def require(schedule: Schedule) -> None:
    """Make sure that a schedule can be followed. Raises Misconfigured with what is wrong as ``reason``."""
    if not 1 <= schedule.hours <= 24:
        raise _bad("bad-hours", schedule.hours)
    if not 0 <= schedule.at < DAY_MINUTES:
        raise _bad("bad-time", schedule.at)
    if not 0 <= schedule.weekday <= 6:
        raise _bad("bad-weekday", schedule.weekday)
    _zone(schedule, ZoneInfo("UTC"))
    if schedule.rhythm is Rhythm.CRON:
        line = cron.parse(schedule.cron)
        if not any(line.is_on(_ANCHOR + timedelta(days=day)) for day in range(_FARTHEST)):
            raise cron.bad_line(schedule.cron, "never-runs")


def require_conditions(conditions: Conditions) -> None:
    """Make sure that conditions can be kept. Raises Misconfigured."""
    for span in (*conditions.blackout, *(cap.span for cap in conditions.caps)):
        if not (0 <= span.start < DAY_MINUTES and 0 <= span.end <= DAY_MINUTES and set(span.days) <= set(range(7))):
            raise _bad("bad-span", f"{span.start}-{span.end}")
    for cap in conditions.caps:
        if cap.rate < 0:
            raise _bad("bad-rate", cap.rate)
    still = [*conditions.blackout, *(cap.span for cap in conditions.caps if cap.rate == 0)]
    if not _leaves_some(still):
        raise _bad("no-hour-left", "")


def _leaves_some(spans: Sequence[Span]) -> bool:
    """Say whether spans leave a minute of a week."""
    week = 7 * DAY_MINUTES
    taken: set[int] = set()
    for span in spans:
        length = (span.end - span.start - 1) % DAY_MINUTES + 1
        for day in span.days or range(7):
            start = day * DAY_MINUTES + span.start
            taken.update(minute % week for minute in range(start, start + length))
    return len(taken) < week


def next_after(schedule: Schedule, moment: int, zone: tzinfo) -> int | None:
    """The first run strictly after a moment; None if it is started by hand. Raises Misconfigured."""
    if schedule.rhythm is Rhythm.BY_HAND:
        return None
    zone = _zone(schedule, zone)
    if schedule.rhythm is Rhythm.HOURS:
        anchor, step = moment_of(_ANCHOR, schedule.at, zone), schedule.hours * 3600
        return anchor + ((moment - anchor) // step + 1) * step
    today = day_of(moment, zone)
    for distance in range(-1, _FARTHEST):
        day = today + timedelta(days=distance)
        if any(one > moment for one in _of_day(schedule, day, zone)):
            # Where clocks go back over midnight, the next day's first run may come before this one's last.
            both = (*_of_day(schedule, day, zone), *_of_day(schedule, day + timedelta(days=1), zone))
            return min(one for one in both if one > moment)
    return None


def due(schedule: Schedule, handled: int, now: int, zone: tzinfo) -> int | None:
    """The newest run in (``handled``, ``now``], if any: one, however many were missed. Raises Misconfigured.

    ``core.marks`` says what was handled where clocks may be set.
    """
    if schedule.rhythm is Rhythm.BY_HAND or now <= handled:
        return None
    zone = _zone(schedule, zone)
    if schedule.rhythm is Rhythm.HOURS:
        anchor, step = moment_of(_ANCHOR, schedule.at, zone), schedule.hours * 3600
        newest = anchor + (now - anchor) // step * step
        return newest if newest > handled else None
    day, first = day_of(now, zone) + timedelta(days=1), day_of(handled, zone) - timedelta(days=1)
    while day >= first:
        if any(handled < one <= now for one in _of_day(schedule, day, zone)):
            both = (*_of_day(schedule, day, zone), *_of_day(schedule, day - timedelta(days=1), zone))
            return max(one for one in both if one <= now)
        day -= timedelta(days=1)
    return None


def upcoming(schedule: Schedule, now: int, zone: tzinfo, count: int) -> Sequence[int]:
    """The next runs. Raises Misconfigured."""
    found: list[int] = []
    while len(found) < count:
        moment = next_after(schedule, found[-1] if found else now, zone)
        if moment is None:
            break
        found.append(moment)
    return found


def free_from(spans: Sequence[Span], moment: int, zone: tzinfo) -> int | None:
    """The first moment, not before this one, that lies in none of the spans; None: they leave nothing free."""
    free = moment
    while (end := max((end for start, end in _around(spans, free, zone) if start <= free < end), default=0)) > free:
        free = end
        if free - moment > 8 * 86400:
            return None
    return free


def next_start(spans: Sequence[Span], moment: int, zone: tzinfo) -> int | None:
    """When the next span begins, after this moment and within about a week."""
    today = day_of(moment, zone)
    starts = (
        start
        for distance in range(-1, 9)
        for start, _ in _spans_of(spans, today + timedelta(days=distance), zone)
        if start > moment
    )
    return min(starts, default=None)


def rate_at(caps: Sequence[Cap], moment: int, zone: tzinfo) -> int | None:
    """Bytes a second that may move, by the strictest cap in force; None: as many as can."""
    rates = (cap.rate for cap in caps if free_from((cap.span,), moment, zone) != moment)
    return min(rates, default=None)


def zone_of(schedule: Schedule, zone: tzinfo) -> tzinfo:
    """The zone by whose clocks a schedule goes; ``zone`` is this computer's. Raises Misconfigured."""
    return _zone(schedule, zone)


@lru_cache(maxsize=1024)
def _of_day(schedule: Schedule, day: date, zone: tzinfo) -> Sequence[int]:
    """The runs of a day, in order."""
    match schedule.rhythm:
        case Rhythm.THREE_TIMES:
            return moments_of(day, [(schedule.at + 480 * turn) % DAY_MINUTES for turn in range(3)], zone)
        case Rhythm.DAILY:
            return [moment_of(day, schedule.at, zone)]
        case Rhythm.THREE_DAYS:
            return [moment_of(day, schedule.at, zone)] if (day - _ANCHOR).days % 3 == 0 else []
        case Rhythm.WEEKLY:
            return [moment_of(day, schedule.at, zone)] if day.weekday() == schedule.weekday else []
        case Rhythm.CRON:
            line = cron.parse(schedule.cron)
            # Nobody who asks for every hour wants one left out because clocks show it twice.
            return moments_of(day, line.times, zone, both_passes=line.is_hourly) if line.is_on(day) else []
    return []


def _around(spans: Sequence[Span], moment: int, zone: tzinfo) -> Iterator[tuple[int, int]]:
    today = day_of(moment, zone)
    for distance in (-2, -1, 0, 1):
        yield from _spans_of(spans, today + timedelta(days=distance), zone)


def _spans_of(spans: Sequence[Span], day: date, zone: tzinfo) -> Iterator[tuple[int, int]]:
    for span in spans:
        if not span.days or day.weekday() in span.days:
            end = span.end if span.end > span.start else span.end + DAY_MINUTES
            yield moment_of(day, span.start, zone), moment_of(day, end, zone)


def _zone(schedule: Schedule, zone: tzinfo) -> tzinfo:
    if not schedule.zone:
        return zone
    try:
        return ZoneInfo(schedule.zone)
    except (KeyError, ValueError, OSError) as error:
        raise _bad("bad-zone", schedule.zone) from error


def _bad(reason: str, value: str | int) -> Misconfigured:
    return Misconfigured("a schedule", what="bad-schedule", reason=reason, name=str(value))
