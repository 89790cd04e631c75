"""What becomes of events, in series and alone."""

import json
import struct
from datetime import UTC, datetime
from typing import Any

import pytest

from saasbackup_desktop.providers.files.mapi import losses, tags
from saasbackup_desktop.providers.files.mapi.attached_items import item_within
from saasbackup_desktop.providers.files.mapi.enclosures import Part
from saasbackup_desktop.providers.files.mapi.events import event
from saasbackup_desktop.providers.files.pst.model import Message
from saasbackup_desktop.providers.files.pst.values import Unfit

_UID = (
    "040000008200E00074C5B7101A82E00800000000B6E0066E0E77CC01000000000000000010000000137EBF3E1822434C9B5C059F50C395B1"
)


def _at(when: str, zone: str = "UTC") -> dict[str, str]:
    return {"dateTime": f"{when}.0000000", "timeZone": zone}


def _event(**more: Any) -> dict[str, Any]:
    return {
        "@odata.type": "#microsoft.graph.event",
        "id": "AAA",
        "iCalUId": _UID,
        "type": "singleInstance",
        "subject": "Engines  and looms",
        "body": {"contentType": "html", "content": "<html><body><p>Bring cards</p></body></html>"},
        "start": _at("2024-05-06T07:00:00"),
        "end": _at("2024-05-06T08:30:00"),
        "originalStartTimeZone": "W. Europe Standard Time",
        "originalEndTimeZone": "W. Europe Standard Time",
        "location": {"displayName": "Hall 1"},
        "showAs": "tentative",
        "importance": "high",
        "sensitivity": "private",
        "isReminderOn": True,
        "reminderMinutesBeforeStart": 20,
        "categories": ["Red", "Blue"],
        "createdDateTime": "2024-01-02T03:04:05.6780000Z",
        **more,
    }


def _made(plain: dict[str, Any], **parts: bytes) -> Message:
    return event(
        plain,
        {name.replace("_", "/"): Part(lambda data=data: iter((data,)), len(data)) for name, data in parts.items()},  # type: ignore[misc]
        item_within,
    )


def _utc(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)  # type: ignore[misc,arg-type]


def test_one_event() -> None:
    item = _made(_event())
    said = item.properties
    assert item.losses == ()
    assert said[tags.MESSAGE_CLASS] == "IPM.Appointment"
    assert said[tags.SUBJECT] == "Engines  and looms"
    assert said[tags.START] == said[tags.COMMON_START] == said[tags.CLIP_START] == _utc(2024, 5, 6, 7)
    assert said[tags.END] == said[tags.COMMON_END] == said[tags.END_DATE] == _utc(2024, 5, 6, 8, 30)
    assert said[tags.DURATION] == 90
    assert (said[tags.BUSY], said[tags.IMPORTANCE], said[tags.SENSITIVITY], said[tags.PRIVATE]) == (1, 2, 2, True)
    assert said[tags.LOCATION] == "Hall 1"
    assert said[tags.KEYWORDS] == ("Red", "Blue")
    assert said[tags.BODY] == "Bring cards"
    assert (said[tags.REMINDER_SET], said[tags.REMINDER_DELTA]) == (True, 20)
    assert said[tags.REMINDER_SIGNAL] == _utc(2024, 5, 6, 6, 40)
    assert said[tags.GLOBAL_ID] == said[tags.CLEAN_GLOBAL_ID] == bytes.fromhex(_UID)
    assert said[tags.CREATED] == _utc(2024, 1, 2, 3, 4, 5, 678_000)
    assert "W. Europe Standard Time".encode("utf-16-le") in bytes(said[tags.ZONE_OF_START])  # type: ignore[arg-type]
    assert (said[tags.RECURRING], said[tags.ICON], said[tags.APPOINTMENT_STATE]) == (False, 0x400, 0)
    assert tags.SERIES not in said


def test_whole_days_are_the_days_of_their_zone() -> None:
    said = _made(
        _event(isAllDay=True, start=_at("2024-05-06T00:00:00"), end=_at("2024-05-08T00:00:00"), isReminderOn=False)
    ).properties
    assert (said[tags.START], said[tags.END]) == (_utc(2024, 5, 5, 22), _utc(2024, 5, 7, 22))
    assert (said[tags.ALL_DAY], said[tags.DURATION], said[tags.REMINDER_SET]) == (True, 2880, False)


def test_a_zone_that_nobody_knows() -> None:
    item = _made(_event(originalStartTimeZone="tzone://Microsoft/Custom"))
    assert item.losses == (losses.ZONE_UNKNOWN,)
    assert item.properties[tags.START] == _utc(2024, 5, 6, 7)


