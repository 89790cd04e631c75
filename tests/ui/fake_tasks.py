"""Backup tasks, out of the air: each connection of the fake desk has one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from saasbackup_desktop.app.tasks.defaults import completed, usual
from saasbackup_desktop.app.tasks.store import Book
from saasbackup_desktop.app.tasks.views import Ahead, MissedRuns, Overdue, Pruning, Task, TaskPreview, TaskView, Waits
from saasbackup_desktop.app.views import Connection, StreamCard
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import ConnectionName, JobId, StreamId, TaskId
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.core.schedule import Conditions, Rhythm, Schedule, next_after, require, upcoming

UTC = ZoneInfo("UTC")
DAY = 86400


class Desk(Protocol):
    """What tasks ask of the fake desk."""

    @property
    def tenants(self) -> Any: ...

    async def connections(self) -> Sequence[Connection]: ...

    async def cards(self) -> Sequence[StreamCard]: ...

    async def backup(self, stream: StreamId, only_owed: bool = False) -> JobId: ...


class FakeTasks:
    """``troubles`` changes what is shown of a task, by its name; ``asked`` keeps what was done."""

    def __init__(self, now: int, desk: Desk, asked: list[tuple[str, object]]) -> None:
        self.now, self.desk, self.asked = now, desk, asked
        self.book = Book()
        self.troubles: dict[str, Mapping[str, Any]] = {}
        self.to_go: Sequence[tuple[StreamId, int, int]] = ()

    async def all(self) -> Sequence[TaskView]:
        names = await self.connections()
        self.book = completed(self.book, names, self.now)
        cards = await self.desk.cards()
        shown = [one for one in self.book.tasks.values() if not one.connections or set(one.connections) & set(names)]
        return sorted([self._view(task, names, cards) for task in shown], key=lambda view: view.task.name.casefold())

    async def find(self, id: TaskId) -> TaskView:
        return next(view for view in await self.all() if view.task.id == id)

    async def put(self, task: Task) -> TaskView:
        self.asked.append(("put-task", task))
        require(task.schedule)
        id = task.id or TaskId(f"{len(self.book.tasks) + 1:012x}")
        if any(one.name.casefold() == task.name.casefold() and one.id != id for one in self.book.tasks.values()):
            raise Misconfigured("this name is taken", what="task-name-taken", name=task.name)
        self.book = replace(self.book, tasks={**self.book.tasks, id: replace(task, id=id)})
        return await self.find(id)

    async def remove(self, id: TaskId) -> None:
        self.asked.append(("remove-task", id))
        rest = {one: task for one, task in self.book.tasks.items() if one != id}
        self.book = replace(self.book, tasks=rest)

    async def run(self, id: TaskId) -> Sequence[JobId]:
        self.asked.append(("run-task", id))
        names = (await self.find(id)).connections
        return [await self.desk.backup(card.stream) for card in await self.desk.cards() if card.connection in names]

    async def pause(self, id: TaskId) -> TaskView:
        return await self.put(replace(self.book.tasks[id], is_paused=True))

    async def resume(self, id: TaskId) -> TaskView:
        return await self.put(replace(self.book.tasks[id], is_paused=False))

    async def connections(self) -> Sequence[ConnectionName]:
        servers = [one.name for one in await self.desk.connections()]
        tenants = [tenant.settings.name for tenant in await self.desk.tenants.all()]
        return sorted([*servers, *tenants], key=str.casefold)

    async def upcoming(self, schedule: Schedule, count: int = 5) -> Sequence[int]:
        require(schedule)
        return list(upcoming(schedule, self.now, UTC, count))

    async def conditions(self) -> Conditions:
        return self.book.conditions

    async def set_conditions(self, conditions: Conditions) -> None:
        self.asked.append(("conditions", conditions))
        self.book = replace(self.book, conditions=conditions)

    async def pruning(self) -> Pruning:
        return self.book.pruning

    async def set_pruning(self, pruning: Pruning) -> None:
        self.book = replace(self.book, pruning=pruning)

    async def preview(self, task: Task) -> TaskPreview:
        return TaskPreview(go=self.to_go, leaving=(), size=1_200_000_000, due=self.now + 7 * DAY)

    async def overdue(self) -> Sequence[Overdue]:
        return ()

    async def ahead(self) -> Ahead:
        views = [view for view in await self.all() if view.next_run is not None]
        late = sum(bool(self.troubles.get(view.task.name, {}).get("overdue_since")) for view in await self.all())
        first = min(views, key=lambda view: view.next_run or 0, default=None)
        return Ahead(name=first.task.name, at=first.next_run, overdue=late) if first else Ahead(overdue=late)

    async def missed(self, since: int, until: int) -> Sequence[MissedRuns]:
        return ()

    async def names(self) -> Mapping[TaskId, str]:
        return {view.task.id: view.task.name for view in await self.all()}

    async def name_of(self, id: TaskId) -> str:
        return self.book.tasks[id].name if id in self.book.tasks else ""

    def _view(self, task: Task, names: Sequence[ConnectionName], cards: Sequence[StreamCard]) -> TaskView:
        covered = tuple(name for name in names if not task.connections or name in task.connections)
        mine = [card for card in cards if (card.connection or "").partition("/")[0] in covered]
        saved = [card.last for card in mine if card.last is not None]
        following = next_after(task.schedule, self.now, UTC)
        by_hand = task.schedule.rhythm is Rhythm.BY_HAND
        waits = Waits.PAUSED if task.is_paused else Waits.BY_HAND if by_hand else Waits.NOTHING
        view = TaskView(
            task=task,
            connections=covered,
            services=task.services or tuple(dict.fromkeys(card.service for card in mine)) or (Service.MAIL,),
            accounts=len({card.account.id for card in mine}),
            active=len({card.account.id for card in mine}),
            streams=len(mine),
            size=sum(point.size for point in saved),
            first=min((point.finished for point in saved), default=None),
            last=max((point.finished for point in saved), default=None),
            next_run=None if task.is_paused else following,
            waits=waits,
        )
        return replace(view, **self.troubles.get(task.name, {}))


def nightly(*connections: str, name: str = "Nightly") -> Task:
    """A task that covers several connections."""
    return Task(id=TaskId(""), name=name, connections=tuple(map(ConnectionName, connections)), schedule=usual(name))
