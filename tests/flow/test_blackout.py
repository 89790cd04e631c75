"""Hours without backups: what a schedule began rests in them and goes on afterwards, what a person began does not."""

import sys
from datetime import UTC, datetime

from saasbackup_desktop.app.tasks.blackout import keep_quiet
from saasbackup_desktop.core.ids import JobId, TaskId
from saasbackup_desktop.core.jobs import BY_HAND, Backup, Initiator, Origin, State
from saasbackup_desktop.core.schedule import Conditions, Span
from saasbackup_desktop.engine.awake import Awake
from saasbackup_desktop.sim.imap import Slow
from tests.flow.stage import Stage, fill

SCHEDULED = Origin(initiator=Initiator.SCHEDULE, task=TaskId("0123456789ab"))
WORK = (Span(start=8 * 60, end=18 * 60),)
MORNING = int(datetime(2026, 5, 4, 7, tzinfo=UTC).timestamp())
NOON = MORNING + 5 * 3600
EVENING = MORNING + 12 * 3600


async def begin(stage: Stage, origin: Origin) -> JobId:
    """A backup that is half done: the rest takes long."""
    fill(stage.mailbox, "INBOX", range(100, 160))
    stage.server.faults.add("UID FETCH", Slow(1.5), after=7, times=10_000)
    return await stage.desk._workspace.engine.submit(Backup(stream=stage.stream), origin)


async def look(stage: Stage, now: int) -> None:
    await keep_quiet(stage.desk._workspace, WORK, now, UTC)


async def test_a_scheduled_backup_rests_and_goes_on(stage: Stage) -> None:
    id = await begin(stage, SCHEDULED)
    await look(stage, MORNING)
    assert not (await stage.desk.job(id)).state.is_over
    await look(stage, NOON)
    job = await stage.over(id, State.PAUSED)
    assert job.origin == SCHEDULED
    await look(stage, NOON + 60)
    # also by a process that began meanwhile
    await stage.reopen()
    await look(stage, NOON + 120)
    assert (await stage.desk.job(id)).state is State.PAUSED
    stage.server.faults.clear()
    await look(stage, EVENING)
    await stage.over(id)
    await stage.assert_saved()
    await look(stage, EVENING + 60)
    assert [one.id for one in await stage.desk.jobs()] == [id]


async def test_a_person_is_not_held_up(stage: Stage) -> None:
    id = await begin(stage, BY_HAND)
    await look(stage, NOON)
    stage.server.faults.clear()
    await stage.over(id)


async def test_a_person_may_go_on_in_those_hours(stage: Stage) -> None:
    id = await begin(stage, SCHEDULED)
    await look(stage, NOON)
    await stage.over(id, State.PAUSED)
    await look(stage, NOON + 60)
    await stage.desk.resume(id)
    await look(stage, NOON + 120)
    stage.server.faults.clear()
    await stage.over(id)


async def test_what_a_person_paused_stays_paused(stage: Stage) -> None:
    id = await begin(stage, SCHEDULED)
    await stage.desk.pause(id)
    await stage.over(id, State.PAUSED)
    await look(stage, NOON)
    await look(stage, EVENING)
    assert (await stage.desk.job(id)).state is State.PAUSED


async def test_the_computer_stays_awake_while_a_job_runs(stage: Stage) -> None:
    tasks = stage.desk.tasks
    asked = tasks._awake = Awake((sys.executable, "-c", "import sys; sys.stdin.read()"))
    id = await begin(stage, BY_HAND)
    await tasks.tend()
    assert not asked.is_held
    await tasks.set_conditions(Conditions(stays_awake=True))
    await tasks.tend()
    assert asked.is_held
    stage.server.faults.clear()
    await stage.over(id)
    await tasks.tend()
    assert not asked.is_held
