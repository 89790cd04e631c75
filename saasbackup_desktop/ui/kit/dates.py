"""Choosing a day, or none."""

from PySide6.QtCore import QDate, QDateTime, QTime, Signal
from PySide6.QtWidgets import QCheckBox, QDateEdit, QHBoxLayout, QWidget

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
        self._on.toggled.connect(lambda _: self.changed.emit())
        self._date.dateChanged.connect(lambda _: self.changed.emit())
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
