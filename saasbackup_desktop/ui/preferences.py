"""What the window remembers of itself on this computer: looks and size, never anything of the vault."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from saasbackup_desktop.ui.kit.theme import Appearance


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
    def geometry(self) -> QByteArray | None:
        """Size and place of the window."""
        kept = self._settings.value("geometry")
        return kept if isinstance(kept, QByteArray) else None

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self._settings.setValue("geometry", geometry)
