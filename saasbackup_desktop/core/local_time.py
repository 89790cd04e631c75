"""From the clock on the wall to moments: hours that a day skips, and hours that it has twice."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

DAY_MINUTES: Final = 24 * 60


def moment_of(day: date, minute: int, zone: tzinfo, *, second_pass: bool = False) -> int:
    """Seconds since 1970 UTC at which clocks there show this minute of the day.

    A time that the day skips is the first moment after the gap. One that it has twice is the first of the two, or the
    second if that is asked for. Minutes below 0 and from 1440 on belong to the days beside.
    """
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
    first = round(wall.replace(tzinfo=zone).timestamp())
    second = round(wall.replace(tzinfo=zone, fold=1).timestamp())
    if first == second:
        return first
    if first < second:
        return second if second_pass else first
    return _end_of_gap(second, first, zone)


def day_of(moment: int, zone: tzinfo) -> date:
    """The day that calendars there show."""
    return datetime.fromtimestamp(moment, zone).date()


def moments_of(day: date, minutes: Iterable[int], zone: tzinfo, *, both_passes: bool = False) -> list[int]:
    """The moments of some minutes of a day, in order and each once; ``both_passes``: of what it has twice, both."""
    start, end = moment_of(day, 0, zone), moment_of(day, DAY_MINUTES, zone)
    if end - start == DAY_MINUTES * 60 and end == moment_of(day, DAY_MINUTES, zone, second_pass=True):
        return [start + 60 * minute for minute in sorted(set(minutes))]
    passes = (False, True) if both_passes else (False,)
    return sorted({moment_of(day, one, zone, second_pass=second) for one in minutes for second in passes})


def _end_of_gap(before: int, after: int, zone: tzinfo) -> int:
    """The first moment at which clocks go as they do ``after``; ``before`` they go otherwise."""
    shift = datetime.fromtimestamp(after, zone).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == shift:
            after = middle
        else:
            before = middle
    return after
