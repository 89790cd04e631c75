"""Restore and migrate: the plan says what then happens, and what happens is what was asked for."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from saasbackup_desktop.app.views import Plan, RestoreRequest
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.jobs import Job, State
from saasbackup_desktop.core.selection import EVERYTHING, Selection
from saasbackup_desktop.sim.imap import POOR, Mailbox, Manners
from tests.flow.stage import OFFICE, OTHER, Stage, contents, fill, letter, moment


@pytest.fixture(params=["rich", "poor"], autouse=True)
def manners(request: pytest.FixtureRequest, stage: Stage) -> None:
    if request.param == "poor":
        stage.server.manners = Manners(capabilities=POOR)


async def _carry_out(stage: Stage, request: RestoreRequest, *states: State) -> tuple[Plan, Job]:
    """Plan, restore, and hold the one against the other."""
    plan = await stage.desk.plan_restore(request)
    job = await stage.over(await stage.desk.restore(request), *states)
    assert job.tally.added == plan.add
    assert job.tally.verified == plan.add
    assert job.tally.skipped == plan.skip
    assert job.tally.changed == plan.change
    assert job.tally.bytes_total == plan.size
    assert job.tally.items_done == job.tally.items_total == plan.add + plan.skip + plan.change
    return plan, job


async def _request(
    stage: Stage, conflict: str, *, to: str = OFFICE, selection: Selection = EVERYTHING, folder: str | None = None
) -> RestoreRequest:
    newest = (await stage.snapshots())[-1]
    connection = OTHER if to == OTHER else OFFICE
    return RestoreRequest(
        stream=stage.stream,
        snapshot=newest.id,
        selection=selection,
        connection=connection,
        conflict=conflict,
        folder=folder,
    )


async def _folder_ids(stage: Stage) -> Mapping[str, NodeId]:
    return {row.path: row.folder.id for row in await stage.desk.folders(stage.stream, (await stage.newest()).id)}


async def test_non_destructive(stage: Stage, mailbox: Mailbox) -> None:
    await stage.backup()
    before = contents(mailbox)
    plan, _job = await _carry_out(stage, await _request(stage, "non-destructive"))
    assert (plan.add, plan.skip, plan.change) == (15, 0, 0)
    after = contents(mailbox)
    assert {path: after[path] for path in before} == before
    new = {path: messages for path, messages in after.items() if path not in before and messages}
    top = {path.split("/")[0] for path in new}
    assert len(top) == 1
    assert top.pop().startswith("Restored ")
    assert {path.partition("/")[2]: messages for path, messages in new.items()} == before


async def test_skip_adds_only_what_is_missing(stage: Stage, mailbox: Mailbox) -> None:
    await stage.backup()
    before = contents(mailbox)
    mailbox.remove("INBOX", [1, 2])
    mailbox.delete("Work/Plans")
    mailbox.mark("INBOX", [3], ["\\Seen"])
    plan, _job = await _carry_out(stage, await _request(stage, "skip"))
    assert (plan.add, plan.skip, plan.change) == (5, 10, 0)
    after = contents(mailbox)
    assert after["Work/Plans"] == before["Work/Plans"]
    assert after["Work"] == before["Work"]
    assert [one[0] for one in after["INBOX"]] == [one[0] for one in before["INBOX"]]
    assert after["INBOX"][2][1] == {"\\Seen"}
    plan, _job = await _carry_out(stage, await _request(stage, "skip"))
    assert (plan.add, plan.skip) == (0, 15)
    assert contents(mailbox) == after


async def test_replace_brings_flags_back_after_a_backup(stage: Stage, mailbox: Mailbox) -> None:
    await stage.backup()
    before = contents(mailbox)
    mailbox.remove("INBOX", [1])
    mailbox.mark("Work/Plans", [1, 2], ["\\Answered"])
    fill(mailbox, "INBOX", [77])
    plan, _job = await _carry_out(stage, await _request(stage, "replace"))
    assert (plan.add, plan.skip, plan.change) == (1, 12, 2)
    after = contents(mailbox)
    assert {one[0] for one in before["INBOX"]} | {letter(77)} == {one[0] for one in after["INBOX"]}
    assert [one[1] for one in after["Work/Plans"]] == [
        {"\\Flagged", "later", "$Restored"},
        {"\\Flagged", "later", "$Restored"},
        {"\\Flagged", "later"},
    ]
    # What was there before the first write is a point in time of its own.
    snapshots = await stage.snapshots()
    assert len(snapshots) == 2
    saved = await stage.bodies(snapshots[0])
    assert [flags for _data, flags, _time in saved["Work/Plans"]][:2] == [{"\\Answered"}] * 2
    assert letter(77) in [data for data, _flags, _time in saved["INBOX"]]
    plan, _job = await _carry_out(stage, await _request(stage, "replace"))
    assert (plan.add, plan.change) == (0, 0)


async def test_flags_that_the_target_does_not_keep_are_said(stage: Stage, mailbox: Mailbox) -> None:
    await stage.backup()
    mailbox.mark("Work/Plans", [1], ["\\Answered"])
    mailbox.folder("Work/Plans").keywords.clear()
    stage.server.manners = replace(stage.server.manners, keywords=False)
    job = await stage.over(await stage.desk.restore(await _request(stage, "replace")))
    assert job.tally.changed == 1
    [line] = [line for line in await stage.desk.log(job.id) if line.code == "flags-dropped"]
    assert (line.level, line.facts["where"], line.facts["name"]) == ("warning", "Work/Plans", "later")


async def test_new_folder(stage: Stage, mailbox: Mailbox) -> None:
    await stage.backup()
    before = contents(mailbox)
    ids = await _folder_ids(stage)
    selection = Selection(folders=(ids["Work"],))
    await _carry_out(stage, await _request(stage, "skip", selection=selection, folder="Back/Then"))
    after = contents(mailbox)
    assert after["Back/Then/Work"] == before["Work"]
    assert after["Back/Then/Work/Plans"] == before["Work/Plans"]
    assert {path: after[path] for path in before} == before


async def test_existing_folder_and_single_items(stage: Stage, mailbox: Mailbox) -> None:
    await stage.backup()
    items = await stage.items()
    chosen = Selection(items=(items["Work"][0].id, items["INBOX"][0].id))
    request = await _request(stage, "skip", selection=chosen, folder="Work")
    plan, _job = await _carry_out(stage, request)
    assert (plan.add, plan.skip) == (1, 1)
    assert [folder.path for folder in plan.folders] == ["Work"]
    assert len(contents(mailbox)["Work"]) == 5


async def test_two_equal_messages_of_two_folders_into_one(stage: Stage, mailbox: Mailbox) -> None:
    mailbox.copy("INBOX", [1], "Work")
    await stage.backup()
    items = await stage.items()
    twins = [item.id for part in items.values() for item in part if item.name == "Letter 1"]
    assert len(twins) == 2
    fill(mailbox, "Here", [1])
    request = await _request(stage, "skip", selection=Selection(items=tuple(twins)), folder="Here")
    plan, _job = await _carry_out(stage, request)
    assert (plan.add, plan.skip) == (1, 1)


@pytest.mark.parametrize("name", ["inbox", "Inbox", "INBOX"])
async def test_the_inbox_has_no_case(stage: Stage, mailbox: Mailbox, name: str) -> None:
    await stage.backup()
    items = await stage.items()
    chosen = Selection(items=(items["INBOX"][0].id, items["Work"][0].id))
    plan, _job = await _carry_out(stage, await _request(stage, "skip", selection=chosen, folder=name))
    assert (plan.add, plan.skip) == (1, 1)
    assert len(contents(mailbox)["INBOX"]) == 9


async def test_a_stretch_of_time(stage: Stage, mailbox: Mailbox, other: Mailbox) -> None:
    await stage.backup()
    await stage.connect(other, OTHER)
    since, until = int(moment(3).timestamp()), int(moment(6).timestamp())
    chosen = Selection(since=since, until=until)
    await _carry_out(stage, await _request(stage, "skip", to=OTHER, selection=chosen))
    wanted = sorted(
        one[0] for messages in contents(mailbox).values() for one in messages if since <= one[2].timestamp() < until
    )
    assert sorted(one[0] for messages in contents(other).values() for one in messages) == wanted
    assert wanted


@pytest.mark.parametrize("conflict", ["skip", "replace"])
async def test_another_account(stage: Stage, mailbox: Mailbox, other: Mailbox, conflict: str) -> None:
    await stage.backup()
    await stage.connect(other, OTHER)
    plan, _job = await _carry_out(stage, await _request(stage, conflict, to=OTHER))
    assert "other-account" in plan.warnings
    assert plan.target == "bob@example.org"
    assert contents(other) == contents(mailbox)
    plan, _job = await _carry_out(stage, await _request(stage, conflict, to=OTHER))
    assert (plan.add, plan.change) == (0, 0)


async def test_folders_of_one_role_find_each_other(stage: Stage, mailbox: Mailbox, other: Mailbox) -> None:
    stage.server.manners = Manners()  # one that knows roles
    mailbox.create("Sent", use="\\Sent")
    fill(mailbox, "Sent", [50])
    fill(mailbox, "Sent/2025", [51])
    other.create("Gesendet", use="\\Sent")
    await stage.backup()
    await stage.connect(other, OTHER)
    await _carry_out(stage, await _request(stage, "skip", to=OTHER))
    there = contents(other)
    assert [one[0] for one in there["Gesendet"]] == [letter(50)]
    assert [one[0] for one in there["Gesendet/2025"]] == [letter(51)]
    assert "Sent" not in there


async def test_two_folders_of_one_role_stay_two(stage: Stage, mailbox: Mailbox) -> None:
    mailbox.create("Trash", use="\\Trash")
    mailbox.create("Deleted Items", use="\\Trash")
    fill(mailbox, "Trash", [50])
    fill(mailbox, "Deleted Items", [51])
    await stage.backup()
    before = contents(mailbox)
    for path in ("Trash", "Deleted Items"):
        mailbox.remove(path, [1])
    await _carry_out(stage, await _request(stage, "skip"))
    assert contents(mailbox) == before


async def test_names_that_only_hold_folders_stay_so(stage: Stage, mailbox: Mailbox, other: Mailbox) -> None:
    fill(mailbox, "Deep/Below", [60])
    mailbox.create("Empty")
    await stage.backup()
    await stage.connect(other, OTHER)
    await _carry_out(stage, await _request(stage, "skip", to=OTHER))
    assert contents(other) == contents(mailbox)
    assert not other.folders["Deep"].selectable
    assert other.folders["Empty"].selectable


async def test_migrate(stage: Stage, mailbox: Mailbox, other: Mailbox) -> None:
    await stage.connect(other, OTHER)
    job = await stage.over(await stage.desk.migrate(stage.stream, OTHER))
    assert contents(other) == contents(mailbox)
    assert job.snapshot == (await stage.newest()).id
    fill(mailbox, "INBOX", [70])
    job = await stage.over(await stage.desk.migrate(stage.stream, OTHER))
    assert (job.tally.added, job.tally.skipped) == (1, 15)
    assert contents(other) == contents(mailbox)


async def test_migrate_only_what_is_new(stage: Stage, other: Mailbox) -> None:
    await stage.connect(other, OTHER)
    since = int(moment(20).timestamp())
    await stage.over(await stage.desk.migrate(stage.stream, OTHER, since))
    times = [one[2].timestamp() for messages in contents(other).values() for one in messages]
    assert times
    assert min(times) >= since
    assert (await stage.newest()).items == 15


async def test_a_large_message_comes_back(stage: Stage, mailbox: Mailbox, other: Mailbox) -> None:
    mailbox.deliver("INBOX", letter(5000, 9 << 20), ["\\Seen"], moment(5))
    await stage.backup()
    await stage.connect(other, OTHER)
    await _carry_out(stage, await _request(stage, "skip", to=OTHER))
    assert contents(other) == contents(mailbox)


async def test_what_a_target_cannot_take_is_named(stage: Stage, mailbox: Mailbox, other: Mailbox) -> None:
    mailbox.deliver("INBOX", letter(5000, 40_000))
    await stage.backup()
    await stage.connect(other, OTHER)
    stage.server.manners = Manners(append_limit=20_000)
    request = await _request(stage, "skip", to=OTHER)
    plan = await stage.desk.plan_restore(request)
    assert (plan.too_large, plan.warnings) == (1, ["too-large", "other-account"])
    job = await stage.over(await stage.desk.restore(request), State.PARTIAL)
    [failure] = await stage.desk.failures(job.id)
    assert (failure.name, failure.code) == ("Letter 5000", "too-large")
    assert job.tally.verified == 15
