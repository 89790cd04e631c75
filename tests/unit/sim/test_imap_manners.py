"""The pretend server's ways: TLS, greetings, limits, oddities to order."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from saasbackup_desktop.sim.imap import (
    Alert,
    Certificate,
    Drop,
    Mailbox,
    Manners,
    Refuse,
    Server,
    Slow,
    serve_in_thread,
)
from saasbackup_desktop.sim.letters import letters
from saasbackup_desktop.sim.organisation import AWKWARD
from tests.servers.certificates import Authority
from tests.unit.sim.test_imap_server import LETTER, client
from tests.unit.sim.transcript import Talk


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox("ann")


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def server(mailbox: Mailbox) -> Iterator[Server]:
    with serve_in_thread([mailbox]) as running:
        yield running


@pytest.mark.parametrize("starttls", [False, True])
def test_tls(mailbox: Mailbox, authority: Authority, starttls: bool) -> None:
    issued = authority.issue("sim")
    certificate = Certificate(issued.certificate, issued.key, starttls=starttls)
    mailbox.deliver("INBOX", LETTER * 20_000)
    context = ssl.create_default_context(cafile=str(authority.file))
    with serve_in_thread([mailbox], certificate=certificate) as server:
        connection = IMAPClient("localhost", server.port, ssl=not starttls, ssl_context=context, timeout=10)
        if starttls:
            assert b"STARTTLS" in connection.capabilities()
            connection.starttls(context)
        assert b"STARTTLS" not in connection.capabilities()
        connection.login("ann", "secret")
        connection.select_folder("INBOX", readonly=True)
        assert connection.fetch([1], ["BODY.PEEK[]"])[1][b"BODY[]"] == LETTER * 20_000
        connection.logout()


def test_greeted_as_known(mailbox: Mailbox) -> None:
    with serve_in_thread([mailbox], manners=Manners(greeting_user="ann")) as server:
        connection = IMAPClient(server.host, server.port, ssl=False, timeout=10)
        assert connection.welcome.startswith(b"* PREAUTH")
        connection.select_folder("INBOX")
        connection.logout()


def test_answers_cut_short_and_delimiter_unsaid(mailbox: Mailbox) -> None:
    for _ in range(9):
        mailbox.deliver("INBOX", LETTER)
    with (
        serve_in_thread([mailbox], manners=Manners(fetch_most=4, list_delimiter_nil=True)) as server,
        client(server) as c,
    ):
        c.select_folder("INBOX", readonly=True)
        assert sorted(c.fetch("1:*", ["FLAGS"])) == [1, 2, 3, 4]
        assert c.list_folders()[0][1] is None


def test_a_flat_server(mailbox: Mailbox) -> None:
    flat = Mailbox("ann", delimiter=None)
    with serve_in_thread([flat]) as server, client(server) as c:
        c.create_folder("a/b.c")
        assert [(delimiter, name) for _, delimiter, name in c.list_folders()] == [(None, "INBOX"), (None, "a/b.c")]


def test_slow_and_alarming_but_well(server: Server) -> None:
    server.faults.add("NOOP", Slow(0.01))
    server.faults.add("NOOP", Alert("The disk is nearly full"))
    with client(server) as c:
        c.noop()
        c.noop()
    assert server.faults.struck == 2


def test_the_third_of_anything_fails_twice(server: Server) -> None:
    with client(server) as c:
        server.faults.add("*", Refuse("INUSE", "Busy"), after=2, times=2)
        c.noop()
        c.noop()
        for _ in range(2):
            with pytest.raises(IMAPClientError, match="INUSE"):
                c.folder_status("INBOX", ["MESSAGES"])
        c.folder_status("INBOX", ["MESSAGES"])


def test_cut_at_the_greeting(server: Server) -> None:
    server.faults.add("GREETING", Drop())
    with pytest.raises((IMAPClientError, OSError)):
        IMAPClient(server.host, server.port, ssl=False, timeout=10)
    with client(server) as c:
        c.noop()


def test_connections_are_counted_and_freed(mailbox: Mailbox) -> None:
    with serve_in_thread([mailbox], manners=Manners(connections=2)) as server:
        for _ in range(5):
            with client(server), client(server):
                pass
        assert server.tally.logins == 10
        assert "LOGIN ..." in server.tally.commands
        assert not any("secret" in each for each in server.tally.commands)


def test_awkward_names_survive(server: Server, mailbox: Mailbox) -> None:
    with client(server) as c:
        for path in AWKWARD:
            c.create_folder("/".join(path))
        listed = {name for _, _, name in c.list_folders()}
        assert {"/".join(path) for path in AWKWARD} <= listed
        for path in AWKWARD:
            c.select_folder("/".join(path), readonly=True)


def test_odd_letters_come_back_byte_for_byte(server: Server, mailbox: Mailbox) -> None:
    several = list(letters("odd", 400, 4000))
    with client(server) as c:
        for start in range(0, len(several), 50):
            batch = several[start : start + 50]
            c.multiappend("INBOX", [{"msg": letter.data, "date": letter.internal_date} for letter in batch])
        c.select_folder("INBOX", readonly=True)
        got = c.fetch(
            "1:*", ["BODY.PEEK[]", "INTERNALDATE", "ENVELOPE", "BODYSTRUCTURE", "BODY.PEEK[HEADER]", "BODY.PEEK[TEXT]"]
        )
    assert len(got) == len(several)
    for letter, answer in zip(several, got.values(), strict=True):
        assert answer[b"BODY[]"] == letter.data
        assert answer[b"BODY[HEADER]"] + answer[b"BODY[TEXT]"] == letter.data
        assert answer[b"INTERNALDATE"] == letter.internal_date


def test_a_binary_letter_needs_a_binary_literal(server: Server, mailbox: Mailbox) -> None:
    data = b"Subject: NUL\r\n\r\n\x00\x01\r\n"
    with Talk(server.port) as talk:
        talk.say("", "LOGIN ann secret")
        talk.say("append", b"APPEND INBOX ~{}", data)
    assert talk.steps["append"][-1].startswith("= OK APPENDUID")
    assert mailbox.folder("INBOX").messages[1].data == data


@pytest.mark.parametrize(
    "line",
    ["", "x", "x ", "x UID", "x LOGIN", 'x LOGIN "a', "x LOGIN {a}", "x \x01", "x UID FETCH 1 FLAGS", "x SELECT {3}x"],
)
def test_nonsense_is_answered_with_bad(server: Server, line: str) -> None:
    with Talk(server.port) as talk:
        talk._socket.sendall(line.encode() + b"\r\n")
        assert b" BAD " in talk._read()[0]
        talk.say("still there", "CAPABILITY")
    assert talk.steps["still there"][-1] == "= OK"


def test_stopping_cuts_open_connections_quietly(mailbox: Mailbox, caplog: pytest.LogCaptureFixture) -> None:
    with serve_in_thread([mailbox]) as server:
        with client(server) as c:
            c.select_folder("INBOX")
        left = IMAPClient(server.host, server.port, ssl=False, timeout=10)
        left.login("ann", "secret")
        left.idle()
    with pytest.raises((IMAPClientError, OSError)):
        left.idle_done()
    left.shutdown()
    assert server.tally.connections == 0
    assert not caplog.records
    with serve_in_thread([mailbox], port=server.port) as again, client(again) as c:
        c.noop()
