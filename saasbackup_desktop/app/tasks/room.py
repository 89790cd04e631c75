"""What the parts of the tasks' door have in common: where tasks are kept, and how they stand."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Final

from saasbackup_desktop.app.cards import looked
from saasbackup_desktop.app.clock import SystemClock
from saasbackup_desktop.app.submitting import SubmitMany
from saasbackup_desktop.app.tasks import coverage, defaults
from saasbackup_desktop.app.tasks.coverage import Sites
from saasbackup_desktop.app.tasks.presence import Presence, booted_at
from saasbackup_desktop.app.tasks.runs import Run, Runs
from saasbackup_desktop.app.tasks.store import Book, TaskStore
from saasbackup_desktop.app.tasks.views import Missed, Task, TaskView, Waits
from saasbackup_desktop.app.tasks.zones import local_zone
from saasbackup_desktop.app.workspace import Workspace
from saasbackup_desktop.catalog.values import Run as LastRun
from saasbackup_desktop.core import marks
from saasbackup_desktop.core.errors import Misconfigured, UnknownHost, Unreachable
from saasbackup_desktop.core.ids import ConnectionName, StreamId, TaskId
from saasbackup_desktop.core.jobs import CatalogChanged, Initiator, Job, JobQuery, State
from saasbackup_desktop.core.marks import Mark
from saasbackup_desktop.core.model import Service, Snapshot, service_of
from saasbackup_desktop.core.ports import Clock
from saasbackup_desktop.core.schedule import Rhythm, free_from
from saasbackup_desktop.engine.awake import Awake
from saasbackup_desktop.engine.conditions import Machine, hindrance

LATE: Final = 600
"""Seconds after which a run that did not begin is overdue."""
_SHOWN: Final = 50
_WORKS: Final = frozenset({State.QUEUED, State.RUNNING, State.PAUSING, State.STOPPING})
_SILENT: Final = frozenset({Unreachable.code, UnknownHost.code})
_BEGAN: Final = SystemClock().now()
"""Since when this process is there."""


class Untold:
    """A computer that does not tell what it runs on."""

    def on_battery(self) -> bool | None:
        """Nobody knows."""
        return None

    def on_metered(self) -> bool | None:
        """Nobody knows."""
        return None


@dataclass(frozen=True, slots=True)
class _Past:
    """What is known of jobs and points in time, looked up once for all tasks."""

    sites: Sites
    runs: Mapping[TaskId, Run]
    newest: Mapping[StreamId, tuple[Snapshot, int]]
    first: Mapping[StreamId, int]
    last: Mapping[StreamId, LastRun]
    done: Mapping[StreamId, int]
    at_work: Mapping[TaskId, Sequence[Job]]
    presence: Presence
    now: int
    zone: tzinfo


class Room:
    """Knows the open home. Belongs to the desk's loop."""

    def __init__(
        self,
        workspace: Workspace,
        clock: Clock,
        submit: SubmitMany,
        machine: Machine | None = None,
        zone: Callable[[], tzinfo] = local_zone,
    ) -> None:
        self._workspace = workspace
        self._clock = clock
        self._submit = submit
        self._machine = machine or Untold()
        self._zone = zone
        self._store = TaskStore(workspace.home.tasks_file, workspace.vault.subkey("tasks"))
        self._runs = Runs(workspace.bench)
        self._made = clock.now()
        self._is_here = False
        self._awake = Awake()

    def close(self) -> None:
        """Let the computer fall asleep as usual."""
        self._awake.let_go()

    # --- within ----------------------------------------------------------------------------------------------

    def _names(self) -> list[ConnectionName]:
        return coverage.names(self._workspace)

    def _uncovered(self, book: Book) -> list[ConnectionName]:
        return defaults.uncovered(book, self._names())

    async def _change(self, change: Callable[[Book], Book]) -> Book:
        return await self._workspace.bench.offload.on_disk(self._store.change, change)

    async def _settled(self) -> Book:
        """What is kept, once every connection has a task."""
        book = self._store.read()
        if not self._uncovered(book):
            return book
        now, names = self._clock.now(), self._names()
        return await self._change(lambda found: defaults.completed(found, names, now))

    async def _sites(self) -> Sites:
        return await coverage.sites(self._workspace)

    def _task(self, book: Book, id: TaskId) -> Task:
        task = book.tasks.get(id)
        if task is None:
            raise Misconfigured("no such task", what="unknown-task", name=id)
        return task

    def _run_of(self, book: Book, task: Task, runs: Mapping[TaskId, Run]) -> Run:
        """Where a task stands; one that is new or was changed owes nothing."""
        since = book.since.get(task.id, task.created)
        run = runs.get(task.id)
        if run is None:
            return Run(mark=Mark.at(since), since=since)
        if run.since != since:
            return replace(run, mark=Mark.at(since), since=since, hindered="")
        return run

    def _changed(self) -> None:
        self._workspace.engine.tell(CatalogChanged(None))

    async def _at_work(self) -> Mapping[TaskId, Sequence[Job]]:
        """Jobs that are queued or run, by the task that they belong to."""
        bench = self._workspace.bench
        found: dict[TaskId, list[Job]] = {}
        for job in await bench.offload.on_reading(bench.catalog.jobs_unfinished):
            if job.origin.task and (job.state in _WORKS or job.state is State.WAITING):
                found.setdefault(job.origin.task, []).append(job)
        return found

    async def _is_unanswered(self, task: TaskId, run: Run) -> bool:
        """Nothing could be reached in its last run."""
        if run.began is None or run.is_beginning:
            return False
        bench = self._workspace.bench
        query = JobQuery(
            task=task, since=run.began, initiator=Initiator.SCHEDULE, kinds=frozenset({"backup"}), limit=50
        )
        page = await bench.offload.on_reading(bench.catalog.job_page, query)
        return (
            bool(page.jobs)
            and set(page.counts) <= {State.FAILED, State.WAITING}
            and all(job.code in _SILENT for job in page.jobs)
        )

    async def _presence(self, now: int) -> Presence:
        return Presence(
            tended=await self._runs.tended(),
            made=self._made,
            is_here=self._is_here,
            began=min(_BEGAN, self._made),
            booted=booted_at(now),
        )

    async def _views(self, book: Book, tasks: Sequence[Task] | None = None) -> list[TaskView]:
        bench, now = self._workspace.bench, self._clock.now()
        last: dict[StreamId, LastRun] = {}
        for one in await bench.offload.on_reading(bench.catalog.last_runs, 1):
            last.setdefault(one.stream, one)
        past = _Past(
            sites=await self._sites(),
            runs=await self._runs.all(),
            newest=await bench.offload.on_reading(bench.catalog.newest_snapshots),
            first=await bench.offload.on_reading(bench.catalog.first_times),
            last=last,
            done=await bench.offload.on_reading(bench.catalog.last_done),
            at_work=await self._at_work(),
            presence=await self._presence(now),
            now=now,
            zone=self._zone(),
        )
        shown = tasks if tasks is not None else [one for one in book.tasks.values() if _is_shown(one, past.sites)]
        # Of a tenant with ten thousand accounts that takes a quarter of a second for each task: not on the loop.
        figures = await bench.offload.on_reading(lambda: [_figures(task, past) for task in shown])
        views = [await self._with_times(book, view, self._run_of(book, view.task, past.runs), past) for view in figures]
        return sorted(views, key=lambda view: (view.task.name.casefold(), view.task.id))

    async def _with_times(self, book: Book, view: TaskView, run: Run, past: _Past) -> TaskView:
        """When it runs next, what it waits for, and what it missed."""
        task, now, zone = view.task, past.now, past.zone
        if task.is_paused:
            return replace(view, waits=Waits.PAUSED.value)
        if task.schedule.rhythm is Rhythm.BY_HAND:
            return replace(view, waits=Waits.BY_HAND.value)
        owed = marks.missed(task.schedule, run.mark, now, zone)
        if not owed:
            following = marks.next_run(task.schedule, run.mark, now, zone)
            free = free_from(book.conditions.blackout, following, zone) if following is not None else None
            view = replace(
                view,
                next_run=free,
                waits=(Waits.NOTHING if past.presence.is_tended(now) else Waits.NO_AGENT).value,
            )
            if free is None and following is not None:
                view = replace(view, waits=Waits.BLACKOUT.value)
            return await self._with_answers(view, run)
        if view.running:
            return replace(view, waits=Waits.BUSY.value, overlaps=len(owed), next_run=None)
        hindered = await self._workspace.bench.offload.on_disk(hindrance, book.conditions, self._machine, now, zone)
        if hindered is not None:
            view = replace(view, waits=Waits(hindered[0].value).value, next_run=hindered[1])
        elif past.presence.is_tended(now):
            view = replace(view, next_run=now)
        else:
            view = replace(view, waits=Waits.NO_AGENT.value)
        late = [one for one in owed if now - one > LATE]
        if not late:
            return await self._with_answers(view, run)
        why = hindered[0].value if hindered is not None else run.hindered or past.presence.why(late[0]).value
        return replace(view, overdue_since=late[0], missed=len(late), why=why)

    async def _with_answers(self, view: TaskView, run: Run) -> TaskView:
        """A run that reached nothing did not save anything: it is missed as well."""
        if run.due is None or not await self._is_unanswered(view.task.id, run):
            return view
        since = run.unanswered_since if run.unanswered_since is not None else run.due
        return replace(view, overdue_since=since, missed=run.unanswered + 1, why=Missed.NO_ANSWER.value)


