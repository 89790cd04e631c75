"""Time zones as Outlook writes them down ([MS-OXOCAL] 2.2.1.39 and 2.2.1.41), and the names that the world has."""

import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final

from saasbackup_desktop.providers.files.pstread.objects import clean
from saasbackup_desktop.providers.formats.zones import known_names, zone_of

_STEP: Final = timedelta(days=5, hours=7)
_ZERO: Final = timedelta(0)


@dataclass(frozen=True, slots=True)
class Place:
    """A zone, and its name where others know it; empty where they do not."""

    name: str
    info: tzinfo


UTC_PLACE: Final = Place("UTC", UTC)


@dataclass(frozen=True, slots=True)
class Rule:
    """How clocks go in a year: minutes to add for UTC, in winter and in summer, and when each begins."""

    bias: int
    standard_bias: int
    daylight_bias: int
    standard: tuple[int, ...]
    daylight: tuple[int, ...]

    @property
    def has_summer(self) -> bool:
        """Whether clocks change at all."""
        return bool(self.standard[1] and self.daylight[1])


class Ruled(tzinfo):
    """A zone that nobody else knows, by its rule."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule

    def utcoffset(self, when: datetime | None) -> timedelta:
        """How far clocks are ahead of UTC."""
        rule = self._rule
        base = timedelta(minutes=-rule.bias - rule.standard_bias)
        return base + self.dst(when)

    def dst(self, when: datetime | None) -> timedelta:
        """How far clocks are ahead of winter's."""
        rule = self._rule
        if when is None or not rule.has_summer:
            return _ZERO
        begin, end = (_change(when.year, at) for at in (rule.daylight, rule.standard))
        now = when.replace(tzinfo=None)
        is_summer = begin <= now < end if begin < end else not end <= now < begin
        return timedelta(minutes=rule.standard_bias - rule.daylight_bias) if is_summer else _ZERO

    def tzname(self, when: datetime | None) -> str:
        """It has none."""
        del when
        return ""


def _change(year: int, at: tuple[int, ...]) -> datetime:
    """When clocks change: the first to fourth or last of a weekday in a month, or a date."""
    said, month, weekday, week, hour, minute = at[:6]
    hour, minute = min(hour, 23), min(minute, 59)
    if said:
        return datetime(year, month, min(max(week, 1), 28), hour, minute)
    first = datetime(year, month, 1, hour, minute)
    day = first + timedelta(days=(weekday - first.isoweekday() % 7) % 7 + 7 * (max(week, 1) - 1))
    return day if day.month == month else day - timedelta(days=7)


def of_definition(data: bytes) -> Place | None:
    """Read a definition with a name and rules of years; None if it is none."""
    if len(data) < 8:
        return None
    size = struct.unpack_from("<H", data, 2)[0]
    letters = struct.unpack_from("<H", data, 6)[0]
    name = clean(data[8 : 8 + 2 * letters].decode("utf-16-le", "replace"))
    known = zone_of(name) if name else None
    if known is not None:
        return UTC_PLACE if known is UTC else Place(name, known)
    rules = [_rule_of(data[at + 22 : at + 66], False) for at in range(4 + size, len(data) - 65, 66)]
    found = [rule for rule in rules if rule is not None]
    return _named(found[-1]) if found else None


def of_struct(data: bytes, description: str = "") -> Place | None:
    """Read a rule that has no name; None if it is none."""
    rule = _rule_of(data, True)
    if rule is None:
        known = zone_of(description) if description else None
        return None if known is None else Place(description, known)
    return _named(rule)


def _rule_of(data: bytes, with_years: bool) -> Rule | None:
    """Read biases and changes; ``with_years``: words about years stand before the changes."""
    if len(data) < (48 if with_years else 44):
        return None
    biases = struct.unpack_from("<3i", data)
    standard = struct.unpack_from("<8H", data, 14 if with_years else 12)
    daylight = struct.unpack_from("<8H", data, 32 if with_years else 28)
    if any(abs(bias) > 1440 for bias in biases):
        return None
    if any(at[1] > 12 or at[2] > 6 or at[3] > 31 for at in (standard, daylight)):
        return None
    bias, standard_bias, daylight_bias = biases
    return Rule(bias, standard_bias, daylight_bias, standard, daylight)


@lru_cache(maxsize=256)
def _named(rule: Rule) -> Place:
    """Find a zone that goes by a rule, at least lately."""
    own = Ruled(rule)
    if not rule.has_summer and not rule.bias + rule.standard_bias:
        return UTC_PLACE
    for year in (2023, 2005):
        for name in known_names():
            info = zone_of(name)
            if info is not None and _agree(own, info, year):
                return Place(name, info)
    return Place("", own)


def _agree(one: tzinfo, other: tzinfo, year: int) -> bool:
    when = datetime(year, 1, 3, 12)
    while when.year == year:
        if when.replace(tzinfo=one).utcoffset() != when.replace(tzinfo=other).utcoffset():
            return False
        when += _STEP
    return True
