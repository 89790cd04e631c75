"""``saasbackup accounts``: what is protected, and how it is doing."""

from typing import Annotated

import typer

from saasbackup_desktop.app.views import Health
from saasbackup_desktop.cli import resolve
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.figures import count, local_iso, size
from saasbackup_desktop.cli.output import Column, field, number
from saasbackup_desktop.cli.records import card_record
from saasbackup_desktop.cli.shell import Shell


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    command(app, "accounts", example="saasbackup accounts --status failed")(accounts)


async def accounts(
    shell: Shell,
    names: Annotated[list[str] | None, typer.Argument(metavar="ACCOUNT", help="Only these.")] = None,
    status: Annotated[Health | None, typer.Option(help="Only accounts that stand so.")] = None,
) -> None:
    """List the accounts in the vault, with their last backup and how it went."""
    cards = await (await shell.unlocked()).cards()
    chosen = [resolve.account(cards, name) for name in names] if names else cards
    shell.out.table(
        [card_record(card) for card in chosen if status in (None, card.health)],
        [
            field("Account", "account"),
            field("Service", "service"),
            field("Source", "source"),
            field("Status", "status"),
            Column("Last backup", lambda record: local_iso(record["last_backup"]), is_whole=True),
            number("Messages", "items", count),
            number("Size", "size", size),
            number("Points in time", "snapshots", count),
        ],
    )
    for card in chosen:
        record = card_record(card)
        if card.health is Health.FAILED and not shell.out.as_json:
            shell.out.note(f"{card.account.address}: {record['remedy']}")
