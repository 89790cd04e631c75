"""Series as Outlook writes them down ([MS-OXOCAL] 2.2.1.44), read as Graph tells of them."""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from saasbackup_desktop.providers.files.pstread.objects import clean

DAYS: Final = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_INDEX: Final = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "last"}
_EPOCH: Final = datetime(1601, 1, 1)
_DAY: Final = 1440
_DAILY, _WEEKLY, _MONTHLY, _YEARLY = 0x200A, 0x200B, 0x200C, 0x200D
_BY_DATE, _BY_COUNT = 0x2021, 0x2022
_WEEK, _MONTH, _NTH, _MONTH_END = 1, 2, 3, 4
_LONGEST: Final = 10_000
"""Occurrences that are written down one by one."""
_WITH_HIGHLIGHT: Final = 0x3009
SUBJECT, MEETING, DELTA, REMINDER, LOCATION, BUSY, FILES, ALL_DAY, COLOUR, BODY = (1 << bit for bit in range(10))


class Unknown(Exception):
    """It is nothing that can be read, or that a calendar here can say."""


@dataclass(frozen=True, slots=True)
class Departure:
    """An occurrence that is not as its series; moments are what clocks show where the series is at home."""

    start: datetime
    end: datetime
    original: datetime
    changes: dict[int, Any]
    """By what is otherwise: the value; None where the occurrence itself holds it."""


@dataclass(slots=True)
class Series:
    """When something happens again."""

    pattern: dict[str, Any]
    range: dict[str, Any]
    gone: list[date] = field(default_factory=list)
    """Days without an occurrence, or with one that is moved."""
    departures: list[Departure] = field(default_factory=list)
    regenerates: bool = False
    """The next one is made when this one is done."""


