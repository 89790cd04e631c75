"""Calendars over the pretend Graph: events, series, attachments, and what Exchange would send to others."""

import base64
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from saasbackup_desktop.sim.graph.app import Asked, route
from saasbackup_desktop.sim.graph.deltas import changes
from saasbackup_desktop.sim.graph.odata import page, selected
from saasbackup_desktop.sim.graph.organizers import (
    MISSING,
    SMALL,
    attach,
    brief,
    briefs,
    detach,
    key_of,
    keys_of,
    organizer_of,
    shelf_of,
    shown,
    taken,
)
from saasbackup_desktop.sim.graph.series import moment, occurrences, settle, told, zone_of
from saasbackup_desktop.sim.graph.shelf import Notice, Organizer, Shelf, repeat
from saasbackup_desktop.sim.graph.tenant import public
from saasbackup_desktop.sim.graph.wire import Answer, Refusal

_READ: Final = "Calendars.Read Calendars.ReadWrite"
_WRITE: Final = "Calendars.ReadWrite"
_EVENT: Final = "/users/{user}/events/{event}"
_OWN: Final = frozenset(
    {
        "id",
        "changeKey",
        "createdDateTime",
        "lastModifiedDateTime",
        "bodyPreview",
        "cancelledOccurrences",
        "exceptionOccurrences",
        "hasAttachments",
        "iCalUId",
        "isCancelled",
        "isDraft",
        "isOrganizer",
        "onlineMeeting",
        "onlineMeetingUrl",
        "organizer",
        "originalEndTimeZone",
        "originalStart",
        "originalStartTimeZone",
        "responseStatus",
        "seriesMasterId",
        "type",
        "webLink",
    }
)
_INSTANCE: Final = re.compile(r"(.+)_(\d{8}T\d{6}Z)\Z")
_FORM: Final = "%Y%m%dT%H%M%SZ"
_NOT_OF_ONE: Final = frozenset({"recurrence", "cancelledOccurrences", "iCalUId"})
"""What an occurrence does not have from its series."""


# --- finding -------------------------------------------------------------------------------------------------


class _Found:
    """An event, or one occurrence of a series, and where it is kept."""

    def __init__(self, asked: Asked) -> None:
        self.organizer: Organizer = organizer_of(asked)
        self.start: datetime | None = None
        match = _INSTANCE.match(asked["event"])
        found = self.organizer.find(self.organizer.calendars, match[1] if match else asked["event"])
        if found is None:
            raise MISSING
        self.shelf: Shelf = found[0]
        self.master: dict[str, Any] = found[1]
        if match:
            self.start = datetime.strptime(match[2], _FORM).replace(tzinfo=UTC)
            if all(one["id"] != asked["event"] for one in instances(self.master, self.start, self.start, exact=True)):
                raise MISSING

    @property
    def event(self) -> dict[str, Any]:
        """The event, or the occurrence as it stands."""
        if self.start is None:
            return self.master
        return next(instances(self.master, self.start, self.start, exact=True))

    def to_change(self) -> dict[str, Any]:
        """The event, or the occurrence as one that departs from its series."""
        event = self.event
        if self.start is not None and event["type"] == "occurrence":
            event = {**event, "type": "exception"}
            for name in ("_files", "_inner", "_about"):
                event[name] = dict(self.master.get(name, {}))
            self.master["_exceptions"].append(event)
        return event

    def touch(self) -> None:
        """Note that the event changed."""
        self.organizer.change(self.shelf, self.master["id"])


