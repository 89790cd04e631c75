"""Events, contacts, groups, tasks and notes that went into an Outlook data file and out again say the same.

``SAASBACKUP_ITEMS=all`` sends all samples through (half a minute).

What such a file cannot hold, and is not told to be lost where it is written: which of two names a time zone has
(Windows' or the world's), folder-less details of Graph's alone (``transactionId``, ``onlineMeetingProvider``, ids of
places), and which of a contact's further numbers was of what kind.
"""

import json
import os
import random
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.files.found import Found
from saasbackup_desktop.providers.files.mapi import losses, tags
from saasbackup_desktop.providers.files.mapi.attached_items import item_within
from saasbackup_desktop.providers.files.mapi.contacts import contact
from saasbackup_desktop.providers.files.mapi.enclosures import Part
from saasbackup_desktop.providers.files.mapi.events import event
from saasbackup_desktop.providers.files.mapi.groups import group, is_group
from saasbackup_desktop.providers.files.mapi.notes import note
from saasbackup_desktop.providers.files.mapi.tasks import task
from saasbackup_desktop.providers.files.pst.model import Message, Properties, Tag, Value
from saasbackup_desktop.providers.formats.graph.values import PHOTO
from saasbackup_desktop.providers.formats.ical.reading import Read, read_calendar
from saasbackup_desktop.providers.formats.vcard.reading import read_cards
from tests.corpora import Corpora
from tests.corpora import Sample as File
from tests.unit.providers.files.pstread.roundtrip import differences, through

MANY = os.environ.get("SAASBACKUP_ITEMS", "120")
_KINDS = {
    Service.CALENDAR: "IPF.Appointment",
    Service.CONTACTS: "IPF.Contact",
    Service.TASKS: "IPF.Task",
    Service.NOTES: "IPF.StickyNote",
}
_MAKERS = {Service.CALENDAR: event, Service.TASKS: task, Service.NOTES: note}
Sample = tuple[str, Service, Mapping[str, Any], Mapping[str, bytes]]


def _message(service: Service, plain: Mapping[str, Any], parts: Mapping[str, bytes]) -> Message:
    if service is Service.CONTACTS:
        return _dated(group(plain) if is_group(plain) else contact(plain, parts.get(PHOTO)))
    known = {name: Part(lambda data=data: iter([data]), len(data)) for name, data in parts.items()}  # type: ignore[misc]
    return _dated(_MAKERS[service](plain, known, item_within))


def _dated(message: Message) -> Message:
    """A file says of each item when it was changed: at first, when it was made."""
    said: dict[Tag, Value] = dict(message.properties)
    if tags.CREATED in said:
        said.setdefault(tags.MODIFIED, said[tags.CREATED])
    properties: Properties = said
    inner = [
        type(one)(
            properties=one.properties,
            content=_dated(one.content) if isinstance(one.content, Message) else one.content,
            size=one.size,
        )
        for one in message.attachments
    ]
    return Message(properties=properties, recipients=message.recipients, attachments=inner, losses=message.losses)


def _chosen(corpora: Corpora, kind: str) -> Iterator[File]:
    files = [sample for sample in corpora.samples(kind) if sample.path.is_file()]
    yield from files if MANY == "all" else random.Random(3).sample(files, int(MANY))


def _calendars(corpora: Corpora) -> Iterator[Sample]:
    for sample in _chosen(corpora, "ical"):
        calendar = read_calendar(sample.read()) if sample.name.endswith(".ics") else None
        for one in calendar.items() if calendar is not None else ():
            if isinstance(one, Read):
                yield sample.name, one.service, one.plain, one.parts


def _cards(corpora: Corpora) -> Iterator[Sample]:
    for sample in _chosen(corpora, "vcard"):
        cards = read_cards(sample.read())
        for one in cards.items() if cards is not None else ():
            yield sample.name, Service.CONTACTS, one.plain, one.parts


