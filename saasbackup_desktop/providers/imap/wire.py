"""Speak IMAP over the socket of an open connection: commands out, replies in (RFC 3501, RFC 7888, RFC 3516).

imapclient opens the connection; from then on replies are read here, because its parser looks at every byte in Python.
"""

import imaplib
import re
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, TypeAlias, cast

from saasbackup_desktop.core.errors import ProtocolBroken
from saasbackup_desktop.core.traffic import Traffic, unlimited

Value: TypeAlias = "bytes | None | list[Value]"

_LINE_LIMIT = 64 << 20
_LITERAL_LIMIT = 256 << 20
_MARK = re.compile(rb"~?\{(\d+)\+?\}\r?\n$")
_TOKEN = re.compile(rb'[ \t]*(?:(\()|(\))|"((?:[^"\\]|\\.)*)"|((?:\[[^\]]*\]|[^ \t()"\r\n])+))', re.DOTALL)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_CODE = re.compile(rb"\[([^ \]]+)(?: ([^\]]*))?\] ?(.*)", re.DOTALL)
_STATES = frozenset((b"OK", b"NO", b"BAD", b"BYE", b"PREAUTH"))


class Lost(ConnectionError):
    """The server closed the connection; the text is what it said as farewell."""


class WrongLength(Exception):
    """A literal was not as long as announced: the connection is of no use any more."""


class Rejected(Exception):
    """The server answered NO or BAD."""

    def __init__(self, state: bytes, code: bytes, argument: bytes, text: bytes) -> None:
        super().__init__(text.decode(errors="replace"))
        self.state = state
        self.code = code
        self.argument = argument
        self.text = text


@dataclass(frozen=True, slots=True)
class Literal:
    """Bytes that go out as they are: ``size`` of them, in pieces. ``binary``: NUL may be among them (RFC 3516)."""

    size: int
    pieces: Iterable[bytes]
    binary: bool = False


Word: TypeAlias = bytes | Literal


@dataclass(slots=True)
class Reply:
    """One untagged reply."""

    kind: bytes
    number: int | None
    parts: Sequence[bytes]
    """What follows: text at even places, literals at odd ones."""

    def values(self) -> list[Value]:
        """Take the reply apart."""
        return parse(self.parts)

    def fields(self) -> dict[bytes, Value]:
        """Take ``(NAME value NAME value ...)`` apart."""
        (values,) = parse(self.parts) or [[]]
        if not isinstance(values, list):
            raise ProtocolBroken(f"{self.kind!r} without a list")
        names = iter(values)
        return {name.upper(): value for name, value in zip(names, names, strict=False) if isinstance(name, bytes)}


@dataclass(slots=True)
class Outcome:
    """What a command led to."""

    code: bytes = b""
    argument: bytes = b""
    text: bytes = b""
    replies: list[Reply] = field(default_factory=list)
    codes: dict[bytes, bytes] = field(default_factory=dict)
    """Response codes of untagged OK replies."""

    def of(self, kind: bytes) -> list[Reply]:
        """Replies of one kind."""
        return [reply for reply in self.replies if reply.kind == kind]


