"""Packs: many sealed blobs in one file, with a sealed table of what is inside."""

import hashlib
import io
import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from saasbackup_desktop.core.errors import VaultDamaged
from saasbackup_desktop.core.ports import BlobStore
from saasbackup_desktop.vault.keys import Keys, expand
from saasbackup_desktop.vault.names import META, PACKS

ID: Final = 32
TAG: Final = 16
_MAGIC: Final = b"SBVPACK1"
_SALT: Final = 32
_START: Final = len(_MAGIC) + _SALT
_ROW: Final = struct.Struct(">32sII")
_LENGTH: Final = struct.Struct(">I")
_WORD: Final = struct.Struct(">I")
_TABLE: Final = b"table"
COMPRESSED: Final = 1 << 31
"""Top bit of a blob's word; the rest is the plain length."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a blob lies inside its pack."""

    id: bytes
    offset: int
    length: int
    """Sealed."""
    word: int
    """Plain length, and in the top bit whether it is compressed."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A finished pack, as the index knows it."""

    folder: str
    digest: bytes
    """SHA-256 of the file: its name."""
    salt: bytes
    size: int


def pack_key(keys: Keys, folder: str, salt: bytes) -> AESGCM:
    """The key of one pack; it hangs on the pack's salt."""
    base = {PACKS: keys.data, META: keys.meta}[folder]
    return AESGCM(expand(base, salt, "pack"))


class OpenPack:
    """A pack that is being filled, in memory."""

    def __init__(self, keys: Keys, folder: str) -> None:
        self.folder = folder
        self._salt = os.urandom(_SALT)
        self._aead = pack_key(keys, folder, self._salt)
        self._file = io.BytesIO()
        self._file.write(_MAGIC + self._salt)
        self.places: list[Place] = []
        self.size = _START

    def add(self, id: bytes, content: bytes, word: int) -> int:
        """Seal a blob into the pack; say by how many bytes it grew."""
        offset = self.size
        sealed = self._aead.encrypt(_nonce(offset), content, id + _WORD.pack(word))
        self._file.write(sealed)
        self.places.append(Place(id, offset, len(sealed), word))
        self.size += len(sealed)
        return len(sealed) + _ROW.size

    def close(self) -> tuple[Pack, bytes]:
        """Add the table: the pack and its bytes."""
        rows = b"".join(_ROW.pack(place.id, place.length, place.word) for place in self.places)
        table = self._aead.encrypt(_nonce(self.size), rows, _TABLE)
        self._file.write(table)
        self._file.write(_LENGTH.pack(len(table)))
        data = self._file.getvalue()
        self._file.close()
        return Pack(self.folder, hashlib.sha256(data).digest(), self._salt, len(data)), data


def open_blob(aead: AESGCM, place: Place, sealed: bytes) -> bytes:
    """Open one blob's content, still compressed if it was. Raises InvalidTag."""
    return aead.decrypt(_nonce(place.offset), sealed, place.id + _WORD.pack(place.word))


def read_table(store: BlobStore, keys: Keys, folder: str, name: str, digest: bytes) -> tuple[Pack, Sequence[Place]]:
    """Read what a pack holds from the pack itself. Raises VaultDamaged, FileNotFoundError."""
    size = store.size(name)
    if size < _START + TAG + _LENGTH.size:
        raise VaultDamaged("shorter than any pack", file=name, reason="cut")
    start = store.get(name, 0, _START)
    if not start.startswith(_MAGIC):
        raise VaultDamaged("not a pack", file=name, reason="altered")
    (length,) = _LENGTH.unpack(store.get(name, size - _LENGTH.size, _LENGTH.size))
    table_at = size - _LENGTH.size - length
    if table_at < _START or length < TAG:
        raise VaultDamaged("its table does not fit", file=name, reason="cut")
    salt = start[len(_MAGIC) :]
    try:
        rows = pack_key(keys, folder, salt).decrypt(_nonce(table_at), store.get(name, table_at, length), _TABLE)
    except InvalidTag as error:
        raise VaultDamaged("its table does not open", file=name, reason="altered") from error
    places, offset = [], _START
    for id, sealed, word in _ROW.iter_unpack(rows):
        places.append(Place(id, offset, sealed, word))
        offset += sealed
    if offset != table_at:
        raise VaultDamaged("its table does not fit", file=name, reason="altered")
    return Pack(folder, digest, salt, size), places


def _nonce(offset: int) -> bytes:
    """Never twice with one key: two blobs of a pack do not begin at the same place."""
    return offset.to_bytes(12, "big")
