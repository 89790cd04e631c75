"""Opening the vault."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from saasbackup_desktop.core.errors import WrongPassphrase
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import Field, Secret
from saasbackup_desktop.ui.kit.layout import Card, row
from saasbackup_desktop.ui.kit.pages import Page
from saasbackup_desktop.ui.kit.status import Picture
from saasbackup_desktop.ui.kit.text import ElidedText, Text
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.places import Opened


class UnlockPage(Page):
    """Passphrase or recovery key."""

    demonstration_wanted = Signal()

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.secret = Secret()
        self._field = Field(
            self.tr("&Passphrase or recovery key"), self.secret, self.tr("The recovery key is in your recovery kit.")
        )
        self._remember = QCheckBox(self.tr("&Remember on this computer"))
        self._remember.setToolTip(self.tr("With a key for this computer alone, in the system's own keyring"))
        self._open = Button(self.tr("&Unlock"), "primary", "unlock", self._unlock)
        self._open.setEnabled(False)
        self.secret.textChanged.connect(self._typed)
        self.secret.returnPressed.connect(self._unlock)
        where = ElidedText(bridge.desk.vault_location or "", "muted")
        where.setAlignment(Qt.AlignmentFlag.AlignLeft)
        title = row(Picture("lock", "accent", 28), Text(self.tr("The vault is locked"), "title"), None)
        card = Card(title, where, self.banner, self._field, self._remember, row(None, self._open), spacing=SPACE.large)
        card.body.setContentsMargins(SPACE.wide, SPACE.wide, SPACE.wide, SPACE.wide)
        card.setFixedWidth(scaled(480))
        outer = QVBoxLayout(self)
        outer.addWidget(card, 0, Qt.AlignmentFlag.AlignCenter)

    def first_focus(self) -> QWidget | None:
        """Start in the field."""
        return self.secret

    def _typed(self, typed: str) -> None:
        self._open.setEnabled(bool(typed))
        self._field.complain("")

    def _unlock(self) -> None:
        if self.secret.text():
            self.run(self._try(), busy=self._open, only="unlock")

    async def _try(self) -> None:
        secret = self.secret.text()
        try:
            await self.bridge.call(self.desk.unlock(secret))
        except WrongPassphrase:
            self._field.complain(
                self.tr("No key of this vault opens with that. Capital letters count; the recovery key opens it, too.")
            )
            self.secret.selectAll()
            self.secret.setFocus()
            return
        if self._remember.isChecked():
            await self.bridge.call(self.desk.remember())
        self.secret.clear()
        self.wants.emit(Opened())
