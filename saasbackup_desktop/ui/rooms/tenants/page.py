"""A tenant: one page of several leaves."""

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from saasbackup_desktop.app.tenants.views import Link, Tenant
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import ConnectionName
from saasbackup_desktop.core.jobs import Event
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.buttons import Button, action
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.pages import Page
from saasbackup_desktop.ui.kit.status import StatusMark
from saasbackup_desktop.ui.kit.tabs import LeafTabs
from saasbackup_desktop.ui.kit.text import ElidedText
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.places import ActivationPlace, HomePlace, JobsPlace, Place, TenantPlace
from saasbackup_desktop.ui.rooms.tenants import words
from saasbackup_desktop.ui.rooms.tenants.accounts import AccountsLeaf
from saasbackup_desktop.ui.rooms.tenants.connection import ConnectionLeaf
from saasbackup_desktop.ui.rooms.tenants.coverage import CoverageLeaf
from saasbackup_desktop.ui.rooms.tenants.door import tenants
from saasbackup_desktop.ui.rooms.tenants.leaf import TenantLeaf
from saasbackup_desktop.ui.rooms.tenants.rules import RulesLeaf
from saasbackup_desktop.ui.rooms.tenants.settings import SettingsLeaf

_LEAVES: Final[Mapping[str, Callable[[Bridge], TenantLeaf]]] = {
    "accounts": AccountsLeaf,
    "connection": ConnectionLeaf,
    "rules": RulesLeaf,
    "coverage": CoverageLeaf,
    "settings": SettingsLeaf,
}


class TenantPage(Page):
    """A title with how the connection is, and a tab for each leaf; only the leaf in view asks and listens."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.name = ConnectionName("")
        self.back = Button(self.tr("Home"), "link", "left", lambda: self.wants.emit(HomePlace()))
        self.title = ElidedText("", "title", snug=True)
        self.lead = ElidedText("", "muted", snug=True)
        self.mark = StatusMark()
        self.look = Button(self.tr("Refres&h"), picture="retry", pressed=self._discover)
        self.look.setToolTip(self.tr("Looks at the directory: finds new mailboxes, other names and what is gone"))
        self.bulk = Button(
            self.tr("Bulk ac&tivation…"), picture="check", pressed=lambda: self.wants.emit(ActivationPlace(self.name))
        )
        self.run_all = Button(
            self.tr("Back up all &now"), "primary", "backup", lambda: self.run(self._back_up(), busy=self.run_all)
        )
        labels = (
            ("accounts", self.tr("Accounts")),
            ("connection", self.tr("Connection")),
            ("rules", self.tr("Rules")),
            ("coverage", self.tr("Coverage")),
            ("settings", self.tr("Settings")),
        )
        self.tabs: LeafTabs[TenantLeaf] = LeafTabs(self.tr("Parts of the tenant"), labels, _LEAVES, bridge, self._meet)
        under = row(self.lead, self.mark, None, spacing=SPACE.medium)
        head = row(column(self.title, under, spacing=2), None, self.look, self.bulk, self.run_all)
        top = column(self.back, head, spacing=SPACE.small)
        top.setContentsMargins(SPACE.page, SPACE.wide, SPACE.page, SPACE.small)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(top)
        outer.addWidget(self.banner)
        outer.addWidget(self.tabs, 1)
        self.tabs.currentChanged.connect(lambda _: self._turned())
        action(self, self.tr("Back"), lambda: self.wants.emit(HomePlace()), "", "Esc")

    @property
    def leaf(self) -> TenantLeaf:
        """The leaf in view, turned to the tenant."""
        found = self.tabs.leaf
        found.look_at(self.name)
        return found

    def _meet(self, leaf: TenantLeaf) -> None:
        leaf.wants.connect(self._wanted)
        leaf.changed.connect(self._look_at_head)

    def look_at(self, name: ConnectionName, leaf: str = "") -> None:
        """Show a tenant, and one of its leaves; an empty name leaves the one in view."""
        if name != self.name:
            self.name = name
            self.banner.hide()
            self.title.say(name)
            self.lead.say("")
            self.mark.become("", Tone.QUIET)
            leaf = leaf or "accounts"
        self.tabs.turn_to(leaf)

    def refresh(self) -> None:
        """Look again at the head and the leaf in view."""
        self._look_at_head()
        self.leaf.refresh()

    def happened(self, event: Event) -> None:
        """Tell the leaf in view."""
        self.leaf.happened(event)

    def first_focus(self) -> QWidget | None:
        """Start in the leaf, or at the tabs."""
        return self.leaf.first_focus() or self.tabs.tabBar()

    def _turned(self) -> None:
        if self.name:
            self.leaf.refresh()

    def _look_at_head(self) -> None:
        self.run(self._ask(), only="look")

    async def _ask(self) -> None:
        try:
            tenant = await self.bridge.call(tenants(self.bridge).find(self.name))
        except Misconfigured:  # it was removed
            self.wants.emit(HomePlace())
            return
        self._show(tenant)

    def _show(self, tenant: Tenant) -> None:
        self.title.say(tenant.settings.name)
        self.lead.say(f"Microsoft 365 · {tenant.settings.tenant}" if tenant.settings.tenant else "Microsoft 365")
        self.mark.become(*words.link(tenant.link))
        self.mark.setToolTip(words.problem(tenant))
        self.run_all.setEnabled(tenant.link is not Link.DISCONNECTED and tenant.counts.get("active", 0) > 0)

    def _discover(self) -> None:
        self.look_at(self.name, "accounts")
        leaf = self.leaf
        if isinstance(leaf, AccountsLeaf):
            leaf.run(leaf.discover(), busy=self.look, only="discover")

    async def _back_up(self) -> None:
        jobs = await self.bridge.call(tenants(self.bridge).backup(self.name))
        if jobs:
            self.wants.emit(JobsPlace(jobs[0]))

    def _wanted(self, place: Place) -> None:
        """A leaf of this page is near; everywhere else the window leads."""
        if isinstance(place, TenantPlace) and place.name == self.name:
            self.look_at(place.name, place.leaf)
            self.tabs.setFocus()
        else:
            self.wants.emit(place)
