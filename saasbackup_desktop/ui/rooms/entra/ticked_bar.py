"""The strip at the foot of what differs: how much is ticked, and what can be done with it."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import row
from saasbackup_desktop.ui.kit.text import ElidedText, counted
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.picked import Picked


class TickedBar(QFrame):
    """Words, and two buttons; ``plan_wanted`` asks for a plan of what is ticked."""

    plan_wanted = Signal()

    def __init__(self, picked: Picked, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self._picked = picked
        self.words = ElidedText("", "muted")
        self.clear = Button(self.tr("Clear ticks"), "quiet", pressed=picked.clear)
        self.plan = Button(self.tr("Plan…"), "primary", "restore", self.plan_wanted.emit)
        inside = row(self.words, self.clear, self.plan)
        inside.setStretch(0, 1)
        inside.setContentsMargins(SPACE.medium, SPACE.small, SPACE.medium, SPACE.small)
        self.setLayout(inside)

    def tell(self, totals: Mapping[str, int], when: str) -> None:
        """Say what is ticked. ``totals``: how many objects of each kind differ; ``when``: the earlier moment."""
        many = self._picked.count(totals)
        if self._picked.is_empty or many.is_nothing:
            self.words.say(self.tr("Tick what is to be brought back: kinds, objects, or single attributes and links."))
        else:
            parts = []
            if many.whole:
                parts.append(counted(many.whole, self.tr("object"), self.tr("objects")))
            if many.partly:
                words = self.tr("%1 in part")
                parts.append(words.replace("%1", counted(many.partly, self.tr("object"), self.tr("objects"))))
            said = self.tr("Ticked: %1. They become again what they were on %2.")
            self.words.say(said.replace("%1", ", ".join(parts)).replace("%2", when))
        self.plan.setEnabled(not self._picked.is_empty)
        self.clear.setVisible(not self._picked.is_empty)
