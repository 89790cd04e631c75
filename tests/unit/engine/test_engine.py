"""The queue: who runs beside whom, in which order, and how jobs end."""

import asyncio
import logging
from dataclasses import replace

import pytest

from saasbackup_desktop.core.errors import Misconfigured, SignInNeeded, Throttled, Unreachable
from saasbackup_desktop.core.ids import ConnectionName, JobId, SnapshotId
from saasbackup_desktop.core.jobs import (
    Backup,
    Check,
    Event,
    Initiator,
    Job,
    JobChanged,
    JobQuery,
    Migrate,
    Origin,
    Restore,
    State,
)
from saasbackup_desktop.core.selection import EVERYTHING
from saasbackup_desktop.engine.attempts import MOST
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.engine import KEPT_DAYS, LocalEngine
from saasbackup_desktop.engine.running import foreseen
from tests.unit.engine.conftest import HandClock, Script, ScriptedDoors, box, stream


def _backup(name: str, only_owed: bool = False) -> Backup:
    return Backup(stream=stream(name), only_owed=only_owed)


async def _over(engine: LocalEngine, id: JobId) -> Job:
    async with asyncio.timeout(30):
        while True:
            job = await engine.job(id)
            if job.state.is_over or job.state is State.PAUSED:
                return job
            await asyncio.sleep(0.005)


async def _states(engine: LocalEngine, *ids: JobId) -> list[State]:
    return [(await engine.job(id)).state for id in ids]


@pytest.fixture
def gated(doors: ScriptedDoors) -> dict[str, asyncio.Event]:
    """Four accounts whose sources wait for a word."""
    gates = {name: asyncio.Event() for name in ("ada", "bob", "cleo", "dora")}
    for name, gate in gates.items():
        doors.add(name, Script([box(1)], gate=gate))
    return gates


async def test_two_at_once_and_the_rest_in_order(bench: Bench, gated: dict[str, asyncio.Event]) -> None:
    engine = LocalEngine(bench)
    ids = [await engine.submit(_backup(name)) for name in gated]
    assert await _states(engine, *ids) == [State.RUNNING, State.RUNNING, State.QUEUED, State.QUEUED]
    gated["bob"].set()
    await _over(engine, ids[1])
    async with asyncio.timeout(10):
        while (await engine.job(ids[2])).state is State.QUEUED:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    assert await _states(engine, *ids) == [State.RUNNING, State.DONE, State.RUNNING, State.QUEUED]
    for gate in gated.values():
        gate.set()
    assert [(await _over(engine, id)).state for id in ids] == [State.DONE] * 4
    assert engine.is_idle
    await engine.close()


async def test_what_touches_the_same_waits_and_is_not_overtaken(bench: Bench, gated: dict[str, asyncio.Event]) -> None:
    engine = LocalEngine(bench)
    first = await engine.submit(_backup("ada"))
    both = await engine.submit(Migrate(stream=stream("ada"), connection=ConnectionName("bob")))
    later = await engine.submit(_backup("bob"))
    beside = await engine.submit(_backup("cleo"))
    assert await _states(engine, first, both, later, beside) == [
        State.RUNNING,
        State.QUEUED,
        State.QUEUED,
        State.RUNNING,
    ]
    await engine.close()
    assert await _states(engine, first, both, later, beside) == [State.QUEUED] * 4


async def test_one_wish_is_one_job(bench: Bench, gated: dict[str, asyncio.Event]) -> None:
    engine = LocalEngine(bench)
    ids = await asyncio.gather(*(engine.submit(_backup("ada")) for _ in range(4)))
    assert len(set(ids)) == 1
    other = await engine.submit(_backup("ada", only_owed=True))
    assert other not in ids
    gated["ada"].set()
    await _over(engine, ids[0])
    await _over(engine, other)
    assert await engine.submit(_backup("ada")) not in ids
    await engine.close()


