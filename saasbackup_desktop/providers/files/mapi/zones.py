"""Time zones as Outlook writes them down ([MS-OXOCAL] 2.2.1.39, 2.2.1.41): rules of years, under Windows' names."""

import calendar
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final

from tzlocal.windows_tz import tz_win

from saasbackup_desktop.providers.formats.zones import zone_of

_STEP: Final = timedelta(days=7)
_MINUTE: Final = timedelta(minutes=1)
_FIRST: Final = 1970
_LAST: Final = 2100
"""Years that rules are made for; earlier and later ones have those of these."""
_MOST_RULES: Final = 40
_ANY_YEAR: Final = 1601
"""Since when the first rule counts: as Outlook writes it."""
_EFFECTIVE: Final = 0x0002
_OF_SERIES: Final = 0x0001
_FIFTH: Final = 5
_NEVER: Final = bytes(16)


@dataclass(frozen=True, slots=True)
class Rule:
    """How clocks go in a year: minutes to add for UTC, those less in summer, and when summer ends and begins."""

    bias: int
    summer: int
    standard: bytes
    daylight: bytes

    def biases(self) -> bytes:
        """The three of them."""
        return struct.pack("<3i", self.bias, 0, self.summer)


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone, and what Windows calls it."""

    name: str
    info: tzinfo

    def struct(self, year: int) -> bytes:
        """How its clocks go, for older programs (PidLidTimeZoneStruct)."""
        rule = _rule(self.info, _fit(year))
        return rule.biases() + bytes(2) + rule.standard + bytes(2) + rule.daylight

    def definition(self, first: int, last: int, *, of_series: bool = False) -> bytes:
        """How its clocks go from one year to another (PidLidAppointmentTimeZoneDefinition...).

        ``of_series``: the rule that counts says that it is that of ``struct`` as well.
        """
        return _definition(self, _fit(first), _fit(last), of_series)


def zone_named(name: str) -> Zone | None:
    """The zone of a name of Windows' or IANA's; None if nobody knows it."""
    return _zone_named(name.strip())


@lru_cache(maxsize=256)
def _zone_named(name: str) -> Zone | None:
    info = zone_of(name)
    if info is None:
        return None
    if info is UTC:
        return Zone("UTC", UTC)
    return Zone(tz_win.get(name, name), info)


def _fit(year: int) -> int:
    return min(max(year, _FIRST), _LAST)


@lru_cache(maxsize=1024)
def _definition(zone: Zone, first: int, last: int, of_series: bool) -> bytes:
    rules: list[tuple[int, Rule]] = []
    for year in range(first, max(first, last) + 1):
        rule = _rule(zone.info, year)
        if not rules or rules[-1][1] != rule:
            rules.append((year, rule))
    rules = rules[:_MOST_RULES]
    name = zone.name.encode("utf-16-le", "replace")
    head = struct.pack("<HH", 2, len(name) // 2) + name + struct.pack("<H", len(rules))
    packed = b""
    for number, (year, rule) in enumerate(rules):
        flags = (_EFFECTIVE if number == len(rules) - 1 else 0) | (_OF_SERIES if of_series and not number else 0)
        packed += struct.pack("<BBHHH", 2, 1, 0x3E, flags, year if number else _ANY_YEAR) + bytes(14)
        packed += rule.biases() + rule.standard + rule.daylight
    return struct.pack("<BBH", 2, 1, len(head)) + head + packed


@lru_cache(maxsize=4096)
def _rule(info: tzinfo, year: int) -> Rule:
    changes = _changes(info, year)
    start = _offset(info, datetime(year, 1, 1, tzinfo=UTC))
    if not changes:
        return Rule(-start, 0, _NEVER, _NEVER)
    forward = [one for one in changes if one[2] > one[1]]
    back = [one for one in changes if one[2] < one[1]]
    if forward and back:
        up, down = (forward[0], back[-1]) if len(changes) > 2 else (forward[0], back[0])
        standard = down[2]
        return Rule(-standard, standard - up[2], _date(down), _date(up))
    when, before, after = changes[0]
    new_year = _written(datetime(year, 1, 1))
    if after > before:  # for good: as if it were winter until then
        return Rule(-before, before - after, new_year, _date((when, before, after)))
    return Rule(-after, after - before, _date((when, before, after)), new_year)


def _changes(info: tzinfo, year: int) -> list[tuple[datetime, int, int]]:
    """When clocks change in a year (UTC), and by how many minutes they are ahead before and after."""
    found = []
    at, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    before = _offset(info, at)
    while at < end:
        step = min(at + _STEP, end)
        after = _offset(info, step)
        if after != before:
            low, high = at, step
            while high - low > _MINUTE:
                middle = low + timedelta(minutes=(high - low) // _MINUTE // 2)
                low, high = (low, middle) if _offset(info, middle) != before else (middle, high)
            found.append((high, before, after))
        at, before = step, after
    return found


def _offset(info: tzinfo, when: datetime) -> int:
    offset = when.astimezone(info).utcoffset()
    return 0 if offset is None else round(offset / _MINUTE)


def _date(change: tuple[datetime, int, int]) -> bytes:
    when, before, _ = change
    return _written((when + timedelta(minutes=before)).replace(tzinfo=None))


def _written(when: datetime) -> bytes:
    """A day as the first to fourth or last of its weekdays in its month, and the hour that clocks show then."""
    week = _FIFTH if when.day + 7 > calendar.monthrange(when.year, when.month)[1] else (when.day + 6) // 7
    return struct.pack("<8H", 0, when.month, when.isoweekday() % 7, week, when.hour, when.minute, when.second, 0)
