"""``saasbackup status``: one verdict for people and for remote monitoring."""

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

import typer

from saasbackup_desktop.agent.finding import desk_of
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.reports.monitoring import level_of
from saasbackup_desktop.app.reports.views import MonitorStatus, Standing
from saasbackup_desktop.app.words.monitoring import COMMANDS, LEVELS, REASONS, VAULTS, about
from saasbackup_desktop.app.words.reports import HEALTH
from saasbackup_desktop.app.words.states import label
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.exits import ExitCode
from saasbackup_desktop.cli.figures import counted, iso, local, printable
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.core.errors import AgentFault, VaultKeysChanged, VaultMissing, WrongPassphrase

_EXITS: Final = {"ok": ExitCode.DONE, "warning": ExitCode.PARTIAL, "critical": ExitCode.FAILED}


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    command(app, "status", example="saasbackup status --json", alone=True)(status)


async def status(shell: Shell) -> ExitCode:
    """Say whether all is well: 0 if it is, 3 if something needs attention, 1 if something is critical.

    Nothing is asked for: a locked vault is opened with the passphrase's file or this computer's own key, if there is
    one; else it says what it can without. An agent that has it open tells levels, counts and times, and names nobody.
    """
    found = await _found(shell)
    if shell.out.as_json:
        shell.out.record(_record(found), "")
    else:
        for line in _lines(found):
            print(printable(line))
    return _EXITS[found.level]


async def _found(shell: Shell) -> MonitorStatus:
    here = shell.desk
    try:
        shell.desk = await desk_of(shell.home)
    except AgentFault:  # monitoring wants a verdict, whatever the agent is
        found = _with_agent(await here.status(), is_running=True)
        reasons = (*found.reasons, "agent-unlike")
        return replace(found, reasons=reasons, level=level_of(reasons))
    try:
        await _try_to_open(shell)
        return _with_agent(await shell.desk.status(), type(shell.desk) is not Desk)
    finally:
        await shell.desk.close()
        shell.desk = here


async def _try_to_open(shell: Shell) -> None:
    if shell.desk.is_open or shell.desk.vault_location is None:
        return
    given = shell.passphrase_file or os.environ.get("SAASBACKUP_PASSPHRASE_FILE")
    with suppress(WrongPassphrase, VaultKeysChanged, VaultMissing):
        if given is not None:
            await shell.desk.unlock(await shell.passphrase())
        else:
            await shell.desk.unlock_remembered()


def _with_agent(found: MonitorStatus, is_running: bool) -> MonitorStatus:
    reasons = tuple(found.reasons)
    if found.is_scheduled and not is_running:
        reasons = (*reasons, "no-agent")
    state = "running" if is_running else "not-running"
    return replace(found, agent=state, reasons=reasons, level=level_of(reasons))


def _record(found: MonitorStatus) -> dict[str, Any]:
    """The object for programs: its field names are a promise (docs/cli.md)."""
    return {
        "type": "status",
        "level": found.level,
        "exit": int(_EXITS[found.level]),
        "time": iso(found.made),
        "vault": found.vault,
        "complete": found.is_known,
        "agent": found.agent,
        "reasons": [
            {
                "code": code,
                "text": REASONS[code],
                "about": [
                    {"kind": one.kind, "name": one.name or None, "id": one.id or None}
                    for one in found.concerns.get(code, ())
                ],
                "command": COMMANDS[code],
            }
            for code in found.reasons
        ],
        "tasks": [_standing(one) for one in found.standings if one.kind == "task"],
        "accounts": [_standing(one) for one in found.standings if one.kind == "account"],
        "jobs": {
            "running": found.running,
            "queued": found.queued,
            "waiting": found.waiting,
            "failed_last_day": found.failed,
        },
        "alerts_open": found.alerts,
        "proofs": [
            {"account": who or None, "outcome": outcome, "time": iso(time)} for who, outcome, time in found.proofs
        ],
        "next_run": iso(found.next_run),
        "record": found.record or None,
    }


def _standing(one: Standing) -> dict[str, Any]:
    plain: dict[str, Any] = {"name": one.name or None, "state": one.state, "last_success": iso(one.last_success)}
    if one.kind == "task":
        return {**plain, "next_run": iso(one.next_run), "overdue_since": iso(one.overdue_since)}
    return {**plain, "service": one.service, "problem": one.problem or None}


def _lines(found: MonitorStatus) -> Sequence[str]:
    lines = [f"{LEVELS[found.level]}. Vault {VAULTS[found.vault]}; agent {found.agent.replace('-', ' ')}."]
    for code in found.reasons:
        names = about(found.concerns.get(code, ()))
        lines.append(f"  {REASONS[code]}{f' {names}.' if names else ''} See: {COMMANDS[code]}")
    if not found.is_known:
        return lines
    lines.append(
        f"Jobs: {found.running} running, {found.queued} queued, {found.waiting} waiting; "
        f"{found.failed} failed within a day. {counted(found.alerts, 'open alert')}."
    )
    for one in found.standings:
        last = f"last success {local(one.last_success)}" if one.last_success else "no success yet"
        more = f", next {local(one.next_run)}" if one.next_run else ""
        more += f", overdue since {local(one.overdue_since)}" if one.overdue_since else ""
        who = one.name or "An account"
        name = f"{who} ({one.service})" if one.service else f"Task {who}"
        lines.append(f"  {name}: {label(HEALTH, one.state).lower()}; {last}{more}")
    return lines
