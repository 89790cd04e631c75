"""What requests to a directory cost, and how fast a tenant lets them be spent.

A directory counts resource units over ten seconds, for each application and tenant; how many it allows depends on the
size of the tenant, which nobody tells. What an answer did cost, and from four fifths on how much of the allowance is
used, stands in its headers ("Microsoft Graph service-specific throttling limits", identity and access). So requests
go as fast as they can until the service tells how near the limit is, and are then spread to stay just below it.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

_SPAN: Final = 10.0
"""Seconds over which units are counted."""
_AIM: Final = 0.98
"""Of the allowance: how much is used once it is known."""
_PAUSE: Final = 0.05
_FRESH: Final = 300.0
"""Seconds after which an allowance that was worked out is doubted: a tenant grows, and others use it less."""
_STEP: Final = 1.0
"""Seconds between two requests for what may be asked once a second."""


class Units:
    """Belongs to one loop; all handles of a tenant share one."""

    def __init__(self) -> None:
        self._spent: deque[tuple[float, float]] = deque()
        self._recent = 0.0
        self._under_way = 0.0
        self._allowance = float("inf")
        self._learned = 0.0
        self._strict = asyncio.Lock()
        self._next_strict = 0.0
        self.step = _STEP
        """Seconds between two requests of those that a tenant takes one by one."""
        self.used = 0.0
        """Units that answers have cost so far."""
        self.waited = 0.0
        """Seconds that requests were held back for want of units, all together."""

    @property
    def allowance(self) -> float:
        """Units that the tenant lets this application spend in ten seconds, as far as it is known; else infinite."""
        return self._allowance

    @asynccontextmanager
    async def spending(self, cost: float) -> AsyncIterator[None]:
        """Wait until about so many units can be spent; they count as spent until the answer says what it did cost."""
        while True:
            now = _now()
            self._forget(now)
            if now - self._learned > _FRESH:
                self._allowance = float("inf")
            open_to_all = self._allowance * _AIM - self._recent - self._under_way
            if open_to_all >= cost or not self._recent + self._under_way:
                break
            wait = self._spent[0][0] + _SPAN - now if self._spent else _PAUSE
            wait = min(max(wait, _PAUSE), _SPAN)
            self.waited += wait
            await asyncio.sleep(wait)
        self._under_way += cost
        try:
            yield
        finally:
            self._under_way -= cost

    @asynccontextmanager
    async def strictly(self) -> AsyncIterator[None]:
        """Wait until the next request may go of those that a tenant takes once a second, and let no other go with it.

        The second counts from its answer: when it came to the service, nobody knows.
        """
        async with self._strict:
            if (wait := self._next_strict - _now()) > 0:
                await asyncio.sleep(wait)
            try:
                yield
            finally:
                self._next_strict = _now() + self.step

    def hear(self, headers: Mapping[str, str]) -> None:
        """Note what an answer did cost, and how much of the allowance is used."""
        told = headers.get("x-ms-resource-unit", "")
        if told.isdigit():
            now = _now()
            self.used += int(told)
            self._spent.append((now, float(told)))
            self._recent += int(told)
            if used := _fraction(headers.get("x-ms-throttle-limit-percentage", "")):
                self._forget(now)
                self._allowance = max(1.0, (self._recent + self._under_way / 2) / used)
                self._learned = now

    def _forget(self, now: float) -> None:
        while self._spent and self._spent[0][0] <= now - _SPAN:
            self._recent -= self._spent.popleft()[1]


def _fraction(text: str) -> float:
    try:
        return max(0.0, float(text))
    except ValueError:
        return 0.0


def _now() -> float:
    return asyncio.get_running_loop().time()
