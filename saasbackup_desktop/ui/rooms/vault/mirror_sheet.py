"""Where the vault is to be copied to."""

from PySide6.QtWidgets import QButtonGroup, QCheckBox, QRadioButton, QWidget

from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import row
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.rooms.bucket_form import BucketForm
from saasbackup_desktop.ui.rooms.folder_field import FolderField


class MirrorSheet(Sheet):
    """A folder or a bucket; the job begins when it is accepted."""

    def __init__(self, bridge: Bridge, parent: QWidget) -> None:
        super().__init__(
            self.tr("Mirror the vault"),
            self.tr("Everything is copied as it is, encrypted, and proven on its way. Go on working meanwhile."),
            parent,
            width=620,
        )
        self.bridge = bridge
        self.where = QButtonGroup(self)
        folder, bucket = QRadioButton(self.tr("To a &folder")), QRadioButton(self.tr("To S&3-compatible storage"))
        folder.setChecked(True)
        self.where.addButton(folder, 0)
        self.where.addButton(bucket, 1)
        self.folder = FolderField(self.tr("F&older of the copy"), self.tr("A new one, or that of an earlier copy."))
        self.bucket = BucketForm()
        self.bucket.hide()
        self.delete = QCheckBox(self.tr("Also remo&ve from the copy what was removed from the vault on purpose"))
        note = Text(self.tr("Without that, the copy keeps what prune removes here: larger, and safer."), "caption")
        note.setContentsMargins(30, 0, 0, 0)
        self.verify = QCheckBox(self.tr("Read what is there already, and copy again &what is damaged"))
        self.go = Button(self.tr("M&irror"), "primary", "mirror", self._start)
        self.go.setDefault(True)
        choice = row(folder, bucket, None, spacing=SPACE.wide)
        self.fill(choice, self.folder, self.bucket, self.delete, note, self.verify)
        self.offer(self.cancel_button(), self.go)
        self.where.idToggled.connect(lambda *_: self._chose_where())
        self.folder.line.textChanged.connect(lambda _: self._judge())
        self._judge()
        self.folder.line.setFocus()

    @property
    def is_bucket(self) -> bool:
        """It is to lie in a bucket."""
        return self.where.checkedId() == 1

    def _chose_where(self) -> None:
        self.folder.setVisible(not self.is_bucket)
        self.bucket.setVisible(self.is_bucket)
        self._judge()
        self.adjustSize()

    def _judge(self) -> None:
        self.go.setEnabled(self.is_bucket or bool(self.folder.folder))

    def _start(self) -> None:
        if not self.is_bucket or self.bucket.complete():
            self.run(self._mirror(), busy=self.go, only="go")

    async def _mirror(self) -> None:
        entry = self.bucket.entry
        await self.bridge.call(
            self.bridge.desk.mirror(
                entry.location if self.is_bucket else self.folder.folder,
                settings=entry.settings() if self.is_bucket else None,
                keys=self.bucket.keys if self.is_bucket else None,
                delete=self.delete.isChecked(),
                verify=self.verify.isChecked(),
            )
        )
        self.bucket.forget()
        self.accept()
