"""What was backed up of a pretend tenant, looked at: previews, files, search, and what differs."""

import base64
import json
from typing import Any

import pytest

from saasbackup_desktop.app import browsing, showing
from saasbackup_desktop.app.views import Difference, Query
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import AccountId, StreamId
from saasbackup_desktop.core.model import Item, Service
from saasbackup_desktop.sim.graph.mailbox import Mailbox
from saasbackup_desktop.sim.graph.shelf import Organizer
from tests.graph.home import Home
from tests.graph.stage import Stage
from tests.graph.test_notes import add_note
from tests.graph.test_settings import SETTINGS
from tests.unit.providers.formats.test_preview import PIXEL, Reach

AT_NINE = {"dateTime": "2026-03-03T09:00:00.0000000", "timeZone": "UTC"}
AT_TEN = {**AT_NINE, "dateTime": "2026-03-03T10:00:00.0000000"}
HOSTILE = (
    '<p onclick="x()">Agenda</p><script>alert(1)</script><img src="https://track.example/p.gif">'
    '<img src="cid:chart.png@01DA"><a href="javascript:alert(1)">here</a>'
    '<div style="background:url(https://track.example/b.png)">tea</div>'
)
PNG = base64.b64decode(PIXEL)


@pytest.fixture
def granted() -> frozenset[str]:
    return frozenset(SETTINGS)


def organizer(stage: Stage) -> tuple[Mailbox, Organizer]:
    mailbox = stage.mailbox()
    return mailbox, Organizer(stage.tenant, mailbox.user)


def event(subject: str, **more: Any) -> dict[str, Any]:
    return {
        "subject": subject,
        "type": "singleInstance",
        "start": AT_NINE,
        "end": AT_TEN,
        "organizer": {"emailAddress": {"name": "Ada", "address": "ada@fernwick.example"}},
        "attendees": [{"type": "required", "emailAddress": {"name": "Bob", "address": "bob@example.org"}}],
        "body": {"contentType": "html", "content": "<p>Agenda</p>"},
        **more,
    }


def named(home: Home, stream: StreamId, name: str) -> Item:
    return next(item for item in home.items(stream).values() if item.name == name)


async def test_an_event_is_shown_and_its_files_are_offered(stage: Stage, home: Home) -> None:
    mailbox, truth = organizer(stage)
    files = {"chart.pdf": b"%PDF-1", "chart.png": PNG}
    plain = event("Harbour review", body={"contentType": "html", "content": HOSTILE}, hasAttachments=True, _files=files)
    truth.add(truth.calendars[truth.calendar], plain)
    stream = home.doors.protect(mailbox, Service.CALENDAR)
    await home.back_up(stream)
    item = named(home, stream, "Harbour review")
    shown = await showing.preview(home.bench, item, Service.CALENDAR)
    assert (shown.service, shown.subject, shown.sender) == (
        Service.CALENDAR,
        "Harbour review",
        "Ada <ada@fernwick.example>",
    )
    assert Reach(shown.html).found == []
    assert shown.blocked == 2
    assert "Bob &lt;bob@example.org&gt;" in shown.html
    offered = {one.name: await showing.attachment(home.bench, item, one.index) for one in shown.attachments}
    assert offered == {"chart.pdf": b"%PDF-1"}
    assert f"data:image/png;base64,{PIXEL.decode()}" in shown.html
    assert [one.size for one in shown.attachments] == [6]
    for part, body in item.parts.items():
        assert await showing.part(home.bench, item, part) == home.vault.read(body)
    for index in (1_000_007, 2_000_007):
        with pytest.raises(Misconfigured):
            await showing.attachment(home.bench, item, index)
    with pytest.raises(Misconfigured):
        await showing.part(home.bench, item, "photo")


async def test_a_contact_is_shown_with_its_photo(stage: Stage, home: Home) -> None:
    mailbox, truth = organizer(stage)
    truth.add(truth.contacts["contacts"], {"displayName": "Grace <b>Hopper</b>", "_files": {"photo": PNG}})
    stream = home.doors.protect(mailbox, Service.CONTACTS)
    await home.back_up(stream)
    item = named(home, stream, "Grace <b>Hopper</b>")
    shown = await showing.preview(home.bench, item, Service.CONTACTS)
    assert f'src="data:image/png;base64,{PIXEL.decode()}"' in shown.html
    assert "<b>" not in shown.html
    [photo] = shown.attachments
    assert photo.media_type == "image/png"
    assert await showing.attachment(home.bench, item, photo.index) == PNG