def instances(
    master: Mapping[str, Any], since: datetime, until: datetime, *, exact: bool = False
) -> Iterator[dict[str, Any]]:
    """A series' occurrences in a stretch of time: cancelled ones left out, changed ones as they are now.

    ``exact``: the one that was to begin then, wherever it is now.
    """
    gone = {str(id).rpartition(".")[2] for id in master.get("cancelledOccurrences", ())}
    changed = {str(one.get("originalStart")): one for one in master.get("_exceptions", ())}
    if exact:
        key = _written(since)
        if key in changed:
            yield changed[key]
            return
    for begins, ends in occurrences(master, since, max(until, since.replace(year=since.year + 1)) if exact else until):
        if exact and begins != since:
            if begins > since:
                return
            continue
        day = _day(master, begins)
        if day in gone or _written(begins) in changed:
            continue
        one = {name: value for name, value in master.items() if name not in _NOT_OF_ONE and not name.startswith("_")}
        for name in ("_files", "_inner", "_about"):
            if name in master:
                one[name] = master[name]
        yield one | {
            "id": f"{master['id']}_{begins.strftime(_FORM)}",
            "type": "occurrence",
            "seriesMasterId": master["id"],
            "start": told(begins),
            "end": told(ends),
            "originalStart": _written(begins),
        }
    if not exact:
        for one in changed.values():
            if moment(one["start"]) < until and moment(one["end"]) > since:
                yield one


