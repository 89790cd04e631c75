"""What a second backup costs, and what it shows."""

import pytest

from saasbackup_desktop.app.views import Difference
from saasbackup_desktop.core.jobs import State
from saasbackup_desktop.core.model import SnapshotStatus
from saasbackup_desktop.sim.imap import POOR, Mailbox, Manners
from tests.flow.stage import Stage, fill


@pytest.fixture(params=["rich", "condstore", "poor"], autouse=True)
def manners(request: pytest.FixtureRequest, stage: Stage) -> None:
    """Servers that tell much, less, and next to nothing."""
    if request.param == "poor":
        stage.server.manners = Manners(capabilities=POOR)
    elif request.param == "condstore":
        less = tuple(one for one in Manners().capabilities if one not in ("QRESYNC", "OBJECTID"))
        stage.server.manners = Manners(capabilities=less)


async def test_first_backup_holds_everything(stage: Stage) -> None:
    job = await stage.backup()
    await stage.assert_saved()
    assert job.tally.added == 15
    assert job.tally.failed == 0
    snapshot = await stage.newest()
    assert job.snapshot == snapshot.id
    assert snapshot.status is SnapshotStatus.COMPLETE


async def test_no_change_writes_nothing(stage: Stage) -> None:
    first = await stage.backup()
    bodies, files = stage.server.tally.bodies, stage.files("packs", "meta")
    others = stage.files("snapshots", "index", "leases")
    assert files
    job = await stage.backup()
    assert stage.server.tally.bodies == bodies
    assert stage.files("packs", "meta") == files
    assert stage.files("snapshots", "index", "leases") == others
    assert job.state is State.DONE
    assert job.snapshot == first.snapshot
    assert (job.tally.added, job.tally.changed, job.tally.removed) == (0, 0, 0)
    said = [line.code for line in await stage.desk.log(job.id)]
    assert "nothing-changed" in said
    [card] = await stage.desk.cards()
    assert card.last is not None
    assert card.last.id == first.snapshot
    assert card.looked == job.finished
    assert "snapshot-adopted" not in said


