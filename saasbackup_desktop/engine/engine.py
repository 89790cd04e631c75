"""Admit jobs, run them, sample them, try them again, tell."""

import asyncio
import logging
import secrets
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from typing import Final

from saasbackup_desktop.catalog.values import Record
from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.core.ids import JobId, StreamId
from saasbackup_desktop.core.jobs import (
    BY_HAND,
    FAR,
    Event,
    Initiator,
    Job,
    JobChanged,
    JobPage,
    JobQuery,
    Origin,
    Spec,
    State,
)
from saasbackup_desktop.core.model import Account, Provider
from saasbackup_desktop.engine.attempts import is_passing, next_attempt
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.carrying import account_of, carry_out, changes_of, rank_of, touches_of
from saasbackup_desktop.engine.job_log import JobLog
from saasbackup_desktop.engine.listening import Audience
from saasbackup_desktop.engine.meter import GOES_ON, Meter, done_before
from saasbackup_desktop.engine.queue import Entry, Limits, Queue
from saasbackup_desktop.engine.running import Running, ended, figures
from saasbackup_desktop.engine.standing import INTERRUPTED, anew, settled

log = logging.getLogger(__name__)

AT_ONCE = Limits().near
"""Jobs that run side by side."""
AT_ONCE_FAR = Limits().far
"""Jobs side by side, beside those, of accounts at a service whose answers are far away and that counts for each mailbox
apart: most of the time they wait for it.
"""
_FAR: Final = frozenset({Provider.MICROSOFT})
SAMPLE_SECONDS = 0.25
LOOK_SECONDS = 5.0
"""How often it is seen whether somebody's next attempt is due."""
KEPT_DAYS: Final = 400
"""How long the history remembers a job that is over."""
_DAY: Final = 86400
_ROOM: Final = "queue"
_HELD: Final = "held"


