"""Laws of motion: bytes before rows, rows with their cursor; stored or owed."""

from dataclasses import replace

import pytest

from saasbackup_desktop.core.errors import Refused, Unreachable
from saasbackup_desktop.core.jobs import Backup
from saasbackup_desktop.core.model import SnapshotStatus
from saasbackup_desktop.core.stream import Gone, Put
from saasbackup_desktop.engine.adopt import adopt
from saasbackup_desktop.engine.backup import back_up, new_snapshot_id
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.known import KnownStream
from saasbackup_desktop.engine.meter import Meter
from saasbackup_desktop.engine.running import foreseen
from saasbackup_desktop.engine.skipped import Skip, put, skipped_of
from tests.unit.engine.conftest import BOX, GONE, HandClock, Notes, Script, ScriptedDoors, box, letter, stream

ADA = stream("ada")


async def _run(bench: Bench, *, only_owed: bool = False) -> tuple[Meter, Notes]:
    meter, notes = Meter(), Notes()
    await back_up(bench, Backup(stream=ADA, only_owed=only_owed), meter, notes)
    return meter, notes


async def test_the_cursor_never_passes_what_is_neither_stored_nor_owed(bench: Bench, doors: ScriptedDoors) -> None:
    script = doors.add("ada", Script([box(1, 2), [Put(letter(3))]], {letter(1).id: Refused("no")}))
    script.fault, script.catalog = Unreachable("line cut"), bench.catalog
    with pytest.raises(BaseExceptionGroup) as cut:
        await _run(bench)
    assert isinstance(foreseen(cut.value), Unreachable)
    position = bench.catalog.position(ADA)
    assert position is not None
    assert position.cursor == {"stretch": 1}
    assert not position.final
    assert [one.item.id for one in bench.catalog.owed(ADA)] == [letter(1).id]
    [snapshot] = bench.catalog.snapshots(ADA)
    assert (snapshot.status, snapshot.items, snapshot.owed) == (SnapshotStatus.PARTIAL, 2, 1)
    assert script.closed == 1

    script.stretches, script.refused, script.fault, script.asked = [], {}, None, []
    meter, _notes = await _run(bench)
    assert script.since == [None, {"stretch": 1}]
    assert script.asked == [letter(1).id]
    assert (meter.added, meter.failed) == (1, 0)
    assert bench.catalog.snapshots(ADA)[0].status is SnapshotStatus.COMPLETE
    assert bench.catalog.owed(ADA) == []


async def test_owed_comes_first_and_counts_its_attempts(bench: Bench, doors: ScriptedDoors, clock: HandClock) -> None:
    script = doors.add("ada", Script([box(1, 2)], {letter(2).id: Refused("no")}))
    await _run(bench)
    script.stretches, script.asked = [[Put(letter(5))]], []
    clock.time += 100
    meter, notes = await _run(bench)
    assert script.asked == [letter(2).id, letter(5).id]
    assert meter.failed == 1
    assert [one.path for one in notes.failures] == ["INBOX"]
    [owed] = bench.catalog.owed(ADA)
    assert (owed.attempts, owed.since) == (2, clock.time - 100)


async def test_what_vanished_is_owed_nothing(bench: Bench, doors: ScriptedDoors) -> None:
    doors.add("ada", Script([box(1, 2)], {letter(2).id: GONE}))
    meter, notes = await _run(bench)
    assert meter.failed == 0
    assert "item-vanished" in notes.codes
    assert bench.catalog.snapshots(ADA)[0].status is SnapshotStatus.COMPLETE


def _skip(number: int, revision: str) -> Skip:
    return Skip(
        stream=ADA, item=letter(number).id, path="", name="", code="refused", reason="known", since=1, revision=revision
    )


async def test_what_is_skipped_does_not_fail_until_it_changes(bench: Bench, doors: ScriptedDoors) -> None:
    refused = {letter(2).id: Refused("no"), letter(3).id: Refused("no")}
    script = doors.add("ada", Script([box(1, 2, 3)], dict(refused)))
    meter, _ = await _run(bench)
    assert (meter.failed, meter.skipped) == (2, 0)
    await put(bench, [_skip(2, letter(2).revision), _skip(3, letter(3).revision)])
    script.stretches = [[Put(letter(4))]]
    meter, notes = await _run(bench)
    assert (meter.failed, meter.skipped, notes.failures) == (0, 2, [])
    # The point in time says all the same what it lacks.
    assert (bench.catalog.snapshots(ADA)[0].status, len(bench.catalog.owed(ADA))) == (SnapshotStatus.PARTIAL, 2)
    # One changes and still cannot be read; one is gone.
    script.stretches = [[Put(replace(letter(2), revision="another")), Gone(letter(3).id)]]
    meter, notes = await _run(bench)
    assert (meter.failed, meter.skipped) == (1, 0)
    assert [one.item for one in notes.failures] == [letter(2).id]
    assert await skipped_of(bench, ADA) == {}


