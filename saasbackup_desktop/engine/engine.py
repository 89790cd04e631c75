"""Admit jobs, run them, sample them, tell."""

import asyncio
import logging
import secrets
from collections.abc import AsyncGenerator, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.core.ids import JobId, SnapshotId
from saasbackup_desktop.core.jobs import (
    Backup,
    CatalogChanged,
    Check,
    Event,
    ItemFailure,
    Job,
    JobChanged,
    Migrate,
    Restore,
    Spec,
    State,
    Tally,
)
from saasbackup_desktop.core.model import Conflict
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.engine.backup import back_up
from saasbackup_desktop.engine.bench import Bench, Journal
from saasbackup_desktop.engine.check import check
from saasbackup_desktop.engine.meter import Meter
from saasbackup_desktop.engine.restore import restore

log = logging.getLogger(__name__)

AT_ONCE = 2
"""Jobs that run side by side."""
SAMPLE_SECONDS = 0.25


@dataclass(slots=True)
class _Running:
    """A job under way."""

    job: Job
    meter: Meter
    task: asyncio.Task[None]
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
        self._queue: list[Job] = []
        self._running: dict[JobId, _Running] = {}
        self._listeners: set[asyncio.Queue[Event | None]] = set()
        self._closing = False

    async def start(self) -> None:
        """Put down as stopped what was under way when an earlier process ended without a word."""
        for job in await self.jobs():
            if not job.state.is_over and job.state is not State.PAUSED and job.id not in self._running:
                await self._save(replace(job, state=State.STOPPED, code="interrupted"))

    async def close(self) -> None:
        """Stop all jobs and wait for them."""
        self._closing = True
        self._queue.clear()
        for running in list(self._running.values()):
            if running.wish is None:
                running.wish = State.STOPPED
                running.task.cancel()
        if self._running:
            await asyncio.wait([running.task for running in self._running.values()])
        for listener in self._listeners:
            listener.put_nowait(None)

    async def submit(self, spec: Spec) -> JobId:
        """Queue a job; one that is queued or running already is not queued twice."""
        for job in (*self._queue, *(running.job for running in self._running.values())):
            if job.spec == spec:
                return job.id
        account = None if isinstance(spec, Check) else self._bench.doors.account(spec.stream)[0].id
        job = Job(
            id=JobId(secrets.token_hex(6)),
            spec=spec,
            state=State.QUEUED,
            account=account,
            created=self._bench.clock.now(),
        )
        await self._enqueue(job)
        return job.id

    async def resume(self, job: JobId) -> None:
        """Queue a job again that is paused, stopped, partial or failed."""
        before = await self.job(job)
        if not before.state.is_over and before.state is not State.PAUSED:
            return
        await self._bench.offload.on_catalog(self._bench.catalog.clear_failures, job)
        await self._enqueue(
            replace(
                before, state=State.QUEUED, tally=Tally(), started=None, finished=None, code="", detail="", facts={}
            )
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
        for queued in self._queue:
            if queued.id == job:
                return queued
        return await self._bench.offload.on_reading(self._bench.catalog.job, job)

    async def jobs(self) -> Sequence[Job]:
        """All jobs, newest first."""
        saved = await self._bench.offload.on_reading(self._bench.catalog.jobs)
        return [self._sample(self._running[job.id]) if job.id in self._running else job for job in saved]

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

    async def _enqueue(self, job: Job) -> None:
        await self._save(job)
        self._queue.append(job)
        self._start_what_can()

    def _start_what_can(self) -> None:
        """Start queued jobs in order, as long as they touch nothing that a running one touches."""
        busy = {key for running in self._running.values() for key in self._touches(running.job.spec)}
        for job in list(self._queue):
            if self._closing or len(self._running) >= AT_ONCE:
                return
            touches = self._touches(job.spec)
            if touches & busy:
                continue
            busy |= touches
            self._queue.remove(job)
            meter = Meter()
            started = replace(job, state=State.RUNNING, started=self._bench.clock.now())
            task = asyncio.get_running_loop().create_task(self._run(started.id), name=f"job {job.id}")
            self._running[job.id] = _Running(started, meter, task)

    def _touches(self, spec: Spec) -> set[str]:
        if isinstance(spec, Check):
            return {"vault"}
        if isinstance(spec, Backup):
            return {spec.stream}
        into = self._bench.doors.stream_of(spec.connection)
        return {into, spec.stream} if isinstance(spec, Migrate) else {into}

    async def _end(self, job: JobId, meanwhile: State, wish: State) -> None:
        running = self._running.get(job)
        if running is not None:
            if running.wish is None:
                running.wish = wish
                running.job = replace(running.job, state=meanwhile)
                self.tell(JobChanged(self._sample(running)))
                running.task.cancel()
            return
        for queued in list(self._queue):
            if queued.id == job:
                self._queue.remove(queued)
                await self._save(replace(queued, state=wish, finished=self._bench.clock.now()))
                return
        before = await self.job(job)
        if before.state is State.PAUSED and wish is State.STOPPED:
            await self._save(replace(before, state=State.STOPPED))

    def _sample(self, running: _Running) -> Job:
        return replace(running.job, tally=running.meter.read())

    async def _save(self, job: Job) -> None:
        await self._bench.offload.on_catalog(self._bench.catalog.save_job, job)
        self.tell(JobChanged(job))

    async def _run(self, id: JobId) -> None:
        """Run a job to its end, whatever that is; this never raises."""
        running = self._running[id]
        journal = _CatalogJournal(self._bench, id)
        sampling = asyncio.get_running_loop().create_task(self._keep_telling(running))
        try:
            await self._save(running.job)
            await journal.note("info", "job-started")
            await _guarded(running, self._work(running, journal))
        finally:
            sampling.cancel()
            with suppress(asyncio.CancelledError):
                await sampling
            running.job = replace(running.job, tally=running.meter.read(), finished=self._bench.clock.now())
            await journal.note(
                "info" if running.job.state in (State.DONE, State.PAUSED, State.STOPPED) else "warning",
                f"job-{running.job.state.value}",
                reason=running.job.code,
            )
            del self._running[id]
            await self._save(running.job)
            if not isinstance(running.job.spec, Check):
                self.tell(CatalogChanged(running.job.spec.stream))
            self._start_what_can()

    async def _keep_telling(self, running: _Running) -> None:
        while True:
            await asyncio.sleep(SAMPLE_SECONDS)
            self.tell(JobChanged(self._sample(running)))

    async def _work(self, running: _Running, journal: Journal) -> SnapshotId | None:
        spec, meter, bench = running.job.spec, running.meter, self._bench
        if isinstance(spec, Check):
            await check(bench, spec, meter, journal)
            return None
        if isinstance(spec, Backup):
            return await back_up(bench, spec, meter, journal)
        if isinstance(spec, Migrate):
            snapshot = await back_up(bench, Backup(stream=spec.stream), meter, journal)
            await self._restore(
                Restore(
                    stream=spec.stream,
                    snapshot=snapshot,
                    selection=Selection(since=spec.since, until=spec.until),
                    connection=spec.connection,
                    conflict=Conflict.SKIP,
                ),
                running,
                journal,
            )
            return snapshot
        if spec.backup_first:
            target = bench.doors.stream_of(spec.connection)
            await back_up(bench, Backup(stream=target), Meter(), journal)
            self.tell(CatalogChanged(target))
        await self._restore(spec, running, journal)
        return None

    async def _restore(self, spec: Restore, running: _Running, journal: Journal) -> None:
        failed = running.meter.failed
        running.meter = Meter(failed=failed)
        target = self._bench.doors.target(spec.connection)
        try:
            await restore(self._bench, spec, target, running.meter, journal)
        finally:
            await target.close()


async def _guarded(running: _Running, work: Coroutine[None, None, SnapshotId | None]) -> None:
    """Await a job's work and write down how it ended."""
    try:
        snapshot = await work
    except asyncio.CancelledError:
        running.job = replace(running.job, state=running.wish or State.STOPPED)
    except Exception as error:
        fault = foreseen(error)
        if fault is None:
            log.exception("job %s failed for a reason that nobody foresaw", running.job.id)
            running.job = replace(running.job, state=State.FAILED, code="bug", detail=type(error).__name__)
        else:
            running.job = replace(
                running.job, state=State.FAILED, code=fault.code, detail=fault.detail, facts=fault.facts
            )
    else:
        state = State.PARTIAL if running.meter.failed else State.DONE
        running.job = replace(running.job, state=state, snapshot=snapshot)


def foreseen(error: BaseException) -> Fault | None:
    """Find the fault in what was raised; None if there is anything else in it."""
    if isinstance(error, Fault):
        return error
    if isinstance(error, BaseExceptionGroup):
        faults = [foreseen(one) for one in error.exceptions]
        if all(fault is not None for fault in faults):
            return faults[0]
    return None
