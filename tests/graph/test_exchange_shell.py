"""Running the script of Exchange's roles: what is started, what is said to it, and what becomes of what it says."""

import json
import os
import shutil
import stat
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.microsoft.certificates import make_certificate
from saasbackup_desktop.providers.microsoft.checks import PermissionFinding, Standing
from saasbackup_desktop.providers.microsoft.exchange_shell import (
    Ending,
    ExchangeApplication,
    Line,
    Run,
    ShellCode,
    run_script,
)
from saasbackup_desktop.providers.microsoft.outcomes import Outcome, Remedy
from saasbackup_desktop.providers.microsoft.permissions import WayIn, needed, roles
from saasbackup_desktop.providers.microsoft.role_script import (
    Fence,
    InGroup,
    InUnit,
    Plan,
    Removal,
    Tools,
    WithAttribute,
    commands,
    find_tools,
)
from saasbackup_desktop.providers.microsoft.role_state import (
    DAY,
    HOUR,
    MINUTE,
    Due,
    RoleRecord,
    RoleStanding,
    begun,
    due,
    ended,
    is_late,
    judged,
    run_by_hand,
)

CLIENT = "0f8c2a44-6a0c-4f0e-9d0b-5d2f6c1c7e55"
ROLES = roles(needed(WayIn.APPLICATION, [Service.MAIL, Service.CALENDAR]))
PLAN = Plan(CLIENT, CLIENT, "Backup", InGroup("backup@fernwick.example"), ROLES, sample="ada@fernwick.example")


