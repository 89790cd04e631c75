"""Reports from a real vault and a pretend mail server, read back as their readers do."""

import csv
import io
import shutil
import subprocess
from pathlib import Path

import pytest

from saasbackup_desktop.app.alerts.views import Alert
from saasbackup_desktop.app.clock import SystemClock
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.drills.views import Finding, Proof
from saasbackup_desktop.app.reports import spreadsheet
from saasbackup_desktop.app.reports.drills import drills
from saasbackup_desktop.app.reports.monitoring import CRITICAL, judged
from saasbackup_desktop.app.reports.page import to_pdf
from saasbackup_desktop.app.reports.plain import from_json
from saasbackup_desktop.app.reports.recovery import integrity
from saasbackup_desktop.app.reports.sealing import content_of, examine
from saasbackup_desktop.app.reports.usage import usage
from saasbackup_desktop.app.reports.views import Concern, Form, Kind, Outcome, Report, Table, Value
from saasbackup_desktop.app.views import RestoreRequest
from saasbackup_desktop.app.words import monitoring
from saasbackup_desktop.app.words import reports as words
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import AccountId, JobId, SnapshotId, StreamId
from saasbackup_desktop.core.jobs import Backup, Check, Job, State, Tally
from saasbackup_desktop.core.model import Account, Provider, Service, account_id, stream_id
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.sim.imap import Refuse
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.flow.conftest import mailbox, other, server, stage
from tests.flow.stage import CHEAP, OFFICE, PASSPHRASE, Stage, fill

__all__ = ["mailbox", "other", "server", "stage"]

NASTY = "=cmd|' /C calc'!A0"


def facts(report: Report) -> dict[str, Value]:
    return dict(report.facts)


