"""What Graph tells of events, tasks and notes goes into calendars and comes back equal."""

import io
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saasbackup_desktop.core.errors import BodyDamaged, FormatUnfit
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.formats import content_lines
from saasbackup_desktop.providers.formats.aside import aside
from saasbackup_desktop.providers.formats.ical.defined import defined
from saasbackup_desktop.providers.formats.ical.reading import Read, read_calendar
from saasbackup_desktop.providers.formats.ical.writing.definitions import definition
from saasbackup_desktop.providers.formats.ical.writing.events import write_event
from saasbackup_desktop.providers.formats.ical.writing.lines import Sheet
from saasbackup_desktop.providers.formats.ical.writing.notes import write_note
from saasbackup_desktop.providers.formats.ical.writing.tasks import write_task
from saasbackup_desktop.providers.microsoft.calendar import composing
from tests.corpora import Corpora
from tests.unit.providers.files.entries import SHARE

ID = "0123456789abcdef0123456789abcdef"
PERSON = {"emailAddress": {"name": "Ada, L.", "address": "ada@example.org"}}
SERIES = {
    "id": ID,
    "@odata.type": "#microsoft.graph.event",
    "type": "seriesMaster",
    "iCalUId": "040000008200E00074C5B7101A82E008",
    "subject": "Plan; with, signs\\ and ünïcödé 🧮",
    "body": {"contentType": "html", "content": "<p>Hello,<br>\r\nworld</p>"},
    "start": {"dateTime": "2026-01-05T08:00:00.0000000", "timeZone": "UTC"},
    "end": {"dateTime": "2026-01-05T09:00:00.0000000", "timeZone": "UTC"},
    "originalStartTimeZone": "W. Europe Standard Time",
    "originalEndTimeZone": "W. Europe Standard Time",
    "isAllDay": False,
    "showAs": "oof",
    "sensitivity": "personal",
    "importance": "low",
    "isReminderOn": True,
    "reminderMinutesBeforeStart": 1440,
    "isOnlineMeeting": True,
    "onlineMeetingProvider": "teamsForBusiness",
    "onlineMeeting": {"joinUrl": "https://teams.example.org/l/meetup?a=1,2;3", "conferenceId": "42"},
    "location": {"displayName": "Room 1", "locationType": "default", "uniqueId": "Room 1", "uniqueIdType": "private"},
    "locations": [
        {"displayName": "Room 1", "address": {"city": "Berlin"}},
        {"displayName": "Room 2"},
    ],
    "categories": ["Red", "A, b"],
    "organizer": PERSON,
    "isOrganizer": False,
    "responseRequested": False,
    "allowNewTimeProposals": False,
    "responseStatus": {"response": "accepted", "time": "2025-12-01T00:00:00Z"},
    "attendees": [
        {**PERSON, "type": "required", "status": {"response": "organizer", "time": "0001-01-01T00:00:00Z"}},
        {
            "type": "resource",
            "status": {"response": "accepted", "time": "2025-12-01T10:00:00Z"},
            "emailAddress": {"name": "Room 1", "address": "room+1@example.org"},
        },
        {
            "type": "optional",
            "status": {"response": "none", "time": "0001-01-01T00:00:00Z"},
            "emailAddress": {"name": "bob@example.org", "address": "bob@example.org"},
        },
    ],
    "recurrence": {
        "pattern": {
            "type": "weekly",
            "interval": 2,
            "daysOfWeek": ["monday", "wednesday"],
            "firstDayOfWeek": "sunday",
            "dayOfMonth": 0,
            "index": "first",
            "month": 0,
        },
        "range": {
            "type": "endDate",
            "startDate": "2026-01-05",
            "endDate": "2026-06-30",
            "recurrenceTimeZone": "W. Europe Standard Time",
            "numberOfOccurrences": 0,
        },
    },
    "cancelledOccurrences": [f"OID.{ID}.2026-04-01"],
    "exceptionOccurrences": [
        {
            "id": "x",
            "type": "exception",
            "subject": "Moved",
            "originalStart": "2026-03-30T07:00:00Z",
            "start": {"dateTime": "2026-03-31T07:00:00.0000000", "timeZone": "UTC"},
            "end": {"dateTime": "2026-03-31T08:30:00.0000000", "timeZone": "UTC"},
            "originalStartTimeZone": "W. Europe Standard Time",
            "originalEndTimeZone": "W. Europe Standard Time",
            "isCancelled": True,
            "body": {"contentType": "text", "content": "Other text"},
            "attachments": [
                {"@odata.type": "#microsoft.graph.fileAttachment", "id": "f2", "name": "b.txt", "contentType": "a/b"}
            ],
        }
    ],
    "attachments": [
        {"@odata.type": "#microsoft.graph.fileAttachment", "id": "f1", "name": "a, b.txt", "contentType": "text/plain"},
        {"@odata.type": "#microsoft.graph.itemAttachment", "id": "f3", "name": "A mail"},
        {"@odata.type": "#microsoft.graph.fileAttachment", "id": "f4", "name": "gone.txt"},
        {"@odata.type": "#microsoft.graph.referenceAttachment", "id": "f5", "name": "linked.docx"},
    ],
}


