"""One directory: how its backup is, how much is kept, and what can be done."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from saasbackup_desktop.app.entra.views import Badge, EntraTenant
from saasbackup_desktop.app.words.entra.tenants import ACCESSES, BADGES, REASONS, SHORT_ACCESSES
from saasbackup_desktop.app.words.states import label
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.status import Picture, StatusMark
from saasbackup_desktop.ui.kit.text import ElidedText, Text, say
from saasbackup_desktop.ui.kit.tiles import Stat
from saasbackup_desktop.ui.kit.tokens import SPACE


class DirectoryCard(QFrame):
    """A card; each signal asks the page to do something about its directory."""

    browse_wanted = Signal()
    compare_wanted = Signal()
    backup_wanted = Signal()
    activation_wanted = Signal(bool)
    renewal_wanted = Signal()
    access_wanted = Signal()
    download_wanted = Signal()
    job_wanted = Signal()

    def __init__(self, tenant: EntraTenant) -> None:
        super().__init__()
        self.setObjectName("card")
        self.tenant = tenant
        self._name = ElidedText("", "heading")
        self._domain = ElidedText("", "muted")
        self._status = StatusMark()
        self._objects = Stat(self.tr("Objects"))
        self._last = Stat(self.tr("Last backup"))
        self._next = Stat(self.tr("Next backup"))
        self._access = Stat(self.tr("Restore access"))
        self._note = Text("", "muted", wrap=True)
        self.compare = Button(self.tr("What has changed?"), "primary", "compare", self.compare_wanted.emit)
        self.browse = Button(self.tr("Objects"), picture="directory", pressed=self.browse_wanted.emit)
        self.backup = Button(self.tr("Back up now"), picture="backup", pressed=self.backup_wanted.emit)
        self.job = Button(self.tr("Show the job"), picture="jobs", pressed=self.job_wanted.emit)
        self.activate = Button(
            self.tr("Activate"), "primary", "check", pressed=lambda: self.activation_wanted.emit(True)
        )
        self.renew = Button(self.tr("Reauthorise…"), picture="key", pressed=self.renewal_wanted.emit)
        self.access = Button(self.tr("Restore application…"), "quiet", "restore", self.access_wanted.emit)
        self.download = Button(self.tr("Download…"), "quiet", "save", self.download_wanted.emit)
        self.deactivate = Button(self.tr("Deactivate"), "quiet", "pause", lambda: self.activation_wanted.emit(False))
        head = row(
            Picture("directory", "accent", 28), column(self._name, self._domain, spacing=0), spacing=SPACE.medium
        )
        head.setStretch(1, 1)
        head.addWidget(self._status)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE.large, SPACE.large, SPACE.large, SPACE.medium)
        outer.setSpacing(SPACE.medium)
        outer.addLayout(head)
        outer.addLayout(row(self._objects, self._last, self._next, self._access, spacing=SPACE.large))
        outer.addWidget(self._note)
        outer.addStretch(1)
        outer.addLayout(row(self.activate, self.renew, self.compare, self.browse, self.backup, self.job, None))
        outer.addLayout(row(self.access, self.download, self.deactivate, None))
        self.show_tenant(tenant)

    def show_tenant(self, tenant: EntraTenant) -> None:
        """Show how it is now."""
        self.tenant = tenant
        badge = BADGES[tenant.badge]
        self._name.say(tenant.name or str(tenant.tenant))
        self._domain.say(tenant.domain or tenant.directory)
        self._status.become(say(badge.label), badge.tone)
        self._status.setToolTip(say(badge.remedy))
        self._objects.say(text.number(tenant.objects) if tenant.last is not None else "–")
        when = text.ago(tenant.finished) if tenant.finished is not None else self.tr("never")
        self._last.say(when, text.utc(tenant.finished))
        self._next.say(text.brief(tenant.next_backup), text.utc(tenant.next_backup))
        self._access.say(say(SHORT_ACCESSES[tenant.restore]), say(ACCESSES[tenant.restore][1]))
        note = self._say_note(tenant)
        self._note.setText(note)
        self._note.setVisible(bool(note))
        saved, active = tenant.last is not None, tenant.is_active
        needs = tenant.badge is Badge.REAUTHORISE
        self.activate.setVisible(not active)
        self.renew.setVisible(needs)
        self.compare.setVisible(saved)
        self.compare.become("primary" if active else "plain")  # one thing is the next one to do
        self.browse.setVisible(saved)
        self.job.setVisible(tenant.job is not None)
        self.backup.setVisible(active and tenant.job is None and not (needs and saved))
        self.access.setVisible(active or saved)
        self.download.setVisible(saved)
        self.deactivate.setVisible(active)
        self.setAccessibleName(f"{tenant.name}, {say(badge.label)}")
        for button in self.findChildren(Button):
            button.setAccessibleName(f"{button.text()}, {tenant.name}")

    def _say_note(self, tenant: EntraTenant) -> str:
        lines = [say(label(REASONS, code)) for code in tenant.reasons]
        if tenant.missing:
            lines.append(self.tr("Not granted: %1.").replace("%1", ", ".join(tenant.missing)))
        remedy = BADGES[tenant.badge].remedy
        if remedy:
            lines.append(say(remedy))
        return " ".join(lines)
