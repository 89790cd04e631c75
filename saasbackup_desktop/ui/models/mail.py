"""The columns of a list of messages, whatever it lists."""

from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from saasbackup_desktop.app.views import ItemRow, Order
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.icons import icon
from saasbackup_desktop.ui.models.basket import Basket

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_WAITING = "…"


class Column(IntEnum):
    """What stands where."""

    TICK = 0
    SENDER = 1
    SUBJECT = 2
    TIME = 3
    SIZE = 4
    FOLDER = 5


ORDERS = {
    Column.SENDER: Order.SENDER,
    Column.SUBJECT: Order.NAME,
    Column.TIME: Order.TIME,
    Column.SIZE: Order.SIZE,
}


class MailTable(QAbstractTableModel):
    """Messages as rows. By itself it lists none; subclasses say where they come from."""

    def __init__(self, basket: Basket, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.basket = basket
        basket.changed.connect(self._ticks_changed)
        self._unread = QFont()
        self._unread.setWeight(QFont.Weight.DemiBold)

    def row_at(self, row: int) -> ItemRow | None:
        """Return a row if it is known by now; asking makes it known soon."""
        return None

    def rowCount(self, parent: Index = _ROOT) -> int:
        """None."""
        return 0

    def columnCount(self, parent: Index = _ROOT) -> int:
        """As many as there are columns."""
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name the columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.AccessibleTextRole and section == Column.TICK:
            return self.tr("Ticked")
        if role == Qt.ItemDataRole.TextAlignmentRole and section == Column.SIZE:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return ("", self.tr("From"), self.tr("Subject"), self.tr("Received"), self.tr("Size"), self.tr("Folder"))[
            section
        ]

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
            right = index.column() == Column.SIZE
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        row = self.row_at(index.row())
        if row is None:
            return _WAITING if role == Qt.ItemDataRole.DisplayRole and index.column() == Column.SUBJECT else None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._words(row, index.column())
            case Qt.ItemDataRole.CheckStateRole if index.column() == Column.TICK:
                return Qt.CheckState.Checked if self.basket.has_item(row.item.id) else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.FontRole if "\\Seen" not in row.item.flags:
                return self._unread
            case Qt.ItemDataRole.DecorationRole if index.column() == Column.SUBJECT:
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
        item = row.item
        match column:
            case Column.SENDER:
                return sender_name(item.facets.get("from", ""))
            case Column.SUBJECT:
                return item.name or self.tr("(no subject)")
            case Column.TIME:
                return text.brief(item.time)
            case Column.SIZE:
                return text.size(item.size)
            case Column.FOLDER:
                return row.path
        return ""

    def _hint(self, row: ItemRow, column: int) -> str:
        match column:
            case Column.SENDER:
                return row.item.facets.get("from", "")
            case Column.TIME:
                return text.utc(row.item.time)
            case Column.SUBJECT:
                return row.item.name
            case Column.FOLDER:
                return row.path
        return ""

    def _spoken(self, row: ItemRow, column: int) -> str:
        if column == Column.TICK:
            return self.tr("ticked") if self.basket.has_item(row.item.id) else self.tr("not ticked")
        words = self._words(row, column)
        return f"{self.tr('unread')}, {words}" if column == Column.SUBJECT and not is_seen(row) else words

    def _ticks_changed(self) -> None:
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, 0))


def is_seen(row: ItemRow) -> bool:
    """Tell whether somebody read it."""
    return "\\Seen" in row.item.flags


def sender_name(address: str) -> str:
    """Shorten ``Name <address>`` to the name."""
    name = address.split("<", maxsplit=1)[0].strip().strip('"')
    return name or address.strip("<> ")


def _mark(row: ItemRow) -> Any:
    if "\\Flagged" in row.item.flags:
        return icon("flagged", "bad")
    return icon("clip") if row.item.facets.get("attachments") else None
