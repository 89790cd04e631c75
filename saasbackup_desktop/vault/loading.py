"""Packs on their way to the store: filled here, written by a background thread while filling goes on."""

import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from saasbackup_desktop.core.errors import VaultDamaged, VaultFault
from saasbackup_desktop.core.ports import BlobStore
from saasbackup_desktop.vault.blobs import Blobs, blob_id
from saasbackup_desktop.vault.format.compression import SAMPLES, Codec, Dictionary, is_sample, trained
from saasbackup_desktop.vault.format.keys import Keys
from saasbackup_desktop.vault.format.names import META, PACKS
from saasbackup_desktop.vault.format.packs import NO_DICTIONARY, WITH_DICTIONARY, OpenPack, Pack, Place
from saasbackup_desktop.vault.index import Index, name_of

_FULL: Final = 16 * 1024 * 1024
_IN_FLIGHT: Final = 2
_COPIES: Final = 3
_WORTH_A_COPY: Final = 8 * 1024 * 1024


class _Shelf:
    """One folder's pack that is being filled, and the dictionary that it is filled with."""

    def __init__(self, dictionary: Dictionary | None) -> None:
        self.dictionary = dictionary
        self.pack: OpenPack | None = None
        self.samples: list[bytes] = []
        self.sampled = 0

    def sample(self, plain: bytes, packed: bytes) -> None:
        """Remember a blob to learn from, as long as there is no dictionary."""
        if self.dictionary is None and self.sampled < SAMPLES and is_sample(plain, packed):
            self.samples.append(plain)
            self.sampled += len(plain)


class Loading:
    """Adds blobs that the vault does not hold yet. Thread-safe.

    After a failed write every further call raises the same fault: nothing may build on what was lost.
    """

    def __init__(self, store: BlobStore, keys: Keys, index: Index, blobs: Blobs) -> None:
        self._store = store
        self._keys = keys
        self._index = index
        self._codec = Codec()
        self._lock = threading.RLock()
        self._shelves = {folder: _Shelf(_dictionary(index, blobs, folder)) for folder in (PACKS, META)}
        self._copies: dict[bytes, int] = {}
        self._pending: set[bytes] = set()
        self._writes: list[Future[tuple[Pack, Sequence[Place]]]] = []
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="vault-write")
        self._room = threading.Semaphore(_IN_FLIGHT)
        self._failure: BaseException | None = None
        self.bytes_stored = 0

    def add(self, plain: bytes) -> bytes:
        """Store data; its id."""
        return self._add(PACKS, plain)

    def add_node(self, plain: bytes) -> bytes:
        """Store a tree node; its id."""
        return self._add(META, plain)

    def _add(self, folder: str, plain: bytes) -> bytes:
        id = blob_id(self._id_key(folder), plain)
        if id in self._pending or self._index.find(id) is not None:
            self._raise_failure()
            return id
        shelf = self._shelves[folder]
        content, word = self._codec.pack(plain, shelf.dictionary)
        with self._lock:
            self._raise_failure()
            if id not in self._pending:
                self._pending.add(id)
                if shelf.pack is None:
                    shelf.pack = OpenPack(self._keys, folder)
                if word & WITH_DICTIONARY and shelf.dictionary is not None:
                    shelf.pack.dictionary = shelf.dictionary.id
                shelf.sample(plain, content)
                self.bytes_stored += shelf.pack.add(id, content, word)
                if shelf.pack.size >= _FULL:
                    self._send(folder)
        return id

    def flush(self) -> None:
        """Make everything that was added durable, and tell the index."""
        with self._lock:
            for folder in self._shelves:
                self._send(folder)
            contents = [write.result() for write in self._writes if not self._failed(write)]
            self._raise_failure()
            self.bytes_stored += self._index.add(contents)
            self._writes = []
            self._pending.clear()

    def close(self) -> None:
        """Let go of the thread; what was not flushed is given up."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _send(self, folder: str) -> None:
        """Let the background thread write the open pack, and learn from what was in it."""
        shelf = self._shelves[folder]
        pack, shelf.pack = shelf.pack, None
        if pack is None:
            return
        if shelf.dictionary is not None:
            self._enclose(shelf.dictionary, pack)
        self._room.acquire()
        write = self._thread.submit(self._write, pack)
        write.add_done_callback(lambda _: self._room.release())
        self._writes.append(write)
        if shelf.dictionary is None and (content := trained(shelf.samples)) is not None:
            shelf.dictionary = Dictionary(blob_id(self._id_key(folder), content), content)
            shelf.samples.clear()

    def _enclose(self, dictionary: Dictionary, pack: OpenPack) -> None:
        """Put a copy of the dictionary into a pack that needs it: no single file may cost all others."""
        if pack.dictionary != dictionary.id:
            return
        copies = self._copies.setdefault(dictionary.id, self._index.copies(dictionary.id))
        if copies < _COPIES or pack.size >= _WORTH_A_COPY:
            content, word = self._codec.pack(dictionary.content)
            self.bytes_stored += pack.add(dictionary.id, content, word)
            self._copies[dictionary.id] = copies + 1

    def _id_key(self, folder: str) -> bytes:
        return self._keys.blob_id if folder == PACKS else self._keys.node_id

    def _write(self, pack: OpenPack) -> tuple[Pack, Sequence[Place]]:
        try:
            finished, data = pack.close()
            self._store.put(name_of(finished), data)
        except BaseException as error:
            self._failure = error
            raise
        return finished, pack.places

    def _failed(self, write: Future[tuple[Pack, Sequence[Place]]]) -> bool:
        return write.exception() is not None

    def _raise_failure(self) -> None:
        failure = self._failure
        if isinstance(failure, VaultFault):
            raise type(failure)(failure.detail, **failure.facts) from failure
        if failure is not None:
            raise failure


def _dictionary(index: Index, blobs: Blobs, folder: str) -> Dictionary | None:
    """Find the dictionary that most packs of a folder use and that can be read."""
    packs = (pack for pack in index.packs() if pack.folder == folder and pack.dictionary != NO_DICTIONARY)
    for id, _ in Counter(pack.dictionary for pack in packs).most_common():
        try:
            return blobs.dictionary(id)
        except VaultDamaged:
            continue
    return None
