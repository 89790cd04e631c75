"""The queue: who runs beside whom, in which order, and how jobs end."""

import asyncio
import logging

import pytest

from saasbackup_desktop.core.errors import Misconfigured, Unreachable
from saasbackup_desktop.core.ids import ConnectionName, JobId, SnapshotId
from saasbackup_desktop.core.jobs import Backup, Check, Event, Job, JobChanged, Migrate, Restore, State
from saasbackup_desktop.core.selection import EVERYTHING
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.engine import LocalEngine, foreseen
from tests.unit.engine.conftest import Script, ScriptedDoors, box, stream


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
    assert await _states(engine, first, both, later, beside) == [State.STOPPED] * 4


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


async def test_what_an_earlier_process_left_is_interrupted(bench: Bench, gated: dict[str, asyncio.Event]) -> None:
    for number, state in enumerate(State):
        bench.catalog.save_job(Job(id=JobId(f"{number:012x}"), spec=_backup("ada"), state=state, created=number))
    engine = LocalEngine(bench)
    running = await engine.submit(_backup("bob"))
    queued = await engine.submit(_backup("bob", only_owed=True))
    await engine.start()
    found = {job.id: job for job in await engine.jobs()}
    assert found.pop(running).state is State.RUNNING
    assert found.pop(queued).state is State.QUEUED
    for number, state in enumerate(State):
        job = found[JobId(f"{number:012x}")]
        rests = state.is_over or state is State.PAUSED
        assert job.state is (state if rests else State.STOPPED)
        assert job.code == ("" if rests else "interrupted")
    await engine.close()


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
    assert not engine._listeners


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
