"""What a person ticked: folders with all that is in them, and single items."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.selection import Selection


class Basket(QObject):
    """The ticks of one account at one point in time; of each of its services, those that are looked at now."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folders: dict[NodeId, None] = {}
        self._items: dict[NodeId, None] = {}
        self._kept: dict[str, tuple[dict[NodeId, None], dict[NodeId, None]]] = {}
        self._key = ""

    def turn_to(self, key: str) -> None:
        """Put these ticks aside, and take up those of another service."""
        if key == self._key:
            return
        self._kept[self._key] = self._folders, self._items
        self._key = key
        self._folders, self._items = self._kept.pop(key, ({}, {}))
        self.changed.emit()

    @property
    def elsewhere(self) -> int:
        """How many are ticked in other services."""
        return sum(len(folders) + len(items) for folders, items in self._kept.values())

    def clear_all(self) -> None:
        """Untick everything, in other services, too."""
        self._kept.clear()
        self._folders.clear()
        self._items.clear()
        self.changed.emit()

    @property
    def folders(self) -> tuple[NodeId, ...]:
        """Ticked folders."""
        return tuple(self._folders)

    @property
    def items(self) -> tuple[NodeId, ...]:
        """Ticked items."""
        return tuple(self._items)

    @property
    def is_empty(self) -> bool:
        """Nothing is ticked."""
        return not self._folders and not self._items

    def has_folder(self, id: NodeId) -> bool:
        """Tell whether a folder itself is ticked."""
        return id in self._folders

    def has_item(self, id: NodeId) -> bool:
        """Tell whether an item itself is ticked."""
        return id in self._items

    def tick_folder(self, id: NodeId, ticked: bool) -> None:
        """Tick or untick a folder."""
        if ticked:
            self._folders[id] = None
        else:
            self._folders.pop(id, None)
        self.changed.emit()

    def tick_items(self, ids: Iterable[NodeId], ticked: bool) -> None:
        """Tick or untick items."""
        for id in ids:
            if ticked:
                self._items[id] = None
            else:
                self._items.pop(id, None)
        self.changed.emit()

    def clear(self) -> None:
        """Untick everything."""
        if not self.is_empty:
            self._folders.clear()
            self._items.clear()
            self.changed.emit()

    def selection(self) -> Selection:
        """Say it in the core's words."""
        return Selection(folders=self.folders, items=self.items)
