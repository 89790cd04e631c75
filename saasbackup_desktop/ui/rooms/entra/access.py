"""How the application that may write to a directory comes to its permissions: asked, and done."""

from PySide6.QtWidgets import QButtonGroup, QCheckBox, QRadioButton, QWidget

from saasbackup_desktop.app.entra.views import EntraTenant, RestoreAccess
from saasbackup_desktop.app.words.entra.tenants import ACCESSES
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import column
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.rooms.entra.door import entra
from saasbackup_desktop.ui.rooms.tenants.door import tenants
from saasbackup_desktop.ui.rooms.tenants.sign_in_sheets import SignInSheet, Told


class AccessSheet(Sheet):
    """Three ways, each with what it means; ``access`` is the one that was chosen."""

    def __init__(self, tenant: EntraTenant, parent: QWidget | None = None) -> None:
        super().__init__(
            self.tr("Restore application of %1").replace("%1", tenant.name),
            self.tr(
                "Backups use an application that can only read. To bring something back, a second one with permission "
                "to write is registered in the tenant. An administrator signs in for it."
            ),
            parent,
            width=560,
        )
        self.access = tenant.restore
        self.group = QButtonGroup(self)
        self._ways = (RestoreAccess.ONCE, RestoreAccess.PERMANENT, RestoreAccess.NONE)
        for number, access in enumerate(self._ways):
            title, words = ACCESSES[access]
            choice = QRadioButton(say(title))
            choice.setAccessibleDescription(say(words))
            choice.setChecked(tenant.restore is access)
            self.group.addButton(choice, number)
            self.fill(column(choice, Text(say(words), "muted", wrap=True), spacing=SPACE.hair))
        self.fill(None)
        self.group.button(self._ways.index(tenant.restore)).setFocus()
        self.go = Button(self.tr("Use this"), "primary", pressed=self._choose)
        self.go.setDefault(True)
        self.offer(self.cancel_button(), self.go)

    def _choose(self) -> None:
        self.access = self._ways[self.group.checkedId()]
        self.accept()


async def choose_access(bridge: Bridge, tenant: EntraTenant, parent: QWidget) -> bool:
    """Let the way be chosen, and go it; tell whether something was done."""
    sheet = AccessSheet(tenant, parent)
    if not await sheet.answer() or sheet.access is tenant.restore:
        return False
    door = entra(bridge)
    if sheet.access is RestoreAccess.PERMANENT or (sheet.access is RestoreAccess.NONE and tenant.restore_client):
        return await _signed_in(bridge, tenant, sheet.access, parent)
    await bridge.call(door.set_restore_access(tenant.tenant, sheet.access))
    return True


async def deactivate(bridge: Bridge, tenant: EntraTenant, parent: QWidget) -> bool:
    """Ask, then back a directory up no more, on wish without its restore application; tell whether it was done."""
    sheet = Sheet(
        say("Deactivate the directory of %1?").replace("%1", tenant.name),
        say("It is no longer backed up. What is saved stays saved, and can be compared and brought back."),
        parent,
    )
    removes = QCheckBox(say("Also remove the restore &application from the tenant"))
    if tenant.restore_client:
        sheet.fill(Text(say("An application that may write to this directory stays registered."), wrap=True), removes)
    go = Button(say("Deactivate"), "primary", pressed=sheet.accept)
    sheet.offer(sheet.cancel_button(), go)
    go.setFocus()
    wanted: list[bool] = []
    sheet.accepted.connect(lambda: wanted.append(removes.isChecked()))
    if not await sheet.answer():
        return False
    if any(wanted):
        await bridge.call(entra(bridge).set_restore_access(tenant.tenant, RestoreAccess.NONE))
    await bridge.call(entra(bridge).activate(tenant.tenant, False))
    return True


async def authorise(bridge: Bridge, tenant: EntraTenant, parent: QWidget) -> bool:
    """Grant and renew what is missing, with an administrator's sign-in; tell whether it was done."""
    settings = (await bridge.call(tenants(bridge).find(tenant.tenant))).settings

    async def work(id: str, told: Told) -> None:
        await bridge.call(entra(bridge).authorise(tenant.tenant, id))

    title = say("Reauthorise the directory of %1").replace("%1", tenant.name)
    lead = say("An administrator signs in once. Permissions that are missing are granted, and what expires is renewed.")
    return await SignInSheet(bridge, title, lead, settings, "set-up", work, parent).ask()


async def can_write(bridge: Bridge, tenant: EntraTenant, parent: QWidget) -> bool:
    """See that there is an application that may write: without one an administrator signs in for it, once."""
    if tenant.restore_client:
        return True
    access = tenant.restore if tenant.restore is not RestoreAccess.NONE else RestoreAccess.ONCE
    return await _signed_in(bridge, tenant, access, parent)


async def _signed_in(bridge: Bridge, tenant: EntraTenant, access: RestoreAccess, parent: QWidget) -> bool:
    settings = (await bridge.call(tenants(bridge).find(tenant.tenant))).settings

    async def work(id: str, told: Told) -> None:
        await bridge.call(entra(bridge).set_restore_access(tenant.tenant, access, id))

    leads = {
        RestoreAccess.NONE: say("An administrator signs in once. The application that may write is removed."),
        RestoreAccess.ONCE: say(
            "An administrator signs in once. An application that may write is registered for this restore, and removed "
            "when it is over."
        ),
        RestoreAccess.PERMANENT: say(
            "An administrator signs in once. An application that may write is registered, and stays for the next "
            "restore."
        ),
    }
    title = say("Restore application of %1").replace("%1", tenant.name)
    return await SignInSheet(bridge, title, leads[access], settings, "set-up", work, parent).ask()
