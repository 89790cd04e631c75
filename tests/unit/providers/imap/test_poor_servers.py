"""Servers that promise more than they can do, cut their answers, or lose a mailbox on the way: played from a script."""

import pytest

from saasbackup_desktop.core.errors import Denied
from saasbackup_desktop.core.model import Item
from saasbackup_desktop.core.ports import Known
from saasbackup_desktop.core.stream import Change, Checkpoint, Cursor, Put, Unread
from saasbackup_desktop.providers.imap import ImapSettings, ImapSource, Tls
from saasbackup_desktop.providers.imap.connect import connect
from tests.unit.providers.imap.ledger import Ledger
from tests.unit.providers.imap.scripted import Scripted

LIST = [b"LIST", b'* LIST () "/" INBOX\r\n* LIST () "/" Work']
DATE = b'INTERNALDATE "17-Jul-1996 02:44:25 -0700"'


def where(server: Scripted) -> ImapSettings:
    return ImapSettings(host="localhost", user="a", port=server.port, tls=Tls.NONE, patience=0.01, answer_seconds=5)


async def told(server: Scripted, since: Cursor | None = None, known: Known | None = None) -> list[Change]:
    source = ImapSource(where(server), lambda: "x")
    try:
        return [change async for change in source.changes(since, known or Ledger())]
    finally:
        await source.close()


def items(changes: list[Change]) -> list[Item]:
    return [change.node for change in changes if isinstance(change, Put) and isinstance(change.node, Item)]


def row(number: int, flags: bytes = b"") -> bytes:
    return b"* %d FETCH (UID %d FLAGS (%s) %s RFC822.SIZE 10)" % (number, number, flags, DATE)