@pytest.mark.parametrize("kind", ["ical", "vcard"])
def test_samples_say_the_same_afterwards(corpora: Corpora, tmp_path: Path, kind: str) -> None:
    samples = list(_calendars(corpora) if kind == "ical" else _cards(corpora))
    wrong = {}
    for service, container in _KINDS.items():
        mine = [one for one in samples if one[1] is service]
        before = [_message(service, plain, parts) for _, _, plain, parts in mine]
        back = through(tmp_path / f"{service}.pst", before, "Here", container)
        for (name, _, plain, _), one, found in zip(mine, before, back, strict=True):
            assert isinstance(found, Found), name
            assert found.service is service
            after = _message(service, json.loads(found.data), found.parts)
            odd = list(differences(one, after))
            if odd and not one.losses:
                wrong[f"{name} {plain.get('subject')}"] = odd
    assert wrong == {}


_WEEKLY = {
    "@odata.type": "#microsoft.graph.event",
    "id": "the-one",
    "iCalUId": "uid@example.org",
    "type": "seriesMaster",
    "subject": "Weekly",
    "body": {"contentType": "html", "content": "<p>Good day</p>"},
    "bodyPreview": "Good day",
    "start": {"dateTime": "2024-03-18T08:00:00.0000000", "timeZone": "UTC"},
    "end": {"dateTime": "2024-03-18T09:00:00.0000000", "timeZone": "UTC"},
    "originalStartTimeZone": "W. Europe Standard Time",
    "originalEndTimeZone": "W. Europe Standard Time",
    "isAllDay": False,
    "isCancelled": False,
    "isOnlineMeeting": True,
    "onlineMeeting": {"joinUrl": "https://meet.example.org/1"},
    "onlineMeetingUrl": "https://meet.example.org/1",
    "isOrganizer": True,
    "organizer": {"emailAddress": {"name": "Anna", "address": "anna@example.org"}},
    "attendees": [
        {
            "type": "required",
            "status": {"response": "accepted", "time": "2024-03-01T10:11:12Z"},
            "emailAddress": {"name": "Ben Ü", "address": "ben@example.org"},
        },
        {
            "type": "resource",
            "status": {"response": "none", "time": "0001-01-01T00:00:00Z"},
            "emailAddress": {"name": "Room", "address": "room@example.org"},
        },
    ],
    "responseStatus": {"response": "organizer", "time": "0001-01-01T00:00:00Z"},
    "responseRequested": True,
    "allowNewTimeProposals": False,
    "showAs": "oof",
    "sensitivity": "private",
    "importance": "high",
    "categories": ["Blue", "Grün"],
    "isReminderOn": True,
    "reminderMinutesBeforeStart": 20,
    "location": {"displayName": "Here"},
    "locations": [{"displayName": "Here"}],
    "hasAttachments": True,
    "attachments": [
        {
            "@odata.type": "#microsoft.graph.fileAttachment",
            "id": "the-one-1",
            "name": "plan.pdf",
            "contentType": "application/pdf",
            "size": 4,
            "isInline": False,
        }
    ],
    "createdDateTime": "2024-01-02T03:04:05Z",
    "lastModifiedDateTime": "2024-02-02T03:04:05.1234560Z",
    "recurrence": {
        "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["monday", "thursday"], "firstDayOfWeek": "monday"},
        "range": {
            "type": "numbered",
            "startDate": "2024-03-18",
            "numberOfOccurrences": 9,
            "recurrenceTimeZone": "W. Europe Standard Time",
        },
    },
    "cancelledOccurrences": ["OID.the-one.2024-03-28"],
}


def _moved() -> dict[str, Any]:
    """An occurrence after the clocks changed, an hour later and called otherwise."""
    kept = {
        name: value
        for name, value in _WEEKLY.items()
        if name not in ("recurrence", "cancelledOccurrences", "attachments")
    }
    return {
        **kept,
        "id": "the-one.20240401T070000",
        "type": "exception",
        "seriesMasterId": "the-one",
        "originalStart": "2024-04-01T07:00:00Z",
        "subject": "Öfter",
        "start": {"dateTime": "2024-04-01T08:00:00.0000000", "timeZone": "UTC"},
        "end": {"dateTime": "2024-04-01T09:30:00.0000000", "timeZone": "UTC"},
        "location": {"displayName": "Élsewhere"},
        "locations": [{"displayName": "Élsewhere"}],
        "body": {"contentType": "text", "content": "Other"},
        "bodyPreview": "Other",
        "showAs": "busy",
        "attendees": _WEEKLY["attendees"][:1],  # type: ignore[index]
        "hasAttachments": False,
    }


