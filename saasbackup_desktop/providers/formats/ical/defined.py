"""Time zones as a calendar defines them itself (VTIMEZONE)."""

import calendar
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final

from saasbackup_desktop.providers.formats.content_lines import Component

_OFFSET: Final = re.compile(r"([+-]?)(\d{1,2}):?(\d\d):?(\d\d)?")
_MOMENT: Final = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):?(\d\d):?(\d\d)?)?")
_DAY: Final = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
RECENT: Final = 2024
_MOST_DATES: Final = 500
_YEARS: Final = range(2, 9998)
_ZERO: Final = timedelta(0)


@dataclass(frozen=True, slots=True)
class Observance:
    """Standard or summer time: since when, how often, and by how much the clocks differ."""

    since: datetime
    before: timedelta
    after: timedelta
    dates: tuple[datetime, ...]
    rule: Mapping[str, str]

    def onsets(self, year: int) -> Iterator[datetime]:
        """When it begins in a year, by the clocks that counted before."""
        yield from (one for one in (self.since, *self.dates) if one.year == year)
        if not self.rule or year < self.since.year or year not in _YEARS:
            return
        until = _until(self.rule, self.before)
        for day in _days(self.rule, self.since, year):
            onset = datetime.combine(day, self.since.time())
            if onset > self.since and (until is None or onset <= until):
                yield onset

    def last_year(self) -> int | None:
        """The last year in which it begins; None: for ever."""
        years = [one.year for one in (self.since, *self.dates)]
        if self.rule:
            until = _until(self.rule, self.before)
            if until is None:
                return None
            years.append(until.year)
        return max(years)


class Defined(tzinfo):
    """A zone of a file's own. Of an hour that comes twice, it knows the first."""

    def __init__(self, name: str, observances: Sequence[Observance]) -> None:
        self._name = name
        self._observances = observances
        self._years: dict[int, list[tuple[datetime, timedelta]]] = {}

    @property
    def observances(self) -> Sequence[Observance]:
        """What it consists of."""
        return self._observances

    def offset_at(self, moment: datetime) -> timedelta:
        """How far the clocks are from UTC at a moment, which is given in UTC without a zone."""
        known = self._of_year(moment.year)
        passed = [offset for onset, offset in known if onset <= moment]
        if passed:
            return passed[-1]
        first = min(self._observances, key=lambda one: one.since)
        return first.before

    def utcoffset(self, when: datetime | None) -> timedelta:
        """How far the clocks are from UTC when they show this."""
        if when is None:
            return _ZERO
        when = when.replace(tzinfo=None)
        offsets = sorted({one for each in self._observances for one in (each.after, each.before)}, reverse=True)
        for offset in offsets:
            if self.offset_at(_moved(when, -offset)) == offset:
                return offset
        return self.offset_at(when)

    def dst(self, when: datetime | None) -> timedelta:
        """Nobody asks."""
        return _ZERO

    def tzname(self, when: datetime | None) -> str:
        """Its name."""
        return self._name

    def _of_year(self, year: int) -> list[tuple[datetime, timedelta]]:
        if year not in self._years:
            found = [
                (_moved(onset, -one.before), one.after) for one in self._observances for onset in _around(one, year)
            ]
            self._years[year] = sorted(found, key=lambda one: one[0])
        return self._years[year]


def defined(component: Component) -> Defined | None:
    """Read a VTIMEZONE; None if it defines nothing."""
    found = [one for one in map(_observance, component.inner) if one is not None]
    return Defined(component.text("TZID"), found) if found else None


def _around(one: Observance, year: int) -> Iterator[datetime]:
    """The onsets that can count in a year: its own, and the last one before."""
    yield from one.onsets(year + 1)
    yield from one.onsets(year)
    last = one.last_year()
    earlier = year - 1 if last is None else min(year - 1, last)
    for past in (earlier, earlier - 1):
        if past < one.since.year:
            break
        yield from one.onsets(past)
    yield from (date for date in (one.since, *one.dates) if date.year < year - 1)