def written(service: Service, plain: Mapping[str, Any], parts: Mapping[str, bytes]) -> tuple[bytes, list[str]]:
    sink = io.BytesIO()
    sheet = Sheet(sink)
    held = {name: (lambda data=data: iter((data[:7], data[7:]))) for name, data in parts.items()}
    match service:
        case Service.CALENDAR:
            write_event(sheet, plain, held)
        case Service.TASKS:
            write_task(sheet, plain, held)
        case _:
            write_note(sheet, plain, held, "n")
    zones = b"".join(map(definition, sheet.zones))
    head = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n"
    return b"".join((head, zones, sink.getvalue(), b"END:VCALENDAR\r\n")), sheet.lost


def back(text: bytes) -> Read:
    calendar = read_calendar(text)
    assert calendar is not None
    (one,) = calendar.items()
    assert isinstance(one, Read)
    return one


def test_a_series_comes_back_equal() -> None:
    text, lost = written(Service.CALENDAR, SERIES, {"attachment/f1": b"x" * 200, "attachment/f2": b"two"})
    assert set(lost) == {"aside:sensitivity", "attached-item", "file-missing", "linked-file"}
    one = back(text)
    assert not list(aside(SERIES, one.plain))
    assert composing.wanted(one.plain) == composing.wanted(SERIES)
    assert one.plain["cancelledOccurrences"] == SERIES["cancelledOccurrences"] or one.plain["cancelledOccurrences"] == [
        f"OID.{one.plain['id']}.2026-04-01"
    ]
    (ours,), (theirs,) = SERIES["exceptionOccurrences"], one.plain["exceptionOccurrences"]  # type: ignore[misc]
    assert not list(aside(ours, theirs))
    assert composing.wanted(theirs) == composing.wanted(ours)
    assert composing.original_start(theirs) == composing.original_start(ours)
    assert sorted(data for name, data in one.parts.items() if name.startswith("attachment/")) == [b"two", b"x" * 200]
    read = icalendar.Calendar.from_ical(text)
    events = read.walk("VEVENT")
    assert [str(event["SUMMARY"]) for event in events] == [SERIES["subject"], "Moved"]
    assert events[0]["DTSTART"].dt == datetime(2026, 1, 5, 9, tzinfo=ZoneInfo("Europe/Berlin"))
    assert events[0]["EXDATE"].dts[0].dt == datetime(2026, 4, 1, 9, tzinfo=ZoneInfo("Europe/Berlin"))
    assert events[1]["RECURRENCE-ID"].dt == datetime(2026, 3, 30, 9, tzinfo=ZoneInfo("Europe/Berlin"))
    assert max(map(len, text.split(b"\r\n"))) <= 75


