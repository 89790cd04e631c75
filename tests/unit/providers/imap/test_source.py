"""A mailbox on a real server is told as it is, again and again, and nothing is fetched twice."""

import os

from saasbackup_desktop.core.model import Role
from saasbackup_desktop.core.stream import Checkpoint, Put
from saasbackup_desktop.providers.imap import ImapSource, ImapTarget
from tests.corpora import Corpora
from tests.servers.dovecot import Dovecot, User
from tests.unit.providers.imap.conftest import message
from tests.unit.providers.imap.ledger import Ledger
from tests.unit.providers.imap.test_target import delivery


async def test_everything_is_told_newest_first(dovecot: Dovecot, user: User, source: ImapSource) -> None:
    dovecot.append(user, "INBOX", [message(n) for n in range(30)], (b"\\Seen", b"$Label1"))
    dovecot.append(user, "Work/Häufig", [message(n, subject="work") for n in range(3)])
    ledger = Ledger()
    assert await ledger.follow(source)
    assert ledger.names() == {"INBOX", "Work", "Work/Häufig", "Sent", "Drafts", "Trash", "Junk", "Archive"}
    assert ledger.folder("Sent").role is Role.SENT
    assert [ledger.data(item) for item in ledger.inside("INBOX")] == [message(n) for n in range(30)]
    assert {item.flags for item in ledger.inside("INBOX")} == {("$Label1", "\\Seen")}
    assert ledger.fetched == 33

    uids = [int(c.node.place.split(":")[1]) async for c in source.changes(None, Ledger()) if _is_inbox(c, ledger)]
    assert uids == list(range(30, 0, -1))


def _is_inbox(change: object, ledger: Ledger) -> bool:
    return isinstance(change, Put) and change.node.parent == ledger.folder("INBOX").id


async def test_nothing_is_marked_as_read(dovecot: Dovecot, user: User, source: ImapSource) -> None:
    dovecot.append(user, "INBOX", [message(1)])
    await Ledger().follow(source)
    with dovecot.connect(user) as client:
        client.select_folder("INBOX", readonly=True)
        assert b"\\Seen" not in client.get_flags([1])[1]


async def test_second_run_says_nothing_of_items(dovecot: Dovecot, user: User, source: ImapSource) -> None:
    dovecot.append(user, "INBOX", [message(n) for n in range(10)])
    ledger = Ledger()
    await ledger.follow(source)
    await ledger.follow(source)
    assert (ledger.put, ledger.fetched, ledger.gone) == (0, 0, 0)


async def test_last_change_is_the_only_complete_checkpoint(dovecot: Dovecot, user: User, source: ImapSource) -> None:
    dovecot.append(user, "INBOX", [message(1)])
    changes = [change async for change in source.changes(None, Ledger())]
    complete = [n for n, change in enumerate(changes) if isinstance(change, Checkpoint) and change.complete]
    assert complete == [len(changes) - 1]


async def test_message_of_no_bytes(dovecot: Dovecot, user: User, source: ImapSource) -> None:
    dovecot.append(user, "INBOX", [message(1)])
    maildir = dovecot.home(user) / "Maildir"
    empty = maildir / "new" / "1600000000.M1P1.host"
    empty.touch()
    owner = maildir.stat()
    os.chown(empty, owner.st_uid, owner.st_gid)
    ledger = Ledger()
    assert await ledger.follow(source)
    assert {ledger.data(item) for item in ledger.inside("INBOX")} == {b"", message(1)}
    assert not ledger.faults


async def test_large_message_is_streamed(dovecot: Dovecot, user: User, source: ImapSource) -> None:
    large = message(1, text="0123456789abcdef" * 700_000)
    dovecot.append(user, "INBOX", [large, message(2)])
    ledger = Ledger()
    assert await ledger.follow(source)
    assert [ledger.data(item) for item in ledger.inside("INBOX")] == [large, message(2)]
    (item,) = [item for item in ledger.inside("INBOX") if item.size == len(large)]
    ((fetched,),) = [batch async for batch in source.fetch([item])]
    assert not isinstance(fetched.data, bytes | Exception)
    assert max([len(piece) async for piece in fetched.data]) <= 1 << 20


async def test_two_messages_with_one_message_id(dovecot: Dovecot, user: User, source: ImapSource) -> None:
    twins = [message(1, text="one"), message(1, text="two")]
    dovecot.append(user, "INBOX", twins)
    ledger = Ledger()
    await ledger.follow(source)
    assert [ledger.data(item) for item in ledger.inside("INBOX")] == twins


async def test_thousands_of_folders_are_asked_together(dovecot: Dovecot, user: User, source: ImapSource) -> None:
    with dovecot.connect(user) as client:
        for number in range(120):
            client.create_folder(f"f{number}")
    dovecot.append(user, "f77", [message(1)])
    ledger = Ledger()
    assert await ledger.follow(source)
    assert len(ledger.inside("f77")) == 1
    assert len(ledger.names()) == 126


async def test_real_mail_goes_there_and_back(
    dovecot: Dovecot, source: ImapSource, target: ImapTarget, corpora: Corpora
) -> None:
    samples = [sample.read() for sample in corpora.samples("mime")]
    messages = [_as_sent(data) for data in samples if 0 < len(data) < 2_000_000][:1_000]
    folder = await target.folder(["Samples"])
    receipts = await target.put([delivery(n, folder, data=data) for n, data in enumerate(messages)])
    assert [receipt.fault for receipt in receipts if receipt.fault] == []
    ledger = Ledger()
    assert await ledger.follow(source)
    assert [ledger.data(item) for item in ledger.inside("Samples")] == messages
    by_id = {receipt.id: receipt.item.facets["header"] for receipt in receipts}
    told = await target.headers([receipt.id for receipt in receipts if receipt.id])
    assert told == by_id


def _as_sent(data: bytes) -> bytes:
    """Line ends as on the wire, and no NUL, which IMAP cannot carry."""
    return data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n").replace(b"\0", b"?")
