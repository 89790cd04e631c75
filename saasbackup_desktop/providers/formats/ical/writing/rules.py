"""Patterns of Graph's as rules of series (RRULE)."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any, Final

from saasbackup_desktop.providers.formats.graph.plain import inner, line, lines, number
from saasbackup_desktop.providers.formats.ical.rules import DAY_NAMES, INDEXES
from saasbackup_desktop.providers.formats.ical.writing.lines import day, stamp

_DAYS: Final = {name: code for code, name in DAY_NAMES.items()}
_INDEXES: Final = {name: count for count, name in INDEXES.items()}
_END_OF_DAY: Final = time(23, 59, 59)


def rule(recurrence: Mapping[str, Any], zone: tzinfo, *, is_day: bool) -> str:
    """Write a rule; empty if there is no pattern that is known. ``zone``: where the series is at home."""
    pattern, span = inner(recurrence, "pattern"), inner(recurrence, "range")
    said = _pattern(pattern)
    if not said:
        return ""
    interval = number(pattern.get("interval")) or 1
    parts = [said[0], *([f"INTERVAL={interval}"] if interval > 1 else []), *said[1:]]
    kind = line(span.get("type")).lower()
    if kind == "numbered" and (times := number(span.get("numberOfOccurrences"))):
        parts.append(f"COUNT={times}")
    elif kind == "enddate" and (until := _until(line(span.get("endDate")), zone, is_day=is_day)):
        parts.append(f"UNTIL={until}")
    return ";".join(parts)


def _pattern(pattern: Mapping[str, Any]) -> list[str]:
    days = [_DAYS[name] for name in map(str.lower, lines(pattern.get("daysOfWeek"))) if name in _DAYS]
    in_month = number(pattern.get("dayOfMonth")) or 0
    month = number(pattern.get("month")) or 0
    index = _INDEXES.get(line(pattern.get("index")).lower() or "first", 0)
    match line(pattern.get("type")).lower():
        case "daily":
            return ["FREQ=DAILY"]
        case "weekly" if days:
            first = _DAYS.get(line(pattern.get("firstDayOfWeek")).lower(), "SU")
            return ["FREQ=WEEKLY", f"BYDAY={','.join(days)}", f"WKST={first}"]
        case "absolutemonthly" if 1 <= in_month <= 31:
            return ["FREQ=MONTHLY", *_day(in_month)]
        case "relativemonthly" if days and index:
            return ["FREQ=MONTHLY", *_relative(days, index)]
        case "absoluteyearly" if 1 <= in_month <= 31 and 1 <= month <= 12:
            is_last = month == 2 and in_month >= 29
            return ["FREQ=YEARLY", f"BYMONTH={month}", f"BYMONTHDAY={-1 if is_last else in_month}"]
        case "relativeyearly" if days and index and 1 <= month <= 12:
            return ["FREQ=YEARLY", f"BYMONTH={month}", *_relative(days, index)]
        case _:
            return []


def _day(number: int) -> list[str]:
    """Exchange takes the last day of a month that is too short, and RFC 5545 leaves the month out: say it so."""
    if number <= 28:
        return [f"BYMONTHDAY={number}"]
    if number == 31:
        return ["BYMONTHDAY=-1"]
    return [f"BYMONTHDAY={','.join(map(str, range(28, number + 1)))}", "BYSETPOS=-1"]


def _relative(days: list[str], index: int) -> list[str]:
    if len(days) == 1:
        return [f"BYDAY={index}{days[0]}"]
    return [f"BYDAY={','.join(days)}", f"BYSETPOS={index}"]


def _until(said: str, zone: tzinfo, *, is_day: bool) -> str:
    try:
        last = datetime.fromisoformat(said[:10])
    except ValueError:
        return ""
    if last.year <= 1:
        return ""
    if is_day:
        return day(last)
    try:
        return stamp(datetime.combine(last, _END_OF_DAY, zone))
    except OverflowError:
        return stamp(datetime.combine(last - timedelta(days=1), _END_OF_DAY, UTC))
