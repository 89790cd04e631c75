"""Admit jobs, run them, sample them, tell."""

import asyncio
import logging
import secrets
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.core.ids import JobId, SnapshotId
from saasbackup_desktop.core.jobs import (
    BY_HAND,
    Event,
    ItemFailure,
    Job,
    JobChanged,
    JobPage,
    JobQuery,
    Origin,
    Spec,
    State,
    Tally,
)
from saasbackup_desktop.core.model import Account, Provider
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.carrying import account_of, carry_out, changes_of, touches_of
from saasbackup_desktop.engine.meter import Meter

log = logging.getLogger(__name__)

AT_ONCE = 2
"""Jobs that run side by side."""
AT_ONCE_FAR = 4
"""Jobs side by side, beside those, of accounts at a service whose answers are far away and that counts for each mailbox
apart: most of the time they wait for it.
"""
_FAR: Final = frozenset({Provider.MICROSOFT})
SAMPLE_SECONDS = 0.25


@dataclass(slots=True)
class _Running:
    """A job under way."""

    job: Job
    meter: Meter
    touches: frozenset[str]
    is_far: bool
    task: asyncio.Task[None] | None = None
    """From the first saved state to the last; nobody cancels it."""
    work: asyncio.Task[SnapshotId | None] | None = None
    """What is cancelled to end the job."""
    wish: State | None = None
    """What it shall be once it has stopped: STOPPED or PAUSED."""


@dataclass(frozen=True, slots=True)
class _CatalogJournal:
    """A job's log and failures, kept in the catalog."""

    bench: Bench
    job: JobId

    async def note(self, level: str, code: str, **facts: str | int) -> None:
        now = self.bench.clock.now()
        await self.bench.offload.on_catalog(self.bench.catalog.add_log, self.job, now, level, code, facts)

    async def failed(self, failure: ItemFailure) -> None:
        await self.bench.offload.on_catalog(self.bench.catalog.add_failures, self.job, [failure])


