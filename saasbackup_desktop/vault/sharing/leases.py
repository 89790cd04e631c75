"""Leases: who is at work in the vault, told by files that a crash cannot leave behind for ever.

All that is asked of the store is that a list shows what was written before it: whoever wants a lease writes a file that
says so, lists, and gives way to whoever came first. A name is never used twice, so nobody writes over another's lease.
"""

import contextlib
import hmac
import os
import platform
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Final, Self

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import Fault, VaultBusy, VaultDamaged, VaultKeysChanged
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.ports import BlobStore, Clock
from saasbackup_desktop.vault.format.keys import Keys
from saasbackup_desktop.vault.format.names import LEASES, TRASH
from saasbackup_desktop.vault.format.sealing import seal, unseal
from saasbackup_desktop.vault.sharing.processes import HOST, is_running, started

LASTS: Final = 300
"""Seconds that a lease lasts without being renewed."""
TOLERANCE: Final = 60
"""Seconds that the clocks of two machines may differ; beyond that somebody is told."""
FORGOTTEN: Final = 24 * 3600
"""Seconds from the end of a lease to now, either way, beyond which it says nothing."""

_PURPOSE: Final = "lease"
_EXCLUSIVE: Final = "\x00exclusive"
"""No stream has this id."""
_NAME: Final = re.compile(r"([0-9]{8})-([0-9a-f]{32})")
_KEPT: Final = 2
"""Files of one lease. A list that is made while the lease is renewed shows at least one of them."""
_TURN: Final = 0.1
"""Seconds between two looks at others who ask for the same lease."""
_TURNS: Final = 100
_LOOK: Final = 5.0
"""Seconds between two looks at leases that are being watched."""
_OVER: Final[set[str]] = set()
"""Tokens of leases that this process gave up, in case a file of theirs could not be removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What a lease says of its holder. All times are of the holder's clock."""

    owner: str
    host: str
    """Its name, for people."""
    machine: str
    pid: int
    started: str
    since: int
    """When the holder began."""
    made: int
    """When this was written."""
    until: int
    held: bool
    """False: it is only asked for."""
    exclusive: bool
    """It is that of a prune or a repair."""
    knows: tuple[str, ...] = ()
    """Files below trash/ that were there before the holder began to count on anything."""

    @property
    def is_dead(self) -> bool:
        """It ran on this machine and runs no more."""
        return self.machine == HOST and not is_running(self.pid, self.started)

    def counts_on(self, trash: str) -> bool:
        """May it count on what this trash file lists, because it began before it could see it?"""
        return trash not in self.knows


_UNKNOWN: Final = Holding(
    owner="", host="", machine="", pid=0, started="", since=0, made=0, until=0, held=True, exclusive=False
)
"""A lease that cannot be read."""


class _Life(Enum):
    ALIVE = auto()
    DEAD = auto()
    DOUBTFUL = auto()
    """It has run out, if the clocks are right."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One lease as it lies in the store."""

    number: int
    token: str
    names: tuple[str, ...]
    """Its files, oldest first."""
    holding: Holding

    @property
    def rank(self) -> tuple[int, str]:
        """The smaller one came first."""
        return self.number, self.token


