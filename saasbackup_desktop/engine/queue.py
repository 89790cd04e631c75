"""Who begins next: plain data, without a clock and without threads.

What waits stands in a line for everything that it touches: one job of a stream at a time, and nobody overtakes there
who is no more urgent. Who is first in all of its lines is ready; among those, tenants take turns, and so do the
accounts of each. Adding, removing and taking cost no more with a hundred thousand jobs than with ten.
"""

from bisect import bisect_left, insort
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from saasbackup_desktop.core.ids import JobId


class Rank(IntEnum):
    """How urgent a job is."""

    FIRST = 1
    """Somebody waits for it: restores and migrations."""
    USUAL = 2
    LAST = 3
    """It keeps: checks and the like."""


_OVERDUE: Final = 0
"""The rank of one that was passed by for too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A job as far as its turn is concerned."""

    id: JobId
    rank: Rank = Rank.USUAL
    touches: frozenset[str] = frozenset()
    """What no other job may touch meanwhile."""
    tenant: str = ""
    account: str = ""
    is_far: bool = False
    """Of a service whose answers are far away and that counts for each account apart: it mostly waits for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many jobs run side by side."""

    near: int = 2
    far: int = 4
    tenant: int = 4
    """Of one tenant or connection."""
    overall: int = 6
    patience: int = 20
    """How many more urgent ones may pass the one of a rank that has waited longest."""


@dataclass(slots=True)
class _Place:
    """Where a waiting job stands."""

    entry: Entry
    level: int
    number: int
    free: int = 0
    """How many of what it touches are free for it."""


class _Ring:
    """Ready jobs: tenants take turns, accounts within them too, and the jobs of an account are in order."""

    def __init__(self) -> None:
        self._tenants: OrderedDict[str, OrderedDict[str, OrderedDict[JobId, None]]] = OrderedDict()

    def add(self, entry: Entry) -> None:
        accounts = self._tenants.setdefault(entry.tenant, OrderedDict())
        accounts.setdefault(entry.account, OrderedDict())[entry.id] = None

    def discard(self, entry: Entry) -> None:
        accounts = self._tenants.get(entry.tenant)
        jobs = accounts.get(entry.account) if accounts is not None else None
        if accounts is None or jobs is None or entry.id not in jobs:
            return
        del jobs[entry.id]
        if not jobs:
            del accounts[entry.account]
        if not accounts:
            del self._tenants[entry.tenant]

    def next(self, is_full: Callable[[str], bool]) -> JobId | None:
        """Whose turn it is. No more tenants can be full than jobs run, so that few are passed over."""
        for tenant, accounts in self._tenants.items():
            if not is_full(tenant):
                return next(iter(next(iter(accounts.values()))))
        return None

    def turn(self, entry: Entry) -> None:
        """This one had its turn: the others of its kind come before it now."""
        if entry.tenant in self._tenants:
            accounts = self._tenants[entry.tenant]
            if entry.account in accounts:
                accounts.move_to_end(entry.account)
            self._tenants.move_to_end(entry.tenant)


