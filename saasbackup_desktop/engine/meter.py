"""Counts of a running job: written by whoever works, sampled by whoever looks."""

from dataclasses import dataclass, field, fields

from saasbackup_desktop.core.jobs import Tally
from saasbackup_desktop.core.ports import Waiting
from saasbackup_desktop.core.traffic import Traffic


@dataclass(slots=True)
class Meter:
    """The live counterpart of a tally. Only the job's own coroutine writes it."""

    items_done: int = 0
    items_total: int = 0
    bytes_done: int = 0
    bytes_total: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    skipped: int = 0
    verified: int = 0
    failed: int = 0
    bytes_stored: int = 0
    bytes_freed: int = 0
    doing: str = "connecting"
    where: str = ""
    traffic: Traffic | None = field(default=None, repr=False)
    _other: Waiting | None = field(default=None, repr=False)

    def follow(self, other: object) -> None:
        """Tell from now on until when this source or target waits, if it tells; None: nobody waits."""
        self._other = other if isinstance(other, Waiting) else None

    @property
    def throttled_until(self) -> int | None:
        """Seconds since 1970 UTC until which the other side has asked to wait."""
        return self._other.throttled_until if self._other is not None else None

    @property
    def limited_to(self) -> int | None:
        """Bytes a second that all jobs together may move now."""
        return self.traffic.limit if self.traffic is not None else None

    def read(self) -> Tally:
        """Take a sample."""
        return Tally(**{one.name: getattr(self, one.name) for one in fields(Tally)})
