"""One file on its way into a ZIP archive: deflated, and locked if there is a password."""

import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Final, cast

from isal import isal_zlib

from saasbackup_desktop.providers.files.shelves.lock import PROOF, SALT, Lock
from saasbackup_desktop.providers.files.shelves.written import Written
from saasbackup_desktop.providers.files.shelves.zipformat import Member, local_header

AROUND: Final = SALT + PROOF
"""Bytes before what is locked."""

_WINDOW: Final = -15
_LEVEL: Final = 1
"""ISA-L's next ones save hardly a hundredth, and its first writes what does not deflate down longer than it is."""
_PLAIN: Final = 1 << 20
"""Bytes that are inflated at once."""
_Damage: Final = cast("type[Exception]", isal_zlib.error)


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
        self._deflate = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, _WINDOW)

    def begin(self) -> None:
        """Give what stands before the bytes."""
        if self._lock is not None:
            self._give(self._lock.head)

    def pause(self) -> None:
        """Give all that waits, so that somebody else can go on behind it."""
        self._give(self._locked(self._deflate.flush(isal_zlib.Z_FULL_FLUSH)))

    def end(self) -> None:
        """Give all that waits, and what stands behind it."""
        self._give(self._locked(self._deflate.flush(isal_zlib.Z_FINISH)))
        if self._lock is not None:
            self._give(self._lock.tag())

    def at(self, offset: int) -> Member:
        """What an archive says of the file if it lies there."""
        return replace(self.member, crc=self._crc, packed=self.packed, size=self.written.size, offset=offset)

    def go_on(self, read: Callable[[int], bytes], packed: int) -> None:
        """Take in what was packed before ``pause``, ``packed`` bytes. Raises ValueError if it is not as it was."""
        inflate = isal_zlib.decompressobj(_WINDOW)
        self.packed = AROUND if self._lock is not None else 0
        if self._lock is not None and read(AROUND) != self._lock.head:
            raise ValueError("locked with another password")
        while self.packed < packed:
            piece = read(packed - self.packed)
            if not piece:
                raise ValueError("an archive is shorter than it was")
            self.packed += len(piece)
            rest = self._lock.opened(piece) if self._lock is not None else piece
            while rest:  # a piece may be a thousand times as long as it looks
                try:
                    plain = inflate.decompress(rest, _PLAIN)
                except _Damage as error:
                    raise ValueError("an archive is not as it was") from error
                self._take_in(plain)
                rest = inflate.unconsumed_tail
        self._take_in(inflate.flush())

    def _take_in(self, plain: bytes) -> None:
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
