"""Recurrences as Outlook keeps them, with what departs from them ([MS-OXOCAL] 2.2.1.44)."""

import calendar
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice, takewhile
from typing import Any, Final

from saasbackup_desktop.providers.formats.graph.plain import Plain, inner, line, lines, number

DAYS: Final = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_ORDER: Final = ("first", "second", "third", "fourth", "last")
_EPOCH: Final = datetime(1601, 1, 1)
_FIRST_YEAR: Final = 1601
_LAST_YEAR: Final = 4500
_MINUTE: Final = timedelta(minutes=1)
_DAY: Final = 1440
_YEAR: Final = 12
_MOST: Final = 200_000

_VERSION: Final = 0x3004
_DAILY: Final = 0x200A
_WEEKLY: Final = 0x200B
_MONTHLY: Final = 0x200C
_YEARLY: Final = 0x200D
_BY_DATE: Final = 0x2021
_BY_COUNT: Final = 0x2022
_ENDLESS: Final = 0x2023
_NO_DATE: Final = 0x5AE980DF
_NO_COUNT: Final = 10
_KINDS: Final[Mapping[str, tuple[int, int]]] = {
    "daily": (_DAILY, 0),
    "weekly": (_WEEKLY, 1),
    "absolutemonthly": (_MONTHLY, 2),
    "relativemonthly": (_MONTHLY, 3),
    "absoluteyearly": (_YEARLY, 2),
    "relativeyearly": (_YEARLY, 3),
}
"""How often, and by what the day is found."""
TYPES: Final[Mapping[int, int]] = {_DAILY: 1, _WEEKLY: 2, _MONTHLY: 3, _YEARLY: 4}
"""PidLidRecurrenceType by how often it is."""

SUBJECT: Final = 0x001
STATE: Final = 0x002
REMINDER_DELTA: Final = 0x004
REMINDER_SET: Final = 0x008
LOCATION: Final = 0x010
BUSY: Final = 0x020
FILES: Final = 0x040
ALL_DAY: Final = 0x080
BODY: Final = 0x200
"""What can be otherwise in an occurrence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """When something happens again."""

    frequency: int
    pattern: int
    interval: int
    days: frozenset[int]
    """Of the week, from Sunday, 0."""
    day: int
    month: int
    index: int
    """Which of the days in the month, from 0; 4 is the last one."""
    week_begins: int
    start: date
    until: date | None
    count: int | None
    is_moved: bool = False
    """It was said to begin on a day on which it does not happen."""

    def dates(self) -> Iterator[date]:
        """All days on which it happens, in order, to the end of what can be written down."""
        found = self._dates()
        if self.until is not None:
            end = self.until
            found = takewhile(lambda day: day <= end, found)
        return islice(found, _MOST if self.count is None else min(self.count, _MOST))

    def _dates(self) -> Iterator[date]:
        days = {_DAILY: self._daily, _WEEKLY: self._weekly}.get(self.frequency, self._monthly)()
        return (day for day in days if day >= self.start)

    def _daily(self) -> Iterator[date]:
        return (self.start + timedelta(days=step) for step in range(0, self._most_days(), self.interval))

    def _most_days(self) -> int:
        return (date(_LAST_YEAR, 12, 31) - self.start).days

    def _weekly(self) -> Iterator[date]:
        begin = self.week()
        order = sorted((day - self.week_begins) % 7 for day in self.days)
        for step in range(0, self._most_days(), 7 * self.interval):
            for day in order:
                yield begin + timedelta(days=step + day)

    def week(self) -> date:
        """The day on which the first week begins."""
        return self.start - timedelta(days=(self.start.isoweekday() - self.week_begins) % 7)

    def _monthly(self) -> Iterator[date]:
        step = self.interval * (_YEAR if self.frequency == _YEARLY else 1)
        for month in range(self.months(), (_LAST_YEAR - _FIRST_YEAR) * _YEAR, step):
            yield from self._of_month(_FIRST_YEAR + month // _YEAR, month % _YEAR + 1)

    def months(self) -> int:
        """The month of its first day, counted from the first month that can be written down."""
        first = (self.start.year - _FIRST_YEAR) * _YEAR + self.start.month - 1
        if self.frequency == _YEARLY:
            first += (self.month - self.start.month) % _YEAR
        return first

    def _of_month(self, year: int, month: int) -> Iterator[date]:
        length = calendar.monthrange(year, month)[1]
        if self.pattern == 2:
            yield date(year, month, min(self.day, length))
            return
        fit = [day for day in range(1, length + 1) if date(year, month, day).isoweekday() % 7 in self.days]
        if fit:
            yield date(year, month, fit[-1] if self.index == 4 else fit[min(self.index, len(fit) - 1)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """An occurrence that is not as its series. Moments are those that clocks show in the series' zone."""

    original: datetime
    start: datetime
    end: datetime
    changes: Mapping[int, Any]
    """By what is otherwise: the value, True where there is none."""


