"""How much may be asked at once: found out by asking, mailbox by mailbox and for the whole application.

What Microsoft publishes differs from page to page, so nothing is assumed: each window grows while as many requests as
it holds go well, and is halved when the service asks for less (additive increase, multiplicative decrease, as in RFC
5681). How many at once were too many is remembered, and tried again only from time to time, since each try costs the
rest that the service then asks for. A request has to fit into its mailbox's window and into the application's.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from saasbackup_desktop.core.errors import Throttled

_FIRST: Final = 4.0
"""As published; more is tried once a mailbox has been read for a while, since short runs have nothing to gain by it."""
_WIDEST: Final = 16.0
_FIRST_OF_ALL: Final = 32.0
_WIDEST_OF_ALL: Final = 256.0
_CALM: Final = 1.0
"""Seconds after a decrease in which further refusals are taken for the same one."""
_SHARED: Final = 3
"""Refusals of so many mailboxes within that time mean that the application's own limit is met."""
_SHORT: Final = 5.0
"""Seconds: a service that asks for a longer rest has counted requests over a time, not those at once."""
_PROOF: Final = 8
"""So many requests must go well for it to be believed that as many at once as then would do so again: fewer may be
chance, since answers are on their way while others are still counted as going on."""
_MUCH_PROOF: Final = 64
_DOUBT: Final = 4
"""So many of those are forgotten with each refusal."""
_FIRST_TRY: Final = 60.0
_LAST_TRY: Final = 600.0
"""Seconds until more at once than were refused are tried again: twice as long each time that they are refused again."""


@dataclass(slots=True)
class _Window:
    width: float
    widest: float
    is_fast: bool = False
    """Before anything was refused, it grows with every request instead of with every round of them."""
    in_flight: int = 0
    paused_until: float = 0.0
    shrunk: float = float("-inf")
    refused_at: float = float("inf")
    """So many at once were too many."""
    try_again: float = 0.0
    try_after: float = _FIRST_TRY
    well: dict[int, int] = field(default_factory=dict)
    """How many went well, by how many there were at once."""
    gap: float = 0.0
    gap_until: float = 0.0
    next_at: float = 0.0

    def has_room(self, now: float) -> bool:
        return self.in_flight < int(self.width) and now >= self.paused_until and now >= self.next_at

    def opens_at(self) -> float:
        """When time alone keeps it shut no more."""
        return max(self.paused_until, self.next_at)

    def enter(self, now: float) -> int:
        """Take a place: how many are in it then."""
        self.in_flight += 1
        if now < self.gap_until:
            self.next_at = now + self.gap
        return self.in_flight

    def grow(self, rank: int, now: float) -> None:
        self.well[rank] = min(_MUCH_PROOF, self.well.get(rank, 0) + 1)
        if rank >= self.refused_at and self.is_proven(rank):
            self.refused_at, self.try_after = float("inf"), _FIRST_TRY
        if self.in_flight < int(self.width):
            return  # it is not full: that it could be wider is not shown
        limit = self.widest if now >= self.try_again else min(self.widest, self.refused_at - 1)
        is_known = self.width + 1 < self.refused_at < float("inf")
        is_fast = is_known or (self.is_fast and self.refused_at == float("inf"))
        self.width = max(self.width, min(limit, self.width + (1 if is_fast else 1 / self.width)))

    def is_proven(self, rank: int) -> bool:
        """So many at once went well again and again."""
        return any(found >= rank and count >= _PROOF for found, count in self.well.items())

    def doubt(self, rank: int, now: float) -> None:
        """Believe less that so many at once go well; once for all refusals that come together."""
        if now - self.shrunk >= _CALM:
            self.well = {
                found: count - _DOUBT if found >= rank else count
                for found, count in self.well.items()
                if found < rank or count > _DOUBT
            }

    def learn(self, rank: int, now: float) -> None:
        """Remember that so many at once were too many."""
        rank = max(2, rank)
        if rank <= self.refused_at:
            if now - self.shrunk >= _CALM:
                self.try_after = min(_LAST_TRY, 2 * self.try_after) if rank == self.refused_at else _FIRST_TRY
            self.refused_at = rank
            self.well = {found: count for found, count in self.well.items() if found < rank}
        self.try_again = now + self.try_after

    def shrink(self, now: float) -> None:
        """Halve it, once for all refusals that come together."""
        if now - self.shrunk >= _CALM:
            self.shrunk = now
            self.width = max(1.0, min(self.width, self.refused_at - 1) / 2)


