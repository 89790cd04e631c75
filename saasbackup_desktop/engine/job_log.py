"""A job's log and failures, kept in the catalog: how it begins, how it ends, and that it was cut off."""

from dataclasses import dataclass
from datetime import UTC, datetime

from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import ItemFailure, Job, State
from saasbackup_desktop.engine.attempts import MOST
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.standing import INTERRUPTED


@dataclass(frozen=True, slots=True)
class JobLog:
    """What is written down of one job while it is at work."""

    bench: Bench
    job: JobId

    async def note(self, level: str, code: str, **facts: str | int) -> None:
        """Write a line."""
        await self._write(self.bench.clock.now(), level, code, facts)

    async def failed(self, failure: ItemFailure) -> None:
        """Write down an item that failed."""
        await self.bench.offload.on_catalog(self.bench.catalog.add_failures, self.job, [failure])

    async def begins(self, job: Job, was_cut: bool) -> None:
        """Say that an attempt begins; ``was_cut``: the one before was cut off."""
        if was_cut:
            await self.note("info", "job-resumed")
        elif job.attempt > 1:
            await self.note("info", "job-again", attempt=job.attempt, most=MOST)
        else:
            await self.note("info", "job-started")

    async def ends(self, final: Job) -> None:
        """Say how an attempt ended."""
        level = "info" if final.state in (State.DONE, State.PAUSED, State.STOPPED, State.QUEUED) else "warning"
        code = f"job-{INTERRUPTED}" if final.state is State.QUEUED else f"job-{final.state.value}"
        facts: dict[str, str | int] = {"reason": final.code}
        if final.due is not None:
            facts["until"] = datetime.fromtimestamp(final.due, UTC).isoformat()
        await self.note(level, code, **facts)

    async def was_cut(self, job: Job) -> None:
        """Say that it was cut off, at the moment of which it is last known that it was at work."""
        said = await self.bench.offload.on_reading(self.bench.catalog.log, self.job)
        last = max([job.started or job.created, *(line.time for line in said)])
        await self._write(last, "warning", f"job-{INTERRUPTED}", {})

    async def _write(self, time: int, level: str, code: str, facts: dict[str, str | int]) -> None:
        await self.bench.offload.on_catalog(self.bench.catalog.add_log, self.job, time, level, code, facts)
