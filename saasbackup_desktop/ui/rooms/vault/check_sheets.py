"""Dialogs about checking the vault."""

from PySide6.QtWidgets import QButtonGroup, QRadioButton, QWidget

from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import column
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.tokens import SPACE


async def ask_check(parent: QWidget) -> int | None:
    """Ask how thorough a check is to be; percent of the vault that is read, None if not at all."""
    sheet = Sheet(
        say("Check the vault"),
        say("Proves that what was stored is still there and unaltered. You can go on working meanwhile."),
        parent,
        width=480,
    )
    group = QButtonGroup(sheet)
    choices = (
        (0, say("Quick"), say("Every file is there and of the right size. Takes seconds.")),
        (10, say("A tenth"), say("Also reads and decrypts a tenth of the vault.")),
        (100, say("Everything"), say("Reads and decrypts all of it. Takes as long as reading the whole disk folder.")),
    )
    for percent, name, words in choices:
        button = QRadioButton(name)
        button.setAccessibleDescription(words)
        button.setChecked(percent == 0)
        group.addButton(button, percent)
        caption = Text(words, "caption", wrap=True)
        caption.setContentsMargins(30, 0, 0, 0)
        sheet.fill(column(button, caption, spacing=SPACE.hair))
    sheet.body.addStretch(1)
    go = Button(say("Check"), "primary", pressed=sheet.accept)
    go.setDefault(True)
    sheet.offer(sheet.cancel_button(), go)
    return group.checkedId() if await sheet.answer() else None
