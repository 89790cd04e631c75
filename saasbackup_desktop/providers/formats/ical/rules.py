"""Rules of series: RRULE as Graph's patterns, as far as Exchange has one for it."""

import calendar
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from saasbackup_desktop.providers.formats.ical import losses
from saasbackup_desktop.providers.formats.ical.defined import DAYS
from saasbackup_desktop.providers.formats.ical.former import modern
from saasbackup_desktop.providers.formats.ical.moments import When, Zones

DAY_NAMES: Final = dict(
    zip(DAYS, ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), strict=True)
)
INDEXES: Final = {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}
_HANDLED: Final = frozenset(
    {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS", "RSCALE", "SKIP"}
)
_TIMELY: Final = {"BYHOUR": "hour", "BYMINUTE": "minute", "BYSECOND": "second"}
_MOST: Final = 99_999
_LAST_DAYS: Final = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}

Pattern = dict[str, Any]


class _Unknown(Exception):
    """Exchange has no pattern for it."""


def recurrence(text: str, start: When, zones: Zones, lost: list[str]) -> dict[str, Any] | None:
    """Turn a rule into a ``patternedRecurrence``; None, and a loss, if there is none that means the same."""
    rule = said_in(modern(text))
    try:
        pattern = _pattern(rule, start, lost)
        span = _range(rule, start, zones, lost)
    except (_Unknown, ValueError):
        lost.append(losses.RECURRENCE)
        return None
    return {"pattern": pattern, "range": span}


def said_in(text: str) -> dict[str, str]:
    """The parts of a rule, in capitals."""
    found = {}
    for part in text.strip().upper().split(";"):
        name, sign, value = part.partition("=")
        if sign:
            found[name.strip()] = value.strip()
    return found


def _pattern(rule: Mapping[str, str], start: When, lost: list[str]) -> Pattern:
    _must_be_known(rule, start)
    frequency = rule.get("FREQ", "")
    interval = int(rule.get("INTERVAL") or 1)
    if not 1 <= interval <= _MOST:
        raise _Unknown
    days = _days(rule.get("BYDAY", ""))
    months = _numbers(rule.get("BYMONTH", ""), 12)
    in_month = _numbers(rule.get("BYMONTHDAY", ""), 31)
    position = _numbers(rule.get("BYSETPOS", ""), 366)
    first = DAY_NAMES[rule["WKST"]] if rule.get("WKST") in DAY_NAMES else "monday"
    if frequency == "YEARLY" and sorted(months) == list(range(1, 13)) and interval == 1 and (in_month or days):
        frequency, months = "MONTHLY", []
    if frequency in ("MONTHLY", "YEARLY") and days and not in_month and not position:
        weekly = all(not which for which, _ in days) and not months
        if weekly and interval == 1:  # every such day of every month is every such day of every week
            frequency = "WEEKLY"
    if frequency == "DAILY" and days and interval == 1 and not months and not in_month:
        frequency = "WEEKLY"
    if frequency == "DAILY":
        return _daily(interval, days or months or in_month or position)
    if frequency == "WEEKLY":
        return _weekly(interval, days, months or in_month or position, first, start)
    if frequency == "MONTHLY":
        if months:
            raise _Unknown
        return _in_month("Monthly", interval, days, in_month, position, start, lost)
    if frequency == "YEARLY":
        if len(months) > 1 or (days and not months):
            raise _Unknown
        month = months[0] if months else start.local.month
        if month < 1:
            raise _Unknown
        return {**_in_month("Yearly", interval, days, in_month, position, start, lost, month), "month": month}
    raise _Unknown


def _must_be_known(rule: Mapping[str, str], start: When) -> None:
    """Parts that say no more than the first occurrence does are none."""
    for name, value in rule.items():
        if name in _TIMELY:
            if start.is_day or value != str(getattr(start.local, _TIMELY[name])):
                raise _Unknown
        elif name not in _HANDLED and not name.startswith("X-"):
            raise _Unknown
    if rule.get("RSCALE", "GREGORIAN") != "GREGORIAN":
        raise _Unknown


def _daily(interval: int, more: Sequence[Any]) -> Pattern:
    if more:
        raise _Unknown
    return {"type": "daily", "interval": interval}


