"""Scenes of the tenants' rooms, for pictures and for the tests that walk through all of them."""

import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtWidgets import QDialog

from saasbackup_desktop.ui.places import ActivationPlace, AddBackup, AddTenant, TenantPlace
from saasbackup_desktop.ui.rooms.tenants.accounts import AccountsLeaf
from saasbackup_desktop.ui.rooms.tenants.activation import ActivationPage
from saasbackup_desktop.ui.rooms.tenants.page import TenantPage
from saasbackup_desktop.ui.rooms.tenants.rules import RulesLeaf
from saasbackup_desktop.ui.rooms.tenants.settings import SettingsLeaf
from saasbackup_desktop.ui.rooms.tenants.wizard import AddTenantPage
from saasbackup_desktop.ui.shell.window import Window
from tests.ui.fake_desk import FakeDesk, TenantsDesk
from tests.ui.fake_tenants import CLIENT, FJORD, NORTHWIND
from tests.ui.pictured import Snap, dialog_of, page_of
from tests.ui.stage import settled


async def wizard(shown: Window, snap: Snap) -> None:
    desk = shown.bridge.desk
    assert isinstance(desk, TenantsDesk)
    desk.tenants.kept.pop(NORTHWIND, None)
    shown.go(AddBackup())
    await settled()
    snap("add-backup", shown)
    shown.go(AddTenant())
    await settled()
    page = page_of(shown, AddTenantPage)
    snap("add-tenant-way", shown)
    page.way.more.click()
    await settled()
    await _shut(shown, snap, "add-tenant-ways")
    page.cloud.more.setChecked(True)
    page.cloud.cloud.choose("custom")
    page.cloud._turn()
    page.go_on()
    await settled(8)
    snap("add-tenant-advanced", shown)
    page.restart()
    page.go_on()
    await settled(8)
    snap("add-tenant-services", shown)
    page.go_on()
    await settled()
    snap("add-tenant-code", shown)
    desk.tenants.step_time = 0.02
    desk.tenants.signed.set()
    await settled(20)
    snap("add-tenant-registering", shown)
    await settled(60)
    page.go_on()
    await settled()
    snap("add-tenant-check", shown)
    page.go_on()
    await settled()
    page.accounts.group.button(1).click()
    page.accounts.table.selectRow(2)
    await settled(8)
    snap("add-tenant-accounts", shown)
    page.go_on()
    await settled(8)
    snap("add-tenant-summary", shown)


async def by_hand(shown: Window, snap: Snap) -> None:
    shown.go(AddTenant())
    await settled()
    page = page_of(shown, AddTenantPage)
    page.way.group.button(1).click()
    page.go_on()
    page.services.fence.setText("protected@northwind.example")
    page.go_on()
    await settled(8)
    page.go_on()
    await settled(8)
    snap("add-tenant-by-hand", shown)
    page.hand.make.click()
    page.hand.tenant.setText("northwind.onmicrosoft.com")
    page.hand.client.setText(CLIENT)
    await settled()
    snap("add-tenant-certificate", shown)
    page.go_on()
    await settled()
    snap("add-tenant-check-fenced", shown)


async def tenant(shown: Window, snap: Snap) -> None:
    snap("home-tenants", shown)
    for name in ("accounts", "connection", "rules", "coverage", "settings"):
        shown.go(TenantPlace(NORTHWIND, name))
        await settled()
        snap(f"tenant-{name}", shown)
    shown.go(TenantPlace(NORTHWIND, "accounts"))
    await settled()
    accounts = page_of(shown, TenantPage).leaf
    assert isinstance(accounts, AccountsLeaf)
    accounts.table.selectAll()
    await settled(8)
    snap("tenant-accounts-selected", shown)
    await dialog_of(shown, snap, "tenant-delete", accounts._delete([one.id for one in accounts._chosen()]))


async def rules_and_settings(shown: Window, snap: Snap) -> None:
    shown.go(TenantPlace(NORTHWIND, "rules"))
    await settled()
    rules = page_of(shown, TenantPage).leaf
    assert isinstance(rules, RulesLeaf)
    rules.table.go_to(1)
    rules.edit.click()
    await settled()
    await _shut(shown, snap, "tenant-rule")
    shown.go(TenantPlace(NORTHWIND, "settings"))
    await settled()
    settings = page_of(shown, TenantPage).leaf
    assert isinstance(settings, SettingsLeaf)
    for button, name in ((settings.renew, "tenant-renew"), (settings.remove, "tenant-remove")):
        button.click()
        await settled()
        await _shut(shown, snap, name)


async def activation(shown: Window, snap: Snap) -> None:
    shown.go(ActivationPlace(NORTHWIND))
    await settled()
    page = page_of(shown, ActivationPage)
    snap("activation-who", shown)
    page.form.group.button(1).click()
    await settled()
    page.form.values.tick((1, 3), True)
    snap("activation-property", shown)
    page.form.group.button(2).click()
    await settled()
    page.form.groups_table.go_to(1)
    snap("activation-group", shown)
    page.form.group.button(3).click()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "accounts.csv"
        file.write_text("Account Email\nadele.vance.0@northwind.example\nnobody@northwind.example\nnot an address\n")
        await page.form.read(file)
    await settled()
    snap("activation-list", shown)
    page.form.group.button(1).click()
    await settled()
    page.form.values.tick((1, 3), True)
    page.go_on()
    await settled()
    snap("activation-review", shown)
    page.go_on()
    page.laters.button(1).click()
    await settled()
    snap("activation-later", shown)
    page.go_on()
    await settled()
    snap("activation-done", shown)


async def _shut(shown: Window, snap: Snap, name: str) -> None:
    for dialog in shown.findChildren(QDialog):
        if dialog.isVisible():
            snap(name, dialog)
            dialog.reject()
    await settled()


SCENES: tuple[tuple[Callable[[], FakeDesk], Callable[[Window, Snap], Awaitable[None]]], ...] = (
    (lambda: TenantsDesk(NORTHWIND, FJORD), wizard),
    (lambda: TenantsDesk(FJORD), by_hand),
    (lambda: TenantsDesk(NORTHWIND, FJORD), tenant),
    (TenantsDesk, rules_and_settings),
    (TenantsDesk, activation),
)
