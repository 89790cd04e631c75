"""A process is killed in the middle; the next one that stays goes on by itself, and says so."""

import asyncio
import signal
import sys

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.core.jobs import Backup, JobQuery, Restore, State
from saasbackup_desktop.sim.imap import Mailbox
from tests.flow.stage import OTHER, PASSPHRASE, Stage, contents, fill


async def _killed(stage: Stage, program: str, *arguments: str) -> None:
    await stage.desk.close()
    words = (str(stage.folder / "home"), PASSPHRASE, *arguments)
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", program, *words)
    assert await process.wait() == -signal.SIGKILL


async def _staying(stage: Stage) -> Desk:
    """A process that stays: an agent or a window."""
    stage.desk = Desk(stage.folder / "home", stays=True)
    stage.desks.append(stage.desk)
    await stage.desk.unlock(PASSPHRASE)
    return stage.desk


async def test_a_backup_goes_on_by_itself(stage: Stage, mailbox: Mailbox) -> None:
    stream = stage.stream
    await _killed(stage, "tests.flow.killed", stream)
    # A command that looks at something goes on with nothing, and says what waits.
    desk = await stage.reopen()
    assert await desk.left_over() == 1
    [job] = (await desk.job_page(JobQuery())).jobs
    assert (job.state, job.code) == (State.QUEUED, "interrupted")
    await desk.close()
    desk = await _staying(stage)
    done = await stage.over(job.id)
    assert (done.spec, done.origin) == (Backup(stream=stream), job.origin)
    assert [line.code for line in await desk.log(job.id)][:3] == ["job-started", "job-interrupted", "job-resumed"]
    assert await desk.left_over() == 0
    await stage.assert_saved()


async def test_a_paused_job_keeps_what_it_did(stage: Stage, mailbox: Mailbox) -> None:
    await stage.backup()
    fill(mailbox, "New", range(2000, 5000))
    paused = await stage.cut_short(1, "pause")
    saved = (await stage.newest()).items - 15
    assert (paused.tally.added, paused.tally.unchanged, paused.tally.items_done) == (saved, 0, saved)
    assert 0 < saved < paused.tally.items_total
    await stage.desk.resume(paused.id)
    done = await stage.over(paused.id)
    size = sum(len(one.data) for one in mailbox.folders["New"].messages.values())
    tally = done.tally
    assert (tally.items_done, tally.items_total, tally.added) == (3000, 3000, 3000)
    assert (tally.changed, tally.removed, tally.unchanged) == (0, 0, 0)
    assert (done.tally.bytes_done, done.started) == (size, paused.started)
    assert done.tally.bytes_stored > paused.tally.bytes_stored > 0


async def test_a_restore_goes_on_by_itself(stage: Stage, mailbox: Mailbox, other: Mailbox) -> None:
    fill(mailbox, "New", range(2000, 2500))
    await stage.backup()
    await stage.connect(other, OTHER)
    newest, stream = await stage.newest(), stage.stream
    await _killed(stage, "tests.flow.killed_restore", stream, newest.id, OTHER)
    there = sum(len(folder.messages) for folder in other.folders.values())
    assert 0 < there < 515
    desk = await _staying(stage)
    [job] = (await desk.job_page(JobQuery(kinds=frozenset({"restore"})))).jobs
    assert isinstance(job.spec, Restore)
    done = await stage.over(job.id)
    # What it wrote and compared before it was killed stays its own; of a batch on its way it finds what is there.
    assert (done.tally.items_done, done.tally.items_total, done.tally.added + done.tally.skipped) == (515, 515, 515)
    assert done.tally.verified == done.tally.added >= 515 - there
    assert done.tally.skipped < there
    assert (done.tally.read_again, done.tally.unread) == (there, 0)
    told = dict((await desk.reports.restore(job.id)).facts)
    assert (told["integrity"], told["resumed"], told["read-again"]) == ("proven", 1, there)
    assert [line.code for line in await desk.log(job.id)] == [
        "job-started",
        "job-interrupted",
        "job-resumed",
        "job-done",
    ]
    assert contents(other) == contents(mailbox)
