"""Reports, activity and status at the command line: exit codes, formats, and what needs no vault."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from saasbackup_desktop.app.clock import SystemClock
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.tasks.views import Task, TaskView
from saasbackup_desktop.app.views import Damage
from saasbackup_desktop.cli.exits import ExitCode, fault_exit
from saasbackup_desktop.cli.main import app, arguments
from saasbackup_desktop.cli.output import Output
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.cli.tasks import _as_tended
from saasbackup_desktop.cli.vault import _damage_text
from saasbackup_desktop.core.ids import TaskId
from saasbackup_desktop.core.schedule import Rhythm, Schedule
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.flow.stage import CHEAP, PASSPHRASE


class Line:
    """A command line with a home of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "secret").write_text(PASSPHRASE)
        self.environment = {"SAASBACKUP_HOME": str(folder / "home")}

    def __call__(self, *words: str, opens: bool = True) -> Result:
        more = {"SAASBACKUP_PASSPHRASE_FILE": str(self.folder / "secret")} if opens else {}
        return CliRunner().invoke(app, arguments(words), env={**self.environment, **more})


@pytest.fixture
def line(tmp_path: Path) -> Line:
    made = Line(tmp_path)
    Vault.create(LocalStore(tmp_path / "vault"), PASSPHRASE, SystemClock(), argon2=CHEAP)
    assert made("vault", "open", str(tmp_path / "vault")).exit_code == 0
    return made


def test_status_by_exit_code(line: Line, tmp_path: Path) -> None:
    well = line("status", "--json")
    assert well.exit_code == ExitCode.DONE, well.output
    found = json.loads(well.stdout)
    assert (found["level"], found["vault"], found["complete"], found["record"]) == ("ok", "open", True, "unbroken")
    assert set(found) >= {"tasks", "accounts", "jobs", "alerts_open", "proofs", "next_run", "agent", "reasons"}
    locked = line("status", "--json", opens=False)
    assert locked.exit_code == ExitCode.PARTIAL
    assert json.loads(locked.stdout)["reasons"][0]["code"] == "locked"
    (tmp_path / "vault").rename(tmp_path / "gone")
    missing = line("status")
    assert missing.exit_code == ExitCode.FAILED
    assert "The vault is not at its place" in missing.stdout
    none = CliRunner().invoke(app, ["status", "--home", str(tmp_path / "new")])
    assert none.exit_code == ExitCode.FAILED
    assert "No vault is set up" in none.stdout


def test_a_report_is_written_and_verified_with_and_without_a_vault(line: Line, tmp_path: Path) -> None:
    pdf, sheet = tmp_path / "usage.pdf", tmp_path / "usage.csv"
    assert line("report", "usage", "--out", str(pdf)).exit_code == 0
    assert line("report", "summary", "--since", "2026-01-01", "--out", str(sheet)).exit_code == 0
    assert line("report", "failures", "--format", "json", "--out", str(tmp_path / "f")).exit_code == 0
    assert line("report", "drills", "--out", str(tmp_path / "drills.json")).exit_code == 0
    assert sheet.read_bytes().startswith(b"\xef\xbb\xbf")
    ours = line("report", "verify", str(pdf))
    assert ours.exit_code == ExitCode.DONE, ours.output
    assert "this home's vault" in ours.stdout
    fingerprint = json.loads(line("vault", "info", "--json").stdout)["report_key"]
    assert fingerprint in ours.stdout.replace(" ", "")
    alone = CliRunner().invoke(app, ["report", "verify", str(pdf), "--json", "--home", str(tmp_path / "new")])
    verdict = json.loads(alone.stdout)
    assert (alone.exit_code, verdict["outcome"], verdict["ours"]) == (0, "whole", None)
    assert verdict["fingerprint"] == fingerprint
    assert line("report", "usage", "--out", str(tmp_path / "usage.docx")).exit_code == ExitCode.USAGE
    assert line("report", "restore", "nothing", "--out", str(pdf)).exit_code == ExitCode.USAGE


def test_each_harm_has_an_exit_code_of_its_own(line: Line, tmp_path: Path) -> None:
    file = tmp_path / "usage.json"
    line("report", "usage", "--out", str(file))
    data = file.read_bytes()
    signature = re.search(rb'"signature":"(.)', data)
    assert signature is not None
    digit = b"0" if signature[1] != b"0" else b"1"
    place = signature.start(1)
    harms = {
        ExitCode.DAMAGED: data.replace(b'"usage"', b'"Usage"'),
        ExitCode.SEAL_FORGED: data[:place] + digit + data[place + 1 :],
        ExitCode.SEAL_MISSING: data[:-40],
    }
    said = set()
    for code, harmed in harms.items():
        file.write_bytes(harmed)
        found = line("report", "verify", str(file))
        assert found.exit_code == code, found.output
        said.add(found.stdout.splitlines()[0])
    file.write_bytes(data)
    (tmp_path / "other").mkdir()
    other = Line(tmp_path / "other")
    Vault.create(LocalStore(tmp_path / "other" / "vault"), PASSPHRASE, SystemClock(), argon2=CHEAP)
    other("vault", "open", str(tmp_path / "other" / "vault"))
    found = other("report", "verify", str(file))
    assert found.exit_code == ExitCode.SEAL_FOREIGN, found.output
    assert len(said | {found.stdout.splitlines()[0]}) == 4
    assert line("report", "verify", str(tmp_path / "nothing.pdf")).exit_code == ExitCode.USAGE


