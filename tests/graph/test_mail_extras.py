"""What MIME does not carry, and folders that people do not see: kept, brought back, and in Outlook's order."""

import base64
import json
from email.message import EmailMessage
from typing import Any

from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.core.model import Folder, Service
from saasbackup_desktop.providers.microsoft.mail.folders import read_tree
from saasbackup_desktop.sim.graph.mailbox import Mailbox
from tests.graph.home import Home, whole_restore
from tests.graph.stage import Stage

FILE = "#microsoft.graph.fileAttachment"
ITEM = "#microsoft.graph.itemAttachment"
EVENT = {
    "@odata.type": "#microsoft.graph.event",
    "id": "",
    "subject": "Discuss gifts",
    "body": {"contentType": "html", "content": "<p>Funding</p>"},
    "start": {"dateTime": "2026-12-02T18:00:00.0000000", "timeZone": "Pacific Standard Time"},
    "end": {"dateTime": "2026-12-02T19:00:00.0000000", "timeZone": "Pacific Standard Time"},
    "location": {"displayName": "Room 1"},
    "hasAttachments": False,
}
CONTACT = {
    "@odata.type": "#microsoft.graph.contact",
    "id": "",
    "displayName": "Grace Hopper",
    "emailAddresses": [{"name": "Grace", "address": "grace@example.org"}],
}
LINK = {"@odata.type": "#microsoft.graph.referenceAttachment", "name": "Pictures"}


def letter(subject: str, attached: EmailMessage | None = None, file: bytes = b"") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "Bob <bob@example.org>", "ada@fernwick.example", subject
    made["Message-ID"], made["Date"] = f"<{subject.replace(' ', '.')}@x>", "Fri, 02 Jan 2026 10:00:00 +0100"
    made.set_content(f"{subject} says good morning.\n")
    if attached is not None:
        made.add_attachment(attached)
    if file:
        made.add_attachment(file, maintype="application", subtype="pdf", filename="plan.pdf")
    return made


def filled(stage: Stage) -> Mailbox:
    mailbox = stage.mailbox()
    mailbox.deliver(letter("Nothing").as_bytes())
    mailbox.deliver(letter("A file", file=b"%PDF" * 100).as_bytes())
    mailbox.deliver(letter("Forwarded", letter("Inner one", file=b"%PDF" * 50), b"%PDF").as_bytes())
    invited = mailbox.deliver(letter("Look at these").as_bytes())
    mailbox.attach(invited["id"], {"@odata.type": ITEM, "name": "Discuss gifts", "item": EVENT})
    mailbox.attach(invited["id"], {"@odata.type": ITEM, "name": "Grace Hopper", "item": CONTACT})
    mailbox.attach(invited["id"], LINK)
    return mailbox


def of_subject(mailbox: Mailbox, subject: str) -> dict[str, Any]:
    return next(one for one in mailbox.messages.values() if one["subject"] == subject)


def attached(mailbox: Mailbox, subject: str) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in of_subject(mailbox, subject)["_attachments"].values()}


async def saved(home: Home, mailbox: Mailbox) -> tuple[StreamId, SnapshotId]:
    stream = home.doors.protect(mailbox, Service.MAIL)
    return stream, await home.back_up(stream)


async def test_other_items_and_links_are_kept_beside_the_mime(stage: Stage, home: Home) -> None:
    mailbox = filled(stage)
    stream, _ = await saved(home, mailbox)
    kept: dict[str, dict[str, Any]] = {}
    for item in home.items(stream).values():
        assert item.body is not None
        assert home.vault.read(item.body) == mailbox.messages[item.id]["_mime"]
        parts = {name: home.vault.read(part) for name, part in item.parts.items() if name.startswith("attachment/")}
        kept[item.name] = {one["name"]: one for one in map(json.loads, parts.values())}
        for name in parts:
            assert name.partition("/")[2] in mailbox.messages[item.id]["_attachments"]
    assert kept["Nothing"] == kept["A file"] == {}
    assert kept["Forwarded"]["Inner one"]["item"]["subject"] == "Inner one"
    assert kept["Look at these"]["Discuss gifts"]["item"] == EVENT
    assert kept["Look at these"]["Grace Hopper"]["item"] == CONTACT
    assert kept["Look at these"]["Pictures"]["@odata.type"] == LINK["@odata.type"]


async def test_they_come_back_as_what_they_were(stage: Stage, home: Home) -> None:
    mailbox = filled(stage)
    stream, snapshot = await saved(home, mailbox)
    other = stage.mailbox("Bob", "bob@fernwick.example")
    await home.restore(whole_restore(stream, snapshot, other.user))
    assert home.journal.failures == []
    assert home.journal.notes == ["attachments-omitted"]
    assert home.meter.verified == 4
    forwarded = attached(other, "Forwarded")
    assert {name: one["@odata.type"] for name, one in forwarded.items()} == {"Inner one": ITEM, "plan.pdf": FILE}
    inner = forwarded["Inner one"]["_item"]
    assert inner["subject"] == "Inner one"
    assert inner["body"]["content"].strip() == "Inner one says good morning."
    assert [base64.b64decode(one["contentBytes"]) for one in inner["attachments"]] == [b"%PDF" * 50]
    properties = {one["id"]: one["value"] for one in inner["singleValueExtendedProperties"]}
    assert properties["SystemTime 0x0039"] == "2026-01-02T09:00:00Z"
    these = attached(other, "Look at these")
    assert set(these) == {"Discuss gifts", "Grace Hopper"}
    for name in ("subject", "body", "start", "end", "location"):
        assert these["Discuss gifts"]["_item"][name] == EVENT[name]
    assert these["Grace Hopper"]["_item"]["emailAddresses"] == CONTACT["emailAddresses"]
    await home.restore(whole_restore(stream, snapshot, other.user))
    assert (home.meter.skipped, home.meter.added) == (4, 0)


