"""``saasbackup backup``: read mailboxes into the vault."""

from typing import Annotated

import typer

from saasbackup_desktop.cli import resolve
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.exits import ExitCode
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.cli.watch import see_through
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.model import Service


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    command(app, "backup", example="saasbackup backup office --account anna@example.org")(backup)


async def backup(
    shell: Shell,
    names: Annotated[list[str] | None, typer.Argument(metavar="SOURCE", help="Only these.")] = None,
    account: Annotated[list[str] | None, typer.Option(help="Only this account; may be repeated.")] = None,
    service: Annotated[Service | None, typer.Option(help="Only this service.")] = None,
    only_failed: Annotated[bool, typer.Option("--only-failed", help="Only the items that failed last time.")] = False,
) -> ExitCode:
    """Back up every source, or those that are named. Ctrl-C keeps what is saved; the next run goes on from there."""
    desk = await shell.unlocked()
    cards = resolve.connected(await desk.cards(), [*(names or []), *(account or [])])
    chosen = [card for card in cards if service in (None, card.service)]
    if not chosen:
        raise Misconfigured(what="there is nothing to back up yet; add a source with “saasbackup source add imap”")
    code = await see_through(shell, [await desk.backup(card.stream, only_failed) for card in chosen])
    if not (await desk.vault_info()).recovery_confirmed:
        shell.out.note(
            "The recovery kit is not confirmed yet: without it, a lost passphrase means lost backups. "
            "“saasbackup vault keys confirm-recovery-key” ends this reminder."
        )
    return code