def _written(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _day(master: Mapping[str, Any], begins: datetime) -> str:
    zone = UTC if master.get("isAllDay") else zone_of(str(master.get("originalStartTimeZone") or "UTC"))
    return begins.astimezone(zone).strftime("%Y-%m-%d")


def _shown(asked: Asked, event: Mapping[str, Any]) -> dict[str, Any]:
    told_of = shown(asked, {**event, "hasAttachments": bool(keys_of(event))})
    query = asked.request.query
    if "cancelledOccurrences" not in query.get("$select", ""):
        told_of.pop("cancelledOccurrences", None)
    if "exceptionOccurrences" in query.get("$expand", "") and event.get("_exceptions"):
        told_of["exceptionOccurrences"] = [
            {**public(one), "hasAttachments": bool(keys_of(one))} for one in event["_exceptions"]
        ]
    if "attachments" in query.get("$expand", ""):
        told_of["attachments"] = briefs(event, query=query["$expand"])
    return told_of


# --- calendars -----------------------------------------------------------------------------------------------


@route("GET", "/users/{user}/calendars", _READ)
def calendars(asked: Asked) -> Answer:
    """All calendars."""
    return Answer(body=page(asked.request, [shelf.plain for shelf in organizer_of(asked).calendars.values()]))


@route("POST", "/users/{user}/calendars", _WRITE)
def make_calendar(asked: Asked) -> Answer:
    """Make a calendar; no other one may have its name."""
    organizer = organizer_of(asked)
    name = str((asked.request.json() or {}).get("name") or "")
    if not name.strip():
        raise Refusal(400, "ErrorInvalidRequest", "A name is needed.")
    if any(shelf.plain["name"].casefold() == name.casefold() for shelf in organizer.calendars.values()):
        raise Refusal(409, "ErrorFolderExists", "A folder with the specified name already exists.")
    return Answer(201, organizer.calendars[organizer.add_calendar(name)].plain)


@route("GET", "/users/{user}/calendars/{calendar}/events", _READ)
def events(asked: Asked) -> Answer:
    """A calendar's single events and series."""
    shelf = shelf_of(organizer_of(asked).calendars, asked["calendar"])
    return Answer(body=page(asked.request, list(shelf.items.values()), shape=lambda one: _shown(asked, one)))


@route("GET", "/users/{user}/calendars/{calendar}/events/delta", _READ)
def event_changes(asked: Asked) -> Answer:
    """A calendar's events that changed."""
    shelf = shelf_of(organizer_of(asked).calendars, asked["calendar"])
    return changes(asked.request, shelf.feed, lambda id: _shown(asked, shelf.items[id]))


# --- events --------------------------------------------------------------------------------------------------


def _tell(organizer: Organizer, kind: str, event: Mapping[str, Any], *more: Mapping[str, Any]) -> None:
    """What Exchange sends: to everybody on a meeting, whenever its organizer makes, changes or removes it."""
    if event.get("isOrganizer"):
        people = [*(event.get("attendees") or ()), *more]
        addresses = dict.fromkeys(one["emailAddress"]["address"] for one in people)
        organizer.notices += [Notice(kind, to, str(event.get("subject") or "")) for to in addresses]


@route("POST", "/users/{user}/calendars/{calendar}/events", _WRITE)
def make(asked: Asked) -> Answer:
    """Make an event, and invite whoever is on it. Attachments are not taken here."""
    organizer = organizer_of(asked)
    shelf = shelf_of(organizer.calendars, asked["calendar"])
    if not shelf.plain.get("canEdit", True):
        raise Refusal(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
    said, properties = taken(asked.request.json(), _OWN)
    made = [one for other in organizer.calendars.values() for one in other.items.values()]
    if said.get("transactionId") and any(one.get("transactionId") == said["transactionId"] for one in made):
        raise Refusal(409, "ErrorDuplicateTransactionId", "An event with this transaction id was made already.")
    if "start" not in said or "end" not in said:
        raise Refusal(400, "ErrorInvalidRequest", "An event needs a start and an end.")
    event = organizer.add_event(shelf, {**said, "_properties": properties, "_files": {}})
    _tell(organizer, "invitation", event)
    return Answer(201, _shown(asked, event))


@route("GET", _EVENT, _READ)
def event(asked: Asked) -> Answer:
    """One event, a series with what departs from it."""
    return Answer(body=_shown(asked, _Found(asked).event))


@route("PATCH", _EVENT, _WRITE)
def change(asked: Asked) -> Answer:
    """Change an event; its attendees are told, whatever it was. A series that moves forgets what departed from it."""
    found = _Found(asked)
    said, properties = taken(asked.request.json(), _OWN)
    if found.start is not None and "recurrence" in said:
        raise Refusal(400, "ErrorInvalidRequest", "An occurrence has no recurrence of its own.")
    target = found.to_change()
    before = list(target.get("attendees") or ())
    event = {**target, **said, "_properties": {**target.get("_properties", {}), **properties}}
    if said.keys() & {"start", "end", "isAllDay"}:
        for name, zone in (("start", "originalStartTimeZone"), ("end", "originalEndTimeZone")):
            if name not in said:
                event[name] = {**event[name], "timeZone": "UTC"}
                event[zone] = target.get(zone)
        zones = {name: event.get(name) for name in ("originalStartTimeZone", "originalEndTimeZone")}
        settle(event)
        for name, side in (("originalStartTimeZone", "start"), ("originalEndTimeZone", "end")):
            if side not in said:
                event[name] = zones[name]
    if "location" in said:
        event["locations"] = [said["location"]] if said["location"].get("displayName") else []
    elif "locations" in said:
        event["location"] = said["locations"][0] if said["locations"] else {"displayName": ""}
    if found.start is None and said.keys() & {"start", "end", "isAllDay", "recurrence"}:
        repeat(event)
        if event["type"] == "seriesMaster":
            event["_exceptions"], event["cancelledOccurrences"] = [], []
    target.update(event)
    found.touch()
    _tell(found.organizer, "update", target, *before)
    return Answer(body=_shown(asked, target))


@route("DELETE", _EVENT, _WRITE)
def remove(asked: Asked) -> Answer:
    """Remove an event or an occurrence; whoever was on it is told."""
    found = _Found(asked)
    _tell(found.organizer, "cancellation", found.event)
    if found.start is None:
        found.organizer.remove(found.shelf, found.master["id"])
        return Answer(204)
    found.master["_exceptions"] = [one for one in found.master["_exceptions"] if one["id"] != asked["event"]]
    found.master["cancelledOccurrences"] = [
        *found.master["cancelledOccurrences"],
        f"OID.{found.master['id']}.{_day(found.master, found.start)}",
    ]
    found.touch()
    return Answer(204)


@route("GET", f"{_EVENT}/instances", _READ)
def event_instances(asked: Asked) -> Answer:
    """A series' occurrences in a stretch of time."""
    found = _Found(asked)
    if found.master.get("type") != "seriesMaster" or found.start is not None:
        raise Refusal(400, "ErrorInvalidRequest", "This event is no series.")
    try:
        since, until = (
            datetime.fromisoformat(asked.request.query[name].replace("Z", "+00:00")).astimezone(UTC)
            for name in ("startDateTime", "endDateTime")
        )
    except (KeyError, ValueError):
        raise Refusal(400, "ErrorInvalidParameter", "This request requires a time window.") from None
    some = list(instances(found.master, since, until))
    return Answer(body=page(asked.request, some, shape=lambda one: selected(public(one), asked.request)))


# --- attachments ---------------------------------------------------------------------------------------------


@route("GET", f"{_EVENT}/attachments", _READ)
def attachments(asked: Asked) -> Answer:
    """An event's attachments."""
    return Answer(
        body=page(asked.request, briefs(_Found(asked).event, query=asked.request.query.get("$select", "")), shape=dict)
    )


@route("GET", f"{_EVENT}/attachments/{{attachment}}", _READ)
def attachment(asked: Asked) -> Answer:
    """One attachment; an attached item is told to who asks for it."""
    event = _Found(asked).event
    key = key_of(event, asked["attachment"])
    plain = brief(event, key)
    if key in event.get("_inner", {}):
        if "itemAttachment/item" in asked.request.query.get("$expand", ""):
            plain["item"] = event["_inner"][key]
    else:
        plain["contentBytes"] = base64.b64encode(event["_files"][key]).decode()
    return Answer(body=plain)


@route("GET", f"{_EVENT}/attachments/{{attachment}}/$value", _READ)
def attachment_bytes(asked: Asked) -> Answer:
    """The bytes of an event's file."""
    event = _Found(asked).event
    key = key_of(event, asked["attachment"])
    if key not in event.get("_files", {}):
        raise Refusal(405, "ErrorInvalidRequest", "This attachment has no bytes.")
    return Answer(body=event["_files"][key], content_type="application/octet-stream")


@route("POST", f"{_EVENT}/attachments", _WRITE)
def add_file(asked: Asked) -> Answer:
    """Attach a small file or an item."""
    found = _Found(asked)
    if len(asked.request.body) > SMALL * 4 // 3 + 10_000:
        raise Refusal(413, "RequestEntityTooLarge", "The attachment is too large for one request.")
    event = found.to_change()
    plain = attach(event, asked.request.json())
    found.touch()
    _tell(found.organizer, "update", event)
    return Answer(201, plain)


@route("POST", f"{_EVENT}/attachments/createUploadSession", _WRITE)
def begin_file(asked: Asked) -> Answer:
    """Prepare for a large file: an address to send it to, piece by piece."""
    found = _Found(asked)
    said = asked.request.json()["AttachmentItem"]

    def finish(data: bytes) -> None:
        attach(found.to_change(), {**said, "contentBytes": base64.b64encode(data).decode()})
        found.touch()

    upload = asked.tenant.begin_upload(said, finish)
    body = {"uploadUrl": upload, "expirationDateTime": asked.tenant.moment(), "nextExpectedRanges": ["0-"]}
    return Answer(201, body)


@route("DELETE", f"{_EVENT}/attachments/{{attachment}}", _WRITE)
def remove_file(asked: Asked) -> Answer:
    """Take a file off an event."""
    found = _Found(asked)
    event = found.to_change()
    detach(event, asked["attachment"])
    found.touch()
    _tell(found.organizer, "update", event)
    return Answer(204)


ROUTES: Final = [
    calendars,
    make_calendar,
    events,
    event_changes,
    make,
    event,
    change,
    remove,
    event_instances,
    attachments,
    attachment,
    attachment_bytes,
    add_file,
    begin_file,
    remove_file,
]
