"""Admit jobs, run them, sample them, try them again, tell."""

import asyncio
import logging
import secrets
from collections import OrderedDict
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from saasbackup_desktop.catalog.values import Record
from saasbackup_desktop.core.errors import Fault, Throttled
from saasbackup_desktop.core.ids import JobId, SnapshotId, StreamId
from saasbackup_desktop.core.jobs import (
    BY_HAND,
    FAR,
    Event,
    Initiator,
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
from saasbackup_desktop.engine.attempts import MOST, is_passing, next_attempt
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.carrying import account_of, carry_out, changes_of, rank_of, touches_of
from saasbackup_desktop.engine.meter import GOES_ON, Meter, done_before
from saasbackup_desktop.engine.queue import Entry, Limits, Queue

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
INTERRUPTED: Final = "interrupted"
"""The code of a queued job that was under way when its process ended."""
_DAY: Final = 86400
_ROOM: Final = "queue"
_HELD: Final = "held"


@dataclass(slots=True)
class _Running:
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


@dataclass(slots=True, eq=False)
class _Listener:
    """What somebody has still to be told: of a job, only how it stands now."""

    events: OrderedDict[object, Event] = field(default_factory=OrderedDict)
    some: asyncio.Event = field(default_factory=asyncio.Event)
    is_over: bool = False

    def tell(self, event: Event) -> None:
        key: object = event.job.id if isinstance(event, JobChanged) else (event.stream,)
        self.events[key] = event
        self.events.move_to_end(key)
        self.some.set()

    def end(self) -> None:
        self.is_over = True
        self.some.set()


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
        self._running: dict[JobId, _Running] = {}
        self._listeners: set[_Listener] = set()
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
            settled = _settled(job, self._bench.clock.now())
            if settled is not job:
                await self._save(settled)
            if job.state is State.RUNNING:
                await self._note_cut(job)
            if settled.state in (State.QUEUED, State.WAITING):
                found.append(settled)
        return found

    async def _note_cut(self, job: Job) -> None:
        """Write into a job's log that it was cut off, at the moment of which it is last known that it was at work."""
        catalog, offload = self._bench.catalog, self._bench.offload
        said = await offload.on_reading(catalog.log, job.id)
        last = max([job.started or job.created, *(line.time for line in said)])
        await offload.on_catalog(catalog.add_log, job.id, last, "warning", f"job-{INTERRUPTED}", {})

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
        for listener in self._listeners:
            listener.end()

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
        again = _anew(before, attempt=1)
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

    async def events(self) -> AsyncGenerator[Event, None]:
        """What happens from now on; who listens slowly is told of a job only how it stands by then."""
        listener = _Listener()
        self._listeners.add(listener)
        try:
            while True:
                while listener.events:
                    yield listener.events.popitem(last=False)[1]
                if listener.is_over:
                    return
                listener.some.clear()
                await listener.some.wait()
        finally:
            self._listeners.discard(listener)

    def tell(self, event: Event) -> None:
        """Say something to all who listen."""
        for listener in self._listeners:
            listener.tell(event)

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
        again = _anew(job, attempt=job.attempt)
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
            running = self._running[job.id] = _Running(started, Meter(traffic=self._bench.traffic, base=base))
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

    def _sample(self, running: _Running) -> Job:
        return replace(running.job, tally=running.meter.read())

    async def _save(self, job: Job) -> None:
        await self._bench.offload.on_catalog(self._bench.catalog.save_job, job)
        self.tell(JobChanged(job))

    async def _run(self, running: _Running, *, was_cut: bool) -> None:
        """Run a job to its end, whatever that is."""
        id = running.job.id
        journal = _CatalogJournal(self._bench, id)
        try:
            await self._save(running.job)
            await self._note_beginning(running.job, journal, was_cut)
            if running.wish is None:
                running.work = asyncio.get_running_loop().create_task(
                    carry_out(self._bench, running.job.spec, running, journal, self.tell)
                )
            sampling = asyncio.get_running_loop().create_task(self._keep_telling(running))
            try:
                ended = await _ended(running)
            finally:
                sampling.cancel()
            final = self._concluded(running, replace(ended, tally=_figures(running, ended)))
            await self._note_end(final, journal)
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

    async def _note_beginning(self, job: Job, journal: _CatalogJournal, was_cut: bool) -> None:
        if was_cut:
            await journal.note("info", "job-resumed")
        elif job.attempt > 1:
            await journal.note("info", "job-again", attempt=job.attempt, most=MOST)
        else:
            await journal.note("info", "job-started")

    def _concluded(self, running: _Running, ended: Job) -> Job:
        """Say what becomes of a job whose work has ended."""
        now = self._bench.clock.now()
        if ended.state is State.QUEUED:
            return replace(ended, code=INTERRUPTED)
        if ended.state is State.FAILED and self.stays and is_passing(ended.code):
            due = next_attempt(ended.code, ended.attempt, now, running.wait)
            if due is not None:
                return replace(ended, state=State.WAITING, due=due)
            ended = replace(ended, facts={**ended.facts, "attempts": ended.attempt})
        return replace(ended, finished=now if ended.state.is_over else None)

    async def _note_end(self, final: Job, journal: _CatalogJournal) -> None:
        level = "info" if final.state in (State.DONE, State.PAUSED, State.STOPPED, State.QUEUED) else "warning"
        code = f"job-{INTERRUPTED}" if final.state is State.QUEUED else f"job-{final.state.value}"
        facts: dict[str, str | int] = {"reason": final.code}
        if final.due is not None:
            facts["until"] = datetime.fromtimestamp(final.due, UTC).isoformat()
        await journal.note(level, code, **facts)

    async def _keep_telling(self, running: _Running) -> None:
        while True:
            await asyncio.sleep(SAMPLE_SECONDS)
            self.tell(JobChanged(self._sample(running)))


def _figures(running: _Running, ended: Job) -> Tally:
    """What a job has to show at the end of an attempt: of one that may go on, what it need not do again."""
    if ended.state in (State.DONE, State.PARTIAL):
        return running.meter.read()
    if isinstance(ended.spec, GOES_ON):
        return running.meter.read_safe()
    return Tally() if ended.state is State.QUEUED else running.meter.read()


def _anew(job: Job, attempt: int) -> Job:
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


def _settled(job: Job, now: int) -> Job:
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


async def _ended(running: _Running) -> Job:
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


def foreseen(error: BaseException) -> Fault | None:
    """Find the fault in what was raised; None if there is anything else in it."""
    if isinstance(error, Fault):
        return error
    if isinstance(error, BaseExceptionGroup):
        faults = [foreseen(one) for one in error.exceptions]
        if all(fault is not None for fault in faults):
            return faults[0]
    return None
