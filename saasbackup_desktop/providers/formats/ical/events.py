"""VEVENT as an event of Graph's: a series with what departs from it inside."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from saasbackup_desktop.providers.formats.aside import put_back
from saasbackup_desktop.providers.formats.content_lines import Component
from saasbackup_desktop.providers.formats.graph.plain import line as one_line
from saasbackup_desktop.providers.formats.ical import alarms, bodies, enclosed, losses, people, rules, unrolled
from saasbackup_desktop.providers.formats.ical.common import HANDLED, common, leftover
from saasbackup_desktop.providers.formats.ical.moments import UTC_ZONE, When, Zones, duration

_HANDLED: Final = (
    HANDLED
    | bodies.HANDLED
    | enclosed.HANDLED
    | {"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID", "STATUS", "TRANSP"}
    | {"LOCATION", "GEO", "ORGANIZER", "ATTENDEE", "X-MICROSOFT-CDO-BUSYSTATUS", "X-MICROSOFT-DISALLOW-COUNTER"}
    | {
        "DALARM",
        "AALARM",
        "X-MICROSOFT-ISRESPONSEREQUESTED",
        "CONFERENCE",
        "X-MICROSOFT-SKYPETEAMSMEETINGURL",
        "X-GOOGLE-CONFERENCE",
    }
    | {"X-MICROSOFT-ONLINEMEETINGEXTERNALLINK", "X-MICROSOFT-ONLINEMEETINGCONFLINK", "X-MICROSOFT-LOCATIONS"}
)
_SHOWN_AS: Final = {
    "FREE": "free",
    "TENTATIVE": "tentative",
    "BUSY": "busy",
    "OOF": "oof",
    "WORKINGELSEWHERE": "workingElsewhere",
}
_SENSITIVITY: Final = {"PRIVATE": "private", "CONFIDENTIAL": "confidential"}
_MEETINGS: Final = (
    "X-MICROSOFT-SKYPETEAMSMEETINGURL",
    "CONFERENCE",
    "X-GOOGLE-CONFERENCE",
    "X-MICROSOFT-ONLINEMEETINGCONFLINK",
    "X-MICROSOFT-ONLINEMEETINGEXTERNALLINK",
)
_GEO: Final = re.compile(r"\s*([+-]?\d{1,3}(?:\.\d{1,20})?)\s*[;,]\s*([+-]?\d{1,3}(?:\.\d{1,20})?)\s*")
_DAY: Final = timedelta(days=1)
_MOST_CANCELLED: Final = 5_000


def series(
    id: str, master: Component, departures: Sequence[Component], zones: Zones, parts: dict[str, bytes], lost: list[str]
) -> tuple[dict[str, Any], list[Component]] | None:
    """Read an event with what departs from it; gives the departures, too, that found no series to lie in.

    None if it cannot be said when it is.
    """
    plain = single(id, master, zones, parts, lost)
    if plain is None:
        return None
    start = _start(master, zones, [])
    rules_said = master.all("RRULE")
    if master.all("RDATE"):
        lost.append(losses.RECURRENCE_DATES)
    if len(rules_said) > 1 or master.all("EXRULE"):
        lost.append(losses.RECURRENCE)
    said = plain.get("recurrence")
    if start is not None and rules_said and not isinstance(said, dict):
        said = rules.recurrence(rules_said[0].value, start, zones, lost)
        if said is not None:
            said["range"]["recurrenceTimeZone"] = plain["originalStartTimeZone"]
    if start is None or not isinstance(said, dict):
        plain.pop("recurrence", None)
        return plain, list(departures)
    plain |= {"type": "seriesMaster", "recurrence": said}
    if days := _cancelled(master, start, zones, lost):
        plain["cancelledOccurrences"] = [f"OID.{id}.{day}" for day in days]
    changed = {}
    for one in departures:
        found = _exception(id, one, start, zones, parts, lost)
        if found is not None:
            changed[found["originalStart"]] = found
    if changed:
        plain["exceptionOccurrences"] = [changed[when] for when in sorted(changed)]
    return plain, []


def single(
    id: str, component: Component, zones: Zones, parts: dict[str, bytes], lost: list[str]
) -> dict[str, Any] | None:
    """Read one event by itself; None if it cannot be said when it is."""
    start = _start(component, zones, lost)
    if start is None:
        return None
    end = _end(component, start, zones, lost)
    kept = bodies.body(component)
    shown = _shown_as(component)
    status = component.text("STATUS").upper()
    plain: dict[str, Any] = {
        "@odata.type": "#microsoft.graph.event",
        "id": id,
        "iCalUId": one_line(component.text("UID")) or id,
        "type": "singleInstance",
        "subject": component.text("SUMMARY"),
        "body": kept,
        "bodyPreview": bodies.preview(kept),
        "isAllDay": start.is_day,
        "start": start.plain(),
        "end": end.plain(),
        "originalStartTimeZone": start.zone.name or UTC_ZONE.name,
        "originalEndTimeZone": end.zone.name or UTC_ZONE.name,
        "showAs": shown,
        "sensitivity": _SENSITIVITY.get(component.text("CLASS").upper(), "normal"),
        "isCancelled": status == "CANCELLED",
        **common(component, zones),
    }
    plain |= _people(component, lost)
    plain |= _places(component)
    plain |= _meeting(component)
    minutes = alarms.before(component, start, end, zones, lost)
    plain["isReminderOn"] = minutes is not None
    if minutes is not None:
        plain["reminderMinutesBeforeStart"] = minutes
    files = enclosed.attachments(component, f"{id}-", parts, lost)
    plain["hasAttachments"] = bool(files)
    if files:
        plain["attachments"] = files
    put_back(component, plain)
    leftover(component, _HANDLED, lost)
    return plain


def apart(
    master: Component, plain: dict[str, Any], departures: Sequence[Component], zones: Zones, lost: list[str]
) -> tuple[list[tuple[str, Component, list[Component]]], list[Component]]:
    """The times of a series that are events of their own, each with its name; and the departures that are left."""
    start = _start(master, zones, [])
    if start is None or not (master.all("RRULE") or master.all("RDATE")):
        return [], list(departures)
    end = _end(master, start, zones, [])
    found = unrolled.times(master, start, zones, lost, has_pattern="recurrence" in plain)
    told: list[tuple[str, Component, list[Component]]] = []
    originals = [(one, _original(one, zones)) for one in departures] if found else []
    taken: set[int] = set()
    for time in found:
        changed = [one for one, when in originals if when is not None and id(one) not in taken and time.has(when)]
        taken.update(map(id, changed))
        if time.rule:
            told.append((time.name, unrolled.alone(master, time, start, end, zones), changed))
            continue
        if changed and "exceptionOccurrences" in plain:
            inside = [one for one in plain["exceptionOccurrences"] if one["originalStart"] != time.start.iso()]
            plain["exceptionOccurrences"] = inside
        told.append((time.name, changed[-1] if changed else unrolled.alone(master, time, start, end, zones), []))
    return told, [one for one in departures if id(one) not in taken]


def _original(departure: Component, zones: Zones) -> When | None:
    line = departure.first("RECURRENCE-ID")
    return zones.read(line, []) if line is not None else None


def repeated(component: Component, rule: str) -> dict[str, Any] | None:
    """The recurrence of an event that was written by this program."""
    start = _start(component, Zones(()), [])
    return rules.recurrence(rule, start, Zones(()), []) if start is not None else None


def _exception(
    id: str, component: Component, start: When, zones: Zones, parts: dict[str, bytes], lost: list[str]
) -> dict[str, Any] | None:
    """An occurrence that is otherwise than its series."""
    line = component.first("RECURRENCE-ID")
    original = zones.read(line, lost) if line is not None else None
    if line is None or original is None:
        return None
    if line.parameter("RANGE"):
        lost.append(losses.EXCEPTIONS)
    if original.is_day and not start.is_day:
        original = When(original.local.replace(hour=start.local.hour, minute=start.local.minute), start.zone)
    elif start.is_day and not original.is_day:
        original = When(original.local.replace(hour=0, minute=0, second=0), UTC_ZONE, True)
    plain = single(f"{id}.{original.moment:%Y%m%dT%H%M%S}", component, zones, parts, lost)
    if plain is not None:
        plain |= {"type": "exception", "seriesMasterId": id, "originalStart": original.iso()}
    return plain


def _cancelled(master: Component, start: When, zones: Zones, lost: list[str]) -> list[str]:
    """The days, where the series is at home, of occurrences that do not take place."""
    days = set()
    for line in master.all("EXDATE"):
        for value in line.value.replace(";", ",").split(",")[:_MOST_CANCELLED]:
            when = zones.value(value, line.parameter("TZID") or start.zone.name, lost) if value.strip() else None
            if when is None:
                continue
            if when.is_day or start.is_day:
                days.add(when.local.date().isoformat())
            else:
                days.add(when.moment.astimezone(start.zone.info).date().isoformat())
    return sorted(days)


def _start(component: Component, zones: Zones, lost: list[str]) -> When | None:
    line = component.first("DTSTART")
    return zones.read(line, lost) if line is not None else None


def _end(component: Component, start: When, zones: Zones, lost: list[str]) -> When:
    line = component.first("DTEND")
    end = zones.read(line, lost) if line is not None else None
    if end is None and (said := component.text("DURATION")):
        span = duration(said)
        end = start.after(span) if span is not None and span >= timedelta(0) else None
        if end is None:
            lost.append(losses.DATE_UNREADABLE)
    if end is not None and (start.is_day or end.is_day):
        end = When(_whole_day(end.local) if start.is_day else end.local, start.zone, start.is_day)
    if end is None or end.moment < start.moment:
        end = start
    return start.after(_DAY) if start.is_day and end.moment <= start.moment else end


def _whole_day(local: datetime) -> datetime:
    """The midnight at which a day is over that has begun."""
    midnight = local.replace(hour=0, minute=0, second=0)
    return midnight if midnight == local or local.year > 9990 else midnight + _DAY


def _shown_as(component: Component) -> str:
    said = component.text("X-MICROSOFT-CDO-BUSYSTATUS").upper()
    if said in _SHOWN_AS:
        return _SHOWN_AS[said]
    if component.text("TRANSP").upper() in ("TRANSPARENT", "1"):
        return "free"
    return "tentative" if component.text("STATUS").upper() == "TENTATIVE" else "busy"


def _people(component: Component, lost: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"isOrganizer": True}
    line = component.first("ORGANIZER")
    organizer = people.recipient(line) if line is not None else None
    if organizer is not None:
        found["organizer"] = organizer
    attendees = [one for one in (people.attendee(line, lost) for line in component.all("ATTENDEE")) if one is not None]
    if attendees:
        found["attendees"] = attendees
    if (said := component.text("X-MICROSOFT-ISRESPONSEREQUESTED")) or attendees:
        found["responseRequested"] = said.upper() != "FALSE"
    if said := component.text("X-MICROSOFT-DISALLOW-COUNTER"):
        found["allowNewTimeProposals"] = said.upper() != "TRUE"
    return found


def _places(component: Component) -> dict[str, Any]:
    name = component.text("LOCATION")
    place: dict[str, Any] = {"displayName": name}
    found = _GEO.fullmatch(component.text("GEO"))
    if found is not None:
        place["coordinates"] = {"latitude": float(found[1]), "longitude": float(found[2])}
    return {"location": place, **({"locations": [place]} if name or found else {})}


def _meeting(component: Component) -> dict[str, Any]:
    for name in _MEETINGS:
        if said := component.text(name):
            return {"isOnlineMeeting": True, "onlineMeeting": {"joinUrl": said}, "onlineMeetingUrl": said}
    return {"isOnlineMeeting": False}
