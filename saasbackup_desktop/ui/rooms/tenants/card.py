"""One tenant on Home: how it is, how many are protected, and what can be done."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from saasbackup_desktop.app.tasks.views import TaskView
from saasbackup_desktop.app.tenants.views import Tenant
from saasbackup_desktop.app.views import StreamCard
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import clock, text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.status import Picture, StatusMark
from saasbackup_desktop.ui.kit.tasks import Tasks
from saasbackup_desktop.ui.kit.text import ElidedText, Text
from saasbackup_desktop.ui.kit.tiles import Stat
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.places import ActivationPlace, JobsPlace, RecoveryPlace, TenantPlace
from saasbackup_desktop.ui.rooms.tasks.lines import TaskLines
from saasbackup_desktop.ui.rooms.tenants import words
from saasbackup_desktop.ui.rooms.tenants.door import tenants


class TenantCard(QFrame):
    """A card; ``changed`` fires when something was done that the page must see."""

    wants = Signal(object)
    changed = Signal()

    def __init__(self, bridge: Bridge, tenant: Tenant) -> None:
        super().__init__()
        self.setObjectName("card")
        self.bridge, self.tenant = bridge, tenant
        self.tasks = Tasks(self)
        self._newest: StreamCard | None = None
        self._name = ElidedText("", "heading")
        self._realm = ElidedText("", "muted")
        self._status = StatusMark()
        self._found = Stat(self.tr("Mailboxes"))
        self._active = Stat(self.tr("Protected"))
        self._size = Stat(self.tr("Size"))
        self._last = Stat(self.tr("Last backup"))
        self.note = Text("", "muted", wrap=True)
        self._open = Button(self.tr("Accounts"), picture="user", pressed=self._to_page)
        self._back_up = Button(self.tr("Back up now"), "primary", "backup", self._backup)
        self._choose = Button(self.tr("Choose accounts"), "primary", "check", self._to_activation)
        self._recovery = Button(self.tr("Recovery"), picture="recovery", pressed=self._to_recovery)
        head = row(Picture("cloud", "accent", 28), column(self._name, self._realm, spacing=0), spacing=SPACE.medium)
        head.setStretch(1, 1)
        head.addWidget(self._status)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE.large, SPACE.large, SPACE.large, SPACE.medium)
        outer.setSpacing(SPACE.medium)
        outer.addLayout(head)
        outer.addLayout(row(self._found, self._active, self._size, self._last, spacing=SPACE.large))
        outer.addWidget(self.note)
        self.lines = TaskLines(bridge)
        self.lines.changed.connect(self.changed)
        outer.addWidget(self.lines)
        outer.addStretch(1)
        outer.addLayout(row(self._choose, self._back_up, self._recovery, self._open, None))
        self.show_tenant(tenant, ())

    def show_tenant(self, tenant: Tenant, cards: Sequence[StreamCard]) -> None:
        """Show how it is now; ``cards`` are those of its accounts."""
        self.tenant = tenant
        name = tenant.settings.name
        self._name.say(name)
        self._realm.say(f"Microsoft 365 · {tenant.settings.tenant}")
        self._status.become(*words.link(tenant.link))
        found, active = tenant.counts.get("found", 0), tenant.counts.get("active", 0)
        self._found.say(text.number(found) if tenant.discovered is not None else "–")
        self._active.say(text.number(active) if tenant.discovered is not None else "–")
        saved = [card for card in cards if card.last is not None]
        self._newest = max(saved, key=lambda card: card.last.finished if card.last else 0, default=None)
        self._size.say(text.size(sum(card.last.size for card in saved if card.last)) if saved else "–")
        last = self._newest.last.finished if self._newest is not None and self._newest.last is not None else None
        self._last.say(text.ago(last) if last is not None else self.tr("never"), text.utc(last))
        note = words.warning(tenant, clock.now())
        if not note and tenant.discovered is not None and not active:
            note = self.tr("%1 of %2 mailboxes are protected.").replace("%1", "0").replace("%2", text.number(found))
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self._choose.setVisible(not active)
        self._back_up.setVisible(bool(active))
        self._recovery.setEnabled(bool(saved))
        self.setAccessibleName(f"{name}, {words.link(tenant.link)[0]}")
        for button in (self._choose, self._back_up, self._recovery, self._open):
            button.setAccessibleName(f"{button.text()}, {name}")

    def show_tasks(self, views: Sequence[TaskView]) -> None:
        """Show the tasks that back it up."""
        self.lines.show_views(views, self.tenant.settings.name)

    def _to_page(self) -> None:
        self.wants.emit(TenantPlace(self.tenant.settings.name, "accounts"))

    def _to_activation(self) -> None:
        self.wants.emit(ActivationPlace(self.tenant.settings.name))

    def _to_recovery(self) -> None:
        if self._newest is not None:
            self.wants.emit(RecoveryPlace(self._newest.stream))

    def _backup(self) -> None:
        async def work() -> None:
            jobs = await self.bridge.call(tenants(self.bridge).backup(self.tenant.settings.name))
            self.changed.emit()
            if jobs:
                self.wants.emit(JobsPlace(jobs[0]))

        self.tasks.start(work(), busy=self._back_up, only="backup")
