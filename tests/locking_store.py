"""A store in memory whose files nobody can remove before their time: what an S3 bucket with Object Lock does."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from saasbackup_desktop.core.errors import VaultImmutable
from saasbackup_desktop.core.ports import Clock, ObjectLock
from saasbackup_desktop.vault.format.names import require_valid

DAY = 86400


@dataclass(slots=True)
class Version:
    """One version of a file; no data: a delete marker."""

    data: bytes | None
    until: int = 0


class LockingMemoryStore:
    """Versions of files, the newest last."""

    def __init__(self, clock: Clock, days: int = 30) -> None:
        self.clock = clock
        self.versions: dict[str, list[Version]] = {}
        self._lock: ObjectLock | None = ObjectLock("compliance", days)

    @property
    def location(self) -> str:
        return "memory://locked"

    @property
    def lock(self) -> ObjectLock | None:
        return self._lock

    def keep_under(self, lock: ObjectLock | None) -> None:
        self._lock = lock

    def put(self, name: str, data: bytes, *, fleeting: bool = False) -> None:
        require_valid(name)
        if self._current(name) is not None:
            raise FileExistsError(name)
        until = 0 if fleeting or self._lock is None else self.clock.now() + self._lock.days * DAY
        self.versions.setdefault(name, []).append(Version(data, until))

    def get(self, name: str, start: int = 0, size: int | None = None) -> bytes:
        data = self._data(name)
        return data[start:] if size is None else data[start : start + size]

    def size(self, name: str) -> int:
        return len(self._data(name))

    def list(self, prefix: str = "") -> Iterator[str]:
        folder = f"{prefix.rstrip('/')}/" if prefix else ""
        return iter(sorted(n for n in self.versions if n.startswith(folder) and self._current(n) is not None))

    def delete(self, name: str) -> None:
        current = self._current(name)
        if current is None:
            return
        if current.until > self.clock.now():
            raise VaultImmutable("locked", name=name, until="")
        self.versions[name].remove(current)

    def locked_until(self, name: str) -> int | None:
        current = self._current(name)
        return current.until or None if current else None

    def extend(self, name: str, until: int) -> None:
        current = self._current(name)
        if current is None:
            raise FileNotFoundError(name)
        current.until = max(current.until, until)

    def hide(self, name: str) -> None:
        self.versions[name].append(Version(None))

    def hidden(self) -> Iterator[str]:
        return iter(sorted(name for name, versions in self.versions.items() if len(versions) > 1))

    def uncover(self, name: str, is_wanted: Callable[[bytes], bool]) -> None:
        for version in self.versions.get(name, []):
            if version.data is not None and is_wanted(version.data):
                self.versions[name].append(Version(version.data, version.until))
                return
        raise FileNotFoundError(name)

    def _current(self, name: str) -> Version | None:
        versions = self.versions.get(name)
        return versions[-1] if versions and versions[-1].data is not None else None

    def _data(self, name: str) -> bytes:
        current = self._current(name)
        if current is None or current.data is None:
            raise FileNotFoundError(name)
        return current.data
