"""A month with a dot on each day that holds a point in time."""

from collections.abc import Mapping

from PySide6.QtCore import QDate, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QTableView, QToolButton, QWidget

from saasbackup_desktop.ui.kit.icons import icon
from saasbackup_desktop.ui.kit.theme import tokens


class DotCalendar(QCalendarWidget):
    """Green dot: whole. Orange ring: partial. Two dots: several that day. Days without any are faint."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._days: Mapping[QDate, list[bool]] = {}
        self.setGridVisible(False)
        self.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        self.setFirstDayOfWeek(self.locale().firstDayOfWeek())
        self.setHorizontalHeaderFormat(QCalendarWidget.HorizontalHeaderFormat.ShortDayNames)
        self.setAccessibleName(self.tr("Days with points in time"))
        for view in self.findChildren(QTableView):
            view.setAccessibleName(self.tr("Days"))

    def show_days(self, days: Mapping[QDate, list[bool]]) -> None:
        """Mark days: for each, whether each of its points in time is whole."""
        self._days = days
        self._dress()
        if days:
            self.setMinimumDate(min(days))
            self.setMaximumDate(max(days))
        self.updateCells()

    def _dress(self) -> None:
        colours = tokens()
        heads = QTextCharFormat()
        heads.setForeground(QColor(colours.muted))
        heads.setBackground(QColor(colours.surface))
        self.setHeaderTextFormat(heads)
        for weekday in Qt.DayOfWeek:
            self.setWeekdayTextFormat(weekday, QTextCharFormat())
        for name, picture, words in (
            ("qt_calendar_prevmonth", "left", self.tr("Month before")),
            ("qt_calendar_nextmonth", "right", self.tr("Next month")),
        ):
            button = self.findChild(QToolButton, name)
            if isinstance(button, QToolButton):
                button.setIcon(icon(picture, "text"))
                button.setAccessibleName(words)

    def paintCell(self, painter: QPainter, rectangle: QRect, date: QDate) -> None:
        """Draw a day and its dots."""
        colours = tokens()
        found = self._days.get(date, [])
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if date == self.selectedDate():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.selection))
            painter.drawRoundedRect(rectangle.adjusted(2, 1, -2, -1), 6, 6)
        painter.setPen(QColor(colours.text if found else colours.outline))
        painter.drawText(rectangle.adjusted(0, 0, 0, -8), Qt.AlignmentFlag.AlignCenter, str(date.day()))
        middle = QPoint(rectangle.center().x(), rectangle.bottom() - 7)
        shown = found[:2]
        for place, whole in enumerate(shown):
            dot = QPointF(middle) + QPointF((place - (len(shown) - 1) / 2) * 9, 0)
            painter.setPen(QPen(QColor(colours.good if whole else colours.attention), 1.6))
            painter.setBrush(QColor(colours.good) if whole else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(dot, 2.4, 2.4)
        painter.restore()