class Turn:
    """A request that may go now; how it went decides how many may go next."""

    __slots__ = ("_budget", "_mailbox", "_rank", "_rank_of_all")

    def __init__(self, budget: "Budget", mailbox: str, rank: int, rank_of_all: int) -> None:
        self._budget = budget
        self._mailbox = mailbox
        self._rank = rank
        self._rank_of_all = rank_of_all

    def went_well(self) -> None:
        """Let the windows grow."""
        self._budget.grow(self._mailbox, self._rank, self._rank_of_all)

    def was_refused(self, wait: float) -> None:
        """Let the windows shrink, and this mailbox rest for so many seconds."""
        self._budget.shrink(self._mailbox, wait, self._rank, self._rank_of_all)

    def was_told(self, left: int, seconds: float) -> None:
        """Spread what is left of the application's share over the time until it is renewed."""
        self._budget.spread(left, seconds)


class Budget:
    """Belongs to one loop. Turns are given in the order in which they were asked for, mailbox by mailbox.

    ``patience``: seconds; who would have to wait longer for a mailbox that rests is told so at once.
    """

    def __init__(self, patience: float = float("inf")) -> None:
        self._patience = patience
        self._all = _Window(_FIRST_OF_ALL, _WIDEST_OF_ALL, is_fast=True)
        self._mailboxes: dict[str, _Window] = {}
        self._waiting: OrderedDict[str, deque[asyncio.Future[tuple[int, int]]]] = OrderedDict()
        self._refused: dict[str, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    @property
    def paused_for(self) -> float:
        """Seconds until the last mailbox that rests may be asked again; 0 if none rests."""
        now = _now()
        return max((window.paused_until - now for window in (*self._mailboxes.values(), self._all)), default=0.0)

    def rest(self, mailbox: str) -> float:
        """Seconds until this mailbox may be asked again; 0 if it does not rest."""
        window = self._mailboxes.get(mailbox)
        until = max(self._all.paused_until, window.paused_until if window is not None else 0.0)
        return max(0.0, until - _now())

    def width(self, mailbox: str) -> int:
        """How many requests for this mailbox go at once by now."""
        return int(min(self._window(mailbox).width, self._all.width))

    @asynccontextmanager
    async def turn(self, mailbox: str) -> AsyncIterator[Turn]:
        """Wait until there is room for one more request. ``mailbox``: empty for what belongs to none.

        Raises Throttled if that would take longer than patience lasts.
        """
        window = self._window(mailbox)
        rest = self.rest(mailbox)
        if rest > self._patience:
            raise Throttled("it rests", wait=rest, seconds=round(rest))
        if mailbox in self._waiting or not self._has_room(window):
            gate: asyncio.Future[tuple[int, int]] = asyncio.get_running_loop().create_future()
            self._waiting.setdefault(mailbox, deque()).append(gate)
            self._let_in()
            try:
                ranks = await gate
            except asyncio.CancelledError:
                if not gate.done() or gate.cancelled():
                    self._forget(mailbox, gate)
                elif gate.exception() is None:
                    self._leave(window)  # let in and called off in the same moment
                raise
        else:
            ranks = self._enter(window)
        try:
            yield Turn(self, mailbox, *ranks)
        finally:
            self._leave(window)

    def grow(self, mailbox: str, rank: int, rank_of_all: int) -> None:
        """Note that a request went well, which was one of so many at once."""
        now = _now()
        self._window(mailbox).grow(rank, now)
        self._all.grow(rank_of_all, now)

    def shrink(self, mailbox: str, wait: float, rank: int = 0, rank_of_all: int = 0) -> None:
        """Note that the service asked for less. ``rank``: of so many at once; 0 if that is not why."""
        now, window = _now(), self._window(mailbox)
        window.paused_until = max(window.paused_until, now + wait)
        is_surprise = rank <= 1 or window.is_proven(rank)
        is_short = wait <= _SHORT and rank > 0
        if is_surprise:
            self._refused[mailbox] = now
        if is_short and not is_surprise:
            window.learn(rank, now)
        elif is_short and mailbox and not self._all.is_proven(rank_of_all):
            self._all.learn(rank_of_all, now)  # not its own limit: others are served at the same time
            self._all.shrink(now)
        else:
            window.doubt(rank, now)
        recent = sum(1 for when in self._refused.values() if now - when < _CALM)
        window.shrink(now)
        if not mailbox or recent >= _SHARED:
            self._all.shrink(now)
        if wait > self._patience:
            self._give_up(mailbox, wait)
        self._look_again_in(wait)

    def spread(self, left: int, seconds: float) -> None:
        """Spread so many requests over so many seconds; none left: rest."""
        now = _now()
        if left <= 0:
            self._all.paused_until = max(self._all.paused_until, now + seconds)
        else:
            self._all.gap, self._all.gap_until = seconds / left, now + seconds

    def _has_room(self, window: _Window) -> bool:
        now = _now()
        return window.has_room(now) and self._all.has_room(now)

    def _enter(self, window: _Window) -> tuple[int, int]:
        now = _now()
        return window.enter(now), self._all.enter(now)

    def _leave(self, window: _Window) -> None:
        window.in_flight -= 1
        self._all.in_flight -= 1
        self._let_in()

    def _let_in(self) -> None:
        """Let in whoever fits, one of each mailbox in turn."""
        now = _now()
        soonest = float("inf")
        is_moving = True
        while is_moving and self._waiting:
            is_moving, soonest = False, float("inf")
            for mailbox in list(self._waiting):
                if not self._all.has_room(now):
                    is_moving, soonest = False, self._all.opens_at()
                    break
                window = self._window(mailbox)
                if window.has_room(now):
                    gate = self._next(mailbox)
                    if not gate.done():  # else it was called off in this moment
                        gate.set_result(self._enter(window))
                    is_moving = True
                elif window.opens_at() > now:
                    soonest = min(soonest, window.opens_at())
        if self._waiting and now < soonest < float("inf"):
            self._look_again_in(soonest - now)

    def _next(self, mailbox: str) -> asyncio.Future[tuple[int, int]]:
        """Take who waited longest for a mailbox; the mailbox's next one comes after those of others."""
        queue = self._waiting[mailbox]
        gate = queue.popleft()
        if queue:
            self._waiting.move_to_end(mailbox)
        else:
            del self._waiting[mailbox]
        return gate

    def _forget(self, mailbox: str, gate: asyncio.Future[tuple[int, int]]) -> None:
        queue = self._waiting.get(mailbox)
        if queue is not None and gate in queue:
            queue.remove(gate)
            if not queue:
                del self._waiting[mailbox]

    def _give_up(self, mailbox: str, wait: float) -> None:
        """Tell all who wait for a mailbox that it takes too long."""
        for gate in self._waiting.pop(mailbox, ()):
            if not gate.done():
                gate.set_exception(Throttled("it rests", wait=wait, seconds=round(wait)))

    def _look_again_in(self, seconds: float) -> None:
        if self._timer is None or self._timer.when() > _now() + seconds or self._timer.cancelled():
            if self._timer is not None:
                self._timer.cancel()
            self._timer = asyncio.get_running_loop().call_later(max(0.0, seconds), self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        self._let_in()

    def _window(self, mailbox: str) -> _Window:
        window = self._mailboxes.get(mailbox)
        if window is None:
            if mailbox:
                window = _Window(_FIRST, _WIDEST, refused_at=_FIRST + 1, try_again=_now() + _FIRST_TRY)
            else:
                window = _Window(_WIDEST_OF_ALL, _WIDEST_OF_ALL)
            self._mailboxes[mailbox] = window
        return window


def _now() -> float:
    return asyncio.get_running_loop().time()
