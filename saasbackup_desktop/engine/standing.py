"""How a job stands when it is queued again, and after a process that ended without a word."""

from dataclasses import replace
from typing import Final

from saasbackup_desktop.core.jobs import Job, State, Tally
from saasbackup_desktop.engine.meter import GOES_ON, done_before

INTERRUPTED: Final = "interrupted"
"""The code of a queued job that was under way when its process ended."""


def anew(job: Job, attempt: int) -> Job:
    """A job as it is queued again; one that did not come to its end keeps what it has done."""
    goes_on = isinstance(job.spec, GOES_ON) and job.state not in (State.DONE, State.PARTIAL)
    code = INTERRUPTED if job.state is State.QUEUED and job.code == INTERRUPTED else ""
    return replace(
        job,
        state=State.QUEUED,
        tally=done_before(job.spec, job.tally) if goes_on else Tally(),
        started=job.started if goes_on else None,
        finished=None,
        code=code,
        detail="",
        facts={},
        attempt=attempt,
        due=None,
    )


def settled(job: Job, now: int) -> Job:
    """How a job stands whose process ended without a word."""
    match job.state:
        case State.RUNNING:
            return replace(job, state=State.QUEUED, code=INTERRUPTED, facts={}, tally=done_before(job.spec, job.tally))
        case State.PAUSING:
            return replace(job, state=State.PAUSED)
        case State.STOPPING:
            return replace(job, state=State.STOPPED, finished=now)
        case _:
            return job
