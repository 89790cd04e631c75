"""The first leaf of the import dialog: files and folders to be looked at."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.ui.kit.buttons import Button, action
from saasbackup_desktop.ui.kit.icons import icon
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.sheets import pick_files, pick_folder
from saasbackup_desktop.ui.kit.tasks import Tasks
from saasbackup_desktop.ui.kit.text import Text, plain, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE


class Sources(QWidget):
    """``changed`` fires when something comes or goes. Files can be dropped on it, too."""

    changed = Signal()
    failed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tasks = Tasks(self, self._fail)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Files and folders to import"))
        self.list.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setMinimumHeight(scaled(150))
        self.files = Button(self.tr("Add &files…"), picture="plus", pressed=lambda: self.tasks.start(self._files()))
        self.folder = Button(
            self.tr("Add a f&older…"), picture="folder", pressed=lambda: self.tasks.start(self._folder())
        )
        self.less = Button(self.tr("&Remove"), picture="remove", pressed=self._remove)
        kinds = self.tr(
            "Outlook data files (.pst), mailbox files (.mbox), messages (.eml, .msg), Maildir folders, "
            "calendars (.ics), contacts (.vcf), and ZIP archives of these. Nothing is changed in them."
        )
        self.setLayout(
            column(
                row(self.files, self.folder, None, self.less),
                self.list,
                Text(kinds, "muted", wrap=True),
                None,
                spacing=SPACE.medium,
            )
        )
        self.setAcceptDrops(True)
        self.list.itemSelectionChanged.connect(self._tell)
        action(self.list, self.tr("Remove"), self._remove, "remove", QKeySequence.StandardKey.Delete)
        self._tell()

    @property
    def paths(self) -> tuple[str, ...]:
        """What was chosen, whole paths."""
        return tuple(str(self.list.item(n).data(Qt.ItemDataRole.UserRole)) for n in range(self.list.count()))

    def add(self, paths: Sequence[Path]) -> None:
        """Take more; what is there already stays once."""
        known = set(self.paths)
        for path in paths:
            if str(path) not in known:
                entry = QListWidgetItem(icon("archive" if path.suffix else "folder"), plain(str(path)))
                entry.setData(Qt.ItemDataRole.UserRole, str(path))
                entry.setToolTip(plain(str(path)))
                self.list.addItem(entry)
                known.add(str(path))
        if self.list.count() and self.list.currentRow() < 0:
            self.list.setCurrentRow(0)
        self._tell()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files of this computer."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take what was dropped."""
        self.add([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])
        event.acceptProposedAction()

    def _remove(self) -> None:
        for entry in self.list.selectedItems():
            self.list.takeItem(self.list.row(entry))
        self._tell()

    def _tell(self) -> None:
        self.less.setEnabled(bool(self.list.selectedItems()))
        self.changed.emit()

    async def _files(self) -> None:
        kinds = ";;".join(
            (
                say("Archives (*.pst *.ost *.msg *.oft *.mbox *.mbx *.eml *.ics *.vcf *.zip)"),
                say("All files (*)"),
            )
        )
        self.add(await pick_files(self, say("Choose files to import"), kinds))

    async def _folder(self) -> None:
        folder = await pick_folder(self, say("Choose a folder to import"))
        if folder is not None:
            self.add([folder])

    def _fail(self, fault: Fault) -> None:
        self.failed.emit(fault)
