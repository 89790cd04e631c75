"""A folder, typed or chosen."""

from PySide6.QtWidgets import QWidget

from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import Field, Line
from saasbackup_desktop.ui.kit.layout import row
from saasbackup_desktop.ui.kit.sheets import pick_folder
from saasbackup_desktop.ui.kit.tasks import Tasks
from saasbackup_desktop.ui.kit.text import say


class FolderField(Field):
    """A line with a button that opens the system's own dialog."""

    def __init__(self, label: str, hint: str = "", folder: str = "") -> None:
        self.line = Line(folder)
        self.line.setAccessibleName(label.replace("&", ""))
        choose = Button(say("C&hoose…"), pressed=lambda: self.tasks.start(self._choose()))
        choose.setAccessibleName(say("Choose folder"))
        both = QWidget()
        both.setLayout(row(self.line, choose))
        both.setFocusProxy(self.line)
        super().__init__(label, both, hint)
        self.tasks = Tasks(self)
        self._label = label.replace("&", "")

    @property
    def folder(self) -> str:
        """What stands in it."""
        return self.line.text().strip()

    async def _choose(self) -> None:
        folder = await pick_folder(self, self._label, self.line.text())
        if folder is not None:
            self.line.setText(str(folder))
