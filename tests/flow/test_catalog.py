"""The catalog is a copy: lost, late or damaged, it comes back from the vault as it was."""

import asyncio
import shutil
import signal
import sys
from pathlib import Path

from saasbackup_desktop.app.views import Query
from saasbackup_desktop.core.jobs import State
from saasbackup_desktop.sim.imap import Mailbox, Refuse
from tests.flow.stage import PASSPHRASE, Stage, fill, letter


async def _history(stage: Stage, mailbox: Mailbox) -> None:
    """Several points in time, partial ones among them."""
    await stage.backup()
    mailbox.move("INBOX", [1, 2], "Work")
    mailbox.mark("INBOX", [4], ["\\Seen"])
    await stage.backup()
    fill(mailbox, "New", range(2000, 3300))
    await stage.cut_short(2)
    stage.server.faults.clear()
    mailbox.remove("INBOX", [5])
    mailbox.rename("Work", "Labour")
    await stage.backup()
    mailbox.delete("New")
    await stage.backup()
    assert [one.status.value for one in await stage.snapshots()].count("partial") == 1


def _without_catalog(stage: Stage) -> None:
    for file in stage.catalog.parent.glob("catalog.db*"):
        file.unlink()


async def test_deleted_and_rebuilt(stage: Stage, mailbox: Mailbox) -> None:
    await _history(stage, mailbox)
    before = stage.dump()
    snapshots = await stage.snapshots()
    everything = [await stage.items(one) for one in snapshots]
    found = await stage.desk.search(Query(words="ipsum", stream=stage.stream), limit=5000)
    await stage.desk.close()
    _without_catalog(stage)
    await stage.reopen()
    assert stage.dump() == before
    assert await stage.snapshots() == snapshots
    assert [await stage.items(one) for one in snapshots] == everything
    again = await stage.desk.search(Query(words="ipsum", stream=stage.stream), limit=5000)
    assert sorted(row.item.id for row in again.rows) == sorted(row.item.id for row in found.rows)
    bodies = stage.server.tally.bodies
    await stage.backup()
    assert stage.server.tally.bodies == bodies
    assert await stage.snapshots() == snapshots


async def test_forgotten_and_rebuilt(stage: Stage, mailbox: Mailbox) -> None:
    await _history(stage, mailbox)
    before, jobs = stage.dump(), await stage.desk.jobs()
    await stage.desk.rebuild_catalog()
    assert stage.dump() == before
    assert await stage.desk.jobs() == jobs
    await stage.assert_saved()


async def test_owed_items_survive_a_rebuild(stage: Stage, mailbox: Mailbox) -> None:
    stage.server.faults.add("UID FETCH", Refuse("", "cannot read it"), after=_lists(stage), times=10_000)
    await stage.backup(State.PARTIAL)
    stage.server.faults.clear()
    before = stage.dump()
    assert any('"owed"' in line for line in before)
    await stage.desk.close()
    _without_catalog(stage)
    await stage.reopen()
    assert stage.dump() == before
    await stage.backup()
    await stage.assert_saved()


def _lists(stage: Stage) -> int:
    """How many FETCH commands only list, one for each folder that has messages."""
    return sum(1 for folder in stage.mailbox.folders.values() if folder.messages)


async def test_an_older_catalog_is_caught_up(stage: Stage, mailbox: Mailbox, tmp_path: Path) -> None:
    await stage.backup()
    await stage.desk.close()
    kept = tmp_path / "older"
    kept.mkdir()
    for file in stage.catalog.parent.glob("catalog.db*"):
        shutil.copy2(file, kept)
    await stage.reopen()
    mailbox.mark("INBOX", [4], ["\\Seen"])
    fill(mailbox, "INBOX", [500])
    await stage.backup()
    mailbox.remove("INBOX", [6])
    await stage.backup()
    before = stage.dump()
    await stage.desk.close()
    _without_catalog(stage)
    for file in kept.iterdir():
        shutil.copy2(file, stage.catalog.parent)
    await stage.reopen()
    assert stage.dump() == before
    await stage.assert_saved()
    bodies = stage.server.tally.bodies
    await stage.backup()
    assert stage.server.tally.bodies == bodies


async def test_killed_between_head_and_catalog(stage: Stage, mailbox: Mailbox) -> None:
    """A process of its own ends without a word just before it commits what the vault has already."""
    stream = stage.stream
    await stage.desk.close()
    arguments = (str(stage.folder / "home"), PASSPHRASE, stream)
    program = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.flow.killed", *arguments)
    assert await program.wait() == -signal.SIGKILL
    await stage.reopen()
    await stage.assert_saved()
    bodies = stage.server.tally.bodies
    await stage.backup()
    assert stage.server.tally.bodies == bodies
    assert len(await stage.snapshots()) == 1
    dump = stage.dump()
    await stage.desk.rebuild_catalog()
    assert stage.dump() == dump


async def test_what_an_unlocked_home_says_of_a_foreign_catalog(stage: Stage) -> None:
    await stage.backup()
    before = stage.dump()
    await stage.desk.close()
    stage.catalog.write_bytes(b"not a database at all" * 500)
    await stage.reopen()
    assert stage.dump() == before
    assert list(stage.catalog.parent.glob("unreadable-*"))


async def test_a_letter_without_text_does_not_hold_up_indexing(stage: Stage, mailbox: Mailbox) -> None:
    mailbox.deliver("INBOX", b"\r\n")
    mailbox.deliver("INBOX", letter(7).replace(b"Message-ID", b"X-Other"))
    await stage.backup()
    await stage.desk.rebuild_catalog()
    await stage.assert_saved()
