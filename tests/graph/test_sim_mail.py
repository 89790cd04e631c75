"""The pretend Exchange: every address it has, by the referee's word, and what it remembers."""

import base64
from email.message import EmailMessage

import pytest

from saasbackup_desktop.core.errors import DeltaExpired, Denied, NotFound, SignInNeeded
from saasbackup_desktop.providers.microsoft.calls import IMMUTABLE, Call
from tests.graph.stage import Stage


def letter(subject: str = "Hello", *, attached: bool = False) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "Bob <bob@example.org>", "ada@fernwick.example", subject
    made["Message-ID"] = f"<{subject}@example.org>"
    made.set_content("Good morning.\n")
    if attached:
        made.add_attachment(b"%PDF" * 100, maintype="application", subtype="pdf", filename="plan.pdf")
    return made.as_bytes()


async def test_people_are_found(stage: Stage) -> None:
    mailbox = stage.mailbox()
    stage.tenant.add_user("Room 1", "room1@fernwick.example", sku=None, purpose="room")
    group = stage.tenant.add_group("Engineers", [mailbox.user])
    graph = stage.graph()
    found = await graph.all("/users", {"$select": "id,displayName,mail,assignedLicenses,accountEnabled", "$top": "1"})
    assert [user["displayName"] for user in found] == ["Ada Lovelace", "Room 1"]
    assert (await graph.get("/users/ada@fernwick.example"))["id"] == mailbox.user
    assert len(await graph.all(f"/users/{mailbox.user}/licenseDetails")) == 1
    assert [one["id"] for one in await graph.all(f"/groups/{group['id']}/members")] == [mailbox.user]
    assert await graph.all("/groups")
    assert await graph.all("/organization")
    first = [page async for page in graph.delta("/users/delta", {"$select": "displayName"})]
    stage.tenant.remove_user(mailbox.user)
    (last,) = [page async for page in graph.delta(first[-1].link)]
    assert last.values == [{"id": mailbox.user, "@removed": {"reason": "changed"}}]


async def test_a_mailbox_is_listed_read_and_changed(stage: Stage) -> None:
    mailbox = stage.mailbox()
    original = letter(attached=True)
    message = mailbox.deliver(original)
    graph = stage.graph()
    at = f"/users/{mailbox.user}"
    folders = await graph.all(f"{at}/mailFolders", {"includeHiddenFolders": "true", "$top": "100"})
    assert {"Inbox", "Sync Issues"} <= {folder["displayName"] for folder in folders}
    inbox = await graph.get(f"{at}/mailFolders/inbox")
    assert inbox["totalItemCount"] == 1
    (listed,) = await graph.all(f"{at}/mailFolders/inbox/messages", {"$select": "subject,isRead"})
    assert (listed["subject"], listed["isRead"]) == ("Hello", False)
    whole = await graph.get(f"{at}/messages/{message['id']}", {"$expand": "attachments"}, prefer=[IMMUTABLE])
    assert whole["attachments"][0]["name"] == "plan.pdf"
    assert await graph.content(f"{at}/messages/{message['id']}/$value") == original
    (attachment,) = await graph.all(f"{at}/messages/{message['id']}/attachments")
    assert base64.b64decode(attachment["contentBytes"]) == b"%PDF" * 100
    changed = await graph.send("PATCH", f"{at}/messages/{message['id']}", {"isRead": True, "categories": ["Blue"]})
    assert changed["categories"] == ["Blue"]
    made = await graph.send("POST", f"{at}/mailFolders", {"displayName": "Filed"})
    below = await graph.send("POST", f"{at}/mailFolders/{made['id']}/childFolders", {"displayName": "Below"})
    assert [one["id"] for one in await graph.all(f"{at}/mailFolders/{made['id']}/childFolders")] == [below["id"]]
    moved = await graph.send("POST", f"{at}/messages/{message['id']}/move", {"destinationId": made["id"]})
    assert moved["id"] == message["id"]
    assert await graph.send("DELETE", f"{at}/messages/{message['id']}") == {}
    assert mailbox.messages[message["id"]]["parentFolderId"] == mailbox.known["deleteditems"]


