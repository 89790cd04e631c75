"""A list in which rows are ticked: the first column carries the box."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from saasbackup_desktop.ui.models.sheet import Field, RowSheet

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex


class TickSheet(RowSheet[R]):
    """``turned`` fires when boxes were ticked or cleared; ``ticked`` holds the keys of those that are."""

    turned = Signal()

    def __init__(self, fields: Sequence[Field[R]], key: Callable[[R], str], parent: QObject | None = None) -> None:
        super().__init__(fields, parent)
        self._key = key
        self.ticked: set[str] = set()

    def begin(self, rows: Sequence[R], ticked: Iterable[str] = ()) -> None:
        """List other rows, some of them ticked."""
        self.ticked = set(ticked)
        self.show(rows)
        self.turned.emit()

    def flags(self, index: Index) -> Qt.ItemFlag:
        """The first column can be ticked."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == 0 else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Show a box in the first column."""
        if role == Qt.ItemDataRole.CheckStateRole:
            if not index.isValid() or index.column() != 0:
                return None
            on = self._key(self.row_at(index.row())) in self.ticked
            return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
        return super().data(index, role)

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tick or clear a box."""
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid():
            return False
        self.tick((index.row(),), Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    def tick(self, places: Iterable[int], on: bool) -> None:
        """Tick or clear the boxes of some rows."""
        keys = {self._key(self.row_at(place)) for place in places}
        self.ticked = self.ticked | keys if on else self.ticked - keys
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, 0))
        self.turned.emit()