async def test_search_knows_services_and_fields(stage: Stage, home: Home) -> None:
    mailbox, truth = organizer(stage)
    shelf = truth.calendars[truth.calendar]
    truth.add(shelf, event("Harbour review", location={"displayName": "Lighthouse"}))
    late = {**AT_NINE, "dateTime": "2026-05-03T09:00:00.0000000"}
    truth.add(shelf, event("Tea", start=late, end=late, body={"contentType": "text", "content": "By the harbour"}))
    truth.add(truth.contacts["contacts"], {"displayName": "Harbour Master", "nickName": "Skipper"})
    truth.add(truth.lists[truth.tasks], {"title": "Caulk", "_checklistItems": [{"id": "c", "displayName": "Harbour"}]})
    streams = {}
    for service in (Service.CALENDAR, Service.CONTACTS, Service.TASKS):
        streams[service] = home.doors.protect(mailbox, service)
        await home.back_up(streams[service])

    async def found(**asked: Any) -> set[str]:
        page = await browsing.search(home.bench, Query(**asked), 10, 0)
        return {row.item.name for row in page.rows}

    assert await found(words="harbour") == {"Harbour review", "Tea", "Harbour Master", "Caulk"}
    assert await found(words="harbour", service=Service.CONTACTS) == {"Harbour Master"}
    assert await found(words="harbour", service=Service.TASKS) == {"Caulk"}
    assert await found(service=Service.CALENDAR) == {"Harbour review", "Tea"}
    assert await found(service=Service.MAIL) == set()
    assert await found(service=Service.CALENDAR, stream=streams[Service.CALENDAR], subject="tea") == {"Tea"}
    assert await found(service=Service.TASKS, stream=streams[Service.CALENDAR]) == set()
    account, _ = home.doors.account(streams[Service.CALENDAR])
    assert await found(words="harbour", account=account.id) == {"Harbour review", "Tea", "Harbour Master", "Caulk"}
    assert await found(account=account.id, service=Service.TASKS) == {"Caulk"}
    assert await found(words="harbour", account=AccountId("0" * 16)) == set()
    assert await found(subject="harbour", service=Service.CALENDAR) == {"Harbour review"}
    assert await found(text="harbour", service=Service.CALENDAR) == {"Tea"}
    assert await found(text="lighthouse") == {"Harbour review"}
    assert await found(sender="ada", service=Service.CALENDAR) == {"Harbour review", "Tea"}
    assert await found(recipient="bob@example.org") == {"Harbour review", "Tea"}
    assert await found(words="skipper") == await found(sender="harbour") == {"Harbour Master"}
    assert await found(service=Service.CALENDAR, since=1_775_000_000) == {"Tea"}
    assert await found(service=Service.CALENDAR, until=1_775_000_000) == {"Harbour review"}


async def test_what_differs_is_named(stage: Stage, home: Home) -> None:
    mailbox, truth = organizer(stage)
    shelf = truth.contacts["contacts"]
    contact = truth.add(shelf, {"displayName": "Grace", "jobTitle": "Captain", "_files": {"photo": PNG}})
    other = truth.add(shelf, {"displayName": "Ada", "companyName": "Analytical"})
    stream = home.doors.protect(mailbox, Service.CONTACTS)
    old = await home.back_up(stream)
    truth.change(shelf, contact["id"], jobTitle="Admiral", _files={"photo": PNG + b"\0"})
    truth.remove(shelf, other["id"])
    new = await home.back_up(stream)
    rows = {row.name: row for row in await browsing.diff(home.bench, stream, old, new)}
    assert rows["Ada"].kinds == (Difference.REMOVED,)
    assert rows["Grace"].kinds == (Difference.CHANGED,)
    assert rows["Grace"].fields == ("job", "photo")


async def test_files_within_json_are_taken_out_of_it(stage: Stage, home: Home) -> None:
    mailbox = stage.mailbox()
    notes = add_note(mailbox, "With a picture")
    mailbox.attach(
        notes["id"],
        {"@odata.type": "#microsoft.graph.fileAttachment", "name": "p.png", "contentBytes": PIXEL.decode()},
    )
    stream = home.doors.protect(mailbox, Service.NOTES)
    await home.back_up(stream)
    item = named(home, stream, "With a picture")
    shown = await showing.preview(home.bench, item, Service.NOTES)
    assert "buy milk, éggs" in shown.html
    assert "Updated at" in shown.html
    [picture] = shown.attachments
    assert (picture.name, picture.size) == ("p.png", len(PNG))
    assert await showing.attachment(home.bench, item, picture.index) == PNG


async def test_what_mime_does_not_carry_is_offered_with_the_message(stage: Stage, home: Home) -> None:
    mailbox = stage.mailbox()
    mail = mailbox.deliver(b"Subject: Plan\r\nMessage-ID: <1@x>\r\nFrom: ada@x.example\r\n\r\nSee the plan\r\n")
    mailbox.attach(
        mail["id"], {"@odata.type": "#microsoft.graph.referenceAttachment", "name": "Plan of the harbour", "size": 9}
    )
    stream = home.doors.protect(mailbox, Service.MAIL)
    await home.back_up(stream)
    item = named(home, stream, "Plan")
    shown = await showing.preview(home.bench, item, Service.MAIL)
    assert "See the plan" in shown.html
    [link] = [one for one in shown.attachments if one.name == "Plan of the harbour.json"]
    told = json.loads(await showing.attachment(home.bench, item, link.index))
    assert told["@odata.type"] == "#microsoft.graph.referenceAttachment"


async def test_a_rule_is_shown_with_its_folder(stage: Stage, home: Home) -> None:
    mailbox = stage.mailbox()
    folder = mailbox.make_folder("Partners", mailbox.known["inbox"])["id"]
    mailbox.preferences.add_rule(
        "From partners", conditions={"senderContains": ["adele"]}, actions={"moveToFolder": folder}
    )
    stream = home.doors.protect(mailbox, Service.SETTINGS)
    await home.back_up(stream)
    shown = await showing.preview(home.bench, named(home, stream, "From partners"), Service.SETTINGS)
    assert "the sender contains “adele”: move it to the folder “Inbox/Partners”" in shown.html
    replies = await showing.preview(home.bench, named(home, stream, "automatic-replies"), Service.SETTINGS)
    assert replies.subject == "Automatic replies"