async def test_changes_are_told_once(stage: Stage) -> None:
    mailbox = stage.mailbox()
    letters = [mailbox.deliver(letter(str(number))) for number in range(5)]
    graph = stage.graph()
    start = f"/users/{mailbox.user}/mailFolders/inbox/messages/delta"
    pages = [page async for page in graph.delta(start, {"$select": "subject"}, prefer=["odata.maxpagesize=2"])]
    assert [len(page.values) for page in pages] == [2, 2, 1]
    mailbox.change(letters[1]["id"], isRead=True)
    mailbox.move(letters[2]["id"], "archive")
    (page,) = [page async for page in graph.delta(pages[-1].link)]
    assert [(one["id"], one.get("@removed")) for one in page.values] == [
        (letters[1]["id"], None),
        (letters[2]["id"], {"reason": "deleted"}),
    ]
    (quiet,) = [page async for page in graph.delta(page.link)]
    assert quiet.values == []
    mailbox.feeds[mailbox.known["inbox"]].forget()
    with pytest.raises(DeltaExpired):
        [page async for page in graph.delta(quiet.link)]
    folders = [page async for page in graph.delta(f"/users/{mailbox.user}/mailFolders/delta")]
    assert any(one["displayName"] == "Inbox" for page in folders for one in page.values)


async def test_a_restored_message_is_no_draft(stage: Stage) -> None:
    mailbox = stage.mailbox()
    graph = stage.graph()
    properties = [
        {"id": "Integer 0x0E07", "value": "1"},
        {"id": "SystemTime 0x0039", "value": "2024-01-02T03:04:05Z"},
        {"id": "SystemTime 0x0E06", "value": "2024-01-02T03:05:05Z"},
    ]
    message = {
        "subject": "Old",
        "body": {"contentType": "text", "content": "Once"},
        "toRecipients": [{"emailAddress": {"name": "Ada", "address": "ada@fernwick.example"}}],
        "singleValueExtendedProperties": properties,
    }
    at = f"/users/{mailbox.user}/mailFolders/inbox/messages"
    made = await graph.send("POST", at, message)
    assert (made["isDraft"], made["isRead"], made["receivedDateTime"]) == (False, True, "2024-01-02T03:05:05Z")
    attachment = {
        "@odata.type": "#microsoft.graph.fileAttachment",
        "name": "a.txt",
        "contentType": "text/plain",
        "contentBytes": base64.b64encode(b"abc").decode(),
    }
    await graph.send("POST", f"/users/{mailbox.user}/messages/{made['id']}/attachments", attachment)
    assert b"a.txt" in await graph.content(f"/users/{mailbox.user}/messages/{made['id']}/$value")
    draft = await graph.send("POST", at, base64.b64encode(letter()), content_type="text/plain")
    assert draft["isDraft"] is True


async def test_a_batch_holds_many(stage: Stage) -> None:
    mailbox = stage.mailbox()
    ids = [mailbox.deliver(letter(str(number)))["id"] for number in range(30)]
    calls = [Call("GET", f"/users/{mailbox.user}/messages/{id}?$select=subject") for id in [*ids, "missing"]]
    answers = await stage.graph().batch(calls, mailbox=mailbox.user)
    assert [answer.body["subject"] for answer in answers[:-1]] == [str(number) for number in range(30)]
    assert isinstance(answers[-1].fault, NotFound)


async def test_who_may_not_is_refused(stage: Stage) -> None:
    mailbox = stage.mailbox()
    graph = stage.graph()
    await graph.get(f"/users/{mailbox.user}/mailFolders/inbox")
    stage.application.granted = {"User.Read.All"}
    stage.tenant.tokens.clear()
    with pytest.raises(Denied):
        await graph.get(f"/users/{mailbox.user}/mailFolders/inbox")
    assert stage.renewals == 2
    stage.application.fenced, stage.application.fenced_roles = {mailbox.user}, {"Mail.Read", "Mail.ReadWrite"}
    other = stage.mailbox("Bob", "bob@fernwick.example")
    stage.tenant.tokens.clear()
    assert await graph.get(f"/users/{mailbox.user}/mailFolders/inbox")
    with pytest.raises(Denied):
        await graph.get(f"/users/{other.user}/mailFolders/inbox")
    stage.tenant.license(other.user, None)
    with pytest.raises(Denied):
        await graph.get(f"/users/{other.user}/mailFolders/inbox")


async def test_a_token_that_ran_out_is_renewed(stage: Stage) -> None:
    mailbox = stage.mailbox()
    graph = stage.graph()
    await graph.get(f"/users/{mailbox.user}/mailFolders/inbox")
    stage.clock.time += 7200
    await graph.get(f"/users/{mailbox.user}/mailFolders/inbox")
    assert stage.renewals == 2
    stage.tenant.tokens.clear()
    stage.tenant.applications.clear()
    stage.token = _stale  # type: ignore[method-assign]
    with pytest.raises(SignInNeeded):
        await stage.graph().get("/users")


async def _stale(renew: bool) -> str:
    return "stale"