class Watch:
    """Knows since when each lease has stood without being renewed, by this machine's monotonic clock."""

    def __init__(
        self, ticks: Callable[[], float] = time.monotonic, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self.ticks = ticks
        self.pause = pause
        self._seen: dict[str, tuple[str, float]] = {}
        self._renewed: set[str] = set()

    def life(self, entry: _Entry, now: int) -> _Life:
        """Look at a lease, again and again: what is known of its holder by now. ``now``: by this machine's clock."""
        holding, newest, ticks = entry.holding, entry.names[-1], self.ticks()
        name, since = self._seen.setdefault(entry.token, (newest, ticks))
        if name != newest:
            self._seen[entry.token] = newest, ticks
            self._renewed.add(entry.token)
            since = ticks
        is_forgotten = holding != _UNKNOWN and now - holding.until > FORGOTTEN
        if entry.token in _OVER or holding.is_dead or is_forgotten or ticks - since > LASTS + TOLERANCE:
            return _Life.DEAD
        if entry.token in self._renewed or 0 <= holding.until + TOLERANCE - now <= LASTS + 2 * TOLERANCE:
            return _Life.ALIVE
        return _Life.DOUBTFUL


class Lease:
    """Held from the start until ``release``; renewed by ``renew`` and by a thread of its own."""

    def __init__(
        self,
        store: BlobStore,
        keys: Keys,
        clock: Clock,
        stream: StreamId,
        owner: str,
        *,
        watch: Watch | None = None,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """Take a stream's lease. Raises VaultBusy if somebody has it.

        One that has run out is taken over at once: if its holder lives after all, because a clock is wrong, both write
        heads of their own names, and neither loses what it sealed.
        """
        self._store = store
        self._keys = keys
        self._clock = clock
        self._owner = owner
        self._machine = HOST
        self._folder = _folder(keys, stream)
        self._is_exclusive = stream == _EXCLUSIVE
        self._watch = watch or Watch()
        self._stop = stop
        self._token = os.urandom(16).hex()
        self._since = clock.now()
        self._lock = threading.Lock()
        self._lost: Fault | None = None
        self._names: list[str] = []
        self._made = 0
        self._ticked = 0.0
        self._knows: tuple[str, ...] = ()
        self._acquire()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="vault-lease", daemon=True)
        self._thread.start()

    @classmethod
    def exclusive(
        cls,
        store: BlobStore,
        keys: Keys,
        clock: Clock,
        owner: str,
        *,
        watch: Watch | None = None,
        stop: Callable[[], bool] = lambda: False,
    ) -> Self:
        """Take the one lease that a prune or a repair needs. Raises VaultBusy, also when ``stop`` ends the waiting.

        One that has run out by this machine's clock is watched for its whole time before it is taken over, which takes
        six minutes; if its process ran on this machine and is gone, it is taken over at once. Writers of streams are
        not kept away by it: ``others`` tells of them.
        """
        return cls(store, keys, clock, StreamId(_EXCLUSIVE), owner, watch=watch, stop=stop)

    def renew(self) -> None:
        """Prolong it if a third of it is over. Raises VaultBusy if somebody took it."""
        with self._lock:
            self._raise_lost()
            spent = max(time.monotonic() - self._ticked, abs(self._clock.now() - self._made))
            if spent >= LASTS // 3:
                self._prolong()

    def require(self) -> None:
        """Make sure, by asking the store, that nobody took it. Raises VaultBusy.

        Whoever takes over a lease removes its files before relying on that: so what was written before this call was
        there to be seen by them.
        """
        with self._lock:
            self._raise_lost()
            self._require_there(self._names[-1])

    def release(self) -> None:
        """Let others work."""
        self._over.set()
        self._thread.join()
        with self._lock:
            self._withdraw()

    @property
    def token(self) -> str:
        """What the names of its files end in."""
        return self._token

    # --- taking it -------------------------------------------------------------------------------------------

    def _acquire(self) -> None:
        alive, dead = self._look()
        self._give_way(alive)
        number = max((entry.number for entry in dead), default=0) + 1
        try:
            self._write(number, held=False)
            dead = self._wait_for_turn((number, self._token))
            _bury(self._store, dead)
            # Listed while the lease is to be seen already: a prune that writes its list later sees this lease first.
            self._knows = tuple(self._store.list(TRASH))
            self._write(number + 1, held=True)
            self._confirm()
        except BaseException:
            self._withdraw()
            raise

    def _wait_for_turn(self, rank: tuple[int, str]) -> list[_Entry]:
        """Give way to those who hold it or asked first; wait for those who asked later to give way; tell the dead."""
        for _ in range(_TURNS):
            alive, dead = self._look()
            if not alive:
                return dead
            self._give_way([entry for entry in alive if entry.holding.held or entry.rank < rank])
            self._watch.pause(_TURN)
        self._give_way(alive)
        return dead

    def _confirm(self) -> None:
        """Make sure that nobody took this one for dead meanwhile, and that nobody taken for dead came back."""
        self._require_there(self._names[0])
        while True:
            alive, dead = self._look()
            self._give_way([entry for entry in alive if entry.holding.held])
            if not dead:
                return
            _bury(self._store, dead)

    def _give_way(self, rivals: list[_Entry]) -> None:
        if rivals:
            raise self._busy(min(rivals, key=lambda entry: (not entry.holding.held, entry.rank)).holding)

    def _look(self) -> tuple[list[_Entry], list[_Entry]]:
        """Tell others who are alive from the dead; for the exclusive lease those in doubt are watched."""
        while True:
            lives = [(self._life(entry), entry) for entry in self._entries()]
            if all(life is not _Life.DOUBTFUL for life, _ in lives) or self._stop():
                alive = [entry for life, entry in lives if life is not _Life.DEAD]
                return alive, [entry for life, entry in lives if life is _Life.DEAD]
            self._watch.pause(_LOOK)

    def _life(self, entry: _Entry) -> _Life:
        now = self._clock.now()
        life = self._watch.life(entry, now)
        if self._is_exclusive or life is not _Life.DOUBTFUL:
            return life
        # Two writers of one stream do no harm, so nobody waits for one that has run out. One whose end lies far ahead
        # was made by a clock that is wrong, or that was: within a day it is believed.
        return _Life.ALIVE if now < entry.holding.until < now + FORGOTTEN else _Life.DEAD

    # --- keeping it ------------------------------------------------------------------------------------------

    def _prolong(self) -> None:
        last = self._names[-1]
        self._require_there(last)
        self._write(_number(last) + 1, held=True)
        self._require_there(last)  # if it was taken in between, whoever did so may not have seen the new file
        for name in self._names[:-_KEPT]:
            self._store.delete(name)
        del self._names[:-_KEPT]

    def _require_there(self, name: str) -> None:
        if name not in self._store.list(self._folder):
            taken = min(self._entries(), key=lambda entry: (not entry.holding.held, entry.rank), default=None)
            self._lost = self._busy(taken.holding if taken else None)
            self._withdraw()
            raise self._lost

    def _raise_lost(self) -> None:
        if self._lost is not None:
            raise type(self._lost)(self._lost.detail, **self._lost.facts) from self._lost

    def _keep(self) -> None:
        while not self._over.wait(LASTS / 6):
            try:
                self.renew()
            except (VaultBusy, VaultKeysChanged) as fault:
                self._lost = fault
                return
            except Fault:
                continue  # not reached: there are several turns before it runs out, and who flushes is told

    # --- files -----------------------------------------------------------------------------------------------

    def _write(self, number: int, *, held: bool) -> None:
        now = self._clock.now()
        name = f"{self._folder}/{number:08d}-{self._token}"
        record = {
            "owner": self._owner,
            "host": platform.node(),
            "machine": self._machine,
            "pid": os.getpid(),
            "started": started(os.getpid()),
            "since": self._since,
            "made": now,
            "until": now + LASTS,
            "held": held,
            "exclusive": self._is_exclusive,
            "knows": list(self._knows),
        }
        self._names.append(name)
        self._store.put(name, seal(self._keys, _PURPOSE, name, codec.dumps(record).encode()), fleeting=True)
        self._made, self._ticked = now, time.monotonic()

    def _withdraw(self) -> None:
        _OVER.add(self._token)
        for name in self._names:
            with contextlib.suppress(Fault):  # what cannot be removed runs out by itself
                self._store.delete(name)

    def _entries(self) -> list[_Entry]:
        """Everybody else's."""
        return _entries(self._store, self._keys, self._folder, but=self._token)

    def _busy(self, holding: Holding | None) -> VaultBusy:
        if holding is None:
            return VaultBusy("the lease is gone", owner="", host="", until="", reason="lost")
        until = datetime.fromtimestamp(holding.until, UTC).isoformat() if holding.until else ""
        ahead = holding.made - self._clock.now()
        facts = {"ahead": round(ahead / 60)} if ahead > TOLERANCE else {}
        return VaultBusy("somebody else is at work", owner=holding.owner, host=holding.host, until=until, **facts)


def others(
    store: BlobStore,
    keys: Keys,
    clock: Clock,
    *,
    mine: Lease | None = None,
    watch: Watch | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> list[Holding]:
    """Find out who else is alive, writers of streams and all; what the dead left is removed.

    Whoever was taken for dead and only slept finds its lease gone before it writes a head, or takes that head back
    after. So whoever is going to remove packs calls this first and looks at the heads after it. Leases that have run
    out by this machine's clock, and such as cannot be read, are watched for their whole time, which takes up to six
    minutes; when ``stop`` ends that they count as alive. Raises VaultKeysChanged.
    """
    watch = watch or Watch()
    while True:
        entries = _entries(store, keys, LEASES, but=mine.token if mine is not None else "")
        lives = [(watch.life(entry, clock.now()), entry) for entry in entries]
        if not stop() and any(life is _Life.DOUBTFUL for life, _ in lives):
            watch.pause(_LOOK)
            continue
        dead = [entry for life, entry in lives if life is _Life.DEAD]
        if not dead:
            return [entry.holding for _, entry in lives]
        _bury(store, dead)  # and look again: one may have renewed its lease in this moment


def _bury(store: BlobStore, dead: list[_Entry]) -> None:
    """Remove what the dead left, so that one who was only asleep finds out."""
    for entry in dead:
        for name in entry.names:
            store.delete(name)


def _folder(keys: Keys, stream: StreamId) -> str:
    return f"{LEASES}/{hmac.digest(keys.name, stream.encode(), 'sha256')[:16].hex()}"


def _entries(store: BlobStore, keys: Keys, folder: str, but: str = "") -> list[_Entry]:
    """Leases in a folder, or in all, but one; strangers do not count. Raises VaultKeysChanged."""
    files: dict[str, list[str]] = {}
    for name in store.list(folder):
        found = _NAME.fullmatch(name.rpartition("/")[2])
        if found and found[2] != but:
            files.setdefault(found[2], []).append(name)
    read = ((token, sorted(names), _read(store, keys, max(names))) for token, names in files.items())
    return [
        _Entry(_number(names[0]), token, tuple(names), holding) for token, names, holding in read if holding is not None
    ]


def _number(name: str) -> int:
    return int(name.rpartition("/")[2].partition("-")[0])


def _read(store: BlobStore, keys: Keys, name: str) -> Holding | None:
    """What a lease says; None if it was released in this moment."""
    try:
        record = codec.loads(unseal(keys, _PURPOSE, name, store.get(name), name))
        return Holding(**{**record, "knows": tuple(record["knows"])})
    except FileNotFoundError:
        return None
    except (VaultDamaged, TypeError, ValueError, KeyError):
        return _UNKNOWN