def series_of(value: Any, first: date) -> Series | None:
    """Read a ``patternedRecurrence`` of something whose first day is known; None if it is none."""
    said = inner({"_": value}, "_")
    pattern, span = inner(said, "pattern"), inner(said, "range")
    kind = _KINDS.get(line(pattern.get("type")).lower())
    start = _date(span.get("startDate")) or first
    if kind is None or not _FIRST_YEAR <= start.year <= _LAST_YEAR:
        return None
    ends = line(span.get("type")).lower()
    until = _date(span.get("endDate")) if ends == "enddate" else None
    count = number(span.get("numberOfOccurrences")) if ends == "numbered" else None
    week_begins = line(pattern.get("firstDayOfWeek")).lower()
    index = line(pattern.get("index")).lower()
    series = Series(
        frequency=kind[0],
        pattern=kind[1],
        interval=min(max(1, number(pattern.get("interval")) or 1), 999),
        days=_days(pattern) or frozenset({start.isoweekday() % 7}),
        day=min(max(1, number(pattern.get("dayOfMonth")) or start.day), 31),
        month=min(max(1, number(pattern.get("month")) or start.month), 12),
        index=_ORDER.index(index) if index in _ORDER else 0,
        week_begins=DAYS.index(week_begins) if week_begins in DAYS else 0,
        start=start,
        until=until if until is not None and until.year <= _LAST_YEAR else None,
        count=max(1, count) if count is not None else None,
    )
    begins = next(replace(series, until=None).dates(), None)
    if begins is None:
        return None
    return series if begins == start else replace(series, start=begins, is_moved=True)


def _days(pattern: Plain) -> frozenset[int]:
    said = {one.lower() for one in lines(pattern.get("daysOfWeek"))}
    return frozenset(place for place, name in enumerate(DAYS) if name in said)


def _date(value: Any) -> date | None:
    try:
        found = date.fromisoformat(line(value)[:10])
    except ValueError:
        return None
    return found if found.year > 1 else None


def minutes(when: date | datetime) -> int:
    """Count minutes since 1601, at midnight if it is a day."""
    moment = when if isinstance(when, datetime) else datetime(when.year, when.month, when.day)
    return max(0, (moment - _EPOCH) // _MINUTE)


def last_date(series: Series) -> date | None:
    """The last day that it can fall on, as it is written down; None: for ever."""
    if series.until is not None:
        return max(series.until, series.start)
    if series.count is None:
        return None
    return max(series.dates(), default=series.start)


def pattern_bytes(series: Series, gone: Sequence[date] = (), moved: Sequence[date] = ()) -> bytes:
    """Write the pattern: all that tasks have. ``gone``: days that are left out; ``moved``: days of what is moved."""
    if series.until is not None:
        end, count = _BY_DATE, max(1, sum(1 for _ in series.dates()))
    elif series.count is not None:
        end, count = _BY_COUNT, series.count
    else:
        end, count = _ENDLESS, _NO_COUNT
    last = last_date(series)
    gone, moved = sorted(set(gone)), sorted(moved)
    return b"".join(
        (
            struct.pack("<HHHHH", _VERSION, _VERSION, series.frequency, series.pattern, 0),
            struct.pack("<III", *_first(series), 0),
            _specific(series),
            struct.pack("<III", end, count, series.week_begins),
            struct.pack(f"<I{len(gone)}I", len(gone), *map(minutes, gone)),
            struct.pack(f"<I{len(moved)}I", len(moved), *map(minutes, moved)),
            struct.pack("<II", minutes(series.start), _NO_DATE if last is None else minutes(last)),
        )
    )


def _first(series: Series) -> tuple[int, int]:
    """Where the count of periods begins, and how long one is."""
    if series.frequency == _DAILY:
        period = series.interval * _DAY
        return minutes(series.start) % period, period
    if series.frequency == _WEEKLY:
        return (series.week() - _EPOCH.date()).days * _DAY % (series.interval * 7 * _DAY), series.interval
    period = series.interval * (_YEAR if series.frequency == _YEARLY else 1)
    months = series.months() % period
    return minutes(date(_FIRST_YEAR + months // _YEAR, months % _YEAR + 1, 1)), period


def _specific(series: Series) -> bytes:
    mask = sum(1 << day for day in series.days)
    if series.pattern == 1:
        return struct.pack("<I", mask)
    if series.pattern == 2:
        return struct.pack("<I", series.day)
    return struct.pack("<II", mask, series.index + 1) if series.pattern == 3 else b""


def series_bytes(
    series: Series, begins: int, ends: int, gone: Sequence[date] = (), departures: Sequence[Departure] = ()
) -> bytes:
    """Write a series of appointments: when on its days it begins and ends (minutes), and what departs from it."""
    found = sorted(departures, key=lambda one: (one.start, one.original))
    left_out = [*gone, *(one.original.date() for one in found)]
    return b"".join(
        (
            pattern_bytes(series, left_out, [one.start.date() for one in found]),
            struct.pack("<IIIIH", 0x3006, 0x3009, begins, ends, len(found)),
            *map(_departure, found),
            bytes(4),
            *map(_more, found),
            bytes(4),
        )
    )


def _span(one: Departure) -> bytes:
    return struct.pack("<III", minutes(one.start), minutes(one.end), minutes(one.original))


def _departure(one: Departure) -> bytes:
    flags = 0
    told = b""
    for flag, value in sorted(one.changes.items()):
        flags |= flag
        if flag in (SUBJECT, LOCATION):
            said = str(value).encode("cp1252", "replace")
            told += struct.pack("<HH", len(said) + 1, len(said)) + said
        elif flag != BODY:
            told += struct.pack("<I", int(value))
    return _span(one) + struct.pack("<H", flags) + told


def _more(one: Departure) -> bytes:
    told = b""
    for flag in (SUBJECT, LOCATION):
        if flag in one.changes:
            said = str(one.changes[flag]).encode("utf-16-le", "replace")
            told += struct.pack("<H", len(said) // 2) + said
    return struct.pack("<IIi", 4, 0, 0) + (_span(one) + told + bytes(4) if told else b"")
