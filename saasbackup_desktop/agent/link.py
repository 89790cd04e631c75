"""Messages over a stream of bytes: framed by length, long ones in pieces so that short ones pass between them."""

import asyncio
import contextlib
import itertools
import struct
from collections.abc import AsyncIterator
from typing import Final

_HEADER: Final = struct.Struct(">I?I")
"""Length of the piece, whether it is the last of its message, the message's number."""
PIECE: Final = 128 * 1024
"""Bytes at once: some tenths of a millisecond."""
LONGEST: Final = 1 << 30
"""Bytes of a message, of somebody who has proven to be allowed in."""
FIRST_LONGEST: Final = 4096
"""Bytes of a message before that."""


class Broken(ConnectionError):
    """The other side does not keep to the rules, or is gone."""


class Link:
    """One connection. Belongs to the loop on which it was made."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._numbers = itertools.count()
        self._pieces: dict[int, list[bytes]] = {}
        self._gathered = 0
        self.longest = FIRST_LONGEST

    async def send(self, message: bytes) -> None:
        """Send a message, and wait while the other side does not keep up. Raises Broken."""
        number = next(self._numbers) & 0xFFFFFFFF
        for start in range(0, max(1, len(message)), PIECE):
            piece = message[start : start + PIECE]
            self._put(piece, start + PIECE >= len(message), number)
            try:
                await self._writer.drain()
            except OSError as error:
                raise Broken(str(error)) from error

    def post(self, message: bytes) -> None:
        """Send a short message at once, behind what is on its way."""
        self._put(message, True, next(self._numbers) & 0xFFFFFFFF)

    def _put(self, piece: bytes, is_last: bool, number: int) -> None:
        if self._writer.is_closing():
            raise Broken("closed")
        self._writer.write(_HEADER.pack(len(piece), is_last, number) + piece)

    async def receive(self) -> bytes:
        """Give the next whole message. Raises Broken."""
        while True:
            try:
                length, is_last, number = _HEADER.unpack(await self._reader.readexactly(_HEADER.size))
                self._gathered += length
                if self._gathered > self.longest:
                    raise Broken("a message is too long")
                piece = await self._reader.readexactly(length)
            except (asyncio.IncompleteReadError, OSError) as error:
                raise Broken(str(error)) from error
            if not is_last:
                self._pieces.setdefault(number, []).append(piece)
                continue
            message = b"".join([*self._pieces.pop(number, []), piece])
            self._gathered -= len(message)
            return message

    async def messages(self) -> AsyncIterator[bytes]:
        """Every message until the other side is gone."""
        while True:
            try:
                yield await self.receive()
            except Broken:
                return

    async def close(self) -> None:
        """Let go of the connection."""
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()
