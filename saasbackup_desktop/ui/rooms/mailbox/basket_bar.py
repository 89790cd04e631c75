"""What is picked, and what can be done with it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from saasbackup_desktop.app.flows.saving import ending_of
from saasbackup_desktop.app.words.items import FOLDERS, NOUNS
from saasbackup_desktop.app.words.tenants import SHORT_SERVICES
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import row
from saasbackup_desktop.ui.kit.text import ElidedText, counted
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.basket import Basket


class BasketBar(QFrame):
    """The strip below the list: ticks win over what is merely selected."""

    restore_wanted = Signal()
    download_wanted = Signal()
    save_wanted = Signal()
    clear_wanted = Signal()
    whole_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self._words = ElidedText("", "muted")
        self._clear = Button(self.tr("Clear ticks"), "quiet", pressed=self.clear_wanted.emit)
        self._save = Button(self.tr("Save as .eml…"), picture="save", pressed=self.save_wanted.emit)
        self.download = Button(self.tr("&Download…"), picture="save", pressed=self.download_wanted.emit)
        self._whole = Button(self.tr("Restore &all…"), pressed=self.whole_wanted.emit)
        self._restore = Button(self.tr("Restore…"), "primary", "restore", self.restore_wanted.emit)
        inside = row(self._words, self._clear, self._save, self.download, self._whole, self._restore)
        inside.setStretch(0, 1)
        inside.setContentsMargins(SPACE.medium, SPACE.small, SPACE.medium, SPACE.small)
        self.setLayout(inside)

    def tell(
        self, basket: Basket, selected: int, folder: str, service: Service = Service.MAIL, *, is_hollow: bool = False
    ) -> None:
        """Say what would be restored; a hollow folder has neither items nor folders in it."""
        one, many = (text.say(noun) for noun in NOUNS[service])
        self._save.setText(self.tr("Save as %1…").replace("%1", ending_of(service)))
        self._whole.setText(self.tr("Restore &all %1…").replace("%1", text.say(SHORT_SERVICES[service]).lower()))
        self._clear.setVisible(not basket.is_empty)
        self._save.setVisible(selected > 1)
        if not basket.is_empty:
            parts = []
            if basket.folders:
                parts.append(counted(len(basket.folders), *(text.say(noun) for noun in FOLDERS[service])))
            if basket.items:
                parts.append(counted(len(basket.items), one, many))
            said = self.tr("Ticked: %1").replace("%1", ", ".join(parts))
            if basket.elsewhere:
                said += self.tr(" (and %1 in other services)").replace("%1", text.number(basket.elsewhere))
            self._words.say(said)
            self._restore.setText(self.tr("Restore what is ticked…"))
        elif selected:
            self._words.say(self.tr("Selected: %1").replace("%1", counted(selected, one, many)))
            words = self.tr("Restore this %1…") if selected == 1 else self.tr("Restore these %1…")
            self._restore.setText(words.replace("%1", one if selected == 1 else many))
        else:
            words = self.tr("Tick what is to be restored, or restore what is open: %1")
            if is_hollow:
                words = self.tr("There is nothing to restore in %1")
            self._words.say(words.replace("%1", folder))
            self._restore.setText(self.tr("Restore this %1…").replace("%1", text.say(FOLDERS[service][0])))
        is_open = bool(folder) and not is_hollow
        self._restore.setEnabled(is_open or selected > 0 or not basket.is_empty)
        self.download.setEnabled(self._restore.isEnabled())