class LocalEngine:
    """``core.ports.Engine`` on the loop that it was made on.

    ``stays``: it belongs to a process that stays. Then it goes on with what an earlier process left, and tries again by
    itself what failed for a reason that may pass; otherwise a job that somebody asked for ends with its first attempt.
    """

    def __init__(self, bench: Bench, limits: Limits | None = None, *, stays: bool = False) -> None:
        self._bench = bench
        self.stays = stays
        self._queue = Queue(limits)
        self._queued: dict[JobId, Job] = {}
        self._waiting: dict[JobId, Job] = {}
        """Whose next attempt has its time."""
        self._left: dict[JobId, Job] = {}
        """What an earlier process left, and this one does not go on with unless somebody asks."""
        self._asked: dict[Spec, JobId] = {}
        """Those of the three by what they are to do: whole tenants are queued at once."""
        self._running: dict[JobId, Running] = {}
        self._audience = Audience()
        self._looking: asyncio.Task[None] | None = None
        self._tidied = 0
        self._closing = False

    @property
    def is_idle(self) -> bool:
        """Nothing runs, and nothing waits for its turn."""
        return not self._running and not self._queued

    @property
    def is_waiting(self) -> bool:
        """Somebody's next attempt has its time."""
        return bool(self._waiting)

    @property
    def limits(self) -> Limits:
        """How many jobs run side by side."""
        return self._queue.limits

    @limits.setter
    def limits(self, limits: Limits) -> None:
        self._queue.limits = limits
        self._start_what_can()

    async def put_down(self) -> Sequence[Job]:
        """Write down how the jobs stand that were under way when an earlier process ended without a word.

        Gives those that wait to go on, oldest first.
        """
        found = []
        for job in await self._bench.offload.on_reading(self._bench.catalog.jobs_unfinished):
            if self._has(job.id) or job.id in self._running:
                continue
            stands = settled(job, self._bench.clock.now())
            if stands is not job:
                await self._save(stands)
            if job.state is State.RUNNING:
                await JobLog(self._bench, job.id).was_cut(job)
            if stands.state in (State.QUEUED, State.WAITING):
                found.append(stands)
        return found

    async def start(self) -> None:
        """Take over what an earlier process left: go on with it, or, in a process that does not stay, keep it in mind.

        Needs to be the one process that works in this home.
        """
        held = await self._bench.offload.on_reading(self._bench.catalog.record, _ROOM, _HELD)
        self._queue.is_held = held is not None and self.stays
        known = {}
        if self.stays:
            everybody = await self._bench.offload.on_reading(self._bench.catalog.accounts)
            known = {stream: account for stream, account, _ in everybody}
        for job in await self.put_down():
            if not self.stays:
                self._left[job.id] = job
                self._asked.setdefault(job.spec, job.id)
            elif job.state is State.WAITING:
                self._wait(job)
            else:
                await self._go_on(job, known.get(StreamId(getattr(job.spec, "stream", ""))))
                await asyncio.sleep(0)  # there may be thousands
        self._start_what_can()
        if self.stays and self._looking is None:
            self._looking = asyncio.get_running_loop().create_task(self._look_now_and_then(), name="next attempts")

    async def close(self) -> None:
        """Let all jobs come to a safe point; a process that stays goes on with them."""
        self._closing = True
        if self._looking is not None:
            self._looking.cancel()
        for running in self._running.values():
            if running.wish is None:
                running.wish = State.QUEUED
                if running.work is not None:
                    running.work.cancel()
        tasks = [running.task for running in self._running.values() if running.task is not None]
        if tasks:
            await asyncio.wait(tasks)
        self._audience.dismiss()

    async def submit(self, spec: Spec, origin: Origin = BY_HAND) -> JobId:
        """Queue a job; one that is queued, waits or runs already is not queued twice, but tried at once."""
        [id] = await self.submit_many([spec], origin)
        return id

    async def submit_many(self, specs: Sequence[Spec], origin: Origin = BY_HAND) -> Sequence[JobId]:
        """Queue jobs, all or none of them; they are written down at once."""
        ids: list[JobId] = []
        entries: list[tuple[Job, Entry]] = []
        made: dict[Spec, JobId] = {}
        at_work = {job.spec: job.id for job in self._at_work()}
        for spec in specs:
            id = made.get(spec) or self._asked.get(spec) or at_work.get(spec)
            if id is None:
                account = account_of(self._bench, spec)
                id = made[spec] = JobId(secrets.token_hex(6))
                job = Job(
                    id=id,
                    spec=spec,
                    state=State.QUEUED,
                    account=account.id if account is not None else None,
                    created=self._bench.clock.now(),
                    origin=origin,
                )
                entries.append((job, self._entry(job, account)))
            ids.append(id)
        await self._enqueue(entries)
        for id in ids:
            if id in self._waiting or id in self._left:
                is_asked = origin.initiator is Initiator.PERSON
                await self._hasten(id, 1 if is_asked else None)
        return ids

    async def resume(self, job: JobId) -> None:
        """Queue a job again that is paused, stopped, partial or failed; try one at once that waits."""
        if job in self._waiting or job in self._left:
            await self._hasten(job, None)
            return
        before = await self.job(job)
        if self._has(job) or (not before.state.is_over and before.state is not State.PAUSED):
            return
        again = anew(before, attempt=1)
        await self._enqueue([(again, self._entry(again))], clears=True)

    async def stop(self, job: JobId) -> None:
        """Cancel a job."""
        await self._end(job, State.STOPPING, State.STOPPED)

    async def pause(self, job: JobId) -> None:
        """Stop a job for now."""
        await self._end(job, State.PAUSING, State.PAUSED)

    async def stop_queued(self) -> int:
        """Cancel all jobs that have not begun, and those that wait; how many."""
        some = {**self._queued, **self._waiting, **self._left}
        for id in some:
            self._drop(id)
        now = self._bench.clock.now()
        stopped = [replace(job, state=State.STOPPED, finished=now, due=None) for job in some.values()]
        await self._bench.offload.on_catalog(self._bench.catalog.save_jobs, stopped)
        for job in stopped:
            self.tell(JobChanged(job))
        return len(stopped)

    async def hold(self, held: bool) -> None:
        """Let no job begin until further notice, also after this process; who runs goes on."""
        catalog, offload = self._bench.catalog, self._bench.offload
        if held:
            await offload.on_catalog(catalog.put_records, _ROOM, [Record(_HELD, self._bench.clock.now(), {})])
        else:
            await offload.on_catalog(catalog.drop_records, _ROOM, [_HELD])
        self._queue.is_held = held
        self._start_what_can()

    @property
    def is_held(self) -> bool:
        """No job begins."""
        return self._queue.is_held

    async def job(self, job: JobId) -> Job:
        """How a job stands."""
        if job in self._running:
            return self._sample(self._running[job])
        for some in (self._queued, self._waiting, self._left):
            if job in some:
                return some[job]
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

    def events(self) -> AsyncGenerator[Event, None]:
        """What happens from now on; who listens slowly is told of a job only how it stands by then."""
        return self._audience.events()

    def tell(self, event: Event) -> None:
        """Say something to all who listen."""
        self._audience.tell(event)

    async def tend(self) -> None:
        """Queue those whose next attempt is due; once a day, forget what is too old to be asked for."""
        now = self._bench.clock.now()
        # A clock that was set back far does not make anybody wait for years.
        due = [job for job in self._waiting.values() if job.due is None or not now < job.due <= now + _DAY]
        for job in sorted(due, key=lambda job: (job.due or 0, job.created)):
            await self._hasten(job.id, None)
        if abs(now - self._tidied) >= _DAY:
            self._tidied = now
            catalog, before = self._bench.catalog, now - KEPT_DAYS * _DAY
            while await self._bench.offload.on_catalog(catalog.forget_jobs, before) and not self._closing:
                pass

    async def _look_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.tend()
            except Fault as fault:
                log.warning("next attempts were not looked for: %s", fault.code)

    def _has(self, job: JobId) -> bool:
        """It is queued, waits or runs here. One whose work has ended is over, though that is yet to be written down."""
        return job in self._queued or job in self._waiting or any(one.id == job for one in self._at_work())

    def _at_work(self) -> list[Job]:
        return [one.job for one in self._running.values() if one.work is None or not one.work.done()]

    def _entry(self, job: Job, account: Account | None = None) -> Entry:
        """Its turn. Asked once: the connection may be removed while it waits. Raises Fault."""
        account = account or account_of(self._bench, job.spec)
        return Entry(
            id=job.id,
            rank=rank_of(job.spec),
            touches=touches_of(self._bench, job.spec),
            tenant=str(account.connection or account.id).partition("/")[0] if account is not None else "",
            account=str(account.id) if account is not None else "",
            is_far=account is not None and account.provider in _FAR and isinstance(job.spec, FAR),
        )

    async def _enqueue(self, some: Sequence[tuple[Job, Entry]], *, clears: bool = False) -> None:
        # In the queue before anything is awaited: whoever asks for the same meanwhile must find it there.
        jobs = [job for job, _ in some]
        for job, entry in some:
            self._queued[job.id] = job
            self._asked[job.spec] = job.id
            self._queue.add(entry)
        try:
            if jobs:
                await self._bench.offload.on_catalog(self._bench.catalog.save_jobs, jobs, clears=clears)
        except BaseException:
            for job in jobs:
                self._drop(job.id)
            raise
        for job in jobs:
            if self._queued.get(job.id) is job:
                self.tell(JobChanged(job))
        self._start_what_can()

    async def _hasten(self, id: JobId, attempt: int | None) -> None:
        """Queue a job that waits or was left; ``attempt``: which one it is, None: the next one."""
        job = self._drop(id)
        if job is not None:
            following = job.attempt + (job.state is State.WAITING) if attempt is None else attempt
            await self._go_on(replace(job, attempt=following))
            self._start_what_can()

    async def _go_on(self, job: Job, account: Account | None = None) -> None:
        """Queue a job that did not come to its end; one that is not possible any more has failed."""
        again = anew(job, attempt=job.attempt)
        try:
            entry = self._entry(again, account)
        except Fault as fault:
            failed = replace(again, state=State.FAILED, finished=self._bench.clock.now())
            await self._save(replace(failed, code=fault.code, detail=fault.detail, facts=fault.facts))
            return
        if again == job:  # as it was written down
            self._queued[job.id] = job
            self._asked[job.spec] = job.id
            self._queue.add(entry)
            return
        await self._enqueue([(again, entry)], clears=job.started is not None)

    def _wait(self, job: Job) -> None:
        self._waiting[job.id] = job
        self._asked.setdefault(job.spec, job.id)

    def _drop(self, id: JobId) -> Job | None:
        """Take a job out of wherever it waits."""
        job = self._queued.pop(id, None) or self._waiting.pop(id, None) or self._left.pop(id, None)
        if job is not None:
            self._queue.remove(id)
            if self._asked.get(job.spec) == id:
                del self._asked[job.spec]
        return job

    def _start_what_can(self) -> None:
        while not self._closing and (entry := self._queue.take()) is not None:
            job = self._queued.pop(entry.id)
            if self._asked.get(job.spec) == job.id:
                del self._asked[job.spec]
            first = job.started if job.started is not None else self._bench.clock.now()
            started = replace(job, state=State.RUNNING, started=first, code="")
            base = done_before(job.spec, job.tally)
            running = self._running[job.id] = Running(started, Meter(traffic=self._bench.traffic, base=base))
            running.meter.kept = running.meter.read()
            if isinstance(job.spec, GOES_ON):
                running.meter.keeps = running.as_counted
            running.task = asyncio.get_running_loop().create_task(
                self._run(running, was_cut=job.code == INTERRUPTED), name=f"job {job.id}"
            )

    async def _end(self, job: JobId, meanwhile: State, wish: State) -> None:
        resting = self._drop(job)
        if resting is not None:
            finished = self._bench.clock.now() if wish.is_over else None
            await self._save(replace(resting, state=wish, finished=finished, due=None))
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
            await self._save(replace(before, state=State.STOPPED, finished=self._bench.clock.now()))

    def _now(self, job: Job) -> Job:
        return self._sample(self._running[job.id]) if job.id in self._running else job

    def _sample(self, running: Running) -> Job:
        return replace(running.job, tally=running.meter.read())

    async def _save(self, job: Job) -> None:
        await self._bench.offload.on_catalog(self._bench.catalog.save_job, job)
        self.tell(JobChanged(job))

    async def _run(self, running: Running, *, was_cut: bool) -> None:
        """Run a job to its end, whatever that is."""
        id = running.job.id
        job_log = JobLog(self._bench, id)
        try:
            await self._save(running.job)
            await job_log.begins(running.job, was_cut)
            if running.wish is None:
                running.work = asyncio.get_running_loop().create_task(
                    carry_out(self._bench, running.job.spec, running, job_log, self.tell)
                )
            sampling = asyncio.get_running_loop().create_task(self._keep_telling(running))
            try:
                end = await ended(running)
            finally:
                sampling.cancel()
            final = self._concluded(running, replace(end, tally=figures(running, end)))
            await job_log.ends(final)
            await self._bench.offload.on_catalog(self._bench.catalog.save_job, final)
        except Fault as fault:
            # The catalog takes nothing any more: who listens is told, and the next process finds the job interrupted.
            log.error("job %s could not be written down: %s", id, fault.code)
            final = replace(running.job, state=State.FAILED, code=fault.code, facts=fault.facts)
        finally:
            # Over for everybody at once: nobody may see it over and still find it running.
            del self._running[id]
            self._queue.ended(id)
            self._start_what_can()
        if final.state is State.WAITING and not self._closing:
            self._wait(final)
        self.tell(JobChanged(final))
        for changed in changes_of(running.job.spec):
            self.tell(changed)

    def _concluded(self, running: Running, end: Job) -> Job:
        """Say what becomes of a job whose work has ended."""
        now = self._bench.clock.now()
        if end.state is State.QUEUED:
            return replace(end, code=INTERRUPTED)
        if end.state is State.FAILED and self.stays and is_passing(end.code):
            due = next_attempt(end.code, end.attempt, now, running.wait)
            if due is not None:
                return replace(end, state=State.WAITING, due=due)
            end = replace(end, facts={**end.facts, "attempts": end.attempt})
        return replace(end, finished=now if end.state.is_over else None)

    async def _keep_telling(self, running: Running) -> None:
        while True:
            await asyncio.sleep(SAMPLE_SECONDS)
            self.tell(JobChanged(self._sample(running)))
