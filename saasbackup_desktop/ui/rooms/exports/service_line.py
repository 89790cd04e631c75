"""One service in the download dialog: whether it is taken, as of when, which folders, and what it becomes."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout

from saasbackup_desktop.app.views import StreamCard
from saasbackup_desktop.app.words.exports import FORMATS, OPEN
from saasbackup_desktop.app.words.items import FOLDERS, NOUNS
from saasbackup_desktop.app.words.tenants import SHORT_SERVICES
from saasbackup_desktop.core.export.values import Format, Pick
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Service, Snapshot
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import Choice
from saasbackup_desktop.ui.kit.text import ElidedText, say
from saasbackup_desktop.ui.kit.theme import scaled


class ServiceLine(QObject):
    """``changed`` fires with every choice, ``format_picked`` when a person chose the format of this one."""

    changed = Signal()
    format_picked = Signal()
    folders_wanted = Signal()

    def __init__(self, card: StreamCard, chosen: Selection | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._chosen = chosen
        self.card, self.service = card, card.service
        self.name = say(SHORT_SERVICES[card.service])
        self.points: Sequence[Snapshot] = ()
        self.point: Snapshot | None = card.last
        self._is_dated = False
        self.formats: Sequence[Format] = ()
        self.chosen_folders: tuple[NodeId, ...] = ()
        self.box = QCheckBox(self.name)
        self.box.setChecked(True)
        self.told = ElidedText("", "muted")
        self.folders = Button("", "link", pressed=self.folders_wanted.emit)
        self.format = Choice()
        self.format.setMinimumWidth(scaled(256))
        self.format.setAccessibleName(say("%1 becomes").replace("%1", self.name))
        self.box.toggled.connect(lambda _: self._tell())
        self.format.picked.connect(lambda _: self.format_picked.emit())
        self._tell()

    def stand_in(self, grid: QGridLayout, row: int) -> None:
        """Take a row of a grid."""
        for column, piece in enumerate((self.box, self.told, self.folders, self.format)):
            grid.addWidget(piece, row, column)
        self.folders.setVisible(self.service is not Service.SETTINGS)

    def offer(self, formats: Sequence[Format]) -> None:
        """Offer what this service can become."""
        self.formats = formats
        self.format.fill([(say(FORMATS[one][0]), one) for one in formats])
        self._tell()

    def become(self, wanted: Sequence[Format]) -> None:
        """Choose the first of these that there is; none of them: what most programs take, or what comes first."""
        for one in (*wanted, *OPEN.get(self.service, (Format.JSON,)), *self.formats):
            if one in self.formats:
                self.format.choose(one)
                self.changed.emit()
                return

    def as_of(self, until: int | None) -> None:
        """Take the newest point in time, or the last one that was there at a moment."""
        self.point = next((one for one in self.points if until is None or one.finished <= until), None)
        self._is_dated = until is not None
        self._tell()

    def take_folders(self, folders: tuple[NodeId, ...]) -> None:
        """Take these folders only; none: all."""
        self.chosen_folders = folders
        self._tell()

    @property
    def chosen_format(self) -> Format | None:
        """What it becomes."""
        value = self.format.value()
        return Format(str(value)) if value is not None else None

    @property
    def is_taken(self) -> bool:
        """It is chosen, and there is something of it."""
        return self.box.isChecked() and self.point is not None and self.chosen_format is not None

    def pick(self, since: int | None, until: int | None) -> Pick | None:
        """Say it in the core's words; None: nothing of it is taken."""
        form = self.chosen_format
        if not self.is_taken or self.point is None or form is None:
            return None
        named = self._chosen or Selection(folders=self.chosen_folders)
        selection = replace(named, since=since, until=until)
        return Pick(stream=self.card.stream, snapshot=self.point.id, selection=selection, format=form)

    def _tell(self) -> None:
        point = self.point
        is_there = point is not None
        self.box.setEnabled(is_there)
        on = is_there and self.box.isChecked()
        self.folders.setEnabled(on)
        self.format.setEnabled(on and bool(self.formats))
        words = self.tr("nothing was saved by then") if self._is_dated else self.tr("nothing is saved yet")
        if point is not None:
            counted = text.counted(point.items, *map(say, NOUNS[self.service]))
            words = f"{counted} · {text.moment(point.finished)}"
        self.told.say(words)
        self.told.setToolTip(text.utc(point.finished) if point is not None else "")
        one, many = map(say, FOLDERS[self.service])
        number = len(self.chosen_folders)
        folders = text.counted(number, one, many) if number else self.tr("All %1").replace("%1", many)
        self.folders.setText(f"{folders}…")
        self.folders.setAccessibleName(f"{self.name}: {folders}")
        self.box.setAccessibleName(f"{self.name}, {words}")
        self.changed.emit()
