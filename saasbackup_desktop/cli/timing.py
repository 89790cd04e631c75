"""Schedules, spans of hours and rates, as people type them."""

import re
from typing import Final

from saasbackup_desktop.app.words.tasks import DAYS
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.schedule import Cap, Rhythm, Schedule, Span

_TIME: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_HOURS: Final = re.compile(r"([0-9]+) ?h")
_RATE: Final = re.compile(r"([0-9]+) ?(b|kib|mib|gib)?", re.IGNORECASE)
_UNITS: Final = {"": 1, "b": 1, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30}
_EVERY: Final = {
    "daily": Rhythm.DAILY,
    "3days": Rhythm.THREE_DAYS,
    "weekly": Rhythm.WEEKLY,
    "3x": Rhythm.THREE_TIMES,
    "hand": Rhythm.BY_HAND,
}


def rhythm_of(text: str) -> tuple[Rhythm, int]:
    """``daily``, ``3days``, ``weekly``, ``3x``, ``8h`` or ``hand`` -> rhythm and hours. Raises Misconfigured."""
    hours = _HOURS.fullmatch(text.strip().lower())
    if hours is not None and 1 <= int(hours[1]) <= 24:
        return Rhythm.HOURS, int(hours[1])
    if text.strip().lower() not in _EVERY:
        raise Misconfigured(what=f"“{text}” is no rhythm; write daily, 3days, weekly, 3x, 8h (1 to 24) or hand")
    return _EVERY[text.strip().lower()], Schedule().hours


def minute_of(text: str) -> int:
    """``02:30`` -> the minute of the day; 24:00 is its end. Raises Misconfigured."""
    found = _TIME.fullmatch(text.strip())
    if found is None or int(found[2]) > 59 or int(found[1]) * 60 + int(found[2]) > 24 * 60:
        raise Misconfigured(what=f"“{text}” is no time of day; write for example 02:30")
    return int(found[1]) * 60 + int(found[2])


def weekday_of(text: str) -> int:
    """``monday`` or ``mon`` -> 0. Raises Misconfigured."""
    name = text.strip().casefold()
    found = [number for number, day in enumerate(DAYS) if len(name) >= 2 and day.casefold().startswith(name)]
    if len(found) != 1:
        raise Misconfigured(what=f"“{text}” is no day of the week; write for example mon or monday")
    return found[0]


def span_of(text: str) -> Span:
    """``22:00-06:00``, ``mon-fri 08:00-18:00`` or ``sat,sun 00:00-24:00``. Raises Misconfigured."""
    parts = text.split()
    times = parts[-1].split("-") if parts else []
    if len(times) != 2 or len(parts) > 2:
        raise Misconfigured(what=f"“{text}” is no span of hours; write for example “mon-fri 08:00-18:00”")
    days: list[int] = []
    for part in parts[0].split(",") if len(parts) == 2 else ():
        first, _, last = part.partition("-")
        start, end = weekday_of(first), weekday_of(last or first)
        days += [(start + step) % 7 for step in range((end - start) % 7 + 1)]
    return Span(days=tuple(sorted(set(days))), start=minute_of(times[0]) % 1440, end=minute_of(times[1]))


def cap_of(text: str) -> Cap:
    """A span and a rate: ``mon-fri 08:00-18:00 2MiB``; a rate alone holds always. Raises Misconfigured."""
    before, _, last = text.strip().rpartition(" ")
    found = _RATE.fullmatch(last)
    if found is None:
        raise Misconfigured(what=f"“{last}” is no rate; write bytes a second, for example 500KiB or 2MiB")
    span = span_of(before) if before else Span(start=0, end=24 * 60)
    return Cap(span=span, rate=int(found[1]) * _UNITS[(found[2] or "").lower()])