class _Reading:
    """Numbers out of bytes, one after the other."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    def number(self, form: str) -> int:
        """Read a number; raises Unknown at the end."""
        size = struct.calcsize(form)
        if self.at + size > len(self._data):
            raise Unknown
        found: int = struct.unpack_from(f"<{form}", self._data, self.at)[0]
        self.at += size
        return found

    def take(self, size: int) -> bytes:
        """Read bytes."""
        if size < 0 or self.at + size > len(self._data):
            raise Unknown
        self.at += size
        return self._data[self.at - size : self.at]

    def numbers(self, form: str) -> list[int]:
        """Read as many numbers as a number says."""
        count = self.number("I")
        if count > _LONGEST:
            raise Unknown
        return [self.number(form) for _ in range(count)]


def series_of(data: bytes, zone: str, page: str = "cp1252") -> Series:
    """Read a series. ``zone``: what its home is called. Raises Unknown."""
    reading = _Reading(data)
    found = _pattern(reading, zone)
    try:
        _departures(reading, found, page)
    except Unknown:  # a task's has none, and some programs stop here
        return found
    return found


def _pattern(reading: _Reading, zone: str) -> Series:
    if reading.number("H") != 0x3004:
        raise Unknown
    reading.number("H")
    frequency, kind, calendar = (reading.number("H") for _ in range(3))
    if calendar not in (0, 1):
        raise Unknown
    first, period, sliding = (reading.number("I") for _ in range(3))
    specific = [reading.number("I") for _ in range({0: 0, _NTH: 2}.get(kind, 1))]
    end, count, first_day = (reading.number("I") for _ in range(3))
    gone = [_date(one) for one in reading.numbers("I")]
    reading.numbers("I")
    start, last = _date(reading.number("I")), reading.number("I")
    pattern = _said(frequency, kind, period, specific, first_day, _date(first).month)
    span: dict[str, Any] = {"type": "noEnd", "startDate": start.isoformat(), "recurrenceTimeZone": zone}
    if end == _BY_DATE:
        span |= {"type": "endDate", "endDate": _date(last).isoformat()}
    elif end == _BY_COUNT:
        span |= {"type": "numbered", "numberOfOccurrences": count}
    return Series(pattern, span, gone, regenerates=bool(sliding))


def _said(frequency: int, kind: int, period: int, specific: list[int], first_day: int, month: int) -> dict[str, Any]:
    if kind == _WEEK:
        days = [DAYS[day] for day in range(7) if specific[0] >> day & 1]
        if not days:
            raise Unknown
        interval = period if frequency == _WEEKLY else 1  # every day of work is a daily one
        return {
            "type": "weekly",
            "interval": max(1, interval),
            "daysOfWeek": days,
            "firstDayOfWeek": DAYS[first_day % 7],
        }
    if frequency == _DAILY and kind == 0:
        return {"type": "daily", "interval": max(1, period // _DAY)}
    if frequency not in (_MONTHLY, _YEARLY):
        raise Unknown
    yearly = frequency == _YEARLY and period % 12 == 0
    found: dict[str, Any] = {"interval": max(1, period // 12 if yearly else period)}
    if kind == _MONTH:
        found |= {"type": "absoluteYearly" if yearly else "absoluteMonthly", "dayOfMonth": specific[0]}
    elif kind == _MONTH_END:
        found |= {"type": "relativeYearly" if yearly else "relativeMonthly", "daysOfWeek": list(DAYS), "index": "last"}
    elif kind == _NTH and specific[1] in _INDEX:
        days = [DAYS[day] for day in range(7) if specific[0] >> day & 1]
        found |= {
            "type": "relativeYearly" if yearly else "relativeMonthly",
            "daysOfWeek": days,
            "index": _INDEX[specific[1]],
        }
    else:
        raise Unknown
    if yearly:
        found["month"] = month
    return found


def _departures(reading: _Reading, found: Series, page: str) -> None:
    reading.number("I")
    version = reading.number("I")
    reading.take(8)
    said = [_departure(reading, page) for _ in range(reading.number("H"))]
    found.departures = said
    try:
        reading.take(reading.number("I"))
        for place, one in enumerate(said):
            said[place] = _in_unicode(reading, one, version)
    except Unknown:  # what was read before says the same, in fewer letters
        return


def _departure(reading: _Reading, page: str) -> Departure:
    start, end, original = (_moment(reading.number("I")) for _ in range(3))
    flags = reading.number("H")
    changes: dict[int, Any] = {}
    read: dict[int, Callable[[], Any]] = {
        SUBJECT: lambda: _text(reading, page),
        LOCATION: lambda: _text(reading, page),
    }
    for flag in (SUBJECT, MEETING, DELTA, REMINDER, LOCATION, BUSY, FILES, ALL_DAY, COLOUR):
        if flags & flag:
            changes[flag] = read[flag]() if flag in read else reading.number("I")
    if flags & BODY:
        changes[BODY] = None
    return Departure(start, end, original, changes)


def _text(reading: _Reading, page: str) -> str:
    reading.number("H")
    return clean(reading.take(reading.number("H")).decode(page, "replace"))


def _in_unicode(reading: _Reading, one: Departure, version: int) -> Departure:
    if version >= _WITH_HIGHLIGHT:
        reading.take(reading.number("I"))
    reading.take(reading.number("I"))
    changes = dict(one.changes)
    wanted = [flag for flag in (SUBJECT, LOCATION) if flag in changes]
    if wanted:
        reading.take(12)
        for flag in wanted:
            changes[flag] = clean(reading.take(2 * reading.number("H")).decode("utf-16-le", "replace"))
        reading.take(reading.number("I"))
    return Departure(one.start, one.end, one.original, changes)


def _moment(minutes: int) -> datetime:
    try:
        return _EPOCH + timedelta(minutes=minutes)
    except OverflowError as error:
        raise Unknown from error


def _date(minutes: int) -> date:
    return _moment(minutes).date()


def cancelled(series: Series) -> Iterator[date]:
    """The days whose occurrence does not take place at all."""
    moved = {one.original.date() for one in series.departures}
    return (day for day in series.gone if day not in moved)
