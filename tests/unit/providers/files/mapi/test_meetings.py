"""What becomes of invitations in mail, of answers to them and of cancellations."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from saasbackup_desktop.providers.files.mapi import losses, tags
from saasbackup_desktop.providers.files.mapi.mail import mail
from saasbackup_desktop.providers.files.pst.split import PstWriter, Written
from saasbackup_desktop.providers.files.pstcheck import check
from tests.unit.providers.files.mapi.same import compare

_EVENT = """BEGIN:VEVENT
UID:1@b.example
DTSTAMP:20240501T000000Z
DTSTART;TZID=Europe/Berlin:20240506T090000
DTEND;TZID=Europe/Berlin:20240506T100000
SUMMARY:Looms
LOCATION:Hall 1
DESCRIPTION:Bring cards
ORGANIZER;CN=Ada:mailto:ada@b.example
ATTENDEE;CN=Bea;PARTSTAT={answer}:mailto:bea@b.example
{more}END:VEVENT
"""


def _mail(method: str, answer: str = "NEEDS-ACTION", more: str = "", text: str = "Please come") -> bytes:
    inside = _EVENT.format(answer=answer, more=more)
    calendar = f"BEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:{method}\n{inside}END:VCALENDAR\n"
    return (
        "From: Ada <ada@b.example>\nTo: Bea <bea@b.example>\nSubject: Looms\n"
        "Date: Wed, 1 May 2024 08:00:00 +0000\nMIME-Version: 1.0\n"
        'Content-Type: multipart/alternative; boundary="x"\n\n'
        f"--x\nContent-Type: text/plain\n\n{text}\n"
        f"--x\nContent-Type: text/calendar; charset=utf-8; method={method}\n\n{calendar}\n--x--\n"
    ).encode()


@pytest.mark.parametrize(
    ("method", "answer", "kind", "state"),
    [
        ("REQUEST", "NEEDS-ACTION", "Request", 3),
        ("CANCEL", "NEEDS-ACTION", "Canceled", 7),
        ("REPLY", "ACCEPTED", "Resp.Pos", None),
        ("REPLY", "DECLINED", "Resp.Neg", None),
        ("REPLY", "TENTATIVE", "Resp.Tent", None),
    ],
)
def test_what_a_calendar_in_mail_is(method: str, answer: str, kind: str, state: int | None, tmp_path: Path) -> None:
    item = mail(_mail(method, answer))
    said = item.properties
    assert item.losses == ()
    assert said[tags.MESSAGE_CLASS] == f"IPM.Schedule.Meeting.{kind}"
    assert said[tags.START] == said[tags.START_DATE] == datetime(2024, 5, 6, 7, tzinfo=UTC)
    assert said[tags.LOCATION] == said[tags.MEETING_WHERE] == "Hall 1"
    assert said[tags.SENDER_SMTP] == "ada@b.example"
    assert b"1@b.example" in bytes(said[tags.GLOBAL_ID])  # type: ignore[arg-type]
    assert state is None or said[tags.APPOINTMENT_STATE] == state
    assert str(said[tags.BODY]).strip() == "Please come"
    (file,) = item.attachments
    assert file.properties[tags.ATTACH_HIDDEN] is True
    with PstWriter(tmp_path / "meeting.pst", "Mail") as pst:
        assert isinstance(pst.add(pst.folder(("Inbox",), "IPF.Note"), item), Written)
    assert not check(tmp_path / "meeting.pst").findings
    compare(tmp_path / "meeting.pst", "Inbox", [item])


def test_a_series_in_an_invitation(tmp_path: Path) -> None:
    other = _EVENT.format(answer="NEEDS-ACTION", more="RECURRENCE-ID;TZID=Europe/Berlin:20240513T090000\n")
    other = other.replace("Hall 1", "Hall 2")
    item = mail(_mail("REQUEST", more=f"RRULE:FREQ=WEEKLY;COUNT=4\nEND:VEVENT\n{other[:-11]}"))
    assert item.properties[tags.RECURRING] is True
    assert item.properties[tags.MESSAGE_CLASS] == "IPM.Schedule.Meeting.Request"
    assert len(item.attachments) == 2
    with PstWriter(tmp_path / "meeting.pst", "Mail") as pst:
        assert isinstance(pst.add(pst.folder(("Inbox",), "IPF.Note"), item), Written)
    assert not check(tmp_path / "meeting.pst").findings


def test_a_mail_that_is_nothing_but_a_calendar_has_its_text() -> None:
    data = _mail("REQUEST", text="").replace(b"--x\nContent-Type: text/plain\n\n\n", b"")
    assert str(mail(data).properties[tags.BODY]).strip() == "Bring cards"


@pytest.mark.parametrize("method", ["PUBLISH", "COUNTER", "REPLY"])
def test_what_is_no_invitation_stays_a_file(method: str) -> None:
    item = mail(_mail(method))
    assert item.properties[tags.MESSAGE_CLASS] == "IPM.Note"
    assert item.losses == (losses.MEETING_AS_FILE,)
    assert tags.START not in item.properties
    assert tags.ATTACH_HIDDEN not in item.attachments[0].properties