class Queue:
    """Jobs that wait, and what those that run keep them from."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        """May be replaced at any time: nobody who runs is stopped for it."""
        self.is_held = False
        """Nobody begins; who runs goes on."""
        self._waiting: dict[JobId, _Place] = {}
        self._running: dict[JobId, Entry] = {}
        self._lines: dict[str, list[tuple[int, int, JobId]]] = {}
        """Who waits for what, the first first."""
        self._busy: set[str] = set()
        self._offered: dict[str, JobId] = {}
        """For whom something is free."""
        self._rings = {(level, far): _Ring() for level in (_OVERDUE, *Rank) for far in (False, True)}
        self._ages: dict[Rank, OrderedDict[JobId, None]] = {rank: OrderedDict() for rank in Rank}
        """Who waits, by rank, longest first; without who is overdue."""
        self._passed: dict[Rank, int] = dict.fromkeys(Rank, 0)
        self._overdue: dict[Rank, JobId] = {}
        self._tenants: Counter[str] = Counter()
        self._far: Counter[bool] = Counter()
        self._number = 0

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def __contains__(self, id: JobId) -> bool:
        """Does it wait?"""
        return id in self._waiting

    @property
    def running(self) -> int:
        """How many have begun and not ended."""
        return len(self._running)

    def add(self, entry: Entry) -> None:
        """Let a job wait for its turn."""
        if entry.id in self._waiting or entry.id in self._running:
            raise ValueError(f"{entry.id} is here already")
        self._ages[entry.rank][entry.id] = None
        self._place(entry, entry.rank)

    def remove(self, id: JobId) -> bool:
        """Let a job wait no more; False if it did not."""
        place = self._waiting.get(id)
        if place is None:
            return False
        self._leave(place)
        self._forget(place.entry)
        return True

    def take(self) -> Entry | None:
        """Let the next one begin; None if nobody can."""
        if self.is_held or len(self._running) >= self.limits.overall:
            return None
        for level in (_OVERDUE, *Rank):
            for far in self._kinds():
                ring = self._rings[level, far]
                id = ring.next(self._is_full)
                if id is not None:
                    return self._begin(ring, self._waiting[id])
        return None

    def ended(self, id: JobId) -> None:
        """What a job that ran touched is free again."""
        entry = self._running.pop(id)
        self._tenants[entry.tenant] -= 1
        if not self._tenants[entry.tenant]:
            del self._tenants[entry.tenant]
        self._far[entry.is_far] -= 1
        self._busy -= entry.touches
        for key in entry.touches:
            self._offer(key)

    def _kinds(self) -> list[bool]:
        """Near and far ones, as far as there is room for them; who has the smaller share of its room first."""
        rooms = {False: self.limits.near, True: self.limits.far}
        kinds = [far for far, room in rooms.items() if self._far[far] < room]
        return sorted(kinds, key=lambda far: self._far[far] / rooms[far])

    def _is_full(self, tenant: str) -> bool:
        return self._tenants[tenant] >= self.limits.tenant if tenant else False

    def _begin(self, ring: _Ring, place: _Place) -> Entry:
        entry = place.entry
        ring.turn(entry)
        self._running[entry.id] = entry
        self._tenants[entry.tenant] += 1
        self._far[entry.is_far] += 1
        self._busy |= entry.touches
        self._leave(place)
        self._forget(entry)
        if place.level != _OVERDUE:
            self._pass_by(entry.rank)
        return entry

    def _pass_by(self, began: Rank) -> None:
        """Count who was passed by; who was so too often is overdue, one of each rank at a time."""
        for rank in Rank:
            ages = self._ages[rank]
            if rank <= began or not ages or rank in self._overdue:
                continue
            self._passed[rank] += 1
            if self._passed[rank] >= self.limits.patience:
                place = self._waiting[next(iter(ages))]
                self._leave(place)
                self._forget(place.entry)
                self._overdue[rank] = place.entry.id
                self._place(place.entry, _OVERDUE)

    def _place(self, entry: Entry, level: int) -> None:
        self._number += 1
        place = self._waiting[entry.id] = _Place(entry, level, self._number)
        for key in entry.touches:
            insort(self._lines.setdefault(key, []), (level, place.number, entry.id))
            self._offer(key)
        if not entry.touches:
            self._rings[level, entry.is_far].add(entry)

    def _leave(self, place: _Place) -> None:
        entry = place.entry
        self._rings[place.level, entry.is_far].discard(entry)
        del self._waiting[entry.id]
        for key in entry.touches:
            line = self._lines[key]
            del line[bisect_left(line, (place.level, place.number, entry.id))]
            if not line:
                del self._lines[key]
            if self._offered.get(key) == entry.id:
                del self._offered[key]
            self._offer(key)

    def _forget(self, entry: Entry) -> None:
        """It is not the one any more that waits longest, or is overdue."""
        if self._overdue.get(entry.rank) == entry.id:
            del self._overdue[entry.rank]
            return
        ages = self._ages[entry.rank]
        if ages and next(iter(ages)) == entry.id:
            self._passed[entry.rank] = 0
        ages.pop(entry.id, None)

    def _offer(self, key: str) -> None:
        """See for whom something is free now."""
        line = self._lines.get(key)
        first = line[0][2] if line and key not in self._busy else None
        before = self._offered.get(key)
        if first == before:
            return
        if before is not None:
            del self._offered[key]
            place = self._waiting[before]
            place.free -= 1
            self._rings[place.level, place.entry.is_far].discard(place.entry)
        if first is not None:
            self._offered[key] = first
            place = self._waiting[first]
            place.free += 1
            if place.free == len(place.entry.touches):
                self._rings[place.level, place.entry.is_far].add(place.entry)
