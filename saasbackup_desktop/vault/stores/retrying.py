"""Try again what fails for a moment: with growing pauses that differ from one client to the next."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from saasbackup_desktop.core.errors import Fault, Throttled

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Patience:
    """How often something is tried, and how long is waited between."""

    tries: int = 6
    first: float = 0.5
    """Seconds before the second try at most; each further pause may be twice as long."""
    longest: float = 20.0
    sleep: Callable[[float], None] = time.sleep

    def pause(self, tried: int, fault: Fault) -> float:
        """Seconds to wait after so many tries; at least what the server asked for."""
        drawn = random.uniform(0, min(self.longest, self.first * 2 ** (tried - 1)))
        return max(drawn, min(fault.wait, self.longest)) if isinstance(fault, Throttled) else drawn


def retrying(patience: Patience, work: Callable[[], T], is_passing: Callable[[Fault], bool]) -> T:
    """Do the work until it succeeds, fails for good, or has been tried often enough."""
    tried = 1
    while True:
        try:
            return work()
        except Fault as fault:
            if tried >= patience.tries or not is_passing(fault):
                raise
            patience.sleep(patience.pause(tried, fault))
            tried += 1
