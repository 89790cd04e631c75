"""When something takes place, and where it is at home."""

from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Final

from saasbackup_desktop.providers.files.mapi import losses
from saasbackup_desktop.providers.files.mapi.plain_times import Clock, at, clock, minutes_between, moment
from saasbackup_desktop.providers.files.mapi.zones import Zone, zone_named
from saasbackup_desktop.providers.formats.graph.plain import Plain, inner, line

_DAY: Final = timedelta(days=1)
_UTC: Final = Zone("UTC", UTC)


@dataclass(frozen=True, slots=True)
class Span:
    """When an event takes place, and where it is at home."""

    start: Clock
    end: Clock
    zone: Zone
    end_zone: Zone
    is_all_day: bool

    @property
    def minutes(self) -> int:
        """How long it takes, by the clocks if it takes whole days."""
        if self.is_all_day:
            return minutes_between(self.start.local, self.end.local)
        return minutes_between(self.start.moment, self.end.moment)


def span_of(plain: Plain, lost: list[str]) -> Span | None:
    """Read when an event takes place; None if it does not say so."""
    repeated = line(inner(plain, "recurrence", "range").get("recurrenceTimeZone"))
    chosen = line(plain.get("originalStartTimeZone"))
    zone = zone_named(chosen) if chosen else None
    if zone is None and repeated:
        zone = zone_named(repeated)
    if zone is None and (chosen or repeated):
        lost.append(losses.ZONE_UNKNOWN)
    if zone is None and not chosen:
        zone = zone_named(line(inner(plain, "start").get("timeZone")))
    zone = zone or _UTC
    named = line(plain.get("originalEndTimeZone"))
    end_zone = (zone_named(named) if named else None) or zone
    return span_in(plain, zone, end_zone)


def span_in(plain: Plain, zone: Zone, end_zone: Zone) -> Span | None:
    """Read when something takes place that is at home in a zone."""
    is_all_day = plain.get("isAllDay") is True
    start = clock(plain.get("start"), zone.info, is_all_day=is_all_day)
    end = clock(plain.get("end"), zone.info, is_all_day=is_all_day)
    if start is None:
        return None
    if end is None or end.moment < start.moment:
        end = start
    if is_all_day and end.local <= start.local:
        end = at(start.local + _DAY, zone.info)
    return Span(start, end, zone, end_zone, is_all_day)


def original_of(one: Plain, span: Span) -> Clock | None:
    """When an occurrence was to begin."""
    when = moment(one.get("originalStart"))
    if when is None:
        return None
    if span.is_all_day:
        return at(when.replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0), span.zone.info)
    return Clock(when, when.astimezone(span.zone.info).replace(tzinfo=None))
