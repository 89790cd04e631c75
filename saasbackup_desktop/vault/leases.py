"""Leases: one writer of a stream at a time, and a dead one does not stand in the way."""

import contextlib
import hmac
import os
import platform
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import VaultBusy, VaultDamaged, VaultFault
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.ports import BlobStore, Clock
from saasbackup_desktop.vault.keys import Keys
from saasbackup_desktop.vault.names import LEASES, number_of, numbered
from saasbackup_desktop.vault.processes import HOST, is_running, started
from saasbackup_desktop.vault.sealing import seal, unseal

LASTS: Final = 300
"""Seconds that a lease lasts without being renewed."""
TOLERANCE: Final = 60
"""Seconds that the clocks of two machines may differ."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What a lease says of its holder."""

    owner: str
    host: str
    """Its name, for people."""
    machine: str
    pid: int
    started: str
    token: str
    until: int

    @property
    def is_dead(self) -> bool:
        """It ran on this machine and runs no more."""
        return self.machine == HOST and not is_running(self.pid, self.started)


class Lease:
    """Held from the start until ``release``; renewed by ``renew`` and by a thread of its own."""

    def __init__(self, store: BlobStore, keys: Keys, clock: Clock, stream: StreamId, owner: str) -> None:
        self._store = store
        self._keys = keys
        self._clock = clock
        self._owner = owner
        self._folder = f"{LEASES}/{hmac.digest(keys.name, stream.encode(), 'sha256')[:16].hex()}"
        self._token = os.urandom(16).hex()
        self._lock = threading.Lock()
        self._renewed = 0
        self._lost: VaultFault | None = None
        self._number = self._acquire()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="vault-lease", daemon=True)
        self._thread.start()

    def renew(self) -> None:
        """Prolong it if a third of it is over. Raises VaultBusy if somebody took it."""
        with self._lock:
            if self._lost is not None:
                raise self._lost
            if self._clock.now() < self._renewed + LASTS // 3:
                return
            self._require_mine()
            old = self._name(self._number)
            try:
                self._write(self._number + 1)
            except FileExistsError as error:
                raise self._lose(self._name(self._number + 1)) from error
            self._number += 1
            self._store.delete(old)

    def release(self) -> None:
        """Let others write."""
        self._over.set()
        self._thread.join()
        with self._lock, contextlib.suppress(VaultFault):  # what cannot be removed runs out by itself
            if self._lost is None:
                self._require_mine()
                self._store.delete(self._name(self._number))

    def _acquire(self) -> int:
        names = numbered(self._store.list(self._folder))
        if names:
            holding = self._read(names[-1])
            if holding is not None and not holding.is_dead and self._clock.now() <= holding.until + TOLERANCE:
                raise self._busy(holding)
        number = number_of(names[-1]) + 1 if names else 1
        try:
            self._write(number)
        except FileExistsError as error:
            raise self._busy(self._read(self._name(number))) from error
        for name in names:
            self._store.delete(name)
        return number

    def _require_mine(self) -> None:
        """Make sure that nobody took it. Raises VaultBusy."""
        names = numbered(self._store.list(self._folder))
        holding = self._read(names[-1]) if names else None
        if holding is None or holding.token != self._token:
            raise self._lose(names[-1] if names else "")

    def _lose(self, name: str) -> VaultFault:
        self._lost = self._busy(self._read(name) if name else None)
        return self._lost

    def _write(self, number: int) -> None:
        now = self._clock.now()
        record = {
            "owner": self._owner,
            "host": platform.node(),
            "machine": HOST,
            "pid": os.getpid(),
            "started": started(os.getpid()),
            "token": self._token,
            "until": now + LASTS,
        }
        name = self._name(number)
        self._store.put(name, seal(self._keys.lease, name, codec.dumps(record).encode()))
        self._renewed = now

    def _read(self, name: str) -> Holding | None:
        """What a lease says; None if it is gone or means nothing."""
        try:
            record: dict[str, Any] = codec.loads(unseal(self._keys.lease, name, self._store.get(name), name))
            return Holding(**record)
        except (FileNotFoundError, VaultDamaged, TypeError, ValueError):
            return None

    def _busy(self, holding: Holding | None) -> VaultBusy:
        if holding is None:
            return VaultBusy("somebody else was faster", owner="", host="", until="")
        until = datetime.fromtimestamp(holding.until, UTC).isoformat()
        return VaultBusy("the stream is being written", owner=holding.owner, host=holding.host, until=until)

    def _name(self, number: int) -> str:
        return f"{self._folder}/{number:08d}"

    def _keep(self) -> None:
        while not self._over.wait(LASTS / 6):
            try:
                self.renew()
            except VaultFault as fault:
                self._lost = fault
                return
