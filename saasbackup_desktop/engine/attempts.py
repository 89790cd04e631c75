"""When a job that failed is tried again by itself."""

import random
from collections.abc import Mapping
from enum import Enum
from typing import Final

MOST: Final = 25
"""Attempts, the first one included; then it has failed."""

_MINUTE: Final = 60
_JITTER: Final = 0.1
"""Share of a wait by which it is shorter or longer, so that not all come back at the same moment."""


class Kind(Enum):
    """How long to wait before the second attempt, the third and so on, in minutes; the last wait is repeated."""

    NETWORK = (1, 5, 15, 30)
    """The other side was not there."""
    BUSY = (1, 2, 5, 15)
    """Somebody is at work, and will be done."""
    ROOM = (30,)
    """No room: somebody has to make some."""


RETRIED: Final[Mapping[str, Kind]] = {
    "unreachable": Kind.NETWORK,
    "unknown-host": Kind.NETWORK,
    "throttled": Kind.NETWORK,
    "protocol-broken": Kind.NETWORK,
    "delta-expired": Kind.NETWORK,
    "vault-missing": Kind.NETWORK,
    "vault-busy": Kind.BUSY,
    "vault-full": Kind.ROOM,
    "home-failed": Kind.ROOM,
    "catalog-failed": Kind.ROOM,
}
"""Faults that may pass, by their codes. What is not here needs somebody: a password, a permission, a decision."""


def is_passing(code: str) -> bool:
    """May it go better later, without anybody doing anything about the job?"""
    return code in RETRIED


def next_attempt(code: str, attempt: int, now: int, wait: float = 0.0, chance: float | None = None) -> int | None:
    """When to try again after an attempt that failed with ``code`` (seconds since 1970 UTC); None: no more.

    ``wait``: seconds that the other side asked for. ``chance``: from 0 to 1, instead of a random number.
    """
    kind = RETRIED.get(code)
    if kind is None or attempt >= MOST:
        return None
    waits: tuple[int, ...] = kind.value
    minutes = waits[min(attempt, len(waits)) - 1]
    drawn = random.random() if chance is None else chance
    return now + max(round(minutes * _MINUTE * (1 + _JITTER * (2 * drawn - 1))), round(wait))
