"""Replies as servers send them, odd ones too."""

import socket
from collections.abc import Callable

import pytest

from saasbackup_desktop.core.errors import ProtocolBroken
from saasbackup_desktop.providers.imap.wire import (
    Literal,
    Lost,
    Rejected,
    Value,
    Wire,
    WrongLength,
    astring,
    parse,
    quoted,
    split_code,
)

Talk = Callable[[bytes], Wire]


class _Connection:
    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.file = sock.makefile("rb")


@pytest.fixture
def talk(request: pytest.FixtureRequest) -> Talk:
    """A wire whose other end has said something already."""

    def start(said: bytes) -> Wire:
        near, far = socket.socketpair()
        near.settimeout(5)
        far.sendall(said)
        far.shutdown(socket.SHUT_WR)
        wire = Wire(_Connection(near))  # type: ignore[arg-type]
        request.addfinalizer(far.close)
        request.addfinalizer(wire.close)
        return wire

    return start


@pytest.mark.parametrize(
    ("parts", "values"),
    [
        ([b"(a b) NIL nil"], [[b"a", b"b"], None, None]),
        ([b'"NIL" "with \\"quotes\\" and \\\\" ""'], [b"NIL", b'with "quotes" and \\', b""]),
        ([b"(UID 1 BODY[] ", b"raw) (", b")"], [[b"UID", b"1", b"BODY[]", b"raw) ("]]),
        (
            [b"(BODY[HEADER.FIELDS (X Y)]<0> ", b"z", b" UID 2)"],
            [[b"BODY[HEADER.FIELDS (X Y)]<0>", b"z", b"UID", b"2"]],
        ),
        ([b"((a (b)) ())"], [[[b"a", [b"b"]], []]]),
        ([b"(FLAGS (\\Seen $Label odd[flag) X 1)"], [[b"FLAGS", [b"\\Seen", b"$Label", b"odd[flag"], b"X", b"1"]]),
        ([b"", b"", b""], [b""]),
    ],
)
def test_values(parts: list[bytes], values: list[Value]) -> None:
    assert parse(parts) == values


@pytest.mark.parametrize("text", [b"(a", b"a)", b"(()"])
def test_unbalanced_lists(text: bytes) -> None:
    with pytest.raises(ProtocolBroken):
        parse([text])


def test_codes() -> None:
    assert split_code(b"[UIDVALIDITY 5] ok") == (b"UIDVALIDITY", b"5", b"ok")
    assert split_code(b"[alert] Full") == (b"ALERT", b"", b"Full")
    assert split_code(b"plain [x]") == (b"", b"", b"plain [x]")


def test_replies_at_any_time(talk: Talk) -> None:
    wire = talk(
        b"* 2 FETCH (FLAGS (\\Seen))\r\n* 3 EXISTS\r\n* 1 RECENT\r\n* OK still here\r\n* 1 EXPUNGE\r\n"
        b"* 1 FETCH (UID 9 BODY[] {3}\r\na\r\n FLAGS ())\r\nS1 OK done\r\n"
    )
    outcome = wire.command(b"NOOP")
    assert [(reply.kind, reply.number) for reply in outcome.replies] == [
        (b"FETCH", 2),
        (b"EXISTS", 3),
        (b"RECENT", 1),
        (b"EXPUNGE", 1),
        (b"FETCH", 1),
    ]
    assert outcome.of(b"FETCH")[1].fields() == {b"UID": b"9", b"BODY[]": b"a\r\n", b"FLAGS": []}


def test_refusals(talk: Talk) -> None:
    with pytest.raises(Rejected) as raised:
        talk(b"S1 NO [OVERQUOTA] full\r\n").command(b"X")
    assert (raised.value.state, raised.value.code, str(raised.value)) == (b"NO", b"OVERQUOTA", "full")


def test_bare_refusal(talk: Talk) -> None:
    with pytest.raises(Rejected):
        talk(b"S1 BAD\r\n").command(b"X")


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (b"* BYE later\r\n", Lost),
        (b"", Lost),
        (b"* 1 FETCH (BODY[] {10}\r\nabc", Lost),
        (b"* 1 FETCH (BODY[] {99999999999999999999}\r\n", ProtocolBroken),
        (b"S7 OK of another command\r\n", ProtocolBroken),
        (b"* 1 FETCH", Lost),
    ],
)
def test_broken_conversations(talk: Talk, said: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        talk(said).command(b"X")


def test_several_commands_at_once(talk: Talk) -> None:
    wire = talk(b"* STATUS a ()\r\nS1 OK\r\nS2 NO no\r\n* STATUS c ()\r\nS3 OK done\r\n")
    first, second, third = wire.together([(b"A",), (b"B",), (b"C",)])
    assert not isinstance(first, Rejected)
    assert [reply.parts for reply in first.of(b"STATUS")] == [[b"a ()"]]
    assert isinstance(second, Rejected)
    assert not isinstance(third, Rejected)


def test_literals_wait_to_be_asked_for(talk: Talk) -> None:
    wire = talk(b"* 1 EXISTS\r\n+ go on\r\nS1 OK\r\n")
    assert wire.command(b"APPEND x", Literal(3, [b"a", b"bc"])).code == b""


def test_literal_that_is_refused(talk: Talk) -> None:
    with pytest.raises(Rejected):
        talk(b"S1 NO [TOOBIG] no\r\n").command(b"APPEND x", Literal(3, [b"abc"]))


@pytest.mark.parametrize("pieces", [[b"ab"], [b"abcd"]])
def test_literal_of_another_length(talk: Talk, pieces: list[bytes]) -> None:
    with pytest.raises(WrongLength):
        talk(b"+ go on\r\n").command(b"APPEND x", Literal(3, pieces))


def test_writing() -> None:
    assert quoted(b'a "b" \\c') == b'"a \\"b\\" \\\\c"'
    assert isinstance(astring("ä".encode()), Literal)
    assert astring(b"plain") == b'"plain"'
