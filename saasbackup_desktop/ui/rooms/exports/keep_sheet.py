"""How long a download's files are kept."""

from typing import Final

from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.exports.views import ExportResult
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import Choice, Field
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.text import say

_AS_NOW: Final = -1


class KeepSheet(Sheet):
    """A number of days from now on, or for ever."""

    def __init__(self, result: ExportResult, parent: QWidget) -> None:
        super().__init__(
            say("Keep the files"),
            say(
                "When their time is over, the files are removed, unless somebody changed them. "
                "What is in the vault stays."
            ),
            parent,
            width=440,
        )
        now = []
        if result.expires is not None:
            now = [(self.tr("As now: until %1").replace("%1", text.day(result.expires)), _AS_NOW)]
        self.days = Choice(
            (
                *now,
                (self.tr("For ever"), 0),
                (self.tr("3 days from now on"), 3),
                (self.tr("7 days from now on"), 7),
                (self.tr("30 days from now on"), 30),
            )
        )
        self.fill(Field(self.tr("&Keep them"), self.days))
        keep = Button(self.tr("&Set"), "primary", pressed=self.accept)
        keep.setDefault(True)
        self.offer(self.cancel_button(), keep)
        self.days.setFocus()


async def ask_keep(result: ExportResult, parent: QWidget) -> int | None:
    """Ask for the number of days; 0: for ever, None: nothing changes."""
    sheet = KeepSheet(result, parent)
    chosen = int(str(sheet.days.value())) if await sheet.answer() else _AS_NOW
    return chosen if chosen != _AS_NOW else None