def test_whole_days_keep_their_days() -> None:
    plain = {
        "id": ID,
        "subject": "Days",
        "isAllDay": True,
        "start": {"dateTime": "2026-05-01T00:00:00.0000000", "timeZone": "UTC"},
        "end": {"dateTime": "2026-05-03T00:00:00.0000000", "timeZone": "UTC"},
        "originalStartTimeZone": "Tokyo Standard Time",
        "recurrence": {
            "pattern": {"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 31},
            "range": {"type": "endDate", "startDate": "2026-05-01", "endDate": "2027-01-01"},
        },
        "cancelledOccurrences": [f"OID.{ID}.2026-06-30"],
    }
    text, lost = written(Service.CALENDAR, plain, {})
    assert b"DTSTART;VALUE=DATE:20260501\r\nDTEND;VALUE=DATE:20260503\r\n" in text
    assert b"RRULE:FREQ=MONTHLY;BYMONTHDAY=-1;UNTIL=20270101\r\nEXDATE;VALUE=DATE:20260630\r\n" in text
    assert not lost
    assert not list(aside(plain, back(text).plain))


def test_tasks_and_notes_come_back_equal() -> None:
    task = {
        "id": ID,
        "title": "Move",
        "status": "waitingOnOthers",
        "importance": "high",
        "dueDateTime": {"dateTime": "2026-03-01T00:00:00.0000000", "timeZone": "UTC"},
        "reminderDateTime": {"dateTime": "2026-02-28T08:00:00.0000000", "timeZone": "UTC"},
        "isReminderOn": True,
        "body": {"contentType": "text", "content": "By van"},
        "recurrence": {
            "pattern": {"type": "daily", "interval": 2},
            "range": {"type": "noEnd", "startDate": "2026-03-01"},
        },
        "checklistItems": [
            {"id": "s1", "displayName": "Pack", "isChecked": True, "checkedDateTime": "2026-02-01T00:00:00Z"},
            {"id": "s2", "displayName": "Paint", "isChecked": False},
        ],
        "linkedResources": [{"id": "l", "webUrl": "https://example.org", "applicationName": "Mail"}],
        "categories": ["Home"],
        "attachments": [{"@odata.type": "#microsoft.graph.taskFileAttachment", "id": "f", "name": "a.bin"}],
    }
    text, lost = written(Service.TASKS, task, {"attachment/f": bytes(range(256))})
    assert lost == ["aside:linkedResources", "aside:status"]
    one = back(text)
    assert not list(aside(task, one.plain))
    assert one.plain["checklistItems"] == task["checklistItems"]
    assert bytes(range(256)) in one.parts.values()
    assert len(icalendar.Calendar.from_ical(text).walk("VTODO")) == 3
    note = {
        "id": ID,
        "subject": "Thought",
        "body": {"contentType": "text", "content": "Thought\nand more"},
        "createdDateTime": "2026-01-01T00:00:00Z",
        "singleValueExtendedProperties": [
            {"id": "String 0x001A", "value": "IPM.StickyNote"},
            {"id": "c", "value": "3"},
        ],
    }
    text, lost = written(Service.NOTES, note, {})
    assert not lost
    assert not list(aside(note, back(text).plain))


def test_what_has_no_beginning_fits_in_no_calendar() -> None:
    with pytest.raises(FormatUnfit):
        written(Service.CALENDAR, {"id": "1", "subject": "When?"}, {})


def test_a_damaged_file_is_left_out_and_listed() -> None:
    def broken() -> Any:
        yield b"half"
        raise BodyDamaged("damaged")

    sink = io.BytesIO()
    sheet = Sheet(sink)
    write_event(sheet, SERIES, {"attachment/f1": broken, "attachment/f2": lambda: iter((b"two",))})
    assert "attachment-damaged" in sheet.lost
    assert sink.getvalue().count(b"ATTACH") == 1


@pytest.mark.parametrize(
    "name",
    ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Africa/Casablanca", "Australia/Lord_Howe", "Asia/Jerusalem"],
)
def test_zones_are_defined_as_they_are(name: str) -> None:
    text = definition(name)
    component = content_lines.component(text, content_lines.spans(text)[0])
    own = defined(component)
    assert own is not None
    zone = ZoneInfo(name)
    moment = datetime(1975, 1, 1, 1, 30)
    while moment < datetime(2037, 12, 1):
        assert own.offset_at(moment) == moment.replace(tzinfo=UTC).astimezone(zone).utcoffset(), moment
        moment += timedelta(days=11, hours=7)


@settings(max_examples=60, deadline=None)
@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1)).map(lambda when: when.replace(microsecond=0)),
    st.sampled_from(("UTC", "Pacific Standard Time", "GMT Standard Time", "Lord Howe Standard Time", "Asia/Tokyo")),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=80),
)
def test_any_moment_and_text_comes_back(when: datetime, zone: str, text: str) -> None:
    plain = {
        "id": ID,
        "subject": text,
        "body": {"contentType": "text", "content": text},
        "start": {"dateTime": f"{when.isoformat()}.0000000", "timeZone": "UTC"},
        "end": {"dateTime": f"{(when + timedelta(minutes=45)).isoformat()}.0000000", "timeZone": "UTC"},
        "originalStartTimeZone": zone,
        "categories": [text] if text.strip() else [],
    }
    data, _ = written(Service.CALENDAR, plain, {})
    one = back(data)
    assert one.plain["start"] == plain["start"]
    assert one.plain["end"] == plain["end"]
    assert one.plain["subject"] == text.strip()
    assert one.plain["body"]["content"] == text


def test_samples_go_both_ways(corpora: Corpora) -> None:
    """Each is written and read again without a difference, and icalendar takes what was written."""
    count = 0
    for sample in [one for one in corpora.samples("ical") if one.path.suffix == ".ics"][::SHARE]:
        calendar = read_calendar(sample.read())
        for one in calendar.items() if calendar is not None else ():
            if not isinstance(one, Read):
                continue
            text, _ = written(one.service, one.plain, one.parts)
            icalendar.Calendar.from_ical(text)
            again = back(text)
            assert again.plain == one.plain, sample.name
            files = {name: data for name, data in again.parts.items() if name.startswith("attachment/")}
            assert files == {name: data for name, data in one.parts.items() if name.startswith("attachment/")}
            assert written(again.service, again.plain, again.parts)[0] == text
            count += 1
    assert count
