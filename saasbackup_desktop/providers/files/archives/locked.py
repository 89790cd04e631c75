"""Members of ZIP archives that are locked with AES, as WinZip and 7-Zip write them."""

import hmac
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Final

from saasbackup_desktop.core.errors import ArchiveLocked, ArchiveUnreadable
from saasbackup_desktop.providers.files.shelves.lock import PROOF, TAG, Lock

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

AES: Final = 99
"""The method that stands for a locked member."""
_EXTRA: Final = 0x9901
_PIECE: Final = 1 << 18
_SALTS: Final = {1: 8, 2: 12, 3: 16}
"""Bytes of the salt, by the strength of the key: half as many as the key has."""


def opened(file: IO[bytes], info: zipfile.ZipInfo, label: str, password: str | None) -> IO[bytes]:
    """Read a locked member. Raises ArchiveLocked, ArchiveUnreadable, OSError."""
    strength, method = _how(info, label)
    if strength not in _SALTS:
        raise ArchiveUnreadable(label, name=label, reason="encryption")
    if method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ArchiveUnreadable(label, name=label, reason="compression")
    file.seek(info.header_offset)
    header = file.read(30)
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise ArchiveUnreadable(label, name=label, reason="damaged")
    name, extra = struct.unpack("<HH", header[26:30])
    file.seek(name + extra, io.SEEK_CUR)
    salt = _SALTS[strength]
    head = file.read(salt + PROOF)
    if len(head) < salt + PROOF:
        raise ArchiveUnreadable(label, name=label, reason="damaged")
    lock = Lock(password or "", head[:salt])
    if password is None or not hmac.compare_digest(lock.head, head):
        raise ArchiveLocked(label, name=label)
    size = info.compress_size - salt - PROOF - TAG
    pieces = _plain(file, file.tell(), size, lock, label)
    return io.BufferedReader(_Pieces(_inflated(pieces) if method == zipfile.ZIP_DEFLATED else pieces))


def _how(info: zipfile.ZipInfo, label: str) -> tuple[int, int]:
    """The strength of the key, and the method within."""
    rest = info.extra
    while len(rest) >= 4:
        kind, size = struct.unpack("<HH", rest[:4])
        if kind == _EXTRA and size >= 7:
            return rest[8], int.from_bytes(rest[9:11], "little")
        rest = rest[4 + size :]
    raise ArchiveUnreadable(label, name=label, reason="damaged")


def _plain(file: IO[bytes], at: int, left: int, lock: Lock, label: str) -> Iterator[bytes]:
    while left > 0:
        file.seek(at)
        piece = file.read(min(_PIECE, left))
        if not piece:
            raise ArchiveUnreadable(label, name=label, reason="damaged")
        at, left = at + len(piece), left - len(piece)
        yield lock.opened(piece)
    file.seek(at)
    if not hmac.compare_digest(lock.tag(), file.read(TAG)):
        raise ArchiveUnreadable(label, name=label, reason="damaged")


def _inflated(pieces: Iterator[bytes]) -> Iterator[bytes]:
    inflating = zlib.decompressobj(-15)
    for piece in pieces:
        rest = piece
        while rest:  # a piece may be a thousand times as long as it looks
            yield inflating.decompress(rest, _PIECE)
            rest = inflating.unconsumed_tail
    yield inflating.flush()


class _Pieces(io.RawIOBase):
    """What comes piece by piece, as a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._more = pieces
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Hand out the next bytes."""
        while not self._rest:
            piece = next(self._more, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        target = memoryview(buffer).cast("B")
        count = min(len(target), len(self._rest))
        target[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count
