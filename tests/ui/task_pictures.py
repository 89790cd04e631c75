"""Pictures of tasks: cards with what is next and what was missed, the sheet, settings, and the end of a wizard."""

import asyncio
from collections.abc import Awaitable, Callable

from saasbackup_desktop.core.model import Service
from saasbackup_desktop.core.schedule import Cap, Conditions, Span
from saasbackup_desktop.ui.places import AddAccount, SettingsPlace
from saasbackup_desktop.ui.rooms.add_account import AddAccountPage
from saasbackup_desktop.ui.rooms.home import HomePage
from saasbackup_desktop.ui.rooms.tasks.network import SpanSheet
from saasbackup_desktop.ui.rooms.tasks.sheet import TaskSheet
from saasbackup_desktop.ui.shell.window import Window
from tests.ui.fake_desk import NOW, FakeDesk, TenantsDesk
from tests.ui.fake_tasks import nightly
from tests.ui.fake_tenants import NORTHWIND
from tests.ui.pictured import Snap
from tests.ui.stage import settled


def _desk() -> FakeDesk:
    desk = TenantsDesk(NORTHWIND)
    missed = {"overdue_since": NOW - 30 * 3600, "missed": 2, "why": "battery", "waits": "battery", "next_run": None}
    desk.tasks.troubles = {
        "office": missed,
        "Head office, twice a day": {
            "services": (Service.MAIL, Service.CALENDAR, Service.CONTACTS),
            "overdue_since": NOW - 9 * 3600,
            "missed": 1,
            "why": "off",
        },
    }
    return desk


async def tasks(shown: Window, snap: Snap) -> None:
    desk = shown.bridge.desk
    made = await shown.bridge.call(desk.tasks.put(nightly("office", "dana-whitfield", name="Head office, twice a day")))
    page = shown.page
    assert isinstance(page, HomePage)
    page.refresh()
    await settled()
    snap("tasks-home", shown)
    shown.resize(1080, 800)
    await settled()
    snap("tasks-home-1080", shown)
    shown.resize(1240, 800)
    names = await shown.bridge.call(desk.tasks.connections())
    for leaf in ("what", "when", "keep"):
        sheet = TaskSheet(shown.bridge, made.task, names, shown, leaf=leaf)
        if leaf == "keep":
            sheet.as_vault.setChecked(False)
        asked = asyncio.ensure_future(sheet.answer())
        await settled()
        snap(f"tasks-sheet-{leaf}", sheet)
        sheet.reject()
        await asked
    conditions = Conditions(
        on_battery=False,
        blackout=(Span(days=(0, 1, 2, 3, 4), start=480, end=1080),),
        caps=(Cap(span=Span(days=(0, 1, 2, 3, 4), start=480, end=1080), rate=2 << 20),),
    )
    await shown.bridge.call(desk.tasks.set_conditions(conditions))
    shown.go(SettingsPlace())
    await settled()
    snap("tasks-settings", shown)
    span = SpanSheet("A limit for the network", "In these hours no more than so much moves.", shown, with_rate=True)
    asked = asyncio.ensure_future(span.answer())
    await settled()
    snap("tasks-limit", span)
    span.reject()
    await asked
    shown.go(AddAccount())
    await settled()
    wizard = shown.page
    assert isinstance(wizard, AddAccountPage)
    wizard.host.setText("imap.lotus.example")
    wizard._go_on()
    wizard.user.setText("eleni@lotus.example")
    wizard.secret.setText("secret")
    wizard._go_on()
    await settled()
    wizard._go_on()
    await settled()
    snap("tasks-wizard", shown)


SCENES: tuple[tuple[Callable[[], FakeDesk], Callable[[Window, Snap], Awaitable[None]]], ...] = ((_desk, tasks),)
