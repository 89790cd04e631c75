"""Passwords that were made up for users who were made anew: told once."""

from collections.abc import Callable, Sequence

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.entra.views import NewPassword
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import Secret
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.sheets import Sheet, confirm
from saasbackup_desktop.ui.kit.tables import safe
from saasbackup_desktop.ui.kit.text import ElidedText
from saasbackup_desktop.ui.kit.tokens import SPACE


class PasswordSheet(Sheet):
    """A line for each; closing asks, because they cannot be had again."""

    def __init__(self, passwords: Sequence[NewPassword], parent: QWidget | None = None) -> None:
        super().__init__(
            self.tr("New passwords"),
            self.tr(
                "These users were made anew, each with a password that was made up. They are shown this once, and kept "
                "nowhere. Users choose another one when they sign in."
            ),
            parent,
            width=560,
        )
        self._passwords = passwords
        for one in passwords:
            field = Secret()
            field.setText(one.password)
            field.setReadOnly(True)
            field.setAccessibleName(self.tr("Password of %1").replace("%1", one.name))
            copy = Button(self.tr("Copy"), picture="copy", pressed=self._copies(one))
            copy.setAccessibleName(self.tr("Copy the password of %1").replace("%1", one.name))
            line = row(field, copy)
            line.setStretch(0, 1)
            self.fill(column(ElidedText(one.name, "strong"), line, spacing=SPACE.hair))
        self.fill(None)
        self.copy_all = Button(self.tr("Copy all"), picture="copy", pressed=self._copy_all)
        self.done_button = Button(self.tr("I have them"), "primary", pressed=self.accept)
        self.offer(self.copy_all, self.done_button)

    @property
    def must_stay(self) -> bool:
        """They cannot be had again."""
        return True

    def reject(self) -> None:
        """Ask before they are gone."""
        self.run(self._leave(), only="leave")

    async def _leave(self) -> None:
        if await confirm(
            self,
            self.tr("Close without the passwords?"),
            self.tr("They cannot be shown again. You would have to reset them one by one."),
            self.tr("Close"),
            danger=True,
        ):
            self.accept()

    def _copies(self, one: NewPassword) -> Callable[[], None]:
        return lambda: self._copy(one)

    def _copy(self, one: NewPassword) -> None:
        QGuiApplication.clipboard().setText(one.password)
        self.banner.say(Tone.QUIET, self.tr("Copied: password of %1").replace("%1", one.name))

    def _copy_all(self) -> None:
        lines = (f"{safe(one.name)},{one.password}" for one in self._passwords)
        QGuiApplication.clipboard().setText("\n".join(lines))
        self.banner.say(Tone.QUIET, self.tr("Copied: all of them, a line for each"))
