"""The wizard that makes a vault: place, lock, test, passphrase. The flow decides, the page draws."""

from functools import cached_property
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QRadioButton, QVBoxLayout, QWidget

from saasbackup_desktop.app.flows.new_vault import Fitness, NewVault, Step, Where
from saasbackup_desktop.app.views import RecoveryKit
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.buttons import Button, goes_on
from saasbackup_desktop.ui.kit.forms import NewPassphrase
from saasbackup_desktop.ui.kit.layout import Card, Leaves, column, row
from saasbackup_desktop.ui.kit.notices import Banner
from saasbackup_desktop.ui.kit.tasks import Tasks
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.kit.tiles import Progress
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.rooms.bucket_form import BucketForm
from saasbackup_desktop.ui.rooms.folder_field import FolderField
from saasbackup_desktop.ui.rooms.lock_form import LockForm, be_sure_of_compliance
from saasbackup_desktop.ui.rooms.storage_test import StorageTest


class NewVaultWizard(QWidget):
    """``made`` carries the recovery kit, and whether keys that were entered are kept on this computer."""

    made = Signal(object, bool)
    left = Signal()
    """The person thought better of it."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bridge = bridge
        self.flow = NewVault()
        self.banner = Banner()
        self.tasks = Tasks(self, self.banner.fault)
        self._steps = Text("", "muted")
        self._pages = Leaves()
        pages = {
            Step.PLACE: self._place_page(),
            Step.LOCK: self._lock_page(),
            Step.TEST: self._test_page(),
            Step.PASSPHRASE: self._passphrase_page(),
        }
        self._places = {step: self._pages.addWidget(page) for step, page in pages.items()}
        self.back = Button(self.tr("&Back"), pressed=self.go_back)
        self.next = Button(self.tr("&Next"), "primary", pressed=self.go_on)
        self.next.setDefault(True)
        self._moving = Progress(self.tr("Making the vault"))
        self._moving.show_share(0, 0)
        self._moving.hide()
        card = Card(self._pages, self._moving, row(self.back, None, self.next), spacing=SPACE.large)
        self.setLayout(
            column(
                Text(self.tr("Create a vault"), "title"),
                self._steps,
                self.banner,
                card,
                spacing=SPACE.medium,
            )
        )
        self._read()
        self._turned()

    # --- pages -------------------------------------------------------------------------------------------
    def _place_page(self) -> QWidget:
        self.where = QButtonGroup(self)
        folder = QRadioButton(self.tr("In a &folder: this computer, an external disk, a network drive"))
        bucket = QRadioButton(self.tr("In &S3-compatible storage: Amazon, Wasabi, Backblaze, Ceph, MinIO and others"))
        folder.setChecked(True)
        self.where.addButton(folder, 0)
        self.where.addButton(bucket, 1)
        self.folder = FolderField(
            self.tr("F&older of the vault"),
            self.tr("An empty or a new folder."),
            str(Path.home() / self.tr("SaaS Backup vault")),
        )
        self.where.idToggled.connect(lambda *_: self._chose_where())
        self.folder.line.textChanged.connect(lambda _: self._read())
        page = QWidget()
        self._place: QVBoxLayout = column(folder, bucket, SPACE.small, self.folder, None)
        page.setLayout(self._place)
        return page

    @cached_property
    def bucket(self) -> BucketForm:
        """The form for a bucket, made when somebody wants one."""
        made = BucketForm()
        made.changed.connect(self._read)
        self._place.insertWidget(self._place.indexOf(self.folder) + 1, made)
        return made

    def _lock_page(self) -> QWidget:
        self.lock = LockForm()
        self.lock.changed.connect(self._read)
        page = QWidget()
        page.setLayout(
            column(
                Text(self.tr("Lock what is stored against deletion?"), "heading"),
                self.lock,
                None,
                spacing=SPACE.medium,
            )
        )
        return page

    def _test_page(self) -> QWidget:
        self.test = StorageTest(self.bridge)
        self.test.tested.connect(self._tested)
        self.accept = QCheckBox(self.tr("I have read this; make the vault &all the same"))
        self.accept.toggled.connect(self._accepted)
        self.accept.hide()
        page = QWidget()
        page.setLayout(column(self.test, self.accept, None, spacing=SPACE.medium))
        return page

    def _passphrase_page(self) -> QWidget:
        self.passphrase = NewPassphrase()
        self.passphrase.changed.connect(self._judge)
        page = QWidget()
        page.setLayout(
            column(
                Text(self.tr("Everything in it is encrypted with a passphrase of your choice."), "muted", wrap=True),
                self.passphrase,
                Text(
                    self.tr("Nobody can reset this passphrase. Next comes a recovery kit, in case it is lost."),
                    "muted",
                    wrap=True,
                ),
                None,
                spacing=SPACE.medium,
            )
        )
        return page

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on, wherever the focus is."""
        if goes_on(self, event):
            self.next.click()
        else:
            super().keyPressEvent(event)

    # --- moving ------------------------------------------------------------------------------------------
    def go_on(self) -> None:
        """Do what the open page's button says."""
        if self.next.isEnabled():
            self.tasks.start(self._go_on(), busy=self.back, only="step")

    def go_back(self) -> None:
        """Go to the page before, or leave."""
        self.tasks.cancel()
        self.test.stop()
        self.banner.hide()
        if self.flow.step is Step.PLACE:
            self._forget()
            self.left.emit()
            return
        self.flow.back()
        self._turned()

    async def _go_on(self) -> None:
        self.banner.hide()
        if self.flow.step is Step.PASSPHRASE:
            await self._make()
            return
        if self.flow.step is Step.PLACE and self.flow.where is Where.BUCKET and not self.bucket.complete():
            return
        if self.flow.must_be_sure:
            self.flow.is_sure = await be_sure_of_compliance(self, self.flow.lock_days)
            if not self.flow.is_sure:
                return
        self.flow.advance()
        self._turned()
        if self.flow.step is Step.TEST:
            self.test.begin(self.flow.entry, self.bucket.keys, self.flow.lock)

    async def _make(self) -> None:
        self._moving.show()
        self.next.setEnabled(False)
        entered = self.bucket.keys if self.flow.where is Where.BUCKET else None
        try:
            kit = await self._made()
            kept = entered is None or await self.bridge.call(self.bridge.desk.keeps_bucket_keys())
        finally:
            self._moving.hide()
            self._judge()
        self._forget()
        self.made.emit(kit, kept)

    async def _made(self) -> RecoveryKit:
        is_bucket = self.flow.where is Where.BUCKET
        return await self.bridge.call(
            self.bridge.desk.create_vault(
                self.flow.location,
                self.passphrase.text,
                settings=self.flow.entry.settings() if is_bucket else None,
                keys=self.bucket.keys if is_bucket else None,
                lock=self.flow.lock,
            )
        )

    def _turned(self) -> None:
        step = self.flow.step
        names = {
            Step.PLACE: self.tr("where it lies"),
            Step.LOCK: self.tr("protection"),
            Step.TEST: self.tr("test of the storage"),
            Step.PASSPHRASE: self.tr("passphrase"),
        }
        self._steps.setText(
            self.tr("Step %1 of %2: %3")
            .replace("%1", str(self.flow.number))
            .replace("%2", str(len(self.flow.steps)))
            .replace("%3", names[step])
        )
        self._pages.setCurrentIndex(self._places[step])
        self.next.setText(self.tr("&Create the vault") if step is Step.PASSPHRASE else self.tr("&Next"))
        focus = {Step.PLACE: self.folder.line, Step.PASSPHRASE: self.passphrase.first}.get(step, self.next)
        focus.setFocus()
        self._accepted_shown()
        self._judge()

    def _chose_where(self) -> None:
        self.flow.where = Where.BUCKET if self.where.checkedId() else Where.FOLDER
        self.folder.setVisible(self.flow.where is Where.FOLDER)
        if self._has_form or self.flow.where is Where.BUCKET:
            self.bucket.setVisible(self.flow.where is Where.BUCKET)
        self._read()
        self._turned()

    @property
    def _has_form(self) -> bool:
        return "bucket" in vars(self)

    def _forget(self) -> None:
        """Let go of the secret key."""
        if self._has_form:
            self.bucket.forget()

    def _read(self) -> None:
        self.flow.folder = self.folder.line.text()
        if self._has_form:
            self.flow.entry = self.bucket.entry
        self.flow.choose_lock(self.lock.mode, self.lock.days.value())
        self._judge()

    def _tested(self, fitness: Fitness) -> None:
        self.flow.fitness = fitness
        self._accepted_shown()
        self._judge()
        if self.next.isEnabled():
            self.next.setFocus()

    def _accepted(self, on: bool) -> None:
        self.flow.is_limit_accepted = on
        self._judge()

    def _accepted_shown(self) -> None:
        self.accept.setVisible(self.flow.fitness is Fitness.LIMITED)
        self.accept.setChecked(self.flow.is_limit_accepted)

    def _judge(self) -> None:
        missing = self.flow.missing(has_secret=True, has_passphrase=self.passphrase.is_good())
        waits = {Step.TEST, Step.PASSPHRASE} if self.flow.where is Where.BUCKET else set(Step)
        self.next.setEnabled(self.flow.step not in waits or not missing)
