"""A list of short statements, each with how it stands: icon, word, colour, and what it means."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import take_out
from saasbackup_desktop.ui.kit.status import StatusMark
from saasbackup_desktop.ui.kit.text import Text, clear
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE


@dataclass(frozen=True, slots=True)
class Mark:
    """One statement: what it is about, how it stands, and more in a few words."""

    about: str
    state: str
    tone: Tone
    words: str = ""
    hint: str = ""


class Marks(QWidget):
    """Statements one below the other, in columns that line up."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE.large)
        self._grid.setVerticalSpacing(SPACE.hair)
        self._grid.setColumnMinimumWidth(0, scaled(120))
        self._grid.setColumnStretch(2, 1)
        self.marks: list[Mark] = []

    def show_marks(self, marks: Sequence[Mark]) -> None:
        """Show other statements."""
        take_out(self._grid)
        clear(self)
        self.marks = []
        for mark in marks:
            self.add(mark)

    def add(self, mark: Mark, button: Button | None = None) -> None:
        """Show one more, with what can be done about it."""
        line = len(self.marks)
        side = Qt.AlignmentFlag.AlignTop if button is None else Qt.AlignmentFlag.AlignVCenter
        self.marks.append(mark)
        words = Text(mark.words, "muted", wrap=True)
        state = StatusMark(mark.state, mark.tone)
        for piece in (words, state):
            piece.setToolTip(mark.hint)
        state.setAccessibleDescription(f"{mark.about}: {mark.words}")
        self._grid.addWidget(Text(mark.about), line, 0, side)
        self._grid.addWidget(state, line, 1, side)
        self._grid.addWidget(words, line, 2)
        if button is not None:
            self._grid.addWidget(button, line, 3, Qt.AlignmentFlag.AlignRight | side)
