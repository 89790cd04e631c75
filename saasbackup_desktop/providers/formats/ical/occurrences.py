"""When a series takes place, for rules that Exchange has no pattern for (RFC 5545, 3.3.10)."""

import calendar
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import product
from typing import Final

from saasbackup_desktop.providers.formats.ical.defined import DAYS

_MOST_A_DAY: Final = 100
_CLOCK: Final = {"BYHOUR": 23, "BYMINUTE": 59, "BYSECOND": 59}
_MOST_STEPS: Final = 40_000
"""Days, hours or minutes that are looked at."""
_DAY: Final = timedelta(days=1)
_STEPS: Final = {"HOURLY": timedelta(hours=1), "MINUTELY": timedelta(minutes=1), "SECONDLY": timedelta(seconds=1)}
_LAST_YEAR: Final = 9990


class NotKnown(Exception):
    """A rule that is not understood here either."""


class GivenUp(Exception):
    """There may be more occurrences than anybody looked for."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, taken apart."""

    frequency: str
    interval: int
    first_day: int
    """Of a week, from Monday."""
    days: Sequence[tuple[int, int]]
    """Which one, or 0 for all, and which weekday."""
    numbers: Mapping[str, Sequence[int]]
    """By the names of the parts."""

    def of(self, name: str) -> Sequence[int]:
        """The numbers of a part."""
        return self.numbers.get(name, ())


def rule_of(said: Mapping[str, str]) -> Rule:
    """Take a rule apart. Raises NotKnown, ValueError."""
    names = {"BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS", "BYHOUR", "BYMINUTE", "BYSECOND"}
    known = {*names, "FREQ", "INTERVAL", "WKST", "BYDAY", "COUNT", "UNTIL", "RSCALE", "SKIP"}
    frequency = said.get("FREQ", "")
    if not known.issuperset(one for one in said if not one.startswith("X-")):
        raise NotKnown
    if frequency not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY", *_STEPS):
        raise NotKnown
    if said.get("RSCALE", "GREGORIAN") != "GREGORIAN" or said.get("SKIP", "OMIT") != "OMIT":
        raise NotKnown
    numbers = {name: sorted({int(one) for one in said[name].split(",")}) for name in names if said.get(name)}
    if any(not 0 <= one <= most for name, most in _CLOCK.items() for one in numbers.get(name, ())):
        raise NotKnown
    if math.prod(len(numbers.get(name, ())) or 1 for name in _CLOCK) > _MOST_A_DAY:
        raise NotKnown
    days = [(int(one[:-2] or 0), DAYS.index(one[-2:])) for one in said.get("BYDAY", "").split(",") if one]
    first = DAYS.index(said.get("WKST") or "MO")
    if "BYWEEKNO" in numbers and first:
        raise NotKnown
    return Rule(frequency, max(1, int(said.get("INTERVAL") or 1)), first, days, numbers)


def occurrences(rule: Rule, start: datetime) -> Iterator[datetime]:
    """Tell all from the beginning on, by the clocks of a place; the beginning itself is the first.

    Ends, without a word, after so many that nobody would look at more.
    """
    with suppress(GivenUp):
        yield from all_until(rule, start, datetime.max)


def all_until(rule: Rule, start: datetime, last: datetime) -> Iterator[datetime]:
    """Tell the same; ends behind a moment, or a few later. Raises GivenUp where others may follow."""
    yield start
    found = _stepped(rule, start, last) if rule.frequency in _STEPS else _dated(rule, start, last)
    yield from (one for one in found if one > start)


