"""A tenant's task: who is activated later belongs to it, and who left goes when its days are over."""

import time
from dataclasses import dataclass, replace
from datetime import UTC

from saasbackup_desktop.app.tasks.tasks import Tasks
from saasbackup_desktop.core.jobs import Discard, Initiator, Job
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.core.retention import DAY
from tests.graph.office import NAME, Office

MAIL = (Service.MAIL,)


@dataclass
class Clock:
    time: int

    def now(self) -> int:
        return self.time


async def test_who_comes_is_covered_and_who_leaves_goes_in_time(office: Office) -> None:
    ada, bob = office.join("Ada Lovelace"), office.join("Bob Ross")
    tenants, clock = office.desk.tenants, Clock(int(time.time()))
    room = Tasks(office.desk._workspace, clock, office.desk._submit_many, None, lambda: UTC)
    await office.add(services=MAIL)
    await tenants.discover(NAME)
    [view] = await room.all()
    assert (view.task.name, view.connections, view.accounts, view.active) == (NAME, (NAME,), 2, 0)
    await tenants.activate(NAME, [ada.user])
    assert await room.covers(view.task) == [office.stream(ada)]
    await tenants.activate(NAME, [bob.user])
    assert set(await room.covers(view.task)) == {office.stream(ada), office.stream(bob)}
    await office.done(*await room.run(view.task.id))
    task = (await room.put(replace(view.task, archived_days=30, is_paused=True))).task

    async def discards() -> list[Job]:
        return [job for job in await office.desk.jobs() if isinstance(job.spec, Discard)]

    async def tend(days: int) -> None:
        clock.time += days * DAY
        await room.tend()
        await office.done(*[job.id for job in await office.desk.jobs() if not job.state.is_over])

    office.tenant.remove_user(ada.user)
    await tenants.discover(NAME)
    await tend(0)
    preview = await room.preview(task)
    assert [(one.stream, one.due - one.left) for one in preview.leaving] == [(office.stream(ada), 30 * DAY)]
    await tend(29)
    assert await discards() == []
    await tend(2)
    [job] = await discards()
    assert (job.origin.initiator, job.origin.task) == (Initiator.RULE, task.id)
    [thrown] = [one for one in await office.desk.trash() if one.why == "account"]
    assert [point.stream for point in thrown.points] == [office.stream(ada)]
    await office.desk.cancel_trash(thrown.id)  # what somebody called back stays
    await tend(3)
    assert len(await discards()) == 1

    office.tenant.restore_user(ada.user)
    await tenants.discover(NAME)
    await tend(1)
    assert (await room.preview(task)).leaving == []
    assert office.stream(ada) in await room.covers(task)
