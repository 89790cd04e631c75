"""Whether anybody was there to begin a run, and if not, why not."""

import ctypes
import sys
import time
from dataclasses import dataclass

from saasbackup_desktop.app.tasks.views import Missed

_ABSENT = 180
"""Seconds without a sign after which nobody is there who begins runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """What is known of who could have begun a run; seconds since 1970 UTC."""

    tended: int | None
    """Last sign of whoever begins runs; None: there never was one."""
    made: int
    """Since when this process has the vault open."""
    is_here: bool
    """This process is the one that begins runs."""
    began: int
    """Since when this process is there."""
    booted: int | None
    """Since when the computer is on; None: nobody knows."""

    def is_tended(self, now: int) -> bool:
        """Somebody is there who begins what is due."""
        return self.tended is not None and abs(now - self.tended) <= _ABSENT

    def why(self, due: int) -> Missed:
        """Why nobody began a run that was due at this moment, and that nothing else kept from beginning."""
        if self.is_here and self.made <= due:
            return Missed.ASLEEP
        if self.tended is not None and self.tended >= due:
            return Missed.UNKNOWN
        if self.is_here and self.began <= due:
            return Missed.LOCKED
        if self.booted is not None and self.booted > due:
            return Missed.OFF
        return Missed.NO_AGENT


def booted_at(now: int) -> int | None:
    """When the computer was started; None where that cannot be found out."""
    up = _seconds_up()
    return round(now - up) if up is not None else None


def _seconds_up() -> float | None:
    """How long the computer is on, sleep included."""
    if sys.platform == "win32":
        return float(ctypes.windll.kernel32.GetTickCount64()) / 1000
    if sys.platform == "darwin":
        return time.clock_gettime(time.CLOCK_MONOTONIC)
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.clock_gettime(clock) if clock is not None else None
