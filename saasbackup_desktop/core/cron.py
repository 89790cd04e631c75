"""The five fields of a crontab line (crontab(5)): minute, hour, day of the month, month, day of the week."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from saasbackup_desktop.core.errors import Misconfigured

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_ALL_HOURS: Final = frozenset(range(24))


@dataclass(frozen=True, slots=True)
class CronLine:
    """What a line asks for. Days of the week count from Sunday, 0, as crontab has it."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either_day: bool
    """Both kinds of days are named: one that is either is meant."""

    @property
    def is_hourly(self) -> bool:
        """It means every hour of the day."""
        return self.hours == _ALL_HOURS

    @property
    def times(self) -> list[int]:
        """Minutes of a day, in order."""
        return [hour * 60 + minute for hour in sorted(self.hours) for minute in sorted(self.minutes)]

    def is_on(self, day: date) -> bool:
        """Is it for this day?"""
        if day.month not in self.months:
            return False
        by_date, by_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return by_date or by_week if self.either_day else by_date and by_week


@lru_cache(maxsize=256)
def parse(line: str) -> CronLine:
    """Read five fields. Raises Misconfigured."""
    fields = line.lower().split()
    if len(fields) != 5:
        raise bad_line(line)
    minute, hour, day, month, weekday = fields
    found: dict[str, frozenset[int]] = {}
    for name, text, least, most, names in (
        ("minute", minute, 0, 59, ()),
        ("hour", hour, 0, 23, ()),
        ("day", day, 1, 31, ()),
        ("month", month, 1, 12, _MONTHS),
        ("weekday", weekday, 0, 7, _WEEKDAYS),
    ):
        try:
            found[name] = _field(text, least, most, names, least)
        except ValueError as error:
            raise bad_line(text, f"bad-cron-{name}") from error
    return CronLine(
        minutes=found["minute"],
        hours=found["hour"],
        days=found["day"],
        months=found["month"],
        weekdays=frozenset(number % 7 for number in found["weekday"]),
        either_day=not day.startswith("*") and not weekday.startswith("*"),
    )


def bad_line(line: str, reason: str = "bad-cron") -> Misconfigured:
    """The fault of a line that cannot be used."""
    return Misconfigured("a cron line", what="bad-schedule", reason=reason, name=line)


def _field(text: str, least: int, most: int, names: tuple[str, ...] = (), first: int = 0) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        stretch, slash, step_text = part.partition("/")
        step = int(step_text) if slash else 1
        if step < 1:
            raise ValueError(part)
        if stretch == "*":
            # 7 is one more name for Sunday, and no day of its own.
            start, end = least, 6 if most == 7 else most
        else:
            low, dash, high = stretch.partition("-")
            start = _number(low, names, first)
            end = _number(high, names, first) if dash else most if slash else start
            if most == 7 and dash and end == 0 < start:
                end = 7
        if not least <= start <= end <= most:
            raise ValueError(part)
        found.update(range(start, end + 1, step))
    return frozenset(found)


def _number(text: str, names: tuple[str, ...], first: int) -> int:
    if text in names:
        return names.index(text) + first
    if not (text.isascii() and text.isdigit()):
        raise ValueError(text)
    return int(text)
