"""The choice of the way in, with what each can do and what it cannot."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QWidget

from saasbackup_desktop.app.flows.add_m365 import Entry
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.kit.tokens import SPACE

_ENTRIES = (Entry.REGISTERED, Entry.BY_HAND, Entry.ADMINISTRATOR)
_INDENT = 30


class WayForm(QWidget):
    """``picked`` carries the entry."""

    picked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        choices = (
            (
                self.tr("&Least privilege (recommended)"),
                self.tr("An administrator types a code once. The program registers itself with its own certificate "
                        "and the "
                        "permissions that the chosen services need, and no more."),
                self.tr("Can: every mailbox, shared and room mailboxes too; backups without anybody signed in; a fence "
                        "around some mailboxes."),
                self.tr("Cannot: public folders and in-place archives, which Microsoft offers to no program."),
            ),
            (
                self.tr("Least privilege, registered by &hand"),
                self.tr("The same, for those who register programs themselves in the Microsoft Entra admin centre. "
                        "Nobody "
                        "signs in here."),
                self.tr("Can: the same."),
                self.tr("Cannot: renew its certificate by itself; that is done by hand, too."),
            ),
            (
                self.tr("An administrator's &sign-in"),
                self.tr("Somebody signs in with a code, and the program reaches what that person reaches."),
                self.tr("Can: the own mailbox, and those that were shared with full access. Nothing is registered."),
                self.tr("Cannot: find other mailboxes by itself, or go on when the password changes or the sign-in is "
                        "revoked."),
            ),
        )  # fmt: skip
        self.group = QButtonGroup(self)
        pieces: list[QWidget] = []
        for number, (name, lead, can, cannot) in enumerate(choices):
            radio = QRadioButton(name)
            radio.setAccessibleDescription(f"{lead} {can} {cannot}")
            radio.setChecked(number == 0)
            self.group.addButton(radio, number)
            words = column(
                Text(lead, "body", wrap=True), Text(can, "caption", wrap=True), Text(cannot, "caption", wrap=True),
                spacing=2,
            )  # fmt: skip
            words.setContentsMargins(_INDENT, 0, 0, 0)
            one = QWidget()
            one.setLayout(column(radio, words, spacing=SPACE.hair))
            pieces.append(one)
        self.more = Button(self.tr("What each &way can do…"), "link", "compare")
        self.setLayout(column(*pieces, row(self.more, None), spacing=SPACE.large))
        self.group.idToggled.connect(self._toggled)

    @property
    def entry(self) -> Entry:
        """What was chosen."""
        return _ENTRIES[self.group.checkedId()]

    def choose(self, entry: Entry) -> None:
        """Choose one."""
        self.group.button(_ENTRIES.index(entry)).setChecked(True)

    def first(self) -> QWidget | None:
        """Where the keyboard begins."""
        return self.group.checkedButton()

    def _toggled(self, number: int, on: bool) -> None:
        if on:
            self.picked.emit(_ENTRIES[number])
