"""The folders of a service beside the list, each with its box to tick."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QTreeView, QWidget

from saasbackup_desktop.app.views import FolderRow
from saasbackup_desktop.app.words.items import FOLDERS
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import action, menu
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.models.basket import Basket
from saasbackup_desktop.ui.models.tree import FolderTree


class FolderPane(QTreeView):
    """One folder is open; what is ticked is in the basket."""

    def __init__(self, folders: FolderTree, basket: Basket, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folders, self._basket = folders, basket
        self.setModel(folders)
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setAccessibleName(self.tr("Folders"))
        self.setMinimumWidth(scaled(150))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._offer)

    @property
    def current(self) -> FolderRow | None:
        """The folder that is open."""
        return self._folders.folder(self.currentIndex())

    @property
    def is_hollow(self) -> bool:
        """Nothing is in the folder that is open, nor below it; or none is open."""
        row = self.current
        return row is None or (not row.items and not self._folders.rowCount(self.currentIndex()))

    def turn_to(self, service: Service) -> None:
        """Be called as the folders of a service are."""
        self.setAccessibleName(text.say(FOLDERS[service][1]).capitalize())

    def open(self, folder: NodeId | None) -> bool:
        """Open this folder, or the first if it is not there; False if there is none."""
        index = self._folders.find(folder)
        if not index.isValid():
            index = self._folders.index(0, 0)
        self.expandToDepth(0)
        self.setCurrentIndex(index)
        return index.isValid()

    def _offer(self, place: QPoint) -> None:
        found = self._folders.folder(self.indexAt(place))
        if found is None:
            return
        ticked = self._basket.has_folder(found.folder.id)
        words = self.tr("Untick folder") if ticked else self.tr("Tick folder with all below it")
        tick = action(self, words, lambda: self._basket.tick_folder(found.folder.id, not ticked), "check")
        self.removeAction(tick)
        shown = menu(self, tick)
        shown.aboutToHide.connect(shown.deleteLater)
        shown.popup(self.viewport().mapToGlobal(place))