class Shell:
    """The stand-in, installed where a program would look for PowerShell."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        script = folder / "stand_in.py"
        shutil.copyfile(Path(__file__).with_name("stand_in_shell.py"), script)
        program = folder / "pwsh"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}" "$@"\n')
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        (folder / "modules" / "ExchangeOnlineManagement" / "3.9.0").mkdir(parents=True)
        self.tools = find_tools(lambda name: shutil.which(name, path=str(folder)), [folder / "modules"])
        self.stands()

    def stands(self, **how: Any) -> None:
        """Say how Exchange stands."""
        (self.folder / "exchange.json").write_text(json.dumps(how))

    @property
    def started(self) -> dict[str, Any]:
        """What it was started with."""
        found: dict[str, Any] = json.loads((self.folder / "started.json").read_text())
        return found


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    if sys.platform == "win32":
        pytest.skip("the stand-in is a shell script")
    return Shell(tmp_path)


async def test_somebody_types_a_code_and_the_role_is_made(shell: Shell) -> None:
    codes: list[ShellCode] = []
    seen: list[Line] = []
    run = await run_script(shell.tools, PLAN, ask=codes.append, seen=seen.append)
    assert (run.ending, run.reason) == (Ending.DONE, "")
    assert codes == [ShellCode("https://microsoft.com/devicelogin", "CVYX5CJLB")]
    assert list(run.lines) == seen
    assert [line.name for line in run.of("command")] == list(commands(PLAN))
    assert {line.state for line in run.of("command")} == {"present"}
    assert [line.state for line in (*run.of("licence"), *run.of("in-scope"))] == ["present", "present"]
    assert [line.name for line in run.of("assignment")] == [PLAN.assignment(role) for role in ROLES]
    assert run.is_inside is True
    assert shell.started["given"] == ""


@pytest.mark.parametrize("fence", [InGroup("x"), WithAttribute("Department", "x"), InUnit(CLIENT)], ids=repr)
async def test_only_documented_commands_are_called(shell: Shell, fence: Fence) -> None:
    run = await run_script(shell.tools, Plan(CLIENT, CLIENT, "Backup", fence, ROLES))
    assert run.ending is Ending.DONE
    assert run.is_inside is None
    assert shell.started["unknown"] == []
    for name in commands(Plan(CLIENT, CLIENT, "Backup", fence, ROLES)):
        assert f"'{name}'" in shell.started["script"]
        assert shell.started["script"].count(name) > 1


async def test_what_was_given_is_taken_back(shell: Shell) -> None:
    removal = Removal(CLIENT)
    given = [PLAN.assignment(role) for role in ROLES]
    shell.stands(present=[*given, "Somebody else's"])
    run = await run_script(shell.tools, removal)
    assert run.ending is Ending.DONE
    assert [(line.name, line.state) for line in run.of("assignment")] == [(name, "removed") for name in given]
    assert [line.name for line in run.of("scope")] == [PLAN.scope]
    assert shell.started["unknown"] == []
    for name in commands(removal):
        assert shell.started["script"].count(name) > 1
    with pytest.raises(Misconfigured):
        Removal("x'; y")


async def test_a_certificate_goes_in_where_nobody_can_see_it(shell: Shell) -> None:
    certificate = make_certificate("Exchange", 1_790_000_000)
    application = ExchangeApplication(CLIENT, "fernwick.onmicrosoft.com", certificate)
    assert certificate.key not in repr(application)
    run = await run_script(shell.tools, PLAN, application=application)
    assert run.ending is Ending.DONE
    started = shell.started
    given = json.loads(started["given"])
    assert given["client"] == CLIENT
    told = json.dumps([started["arguments"], started["environment"], started["script"]])
    for secret in (given["certificate"], given["password"], *certificate.key.splitlines()[1:-1]):
        assert secret not in told
        assert secret not in str(run)
    assert started["arguments"][:-1] == ["-NoLogo", "-NoProfile", "-NonInteractive", "-File"]
    assert not os.path.exists(started["arguments"][-1])  # noqa: ASYNC240 PTH110


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"forbidden": ["New-ManagementScope"]}, "commands-missing"),
        ({"no_mailboxes": True}, "no-mailboxes"),
        ({"group_unclear": True}, "group-unclear"),
        ({"refusal": "The operation couldn't be\nperformed | because of X."}, "assignment"),
        ({"sign_in": "AADSTS53003: Access has been blocked by Conditional Access policies."}, "connect"),
        ({"silent": True}, "not-started"),
        ({"dies": True}, "broken-off"),
    ],
)
async def test_what_goes_wrong_is_told(shell: Shell, how: dict[str, Any], reason: str) -> None:
    shell.stands(**how)
    run = await run_script(shell.tools, PLAN)
    assert (run.ending, run.reason) == (Ending.FAILED, reason)
    if "forbidden" in how:
        assert [line.name for line in run.of("command") if line.state == "missing"] == how["forbidden"]
    if "refusal" in how:
        assert "because of X." in run.detail
    if "silent" in how:
        assert "module is missing" in run.detail
        assert run.lines == ()


async def test_mailboxes_outside_and_an_empty_fence_are_told_and_are_no_failure(shell: Shell) -> None:
    shell.stands(inside=False, empty_scope=True)
    run = await run_script(shell.tools, PLAN)
    assert run.ending is Ending.DONE
    assert run.is_inside is False
    assert [line.state for line in run.of("in-scope")] == ["missing"]


async def test_what_hangs_is_ended(shell: Shell) -> None:
    shell.stands(hang=True)
    run = await run_script(shell.tools, PLAN, limit=2)
    assert (run.ending, run.reason) == (Ending.TIMED_OUT, "timed-out")
    assert not is_alive(shell.started["pid"])


async def test_it_can_be_stopped(shell: Shell) -> None:
    shell.stands(hang=True)
    seen: list[Line] = []
    run = await run_script(shell.tools, PLAN, seen=seen.append, stop=lambda: bool(seen))
    assert run.ending is Ending.STOPPED
    assert run.of("connect")
    assert not is_alive(shell.started["pid"])


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_without_the_tools_nothing_is_started(shell: Shell, tmp_path: Path) -> None:
    application = ExchangeApplication(CLIENT, "fernwick.onmicrosoft.com", make_certificate("Exchange", 1_790_000_000))
    for tools in (Tools("", ""), Tools(shell.tools.shell, ""), Tools(shell.tools.shell, "2.0.5")):
        with pytest.raises(Misconfigured):
            await run_script(tools, PLAN, application=application)
    with pytest.raises(Misconfigured):  # Windows PowerShell shows no codes
        await run_script(Tools("C:/Windows/powershell.exe", "3.9.0"), PLAN)
    gone = Tools(str(tmp_path / "gone" / "pwsh"), "3.9.0")
    run = await run_script(gone, PLAN)
    assert (run.ending, run.reason) == (Ending.FAILED, "not-started")


def findings(*standings: Standing) -> list[PermissionFinding]:
    rows = [one for one in needed(WayIn.APPLICATION, [Service.MAIL, Service.CALENDAR]) if one.role]
    return [
        PermissionFinding(one, standing, Outcome.WELL, Remedy.NOTHING)
        for one, standing in zip(rows, standings, strict=True)
    ]


GRANTED, PENDING = findings(Standing.GRANTED, Standing.GRANTED), findings(Standing.GRANTED, Standing.PENDING)
DONE, FAILED = Run(Ending.DONE), Run(Ending.FAILED, "connect", "No.")


def test_a_role_that_comes_into_force_after_hours() -> None:
    record = RoleRecord()
    assert due(record, 0, runs_alone=True) is Due.NOTHING
    record = begun(record, 1000)
    assert due(record, 1000 + MINUTE, runs_alone=True) is Due.NOTHING
    record = ended(record, DONE, 1060)
    assert record.standing is RoleStanding.PENDING
    asked, now = 0, 1060
    while now < 1060 + 6 * HOUR:
        now += MINUTE
        if due(record, now, runs_alone=True) is Due.LOOK:
            asked += 1
            record = judged(record, PENDING, now)
    assert record.standing is RoleStanding.PENDING
    assert 5 <= asked <= 12
    wider = [replace(one, outcome=Outcome.WIDER_THAN_SCOPE) for one in GRANTED]
    assert judged(record, wider, now).standing is RoleStanding.PENDING
    record = judged(record, GRANTED, now)
    assert (record.standing, record.since) == (RoleStanding.IN_FORCE, now)
    assert due(record, now + HOUR, runs_alone=True) is Due.NOTHING
    assert due(record, now + DAY, runs_alone=True) is Due.LOOK
    assert judged(record, PENDING, now + DAY).standing is RoleStanding.PENDING


@pytest.mark.parametrize(("runs_alone", "expected"), [(True, Due.RUN), (False, Due.ASK)])
def test_it_is_tried_again_every_day_and_late_after_three(runs_alone: bool, expected: Due) -> None:
    record = ended(begun(RoleRecord(), 0), FAILED, 10)
    assert (record.standing, record.reason, record.failures) == (RoleStanding.FAILED, "connect", 1)
    assert due(record, DAY - 1, runs_alone=runs_alone) is Due.NOTHING
    assert due(record, DAY, runs_alone=runs_alone) is expected
    assert ended(begun(record, DAY), FAILED, DAY + 10).failures == 2
    for day in (1, 2, 3):
        record = ended(begun(record, day * DAY), DONE, day * DAY + 10)
        assert (record.standing, record.failures, record.reason) == (RoleStanding.PENDING, 0, "")
        assert due(judged(record, PENDING, (day + 1) * DAY), (day + 1) * DAY, runs_alone=runs_alone) is expected
    assert not is_late(record, 3 * DAY + 20)
    assert is_late(record, 4 * DAY + 10)
    assert not is_late(judged(record, GRANTED, 4 * DAY + 10), 4 * DAY + 10)


def test_a_run_that_the_program_did_not_outlive_is_begun_again() -> None:
    record = begun(RoleRecord(), 0)
    assert due(record, HOUR, runs_alone=True) is Due.RUN
    assert ended(record, Run(Ending.STOPPED), 20).standing is RoleStanding.READY
    assert run_by_hand(RoleRecord(), 5).standing is RoleStanding.PENDING
    assert judged(RoleRecord(), GRANTED, 5).standing is RoleStanding.READY