def _back(tmp_path: Path, service: Service, plain: Mapping[str, Any], parts: Mapping[str, bytes] = {}) -> Found:
    (found,) = through(tmp_path / "one.pst", [_message(service, plain, parts)], "Here", _KINDS[service])
    assert isinstance(found, Found)
    return found


def _with_id(plain: Mapping[str, Any], id: str) -> Any:
    """The same under another id."""
    text = json.dumps(plain)
    return json.loads(text.replace(json.dumps(plain["id"])[1:-1], id))


def test_a_series_is_whole_with_all_that_departs_from_it(tmp_path: Path) -> None:
    plain = {**_WEEKLY, "exceptionOccurrences": [_moved()]}
    found = _back(tmp_path, Service.CALENDAR, plain, {"attachment/the-one-1": b"%PDF"})
    after = json.loads(found.data)
    assert after == _with_id(plain, after["id"])
    assert found.parts == {f"attachment/{after['id']}-1": b"%PDF"}
    assert (found.name, found.identity, found.lost) == ("Weekly", "uid@example.org", ())


def test_an_occurrence_nowhere_has_neither_the_place_nor_the_age_of_its_series(tmp_path: Path) -> None:
    moved = {
        **{name: value for name, value in _moved().items() if name not in ("locations", "createdDateTime")},
        "location": {"displayName": ""},
    }
    plain = {**_WEEKLY, "createdDateTime": "2024-01-02T03:04:05Z", "exceptionOccurrences": [moved]}
    after = json.loads(_back(tmp_path, Service.CALENDAR, plain).data)
    assert "createdDateTime" in after
    (found,) = after["exceptionOccurrences"]
    assert (found["location"], "locations" in found, "createdDateTime" in found) == (moved["location"], False, False)


def test_a_zone_of_a_task_is_told_to_be_lost(tmp_path: Path) -> None:
    due = {"dateTime": "2024-05-06T00:00:00.0000000", "timeZone": "America/Los_Angeles"}
    plain = {"id": "task", "title": "Do", "dueDateTime": due}
    assert _message(Service.TASKS, plain, {}).losses == (losses.TASK_ZONE,)
    after = json.loads(_back(tmp_path, Service.TASKS, plain).data)
    assert after["dueDateTime"] == {**due, "timeZone": "UTC"}


@pytest.mark.parametrize("zone", ["UTC", "W. Europe Standard Time", "Eastern Standard Time", "Tokyo Standard Time"])
def test_whole_days_are_the_same_days(tmp_path: Path, zone: str) -> None:
    plain = {
        "id": "day",
        "subject": "Day",
        "isAllDay": True,
        "start": {"dateTime": "2024-07-01T00:00:00.0000000", "timeZone": "UTC"},
        "end": {"dateTime": "2024-07-03T00:00:00.0000000", "timeZone": "UTC"},
        "originalStartTimeZone": zone,
        "originalEndTimeZone": zone,
    }
    after = json.loads(_back(tmp_path, Service.CALENDAR, plain).data)
    assert {name: after[name] for name in plain if name != "id"} == {n: v for n, v in plain.items() if n != "id"}


def test_a_contact_is_whole(tmp_path: Path) -> None:
    plain = {
        "@odata.type": "#microsoft.graph.contact",
        "id": "contact",
        "displayName": "Dr. Anna Ü. Meier Jr.",
        "title": "Dr.",
        "givenName": "Anna",
        "middleName": "Ü.",
        "surname": "Meier",
        "generation": "Jr.",
        "initials": "A.M.",
        "nickName": "An",
        "fileAs": "Meier, Anna",
        "companyName": "Acme",
        "jobTitle": "Head",
        "department": "R&D",
        "officeLocation": "1",
        "profession": "Chemist",
        "manager": "Boss",
        "assistantName": "Ben",
        "spouseName": "Carl",
        "mobilePhone": "+49 1",
        "businessPhones": ["1", "2"],
        "homePhones": ["3"],
        "imAddresses": ["anna@chat.example"],
        "emailAddresses": [
            {"name": "Anna", "address": "anna@example.org"},
            {"name": "a@example.net", "address": "a@example.net"},
            {"name": "Anna (a@example.com)", "address": "a@example.com"},
        ],
        "businessAddress": {"street": "Way 1\nDoor 2", "city": "Bonn", "postalCode": "53111"},
        "homeAddress": {"city": "Köln", "countryOrRegion": "Germany"},
        "otherAddress": {},
        "businessHomePage": "https://example.org",
        "children": ["Dora", "Emil"],
        "categories": ["A"],
        "personalNotes": "One\nTwo\n",
        "birthday": "1980-02-29T11:59:00Z",
        "createdDateTime": "2024-01-02T03:04:05Z",
    }
    found = _back(tmp_path, Service.CONTACTS, plain, {PHOTO: b"\xff\xd8photo"})
    after = json.loads(found.data)
    assert after == {**plain, "id": after["id"]}
    assert found.parts == {PHOTO: b"\xff\xd8photo"}