def _is_shown(task: Task, sites: Sites) -> bool:
    """A task whose connections are all gone rests until one of them is there again."""
    return not task.connections or any(name in sites.by_name for name in task.connections)


def _figures(task: Task, past: _Past) -> TaskView:
    """What a task covers, and how much of it there is."""
    covered, active, everything = past.sites.of(task), past.sites.active(task), past.sites.all(task)
    services = {service_of(stream) for stream in active}
    services |= {one for site in covered for one in site.services if not task.services or one in task.services}
    points = [past.newest[stream][0] for stream in everything if stream in past.newest]
    at_work = past.at_work.get(task.id, ())
    failed = [past.last[one] for one in active if one in past.last and past.last[one].state is State.FAILED]
    worst = Counter(one.code for one in failed).most_common(1)
    problem = worst[0][0] if worst else ""
    return TaskView(
        task=task,
        connections=tuple(site.name for site in covered),
        services=tuple(one for one in Service if one in services),
        accounts=sum(site.accounts for site in covered),
        streams=len(active),
        active=len({account.id for stream, account in active.items() if service_of(stream) is not Service.DIRECTORY}),
        size=sum(point.size for point in points),
        first=min((past.first[one] for one in everything if one in past.first), default=None),
        last=max((looked(point, past.done.get(point.stream)) or 0 for point in points), default=None),
        running=sum(job.state in _WORKS for job in at_work),
        failed=len(failed),
        problem=problem,
        facts=next((one.facts for one in failed if one.code == problem), {}),
        jobs=tuple(job.id for job in at_work[:_SHOWN]),
    )
