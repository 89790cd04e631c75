"""How fast bytes may move: one bucket of tokens for all that this process sends and receives."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

SLICE: Final = 0.5
"""Seconds after which the rate is asked for again: a change takes effect within that."""
_BURST: Final = 0.5
"""Seconds' worth of bytes that may come at once after a rest."""
_LOOK: Final = 0.1
"""Seconds after which a thread that waits looks whether it still has to."""
_STEP: Final = 64 << 10
_LEAST: Final = 1 << 10

Rate = Callable[[], int | None]
"""Bytes a second, now; 0: none, None: as many as can. Asked from any thread."""

_hurry: ContextVar[threading.Event | None] = ContextVar("hurry", default=None)


class Traffic:
    """Lets bytes through at the rate of the moment. Thread-safe.

    Whoever moves bytes takes them here first, at most ``step`` at a time, and waits meanwhile. Within any span of time
    at most rate * time + ``burst`` pass. ``time``: seconds that never go backwards; ``sleep``: wait so many of them.
    """

    def __init__(self, time: Callable[[], float], sleep: Callable[[float], None], rate: Rate = lambda: None) -> None:
        self._time = time
        self._sleep = sleep
        self._ask = rate
        self._guard = threading.Lock()
        self._rate: int | None = None
        self._asked = float("-inf")
        self._since = 0.0
        self._tokens = 0.0
        self._line: deque[object] = deque()

    def follow(self, rate: Rate | None) -> None:
        """Go by this rate from now on; None: by none."""
        with self._guard:
            self._ask = rate or (lambda: None)
            self._asked = float("-inf")

    @property
    def limit(self) -> int | None:
        """The rate in force: bytes a second, None for none."""
        with self._guard:
            self._settle()
            return self._rate

    @property
    def step(self) -> int:
        """How many bytes to take at once, so that they come evenly."""
        limit = self.limit
        return _STEP if limit is None else max(_LEAST, min(_STEP, limit // 8))

    @property
    def burst(self) -> int:
        """Bytes that may pass beyond the rate."""
        limit = self.limit or 0
        return int(limit * _BURST) + self.step

    def take(self, size: int, is_over: Callable[[], bool] = lambda: False) -> None:
        """Take bytes, in this thread; who is over, or in a hurry, need not wait: it is made up for later."""
        if self.limit is None:
            return
        hurry = _hurry.get()
        with self._in_line() as ticket:
            while (wait := self._wait_for(size, ticket)) > 0:
                if is_over() or (hurry is not None and hurry.is_set()):
                    with self._guard:
                        self._tokens -= size
                    return
                self._sleep(min(wait, _LOOK))

    async def take_async(self, size: int) -> None:
        """Take bytes, on a loop."""
        if self.limit is None:
            return
        with self._in_line() as ticket:
            while True:
                wait = self._wait_for(size, ticket)
                if wait <= 0:
                    return
                await asyncio.sleep(wait)

    def pieces(self, data: bytes) -> Iterator[memoryview]:
        """Cut bytes into steps; they are still to be taken."""
        view, at = memoryview(data), 0
        while at < len(view):
            piece = view[at : at + self.step]
            at += len(piece)
            yield piece

    @contextmanager
    def _in_line(self) -> Iterator[object]:
        """Who came first takes first."""
        ticket = object()
        with self._guard:
            self._line.append(ticket)
        try:
            yield ticket
        finally:
            with self._guard:
                self._line.remove(ticket)

    def _wait_for(self, size: int, ticket: object) -> float:
        """Take so many bytes and give 0; or give the seconds after which to try again."""
        with self._guard:
            self._settle()
            if self._rate is None:
                return 0.0
            if self._rate and self._tokens > 0 and self._line[0] is ticket:
                self._tokens -= size
                return 0.0
            return SLICE if not self._rate else min(SLICE, max(0.005, (1 - self._tokens) / self._rate))

    def _settle(self) -> None:
        now = self._time()
        if self._rate:
            self._tokens = min(self._rate * _BURST, self._tokens + (now - self._since) * self._rate)
        self._since = now
        if now - self._asked >= SLICE:
            self._asked = now
            before, self._rate = self._rate, self._ask()
            if self._rate is not None and (before is None or self._tokens > self._rate * _BURST):
                self._tokens = 0.0


@contextmanager
def hurrying(hurry: threading.Event) -> Iterator[None]:
    """Within, nobody of this thread waits any more once this is set: what it belongs to is cancelled."""
    token = _hurry.set(hurry)
    try:
        yield
    finally:
        _hurry.reset(token)


def unlimited() -> Traffic:
    """Traffic that nobody limits."""
    return Traffic(lambda: 0.0, lambda _: None)
