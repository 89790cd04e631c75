"""Files of a distant store, kept near: what browsing reads again and again."""

import contextlib
import hashlib
import os
import secrets
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from saasbackup_desktop.core.ports import BlobStore
from saasbackup_desktop.vault.format.names import INDEX, META, SNAPSHOTS, require_valid

KEPT: Final = (META, INDEX, SNAPSHOTS)
"""Folders whose files are kept: small, sealed, and never changed."""
ROOM: Final = 1 << 30
_CHECKSUM: Final = 32


class CachingStore:
    """Reads through a folder on this computer; everything else goes to the store behind it. Thread-safe.

    What is kept is sealed as it came, and checked before its first use: a damaged copy is fetched again, so that it is
    never taken for damage of the store. When the room is used up, what was not used for longest goes.
    """

    def __init__(self, behind: BlobStore, folder: Path, room: int = ROOM) -> None:
        self._behind = behind
        self._folder = folder
        self._room = room
        self._lock = threading.Lock()
        self._used: int | None = None
        self._sound: set[str] = set()

    @property
    def location(self) -> str:
        """Where the store behind is."""
        return self._behind.location

    @property
    def behind(self) -> BlobStore:
        """The store itself, for whoever must know what it really holds."""
        return self._behind

    def put(self, name: str, data: bytes, *, fleeting: bool = False) -> None:
        """Create a file in the store."""
        self._behind.put(name, data, fleeting=fleeting)

    def get(self, name: str, start: int = 0, size: int | None = None) -> bytes:
        """Read a file, or a stretch of it: from near if it is kept."""
        if not name.startswith(tuple(f"{folder}/" for folder in KEPT)):
            return self._behind.get(name, start, size)
        require_valid(name)
        near = self._near(name, start, size)
        if near is not None:
            return near
        data = self._behind.get(name)
        self._keep(name, data)
        return data[start:] if size is None else data[start : start + size]

    def size(self, name: str) -> int:
        """Length of a file in bytes."""
        return self._behind.size(name)

    def list(self, prefix: str = "") -> Iterator[str]:
        """Names in the store."""
        return self._behind.list(prefix)

    def delete(self, name: str) -> None:
        """Remove a file, here and there."""
        self._behind.delete(name)
        self._forget(name)

    def _near(self, name: str, start: int, size: int | None) -> bytes | None:
        path = self._path(name)
        try:
            if name not in self._sound:
                whole = path.read_bytes()
                if hashlib.sha256(whole[_CHECKSUM:]).digest() != whole[:_CHECKSUM]:
                    self._forget(name)
                    return None
                self._sound.add(name)
                os.utime(path)
            with path.open("rb", buffering=0) as file:
                file.seek(_CHECKSUM + start)
                return file.read() if size is None else file.read(size)
        except OSError:
            return None  # not kept, or gone: there is always the store

    def _keep(self, name: str, data: bytes) -> None:
        """Keep a copy; that it cannot be kept, for want of room perhaps, is no fault of the reading."""
        path = self._path(name)
        draft = path.with_name(f".{secrets.token_hex(8)}")
        with contextlib.suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                with draft.open("wb") as file:
                    file.write(hashlib.sha256(data).digest())
                    file.write(data)
                draft.replace(path)
            finally:
                draft.unlink(missing_ok=True)
            self._sound.add(name)
            self._make_room(len(data) + _CHECKSUM)

    def _make_room(self, grown: int) -> None:
        with self._lock:
            if self._used is None:
                self._used = sum(size for _, size, _ in self._files())
            else:
                self._used += grown
            if self._used <= self._room:
                return
            self._used = 0
            for _, size, path in sorted(self._files(), reverse=True):
                self._used += size
                if self._used > self._room * 3 // 4:
                    self._used -= size
                    path.unlink(missing_ok=True)

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        for path in self._folder.rglob("*"):
            with contextlib.suppress(FileNotFoundError):
                found = path.stat()
                if path.is_file():
                    yield found.st_mtime, found.st_size, path

    def _forget(self, name: str) -> None:
        self._sound.discard(name)
        with contextlib.suppress(OSError):
            self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / name
