"""Dialogs about checking and repairing the vault."""

from PySide6.QtWidgets import QButtonGroup, QRadioButton, QWidget

from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import column
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.tokens import SPACE


async def ask_check(parent: QWidget) -> int | None:
    """Ask how thorough a check is to be; percent of the vault that is read, None if not at all."""
    return await _ask(
        parent,
        say("Check the vault"),
        say("Proves that what was stored is still there and unaltered. You can go on working meanwhile."),
        say("Check"),
    )


async def ask_repair(parent: QWidget) -> int | None:
    """Ask how thoroughly damage is to be looked for and repaired; percent of the vault that is read."""
    return await _ask(
        parent,
        say("Repair the vault"),
        say(
            "Keeps all that can be read, sets damaged files aside without deleting them, and makes the index again. "
            "Each message that is lost is named, and the next backup fetches it again if the server still has it. "
            "Nobody else may back up into this vault meanwhile."
        ),
        say("Repair"),
        start=100,
    )


async def _ask(parent: QWidget, title: str, lead: str, button: str, start: int = 0) -> int | None:
    sheet = Sheet(title, lead, parent, width=500)
    group = QButtonGroup(sheet)
    choices = (
        (0, say("&Quick"), say("Every file is there and of the right size. Takes seconds.")),
        (10, say("A &tenth"), say("Also reads and decrypts a tenth of the vault, another one every day.")),
        (100, say("&Everything"), say("Reads and decrypts all of it. Takes as long as reading the whole vault.")),
    )
    for percent, name, words in choices:
        radio = QRadioButton(name)
        radio.setAccessibleDescription(words)
        radio.setChecked(percent == start)
        group.addButton(radio, percent)
        caption = Text(words, "caption", wrap=True)
        caption.setContentsMargins(30, 0, 0, 0)
        sheet.fill(column(radio, caption, spacing=SPACE.hair))
    sheet.body.addStretch(1)
    go = Button(button, "primary", pressed=sheet.accept)
    go.setDefault(True)
    sheet.offer(sheet.cancel_button(), go)
    group.button(start).setFocus()
    return group.checkedId() if await sheet.answer() else None
