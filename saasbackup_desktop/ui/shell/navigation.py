"""The way from page to page, on the left."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QVBoxLayout, QWidget

from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import row
from saasbackup_desktop.ui.kit.status import Picture
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.places import (
    ActivityPlace,
    EntraPlace,
    HomePlace,
    JobsPlace,
    Place,
    RecoveryPlace,
    SettingsPlace,
    VaultPlace,
)


class Navigation(QFrame):
    """One button for each page that exists; ``chosen`` carries the place."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("navigation")
        self.setFixedWidth(scaled(208))
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[type[Place], Button] = {}
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE.medium, SPACE.large, SPACE.medium, SPACE.medium)
        outer.setSpacing(SPACE.hair)
        outer.addLayout(row(Picture("mark", "text", 28), Text(self.tr("SaaS Backup"), "heading"), None))
        outer.addSpacing(SPACE.large)
        entries: tuple[tuple[str, str, Place, str], ...] = (
            (self.tr("Home"), "home", HomePlace(), "Ctrl+1"),
            (self.tr("Recovery"), "recovery", RecoveryPlace(), "Ctrl+2"),
            (self.tr("Entra"), "directory", EntraPlace(), "Ctrl+3"),
            (self.tr("Jobs"), "jobs", JobsPlace(), "Ctrl+4"),
            (self.tr("Activity"), "activity", ActivityPlace(), "Ctrl+5"),
            (self.tr("Vault"), "vault", VaultPlace(), "Ctrl+6"),
            (self.tr("Settings"), "settings", SettingsPlace(), "Ctrl+7"),
        )
        for label, picture, place, keys in entries:
            outer.addWidget(self._button(label, picture, place, keys))
        outer.addStretch(1)

    def mark(self, place: Place) -> None:
        """Show which page is open."""
        button = self._buttons.get(type(place))
        if button is not None:
            button.setChecked(True)

    def _button(self, label: str, picture: str, place: Place, keys: str) -> Button:
        button = Button(label, picture=picture, pressed=lambda: self.chosen.emit(place))
        button.setCheckable(True)
        button.setShortcut(keys)
        button.setToolTip(f"{label} ({keys})")
        button.setAccessibleName(label)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._group.addButton(button)
        self._buttons[type(place)] = button
        return button
