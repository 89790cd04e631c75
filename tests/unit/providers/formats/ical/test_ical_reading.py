"""Calendars of other programs become what Graph would tell of them."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.formats.graph import events, tasks
from saasbackup_desktop.providers.formats.ical.reading import Read, Unread, read_calendar

NEW_YORK = """BEGIN:VTIMEZONE
TZID:Company time
BEGIN:DAYLIGHT
DTSTART:20070311T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:20071104T020000
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
END:STANDARD
END:VTIMEZONE
"""


def items(text: str | bytes, zone: str = "") -> list[Read | Unread]:
    data = text.encode() if isinstance(text, str) else text
    calendar = read_calendar(data, zone)
    assert calendar is not None
    return list(calendar.items())


def single(lines: str, before: str = "", kind: str = "VEVENT") -> Read:
    found = items(f"BEGIN:VCALENDAR\nVERSION:2.0\n{before}BEGIN:{kind}\nUID:1\n{lines}\nEND:{kind}\nEND:VCALENDAR\n")
    assert len(found) == 1
    one = found[0]
    assert isinstance(one, Read)
    return one


def test_a_meeting_says_who_when_where_and_how_often() -> None:
    one = single(
        "SUMMARY:Plan\\, and more\nDTSTART;TZID=Europe/Berlin:20260105T090000\n"
        "DTEND;TZID=Europe/Berlin:20260105T100000\n"
        "RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20260331T215959Z\nEXDATE;TZID=Europe/Berlin:20260107T090000\n"
        "LOCATION:Room 1\nGEO:52.5;13.4\nORGANIZER;CN=Ada:mailto:ada@example.org\n"
        'ATTENDEE;CN="Bob, B.";ROLE=OPT-PARTICIPANT;PARTSTAT=ACCEPTED:mailto:bob@example.org\n'
        "CLASS:PRIVATE\nPRIORITY:1\nTRANSP:TRANSPARENT\nCATEGORIES:Red,Blue\\, dark\nDESCRIPTION:Line 1\\nLine 2\n"
        "BEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:-PT15M\nEND:VALARM"
    )
    plain = one.plain
    assert not one.lost
    assert plain["subject"] == "Plan, and more"
    assert plain["start"] == {"dateTime": "2026-01-05T08:00:00.0000000", "timeZone": "UTC"}
    assert plain["originalStartTimeZone"] == "Europe/Berlin"
    assert plain["recurrence"] == {
        "pattern": {
            "type": "weekly",
            "interval": 1,
            "daysOfWeek": ["monday", "wednesday"],
            "firstDayOfWeek": "monday",
        },
        "range": {
            "type": "endDate",
            "startDate": "2026-01-05",
            "endDate": "2026-03-31",
            "recurrenceTimeZone": "Europe/Berlin",
        },
    }
    assert plain["cancelledOccurrences"] == [f"OID.{plain['id']}.2026-01-07"]
    assert plain["location"]["coordinates"] == {"latitude": 52.5, "longitude": 13.4}
    assert plain["attendees"] == [
        {
            "type": "optional",
            "status": {"response": "accepted", "time": "0001-01-01T00:00:00Z"},
            "emailAddress": {"name": "Bob, B.", "address": "bob@example.org"},
        }
    ]
    assert (plain["sensitivity"], plain["importance"], plain["showAs"]) == ("private", "high", "free")
    assert plain["categories"] == ["Red", "Blue, dark"]
    assert plain["body"] == {"contentType": "text", "content": "Line 1\nLine 2"}
    assert (plain["isReminderOn"], plain["reminderMinutesBeforeStart"]) == (True, 15)
    assert events.card(plain).title == "Plan, and more"


def test_what_departs_from_a_series_lies_in_it_wherever_it_stands() -> None:
    text = (
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:s\nRECURRENCE-ID:20260102T090000Z\nDTSTART:20260102T110000Z\n"
        "SUMMARY:Moved\nEND:VEVENT\nBEGIN:VEVENT\nUID:s\nDTSTART:20260101T090000Z\nRRULE:FREQ=DAILY;COUNT=5\n"
        "SUMMARY:Series\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    (one,) = items(text)
    assert isinstance(one, Read)
    (moved,) = one.plain["exceptionOccurrences"]
    assert (moved["subject"], moved["originalStart"], moved["type"]) == ("Moved", "2026-01-02T09:00:00Z", "exception")
    assert one.parts["original.ics"].count(b"BEGIN:VEVENT") == 2


def test_a_change_without_its_series_is_an_event_of_its_own() -> None:
    text = (
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:s\nRECURRENCE-ID:20260102T090000Z\nDTSTART:20260102T110000Z\nEND:VEVENT\n"
        "BEGIN:VEVENT\nUID:s\nRECURRENCE-ID:20260103T090000Z\nDTSTART:20260103T110000Z\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    found = items(text)
    assert len({one.uid for one in found}) == 2
    assert all(isinstance(one, Read) and one.plain["type"] == "singleInstance" for one in found)


def test_a_day_stays_that_day() -> None:
    one = single("DTSTART;VALUE=DATE:20260501\nSUMMARY:Holiday")
    assert one.plain["isAllDay"] is True
    assert one.plain["start"]["dateTime"] == "2026-05-01T00:00:00.0000000"
    assert one.plain["end"]["dateTime"] == "2026-05-02T00:00:00.0000000"


@pytest.mark.parametrize(
    "name",
    [
        "/mozilla.org/20050126_1/America/New_York",
        "/America/New_York",
        "Eastern Standard Time",
        "america/new_york",
        "US-Eastern",
        "Company time",
        '"(UTC-05:00) Toronto, New York"',
    ],
)
def test_zones_are_known_by_many_names(name: str) -> None:
    one = single(f"DTSTART;TZID={name}:20260701T090000", NEW_YORK)
    assert one.plain["start"]["dateTime"] == "2026-07-01T13:00:00.0000000"
    assert one.plain["originalStartTimeZone"] in ("America/New_York", "Eastern Standard Time", "US/Eastern")
    assert not one.lost


def test_a_zone_of_its_own_is_reckoned_and_listed() -> None:
    own = NEW_YORK.replace("-0500", "-0523").replace("-0400", "-0423")
    one = single("DTSTART;TZID=Company time:20260701T090000", own)
    assert one.plain["start"]["dateTime"] == "2026-07-01T13:23:00.0000000"
    assert one.lost == ("zone-unknown",)


def test_times_in_no_zone_are_in_the_calendars() -> None:
    (one,) = items(
        "BEGIN:VCALENDAR\nX-WR-TIMEZONE:Asia/Tokyo\nBEGIN:VEVENT\nUID:1\nDTSTART:20260101T090000\nEND:VEVENT\nEND:VCALENDAR"
    )
    assert isinstance(one, Read)
    assert one.plain["start"]["dateTime"] == "2026-01-01T00:00:00.0000000"
    assert one.lost == ("floating-time",)


@pytest.mark.parametrize(
    ("rule", "pattern"),
    [
        ("FREQ=DAILY;INTERVAL=3", {"type": "daily", "interval": 3}),
        (
            "FREQ=MONTHLY;BYDAY=-1FR",
            {"type": "relativeMonthly", "interval": 1, "daysOfWeek": ["friday"], "index": "last"},
        ),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1",
            {
                "type": "relativeMonthly",
                "interval": 1,
                "daysOfWeek": ["monday", "tuesday", "wednesday", "thursday", "friday"],
                "index": "first",
            },
        ),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", {"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 31}),
        (
            "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1",
            {"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 30},
        ),
        ("FREQ=YEARLY", {"type": "absoluteYearly", "interval": 1, "dayOfMonth": 1, "month": 1}),
        (
            "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH",
            {"type": "relativeYearly", "interval": 1, "daysOfWeek": ["thursday"], "index": "fourth", "month": 11},
        ),
    ],
)
def test_rules_become_patterns(rule: str, pattern: dict[str, Any]) -> None:
    one = single(f"DTSTART:20260101T090000Z\nRRULE:{rule}")
    assert one.plain["recurrence"]["pattern"] == pattern
    assert not one.lost


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=HOURLY",
        "FREQ=WEEKLY;BYDAY=2MO",
        "FREQ=YEARLY;BYWEEKNO=20;WKST=SU",
        "FREQ=YEARLY;RSCALE=CHINESE;COUNT=3",
        "FREQ=DAILY;INTERVAL=" + "9" * 5000,
        "nonsense",
    ],
)
def test_a_rule_without_a_pattern_is_listed(rule: str) -> None:
    one = single(f"DTSTART:20260101T090000Z\nRRULE:{rule}")
    assert "recurrence" not in one.plain
    assert one.lost == ("recurrence",)


@pytest.mark.parametrize(
    ("former", "modern"),
    [
        ("D2 #10", "FREQ=DAILY;INTERVAL=2;COUNT=10"),
        ("W1 MO WE 20260331T000000Z", "FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20260331T000000Z"),
        ("MP1 1- FR #0", "FREQ=MONTHLY;BYDAY=-1FR"),
        ("MP3 2+ TU #4", "FREQ=MONTHLY;INTERVAL=3;BYDAY=2TU;COUNT=4"),
        ("MD1 LD #0", "FREQ=MONTHLY;BYMONTHDAY=-1"),
        ("YM1 6 #0", "FREQ=YEARLY;BYMONTH=6"),
        ("D1", "FREQ=DAILY;COUNT=2"),
    ],
)
def test_former_rules_are_understood(former: str, modern: str) -> None:
    old = single(f"DTSTART:20260101T090000Z\nRRULE:{former}\nDALARM:20260101T084500Z;;;Now").plain
    assert old["recurrence"] == single(f"DTSTART:20260101T090000Z\nRRULE:{modern}").plain["recurrence"]
    assert old["reminderMinutesBeforeStart"] == 15


def test_files_come_along() -> None:
    one = single(
        "DTSTART:20260101T090000Z\nATTACH;FMTTYPE=text/plain;FILENAME=a.txt;ENCODING=BASE64;VALUE=BINARY:aGVsbG8=\n"
        "ATTACH:https://example.org/b.pdf\nATTACH;ENCODING=BASE64;VALUE=BINARY:###"
    )
    file, link = one.plain["attachments"]
    assert one.parts[f"attachment/{file['id']}"] == b"hello"
    assert (file["name"], file["contentType"], file["size"]) == ("a.txt", "text/plain", 5)
    assert link["sourceUrl"] == "https://example.org/b.pdf"
    assert one.lost == ("file-unreadable",)


def test_tasks_have_steps() -> None:
    text = (
        "BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:t\nSUMMARY:Move\nDUE;VALUE=DATE:20260301\nSTATUS:IN-PROCESS\n"
        "BEGIN:VALARM\nACTION:DISPLAY\nTRIGGER;VALUE=DATE-TIME:20260228T080000Z\nEND:VALARM\nEND:VTODO\n"
        "BEGIN:VTODO\nUID:u\nSUMMARY:Pack\nSTATUS:COMPLETED\nRELATED-TO:t\nEND:VTODO\n"
        "BEGIN:VTODO\nUID:v\nSUMMARY:Paint\nDUE;VALUE=DATE:20260401\nRELATED-TO:t\nEND:VTODO\nEND:VCALENDAR\n"
    )
    first, second = items(text)
    assert isinstance(first, Read)
    assert first.service is Service.TASKS
    assert first.plain["checklistItems"] == [{"id": "u", "displayName": "Pack", "isChecked": True}]
    assert first.plain["dueDateTime"] == {"dateTime": "2026-03-01T00:00:00.0000000", "timeZone": "UTC"}
    assert first.plain["reminderDateTime"]["dateTime"] == "2026-02-28T08:00:00.0000000"
    assert tasks.card(first.plain).title == "Move"
    assert isinstance(second, Read)
    assert second.plain["title"] == "Paint"


def test_a_journal_is_a_note() -> None:
    one = single("SUMMARY:Thought\nDESCRIPTION:Long\nDTSTART;VALUE=DATE:20260301", kind="VJOURNAL")
    assert one.service is Service.NOTES
    assert one.plain["body"]["content"] == "Long"


def test_the_original_keeps_every_byte_that_concerns_it() -> None:
    event = b"BEGIN:VEVENT\r\nUID:x\r\nSUMMARY:Caf\xc3\xa9 lo\r\n ng\r\n"
    event += b"DTSTART;TZID=Company time:20260101T000000\r\nEND:VEVENT\r\n"
    other = b"BEGIN:VEVENT\r\nUID:y\r\nDTSTART:20260101T000000Z\r\nEND:VEVENT\r\n"
    zone = NEW_YORK.replace("\n", "\r\n").encode()
    data = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:p\r\n" + zone + event + other + b"END:VCALENDAR\r\n"
    first, second = items(data)
    assert isinstance(first, Read)
    assert isinstance(second, Read)
    head = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:p\r\n"
    assert first.parts["original.ics"] == head + zone + event + b"END:VCALENDAR\r\n"
    assert second.parts["original.ics"] == head + other + b"END:VCALENDAR\r\n"


def test_bad_files_are_read_as_far_as_they_go() -> None:
    found = items(
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nno line\nDTSTART:20260101T000000Z\nBEGIN:VALARM\nACTION:DISPLAY\n"
    )
    (one,) = found
    assert isinstance(one, Read)
    assert set(one.lost) == {"truncated", "lines-unread"}
    (unread,) = items("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:When?\nDTSTART:soon\nEND:VEVENT\nEND:VCALENDAR")
    assert unread == Unread(service=Service.CALENDAR, uid="1", name="When?", code="date-unreadable")
    assert read_calendar(b"From: nobody\n\nHello") is None


def test_the_same_twice_is_there_once_the_newest() -> None:
    text = "BEGIN:VCALENDAR\n" + "".join(
        f"BEGIN:VEVENT\nUID:1\nSEQUENCE:{number}\nSUMMARY:Version {number}\nDTSTART:20260101T000000Z\nEND:VEVENT\n"
        for number in (2, 10, 1)
    )
    (one,) = items(text + "END:VCALENDAR\n")
    assert isinstance(one, Read)
    assert one.plain["subject"] == "Version 10"
    assert "duplicate" in one.lost


PROPERTIES = (
    "DTSTART",
    "DTEND",
    "DURATION",
    "RRULE",
    "EXDATE",
    "RECURRENCE-ID",
    "ATTENDEE",
    "ATTACH",
    "TRIGGER",
    "GEO",
)
LINE = st.builds(
    lambda name, rest, value: f"{name}{rest}:{value}",
    st.sampled_from((*PROPERTIES, "UID", "BEGIN", "END", "X-GRAPH-PROPERTY", "TZID", "RDATE", "CATEGORIES")),
    st.sampled_from(("", ";TZID=X", ";VALUE=DATE", ";ENCODING=BASE64", ';A="b', ";NAME=recurrence", ";=;")),
    st.one_of(
        st.sampled_from(
            (
                "VEVENT",
                "VALARM",
                "VTIMEZONE",
                "VTODO",
                "STANDARD",
                "99991231T235959Z",
                "00010101",
                "20260101T090000",
                "P9W",
            )
        ),
        st.sampled_from(("FREQ=WEEKLY;COUNT=3", "FREQ=YEARLY;BYMONTH=0", "-PT99999999H", "{}", "[1]", "=?", "1;2")),
        st.text(max_size=20),
    ),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(LINE, max_size=25))
def test_nothing_makes_reading_fail(lines: list[str]) -> None:
    text = "\n".join(["BEGIN:VCALENDAR", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR"])
    calendar = read_calendar(text.encode("utf-8", "replace"))
    assert calendar is not None
    for one in calendar.items():
        if isinstance(one, Read):
            codec.dumps(one.plain).encode()
