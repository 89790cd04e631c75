"""One file on its way into a ZIP archive: deflated, and locked if there is a password."""

import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from saasbackup_desktop.providers.files.shelves.lock import PROOF, SALT, Lock
from saasbackup_desktop.providers.files.shelves.written import Written
from saasbackup_desktop.providers.files.shelves.zipformat import Member, local_header

AROUND: Final = SALT + PROOF
"""Bytes before what is locked."""

_WINDOW: Final = -15


class Deflate:
    """Deflates a file in stretches: words as zlib's fastest level does, and what has hardly any, such as base64, letter
    by letter, for nothing in it comes again. That is four times as fast, and smaller.
    """

    _LEVEL: Final = 1
    _STRETCH: Final = 1 << 16
    _FEW: Final = 1 << 10
    """So few bytes go the way of those before: changing costs more."""
    _ONE_IN: Final = 64
    """Text has a space among so many bytes at least."""

    def __init__(self) -> None:
        self._way = zlib.Z_DEFAULT_STRATEGY
        self._open = self._begun()

    def compress(self, data: memoryview) -> bytes:
        """Take bytes in; gives what is done of them."""
        done: list[bytes] = []
        for start in range(0, len(data), self._STRETCH):
            stretch = bytes(data[start : start + self._STRETCH])
            is_text = stretch.count(b" ") * self._ONE_IN >= len(stretch)
            way = zlib.Z_DEFAULT_STRATEGY if is_text else zlib.Z_HUFFMAN_ONLY
            if len(stretch) < self._FEW:
                way = self._way
            if way != self._way:
                done.append(self._open.flush(zlib.Z_FULL_FLUSH))
                self._way = way
                self._open = self._begun()
            done.append(self._open.compress(stretch))
        return b"".join(done)

    def flush(self, how: int) -> bytes:
        """Give all that waits."""
        return self._open.flush(how)

    def _begun(self) -> "zlib._Compress":
        return zlib.compressobj(self._LEVEL, zlib.DEFLATED, _WINDOW, zlib.DEF_MEM_LEVEL, self._way)


class Packed:
    """Takes the plain bytes of one file in, and gives packed ones to ``sink``."""

    def __init__(self, member: Member, lock: Lock | None, sink: Callable[[bytes], None], sha256: str = "") -> None:
        """``sha256``: of the plain bytes, if it is known."""
        self.member = member
        self.written = Written(self._take, sha256)
        self.packed = 0
        """Bytes that ``sink`` got."""
        self.items = 0
        """That were counted in it."""
        self._lock = lock
        self._sink = sink
        self._crc = 0
        self._deflate = Deflate()

    def begin(self) -> None:
        """Give what stands before the bytes."""
        if self._lock is not None:
            self._give(self._lock.head)

    def pause(self) -> None:
        """Give all that waits, so that somebody else can go on behind it."""
        self._give(self._locked(self._deflate.flush(zlib.Z_FULL_FLUSH)))

    def end(self) -> None:
        """Give all that waits, and what stands behind it."""
        self._give(self._locked(self._deflate.flush(zlib.Z_FINISH)))
        if self._lock is not None:
            self._give(self._lock.tag())

    def at(self, offset: int) -> Member:
        """What an archive says of the file if it lies there."""
        return replace(self.member, crc=self._crc, packed=self.packed, size=self.written.size, offset=offset)

    def go_on(self, read: Callable[[int], bytes], packed: int) -> None:
        """Take in what was packed before ``pause``, ``packed`` bytes. Raises ValueError if it is not as it was."""
        inflate = zlib.decompressobj(_WINDOW)
        self.packed = AROUND if self._lock is not None else 0
        if self._lock is not None and read(AROUND) != self._lock.head:
            raise ValueError("locked with another password")
        while self.packed < packed:
            piece = read(packed - self.packed)
            if not piece:
                raise ValueError("an archive is shorter than it was")
            self.packed += len(piece)
            try:
                plain = inflate.decompress(self._lock.opened(piece) if self._lock is not None else piece)
            except zlib.error as error:
                raise ValueError("an archive is not as it was") from error
            self._crc = zlib.crc32(plain, self._crc)
            self.written.note(plain)

    def _take(self, data: memoryview) -> None:
        self._crc = zlib.crc32(data, self._crc)
        self._give(self._locked(self._deflate.compress(data)))

    def _locked(self, data: bytes) -> bytes:
        return self._lock.locked(data) if self._lock is not None else data

    def _give(self, data: bytes) -> None:
        if data:
            self.packed += len(data)
            self._sink(data)


def header_size(member: Member) -> int:
    """How long the header of a large file is."""
    return len(local_header(member, is_large=True))
