"""Which folders of a service are taken: all of them, or those that are ticked, each with all below it."""

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QTreeView, QWidget

from saasbackup_desktop.app.words.items import FOLDERS
from saasbackup_desktop.app.words.tenants import SHORT_SERVICES
from saasbackup_desktop.core.ids import NodeId, SnapshotId, StreamId
from saasbackup_desktop.core.model import service_of
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.buttons import Button, action
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.text import Text, counted, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.models.basket import Basket
from saasbackup_desktop.ui.models.tree import FolderTree


class FoldersSheet(Sheet):
    """A tree to tick."""

    def __init__(
        self, bridge: Bridge, stream: StreamId, at: SnapshotId, ticked: tuple[NodeId, ...], parent: QWidget
    ) -> None:
        service = service_of(stream)
        self._one, many = map(say, FOLDERS[service])
        self._many = many
        super().__init__(
            f"{say(SHORT_SERVICES[service])}: {many}",
            say("Tick what is to be taken, each with all below it. Without any tick, everything is.").replace(
                "%1", many
            ),
            parent,
            width=460,
        )
        self.basket = Basket(self)
        for id in ticked:
            self.basket.tick_folder(id, True)
        self._model = FolderTree(self.basket, self)
        self.tree = QTreeView()
        self.tree.setModel(self._model)
        self.tree.setProperty("kind", "framed")
        self.tree.setHeaderHidden(True)
        self.tree.setUniformRowHeights(True)
        self.tree.setMinimumHeight(scaled(320))
        self.tree.setAccessibleName(many.capitalize())
        self._told = Text("", "muted")
        self.fill(self.tree, self._told)
        self._none = Button(self.tr("&Untick all"), "quiet", pressed=self.basket.clear)
        self.take = Button(self.tr("&Take these"), "primary", pressed=self.accept)
        self.take.setDefault(True)
        self.offer(self._none, self.cancel_button(), self.take)
        self.basket.changed.connect(self._tell)
        action(self.tree, self.tr("Tick or untick"), self._tick_current, "check", QKeySequence("Space").toString())
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._tell()
        self.run(self._look(bridge, stream, at))

    @property
    def chosen(self) -> tuple[NodeId, ...]:
        """The folders that are ticked; none: all."""
        return self.basket.folders

    async def _look(self, bridge: Bridge, stream: StreamId, at: SnapshotId) -> None:
        rows = await bridge.call(bridge.desk.folders(stream, at))
        known = {row.folder.id for row in rows}
        for id in self.basket.folders:
            if id not in known:  # of another point in time
                self.basket.tick_folder(id, False)
        self._model.show(rows, service_of(stream))
        self.tree.expandToDepth(0)
        self.tree.setCurrentIndex(self._model.index(0, 0, QModelIndex()))
        self.tree.setFocus()

    def _tick_current(self) -> None:
        found = self._model.folder(self.tree.currentIndex())
        if found is not None:
            self.basket.tick_folder(found.folder.id, not self.basket.has_folder(found.folder.id))

    def _tell(self) -> None:
        number = len(self.basket.folders)
        self._none.setEnabled(bool(number))
        told = self.tr("Ticked: %1").replace("%1", counted(number, self._one, self._many))
        self._told.setText(told if number else self.tr("All %1 are taken").replace("%1", self._many))