async def test_a_day_without_a_change_costs_one_head(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    await stage.backup()
    files, index = stage.files("packs", "meta"), stage.files("index")
    heads = stage.files("snapshots")
    monkeypatch.setattr("saasbackup_desktop.engine.backup.AT_LEAST", 0)
    job = await stage.backup()
    assert stage.files("packs", "meta") == files
    assert stage.files("index") == index
    assert len(stage.files("snapshots")) == len(heads) + 1
    assert job.snapshot == (await stage.newest()).id
    assert await stage.diff() == []
    assert "snapshot-adopted" not in [line.code for line in await stage.desk.log(job.id)]


async def test_flag_change(stage: Stage, mailbox: Mailbox) -> None:
    await stage.backup()
    bodies = stage.server.tally.bodies
    mailbox.mark("INBOX", [3], ["\\Seen", "\\Flagged"])
    job = await stage.backup()
    assert stage.server.tally.bodies == bodies
    [row] = await stage.diff()
    assert row.kinds == (Difference.FLAGS,)
    assert (row.name, row.new_flags) == ("Letter 3", ("\\Flagged", "\\Seen"))
    assert (row.old_path, row.new_path) == ("INBOX", "INBOX")
    assert (job.tally.added, job.tally.changed, job.tally.removed) == (0, 1, 0)
    await stage.assert_saved()


async def test_move(stage: Stage, mailbox: Mailbox) -> None:
    await stage.backup()
    bodies = stage.server.tally.bodies
    mailbox.move("INBOX", [2, 5], "Work")
    await stage.backup()
    assert stage.server.tally.bodies == bodies
    rows = await stage.diff()
    assert [row.kinds for row in rows] == [(Difference.MOVED,)] * 2
    assert {(row.name, row.old_path, row.new_path) for row in rows} == {
        ("Letter 2", "INBOX", "Work"),
        ("Letter 5", "INBOX", "Work"),
    }
    await stage.assert_saved()


async def test_move_into_a_new_folder_while_the_old_one_goes(stage: Stage, mailbox: Mailbox) -> None:
    await stage.backup()
    bodies = stage.server.tally.bodies
    mailbox.create("Kept")
    mailbox.move("Work/Plans", mailbox.folder("Work/Plans").uids(), "Kept")
    mailbox.delete("Work/Plans")
    await stage.backup()
    assert stage.server.tally.bodies == bodies
    await stage.assert_saved()


async def test_copy(stage: Stage, mailbox: Mailbox) -> None:
    await stage.backup()
    bodies = stage.server.tally.bodies
    mailbox.copy("INBOX", [2], "Work")
    await stage.backup()
    assert stage.server.tally.bodies == bodies
    [row] = await stage.diff()
    assert row.kinds == (Difference.ADDED,)
    await stage.assert_saved()


async def test_rename_of_a_folder(stage: Stage, mailbox: Mailbox) -> None:
    await stage.backup()
    bodies = stage.server.tally.bodies
    mailbox.rename("Work", "Labour")
    await stage.backup()
    assert stage.server.tally.bodies == bodies
    [row] = await stage.diff()
    assert row.is_folder
    assert row.kinds == (Difference.RENAMED,)
    assert (row.old_path, row.new_path) == ("Work", "Labour")
    await stage.assert_saved()


async def test_deletion(stage: Stage, mailbox: Mailbox) -> None:
    await stage.backup()
    first = await stage.newest()
    before = await stage.bodies()
    bodies = stage.server.tally.bodies
    mailbox.remove("INBOX", [1])
    mailbox.delete("Work/Plans")
    job = await stage.backup()
    assert stage.server.tally.bodies == bodies
    rows = await stage.diff()
    assert {row.kinds for row in rows} == {(Difference.REMOVED,)}
    assert sorted(row.name for row in rows) == ["Letter 1", "Letter 30", "Letter 31", "Letter 32", "Plans"]
    assert job.tally.removed == 4
    await stage.assert_saved()
    assert await stage.bodies(first) == before


async def test_new_message(stage: Stage, mailbox: Mailbox) -> None:
    await stage.backup()
    bodies = stage.server.tally.bodies
    fill(mailbox, "INBOX", [9])
    await stage.backup()
    assert stage.server.tally.bodies == bodies + 1
    [row] = await stage.diff()
    assert (row.kinds, row.name, row.new_path) == ((Difference.ADDED,), "Letter 9", "INBOX")
    await stage.assert_saved()


async def test_new_uidvalidity(stage: Stage, mailbox: Mailbox) -> None:
    await stage.backup()
    bodies, packs = stage.server.tally.bodies, stage.files("packs")
    mailbox.renumber("INBOX")
    mailbox.renumber("Work/Plans")
    await stage.backup()
    assert stage.server.tally.bodies == bodies
    assert stage.files("packs") == packs
    assert await stage.diff() == []
    await stage.assert_saved()
    await stage.backup()
    assert stage.server.tally.bodies == bodies
    assert await stage.diff() == []


async def test_everything_at_once(stage: Stage, mailbox: Mailbox) -> None:
    await stage.backup()
    for _ in range(3):
        mailbox.move("INBOX", mailbox.folder("INBOX").uids()[:2], "Work")
        mailbox.rename("Work", "Work2")
        mailbox.renumber("Work2/Plans")
        mailbox.mark("Work2", mailbox.folder("Work2").uids()[:1], ["\\Answered"])
        fill(mailbox, "New", [100])
        mailbox.deliver("INBOX", b"")
        mailbox.copy("INBOX", mailbox.folder("INBOX").uids()[-1:], "Work2")
        await stage.backup()
        await stage.assert_saved()
        mailbox.rename("Work2", "Work")
        mailbox.delete("New")
        await stage.backup()
        await stage.assert_saved()
