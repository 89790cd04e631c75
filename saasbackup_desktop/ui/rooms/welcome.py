"""First run: make a vault, open one, or look around."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from saasbackup_desktop.app.views import RecoveryKit
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import Card, column, row, scroll
from saasbackup_desktop.ui.kit.pages import Page
from saasbackup_desktop.ui.kit.status import Picture
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.places import Opened
from saasbackup_desktop.ui.rooms.new_vault import NewVaultWizard
from saasbackup_desktop.ui.rooms.open_vault import OpenVault
from saasbackup_desktop.ui.rooms.recovery_kit import KitView

_WIDTH = 620


class WelcomePage(Page):
    """Three ways to begin, each a leaf of its own."""

    demonstration_wanted = Signal()

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._leaves = QStackedWidget()
        self._ways = self._begin()
        self._leaves.addWidget(self._ways)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.banner)
        outer.addWidget(self._leaves, 1)

    def first_focus(self) -> QWidget | None:
        """Start at the first way."""
        return self._create

    def _begin(self) -> QWidget:
        title = Text(self.tr("Welcome to SaaS Backup Desktop"), "title")
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        lead = Text(self.tr("Your mail, backed up into an encrypted vault that only you can open."), "muted", wrap=True)
        lead.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._create = Button(self.tr("&Create a vault"), "primary", pressed=lambda: self._turn(self._creation()))
        choices: list[QWidget] = [
            _choice(
                "vault",
                self.tr("Create a vault"),
                self.tr("In a folder or S3-compatible storage. Start here if you are new."),
                self._create,
            ),
            _choice(
                "open",
                self.tr("Open an existing vault"),
                self.tr("A vault made earlier or on another computer, with its passphrase or recovery key."),
                Button(self.tr("&Open a vault"), pressed=lambda: self._turn(self._adoption())),
            ),
            _choice(
                "explore",
                self.tr("Explore the demonstration"),
                self.tr(
                    "An organisation that does not exist, with a few thousand messages. Nothing leaves this computer."
                ),
                Button(self.tr("&Explore"), pressed=self.demonstration_wanted.emit),
            ),
        ]
        mark = row(None, Picture("mark", "text", 64), None)
        return _leaf(mark, title, lead, SPACE.medium, *choices)

    def _turn(self, leaf: QWidget) -> None:
        while (gone := self._leaves.widget(1)) is not None:
            self._leaves.removeWidget(gone)
            gone.deleteLater()
        self._leaves.addWidget(leaf)
        self._leaves.setCurrentWidget(leaf)

    def _return(self) -> None:
        self._leaves.setCurrentWidget(self._ways)
        self._create.setFocus()

    def _creation(self) -> QWidget:
        wizard = NewVaultWizard(self.bridge)
        wizard.left.connect(self._return)
        wizard.made.connect(self._made)
        return _leaf(wizard)

    def _made(self, kit: RecoveryKit, keys_kept: bool) -> None:
        self._turn(self._kit(kit))
        if not keys_kept:
            self.banner.say(
                Tone.ATTENTION,
                self.tr("The storage's keys are not kept on this computer"),
                self.tr("It has no keyring that can be trusted. They are asked for when the vault is opened again."),
            )

    def _kit(self, kit: RecoveryKit) -> QWidget:
        view = KitView(self.bridge, kit)
        later = Button(self.tr("Confirm &later"), "quiet", pressed=lambda: self.wants.emit(Opened()))
        on = Button(self.tr("&Go on"), "primary", pressed=lambda: self.wants.emit(Opened()))
        on.hide()
        view.confirmed.connect(on.show)
        view.confirmed.connect(later.hide)
        view.confirmed.connect(on.setFocus)
        return _leaf(
            Text(self.tr("Your recovery kit"), "title"),
            Text(
                self.tr(
                    "If the passphrase is lost, this key is the only way to your backups. "
                    "Save the kit, print it, and keep it away from this computer."
                ),
                "muted",
                wrap=True,
            ),
            view,
            row(None, later, on),
        )

    def _adoption(self) -> QWidget:
        form = OpenVault(self.bridge)
        form.left.connect(self._return)
        form.opened.connect(lambda: self.wants.emit(Opened()))
        return _leaf(form)


def _leaf(*pieces: "object") -> QWidget:
    inside = QWidget()
    inside.setFixedWidth(scaled(_WIDTH))
    inside.setLayout(column(*pieces, spacing=SPACE.large))  # type: ignore[arg-type]
    holder = QWidget()
    outer = QVBoxLayout(holder)
    outer.setContentsMargins(SPACE.page, SPACE.page, SPACE.page, SPACE.page)
    outer.addWidget(inside, 0, Qt.AlignmentFlag.AlignCenter)
    return scroll(holder)


def _choice(picture: str, title: str, words: str, button: Button) -> QFrame:
    line = row(
        Picture(picture, "accent", 32),
        column(Text(title, "heading"), Text(words, "muted", wrap=True), spacing=2),
        button,
        spacing=SPACE.large,
    )
    line.setStretch(1, 1)
    button.setMinimumWidth(scaled(130))
    button.setAccessibleDescription(words)
    return Card(line)
