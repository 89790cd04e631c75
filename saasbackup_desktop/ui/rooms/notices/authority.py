"""The file of an own certificate authority, typed or chosen."""

from PySide6.QtWidgets import QWidget

from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import Line
from saasbackup_desktop.ui.kit.layout import row
from saasbackup_desktop.ui.kit.sheets import Sheet, pick_file
from saasbackup_desktop.ui.kit.text import say


def with_choice(sheet: Sheet, line: Line, label: str) -> QWidget:
    """Put a button beside the line that opens the system's own dialog."""

    async def choose() -> None:
        file = await pick_file(sheet, label, say("Certificates (*.pem *.crt *.cer);;All files (*)"))
        if file is not None:
            line.setText(str(file))

    button = Button(say("Choose…"), pressed=lambda: sheet.run(choose(), only="choose"))
    button.setAccessibleName(f"{label}: {say('Choose…')}")
    line.setAccessibleName(label)
    both = QWidget()
    both.setLayout(row(line, button))
    both.setFocusProxy(line)
    return both
