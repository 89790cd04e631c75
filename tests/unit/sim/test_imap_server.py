"""The pretend IMAP server, as imapclient sees it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta, timezone

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

from saasbackup_desktop.sim.imap import (
    POOR,
    Bye,
    Drop,
    Mailbox,
    Manners,
    Refuse,
    Renumber,
    Server,
    serve_in_thread,
)

WHEN = datetime(2023, 4, 5, 6, 7, 8, tzinfo=timezone(timedelta(hours=5, minutes=30)))
LETTER = b"From: a@example.com\r\nTo: b@example.com\r\nSubject: One\r\nMessage-ID: <1@x>\r\n\r\nHello\r\n"


@contextmanager
def client(server: Server, user: str = "ann", password: str = "secret") -> Iterator[IMAPClient]:
    connection = IMAPClient(server.host, server.port, ssl=False, timeout=10)
    try:
        connection.normalise_times = False
        connection.login(user, password)
        yield connection
    finally:
        with suppress(OSError):
            connection.shutdown()


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox("ann", tokens=["good"])


@pytest.fixture
def server(mailbox: Mailbox) -> Iterator[Server]:
    with serve_in_thread([mailbox]) as running:
        yield running


def test_a_client_does_what_clients_do(server: Server, mailbox: Mailbox) -> None:
    with client(server) as c:
        assert b"QRESYNC" in c.capabilities()
        c.create_folder("Größe & Maß/Ünter")
        c.subscribe_folder("Größe & Maß/Ünter")
        assert [(flags, name) for flags, _, name in c.list_folders()] == [
            ((b"\\HasNoChildren",), "INBOX"),
            ((b"\\Noselect", b"\\HasChildren"), "Größe & Maß"),
            ((b"\\HasNoChildren",), "Größe & Maß/Ünter"),
        ]
        assert [name for _, _, name in c.list_sub_folders()] == ["Größe & Maß/Ünter"]
        said = c.append("INBOX", LETTER, ["\\Seen", "Project-X"], WHEN)
        assert b"APPENDUID" in (said if isinstance(said, bytes) else said[1][0])
        opened = c.select_folder("INBOX")
        assert opened[b"EXISTS"] == 1
        assert opened[b"UIDNEXT"] == 2
        assert b"Project-X" in opened[b"FLAGS"]
        got = c.fetch(
            [1], ["BODY.PEEK[]", "FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODYSTRUCTURE", "MODSEQ"]
        )[1]
        assert got[b"BODY[]"] == LETTER
        assert set(got[b"FLAGS"]) == {b"\\Seen", b"Project-X", b"\\Recent"}
        assert got[b"INTERNALDATE"] == WHEN
        assert got[b"RFC822.SIZE"] == len(LETTER)
        assert got[b"ENVELOPE"].subject == b"One"
        assert got[b"BODYSTRUCTURE"][:2] == (b"text", b"plain")
        assert c.add_flags([1], ["\\Flagged"]) == {1: (b"Project-X", b"\\Flagged", b"\\Seen", b"\\Recent")}
        c.copy([1], "Größe & Maß/Ünter")
        c.move([1], "Größe & Maß/Ünter")
        assert c.search("ALL") == []
        c.select_folder("Größe & Maß/Ünter")
        assert c.search(["FLAGGED", "SUBJECT", "one"]) == [1, 2]
        c.delete_messages([1])
        c.expunge([1])
        assert c.search() == [2]
        c.rename_folder("Größe & Maß/Ünter", "Plain")
        assert mailbox.folders.keys() == {"INBOX", "Plain"}
        c.unselect_folder()
        c.delete_folder("Plain")
        assert c.folder_status("INBOX", ["MESSAGES", "UIDNEXT", "HIGHESTMODSEQ", "SIZE"])[b"MESSAGES"] == 0
        assert c.namespace().personal == (("", "/"),)
        c.logout()


def test_several_letters_in_one_append(server: Server, mailbox: Mailbox) -> None:
    with client(server) as c:
        said = c.multiappend("INBOX", [{"msg": LETTER, "flags": ["$Note"], "date": WHEN}, {"msg": b""}])
    assert b"APPENDUID" in (said if isinstance(said, bytes) else said[1][0])
    first, second = mailbox.folder("INBOX").messages.values()
    assert (first.data, first.flags, first.internal_date) == (LETTER, {"$Note"}, WHEN)
    assert second.data == b""


def test_nothing_is_marked_seen_by_peeking_or_examining(server: Server, mailbox: Mailbox) -> None:
    mailbox.deliver("INBOX", LETTER)
    with client(server) as c:
        c.select_folder("INBOX", readonly=True)
        c.fetch([1], ["BODY[]"])
        c.select_folder("INBOX")
        c.fetch([1], ["BODY.PEEK[]", "RFC822.HEADER"])
        assert mailbox.folder("INBOX").messages[1].flags == set()
        c.fetch([1], ["BODY[]"])
        assert mailbox.folder("INBOX").messages[1].flags == {"\\Seen"}
    assert server.tally.bodies == 3


def test_a_part_of_a_large_message(server: Server, mailbox: Mailbox) -> None:
    data = LETTER + bytes(range(1, 256)) * 5000
    mailbox.deliver("INBOX", data)
    with client(server) as c:
        c.select_folder("INBOX", readonly=True)
        got = c.fetch([1], ["BODY.PEEK[]<1000.500000>", "BODY.PEEK[HEADER.FIELDS (subject x-none)]"])[1]
    assert got[b"BODY[]<1000>"] == data[1000:501000]
    assert got[b"BODY[HEADER.FIELDS (SUBJECT X-NONE)]"] == b"Subject: One\r\n\r\n"


def test_sign_in_with_a_token(server: Server) -> None:
    connection = IMAPClient(server.host, server.port, ssl=False, timeout=10)
    connection.oauth2_login("ann", "good")
    connection.logout()
    connection = IMAPClient(server.host, server.port, ssl=False, timeout=10)
    with pytest.raises(LoginError):
        connection.oauth2_login("ann", "stale")
    connection.plain_login("ann", "secret")
    connection.logout()


def test_wrong_password(server: Server) -> None:
    with pytest.raises(LoginError, match="AUTHENTICATIONFAILED"), client(server, password="wrong"):
        pass


def test_changes_since(server: Server, mailbox: Mailbox) -> None:
    for _ in range(5):
        mailbox.deliver("INBOX", LETTER)
    before = mailbox.folder("INBOX").highest_modseq
    mailbox.mark("INBOX", [2], ["\\Seen"])
    mailbox.remove("INBOX", [4])
    with client(server) as c:
        c.enable("QRESYNC")
        c.select_folder("INBOX", readonly=True)
        assert set(c.fetch("1:*", ["FLAGS"], [f"CHANGEDSINCE {before}"])) == {2}
        typ, _ = c._imap._simple_command(
            "SELECT", "INBOX", f"(QRESYNC ({mailbox.folder('INBOX').uid_validity} {before}))"
        )
        assert typ == "OK"
        assert c._imap.untagged_responses["VANISHED"] == [b"(EARLIER) 4"]


def test_idle_hears_of_a_delivery(server: Server, mailbox: Mailbox) -> None:
    with client(server) as c:
        c.select_folder("INBOX")
        c.idle()
        mailbox.deliver("INBOX", LETTER)
        assert (1, b"EXISTS") in c.idle_check(timeout=10)
        c.idle_done()


def test_faults_strike_in_order(server: Server, mailbox: Mailbox) -> None:
    mailbox.deliver("INBOX", LETTER)
    server.faults.add("LOGIN", Refuse("UNAVAILABLE"), after=1)
    server.faults.add("UID FETCH", Drop(after_bytes=30))
    with client(server) as c:
        c.select_folder("INBOX")
        with pytest.raises((IMAPClientError, OSError)):
            c.fetch([1], ["BODY.PEEK[]"])
    with pytest.raises(LoginError, match="UNAVAILABLE"), client(server):
        pass
    server.faults.add("NOOP", Bye())
    with client(server) as c, pytest.raises(IMAPClientError):
        c.noop()
    assert server.faults.struck == 3


def test_a_folder_is_renumbered(server: Server, mailbox: Mailbox) -> None:
    mailbox.deliver("INBOX", LETTER)
    mailbox.remove("INBOX", [mailbox.deliver("INBOX", LETTER).uid])
    before = mailbox.folder("INBOX").uid_validity
    server.faults.add("EXAMINE", Renumber("INBOX"))
    with client(server) as c:
        opened = c.select_folder("INBOX", readonly=True)
        assert opened[b"UIDVALIDITY"] > before
        assert opened[b"UIDNEXT"] == 2


def test_quota_and_limits(mailbox: Mailbox) -> None:
    mailbox.quota = 2048
    with serve_in_thread([mailbox], manners=Manners(append_limit=4096, connections=1)) as server, client(server) as c:
        assert c.get_quota_root("INBOX")[1][0].limit == 2
        with pytest.raises(IMAPClientError, match="OVERQUOTA"):
            c.append("INBOX", b"x" * 3000)
        with pytest.raises(IMAPClientError, match="TOOBIG"):
            c.append("INBOX", b"x" * 5000)
        with pytest.raises(IMAPClientError, match="TRYCREATE"):
            c.append("Missing", b"x")
        with pytest.raises(LoginError, match="LIMIT"), client(server):
            pass


def test_a_poor_server(mailbox: Mailbox) -> None:
    poor = Mailbox("ann", delimiter=".", prefix="INBOX.")
    poor.create("INBOX.Sent", use="\\Sent")
    with serve_in_thread([poor], manners=Manners(capabilities=POOR, keywords=False)) as server, client(server) as c:
        assert not c.has_capability("UIDPLUS")
        assert c.append("INBOX.Sent", LETTER, ["Kept", "\\Draft"]) == b"Append completed."
        assert c.list_folders() == [((b"\\HasChildren",), b".", "INBOX"), ((b"\\HasNoChildren",), b".", "INBOX.Sent")]
        assert c.namespace().personal == (("INBOX.", "."),)
        with pytest.raises(IMAPClientError, match="prefixed"):
            c.create_folder("Elsewhere")
        opened = c.select_folder("INBOX.Sent")
        assert b"HIGHESTMODSEQ" not in opened
        assert b"\\*" not in opened[b"PERMANENTFLAGS"]
        assert c.get_flags([1]) == {1: (b"\\Draft", b"\\Recent")}


def test_the_folder_opened_is_deleted(server: Server, mailbox: Mailbox) -> None:
    mailbox.create("Short")
    with client(server) as c:
        c.select_folder("Short")
        mailbox.delete("Short")
        with pytest.raises((IMAPClientError, OSError)):
            c.noop()
