"""Jobs that are stopped, paused, taken up again, or owe something."""

import asyncio
from dataclasses import replace

import pytest

from saasbackup_desktop.app.activity.views import ActivityQuery, Area
from saasbackup_desktop.app.views import Health, RestoreRequest
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.cli import jobs as cli_jobs
from saasbackup_desktop.cli.exits import ExitCode
from saasbackup_desktop.cli.output import Output
from saasbackup_desktop.cli.records import job_record
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.core.errors import Misconfigured, VaultBusy
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.jobs import Backup, CatalogChanged, Event, JobChanged, JobQuery, State
from saasbackup_desktop.core.model import Conflict, SnapshotStatus
from saasbackup_desktop.sim.imap import Mailbox, Refuse, Slow
from tests.flow.stage import OFFICE, OTHER, PATIENCE, Stage, contents, fill, letter

MANY = range(2000, 3300)


async def test_owed_is_fetched_first_next_time(stage: Stage, mailbox: Mailbox) -> None:
    await stage.backup()
    fill(mailbox, "INBOX", [900])
    stage.server.faults.add("UID FETCH", Refuse("", "cannot read it"), after=1, times=2)
    job = await stage.backup(State.PARTIAL)
    assert job.tally.failed == 1
    [failure] = await stage.desk.failures(job.id)
    assert (failure.path, failure.code) == ("INBOX", "refused")
    newest = await stage.newest()
    assert (newest.status, newest.owed, newest.items) == (SnapshotStatus.PARTIAL, 1, 15)
    [card] = await stage.desk.cards()
    assert card.health is Health.PARTIAL
    fill(mailbox, "Work", [901])
    commands = len(stage.server.tally.commands)
    await stage.backup()
    newest = await stage.newest()
    assert (newest.status, newest.owed, newest.items) == (SnapshotStatus.COMPLETE, 0, 17)
    await stage.assert_saved()
    assert stage.server.tally.commands[commands:]
    [card] = await stage.desk.cards()
    assert card.health is Health.OK


async def test_only_what_failed_is_tried_again(stage: Stage, mailbox: Mailbox) -> None:
    await stage.backup()
    fill(mailbox, "INBOX", [900])
    stage.server.faults.add("UID FETCH", Refuse("", "cannot read it"), after=1, times=2)
    job = await stage.backup(State.PARTIAL)
    bodies = stage.server.tally.bodies
    await stage.over(await stage.desk.retry_failed(job.id))
    assert stage.server.tally.bodies == bodies + 1
    assert (await stage.newest()).status is SnapshotStatus.COMPLETE
    await stage.assert_saved()


async def test_what_is_skipped_paints_no_job_red(stage: Stage, mailbox: Mailbox) -> None:
    await stage.backup()
    fill(mailbox, "INBOX", [900])
    stage.server.faults.add("UID FETCH", Refuse("", "cannot read it"), after=1, times=2)
    job = await stage.backup(State.PARTIAL)
    [failure] = await stage.desk.failures(job.id)
    with pytest.raises(Misconfigured):
        await stage.desk.skip(job.id, [NodeId("none")])
    assert await stage.desk.skip(job.id, [failure.item], "a broken newsletter") == 1
    job = await stage.desk.job(job.id)
    assert (job.state, job.tally.failed, job.tally.skipped) == (State.DONE, 0, 1)
    [skip] = await stage.desk.skipped(stage.stream)
    assert (skip.item, skip.reason, skip.code) == (failure.item, "a broken newsletter", "refused")
    [card] = await stage.desk.cards()
    assert card.health is Health.OK
    # It can be read again: it leaves the list by itself.
    stage.server.faults.clear()
    await stage.backup()
    await stage.assert_saved()
    assert not await stage.desk.skipped()


