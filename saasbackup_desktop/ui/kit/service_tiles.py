"""Tiles of which one is chosen: a picture, a name, a count, and how it is doing."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.ui.kit.status import TONE_ICONS, TONE_ROLES, Picture
from saasbackup_desktop.ui.kit.text import ElidedText, Text
from saasbackup_desktop.ui.kit.tokens import SPACE


class ServiceTile(QPushButton):
    """One of several; all of it can be clicked."""

    def __init__(self, picture: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("service")
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.name = name
        self._picture = Picture(picture, "accent")
        self._name = ElidedText(name, "strong")
        self._count = Text("", "muted")
        self._mark = Picture(TONE_ICONS[Tone.QUIET], TONE_ROLES[Tone.QUIET])
        self._state = ElidedText("", "strong")
        head = QHBoxLayout()
        head.setSpacing(SPACE.small)
        head.addWidget(self._picture)
        head.addWidget(self._name, 1)
        head.addWidget(self._count)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(SPACE.small, SPACE.small, SPACE.small, SPACE.small)
        inside.setSpacing(2)
        inside.addLayout(head)
        state = QHBoxLayout()
        state.setSpacing(SPACE.small)
        state.addWidget(self._mark)
        state.addWidget(self._state, 1)
        inside.addLayout(state)
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def say(self, count: str, noun: str, label: str, tone: Tone, hint: str = "") -> None:
        """Show how many there are and how it is doing."""
        self._count.setText(count)
        self._mark.become(TONE_ICONS[tone], TONE_ROLES[tone])
        self._state.say(label)
        self._state.tone(tone.value)
        self.setToolTip(hint)
        self.setAccessibleName(", ".join(part for part in (self.name, f"{count} {noun}".strip(), label) if part))
        self.setAccessibleDescription(hint)

    def sizeHint(self) -> QSize:
        """As much as its words need."""
        layout = self.layout()
        return layout.sizeHint() if layout is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Less: words give way."""
        layout = self.layout()
        return layout.minimumSize() if layout is not None else super().minimumSizeHint()

    def changeEvent(self, event: QEvent) -> None:
        """Words follow when it is switched off."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            self._name.tone("" if self.isEnabled() else "quiet")
