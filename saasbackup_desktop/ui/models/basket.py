"""What a person ticked: folders with all that is in them, and single messages."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.selection import Selection


class Basket(QObject):
    """The ticks of one mailbox at one point in time."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folders: dict[NodeId, None] = {}
        self._items: dict[NodeId, None] = {}

    @property
    def folders(self) -> tuple[NodeId, ...]:
        """Ticked folders."""
        return tuple(self._folders)

    @property
    def items(self) -> tuple[NodeId, ...]:
        """Ticked messages."""
        return tuple(self._items)

    @property
    def is_empty(self) -> bool:
        """Nothing is ticked."""
        return not self._folders and not self._items

    def has_folder(self, id: NodeId) -> bool:
        """Tell whether a folder itself is ticked."""
        return id in self._folders

    def has_item(self, id: NodeId) -> bool:
        """Tell whether a message itself is ticked."""
        return id in self._items

    def tick_folder(self, id: NodeId, ticked: bool) -> None:
        """Tick or untick a folder."""
        if ticked:
            self._folders[id] = None
        else:
            self._folders.pop(id, None)
        self.changed.emit()

    def tick_items(self, ids: Iterable[NodeId], ticked: bool) -> None:
        """Tick or untick messages."""
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
