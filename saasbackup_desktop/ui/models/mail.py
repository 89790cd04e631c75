"""A list of items, whatever it lists them for: messages, events, contacts, tasks, notes, settings."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from saasbackup_desktop.app.views import ItemRow
from saasbackup_desktop.core.model import Service, service_of
from saasbackup_desktop.ui.kit.icons import icon
from saasbackup_desktop.ui.kit.text import plain, say
from saasbackup_desktop.ui.models.basket import Basket
from saasbackup_desktop.ui.models.columns import Column, heads, main_of

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_WAITING = "…"


class MailTable(QAbstractTableModel):
    """Items as rows, under the columns of their service. By itself it lists none; subclasses say where they are."""

    def __init__(self, basket: Basket, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.basket = basket
        basket.changed.connect(self._ticks_changed)
        self._unread = QFont()
        self._unread.setWeight(QFont.Weight.DemiBold)
        self._take(Service.MAIL)

    @property
    def service(self) -> Service:
        """Whose columns are shown."""
        return self._service

    @property
    def folder_column(self) -> int:
        """The last column: which folder an item lies in."""
        return len(self._heads) + 1

    def turn_to(self, service: Service) -> None:
        """Show another service's columns, and nothing under them yet."""
        self.beginResetModel()
        self._take(service)
        self._empty()
        self.endResetModel()

    def _take(self, service: Service) -> None:
        self._service, self._heads, self._main = service, heads(service), main_of(service)

    def _empty(self) -> None:
        """Forget the rows; within a reset."""

    def row_at(self, row: int) -> ItemRow | None:
        """Return a row if it is known by now; asking makes it known soon."""
        return None

    def rowCount(self, parent: Index = _ROOT) -> int:
        """None."""
        return 0

    def columnCount(self, parent: Index = _ROOT) -> int:
        """As many as there are columns."""
        return 0 if parent.isValid() else len(self._heads) + 2

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name the columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.AccessibleTextRole and section == Column.TICK:
            return self.tr("Ticked")
        if role == Qt.ItemDataRole.TextAlignmentRole and self._is_right(section):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return ("", *(head.name for head in self._heads), self.tr("Folder"))[section]

    def _is_right(self, column: int) -> bool:
        return 0 < column <= len(self._heads) and self._heads[column - 1].right

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Rows can be selected, the first column ticked."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == Column.TICK else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Show a row; one that is not known yet shows an ellipsis."""
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = self._is_right(index.column())
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        row = self.row_at(index.row())
        if row is None:
            return _WAITING if role == Qt.ItemDataRole.DisplayRole and index.column() == self._main else None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._words(row, index.column())
            case Qt.ItemDataRole.CheckStateRole if index.column() == Column.TICK:
                return Qt.CheckState.Checked if self.basket.has_item(row.item.id) else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.FontRole if not is_seen(row):
                return self._unread
            case Qt.ItemDataRole.DecorationRole if index.column() == self._main:
                return _mark(row)
            case Qt.ItemDataRole.ToolTipRole:
                return self._hint(row, index.column())
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(row, index.column())
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tick or untick a message."""
        row = self.row_at(index.row())
        if role != Qt.ItemDataRole.CheckStateRole or row is None:
            return False
        self.basket.tick_items([row.item.id], Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    def _words(self, row: ItemRow, column: int) -> str:
        if column == Column.TICK:
            return ""
        return plain(row.path if column == self.folder_column else self._heads[column - 1].words(row))

    def _hint(self, row: ItemRow, column: int) -> str:
        if column in (Column.TICK, self.folder_column):
            return self._words(row, column)
        head = self._heads[column - 1]
        return plain((head.hint or head.words)(row))

    def _spoken(self, row: ItemRow, column: int) -> str:
        if column == Column.TICK:
            return self.tr("ticked") if self.basket.has_item(row.item.id) else self.tr("not ticked")
        words = self._words(row, column)
        return f"{self.tr('unread')}, {words}" if column == self._main and not is_seen(row) else words

    def _ticks_changed(self) -> None:
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, 0))


def is_seen(row: ItemRow) -> bool:
    """Tell whether somebody read it; only mail is read or not."""
    return "\\Seen" in row.item.flags or service_of(row.stream) is not Service.MAIL


def flag_words(flags: tuple[str, ...]) -> str:
    """Name flags as people know them; keywords as they are."""
    known = {
        "\\Seen": say("Read"),
        "\\Answered": say("Answered"),
        "\\Flagged": say("Flagged"),
        "\\Draft": say("Draft"),
        "\\Deleted": say("Marked as deleted"),
        "$Forwarded": say("Forwarded"),
    }
    return ", ".join(known.get(flag, flag) for flag in flags) or say("none")


def _mark(row: ItemRow) -> Any:
    if "\\Flagged" in row.item.flags:
        return icon("flagged", "bad")
    return icon("clip") if row.item.facets.get("attachments") else None
