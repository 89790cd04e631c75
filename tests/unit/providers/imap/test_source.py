"""A mailbox on a real server is told as it is, again and again, and nothing is fetched twice."""

from saasbackup_desktop.core.model import Role
from saasbackup_desktop.core.stream import Checkpoint, Put
from saasbackup_desktop.providers.imap import ImapSource
from tests.servers.dovecot import Dovecot, User
from tests.unit.providers.imap.conftest import message
from tests.unit.providers.imap.ledger import Ledger


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
