"""What tasks do by themselves: begin runs that are due, bring rules to the vault, let go of who left, prune."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from saasbackup_desktop.app.tasks import keeping
from saasbackup_desktop.app.tasks.blackout import keep_quiet
from saasbackup_desktop.app.tasks.coverage import Sites
from saasbackup_desktop.app.tasks.keeping import Left
from saasbackup_desktop.app.tasks.room import LATE, Room
from saasbackup_desktop.app.tasks.runs import Run
from saasbackup_desktop.app.tasks.store import Book
from saasbackup_desktop.app.tasks.views import Leaving, Missed, MissedRuns, Task
from saasbackup_desktop.core import marks
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import JobId, StreamId, TaskId
from saasbackup_desktop.core.jobs import Backup, Discard, Initiator, Job, JobQuery, Origin, Prune, State
from saasbackup_desktop.core.retention import DAY
from saasbackup_desktop.core.schedule import Rhythm, free_from, next_start
from saasbackup_desktop.engine.conditions import hindrance
from saasbackup_desktop.vault.retention.policy import Group

log = logging.getLogger(__name__)

_SIGN: Final = 60
"""Seconds between signs of being there."""
_HOUR: Final = 3600
_ALL: Final = 1_000_000
_AT_ONCE: Final = 100
"""Jobs that are queued in one transaction: thousands would keep others from the loop for too long."""
_BUSY: Final = frozenset({State.QUEUED, State.RUNNING, State.PAUSING, State.STOPPING})


class Tending(Room):
    """The part of the door for what is due by itself."""

    _signed = 0
    _looked_after = 0
    _applied: Mapping[str, Group | None] | None = None

    async def tend(self) -> None:
        """Begin every run that is due, once; once an hour, see to what is kept. Raises Fault."""
        self._is_here = True
        book, now = await self._settled(), self._clock.now()
        await keep_quiet(self._workspace, book.conditions.blackout, now, self._zone())
        if book.conditions.stays_awake and not self._workspace.engine.is_idle:
            self._awake.hold()
        else:
            self._awake.let_go()
        runs = await self._runs.all()
        try:
            for task in book.tasks.values():
                await self._tend_task(book, task, self._run_of(book, task, runs), now, is_new=task.id not in runs)
        finally:
            if not 0 <= now - self._signed < _SIGN:
                await self._runs.tend(now)
                self._signed = now
        if not 0 <= now - self._looked_after < _HOUR:
            self._looked_after = now
            await self._look_after(book)

    async def next_moment(self) -> int | None:
        """When something is due next: a run, or the beginning or end of hours without backups."""
        book, now, zone = self._store.read(), self._clock.now(), self._zone()
        runs = await self._runs.all()
        blackout = book.conditions.blackout
        moments = [next_start(blackout, now, zone), free_from(blackout, now, zone)]
        for task in book.tasks.values():
            if not task.is_paused:
                moments.append(marks.next_run(task.schedule, self._run_of(book, task, runs).mark, now, zone))
        return min((one for one in moments if one is not None and one > now), default=None)

    # --- runs ------------------------------------------------------------------------------------------------

    async def _tend_task(self, book: Book, task: Task, run: Run, now: int, *, is_new: bool) -> None:
        if run.is_beginning:
            await self._go_on(task, run)
            return
        if task.is_paused or task.schedule.rhythm is Rhythm.BY_HAND:
            return
        zone = self._zone()
        look = marks.look(task.schedule, run.mark, now, zone)
        if look.due is None:
            after = replace(run, mark=look.mark, hindered="")
            if after != run or is_new:
                await self._runs.put(task.id, after)
            return
        hindered = await self._hindered(book, task, now)
        if hindered:
            if hindered != run.hindered:
                await self._runs.put(task.id, replace(run, hindered=hindered))
                self._changed()
            return
        await self._note_missed(task, run, now)
        unanswered = await self._is_unanswered(task.id, run)
        begun = Run(
            mark=look.mark,
            since=run.since,
            due=look.due,
            began=now,
            is_beginning=True,
            unanswered=run.unanswered + 1 if unanswered else 0,
            unanswered_since=(run.unanswered_since or run.due) if unanswered else None,
        )
        await self._runs.put(task.id, begun)  # before the first job: whoever goes on after a crash finds it
        await self._begin(task, begun, await self._streams(task))

    async def _hindered(self, book: Book, task: Task, now: int) -> str:
        """What keeps a run that is due from beginning; empty: nothing."""
        if any(job.state in _BUSY for job in (await self._at_work()).get(task.id, ())):
            return Missed.BUSY.value
        found = await self._workspace.bench.offload.on_disk(
            hindrance, book.conditions, self._machine, now, self._zone()
        )
        return found[0].value if found is not None else ""

    async def _go_on(self, task: Task, run: Run) -> None:
        """Queue what a process did not come to that ended while it began a run."""
        bench = self._workspace.bench
        query = JobQuery(task=task.id, since=run.began, kinds=frozenset({"backup"}), limit=_ALL)
        page = await bench.offload.on_reading(bench.catalog.job_page, query)
        began = run.began or 0
        there = {job.spec.stream for job in page.jobs if isinstance(job.spec, Backup) and job.created >= began}
        await self._begin(task, run, [one for one in await self._streams(task) if one not in there])

    async def _begin(self, task: Task, run: Run, streams: Iterable[StreamId]) -> None:
        origin = Origin(initiator=Initiator.SCHEDULE, task=task.id)
        for some in in_parts(list(streams)):
            try:
                await self._submit([Backup(stream=stream) for stream in some], origin)
            except Misconfigured:  # somebody removed one in this moment, and none of these was queued
                await self._begin_each(task, some, origin)
        await self._runs.put(task.id, replace(run, is_beginning=False))
        self._changed()

    async def _begin_each(self, task: Task, streams: Iterable[StreamId], origin: Origin) -> None:
        """Back up all but those that are not there any more."""
        for stream in streams:
            try:
                await self._submit([Backup(stream=stream)], origin)
            except Misconfigured as fault:
                log.warning("%s of task %s was not queued: %s", stream, task.id, fault.facts.get("what"))

    async def _streams(self, task: Task) -> Sequence[StreamId]:
        return list((await self._sites()).active(task))

    async def _note_missed(self, task: Task, run: Run, now: int) -> None:
        owed = marks.missed(task.schedule, run.mark, now, self._zone())
        late = [one for one in owed if now - one > LATE]
        if late:
            why = run.hindered or (await self._presence(now)).why(late[0]).value
            await self._runs.miss(MissedRuns(task=task.id, since=late[0], missed=len(late), why=why, made_up=now))

    # --- what is kept ----------------------------------------------------------------------------------------

    async def _look_after(self, book: Book) -> None:
        await self._follow_rules(book)
        await self._let_go(book)
        await self._prune(book)

    async def _follow_rules(self, book: Book, gone: Iterable[TaskId] = ()) -> None:
        """Let the vault have the tasks' rules, if they are others than it has from here. Raises Fault."""
        wanted: dict[str, Group | None] = {**keeping.groups(book, await self._sites()), **dict.fromkeys(gone)}
        if wanted == self._applied:
            return
        bench = self._workspace.bench
        await bench.offload.on_disk(bench.vault.housekeeping.set_groups, wanted)
        self._applied = wanted

    async def _leaving(self, book: Book, sites: Sites) -> Sequence[Leaving]:
        bench = self._workspace.bench
        points = await bench.offload.on_reading(bench.catalog.newest_snapshots)
        sizes = {stream: point.size for stream, (point, _) in points.items()}
        return keeping.leaving(book, sites, await self._runs.left(), sizes, self._clock.now())

    async def _let_go(self, book: Book) -> None:
        """Note who left and who is back; put into the trash what is saved of those who left long enough ago."""
        sites, now = await self._sites(), self._clock.now()
        known, gone = await self._runs.left(), keeping.away(sites)
        await self._runs.put_left({stream: Left(since=now) for stream in gone if stream not in known})
        await self._runs.drop_left([stream for stream in known if stream not in gone])
        for one in await self._leaving(book, sites):
            if one.due <= now and await self._is_to_go(known.get(one.stream)):
                origin = Origin(initiator=Initiator.RULE, task=one.task)
                [job] = await self._submit([Discard(stream=one.stream)], origin)
                await self._runs.put_left({one.stream: Left(since=one.left, job=job)})

    async def _is_to_go(self, left: Left | None) -> bool:
        """It was not put into the trash yet; what somebody called back since stays."""
        if left is None or not left.job:
            return True
        try:
            job = await self._workspace.engine.job(JobId(left.job))
        except KeyError:
            return False
        return job.state.is_over and job.state is not State.DONE and job.code != Misconfigured.code

    async def _prune(self, book: Book) -> None:
        days = keeping.prune_days(book)
        now = self._clock.now()
        if days is None:
            return
        # A little more than a week, so that what the last one put into the trash is due; a little less than a day.
        span = days * DAY + (_HOUR if days > 1 else -_HOUR)
        if await self._prunes_since(now - span, now):
            return
        if await self._workspace.bench.offload.on_disk(hindrance, book.conditions, self._machine, now, self._zone()):
            return
        await self._submit([Prune()], Origin(initiator=Initiator.RULE))

    async def _prunes_since(self, since: int, now: int) -> bool:
        """One is at work, or did what it could; one that failed counts for a few hours."""
        bench = self._workspace.bench
        query = JobQuery(kinds=frozenset({"prune"}), since=since, limit=50)
        page = await bench.offload.on_reading(bench.catalog.job_page, query)
        return any(_counts(job, now) for job in page.jobs)


def in_parts(streams: Sequence[StreamId]) -> Iterator[Sequence[StreamId]]:
    """As many at once as are queued in one transaction."""
    return (streams[start : start + _AT_ONCE] for start in range(0, len(streams), _AT_ONCE))


def _counts(job: Job, now: int) -> bool:
    if job.state in (State.FAILED, State.STOPPED):
        return 0 <= now - job.created < 6 * _HOUR
    return True