@pytest.mark.parametrize("steps", range(0, 40, 3))
async def test_stopped_at_any_moment(bench: Bench, doors: ScriptedDoors, steps: int) -> None:
    doors.add("ada", Script([box(1, 2, 3)]))
    engine = LocalEngine(bench)
    id = await engine.submit(_backup("ada"))
    for _ in range(steps):
        await asyncio.sleep(0)
    await engine.stop(id)
    assert (await _over(engine, id)).state in (State.STOPPED, State.DONE)
    assert bench.catalog.job(id).state.is_over
    await engine.resume(id)
    assert (await _over(engine, id)).state is State.DONE
    await engine.close()


async def test_paused_stopped_and_taken_up(bench: Bench, gated: dict[str, asyncio.Event]) -> None:
    engine = LocalEngine(bench)
    id = await engine.submit(_backup("ada"))
    await engine.pause(id)
    assert (await engine.job(id)).state in (State.PAUSING, State.PAUSED)
    await engine.resume(id)
    paused = await _over(engine, id)
    assert paused.state is State.PAUSED
    await engine.stop(id)
    assert (await engine.job(id)).state is State.STOPPED
    await asyncio.gather(*(engine.resume(id) for _ in range(3)))
    gated["ada"].set()
    done = await _over(engine, id)
    assert (done.state, done.created) == (State.DONE, paused.created)
    assert len(await engine.jobs()) == 1
    assert len(bench.catalog.snapshots(stream("ada"))) == 1
    with pytest.raises(KeyError):
        await engine.job(JobId("0" * 12))
    await engine.close()


async def test_pausing_and_then_stopping_ends_stopped(bench: Bench, gated: dict[str, asyncio.Event]) -> None:
    engine = LocalEngine(bench)
    id = await engine.submit(_backup("ada"))
    await engine.pause(id)
    await engine.stop(id)
    assert (await _over(engine, id)).state is State.STOPPED
    await engine.close()


async def test_faults_have_codes_and_bugs_are_called_bugs(
    bench: Bench, doors: ScriptedDoors, caplog: pytest.LogCaptureFixture
) -> None:
    doors.add("ada", Script(fault=Unreachable("line cut", host="mail")))
    doors.add("bob", Script(fault=ZeroDivisionError()))
    engine = LocalEngine(bench)
    job = await _over(engine, await engine.submit(_backup("ada")))
    assert (job.state, job.code, job.facts) == (State.FAILED, "unreachable", {"host": "mail"})
    assert not caplog.records
    with caplog.at_level(logging.CRITICAL, "saasbackup_desktop"):
        job = await _over(engine, await engine.submit(_backup("bob")))
    assert (job.state, job.code, job.detail) == (State.FAILED, "bug", "ExceptionGroup")
    assert [line.code for line in bench.catalog.log(job.id)] == ["job-started", "job-failed"]
    await engine.close()


async def test_a_connection_that_went_away_stops_nothing_else(
    bench: Bench, doors: ScriptedDoors, gated: dict[str, asyncio.Event]
) -> None:
    engine = LocalEngine(bench)
    first = await engine.submit(_backup("bob"))
    lost = await engine.submit(
        Restore(
            stream=stream("ada"),
            snapshot=SnapshotId("x"),
            selection=EVERYTHING,
            connection=ConnectionName("bob"),
        )
    )
    del doors.connections[ConnectionName("bob")]
    with pytest.raises(Misconfigured):
        await engine.submit(Migrate(stream=stream("ada"), connection=ConnectionName("bob")))
    other = await engine.submit(_backup("cleo"))
    for gate in gated.values():
        gate.set()
    assert (await _over(engine, first)).state is State.DONE
    assert (await _over(engine, other)).state is State.DONE
    assert (await _over(engine, lost)).code == "misconfigured"
    assert len(await engine.jobs()) == 3
    await engine.close()


