"""What is picked, and what can be done with it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import row
from saasbackup_desktop.ui.kit.text import ElidedText, counted
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.basket import Basket


class BasketBar(QFrame):
    """The strip below the list: ticks win over what is merely selected."""

    restore_wanted = Signal()
    save_wanted = Signal()
    clear_wanted = Signal()
    whole_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self._words = ElidedText("", "muted")
        self._clear = Button(self.tr("Clear ticks"), "quiet", pressed=self.clear_wanted.emit)
        self._save = Button(self.tr("Save as .eml…"), picture="save", pressed=self.save_wanted.emit)
        self._whole = Button(self.tr("Restore &all…"), pressed=self.whole_wanted.emit)
        self._restore = Button(self.tr("Restore…"), "primary", "restore", self.restore_wanted.emit)
        inside = row(self._words, self._clear, self._save, self._whole, self._restore)
        inside.setStretch(0, 1)
        inside.setContentsMargins(SPACE.medium, SPACE.small, SPACE.medium, SPACE.small)
        self.setLayout(inside)

    def tell(self, basket: Basket, selected: int, folder: str) -> None:
        """Say what would be restored."""
        self._clear.setVisible(not basket.is_empty)
        self._save.setVisible(selected > 1)
        messages = (self.tr("message"), self.tr("messages"))
        if not basket.is_empty:
            parts = []
            if basket.folders:
                parts.append(counted(len(basket.folders), self.tr("folder"), self.tr("folders")))
            if basket.items:
                parts.append(counted(len(basket.items), *messages))
            self._words.say(self.tr("Ticked: %1").replace("%1", ", ".join(parts)))
            self._restore.setText(self.tr("Restore what is ticked…"))
        elif selected:
            self._words.say(self.tr("Selected: %1").replace("%1", counted(selected, *messages)))
            words = self.tr("Restore this message…") if selected == 1 else self.tr("Restore these messages…")
            self._restore.setText(words)
        else:
            self._words.say(self.tr("Tick messages and folders, or restore the open folder: %1").replace("%1", folder))
            self._restore.setText(self.tr("Restore this folder…"))
        self._restore.setEnabled(bool(folder) or not basket.is_empty)