async def test_a_folder_that_cannot_be_read_is_no_success(stage: Stage, mailbox: Mailbox) -> None:
    await stage.backup()
    fill(mailbox, "Work", [900])
    stage.server.faults.add("EXAMINE", Refuse("NOPERM", "Not yours"), times=100)
    fill(mailbox, "INBOX", [])
    job = await stage.backup(State.PARTIAL)
    [failure] = await stage.desk.failures(job.id)
    assert (failure.path, failure.code) == ("Work", "folder-refused")
    assert (await stage.newest()).status is SnapshotStatus.PARTIAL
    assert await stage.desk.skip(job.id, [failure.item], "of a colleague") == 1
    job = await stage.backup()
    assert (job.tally.failed, job.tally.skipped) == (0, 1)
    stage.server.faults.clear()
    await stage.backup()
    await stage.assert_saved()


async def test_what_is_skipped_no_more_is_a_failure_again(stage: Stage, mailbox: Mailbox) -> None:
    await stage.backup()
    fill(mailbox, "INBOX", [900])
    stage.server.faults.add("UID FETCH", Refuse("", "cannot read it"), after=1, times=2)
    job = await stage.backup(State.PARTIAL)
    assert await stage.desk.skip(job.id) == 1
    await stage.desk.unskip(stage.stream)
    assert not await stage.desk.skipped()
    [card] = await stage.desk.cards()
    assert card.health is Health.PARTIAL


async def test_what_is_owed_and_goes_away_is_owed_no_more(stage: Stage, mailbox: Mailbox) -> None:
    await stage.backup()
    message = mailbox.deliver("INBOX", letter(900))
    stage.server.faults.add("UID FETCH", Refuse("", "cannot read it"), after=1, times=2)
    await stage.backup(State.PARTIAL)
    mailbox.remove("INBOX", [message.uid])
    await stage.backup()
    await stage.assert_saved()


async def test_what_is_owed_and_moves_is_found(stage: Stage, mailbox: Mailbox) -> None:
    await stage.backup()
    message = mailbox.deliver("INBOX", letter(900))
    stage.server.faults.add("UID FETCH", Refuse("", "cannot read it"), after=1, times=2)
    await stage.backup(State.PARTIAL)
    mailbox.move("INBOX", [message.uid], "Work")
    mailbox.renumber("Work")
    await stage.backup()
    await stage.assert_saved()


async def test_retrying_a_run_that_was_cut_short_walks_it_to_its_end(stage: Stage, mailbox: Mailbox) -> None:
    await stage.backup()
    fill(mailbox, "New", MANY)
    job = await stage.cut_short(1)
    await stage.over(await stage.desk.retry_failed(job.id))
    assert (await stage.newest()).status is SnapshotStatus.COMPLETE
    await stage.assert_saved()


@pytest.mark.parametrize("wish", ["stop", "pause"])
async def test_backup_taken_up_again(stage: Stage, mailbox: Mailbox, wish: str) -> None:
    await stage.backup()
    fill(mailbox, "New", MANY)
    bodies = stage.server.tally.bodies
    job = await stage.cut_short(1, wish)
    saved = (await stage.newest()).items
    assert 15 < saved < 15 + len(MANY)
    at_cut = stage.server.tally.bodies
    await stage.desk.resume(job.id)
    await stage.over(job.id)
    await stage.assert_saved()
    # What lay behind the checkpoint is not fetched twice.
    assert stage.server.tally.bodies - at_cut == len(MANY) - (saved - 15)
    assert at_cut >= bodies


async def test_first_backup_cut_at_many_places(stage: Stage, mailbox: Mailbox) -> None:
    fill(mailbox, "New", MANY)
    for after in (0, 1, 3, 6, 12, 25, 50):
        id = await stage.desk.backup(stage.stream)
        for _ in range(after):
            await asyncio.sleep(0.005)
        await stage.desk.stop(id)
        await stage.over(id, State.STOPPED, State.DONE)
    await stage.backup()
    await stage.assert_saved()
    dump = stage.dump()
    await stage.desk.rebuild_catalog()
    assert stage.dump() == dump


async def test_stopped_before_it_began(stage: Stage) -> None:
    id = await stage.desk.backup(stage.stream)
    await stage.desk.stop(id)
    await stage.over(id, State.STOPPED)
    await stage.backup()
    await stage.assert_saved()