def rows(report: Report, code: str) -> list[dict[str, Value]]:
    [table] = [one for one in report.tables if one.code == code]
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def text_of(pdf: bytes, folder: Path) -> str:
    """As a reader of PDF files sees it."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not here")
    (folder / "read.pdf").write_bytes(pdf)
    done = subprocess.run(
        ["pdftotext", "-layout", "read.pdf", "-"], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.fixture
async def saved(stage: Stage) -> Stage:
    """After a backup."""
    await stage.backup()
    return stage


# --- from a real home --------------------------------------------------------------------------------------------


async def test_the_summary_tells_how_accounts_stand(saved: Stage) -> None:
    report = await saved.desk.reports.summary()
    found = facts(report)
    assert (found["protected"], found["well"], found["troubled"]) == (1, 1, 0)
    assert (found["runs"], found["succeeded"], found["failed"]) == (1, 1, 0)
    [row] = rows(report, "accounts")
    assert (row["account"], row["state"], row["items"], row["added"]) == ("ada@example.org", "ok", 15, 15)
    assert row["last"] in [job.finished for job in await saved.desk.jobs()]
    late = await saved.desk.reports.summary(since=report.made + 10)
    assert facts(late)["runs"] == 0, "the span is kept to"


async def test_failures_are_told_with_each_item_and_its_reason(saved: Stage) -> None:
    stage = saved
    fill(stage.mailbox, "INBOX", [900])
    stage.server.faults.add("UID FETCH", Refuse("", "cannot read it"), after=1, times=2)
    job = await stage.backup(State.PARTIAL)
    report = await stage.desk.reports.failures()
    [row] = rows(report, "jobs")
    assert (row["job"], row["state"], row["account"]) == (job.id, "partial", "ada@example.org")
    items = rows(report, "items")
    assert len(items) == job.tally.failed == row["failed"] == facts(report)["items"]
    assert all(item["reason"] and item["folder"] for item in items)
    assert (await stage.desk.status()).level == "warning"


async def test_usage_counts_each_mail_server_and_what_no_source_reaches(saved: Stage) -> None:
    report = await saved.desk.reports.usage()
    [customer] = rows(report, "customers")
    assert (customer["customer"], customer["service"], customer["active"], customer["items"]) == (OFFICE, "imap", 1, 15)
    size = (await saved.newest()).size
    await saved.desk.remove_connection(OFFICE)
    [customer] = rows(await saved.desk.reports.usage(), "customers")
    assert (customer["customer"], customer["active"], customer["archived"]) == ("", 0, 1)
    assert facts(await saved.desk.reports.usage())["size"] == size > 0


async def test_a_restore_is_confirmed_with_who_asked_and_what_was_proven(saved: Stage, tmp_path: Path) -> None:
    point = await saved.newest()
    request = RestoreRequest(
        stream=saved.stream, snapshot=point.id, selection=Selection(), connection=OFFICE, folder="Wiederhergestellt"
    )
    job = await saved.over(await saved.desk.restore(request))
    report = await saved.desk.reports.restore(job.id)
    found = facts(report)
    assert found["by"] == saved.desk._workspace.recorder.who
    assert (found["from"], found["to"]) == ("ada@example.org", f"ada@example.org ({OFFICE})")
    assert (found["written"], found["verified"], found["failed"]) == (15, 15, 0)
    assert (found["integrity"], found["into"], found["made-at"]) == ("proven", "Wiederhergestellt", point.finished)
    await saved.desk.reports.save(report, Form.PDF, tmp_path / "r.pdf")
    await saved.desk.reports.save(report, Form.JSON, tmp_path / "r.json")
    for name in ("r.pdf", "r.json"):
        verdict = await saved.desk.reports.verify((tmp_path / name).read_bytes())
        assert (verdict.outcome, verdict.is_ours) == (Outcome.WHOLE, True)
        assert verdict.fingerprint == (await saved.desk.vault_info()).report_key
    assert from_json(content_of((tmp_path / "r.json").read_bytes())) == report
    said = text_of((tmp_path / "r.pdf").read_bytes(), tmp_path)
    assert "Recovery confirmation" in said
    assert "Wiederhergestellt" in said
    assert "Every item that was written was read back" in said
    assert words.grouped(verdict.fingerprint) in said
    backups = [one for one in await saved.desk.jobs() if isinstance(one.spec, Backup)]
    with pytest.raises(Misconfigured):
        await saved.desk.reports.restore(backups[0].id)


async def test_another_vaults_report_is_known_as_such(saved: Stage, tmp_path: Path) -> None:
    data = await saved.desk.reports.json(await saved.desk.reports.usage())
    Vault.create(LocalStore(tmp_path / "other"), PASSPHRASE, SystemClock(), argon2=CHEAP)
    stranger = Desk(tmp_path / "stranger")
    await stranger.adopt_vault(str(tmp_path / "other"), PASSPHRASE)
    verdict = await stranger.reports.verify(data)
    await stranger.close()
    assert (verdict.outcome, verdict.is_ours) == (Outcome.WHOLE, False)
    assert words.verdict(verdict).title == "Another vault's report"


async def test_status_is_well_after_a_backup_and_says_what_it_can_when_locked(saved: Stage) -> None:
    found = await saved.desk.status()
    assert (found.level, found.vault, found.record) == ("ok", "open", "unbroken")
    [standing] = [one for one in found.standings if one.kind == "account"]
    assert (standing.last_success or 0) >= (await saved.newest()).finished
    await saved.desk.lock()
    locked = await saved.desk.status()
    assert (locked.level, locked.vault, locked.reasons, locked.is_known) == ("warning", "locked", ("locked",), False)
    saved.vault.rename(saved.vault.with_name("elsewhere"))
    assert (await saved.desk.status()).reasons == ("vault-missing",)
    saved.vault.with_name("elsewhere").rename(saved.vault)


# --- pure --------------------------------------------------------------------------------------------------------


def _proof(outcome: str) -> Proof:
    account = Account(
        id=account_id(Provider.IMAP, "x", "ada"), provider=Provider.IMAP, address="Ελένη@lotus.example", name="E"
    )
    return Proof(
        stream=stream_id(account.id, Service.MAIL),
        account=account,
        snapshot=SnapshotId("20260101T000000Z-00000000"),
        time=1_795_233_600,
        job=JobId("a" * 12),
        outcome=outcome,
        read=50,
        matched=49,
        missing=1,
        damaged=0,
        at_source=51,
        facts={},
        findings=(Finding(kind="missing", where="INBOX", name=NASTY, code="not-found"),),
    )


def test_drills_are_told_with_what_they_found() -> None:
    told, tables = drills([_proof("incomplete"), _proof("proven")])
    assert dict(told)["drills-incomplete"] == 1
    assert [table.code for table in tables] == ["proofs", "findings"]
    assert words.cell("what", "finding-missing") == "Missing from the vault"


@pytest.mark.parametrize(
    ("outcome", "level"), [("proven", "ok"), ("incomplete", "warning"), ("damaged", "critical"), ("unreachable", "ok")]
)
def test_drills_count_for_the_status(outcome: str, level: str) -> None:
    found = judged(
        1_795_233_600,
        cards=(),
        tasks=(),
        jobs={},
        failed=0,
        proofs=[_proof(outcome)],
        alerts=(),
        waiting=(),
        is_damaged=False,
        is_unbroken=True,
    )
    assert found.level == level


def test_every_reason_has_words() -> None:
    assert set(monitoring.REASONS) >= CRITICAL
    alert = Alert(
        id="3f2a",
        stream=StreamId("a/mail"),
        account=Account(id=AccountId("a"), provider=Provider.IMAP, address="ada@example.org", name="Ada"),
        kind="mass-deletion",
        made=1,
        job=JobId("a" * 12),
        snapshot=SnapshotId("b"),
        last_good=None,
        facts={},
        acknowledged=None,
    )
    broken = judged(
        1,
        cards=(),
        tasks=(),
        jobs={State.WAITING: 1},
        failed=0,
        proofs=(),
        alerts=[alert],
        waiting=(),
        is_damaged=True,
        is_unbroken=False,
    )
    assert set(broken.reasons) == {"damaged", "record-broken", "alerts", "waiting"}
    assert set(broken.reasons) <= set(monitoring.REASONS) == set(monitoring.COMMANDS)
    assert monitoring.about(broken.concerns["alerts"]) == "ada@example.org (3f2a)"
    assert monitoring.about([Concern(kind="task", name=name) for name in "abcde"]) == "a, b, c and 2 more"


@pytest.mark.parametrize(
    ("state", "tally", "said"),
    [
        (State.DONE, Tally(added=3, verified=3), "proven"),
        (State.DONE, Tally(added=3, changed=1, verified=3), "not-proven"),
        (State.PARTIAL, Tally(added=3, verified=3, failed=1), "partly"),
        (State.DONE, Tally(skipped=9), "nothing-written"),
        (State.DONE, Tally(added=1, verified=1, skipped=9, read_again=9), "proven"),
        (State.DONE, Tally(added=1, verified=1, skipped=9, read_again=8, unread=1), "unread"),
        (State.DONE, Tally(skipped=9, read_again=9), "proven"),
    ],
)
def test_integrity_claims_no_more_than_was_proven(state: State, tally: Tally, said: str) -> None:
    job = Job(id=JobId("a" * 12), spec=Check(), state=state, tally=tally)
    assert integrity(job) == said
    assert words.cell("integrity", said).endswith(".")


def test_usage_of_nothing_is_empty() -> None:
    told, [customers, accounts] = usage((), (), ())
    assert dict(told) == {"entities": 0, "active": 0, "archived": 0, "licensed": 0, "size": 0}
    assert customers.rows == accounts.rows == ()


def _report(*tables: Table) -> Report:
    return Report(kind=Kind.FAILURES, made=1_795_233_600, by="dana@laptop", facts=(("failed", 1),), tables=tables)


def test_no_cell_is_a_formula() -> None:
    names = (NASTY, "+1", "-2+3", "@SUM(A1)", "\tx", "\rx", "plain", 'with "quotes"\nand lines')
    table = Table(code="items", columns=("name", "failed"), rows=tuple((name, -3) for name in names))
    data = spreadsheet.to_csv(_report(table))
    assert data.startswith(b"\xef\xbb\xbf")
    assert not spreadsheet.to_csv(_report(table), bom=False).startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert lines[0] == ["Name", "Failed"]
    for line, name in zip(lines[1:], names, strict=True):
        assert line[0].lstrip("'") == name
        assert line[0][:1] not in ("=", "+", "-", "@", "\t", "\r")
        assert line[1] == "-3", "a number is none"


def test_several_tables_stand_one_below_the_other() -> None:
    one = Table(code="jobs", columns=("job", "size"), rows=(("a", 2048),))
    two = Table(code="items", columns=("name", "finished"), rows=(("b", 0),))
    text = spreadsheet.to_csv(_report(one, two), bom=False).decode()
    lines = text.replace("\r\n", "\n").split("\n")
    assert lines[:5] == ["Jobs", "Job,Size (bytes)", "a,2048", "", "Items that failed"]
    assert lines[6].startswith("b,19") or lines[6].startswith("b,1970")


def test_a_long_table_goes_over_pages_with_its_heading_and_every_name(tmp_path: Path) -> None:
    names = [f"Ελένη Παπαδοπούλου {number} <b>&amp; Привет" for number in range(150)]
    table = Table(code="items", columns=("folder", "name", "reason"), rows=tuple(("Ü", name, NASTY) for name in names))
    pdf = to_pdf(_report(table), "ab" * 32)
    assert to_pdf(_report(table), "ab" * 32) == pdf, "equal reports give equal bytes"
    text = text_of(pdf, tmp_path)
    pages = text.split("\f")[:-1]
    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        assert f"Page {number}" in page
    assert sum("Reason" in page for page in pages) >= len(pages) - 1
    squeezed = "".join(text.split())
    assert all("".join(name.split()) in squeezed for name in names)
    assert b"/Title" in pdf
    assert b"/Lang" in pdf


def test_letters_of_the_far_east_do_not_break_a_page() -> None:
    table = Table(code="items", columns=("name",), rows=(("日本語 ひらがな 한국어 中文 \U0001f600 \ud800 \x00",),))
    pdf = to_pdf(_report(table))
    assert examine(pdf).outcome is Outcome.UNSEALED
    assert b"STSong" in pdf
