"""The question before backups of accounts are deleted."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.tenants.views import TenantAccount
from saasbackup_desktop.core.retention import GRACE_DAYS
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.forms import Count, Field
from saasbackup_desktop.ui.kit.sheets import confirm_typed
from saasbackup_desktop.ui.kit.text import Text, say

_NAMED = 5
_LONGEST = 3650


async def ask_delete(parent: QWidget, accounts: Sequence[TenantAccount]) -> int | None:
    """Say exactly what goes and take the days of grace; None if the person thought better of it."""
    names = [one.account.address for one in accounts[:_NAMED]]
    if len(accounts) > _NAMED:
        names.append(say("and %1 more").replace("%1", text.number(len(accounts) - _NAMED)))
    size = sum(one.size for one in accounts)
    days = Count(0, _LONGEST, GRACE_DAYS)
    days.setMaximumWidth(140)
    sure = await confirm_typed(
        parent,
        say("Delete all backups of %1?").replace("%1", text.counted(len(accounts), say("account"), say("accounts"))),
        say("Every point in time of every service goes into the vault's trash: %1. Mailboxes in Microsoft 365 are not "
            "touched. From now on these accounts are not backed up.").replace("%1", text.size(size)),
        say("DELETE"),
        say("Delete the backups"),
        details=(
            Text("\n".join(names), "muted", wrap=True),
            Field(say("&Days of grace"), days, say("Until then they can be called back from the vault's trash.")),
        ),
    )  # fmt: skip
    return days.value() if sure else None
