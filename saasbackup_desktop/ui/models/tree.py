"""The folders of a mailbox at a point in time, in the order that mail programs use."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from saasbackup_desktop.app.views import FolderRow
from saasbackup_desktop.app.words.items import NOUNS
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Folder, Role, Service
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.icons import icon
from saasbackup_desktop.ui.kit.theme import tokens
from saasbackup_desktop.ui.models.basket import Basket

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()

_RANK = (
    Role.MAIN,
    Role.INBOX,
    Role.DRAFTS,
    Role.SENT,
    Role.ARCHIVE,
    Role.JUNK,
    Role.TRASH,
    Role.FLAGGED,
    Role.IMPORTANT,
    Role.ALL,
)
_PICTURES = {
    Role.INBOX: "inbox",
    Role.DRAFTS: "drafts",
    Role.SENT: "sent",
    Role.ARCHIVE: "archive",
    Role.JUNK: "junk",
    Role.TRASH: "trash",
    Role.FLAGGED: "flagged",
    Role.IMPORTANT: "important",
    Role.ALL: "mail",
}


_SECTIONS = ("general", "rules", "categories", "sharing", "senders")
"""Of a mailbox's settings."""
_KNOWN_PICTURES = {"recoverableitemsroot": "history", "archivemsgfolderroot": "archive", "outbox": "up"}
SERVICE_ICONS = {
    Service.MAIL: "mail",
    Service.CALENDAR: "calendar",
    Service.CONTACTS: "user",
    Service.TASKS: "check",
    Service.NOTES: "note",
    Service.SETTINGS: "settings",
    Service.DIRECTORY: "directory",
}
"""The icon of each service."""


@dataclass(eq=False, slots=True)
class Branch:
    """A folder and what is below it."""

    row: FolderRow
    parent: "Branch | None"
    place: int = 0
    below: "list[Branch]" = field(default_factory=list)


def arrange(rows: Sequence[FolderRow]) -> list[Branch]:
    """Build the tree: Inbox, Drafts, Sent and their like first, or as the source says, then by name."""
    branches = {row.folder.id: Branch(row, None) for row in rows}
    tops: list[Branch] = []
    for branch in branches.values():
        above = branches.get(branch.row.folder.parent) if branch.row.folder.parent else None
        branch.parent = above
        (above.below if above else tops).append(branch)
    for siblings in (tops, *(branch.below for branch in branches.values())):
        siblings.sort(key=lambda b: (standing(b.row.folder), b.row.folder.name.casefold()))
        for place, branch in enumerate(siblings):
            branch.place = place
    return tops


def standing(folder: Folder) -> int:
    """Where a folder stands among its siblings: as the source says, else by what it is for."""
    section = folder.facets.get("settings", "")
    if section in _SECTIONS:
        return _SECTIONS.index(section)
    told = folder.facets.get("order", "")
    return int(told) if told.isdecimal() else rank(folder.role, folder.name)


def is_hidden(folder: Folder) -> bool:
    """Mail programs do not show it."""
    return bool(folder.facets.get("hidden"))


def rank(role: Role | None, name: str) -> int:
    """Where a folder stands among its siblings."""
    if name.upper() == "INBOX":
        role = Role.INBOX
    return _RANK.index(role) if role in _RANK else len(_RANK)


