"""The recovery kit: shown once, saved or copied, and confirmed from what was saved."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from saasbackup_desktop.app.views import RecoveryKit
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.core.errors import WrongPassphrase
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import Field, Line
from saasbackup_desktop.ui.kit.layout import Card, row
from saasbackup_desktop.ui.kit.notices import Banner
from saasbackup_desktop.ui.kit.sheets import Sheet, confirm, pick_new_file
from saasbackup_desktop.ui.kit.tasks import Tasks
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.tokens import SPACE


class KitView(QWidget):
    """The key with Save and Copy, and a field to prove that the kit is at hand, if it is one of the open vault."""

    confirmed = Signal()

    def __init__(
        self, bridge: Bridge, kit: RecoveryKit, parent: QWidget | None = None, *, is_proven_here: bool = True
    ) -> None:
        super().__init__(parent)
        self.bridge, self._kit = bridge, kit
        self.is_safe = False
        """The kit was saved, or somebody has proven to have the key."""
        self.notice = Banner()
        self.tasks = Tasks(self, self.notice.fault)
        key = Text(grouped(kit.recovery_key), "key", wrap=True)
        key.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        key.setAlignment(Qt.AlignmentFlag.AlignCenter)
        key.setAccessibleName(self.tr("Recovery key: %1").replace("%1", kit.recovery_key))
        save = Button(self.tr("&Save as PDF…"), "primary", "save", lambda: self.tasks.start(self._save()))
        copy = Button(self.tr("&Copy key"), picture="copy", pressed=self._copy)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(SPACE.large)
        outer.addWidget(self.notice)
        outer.addWidget(Card(Text(self.tr("Your recovery key"), "caption"), key))
        outer.addLayout(row(save, copy, None))
        if is_proven_here:
            outer.addWidget(ConfirmKit(bridge, self._done))

    def _done(self) -> None:
        self.is_safe = True
        self.notice.say(Tone.GOOD, self.tr("Confirmed. Keep the kit in a safe place."), closable=False)
        self.confirmed.emit()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._kit.recovery_key)
        self.notice.say(Tone.QUIET, self.tr("Copied. Paste it into your password safe."))

    async def _save(self) -> None:
        name = self.tr("Recovery kit %1.pdf").replace("%1", self._kit.vault_id[:8])
        file = await pick_new_file(self, self.tr("Save the recovery kit"), name, "PDF (*.pdf)")
        if file is not None:
            await self.bridge.call(self.bridge.desk.save_recovery_kit(self._kit, file))
            self.is_safe = True
            self.notice.say(
                Tone.GOOD,
                self.tr("Saved: %1").replace("%1", str(file)),
                self.tr("Print it, or move it off this computer."),
            )


class ConfirmKit(QWidget):
    """A field for the key from the saved kit."""

    def __init__(self, bridge: Bridge, done: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bridge = bridge
        self._finished = done
        self.key = Line(placeholder=self.tr("Type or paste it from the kit that you saved"))
        self._field = Field(self.tr("Confirm the recovery key"), self.key)
        self._confirm = Button(self.tr("C&onfirm"), pressed=self._try)
        self._confirm.setEnabled(False)
        self.key.textChanged.connect(lambda typed: self._confirm.setEnabled(bool(typed.strip())))
        self.key.returnPressed.connect(self._try)
        self.tasks = Tasks(self)
        line = row(self._field, self._confirm)
        line.setStretch(0, 1)
        line.setAlignment(self._confirm, Qt.AlignmentFlag.AlignBottom)
        self.setLayout(line)

    def _try(self) -> None:
        self.tasks.start(self._work(), busy=self._confirm, only="confirm")

    async def _work(self) -> None:
        try:
            await self.bridge.call(self.bridge.desk.prove_recovery_kit(self.key.text()))
        except WrongPassphrase as wrong:
            words = words_for(wrong.code, wrong.facts)
            self._field.complain(f"{words.what} {words.remedy}")
            return
        self.hide()
        self._finished()


class KitSheet(Sheet):
    """A new key, shown this once: it asks before it is closed with the key neither saved nor confirmed.

    ``is_proven_here``: it opens the vault that is open, and can be tried on it.
    """

    def __init__(
        self, bridge: Bridge, kit: RecoveryKit, title: str, lead: str, parent: QWidget, *, is_proven_here: bool = True
    ) -> None:
        super().__init__(title, lead, parent, width=620)
        self.view = KitView(bridge, kit, is_proven_here=is_proven_here)
        self.offer(Button(say("Done"), pressed=self.reject))

    @property
    def must_stay(self) -> bool:
        """The key is not safe yet."""
        return not self.view.is_safe

    def reject(self) -> None:
        """Close it; ask first if the key would be lost."""
        if not self.must_stay:
            super().reject()
        elif not self.tasks.is_running("leave"):
            self.run(self._leave(), only="leave")

    async def _leave(self) -> None:
        if await confirm(
            self,
            say("The kit is not saved or confirmed: close anyway?"),
            say("This recovery key is never shown again. Without it, a lost passphrase means lost backups."),
            say("Close anyway"),
            danger=True,
            cancel=say("Back to the kit"),
        ):
            super().reject()


async def show_kit(bridge: Bridge, kit: RecoveryKit, parent: QWidget) -> None:
    """Show a new kit in a dialog."""
    lead = say("It is shown this once. Save or copy it now; older recovery keys stay valid until you remove them.")
    sheet = KitSheet(bridge, kit, say("New recovery kit"), lead, parent)
    sheet.fill(sheet.view)
    await sheet.answer()


async def confirm_kit(bridge: Bridge, parent: QWidget) -> None:
    """Ask for the key of the kit that was saved earlier."""
    sheet = Sheet(say("Confirm your recovery kit"), say("Have the kit that you saved at hand."), parent, width=560)
    sheet.fill(ConfirmKit(bridge, sheet.accept))
    sheet.offer(sheet.cancel_button(say("Later")))
    await sheet.answer()


def grouped(key: str) -> str:
    """Let a long key break between its groups."""
    groups = key.split("-")
    half = (len(groups) + 1) // 2
    return "-".join(groups[:half]) + "-\n" + "-".join(groups[half:]) if len(groups) > 6 else key
