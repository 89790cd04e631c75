"""Files of a store, read whole at their first use: many nodes of a tree lie in one file, and each is asked for."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from typing import Final

from saasbackup_desktop.core.ports import BlobStore
from saasbackup_desktop.vault.format.names import META

_ROOM: Final = 128 << 20
"""Bytes that are kept at a time."""


class Wholes:
    """Reads each pack of nodes once, as long as there is room; everything else goes to the store. Thread-safe."""

    def __init__(self, behind: BlobStore) -> None:
        self._behind = behind
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._used = 0

    @property
    def location(self) -> str:
        """Where the store behind is."""
        return self._behind.location

    def put(self, name: str, data: bytes, *, fleeting: bool = False) -> None:
        """Create a file in the store."""
        self._behind.put(name, data, fleeting=fleeting)

    def get(self, name: str, start: int = 0, size: int | None = None) -> bytes:
        """Read a file, or a stretch of it."""
        if size is None or not name.startswith(f"{META}/"):
            return self._behind.get(name, start, size)
        with self._lock:
            whole = self._kept.get(name)
            if whole is not None:
                self._kept.move_to_end(name)
        if whole is None:
            whole = self._behind.get(name)
            self._keep(name, whole)
        return whole[start : start + size]

    def size(self, name: str) -> int:
        """Length of a file in bytes."""
        return self._behind.size(name)

    def list(self, prefix: str = "") -> Iterator[str]:
        """Names in the store."""
        return self._behind.list(prefix)

    def delete(self, name: str) -> None:
        """Remove a file from the store."""
        self._behind.delete(name)

    def _keep(self, name: str, whole: bytes) -> None:
        with self._lock:
            if name not in self._kept:
                self._kept[name] = whole
                self._used += len(whole)
            while self._used > _ROOM:
                self._used -= len(self._kept.popitem(last=False)[1])
