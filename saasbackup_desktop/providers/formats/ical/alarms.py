"""Reminders: one message some minutes before, or at a moment. Of more, the earliest of that kind is kept."""

from datetime import timedelta
from typing import Final

from saasbackup_desktop.providers.formats.content_lines import Component
from saasbackup_desktop.providers.formats.ical import losses
from saasbackup_desktop.providers.formats.ical.moments import When, Zones, duration

_SHOWN: Final = ("DISPLAY", "AUDIO", "", "NONE")
_MOST: Final = 10 * 366 * 24 * 60
"""Minutes before which nobody is reminded of anything."""


def before(component: Component, start: When, end: When, zones: Zones, lost: list[str]) -> int | None:
    """How many minutes before the start somebody is reminded; None: not at all."""
    found = []
    for alarm in _alarms(component, lost):
        span = _span(alarm, start, end, zones, lost)
        if span is None:
            continue
        minutes = -(span // timedelta(minutes=1))
        if not 0 <= minutes <= _MOST:
            lost.append(losses.ALARMS)
        minutes = min(max(minutes, 0), _MOST)
        found.append(minutes)
    found += _former(component, start, zones, lost)
    if len(found) > 1:
        lost.append(losses.ALARMS)
    return found[0] if found else None


def at(component: Component, start: When | None, due: When | None, zones: Zones, lost: list[str]) -> When | None:
    """When somebody is reminded; None: not at all."""
    found = []
    for alarm in _alarms(component, lost):
        trigger = alarm.first("TRIGGER")
        if trigger is None:
            continue
        span = duration(trigger.value)
        if span is None:
            moment = zones.read(trigger, lost)
        else:
            base = due if trigger.parameter("RELATED").upper() == "END" else start or due
            moment = base.after(span) if base is not None and not base.is_day else _of_day(base, span)
            if base is None:
                lost.append(losses.ALARMS)
        if moment is not None:
            found.append(moment)
    if len(found) > 1:
        lost.append(losses.ALARMS)
    return found[0] if found else None


def _former(component: Component, start: When, zones: Zones, lost: list[str]) -> list[int]:
    """Alarms of vCalendar 1.0: a moment, and how often it is repeated."""
    found = []
    for line in (*component.all("DALARM"), *component.all("AALARM")):
        said = line.value.split(";")[0].strip()
        when = zones.value(said, start.zone.name, lost) if said else None
        if when is not None:
            minutes = (start.moment - when.moment) // timedelta(minutes=1)
            found.append(min(max(minutes, 0), _MOST))
    return found[:1]


def _of_day(base: When | None, span: timedelta) -> When | None:
    return When(base.local, base.zone).after(span) if base is not None else None


def _alarms(component: Component, lost: list[str]) -> list[Component]:
    """Those that show something; an alarm that sends mail or starts a program is none here."""
    every = [one for one in component.inner if one.kind == "VALARM"]
    shown = [one for one in every if one.text("ACTION").upper() in _SHOWN]
    if len(shown) < len(every) or any(one.first("REPEAT") is not None for one in shown):
        lost.append(losses.ALARMS)
    return shown


def _span(alarm: Component, start: When, end: When, zones: Zones, lost: list[str]) -> timedelta | None:
    trigger = alarm.first("TRIGGER")
    if trigger is None:
        return None
    span = duration(trigger.value)
    if span is None:
        moment = zones.read(trigger, lost)
        return None if moment is None else moment.moment - start.moment
    if trigger.parameter("RELATED").upper() == "END":
        span += end.moment - start.moment
    return span
