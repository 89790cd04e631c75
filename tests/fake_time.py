"""A loop in whose world time passes as soon as nobody has anything to do, and a clock that can be set."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, tzinfo
from typing import Any, TypeVar

T = TypeVar("T")

START = int(datetime(2026, 5, 4, 12, tzinfo=UTC).timestamp())


class FakeTime:
    """``passed``: seconds that really went by; ``offset``: what somebody did to the clock on top."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.offset = 0.0
        self.nights: list[tuple[float, float]] = []
        """When the computer falls asleep, and for how long: its loop does not notice that time passes."""

    def now(self) -> int:
        return int(self.wall())

    def wall(self) -> float:
        return START + self.passed + self.offset

    def sleep_at(self, passed: float, seconds: float) -> None:
        self.nights.append((passed, seconds))
        self.nights.sort()

    def advance(self, seconds: float) -> None:
        self.passed += seconds
        while self.nights and self.nights[0][0] <= self.passed:
            self.offset += self.nights.pop(0)[1]

    def run(self, main: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run something to its end, without waiting."""
        with asyncio.Runner(loop_factory=lambda: _Loop(self)) as runner:
            return runner.run(main())

    @property
    def datetime(self) -> type[datetime]:
        """What to call ``datetime`` in a library that asks it what time it is."""
        time = self

        class Shown(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> "Shown":  # type: ignore[override]
                return cls.fromtimestamp(time.wall(), tz)

        return Shown


class _Selector(selectors.DefaultSelector):  # type: ignore[misc, valid-type]
    time: FakeTime

    def select(self, timeout: float | None = None) -> Any:
        if timeout:
            self.time.advance(timeout)
        return super().select(0 if timeout is not None else 0.001)


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self, time: FakeTime) -> None:
        selector = _Selector()
        selector.time = time
        self._fake = time
        super().__init__(selector)

    def time(self) -> float:
        return self._fake.passed
