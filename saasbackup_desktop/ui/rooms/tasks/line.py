"""A task in one line on the card of what it covers: when it runs next, and what was missed."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.tasks.views import TaskView
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.buttons import IconButton
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.status import Picture
from saasbackup_desktop.ui.kit.tasks import Tasks
from saasbackup_desktop.ui.kit.text import ElidedText, Text
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.rooms.tasks import sheet, words


class TaskLine(QWidget):
    """``changed`` fires when something was done that the page must see."""

    changed = Signal()

    def __init__(self, bridge: Bridge, view: TaskView) -> None:
        super().__init__()
        self.bridge, self.view = bridge, view
        self.tasks = Tasks(self)
        self._picture = Picture("calendar", "muted", 16)
        self.next = ElidedText("", "caption")
        self.note = Text("", "caption", wrap=True)
        self.note.tone("bad")
        self.pause = IconButton("pause", self.tr("Pause"), self._turn)
        self.change = IconButton("pencil", self.tr("Change"), self._edit)
        line = row(self._picture, self.next, self.pause, self.change)
        line.setStretch(1, 1)
        self.setLayout(column(line, self.note, spacing=SPACE.hair))
        self.show_view(view, "")

    def show_view(self, view: TaskView, known_as: str) -> None:
        """Show how it is now; its name is left out where the card says it already."""
        self.view = view
        name = view.task.name
        said = words.next_run(view)
        self.next.say(said if name == known_as else f"{name}: {said}")
        self.next.setToolTip(words.hint(view))
        self._picture.setToolTip(words.hint(view))
        is_own = len(view.task.connections) == 1
        note = (words.overdue(view) or words.overlaps(view)) if is_own else ""
        self.pause.setVisible(is_own)  # a task of several has a card of its own
        self.note.setText(note)
        self.note.tone("bad" if view.overdue_since is not None else "")
        self.note.setVisible(bool(note))
        pauses = not view.task.is_paused
        self.pause.show_picture("pause" if pauses else "play")
        label = self.tr("Pause the task %1") if pauses else self.tr("Activate the task %1")
        self.pause.setAccessibleName(label.replace("%1", name))
        self.pause.setToolTip(self.pause.accessibleName())
        self.change.setAccessibleName(self.tr("Name, times and rules of the task %1").replace("%1", name))
        self.change.setToolTip(self.change.accessibleName())

    def _turn(self) -> None:
        async def work() -> None:
            door = self.bridge.desk.tasks
            view = self.view
            turned = door.resume(view.task.id) if view.task.is_paused else door.pause(view.task.id)
            await self.bridge.call(turned)
            self.changed.emit()

        self.tasks.start(work(), only="turn")

    def _edit(self) -> None:
        async def work() -> None:
            if await sheet.edit(self.bridge, self.view.task.id, self):
                self.changed.emit()

        self.tasks.start(work(), only="edit")
