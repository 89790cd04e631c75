"""Does a bucket's object lock really hold? Tried with the shortest lock that is of use, on a file of its own."""

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Protocol, runtime_checkable

from saasbackup_desktop.core.errors import Fault, VaultImmutable
from saasbackup_desktop.core.ports import Clock, LockingStore, ObjectLock
from saasbackup_desktop.vault.stores.probe_report import FAILED, LIMITED, OK, SKIPPED, Finding, tried

_SECONDS: Final = 15
_LONGER: Final = 5
_LARGE: Final = 11 << 20


@dataclass(frozen=True, slots=True)
class Retention:
    """How one file is locked."""

    mode: str
    """``governance`` or ``compliance``."""
    until: int
    """Seconds since 1970 UTC."""


@runtime_checkable
class LockableStore(LockingStore, Protocol):
    """What a bucket can be asked beyond what the vault asks."""

    def is_versioned(self) -> bool:
        """Does it keep what is deleted and written over?"""

    def put_until(self, name: str, data: bytes, until: int | None) -> None:
        """Create a file that is locked until then."""

    def retention(self, name: str) -> Retention | None:
        """Ask the server how a file is locked; None: it is not."""

    def set_lock(self, name: str, until: int) -> None:
        """Ask the server to set the end of a lock, whatever it is now."""

    def server_time(self) -> int | None:
        """What the server's clock says."""

    def bucket_lock(self) -> tuple[bool, ObjectLock | None]:
        """Does the bucket say that it knows locks, and what does it lock by itself?"""

    def with_wrong_key(self) -> "LockableStore":
        """The same place, asked by a stranger."""

    def with_small_parts(self) -> "LockableStore":
        """The same place, written in parts as small as allowed."""

    def close(self) -> None:
        """Let go of connections."""


@dataclass(slots=True)
class LockTrial:
    """One proof of a lock. It ends when the locks that it made have ended."""

    store: LockableStore
    folder: str
    lock: ObjectLock
    clock: Clock
    sleep: Callable[[float], None]
    ends: int = 0

    def run(self) -> Iterator[Finding]:
        """Try one thing after the other; without a lock there is nothing further to try."""
        first = tried("lock", self._lock)
        yield replace(first, facts={**first.facts, "asked": self.lock.mode})
        if first.outcome == FAILED:
            return
        yield tried("lock-large", self._large)
        yield tried("lock-hide", self._hide)
        yield tried("lock-delete", self._delete)
        yield tried("lock-extend", self._extend)
        yield tried("lock-shorten", self._shorten)
        yield tried("lock-ends", self._end)

    @property
    def _name(self) -> str:
        return f"{self.folder}/first"

    def _now(self) -> int:
        told = self.store.server_time()
        return self.clock.now() if told is None else told

    def _lock(self) -> Finding:
        """Place a file under the lock, and let the server say how it is locked."""
        if not self.store.is_versioned():
            return Finding("lock", FAILED, "no-versions")
        self.ends = self._now() + _SECONDS
        self.store.put_until(self._name, _TEXT, self.ends)
        return self._compared("lock")

    def _compared(self, check: str) -> Finding:
        told = self.store.retention(self._name)
        if told is None:
            return Finding(check, FAILED, "not-locked")
        if told.mode != self.lock.mode:
            return Finding(check, FAILED, "other-mode", {"mode": told.mode})
        if abs(told.until - self.ends) > 1:
            return Finding(check, FAILED, "other-end", {"seconds": told.until - self.ends})
        return Finding(check, OK)

    def _large(self) -> Finding:
        """A file that is sent in parts is locked, too."""
        store, name = self.store.with_small_parts(), f"{self.folder}/large"
        try:
            store.keep_under(self.lock)
            store.put_until(name, os.urandom(_LARGE), self.ends)
            told = store.retention(name)
        finally:
            store.close()
        is_locked = told is not None and told.mode == self.lock.mode and told.until >= self.ends - 1
        return Finding("lock-large", OK) if is_locked else Finding("lock-large", FAILED, "not-locked")

    def _hide(self) -> Finding:
        """What is taken out of sight can be brought back."""
        self.store.hide(self._name)
        if self._name in self.store.list(self.folder):
            return Finding("lock-hide", FAILED, "still-listed")
        self.store.uncover(self._name, lambda data: data == _TEXT)
        is_back = self.store.get(self._name) == _TEXT
        return Finding("lock-hide", OK) if is_back else Finding("lock-hide", FAILED, "lost")

    def _delete(self) -> Finding:
        """The server refuses to remove it."""
        try:
            self.store.delete(self._name)
        except VaultImmutable:
            is_there = self.store.get(self._name) == _TEXT
            return Finding("lock-delete", OK) if is_there else Finding("lock-delete", FAILED, "lost")
        return Finding("lock-delete", FAILED, "deleted-though-locked")

    def _extend(self) -> Finding:
        self.ends += _LONGER
        self.store.set_lock(self._name, self.ends)
        return self._compared("lock-extend")

    def _shorten(self) -> Finding:
        """The server refuses to let it end earlier."""
        earlier = self.ends - _LONGER
        if earlier <= self._now():
            return Finding("lock-shorten", SKIPPED, "too-slow")
        with contextlib.suppress(Fault):
            self.store.set_lock(self._name, earlier)
        told = self.store.retention(self._name)
        if told is None or told.until < self.ends - 1:
            return Finding("lock-shorten", FAILED, "shortened")
        return Finding("lock-shorten", OK)

    def _end(self) -> Finding:
        """When its time is over the file can be removed."""
        self.sleep(max(0, self.ends - self._now()) + 2)
        try:
            self.store.delete(self._name)
        except VaultImmutable:
            return Finding("lock-ends", LIMITED, "stays-longer")
        return Finding("lock-ends", OK)


_TEXT: Final = b"what lies under a lock"
