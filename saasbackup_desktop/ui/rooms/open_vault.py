"""Taking an existing vault into this home: from a folder or a bucket."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QWidget

from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import Field, Secret
from saasbackup_desktop.ui.kit.layout import Card, column, row
from saasbackup_desktop.ui.kit.notices import Banner
from saasbackup_desktop.ui.kit.tasks import Tasks
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.kit.tiles import Progress
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.rooms.bucket_form import BucketForm
from saasbackup_desktop.ui.rooms.folder_field import FolderField


class OpenVault(QWidget):
    """``opened`` fires when it is, ``left`` when the person thought better of it."""

    opened = Signal()
    left = Signal()

    def __init__(self, bridge: Bridge, title: str = "", lead: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bridge = bridge
        self.banner = Banner()
        self.tasks = Tasks(self, self.banner.fault)
        self.where = QButtonGroup(self)
        folder, bucket = QRadioButton(self.tr("In a &folder")), QRadioButton(self.tr("In &S3-compatible storage"))
        folder.setChecked(True)
        self.where.addButton(folder, 0)
        self.where.addButton(bucket, 1)
        self.folder = FolderField(self.tr("F&older of the vault"))
        self.bucket = BucketForm()
        self.bucket.hide()
        self.secret = Secret()
        self.open = Button(self.tr("Open the &vault"), "primary", "unlock", self._go)
        back = Button(self.tr("&Back"), pressed=self._leave)
        self._moving = Progress(self.tr("Reading the vault"))
        self._moving.show_share(0, 0)
        self._moving.hide()
        self.where.idToggled.connect(lambda *_: self._chose_where())
        self.folder.line.textChanged.connect(lambda _: self._judge())
        self.secret.textChanged.connect(lambda _: self._judge())
        self.secret.returnPressed.connect(self.open.click)
        card = Card(
            row(folder, bucket, None, spacing=SPACE.wide),
            self.folder,
            self.bucket,
            Field(self.tr("Passphrase or recover&y key"), self.secret),
            self._moving,
            row(back, None, self.open),
            spacing=SPACE.large,
        )
        head = Text(title or self.tr("Open an existing vault"), "title")
        words = lead or self.tr("Its contents are read into a local catalog; the vault is not changed.")
        self.setLayout(column(head, Text(words, "muted", wrap=True), self.banner, card, spacing=SPACE.medium))
        self._judge()

    @property
    def is_bucket(self) -> bool:
        """It lies in a bucket."""
        return self.where.checkedId() == 1

    def _leave(self) -> None:
        self.tasks.cancel()
        self._forget()
        self.left.emit()

    def _chose_where(self) -> None:
        self.folder.setVisible(not self.is_bucket)
        self.bucket.setVisible(self.is_bucket)
        self._judge()

    def _judge(self) -> None:
        self.open.setEnabled(bool(self.secret.text() and (self.is_bucket or self.folder.folder)))

    def _go(self) -> None:
        if not self.is_bucket or self.bucket.complete():
            self.tasks.start(self._work(), busy=self.open, only="open")

    async def _work(self) -> None:
        self.banner.hide()
        self._moving.show()
        entry = self.bucket.entry
        try:
            await self.bridge.call(
                self.bridge.desk.adopt_vault(
                    entry.location if self.is_bucket else self.folder.folder,
                    self.secret.text(),
                    settings=entry.settings() if self.is_bucket else None,
                    keys=self.bucket.keys if self.is_bucket else None,
                )
            )
        finally:
            self._moving.hide()
        self._forget()
        self.opened.emit()

    def _forget(self) -> None:
        self.secret.clear()
        self.bucket.forget()