def _left(bench: Bench) -> dict[State, JobId]:
    """Jobs in all states, as a process leaves them that ends without a word."""
    ids = {state: JobId(f"{number:012x}") for number, state in enumerate(State)}
    for number, (state, id) in enumerate(ids.items()):
        spec = Check(read_percent=number + 1)
        job = Job(id=id, spec=spec, state=state, created=number, started=1 if state is State.RUNNING else None)
        bench.catalog.save_job(replace(job, due=2_000_000_000 if state is State.WAITING else None))
    return ids


_AFTER = {
    State.RUNNING: State.QUEUED,
    State.PAUSING: State.PAUSED,
    State.STOPPING: State.STOPPED,
}
"""What becomes of a job whose process has ended."""


async def test_what_an_earlier_process_left_waits_for_one_that_stays(bench: Bench) -> None:
    ids = _left(bench)
    engine = LocalEngine(bench)
    await engine.start()
    for state, id in ids.items():
        assert (await engine.job(id)).state is _AFTER.get(state, state)
    assert (await engine.job(ids[State.RUNNING])).code == "interrupted"
    assert engine.is_idle
    # Who asks for the same goes on with it.
    assert await engine.submit((await engine.job(ids[State.QUEUED])).spec) == ids[State.QUEUED]
    assert await engine.submit((await engine.job(ids[State.WAITING])).spec) == ids[State.WAITING]
    await engine.resume(ids[State.RUNNING])
    for state in (State.QUEUED, State.WAITING, State.RUNNING):
        assert (await _over(engine, ids[state])).state is State.DONE
    assert "job-resumed" in [line.code for line in bench.catalog.log(ids[State.RUNNING])]
    await engine.stop(ids[State.PAUSED])
    assert (await engine.job(ids[State.PAUSED])).state is State.STOPPED
    await engine.close()


async def test_a_process_that_stays_goes_on_with_what_was_left(bench: Bench, clock: HandClock) -> None:
    ids = _left(bench)
    before = bench.catalog.job(ids[State.RUNNING])
    engine = LocalEngine(bench, stays=True)
    await engine.start()
    for state in (State.QUEUED, State.RUNNING):
        done = await _over(engine, ids[state])
        assert (done.state, done.code, done.created) == (State.DONE, "", bench.catalog.job(ids[state]).created)
    assert done.origin == before.origin
    assert [line.code for line in bench.catalog.log(ids[State.RUNNING])] == [
        "job-interrupted",
        "job-resumed",
        "job-done",
    ]
    assert [line.code for line in bench.catalog.log(ids[State.QUEUED])] == ["job-started", "job-done"]
    assert (await engine.job(ids[State.PAUSED])).state is State.PAUSED
    assert (await engine.job(ids[State.WAITING])).state is State.WAITING
    clock.time = 2_000_000_000
    await engine.tend()
    assert (await _over(engine, ids[State.WAITING])).attempt == 2
    await engine.close()


async def test_closed_in_the_middle_and_gone_on_with(bench: Bench, gated: dict[str, asyncio.Event]) -> None:
    engine = LocalEngine(bench, stays=True)
    ids = [await engine.submit(_backup(name), Origin(initiator=Initiator.SCHEDULE)) for name in gated]
    await engine.close()
    assert [bench.catalog.job(id).code for id in ids] == ["interrupted", "interrupted", "", ""]
    for gate in gated.values():
        gate.set()
    engine = LocalEngine(bench, stays=True)
    await engine.start()
    for id in ids:
        job = await _over(engine, id)
        assert (job.state, job.origin.initiator) == (State.DONE, Initiator.SCHEDULE)
    codes = [line.code for line in bench.catalog.log(ids[0])]
    assert codes == ["job-started", "job-interrupted", "job-resumed", "job-done"]
    await engine.close()


async def test_a_job_that_is_not_possible_any_more_has_failed(bench: Bench, doors: ScriptedDoors) -> None:
    doors.add("ada")
    spec = Migrate(stream=stream("ada"), connection=ConnectionName("gone"))
    bench.catalog.save_job(Job(id=JobId("a" * 12), spec=spec, state=State.RUNNING, started=1))
    engine = LocalEngine(bench, stays=True)
    await engine.start()
    assert (await engine.job(JobId("a" * 12))).code == "misconfigured"
    await engine.close()