async def test_the_same_wish_is_one_job(stage: Stage) -> None:
    ids = await asyncio.gather(*(stage.desk.backup(stage.stream) for _ in range(5)))
    assert len(set(ids)) == 1
    await stage.over(ids[0])
    assert len(await stage.desk.jobs()) == 1
    job = await stage.over(await stage.desk.backup(stage.stream))
    stage.desk._workspace.catalog.save_job(replace(job, state=State.STOPPED))
    await asyncio.gather(*(stage.desk.resume(job.id) for _ in range(5)))
    await stage.over(job.id)
    assert len(await stage.desk.jobs()) == 2
    assert len(await stage.snapshots()) == 1


async def test_paused_in_the_queue(stage: Stage, mailbox: Mailbox) -> None:
    stage.server.faults.add("*", Slow(0.1), times=5)
    first = await stage.desk.backup(stage.stream)
    second = await stage.desk.backup(stage.stream, only_owed=True)
    assert (await stage.desk.job(second)).state is State.QUEUED
    await stage.desk.pause(second)
    assert (await stage.desk.job(second)).state is State.PAUSED
    await stage.over(first)
    await stage.desk.resume(second)
    await stage.over(second)
    with pytest.raises(Misconfigured):
        await stage.desk.stop(second)
    assert (await stage.desk.job(second)).state is State.DONE


async def test_closing_interrupts_what_runs(stage: Stage, mailbox: Mailbox) -> None:
    stage.server.faults.add("*", Slow(0.1), times=1000)
    first = await stage.desk.backup(stage.stream)
    second = await stage.desk.backup(stage.stream, only_owed=True)
    async with asyncio.timeout(PATIENCE):
        while True:
            if (await stage.desk.job(first)).state is State.RUNNING:
                break
            await asyncio.sleep(0.02)
    await stage.reopen()
    cut, queued = await stage.desk.job(first), await stage.desk.job(second)
    assert (cut.state, cut.code) == (State.QUEUED, "interrupted")
    assert (queued.state, queued.code) == (State.QUEUED, "")
    assert await stage.desk.left_over() == 2
    stage.server.faults.clear()
    await stage.desk.resume(first)
    await stage.over(first)
    assert await stage.desk.left_over() == 1
    await stage.desk.stop(second)
    assert (await stage.desk.job(second)).state is State.STOPPED
    await stage.assert_saved()


async def test_events_tell_of_the_end(stage: Stage) -> None:
    heard: list[Event] = []

    async def listen() -> None:
        async for event in stage.desk.events():
            heard.append(event)

    listening = asyncio.ensure_future(listen())
    await asyncio.sleep(0)
    job = await stage.backup()
    await stage.desk.lock()
    await listening
    states = [event.job.state for event in heard if isinstance(event, JobChanged)]
    assert states[0] is State.QUEUED
    assert states[-1] is State.DONE
    assert isinstance(job.spec, Backup)
    assert CatalogChanged(job.spec.stream) in heard


async def test_a_connection_removed_while_its_jobs_wait(stage: Stage, other: Mailbox) -> None:
    await stage.backup()
    await stage.connect(other, OTHER)
    newest, stream = await stage.newest(), stage.stream
    stage.server.faults.add("*", Slow(0.2), times=3)
    first = await stage.desk.migrate(stream, OTHER)
    second = await stage.desk.restore(
        RestoreRequest(stream=stream, snapshot=newest.id, connection=OTHER, conflict="skip")
    )
    await stage.desk.remove_connection(OTHER)
    assert (await stage.over(first, State.FAILED, State.DONE)).code in ("", "misconfigured")
    assert (await stage.over(second, State.FAILED)).code == "misconfigured"
    await stage.backup()
    with pytest.raises(Misconfigured):
        await stage.desk.resume(second)


async def test_no_rebuild_while_jobs_run(stage: Stage) -> None:
    stage.server.faults.add("*", Slow(0.1), times=3)
    id = await stage.desk.backup(stage.stream)
    with pytest.raises(VaultBusy):
        await stage.desk.rebuild_catalog()
    await stage.over(id)
    await stage.desk.rebuild_catalog()
    await stage.assert_saved()


