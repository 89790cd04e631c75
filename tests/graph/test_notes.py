"""Outlook notes of a pretend mailbox: kept whole, apart from mail, and notes again in another mailbox."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from saasbackup_desktop.core.errors import Denied
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.model import Conflict, Folder, Service
from saasbackup_desktop.providers.microsoft.notes.content import KEPT
from saasbackup_desktop.sim.graph.mailbox import Mailbox
from saasbackup_desktop.sim.graph.wire import Refusal
from tests.graph.home import Home, whole_restore
from tests.graph.stage import Stage

CLASS, COLOUR, WIDTH, *_ = KEPT
PICTURE = base64.b64encode(b"\x89PNG" * 30).decode()


def add_note(mailbox: Mailbox, subject: str, folder: str = "notes", **more: Any) -> dict[str, Any]:
    into = mailbox.folder_id(folder)
    assert into is not None
    plain = {
        "subject": subject,
        "body": {"contentType": "text", "content": f"{subject}\r\nbuy milk, éggs"},
        "singleValueExtendedProperties": [
            {"id": CLASS, "value": "IPM.StickyNote"},
            {"id": COLOUR, "value": str(len(subject) % 5)},
            {"id": WIDTH, "value": "200"},
            {"id": "Integer 0x0E07", "value": "1"},
        ],
    }
    return mailbox.create({**plain, **more}, into)


def filled(stage: Stage) -> Mailbox:
    mailbox = stage.mailbox()
    mailbox.deliver(b"Subject: Mail\r\nMessage-ID: <1@x>\r\n\r\nMail\r\n")
    below = mailbox.make_folder("Old", mailbox.known["notes"])["id"]
    for number in range(12):
        add_note(mailbox, f"Note {number}", below if number % 3 == 0 else "notes", categories=["Blue"] * (number % 2))
    pictured = add_note(mailbox, "With a picture")
    mailbox.attach(
        pictured["id"],
        {"@odata.type": "#microsoft.graph.fileAttachment", "name": "p.png", "contentBytes": PICTURE},
    )
    return mailbox


def notes(mailbox: Mailbox) -> dict[str, dict[str, Any]]:
    folders = {mailbox.known["notes"]}
    for id, folder in mailbox.folders.items():
        if folder.get("parentFolderId") in folders:
            folders.add(id)
    return {id: one for id, one in mailbox.messages.items() if one["parentFolderId"] in folders}


def assert_saved(home: Home, mailbox: Mailbox, stream: StreamId) -> None:
    saved = home.items(stream)
    assert set(saved) == set(notes(mailbox))
    for id, note in notes(mailbox).items():
        item = saved[id]
        assert item.body is not None
        assert item.parent == note["parentFolderId"]
        assert item.facets["updated"] == note["lastModifiedDateTime"]
        kept = json.loads(home.vault.read(item.body))
        for name in ("subject", "body", "categories", "importance", "createdDateTime", "receivedDateTime"):
            assert kept[name] == note[name]
        properties = {one["id"]: one["value"] for one in kept["singleValueExtendedProperties"]}
        assert properties == {id: note["_properties"][id] for id in KEPT if id in note["_properties"]}
        files = [json.loads(home.vault.read(part)) for part in item.parts.values()]
        assert sorted(one["contentBytes"] for one in files) == sorted(
            one["contentBytes"] for one in note["_attachments"].values()
        )


def looks(mailbox: Mailbox) -> list[tuple[object, ...]]:
    return sorted(
        (
            mailbox.folders[one["parentFolderId"]]["displayName"],
            one["subject"],
            one["body"]["content"],
            tuple(one["categories"]),
            tuple(one["_properties"].get(id, "") for id in KEPT),
            tuple((file["name"], file["contentBytes"]) for file in one["_attachments"].values()),
            one["receivedDateTime"],
            one["isDraft"],
        )
        for one in notes(mailbox).values()
    )


async def test_notes_are_kept_whole_and_only_what_changes_is_read(stage: Stage, home: Home) -> None:
    mailbox = filled(stage)
    stream = home.doors.protect(mailbox, Service.NOTES)
    await home.back_up(stream)
    assert_saved(home, mailbox, stream)
    item = next(item for item in home.items(stream).values() if item.name == "Note 4")
    assert item.facets["preview"] == "Note 4 buy milk, éggs"
    packs = sorted((Path(home.vault.location) / "packs").rglob("*"))
    asked = len(stage.app.log)
    await home.back_up(stream)
    assert [path for _, path, _ in stage.app.log[asked:]] == ["/$batch"]
    assert sorted((Path(home.vault.location) / "packs").rglob("*")) == packs
    mailbox.change_folder(
        next(id for id, one in mailbox.folders.items() if one["displayName"] == "Old"), displayName="X"
    )
    first, second, third, *_ = notes(mailbox)
    mailbox.change(first, body={"contentType": "html", "content": "<p>Other</p>"})
    mailbox.move(second, mailbox.known["notes"])
    mailbox.remove(third)
    add_note(mailbox, "New", mailbox.make_folder("Newer", mailbox.known["notes"])["id"])
    await home.back_up(stream)
    assert_saved(home, mailbox, stream)
    head = home.vault.last_head(stream)
    assert head is not None
    names = {node.name for node in home.vault.nodes(head.root) if isinstance(node, Folder)}
    assert names == {"Notes", "X", "Newer"}


@pytest.mark.parametrize("is_listed", [False, True])
async def test_the_notes_are_not_mail(stage: Stage, home: Home, is_listed: bool) -> None:
    mailbox = filled(stage)
    if is_listed:
        mailbox.unlisted.clear()
    stream = home.doors.protect(mailbox, Service.MAIL)
    await home.back_up(stream)
    assert [item.name for item in home.items(stream).values()] == ["Mail"]


async def test_another_mailbox_gets_notes(stage: Stage, home: Home) -> None:
    mailbox = filled(stage)
    stream = home.doors.protect(mailbox, Service.NOTES)
    snapshot = await home.back_up(stream)
    other = stage.mailbox("Bob", "bob@fernwick.example")
    await home.restore(whole_restore(stream, snapshot, other.user, Conflict.SKIP))
    assert home.journal.failures == []
    assert home.meter.verified == 13
    assert looks(other) == looks(mailbox)
    await home.restore(whole_restore(stream, snapshot, other.user, Conflict.SKIP))
    assert (home.meter.skipped, home.meter.added) == (13, 0)


async def test_what_was_changed_is_brought_back(stage: Stage, home: Home) -> None:
    mailbox = filled(stage)
    stream = home.doors.protect(mailbox, Service.NOTES)
    snapshot = await home.back_up(stream)
    first, second, *_ = notes(mailbox)
    mailbox.change(first, subject="Spoilt", body={"contentType": "text", "content": ""})
    mailbox.remove(second)
    await home.restore(whole_restore(stream, snapshot, mailbox.user, Conflict.REPLACE))
    assert home.journal.failures == []
    assert (home.meter.changed, home.meter.added) == (1, 1)
    assert mailbox.messages[first]["subject"] == "Note 0"
    assert mailbox.messages[first]["categories"] == ["Restored"]
    await home.restore(whole_restore(stream, snapshot, mailbox.user, Conflict.NON_DESTRUCTIVE, "Restored 2026"))
    assert home.journal.failures == []
    assert home.meter.added == 13
    names = {folder["displayName"]: folder for folder in mailbox.folders.values()}
    assert names["Restored 2026"]["parentFolderId"] == mailbox.known["notes"]


async def test_a_service_that_makes_messages_of_notes_is_found_out(stage: Stage, home: Home) -> None:
    mailbox = filled(stage)
    stream = home.doors.protect(mailbox, Service.NOTES)
    snapshot = await home.back_up(stream)
    other = stage.mailbox("Bob", "bob@fernwick.example")
    other.keeps_class = False
    await home.restore(whole_restore(stream, snapshot, other.user, Conflict.SKIP))
    assert {(failure.code, failure.detail) for failure in home.journal.failures} == {("not-verified", "class")}


async def test_half_a_note_never_passes_for_a_whole_one(stage: Stage, home: Home) -> None:
    mailbox = stage.mailbox()
    pictured = add_note(mailbox, "With a picture")
    mailbox.attach(
        pictured["id"],
        {"@odata.type": "#microsoft.graph.fileAttachment", "name": "p.png", "contentBytes": PICTURE},
    )
    stream = home.doors.protect(mailbox, Service.NOTES)
    snapshot = await home.back_up(stream)
    other = stage.mailbox("Bob", "bob@fernwick.example")
    at, refusal = f"/users/{other.user}/messages/", Refusal(403, "ErrorAccessDenied", "Not now.")
    stage.manners.refusals += [("POST", at, refusal), ("POST", at, refusal)]
    with pytest.raises(Denied):
        await home.restore(whole_restore(stream, snapshot, other.user, Conflict.SKIP))
    [half] = notes(other).values()
    assert half["_attachments"] == {}
    await home.restore(whole_restore(stream, snapshot, other.user, Conflict.SKIP))
    assert home.journal.failures == []
    assert home.meter.added == 1
    assert looks(other) == looks(mailbox)
