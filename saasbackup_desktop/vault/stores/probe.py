"""The pre-flight: what a place can really do, found out by doing it; then it is tidied up as far as locks let."""

import contextlib
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from saasbackup_desktop.core.errors import Denied, Fault, SignInNeeded, VaultImmutable
from saasbackup_desktop.core.ports import BlobStore, Clock
from saasbackup_desktop.vault.stores.probe_lock import LockableStore, LockTrial
from saasbackup_desktop.vault.stores.probe_report import FAILED, LIMITED, OK, SKIPPED, Finding, tried

__all__ = ["FAILED", "LIMITED", "OK", "SKIPPED", "Finding", "is_fit", "probe"]

FOLDER: Final = "probe"
_RACERS: Final = 8
_ROUNDS: Final = 3
_LARGE: Final = 11 << 20
_LISTED: Final = 12
_ALLOWED_SKEW: Final = 60
_LEFT_BEHIND: Final = 3600
_SWEEPS: Final = 5
_A_MOMENT: Final = 0.3


def probe(
    store: BlobStore,
    clock: Clock,
    progress: Callable[[Finding], None] = lambda found: None,
    sleep: Callable[[float], None] = time.sleep,
) -> list[Finding]:
    """Try everything that a vault needs of a place, or gains from it. What fails is a finding, not an exception.

    A lock is tried if the store has one; that takes half a minute, until the lock on what was tried ends.
    """
    found: list[Finding] = []
    trial = _Trial(store, clock, sleep)
    try:
        for finding in trial.run():
            found.append(finding)
            progress(finding)
            if finding.outcome == FAILED and finding.check in ("write", "read"):
                break
    finally:
        left = trial.clean()
    if left.outcome != OK and any(one.check == "write" and one.outcome == OK for one in found):
        found.append(left)
        progress(left)
    return found


def is_fit(findings: list[Finding]) -> bool:
    """Can a vault lie there as it was asked for?"""
    return bool(findings) and all(finding.outcome != FAILED for finding in findings)