def test_a_group_has_its_members(tmp_path: Path) -> None:
    members = [{"name": "Anna", "address": "a@example.org"}, {"name": "b@example.org", "address": "b@example.org"}]
    plain = {"id": "group", "displayName": "All", "members": members, "personalNotes": "Us", "categories": ["A"]}
    after = json.loads(_back(tmp_path, Service.CONTACTS, plain).data)
    assert {name: after[name] for name in plain if name != "id"} == {n: v for n, v in plain.items() if n != "id"}


def test_a_task_and_a_note_are_whole(tmp_path: Path) -> None:
    plain = {
        "@odata.type": "#microsoft.graph.todoTask",
        "id": "task",
        "title": "Do",
        "status": "waitingOnOthers",
        "importance": "low",
        "body": {"contentType": "text", "content": "this\nand that"},
        "startDateTime": {"dateTime": "2024-05-01T00:00:00.0000000", "timeZone": "UTC"},
        "dueDateTime": {"dateTime": "2024-05-06T00:00:00.0000000", "timeZone": "UTC"},
        "isReminderOn": True,
        "reminderDateTime": {"dateTime": "2024-05-05T07:30:00.0000000", "timeZone": "UTC"},
        "categories": ["A"],
        "recurrence": {
            "pattern": {"type": "relativeMonthly", "interval": 2, "daysOfWeek": ["friday"], "index": "last"},
            "range": {
                "type": "endDate",
                "startDate": "2024-05-31",
                "endDate": "2025-01-01",
                "recurrenceTimeZone": "UTC",
            },
        },
        "createdDateTime": "2024-01-02T03:04:05Z",
        "hasAttachments": True,
        "attachments": [
            {
                "@odata.type": "#microsoft.graph.taskFileAttachment",
                "id": "task-1",
                "name": "ü.txt",
                "contentType": "text/plain",
                "size": 2,
                "isInline": False,
            }
        ],
    }
    found = _back(tmp_path, Service.TASKS, plain, {"attachment/task-1": b"hi"})
    after = json.loads(found.data)
    assert after == _with_id(plain, after["id"]) | {
        "@odata.type": plain["@odata.type"],
        "attachments": after["attachments"],
    }
    assert [{**one, "id": "task-1"} for one in after["attachments"]] == plain["attachments"]
    assert list(found.parts.values()) == [b"hi"]


def test_a_note_is_whole(tmp_path: Path) -> None:
    looks = {"8B00": "4", "8B02": "300", "8B03": "200", "8B04": "10", "8B05": "20"}
    plain = {
        "id": "note",
        "subject": "Remember",
        "body": {"contentType": "text", "content": "Remember\nthe milk"},
        "categories": ["A"],
        "importance": "normal",
        "hasAttachments": False,
        "createdDateTime": "2024-01-02T03:04:05Z",
        "singleValueExtendedProperties": [
            *(
                {"id": f"Integer {{0006200E-0000-0000-C000-000000000046}} Id 0x{number}", "value": value}
                for number, value in looks.items()
            ),
            {"id": "String 0x001A", "value": "IPM.StickyNote"},
        ],
    }
    found = _back(tmp_path, Service.NOTES, plain)
    after = json.loads(found.data)
    assert after == {name: value for name, value in plain.items() if name != "id"}
    assert found.facets["updated"] == "2024-01-02T03:04:05Z"
    assert timedelta(seconds=found.time or 0) == timedelta(seconds=1704164645)
