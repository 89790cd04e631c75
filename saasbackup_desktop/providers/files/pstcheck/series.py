"""Recurrences and time zones as bytes ([MS-OXOCAL] 2.2.1.41, 2.2.1.44), read from scratch."""

import struct
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from saasbackup_desktop.providers.files.pstcheck.findings import Tell, Unreadable

_DAY = 1440
_VERSIONS, _LATER_VERSIONS = (0x3004, 0x3004), (0x3008, 0x3009)
_DAILY, _WEEKLY, _MONTHLY, _YEARLY = 0x200A, 0x200B, 0x200C, 0x200D
_SPECIFIC = {0: 0, 1: 4, 2: 4, 3: 8, 4: 4, 0xA: 4, 0xB: 8, 0xC: 4}
"""Bytes that tell which day it is, by how it is found."""
_FOR_EVER = (0x2023, 0xFFFFFFFF)
_ENDS = (0x2021, 0x2022, *_FOR_EVER)
_NEVER = 0x5AE980DF
_SUBJECT, _LOCATION, _NUMBERS = 0x01, 0x10, (0x02, 0x04, 0x08, 0x20, 0x40, 0x80, 0x100)
_EPOCH = datetime(1601, 1, 1)
_RULE = 66


class _Bytes:
    """Reads one value after the other."""

    def __init__(self, data: bytes, code: str, place: str) -> None:
        self.data = data
        self.at = 0
        self._code = code
        self._place = place

    def take(self, form: str) -> tuple[int, ...]:
        """Read numbers; raises Unreadable if there are no more bytes."""
        size = struct.calcsize("<" + form)
        if self.at + size > len(self.data):
            raise Unreadable(self._code, self._place, at=self.at, size=len(self.data))
        self.at += size
        return struct.unpack_from("<" + form, self.data, self.at - size)

    def one(self, form: str) -> int:
        """Read a number."""
        return self.take(form)[0]

    def skip(self, size: int) -> None:
        """Pass over bytes."""
        self.take(f"{size}x")

    def wrong(self, what: str, found: int) -> Unreadable:
        """What is wrong before this place."""
        return Unreadable(self._code, self._place, what=what, found=found, at=self.at)


def check_series(data: bytes, place: str, tell: Tell, *, of_task: bool = False) -> int:
    """Check a recurrence, and tell how many occurrences it changes. Raises Unreadable."""
    source = _Bytes(data, "recurrence-form", place)
    start, gone, moved = _pattern(source, place, tell)
    changed = 0 if of_task else _appointment(source, place, tell, gone, moved)
    if any(source.data[source.at :]):
        raise source.wrong("rest", len(data) - source.at)
    if start % _DAY or any(day % _DAY for day in (*gone, *moved)):
        tell("recurrence-days", place, what="midnight")
    if any(one >= other for one, other in pairwise(gone)) or any(one > other for one, other in pairwise(moved)):
        tell("recurrence-days", place, what="order")
    if len(moved) > len(gone):
        tell("recurrence-days", place, what="moved", deleted=len(gone), modified=len(moved))
    return changed


def _pattern(source: _Bytes, place: str, tell: Tell) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
    if source.take("2H") != _VERSIONS:
        raise source.wrong("version", source.data[0])
    frequency, kind, _ = source.take("3H")
    if frequency not in (_DAILY, _WEEKLY, _MONTHLY, _YEARLY):
        raise source.wrong("frequency", frequency)
    if kind not in _SPECIFIC:
        raise source.wrong("pattern", kind)
    first, period, _ = source.take("3I")
    source.skip(_SPECIFIC[kind])
    end, _, week_begins = source.take("3I")
    if end not in _ENDS:
        raise source.wrong("end", end)
    if week_begins > 6:
        raise source.wrong("week", week_begins)
    gone = source.take(f"{source.one('I')}I")
    moved = source.take(f"{source.one('I')}I")
    start, last = source.take("2I")
    if (last < start) or (end in _FOR_EVER and last != _NEVER):
        tell("recurrence-days", place, what="end", start=start, end=last)
    expected = _first(kind, period, week_begins, start)
    if expected is None:
        raise source.wrong("period", period)
    if first != expected:
        tell("recurrence-first", place, expected=expected, found=first)
    return start, gone, moved


