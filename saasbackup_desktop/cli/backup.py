"""``saasbackup backup``: read mailboxes into the vault."""

from typing import Annotated

import typer

from saasbackup_desktop.agent.remote import connection_of
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.cli import resolve
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.exits import ExitCode, fault_exit, joint_exit
from saasbackup_desktop.cli.figures import printable
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.cli.watch import see_through
from saasbackup_desktop.core.errors import Fault, Misconfigured
from saasbackup_desktop.core.model import Service


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    command(app, "backup", example="saasbackup backup office --account anna@example.org")(backup)


async def backup(
    shell: Shell,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="SOURCE|TENANT", help="Only these; of a tenant, its active accounts.")
    ] = None,
    account: Annotated[list[str] | None, typer.Option(help="Only this account of them; may be repeated.")] = None,
    service: Annotated[list[Service] | None, typer.Option(help="Only this service; may be repeated.")] = None,
    only_failed: Annotated[bool, typer.Option("--only-failed", help="Only the items that failed last time.")] = False,
) -> ExitCode:
    """Back up every source, or those that are named. Ctrl-C keeps what is saved; the next run goes on from there.

    Tenants' directories are looked at first, where that was not done today: rules choose who is backed up.
    """
    desk = await shell.unlocked()
    tenants, gone = await desk.tenants.all(), ExitCode.DONE
    if tenants and (not names or any(resolve.tenant_or_none(tenants, name) for name in names)):
        gone = await see_through(shell, await desk.tenants.daily())
        if gone is ExitCode.CANCELLED:
            return gone
    known = await desk.cards()
    faults, readable = resolve.unreadable(tenants, names or ())
    told = [_tell(shell, fault) for fault in faults if names or not account]
    codes = [*([] if gone is ExitCode.DONE else [gone]), *told]
    if names and not readable:
        return joint_exit(codes)
    cards = resolve.connected(known, readable, account or (), tenants)
    chosen = [card for card in cards if not service or card.service in service]
    if not chosen and told:
        return joint_exit(codes)
    if not chosen:
        raise Misconfigured(what=_nothing(bool(cards), bool(tenants)))
    known_jobs = {job.id for job in await desk.unfinished()}
    jobs = [await desk.backup(card.stream, only_failed) for card in chosen]
    for card, job in zip(chosen, jobs, strict=True):
        if job in known_jobs:
            shell.out.note(printable(_joined(card.account.address, connection_of(desk) is not None)))
    code = await see_through(shell, jobs)
    if not (await desk.vault_info()).recovery_confirmed:
        shell.out.note(
            "The recovery kit is not confirmed yet: without it, a lost passphrase means lost backups. "
            "“saasbackup vault keys confirm-recovery-key” ends this reminder."
        )
    return joint_exit([code, *codes])


def _joined(address: str, is_elsewhere: bool) -> str:
    """What becomes of a wish that somebody had before; without an agent it was an earlier program's."""
    if is_elsewhere:
        return f"The backup of {address} is under way already; following it"
    return f"The backup of {address} was begun by an earlier program; going on with it"


def _tell(shell: Shell, fault: Fault) -> ExitCode:
    code = fault_exit(fault.code)
    shell.out.problem(words_for(fault.code, fault.facts), fault.code, fault.facts, code)
    return code


def _nothing(has_cards: bool, has_tenants: bool) -> str:
    if has_cards:
        return "none of them has this service"
    if has_tenants:
        return "no account is active yet; “saasbackup account activate” chooses some"
    return "there is nothing to back up yet; add a source with “saasbackup source add”"
