"""Tables for a million rows, and the sheet of rows for a few."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QAbstractItemModel, QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from saasbackup_desktop.ui.kit.buttons import action, menu
from saasbackup_desktop.ui.kit.theme import scaled

ROW_HEIGHT = 34


class Table(QTableView):
    """A table: whole rows, one height, copy, columns that can be hidden, Enter opens."""

    opened = Signal(QModelIndex)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._widest: tuple[int, int] | None = None
        self._roomy: Sequence[int] = ()
        self._narrow: Sequence[int] = ()
        self._is_roomy = False
        self._is_fitting = False
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(max(ROW_HEIGHT, self.fontMetrics().height() + 16))
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        head.customContextMenuRequested.connect(self._choose_columns)
        head.sectionResized.connect(lambda *_: self._fit())
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.doubleClicked.connect(self.opened)
        self._copy = action(self, self.tr("Copy"), self.copy_rows, "copy", QKeySequence.StandardKey.Copy)

    def widths(self, widths: Sequence[int], stretch: int, *, least: int = 140, roomy: Sequence[int] = ()) -> None:
        """Set the columns' widths in pixels; one takes what is left, and never gets narrower than ``least``.

        Where there is room for all of them, columns have their ``roomy`` widths instead.
        """
        self._narrow, self._roomy, self._is_roomy = widths, roomy, False
        head = self.horizontalHeader()
        for column, width in enumerate(widths):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
            self.setColumnWidth(column, scaled(width))
        self._widest = (stretch, scaled(least))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the widest column what is left."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        # Qt's own way to stretch a column lets it shrink to nothing.
        if self._widest is None or self._is_fitting:
            return
        column, least = self._widest
        head = self.horizontalHeader()
        is_roomy = bool(self._roomy) and self.viewport().width() >= sum(map(scaled, self._roomy))
        if is_roomy != self._is_roomy:
            self._is_roomy, self._is_fitting = is_roomy, True
            for place, width in enumerate(self._roomy if is_roomy else self._narrow):
                if not head.isSectionHidden(place):  # Qt would show it anew
                    head.resizeSection(place, scaled(width))
            self._is_fitting = False
        if column >= head.count() or head.isSectionHidden(column):
            return
        self._is_fitting = True
        left = self.viewport().width() - head.length() + head.sectionSize(column)
        head.resizeSection(column, max(least, left))
        self._is_fitting = False

    def setModel(self, model: QAbstractItemModel | None) -> None:
        """Show another model. The heading does not follow the selection: Qt would ask every row for its flags."""
        super().setModel(model)
        if model is not None:
            head = self.horizontalHeader()
            head.setSelectionModel(QItemSelectionModel(model, head))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex())
            return
        super().keyPressEvent(event)

    def moveCursor(self, move: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Home and End lead to the first and the last row: rows are what is picked here, not cells."""
        if move in (QAbstractItemView.CursorAction.MoveHome, QAbstractItemView.CursorAction.MoveEnd):
            modifiers |= Qt.KeyboardModifier.ControlModifier
        return super().moveCursor(move, modifiers)

    def picked(self) -> list[int]:
        """Rows that are selected, from the top. Only those in selection ranges are visited."""
        found: set[int] = set()
        for rows in self._ranges():
            found.update(rows)
        return sorted(found)

    def picked_count(self) -> int:
        """How many rows are selected; quick, however many they are."""
        return sum(len(rows) for rows in self._ranges())

    def _ranges(self) -> list[range]:
        # Whole rows are selected, so that ranges of one row each could differ in their columns only.
        parts = self.selectionModel().selection()
        found = (parts.at(place) for place in range(parts.count()))
        return [range(part.top(), part.bottom() + 1) for part in found]

    def pick(self, rows: Iterable[int]) -> None:
        """Select these rows and no others."""
        model, flags = self.model(), QItemSelectionModel.SelectionFlag
        chosen = QItemSelection()
        for place in rows:
            chosen.select(model.index(place, 0), model.index(place, 0))
        self.selectionModel().select(chosen, flags.ClearAndSelect | flags.Rows)

    def go_to(self, row: int) -> None:
        """Make one row the current one and select it."""
        index = self.model().index(row, 0)
        if index.isValid():
            flags = QItemSelectionModel.SelectionFlag
            self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    def copy_rows(self) -> None:
        """Put the selected rows on the clipboard as CSV."""
        rows = self.picked() or range(self.model().rowCount())
        QGuiApplication.clipboard().setText(as_csv(self.model(), rows))

    def _choose_columns(self, place: QPoint) -> None:
        head = self.horizontalHeader()
        entries = []
        for column in range(self.model().columnCount()):
            label = str(self.model().headerData(column, Qt.Orientation.Horizontal) or "")
            if not label:
                continue
            entry = action(self, label, _toggle_column(self, column))
            self.removeAction(entry)
            entry.setCheckable(True)
            entry.setChecked(not self.isColumnHidden(column))
            entry.setEnabled(column != 0)
            entries.append(entry)
        menu(self, *entries).popup(head.mapToGlobal(place))


def _toggle_column(table: QTableView, column: int) -> Callable[[], None]:
    return lambda: table.setColumnHidden(column, not table.isColumnHidden(column))


def as_csv(model: QAbstractItemModel, rows: Sequence[int]) -> str:
    """Write rows as CSV with a heading, for spreadsheets. At most 100,000 rows."""
    out = io.StringIO()
    sheet = csv.writer(out)
    columns = range(model.columnCount())
    heads = [str(model.headerData(c, Qt.Orientation.Horizontal) or "") for c in columns]
    kept = [c for c in columns if heads[c]]
    sheet.writerow([heads[c] for c in kept])
    for row in rows[:100_000]:
        sheet.writerow([safe(str(model.index(row, c).data() or "")) for c in kept])
    return out.getvalue()


def safe(text: str) -> str:
    """Keep a spreadsheet from taking a cell for a formula: mail subjects come from strangers."""
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