def _first(kind: int, period: int, week_begins: int, start: int) -> int | None:
    """When the count of periods begins; None if they cannot be counted."""
    if not period:
        return None
    if kind == 0:
        return start % period
    try:
        day = _EPOCH + timedelta(minutes=start)
    except OverflowError:
        return None
    if kind == 1:
        week = start - (day.isoweekday() - week_begins) % 7 * _DAY
        return week % (period * 7 * _DAY)
    months = ((day.year - 1601) * 12 + day.month - 1) % period
    return (datetime(1601 + months // 12, months % 12 + 1, 1) - _EPOCH).days * _DAY


def _appointment(source: _Bytes, place: str, tell: Tell, gone: tuple[int, ...], moved: tuple[int, ...]) -> int:
    reader, writer, begins, ends, count = source.take("4IH")
    if reader != 0x3006 or writer not in _LATER_VERSIONS:
        raise source.wrong("version", writer)
    if ends < begins:
        tell("recurrence-days", place, what="times", start=begins, end=ends)
    if count != len(moved):
        tell("recurrence-days", place, what="count", modified=len(moved), changed=count)
    changed = [_change(source) for _ in range(count)]
    source.skip(source.one("I"))
    for flags, span in changed:
        _more(source, flags, span, has_mark=writer >= 0x3009)
    source.skip(source.one("I"))
    for _, (start, end, original) in changed:
        if end < start or original - original % _DAY not in gone or start - start % _DAY not in moved:
            tell("recurrence-days", place, what="change", start=start, end=end, original=original)
    return count


def _change(source: _Bytes) -> tuple[int, tuple[int, ...]]:
    span = source.take("3I")
    flags = source.one("H")
    for flag in (1 << bit for bit in range(10) if flags >> bit & 1):
        if flag in (_SUBJECT, _LOCATION):
            with_end, size = source.take("2H")
            if with_end != size + 1:
                raise source.wrong("text", size)
            source.skip(size)
        elif flag in _NUMBERS:
            source.skip(4)
    return flags, span


def _more(source: _Bytes, flags: int, span: tuple[int, ...], *, has_mark: bool) -> None:
    if has_mark:
        source.skip(source.one("I"))
    source.skip(source.one("I"))
    if not flags & (_SUBJECT | _LOCATION):
        return
    if source.take("3I") != span:
        raise source.wrong("span", span[0])
    for flag in (_SUBJECT, _LOCATION):
        if flags & flag:
            source.skip(2 * source.one("H"))
    source.skip(source.one("I"))


def check_zone(data: bytes, place: str) -> None:
    """Check the definition of a time zone. Raises Unreadable."""
    source = _Bytes(data, "zone-form", place)
    major, minor, head, mark, letters = source.take("2B3H")
    if (major, minor, mark) != (2, 1, 2) or head != 6 + 2 * letters:
        raise source.wrong("head", head)
    source.skip(2 * letters)
    count = source.one("H")
    if not count or source.at + count * _RULE != len(data):
        raise source.wrong("rules", count)
    rules = list(_rules(source, count))
    if not any(flags & 2 for flags, _ in rules) or any(one[1] >= other[1] for one, other in pairwise(rules)):
        raise source.wrong("years", count)


def _rules(source: _Bytes, count: int) -> Iterator[tuple[int, int]]:
    """Which of them counts, and since which year each does."""
    for _ in range(count):
        major, minor, size, flags, year = source.take("2B3H")
        if (major, minor, size) != (2, 1, 0x3E):
            raise source.wrong("rule", size)
        source.skip(_RULE - 8)
        yield flags, year
