"""Moments of a calendar: days, times in a zone, times in UTC, and times in no zone at all."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from typing import Final
from zoneinfo import available_timezones

from saasbackup_desktop.providers.formats.content_lines import Component, Line
from saasbackup_desktop.providers.formats.ical import losses
from saasbackup_desktop.providers.formats.ical.defined import alike, changes_in, defined, last_year
from saasbackup_desktop.providers.formats.zones import known_names, zone_of

_MOMENT: Final = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d):?(\d\d)?:?(\d\d)?(?:[.,]\d+)?)?\s*(Z|[+-]\d\d:?\d\d)?", re.I
)
_DURATION: Final = re.compile(
    r"([+-]?)P(?:(\d{1,5})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,7})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?", re.I
)
_FORMERLY: Final = 2005
"""A year of the rules that much older software still writes."""
_SHOWN: Final = re.compile(r"\((?:UTC|GMT)([+-])(\d\d):?(\d\d)\) ")
_WINTER: Final = datetime(2024, 1, 1, tzinfo=UTC)
_SUMMER: Final = datetime(2024, 7, 1, tzinfo=UTC)
_LAST: Final = datetime(9998, 12, 31)


@dataclass(frozen=True, slots=True)
class Zone:
    """A time zone, by a name that others know."""

    name: str
    info: tzinfo


UTC_ZONE: Final = Zone("UTC", UTC)


@dataclass(frozen=True, slots=True)
class When:
    """A day, or a moment as the clocks of a place show it."""

    local: datetime
    """Without a zone."""
    zone: Zone
    is_day: bool = False

    @property
    def moment(self) -> datetime:
        """In UTC; a day begins at midnight there."""
        if self.is_day:
            return self.local.replace(tzinfo=UTC)
        try:
            return self.local.replace(tzinfo=self.zone.info).astimezone(UTC)
        except OverflowError:  # at the ends of the calendar
            return self.local.replace(tzinfo=UTC)

    def plain(self) -> dict[str, str]:
        """As Graph tells of it."""
        return {"dateTime": f"{self.moment.replace(tzinfo=None).isoformat()}.0000000", "timeZone": "UTC"}

    def iso(self) -> str:
        """As Graph writes moments that need no zone."""
        return self.moment.replace(tzinfo=None).isoformat() + "Z"

    def after(self, span: timedelta) -> "When":
        """Later by the clocks, if whole days pass, else by what passes."""
        if not span % timedelta(days=1) or self.is_day:
            return When(min(_sum(self.local, span), _LAST), self.zone, self.is_day)
        later = _sum(self.moment.replace(tzinfo=None), span).replace(tzinfo=UTC)
        try:
            return When(later.astimezone(self.zone.info).replace(tzinfo=None), self.zone)
        except OverflowError:
            return When(later.replace(tzinfo=None), UTC_ZONE)


class Zones:
    """The zones that a calendar's times are in."""

    def __init__(self, components: Sequence[Component], usual: str = "") -> None:
        self._defined: dict[str, Component] = {}
        for one in components:
            self._defined.setdefault(one.text("TZID"), one)
        self._found: dict[str, tuple[Zone, str]] = {}
        self.usual = UTC_ZONE
        if usual:
            self.usual = self.of(usual)[0]
        """What times without a zone are taken to be in."""

    def of(self, name: str) -> tuple[Zone, str]:
        """The zone of a name, and the code of what is lost of it."""
        if name not in self._found:
            self._found[name] = self._find(name)
        return self._found[name]

    def read(self, line: Line, lost: list[str]) -> When | None:
        """Read a date or a time of a property."""
        return self.value(line.value, line.parameter("TZID"), lost)

    def value(self, text: str, name: str, lost: list[str]) -> When | None:
        """Read a date or a time. ``name``: the zone that is said of it."""
        found = _MOMENT.match(text.strip())
        try:
            if found is None:
                raise ValueError(text)
            local = datetime(*(int(one or 0) for one in found.groups()[:6]))  # type: ignore[arg-type]
        except ValueError:
            lost.append(losses.DATE_UNREADABLE)
            return None
        if found[4] is None:
            return When(local, UTC_ZONE, True)
        if found[7]:
            return When(_sum(local, -_ahead(found[7])), UTC_ZONE)
        if not name:
            lost.append(losses.FLOATING)
            return When(local, self.usual)
        zone, missing = self.of(name)
        if missing:
            lost.append(missing)
        return When(local, zone)

    def _find(self, name: str) -> tuple[Zone, str]:
        name = name.strip().strip('"')
        said = self._defined.get(name)
        for one in _spellings(name, said):
            info = zone_of(one)
            if info is not None:
                return Zone("UTC" if info is UTC else one, info), ""
        own = defined(said) if said is not None else None
        if own is None:
            shown = _shown(name)
            return (shown, "") if shown is not None else (self.usual, losses.ZONE_UNKNOWN)
        years = [(last_year(own), "")]
        if changes_in(own, _FORMERLY):
            years.append((_FORMERLY, losses.ZONE_OUTDATED))
        for year, lost in years:
            for one in _candidates(name):
                info = zone_of(one)
                if info is not None and alike(own, info, year):
                    return Zone("UTC" if one == "Etc/UTC" else one, info), lost
        return Zone("", own), losses.ZONE_UNKNOWN


def duration(text: str) -> timedelta | None:
    """Read a duration; None if it is none."""
    found = _DURATION.fullmatch(text.strip())
    if found is None or not any(found.groups()[1:]):
        return None
    weeks, days, hours, minutes, seconds = (int(one or 0) for one in found.groups()[1:])
    size = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -size if found[1] == "-" else size


def _spellings(name: str, said: Component | None) -> Iterator[str]:
    """What a zone may be called by others: names are written with where they come from before them."""
    if not name:
        return
    yield name
    places = name.strip("/").split("/")
    for count in (3, 2, 1):
        if len(places) > count:
            yield "/".join(places[-count:])
    if said is not None and (place := said.text("X-LIC-LOCATION")):
        yield place
    yield name.strip("/")
    yield name.replace(" ", "_")
    yield name.replace("-", "/", 1)
    if (known := _cased().get(name.replace(" ", "_").casefold())) is not None:
        yield known


def _shown(name: str) -> Zone | None:
    """The zone that Windows shows as an offset with some of its cities."""
    said = _SHOWN.match(name)
    for one in _candidates(name) if said is not None else ():
        if said is None or not _is_named(one, name):
            break
        info = zone_of(one)
        if info is None:
            continue
        offsets = (when.astimezone(info).utcoffset() for when in (_WINTER, _SUMMER))
        if min(offset for offset in offsets if offset is not None) == _ahead(f"{said[1]}{said[2]}{said[3]}"):
            return Zone(one, info)
    return None


def _is_named(zone: str, name: str) -> bool:
    """Whether a name names the place that a zone is called after."""
    return zone.rpartition("/")[2].replace("_", " ").casefold() in name.casefold()


def _candidates(name: str) -> Iterator[str]:
    """Zones that may be the one that is defined, the likeliest first: those whose place its name names."""
    all_of_them = known_names()
    yield from (one for one in all_of_them if _is_named(one, name))
    yield from all_of_them
    yield from (f"Etc/GMT{hours:+d}" for hours in range(-14, 13) if hours)


@cache
def _cased() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}


def _ahead(text: str) -> timedelta:
    if text in "zZ":
        return timedelta(0)
    size = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return -size if text[0] == "-" else size


def _sum(when: datetime, span: timedelta) -> datetime:
    try:
        return when + span
    except OverflowError:
        return when
