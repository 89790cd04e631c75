"""Counts of a running job: written by whoever works, sampled by whoever looks."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from typing import Final

from saasbackup_desktop.core.jobs import Backup, Job, Migrate, Restore, Spec, Tally
from saasbackup_desktop.core.ports import Waiting
from saasbackup_desktop.core.traffic import Traffic

GOES_ON: Final = (Backup, Restore, Migrate)
"""What goes on where an earlier attempt got to; everything else begins anew."""
_NOTHING: Final = Tally()
_LASTING: Final = (
    *("items_done", "bytes_done", "added", "changed", "removed", "unchanged", "skipped", "verified", "bytes_stored"),
)
"""What a safe point keeps."""


def done_before(spec: Spec, tally: Tally) -> Tally:
    """Say with what the next attempt of a job begins to count. What failed or was skipped is asked again."""
    if isinstance(spec, Backup):
        done = tally.added + tally.changed + tally.unchanged
        return Tally(
            items_done=done,
            items_total=done,
            bytes_done=tally.bytes_done,
            added=tally.added,
            changed=tally.changed,
            removed=tally.removed,
            unchanged=tally.unchanged,
            bytes_stored=tally.bytes_stored,
        )
    if isinstance(spec, Restore | Migrate):  # whose plan counts all items again
        return Tally(
            bytes_done=tally.bytes_done,
            bytes_total=tally.bytes_done,
            added=tally.added,
            changed=tally.changed,
            verified=tally.verified,
        )
    return _NOTHING


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
    read_again: int = 0
    unread: int = 0
    failed: int = 0
    bytes_stored: int = 0
    bytes_freed: int = 0
    doing: str = "connecting"
    where: str = ""
    accounts_done: int = 0
    accounts_total: int = 0
    traffic: Traffic | None = field(default=None, repr=False)
    base: Tally = field(default=_NOTHING, repr=False)
    """What earlier attempts of the job did for good."""
    kept: Tally = field(default=_NOTHING, repr=False)
    """How it stood, with them, at the last safe point."""
    keeps: Callable[[Tally], Job] | None = field(default=None, repr=False)
    """The job as it is to be written down at a safe point; None: this is a part of a job that asks for all again."""
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
        own = Tally(**{one.name: getattr(self, one.name) for one in fields(Tally)})
        return own if self.base == _NOTHING else _sum(self.base, own)

    def read_safe(self) -> Tally:
        """Take a sample of which only that is told as done which need not be done again."""
        told = self.read()
        return replace(told, **{name: getattr(self.kept, name) for name in _LASTING})


def _sum(base: Tally, own: Tally) -> Tally:
    names = (*_LASTING, "items_total", "bytes_total")
    return replace(own, **{name: getattr(base, name) + getattr(own, name) for name in names})
