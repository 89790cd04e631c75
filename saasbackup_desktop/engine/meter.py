"""Counts of a running job: written by whoever works, sampled by whoever looks."""

from dataclasses import dataclass

from saasbackup_desktop.core.jobs import Tally


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
    throttled_until: int | None = None

    def read(self) -> Tally:
        """Take a sample."""
        return Tally(**{name: getattr(self, name) for name in self.__slots__})