def test_a_meeting() -> None:
    item = _made(
        _event(
            isOrganizer=False,
            organizer={"emailAddress": {"name": "Ada", "address": "ada@b.example"}},
            responseStatus={"response": "tentativelyAccepted", "time": "2024-05-01T00:00:00Z"},
            attendees=[
                {
                    "type": "required",
                    "status": {"response": "accepted", "time": "2024-05-02T10:00:00Z"},
                    "emailAddress": {"name": "Bea", "address": "bea@b.example"},
                },
                {
                    "type": "optional",
                    "status": {"response": "none", "time": "0001-01-01T00:00:00Z"},
                    "emailAddress": {"name": "Cid", "address": "cid@b.example"},
                },
                {"type": "resource", "emailAddress": {"address": "hall@b.example"}},
            ],
            allowNewTimeProposals=False,
            isCancelled=True,
            isOnlineMeeting=True,
            onlineMeeting={"joinUrl": "https://meet.example/1"},
            onlineMeetingProvider="teamsForBusiness",
        )
    )
    said = item.properties
    assert said[tags.APPOINTMENT_STATE] == 7
    assert (said[tags.RESPONSE], said[tags.INVITED], said[tags.NO_PROPOSALS]) == (2, False, True)
    assert said[tags.SENDER_SMTP] == said[tags.SENT_REPRESENTING_SMTP] == "ada@b.example"
    assert said[tags.ATTENDEES] == "Bea; Cid; hall@b.example"
    assert (said[tags.ATTENDEES_TO], said[tags.ATTENDEES_CC]) == ("Bea", "Cid")
    assert said[tags.MEETING_LINK] == "https://meet.example/1"
    assert item.losses == (losses.DETAILS_OF_MEETING,)
    people = [
        (
            one.properties[tags.SMTP_ADDRESS],
            one.properties[tags.RECIPIENT_TYPE],
            one.properties[tags.RECIPIENT_FLAGS],
            one.properties[tags.RECIPIENT_ANSWER],
        )
        for one in item.recipients
    ]
    assert people == [
        ("ada@b.example", 1, 3, 0),
        ("bea@b.example", 1, 1, 3),
        ("cid@b.example", 2, 1, 0),
        ("hall@b.example", 3, 1, 0),
    ]
    assert item.recipients[1].properties[tags.RECIPIENT_ANSWERED] == _utc(2024, 5, 2, 10)
    assert tags.RECIPIENT_ANSWERED not in item.recipients[2].properties


def _series(**more: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "type": "seriesMaster",
        "recurrence": {
            "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"], "firstDayOfWeek": "monday"},
            "range": {
                "type": "numbered",
                "startDate": "2024-05-06",
                "numberOfOccurrences": 30,
                "recurrenceTimeZone": "W. Europe Standard Time",
            },
        },
    }
    return _event(**usual | more)


def test_a_series_with_what_departs_from_it() -> None:
    item = _made(
        _series(
            cancelledOccurrences=["OID.AAA.2024-05-13", "nonsense"],
            exceptionOccurrences=[
                {
                    **_event(subject="Looms", location={"displayName": "Hall 2"}, body={"content": "Other"}),
                    "id": "BBB",
                    "type": "exception",
                    "originalStart": "2024-10-28T08:00:00Z",  # an hour later in UTC: winter
                    "start": _at("2024-10-29T08:00:00"),
                    "end": _at("2024-10-29T09:00:00"),
                    "hasAttachments": True,
                    "attachments": [{"id": "f1", "name": "loom.txt", "contentType": "text/plain", "size": 3}],
                }
            ],
        ),
        attachment_f1=b"abc",
    )
    said = item.properties
    assert (said[tags.RECURRING], said[tags.RECURRENCE_TYPE], said[tags.ICON]) == (True, 2, 0x401)
    assert said[tags.CLIP_START] == _utc(2024, 5, 5, 22)
    assert said[tags.CLIP_END] == _utc(2024, 11, 24, 23)
    blob = bytes(said[tags.SERIES])  # type: ignore[arg-type]
    days = struct.unpack_from("<I2I", blob, 38)
    assert days == (2, *(_minutes(2024, month, day) for month, day in ((5, 13), (10, 28))))
    assert struct.unpack_from("<II", blob, 50) == (1, _minutes(2024, 10, 29))
    assert struct.unpack_from("<II", blob, 58) == (_minutes(2024, 5, 6), _minutes(2024, 11, 25))
    begins, ends, count, start, end, original, flags = struct.unpack_from("<IIHIIIH", blob, 74)
    assert (begins, ends, count) == (540, 630, 1)
    assert (start, end) == (_minutes(2024, 10, 29) + 540, _minutes(2024, 10, 29) + 600)
    assert original == _minutes(2024, 10, 28) + 540
    assert flags == 0x251
    (there,) = item.attachments
    assert there.properties[tags.EXCEPTION_START] == _utc(2024, 10, 29, 9)
    assert there.properties[tags.ATTACH_HIDDEN] is True
    inner = there.content
    assert isinstance(inner, Message)
    assert inner.properties[tags.MESSAGE_CLASS] == "IPM.OLE.CLASS.{00061055-0000-0000-C000-000000000046}"
    assert inner.properties[tags.SUBJECT] == "Looms"
    assert inner.properties[tags.REPLACED_TIME] == _utc(2024, 10, 28, 8)
    assert inner.properties[tags.START] == _utc(2024, 10, 29, 8)
    assert bytes(inner.properties[tags.GLOBAL_ID])[16:20] == bytes((0x07, 0xE8, 10, 28))  # type: ignore[arg-type]
    (file,) = inner.attachments
    assert callable(file.content)
    assert b"".join(file.content()) == b"abc"


