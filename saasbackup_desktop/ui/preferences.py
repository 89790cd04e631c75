"""What the window remembers of itself on this computer: looks and size, never anything of the vault."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QSettings

from saasbackup_desktop.ui.kit.theme import Appearance

LOCK_AFTER: Final = 15
LOCK_CHOICES: Final = (0, 5, 15, 30, 60)
"""Minutes."""


class Preferences:
    """A small file beside the home's other files."""

    def __init__(self, file: Path) -> None:
        self._settings = QSettings(str(file), QSettings.Format.IniFormat)

    @property
    def appearance(self) -> Appearance:
        """Light, dark, or as the system."""
        kept = str(self._settings.value("appearance", Appearance.SYSTEM.value))
        return Appearance(kept) if kept in set(Appearance) else Appearance.SYSTEM

    @appearance.setter
    def appearance(self, chosen: Appearance) -> None:
        self._settings.setValue("appearance", chosen.value)

    @property
    def lock_after(self) -> int:
        """Minutes without use after which the vault is locked; 0: never."""
        kept = str(self._settings.value("lock_after", LOCK_AFTER))
        return int(kept) if kept.isdecimal() and int(kept) in LOCK_CHOICES else LOCK_AFTER

    @lock_after.setter
    def lock_after(self, minutes: int) -> None:
        self._settings.setValue("lock_after", minutes)

    @property
    def geometry(self) -> QByteArray | None:
        """Size and place of the window."""
        kept = self._settings.value("geometry")
        return kept if isinstance(kept, QByteArray) else None

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self._settings.setValue("geometry", geometry)
