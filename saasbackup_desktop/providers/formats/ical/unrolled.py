"""Series, or occurrences of them, that no pattern of Exchange's says: each time becomes an event of its own."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from saasbackup_desktop.providers.formats.content_lines import Component, Line
from saasbackup_desktop.providers.formats.ical import losses
from saasbackup_desktop.providers.formats.ical.former import modern
from saasbackup_desktop.providers.formats.ical.moments import When, Zones, duration
from saasbackup_desktop.providers.formats.ical.occurrences import GivenUp, NotKnown, all_until, rule_of
from saasbackup_desktop.providers.formats.ical.rules import said_in
from saasbackup_desktop.providers.formats.ical.several import several, times_of

MOST: Final = 400
"""Times of a series that become events."""
MOST_WITHOUT_END: Final = 100
_YEARS: Final = timedelta(days=3653)
"""How far a series without end is followed."""
_WHEN: Final = frozenset({"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "EXRULE"})


@dataclass(frozen=True, slots=True)
class Time:
    """One time that a series takes place, beside its first one or its pattern."""

    start: When
    name: str
    """As a calendar writes it."""
    span: timedelta | None = None
    """How long it is, if not as long as all others."""
    rule: str = ""
    """It is the first of a series."""

    def has(self, when: When) -> bool:
        """Whether it is then, or one of its series."""
        if not self.rule:
            return self.start.moment == when.moment
        local = when.local if when.is_day else when.moment.astimezone(self.start.zone.info).replace(tzinfo=None)
        return local in times_of(self.start.local, self.rule)


def times(master: Component, start: When, zones: Zones, lost: list[str], *, has_pattern: bool) -> Sequence[Time]:
    """Say which times of a series nothing else says, without those that were called off."""
    found: dict[datetime, Time] = {}
    rules = [] if has_pattern and len(master.all("RRULE")) == 1 else master.all("RRULE")[has_pattern:]
    if rules and not master.all("EXRULE"):
        for time in _by_rules([line.value for line in rules], start, zones, lost):
            found.setdefault(time.start.moment, time)
    for line in master.all("RDATE"):
        for time in _by_dates(line, start, zones, lost):
            found.setdefault(time.start.moment, time)
    for line in master.all("EXDATE"):
        for value in line.value.replace(";", ",").split(","):
            off = zones.value(value, line.parameter("TZID") or start.zone.name, []) if value.strip() else None
            if off is not None and off.moment in found and not found[off.moment].rule:
                found.pop(off.moment)
    found.pop(start.moment, None)
    if len(found) > MOST:
        lost.append(losses.RECURRENCE_CUT)
    return [found[moment] for moment in sorted(found)[:MOST]]


def alone(master: Component, time: Time, start: When, end: When, zones: Zones) -> Component:
    """The series as it is at one of its times."""
    first = master.first("DTSTART")
    assert first is not None
    span = end.moment - start.moment if time.span is None else time.span
    kept = [line for line in master.lines if line.name not in _WHEN]
    said = f"PT{round(span.total_seconds())}S"
    if start.is_day:
        said = f"P{span.days}D"
    parameters = {"VALUE": ("DATE",)} if start.is_day else {"TZID": (time.start.zone.name,)}
    if time.name.endswith("Z"):
        parameters = {}
    repeated = [Line("RRULE", time.rule), *_called_off(master, time, zones)] if time.rule else []
    return Component(
        master.kind,
        [*kept, Line("DTSTART", time.name, parameters), Line("DURATION", said), *repeated],
        master.inner,
        master.unread,
    )


def _called_off(master: Component, time: Time, zones: Zones) -> Iterator[Line]:
    """The times of a series that do not take place."""
    for line in master.all("EXDATE"):
        for value in line.value.replace(";", ",").split(","):
            zone = line.parameter("TZID") or time.start.zone.name
            off = zones.value(value, zone, []) if value.strip() else None
            if off is not None and time.has(off):
                yield Line("EXDATE", value, line.parameters)


def _by_rules(values: Sequence[str], start: When, zones: Zones, lost: list[str]) -> Iterator[Time]:
    is_cut = False
    try:
        for value in values:
            said = said_in(modern(value))
            rule = rule_of(said)
            last = _until(said, start, zones)
            count = int(said["COUNT"]) if said.get("COUNT") else None
            has_end = last is not None or count is not None
            most = MOST if has_end else MOST_WITHOUT_END
            if not has_end and rule.frequency in ("HOURLY", "MINUTELY", "SECONDLY"):
                raise NotKnown
            if not has_end and (series := several(said, start, zones)):
                for local, part in series:
                    first = When(local, start.zone, start.is_day)
                    yield Time(first, _named(first), rule=part)
                continue
            far = last or (datetime.max if has_end else start.local + _YEARS)
            try:
                for taken, local in enumerate(islice(all_until(rule, start.local, last or datetime.max), count)):
                    when = When(local, start.zone, start.is_day)
                    if local > far or taken > most:
                        is_cut = is_cut or local <= far or not has_end
                        break
                    yield Time(when, _named(when))
            except GivenUp:
                is_cut = True
    except (NotKnown, ValueError, OverflowError):
        return
    lost[:] = [one for one in lost if one != losses.RECURRENCE]
    lost.append(losses.RECURRENCE_CUT if is_cut else losses.RECURRENCE_UNROLLED)


def _until(said: Mapping[str, str], start: When, zones: Zones) -> datetime | None:
    """The last moment, by the clocks where the series is at home."""
    until = zones.value(said["UNTIL"], start.zone.name or "UTC", []) if said.get("UNTIL") else None
    if until is None:
        return None
    if until.is_day:
        return until.local.replace(hour=23, minute=59, second=59)
    return until.moment.astimezone(start.zone.info).replace(tzinfo=None)


def _by_dates(line: Line, start: When, zones: Zones, lost: list[str]) -> Iterator[Time]:
    count = 0
    for value in line.value.replace(";", ",").split(","):
        begin, _, end = value.strip().partition("/")
        when = zones.value(begin, line.parameter("TZID") or start.zone.name, lost) if begin else None
        if when is None:
            continue
        if when.is_day and not start.is_day:
            when = When(datetime.combine(when.local.date(), start.local.time()), start.zone)
        elif start.is_day and not when.is_day:
            when = When(when.local.replace(hour=0, minute=0, second=0), start.zone, True)
        span = _span(end, when, line, zones) if end else None
        count += 1
        yield Time(when, _named(when), span)
    if count:
        lost[:] = [one for one in lost if one != losses.RECURRENCE_DATES]
        lost.append(losses.RECURRENCE_DATES_APART)


def _span(end: str, start: When, line: Line, zones: Zones) -> timedelta | None:
    span = duration(end)
    if span is None:
        last = zones.value(end, line.parameter("TZID") or start.zone.name, [])
        span = last.moment - start.moment if last is not None else None
    return span if span is not None and span >= timedelta(0) else None


def _named(when: When) -> str:
    if when.is_day:
        return f"{when.local:%Y%m%d}".zfill(8)
    if when.zone.name and when.zone.name != "UTC":
        return f"{when.local:%Y%m%dT%H%M%S}".zfill(15)
    return f"{when.moment:%Y%m%dT%H%M%S}Z".zfill(16)
