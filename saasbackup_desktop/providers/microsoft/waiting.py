"""How long to wait before a request is sent again: what the service says of it, or what is usual."""

import email.utils
import random
from collections.abc import Mapping
from typing import Final

_LONGEST: Final = 60.0


def skew(headers: Mapping[str, str], now: int) -> int:
    """Seconds that the service's clock is ahead of ours; 0 if it does not tell."""
    try:
        return int(email.utils.parsedate_to_datetime(headers.get("date", "")).timestamp()) - now
    except ValueError:
        return 0


def retry_after(headers: Mapping[str, str], now: int) -> float | None:
    """Seconds to wait, as told: a number, or a date (RFC 9110, section 10.2.3) by the service's own clock."""
    told = headers.get("retry-after", "").strip()
    if not told:
        return None
    try:
        return max(0.0, float(told))
    except ValueError:
        pass
    try:
        there = now + skew(headers, now)
        return max(0.0, email.utils.parsedate_to_datetime(told).timestamp() - there)
    except ValueError:
        return None


def backoff(attempt: int) -> float:
    """Seconds to wait if nobody says: twice as long each time, not at the same moment as everybody else."""
    return min(_LONGEST, 2.0**attempt) * random.uniform(0.5, 1.0)
