"""A tenant's accounts, tens of thousands of them: arranged beside the window's thread, shown at once."""

import asyncio
import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal

from saasbackup_desktop.app.tenants.views import State, TenantAccount
from saasbackup_desktop.core.activation import Status
from saasbackup_desktop.ui.kit.tables import safe
from saasbackup_desktop.ui.models.sheet import Field, RowSheet

_TROUBLED = frozenset(
    {State.PARTIAL, State.FAILED, State.RETRYING, State.CONNECTION_ERROR, State.AUTHENTICATION_ERROR, State.UNLICENSED}
)

PARTS: dict[str, Callable[[TenantAccount], bool]] = {
    "all": lambda one: True,
    "active": lambda one: one.status is Status.ACTIVE,
    "paused": lambda one: one.status is Status.PAUSED,
    "archived": lambda one: one.status is Status.AWAY or one.state is State.ARCHIVED,
    "licensed": lambda one: one.is_licensed,
    "unlicensed": lambda one: not one.is_licensed,
    "not-active": lambda one: one.status is Status.INACTIVE,
    "trouble": lambda one: one.state in _TROUBLED,
}
"""Accounts are looked at in these parts."""


@dataclass(frozen=True, slots=True)
class Look:
    """What of the accounts is looked at, and in which order."""

    part: str = "all"
    narrower: str = "all"
    words: str = ""
    column: int = -1
    descending: bool = False


class AccountSheet(RowSheet[TenantAccount]):
    """Shows what was arranged for it; a click on a heading asks for another arrangement."""

    order_wanted = Signal(int, bool)

    def __init__(self, fields: Sequence[Field[TenantAccount]], parent: QObject | None = None) -> None:
        super().__init__(fields, parent)
        self.fields = fields

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Ask for another order."""
        self.order_wanted.emit(column, order == Qt.SortOrder.DescendingOrder)

    def _arrange(self) -> None:
        """Nothing to do: rows come in their order."""


_AT_ONCE = 500
"""Rows that are written before others may have their turn."""


async def as_csv(accounts: Sequence[TenantAccount], fields: Sequence[Field[TenantAccount]]) -> str:
    """Write accounts as CSV with a heading, for spreadsheets; meant for the engine's loop, which it lets breathe."""
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow([field.head for field in fields])
    for place, one in enumerate(accounts):
        sheet.writerow([safe(field.words(one)) for field in fields])
        if place % _AT_ONCE == _AT_ONCE - 1:
            await asyncio.sleep(0)
    return out.getvalue()


def arranged(
    accounts: Sequence[TenantAccount], fields: Sequence[Field[TenantAccount]], look: Look
) -> list[TenantAccount]:
    """Choose and sort; safe to be run in any thread."""
    chosen, narrower = PARTS[look.part], PARTS[look.narrower]
    words = look.words.casefold().split()
    found = [one for one in accounts if chosen(one) and narrower(one) and _has(one, words)]
    if 0 <= look.column < len(fields):
        field = fields[look.column]
        found.sort(key=field.key or (lambda one: field.words(one).casefold()), reverse=look.descending)
    return found


def counted(accounts: Sequence[TenantAccount]) -> dict[str, int]:
    """How many there are in each part."""
    return {part: sum(map(belongs, accounts)) for part, belongs in PARTS.items()}


def _has(one: TenantAccount, words: Sequence[str]) -> bool:
    if not words:
        return True
    text = "\n".join((one.account.name, one.account.address, *one.properties.values())).casefold()
    return all(word in text for word in words)