def _minutes(*day: int) -> int:
    return (datetime(*day) - datetime(1601, 1, 1)).days * 1440  # type: ignore[misc,arg-type]


def test_of_two_that_were_to_begin_on_a_day_one_is_taken() -> None:
    other = {"subject": "Other", "start": _at("2024-05-13T09:00:00"), "end": _at("2024-05-13T10:00:00")}
    twice = [{**other, "originalStart": f"2024-05-13T0{hour}:00:00Z"} for hour in (7, 8)]
    item = _made(_series(exceptionOccurrences=twice, cancelledOccurrences=["OID.AAA.2024-05-13"]))
    assert item.losses == (losses.OCCURRENCES_CUT,)
    assert len(item.attachments) == 1
    assert struct.unpack_from("<I", bytes(item.properties[tags.SERIES]), 38) == (1,)  # type: ignore[arg-type]


def test_what_is_attached() -> None:
    message = b'{"item":{"@odata.type":"#microsoft.graph.message","subject":"RE: Cards","body":{"content":"Hi"},'
    message += b'"from":{"emailAddress":{"address":"a@b.example"}},"sentDateTime":"2024-01-01T00:00:00Z"}}'
    item = _made(
        _event(
            attachments=[
                {
                    "id": "1",
                    "@odata.type": "#microsoft.graph.fileAttachment",
                    "name": "a.png",
                    "contentType": "image/png",
                }
                | {"isInline": True, "contentId": "<c1>"},
                {"id": "2", "@odata.type": "#microsoft.graph.itemAttachment", "name": "RE: Cards"},
                {"id": "3", "@odata.type": "#microsoft.graph.referenceAttachment", "name": "far.docx"},
                {"id": "4", "@odata.type": "#microsoft.graph.referenceAttachment", "sourceUrl": "https://b.example/x"},
            ]
        ),
        attachment_1=b"png",
        attachment_2=message,
    )
    picture, mail, link = item.attachments
    assert (picture.properties[tags.ATTACH_HIDDEN], picture.properties[tags.ATTACH_CONTENT_ID]) == (True, "c1")
    assert isinstance(mail.content, Message)
    assert mail.content.properties[tags.SUBJECT_PREFIX] == "RE: "
    assert mail.content.properties[tags.SENDER_SMTP] == "a@b.example"
    assert (link.properties[tags.ATTACH_METHOD], link.properties[tags.ATTACH_PATH]) == (7, "https://b.example/x")
    assert item.losses == (losses.LINK_ONLY,)


def test_odd_ones_become_items_too() -> None:
    for odd in (
        {"start": _at("2024-05-06T07:00:00"), "end": 7, "recurrence": [], "attendees": {"a": 1}, "attachments": [None]},
        _event(start=_at("2024-05-06T07:00:00"), end=_at("9999-12-31T23:59:59"), isAllDay="yes"),
        _series(recurrence={"pattern": {"type": "hourly"}, "range": {}}),
        _series(recurrence={"pattern": {"type": "daily", "interval": -4}, "range": {"type": "numbered"}}),
        _series(recurrence={"pattern": {"type": "absoluteYearly", "month": 1, "interval": 999}}),
        _series(exceptionOccurrences=[{}, {"originalStart": "2024-01-01", "start": None}]),
        _event(start=_at("2024-05-06T07:00:00", "Nowhere/Land"), originalStartTimeZone=None),
        _event(end=_at("2023-01-01T00:00:00"), subject="a\0b\r\nc" * 200, location={"displayName": "\ud800"}),
    ):
        item = _made(odd)
        assert item.properties[tags.MESSAGE_CLASS] == "IPM.Appointment"
        assert len(str(item.properties[tags.SUBJECT])) <= 253


@pytest.mark.parametrize("odd", [{}, {"start": "x"}, {"start": _at("0001-01-01T00:00:00"), "isAllDay": True}])
def test_an_event_without_a_date_is_none(odd: dict[str, Any]) -> None:
    with pytest.raises(Unfit, match=losses.DATE_UNREADABLE):
        _made(odd)
    inside = json.dumps({"item": {"@odata.type": "#microsoft.graph.event", **odd}}).encode()
    attached = {"id": "1", "@odata.type": "#microsoft.graph.itemAttachment", "name": "E"}
    (file,) = _made(_event(attachments=[attached]), attachment_1=inside).attachments
    assert file.properties[tags.ATTACH_LONG_NAME] == "E.json"
    assert file.content == inside
