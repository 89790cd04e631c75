"""Recipients and kinds: a table of boxes that can be ticked with mouse or keyboard."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from saasbackup_desktop.app.notices.views import Channel, Kind, Recipient, When
from saasbackup_desktop.app.words.notices import CHANNELS, KINDS, SHAPES, SHORT_WHENS, WHENS
from saasbackup_desktop.ui.kit.icons import icon
from saasbackup_desktop.ui.kit.text import plain, say

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_KINDS = tuple(Kind)
_FIRST = 1
"""The first column of a kind."""
_PICTURES = {Channel.DESKTOP: "device", Channel.EMAIL: "mail", Channel.WEBHOOK: "cloud"}


class KindGrid(QAbstractTableModel):
    """A row for each recipient, a box for each kind. ``wanted`` asks for a change of one box."""

    wanted = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Recipient] = []

    def show(self, recipients: Sequence[Recipient]) -> None:
        """List recipients."""
        self.beginResetModel()
        self._rows = list(recipients)
        self.endResetModel()

    def at(self, row: int) -> Recipient:
        """The recipient of a row."""
        return self._rows[row]

    def rowCount(self, parent: Index = _ROOT) -> int:
        """One for each recipient."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Whom, and every kind."""
        return 0 if parent.isValid() else _FIRST + len(_KINDS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name the kinds."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if section < _FIRST:
            return say("Recipient") if role == Qt.ItemDataRole.DisplayRole else None
        name, explained = KINDS[_KINDS[section - _FIRST]]
        return {Qt.ItemDataRole.DisplayRole: say(name), Qt.ItemDataRole.ToolTipRole: say(explained)}.get(
            Qt.ItemDataRole(role)
        )

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Boxes can be ticked."""
        found = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return found | Qt.ItemFlag.ItemIsUserCheckable if index.column() >= _FIRST else found

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Show a recipient, or when it is told of a kind."""
        one = self._rows[index.row()]
        if index.column() < _FIRST:
            return self._whom(one, role)
        kind = _KINDS[index.column() - _FIRST]
        when = one.when(kind)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return say(SHORT_WHENS[when]) if when is not When.OFF else ""
            case Qt.ItemDataRole.CheckStateRole:
                return Qt.CheckState.Unchecked if when is When.OFF else Qt.CheckState.Checked
            case Qt.ItemDataRole.AccessibleTextRole | Qt.ItemDataRole.ToolTipRole:
                return f"{plain(one.name)}, {say(KINDS[kind][0])}: {say(WHENS[when])}"
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Ask for a change; it shows when it is kept."""
        if role != Qt.ItemDataRole.CheckStateRole or index.column() < _FIRST:
            return False
        self.wanted.emit(self._rows[index.row()], _KINDS[index.column() - _FIRST])
        return True

    def _whom(self, one: Recipient, role: int) -> Any:
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return plain(one.name) + (f" ({say('paused')})" if one.is_paused else "")
            case Qt.ItemDataRole.DecorationRole:
                return icon(_PICTURES[one.channel], "muted" if one.is_paused else "accent")
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleTextRole:
                return plain(f"{one.name}: {where(one)}")
        return None


def where(one: Recipient) -> str:
    """Say where a recipient's notices go."""
    if one.channel is Channel.WEBHOOK:
        return f"{say(SHAPES[one.shape])}, {one.host}"
    return one.address or say(CHANNELS[one.channel])


def toggled(one: Recipient, kind: Kind) -> When:
    """What ticking a box makes of it: a summary is daily at first, all else is told at once."""
    if one.when(kind) is not When.OFF:
        return When.OFF
    return When.DAILY if kind is Kind.SUMMARY else When.IMMEDIATE
