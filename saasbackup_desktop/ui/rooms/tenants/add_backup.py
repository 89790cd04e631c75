"""The services that can be protected, and the tenants that are here already."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from saasbackup_desktop.app.tenants.views import Tenant
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button, action
from saasbackup_desktop.ui.kit.layout import Card, column, row
from saasbackup_desktop.ui.kit.pages import PlainPage
from saasbackup_desktop.ui.kit.status import Picture, StatusMark
from saasbackup_desktop.ui.kit.text import ElidedText, Text, clear
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.places import ActivationPlace, AddAccount, AddTenant, HomePlace, JobsPlace
from saasbackup_desktop.ui.rooms.exports.importing import import_files
from saasbackup_desktop.ui.rooms.tenants import words
from saasbackup_desktop.ui.rooms.tenants.door import tenants


class AddBackupPage(PlainPage):
    """One entry for each service; below them, more accounts of a tenant that is here."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge, self.tr("Add account"), self.tr("What should be protected?"))
        self.microsoft = Button(self.tr("Add &Microsoft 365"), "primary", pressed=lambda: self.wants.emit(AddTenant()))
        self.imap = Button(self.tr("Add an &IMAP account"), pressed=lambda: self.wants.emit(AddAccount()))
        self.files = Button(self.tr("Import &files…"), pressed=lambda: self.run(self._import(), only="import"))
        self._here = QVBoxLayout()
        self._here.setSpacing(SPACE.small)
        self._holder = QWidget()
        self._holder.setLayout(self._here)
        self._card = Card(
            Text(self.tr("Add from an organisation that is here already"), "heading"),
            self._holder,
            spacing=SPACE.medium,
        )
        self._card.hide()
        services = (
            _service(
                "cloud",
                self.tr("Microsoft 365"),
                self.tr("A whole organisation: mail, calendars, contacts, tasks, notes and settings of every mailbox."),
                self.microsoft,
            ),
            _service(
                "mail",
                self.tr("IMAP account"),
                self.tr("One mailbox at any mail provider, with its user name and password."),
                self.imap,
            ),
            _service(
                "archive",
                self.tr("Files"),
                self.tr("Old archives: Outlook data files, mailbox files, messages, calendars and contacts."),
                self.files,
            ),
        )
        for piece in (*services, self._card):
            piece.setMaximumWidth(scaled(760))
            self.body.addWidget(piece)
        self.cancel = Button(self.tr("Cancel"), pressed=lambda: self.wants.emit(HomePlace()))
        self.body.addLayout(row(self.cancel, None))
        self.body.addStretch(1)
        action(self, self.tr("Back"), lambda: self.wants.emit(HomePlace()), "", "Esc")

    def refresh(self) -> None:
        """Ask which tenants there are."""
        self.run(self._look(), only="look")

    def first_focus(self) -> QWidget | None:
        """Start at the first service."""
        return self.microsoft

    async def _import(self) -> None:
        if jobs := await import_files(self.bridge, self):
            self.wants.emit(JobsPlace(jobs[0]))

    async def _look(self) -> None:
        self._show(await self.bridge.call(tenants(self.bridge).all()))

    def _show(self, found: Sequence[Tenant]) -> None:
        while self._here.takeAt(0) is not None:
            pass
        clear(self._holder)
        for tenant in found:
            self._here.addWidget(self._line(tenant))
        self._card.setVisible(bool(found))

    def _line(self, tenant: Tenant) -> QWidget:
        name = tenant.settings.name
        more = Button(self.tr("Choose accounts…"), pressed=lambda: self.wants.emit(ActivationPlace(name)))
        more.setAccessibleName(f"{self.tr('Choose accounts')}, {name}")
        counts = self.tr("%1 of %2 protected")
        counts = counts.replace("%1", text.number(tenant.counts.get("active", 0)))
        counts = counts.replace("%2", text.number(tenant.counts.get("found", 0)))
        label = ElidedText(name, "strong")
        made = QWidget()
        inside = row(label, Text(counts, "muted"), StatusMark(*words.link(tenant.link)), more, spacing=SPACE.large)
        inside.setStretch(0, 1)
        made.setLayout(inside)
        return made


def _service(picture: str, title: str, words_: str, button: Button) -> QFrame:
    made = QFrame()
    made.setObjectName("choice")
    told = column(Text(title, "heading"), Text(words_, "muted", wrap=True), spacing=SPACE.hair)
    inside = row(Picture(picture, "accent", 32), told, button, spacing=SPACE.large, margins=SPACE.large)
    inside.setStretch(1, 1)
    inside.setAlignment(button, Qt.AlignmentFlag.AlignVCenter)
    made.setLayout(inside)
    return made
