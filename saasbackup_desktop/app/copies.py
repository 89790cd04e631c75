"""The vault's copies at other places, as far as the history of jobs tells."""

from collections.abc import Iterable
from dataclasses import dataclass

from saasbackup_desktop.app.views import BucketSettings
from saasbackup_desktop.core.jobs import Job, Mirror, State


@dataclass(frozen=True, slots=True)
class Copy:
    """One place that the vault is copied to."""

    to: str
    settings: BucketSettings | None
    """How a bucket is reached; None for a folder."""
    delete: bool
    """Whether the last mirror also removed what the vault removed."""
    last: Job
    """The last mirror to it."""
    whole: int | None
    """When it was last known to have all that the vault had, seconds since 1970 UTC."""


def copies(jobs: Iterable[Job]) -> list[Copy]:
    """Find the places among the jobs, in the order of their names."""
    by_place: dict[str, list[Job]] = {}
    for job in sorted(jobs, key=lambda job: job.created):
        if isinstance(job.spec, Mirror):
            by_place.setdefault(job.spec.to, []).append(job)
    return [_copy(place, found) for place, found in sorted(by_place.items())]


def _copy(place: str, jobs: list[Job]) -> Copy:
    last = jobs[-1]
    assert isinstance(last.spec, Mirror)
    settings = BucketSettings(**dict(last.spec.settings)) if last.spec.settings else None
    whole = max((job.finished or 0 for job in jobs if job.state is State.DONE), default=0)
    return Copy(place, settings, last.spec.delete, last, whole or None)
