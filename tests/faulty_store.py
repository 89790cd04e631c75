"""A store around a store that does what disks, servers and networks do on a bad day.

Every test may use it::

    store = faulty(LocalStore(folder))          # nothing is wrong yet; a LockingStore stays one
    store.fail_before(3)                        # the third operation from now on: it is not carried out
    store.fail_after(1, "put", "snapshots")     # lost acknowledgement: the head is there, we are told it failed
    store.fail_before(1, "put", "packs", times=FOREVER, error=VaultFull("full", location="here"))
    store.cut(1, "packs", size=10)              # the next ``get`` below packs/ gives its first 10 bytes only
    store.twist(1, "packs")                     # the next ``get`` below packs/ gives one byte that is another one
    store.stale(2)                              # lists lack the last two puts and deletes; ``stale(0)`` ends that
    store.overwrite("leases")                   # puts below leases/ do not care whether the name is taken
    store.slow(0.05, "get")                     # each ``get`` waits first
    store.before(2, action, "delete")           # call ``action(operation, name)`` first; it may raise, wait, or write
    store.after(1, action, "list")              # ... and afterwards
    store.kill_before(17)                       # SIGKILL for this process before the 17th operation
    store.kill_after(17, "put")                 # ... right after the 17th put was carried out
    store.mend()                                # nothing is wrong any more
    store.calls                                 # [("put", "packs/ab/ab..."), ...]: what was asked so far
    store.changes                               # how many puts and deletes that was

Turns count from 1, from the moment of the order, among the operations of that kind below that folder only.
In a process of its own, ``killing(store, os.environ)`` reads ``KILL_AT=before:17`` or ``KILL_AT=after:17:put:packs``.
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from saasbackup_desktop.core.errors import VaultFault
from saasbackup_desktop.core.ports import BlobStore, LockingStore, ObjectLock

FOREVER: Final = 1 << 60
KILL_AT: Final = "KILL_AT"

_T = TypeVar("_T")
_Action = Callable[[str, str], None]
_Spoil = Callable[[bytes], bytes]
_CHANGES: Final = frozenset({"put", "delete", "hide", "uncover", "extend"})


@dataclass(slots=True)
class _Rule:
    """What happens at which turns of which operations."""

    first: int
    times: int
    operation: str
    below: str
    seen: int = 0

    def is_due(self, operation: str, name: str) -> bool:
        """Count this operation if it is one of those meant, and say whether its turn has come."""
        if self.operation not in ("", operation):
            return False
        if not _is_below(name, self.below):
            return False
        self.seen += 1
        return self.first <= self.seen < self.first + self.times


class FaultyStore:
    """Thread-safe, as far as the store inside is."""

    def __init__(self, store: BlobStore) -> None:
        self.inside = store
        self.calls: list[tuple[str, str]] = []
        self._first: list[tuple[_Rule, _Action]] = []
        self._then: list[tuple[_Rule, _Action]] = []
        self._spoils: list[tuple[_Rule, _Spoil]] = []
        self._overwritten: list[str] = []
        self._history: list[tuple[str, str]] = []
        self._behind = 0
        self._lock = threading.RLock()

    # --- what goes wrong -------------------------------------------------------------------------------------

    def fail_before(
        self, turn: int, operation: str = "", below: str = "", *, times: int = 1, error: Exception | None = None
    ) -> None:
        """Let an operation fail without being carried out."""
        self.before(turn, _raising(error), operation, below, times=times)

    def fail_after(
        self, turn: int, operation: str = "", below: str = "", *, times: int = 1, error: Exception | None = None
    ) -> None:
        """Carry an operation out and say that it failed."""
        self.after(turn, _raising(error), operation, below, times=times)

    def cut(self, turn: int, below: str = "", *, size: int = 0, times: int = 1) -> None:
        """Give only the first bytes of what is got."""
        self._spoil(turn, below, times, lambda data: data[:size])

    def twist(self, turn: int, below: str = "", *, at: int = -1, times: int = 1) -> None:
        """Give one byte of what is got as another one."""

        def twisted(data: bytes) -> bytes:
            spoilt = bytearray(data)
            if spoilt:
                spoilt[at] ^= 1
            return bytes(spoilt)

        self._spoil(turn, below, times, twisted)

    def stale(self, changes: int) -> None:
        """Let lists be as they were so many puts and deletes ago."""
        self._behind = changes

    def overwrite(self, below: str = "") -> None:
        """Let puts replace what is there, like a server that does not know conditional writes."""
        self._overwritten.append(below)

    def slow(self, seconds: float, operation: str = "", below: str = "") -> None:
        """Wait before each operation."""
        self.before(1, lambda _operation, _name: time.sleep(seconds), operation, below, times=FOREVER)

    def kill_before(self, turn: int, operation: str = "", below: str = "") -> None:
        """End this process at once, before the operation is carried out."""
        self.before(turn, _kill, operation, below)

    def kill_after(self, turn: int, operation: str = "", below: str = "") -> None:
        """End this process at once, when the operation was carried out and before anybody is told."""
        self.after(turn, _kill, operation, below)

    def before(self, turn: int, act: _Action, operation: str = "", below: str = "", *, times: int = 1) -> None:
        """Do something first."""
        with self._lock:
            self._first.append((_Rule(turn, times, operation, below), act))

    def after(self, turn: int, act: _Action, operation: str = "", below: str = "", *, times: int = 1) -> None:
        """Do something afterwards."""
        with self._lock:
            self._then.append((_Rule(turn, times, operation, below), act))

    def mend(self) -> None:
        """Let everything work again."""
        with self._lock:
            for orders in (self._first, self._then, self._spoils):
                orders.clear()
            self._overwritten.clear()
            self._behind = 0

    @property
    def changes(self) -> int:
        """How many operations so far were meant to change something."""
        return sum(operation in _CHANGES for operation, _name in self.calls)

    # --- a store ---------------------------------------------------------------------------------------------

    @property
    def location(self) -> str:
        return self.inside.location

    def put(self, name: str, data: bytes, *, fleeting: bool = False) -> None:
        def carry_out() -> None:
            if any(_is_below(name, below) for below in self._overwritten):
                self.inside.delete(name)
            self.inside.put(name, data, fleeting=fleeting)
            self._note("put", name)

        self._do("put", name, carry_out)

    def get(self, name: str, start: int = 0, size: int | None = None) -> bytes:
        with self._lock:
            due = [spoil for rule, spoil in self._spoils if rule.is_due("get", name)]
        data = self._do("get", name, lambda: self.inside.get(name, start, size))
        for spoil in due:
            data = spoil(data)
        return data

    def size(self, name: str) -> int:
        return self._do("size", name, lambda: self.inside.size(name))

    def list(self, prefix: str = "") -> Iterator[str]:
        return iter(self._do("list", prefix, lambda: self._listed(prefix)))

    def delete(self, name: str) -> None:
        def carry_out() -> None:
            self.inside.delete(name)
            self._note("delete", name)

        self._do("delete", name, carry_out)

    # --- within ----------------------------------------------------------------------------------------------

    def _do(self, operation: str, name: str, carry_out: Callable[[], _T]) -> _T:
        with self._lock:
            self.calls.append((operation, name))
            first = [act for rule, act in self._first if rule.is_due(operation, name)]
            then = [act for rule, act in self._then if rule.is_due(operation, name)]
        for act in first:
            act(operation, name)
        result = carry_out()
        for act in then:
            act(operation, name)
        return result

    def _note(self, operation: str, name: str) -> None:
        with self._lock:
            self._history.append((operation, name))

    def _listed(self, prefix: str) -> Sequence[str]:
        names = set(self.inside.list(prefix))
        with self._lock:
            undone = self._history[-self._behind :] if self._behind else []
        for operation, name in reversed(undone):
            if operation == "put":
                names.discard(name)
            elif _is_below(name, prefix.strip("/")):
                names.add(name)
        return sorted(names)

    def _spoil(self, turn: int, below: str, times: int, spoil: _Spoil) -> None:
        with self._lock:
            self._spoils.append((_Rule(turn, times, "get", below), spoil))


class FaultyLockingStore(FaultyStore):
    """The same around a store that has an object lock."""

    inside: LockingStore

    @property
    def lock(self) -> ObjectLock | None:
        return self.inside.lock

    def keep_under(self, lock: ObjectLock | None) -> None:
        self.inside.keep_under(lock)

    def locked_until(self, name: str) -> int | None:
        return self._do("locked_until", name, lambda: self.inside.locked_until(name))

    def extend(self, name: str, until: int) -> None:
        self._do("extend", name, lambda: self.inside.extend(name, until))

    def hide(self, name: str) -> None:
        self._do("hide", name, lambda: self.inside.hide(name))

    def hidden(self) -> Iterator[str]:
        return iter(self._do("hidden", "", lambda: list(self.inside.hidden())))

    def uncover(self, name: str, is_wanted: Callable[[bytes], bool]) -> None:
        self._do("uncover", name, lambda: self.inside.uncover(name, is_wanted))


def faulty(store: BlobStore) -> FaultyStore:
    """Put a store into one that can go wrong; a LockingStore stays one."""
    return FaultyLockingStore(store) if isinstance(store, LockingStore) else FaultyStore(store)


def killing(store: BlobStore, environment: Mapping[str, str]) -> FaultyStore:
    """Put a store into one that ends this process when the environment says so."""
    around = faulty(store)
    wish = environment.get(KILL_AT, "")
    if wish:
        when, turn, *rest = wish.split(":")
        {"before": around.kill_before, "after": around.kill_after}[when](int(turn), *rest)
    return around


def _is_below(name: str, folder: str) -> bool:
    return not folder or name == folder or name.startswith(f"{folder}/")


def _raising(error: Exception | None) -> _Action:
    def fail(operation: str, name: str) -> None:
        raise error if error is not None else VaultFault(f"{operation} of {name} failed on purpose")

    return fail


def _kill(_operation: str, _name: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)  # the signal may take a moment: nothing more may happen in this thread
