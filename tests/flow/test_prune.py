"""Retention through the whole house: vault, catalog and desk agree on what is there."""

import asyncio
import time

import pytest

from saasbackup_desktop.app.views import Query
from saasbackup_desktop.cli.output import Output
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.cli.watch import report
from saasbackup_desktop.core.errors import Held, VaultDamaged
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.jobs import State
from saasbackup_desktop.core.retention import GRACE_DAYS, Keep
from saasbackup_desktop.vault.writer import Writer
from tests.flow.stage import OFFICE, PASSPHRASE, Stage, fill, letter


async def histories(stage: Stage) -> None:
    """Three points in time; letters 30 to 32 are only in the first, letter 40 is only in the second."""
    await stage.backup()
    stage.mailbox.delete("Work/Plans")
    fill(stage.mailbox, "INBOX", [40])
    await stage.backup()
    folder = stage.mailbox.folder("INBOX")
    stage.mailbox.remove("INBOX", [uid for uid, one in folder.messages.items() if one.data == letter(40)])
    fill(stage.mailbox, "INBOX", [41])
    await stage.backup()


async def found(stage: Stage, words: str) -> int:
    return len((await stage.desk.search(Query(words=words))).rows)


async def assert_sound(stage: Stage) -> None:
    """The check finds nothing, and the catalog is what the vault alone would make it."""
    job = await stage.desk.check_vault(100)
    await stage.over(job)
    assert await stage.desk.damages(job) == []
    before = stage.dump()
    await stage.desk.rebuild_catalog()
    assert stage.dump() == before


async def test_what_retention_lets_go_is_gone_from_vault_and_catalog(stage: Stage) -> None:
    await histories(stage)
    _, second, first = await stage.snapshots()
    assert [await found(stage, words) for words in ("000030", "000040", "000041")] == [1, 1, 1]
    await stage.desk.set_retention(Keep(last=2))
    preview = await stage.desk.prune_preview()
    assert [point.snapshot.id for point in preview.go] == [first.id]
    assert preview.size > 0
    job = await stage.over(await stage.desk.prune(0))
    assert (job.tally.removed, job.tally.bytes_freed > 0) == (1, True)
    assert [one.id for one in await stage.snapshots()][1:] == [second.id]
    assert [await found(stage, words) for words in ("000030", "000040", "000041")] == [0, 1, 1]
    await stage.desk.set_retention(Keep(last=1))
    await stage.over(await stage.desk.prune(0))
    assert [await found(stage, words) for words in ("000030", "000040", "000041")] == [0, 0, 1]
    await stage.assert_saved()
    await stage.backup()
    await stage.assert_saved()


async def test_the_catalog_of_another_home_follows(stage: Stage) -> None:
    await histories(stage)
    await stage.desk.set_retention(Keep(last=1))
    desk = await stage.reopen()
    assert len(await stage.snapshots()) == 3
    await stage.over(await desk.prune(0))
    stage.desk = other = type(desk)(stage.folder / "another")
    stage.desks.append(other)
    await other.adopt_vault(str(stage.vault), PASSPHRASE)
    [card] = await other.cards()
    assert card.snapshots == 1


async def test_trash_is_called_back(stage: Stage) -> None:
    await histories(stage)
    await stage.desk.set_retention(Keep(last=1), stage.stream)
    begun = int(time.time())
    job = await stage.over(await stage.desk.prune())
    assert job.tally.removed == 0
    [entry] = await stage.desk.trash()
    assert (entry.why, entry.is_due, len(entry.points)) == ("retention", False, 2)
    assert begun <= entry.due - GRACE_DAYS * 86400 <= entry.made
    assert len(await stage.snapshots()) == 3
    assert await stage.desk.cancel_trash(entry.id) == 2
    assert await stage.desk.trash() == []
    await stage.desk.set_retention(None, stage.stream)
    assert (await stage.desk.retention(stage.stream)).is_own is False
    assert (await stage.desk.prune_preview()).go == []
    await assert_sound(stage)


async def test_a_discarded_account_rests_and_comes_back_or_goes(stage: Stage) -> None:
    await histories(stage)
    await stage.over(await stage.desk.discard(stage.stream))
    [entry] = await stage.desk.trash()
    assert (entry.why, len(entry.points)) == ("account", 3)
    refused = await stage.backup(State.FAILED)
    assert (refused.code, refused.facts["what"]) == ("misconfigured", "discarded")
    await stage.desk.cancel_trash(entry.id)
    await stage.backup()
    await stage.assert_saved()

    await stage.over(await stage.desk.discard(stage.stream, grace_days=0))
    assert await stage.snapshots() == []
    assert stage.files("packs", "meta", "snapshots", "trash", "index") == set()
    assert await found(stage, "000041") == 0
    await stage.backup()
    await stage.assert_saved()
    await assert_sound(stage)