async def _waits(engine: LocalEngine, id: JobId, attempt: int = 1) -> Job:
    async with asyncio.timeout(30):
        while True:
            job = await engine.job(id)
            if job.state.is_over or (job.state is State.WAITING and job.attempt == attempt):
                return job
            await asyncio.sleep(0.005)


async def test_tried_again_until_it_goes(bench: Bench, doors: ScriptedDoors, clock: HandClock) -> None:
    script = doors.add("ada", Script([box(1)], fault=Unreachable("line cut", host="mail")))
    engine = LocalEngine(bench, stays=True)
    await engine.start()
    id = await engine.submit(_backup("ada"))
    job = await _waits(engine, id)
    assert (job.state, job.code, job.finished) == (State.WAITING, "unreachable", None)
    assert job.due is not None
    assert 54 <= job.due - clock.time <= 66
    clock.time = job.due - 1
    await engine.tend()
    assert (await engine.job(id)).state is State.WAITING
    clock.time = job.due
    await engine.tend()
    job = await _waits(engine, id, 2)
    assert job.due is not None
    assert 270 <= job.due - clock.time <= 330
    script.fault = None
    clock.time = job.due
    await engine.tend()
    done = await _over(engine, id)
    assert (done.state, done.attempt, done.due, done.code) == (State.DONE, 3, None, "")
    assert [line.code for line in bench.catalog.log(id)] == [
        *("job-started", "job-waiting", "job-again", "job-waiting", "job-again", "job-done")
    ]
    await engine.close()


async def test_given_up_after_so_many_attempts(bench: Bench, doors: ScriptedDoors, clock: HandClock) -> None:
    doors.add("ada", Script(fault=Unreachable("line cut", host="mail")))
    engine = LocalEngine(bench, stays=True)
    id = await engine.submit(_backup("ada"))
    for attempt in range(1, MOST):
        clock.time = (await _waits(engine, id, attempt)).due or 0
        await engine.tend()
    job = await _over(engine, id)
    assert (job.state, job.attempt, job.code) == (State.FAILED, MOST, "unreachable")
    assert job.facts == {"host": "mail", "attempts": MOST}
    await engine.close()


@pytest.mark.parametrize("wish", ["stop", "pause", "resume", "submit", "stop_queued"])
async def test_what_can_be_done_with_one_that_waits(bench: Bench, doors: ScriptedDoors, wish: str) -> None:
    script = doors.add("ada", Script([box(1)], fault=Throttled("later", wait=3600)))
    engine = LocalEngine(bench, stays=True)
    id = await engine.submit(_backup("ada"))
    job = await _waits(engine, id)
    assert (job.due or 0) - bench.clock.now() == 3600
    script.fault = None
    if wish == "submit":
        assert await engine.submit(_backup("ada")) == id
    elif wish == "stop_queued":
        assert await engine.stop_queued() == 1
    else:
        await getattr(engine, wish)(id)
    done = await _over(engine, id)
    ends = {"stop": State.STOPPED, "pause": State.PAUSED, "stop_queued": State.STOPPED}
    assert (done.state, done.due) == (ends.get(wish, State.DONE), None)
    assert (await engine.submit(_backup("ada")) == id) is False
    await engine.close()


async def test_who_does_not_stay_does_not_wait(bench: Bench, doors: ScriptedDoors) -> None:
    doors.add("ada", Script(fault=Unreachable("line cut", host="mail")))
    engine = LocalEngine(bench)
    assert (await _over(engine, await engine.submit(_backup("ada")))).state is State.FAILED
    await engine.close()


async def test_a_password_is_not_tried_again(bench: Bench, doors: ScriptedDoors) -> None:
    doors.add("ada", Script(fault=SignInNeeded("no")))
    engine = LocalEngine(bench, stays=True)
    assert (await _over(engine, await engine.submit(_backup("ada")))).state is State.FAILED
    await engine.close()


