"""A tenant's settings: services, what may be done, the way in, its certificate, and the end."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.tenants.views import Proof, Tenant, TenantSettings, WayIn
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import clock, text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import Card, Grid, column, row
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.places import HomePlace, TenantPlace
from saasbackup_desktop.ui.rooms.tenants import words
from saasbackup_desktop.ui.rooms.tenants.grants import RoleRow
from saasbackup_desktop.ui.rooms.tenants.leaf import TenantLeaf
from saasbackup_desktop.ui.rooms.tenants.services_form import ServicesForm
from saasbackup_desktop.ui.rooms.tenants.sign_in_sheets import (
    clean_up,
    new_secret,
    other_way,
    register_again,
    remove_tenant,
    renew_certificate,
    sign_in_again,
)
from saasbackup_desktop.ui.rooms.vault.leaf import head

Opens = Callable[[Bridge, Tenant, QWidget], Awaitable[str]]
"""A dialog about the way in; what to say when it was done."""


class SettingsLeaf(TenantLeaf):
    """Three cards: what is backed up, how the program signs in, and leaving."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.tenant: Tenant | None = None
        self.form = ServicesForm()
        self.form.changed.connect(self._turned)
        self.save = Button(self.tr("&Save"), "primary", pressed=lambda: self.run(self._save(), busy=self.save))
        self.role = RoleRow(bridge)
        self.role.ran.connect(self.changed)
        self._what = Card(head("settings", self.tr("Services")), self.form, row(self.save, None), self.role)
        self.way = Text("", "strong")
        self.who = Text("", "muted", wrap=True)
        self.renew = self._button(self.tr("Renew the &certificate…"), "key", self._renew)
        self.again = self._button(self.tr("Sign &in again…"), "key", self._again)
        self.secret = self._button(self.tr("&New secret…"), "key", self._secret)
        self.register = self._button(self.tr("Register a&gain…"), "retry", self._register)
        self.other = self._button("", "migrate", self._other)
        self.tidy = self._button(self.tr("Clean &up…"), "prune", self._clean)
        buttons = QWidget()
        buttons.setLayout(grid := Grid(230, SPACE.small))
        for button in (self.renew, self.again, self.secret, self.register, self.other, self.tidy):
            grid.addWidget(button)
        self._how = Card(head("key", self.tr("Way in")), column(self.way, self.who, spacing=2), buttons)
        self.remove = Button(
            self.tr("Remo&ve from this computer…"), "danger", "trash", lambda: self.run(self._remove())
        )
        leaving = Text(
            self.tr(
                "Nothing more is backed up. Everything in the vault stays and can be browsed and restored elsewhere."
            ),
            "muted",
            wrap=True,
        )
        self._end = Card(head("trash", self.tr("Remove the tenant")), leaving, row(self.remove, None))
        for card in (self._what, self._how, self._end):
            self.body.addWidget(card)
        self.body.addStretch(1)
        self.depends(self._what, self._how, self._end)

    def refresh(self) -> None:
        """Ask for the settings again."""
        self.run(self._ask(), only="look")

    def first_focus(self) -> QWidget | None:
        """Start at the services."""
        return self.form.first()

    def forget(self) -> None:
        """Take back what was shown of the tenant before."""
        self.tenant = None

    def _button(self, words_: str, picture: str, pressed: Callable[[], object]) -> Button:
        return Button(words_, picture=picture, pressed=pressed)

    async def _ask(self) -> None:
        tenant = await self.known(self.bridge.call(self.door.find(self.name)))
        is_new = self.tenant is None or self.tenant.settings != tenant.settings
        self.tenant = tenant
        settings = tenant.settings
        if is_new:
            self.form.fill(settings)
        least = settings.way_in is WayIn.LEAST_PRIVILEGE
        self.way.setText(words.way(settings.way_in))
        self.who.setText(self._told(tenant))
        self.renew.setVisible(least and settings.proof is Proof.CERTIFICATE)
        self.secret.setVisible(least and settings.proof is Proof.SECRET)
        self.register.setVisible(least)
        self.again.setVisible(not least)
        self.other.setText(self.tr("Move to a person's &sign-in…") if least else self.tr("Move to &least privilege…"))
        self.role.show_role(settings, tenant.role, problem=tenant.role_problem, is_kept=True)
        self._turned()

    def _told(self, tenant: Tenant) -> str:
        settings = tenant.settings
        lines = [self.tr("Directory: %1").replace("%1", settings.tenant)]
        if settings.client:
            lines.append(self.tr("Application: %1").replace("%1", settings.client))
        if tenant.signed_in:
            lines.append(self.tr("Signed in: %1").replace("%1", tenant.signed_in))
        if tenant.expires is not None:
            proof = self.tr("Secret") if settings.proof is Proof.SECRET else self.tr("Certificate")
            over = tenant.expires <= clock.now()
            said = self.tr("%1: ran out on %2") if over else self.tr("%1: valid until %2")
            lines.append(said.replace("%1", proof).replace("%2", text.day(tenant.expires)))
        return "\n".join(lines)

    def _settings(self) -> TenantSettings | None:
        if self.tenant is None:
            return None
        return replace(
            self.tenant.settings,
            services=self.form.services,
            may_restore=self.form.may_restore,
            fence=self.form.fence.text().strip(),
            mailboxes=self.form.further,
            keeps_exact=self.form.exact.isChecked(),
        )

    def _turned(self) -> None:
        settings = self._settings()
        self.save.setEnabled(settings is not None and self.tenant is not None and settings != self.tenant.settings)

    async def _save(self) -> None:
        settings = self._settings()
        if settings is None:
            return
        missing = {} if settings.services else {"services": "needed"}
        if any("@" not in address for address in settings.mailboxes):
            missing["mailboxes"] = "address"
        self.form.complain(missing)
        if missing:
            return
        self.tenant = await self.bridge.call(self.door.change(settings))
        self.banner.say(
            Tone.GOOD,
            self.tr("Saved"),
            self.tr("Look at the check list: other services and purposes may need other permissions."),
            self.tr("Check list"),
            lambda: self.wants.emit(TenantPlace(self.name, "connection")),
        )
        self.refresh()
        self.changed.emit()

    # --- the way in ----------------------------------------------------------------------------------------
    def _renew(self) -> None:
        self._open(renew_certificate)

    def _again(self) -> None:
        self._open(sign_in_again)

    def _secret(self) -> None:
        self._open(new_secret)

    def _register(self) -> None:
        self._open(register_again)

    def _other(self) -> None:
        self._open(other_way)

    def _clean(self) -> None:
        self._open(clean_up)

    def _open(self, sheet: Opens) -> None:
        if self.tenant is not None:
            self.run(self._answered(sheet, self.tenant), only="sheet")

    async def _answered(self, sheet: Opens, tenant: Tenant) -> None:
        said = await sheet(self.bridge, tenant, self)
        if said:
            self.tenant = None
            self.banner.say(Tone.GOOD, said)
            self.refresh()
            self.changed.emit()

    async def _remove(self) -> None:
        if self.tenant is not None and await remove_tenant(self.bridge, self.tenant, self):
            self.wants.emit(HomePlace())
