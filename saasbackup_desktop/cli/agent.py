"""``saasbackup agent``: the process that keeps a home at work without a window."""

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from saasbackup_desktop.agent import service
from saasbackup_desktop.agent.connection import Connection
from saasbackup_desktop.agent.main import run as live
from saasbackup_desktop.agent.place import AgentPlace
from saasbackup_desktop.app.home import default_home
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.cli.command import AsJson, InHome, command
from saasbackup_desktop.cli.exits import ExitCode, fault_exit
from saasbackup_desktop.cli.figures import counted, local, printable
from saasbackup_desktop.cli.output import Output
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.core.errors import AgentGone, AgentMissing, Fault, Misconfigured

group = typer.Typer(
    name="agent",
    help="Run backups in the background: without a window, and when they are due.",
    invoke_without_command=True,
)


_OWN: Final = {"home": "--home", "passphrase_file": "--passphrase-file", "as_json": "--json", "stay": "--stay"}


@group.callback(epilog="Example: saasbackup agent --stay")
def run(
    context: typer.Context,
    home: InHome = None,
    passphrase_file: Annotated[
        Path | None,
        typer.Option(
            "--passphrase-file",
            envvar="SAASBACKUP_PASSPHRASE_FILE",
            metavar="FILE",
            help="File whose first line is the vault's passphrase: the agent opens the vault with it when it begins.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
    stay: Annotated[bool, typer.Option("--stay", help="Go on when nobody needs it, too, until it is ended.")] = False,
) -> None:
    """Keep a home at work, here, until it is ended by Ctrl-C, “agent stop”, or because nobody needs it any more.

    Window and commands of this home then work through it. It opens the vault by itself if this computer's keyring or
    a file has what opens it; otherwise it waits until somebody opens it.
    """
    if context.invoked_subcommand is not None:
        sources = {name: context.get_parameter_source(name) for name in _OWN}
        typed = [name for name, source in sources.items() if source is not None and source.name == "COMMANDLINE"]
        if typed:
            raise typer.BadParameter(f"write {_OWN[typed[0]]} after “{context.invoked_subcommand}”")
        return
    out = Output(as_json)
    home = home or default_home()
    out.note(f"The agent of {home} begins; its log is {AgentPlace(home).log_file}.")
    try:
        raise typer.Exit(live(home, passphrase_file=passphrase_file, stays=stay))
    except Fault as fault:
        code = fault_exit(fault.code)
        out.problem(words_for(fault.code, fault.facts), fault.code, fault.facts, code)
        raise typer.Exit(code) from fault


async def status(shell: Shell) -> ExitCode:
    """Say whether an agent keeps this home, and how it stands; exit code 5 if there is none."""
    connection = await _reached(shell)
    if connection is None:
        shell.out.record({"type": "agent", "home": str(shell.home), "is_running": False}, "No agent runs in this home.")
        return ExitCode.UNREACHABLE
    try:
        found = await connection.status()
    finally:
        await connection.close()
    shell.out.record({"type": "agent", "is_running": True, **found}, printable(_told(dict(found))))
    return ExitCode.DONE


def _told(found: dict[str, Any]) -> str:
    vault = "the vault is open" if found.get("is_open") else "the vault is closed until somebody opens it"
    work = "nothing runs" if found.get("is_idle") else "jobs run or wait"
    due = "; backups are scheduled" if found.get("is_scheduled") else ""
    stays = ", as a service" if found.get("is_service") else ", until it is ended" if found.get("stays") else ""
    return (
        f"The agent of {found.get('home')} runs: process {found.get('pid')}, version {found.get('version')}, "
        f"since {local(int(found.get('started', 0)))}{stays}; {vault}; {work}{due}; "
        f"{counted(int(found.get('clients', 1)) - 1, 'other client')}."
    )


async def stop(shell: Shell) -> ExitCode:
    """End this home's agent: jobs stop at a safe point, and the next agent goes on with them."""
    connection = await _reached(shell)
    if connection is None:
        shell.out.record({"type": "agent-stopped", "was_running": False}, "No agent runs in this home.")
        return ExitCode.DONE
    try:
        await connection.stop()
    finally:
        await connection.close()
    shell.out.record({"type": "agent-stopped", "was_running": True}, "The agent has ended.")
    return ExitCode.DONE


async def _reached(shell: Shell) -> Connection | None:
    try:
        return await Connection.open(AgentPlace(shell.home))
    except (AgentMissing, AgentGone):
        return None


Target = Annotated[
    service.Kind | None,
    typer.Option("--for", help="Write it for another system than this one.", show_default=False),
]


async def install(
    shell: Shell,
    kind: Target = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be written.")] = False,
) -> ExitCode:
    """Let the system start this home's agent whenever this user signs in.

    A systemd user unit, a launchd agent, or a Windows task.
    With --passphrase-file the agent opens the vault by itself; without, this computer's keyring has to (see “vault
    keys remember”), or somebody opens the vault after each start.
    """
    _require_file(shell.passphrase_file)
    planned = service.plan(shell.home, shell.passphrase_file, kind)
    if dry_run or (kind is not None and kind is not service.kind_here()):
        text = planned.content.decode("utf-16" if planned.kind is service.Kind.WINDOWS else "utf-8")
        shell.out.record(_record("agent-service", planned, content=text), f"{planned.file}:\n{text}")
        return ExitCode.DONE
    done = service.install(planned)
    shell.out.record(
        _record("agent-installed", planned, refused=list(done.refused), **done.facts),
        f"Written: {planned.file}. " + ("It runs." if not done.refused else "It does not run yet."),
    )
    for line in done.refused:
        shell.out.note(f"Run this yourself: {line}")
    if done.facts.get("linger") == "no":
        shell.out.note("It begins when this user signs in. To let it begin with the machine: loginctl enable-linger")
    return ExitCode.PARTIAL if done.refused else ExitCode.DONE


async def uninstall(shell: Shell) -> ExitCode:
    """Let the system start this home's agent no more; one that runs as this service ends."""
    done = service.uninstall(service.plan(shell.home))
    shell.out.record(_record("agent-uninstalled", done.plan, refused=list(done.refused)), f"Removed: {done.plan.file}.")
    for line in done.refused:
        shell.out.note(f"Run this yourself: {line}")
    return ExitCode.PARTIAL if done.refused else ExitCode.DONE


def _record(kind: str, planned: service.Plan, **more: Any) -> dict[str, Any]:
    return {"type": kind, "system": planned.kind.value, "name": planned.name, "file": str(planned.file), **more}


def _require_file(file: Path | None) -> None:
    if file is not None and not file.is_file():
        raise Misconfigured(what=f"the file {file} cannot be read; a service needs a real one")


command(group, "status", example="saasbackup agent status --json", vault=False, alone=True)(status)
command(group, "stop", example="saasbackup agent stop", vault=False, alone=True)(stop)
command(group, "install", example="saasbackup agent install --passphrase-file /etc/saasbackup/pass", alone=True)(
    install
)
command(group, "uninstall", example="saasbackup agent uninstall", vault=False, alone=True)(uninstall)
