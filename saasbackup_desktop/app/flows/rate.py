"""How fast a job goes and how long it will take, from what it told lately."""

from collections import deque

from saasbackup_desktop.core.jobs import Tally

_WINDOW = 30.0
_LEAST = 2.0
"""Seconds that must have been seen before a rate means anything."""


class Rate:
    """A window over the last half minute of one job."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int, int]] = deque()

    def see(self, now: float, tally: Tally) -> None:
        """Take note of a tally; ``now`` in seconds of a clock that never jumps."""
        if self._seen and tally.items_done < self._seen[-1][1]:
            self._seen.clear()
        self._seen.append((now, tally.items_done, tally.bytes_done))
        while now - self._seen[0][0] > _WINDOW:
            self._seen.popleft()

    def items_per_second(self) -> float | None:
        """Items a second; None while too little was seen."""
        return self._per_second(1)

    def bytes_per_second(self) -> float | None:
        """Bytes a second; None while too little was seen."""
        return self._per_second(2)

    def seconds_left(self, tally: Tally) -> float | None:
        """Time until all items are done; None where the total or the rate is not known."""
        rate = self.items_per_second()
        left = tally.items_total - tally.items_done
        return left / rate if rate and tally.items_total and left > 0 else None

    def _per_second(self, field: int) -> float | None:
        if len(self._seen) < 2:
            return None
        first, last = self._seen[0], self._seen[-1]
        seconds = last[0] - first[0]
        return (last[field] - first[field]) / seconds if seconds >= _LEAST else None
