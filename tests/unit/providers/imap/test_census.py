"""What a mailbox holds, counted and listed: the same truth whatever the server is like, and what came later is told."""

from collections.abc import Mapping

import pytest

from saasbackup_desktop.core.ports import Census, Counting
from saasbackup_desktop.core.stream import Cursor
from saasbackup_desktop.providers.imap.settings import ImapSettings, Tls
from saasbackup_desktop.providers.imap.source import ImapSource
from saasbackup_desktop.sim.imap import Mailbox, Manners, Refuse, Server, serve_in_thread

BEGAN = 1_900_000_000
MESSAGE = b"Subject: x\r\n\r\n.\r\n"


def filled() -> Mailbox:
    mailbox = Mailbox("ada@example.org")
    mailbox.create("Work")
    for _ in range(7):
        mailbox.deliver("INBOX", MESSAGE)
    for _ in range(3):
        mailbox.deliver("Work", MESSAGE)
    return mailbox


async def counted(server: Server, mailbox: Mailbox, since: Cursor | None = None) -> Mapping[str, Census]:
    settings = ImapSettings(
        host=server.host, port=server.port, user=mailbox.user, tls=Tls.NONE, patience=0.01, connections=1
    )
    source = ImapSource(settings, lambda: mailbox.password)
    assert isinstance(source, Counting)
    try:
        return {one.path: one async for one in source.census(since, BEGAN, [])}
    finally:
        await source.close()


@pytest.mark.parametrize("manners", [Manners(), Manners(fetch_most=2)], ids=["usual", "cuts long answers"])
async def test_every_message_is_listed(manners: Manners) -> None:
    mailbox = filled()
    mailbox.folders["INBOX"].messages.pop(3)
    with serve_in_thread([mailbox], manners=manners) as server:
        found = await counted(server, mailbox)
    assert {path: one.count for path, one in found.items()} == {"INBOX": 6, "Work": 3}
    inbox = mailbox.folders["INBOX"]
    assert found["INBOX"].seen is not None
    assert [one.place for one in found["INBOX"].seen] == [f"{inbox.uid_validity}:{uid}" for uid in inbox.messages]
    assert {one.is_newer for one in found["INBOX"].seen} == {None}  # nothing is known of before


async def test_what_came_since_is_told_by_its_number() -> None:
    mailbox = filled()
    inbox = mailbox.folders["INBOX"]
    known = {"path": "INBOX", "open": True, "uidvalidity": inbox.uid_validity}
    since: Cursor = {"version": 1, "folders": {"inbox": {**known, "uidnext": 6, "modseq": 0, "exists": 5}}}
    with serve_in_thread([mailbox]) as server:
        found = await counted(server, mailbox, since)
        assert found["INBOX"].folder == "inbox"
        assert found["INBOX"].seen is not None
        assert [one.is_newer for one in found["INBOX"].seen] == [False] * 5 + [True] * 2

        # A folder that was passed over then: its messages are older than the backup by their dates.
        found = await counted(server, mailbox, {"version": 1, "folders": {"inbox": known}})
        assert found["INBOX"].seen is not None
        assert {one.is_newer for one in found["INBOX"].seen} == {False}

        # Numbered anew since: they can be counted, and not told apart.
        inbox.uid_validity += 1
        found = await counted(server, mailbox, since)
        assert (found["INBOX"].count, found["INBOX"].seen) == (7, None)


async def test_a_folder_that_cannot_be_opened_is_counted_at_least() -> None:
    mailbox = filled()
    with serve_in_thread([mailbox]) as server:
        server.faults.add("EXAMINE", Refuse("NOPERM", "Not yours"), times=2)
        found = await counted(server, mailbox)
    assert (found["INBOX"].count, found["INBOX"].seen) == (7, None)
    assert found["Work"].seen is not None
