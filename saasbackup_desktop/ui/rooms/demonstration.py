"""The demonstration is being made: each step as it happens."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from saasbackup_desktop.app.demo import Step
from saasbackup_desktop.app.words.demo import STEPS
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import Card, row
from saasbackup_desktop.ui.kit.notices import Banner
from saasbackup_desktop.ui.kit.status import StatusMark
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tiles import Progress
from saasbackup_desktop.ui.kit.tokens import SPACE


class DemonstrationPage(QWidget):
    """``step`` may be emitted from any thread; ``left`` fires when the person thought better of it."""

    step = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.banner = Banner()
        self._marks: dict[str, StatusMark] = {}
        self._steps = QVBoxLayout()
        self._steps.setSpacing(SPACE.small)
        self._moving = Progress(self.tr("Making the demonstration"))
        self._moving.show_share(0, 0)
        words = self.tr("It takes about half a minute. Everything is on this computer and is removed when you leave.")
        back = Button(self.tr("&Back"), pressed=self.left.emit)
        card = Card(
            Text(self.tr("Making the demonstration"), "title"),
            Text(words, "muted", wrap=True),
            self.banner,
            self._moving,
            self._steps,
            row(back, None),
            spacing=SPACE.large,
        )
        card.body.setContentsMargins(SPACE.wide, SPACE.wide, SPACE.wide, SPACE.wide)
        card.setFixedWidth(scaled(520))
        outer = QVBoxLayout(self)
        outer.addWidget(card, 0, Qt.AlignmentFlag.AlignCenter)
        # Steps come from the engine's thread: a queued connection brings them over.
        self.step.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def _take(self, step: Step) -> None:
        title = say(STEPS[step.code][0]) if step.code in STEPS else step.code
        mark = self._marks.get(step.code)
        if mark is None:
            mark = self._marks[step.code] = StatusMark(title, Tone.BUSY)
            self._steps.addWidget(mark)
        if step.seconds is not None:
            mark.become(title, Tone.GOOD)