def test_activity_is_listed_saved_and_verified(line: Line, tmp_path: Path) -> None:
    assert line("vault", "hold", "add", "--label", "Case 7").exit_code == 0
    audit = [json.loads(one) for one in line("activity", "--audit", "--json").stdout.splitlines()]
    assert "hold-placed" in {one["code"] for one in audit}
    only = line("activity", "list", "--audit", "--kind", "hold-placed", "--words", "case 7", "--json")
    assert len(only.stdout.splitlines()) == 1
    saved = tmp_path / "audit.csv"
    assert line("activity", "--audit", "--csv", str(saved)).exit_code == 0
    assert "Hold placed" in saved.read_text(encoding="utf-8-sig")
    proven = line("activity", "verify")
    assert (proven.exit_code, proven.stdout.startswith("Unbroken:")) == (0, True)
    (tmp_path / "home" / "activity.sealed").unlink()
    broken = line("activity", "verify")
    assert broken.exit_code == ExitCode.DAMAGED
    assert "The mark of the newest entry is gone" in broken.stdout


def test_a_report_into_no_folder_says_so_of_the_file(line: Line, tmp_path: Path) -> None:
    refused = line("report", "summary", "--out", str(tmp_path / "nosuch" / "x.pdf"))
    said = " ".join(refused.output.split())
    assert refused.exit_code == ExitCode.FAILED
    assert "There is no folder for the file" in said
    assert "--home" not in said


def test_a_span_that_ends_before_it_begins_is_refused_and_leaves_no_trace(line: Line, tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    words = ("report", "summary", "--since", "2026-12-01", "--until", "2026-11-01", "--out", str(file))
    assert line(*words).exit_code == ExitCode.USAGE
    assert not file.exists()
    assert "report-saved" not in line("activity", "--audit", "--json").output
    same_day = ("report", "summary", "--since", "2026-11-01", "--until", "2026-11-01", "--out", str(file))
    assert line(*same_day).exit_code == ExitCode.DONE
    assert "report-saved" in line("activity", "--audit", "--json").output


def test_only_restores_are_confirmed_and_that_is_said_in_words(line: Line, tmp_path: Path) -> None:
    assert line("vault", "check").exit_code == ExitCode.DONE
    [job] = [json.loads(one) for one in line("jobs", "--json").output.splitlines()]
    refused = line("report", "restore", str(job["id"]), "--out", str(tmp_path / "x.pdf"))
    assert refused.exit_code == ExitCode.USAGE
    assert "Only restores and migrations can be confirmed" in " ".join(refused.output.split())
    assert "not-a-restore" not in refused.output


def test_a_kind_of_notice_that_is_none_is_answered_with_all_kinds(line: Line) -> None:
    refused = line("notices", "add", "email", "Ada", "ada@example.org", "--tell", "bogus=daily")
    assert refused.exit_code == ExitCode.USAGE
    assert "“bogus” is no kind of notice; write one of summary, " in " ".join(refused.output.split())


def test_an_agent_that_ended_is_no_server_that_cannot_be_reached() -> None:
    assert fault_exit("agent-gone") == ExitCode.FAILED


def test_a_damage_names_twenty_and_counts_the_rest() -> None:
    names = [f"INBOX/{number}" for number in range(25)]
    lines = _damage_text(Damage(file="packs/aa", code="pack-damaged", items=names)).splitlines()
    assert len(lines) == 22
    assert lines[-1].strip().startswith("and 5 more")


async def test_without_an_agent_no_task_is_on_schedule(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    try:
        shell = Shell(tmp_path, Output(False), desk)
        task = Task(id=TaskId("a" * 12), name="nightly", schedule=Schedule(rhythm=Rhythm.DAILY), created=1)
        assert _as_tended(shell, TaskView(task=task)).waits == "no-agent"
        assert _as_tended(shell, TaskView(task=task, waits="paused")).waits == "paused"
    finally:
        await desk.close()


def test_monitoring_names_the_command_that_helps(line: Line) -> None:
    said = json.loads(line("status", "--json", opens=False).output)
    assert said["level"] == "warning"
    assert [(one["code"], one["command"]) for one in said["reasons"]] == [
        ("locked", "saasbackup status --passphrase-file FILE")
    ]
