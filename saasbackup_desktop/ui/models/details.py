"""The parts of one object, under headings that fold: attributes with their values, and links."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from saasbackup_desktop.app.words.entra.values import Span
from saasbackup_desktop.ui.kit.icons import icon
from saasbackup_desktop.ui.kit.text import number, plain, say
from saasbackup_desktop.ui.kit.theme import font
from saasbackup_desktop.ui.models.picked import Picked

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
MARKS = Qt.ItemDataRole.UserRole + 1
"""Which stretches of a text are marked."""
ROW = Qt.ItemDataRole.UserRole + 2
"""The row itself."""


class Shape(Enum):
    """What a row is."""

    SECTION = auto()
    VALUE = auto()
    LINK = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailRow:
    """One row: a heading, an attribute or a link."""

    shape: Shape
    title: str
    section: str
    """Under which heading it stands."""
    old: str = ""
    new: str = ""
    old_marks: Sequence[Span] = ()
    new_marks: Sequence[Span] = ()
    depth: int = 0
    keys: tuple[str, ...] = ()
    """What its box ticks; empty: it has none. Of a heading, all below it."""
    links: frozenset[str] = frozenset()
    """The same keys, if all of them are of links: there may be many."""
    hint: str = ""
    picture: tuple[str, str] = ("", "")
    count: int = 0
    """Of a heading: rows below it."""
    is_folded: bool = False
    """Of a heading: whether it is folded at first."""


class DetailSheet(QAbstractTableModel):
    """Three columns: what it is, as it was, as it is."""

    def __init__(self, picked: Picked | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._picked = picked
        self._all: Sequence[DetailRow] = ()
        self._rows: list[DetailRow] = []
        self._folded: set[str] = set()
        self._heads = ("", "", "")
        if picked is not None:
            picked.changed.connect(self._ticked)

    def show(self, rows: Sequence[DetailRow]) -> None:
        """Show another object."""
        self.beginResetModel()
        self._all = rows
        self._folded = {row.section for row in rows if row.shape is Shape.SECTION and row.is_folded}
        self._unfold()
        self.endResetModel()

    def call(self, *heads: str) -> None:
        """Name the columns."""
        self._heads = (heads[0], heads[1], heads[2])
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, 2)

    def fold(self, row: int) -> None:
        """Fold or unfold what stands below a heading."""
        found = self._rows[row]
        if found.shape is not Shape.SECTION:
            return
        self.beginResetModel()
        self._folded ^= {found.section}
        self._unfold()
        self.endResetModel()

    def is_folded(self, row: int) -> bool:
        """Whether a heading is folded."""
        return self._rows[row].section in self._folded

    @property
    def rows(self) -> Sequence[DetailRow]:
        """What can be seen."""
        return self._rows

    def _unfold(self) -> None:
        self._rows = [row for row in self._all if row.shape is Shape.SECTION or row.section not in self._folded]

    def rowCount(self, parent: Index = _ROOT) -> int:
        """As many as are not folded away."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Three."""
        return 0 if parent.isValid() else 3

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._heads[section]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """What can be ticked has a box."""
        flags = super().flags(index)
        if self._picked is not None and index.column() == 0 and self._rows[index.row()].keys:
            return flags | Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Show a part."""
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return plain(self._words(row, column))
            case Qt.ItemDataRole.AccessibleTextRole:
                return plain(self._spoken(row))
            case Qt.ItemDataRole.ToolTipRole:
                return plain(row.hint or (row.title if column == 0 else ""))
            case Qt.ItemDataRole.DecorationRole if column == 0:
                if row.shape is Shape.SECTION:
                    return icon("right" if row.section in self._folded else "down")
                return icon(*row.picture) if row.picture[0] else None
            case Qt.ItemDataRole.FontRole if row.shape is Shape.SECTION:
                return font(bold=True)
            case Qt.ItemDataRole.CheckStateRole if column == 0 and self._picked is not None and row.keys:
                return self.state(row)
        if role == MARKS:
            return (row.old_marks if column == 1 else row.new_marks) if column else ()
        return row if role == ROW else None

    def state(self, row: DetailRow) -> Qt.CheckState:
        """How the box of a row looks."""
        assert self._picked is not None
        marks = self._picked.marks
        if len(row.keys) == 1:
            return self._picked.state(row.keys[0])
        on = marks.links(_thing(row), row.links) if row.links else sum(map(marks.has, row.keys))
        if not on:
            return Qt.CheckState.Unchecked
        return Qt.CheckState.Checked if on == len(row.keys) else Qt.CheckState.PartiallyChecked

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tick or untick a part, or all below a heading."""
        row = self._rows[index.row()]
        if role != Qt.ItemDataRole.CheckStateRole or self._picked is None or not row.keys:
            return False
        on = self.state(row) != Qt.CheckState.Checked
        if row.links:
            self._picked.put_links(_thing(row), row.links, on)
        else:
            self._picked.put_all(row.keys, on)
        return True

    def _words(self, row: DetailRow, column: int) -> str:
        if column == 0:
            return f"{row.title}  {number(row.count)}" if row.shape is Shape.SECTION else "    " * row.depth + row.title
        return row.old if column == 1 else row.new

    def _spoken(self, row: DetailRow) -> str:
        if row.shape is Shape.SECTION or not (row.old or row.new):
            return f"{row.title}, {number(row.count)}" if row.count else row.title
        if not self._heads[2]:
            return f"{row.title}: {row.old}"
        said = say("%1: was %2, is %3").replace("%1", row.title)
        return said.replace("%2", row.old).replace("%3", row.new)

    def _ticked(self) -> None:
        if self._rows:
            self.dataChanged.emit(
                self.index(0, 0), self.index(len(self._rows) - 1, 0), [Qt.ItemDataRole.CheckStateRole]
            )


def _thing(row: DetailRow) -> str:
    """The object whose parts a row's keys are."""
    return row.keys[0].partition("#")[0]
