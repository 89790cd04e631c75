"""One object that differs: what it was and what it is, side by side, with boxes for what is to be brought back."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QStackedWidget, QVBoxLayout, QWidget

from saasbackup_desktop.app.entra.views import DifferenceView
from saasbackup_desktop.app.words.entra.kinds import CHANGES, one_words
from saasbackup_desktop.core.directory.difference import Change
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.notices import EmptyState
from saasbackup_desktop.ui.kit.status import Picture
from saasbackup_desktop.ui.kit.text import ElidedText, Text, say
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.details import DetailRow, DetailSheet
from saasbackup_desktop.ui.models.picked import Picked
from saasbackup_desktop.ui.rooms.entra.detail_table import DetailTable
from saasbackup_desktop.ui.rooms.entra.parts import CHANGE_LOOKS


class WholeBox(QCheckBox):
    """A box of three looks that a person turns between two."""

    def nextCheckState(self) -> None:
        """Tick what is ticked in part."""
        is_on = self.checkState() == Qt.CheckState.Checked
        self.setCheckState(Qt.CheckState.Unchecked if is_on else Qt.CheckState.Checked)


class DifferencePane(QFrame):
    """Head and table; ``history_wanted`` asks for all versions of the object."""

    history_wanted = Signal()

    def __init__(self, picked: Picked, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reading")
        self.picked = picked
        self.key = ""
        self._picture = Picture("pencil", "attention", 20)
        self._name = ElidedText("", "heading")
        self._kind = ElidedText("", "muted")
        self._note = Text("", "muted", wrap=True)
        self.whole = WholeBox(self.tr("Bring back all of it"))
        self.whole.setTristate(True)
        self.whole.clicked.connect(self._tick_whole)
        self._history = Button(self.tr("History"), "quiet", "history", self.history_wanted.emit)
        self.sheet = DetailSheet(picked, self)
        self.table = DetailTable(self.tr("What differs"), self.sheet)
        head = row(self._picture, column(self._name, self._kind, spacing=0), self._history, spacing=SPACE.medium)
        head.setStretch(1, 1)
        self._head = QWidget()
        inside = column(head, self._note, self.whole, spacing=SPACE.small)
        inside.setContentsMargins(SPACE.large, SPACE.medium, SPACE.medium, SPACE.small)
        self._head.setLayout(inside)
        shown = QWidget()
        shown.setLayout(column(self._head, self.table, spacing=0))
        self._rest = QStackedWidget()
        self._rest.addWidget(shown)
        self._none = EmptyState(
            "compare",
            self.tr("Nothing is chosen"),
            self.tr("Choose an object to see what it was and what it is, side by side."),
            width=240,
        )
        self._rest.addWidget(self._none)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._rest)
        picked.changed.connect(self._show_tick)
        self.show_nothing()

    def show_nothing(self) -> None:
        """No object is chosen."""
        self.key = ""
        self.sheet.show(())
        self._rest.setCurrentIndex(1)

    def show_object(self, view: DifferenceView, rows: list[DetailRow], old: str, new: str) -> None:
        """Show another object."""
        found = view.difference
        stays = found.key == self.key
        self.key = found.key
        self._picture.become(*CHANGE_LOOKS[found.change])
        self._name.say(found.name or found.id)
        self._kind.say(f"{one_words(found.kind).capitalize()} · {say(CHANGES[found.change])}")
        notes = {
            Change.ADDED: self.tr("It was not there before. To bring back that state, it would be deleted."),
            Change.REMOVED: self.tr(
                "It is gone. It would be taken out of the recycle bin, or made anew if it is not there any more."
            ),
        }
        note = notes.get(found.change, "")
        if found.is_noise:
            note = self.tr("Only what changes by itself differs. There is nothing to bring back.")
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self.whole.setText(
            self.tr("Delete it again") if found.change is Change.ADDED else self.tr("Bring back all of it")
        )
        self.whole.setVisible(not found.is_noise)
        self.sheet.call(self.tr("What"), old, new)
        place = self.table.currentIndex().row() if stays else -1
        self.sheet.show(rows)
        if place >= 0:
            self.table.go_to(place)
        self._rest.setCurrentIndex(0)
        self._show_tick()

    def _tick_whole(self) -> None:
        if self.key:
            self.picked.put(self.key, self.picked.toggled(self.key))

    def _show_tick(self) -> None:
        if self.key:
            self.whole.setCheckState(self.picked.state(self.key))
