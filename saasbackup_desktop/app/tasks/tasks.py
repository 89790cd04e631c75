"""The door for backup tasks."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from saasbackup_desktop.app import retaining
from saasbackup_desktop.app.activity.noting import noted
from saasbackup_desktop.app.tasks import keeping
from saasbackup_desktop.app.tasks.defaults import new_id
from saasbackup_desktop.app.tasks.room import LATE
from saasbackup_desktop.app.tasks.store import Book
from saasbackup_desktop.app.tasks.tending import Tending, in_parts
from saasbackup_desktop.app.tasks.views import Ahead, MissedRuns, Overdue, Pruning, Task, TaskPreview, TaskView
from saasbackup_desktop.core import marks
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import ConnectionName, JobId, StreamId, TaskId
from saasbackup_desktop.core.jobs import Backup, Initiator, Origin
from saasbackup_desktop.core.retention import DAY, GRACE_DAYS
from saasbackup_desktop.core.schedule import (
    Conditions,
    Rhythm,
    Schedule,
    free_from,
    require,
    require_conditions,
    upcoming,
)


class Tasks(Tending):
    """Everything that a person can do about tasks. Belongs to the desk's loop. Every method may raise Fault."""

    async def all(self) -> Sequence[TaskView]:
        """Every task that covers anything, by name."""
        return await self._views(await self._settled())

    async def find(self, id: TaskId) -> TaskView:
        """One task. Raises Misconfigured if there is none of this id."""
        book = await self._settled()
        [found] = await self._views(book, [self._task(book, id)])
        return found

    @noted("task-changed", item="task.name")
    async def put(self, task: Task) -> TaskView:
        """Add a task (one without an id), or change the one of its id. Raises Misconfigured.

        A connection that no task covers any more gets one of its own.
        """
        return await self._put(task)

    async def _put(self, task: Task) -> TaskView:
        require(task.schedule)
        now = self._clock.now()
        id = task.id or new_id()

        def change(book: Book) -> Book:
            before = self._task(book, id) if task.id else None
            wanted = replace(task, id=id, name=task.name.strip(), created=before.created if before else now)
            self._require_fit(book, wanted)
            begins_anew = before is None or before.schedule != wanted.schedule or before.is_paused != wanted.is_paused
            since = {**book.since, id: now} if begins_anew else book.since
            return replace(book, tasks={**book.tasks, id: wanted}, since=since)

        await self._change(change)
        book = await self._settled()
        await self._follow_rules(book)
        self._changed()
        return await self.find(id)

    @noted("task-removed", item="id")
    async def remove(self, id: TaskId) -> None:
        """Forget a task; what is saved stays. Raises Misconfigured for the only one of a connection."""

        def change(book: Book) -> Book:
            task = self._task(book, id)
            rest = {one: other for one, other in book.tasks.items() if one != id}
            after = replace(book, tasks=rest, since={one: at for one, at in book.since.items() if one != id})
            if left := self._uncovered(after):
                raise Misconfigured("each connection has a task", what="only-task", name=task.name, connection=left[0])
            return after

        book = await self._change(change)
        await self._runs.forget([id])
        await self._follow_rules(book, gone=[id])
        self._changed()

    async def run(self, id: TaskId) -> Sequence[JobId]:
        """Back up now whatever a task covers, also a paused one. Raises Misconfigured if that is nothing."""
        task = self._task(await self._settled(), id)
        streams = await self.covers(task)
        if not streams:
            raise Misconfigured("nothing is backed up by it", what="empty-task", name=task.name)
        origin = Origin(initiator=Initiator.PERSON, task=id)
        return [
            id for some in in_parts(streams) for id in await self._submit([Backup(stream=one) for one in some], origin)
        ]

    @noted("task-paused", item="result.task.name")
    async def pause(self, id: TaskId) -> TaskView:
        """Begin none of its runs any more, for now; what is at work goes on."""
        return await self._set_paused(id, True)

    @noted("task-resumed", item="result.task.name")
    async def resume(self, id: TaskId) -> TaskView:
        """Begin its runs again from now on."""
        return await self._set_paused(id, False)

    async def covers(self, task: Task) -> Sequence[StreamId]:
        """The streams that a task backs up, or would."""
        return list((await self._sites()).active(task))

    async def connections(self) -> Sequence[ConnectionName]:
        """Every connection that a task may cover, by name."""
        return self._names()

    async def upcoming(self, schedule: Schedule, count: int = 5) -> Sequence[int]:
        """The next times of a schedule, seconds since 1970 UTC. Raises Misconfigured."""
        require(schedule)
        return list(upcoming(schedule, self._clock.now(), self._zone(), count))

    async def conditions(self) -> Conditions:
        """What scheduled work waits for, and how fast all work may be."""
        return self._store.read().conditions

    @noted("conditions-changed")
    async def set_conditions(self, conditions: Conditions) -> None:
        """Change that. Raises Misconfigured."""
        require_conditions(conditions)
        await self._change(lambda book: replace(book, conditions=conditions))
        self._changed()

    async def pruning(self) -> Pruning:
        """How often what retention lets go is removed without anybody."""
        return self._store.read().pruning

    @noted("pruning-changed", item="pruning")
    async def set_pruning(self, pruning: Pruning) -> None:
        """Change that."""
        await self._change(lambda book: replace(book, pruning=Pruning(pruning)))
        self._changed()

    async def preview(self, task: Task) -> TaskPreview:
        """Say what would go if a task were put so; nothing is written. Takes a while for a large vault.

        Raises VaultDamaged if it cannot be known what is needed.
        """
        book, sites = await self._settled(), await self._sites()
        wished = replace(book, tasks={**book.tasks, task.id: task})
        groups = keeping.groups(wished, sites)
        bench, now = self._workspace.bench, self._clock.now()
        found = await retaining.preview(bench, GRACE_DAYS, lambda policy: policy.regrouped(groups))
        mine = sites.all(task)
        go: dict[StreamId, int] = {}
        stay: dict[StreamId, int] = {}
        for points, counts in ((found.go, go), (found.stay, stay)):
            for point in points:
                if point.stream in mine:
                    counts[point.stream] = counts.get(point.stream, 0) + 1
        return TaskPreview(
            go=[(stream, count, stay.get(stream, 0)) for stream, count in sorted(go.items())],
            leaving=[one for one in await self._leaving(wished, sites) if one.task == task.id],
            size=found.size,
            due=now + GRACE_DAYS * DAY,
        )

    async def overdue(self) -> Sequence[Overdue]:
        """The tasks whose runs were missed and are not made up for, with how many and why."""
        return [
            Overdue(task=one.task.id, name=one.task.name, since=one.overdue_since, missed=one.missed, why=one.why)
            for one in await self.all()
            if one.overdue_since is not None
        ]

    async def ahead(self) -> Ahead:
        """What comes next, of all tasks; quick, whatever they cover."""
        book, now, zone = await self._settled(), self._clock.now(), self._zone()
        runs, found, overdue = await self._runs.all(), Ahead(), 0
        names = set(self._names())
        for task in book.tasks.values():
            is_there = not task.connections or bool(names.intersection(task.connections))
            if task.is_paused or task.schedule.rhythm is Rhythm.BY_HAND or not is_there:
                continue
            mark = self._run_of(book, task, runs).mark
            owed = marks.missed(task.schedule, mark, now, zone, 1)
            overdue += bool(owed) and now - owed[0] > LATE
            following = marks.next_run(task.schedule, mark, now, zone) if not owed else None
            at = free_from(book.conditions.blackout, following, zone) if following is not None else None
            if at is not None and (found.at is None or at < found.at):
                found = Ahead(name=task.name, at=at)
        return replace(found, overdue=overdue)

    async def missed(self, since: int, until: int) -> Sequence[MissedRuns]:
        """Runs that were due in a span of time, did not begin, and were made up for; newest first."""
        return await self._runs.missed(since, until)

    async def names(self) -> Mapping[TaskId, str]:
        """What every task is called that covers anything, by name; quick, whatever they cover."""
        book, there = await self._settled(), set(self._names())
        shown = [one for one in book.tasks.values() if not one.connections or there.intersection(one.connections)]
        return {one.id: one.name for one in sorted(shown, key=lambda one: (one.name.casefold(), one.id))}

    async def name_of(self, id: TaskId) -> str:
        """A task's name; empty if there is none of this id."""
        task = self._store.read().tasks.get(id)
        return task.name if task is not None else ""

    # --- within ----------------------------------------------------------------------------------------------

    async def _set_paused(self, id: TaskId, is_paused: bool) -> TaskView:
        return await self._put(replace(self._task(self._store.read(), id), is_paused=is_paused))

    def _require_fit(self, book: Book, task: Task) -> None:
        """Raises Misconfigured."""
        if not task.name:
            raise Misconfigured("a task has a name", what="task-without-name")
        if any(one.name.casefold() == task.name.casefold() and one.id != task.id for one in book.tasks.values()):
            raise Misconfigured("this name is taken", what="task-name-taken", name=task.name)
        before = book.tasks.get(task.id)
        known = {*self._names(), *(before.connections if before is not None else ())}
        for name in task.connections:
            if name not in known:
                raise Misconfigured("no such connection", what="unknown-connection", name=name)
        if task.archived_days is not None and task.archived_days < 0:
            raise Misconfigured("days are counted from 0", what="negative-retention")
