"""Leases under every kind of bad luck in who comes when: threads take turns at each call to the store, by lot.

Some fall asleep for long in the middle of anything, and wake up to find that others took them for dead.
"""

import os
import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from saasbackup_desktop.core.errors import VaultBusy
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.vault.format.keys import Keys
from saasbackup_desktop.vault.sharing import leases
from saasbackup_desktop.vault.sharing.leases import LASTS, Lease, Watch, others
from tests.unit.vault.conftest import STREAM, HandClock

SEEDS = int(os.environ.get("SAASBACKUP_SCHEDULES", "30"))
"""Set it to 2000 for the whole proof."""
KEYS = Keys([bytes(32)], bytes(16).hex())


class Lot:
    """Lets one thread run at a time; who is next is drawn at each step."""

    def __init__(self, seed: int, clock: HandClock) -> None:
        self.clock = clock
        self.wakeful: set[str] = set()
        self.chance = random.Random(seed)
        self._turns: dict[str, threading.Semaphore] = {}
        self._asleep: dict[str, int] = {}
        self._steps = 0

    def run(self, works: dict[str, Callable[[], None]]) -> None:
        failures: list[BaseException] = []

        def work(name: str) -> None:
            self._turns[name].acquire()
            try:
                works[name]()
            except BaseException as error:
                failures.append(error)
            finally:
                del self._turns[name]
                self._draw()

        threads = [threading.Thread(target=work, args=(name,)) for name in works]
        self._turns = {name: threading.Semaphore(0) for name in works}
        for thread in threads:
            thread.start()
        self._draw()
        for thread in threads:
            thread.join()
        for failure in failures:
            raise failure

    def step(self, name: str) -> None:
        """Let others go first, perhaps many times."""
        if name not in self.wakeful and self.chance.random() < 0.03:
            self.doze(name)
        mine = self._turns[name]
        self._draw()
        mine.acquire()

    def doze(self, name: str) -> None:
        """Let its next step be long in coming; by the clock it may be too long."""
        self._asleep[name] = self._steps + self.chance.randint(50, 1500)
        self.clock.time += self.chance.choice([0, 2 * LASTS])

    def _draw(self) -> None:
        self._steps += 1
        if self._turns:
            self._steps = max(self._steps, min(self._asleep.get(name, 0) for name in self._turns))
            awake = [name for name in self._turns if self._asleep.get(name, 0) <= self._steps]
            self._turns[self.chance.choice(sorted(awake))].release()


@dataclass
class Shelf:
    """A store in memory without any condition, seen by one of those who take turns."""

    lot: Lot
    name: str
    files: dict[str, bytes]
    location: str = "memory"

    def put(self, name: str, data: bytes, *, fleeting: bool = False) -> None:
        self.lot.step(self.name)
        self.files[name] = data

    def get(self, name: str, start: int = 0, size: int | None = None) -> bytes:
        self.lot.step(self.name)
        if name not in self.files:
            raise FileNotFoundError(name)
        return self.files[name]

    def size(self, name: str) -> int:
        return len(self.get(name))

    def list(self, prefix: str = "") -> Iterator[str]:
        self.lot.step(self.name)
        return iter(sorted(name for name in self.files if name.startswith(f"{prefix}/")))

    def delete(self, name: str) -> None:
        self.lot.step(self.name)
        self.files.pop(name, None)


class _Forgetful(set[str]):
    """What one process knows of its own leases, the others here do not."""

    def add(self, _token: str) -> None:
        """Nothing is remembered."""


@dataclass
class Log:
    """Who held it, from when on."""

    taken: list[str] = field(default_factory=list)
    """In this order."""
    released: set[str] = field(default_factory=set)
    wins: int = 0
    lost: int = 0


def _contest(seed: int, exclusive: bool) -> Log:
    clock = HandClock()
    lot, files, log = Lot(seed, clock), dict[str, bytes](), Log()

    def take_part(name: str) -> None:
        ticks = [0.0]

        def pause(seconds: float) -> None:
            ticks[0] += seconds
            if lot.chance.random() < 0.1:
                clock.time += 30

        for turn in range(8):
            one = f"{name} {turn}"
            if lot.chance.random() < 0.2:
                clock.time += 2 * LASTS  # it takes long until anybody comes back
            try:
                lease = _taken(lot, name, files, clock, Watch(lambda: ticks[0], pause), exclusive)
            except VaultBusy:
                continue
            try:
                lease.require()  # it may have slept since it got it: only who looked knows
            except VaultBusy:
                log.lost += 1
                lease.release()
                continue
            log.taken.append(one)
            log.wins += 1
            for _ in range(lot.chance.randint(0, 6)):
                if lot.chance.random() < 0.2:
                    lot.doze(name)
                after = log.taken.index(one) + 1
                later = [other for other in log.taken[after:] if other not in log.released]
                try:
                    if lot.chance.random() < 0.5:
                        clock.time += LASTS // 2
                        lease.renew()
                    else:
                        lease.require()
                except VaultBusy:
                    log.lost += 1
                    break
                assert not later, f"{one} still holds what {later} took before it looked"
            lease.release()
            log.released.add(one)

    lot.run({name: (lambda name=name: take_part(name)) for name in ("ada", "bob", "eve")})
    return log


