"""The search field and its advanced fields."""

from PySide6.QtCore import QDate, QDateTime, QTime, Signal
from PySide6.QtWidgets import QCheckBox, QDateEdit, QFrame, QHBoxLayout, QWidget

from saasbackup_desktop.app.views import Query
from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import Field, Line
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.tokens import SPACE


class DateChoice(QWidget):
    """A date, or none."""

    changed = Signal()

    def __init__(self, name: str, start: QDate, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._on = QCheckBox()
        self._on.setAccessibleName(name)
        self._date = QDateEdit(start)
        self._date.setCalendarPopup(True)
        self._date.setDisplayFormat("dd MMM yyyy")
        self._date.setAccessibleName(name)
        self._date.setEnabled(False)
        self._on.toggled.connect(self._date.setEnabled)
        self.setFocusProxy(self._on)
        inside = QHBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(SPACE.hair)
        inside.addWidget(self._on)
        inside.addWidget(self._date, 1)

    def seconds(self, *, after: bool = False) -> int | None:
        """Begin of the day in the local zone (of the next day with ``after``), or None."""
        if not self._on.isChecked():
            return None
        day = self._date.date().addDays(1 if after else 0)
        return QDateTime(day, QTime(0, 0)).toSecsSinceEpoch()

    def clear(self) -> None:
        """No date."""
        self._on.setChecked(False)


class AdvancedSearch(QFrame):
    """From, To, Subject, dates, and whether every point in time is searched."""

    wanted = Signal()
    closed = Signal()

    def __init__(self, today: QDate, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("toolbar")
        self.author, self.recipient, self.subject = Line(), Line(), Line()
        self.since = DateChoice(self.tr("Received since"), today.addMonths(-1))
        self.until = DateChoice(self.tr("Received until"), today)
        self.everywhere = QCheckBox(self.tr("&Every point in time, also what was deleted since"))
        for line in (self.author, self.recipient, self.subject):
            line.returnPressed.connect(self.wanted)
        search = Button(self.tr("Search"), "primary", "search", self.wanted.emit)
        close = Button(self.tr("Clear"), "quiet", pressed=self._clear)
        fields = row(
            Field(self.tr("F&rom"), self.author),
            Field(self.tr("&To"), self.recipient),
            Field(self.tr("S&ubject"), self.subject),
            Field(self.tr("Since"), self.since),
            Field(self.tr("Until"), self.until),
            spacing=SPACE.medium,
        )
        self.setLayout(column(fields, row(self.everywhere, None, close, search), margins=SPACE.medium))

    def query(self, words: str, stream: StreamId, at: SnapshotId) -> Query:
        """Say it as a query."""
        return Query(
            words=words.strip(),
            stream=stream,
            sender=self.author.text().strip(),
            recipient=self.recipient.text().strip(),
            subject=self.subject.text().strip(),
            since=self.since.seconds(),
            until=self.until.seconds(after=True),
            at=None if self.everywhere.isChecked() else at,
        )

    def _clear(self) -> None:
        for line in (self.author, self.recipient, self.subject):
            line.clear()
        self.since.clear()
        self.until.clear()
        self.everywhere.setChecked(False)
        self.closed.emit()


def asks_nothing(query: Query) -> bool:
    """Tell whether nothing was asked for."""
    return not (
        query.words or query.sender or query.recipient or query.subject or query.since or query.until is not None
    )
