"""Packs on their way to the store: filled here, written by a background thread while filling goes on."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from saasbackup_desktop.core.errors import VaultFault
from saasbackup_desktop.core.ports import BlobStore
from saasbackup_desktop.vault.blobs import Codec, blob_id
from saasbackup_desktop.vault.index import Index, name_of
from saasbackup_desktop.vault.keys import Keys
from saasbackup_desktop.vault.names import META, PACKS
from saasbackup_desktop.vault.packs import OpenPack, Pack, Place

_FULL: Final = 16 * 1024 * 1024
_IN_FLIGHT: Final = 2


class Loading:
    """Adds blobs that the vault does not hold yet. Thread-safe.

    After a failed write every further call raises the same fault: nothing may build on what was lost.
    """

    def __init__(self, store: BlobStore, keys: Keys, index: Index) -> None:
        self._store = store
        self._keys = keys
        self._index = index
        self._codec = Codec()
        self._lock = threading.RLock()
        self._open: dict[str, OpenPack] = {}
        self._pending: set[bytes] = set()
        self._writes: list[Future[tuple[Pack, Sequence[Place]]]] = []
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="vault-write")
        self._room = threading.Semaphore(_IN_FLIGHT)
        self._failure: BaseException | None = None
        self.bytes_stored = 0

    def add(self, plain: bytes) -> bytes:
        """Store data; its id."""
        return self._add(PACKS, self._keys.blob_id, plain)

    def add_node(self, plain: bytes) -> bytes:
        """Store a tree node; its id."""
        return self._add(META, self._keys.node_id, plain)

    def _add(self, folder: str, key: bytes, plain: bytes) -> bytes:
        id = blob_id(key, plain)
        if id in self._pending or self._index.find(id) is not None:
            self._raise_failure()
            return id
        content, word = self._codec.pack(plain)
        with self._lock:
            self._raise_failure()
            if id not in self._pending:
                self._pending.add(id)
                pack = self._open.get(folder)
                if pack is None:
                    pack = self._open[folder] = OpenPack(self._keys, folder)
                self.bytes_stored += pack.add(id, content, word)
                if pack.size >= _FULL:
                    self._send(self._open.pop(folder))
        return id

    def flush(self) -> None:
        """Make everything that was added durable, and tell the index."""
        with self._lock:
            for folder in list(self._open):
                self._send(self._open.pop(folder))
            contents = [write.result() for write in self._writes if not self._failed(write)]
            self._raise_failure()
            self.bytes_stored += self._index.add(contents)
            self._writes = []
            self._pending.clear()

    def close(self) -> None:
        """Let go of the thread; what was not flushed is given up."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _send(self, pack: OpenPack) -> None:
        self._room.acquire()
        write = self._thread.submit(self._write, pack)
        write.add_done_callback(lambda _: self._room.release())
        self._writes.append(write)

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
