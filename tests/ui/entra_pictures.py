"""Scenes of the directories' rooms, for pictures and for the tests that walk through all of them."""

import asyncio
from collections.abc import Awaitable, Callable

from PySide6.QtWidgets import QDialog

from saasbackup_desktop.app.entra.views import PlanRequest
from saasbackup_desktop.core.directory.difference import Change
from saasbackup_desktop.core.directory.ticks import Ticks
from saasbackup_desktop.ui.places import DifferencesPlace, DirectoryPlace, EntraPlace, PlanPlace
from saasbackup_desktop.ui.rooms.entra.access import AccessSheet
from saasbackup_desktop.ui.rooms.entra.differences import DifferencesPage
from saasbackup_desktop.ui.rooms.entra.directory import DirectoryPage
from saasbackup_desktop.ui.rooms.entra.password_sheet import PasswordSheet
from saasbackup_desktop.ui.rooms.entra.plan import PlanPage
from saasbackup_desktop.ui.shell.window import Window
from tests.ui.fake_desk import FakeDesk
from tests.ui.fake_entra import NORTHWIND, STREAM, id_of
from tests.ui.pictured import Snap, dialog_of, page_of
from tests.ui.stage import settled

POLICY = f"conditionalAccessPolicies/{id_of('conditionalAccessPolicies', 0)}"
GROUP = f"groups/{id_of('groups', 3)}"


def desk_of(changes: int) -> Callable[[], FakeDesk]:
    """A desk whose directory differs in so many objects."""

    def make() -> FakeDesk:
        made = FakeDesk()
        made.entra.changes = changes
        return made

    return make


async def tenants(shown: Window, snap: Snap) -> None:
    desk = shown.bridge.desk
    assert isinstance(desk, FakeDesk)
    desk.entra.has_tenants = False
    shown.go(EntraPlace())
    await settled()
    snap("entra-empty", shown)
    desk.entra.has_tenants = True
    shown.go(EntraPlace())
    await settled()
    snap("entra", shown)
    await dialog_of(shown, snap, "entra-access", AccessSheet(desk.entra.rows[NORTHWIND], shown).answer())


async def browse(shown: Window, snap: Snap) -> None:
    shown.go(DirectoryPlace(STREAM))
    await settled()
    page = page_of(shown, DirectoryPage)
    page.table.go_to(3)
    await settled()
    snap("entra-users", shown)
    shown.go(DirectoryPlace(STREAM, None, GROUP))
    await settled()
    snap("entra-group", shown)
    page.pane.tabs.setCurrentIndex(1)
    await settled()
    snap("entra-history", shown)


async def one_change(shown: Window, snap: Snap) -> None:
    shown.go(DifferencesPlace(STREAM))
    await settled(200)
    snap("entra-changes-1", shown)


async def many_changes(shown: Window, snap: Snap) -> None:
    shown.go(DifferencesPlace(STREAM))
    await settled(200)
    page = page_of(shown, DifferencesPage)
    page.picked.put("groups", True)
    page.picked.put(f"users/{id_of('users', 1)}#a:department", True)
    page.tree.setCurrentIndex(page.kinds.find("groups"))
    await settled()
    page.table.go_to(3)
    await settled()
    page.pane.table.setCurrentIndex(page.pane.sheet.index(1, 0))
    snap("entra-changes-1000", shown)
    page.tree.setCurrentIndex(page.kinds.find("conditionalAccessPolicies"))
    await settled()
    page.table.go_to(0)
    await settled()
    snap("entra-changes-policy", shown)
    page.narrowing.chips[Change.REMOVED].click()
    await settled()
    snap("entra-changes-removed", shown)
    page.picked.put("groups", True)
    asked = asyncio.ensure_future(page._make_plan())
    await settled()
    for dialog in shown.findChildren(QDialog):
        if dialog.isVisible():
            snap("entra-plan-ask", dialog)
            dialog.reject()
    await asked


async def hundred_thousand(shown: Window, snap: Snap) -> None:
    desk = shown.bridge.desk
    assert isinstance(desk, FakeDesk)
    desk.entra.steps = 2
    shown.go(DifferencesPlace(STREAM))
    await settled(30)
    snap("entra-changes-under-way", shown)
    page = page_of(shown, DifferencesPage)
    await settled(400)
    page.table.go_to(60_000)
    await settled()
    snap("entra-changes-100000", shown)


async def plan(shown: Window, snap: Snap) -> None:
    desk = shown.bridge.desk
    assert isinstance(desk, FakeDesk)
    request = PlanRequest(
        stream=STREAM,
        snapshot=desk.entra.points[0].id,
        ticks=Ticks(frozenset({"groups"})),
        note="After the phishing on Friday",
    )
    head = await desk.entra.plan(request)
    shown.go(PlanPlace(head.id))
    await settled()
    page = page_of(shown, PlanPage)
    page.table.go_to(2)
    await settled()
    snap("entra-plan", shown)
    page.pane.more.setChecked(True)
    await settled()
    snap("entra-plan-request", shown)
    page.tabs.setCurrentIndex(1)
    await settled()
    snap("entra-plan-left-out", shown)
    asked = asyncio.ensure_future(page._restore())
    await settled()
    for dialog in shown.findChildren(QDialog):
        if dialog.isVisible():
            snap("entra-plan-confirm", dialog)
            dialog.reject()
    await asked
    await desk.entra.restore(head.id)
    page.tabs.setCurrentIndex(0)
    page.refresh()
    await settled()
    page.table.go_to(6)
    await settled()
    snap("entra-plan-done", shown)
    found = await desk.entra.passwords(head.id)
    await dialog_of(shown, snap, "entra-passwords", PasswordSheet(found, shown).answer())
    shown.go(EntraPlace())
    await settled()
    snap("entra-with-plans", shown)


SCENES: tuple[tuple[Callable[[], FakeDesk], Callable[[Window, Snap], Awaitable[None]]], ...] = (
    (FakeDesk, tenants),
    (FakeDesk, browse),
    (desk_of(1), one_change),
    (desk_of(1000), many_changes),
    (desk_of(100_000), hundred_thousand),
    (FakeDesk, plan),
)
