"""The dialog that asks why failed items are done without."""

from PySide6.QtWidgets import QWidget

from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import LABEL, Field, Line
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.text import counted, say


async def ask_reason(parent: QWidget, items: int) -> str | None:
    """Ask for a reason; ``items``: how many, 0: all failed ones of the job. None: they stay failures."""
    what = counted(items, say("item: skip it?"), say("items: skip them?")) if items else say("Skip all failed items?")
    sheet = Sheet(
        what,
        say(
            "Later backups still try them, but do not count them as failed. An item that changes or can be read again "
            "leaves the list by itself. Each point in time still says what it lacks."
        ),
        parent,
    )
    reason = Line(placeholder=say("For example: a damaged newsletter, not needed"), most=LABEL)
    go = Button(say("Skip"), "primary", pressed=sheet.accept)
    go.setDefault(True)
    sheet.fill(Field(say("&Reason"), reason))
    sheet.offer(sheet.cancel_button(), go)
    reason.setFocus()
    return reason.text().strip() if await sheet.answer() else None