@pytest.mark.parametrize("wish", ["stop", "pause", "close"])
async def test_restore_taken_up_again(stage: Stage, mailbox: Mailbox, other: Mailbox, wish: str) -> None:
    fill(mailbox, "New", range(2000, 2900))
    await stage.backup()
    await stage.connect(other, OTHER)
    newest, stream = await stage.newest(), stage.stream
    stage.server.faults.add("APPEND", Slow(0.3), after=2, times=100)
    id = await stage.desk.restore(RestoreRequest(stream=stream, snapshot=newest.id, connection=OTHER, conflict="skip"))
    async with asyncio.timeout(30):
        while True:
            if len(other.folders.get("New", other.folders["INBOX"]).messages) >= 200:
                break
            await asyncio.sleep(0.01)
    if wish == "close":
        await stage.reopen()
    else:
        await (stage.desk.stop(id) if wish == "stop" else stage.desk.pause(id))
    if wish == "close":
        assert (await stage.desk.job(id)).code == "interrupted"
    else:
        await stage.over(id, State.PAUSED if wish == "pause" else State.STOPPED)
    assert 0 < sum(len(folder.messages) for folder in other.folders.values()) < 915
    stage.server.faults.clear()
    await stage.desk.resume(id)
    job = await stage.over(id)
    assert contents(other) == contents(mailbox)
    assert job.tally.items_done == job.tally.items_total == 915
    assert job.tally.skipped + job.tally.verified == 915


async def test_all_failed_are_tried_again_but_nothing_that_removes_or_overwrites(stage: Stage) -> None:
    await stage.backup()
    newest = await stage.newest()
    request = RestoreRequest(stream=stage.stream, snapshot=newest.id, connection=OFFICE, conflict=Conflict.REPLACE)
    done = await stage.over(await stage.desk.restore(request))
    replaced = replace(done, state=State.FAILED)
    stage.desk._workspace.catalog.save_job(replaced)
    discarded = await stage.over(await stage.desk.discard(stage.stream, [newest.id]), State.FAILED)
    assert await stage.desk.left_out_of_retry(JobQuery()) == 2
    assert await stage.desk.retry_all(JobQuery()) == []
    assert {(await stage.desk.job(id)).state for id in (replaced.id, discarded.id)} == {replaced.state, State.FAILED}
    # By name it stays possible, but not without being asked.
    shell = Shell(stage.folder / "home", Output(True), stage.desk, None)
    for again in (cli_jobs.retry, cli_jobs.resume):
        with pytest.raises(Misconfigured):
            await again(shell, discarded.id)
    assert await stage.desk.job(discarded.id) == discarded
    assert await cli_jobs.retry(shell, discarded.id, yes=True) is not ExitCode.DONE  # the newest stays


async def test_what_is_over_is_left_as_it_is(stage: Stage) -> None:
    job = await stage.backup()
    for ask, what in (
        (stage.desk.resume, "job-done"),
        (stage.desk.retry_failed, "job-done"),
        (stage.desk.stop, "job-over"),
        (stage.desk.pause, "job-over"),
    ):
        with pytest.raises(Misconfigured) as refused:
            await ask(job.id)
        assert refused.value.facts["what"] == what
        assert words_for(refused.value.code, refused.value.facts).title != words_for("misconfigured").title
    assert await stage.desk.job(job.id) == job
    assert "job-cancelled" not in {
        one.code for one in (await stage.desk.activity.page(ActivityQuery(area=Area.SECURITY))).entries
    }


async def test_a_job_of_a_killed_program_says_so_everywhere(stage: Stage) -> None:
    job = await stage.backup()
    catalog = stage.desk._workspace.catalog
    catalog.save_job(replace(job, state=State.RUNNING, finished=None))
    await stage.reopen()
    cut = await stage.desk.job(job.id)
    line = (await stage.desk.log(job.id))[-1]
    assert (line.code, line.level) == ("job-interrupted", "warning")
    assert "saasbackup job resume" in job_record(cut, {})["remedy"]
    assert "interrupted" in (await stage.desk.status()).reasons
    await stage.desk.resume(job.id)
    await stage.over(job.id)
    assert "interrupted" not in (await stage.desk.status()).reasons
