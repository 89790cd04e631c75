"""One task on Home that covers several sources or organisations, or some services of them."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from saasbackup_desktop.app.tasks.views import TaskView
from saasbackup_desktop.app.views import StreamCard
from saasbackup_desktop.app.words.tenants import service_words
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button, IconButton
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.status import Picture, StatusMark
from saasbackup_desktop.ui.kit.tasks import Tasks
from saasbackup_desktop.ui.kit.text import ElidedText, Text, say
from saasbackup_desktop.ui.kit.tiles import Stat
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.places import JobsPlace, RecoveryPlace
from saasbackup_desktop.ui.rooms.tasks import sheet, words


class TaskCard(QFrame):
    """A card; ``changed`` fires when something was done that the page must see."""

    wants = Signal(object)
    changed = Signal()

    def __init__(self, bridge: Bridge, view: TaskView) -> None:
        super().__init__()
        self.setObjectName("card")
        self.bridge, self.view = bridge, view
        self.tasks = Tasks(self)
        self._newest: StreamId | None = None
        self._name = ElidedText("", "heading", snug=True)
        self.rename = IconButton("pencil", self.tr("Rename"), lambda: self._edit(""))
        self._covers = ElidedText("", "muted")
        self._status = StatusMark()
        self._accounts = Stat(self.tr("Accounts"))
        self._active = Stat(self.tr("Active"))
        self._size = Stat(self.tr("Size"))
        self._last = Stat(self.tr("Last backup"))
        self._pictures = QWidget()
        self._icons = row(spacing=SPACE.small)
        self._pictures.setLayout(self._icons)
        self._shown: tuple[Service, ...] = ()
        self.next = ElidedText("", "caption")
        self.note = Text("", "caption", wrap=True)
        self._back_up = Button(self.tr("Back up now"), "primary", "backup", self._backup)
        self._recovery = Button(self.tr("Recovery"), picture="recovery", pressed=self._to_recovery)
        self._times = Button(self.tr("Schedule"), picture="calendar", pressed=lambda: self._edit("when"))
        self.pause = IconButton("pause", self.tr("Pause"), self._turn)
        title = row(self._name, self.rename, None, spacing=SPACE.hair)
        head = row(Picture("jobs", "accent", 28), column(title, self._covers, spacing=0), spacing=SPACE.medium)
        head.setStretch(1, 1)
        head.addWidget(self._status)
        foot = row(self._pictures, self.next, spacing=SPACE.medium)
        foot.setStretch(1, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE.large, SPACE.large, SPACE.large, SPACE.medium)
        outer.setSpacing(SPACE.medium)
        outer.addLayout(head)
        outer.addLayout(row(self._accounts, self._active, self._size, self._last, spacing=SPACE.large))
        outer.addLayout(foot)
        outer.addWidget(self.note)
        outer.addStretch(1)
        outer.addLayout(row(self._back_up, self._recovery, self._times, None, self.pause))
        self.show_view(view, ())

    def show_view(self, view: TaskView, cards: Sequence[StreamCard]) -> None:
        """Show how it is now; ``cards`` are those of everything that is saved."""
        self.view = view
        name = view.task.name
        self._name.say(name)
        everything = self.tr("All sources and organisations")
        self._covers.say(everything if not view.task.connections else ", ".join(view.connections))
        self._status.become(*words.status(view))
        self._accounts.say(text.number(view.accounts))
        self._active.say(text.number(view.active))
        self._size.say(text.size(view.size) if view.last is not None else "–")
        self._last.say(text.ago(view.last) if view.last is not None else self.tr("never"), text.utc(view.last))
        self._show_services(view.services)
        self.next.say(words.next_run(view))
        self.next.setToolTip(words.hint(view))
        note = words.overdue(view) or words.problem(view) or words.overlaps(view)
        self.note.setText(note)
        self.note.tone("bad" if view.overdue_since is not None or view.failed else "")
        self.note.setVisible(bool(note))
        mine = [card for card in cards if card.last is not None and _covers(view, card)]
        newest = max(mine, key=lambda card: card.last.finished if card.last else 0, default=None)
        self._newest = newest.stream if newest is not None else None
        self._recovery.setEnabled(newest is not None)
        self._back_up.setEnabled(bool(view.streams) and not view.running)
        pauses = not view.task.is_paused
        self.pause.show_picture("pause" if pauses else "play")
        self.pause.setAccessibleName(
            (self.tr("Pause the task %1") if pauses else self.tr("Activate the task %1")).replace("%1", name)
        )
        self.pause.setToolTip(self.pause.accessibleName())
        self.rename.setAccessibleName(self.tr("Rename the task %1").replace("%1", name))
        for button in (self._back_up, self._recovery, self._times):
            button.setAccessibleName(f"{button.text()}, {name}")
        self.setAccessibleName(f"{name}, {words.status(view)[0]}")

    def _show_services(self, services: Sequence[Service]) -> None:
        if tuple(services) == self._shown:
            return
        self._shown = tuple(services)
        while (item := self._icons.takeAt(0)) is not None:
            if (gone := item.widget()) is not None:
                gone.hide()
                gone.deleteLater()
        for service in services:
            picture = Picture(words.PICTURES[service], "muted", 16)
            picture.setToolTip(say(service_words(service)))
            self._icons.addWidget(picture)
        names = ", ".join(say(service_words(service)) for service in services)
        self._pictures.setAccessibleName(self.tr("Services: %1").replace("%1", names))

    def _to_recovery(self) -> None:
        if self._newest is not None:
            self.wants.emit(RecoveryPlace(self._newest))

    def _backup(self) -> None:
        async def work() -> None:
            jobs = await self.bridge.call(self.bridge.desk.tasks.run(self.view.task.id))
            self.changed.emit()
            if jobs:
                self.wants.emit(JobsPlace(jobs[0]))

        self.tasks.start(work(), busy=self._back_up, only="backup")

    def _turn(self) -> None:
        async def work() -> None:
            door, task = self.bridge.desk.tasks, self.view.task
            await self.bridge.call(door.resume(task.id) if task.is_paused else door.pause(task.id))
            self.changed.emit()

        self.tasks.start(work(), only="turn")

    def _edit(self, leaf: str) -> None:
        async def work() -> None:
            if await sheet.edit(self.bridge, self.view.task.id, self, leaf=leaf):
                self.changed.emit()

        self.tasks.start(work(), only="edit")


def _covers(view: TaskView, card: StreamCard) -> bool:
    name = (card.connection or "").partition("/")[0]
    is_mine = name in view.connections
    return is_mine and (not view.task.services or card.service in view.task.services)