@pytest.mark.parametrize("stays", [False, True])
async def test_mailbox_that_is_lost_on_the_way(stays: bool) -> None:
    status = [b'STATUS "INBOX"', b"* STATUS INBOX (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 7)"]
    status += [b'STATUS "Work"', b"* STATUS Work (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 8)"]
    inbox = [b'EXAMINE "INBOX"', b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x", b"UID SEARCH", b"* SEARCH 1"]
    work = [b'EXAMINE "Work"', b"NO [NONEXISTENT] gone"]
    again = [*LIST, *status] if stays else [b"LIST", b'* LIST () "/" INBOX', *status[:2]]
    with Scripted([*LIST, *status, *inbox, *work, b"UID FETCH", row(1), *again]) as server:
        changes = await told(server)
    assert len(items(changes)) == 1
    unread = [(change.name, change.code) for change in changes if isinstance(change, Unread)]
    assert unread == ([("Work", "folder-refused")] if stays else [])
    last = changes[-1]
    assert isinstance(last, Checkpoint)
    assert last.complete
    folders = last.cursor["folders"]
    assert isinstance(folders, dict)
    assert [entry["path"] for entry in folders.values() if isinstance(entry, dict)] == ["INBOX"]


async def test_inbox_must_be_readable() -> None:
    status = [b"STATUS", b"* STATUS INBOX (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 7)"]
    lines = [b"LIST", b'* LIST () "/" INBOX', *status, b"EXAMINE", b"NO not today"]
    with Scripted(lines) as server, pytest.raises(Denied):
        await told(server)


async def test_answers_that_are_cut() -> None:
    """Three messages are there, but SEARCH names one and FETCH tells two at most."""
    status = [b"STATUS", b"* STATUS INBOX (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 7)"]
    opened = [b"EXAMINE", b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x", b"UID SEARCH", b"* SEARCH 1"]
    uids = [b"FETCH 1:3 (UID)", b"* 1 FETCH (UID 1)\r\n* 2 FETCH (UID 2)\r\n* 3 FETCH (UID 3)"]
    rows = [b"UID FETCH 1:3", row(1) + b"\r\n" + row(2), b"UID FETCH 3 ", row(3)]
    with Scripted([b"LIST", b'* LIST () "/" INBOX', *status, *opened, *uids, *rows]) as server:
        changes = await told(server)
    assert [item.place for item in items(changes)] == ["7:3", "7:2", "7:1"]


RICH = [b"CAPABILITY", b"IMAP4rev1 ENABLE CONDSTORE QRESYNC", b"ENABLE", b"* ENABLED QRESYNC"]


async def _first(server_lines: list[bytes]) -> tuple[Ledger, Cursor]:
    ledger = Ledger()
    with Scripted(server_lines) as server:
        changes = await told(server)
    for change in changes:
        if isinstance(change, Put):
            ledger.nodes[change.node.id] = change.node
    last = changes[-1]
    assert isinstance(last, Checkpoint)
    return ledger, last.cursor


def _stood(exists: int, uidnext: int, modseq: int) -> tuple[list[bytes], bytes]:
    status = b"* STATUS INBOX (MESSAGES %d UIDNEXT %d UIDVALIDITY 7 HIGHESTMODSEQ %d)" % (exists, uidnext, modseq)
    opened = b"* %d EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT %d] x\r\n* OK [HIGHESTMODSEQ %d] x"
    return [b"LIST", b'* LIST () "/" INBOX', b"STATUS", status], opened % (exists, uidnext, modseq)


async def test_vanished_ranges_name_more_than_was_ever_there() -> None:
    start, opened = _stood(3, 4, 5)
    three = b"\r\n".join(row(n) for n in (1, 2, 3))
    ledger, cursor = await _first(
        [*RICH, *start, b"EXAMINE", opened, b"UID SEARCH", b"* SEARCH 1 2 3", b"UID FETCH", three]
    )
    start, opened = _stood(2, 5, 9)
    resync = opened + b"\r\n* VANISHED (EARLIER) 1:2,400:4294967295\r\n* 2 FETCH (UID 4 FLAGS () MODSEQ (9))"
    with Scripted([*RICH, *start, b"EXAMINE", resync, b"UID FETCH 4 ", row(4)]) as server:
        changes = await told(server, cursor, ledger)
    assert b'EXAMINE "INBOX" (QRESYNC (7 5))' in server.commands
    gone = [change.id for change in changes if not isinstance(change, Put | Checkpoint)]
    assert [ledger.nodes[id].place for id in gone if isinstance(ledger.nodes[id], Item)] == ["7:1", "7:2"]  # type: ignore[union-attr]
    assert [item.place for item in items(changes)] == ["7:4"]


@pytest.mark.parametrize("condstore", [b"BAD no modifiers", b"* 1 FETCH (UID 1 FLAGS (\\Seen) MODSEQ (9))"])
async def test_server_that_promised_too_much(condstore: bytes) -> None:
    start, opened = _stood(2, 3, 5)
    two = row(1) + b"\r\n" + row(2)
    ledger, cursor = await _first(
        [*RICH, *start, b"EXAMINE", opened, b"UID SEARCH", b"* SEARCH 1 2", b"UID FETCH", two]
    )
    start, opened = _stood(2, 3, 9)
    answers = [b'EXAMINE "INBOX" (QRESYNC', b"BAD what", b"EXAMINE", opened, b"UID SEARCH", b"* SEARCH 1 2"]
    answers += [b"UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE", condstore]
    answers += [b"UID FETCH 1:2 (UID FLAGS)", b"* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n* 2 FETCH (UID 2 FLAGS ())"]
    with Scripted([*RICH, *start, *answers]) as server:
        changes = await told(server, cursor, ledger)
    assert [(item.place, item.flags) for item in items(changes)] == [("7:1", ("\\Seen",))]


async def test_quiet_mailbox_is_not_opened() -> None:
    start, opened = _stood(1, 2, 5)
    ledger, cursor = await _first(
        [*RICH, *start, b"EXAMINE", opened, b"UID SEARCH", b"* SEARCH 1", b"UID FETCH", row(1)]
    )
    with Scripted([*RICH, *start]) as server:
        changes = await told(server, cursor, ledger)
    assert not [command for command in server.commands if command.startswith(b"EXAMINE")]
    assert not items(changes)


def test_capabilities_are_asked_for_again_after_sign_in() -> None:
    with Scripted([b"CAPABILITY", b"IMAP4rev1", b"CAPABILITY", b"IMAP4rev1 UIDPLUS LITERAL+"]) as server:
        session = connect(where(server), lambda: "x")
        assert {"UIDPLUS", "LITERAL+"} <= session.abilities
        assert session.wire.prompt_literals
        session.close()
