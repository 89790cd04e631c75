"""An event loop whose time passes at once while nobody has anything to do: hours of waiting in seconds."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _Selector(selectors.SelectSelector):
    def __init__(self) -> None:
        super().__init__()
        self.ahead = 0.0

    def select(self, timeout: float | None = None) -> Any:
        """Look for events; where the loop would sleep until a timer is due, be there already."""
        events = super().select(timeout if timeout is None else 0)
        if not events and timeout:
            self.ahead += timeout
        return events


class VirtualLoop(asyncio.SelectorEventLoop):
    """For work within one thread: nothing that goes on elsewhere is waited for. Work itself takes no time."""

    def __init__(self) -> None:
        self._jumping = _Selector()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Seconds that were waited so far."""
        return self._jumping.ahead


def run(work: Coroutine[Any, Any, T]) -> tuple[T, float]:
    """Run something to its end: what it gave, and how many seconds it would have waited."""
    loop = VirtualLoop()
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        given = runner.run(work)
        return given, loop.time()
