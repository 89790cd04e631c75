"""How things stand: never colour alone, always icon, word and colour."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.ui.kit.icons import pixmap
from saasbackup_desktop.ui.kit.text import Text

TONE_ICONS = {
    Tone.GOOD: "ok",
    Tone.ATTENTION: "attention",
    Tone.BAD: "bad",
    Tone.BUSY: "busy",
    Tone.QUIET: "quiet",
}
TONE_ROLES = {
    Tone.GOOD: "good",
    Tone.ATTENTION: "attention",
    Tone.BAD: "bad",
    Tone.BUSY: "accent",
    Tone.QUIET: "muted",
}


class Picture(QLabel):
    """An icon that stands beside words and says nothing of its own."""

    def __init__(self, name: str, role: str = "muted", size: int = 18, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._role, self._size = name, role, size
        self.setFixedSize(size, size)
        self._draw()

    def become(self, name: str, role: str) -> None:
        """Show another icon."""
        self._name, self._role = name, role
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        """Tint anew when the theme changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def _draw(self) -> None:
        self.setPixmap(pixmap(self._name, self._role, self._size, max(1.0, self.devicePixelRatioF())))


class StatusMark(QWidget):
    """Icon, word and colour."""

    def __init__(self, label: str = "", tone: Tone = Tone.QUIET, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self._picture = Picture(TONE_ICONS[tone], TONE_ROLES[tone])
        self._label = Text(label, "strong")
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._label)
        row.addStretch(1)
        self.become(label, tone)

    def become(self, label: str, tone: Tone) -> None:
        """Show another status."""
        self._picture.become(TONE_ICONS[tone], TONE_ROLES[tone])
        self._label.setText(label)
        self._label.tone(tone.value)
        self.setAccessibleName(label)
