"""Scenes of an account with all services, for pictures and for the tests that walk through all of them."""

import asyncio
from collections.abc import Awaitable, Callable

from saasbackup_desktop.app.tenants.views import SERVICES
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.ui.places import AccountPlace, RecoveryPlace
from saasbackup_desktop.ui.rooms.mailbox.page import MailboxPage
from saasbackup_desktop.ui.rooms.restore.migrate import MigrateSheet
from saasbackup_desktop.ui.rooms.restore.restore import RestoreSheet
from saasbackup_desktop.ui.rooms.restore.whole import MailboxSheet
from saasbackup_desktop.ui.shell.window import Window
from tests.ui.fake_desk import FakeDesk
from tests.ui.fake_items import LEFT, PERSON, ItemsDesk, stream
from tests.ui.pictured import Snap
from tests.ui.stage import settled


async def browser(shown: Window, snap: Snap) -> None:
    for service in SERVICES:
        shown.go(RecoveryPlace(stream(service)))
        await settled(60)
        snap(f"recovery-{service.value}", shown)
    page = shown.page
    assert isinstance(page, MailboxPage)
    page.more_fields.setChecked(True)
    for service in SERVICES[1:4]:
        page._service_chosen(stream(service))
        await settled(60)
        snap(f"recovery-search-{service.value}", shown)
    page.more_fields.setChecked(False)
    shown.go(AccountPlace(stream(SERVICES[1])))
    await settled()
    snap("account-services", shown)


async def sheets(shown: Window, snap: Snap) -> None:
    bridge = shown.bridge
    cards = [card for card in await bridge.call(bridge.desk.cards()) if card.account.id == PERSON.account.id]
    events = next(card for card in cards if card.service is Service.CALENDAR)
    point = (await bridge.call(bridge.desk.snapshots(events.stream)))[0]
    sheet = RestoreSheet(bridge, events, point, Selection(folders=(NodeId("c-main"),)), shown)
    asked = asyncio.ensure_future(sheet.answer())
    await settled(60)
    snap("restore-calendar", sheet)
    sheet.reject()
    await asked
    for name, of in (("restore-mailbox", PERSON), ("restore-deleted-mailbox", LEFT)):
        own = [card for card in await bridge.call(bridge.desk.cards()) if card.account.id == of.account.id]
        whole = MailboxSheet(bridge, own, shown)
        asked = asyncio.ensure_future(whole.answer())
        await settled(60)
        snap(name, whole)
        if of is PERSON:
            whole._ways.button(1).click()
            whole._to_plan()
            await settled(60)
            snap("restore-mailbox-plan", whole)
        whole.reject()
        await asked
    migration = MigrateSheet(bridge, events, shown)
    asked = asyncio.ensure_future(migration.answer())
    await settled(60)
    snap("migrate-calendar", migration)
    migration.reject()
    await asked


SCENES: tuple[tuple[Callable[[], FakeDesk], Callable[[Window, Snap], Awaitable[None]]], ...] = (
    (ItemsDesk, browser),
    (ItemsDesk, sheets),
)
