"""Dialogs that take an administrator's sign-in: renewing, moving to the other way in, cleaning up, removing."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from PySide6.QtWidgets import QCheckBox, QWidget

from saasbackup_desktop.app.entra.views import RestoreAccess
from saasbackup_desktop.app.tenants.views import Proof, SignedIn, Step, Tenant, TenantSettings, WayIn
from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import Field, Secret
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.tiles import Progress
from saasbackup_desktop.ui.rooms.tenants.device_code import DeviceCode
from saasbackup_desktop.ui.rooms.tenants.door import tenants
from saasbackup_desktop.ui.rooms.tenants.step_list import StepList

Told = Callable[[Sequence[Step]], None]
Work = Callable[[str, Told], Awaitable[None]]


class SignInSheet(Sheet):
    """A code, and then the steps that somebody's sign-in allows. It closes when they are done."""

    def __init__(
        self, bridge: Bridge, title: str, lead: str, settings: TenantSettings, purpose: str, work: Work, parent: QWidget
    ) -> None:
        super().__init__(title, lead, parent, width=560)
        self.bridge, self._settings, self._purpose, self._work = bridge, settings, purpose, work
        self._id = ""
        self.code = DeviceCode(bridge)
        self.code.signed_in.connect(self._signed_in)
        self.steps = StepList(self.tr("Steps"))
        self.moving = Progress(self.tr("Working"))
        self.moving.show_share(0, 0)
        self.moving.hide()
        self.again = Button(self.tr("&Try again"), "primary", "retry", self._go)
        self.again.hide()
        self.close_button = self.cancel_button()
        self.fill(self.code, self.moving, self.steps)
        self.offer(self.close_button, self.again)
        self.finished.connect(lambda _: self.code.stop())

    async def ask(self) -> bool:
        """Open it and wait; tell whether all of it was done."""
        self.code.begin(self._settings, self._purpose)
        return await self.answer()

    @property
    def must_stay(self) -> bool:
        """Steps are being done."""
        return self.tasks.is_running("steps")

    def _signed_in(self, id: str, who: SignedIn) -> None:
        self._id = id
        self._go()

    def _go(self) -> None:
        self.run(self._done(), only="steps")

    async def _done(self) -> None:
        self.again.hide()
        self.moving.show()
        told = self.steps.told

        def progress(steps: Sequence[Step]) -> None:
            told.emit(tuple(steps))

        try:
            await self._work(self._id, progress)
        except Fault:
            self.again.show()
            self.adjustSize()
            raise
        finally:
            self.moving.hide()
        self.accept()


async def renew_certificate(bridge: Bridge, tenant: Tenant, parent: QWidget) -> str:
    """Make a new certificate and take the old one away; what to say afterwards, empty if nothing was done."""
    name = tenant.settings.name

    async def work(id: str, told: Told) -> None:
        await bridge.call(tenants(bridge).renew_certificate(name, id, told))

    sheet = SignInSheet(
        bridge,
        say("Renew the certificate"),
        say("An administrator signs in once. A new certificate is made here, put into the registration and tried; then "
            "the old one is taken out."),
        tenant.settings, "set-up", work, parent,
    )  # fmt: skip
    return say("The certificate was renewed") if await sheet.ask() else ""


async def register_again(bridge: Bridge, tenant: Tenant, parent: QWidget) -> str:
    """Make the registration whole again: application, certificate, permissions, consent."""
    settings = replace(tenant.settings, proof=Proof.CERTIFICATE)

    async def work(id: str, told: Told) -> None:
        made = await bridge.call(tenants(bridge).register(settings, id, told))
        await bridge.call(tenants(bridge).change(replace(made, name=settings.name), sign_in=id))

    sheet = SignInSheet(
        bridge,
        say("Register again"),
        say("An administrator signs in once. What is there stays; what is missing of the application, its certificate, "
            "its permissions and the consent is made."),
        settings, "set-up", work, parent,
    )  # fmt: skip
    return say("The registration is whole") if await sheet.ask() else ""


async def sign_in_again(bridge: Bridge, tenant: Tenant, parent: QWidget) -> str:
    """Sign in anew for the administrator's way."""

    async def work(id: str, told: Told) -> None:
        await bridge.call(tenants(bridge).change(tenant.settings, sign_in=id))

    sheet = SignInSheet(
        bridge,
        say("Sign in again"),
        say("With the account that reaches the mailboxes. Backups go on where they stopped."),
        tenant.settings, "back-up", work, parent,
    )  # fmt: skip
    return say("Signed in again") if await sheet.ask() else ""


async def other_way(bridge: Bridge, tenant: Tenant, parent: QWidget) -> str:
    """Move from one way in to the other; what is saved stays and goes on."""
    if tenant.settings.way_in is WayIn.LEAST_PRIVILEGE:
        return await _to_person(bridge, tenant, parent)
    return await _to_application(bridge, tenant, parent)


async def _to_person(bridge: Bridge, tenant: Tenant, parent: QWidget) -> str:
    settings = replace(
        tenant.settings, way_in=WayIn.ADMINISTRATOR, proof=Proof.DEVICE_CODE, client="", fence=""
    )  # fmt: skip

    async def work(id: str, told: Told) -> None:
        await bridge.call(tenants(bridge).change(settings, sign_in=id))

    sheet = SignInSheet(
        bridge,
        say("Move to an administrator's sign-in"),
        say("From then on the program reaches only the own mailbox of whoever signs in, and those shared with that "
            "person. What is saved stays. The registration stays in the tenant until it is cleaned up."),
        settings, "back-up", work, parent,
    )  # fmt: skip
    return say("The way in is an administrator's sign-in now") if await sheet.ask() else ""


