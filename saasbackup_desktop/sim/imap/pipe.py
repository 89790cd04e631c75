"""One connection's bytes: commands in, answers out."""

import asyncio
import re
import ssl
from collections.abc import Callable

from saasbackup_desktop.sim.imap.wire import LITERAL, Malformed, Words

_ANNOUNCED = re.compile(rb"(~?)\{(\d{1,18})(\+?)\}$")
_DRAIN_AT = 256 * 1024
LONGEST_LINE = 1024 * 1024


class Gone(Exception):
    """The client has gone, or has been cut off."""


class TooBig(Exception):
    """A literal larger than the server takes; the message is the command's tag."""


class Pipe:
    """Read commands, write answers; count what passes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._unsent: list[bytes] = []
        self._pending = 0
        self.sent = 0
        """Bytes answered."""
        self.cut_after: int | None = None
        """Bytes after which the connection is cut; None for never."""

    async def line(self) -> bytes:
        """Read one line, without its end; Gone at the end of the stream."""
        try:
            line = await self._reader.readuntil(b"\n")
        except asyncio.LimitOverrunError:
            self.send(b"* BAD Line too long\r\n")
            raise Gone from None
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            raise Gone from None
        return line[:-2] if line.endswith(b"\r\n") else line[:-1]

    async def command(self, largest: Callable[[bytes], int | None]) -> tuple[str, Words]:
        """Read one command with its literals: its tag and the rest.

        ``largest`` says for the words so far how large a literal may be, or None for any size.
        """
        text, literals, too_big = b"", [], False
        while True:
            line = await self.line()
            announced = _ANNOUNCED.search(line)
            if LITERAL in line:
                raise Malformed("NUL in a command")
            if not announced:
                text += line
                break
            text += line[: announced.start()] + LITERAL
            size, limit = int(announced[2]), largest(text)
            if limit is not None and size > limit:
                if not announced[3]:
                    raise TooBig(text.partition(b" ")[0].decode("ascii", "replace"))
                too_big = True
            if not announced[3]:
                self.send(b"+ OK\r\n")
                await self.drain()
            literals.append(await self._exactly(size))
        tag, space, rest = text.partition(b" ")
        name = tag.decode("ascii", "replace")
        if too_big:
            raise TooBig(name)
        if not space or not tag:
            raise Malformed("Missing tag or command")
        return name, Words(rest, literals)

    async def _exactly(self, size: int) -> bytes:
        try:
            return await self._reader.readexactly(size)
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            raise Gone from None

    def send(self, data: bytes) -> None:
        """Write bytes as they are."""
        if self.cut_after is not None:
            if len(data) > self.cut_after:
                self._put(data[: self.cut_after])
                raise Gone
            self.cut_after -= len(data)
        if self._writer.is_closing():
            raise Gone
        self._put(data)

    def _put(self, data: bytes) -> None:
        self.sent += len(data)
        self._unsent.append(data)
        self._pending += len(data)

    def _flush(self) -> None:
        # One write for many short answers: small packets are slow.
        if self._unsent and not self._writer.is_closing():
            self._writer.write(b"".join(self._unsent))
        self._unsent.clear()
        self._pending = 0

    def untagged(self, text: bytes | str) -> None:
        """Write an untagged answer."""
        self.send(b"* %b\r\n" % (text if isinstance(text, bytes) else text.encode()))

    async def drain_if_full(self) -> None:
        """Wait for the client when much is under way."""
        if self._pending >= _DRAIN_AT:
            await self.drain()

    async def drain(self) -> None:
        """Wait until the client has taken most of it."""
        self._flush()
        try:
            await self._writer.drain()
        except (ConnectionError, ssl.SSLError):
            raise Gone from None

    async def encrypt(self, context: ssl.SSLContext) -> None:
        """Turn to TLS (RFC 3501 section 6.2.1); Gone when the handshake fails."""
        try:
            await self._writer.start_tls(context)
        except (OSError, ssl.SSLError):
            raise Gone from None

    async def close(self) -> None:
        """Close, after what was written has gone out."""
        self._flush()
        self._writer.close()
        try:
            await asyncio.wait_for(self._writer.wait_closed(), 2)
        except (OSError, ssl.SSLError, TimeoutError):
            self._writer.transport.abort()