class LocalEngine:
    """``core.ports.Engine`` on the loop that it was made on."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._queue: dict[JobId, Job] = {}
        """In order."""
        self._asked: dict[Spec, JobId] = {}
        """The queued jobs by what they are to do: whole tenants are queued at once."""
        self._touched: dict[JobId, frozenset[str]] = {}
        """What the queued jobs will touch. Asked once: the connection may be removed while they wait."""
        self._far: set[JobId] = set()
        """The queued jobs of accounts far away."""
        self._running: dict[JobId, _Running] = {}
        self._listeners: set[asyncio.Queue[Event | None]] = set()
        self._closing = False

    @property
    def is_idle(self) -> bool:
        """Nothing runs and nothing waits."""
        return not self._running and not self._queue

    async def start(self) -> None:
        """Put down as stopped what was under way when an earlier process ended without a word."""
        for job in await self.jobs():
            if not job.state.is_over and job.state is not State.PAUSED and not self._has(job.id):
                await self._save(replace(job, state=State.STOPPED, code="interrupted"))

    async def close(self) -> None:
        """Stop all jobs and wait for them."""
        self._closing = True
        for id in [*self._running, *self._queue]:
            await self.stop(id)
        tasks = [running.task for running in self._running.values() if running.task is not None]
        if tasks:
            await asyncio.wait(tasks)
        for listener in self._listeners:
            listener.put_nowait(None)

    async def submit(self, spec: Spec, origin: Origin = BY_HAND) -> JobId:
        """Queue a job; one that is queued or running already is not queued twice."""
        if spec in self._asked:
            return self._asked[spec]
        for job in self._at_work():
            if job.spec == spec:
                return job.id
        touches = touches_of(self._bench, spec)
        account = account_of(self._bench, spec)
        job = Job(
            id=JobId(secrets.token_hex(6)),
            spec=spec,
            state=State.QUEUED,
            account=account.id if account is not None else None,
            created=self._bench.clock.now(),
            origin=origin,
        )
        await self._enqueue(job, touches, _is_far(account))
        return job.id

    async def resume(self, job: JobId) -> None:
        """Queue a job again that is paused, stopped, partial or failed."""
        before = await self.job(job)
        if self._has(job) or (not before.state.is_over and before.state is not State.PAUSED):
            return
        again = replace(
            before, state=State.QUEUED, tally=Tally(), started=None, finished=None, code="", detail="", facts={}
        )
        await self._enqueue(
            again, touches_of(self._bench, before.spec), _is_far(account_of(self._bench, before.spec)), clears=True
        )

    async def stop(self, job: JobId) -> None:
        """Cancel a job."""
        await self._end(job, State.STOPPING, State.STOPPED)

    async def pause(self, job: JobId) -> None:
        """Stop a job for now."""
        await self._end(job, State.PAUSING, State.PAUSED)

    async def job(self, job: JobId) -> Job:
        """How a job stands."""
        if job in self._running:
            return self._sample(self._running[job])
        if job in self._queue:
            return self._queue[job]
        return await self._bench.offload.on_reading(self._bench.catalog.job, job)

    async def jobs(self) -> Sequence[Job]:
        """All jobs, newest first."""
        saved = await self._bench.offload.on_reading(self._bench.catalog.jobs)
        return [self._now(job) for job in saved]

    async def job_page(self, query: JobQuery) -> JobPage:
        """Answer a question about the history; jobs under way as they stand now."""
        page = await self._bench.offload.on_reading(self._bench.catalog.job_page, query)
        return replace(page, jobs=[self._now(job) for job in page.jobs])

    async def unfinished(self) -> Sequence[Job]:
        """Jobs that are not over, oldest first."""
        saved = await self._bench.offload.on_reading(self._bench.catalog.jobs_unfinished)
        return [self._now(job) for job in saved]

    async def events(self) -> AsyncGenerator[Event, None]:
        """What happens from now on."""
        listener: asyncio.Queue[Event | None] = asyncio.Queue()
        self._listeners.add(listener)
        try:
            while (event := await listener.get()) is not None:
                yield event
        finally:
            self._listeners.discard(listener)

    def tell(self, event: Event) -> None:
        """Say something to all who listen."""
        for listener in self._listeners:
            listener.put_nowait(event)

    def _has(self, job: JobId) -> bool:
        return job in self._queue or any(one.id == job for one in self._at_work())

    def _at_work(self) -> list[Job]:
        """Running jobs. One whose work has ended is over, though that is still to be written down."""
        return [one.job for one in self._running.values() if one.work is None or not one.work.done()]

    async def _enqueue(self, job: Job, touches: frozenset[str], is_far: bool, *, clears: bool = False) -> None:
        # In the queue before anything is awaited: whoever asks for the same meanwhile must find it there.
        self._queue[job.id] = job
        self._asked[job.spec] = job.id
        self._touched[job.id] = touches
        if is_far:
            self._far.add(job.id)
        try:
            if clears:
                await self._bench.offload.on_catalog(self._bench.catalog.clear_failures, job.id)
            await self._save(job)
        except BaseException:
            self._unqueue(job.id)
            raise
        self._start_what_can()

    def _unqueue(self, id: JobId) -> Job | None:
        job = self._queue.pop(id, None)
        if job is not None:
            del self._touched[id]
            self._far.discard(id)
            if self._asked.get(job.spec) == id:
                del self._asked[job.spec]
        return job

    def _start_what_can(self) -> None:
        """Start queued jobs in order, as long as they touch nothing that is touched by a running one or waited for."""
        busy = {key for running in self._running.values() for key in running.touches}
        for job in list(self._queue.values()):
            if self._closing or not self._has_room():
                return
            touches, is_far = self._touched[job.id], job.id in self._far
            if not touches & busy and self._room(is_far):
                self._unqueue(job.id)
                started = replace(job, state=State.RUNNING, started=self._bench.clock.now())
                running = self._running[job.id] = _Running(started, Meter(), touches, is_far)
                running.task = asyncio.get_running_loop().create_task(self._run(running), name=f"job {job.id}")
            busy |= touches

    def _has_room(self) -> bool:
        """Something that waits could start, as far as numbers go."""
        waits_near = len(self._queue) > len(self._far)
        return (waits_near and self._room(False) > 0) or (bool(self._far) and self._room(True) > 0)

    def _room(self, is_far: bool) -> int:
        """How many more jobs may run side by side."""
        running = sum(one.is_far is is_far for one in self._running.values())
        return max(0, (AT_ONCE_FAR if is_far else AT_ONCE) - running)

    async def _end(self, job: JobId, meanwhile: State, wish: State) -> None:
        queued = self._unqueue(job)
        if queued is not None:
            await self._save(replace(queued, state=wish, finished=self._bench.clock.now()))
            return
        running = self._running.get(job)
        if running is not None:
            if self._has(job) and (running.wish is None or wish is State.STOPPED):
                if running.wish is None and running.work is not None:
                    running.work.cancel()
                running.wish = wish
                running.job = replace(running.job, state=meanwhile)
                self.tell(JobChanged(self._sample(running)))
            return
        before = await self.job(job)
        if before.state is State.PAUSED and wish is State.STOPPED:
            await self._save(replace(before, state=State.STOPPED))

    def _now(self, job: Job) -> Job:
        return self._sample(self._running[job.id]) if job.id in self._running else job

    def _sample(self, running: _Running) -> Job:
        return replace(running.job, tally=running.meter.read())

    async def _save(self, job: Job) -> None:
        await self._bench.offload.on_catalog(self._bench.catalog.save_job, job)
        self.tell(JobChanged(job))

    async def _run(self, running: _Running) -> None:
        """Run a job to its end, whatever that is."""
        id = running.job.id
        journal = _CatalogJournal(self._bench, id)
        try:
            await self._save(running.job)
            await journal.note("info", "job-started")
            if running.wish is None:
                running.work = asyncio.get_running_loop().create_task(
                    carry_out(self._bench, running.job.spec, running, journal, self.tell)
                )
            sampling = asyncio.get_running_loop().create_task(self._keep_telling(running))
            try:
                ended = await _ended(running)
            finally:
                sampling.cancel()
            final = replace(ended, tally=running.meter.read(), finished=self._bench.clock.now())
            await journal.note(
                "info" if ended.state in (State.DONE, State.PAUSED, State.STOPPED) else "warning",
                f"job-{ended.state.value}",
                reason=ended.code,
            )
            await self._bench.offload.on_catalog(self._bench.catalog.save_job, final)
        except Fault as fault:
            # The catalog takes nothing any more: who listens is told, and the next process finds the job interrupted.
            log.error("job %s could not be written down: %s", id, fault.code)
            final = replace(running.job, state=State.FAILED, code=fault.code, facts=fault.facts)
        finally:
            # Over for everybody at once: nobody may see it over and still find it running.
            del self._running[id]
            self._start_what_can()
        self.tell(JobChanged(final))
        for changed in changes_of(running.job.spec):
            self.tell(changed)

    async def _keep_telling(self, running: _Running) -> None:
        while True:
            await asyncio.sleep(SAMPLE_SECONDS)
            self.tell(JobChanged(self._sample(running)))


def _is_far(account: Account | None) -> bool:
    return account is not None and account.provider in _FAR


async def _ended(running: _Running) -> Job:
    """Await a job's work; say how it ended."""
    job = running.job
    if running.work is None:
        return replace(job, state=running.wish or State.STOPPED)
    try:
        snapshot = await running.work
    except asyncio.CancelledError:
        return replace(job, state=running.wish or State.STOPPED)
    except Exception as error:
        fault = foreseen(error)
        if fault is None:
            log.exception("job %s failed for a reason that nobody foresaw", job.id)
            return replace(job, state=State.FAILED, code="bug", detail=type(error).__name__)
        if running.wish is not None:  # what broke while it was being stopped is no failure of the job
            return replace(job, state=running.wish)
        return replace(job, state=State.FAILED, code=fault.code, detail=fault.detail, facts=fault.facts)
    return replace(job, state=State.PARTIAL if running.meter.failed else State.DONE, snapshot=snapshot)


def foreseen(error: BaseException) -> Fault | None:
    """Find the fault in what was raised; None if there is anything else in it."""
    if isinstance(error, Fault):
        return error
    if isinstance(error, BaseExceptionGroup):
        faults = [foreseen(one) for one in error.exceptions]
        if all(fault is not None for fault in faults):
            return faults[0]
    return None