async def _to_application(bridge: Bridge, tenant: Tenant, parent: QWidget) -> str:
    settings = replace(
        tenant.settings, way_in=WayIn.LEAST_PRIVILEGE, proof=Proof.CERTIFICATE, client="", mailboxes=()
    )  # fmt: skip

    async def work(id: str, told: Told) -> None:
        made = await bridge.call(tenants(bridge).register(settings, id, told))
        await bridge.call(tenants(bridge).change(replace(made, name=settings.name), sign_in=id))

    sheet = SignInSheet(
        bridge,
        say("Move to least privilege"),
        say("An administrator signs in once, and the program registers itself. Existing backups go on; nothing is read "
            "twice. If it does not work out, the way back stands here, too."),
        settings, "set-up", work, parent,
    )  # fmt: skip
    return say("The way in is least privilege now") if await sheet.ask() else ""


async def new_secret(bridge: Bridge, tenant: Tenant, parent: QWidget) -> str:
    """Take a new secret; it is tried before it replaces the old one."""
    sheet = Sheet(
        say("New secret"),
        say("Make it in the portal, under Certificates & secrets. It is tried first and then kept, sealed. A "
            "certificate "
            "would be better: it cannot be read anywhere."),
        parent,
    )  # fmt: skip
    secret = Secret()
    save = Button(say("Try and save"), "primary")
    save.setDefault(True)
    save.setEnabled(False)
    secret.textChanged.connect(lambda typed: save.setEnabled(bool(typed.strip())))

    async def work() -> None:
        await bridge.call(tenants(bridge).change(tenant.settings, secret=secret.text()))
        sheet.accept()

    save.clicked.connect(lambda: sheet.run(work(), busy=save, only="save"))
    sheet.fill(Field(say("&Secret's value"), secret))
    sheet.offer(sheet.cancel_button(), save)
    secret.setFocus()
    return say("The new secret is in use") if await sheet.answer() else ""


async def clean_up(bridge: Bridge, tenant: Tenant, parent: QWidget) -> str:
    """Take away what the tenant still has of this connection and nobody needs."""
    name = tenant.settings.name
    found: list[str] = []

    async def work(id: str, told: Told) -> None:
        plan = await bridge.call(tenants(bridge).clean_up_plan(name, id))
        told(plan)
        found.append(id if plan else "")

    look = SignInSheet(
        bridge,
        say("Clean up"),
        say("An administrator signs in once. First it is only looked what could go: old certificates, permissions that "
            "no service needs."),
        tenant.settings, "set-up", work, parent,
    )  # fmt: skip
    if not await look.ask() or not found:
        return ""
    id = found[-1]
    if not id:
        return say("There is nothing to clean up")
    plan = await bridge.call(tenants(bridge).clean_up_plan(name, id))
    return await _clean(bridge, tenant, id, plan, parent)


async def _clean(bridge: Bridge, tenant: Tenant, id: str, plan: Sequence[Step], parent: QWidget) -> str:
    sheet = Sheet(say("Clean up"), say("This would be taken out of the tenant; backups are not touched."), parent)
    steps = StepList(say("What would go"))
    steps.show_steps(plan)
    go = Button(say("Clean up"), "danger")
    told = steps.told

    async def work() -> None:
        await bridge.call(tenants(bridge).clean_up(tenant.settings.name, id, lambda now: told.emit(tuple(now))))
        sheet.accept()

    go.clicked.connect(lambda: sheet.run(work(), busy=go, only="clean"))
    sheet.fill(steps)
    sheet.offer(sheet.cancel_button(), go)
    return say("The tenant was cleaned up") if await sheet.answer() else ""


async def remove_tenant(bridge: Bridge, tenant: Tenant, parent: QWidget) -> bool:
    """Ask, then forget a tenant; on wish with its registration. Tell whether it is gone."""
    name = tenant.settings.name
    with_registration = QCheckBox(say("Also take the &registration out of the tenant (an administrator signs in)"))
    sheet = Sheet(
        say("Remove “%1”?").replace("%1", name),
        say("The way in, the certificate and the rules are forgotten on this computer, and no more backups are made. "
            "Everything in the vault stays."),
        parent,
    )  # fmt: skip
    go = Button(say("Remove the tenant"), "danger", pressed=sheet.accept)
    stay = sheet.cancel_button()
    if tenant.settings.way_in is WayIn.LEAST_PRIVILEGE:
        sheet.fill(with_registration)
    may_write = QCheckBox(say("Also remove the restore &application from the tenant"))
    directories = await bridge.call(bridge.desk.entra.tenants())
    is_there = any(one.tenant == name and one.restore_client for one in directories)
    if is_there:
        words = say(
            "An application that may write to the directory is registered, and its key is forgotten with the tenant."
        )
        may_write.setChecked(True)
        sheet.fill(Text(words, wrap=True), may_write)
    sheet.offer(stay, go)
    stay.setFocus()
    wants_all = with_registration.isChecked
    kept: list[tuple[bool, bool]] = []
    sheet.accepted.connect(lambda: kept.append((wants_all(), is_there and may_write.isChecked())))
    if not await sheet.answer():
        return False
    whole, restorer = kept[-1] if kept else (False, False)
    if not whole:
        if restorer:
            await bridge.call(bridge.desk.entra.set_restore_access(name, RestoreAccess.NONE))
        await bridge.call(tenants(bridge).remove(name))
        return True

    async def work(id: str, told: Told) -> None:
        await bridge.call(tenants(bridge).remove(name, clean_up_sign_in=id))

    end = SignInSheet(
        bridge,
        say("Remove the registration"),
        say("An administrator signs in once; the application is deleted in the tenant, then the tenant is removed "
            "here."),
        tenant.settings, "set-up", work, parent,
    )  # fmt: skip
    return await end.ask()
