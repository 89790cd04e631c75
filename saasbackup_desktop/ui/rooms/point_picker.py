"""Choosing a point in time: earlier, later, or from a calendar."""

from collections.abc import Sequence
from functools import cached_property

from PySide6.QtCore import QDate, QDateTime, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QWidget

from saasbackup_desktop.app.words.items import NOUNS
from saasbackup_desktop.app.words.states import SNAPSHOT_STATUSES
from saasbackup_desktop.core.ids import SnapshotId
from saasbackup_desktop.core.model import Snapshot, SnapshotStatus, service_of
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button, IconButton
from saasbackup_desktop.ui.kit.calendar import DotCalendar
from saasbackup_desktop.ui.kit.icons import icon
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE


class PointPicker(QWidget):
    """The point in time that is looked at; ``picked`` carries another one."""

    picked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: Sequence[Snapshot] = ()
        self._place = 0
        self._earlier = IconButton("left", self.tr("Earlier point in time (Alt+Left)"), lambda: self._step(1))
        self._later = IconButton("right", self.tr("Later point in time (Alt+Right)"), lambda: self._step(-1))
        self._earlier.setShortcut("Alt+Left")
        self._later.setShortcut("Alt+Right")
        self._button = Button("", picture="calendar", pressed=self._open)
        self._button.setMinimumWidth(scaled(236))
        self._button.setShortcut("Ctrl+D")
        self.setLayout(row(self._earlier, self._button, self._later, spacing=2))
        self._name()

    @cached_property
    def _popover(self) -> "Popover":
        """Made when it is first opened: calendars take long to make."""
        made = Popover(self)
        made.picked.connect(self._choose)
        return made

    @property
    def current(self) -> Snapshot | None:
        """The point in time that is chosen."""
        return self._points[self._place] if self._points else None

    @property
    def points(self) -> Sequence[Snapshot]:
        """All points in time, newest first."""
        return self._points

    @property
    def is_newest(self) -> bool:
        """The newest point in time is chosen."""
        return self._place == 0

    @property
    def newer(self) -> Snapshot | None:
        """The point in time after the chosen one; None if that is the newest."""
        return self._points[self._place - 1] if self._place else None

    def show_points(self, points: Sequence[Snapshot], chosen: SnapshotId | None) -> None:
        """Offer points in time, newest first; without a choice, the newest."""
        self._points = points
        self._place = next((n for n, point in enumerate(points) if point.id == chosen), 0)
        self._name()

    def _step(self, by: int) -> None:
        place = self._place + by
        if 0 <= place < len(self._points):
            self._choose(self._points[place])

    def _choose(self, point: Snapshot) -> None:
        self._place = next(n for n, known in enumerate(self._points) if known.id == point.id)
        self._name()
        self.picked.emit(point)

    def _open(self) -> None:
        self._popover.open_at(self._button.mapToGlobal(QPoint(0, self._button.height() + 4)), self._points, self._place)

    def _name(self) -> None:
        point = self.current
        self._button.setEnabled(point is not None)
        self._earlier.setEnabled(self._place + 1 < len(self._points))
        self._later.setEnabled(self._place > 0)
        if point is None:
            self._button.setText(self.tr("No point in time yet"))
            return
        latest = self.tr("latest") if self._place == 0 else text.say(SNAPSHOT_STATUSES[point.status]).lower()
        self._button.setText(f"{text.moment(point.finished)}  ({latest})")
        self._button.setToolTip(text.utc(point.finished))
        self._button.setAccessibleName(self.tr("Point in time: %1").replace("%1", self._button.text()))


class Popover(QFrame):
    """A calendar with dots, and the points in time of the chosen day."""

    picked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popover")
        self._days: dict[QDate, list[Snapshot]] = {}
        self.calendar = DotCalendar()
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Points in time of this day"))
        self.list.setMinimumWidth(scaled(270))
        self.list.setIconSize(QSize(18, 18))
        self._caption = Text("", "strong")
        legend = Text(self.tr("Filled dot: complete. Ring: partial. Two: several that day."), "caption")
        self.setLayout(
            column(
                row(self.calendar, column(self._caption, self.list), spacing=SPACE.medium),
                legend,
                margins=SPACE.medium,
            )
        )
        self.calendar.selectionChanged.connect(self._show_day)
        self.list.itemActivated.connect(self._activated)
        self.list.itemClicked.connect(self._activated)

    def open_at(self, place: QPoint, points: Sequence[Snapshot], current: int) -> None:
        """Show it below a button."""
        self.fill(points, current)
        self.adjustSize()
        self.move(place)
        self.show()
        self.list.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            return
        super().keyPressEvent(event)

    def fill(self, points: Sequence[Snapshot], current: int) -> None:
        """Offer points in time."""
        self._days = {}
        for point in points:
            self._days.setdefault(_day(point), []).append(point)
        self.calendar.show_days(
            {day: [p.status is SnapshotStatus.COMPLETE for p in held] for day, held in self._days.items()}
        )
        if points:
            self.calendar.setSelectedDate(_day(points[current]))
        self._show_day()

    def _show_day(self) -> None:
        day = self.calendar.selectedDate()
        self._caption.setText(self.locale().toString(day, "dddd, d MMMM yyyy"))
        self.list.clear()
        for point in self._days.get(day, []):
            whole = point.status is SnapshotStatus.COMPLETE
            time = text.moment(point.finished).rsplit(", ", 1)[-1]
            status = text.say(SNAPSHOT_STATUSES[point.status])
            counted = text.counted(point.items, *map(text.say, NOUNS[service_of(point.stream)]))
            entry = QListWidgetItem(
                icon("ok" if whole else "attention", "good" if whole else "attention"), f"{time}  {status}, {counted}"
            )
            entry.setData(Qt.ItemDataRole.UserRole, point)
            self.list.addItem(entry)
        if self.list.count():
            self.list.setCurrentRow(0)
        else:
            self.list.addItem(self.tr("No backup on this day"))

    def _activated(self, entry: QListWidgetItem) -> None:
        point = entry.data(Qt.ItemDataRole.UserRole)
        if isinstance(point, Snapshot):
            self.hide()
            self.picked.emit(point)


def _day(point: Snapshot) -> QDate:
    return QDateTime.fromSecsSinceEpoch(point.finished).date()