async def test_single_points_in_time_are_discarded_but_not_what_is_held_or_newest(stage: Stage) -> None:
    await histories(stage)
    newest, second, first = await stage.snapshots()
    hold = await stage.desk.hold(stage.stream, first.id, "case 4711")
    with pytest.raises(Held):
        await stage.desk.discard(stage.stream, [first.id])
    job = await stage.over(await stage.desk.discard(stage.stream, [newest.id]), State.FAILED)
    assert job.facts["what"] == "newest"
    await stage.over(await stage.desk.discard(stage.stream, [second.id], grace_days=0))
    assert [one.id for one in await stage.snapshots()] == [newest.id, first.id]
    await stage.desk.set_retention(Keep(last=1))
    await stage.over(await stage.desk.prune(0))
    assert [one.id for one in await stage.snapshots()] == [newest.id, first.id]
    assert [(one.label, one.snapshot) for one in await stage.desk.holds()] == [("case 4711", first.id)]
    await stage.desk.release_hold(hold.id)
    await stage.over(await stage.desk.prune(0))
    assert [one.id for one in await stage.snapshots()] == [newest.id]
    await stage.assert_saved()
    await assert_sound(stage)


async def test_a_home_that_was_left_behind_by_prunes_goes_on(stage: Stage) -> None:
    """Its newest point in time is gone: another home went on and pruned, before the backup had its lease."""
    await stage.backup()
    behind = stage.desk
    stage.desk = ahead = type(behind)(stage.folder / "ahead")
    stage.desks.append(ahead)
    await ahead.adopt_vault(str(stage.vault), PASSPHRASE)
    await stage.connect(stage.mailbox, OFFICE)
    bench = behind._workspace.bench
    taking = bench.vault.writer

    def overtaken(stream: StreamId, owner: str) -> Writer:
        """The other one is faster."""
        asyncio.run_coroutine_threadsafe(go_ahead(), loop).result()
        bench.vault.writer = taking  # type: ignore[method-assign]
        return taking(stream, owner)

    async def go_ahead() -> None:
        for number in range(50, 53):
            fill(stage.mailbox, "INBOX", [number])
            await stage.backup()
        stage.mailbox.delete("Work/Plans")
        await stage.backup()
        await ahead.set_retention(Keep(last=1))
        await stage.over(await ahead.prune(0))
        assert len(await stage.snapshots()) == 1

    loop = asyncio.get_running_loop()
    bench.vault.writer = overtaken  # type: ignore[method-assign]
    fill(stage.mailbox, "INBOX", [49])  # without a change, nobody would write
    id = await behind.backup(stage.stream)
    async with asyncio.timeout(60):
        while True:
            if (await behind.job(id)).state.is_over:
                break
            await asyncio.sleep(0.02)
    assert (await behind.job(id)).state is State.DONE
    stage.desk = behind
    assert len(await stage.snapshots()) == 2
    await stage.assert_saved()
    await assert_sound(stage)


async def test_who_is_at_work_is_waited_for(stage: Stage) -> None:
    await histories(stage)
    await stage.desk.set_retention(Keep(last=1))
    vault = stage.desk._workspace.vault
    with vault.writer(StreamId("somebody/mail"), "at work"):
        job = await stage.over(await stage.desk.prune(0), State.FAILED)
        assert (job.code, job.facts["owner"]) == ("vault-busy", "at work")
        assert len(await stage.snapshots()) == 3
    await stage.desk.resume(job.id)
    assert (await stage.over(job.id)).tally.removed == 2
    await assert_sound(stage)


async def test_nothing_goes_while_the_newest_point_in_time_is_missing(stage: Stage) -> None:
    await histories(stage)
    await stage.desk.set_retention(Keep(last=1))
    newest = max(stage.files("snapshots"))
    data = newest.read_bytes()
    newest.unlink()
    before = stage.files("packs", "meta", "snapshots", "trash")
    for id in (await stage.desk.prune(0), await stage.desk.discard(stage.stream, grace_days=0)):
        job = await stage.over(id, State.FAILED)
        assert (job.code, job.facts["reason"]) == ("vault-damaged", "point-missing")
        assert newest.name in str(job.facts["file"])
    with pytest.raises(VaultDamaged):
        await stage.desk.prune_preview()
    assert stage.files("packs", "meta", "snapshots", "trash") == before
    newest.write_bytes(data)
    assert (await stage.over(await stage.desk.prune(0))).tally.removed == 2
    await stage.assert_saved()
    await assert_sound(stage)


async def test_what_was_put_into_the_trash_is_told(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    await histories(stage)
    await stage.desk.set_retention(Keep(last=1))
    job = await stage.over(await stage.desk.prune())
    [entry] = await stage.desk.trash()
    shell = Shell(stage.folder, Output(as_json=False), stage.desk)
    await report(shell, job, {})
    told = capsys.readouterr().out
    assert "2 points in time and" in told
    assert f"saasbackup vault trash cancel {entry.id[:8]}" in told
    assert "removed" not in told
