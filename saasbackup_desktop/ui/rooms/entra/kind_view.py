"""The kinds of a directory as a tree beside the list."""

from PySide6.QtCore import QItemSelectionModel, QModelIndex
from PySide6.QtWidgets import QHeaderView, QTreeView, QWidget

from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.models.kinds import KindTree


class KindView(QTreeView):
    """Names give way, counts stay in view."""

    def __init__(self, model: KindTree, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(scaled(16))
        self.setAllColumnsShowFocus(True)
        self.setModel(model)
        head = self.header()
        head.setStretchLastSection(False)
        head.setMinimumSectionSize(24)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        head.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)

    def choose(self, index: QModelIndex) -> None:
        """Make a row the chosen one, and tell nobody."""
        model = self.selectionModel()
        model.blockSignals(True)
        flags = QItemSelectionModel.SelectionFlag
        model.setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        model.blockSignals(False)
        self.viewport().update()