class Wire:
    """One connection. Not thread-safe."""

    def __init__(self, connection: imaplib.IMAP4, traffic: Traffic | None = None) -> None:
        self._traffic = traffic or unlimited()
        self._is_cut = False
        self._socket: socket.socket = connection.sock
        self._file = cast(BinaryIO, connection.file)
        self._number = 0
        self.prompt_literals = False
        """The server takes literals without being asked first (LITERAL+)."""

    def command(self, *words: Word) -> Outcome:
        """Send one command and wait for its end. Raises Rejected, Lost, OSError, ProtocolBroken."""
        return self.finish(self.send(*words))

    def together(self, commands: Sequence[Sequence[bytes]]) -> list[Outcome | Rejected]:
        """Send commands that do not depend on each other in one go; replies come with the command they stand before."""
        tags = [self._tag() for _ in commands]
        lines = [b" ".join((tag, *words)) for tag, words in zip(tags, commands, strict=True)]
        self._push(b"\r\n".join(lines) + b"\r\n")
        outcomes: list[Outcome | Rejected] = []
        for tag in tags:
            try:
                outcomes.append(self.finish(tag))
            except Rejected as rejected:
                outcomes.append(rejected)
        return outcomes

    def send(self, *words: Word) -> bytes:
        """Send a command; its tag is for ``finish``."""
        tag = self._tag()
        line = bytearray(tag)
        for word in words:
            line += b" "
            if isinstance(word, bytes):
                line += word
                continue
            prompt = self.prompt_literals
            line += b"%s{%d%s}\r\n" % (b"~" if word.binary else b"", word.size, b"+" if prompt else b"")
            if not prompt:
                self._push(line)
                line.clear()
                self._await_go_ahead(tag)
            sent = self._send_pieces(word, line)
            line.clear()
            if sent != word.size:
                raise WrongLength(f"literal of {word.size} bytes had {sent}")
        self._push(line + b"\r\n")
        return tag

    def finish(self, tag: bytes) -> Outcome:
        """Read replies up to the end of a command."""
        outcome = Outcome()
        while True:
            head, kind, number, parts = self._reply()
            if head == b"*":
                if kind in _STATES:
                    self._untagged_state(kind, parts[0], outcome)
                else:
                    outcome.replies.append(Reply(kind, number, parts))
            elif head == tag:
                outcome.code, outcome.argument, outcome.text = split_code(parts[0])
                if kind != b"OK":
                    raise Rejected(kind, outcome.code, outcome.argument, outcome.text)
                return outcome
            elif head != b"+":
                raise ProtocolBroken(f"unexpected tag {head[:20]!r}")

    def cut(self) -> None:
        """Break the connection from any thread: whoever reads or writes fails at once."""
        self._is_cut = True
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it was down already

    def close(self) -> None:
        """Release the socket."""
        self.cut()
        self._file.close()
        self._socket.close()

    def _tag(self) -> bytes:
        self._number += 1
        return b"S%d" % self._number

    def _send_pieces(self, literal: Literal, before: bytearray) -> int:
        sent = 0
        buffer = before
        for piece in literal.pieces:
            sent += len(piece)
            if sent > literal.size:
                break
            buffer += piece
            if len(buffer) >= 65_536:
                self._push(buffer)
                buffer.clear()
        if buffer:
            self._push(buffer)
        return sent

    def _push(self, data: bytes | bytearray) -> None:
        if self._traffic.limit is None:
            self._socket.sendall(data)
            return
        for piece in self._traffic.pieces(bytes(data)):
            self._take(len(piece))
            self._socket.sendall(piece)

    def _take(self, size: int) -> None:
        self._traffic.take(size, lambda: self._is_cut)

    def _await_go_ahead(self, tag: bytes) -> None:
        outcome = Outcome()
        while True:
            head, kind, _, parts = self._reply()
            if head == b"+":
                return
            if head == b"*" and kind in _STATES:
                self._untagged_state(kind, parts[0], outcome)
            elif head == tag:
                raise Rejected(kind, *split_code(parts[0]))

    def _untagged_state(self, kind: bytes, text: bytes, outcome: Outcome) -> None:
        if kind == b"BYE":
            raise Lost(text.decode(errors="replace"))
        code, argument, _ = split_code(text)
        if code and kind == b"OK":
            outcome.codes[code] = argument

    def _reply(self) -> tuple[bytes, bytes, int | None, list[bytes]]:
        """Read one reply: tag, kind, number if it begins with one, the rest."""
        line = self._line()
        head, _, rest = line.partition(b" ")
        if head == b"+" or line[:1] == b"+":
            return b"+", b"", None, [rest]
        word, _, rest = rest.partition(b" ")
        number = None
        if word.isdigit():
            number = int(word)
            word, _, rest = rest.partition(b" ")
        parts = [rest]
        while (mark := _MARK.search(parts[-1])) is not None:
            parts[-1] = parts[-1][: mark.start()]
            parts.append(self._exactly(int(mark[1])))
            parts.append(self._line())
        parts[-1] = parts[-1].rstrip(b"\r\n")
        return head, word.rstrip(b"\r\n").upper(), number, parts

    def _line(self) -> bytes:
        line = self._file.readline(_LINE_LIMIT)
        if not line.endswith(b"\n"):
            if len(line) >= _LINE_LIMIT:
                raise ProtocolBroken("endless line")
            raise Lost("closed")
        self._take(len(line))
        return line

    def _exactly(self, size: int) -> bytes:
        if size > _LITERAL_LIMIT:
            raise ProtocolBroken(f"literal of {size} bytes")
        data = self._file.read(size) if self._traffic.limit is None else self._evenly(size)
        if len(data) < size:
            raise Lost("closed in the middle of a literal")
        return data

    def _evenly(self, size: int) -> bytes:
        """Read no faster than the traffic allows: the server waits for us."""
        data = bytearray()
        while len(data) < size:
            step = min(self._traffic.step, size - len(data))
            self._take(step)
            piece = self._file.read(step)
            if not piece:
                break
            data += piece
        return bytes(data)


def split_code(text: bytes) -> tuple[bytes, bytes, bytes]:
    """Split ``[CODE argument] text``."""
    text = text.strip()
    match = _CODE.match(text)
    if match is None:
        return b"", b"", text
    return match[1].upper(), match[2] or b"", match[3]


def parse(parts: Sequence[bytes]) -> list[Value]:
    """Turn text and literals into nested lists; atoms and strings become bytes, NIL becomes None."""
    top: list[Value] = []
    current = top
    stack: list[list[Value]] = []
    for index, part in enumerate(parts):
        if index % 2:
            current.append(part)
            continue
        for match in _TOKEN.finditer(part):
            group = match.lastindex
            if group == 4:
                atom = match[4]
                current.append(None if len(atom) == 3 and atom.upper() == b"NIL" else atom)
            elif group == 1:
                stack.append(current)
                inner: list[Value] = []
                current.append(inner)
                current = inner
            elif group == 2:
                if not stack:
                    raise ProtocolBroken("unbalanced list")
                current = stack.pop()
            else:
                text = match[3]
                current.append(_ESCAPED.sub(rb"\1", text) if b"\\" in text else text)
    if stack:
        raise ProtocolBroken("unbalanced list")
    return top


def quoted(text: bytes) -> bytes:
    """Write a quoted string; for names without line breaks."""
    return b'"%s"' % text.replace(b"\\", b"\\\\").replace(b'"', b'\\"')


def astring(text: bytes) -> Word:
    """Write a string so that any byte but NUL passes."""
    if text.isascii() and b"\r" not in text and b"\n" not in text:
        return quoted(text)
    return Literal(len(text), [text])


def number(value: Value, default: int = 0) -> int:
    """Read a number, alone or as the only member of a list (MODSEQ)."""
    if isinstance(value, list):
        value = value[0] if value else None
    return int(value) if isinstance(value, bytes) and value.isdigit() else default


def texts(value: Value) -> list[bytes]:
    """The strings of a list."""
    return [entry for entry in value if isinstance(entry, bytes)] if isinstance(value, list) else []
