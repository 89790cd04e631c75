"""A job under way, and how its work ended."""

import asyncio
import logging
from dataclasses import dataclass, replace

from saasbackup_desktop.core.errors import Fault, Throttled
from saasbackup_desktop.core.ids import SnapshotId
from saasbackup_desktop.core.jobs import Job, State, Tally
from saasbackup_desktop.engine.meter import GOES_ON, Meter

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Running:
    """A job under way."""

    job: Job
    meter: Meter
    task: asyncio.Task[None] | None = None
    """From the first saved state to the last; nobody cancels it."""
    work: asyncio.Task[SnapshotId | None] | None = None
    """What is cancelled to end the job."""
    wish: State | None = None
    """What it shall be once it has stopped: STOPPED or PAUSED, or QUEUED when the process ends."""
    wait: float = 0.0
    """Seconds for which the other side asked to be left alone."""

    def as_counted(self, tally: Tally) -> Job:
        """The job with these counts."""
        return replace(self.job, tally=tally)


async def ended(running: Running) -> Job:
    """Await a job's work; say how it ended."""
    job = running.job
    if running.work is None:
        return replace(job, state=running.wish or State.STOPPED)
    try:
        snapshot = await running.work
    except asyncio.CancelledError:
        return replace(running.job, state=running.wish or State.STOPPED)
    except Exception as error:
        fault = foreseen(error)
        if fault is None:
            log.exception("job %s failed for a reason that nobody foresaw", job.id)
            return replace(job, state=State.FAILED, code="bug", detail=type(error).__name__)
        if running.wish is not None:  # what broke while it was being stopped is no failure of the job
            return replace(job, state=running.wish)
        running.wait = fault.wait if isinstance(fault, Throttled) else 0.0
        return replace(job, state=State.FAILED, code=fault.code, detail=fault.detail, facts=fault.facts)
    return replace(job, state=State.PARTIAL if running.meter.failed else State.DONE, snapshot=snapshot)


def figures(running: Running, ended: Job) -> Tally:
    """What a job has to show at the end of an attempt: of one that may go on, what it need not do again."""
    if ended.state in (State.DONE, State.PARTIAL):
        return running.meter.read()
    if isinstance(ended.spec, GOES_ON):
        return running.meter.read_safe()
    return Tally() if ended.state is State.QUEUED else running.meter.read()


def foreseen(error: BaseException) -> Fault | None:
    """Find the fault in what was raised; None if there is anything else in it."""
    if isinstance(error, Fault):
        return error
    if isinstance(error, BaseExceptionGroup):
        faults = [foreseen(one) for one in error.exceptions]
        if all(fault is not None for fault in faults):
            return faults[0]
    return None
