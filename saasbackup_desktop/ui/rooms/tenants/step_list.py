"""Steps of a set-up, each as it goes."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from saasbackup_desktop.app.tenants.views import Step
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.ui.kit.status import StatusMark
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.rooms.tenants import words

_TONES = {"waiting": Tone.QUIET, "running": Tone.BUSY, "done": Tone.GOOD, "failed": Tone.BAD}


class StepList(QWidget):
    """``told`` may be emitted from any thread, with all steps as they stand."""

    told = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._marks: dict[str, StatusMark] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE.small)
        # Steps come from the engine's thread: a queued connection brings them over.
        self.told.connect(self.show_steps, Qt.ConnectionType.QueuedConnection)

    def show_steps(self, steps: Sequence[Step]) -> None:
        """Show how all of them stand; what is not among them any more goes."""
        for code in [c for c in self._marks if c not in {step.code for step in steps}]:
            gone = self._marks.pop(code)
            gone.hide()
            gone.deleteLater()
        for step in steps:
            label, state = words.step(step)
            if step.code not in self._marks:
                self._marks[step.code] = StatusMark()
                self._column.addWidget(self._marks[step.code])
            mark = self._marks[step.code]
            mark.become(label, _TONES.get(step.state, Tone.QUIET))
            mark.setAccessibleName(f"{label}: {state}")
