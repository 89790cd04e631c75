"""``saasbackup accounts``: what is protected, and how it is doing."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, TypeVar

import typer

from saasbackup_desktop.app.tenants.views import State
from saasbackup_desktop.app.views import Health, StreamCard
from saasbackup_desktop.cli import resolve
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.figures import count, local_iso, size
from saasbackup_desktop.cli.output import Column, field, number
from saasbackup_desktop.cli.records import card_record
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.cli.tenants.listing import show_accounts
from saasbackup_desktop.core.errors import Misconfigured

T = TypeVar("T", bound=StrEnum)


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    command(app, "accounts", example="saasbackup accounts --status failed")(accounts)


async def accounts(
    shell: Shell,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="ACCOUNT|TENANT", help="Only these; of a tenant, its whole directory.")
    ] = None,
    status: Annotated[str | None, typer.Option(help="Only accounts that stand so.")] = None,
    licensed: Annotated[
        bool | None,
        typer.Option("--licensed/--unlicensed", help="Only tenants' accounts with a licence, or without."),
    ] = None,
    kind: Annotated[
        str | None, typer.Option(help="Only accounts of tenants of this kind: user, shared, room, equipment, …")
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Write the accounts of tenants as CSV.")] = False,
) -> None:
    """List the accounts in the vault, with their last backup and how it went; or everybody in a tenant's directory."""
    desk = await shell.unlocked()
    cards, tenants = await desk.cards(), await desk.tenants.all()
    of_tenants = licensed is not None or kind is not None or as_csv
    directories = [one.settings.name for one in tenants] if of_tenants and not names else []
    chosen: list[StreamCard] = []
    for name in names or ():
        tenant = resolve.tenant_or_none(tenants, name)
        if tenant is not None:
            directories.append(tenant.settings.name)
        elif of_tenants:
            resolve.tenant(tenants, name)
        else:
            chosen += resolve.services(cards, name)
    if not names and not directories:
        chosen = list(cards)
    if directories:
        state = _stands(State, status)
        await show_accounts(shell, directories, state=state, is_licensed=licensed, kind=kind, as_csv=as_csv)
    elif of_tenants:
        raise Misconfigured(what="no tenant is set up yet; “saasbackup source add m365” does it")
    if chosen:
        _show_cards(shell, chosen, _stands(Health, status))


def _stands(table: type[T], text: str | None) -> T | None:
    try:
        return table(text) if text is not None else None
    except ValueError:
        raise Misconfigured(text or "", what=f"--status takes {', '.join(table)} here, not “{text}”") from None


def _show_cards(shell: Shell, chosen: Sequence[StreamCard], status: Health | None) -> None:
    shell.out.table(
        [card_record(card) for card in chosen if status in (None, card.health)],
        [
            field("Account", "account"),
            field("Service", "service"),
            field("Source", "source"),
            field("Status", "status"),
            Column("First backup", lambda record: local_iso(record["first_backup"]), is_whole=True),
            Column("Last backup", lambda record: local_iso(record["last_backup"]), is_whole=True),
            number("Items", "items", count),
            number("Size", "size", size),
            number("Points in time", "snapshots", count),
        ],
    )
    for card in chosen:
        record = card_record(card)
        if card.health is Health.FAILED and status in (None, card.health) and not shell.out.as_json:
            shell.out.note(f"{card.account.address}: {record['remedy']}")
