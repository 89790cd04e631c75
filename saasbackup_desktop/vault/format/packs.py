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

from saasbackup_desktop.core.errors import VaultDamaged, VaultKeysChanged
from saasbackup_desktop.core.ports import BlobStore
from saasbackup_desktop.vault.format.keys import Keys, expand
from saasbackup_desktop.vault.format.names import META, PACKS
from saasbackup_desktop.vault.format.sealing import unknown_epoch

ID: Final = 32
TAG: Final = 16
_MAGIC: Final = b"SBVPACK1"
_SALT: Final = 32
_HEADER: Final = struct.Struct(">8sI32s")
_START: Final = _HEADER.size
_ROW: Final = struct.Struct(">32sII")
_LENGTH: Final = struct.Struct(">I")
_WORD: Final = struct.Struct(">I")
_TABLE: Final = b"table"
_PURPOSES: Final = {PACKS: "data", META: "meta"}
COMPRESSED: Final = 1 << 31
"""Top bit of a blob's word."""
WITH_DICTIONARY: Final = 1 << 30
"""The next bit: compressed with the pack's dictionary."""
LENGTH: Final = WITH_DICTIONARY - 1
"""The other bits: the plain length."""
NO_DICTIONARY: Final = bytes(ID)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a blob lies inside its pack."""

    id: bytes
    offset: int
    length: int
    """Sealed."""
    word: int
    """Plain length, and in the two top bits whether and how it is compressed."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A finished pack, as the index knows it."""

    folder: str
    epoch: int
    """Of the master key."""
    digest: bytes
    """SHA-256 of the file: its name."""
    salt: bytes
    size: int
    dictionary: bytes = NO_DICTIONARY
    """Id of the blob that some of its blobs were compressed with; zeros if none was."""


def pack_key(keys: Keys, folder: str, epoch: int, salt: bytes) -> AESGCM:
    """The key of one pack; it hangs on the pack's salt. Raises VaultKeysChanged."""
    return AESGCM(expand(keys.of(_PURPOSES[folder], epoch), salt, "pack"))


class OpenPack:
    """A pack that is being filled, in memory."""

    def __init__(self, keys: Keys, folder: str) -> None:
        self.folder = folder
        self.dictionary = NO_DICTIONARY
        """Set by whoever adds blobs that were compressed with one; the same for all of them."""
        self._epoch = keys.epoch
        self._salt = os.urandom(_SALT)
        self._aead = pack_key(keys, folder, self._epoch, self._salt)
        self._file = io.BytesIO()
        self._file.write(_HEADER.pack(_MAGIC, self._epoch, self._salt))
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
        table = self._aead.encrypt(_nonce(self.size), self.dictionary + rows, _TABLE)
        self._file.write(table)
        self._file.write(_LENGTH.pack(len(table)))
        data = self._file.getvalue()
        self._file.close()
        digest = hashlib.sha256(data).digest()
        return Pack(self.folder, self._epoch, digest, self._salt, len(data), self.dictionary), data


def begins_as(pack: Pack, start: bytes) -> bool:
    """Is this the beginning of that pack's file?"""
    return start[:_START] == _HEADER.pack(_MAGIC, pack.epoch, pack.salt)


def open_blob(aead: AESGCM, place: Place, sealed: bytes) -> bytes:
    """Open one blob's content, still compressed if it was. Raises InvalidTag."""
    return aead.decrypt(_nonce(place.offset), sealed, place.id + _WORD.pack(place.word))


def read_table(store: BlobStore, keys: Keys, folder: str, name: str, digest: bytes) -> tuple[Pack, Sequence[Place]]:
    """Read what a pack holds from the pack itself. Raises VaultDamaged, FileNotFoundError."""
    size = store.size(name)
    if size < _START + TAG + _LENGTH.size:
        raise VaultDamaged("shorter than any pack", file=name, reason="cut")
    start = store.get(name, 0, _START)
    if not start.startswith(_MAGIC) or len(start) < _START:
        raise VaultDamaged("not a pack", file=name, reason="altered")
    _, epoch, salt = _HEADER.unpack(start)
    (length,) = _LENGTH.unpack(store.get(name, size - _LENGTH.size, _LENGTH.size))
    table_at = size - _LENGTH.size - length
    if table_at < _START or length < TAG:
        raise VaultDamaged("its table does not fit", file=name, reason="cut")
    try:
        aead = pack_key(keys, folder, epoch, salt)
        table = aead.decrypt(_nonce(table_at), store.get(name, table_at, length), _TABLE)
    except VaultKeysChanged as error:
        raise unknown_epoch(keys, epoch, name) from error
    except InvalidTag as error:
        raise VaultDamaged("its table does not open", file=name, reason="altered") from error
    dictionary, rows = table[:ID], table[ID:]
    if len(dictionary) < ID or len(rows) % _ROW.size:
        raise VaultDamaged("its table does not fit", file=name, reason="altered")
    places, offset = [], _START
    for id, sealed, word in _ROW.iter_unpack(rows):
        places.append(Place(id, offset, sealed, word))
        offset += sealed
    if offset != table_at:
        raise VaultDamaged("its table does not fit", file=name, reason="altered")
    return Pack(folder, epoch, digest, salt, size, dictionary), places


def _nonce(offset: int) -> bytes:
    """Never twice with one key: two blobs of a pack do not begin at the same place."""
    return offset.to_bytes(12, "big")
