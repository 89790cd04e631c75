"""A list of a hundred thousand rows: how many there are is known, rows are fetched by the page as they are seen."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from saasbackup_desktop.ui.kit.tasks import Work
from saasbackup_desktop.ui.models.pages import Pages
from saasbackup_desktop.ui.models.picked import Picked
from saasbackup_desktop.ui.models.sheet import Field, cell_of, head_of

PAGE = 200
KEPT = 60
_WANTED = 4
R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class LazySheet(QAbstractTableModel, Generic[R]):
    """``data`` never waits: it asks for the page and shows an ellipsis until it is there."""

    def __init__(
        self,
        fields: Sequence[Field[R]],
        fetch: Callable[[int, int], Awaitable[Sequence[R]]],
        start: Callable[[Work], None],
        parent: QObject | None = None,
        *,
        picked: Picked | None = None,
        key: Callable[[R], str] = str,
    ) -> None:
        super().__init__(parent)
        self._fields, self._fetch = fields, fetch
        self._picked, self._key = picked, key
        self._total = 0
        self._pages: Pages[R] = Pages(self, self._bring, start, size=PAGE, kept=KEPT, wanted=_WANTED)
        if picked is not None:
            picked.changed.connect(self._ticked)

    def show(self, total: int, first: Sequence[R]) -> None:
        """List other rows, of which the first are at hand."""
        self.beginResetModel()
        self._begin(total, first)
        self.endResetModel()

    def renew(self, total: int, first: Sequence[R]) -> None:
        """List the same rows with more of them, or some in other places: what is looked at stays in view."""
        before = self._total
        if total > before:
            self.beginInsertRows(QModelIndex(), before, total - 1)
            self._begin(total, first)
            self.endInsertRows()
        elif total < before:
            self.beginRemoveRows(QModelIndex(), total, before - 1)
            self._begin(total, first)
            self.endRemoveRows()
        else:
            self._begin(total, first)
        if min(total, before):
            self.dataChanged.emit(self.index(0, 0), self.index(min(total, before) - 1, self.columnCount() - 1))

    def _begin(self, total: int, first: Sequence[R]) -> None:
        self._total = total
        self._pages.clear()
        if first and len(first) >= min(PAGE, total):
            self._pages.put(0, first[:PAGE])

    def row_at(self, row: int) -> R | None:
        """Return a row if its page is here, else ask for the page."""
        return self._pages.row_at(row)

    def place_of(self, key: str) -> int | None:
        """In which row something stands; None: not among those that are here."""
        return next((place for place, one in self._pages.items() if self._key(one) == key), None)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """As many as there are."""
        return 0 if parent.isValid() else self._total

    def columnCount(self, parent: Index = _ROOT) -> int:
        """As many as there are fields."""
        return 0 if parent.isValid() else len(self._fields)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name the fields."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        return head_of(self._fields[section], role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """The first column can be ticked, where there is something to tick."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsUserCheckable if self._picked is not None and index.column() == 0 else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Show a field of a row."""
        if not index.isValid():
            return None
        row = self.row_at(index.row())
        if role == Qt.ItemDataRole.CheckStateRole and self._picked is not None and index.column() == 0:
            return self._picked.state(self._key(row)) if row is not None else Qt.CheckState.Unchecked
        return cell_of(self._fields[index.column()], row, role)

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tick or untick a row."""
        row = self.row_at(index.row())
        if role != Qt.ItemDataRole.CheckStateRole or self._picked is None or row is None:
            return False
        key = self._key(row)
        self._picked.put(key, self._picked.toggled(key))
        return True

    def _ticked(self) -> None:
        if self._total:
            self.dataChanged.emit(self.index(0, 0), self.index(self._total - 1, 0), [Qt.ItemDataRole.CheckStateRole])

    async def _bring(self, page: int) -> Sequence[R]:
        return await self._fetch(page * PAGE, PAGE)