async def test_held_until_further_notice(bench: Bench, gated: dict[str, asyncio.Event]) -> None:
    engine = LocalEngine(bench, stays=True)
    await engine.hold(True)
    id = await engine.submit(_backup("ada"))
    await engine.close()
    engine = LocalEngine(bench, stays=True)
    await engine.start()
    assert (engine.is_held, (await engine.job(id)).state) == (True, State.QUEUED)
    await engine.hold(False)
    gated["ada"].set()
    assert (await _over(engine, id)).state is State.DONE
    await engine.close()


async def test_many_at_once_are_one_page(bench: Bench, gated: dict[str, asyncio.Event]) -> None:
    engine = LocalEngine(bench)
    ids = await engine.submit_many([_backup(name) for name in (*gated, "ada")])
    assert len(set(ids)) == 4
    assert ids[0] == ids[-1]
    async with asyncio.timeout(30):
        while State.QUEUED in (bench.catalog.job(ids[0]).state, bench.catalog.job(ids[1]).state):  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    page = await engine.job_page(JobQuery(states=frozenset({State.QUEUED}), oldest_first=True))
    assert sorted(job.id for job in page.jobs) == sorted(ids[2:4])
    assert page.counts == {State.RUNNING: 2, State.QUEUED: 2}
    assert len(await engine.unfinished()) == 4
    assert await engine.stop_queued() == 2
    await engine.close()


async def test_history_is_not_endless(bench: Bench, clock: HandClock) -> None:
    engine = LocalEngine(bench)
    old = (await _over(engine, await engine.submit(Check()))).id
    clock.time += KEPT_DAYS * 86400 - 10
    new = (await _over(engine, await engine.submit(Check()))).id
    await engine.tend()
    assert len(await engine.jobs()) == 2
    clock.time += 86400
    await engine.tend()
    assert [job.id for job in await engine.jobs()] == [new]
    assert not bench.catalog.log(old)
    await engine.close()


async def test_who_listens_slowly_is_told_of_a_job_once(bench: Bench, doors: ScriptedDoors) -> None:
    doors.add("ada", Script([box(1)]))
    engine = LocalEngine(bench)
    events = engine.events()
    first = asyncio.ensure_future(anext(events))
    await asyncio.sleep(0)
    id = await engine.submit(_backup("ada"))
    await first
    await _over(engine, id)
    await asyncio.sleep(0)
    await engine.close()
    states = [event.job.state async for event in events if isinstance(event, JobChanged)]
    assert states == [State.DONE]


async def test_events_in_order_until_the_end(bench: Bench, doors: ScriptedDoors) -> None:
    doors.add("ada", Script([box(1)]))
    engine = LocalEngine(bench)
    heard: list[Event] = []

    async def listen() -> None:
        heard.extend([event async for event in engine.events()])

    listening = [asyncio.ensure_future(listen()) for _ in range(2)]
    await asyncio.sleep(0)
    await _over(engine, await engine.submit(_backup("ada")))
    await engine.close()
    await asyncio.gather(*listening)
    states = [event.job.state for event in heard if isinstance(event, JobChanged)]
    assert states.count(State.QUEUED) == states.count(State.DONE) == 2
    assert engine._audience.is_empty


async def test_a_check_of_a_whole_vault(bench: Bench, doors: ScriptedDoors) -> None:
    doors.add("ada", Script([box(1, 2)]))
    engine = LocalEngine(bench)
    await _over(engine, await engine.submit(_backup("ada")))
    job = await _over(engine, await engine.submit(Check(read_percent=100)))
    assert job.state is State.DONE
    assert job.tally.items_done == job.tally.items_total > 0
    await engine.close()


def test_only_what_was_foreseen_is_a_fault() -> None:
    fault = Unreachable("x")
    assert foreseen(fault) is fault
    assert foreseen(ExceptionGroup("", [ExceptionGroup("", [fault])])) is fault
    assert foreseen(ExceptionGroup("", [fault, ValueError()])) is None
    assert foreseen(ValueError()) is None
