"""Blobs: stretches of bytes by the name of what they are."""

import hmac
import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from saasbackup_desktop.core.errors import VaultDamaged, VaultKeysChanged
from saasbackup_desktop.core.ports import BlobStore
from saasbackup_desktop.vault.format.compression import Codec, Dictionary
from saasbackup_desktop.vault.format.config import require_there
from saasbackup_desktop.vault.format.keys import Keys
from saasbackup_desktop.vault.format.names import PACKS
from saasbackup_desktop.vault.format.packs import WITH_DICTIONARY, Pack, Place, open_blob, pack_key
from saasbackup_desktop.vault.format.sealing import unknown_epoch
from saasbackup_desktop.vault.index import Index, name_of

_OPEN_KEYS: Final = 256
_DICTIONARIES: Final = 8


def blob_id(key: bytes, plain: bytes) -> bytes:
    """HMAC-SHA-256: equal bytes have equal ids, and nobody without the key can tell from which bytes."""
    return hmac.digest(key, plain, "sha256")


class Blobs:
    """Reads blobs. Thread-safe."""

    def __init__(self, store: BlobStore, keys: Keys, index: Index) -> None:
        self._store = store
        self._keys = keys
        self._index = index
        self._codec = Codec()
        self._lock = threading.Lock()
        self._open_keys: OrderedDict[bytes, AESGCM] = OrderedDict()
        self._dictionaries: OrderedDict[bytes, Dictionary] = OrderedDict()

    def get(self, id: bytes) -> bytes:
        """Read a blob. Raises VaultDamaged if it is altered or missing."""
        places = list(self._index.places(id))
        was_hopeless = bool(places) and all(self._index.is_gone(pack) for pack, _ in places)
        try:
            return self._first_of(places)
        except VaultDamaged as damage:
            if was_hopeless or damage.facts.get("reason") != "missing":
                raise
        # Another process may have written it since the index was read, or have moved it to another pack.
        self._index.refresh()
        return self._first_of(list(self._index.places(id)))

    def _first_of(self, places: Sequence[tuple[Pack, Place]]) -> bytes:
        failure = None
        for pack, place in places:
            try:
                return self.open(pack, place)
            except VaultDamaged as damage:
                self._index.mark_failed(pack, place)
                failure = damage
        raise failure or VaultDamaged("no pack holds this blob", file=PACKS, reason="missing")

    def open(self, pack: Pack, place: Place) -> bytes:
        """Read a blob from one place. Raises VaultDamaged."""
        file = name_of(pack)
        try:
            sealed = self._store.get(file, place.offset, place.length)
        except FileNotFoundError as error:
            require_there(self._store)
            self._index.mark_gone(pack)
            raise VaultDamaged("pack is missing", file=file, reason="missing") from error
        if len(sealed) < place.length:
            raise VaultDamaged("pack ends too early", file=file, reason="cut")
        return self.unseal(pack, place, sealed)

    def unseal(self, pack: Pack, place: Place, sealed: bytes) -> bytes:
        """Open a blob's bytes as they lie in the pack. Raises VaultDamaged."""
        try:
            content = open_blob(self._key(pack), place, sealed)
            dictionary = self.dictionary(pack.dictionary) if place.word & WITH_DICTIONARY else None
            return self._codec.unpack(content, place.word, dictionary)
        except (InvalidTag, zstandard.ZstdError) as error:
            raise VaultDamaged("blob does not open", file=name_of(pack), reason="altered") from error

    def dictionary(self, id: bytes) -> Dictionary:
        """Read a dictionary, or have it at hand. Raises VaultDamaged."""
        with self._lock:
            found = self._dictionaries.get(id)
        if found is None:
            found = Dictionary(id, self.get(id))
            with self._lock:
                self._dictionaries[id] = found
                if len(self._dictionaries) > _DICTIONARIES:
                    self._dictionaries.popitem(last=False)
        return found

    def _key(self, pack: Pack) -> AESGCM:
        with self._lock:
            key = self._open_keys.get(pack.salt)
            if key is None:
                try:
                    key = pack_key(self._keys, pack.folder, pack.epoch, pack.salt)
                except VaultKeysChanged as error:
                    raise unknown_epoch(self._keys, pack.epoch, name_of(pack)) from error
                self._open_keys[pack.salt] = key
                if len(self._open_keys) > _OPEN_KEYS:
                    self._open_keys.popitem(last=False)
            return key
