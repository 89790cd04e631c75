"""The tasks of one card, below what it says itself."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from saasbackup_desktop.app.tasks.views import TaskView
from saasbackup_desktop.core.ids import TaskId
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.rooms.tasks.line import TaskLine


class TaskLines(QWidget):
    """A line for each task; ``changed`` fires when one was changed."""

    changed = Signal()

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self.bridge = bridge
        self.lines: dict[TaskId, TaskLine] = {}
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(2)

    def show_views(self, views: Sequence[TaskView], known_as: str) -> None:
        """Show these tasks; ``known_as`` is the card's own name."""
        known = {view.task.id for view in views}
        for id in [id for id in self.lines if id not in known]:
            gone = self.lines.pop(id)
            self._box.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for view in views:
            if view.task.id not in self.lines:
                made = self.lines[view.task.id] = TaskLine(self.bridge, view)
                made.changed.connect(self.changed)
                self._box.addWidget(made)
            self.lines[view.task.id].show_view(view, known_as)
        self.setVisible(bool(views))
