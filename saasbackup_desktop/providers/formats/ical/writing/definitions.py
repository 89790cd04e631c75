"""Time zones, defined as calendars must define them (VTIMEZONE), from the system's own knowledge of them."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from saasbackup_desktop.providers.formats.content_lines import written
from saasbackup_desktop.providers.formats.ical.defined import DAYS

_FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(2037, 12, 31, tzinfo=UTC)
_LAST_YEAR: Final = 2037
_STEP: Final = timedelta(days=7)
_SECOND: Final = timedelta(seconds=1)
_BEFORE_ALL: Final = "16010101T000000"


@dataclass(slots=True)
class _Onsets:
    """Moments, a year apart each, at which the clocks are changed in the same way."""

    first: datetime
    """By the clocks that counted before."""
    before: timedelta
    after: timedelta
    name: str
    is_summer: bool
    places: set[int]
    """Which weekdays of its month it may be: counted from the beginning, and from the end."""
    last: datetime = field(init=False)

    def __post_init__(self) -> None:
        """It begins as one."""
        self.last = self.first

    def takes(self, other: "_Onsets") -> bool:
        """Whether another one goes on with this one's rule."""
        is_alike = (
            other.first.year == self.last.year + 1
            and (other.first.month, other.first.weekday(), other.first.time())
            == (self.last.month, self.last.weekday(), self.last.time())
            and (other.before, other.after, other.name) == (self.before, self.after, self.name)
        )
        if is_alike and self.places & other.places:
            self.places &= other.places
            self.last = other.first
            return True
        return False


@lru_cache(maxsize=64)
def definition(name: str) -> bytes:
    """Define a zone of IANA's. Raises ZoneInfoNotFoundError."""
    zone = ZoneInfo(name)
    lines = [b"BEGIN:VTIMEZONE\r\n", written("TZID", name), written("X-LIC-LOCATION", name)]
    rules = _rules(zone)
    start = _FIRST.astimezone(zone)
    usual = start.utcoffset() or timedelta(0)
    lines += _observance(_BEFORE_ALL, usual, usual, start.tzname() or name, "", is_summer=bool(start.dst()))
    for one in rules:
        lines += _observance(_stamp(one.first), one.before, one.after, one.name, _rule(one), is_summer=one.is_summer)
    return b"".join((*lines, b"END:VTIMEZONE\r\n"))


def _rules(zone: ZoneInfo) -> list[_Onsets]:
    found: list[_Onsets] = []
    for one in _changes(zone):
        if not any(rule.takes(one) for rule in found):
            found.append(one)
    return found


def _changes(zone: ZoneInfo) -> Iterator[_Onsets]:
    """Every moment at which the clocks are changed."""
    moment, offset = _FIRST, _FIRST.astimezone(zone).utcoffset()
    while moment < _LAST:
        later = moment + _STEP
        if later.astimezone(zone).utcoffset() != offset:
            onset = _between(zone, moment, later)
            after = onset.astimezone(zone)
            before, now = offset or timedelta(0), after.utcoffset() or timedelta(0)
            local = onset.replace(tzinfo=None) + before
            length = calendar.monthrange(local.year, local.month)[1]
            places = {(local.day - 1) // 7 + 1, -((length - local.day) // 7 + 1)}
            yield _Onsets(local, before, now, after.tzname() or "", bool(after.dst()), places)
            moment, offset = onset, now
        else:
            moment = later


def _between(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The first moment after ``low`` at which the clocks are otherwise."""
    offset = low.astimezone(zone).utcoffset()
    while high - low > _SECOND:
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high


def _rule(one: _Onsets) -> str:
    if one.first == one.last:
        return ""
    place = -1 if -1 in one.places else max(one.places)
    said = f"FREQ=YEARLY;BYMONTH={one.first.month};BYDAY={place}{DAYS[one.first.weekday()]}"
    if one.last.year >= _LAST_YEAR:
        return said
    return f"{said};UNTIL={_stamp(one.last - one.before)}Z"


def _observance(
    since: str, before: timedelta, after: timedelta, name: str, rule: str, *, is_summer: bool
) -> list[bytes]:
    kind = "DAYLIGHT" if is_summer else "STANDARD"
    lines = [
        f"BEGIN:{kind}\r\n".encode(),
        written("DTSTART", since),
        written("TZOFFSETFROM", _offset(before)),
        written("TZOFFSETTO", _offset(after)),
        written("TZNAME", name),
    ]
    if rule:
        lines.append(written("RRULE", rule))
    return [*lines, f"END:{kind}\r\n".encode()]


def _offset(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("+", seconds)
    text = f"{sign}{seconds // 3600:02}{seconds // 60 % 60:02}"
    return f"{text}{seconds % 60:02}" if seconds % 60 else text


def _stamp(when: datetime) -> str:
    return when.strftime("%Y%m%dT%H%M%S").zfill(15)
