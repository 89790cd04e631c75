"""Opening the vault."""

from collections.abc import Coroutine
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QStackedWidget, QVBoxLayout, QWidget

from saasbackup_desktop.app.views import BucketKeys
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.core.errors import SignInNeeded, VaultDamaged, WrongPassphrase
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import Field, Line, Secret
from saasbackup_desktop.ui.kit.layout import Card, Piece, column, row, scroll
from saasbackup_desktop.ui.kit.pages import Page
from saasbackup_desktop.ui.kit.sheets import confirm
from saasbackup_desktop.ui.kit.status import Picture
from saasbackup_desktop.ui.kit.text import ElidedText, Text
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.places import Opened
from saasbackup_desktop.ui.rooms.open_vault import OpenVault
from saasbackup_desktop.ui.rooms.vault.key_sheets import tell_no_keyring

_DESCRIPTION: Final = "vault.json"


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
        self.access_key, self.secret_key = Line(), Secret()
        self._storage = QWidget()
        self._storage.setLayout(
            column(
                Field(self.tr("&Access key"), self.access_key),
                Field(
                    self.tr("&Secret key"),
                    self.secret_key,
                    self.tr("Kept in this computer's keyring, if there is one that can be trusted."),
                ),
                spacing=SPACE.medium,
            )
        )
        self._storage.hide()
        self._open = Button(self.tr("&Unlock"), "primary", "unlock", self._unlock)
        self._open.setEnabled(False)
        self.secret.textChanged.connect(self._typed)
        self.secret.returnPressed.connect(self._unlock)
        self.secret_key.returnPressed.connect(self._unlock)
        where = ElidedText(bridge.desk.vault_location or "", "muted")
        where.setAlignment(Qt.AlignmentFlag.AlignLeft)
        title = row(Picture("lock", "accent", 28), Text(self.tr("The vault is locked"), "title"), None)
        self.reminder = Text(self.tr("The recovery kit is not confirmed yet: keep the passphrase safe."), wrap=True)
        self.reminder.setVisible(not bridge.desk.is_recovery_confirmed)
        card = Card(
            title,
            where,
            self.banner,
            self.reminder,
            self._field,
            self._storage,
            self._remember,
            row(None, self._open),
            spacing=SPACE.large,
        )
        card.body.setContentsMargins(SPACE.wide, SPACE.wide, SPACE.wide, SPACE.wide)
        card.setFixedWidth(scaled(480))
        self.elsewhere = Button(self.tr("The &vault lies elsewhere…"), "link", pressed=self._look_elsewhere)
        self.explore = Button(self.tr("&Explore the demonstration"), "link", pressed=self.demonstration_wanted.emit)
        self._leaves = QStackedWidget()
        self._leaves.addWidget(_centred(card, row(self.elsewhere, None, self.explore)))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._leaves)

    def first_focus(self) -> QWidget | None:
        """Start in the field."""
        return self.secret

    def _look_elsewhere(self) -> None:
        form = OpenVault(
            self.bridge,
            self.tr("Where does the vault lie now?"),
            self.tr("This computer's vault in its new place, or a complete copy of it. Another vault is not taken."),
        )
        form.left.connect(self._return)
        form.opened.connect(lambda: self.wants.emit(Opened()))
        form.setFixedWidth(scaled(620))
        self._leaves.addWidget(scroll(_centred(form)))
        self._leaves.setCurrentIndex(1)

    def _return(self) -> None:
        if (gone := self._leaves.widget(1)) is not None:
            self._leaves.removeWidget(gone)
            gone.deleteLater()
        self.secret.setFocus()

    def _typed(self, typed: str) -> None:
        self._open.setEnabled(bool(typed))
        self._field.complain("")

    def _unlock(self) -> None:
        if self.secret.text():
            self.run(self._try(), busy=self._open, only="unlock")

    async def _try(self) -> None:
        secret = self.secret.text()
        self.banner.hide()
        try:
            await self.bridge.call(self._opening(secret))
        except SignInNeeded as fault:
            self.banner.fault(fault)
            self._storage.setVisible(self.desk.bucket_settings is not None)
            self.access_key.setFocus()
            return
        except VaultDamaged as fault:
            if fault.facts.get("file") != _DESCRIPTION:
                raise
            self._offer_rescue(fault, secret)
            return
        except WrongPassphrase:
            self._field.complain(
                self.tr("No key of this vault opens with that. Capital letters count; the recovery key opens it, too.")
            )
            self.secret.selectAll()
            self.secret.setFocus()
            return
        if self._remember.isChecked() and not await self.bridge.call(self.desk.remember()):
            await tell_no_keyring(self)
        self.secret.clear()
        self.secret_key.clear()
        self.wants.emit(Opened())

    def _offer_rescue(self, fault: VaultDamaged, secret: str) -> None:
        """The vault's description can be written again, as long as a key is there."""
        words = words_for(fault.code, fault.facts)
        self.banner.say(
            Tone.BAD,
            text.say(words.title),
            text.say(f"{words.what} {words.remedy}"),
            self.tr("Repair and ope&n"),
            lambda: self.run(self._rescue(secret), busy=self._open, only="unlock"),
        )

    async def _rescue(self, secret: str) -> None:
        if await confirm(
            self,
            self.tr("Write the vault's description again?"),
            self.tr(
                "If only the file vault.json is lost or damaged, everything else can be opened with your passphrase or "
                "recovery key, and the file is written again. Nothing else is changed. Check the vault afterwards."
            ),
            self.tr("Write it again and open"),
        ):
            await self.bridge.call(self.desk.rescue_vault(secret))
            self.secret.clear()
            self.wants.emit(Opened())

    def _opening(self, secret: str) -> Coroutine[Any, Any, None]:
        access_key, secret_key = self.access_key.text().strip(), self.secret_key.text()
        if not access_key or not secret_key:
            return self.desk.unlock(secret)
        return self.desk.adopt_vault(
            self.desk.vault_location or "",
            secret,
            settings=self.desk.bucket_settings,
            keys=BucketKeys(access_key, secret_key),
        )


def _centred(*pieces: Piece) -> QWidget:
    inside = QWidget()
    inside.setLayout(column(*pieces, spacing=SPACE.small))
    holder = QWidget()
    QVBoxLayout(holder).addWidget(inside, 0, Qt.AlignmentFlag.AlignCenter)
    return holder