async def test_what_can_be_read_again_is_skipped_no_more(bench: Bench, doors: ScriptedDoors) -> None:
    script = doors.add("ada", Script([box(1, 2)], {letter(2).id: Refused("no")}))
    await _run(bench)
    await put(bench, [_skip(2, letter(2).revision)])
    script.stretches, script.refused = [], {}
    await _run(bench)
    assert await skipped_of(bench, ADA) == {}
    assert bench.catalog.snapshots(ADA)[0].status is SnapshotStatus.COMPLETE


async def test_only_owed_asks_for_nothing_else(bench: Bench, doors: ScriptedDoors) -> None:
    script = doors.add("ada", Script([box(1, 2)], {letter(2).id: Refused("no")}))
    await _run(bench)
    script.refused, script.asked = {}, []
    await _run(bench, only_owed=True)
    assert script.asked == [letter(2).id]
    assert len(script.since) == 1
    assert bench.catalog.snapshots(ADA)[0].status is SnapshotStatus.COMPLETE


@pytest.mark.parametrize("before", ["never", "cut"])
async def test_only_owed_does_not_make_half_a_mailbox_complete(bench: Bench, doors: ScriptedDoors, before: str) -> None:
    script = doors.add("ada", Script([box(1)]))
    if before == "cut":
        script.fault = Unreachable("line cut")
        with pytest.raises(BaseExceptionGroup):
            await _run(bench)
        script.fault = None
    script.stretches = [box(1), [Put(letter(2))]]
    await _run(bench, only_owed=True)
    newest = bench.catalog.snapshots(ADA)[0]
    assert (newest.status, newest.items) == (SnapshotStatus.COMPLETE, 2)


async def test_nothing_is_reborn_unchanged(bench: Bench, doors: ScriptedDoors) -> None:
    script = doors.add("ada", Script([box(1, 2)]))
    await _run(bench)
    script.asked = []
    meter, notes = await _run(bench)
    assert script.asked == []
    assert (meter.added, meter.changed, meter.unchanged) == (0, 0, 2)
    new, old = bench.catalog.snapshots(ADA)
    assert list(bench.catalog.between(ADA, old.id, new.id)) == []
    assert "snapshot-adopted" not in notes.codes


async def test_points_in_time_sort_though_the_clock_goes_back(
    bench: Bench, doors: ScriptedDoors, clock: HandClock
) -> None:
    script = doors.add("ada", Script([box(1)]))
    _, notes = await _run(bench)
    assert "clock-behind" not in notes.codes
    clock.time -= 5000
    script.stretches = [[Gone(letter(1).id)]]
    _, notes = await _run(bench)
    assert "clock-behind" in notes.codes
    new, old = bench.catalog.snapshots(ADA)
    assert new.id > old.id
    assert (new.items, old.items) == (0, 1)
    assert new_snapshot_id(clock.time) < old.id


async def test_known_is_the_newest_point_in_time(bench: Bench, doors: ScriptedDoors) -> None:
    known = KnownStream(bench, ADA)
    assert (list(await known.folders()), list(await known.within(BOX)), await known.items([letter(1).id])) == (
        [],
        [],
        {},
    )
    doors.add("ada", Script([box(1, 2)]))
    await _run(bench)
    assert [one.id for one in await known.folders()] == [BOX]
    assert {one.id for one in await known.within(BOX)} == {letter(1).id, letter(2).id}
    assert set(await known.items([letter(1).id, letter(9).id])) == {letter(1).id}
    [(size, items)] = (await known.alike([len(b"body of 1:1"), 7])).items()
    assert size == len(b"body of 1:1")
    assert len(items) == 2


async def test_adopting_brings_back_everything_once(bench: Bench, doors: ScriptedDoors) -> None:
    script = doors.add("ada", Script([box(1, 2), [Put(letter(3))]], {letter(2).id: Refused("no")}))
    script.fault, script.catalog = Unreachable("line cut"), bench.catalog
    with pytest.raises(BaseExceptionGroup):
        await _run(bench)
    script.fault = None
    script.stretches = [[Gone(letter(1).id)]]
    await _run(bench)
    before = list(bench.catalog.dump(ADA))
    bench.catalog.forget_streams()
    notes = Notes()
    await adopt(bench, ADA, Meter(), notes)
    assert list(bench.catalog.dump(ADA)) == before
    assert notes.codes == ["snapshot-adopted"] * 2
    assert bench.catalog.untexted(ADA, 10) == []
    notes = Notes()
    await adopt(bench, ADA, Meter(), notes)
    assert notes.codes == []


async def test_a_stream_stays_free_after_a_cut(bench: Bench, doors: ScriptedDoors) -> None:
    script = doors.add("ada", Script([box(1)], fault=Unreachable("line cut")))
    for _ in range(3):
        with pytest.raises(BaseExceptionGroup):
            await _run(bench)
    script.fault = None
    await _run(bench)
