"""Events of calendars: when, where, who, how often, and where a series departs from itself."""

from collections.abc import Iterator
from typing import Any

from saasbackup_desktop.providers.formats.graph.card import (
    Before,
    Card,
    Choice,
    Departure,
    Label,
    Link,
    Moment,
    Period,
    Person,
    only_said,
)
from saasbackup_desktop.providers.formats.graph.plain import Plain, entries, inner, line, lines, number, objects, text
from saasbackup_desktop.providers.formats.graph.values import (
    files,
    mailbox_text,
    moment,
    person,
    readable,
    recurrence,
    section,
)


def card(plain: Plain) -> Card:
    """Read an event."""
    organizer = person(inner(plain, "organizer"))
    return Card(
        title=line(plain.get("subject")),
        lines=only_said(
            (Label.CANCELLED, Choice("isCancelled") if plain.get("isCancelled") is True else None),
            (Label.WHEN, _period(plain)),
            (Label.ZONE, _zone(plain)),
            (Label.RECURRENCE, recurrence(plain.get("recurrence"))),
            (Label.EXCEPTIONS, tuple(_departures(plain))),
            (Label.LOCATION, _places(plain)),
            (Label.MEETING, _meeting(plain)),
            (Label.ORGANIZER, organizer),
            (Label.ATTENDEES, _attendees(plain)),
            (Label.ANSWER, _unless(inner(plain, "responseStatus").get("response"), "none")),
            (Label.SHOWN_AS, _unless(plain.get("showAs"), "busy")),
            (Label.IMPORTANCE, _unless(plain.get("importance"), "normal")),
            (Label.SENSITIVITY, _unless(plain.get("sensitivity"), "normal")),
            (Label.REMINDER, _reminder(plain)),
            (Label.CATEGORIES, lines(plain.get("categories"))),
        ),
        sections=section(Label.BODY, plain.get("body")),
        files=files(plain),
    )


def facets(plain: Plain) -> dict[str, str]:
    """What lists show of an event. ``from`` and ``to`` are who organises it and who was asked to come."""
    organizer = person(inner(plain, "organizer"))
    guests = _attendees(plain)
    kept = section(Label.BODY, plain.get("body"))
    said = text(plain.get("bodyPreview")).strip() or (readable(kept[0]) if kept else "")
    return {
        "start": _said(plain.get("start")),
        "end": _said(plain.get("end")),
        "organizer": organizer.address if organizer else "",
        "attendees": ", ".join(one.address for one in guests if one.address),
        "location": line(inner(plain, "location").get("displayName")),
        "description": line(said.partition("\n")[0]),
        "all-day": "yes" if plain.get("isAllDay") is True else "",
        "recurrence": line(inner(plain, "recurrence", "pattern").get("type")),
        "categories": "\n".join(lines(plain.get("categories"))),
        "from": mailbox_text(organizer) if organizer else "",
        "to": ", ".join(map(mailbox_text, guests)),
    }


def _said(value: Any) -> str:
    found = moment(value)
    return f"{found.when[:19]} {found.zone}".strip() if found else ""


def _period(plain: Plain) -> Period | None:
    start, end = moment(plain.get("start")), moment(plain.get("end"))
    if start is None and end is None:
        return None
    first = start or end or Moment("")
    return Period(first, end or first, plain.get("isAllDay") is True)


def _zone(plain: Plain) -> str:
    """The zone that somebody chose; Graph itself tells times in UTC unless it is asked not to."""
    chosen = line(plain.get("originalStartTimeZone"))
    return chosen if chosen not in ("UTC", "tzone://Microsoft/Utc", "tzone://Microsoft/Custom") else ""


def _departures(plain: Plain) -> Iterator[Departure]:
    for one in objects(plain, "exceptionOccurrences"):
        kept = section(Label.BODY, one.get("body"))
        yield Departure(
            original=line(one.get("originalStart"))[: 10 if plain.get("isAllDay") is True else None],
            is_cancelled=one.get("isCancelled") is True,
            title=line(one.get("subject")),
            period=_period(one),
            place=line(inner(one, "location").get("displayName")),
            text=readable(kept[0]) if kept else "",
        )
    for id in entries(plain.get("cancelledOccurrences")):
        day = line(id).rpartition(".")[2]
        if day:
            yield Departure(original=day, is_cancelled=True)


def _places(plain: Plain) -> tuple[str, ...]:
    found = [line(one.get("displayName")) for one in (inner(plain, "location"), *objects(plain, "locations"))]
    for one in (inner(plain, "location"), *objects(plain, "locations")):
        address = inner(one, "address")
        named = [line(address.get(name)) for name in ("street", "postalCode", "city", "state", "countryOrRegion")]
        found.append(", ".join(filter(None, named)))
    return tuple(dict.fromkeys(filter(None, found)))


def _meeting(plain: Plain) -> Link | None:
    address = line(inner(plain, "onlineMeeting").get("joinUrl")) or line(plain.get("onlineMeetingUrl"))
    return Link("", address) if address else None


def _attendees(plain: Plain) -> tuple[Person, ...]:
    found = (
        person(one, line(one.get("type")), line(inner(one, "status").get("response")))
        for one in objects(plain, "attendees")
    )
    return tuple(one for one in found if one is not None)


def _reminder(plain: Plain) -> Before | None:
    minutes = number(plain.get("reminderMinutesBeforeStart"))
    return Before(minutes) if minutes is not None and minutes >= 0 and plain.get("isReminderOn") is True else None


def _unless(value: Any, usual: str) -> Choice | None:
    said = line(value)
    return Choice(said) if said and said != usual else None
