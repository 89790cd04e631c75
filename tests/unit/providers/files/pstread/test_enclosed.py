"""Invitations, and items in mail, are what other programs can read."""

import email
from pathlib import Path
from typing import Any

import pytest

from saasbackup_desktop.providers.files.found import Found
from saasbackup_desktop.providers.files.mapi import tags
from saasbackup_desktop.providers.files.mapi.attached_items import item_within
from saasbackup_desktop.providers.files.mapi.attachments import attached_message
from saasbackup_desktop.providers.files.mapi.contacts import contact
from saasbackup_desktop.providers.files.mapi.events import event
from saasbackup_desktop.providers.files.mapi.mail import mail
from saasbackup_desktop.providers.files.mapi.tasks import task
from saasbackup_desktop.providers.files.pst.model import Message
from saasbackup_desktop.providers.formats.ical.reading import Read, read_calendar
from saasbackup_desktop.providers.formats.vcard.reading import read_cards
from tests.unit.providers.files.pstread.roundtrip import through

_EVENT: dict[str, Any] = {
    "id": "one",
    "iCalUId": "uid@example.org",
    "subject": "Meet",
    "body": {"contentType": "text", "content": "Us"},
    "start": {"dateTime": "2024-07-01T08:00:00.0000000", "timeZone": "UTC"},
    "end": {"dateTime": "2024-07-01T09:00:00.0000000", "timeZone": "UTC"},
    "originalStartTimeZone": "W. Europe Standard Time",
    "originalEndTimeZone": "W. Europe Standard Time",
    "isOrganizer": False,
    "organizer": {"emailAddress": {"name": "Anna", "address": "anna@example.org"}},
    "attendees": [
        {
            "type": "required",
            "status": {"response": "none"},
            "emailAddress": {"name": "Ben", "address": "b@example.org"},
        }
    ],
}


def _of_class(made: Message, kind: str) -> Message:
    return Message(
        properties={**made.properties, tags.MESSAGE_CLASS: kind},
        recipients=made.recipients,
        attachments=made.attachments,
    )


def _back(tmp_path: Path, message: Message) -> Any:
    (found,) = through(tmp_path / "one.pst", [message])
    assert isinstance(found, Found)
    assert not found.lost
    return email.message_from_bytes(found.data)


@pytest.mark.parametrize(
    ("kind", "method"), [("Request", "REQUEST"), ("Canceled", "CANCEL"), ("Resp.Tent", "REPLY"), ("Resp.Pos", "REPLY")]
)
def test_invitations_have_their_calendars_part(tmp_path: Path, kind: str, method: str) -> None:
    parsed = _back(tmp_path, _of_class(event(_EVENT, {}, item_within), f"IPM.Schedule.Meeting.{kind}"))
    (part,) = [one for one in parsed.walk() if one.get_content_type() == "text/calendar"]
    assert part.get_param("method") == method
    assert f"METHOD:{method}\r\n".encode() in part.get_payload(decode=True)
    calendar = read_calendar(part.get_payload(decode=True))
    assert calendar is not None
    (said,) = calendar.items()
    assert isinstance(said, Read)
    assert said.uid == "uid@example.org"
    assert said.plain["start"] == _EVENT["start"]
    assert said.plain["isCancelled"] is (method == "CANCEL")
    (attendee,) = said.plain["attendees"]
    if method == "REPLY":
        assert attendee["emailAddress"]["address"] == "anna@example.org"
        assert attendee["status"]["response"] == ("accepted" if kind.endswith("Pos") else "tentativelyAccepted")
    else:
        assert said.plain["organizer"]["emailAddress"]["address"] == "anna@example.org"
        assert attendee["emailAddress"]["address"] == "b@example.org"


def test_an_invitation_keeps_the_part_that_it_came_with(tmp_path: Path) -> None:
    data = (
        b"From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\nDate: Mon, 6 May 2024 01:00:00 +0000\r\n"
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nText\r\n--b\r\n'
        b"Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n--b--\r\n"
    )
    parsed = _back(tmp_path, _of_class(mail(data), "IPM.Schedule.Meeting.Request"))
    (part,) = [one for one in parsed.walk() if one.get_content_type() == "text/calendar"]
    assert part.get_payload(decode=True) == b"BEGIN:VCALENDAR\r\nEND:VCALENDAR"


def test_items_in_mail_are_files(tmp_path: Path) -> None:
    letter = mail(b"From: a@example.org\r\nSubject: x\r\nDate: Mon, 6 May 2024 01:00:00 +0000\r\n\r\nText\r\n")
    person = contact({"id": "c", "displayName": "Anna Ü", "emailAddresses": [{"address": "a@example.org"}]})
    todo = task({"id": "t", "title": "Do", "status": "notStarted"}, {}, item_within)
    letter = Message(
        properties=letter.properties,
        attachments=[
            attached_message(person, "Anna Ü"),
            attached_message(event(_EVENT, {}, item_within), "Meet"),
            attached_message(todo, "Do"),
        ],
    )
    parts = {one.get_filename(): one for one in _back(tmp_path, letter).walk() if one.get_filename()}
    assert {name: one.get_content_type() for name, one in parts.items()} == {
        "Anna Ü.vcf": "text/vcard",
        "Meet.ics": "text/calendar",
        "Do.ics": "text/calendar",
    }
    cards = read_cards(parts["Anna Ü.vcf"].get_payload(decode=True))
    assert cards is not None
    assert [one.plain["displayName"] for one in cards.items()] == ["Anna Ü"]
    calendar = read_calendar(parts["Meet.ics"].get_payload(decode=True))
    assert calendar is not None
    assert [one.uid for one in calendar.items()] == ["uid@example.org"]
