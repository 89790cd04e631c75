"""Tasks begin what is due, once, whatever happens to clocks, computers and processes."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from saasbackup_desktop.app.clock import SystemClock
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.tasks import tending
from saasbackup_desktop.app.tasks.tasks import Tasks
from saasbackup_desktop.app.tasks.views import Ahead, Pruning, Task
from saasbackup_desktop.core.errors import Misconfigured, VaultBusy
from saasbackup_desktop.core.ids import ConnectionName, JobId, StreamId, TaskId
from saasbackup_desktop.core.jobs import BY_HAND, Backup, Initiator, Job, Origin, Prune, Spec, State
from saasbackup_desktop.core.retention import DAY, Keep
from saasbackup_desktop.core.schedule import Conditions, Rhythm, Schedule, Span
from saasbackup_desktop.sim.imap import Mailbox, Server, Slow
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.flow.stage import CHEAP, OFFICE, OTHER, PASSPHRASE, Stage, fill

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = 3600


def local(month: int, day: int, hour: int, minute: int = 0) -> int:
    return round(datetime(2026, month, day, hour, minute, tzinfo=BERLIN).timestamp())


@dataclass
class Clock:
    """A clock that is set by hand."""

    time: int

    def now(self) -> int:
        return self.time


@dataclass
class Laptop:
    """A computer that tells what it runs on."""

    battery: bool | None = None
    metered: bool | None = None

    def on_battery(self) -> bool | None:
        return self.battery

    def on_metered(self) -> bool | None:
        return self.metered


@dataclass
class Office(Stage):
    """A home whose clock is set by hand."""

    clock: Clock = field(default_factory=lambda: Clock(0))
    laptop: Laptop = field(default_factory=Laptop)
    begun: list[JobId] = field(default_factory=list)
    room: Tasks = field(init=False)

    async def open(self) -> Tasks:
        """Start a process: it opens the vault, and nothing is tended yet."""
        for one in self.desks:
            await one.close()
        self.desk = Desk(self.folder / "home", stays=True)
        self.desks = [self.desk]
        self.desk._clock = self.clock  # type: ignore[assignment]
        if self.desk.vault_location is None:
            await self.desk.adopt_vault(str(self.vault), PASSPHRASE)
        else:
            await self.desk.unlock(PASSPHRASE)
        self.room = self.room_with(self.submit)
        return self.room

    def room_with(self, submit: object) -> Tasks:
        return Tasks(self.desk._workspace, self.clock, submit, self.laptop, lambda: BERLIN)  # type: ignore[arg-type]

    async def submit(self, specs: Sequence[Spec], origin: Origin = BY_HAND) -> Sequence[JobId]:
        ids = await self.desk._submit_many(specs, origin)
        self.begun += ids
        return ids

    async def pass_time(self, seconds: int, step: int = HOUR) -> None:
        """Let time pass, tending as the agent does, and let what was begun come to its end."""
        end = self.clock.time + seconds
        while self.clock.time < end:
            self.clock.time = min(end, self.clock.time + step)
            await self.tend()

    async def tend(self) -> None:
        await self.room.tend()
        for job in await self.desk.jobs():
            if not job.state.is_over and job.state is not State.PAUSED:
                await self.over(job.id, *State)

    async def runs(self) -> list[Job]:
        """Backups that a schedule began, in order."""
        return [
            job
            for job in reversed(await self.desk.jobs())
            if isinstance(job.spec, Backup) and job.origin.initiator is Initiator.SCHEDULE
        ]

    async def task(self, **changes: object) -> Task:
        """The task of the one connection, changed."""
        [view] = await self.room.all()
        return (await self.room.put(replace(view.task, **changes))).task  # type: ignore[arg-type]


@pytest.fixture
async def office(tmp_path: Path, server: Server, mailbox: Mailbox) -> AsyncIterator[Office]:
    Vault.create(LocalStore(tmp_path / "vault"), PASSPHRASE, SystemClock(), argon2=CHEAP)
    found = Office(tmp_path, server, None, mailbox, clock=Clock(local(10, 22, 12)))  # type: ignore[arg-type]
    await found.open()
    await found.connect(mailbox, OFFICE)
    yield found
    for one in found.desks:
        await one.close()


AT_HALF_PAST_TWO = Schedule(rhythm=Rhythm.DAILY, at=150)


async def test_every_connection_has_a_task(office: Office, other: Mailbox) -> None:
    [view] = await office.room.all()
    assert (view.task.name, view.task.connections, view.streams, view.active) == (OFFICE, (OFFICE,), 1, 1)
    assert view.task.schedule.rhythm is Rhythm.DAILY
    assert 0 <= view.task.schedule.at < 6 * 60
    await office.connect(other, OTHER)
    names = {one.task.name: one.task for one in await office.room.all()}
    assert set(names) == {OFFICE, OTHER}
    assert names[OFFICE].schedule.at != names[OTHER].schedule.at
    # the same tasks for another process of this home, and none twice
    assert {one.task.id for one in await office.room_with(office.submit).all()} == {one.id for one in names.values()}
    with pytest.raises(Misconfigured, match="each connection"):
        await office.room.remove(names[OTHER].id)
    await office.room.put(replace(names[OFFICE], connections=()))
    await office.room.remove(names[OTHER].id)
    assert [(one.connections, one.streams) for one in await office.room.all()] == [((OFFICE, OTHER), 2)]


async def test_a_week_through_the_change_of_clocks_with_restarts(office: Office) -> None:
    """02:30 comes twice on 25 October: it is run once. Three processes share the week."""
    await office.task(schedule=AT_HALF_PAST_TWO)
    for _ in range(3):
        await office.pass_time(30 * HOUR + 1200)
        await office.open()
        await office.pass_time(26 * HOUR - 1200)
    dues = [local(10, day, 2, 30) for day in range(23, 30)]
    began = [job.created for job in await office.runs()]
    assert len(began) == len(dues)
    assert all(due <= at <= due + HOUR for due, at in zip(dues, began, strict=True))


async def test_clocks_that_are_set_do_not_repeat_a_run(office: Office) -> None:
    await office.task(schedule=AT_HALF_PAST_TWO)
    await office.pass_time(15 * HOUR)
    assert len(await office.runs()) == 1
    office.clock.time -= 2 * HOUR
    await office.pass_time(3 * HOUR)
    assert len(await office.runs()) == 1
    office.clock.time += 3 * DAY  # slept for days, or set ahead: one run for all that was missed
    await office.pass_time(HOUR)
    assert len(await office.runs()) == 2
    missed, _ = await office.room.missed(0, office.clock.time)
    assert (missed.missed, missed.why, missed.since) == (3, "asleep", local(10, 24, 2, 30))


async def test_a_process_that_ends_while_it_begins_a_run(
    office: Office, other: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tending, "_AT_ONCE", 1)
    [view] = await office.room.all()
    task = (await office.room.put(replace(view.task, connections=(), schedule=AT_HALF_PAST_TWO))).task
    await office.connect(other, OTHER)
    office.clock.time = local(10, 23, 2, 31)

    async def breaks(specs: Sequence[Spec], origin: Origin = BY_HAND) -> Sequence[JobId]:
        if office.begun:
            raise VaultBusy("the power fails", owner="", host="", until="")
        return await office.submit(specs, origin)

    with pytest.raises(VaultBusy):
        await office.room_with(breaks).tend()
    assert len(office.begun) == 1
    await office.open()
    await office.pass_time(HOUR, HOUR // 4)
    runs = await office.runs()
    assert Counter(job.spec for job in runs) == {job.spec: 1 for job in runs}
    assert [job.origin.task for job in runs] == [task.id, task.id]


async def test_who_was_removed_in_this_moment_keeps_nobody_from_being_backed_up(
    office: Office, other: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    [view] = await office.room.all()
    await office.room.put(replace(view.task, connections=(), schedule=AT_HALF_PAST_TWO))
    assert await office.room.names() == {view.task.id: OFFICE}
    await office.connect(other, OTHER)
    office.clock.time = local(10, 23, 2, 31)
    covered = office.room._streams

    async def streams(task: Task) -> Sequence[StreamId]:
        return [StreamId("imap:gone/mail"), *await covered(task)]

    monkeypatch.setattr(office.room, "_streams", streams)
    await office.room.tend()
    assert len(office.begun) == len({job.spec for job in await office.runs()}) == 2


async def test_a_run_waits_for_the_one_before(office: Office) -> None:
    await office.task(schedule=Schedule(rhythm=Rhythm.HOURS, hours=1, at=0))
    office.server.faults.add("UID FETCH", Slow(30), times=10_000)
    await office.room.tend()
    for _ in range(3):
        office.clock.time += HOUR
        await office.room.tend()
    assert len(await office.runs()) == 1
    [view] = await office.room.all()
    assert (view.waits, view.overlaps, view.running, view.overdue_since) == ("busy", 2, 1, None)
    office.server.faults.clear()
    for job in await office.runs():
        await office.desk.stop(job.id)
        await office.over(job.id, State.STOPPED)
    await office.tend()
    await office.tend()
    assert len(await office.runs()) == 2
    [missed] = await office.room.missed(0, office.clock.time)
    assert (missed.missed, missed.why) == (1, "busy")  # the other one is only just due


async def test_hours_battery_and_network_hold_a_run_up(office: Office) -> None:
    night = Conditions(on_battery=False, on_metered=False, blackout=(Span(start=22 * 60, end=6 * 60),))
    await office.task(schedule=AT_HALF_PAST_TWO)
    await office.room.set_conditions(night)
    await office.room.tend()
    [view] = await office.room.all()
    assert view.next_run == local(10, 23, 6)
    assert await office.room.ahead() == Ahead(name=OFFICE, at=local(10, 23, 6))
    office.clock.time = local(10, 23, 3)
    await office.tend()
    [view] = await office.room.all()
    assert (view.waits, view.next_run) == ("blackout", local(10, 23, 6))
    assert (view.overdue_since, view.missed, view.why) == (local(10, 23, 2, 30), 1, "blackout")
    assert (await office.room.ahead()).overdue == 1
    office.clock.time, office.laptop.battery = local(10, 23, 6), True
    await office.tend()
    [view] = await office.room.all()
    assert (view.waits, view.next_run, view.why) == ("battery", None, "battery")
    office.laptop.battery, office.laptop.metered = False, True
    await office.tend()
    assert [one.why for one in await office.room.overdue()] == ["metered"]
    assert await office.runs() == []
    office.laptop.metered = None
    await office.tend()
    assert len(await office.runs()) == 1
    assert await office.room.overdue() == []
    assert [(one.why, one.made_up) for one in await office.room.missed(0, office.clock.time)] == [
        ("metered", local(10, 23, 6))
    ]


async def test_who_was_not_there(office: Office) -> None:
    """While nobody tends, what is overdue is said with the reason; afterwards one run makes up for it."""
    await office.task(schedule=AT_HALF_PAST_TWO)
    await office.room.tend()
    office.clock.time += 2 * DAY
    looking = office.room_with(office.submit)  # another process that only looks
    [view] = await looking.all()
    assert (view.waits, view.next_run, view.missed) == ("no-agent", None, 2)
    assert view.why in ("no-agent", "off")  # as long as the computer is on that the tests run on
    assert view.overdue_since == local(10, 23, 2, 30)
    await office.open()
    await office.tend()
    assert len(await office.runs()) == 1
    [view] = await office.room.all()
    assert (view.waits, view.next_run, view.overdue_since) == ("", local(10, 25, 2, 30), None)


async def test_a_server_that_does_not_answer(office: Office) -> None:
    """A run in which nothing could be reached is missed, too; so are those after it, until one reaches something."""
    task = await office.task(schedule=AT_HALF_PAST_TWO)
    catalog = office.desk._workspace.catalog

    async def fails(specs: Sequence[Spec], origin: Origin = BY_HAND) -> Sequence[JobId]:
        [spec] = specs
        id = JobId(f"{office.clock.time:012x}")
        now = office.clock.time
        failed = Job(id=id, spec=spec, state=State.FAILED, code="unreachable", created=now, finished=now, origin=origin)
        catalog.save_job(failed)
        return [id]

    room = office.room_with(fails)
    office.clock.time = local(10, 23, 3)
    for number in (1, 2, 3):
        await room.tend()
        [late] = await room.overdue()
        assert (late.task, late.why, late.missed, late.since) == (task.id, "no-answer", number, local(10, 23, 2, 30))
        office.clock.time += DAY + (HOUR if number == 2 else 0)
    await office.tend()
    assert await office.room.overdue() == []


async def test_a_paused_task_owes_nothing(office: Office) -> None:
    task = await office.task(schedule=AT_HALF_PAST_TWO)
    view = await office.room.pause(task.id)
    assert (view.waits, view.next_run) == ("paused", None)
    await office.pass_time(3 * DAY, DAY)
    assert await office.runs() == []
    [job] = await office.room.run(task.id)
    assert (await office.over(job)).origin == Origin(initiator=Initiator.PERSON, task=task.id)
    view = await office.room.resume(task.id)
    await office.tend()
    assert await office.runs() == []
    assert view.next_run == local(10, 26, 2, 30)
    await office.pass_time(DAY, 6 * HOUR)
    assert len(await office.runs()) == 1


async def test_rules_of_tasks_reach_the_vault(office: Office, other: Mailbox) -> None:
    """An account's own rule wins; of several tasks the one that keeps more; the vault's own is for the rest."""
    stream = await office.connect(other, OTHER)
    [mine, others] = await office.room.all()
    await office.room.put(replace(mine.task, keep=Keep(days=30)))
    keeps = office.desk._workspace.vault.housekeeping.policy
    assert (keeps().keep(office.stream), keeps().keep(stream)) == (Keep(days=30), Keep())
    both = await office.room.put(Task(id=TaskId(""), name="both", keep=Keep(days=10, weekly=4)))
    assert (keeps().keep(office.stream), keeps().keep(stream)) == (Keep(days=30, weekly=4), Keep())
    await office.room.put(replace(others.task, keep=Keep(days=5)))
    await office.desk.set_retention(Keep(last=3), office.stream)
    assert (keeps().keep(office.stream), keeps().keep(stream)) == (Keep(last=3), Keep(days=10, weekly=4))
    await office.room.remove(both.task.id)
    assert keeps().keep(stream) == Keep(days=5)


async def test_pruning_by_itself(office: Office) -> None:
    def prunes(jobs: list[Job]) -> list[Job]:
        return [job for job in jobs if isinstance(job.spec, Prune)]

    task = await office.task(schedule=Schedule(rhythm=Rhythm.DAILY, at=0))
    for number in range(40, 45):
        fill(office.mailbox, "INBOX", [number])
        await office.pass_time(DAY, DAY // 2)
    assert prunes(list(await office.desk.jobs())) == []
    before = list(reversed(await office.snapshots()))
    assert len(before) == 5
    preview = await office.room.preview(replace(task, keep=Keep(last=2)))
    assert preview.go == [(office.stream, 3, 2)]
    await office.room.put(replace(task, keep=Keep(last=2)))
    await office.pass_time(10 * DAY, DAY // 2)
    [second, first] = prunes(list(await office.desk.jobs()))
    assert first.origin.initiator is Initiator.RULE
    assert second.created - first.created >= 7 * DAY - HOUR
    left = [one.started for one in await office.snapshots()]
    assert min(left) == before[3].started  # what was thinned out a week ago is gone now
    await office.room.set_pruning(Pruning.OFF)
    await office.pass_time(8 * DAY, DAY)
    assert len(prunes(list(await office.desk.jobs()))) == 2


async def test_what_cannot_be_a_task(office: Office) -> None:
    [view] = await office.room.all()
    for wrong, what in (
        (replace(view.task, name=" "), "task-without-name"),
        (replace(view.task, connections=(ConnectionName("nobody"),)), "unknown-connection"),
        (Task(id=TaskId(""), name=OFFICE.upper()), "task-name-taken"),
        (Task(id=TaskId("123456789012"), name="gone"), "unknown-task"),
        (replace(view.task, schedule=Schedule(rhythm=Rhythm.CRON, cron="never")), "bad-schedule"),
    ):
        with pytest.raises(Misconfigured) as caught:
            await office.room.put(wrong)
        assert caught.value.facts["what"] == what
    assert [one.task for one in await office.room.all()] == [view.task]
