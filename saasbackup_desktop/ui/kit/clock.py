"""What time it is for the window: one place, so that pictures and tests can hold it still."""

import time
from collections.abc import Callable


class _Clock:
    read: Callable[[], float] = staticmethod(time.time)


def now() -> int:
    """Seconds since 1970 UTC."""
    return int(_Clock.read())


def steady() -> float:
    """Seconds of a clock that never jumps, for rates."""
    return time.monotonic()


def hold(present: float) -> None:
    """Let it be this time from now on."""
    _Clock.read = staticmethod(lambda: present)


def release() -> None:
    """Let time go on."""
    _Clock.read = staticmethod(time.time)
