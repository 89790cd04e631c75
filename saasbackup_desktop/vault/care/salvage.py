"""What can still be read of damaged packs, stored once more."""

import contextlib
from collections.abc import Callable
from collections.abc import Set as AbstractSet

from saasbackup_desktop.core.errors import VaultDamaged, VaultKeysChanged
from saasbackup_desktop.core.ports import BlobStore
from saasbackup_desktop.vault.blobs import Blobs, blob_id
from saasbackup_desktop.vault.care.walks import Paths, Walk
from saasbackup_desktop.vault.format.contents import blobs_of
from saasbackup_desktop.vault.format.keys import Keys
from saasbackup_desktop.vault.format.names import META
from saasbackup_desktop.vault.format.packs import WITH_DICTIONARY, Pack, read_table
from saasbackup_desktop.vault.format.trees import Entry
from saasbackup_desktop.vault.heads import Heads
from saasbackup_desktop.vault.index import Index, name_of
from saasbackup_desktop.vault.loading import Loading


class _Stopped(Exception):
    """Somebody wants it to end."""


class Salvage:
    """Adds to a loading what the index counts on no more. Packs under repair are given up before."""

    def __init__(
        self,
        store: BlobStore,
        keys: Keys,
        index: Index,
        blobs: Blobs,
        loading: Loading,
        lost_dictionaries: AbstractSet[bytes],
    ) -> None:
        self._store = store
        self._keys = keys
        self._index = index
        self._blobs = blobs
        self._loading = loading
        self._lost_dictionaries = lost_dictionaries

    def by_table(self, pack: Pack) -> bool:
        """Take every sound blob that a pack's own table names. False: the table cannot be read."""
        try:
            found, places = read_table(self._store, self._keys, pack.folder, name_of(pack), pack.digest)
        except (VaultDamaged, VaultKeysChanged, FileNotFoundError):
            return False
        key, add = self._ways(pack.folder)
        is_hopeless = found.dictionary in self._lost_dictionaries
        for place in places:
            if is_hopeless and place.word & WITH_DICTIONARY:
                continue
            with contextlib.suppress(VaultDamaged):
                plain = self._blobs.open(found, place)
                if blob_id(key, plain) == place.id:
                    add(plain)
        return True

    def by_walk(self, heads: Heads, stop: Callable[[], bool]) -> bool:
        """Take every blob that a point in time needs and that only the index still finds. False: it was stopped."""

        def on_item(entry: Entry, _paths: Paths) -> None:
            if stop():
                raise _Stopped
            for id in blobs_of(entry[1]):
                if self._index.find(id) is None:
                    with contextlib.suppress(VaultDamaged):
                        self._loading.add(self._blobs.get(id))

        def on_node(id: bytes, plain: bytes) -> None:
            if self._index.find(id) is None:
                self._loading.add_node(plain)

        walk = Walk(self._blobs.get, on_item, lambda _damage, _when: None, on_node)
        try:
            for name in heads.names():
                with contextlib.suppress(VaultDamaged, FileNotFoundError):
                    walk.tree(heads.read(name).head.root, name)
        except _Stopped:
            return False
        return True

    def _ways(self, folder: str) -> tuple[bytes, Callable[[bytes], bytes]]:
        if folder == META:
            return self._keys.node_id, self._loading.add_node
        return self._keys.blob_id, self._loading.add
