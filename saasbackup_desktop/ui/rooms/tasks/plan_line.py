"""The end of a wizard: when what is added will be backed up, and how long it is kept, with a way to change both."""

from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.tasks.defaults import usual
from saasbackup_desktop.app.tasks.views import Task
from saasbackup_desktop.core.ids import ConnectionName, TaskId
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import row
from saasbackup_desktop.ui.kit.status import Picture
from saasbackup_desktop.ui.kit.tasks import Tasks
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.rooms.keeping_form import keep_words
from saasbackup_desktop.ui.rooms.tasks import words
from saasbackup_desktop.ui.rooms.tasks.sheet import TaskSheet


class PlanLine(QWidget):
    """Says what the task of a new connection will be; ``keep`` puts what was changed."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self.bridge = bridge
        self.tasks = Tasks(self)
        self._draft = Task(id=TaskId(""), name="")
        self._is_changed = False
        self.said = Text("", wrap=True)
        self.change = Button(self.tr("Chan&ge…"), pressed=lambda: self.tasks.start(self._change(), only="change"))
        self.change.setAccessibleName(self.tr("Change when it is backed up and how long it is kept"))
        line = row(Picture("calendar", "accent", 20), self.said, self.change, spacing=SPACE.medium)
        line.setStretch(1, 1)
        self.setLayout(line)

    def show_name(self, name: str) -> None:
        """Say what a connection of this name will get."""
        if not self._is_changed:
            self._draft = Task(id=TaskId(""), name=name, schedule=usual(name))
        self._tell()

    async def keep(self, name: ConnectionName) -> None:
        """Put what was chosen, once the connection is there. Raises Fault."""
        if not self._is_changed:
            return
        door = self.bridge.desk.tasks
        for view in await self.bridge.call(door.all()):
            if view.task.connections == (name,):
                chosen = Task(
                    id=view.task.id,
                    name=view.task.name,
                    connections=view.task.connections,
                    services=view.task.services,
                    schedule=self._draft.schedule,
                    keep=self._draft.keep,
                    archived_days=self._draft.archived_days,
                )
                await self.bridge.call(door.put(chosen))
                return

    async def _change(self) -> None:
        sheet = TaskSheet(self.bridge, self._draft, (), self, is_draft=True)
        if await sheet.answer():
            self._draft, self._is_changed = sheet.task, True
            self._tell()

    def _tell(self) -> None:
        keep = self._draft.keep
        kept = keep_words(keep) if keep is not None else say("How long is kept is as the vault's rule says.")
        self.said.setText(f"{words.schedule(self._draft.schedule)}. {kept}")
