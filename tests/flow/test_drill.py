"""Restore drills: a whole vault is proven, and what is not as it should be is caught, each kind of it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from saasbackup_desktop.app.clock import SystemClock
from saasbackup_desktop.app.drills.drills import Drills
from saasbackup_desktop.app.drills.views import Finding, Proof
from saasbackup_desktop.app.views import Health
from saasbackup_desktop.cli import drill
from saasbackup_desktop.cli.exits import ExitCode
from saasbackup_desktop.cli.main import arguments
from saasbackup_desktop.cli.output import Output
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import ConnectionName, SnapshotId
from saasbackup_desktop.core.jobs import Drill, Initiator, Job, State
from saasbackup_desktop.core.model import Edit
from saasbackup_desktop.core.schedule import Conditions, Rhythm, Schedule
from saasbackup_desktop.sim.imap import Mailbox
from tests.flow.stage import OFFICE, Stage, fill

DAY = 86400


async def drilled(
    stage: Stage,
    code: str = "",
    *,
    items: int = 50,
    against_source: bool = True,
    snapshot: SnapshotId | None = None,
    seed: str = "",
) -> Proof:
    """Carry out a drill that ends so, and give what is kept of it."""
    [id] = await stage.desk.drills.run([stage.stream], items, against_source, snapshot, seed)
    job = await stage.over(id, State.FAILED if code else State.DONE)
    assert job.code == code
    proof = await stage.desk.drills.proof(stage.stream, id)
    assert proof is not None
    assert proof in await stage.desk.drills.history(stage.stream)
    assert not [*(stage.folder / "home" / "scratch").iterdir()]
    return proof


@contextmanager
def listing_cut(stage: Stage, path: str, left: int) -> Iterator[None]:
    """Let the server know only the first messages of a folder for a while, as one with a broken index does."""
    folder = stage.mailbox.folders[path]
    whole = folder.messages
    folder.messages = dict([*whole.items()][:left])
    try:
        yield
    finally:
        folder.messages = whole


def faults_of(proof: Proof) -> list[Finding]:
    return [one for one in proof.findings if one.kind in ("damaged", "link", "missing", "catalog")]


def heads(stage: Stage) -> list[Path]:
    return sorted(stage.files("snapshots"))


async def test_a_whole_vault_is_proven_and_the_turn_goes_round(stage: Stage) -> None:
    points = []
    for number in range(40, 44):
        points.append(await stage.backup())
        fill(stage.mailbox, "Work", [number])
    seen = []
    for _ in range(3):
        proof = await drilled(stage, items=8)
        assert proof.outcome == "proven"
        assert (proof.read, proof.matched, proof.damaged, proof.missing) == (8, 8, 0, 0)
        assert proof.snapshot == points[-1].snapshot
        seen.append(proof.facts["older"])
        # What came since the last backup is expected, and told.
        assert (proof.at_source, proof.facts["walked"], proof.facts["newer"]) == (19, 18, 1)
        assert proof.facts["chain"] == 4
    assert sorted(seen) == sorted(str(job.snapshot) for job in points[:-1])
    assert len(await stage.desk.drills.history(stage.stream)) == 3
    [card] = await stage.desk.cards()
    assert (card.health, card.drill, card.proven) == (Health.OK, "proven", card.drilled)


async def test_a_drill_can_be_repeated(stage: Stage) -> None:
    await stage.backup()
    first = await drilled(stage, items=5)
    seed = str(first.facts["seed"])
    again = await drilled(stage, items=5, snapshot=first.snapshot, seed=seed)
    other = await drilled(stage, items=5, snapshot=first.snapshot, seed="another one")
    assert again.facts["sample"] == first.facts["sample"] != other.facts["sample"]
    assert again.facts["source"] == "not-asked"


async def test_a_flipped_byte_is_caught(stage: Stage) -> None:
    await stage.backup()
    await drilled(stage)
    [pack] = stage.files("packs")
    data = bytearray(pack.read_bytes())
    data[60] ^= 1
    pack.chmod(0o600)
    pack.write_bytes(data)
    proof = await drilled(stage, "drill-damaged")
    assert proof.outcome == "damaged"
    assert (proof.damaged, proof.read, proof.matched) == (2, 15, 14)  # the item, and the file that it lies in
    fault, file = faults_of(proof)
    assert (fault.kind, fault.code, file.kind, file.code) == ("damaged", "altered", "damaged", "altered")
    assert fault.name.startswith("Letter")
    assert file.where.endswith(pack.name)
    # Whatever is drawn.
    proof = await drilled(stage, "drill-damaged", items=1, seed="another sample")
    assert proof.outcome == "damaged"
    [card] = await stage.desk.cards()
    assert (card.health, card.problem, card.drill) == (Health.FAILED, "drill-damaged", "damaged")
    assert card.proven is not None
    assert card.proven <= proof.time
    assert file.where in {failure.path for failure in await stage.desk.failures(proof.job)}

    # What its source still has is fetched again once somebody has looked, and the next drill says so.
    await stage.over(await stage.desk.check_vault(100, repair=True), State.DONE, State.PARTIAL)
    await stage.backup()
    assert (await drilled(stage)).outcome == "proven"
    [card] = await stage.desk.cards()
    assert card.health is Health.OK


async def test_a_missing_pack_is_caught_whatever_the_sample(stage: Stage) -> None:
    await stage.backup()
    [pack] = stage.files("packs")
    pack.unlink()
    proof = await drilled(stage, "drill-damaged", items=1)
    assert (proof.outcome, proof.damaged, proof.read) == ("damaged", 15, 0)
    assert {one.code for one in faults_of(proof)} == {"missing"}


async def test_a_missing_tree_node_is_caught(stage: Stage) -> None:
    await stage.backup()
    [pack] = stage.files("meta")
    pack.unlink()
    proof = await drilled(stage, "drill-damaged")
    assert proof.outcome == "damaged"
    assert [(one.kind, one.code) for one in faults_of(proof)] == [("link", "missing")]


async def test_a_missing_link_of_the_chain_is_caught(stage: Stage) -> None:
    jobs = []
    for number in range(40, 43):
        jobs.append(await stage.backup())
        fill(stage.mailbox, "Work", [number])
    assert (await drilled(stage)).outcome == "proven"
    heads(stage)[1].unlink()
    await stage.reopen()
    proof = await drilled(stage, "drill-damaged")
    assert proof.outcome == "damaged"
    found = {(one.kind, one.code) for one in faults_of(proof)}
    assert found == {("link", "missing"), ("link", "point-missing")}
    assert str(jobs[1].snapshot) in {one.where for one in faults_of(proof)}


async def test_a_newest_point_in_time_that_was_taken_away_is_caught(stage: Stage) -> None:
    await stage.backup()
    fill(stage.mailbox, "Work", [40])
    await stage.backup()
    heads(stage)[-1].unlink()
    await stage.reopen()
    proof = await drilled(stage, "drill-damaged", against_source=False)
    assert ("link", "rolled-back") in {(one.kind, one.code) for one in faults_of(proof)}


async def test_everything_taken_away_is_caught(stage: Stage) -> None:
    await stage.backup()
    for head in heads(stage):
        head.unlink()
    await stage.reopen()
    proof = await drilled(stage, "drill-damaged")
    assert (proof.outcome, proof.snapshot, proof.read) == ("damaged", "", 0)


async def test_what_was_let_go_on_purpose_is_no_damage(stage: Stage) -> None:
    jobs = []
    for number in range(40, 43):
        jobs.append(await stage.backup())
        fill(stage.mailbox, "Work", [number])
    assert jobs[1].snapshot is not None
    await stage.over(await stage.desk.discard(stage.stream, [jobs[1].snapshot], grace_days=0))
    assert len(heads(stage)) == 2
    proof = await drilled(stage)
    assert (proof.outcome, proof.facts["points"]) == ("proven", 2)


async def test_a_source_that_told_only_a_part_is_caught(stage: Stage) -> None:
    with listing_cut(stage, "INBOX", 5):
        await stage.backup()
    assert (await stage.newest()).items == 12
    proof = await drilled(stage, "drill-incomplete")
    assert (proof.outcome, proof.missing, proof.damaged, proof.at_source) == ("incomplete", 3, 0, 15)
    assert proof.proven is None
    assert [(one.kind, one.where) for one in faults_of(proof)] == [("missing", "INBOX")] * 3
    [card] = await stage.desk.cards()
    assert (card.health, card.problem, card.facts["missing"]) == (Health.FAILED, "drill-incomplete", 3)
    await stage.backup()
    assert (await drilled(stage)).outcome == "proven"


async def test_a_folder_that_was_not_told_is_caught_once_it_cannot_be_new(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = stage.mailbox.folders.pop("Work/Plans")
    await stage.backup()
    stage.mailbox.folders["Work/Plans"] = hidden
    proof = await drilled(stage)
    assert (proof.outcome, proof.facts["moved"]) == ("proven", 3)  # it may have been made since, of older messages
    stage.mailbox.folders.pop("Work/Plans")
    fill(stage.mailbox, "Work", [40])
    later = SystemClock().now() + 60
    monkeypatch.setattr(SystemClock, "now", lambda _: later)
    await stage.backup()
    stage.mailbox.folders["Work/Plans"] = hidden
    proof = await drilled(stage, "drill-incomplete")
    assert (proof.outcome, proof.missing, proof.facts["moved"]) == ("incomplete", 3, 0)


async def test_what_was_deleted_since_is_told_and_no_fault(stage: Stage) -> None:
    await stage.backup()
    with listing_cut(stage, "INBOX", 6):
        proof = await drilled(stage)
    assert (proof.outcome, proof.facts["gone"], proof.missing) == ("proven", 2, 0)
    assert [one.kind for one in proof.findings] == ["gone", "gone"]


async def test_a_source_that_does_not_let_us_in_proves_nothing(stage: Stage) -> None:
    await stage.backup()
    before = await drilled(stage)
    await stage.desk.change_secret(OFFICE, "not the password")
    proof = await drilled(stage, "sign-in-needed")
    assert (proof.outcome, proof.at_source, proof.facts["reason"]) == ("unreachable", None, "sign-in-needed")
    assert (proof.matched, proof.damaged) == (15, 0)
    assert proof.proven == before.time
    assert (await drilled(stage, against_source=False)).outcome == "proven"


async def test_a_catalog_that_says_something_else_is_caught(stage: Stage) -> None:
    await stage.backup()
    workspace = stage.desk._workspace
    head = workspace.vault.last_head(stage.stream)
    assert head is not None
    [item, *_] = (await stage.items())["Work"]
    await workspace.bench.offload.on_catalog(workspace.catalog.commit, head, [Edit(item, None)], {})
    proof = await drilled(stage, "drill-damaged")
    assert [(one.kind, one.code) for one in faults_of(proof)] == [("catalog", "15/14")]
    await stage.desk.rebuild_catalog()
    assert (await drilled(stage)).outcome == "proven"


async def test_nothing_to_prove_says_so(stage: Stage) -> None:
    [id] = await stage.desk.drills.run([stage.stream])
    job = await stage.over(id, State.FAILED)
    assert (job.code, job.facts["what"]) == ("misconfigured", "nothing-to-drill")
    assert not await stage.desk.drills.proofs()


class HandClock:
    """Time that moves when it is told to."""

    def __init__(self) -> None:
        self.time = SystemClock().now()

    def now(self) -> int:
        return self.time


async def rounds(stage: Stage, clock: HandClock) -> Drills:
    """The door on a clock of its own, with a plan that begins a round every day."""
    drills = Drills(stage.desk._workspace, clock, stage.desk._submit)
    await drills.set_schedule(Schedule(rhythm=Rhythm.DAILY, at=0, zone="UTC"), items=3, days=2)
    return drills


async def drilled_by_itself(stage: Stage) -> list[Job]:
    """Every drill so far that nobody asked for, each seen to its end."""
    jobs = [job for job in await stage.desk.jobs() if isinstance(job.spec, Drill)]
    assert all(job.origin.initiator is Initiator.RULE for job in jobs)
    return [await stage.over(job.id) for job in jobs]


async def test_rounds_begin_by_themselves_and_everybody_has_a_turn(stage: Stage, other: Mailbox) -> None:
    fill(other, "INBOX", range(50, 53))
    streams = [stage.stream, await stage.connect(other, ConnectionName("other"))]
    for stream in streams:
        await stage.over(await stage.desk.backup(stream))
    clock = HandClock()
    drills = await rounds(stage, clock)
    await drills.tend()
    assert not await drilled_by_itself(stage)
    plan = await drills.schedule()
    assert plan.next_run is not None
    clock.time = plan.next_run + 60
    for _ in range(3):
        await drills.tend()
    assert len(await drilled_by_itself(stage)) == 1  # one of two, to be through in two days
    clock.time += DAY
    for _ in range(3):
        await drills.tend()
    jobs = await drilled_by_itself(stage)
    assert sorted(job.spec.stream for job in jobs if isinstance(job.spec, Drill)) == sorted(streams)
    assert not await drills.overdue()
    assert {proof.outcome for proof in await drills.proofs()} == {"proven"}

    # A week without anybody there: one round is made up for, and whoever waited too long is in it.
    clock.time += 7 * DAY
    assert {one.stream for one in await drills.overdue()} == set(streams)
    for _ in range(3):
        await drills.tend()
    assert len(await drilled_by_itself(stage)) == 4


async def test_by_hand_means_never_by_itself(stage: Stage) -> None:
    await stage.backup()
    clock = HandClock()
    drills = await rounds(stage, clock)
    plan = await drills.set_schedule(Schedule(), items=9, days=30)
    assert (plan.next_run, plan.items, plan.days) == (None, 9, 30)
    clock.time += 40 * DAY
    await drills.tend()
    assert not await drilled_by_itself(stage)
    assert not await drills.overdue()
    # Another process of this home sees the plan.
    assert (await Drills(stage.desk._workspace, clock, stage.desk._submit).schedule()) == plan
    with pytest.raises(Misconfigured):
        await drills.set_schedule(Schedule(), items=0)


class Mains:
    """A computer that is plugged in, or not."""

    is_on_battery = True

    def on_battery(self) -> bool:
        return self.is_on_battery

    def on_metered(self) -> None:
        return None


async def test_a_round_waits_for_what_all_scheduled_work_waits_for(stage: Stage) -> None:
    await stage.backup()
    clock, mains = HandClock(), Mains()
    await stage.desk.tasks.set_conditions(Conditions(on_battery=False))
    await rounds(stage, clock)
    drills = Drills(stage.desk._workspace, clock, stage.desk._submit, stage.desk.tasks.conditions, mains)
    clock.time += 2 * DAY
    await drills.tend()
    assert not await drilled_by_itself(stage)
    mains.is_on_battery = False
    for _ in range(2):
        await drills.tend()
    assert len(await drilled_by_itself(stage)) == 1


async def test_the_command_line_drills(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    assert arguments(["drill", "--sample", "5"]) == ["drill", "run", "--sample", "5"]
    assert arguments(["drill", "list"]) == ["drill", "list"]
    shell = Shell(stage.folder / "home", Output(True), stage.desk, None)
    plain = replace(shell, out=Output(False))
    with listing_cut(stage, "INBOX", 5):
        await stage.backup()
    assert await drill.run(plain, sample=5) is ExitCode.PARTIAL
    said = capsys.readouterr().out
    assert "ada@example.org: not complete. The source has 3 items that the backup should hold and does not." in said
    assert "missing in the backup: INBOX/UID 8" in said
    assert await drill.run(shell, account=["office"], sample=5, no_source=True) is ExitCode.DONE
    [job, proof] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (job["kind"], job["state"], proof["outcome"], proof["read"]) == ("restore drill", "done", "proven", 5)
    await stage.backup()
    await stage.desk.change_secret(OFFICE, "not the password")
    assert await drill.run(shell) is ExitCode.SIGN_IN
    for pack in stage.files("packs"):
        pack.unlink()
    assert await drill.run(shell) is ExitCode.DAMAGED
    capsys.readouterr()
    await drill.list_drills(shell)
    [newest] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert newest["outcome"] == "damaged"
    await drill.list_drills(shell, account="office")
    assert len(capsys.readouterr().out.splitlines()) == 4
    await drill.set_schedule(shell, every=Rhythm.WEEKLY, at="4:15", weekday="fri", days=14)
    plan = json.loads(capsys.readouterr().out)
    assert (plan["rhythm"], plan["at"], plan["weekday"], plan["days"]) == ("weekly", "04:15", "friday", 14)
    await drill.show(plain)
    assert "every Friday at 04:15" in capsys.readouterr().out
    with pytest.raises(Misconfigured):
        await drill.set_schedule(shell, at="25:00")