class FolderTree(QAbstractItemModel):
    """Folders with the number of messages in each, and ticks."""

    def __init__(self, basket: Basket, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._basket = basket
        self._tops: list[Branch] = []
        self._service = Service.MAIL
        basket.changed.connect(self._ticks_changed)

    def show(self, rows: Sequence[FolderRow], service: Service = Service.MAIL) -> None:
        """Show other folders, or what a service has in their place."""
        self.beginResetModel()
        self._service = service
        self._tops = arrange(rows)
        self.endResetModel()

    def folder(self, index: Index) -> FolderRow | None:
        """Return the folder at an index."""
        branch = self._branch(index)
        return branch.row if branch else None

    def find(self, id: NodeId | None) -> QModelIndex:
        """Return the index of a folder; an invalid one if it is not there."""
        waiting = list(self._tops)
        while waiting:
            branch = waiting.pop()
            if branch.row.folder.id == id:
                return self.createIndex(branch.place, 0, branch)
            waiting.extend(branch.below)
        return QModelIndex()

    def index(self, row: int, column: int, parent: Index = _ROOT) -> QModelIndex:
        """Return a child's index."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, self._below(parent)[row])

    def parent(self, index: Index = _ROOT) -> QModelIndex:  # type: ignore[override]
        """Return the index of what is above."""
        branch = self._branch(index)
        if branch is None or branch.parent is None:
            return QModelIndex()
        return self.createIndex(branch.parent.place, 0, branch.parent)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """How many folders are directly below."""
        return 0 if parent.column() > 0 else len(self._below(parent))

    def columnCount(self, parent: Index = _ROOT) -> int:
        """One."""
        return 1

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Folders can be opened and ticked."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name, count, icon and tick of a folder."""
        branch = self._branch(index)
        if branch is None:
            return None
        folder = branch.row.folder
        match role:
            case Qt.ItemDataRole.DisplayRole:
                name = self.tr("Inbox") if folder.name.upper() == "INBOX" else folder.name
                return f"{name}  {text.number(branch.row.items)}" if branch.row.items else name
            case Qt.ItemDataRole.AccessibleTextRole:
                hidden = f", {self.tr('hidden')}" if is_hidden(folder) else ""
                return f"{folder.name}, {self._counted(branch.row)}{hidden}"
            case Qt.ItemDataRole.DecorationRole:
                return icon(picture(folder, self._service))
            case Qt.ItemDataRole.ForegroundRole if is_hidden(folder):
                return QColor(tokens().muted)
            case Qt.ItemDataRole.CheckStateRole:
                return self._tick(branch)
            case Qt.ItemDataRole.ToolTipRole:
                return self._hint(branch.row)
        return None

    def _counted(self, row: FolderRow) -> str:
        return text.counted(row.items, *map(text.say, NOUNS[self._service]))

    def _hint(self, row: FolderRow) -> str:
        lines = [text.plain(row.path), f"{self._counted(row)}, {text.size(row.size)}"]
        if is_hidden(row.folder):
            lines.append(self.tr("Mail programs do not show this folder."))
        if owner := row.folder.facets.get("owner"):
            lines.append(self.tr("Of %1").replace("%1", text.plain(owner)))
        return "\n".join(lines)

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tick or untick a folder."""
        branch = self._branch(index)
        if role != Qt.ItemDataRole.CheckStateRole or branch is None:
            return False
        self._basket.tick_folder(branch.row.folder.id, Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    def _tick(self, branch: Branch) -> Qt.CheckState:
        above: Branch | None = branch
        while above is not None:
            if self._basket.has_folder(above.row.folder.id):
                return Qt.CheckState.Checked
            above = above.parent
        waiting = list(branch.below)
        while waiting:
            below = waiting.pop()
            if self._basket.has_folder(below.row.folder.id):
                return Qt.CheckState.PartiallyChecked
            waiting.extend(below.below)
        return Qt.CheckState.Unchecked

    def _ticks_changed(self) -> None:
        waiting = [QModelIndex()]
        while waiting:
            parent = waiting.pop()
            count = self.rowCount(parent)
            if count:
                self.dataChanged.emit(self.index(0, 0, parent), self.index(count - 1, 0, parent))
                waiting.extend(self.index(row, 0, parent) for row in range(count))

    def _branch(self, index: Index) -> Branch | None:
        if not index.isValid():
            return None
        found = index.internalPointer()
        return found if isinstance(found, Branch) else None

    def _below(self, parent: Index) -> list[Branch]:
        branch = self._branch(parent)
        return branch.below if branch else self._tops


def picture(folder: Folder, service: Service = Service.MAIL) -> str:
    """Choose a folder's icon."""
    if service is not Service.MAIL:
        return SERVICE_ICONS[service]
    if folder.name.upper() == "INBOX":
        return "inbox"
    if folder.role in _PICTURES:
        return _PICTURES[folder.role]
    return _KNOWN_PICTURES.get(folder.facets.get("well-known", ""), "restore" if is_restored(folder) else "folder")


def is_restored(folder: Folder) -> bool:
    """A restore of this program made it."""
    return folder.name.startswith("Restored 2")
