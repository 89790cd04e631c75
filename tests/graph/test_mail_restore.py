"""Mail restored through Graph: field by field what it was, no drafts, nothing twice."""

from email.message import EmailMessage

from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.core.model import Conflict, Service
from saasbackup_desktop.sim.graph.mailbox import Mailbox
from saasbackup_desktop.sim.graph.wire import Refusal
from tests.graph.home import Home, whole_restore
from tests.graph.stage import Stage


def letter(number: int, attached: bytes = b"") -> bytes:
    made = EmailMessage()
    made["From"], made["To"] = "Bob <bob@example.org>", "Ada <ada@fernwick.example>, c@example.org"
    made["Cc"], made["Subject"] = "d@example.org", f"Léttér {number}"
    made["Message-ID"], made["Date"] = f"<{number}@example.org>", "Fri, 02 Jan 2026 10:00:00 +0100"
    made.set_content(f"Good morning, number {number}.\n")
    made.add_alternative(f"<p>Good <b>morning</b>, number {number}.</p>\n", subtype="html")
    if attached:
        made.add_attachment(attached, maintype="application", subtype="pdf", filename=f"plan {number}.pdf")
    return made.as_bytes()


def filled(stage: Stage) -> Mailbox:
    mailbox = stage.mailbox()
    filed = mailbox.make_folder("Filed", mailbox.known["inbox"])["id"]
    for number in range(12):
        mailbox.deliver(
            letter(number, b"%PDF" * number * 40),
            filed if number % 2 else "inbox",
            moment=1_760_000_000 + number,
            isRead=bool(number % 3),
            categories=["Blue"] if number % 4 == 0 else [],
        )
    mailbox.deliver(letter(99), "drafts", isDraft=True, isRead=True)
    return mailbox


async def saved(home: Home, mailbox: Mailbox) -> tuple[StreamId, SnapshotId]:
    stream = home.doors.protect(mailbox, Service.MAIL)
    return stream, await home.back_up(stream)


def looks(mailbox: Mailbox) -> list[tuple[object, ...]]:
    """What people see of all messages."""
    return sorted(
        (
            mailbox.folders[one["parentFolderId"]]["displayName"],
            one["subject"],
            one["receivedDateTime"],
            one["sentDateTime"],
            one["isRead"],
            one["isDraft"],
            tuple(one["categories"]),
            one["internetMessageId"],
            one["body"]["content"].strip(),
            tuple(sorted((file["name"], file["contentBytes"]) for file in one["_attachments"].values())),
        )
        for one in mailbox.messages.values()
    )


async def test_another_mailbox_gets_the_same(stage: Stage, home: Home) -> None:
    mailbox = filled(stage)
    stream, snapshot = await saved(home, mailbox)
    other = stage.mailbox("Bob", "bob@fernwick.example")
    await home.restore(whole_restore(stream, snapshot, other.user, Conflict.SKIP))
    assert home.journal.failures == []
    assert home.meter.verified == 13
    assert looks(other) == looks(mailbox)
    await home.restore(whole_restore(stream, snapshot, other.user, Conflict.SKIP))
    assert (home.meter.skipped, home.meter.added) == (13, 0)
    assert len(other.messages) == 13


async def test_a_folder_of_its_own_takes_everything(stage: Stage, home: Home) -> None:
    mailbox = filled(stage)
    stream, snapshot = await saved(home, mailbox)
    await home.restore(whole_restore(stream, snapshot, mailbox.user, Conflict.NON_DESTRUCTIVE, "Restored 2026"))
    assert home.journal.failures == []
    assert len(mailbox.messages) == 26
    await home.restore(whole_restore(stream, snapshot, mailbox.user, Conflict.NON_DESTRUCTIVE, "Restored 2026"))
    assert len(mailbox.messages) == 26


async def test_replacing_brings_state_back_and_says_so(stage: Stage, home: Home) -> None:
    mailbox = filled(stage)
    stream, snapshot = await saved(home, mailbox)
    before = looks(mailbox)
    ids = list(mailbox.messages)
    mailbox.change(ids[0], isRead=True, categories=["Red"])
    mailbox.remove(ids[1])
    await home.restore(whole_restore(stream, snapshot, mailbox.user, Conflict.REPLACE))
    assert home.journal.failures == []
    assert (home.meter.changed, home.meter.added) == (1, 1)
    assert mailbox.messages[ids[0]]["categories"] == ["Blue", "Restored"]
    mailbox.change(ids[0], categories=["Blue"])
    assert looks(mailbox) == before


async def test_large_attachments_go_up_in_pieces(stage: Stage, home: Home) -> None:
    mailbox = stage.mailbox()
    mailbox.deliver(letter(1, bytes(range(256)) * 20_000))
    stream, snapshot = await saved(home, mailbox)
    other = stage.mailbox("Bob", "bob@fernwick.example")
    await home.restore(whole_restore(stream, snapshot, other.user, Conflict.SKIP))
    assert home.journal.failures == []
    assert looks(other) == looks(mailbox)


async def test_half_a_message_does_not_stay(stage: Stage, home: Home) -> None:
    mailbox = stage.mailbox()
    mailbox.deliver(letter(1, b"%PDF" * 100))
    stream, snapshot = await saved(home, mailbox)
    other = stage.mailbox("Bob", "bob@fernwick.example")
    refusal = Refusal(400, "ErrorItemSave", "Not this one.")

    at = f"/users/{other.user}/messages/"
    stage.manners.refusals.append(("POST", at, refusal))
    await home.restore(whole_restore(stream, snapshot, other.user, Conflict.SKIP))
    assert [failure.code for failure in home.journal.failures] == ["refused"]
    inside = [one for one in other.messages.values() if one["parentFolderId"] == other.known["inbox"]]
    assert inside == []


async def test_half_of_a_message_that_was_left_behind_is_made_anew(stage: Stage, home: Home) -> None:
    """As a process leaves it that is killed between a message and its attachments."""
    mailbox = stage.mailbox()
    mailbox.deliver(letter(1, b"%PDF" * 100))
    stream, snapshot = await saved(home, mailbox)
    other = stage.mailbox("Bob", "bob@fernwick.example")
    await home.restore(whole_restore(stream, snapshot, other.user, Conflict.SKIP))
    (made,) = other.messages.values()
    (mark,) = [(id, value) for id, value in made["_properties"].items() if "BackupItem" in id]
    made["_properties"][mark[0]] = "unfinished " + mark[1]
    made["_attachments"].clear()
    await home.restore(whole_restore(stream, snapshot, other.user, Conflict.SKIP))
    assert home.journal.failures == []
    inside = [one for one in looks(other) if one[0] != "Purges"]
    assert inside == looks(mailbox)
    await home.restore(whole_restore(stream, snapshot, other.user, Conflict.SKIP))
    assert (home.meter.skipped, home.meter.added) == (1, 0)