def _stepped(rule: Rule, start: datetime, last: datetime) -> Iterator[datetime]:
    if rule.days or any(rule.of(name) for name in ("BYSETPOS", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYMONTH")):
        raise NotKnown
    step = _STEPS[rule.frequency] * rule.interval
    for number in range(_MOST_STEPS):
        try:
            now = start + number * step
        except OverflowError:
            break
        if now > last:
            return
        parts = (("BYHOUR", now.hour), ("BYMINUTE", now.minute), ("BYSECOND", now.second))
        if all(not rule.of(name) or value in rule.of(name) for name, value in parts):
            yield now
    raise GivenUp


def _dated(rule: Rule, start: datetime, last: datetime) -> Iterator[datetime]:
    hours = sorted(rule.of("BYHOUR")) or [start.hour]
    minutes = sorted(rule.of("BYMINUTE")) or [start.minute]
    seconds = sorted(rule.of("BYSECOND")) or [start.second]
    times = [timedelta(hours=one, minutes=two, seconds=three) for one, two, three in product(hours, minutes, seconds)]
    places = rule.of("BYSETPOS")
    for days in _periods(rule, start.date(), last.date()):
        fitting = [datetime.combine(day, datetime.min.time()) for day in days if _is_fitting(rule, day, start.date())]
        moments = [day + time for day in fitting for time in times]
        if places:
            at = {place - 1 if place > 0 else len(moments) + place for place in places}
            moments = [one for number, one in enumerate(moments) if number in at]
        yield from moments


def _periods(rule: Rule, start: date, last: date) -> Iterator[Sequence[date]]:
    """The days of each year, month, week or day that counts. Raises GivenUp."""
    looked = 0
    number = 0
    while looked < _MOST_STEPS:
        try:
            begin, length = _period(rule, start, number * rule.interval)
        except (ValueError, OverflowError):
            break  # no calendar goes so far
        if begin > last:
            return
        if begin.year > _LAST_YEAR:
            break
        yield [begin + count * _DAY for count in range(length)]
        looked += length
        number += 1
    raise GivenUp


def _period(rule: Rule, start: date, number: int) -> tuple[date, int]:
    if rule.frequency == "YEARLY":
        year = start.year + number
        return date(year, 1, 1), 366 if calendar.isleap(year) else 365
    if rule.frequency == "MONTHLY":
        years, month = divmod(start.month - 1 + number, 12)
        return date(start.year + years, month + 1, 1), calendar.monthrange(start.year + years, month + 1)[1]
    if rule.frequency == "WEEKLY":
        back = (start.weekday() - rule.first_day) % 7
        return start + (7 * number - back) * _DAY, 7
    return start + number * _DAY, 1


def _is_fitting(rule: Rule, day: date, start: date) -> bool:
    months, in_month, in_year, weeks = (rule.of(name) for name in ("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"))
    length = calendar.monthrange(day.year, day.month)[1]
    if months and day.month not in months:
        return False
    if in_month and not {day.day, day.day - length - 1} & set(in_month):
        return False
    of_year = day.timetuple().tm_yday
    if in_year and not {of_year, of_year - (366 if calendar.isleap(day.year) else 365) - 1} & set(in_year):
        return False
    if weeks and not (day.isocalendar().week in weeks and day.isocalendar().year == day.year):
        return False
    if rule.days:
        return any(_is_day(rule, day, which, weekday) for which, weekday in rule.days)
    return bool(in_month or in_year) or _is_usual(rule, day, start)


def _is_usual(rule: Rule, day: date, start: date) -> bool:
    """Whether it is the day that the beginning is, where the rule does not say which."""
    if rule.frequency == "DAILY":
        return True
    if rule.frequency == "WEEKLY" or rule.of("BYWEEKNO"):
        return day.weekday() == start.weekday()
    if rule.frequency == "YEARLY" and not rule.of("BYMONTH") and day.month != start.month:
        return False
    return day.day == start.day


def _is_day(rule: Rule, day: date, which: int, weekday: int) -> bool:
    if day.weekday() != weekday:
        return False
    if not which:
        return True
    if rule.frequency == "MONTHLY" or (rule.frequency == "YEARLY" and rule.of("BYMONTH")):
        number, length = day.day, calendar.monthrange(day.year, day.month)[1]
    elif rule.frequency == "YEARLY":
        number, length = day.timetuple().tm_yday, 366 if calendar.isleap(day.year) else 365
    else:
        raise NotKnown
    return which in ((number - 1) // 7 + 1, -((length - number) // 7 + 1))
