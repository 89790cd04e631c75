"""What narrows a list of differences: how things differ, a filter, and whether changes by themselves are shown."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.words.entra.kinds import CHANGES as WORDS
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import SearchField
from saasbackup_desktop.ui.kit.layout import row
from saasbackup_desktop.ui.kit.text import say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.rooms.entra.looking import CHANGES, Look, of_change
from saasbackup_desktop.ui.rooms.entra.parts import CHANGE_LOOKS


class Narrowing(QWidget):
    """Chips with counts, and a filter; ``changed`` tells that something else is wanted."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chips = {change: Button(say(WORDS[change]), "chip", CHANGE_LOOKS[change][0]) for change in CHANGES}
        self.noise = Button(self.tr("Changes by itself"), "chip", "quiet")
        self.noise.hide()
        self.filter = SearchField(self.tr("Filter by name"))
        self.filter.setFixedWidth(scaled(190))
        self.setLayout(row(*self.chips.values(), self.noise, None, self.filter))
        for chip in (*self.chips.values(), self.noise):
            chip.toggled.connect(lambda _: self.changed.emit())
        self.filter.textChanged.connect(lambda _: self.changed.emit())

    def look(self, kinds: frozenset[str]) -> Look:
        """Say what is wanted of some kinds; of all, if there are none."""
        return Look(
            kinds,
            frozenset(change for change, chip in self.chips.items() if chip.isChecked()),
            self.filter.text().strip(),
            self.noise.isChecked(),
        )

    def clear(self) -> None:
        """Narrow no more."""
        self.filter.clear()
        for chip in self.chips.values():
            chip.setChecked(False)

    def show_counts(self, counts: Mapping[str, Mapping[str, int]], look: Look) -> None:
        """Say on each chip how many there are, in the kinds that are looked at."""
        some = [one for kind, one in counts.items() if not look.kinds or kind in look.kinds]
        for change, chip in self.chips.items():
            many = sum(of_change(one, change, noise=look.with_noise) for one in some)
            chip.setText(f"{say(WORDS[change])}  {text.number(many)}")
            chip.setAccessibleName(chip.text())
        quiet = sum(one.get("noise", 0) for one in some)
        self.noise.setText(self.tr("Changes by itself  %1").replace("%1", text.number(quiet)))
        self.noise.setVisible(quiet > 0 or self.noise.isChecked())