def _taken(lot: Lot, name: str, files: dict[str, bytes], clock: HandClock, watch: Watch, exclusive: bool) -> Lease:
    shelf = Shelf(lot, name, files)
    if exclusive:
        return Lease.exclusive(shelf, KEYS, clock, name, watch=watch)
    return Lease(shelf, KEYS, clock, STREAM, name, watch=watch)


def _prune_among_writers(seed: int) -> tuple[int, int, int]:
    """Writers count on a pack, and a pruner removes what no head needs: heads that are safe, heads lost, removals."""
    clock = HandClock()
    lot, files = Lot(seed, clock), {"packs/first": b""}
    safe: dict[str, str] = {}
    counts = {"lost": 0, "removed": 0}

    def write(name: str) -> None:
        shelf, ticks = Shelf(lot, name, files), [0.0]
        for turn in range(4):
            try:
                lease = Lease(shelf, KEYS, clock, StreamId(name), name, watch=Watch(lambda: ticks[0], lambda _: None))
            except VaultBusy:
                continue
            condemned = {files.get(f"trash/{one.split('/')[1]}", b"").decode() for one in shelf.list("trash")}
            packs = [pack for pack in shelf.list("packs") if pack not in condemned]
            pack = packs[0] if packs else f"packs/{name}-{turn}"
            if not packs:
                shelf.put(pack, b"")
            if lot.chance.random() < 0.7:
                lot.doze(name)
            head = f"snapshots/{name}-{turn}"
            shelf.put(head, pack.encode())
            try:
                lease.require()
            except VaultBusy:
                shelf.delete(head)
                counts["lost"] += 1
            else:
                safe[head] = pack
            lease.release()

    def prune() -> None:
        shelf, ticks = Shelf(lot, "eve", files), [0.0]

        def pause(seconds: float) -> None:
            ticks[0] += seconds

        watch = Watch(lambda: ticks[0], pause)
        for turn in range(4):
            lease = Lease.exclusive(shelf, KEYS, clock, "eve", watch=watch)
            needed = {files.get(head, b"").decode() for head in shelf.list("snapshots")}
            going = [pack for pack in shelf.list("packs") if pack not in needed][:1]
            if going:
                shelf.put(f"trash/{turn}", going[0].encode())
            for trash in list(shelf.list("trash")):
                alive = others(shelf, KEYS, clock, mine=lease, watch=watch)
                if any(one.counts_on(trash) for one in alive):
                    continue
                heads = list(shelf.list("snapshots"))
                pack = files[trash].decode()
                lease.require()
                if all(files.get(head, b"").decode() != pack for head in heads):
                    shelf.delete(pack)
                    counts["removed"] += 1
                shelf.delete(trash)
            lease.release()

    lot.wakeful = {"eve"} if seed % 2 else set()
    lot.run({"ada": lambda: write("ada"), "bob": lambda: write("bob"), "eve": prune})
    for head, pack in safe.items():
        assert head in files
        assert pack in files, f"seed {seed}: {head} stands on {pack}, which was removed"
    return len(safe), counts["lost"], counts["removed"]


def test_what_a_head_stands_on_is_not_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lease, "_keep", lambda _self: None)
    monkeypatch.setattr(leases, "is_running", lambda _pid, _since: True)
    monkeypatch.setattr(leases, "_OVER", _Forgetful())
    safe, lost, removed = map(sum, zip(*(_prune_among_writers(seed) for seed in range(SEEDS)), strict=True))
    assert safe > 3 * SEEDS
    assert lost
    assert removed


@pytest.mark.parametrize("exclusive", [True, False])
def test_one_holds_it_at_a_time(monkeypatch: pytest.MonkeyPatch, exclusive: bool) -> None:
    # Nobody renews by itself, and all that is known of others is what their files say.
    monkeypatch.setattr(Lease, "_keep", lambda _self: None)
    monkeypatch.setattr(leases, "is_running", lambda _pid, _since: True)
    monkeypatch.setattr(leases, "_OVER", _Forgetful())
    wins = lost = 0
    for seed in range(SEEDS):
        log = _contest(seed, exclusive)
        assert log.wins, f"seed {seed}: nobody ever got it"
        wins += log.wins
        lost += log.lost
    assert wins > 2 * SEEDS
    assert lost
