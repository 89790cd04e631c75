"""A short list of rows that are all at hand: points in time, failures, differences, plans."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from saasbackup_desktop.ui.kit.icons import icon
from saasbackup_desktop.ui.kit.text import plain

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class Field(Generic[R]):
    """A column: heading, words, what it sorts by, icon ``(name, colour)`` (an empty name: none) and tooltip."""

    head: str
    words: Callable[[R], str]
    key: Callable[[R], Any] | None = None
    picture: Callable[[R], tuple[str, str]] | None = None
    hint: Callable[[R], str] | None = None
    right: bool = False


def head_of(field: Field[R], role: int) -> Any:
    """What a field's heading shows."""
    if role == Qt.ItemDataRole.TextAlignmentRole and field.right:
        return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    return field.head if role == Qt.ItemDataRole.DisplayRole else None


def cell_of(field: Field[R], row: R | None, role: int) -> Any:
    """What a field shows of a row; an ellipsis while the row is not there."""
    match role:
        case Qt.ItemDataRole.DisplayRole:
            return plain(field.words(row)) if row is not None else "…"
        case Qt.ItemDataRole.DecorationRole if field.picture and row is not None:
            name, colour = field.picture(row)
            return icon(name, colour) if name else None
        case Qt.ItemDataRole.ToolTipRole if row is not None:
            return plain(field.hint(row) if field.hint else field.words(row))
        case Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if field.right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
    return None


class RowSheet(QAbstractTableModel, Generic[R]):
    """Rows of one kind under fields; sorts itself."""

    def __init__(self, fields: Sequence[Field[R]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._fields = fields
        self._rows: list[R] = []
        self._order: tuple[int, bool] | None = None

    def show(self, rows: Sequence[R]) -> None:
        """List other rows."""
        self.beginResetModel()
        self._rows = list(rows)
        self._arrange()
        self.endResetModel()

    def renew(self, rows: Sequence[R]) -> None:
        """Say the same rows anew, in the order in which they stand; what is selected stays."""
        self._rows = list(rows)
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, self.columnCount() - 1))

    def call(self, section: int, head: str) -> None:
        """Give a field another heading."""
        fields = list(self._fields)
        fields[section] = replace(fields[section], head=head)
        self._fields = fields
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, section, section)

    def row_at(self, row: int) -> R:
        """Return a row."""
        return self._rows[row]

    @property
    def rows(self) -> Sequence[R]:
        """All rows as they are shown."""
        return self._rows

    def rowCount(self, parent: Index = _ROOT) -> int:
        """As many as there are rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """As many as there are fields."""
        return 0 if parent.isValid() else len(self._fields)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name the fields."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        return head_of(self._fields[section], role)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Show a field of a row."""
        if not index.isValid():
            return None
        return cell_of(self._fields[index.column()], self._rows[index.row()], role)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a field; without a column, as the rows came."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        kept = [self._rows[i.row()] for i in before]
        self._order = (column, order == Qt.SortOrder.DescendingOrder) if column >= 0 else None
        self._arrange()
        places = {id(row): place for place, row in enumerate(self._rows)}
        after = [self.index(places[id(row)], i.column()) for i, row in zip(before, kept, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _arrange(self) -> None:
        if self._order is None:
            return
        column, descending = self._order
        field = self._fields[column]
        self._rows.sort(key=field.key or (lambda row: field.words(row).casefold()), reverse=descending)