def _observance(component: Component) -> Observance | None:
    if component.kind not in ("STANDARD", "DAYLIGHT"):
        return None
    since = _moment(component.text("DTSTART"))
    before, after = _offset(component.text("TZOFFSETFROM")), _offset(component.text("TZOFFSETTO"))
    if since is None or after is None:
        return None
    listed = [_moment(one) for line in component.all("RDATE")[:_MOST_DATES] for one in line.value.split(",")]
    rule = component.text("RRULE")
    said = dict(part.split("=", 1) for part in rule.upper().split(";") if "=" in part)
    dates = tuple(one for one in listed[:_MOST_DATES] if one is not None)
    return Observance(since, after if before is None else before, after, dates, said)


def _until(rule: Mapping[str, str], before: timedelta) -> datetime | None:
    said = rule.get("UNTIL", "")
    moment = _moment(said)
    if moment is None:
        return None
    return _moved(moment, before) if said.endswith("Z") else moment


def _days(rule: Mapping[str, str], since: datetime, year: int) -> Iterator[date]:
    """The days of a year that a rule names: those of RFC 5545 that clocks follow."""
    months = [int(one) for one in rule.get("BYMONTH", "").split(",") if one.isdigit() and 1 <= int(one) <= 12]
    by_day = _DAY.fullmatch(rule.get("BYDAY", ""))
    in_month = [int(one) for one in rule.get("BYMONTHDAY", "").split(",") if one.lstrip("+-").isdigit()]
    for month in months or [since.month]:
        length = calendar.monthrange(year, month)[1]
        if in_month:
            numbers = [one if one > 0 else length + 1 + one for one in in_month]
            listed = [date(year, month, one) for one in sorted(numbers) if 1 <= one <= length]
            if by_day:
                listed = [one for one in listed if DAYS[one.weekday()] == by_day[2]][:1]
            yield from listed
        elif by_day:
            listed = [date(year, month, one) for one in range(1, length + 1)]
            listed = [one for one in listed if DAYS[one.weekday()] == by_day[2]]
            which = int(by_day[1] or 1)
            if which and abs(which) <= len(listed):
                yield listed[which - 1 if which > 0 else which]
        elif since.day <= length:
            yield date(year, month, since.day)


def _offset(text: str) -> timedelta | None:
    found = _OFFSET.fullmatch(text.strip())
    if found is None:
        return None
    size = timedelta(hours=int(found[2]), minutes=int(found[3]), seconds=int(found[4] or 0))
    if size >= timedelta(days=1):
        return None
    return -size if found[1] == "-" else size


def _moment(text: str) -> datetime | None:
    found = _MOMENT.match(text.strip())
    if found is None:
        return None
    try:
        return datetime(*(int(one or 0) for one in found.groups()))  # type: ignore[arg-type]
    except ValueError:
        return None


def _moved(when: datetime, by: timedelta) -> datetime:
    try:
        return when + by
    except OverflowError:  # at the ends of the calendar
        return when


def last_year(zone: Defined) -> int:
    """The last year for which a zone says something; a recent one, if that is all of them."""
    last = [one.last_year() for one in zone.observances]
    year = RECENT if None in last else max(one for one in last if one is not None)
    return min(max(year, 1971), 2037)


def changes_in(zone: Defined, year: int) -> bool:
    """Whether a zone has begun by a year, and its clocks are changed in it."""
    begun = all(one.since.year < year for one in zone.observances)
    return begun and zone.offset_at(datetime(year, 1, 15)) != zone.offset_at(datetime(year, 7, 15))


def alike(zone: Defined, other: tzinfo, year: int) -> bool:
    """Whether a known zone shows the same times all through a year."""
    start = datetime(year, 1, 1, 12)
    for step in range(0, 365, 5):
        moment = start + timedelta(days=step)
        if zone.offset_at(moment) != moment.replace(tzinfo=UTC).astimezone(other).utcoffset():
            return False
    return True
