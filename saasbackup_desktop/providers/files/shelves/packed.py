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

_LEVEL: Final = 1  # mail is mostly base64, which a higher one hardly makes smaller at a third of the speed
_WINDOW: Final = -15


class Packed:
    """Takes the plain bytes of one file in, and gives packed ones to ``sink``."""

    def __init__(self, member: Member, lock: Lock | None, sink: Callable[[bytes], None]) -> None:
        self.member = member
        self.written = Written(self._take)
        self.packed = 0
        """Bytes that ``sink`` got."""
        self._lock = lock
        self._sink = sink
        self._crc = 0
        self._deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW)

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
        """Take in what was packed before ``pause``, ``packed`` bytes. Raises OSError if it is not as it was."""
        inflate = zlib.decompressobj(_WINDOW)
        self.packed = AROUND if self._lock is not None else 0
        if self._lock is not None and read(AROUND) != self._lock.head:
            raise OSError("locked with another password")
        while self.packed < packed:
            piece = read(packed - self.packed)
            if not piece:
                raise OSError("an archive is shorter than it was")
            self.packed += len(piece)
            try:
                plain = inflate.decompress(self._lock.opened(piece) if self._lock is not None else piece)
            except zlib.error as error:
                raise OSError("an archive is not as it was") from error
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
