"""Banners and empty states: what happened, why, what to do next."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.ui.kit.buttons import Button, IconButton
from saasbackup_desktop.ui.kit.layout import column, row, take_out
from saasbackup_desktop.ui.kit.status import TONE_ICONS, TONE_ROLES, Picture
from saasbackup_desktop.ui.kit.text import Text, clear, set_property
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE


class Banner(QFrame):
    """A strip on top of a page. Hidden until it has something to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(SPACE.medium, SPACE.medium, SPACE.small, SPACE.medium)
        self._line.setSpacing(SPACE.medium)
        self.hide()

    def say(
        self,
        tone: Tone,
        title: str,
        text: str = "",
        button: str = "",
        pressed: Callable[[], object] | None = None,
        *,
        closable: bool = True,
        several: Sequence[tuple[str, Callable[[], object]]] = (),
    ) -> None:
        """Show a message, and a button that does something about it; ``several`` ones stand below the words."""
        self._empty()
        set_property(self, "tone", tone.value)
        self._line.addWidget(Picture(TONE_ICONS[tone], TONE_ROLES[tone], 20), 0, Qt.AlignmentFlag.AlignTop)
        words = column(Text(title, "strong", wrap=True), spacing=2)
        if text:
            words.addWidget(Text(text, wrap=True))
        if several:
            words.addSpacing(SPACE.hair)
            words.addLayout(row(*(Button(label, pressed=does) for label, does in several), None))
        self._line.addLayout(words, 1)
        if button and pressed is not None:
            self._line.addWidget(Button(button, pressed=pressed), 0, Qt.AlignmentFlag.AlignVCenter)
        if closable:
            self._line.addWidget(IconButton("close", self.tr("Dismiss"), self.hide), 0, Qt.AlignmentFlag.AlignTop)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self.show()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, f"{title}. {text}"))

    def fault(
        self, fault: Fault, button: str = "", pressed: Callable[[], object] | None = None, *, closable: bool = True
    ) -> None:
        """Put a fault into words, with a button that does something about it."""
        words = words_for(fault.code, fault.facts)
        self.say(Tone.BAD, words.title, f"{words.what} {words.remedy}".strip(), button, pressed, closable=closable)

    def _empty(self) -> None:
        take_out(self._line)
        clear(self)


class EmptyState(QWidget):
    """A page without content: what it is for, and the button that starts it."""

    def __init__(
        self,
        picture: str,
        title: str,
        text: str,
        button: str = "",
        pressed: Callable[[], object] | None = None,
        parent: QWidget | None = None,
        *,
        width: int = 400,
    ) -> None:
        super().__init__(parent)
        outer = QVBoxLayout(self)
        outer.setAlignment(Qt.AlignmentFlag.AlignCenter)
        outer.setSpacing(SPACE.small)
        self._picture = Picture(picture, "muted", 40)
        self._title = Text(title, "heading")
        self._title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text = Text(text, "muted", wrap=True)
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text.setFixedWidth(scaled(width))
        for piece in (self._picture, self._title, self._text):
            outer.addWidget(piece, 0, Qt.AlignmentFlag.AlignHCenter)
        if button and pressed is not None:
            outer.addSpacing(SPACE.small)
            outer.addWidget(Button(button, "primary", pressed=pressed), 0, Qt.AlignmentFlag.AlignHCenter)

    def say(self, title: str, text: str) -> None:
        """Explain something else."""
        self._title.setText(title)
        self._text.setText(text)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        """Make room for every line of the text."""
        self._fit()

    def _fit(self) -> None:
        self._text.setMinimumHeight(max(0, self._text.heightForWidth(self._text.width())))
