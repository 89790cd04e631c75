"""Packs under suspicion: which of them can be relied on, and which blobs in the others."""

import hashlib

from saasbackup_desktop.core.errors import VaultDamaged
from saasbackup_desktop.core.ports import BlobStore
from saasbackup_desktop.vault.blobs import Blobs, blob_id
from saasbackup_desktop.vault.format.keys import Keys
from saasbackup_desktop.vault.format.names import META
from saasbackup_desktop.vault.format.packs import WITH_DICTIONARY, Pack, Place, begins_as, read_table
from saasbackup_desktop.vault.index import Index, name_of


class Soundness:
    """What is known of the packs so far."""

    def __init__(self, store: BlobStore, keys: Keys, index: Index, blobs: Blobs) -> None:
        self._store = store
        self._keys = keys
        self._index = index
        self._blobs = blobs
        self._opened: dict[tuple[bytes, int], bool] = {}
        self.suspects: dict[bytes, str] = {}
        """Digests of packs that failed: ``missing``, ``altered`` or ``cut``."""
        self.lost_dictionaries: set[bytes] = set()
        """Ids of dictionaries that no pack has any more."""
        self.unlisted: set[bytes] = set()
        """Digests of sound packs whose blobs the index does not find where they are."""

    def look(self, pack: Pack, *, reads: bool) -> str:
        """Look at a pack's size and beginning, or read it whole: what is wrong with it, or nothing."""
        try:
            code = self._code(pack, name_of(pack), reads=reads)
        except FileNotFoundError:
            self._index.mark_gone(pack)
            code = "missing"
        if code:
            self.suspects[pack.digest] = code
        return code

    def opens(self, pack: Pack, place: Place) -> bool:
        """Can a blob be had from here?"""
        code = self.suspects.get(pack.digest)
        if code is None:
            return True
        if code == "missing":
            return False
        if place.word & WITH_DICTIONARY and pack.dictionary in self.lost_dictionaries:
            self._index.mark_failed(pack, place)
            return False
        key = pack.digest, place.offset
        known = self._opened.get(key)
        if known is None:
            try:
                self._blobs.open(pack, place)
            except VaultDamaged:
                self._index.mark_failed(pack, place)
                known = False
            else:
                known = True
            self._opened[key] = known
        return known

    def find(self, id: bytes) -> tuple[Pack, str]:
        """The pack that a blob can be had from and an empty code; or one that fails, and how. Raises LookupError."""
        failing: tuple[Pack, str] | None = None
        for pack, place in self._index.places(id):
            if self.opens(pack, place):
                return pack, ""
            failing = pack, self.suspects[pack.digest]
        if failing is None:
            raise LookupError(id.hex())
        return failing

    def _code(self, pack: Pack, name: str, *, reads: bool) -> str:
        size = self._store.size(name)
        if size != pack.size:
            return "cut" if size < pack.size else "altered"
        if not reads:
            return "" if begins_as(pack, self._store.get(name, 0, 44)) else "altered"
        data = self._store.get(name)
        if hashlib.sha256(data).digest() != pack.digest:
            return "altered"
        try:
            found, places = read_table(self._store, self._keys, pack.folder, name, pack.digest)
            if not all(self._is_sound(found, place, data) for place in places):
                return "altered"
        except VaultDamaged:
            return "altered"
        if any((found, place) not in self._index.places(place.id) for place in places):
            self.unlisted.add(pack.digest)
        return ""

    def _is_sound(self, pack: Pack, place: Place, data: bytes) -> bool:
        plain = self._blobs.unseal(pack, place, data[place.offset : place.offset + place.length])
        key = self._keys.node_id if pack.folder == META else self._keys.blob_id
        return blob_id(key, plain) == place.id
