"""Damage, repair and the next backup: everything that the server still has is whole again, in every point in time."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from saasbackup_desktop.app.views import Damage
from saasbackup_desktop.core.jobs import State
from saasbackup_desktop.core.model import Snapshot, SnapshotStatus
from saasbackup_desktop.sim.imap import Mailbox
from tests.flow.stage import Stage, fill

_Spoil = Callable[[Path], None]


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


async def _check(stage: Stage, *states: State, percent: int = 100, repair: bool = False) -> list[Damage]:
    job = await stage.over(await stage.desk.check_vault(percent, repair), *states)
    return list(await stage.desk.damages(job.id))


async def _history(
    stage: Stage, mailbox: Mailbox
) -> dict[str, dict[str, list[tuple[bytes, frozenset[str], int | None]]]]:
    """Three points in time, and what is in each of them."""
    await stage.backup()
    fill(mailbox, "INBOX", range(100, 110))
    await stage.backup()
    fill(mailbox, "Work", range(200, 210))
    await stage.backup()
    return {at.id: await stage.bodies(at) for at in await stage.snapshots()}


async def _assert_whole(
    stage: Stage, before: dict[str, dict[str, list[tuple[bytes, frozenset[str], int | None]]]]
) -> None:
    found = {at.id: at for at in await stage.snapshots()}
    for id, bodies in before.items():
        assert await stage.bodies(found[id]) == bodies  # type: ignore[index]


async def _lost_pack(stage: Stage) -> Path:
    """The pack that holds most."""
    return max(stage.files("packs"), key=lambda path: path.stat().st_size)


@pytest.mark.parametrize("spoil", [_flip, _cut, Path.unlink])
@pytest.mark.parametrize("repairs", [True, False])
async def test_damaged_data_is_fetched_again(stage: Stage, mailbox: Mailbox, spoil: _Spoil, repairs: bool) -> None:
    before = await _history(stage, mailbox)
    for pack in stage.files("packs"):
        spoil(pack)
    await stage.reopen()
    damages = await _check(stage, State.PARTIAL)
    assert {name.partition("/")[0] for damage in damages for name in damage.items} == {
        "ada@example.org:INBOX",
        "ada@example.org:Work",
    }
    if repairs:
        await _check(stage, State.PARTIAL, repair=True)
        await stage.reopen()
    fetched = stage.server.tally.bodies
    job = await stage.backup()
    assert stage.server.tally.bodies > fetched
    assert (job.tally.added, job.tally.changed, job.tally.removed, job.tally.failed) == (0, 0, 0, 0)
    await stage.assert_saved()
    await _assert_whole(stage, before)
    if repairs or spoil is Path.unlink:
        await stage.reopen()
        assert await _check(stage) == []
    fetched = stage.server.tally.bodies
    await stage.backup()
    assert stage.server.tally.bodies == fetched


@pytest.mark.parametrize("spoil", [_flip, _cut, Path.unlink])
async def test_damaged_trees_are_grown_again_from_the_catalog(stage: Stage, mailbox: Mailbox, spoil: _Spoil) -> None:
    before = await _history(stage, mailbox)
    for pack in stage.files("meta"):
        spoil(pack)
    await stage.reopen()
    damages = await _check(stage, State.PARTIAL)
    assert any("ada@example.org" in name for damage in damages for name in damage.items)
    fetched = stage.server.tally.bodies
    assert await _check(stage, repair=True) == []
    await stage.reopen()
    await _assert_whole(stage, before)
    await stage.backup()
    assert stage.server.tally.bodies == fetched
    await stage.assert_saved()
    assert await _check(stage) == []


async def test_damaged_trees_that_nobody_remembers_are_reduced_and_the_next_backup_is_complete(
    stage: Stage, mailbox: Mailbox
) -> None:
    before = await _history(stage, mailbox)
    for pack in stage.files("meta"):
        _flip(pack)
    await stage.desk.close()
    shutil.copytree(stage.folder / "home", stage.folder / "kept")
    stage.catalog.unlink()
    await stage.reopen()
    assert await _check(stage, repair=True) == []
    assert [at.status for at in await stage.snapshots()] == [SnapshotStatus.PARTIAL] * 3
    await stage.backup()
    newest: Snapshot = await stage.newest()
    assert newest.status is SnapshotStatus.COMPLETE
    await stage.assert_saved()
    assert await _check(stage) == []
    assert await stage.bodies() == next(iter(before.values()))


async def test_a_reduced_tree_reaches_the_catalog(stage: Stage, mailbox: Mailbox) -> None:
    """Somebody else repaired the vault; this catalog is of before."""
    await _history(stage, mailbox)
    for pack in stage.files("meta"):
        _flip(pack)
    await stage.desk.close()
    shutil.copytree(stage.folder / "home", stage.folder / "kept")
    stage.catalog.unlink()
    await stage.reopen()
    assert await _check(stage, repair=True) == []
    await stage.desk.close()
    shutil.rmtree(stage.folder / "home")
    shutil.move(stage.folder / "kept", stage.folder / "home")
    await stage.reopen()
    await stage.backup()
    await stage.assert_saved()
    assert await _check(stage) == []


@pytest.mark.parametrize("spoil", [_flip, _cut, Path.unlink])
async def test_a_damaged_index_is_made_again(stage: Stage, mailbox: Mailbox, spoil: _Spoil) -> None:
    before = await _history(stage, mailbox)
    for segment in stage.files("index"):
        spoil(segment)
    await stage.reopen()
    assert await _check(stage, repair=True) == []
    await stage.reopen()
    await _assert_whole(stage, before)
    fetched = stage.server.tally.bodies
    await stage.backup()
    assert stage.server.tally.bodies == fetched


async def test_a_damaged_head_costs_its_point_in_time_only(stage: Stage, mailbox: Mailbox) -> None:
    before = await _history(stage, mailbox)
    middle = sorted(stage.files("snapshots"))[1]
    _flip(middle)
    await stage.reopen()
    assert [damage.file for damage in await _check(stage, State.PARTIAL)] == [
        middle.relative_to(stage.vault).as_posix()
    ]
    assert await _check(stage, repair=True) == []
    await stage.reopen()
    await _assert_whole(stage, before)  # the catalog still knows it
    await stage.backup()
    await stage.assert_saved()


async def test_a_repair_names_the_points_in_time_that_are_lost(stage: Stage, mailbox: Mailbox) -> None:
    await _history(stage, mailbox)
    first, second, third = sorted(await stage.snapshots(), key=lambda at: at.items)
    files = {head: head.read_bytes() for head in sorted(stage.files("snapshots"))[:2]}
    for head in files:
        head.unlink()
    await stage.reopen()
    job = await stage.over(await stage.desk.check_vault(100, True))
    lines = [line.facts for line in await stage.desk.log(job.id) if line.code == "repair-lost"]
    assert {(line["snapshot"], line["items"]) for line in lines} == {(at.id, at.items) for at in (first, second)}
    assert all("@" in str(line["name"]) for line in lines)
    assert all(str(line["made"]).endswith("+00:00") for line in lines)
    lost, whole = SnapshotStatus.LOST, SnapshotStatus.COMPLETE
    assert {at.id: at.status for at in await stage.snapshots()} == {first.id: lost, second.id: lost, third.id: whole}
    for head, data in files.items():
        head.write_bytes(data)
    await stage.reopen()
    await stage.backup()
    assert {at.status for at in await stage.snapshots()} == {whole}


async def test_of_an_account_whose_every_point_in_time_is_gone_the_address_is_told(stage: Stage) -> None:
    await stage.backup()
    for head in stage.files("snapshots"):
        head.unlink()
    await stage.reopen()
    (damage,) = [one for one in await _check(stage, State.PARTIAL) if one.code == "rolled-back"]
    (name,) = damage.items
    assert "@" in name
    assert name != stage.stream


async def test_a_vault_that_was_set_back_is_noticed(stage: Stage, mailbox: Mailbox) -> None:
    await stage.backup()
    await stage.desk.close()
    shutil.copytree(stage.vault, stage.folder / "older")
    await stage.reopen()
    fill(mailbox, "INBOX", range(100, 110))
    await stage.backup()
    newest = max(stage.files("snapshots"))
    await stage.desk.close()
    shutil.rmtree(stage.vault)
    shutil.move(stage.folder / "older", stage.vault)
    await stage.reopen()
    (damage,) = await _check(stage, State.PARTIAL)
    assert (damage.file, damage.code) == (newest.relative_to(stage.vault).as_posix(), "rolled-back")
    fetched = stage.server.tally.bodies
    await stage.backup()
    assert stage.server.tally.bodies == fetched + 10
    await stage.assert_saved()
    await stage.reopen()
    assert [each.code for each in await _check(stage, State.PARTIAL)] == ["rolled-back"]
    assert await _check(stage, repair=True) == []  # somebody has looked at it
    assert await _check(stage) == []


async def test_a_lost_description_is_written_again(stage: Stage) -> None:
    await stage.backup()
    await stage.desk.lock()
    (stage.vault / "vault.json").unlink()
    await stage.desk.rescue_vault("a passphrase for tests")
    await stage.assert_saved()
    assert await _check(stage) == []


async def test_what_was_fetched_again_before_a_stop_is_not_fetched_twice(stage: Stage, mailbox: Mailbox) -> None:
    fill(mailbox, "New", range(2000, 4200))
    await stage.backup()
    for pack in stage.files("packs"):
        pack.unlink()
    await stage.reopen()
    fetched = stage.server.tally.bodies
    await stage.cut_short(1)
    await stage.backup()
    everything = sum(map(len, (await stage.bodies()).values()))
    assert everything > 2200
    assert everything <= stage.server.tally.bodies - fetched < everything + 1500
    await stage.assert_saved()
    await stage.reopen()
    assert await _check(stage) == []


async def test_a_check_that_goes_on_leaves_out_what_it_has_read_and_the_next_does_not(stage: Stage) -> None:
    await stage.backup()
    job = await stage.desk.check_vault(100)
    await stage.over(job)
    for pack in stage.files("packs"):
        _flip(pack)
    read = {bytes.fromhex(pack.name) for pack in stage.files("packs")}
    catalog = stage.desk._workspace.catalog
    catalog.keep_read(f"job {job}", read)  # as a check that was cut short leaves it
    for end in (State.DONE, State.PARTIAL):
        catalog.save_job(replace(await stage.desk.job(job), state=State.STOPPED))
        await stage.desk.resume(job)
        await stage.over(job, end)