@dataclass(slots=True)
class _Trial:
    """One pre-flight, in a folder of its own."""

    store: BlobStore
    clock: Clock
    sleep: Callable[[float], None]
    folder: str = ""
    _held: set[str] = field(default_factory=set)

    def run(self) -> Iterator[Finding]:
        """Try one thing after the other."""
        self.folder = f"{FOLDER}/{self.clock.now():010}-{secrets.token_hex(8)}"
        steps: list[tuple[str, Callable[[], Finding]]] = [
            ("write", self._write),
            ("read", self._read),
            ("ranges", self._ranges),
            ("missing", self._missing),
            ("list", self._list),
            ("second", self._second),
            ("race", self._race),
            ("large", self._large),
            ("delete", self._delete),
        ]
        bucket = self.store if isinstance(self.store, LockableStore) else None
        if bucket is not None:
            steps += [
                ("key", lambda: self._key(bucket)),
                ("clock", lambda: self._clock(bucket)),
                ("versions", lambda: self._versions(bucket)),
            ]
        for check, step in steps:
            yield tried(check, step)
        if bucket is not None and bucket.lock is not None:
            yield from LockTrial(bucket, f"{self.folder}/lock", bucket.lock, self.clock, self.sleep).run()

    def clean(self) -> Finding:
        """Remove what was written, and what earlier trials that were cut off left behind; say what could not be."""
        is_clean = False
        for turn in range(_SWEEPS):
            self.sleep(_A_MOMENT * max(0, turn - 1))  # after a race, some servers list what they have a little later
            was_clean, is_clean = is_clean, self._sweep() == []
            if was_clean and is_clean:
                return Finding("clean", OK)
        return replace(told, outcome=LIMITED) if (told := tried("clean", self._rest)).outcome == FAILED else told

    def _sweep(self) -> list[str] | None:
        """Remove what is there and no lock holds. Gives what was there; None: the place does not say."""
        try:
            rest = [name for name in self.store.list(FOLDER) if self._is_to_go(name)]
        except (Fault, FileNotFoundError):
            return None  # asked again; what is left then is told
        return [name for name in rest if not self._is_held(name)]

    def _is_held(self, name: str) -> bool:
        """Remove a file, unless a lock holds it: a trial after the lock's end does."""
        try:
            self.store.delete(name)
        except VaultImmutable:
            self._held.add(name)
            return True
        except (Fault, FileNotFoundError):
            return False  # tried again, after all others
        return False

    def _rest(self) -> Finding:
        rest = [name for name in self.store.list(FOLDER) if name.startswith(f"{self.folder}/")]
        listed = [name for name in rest if name not in self._held]
        left = [name for name in listed if self._is_there(name)]
        if left:
            return Finding("clean", LIMITED, "left-behind", {"files": len(left)})
        return Finding("clean", LIMITED, "still-listed", {"files": len(listed)}) if listed else Finding("clean", OK)

    def _is_there(self, name: str) -> bool:
        """Whether a file can be read: after a race, some servers list for good what is gone."""
        try:
            self.store.size(name)
        except FileNotFoundError:
            return False
        return True

    def _is_to_go(self, name: str) -> bool:
        made = name.split("/")[1].partition("-")[0]
        is_old = made.isdigit() and int(made) < self.clock.now() - _LEFT_BEHIND
        return is_old or name.startswith(f"{self.folder}/")

    def _write(self) -> Finding:
        self.store.put(f"{self.folder}/first", _TEXT, fleeting=True)
        return Finding("write", OK)

    def _read(self) -> Finding:
        is_same = self.store.get(f"{self.folder}/first") == _TEXT
        is_same = is_same and self.store.size(f"{self.folder}/first") == len(_TEXT)
        return Finding("read", OK) if is_same else Finding("read", FAILED, "other-bytes")

    def _ranges(self) -> Finding:
        name = f"{self.folder}/first"
        wanted = [(3, 4), (0, 1), (5, None), (len(_TEXT) - 2, 100), (len(_TEXT) + 10, 5)]
        for start, size in wanted:
            if self.store.get(name, start, size) != _TEXT[start : None if size is None else start + size]:
                return Finding("ranges", FAILED, "other-bytes")
        return Finding("ranges", OK)

    def _missing(self) -> Finding:
        for read in (self.store.get, self.store.size):
            with contextlib.suppress(FileNotFoundError):
                read(f"{self.folder}/never-written")
                return Finding("missing", FAILED, "not-told")
        return Finding("missing", OK)

    def _list(self) -> Finding:
        names = [f"{self.folder}/list/{number:02}" for number in range(_LISTED)]
        for name in reversed(names):
            self.store.put(name, b"", fleeting=True)
        seen = list(self.store.list(f"{self.folder}/list"))
        if seen == names:
            return Finding("list", OK)
        return Finding("list", FAILED, "not-in-order" if sorted(seen) == names else "incomplete")

    def _second(self) -> Finding:
        """Create one name twice."""
        name = f"{self.folder}/first"
        with contextlib.suppress(FileExistsError):
            self.store.put(name, b"second", fleeting=True)
            return Finding("second", LIMITED, "written-over")
        if self.store.get(name) != _TEXT:
            return Finding("second", FAILED, "other-bytes")
        if getattr(self.store, "refuses_second", True) is False:
            return Finding("second", LIMITED, "condition-ignored")
        return Finding("second", OK)

    def _race(self) -> Finding:
        """Create one name from many sides at one moment."""
        most = 0
        for turn in range(_ROUNDS):
            name = f"{self.folder}/race/{turn}"
            won = _race(self.store, name)
            most = max(most, len(won))
            if not won or self.store.get(name) not in won:
                return Finding("race", FAILED, "other-bytes")
        return Finding("race", OK) if most == 1 else Finding("race", LIMITED, "many-win", {"winners": most})

    def _large(self) -> Finding:
        store = self.store.with_small_parts() if isinstance(self.store, LockableStore) else self.store
        data = os.urandom(_LARGE)
        name = f"{self.folder}/large"
        try:
            store.put(name, data, fleeting=True)
            middle = _LARGE // 2
            is_same = store.get(name) == data and store.get(name, middle, 1000) == data[middle : middle + 1000]
        finally:
            if isinstance(store, LockableStore):
                store.close()
        return Finding("large", OK) if is_same else Finding("large", FAILED, "other-bytes")

    def _delete(self) -> Finding:
        name = f"{self.folder}/first"
        self.store.delete(name)
        with contextlib.suppress(FileNotFoundError):
            self.store.get(name)
            return Finding("delete", FAILED, "still-there")
        if name in self.store.list(self.folder):
            return Finding("delete", FAILED, "still-listed")
        return Finding("delete", OK)

    def _key(self, bucket: LockableStore) -> Finding:
        stranger = bucket.with_wrong_key()
        try:
            next(iter(stranger.list()), None)
        except (SignInNeeded, Denied):
            return Finding("key", OK)
        finally:
            stranger.close()
        return Finding("key", LIMITED, "any-key-taken")

    def _clock(self, bucket: LockableStore) -> Finding:
        theirs = bucket.server_time()
        if theirs is None:
            return Finding("clock", SKIPPED, "not-told")
        ahead = self.clock.now() - theirs
        if abs(ahead) <= _ALLOWED_SKEW:
            return Finding("clock", OK, facts={"seconds": ahead})
        return Finding("clock", LIMITED, "clocks-differ", {"seconds": ahead})

    def _versions(self, bucket: LockableStore) -> Finding:
        _, own = bucket.bucket_lock()
        if own is not None:  # leases and the like cannot be removed before it ends
            return Finding("versions", LIMITED, "locks-by-itself", {"mode": own.mode, "days": own.days})
        return Finding("versions", OK) if bucket.is_versioned() else Finding("versions", LIMITED, "no-versions")


_TEXT: Final = b"0123456789 what a vault asks of the place where it lies"


def _race(store: BlobStore, name: str) -> list[bytes]:
    won: list[bytes] = []
    failed: list[Fault] = []
    start = threading.Barrier(_RACERS)

    def run(data: bytes) -> None:
        start.wait()
        try:
            store.put(name, data, fleeting=True)
        except FileExistsError:
            return
        except Fault as fault:
            failed.append(fault)
            return
        won.append(data)

    threads = [threading.Thread(target=run, args=(b"racer %d" % number,)) for number in range(_RACERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed and not won:
        raise failed[0]
    return won
