"""Accounts of tenants' directories as a table, or as a CSV file."""

import csv
import sys
from collections.abc import Sequence
from typing import Any, Final

from saasbackup_desktop.app.tenants.views import State, TenantAccount
from saasbackup_desktop.cli.figures import local_iso, printable, size
from saasbackup_desktop.cli.output import Column, field, number
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.cli.tenants.records import account_record
from saasbackup_desktop.core.ids import ConnectionName

_CSV: Final = (
    ("Tenant", "tenant"),
    ("Account Email", "account"),
    ("Name", "name"),
    ("Kind", "kind"),
    ("Licensed", "licensed"),
    ("Choice", "choice"),
    ("Status", "status"),
    ("What to do", "remedy"),
    ("Size", "size"),
    ("Last backup", "last_backup"),
    ("First backup", "first_backup"),
    ("Why", "reasons"),
)
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")


async def show_accounts(
    shell: Shell,
    names: Sequence[ConnectionName],
    *,
    state: State | None,
    is_licensed: bool | None,
    kind: str | None,
    as_csv: bool,
) -> None:
    """Show the accounts of these tenants that fit."""
    tenants = (await shell.unlocked()).tenants
    records = [
        account_record(name, one)
        for name in names
        for one in await tenants.accounts(name)
        if _fits(one, state, is_licensed, kind)
    ]
    if as_csv and not shell.out.as_json:
        write_csv(records)
        return
    shell.out.table(
        records,
        [
            field("Account", "account"),
            field("Name", "name"),
            field("Kind", "kind"),
            Column("Licensed", lambda record: "yes" if record["licensed"] else "no"),
            field("Status", "status"),
            Column("First backup", lambda record: local_iso(record["first_backup"]), is_whole=True),
            Column("Last backup", lambda record: local_iso(record["last_backup"]), is_whole=True),
            number("Size", "size", size),
            Column("Why", lambda record: "; ".join(record["reasons"])),
        ],
    )
    if not shell.out.as_json:
        for record in records:
            if record["problem"]:
                shell.out.note(printable(f"{record['account']}: {record['remedy']}"))


def _fits(one: TenantAccount, state: State | None, is_licensed: bool | None, kind: str | None) -> bool:
    return (
        state in (None, one.state)
        and is_licensed in (None, one.is_licensed)
        and (kind is None or one.kind == kind.casefold())
    )


def write_csv(records: Sequence[dict[str, Any]]) -> None:
    """Write accounts as CSV, with a line of titles."""
    table = csv.writer(sys.stdout)
    table.writerow([title for title, _ in _CSV])
    for record in records:
        table.writerow([_cell(record[name]) for _, name in _CSV])


def _cell(value: Any) -> str:
    """Plain text: what a spreadsheet would take for a formula is none."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = "; ".join(value) if isinstance(value, list) else str(value if value is not None else "")
    return f"'{text}" if text.startswith(_FORMULAS) else text