def _weekly(interval: int, days: Sequence[tuple[int, str]], more: Sequence[Any], first: str, start: When) -> Pattern:
    if more or any(which for which, _ in days):
        raise _Unknown
    named = [DAY_NAMES[day] for day in DAYS if day in {day for _, day in days}]
    return {
        "type": "weekly",
        "interval": interval,
        "daysOfWeek": named or [DAY_NAMES[DAYS[start.local.weekday()]]],
        "firstDayOfWeek": first,
    }


def _in_month(
    kind: str,
    interval: int,
    days: Sequence[tuple[int, str]],
    in_month: Sequence[int],
    position: Sequence[int],
    start: When,
    lost: list[str],
    month: int = 0,
) -> Pattern:
    if days:
        return _relative(kind, interval, days, in_month, position)
    if position and (len(position) > 1 or abs(position[0]) != 1 or (position == [1] and len(in_month) > 1)):
        raise _Unknown
    if position == [-1] and not month and sorted(in_month) == list(range(28, 28 + len(in_month))):
        return {"type": "absoluteMonthly", "interval": interval, "dayOfMonth": max(in_month)}
    if len(in_month) > 1:
        raise _Unknown
    day = in_month[0] if in_month else start.local.day
    if day == -1:  # where Exchange has no such day, it takes the last one
        return {"type": f"absolute{kind}", "interval": interval, "dayOfMonth": _LAST_DAYS.get(month, 31)}
    if day < 1:
        raise _Unknown
    if day > 28 and day > (calendar.monthrange(2023, month)[1] if month else 28):
        lost.append(losses.RECURRENCE_DAYS)
    return {"type": f"absolute{kind}", "interval": interval, "dayOfMonth": day}


def _relative(
    kind: str,
    interval: int,
    days: Sequence[tuple[int, str]],
    in_month: Sequence[int],
    position: Sequence[int],
) -> Pattern:
    """The first, second, third, fourth or last of some days of a month."""
    which = {number for number, _ in days}
    named = [DAY_NAMES[day] for day in DAYS if day in {day for _, day in days}]
    if len(which) != 1 or len(position) > 1:
        raise _Unknown
    number = which.pop()
    if in_month:  # the second Monday is the one from the 8th to the 14th
        weeks = {tuple(range(7 * week - 6, 7 * week + 1)): week for week in range(1, 5)}
        week = weeks.get(tuple(sorted(in_month)))
        if week is None or number or position or len(named) != 1:
            raise _Unknown
        number = week
    elif number and position and (len(named) > 1 or abs(position[0]) != 1):
        raise _Unknown
    elif not number:
        if not position:
            raise _Unknown
        number = position[0]
    elif len(named) > 1:
        raise _Unknown
    if number not in INDEXES:
        raise _Unknown
    return {"type": f"relative{kind}", "interval": interval, "daysOfWeek": named, "index": INDEXES[number]}


def _range(rule: Mapping[str, str], start: When, zones: Zones, lost: list[str]) -> Pattern:
    span: Pattern = {
        "type": "noEnd",
        "startDate": start.local.date().isoformat(),
        "recurrenceTimeZone": start.zone.name or "UTC",
    }
    if rule.get("COUNT"):
        number = int(rule["COUNT"])
        if number < 1:
            raise _Unknown
        span |= {"type": "numbered", "numberOfOccurrences": min(number, 1 << 30)}
    elif rule.get("UNTIL"):
        last = _last_day(rule["UNTIL"], start, zones, lost)
        if last is None:
            raise _Unknown
        span |= {"type": "endDate", "endDate": max(last, start.local.date()).isoformat()}
    return span


def _last_day(text: str, start: When, zones: Zones, lost: list[str]) -> date | None:
    """The last day on which an occurrence may begin."""
    until = zones.value(text, start.zone.name or "UTC", lost)
    if until is None:
        return None
    if until.is_day or start.is_day:
        return until.local.date()
    try:
        there = until.moment.astimezone(start.zone.info).replace(tzinfo=None)
        return there.date() if there.time() >= start.local.time() else (there - timedelta(days=1)).date()
    except OverflowError:
        return datetime.max.date()


def _days(text: str) -> list[tuple[int, str]]:
    found = []
    for part in filter(None, (one.strip() for one in text.split(","))):
        day, number = part[-2:], part[:-2]
        if day not in DAY_NAMES:
            raise _Unknown
        found.append((int(number) if number else 0, day))
    return found


def _numbers(text: str, most: int) -> list[int]:
    found = [int(one) for one in text.split(",") if one.strip()]
    if any(not one or abs(one) > most for one in found):
        raise _Unknown
    return found
