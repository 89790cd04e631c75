"""Scenes of the tenants' rooms, for pictures and for the tests that walk through all of them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from PySide6.QtWidgets import QDialog, QWidget

from saasbackup_desktop.ui.places import AddBackup, AddTenant, TenantPlace
from saasbackup_desktop.ui.rooms.tenants.accounts import AccountsLeaf
from saasbackup_desktop.ui.rooms.tenants.page import TenantPage
from saasbackup_desktop.ui.rooms.tenants.wizard import AddTenantPage
from saasbackup_desktop.ui.shell.window import Window
from tests.ui.fake_desk import FakeDesk, TenantsDesk
from tests.ui.fake_tenants import CLIENT, FJORD, NORTHWIND
from tests.ui.stage import settled

Snap = Callable[[str, QWidget], None]
P = TypeVar("P", bound=QWidget)


def _page(shown: Window, kind: type[P]) -> P:
    found = shown.page
    assert isinstance(found, kind)
    return found


async def _dialog(shown: Window, snap: Snap, name: str, work: Awaitable[object]) -> None:
    asked = asyncio.ensure_future(work)
    await settled()
    for dialog in shown.findChildren(QDialog):
        if dialog.isVisible():
            snap(name, dialog)
            dialog.reject()
    await asked


async def wizard(shown: Window, snap: Snap) -> None:
    desk = shown.bridge.desk
    assert isinstance(desk, TenantsDesk)
    desk.tenants.kept.pop(NORTHWIND, None)
    shown.go(AddBackup())
    await settled()
    snap("add-backup", shown)
    shown.go(AddTenant())
    await settled()
    page = _page(shown, AddTenantPage)
    snap("add-tenant-way", shown)
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
    page = _page(shown, AddTenantPage)
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
    for name in ("accounts", "connection"):
        shown.go(TenantPlace(NORTHWIND, name))
        await settled(60)
        snap(f"tenant-{name}", shown)
    shown.go(TenantPlace(NORTHWIND, "accounts"))
    await settled()
    accounts = _page(shown, TenantPage).leaf
    assert isinstance(accounts, AccountsLeaf)
    accounts.table.selectAll()
    await settled(8)
    snap("tenant-accounts-selected", shown)
    await _dialog(shown, snap, "tenant-delete", accounts._delete([one.id for one in accounts._chosen()]))


SCENES: tuple[tuple[Callable[[], FakeDesk], Callable[[Window, Snap], Awaitable[None]]], ...] = (
    (lambda: TenantsDesk(NORTHWIND, FJORD), wizard),
    (lambda: TenantsDesk(FJORD), by_hand),
    (lambda: TenantsDesk(NORTHWIND, FJORD), tenant),
)
