"""The reading pane: a message made safe, and what can be done with it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QStackedLayout, QVBoxLayout, QWidget

from saasbackup_desktop.app.flows import saving
from saasbackup_desktop.app.views import Attachment, ItemRow, Preview
from saasbackup_desktop.app.words.states import PREVIEW_PROBLEMS, Tone, label
from saasbackup_desktop.core.model import Service, service_of
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import Grid, column, row, rule, take_out
from saasbackup_desktop.ui.kit.notices import Banner, EmptyState
from saasbackup_desktop.ui.kit.safe_browser import SafeBrowser
from saasbackup_desktop.ui.kit.sheets import Sheet, pick_folder, pick_new_file
from saasbackup_desktop.ui.kit.tasks import Tasks
from saasbackup_desktop.ui.kit.text import ElidedText, Text
from saasbackup_desktop.ui.kit.tokens import SPACE


class ReadingPane(QFrame):
    """Shows one message at a time."""

    versions_wanted = Signal(object)
    saved = Signal(str)

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reading")
        self.bridge = bridge
        self.notice = Banner()
        self.tasks = Tasks(self, self.notice.fault)
        self._row: ItemRow | None = None
        self._preview: Preview | None = None
        self._subject = Text("", "heading", wrap=True)
        self._sender = ElidedText("", "strong")
        self._recipients = ElidedText("", "muted")
        self._date = Text("", "muted")
        self._blocked = Text("", "caption")
        self._save = Button(
            self.tr("Save as .eml"), picture="save", pressed=lambda: self.tasks.start(self._save_item())
        )
        self._versions = Button(self.tr("All versions"), picture="versions", pressed=self._all_versions)
        self._files = QWidget()
        self._files_grid = Grid(200, SPACE.small)
        self._files.setLayout(self._files_grid)
        self.browser = SafeBrowser()
        self.browser.link_wanted.connect(lambda address: self.tasks.start(self._link(address)))
        message = QWidget()
        inside = QVBoxLayout(message)
        inside.setContentsMargins(SPACE.large, SPACE.medium, SPACE.large, SPACE.small)
        inside.setSpacing(SPACE.small)
        head = row(column(self._subject, self._sender, self._recipients, spacing=2), spacing=SPACE.large)
        head.setStretch(0, 1)
        side = column(row(None, self._versions, self._save), row(None, self._date), spacing=SPACE.hair)
        side.addStretch(1)
        head.addLayout(side)
        inside.addLayout(head)
        inside.addWidget(self.notice)
        inside.addWidget(self._blocked)
        inside.addWidget(self._files)
        inside.addWidget(rule())
        inside.addWidget(self.browser, 1)
        self._none = EmptyState(
            "mail", self.tr("Nothing is open"), self.tr("Choose something in the list to read it here.")
        )
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._none)
        self._stack.addWidget(message)

    @property
    def row(self) -> ItemRow | None:
        """The message that is shown."""
        return self._row

    def show_row(self, row: ItemRow | None) -> None:
        """Show a message; None: none."""
        if row is not None and self._row is not None and row.row == self._row.row:
            return
        self._row, self._preview = row, None
        if row is None:
            self._stack.setCurrentIndex(0)
            return
        self.tasks.start(self._bring(row), only="preview")

    async def _bring(self, row: ItemRow) -> None:
        self.notice.hide()
        preview = await self.bridge.call(self.bridge.desk.preview(row.item, service_of(row.stream)))
        self._preview = preview
        self._stack.setCurrentIndex(1)
        self._subject.setText(preview.subject or self.tr("(no subject)"))
        self._sender.say(preview.sender)
        to = self.tr("To: %1").replace("%1", preview.recipients or "–")
        copies = self.tr("Cc: %1").replace("%1", preview.copies)
        self._recipients.say(f"{to}   {copies}" if preview.copies else to)
        is_mail = preview.service is Service.MAIL
        self._recipients.setVisible(is_mail)
        self._sender.setVisible(is_mail)
        self._save.setText(self.tr("Save as .eml") if is_mail else self.tr("Save as .json"))
        self._date.setText(text.moment(row.item.time))
        self._date.setVisible(is_mail)
        self._date.setToolTip(text.utc(row.item.time))
        blocked = text.counted(preview.blocked, self.tr("remote picture was"), self.tr("remote pictures were"))
        self._blocked.setText(self.tr("%1 left out: nothing is loaded from the internet.").replace("%1", blocked))
        self._blocked.setVisible(preview.blocked > 0)
        if preview.problems:
            words = " ".join(text.say(label(PREVIEW_PROBLEMS, code)) for code in preview.problems)
            self.notice.say(Tone.QUIET, words)
        self._show_files(preview)
        self.browser.show_html(preview.html)

    def _show_files(self, preview: Preview) -> None:
        text.clear(self._files)
        take_out(self._files_grid)
        for attachment in preview.attachments:
            self._files_grid.addWidget(self._file(attachment))
        self._files.setVisible(bool(preview.attachments))

    def _file(self, attachment: Attachment) -> Button:
        name = text.size(attachment.size)
        short = attachment.name if len(attachment.name) <= 28 else attachment.name[:25] + "…"
        button = Button(f"{short}  ({name})", picture="clip")
        button.setToolTip(self.tr("Save %1").replace("%1", attachment.name))
        button.setAccessibleName(self.tr("Save attachment %1, %2").replace("%1", attachment.name).replace("%2", name))
        button.clicked.connect(lambda: self.tasks.start(self._save_file(attachment)))
        return button

    def _all_versions(self) -> None:
        if self._row is not None:
            self.versions_wanted.emit(self._row)

    async def _save_item(self) -> None:
        row = self._row
        if row is None:
            return
        service = service_of(row.stream)
        name = saving.file_name(row.item.name, saving.ending_of(service))
        kinds = self.tr("Messages (*.eml)") if service is Service.MAIL else self.tr("JSON files (*.json)")
        file = await pick_new_file(self, self.tr("Save item"), name, kinds)
        if file is not None:
            await self.bridge.call(saving.save_item(self.bridge.desk, row.item, file))
            self.saved.emit(str(file))

    async def _save_file(self, attachment: Attachment) -> None:
        row = self._row
        if row is None:
            return
        name = saving.file_name(attachment.name, "")
        file = await pick_new_file(self, self.tr("Save attachment"), name)
        if file is not None:
            await self.bridge.call(saving.save_attachment(self.bridge.desk, row.item, attachment.index, file))
            self.saved.emit(str(file))

    async def _link(self, address: str) -> None:
        sheet = Sheet(
            self.tr("Link"),
            self.tr("Links are not opened from here. This is where it leads:"),
            self,
            width=460,
        )
        shown = Text(address, wrap=True)
        shown.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        shown.setAccessibleName(address)
        copy = Button(self.tr("Copy address"), picture="copy")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(address))
        copy.clicked.connect(sheet.accept)
        sheet.fill(shown)
        sheet.offer(sheet.cancel_button(self.tr("Close")), copy)
        await sheet.answer()


async def save_many(bridge: Bridge, rows: "list[ItemRow]", parent: QWidget) -> str:
    """Save several items into a folder; tells which, or nothing if the person thought better of it."""
    folder = await pick_folder(parent, text.say("Save into a folder"))
    if folder is None:
        return ""
    await bridge.call(saving.save_items(bridge.desk, rows, folder))
    return str(folder)
