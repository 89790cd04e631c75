"""Kinds of objects under their families, with how many there are of each, and boxes where they can be ticked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from saasbackup_desktop.app.words.entra.kinds import FAMILIES, PICTURES, kind_words
from saasbackup_desktop.app.words.states import label
from saasbackup_desktop.core.directory.ticks import EVERYTHING
from saasbackup_desktop.ui.kit.icons import icon
from saasbackup_desktop.ui.kit.text import number, say
from saasbackup_desktop.ui.kit.theme import font, tokens
from saasbackup_desktop.ui.models.picked import Picked

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class KindLine:
    """One kind."""

    kind: str
    family: str
    count: int
    is_beta: bool = False


@dataclass(eq=False, slots=True)
class _Node:
    title: str
    kinds: tuple[str, ...]
    keys: tuple[str, ...]
    count: int
    picture: str = ""
    is_beta: bool = False
    place: int = 0
    above: "_Node | None" = None
    below: "list[_Node]" = field(default_factory=list)


class KindTree(QAbstractItemModel):
    """Everything, then the families with their kinds."""

    def __init__(self, picked: Picked | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._picked = picked
        self._tops: list[_Node] = []
        self._lines: Sequence[KindLine] = ()
        if picked is not None:
            picked.changed.connect(self._ticked)

    def show(self, lines: Sequence[KindLine]) -> bool:
        """Show other kinds; whether others than before: then what was chosen and unfolded is so no more."""
        same = [(one.kind, one.family) for one in lines] == [(one.kind, one.family) for one in self._lines]
        self._lines = lines
        tops = _arranged(lines)
        if same and self._tops:
            self._tops[0].count = tops[0].count
            for family, other in zip(self._tops[1:], tops[1:], strict=True):
                family.count = other.count
                for kind, fresh in zip(family.below, other.below, strict=True):
                    kind.count = fresh.count
            self._retell([])
            return False
        self.beginResetModel()
        self._tops = tops
        self.endResetModel()
        return True

    def kinds(self, index: Index) -> tuple[str, ...]:
        """The kinds that a row stands for; empty: all."""
        node = self._node(index)
        return node.kinds if node is not None else ()

    def find(self, kind: str) -> QModelIndex:
        """The row of a kind; of none: everything."""
        for top in self._tops:
            for node in top.below:
                if node.kinds == (kind,):
                    return self.createIndex(node.place, 0, node)
        return self.createIndex(0, 0, self._tops[0]) if self._tops else QModelIndex()

    def index(self, row: int, column: int, parent: Index = _ROOT) -> QModelIndex:
        """Return a child's index."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, self._below(parent)[row])

    def parent(self, index: Index = _ROOT) -> QModelIndex:  # type: ignore[override]
        """Return the index of what is above."""
        node = self._node(index)
        if node is None or node.above is None:
            return QModelIndex()
        return self.createIndex(node.above.place, 0, node.above)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """How many are directly below."""
        return 0 if parent.column() > 0 else len(self._below(parent))

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Name, and how many."""
        return 2

    def flags(self, index: Index) -> Qt.ItemFlag:
        """All can be chosen, and ticked if there are ticks."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        has_box = self._picked is not None and index.column() == 0
        return flags | Qt.ItemFlag.ItemIsUserCheckable if has_box else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name, count, icon and tick."""
        node = self._node(index)
        if node is None:
            return None
        if index.column() == 1:
            return _of_count(node, role)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return node.title
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{node.title}, {number(node.count)}"
            case Qt.ItemDataRole.ToolTipRole:
                beta = say("Told by a part of Microsoft Graph that may change (beta)")
                return f"{node.title}\n{beta}" if node.is_beta else node.title
            case Qt.ItemDataRole.DecorationRole if node.picture and self._picked is None:
                return icon(node.picture)
            case Qt.ItemDataRole.FontRole if node.below:
                return font(bold=True)
            case Qt.ItemDataRole.CheckStateRole if self._picked is not None:
                return self._state(node)
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tick or untick all of a row's kinds."""
        node = self._node(index)
        if role != Qt.ItemDataRole.CheckStateRole or self._picked is None or node is None:
            return False
        self._picked.put_all(node.keys, self._state(node) != Qt.CheckState.Checked)
        return True

    def _state(self, node: _Node) -> Qt.CheckState:
        assert self._picked is not None
        states = {self._picked.state(key) for key in node.keys}
        return states.pop() if len(states) == 1 else Qt.CheckState.PartiallyChecked

    def _ticked(self) -> None:
        self._retell([Qt.ItemDataRole.CheckStateRole])

    def _retell(self, roles: list[int]) -> None:
        if not self._tops:
            return
        self.dataChanged.emit(self.index(0, 0), self.index(len(self._tops) - 1, 1), roles)
        for place, top in enumerate(self._tops):
            if top.below:
                above = self.index(place, 0)
                self.dataChanged.emit(self.index(0, 0, above), self.index(len(top.below) - 1, 1, above), roles)

    def _node(self, index: Index) -> _Node | None:
        if not index.isValid():
            return None
        found = index.internalPointer()
        return found if isinstance(found, _Node) else None

    def _below(self, parent: Index) -> list[_Node]:
        node = self._node(parent)
        return node.below if node is not None else self._tops


def _of_count(node: _Node, role: int) -> Any:
    match role:
        case Qt.ItemDataRole.DisplayRole:
            return number(node.count)
        case Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        case Qt.ItemDataRole.ForegroundRole:
            return QColor(tokens().muted)
    return None


def _arranged(lines: Sequence[KindLine]) -> list[_Node]:
    every = _Node(say("All objects"), (), (EVERYTHING,), sum(line.count for line in lines), "directory")
    tops = [every]
    families = sorted({line.family for line in lines}, key=lambda one: (one not in FAMILIES, list(FAMILIES).index(one)
                      if one in FAMILIES else 0))  # fmt: skip
    for family in families:
        own = [line for line in lines if line.family == family]
        kinds = tuple(line.kind for line in own)
        top = _Node(
            say(label(FAMILIES, family)), kinds, kinds, sum(line.count for line in own), PICTURES.get(family, "folder")
        )
        top.place = len(tops)
        for place, line in enumerate(own):
            name = say(kind_words(line.kind))
            title = f"{name} · {say('beta')}" if line.is_beta else name
            top.below.append(
                _Node(title, (line.kind,), (line.kind,), line.count, "", line.is_beta, place=place, above=top)
            )
        tops.append(top)
    return tops