async def test_that_a_message_was_answered_comes_back(stage: Stage, home: Home) -> None:
    mailbox = filled(stage)
    stream, _ = await saved(home, mailbox)
    verb = {"Integer 0x1080": "261", "Integer 0x1081": "102", "SystemTime 0x1082": "2026-11-20T10:00:00Z"}
    mailbox.change(of_subject(mailbox, "A file")["id"], _properties=verb)
    asked = len(stage.app.log)
    stream, snapshot = await saved(home, mailbox)
    assert not [path for _, path, _ in stage.app.log[asked:] if path.endswith("$value")]
    items = {item.name: item for item in home.items(stream).values()}
    assert items["A file"].facets["answered"] == "answered"
    assert "answered" not in items["Nothing"].facets
    kept = json.loads(home.vault.read(items["A file"].parts["graph"]))
    assert kept["singleValueExtendedProperties"] == [{"id": "String 0x001A", "value": "IPM.Note"}]
    other = stage.mailbox("Bob", "bob@fernwick.example")
    await home.restore(whole_restore(stream, snapshot, other.user))
    assert home.journal.failures == []
    assert verb.items() <= of_subject(other, "A file")["_properties"].items()
    assert not verb.keys() & of_subject(other, "Nothing")["_properties"].keys()


async def test_hidden_folders_and_recoverable_items_are_kept(stage: Stage, home: Home) -> None:
    mailbox = filled(stage)
    secret = mailbox.make_folder("Secret", mailbox.known["inbox"], hidden=True)["id"]
    search = mailbox.add_search_folder("Unread")
    places = {
        "recoverableitemsdeletions": "Deleted twice",
        "recoverableitemsversions": "An older version",
        "recoverableitemspurges": "Purged",
        "syncissues": "Conflict",
        secret: "Hidden",
    }
    for place, subject in places.items():
        mailbox.deliver(letter(subject).as_bytes(), place)
    stream, _ = await saved(home, mailbox)
    found = {item.name: item for item in home.items(stream).values()}
    for place, subject in places.items():
        assert found[subject].parent == mailbox.folder_id(place)
    paths = {folder.id: folder for folder in folders(home, stream)}
    assert search not in paths
    deletions = paths[mailbox.known["recoverableitemsdeletions"]]
    assert deletions.parent == mailbox.known["recoverableitemsroot"]
    assert paths[mailbox.known["recoverableitemsroot"]].parent is None
    assert paths[secret].facets["hidden"] == "yes"


async def test_recoverable_items_are_restored_into_ordinary_folders(stage: Stage, home: Home) -> None:
    mailbox = stage.mailbox()
    mailbox.deliver(letter("Deleted twice").as_bytes(), "recoverableitemsdeletions")
    stream, snapshot = await saved(home, mailbox)
    await home.restore(whole_restore(stream, snapshot, mailbox.user))
    assert home.journal.failures == []
    places = [mailbox.folders[one["parentFolderId"]] for one in mailbox.messages.values()]
    assert [place["displayName"] for place in places] == ["Deletions", "Deletions"]
    above = mailbox.folders[places[1]["parentFolderId"]]
    assert above["displayName"] == "Recoverable Items"
    assert above["parentFolderId"] == mailbox.known["msgfolderroot"]


async def test_folders_tell_outlooks_order(stage: Stage, home: Home) -> None:
    mailbox = filled(stage)
    mailbox.make_folder("Aardvarks", mailbox.known["msgfolderroot"])
    graph = stage.graph()
    tree = await read_tree(graph, mailbox.user)
    top = sorted((int(one.facets["order"]), one.name) for one in tree.folders if one.parent is None)
    assert [name for _, name in top] == [
        "Inbox",
        "Drafts",
        "Sent Items",
        "Deleted Items",
        "Junk Email",
        "Archive",
        "Aardvarks",
        "Conversation History",
        "Outbox",
        "Sync Issues",
        "Recoverable Items",
    ]
    assert "archivemsgfolderroot" not in tree.known
    await graph.close()


async def test_an_archive_is_found_as_soon_as_names_reach_it(stage: Stage, home: Home) -> None:
    mailbox = filled(stage)
    await saved(home, mailbox)
    root = mailbox.add_archive()
    old = mailbox.make_folder("2019", root)["id"]
    mailbox.deliver(letter("Old").as_bytes(), old)
    stage.clock.time += 2 * 24 * 3600
    stream, _ = await saved(home, mailbox)
    item = next(item for item in home.items(stream).values() if item.name == "Old")
    assert item.parent == old
    tops = {folder.facets.get("well-known"): folder for folder in folders(home, stream) if folder.parent is None}
    assert tops["archivemsgfolderroot"].name == "Top of Archive"


def folders(home: Home, stream: StreamId) -> list[Folder]:
    head = home.vault.last_head(stream)
    assert head is not None
    return [node for node in home.vault.nodes(head.root) if isinstance(node, Folder)]
