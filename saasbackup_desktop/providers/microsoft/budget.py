"""How much may be asked at once: found out by asking, mailbox by mailbox and for the whole application.

What Microsoft publishes differs from page to page, so nothing is assumed: each window grows by one when as many
requests as it holds went well, and is halved when the service asks for less (additive increase, multiplicative
decrease, as in RFC 5681). A request has to fit into its mailbox's window and into the application's.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

_FIRST: Final = 4.0
_WIDEST: Final = 16.0
_FIRST_OF_ALL: Final = 32.0
_WIDEST_OF_ALL: Final = 256.0
_CALM: Final = 1.0
"""Seconds after a decrease in which further refusals are taken for the same one."""
_SHARED: Final = 3
"""Refusals of so many mailboxes within that time mean that the application's own limit is met."""


@dataclass(slots=True)
class _Window:
    width: float
    widest: float
    in_flight: int = 0
    paused_until: float = 0.0
    shrunk: float = float("-inf")

    def has_room(self, now: float) -> bool:
        return self.in_flight < int(self.width) and now >= self.paused_until

    def grow(self) -> None:
        self.width = min(self.widest, self.width + 1 / self.width)

    def shrink(self, now: float) -> bool:
        """Halve it, once for all refusals that come together."""
        if now - self.shrunk < _CALM:
            return False
        self.shrunk = now
        self.width = max(1.0, self.width / 2)
        return True


class Turn:
    """A request that may go now; how it went decides how many may go next."""

    def __init__(self, budget: "Budget", mailbox: str) -> None:
        self._budget = budget
        self._mailbox = mailbox

    def went_well(self) -> None:
        """Let the windows grow."""
        self._budget.grow(self._mailbox)

    def was_refused(self, wait: float) -> None:
        """Let the windows shrink, and this mailbox rest for so many seconds."""
        self._budget.shrink(self._mailbox, wait)


class Budget:
    """Belongs to one loop. Turns are given in the order in which they were asked for, as far as there is room."""

    def __init__(self) -> None:
        self._all = _Window(_FIRST_OF_ALL, _WIDEST_OF_ALL)
        self._mailboxes: dict[str, _Window] = {}
        self._waiting: OrderedDict[asyncio.Future[None], str] = OrderedDict()
        self._refused: dict[str, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    @property
    def paused_for(self) -> float:
        """Seconds until the last mailbox that rests may be asked again; 0 if none rests."""
        now = _now()
        return max((window.paused_until - now for window in (*self._mailboxes.values(), self._all)), default=0.0)

    @asynccontextmanager
    async def turn(self, mailbox: str) -> AsyncIterator[Turn]:
        """Wait until there is room for one more request. ``mailbox``: empty for what belongs to none."""
        window = self._window(mailbox)
        if self._waiting or not self._has_room(window):
            gate: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting[gate] = mailbox
            self._let_in()
            try:
                await gate
            except asyncio.CancelledError:
                self._waiting.pop(gate, None)
                if gate.done() and not gate.cancelled():
                    self._leave(window)  # let in and called off in the same moment
                raise
        else:
            self._enter(window)
        try:
            yield Turn(self, mailbox)
        finally:
            self._leave(window)

    def grow(self, mailbox: str) -> None:
        """Note that a request went well."""
        self._window(mailbox).grow()
        self._all.grow()

    def shrink(self, mailbox: str, wait: float) -> None:
        """Note that the service asked for less."""
        now, window = _now(), self._window(mailbox)
        window.paused_until = max(window.paused_until, now + wait)
        self._refused[mailbox] = now
        recent = sum(1 for when in self._refused.values() if now - when < _CALM)
        was_narrow = window.width < 2
        window.shrink(now)
        if not mailbox or was_narrow or recent >= _SHARED:
            self._all.shrink(now)
        self._look_again_in(wait)

    def _has_room(self, window: _Window) -> bool:
        now = _now()
        return window.has_room(now) and self._all.has_room(now)

    def _enter(self, window: _Window) -> None:
        window.in_flight += 1
        self._all.in_flight += 1

    def _leave(self, window: _Window) -> None:
        window.in_flight -= 1
        self._all.in_flight -= 1
        self._let_in()

    def _let_in(self) -> None:
        now = _now()
        soonest = float("inf")
        for gate, mailbox in list(self._waiting.items()):
            if not self._all.has_room(now):
                soonest = min(soonest, self._all.paused_until)
                break
            window = self._window(mailbox)
            if window.has_room(now):
                del self._waiting[gate]
                self._enter(window)
                gate.set_result(None)
            elif window.paused_until > now:
                soonest = min(soonest, window.paused_until)
        if self._waiting and now < soonest < float("inf"):
            self._look_again_in(soonest - now)

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
            first, widest = (_FIRST, _WIDEST) if mailbox else (_WIDEST_OF_ALL, _WIDEST_OF_ALL)
            window = self._mailboxes[mailbox] = _Window(first, widest)
        return window


def _now() -> float:
    return asyncio.get_running_loop().time()
