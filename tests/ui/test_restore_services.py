"""Restoring and migrating of any service, whole mailboxes, and mailboxes that are gone: what the dialogs ask and do."""

import asyncio
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from saasbackup_desktop.app.tenants.views import SERVICES, Discovery, MailboxRestore, State
from saasbackup_desktop.app.views import RestoreRequest, StreamCard
from saasbackup_desktop.app.words.items import CONFLICTS
from saasbackup_desktop.core.errors import Unreachable
from saasbackup_desktop.core.ids import ConnectionName, NodeId
from saasbackup_desktop.core.model import Account, Service
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.ui.places import AccountPlace
from saasbackup_desktop.ui.rooms.account import AccountPage
from saasbackup_desktop.ui.rooms.jobs import JobsPage
from saasbackup_desktop.ui.rooms.restore.migrate import MigrateSheet
from saasbackup_desktop.ui.rooms.restore.restore import RestoreSheet
from saasbackup_desktop.ui.rooms.restore.whole import MailboxSheet
from saasbackup_desktop.ui.shell.window import Window
from tests.ui.fake_items import LEFT, PERSON, ItemsDesk, stream
from tests.ui.fake_tenants import NORTHWIND, FakeTenants
from tests.ui.stage import play, settled, until, window

COLLEAGUE = ConnectionName("Northwind Traders/alex.archie.31@northwind.example")

Opened = tuple[RestoreSheet, "asyncio.Future[bool]"]


def fake(shown: Window) -> ItemsDesk:
    desk = shown.bridge.desk
    assert isinstance(desk, ItemsDesk)
    return desk


async def cards(shown: Window, account: Account = PERSON.account) -> list[StreamCard]:
    every = await shown.bridge.call(fake(shown).cards())
    return [card for card in every if card.account.id == account.id]


async def restoring(
    shown: Window, service: Service, selection: Selection
) -> "tuple[RestoreSheet, asyncio.Future[bool]]":
    card = next(card for card in await cards(shown) if card.service is service)
    point = (await shown.bridge.call(fake(shown).snapshots(card.stream)))[0]
    sheet = RestoreSheet(shown.bridge, card, point, selection, shown)
    answer = asyncio.ensure_future(sheet.answer())
    await until(lambda: sheet.target.connection is not None)
    return sheet, answer


def test_event_goes_to_a_colleague_who_was_searched_for(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, ItemsDesk) as shown:
            sheet, answer = await restoring(shown, Service.CALENDAR, Selection(items=(NodeId("e1"), NodeId("e2"))))
            assert "2 events" in sheet.lead.text()
            assert sheet.target.connection == PERSON.account.connection
            assert "original account" in sheet.target.list.item(0).text()
            assert all("dana@" not in sheet.target.list.item(row).text() for row in range(sheet.target.count()))
            sheet.target.search.setFocus()
            QTest.keyClicks(sheet.target.search, "archie.31")
            await until(lambda: sheet.target.count() == 1)
            assert not sheet._next.isEnabled()
            sheet.target.list.setFocus()
            QTest.keyClick(sheet.target.list, Qt.Key.Key_Down)
            await until(lambda: sheet.target.connection == COLLEAGUE and sheet._next.isEnabled())
            sheet._ways.button(2).setFocus()
            QTest.keyClick(sheet._ways.button(2), Qt.Key.Key_Space)
            sheet._next.setFocus()
            QTest.keyClick(sheet._next, Qt.Key.Key_Return)
            await until(lambda: sheet.leaves.currentIndex() == 1)
            sheet._start.setFocus()
            QTest.keyClick(sheet._start, Qt.Key.Key_Return)
            assert await answer
            name, request = fake(shown).asked[-1]
            assert isinstance(request, RestoreRequest)
            assert (name, request.stream, request.connection) == ("restore", stream(Service.CALENDAR), COLLEAGUE)
            assert (request.conflict, request.folder, request.selection.items) == ("skip", None, ("e1", "e2"))

    play(qapp, scene())


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_says_what_its_ways_do(qapp: QApplication, tmp_path: Path, service: Service) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, ItemsDesk) as shown:
            sheet, answer = await restoring(shown, service, Selection())
            ways = [sheet._ways.button(place) for place in range(len(CONFLICTS[service]))]
            assert [way.text() for way in ways] == [name for name, _ in CONFLICTS[service].values()]
            assert all(way.accessibleDescription() for way in ways)
            ways[0].click()
            has_folder = service is not Service.SETTINGS
            assert sheet._folder_field.isVisible() is has_folder
            sheet._to_plan()
            await until(lambda: sheet.leaves.currentIndex() == 1)
            assert sheet._request is not None
            assert (sheet._request.folder is not None) is has_folder
            sheet.reject()
            assert not await answer

    play(qapp, scene())


async def whole(shown: Window, account: Account = PERSON.account) -> "tuple[MailboxSheet, asyncio.Future[bool]]":
    sheet = MailboxSheet(shown.bridge, await cards(shown, account), shown)
    answer = asyncio.ensure_future(sheet.answer())
    await until(lambda: sheet.target.count() > 0)
    return sheet, answer


def request_of(shown: Window) -> MailboxRestore:
    found: list[Any] = [about for what, about in fake(shown).tenants.asked if what == "restore_mailbox"]
    assert isinstance(found[-1], MailboxRestore)
    return found[-1]


def test_whole_mailbox_as_it_was_on_a_day(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, ItemsDesk) as shown:
            sheet, answer = await whole(shown)
            await until(sheet._next.isEnabled)
            assert all(box.isChecked() for box in sheet.boxes.values())
            sheet.boxes[Service.SETTINGS].setFocus()
            QTest.keyClick(sheet.boxes[Service.SETTINGS], Qt.Key.Key_Space)
            sheet.dated.click()
            sheet.day.setDate(QDate(2026, 11, 18))
            sheet._ways.button(1).click()
            sheet._next.click()
            await until(lambda: sheet.leaves.currentIndex() == 2)
            assert not sheet._start.isEnabled()
            QTest.keyClicks(sheet.plan.confirmation, "replace")
            await until(sheet._start.isEnabled)
            sheet._start.click()
            assert await answer
            assert len(sheet.jobs) == 5
            request = request_of(shown)
            assert request.services == SERVICES[:5]
            assert (request.conflict, request.connection) == ("replace", PERSON.account.connection)
            points = await shown.bridge.call(fake(shown).snapshots(stream(Service.MAIL)))
            assert request.until is not None
            assert [point.finished <= request.until for point in points] == [False, False, True, True, True, True]

    play(qapp, scene())


def test_mail_server_takes_mail_alone(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, ItemsDesk) as shown:
            sheet, answer = await whole(shown)
            sheet.target.choose(ConnectionName("dana-whitfield"))
            assert sheet.services == (Service.MAIL,)
            assert "Calendars" in sheet._missing.text()
            sheet.boxes[Service.MAIL].click()
            assert not sheet._next.isEnabled()
            sheet.reject()
            await answer

    play(qapp, scene())


def test_before_the_first_backup_there_is_nothing(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, ItemsDesk) as shown:
            sheet, answer = await whole(shown)
            await until(sheet._next.isEnabled)
            sheet.dated.click()
            sheet.day.setDate(QDate(2025, 1, 1))
            sheet._next.click()
            await until(lambda: "Nothing was saved" in sheet._missing.text())
            assert sheet.leaves.currentIndex() == 1
            sheet.reject()
            await answer

    play(qapp, scene())


class _Returning(FakeTenants):
    """Somebody is given back at the second look at the directory; the first one fails."""

    looks = 0

    async def discover(self, name: ConnectionName) -> Discovery:
        self.looks += 1
        if self.looks == 1:
            raise Unreachable(host="graph.microsoft.com")
        one = self._accounts[name][LEFT.id]
        self._accounts[name][LEFT.id] = replace(one, state=State.SUCCESS)
        return await super().discover(name)


class _ReturningDesk(ItemsDesk):
    def __init__(self) -> None:
        super().__init__()
        self._fake_tenants = _Returning(NORTHWIND)
        self._fake_tenants.servers = self._servers


def test_deleted_mailbox_is_looked_for_until_it_is_there(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, _ReturningDesk) as shown:
            sheet, answer = await whole(shown, LEFT.account)
            await until(lambda: sheet.leaves.currentIndex() == 0)
            assert sheet.guide.mark.accessibleName() == "The mailbox is not there"
            QTest.keyClick(sheet.guide.first, Qt.Key.Key_Return)
            await until(lambda: sheet.banner.isVisible() and sheet.guide.first.isEnabled())
            assert sheet.guide.mark.accessibleName() == "The mailbox is not there"
            QTest.keyClick(sheet.guide.first, Qt.Key.Key_Return)
            await until(lambda: sheet.guide.mark.accessibleName() == "The mailbox is there again")
            await until(lambda: sheet.target.connection == LEFT.account.connection)
            QTest.keyClick(sheet._on, Qt.Key.Key_Return)
            assert sheet.leaves.currentIndex() == 1
            assert sheet.services == SERVICES[:3]
            sheet.reject()
            await answer

    play(qapp, scene())


def test_deleted_mailbox_can_go_to_somebody_else(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, ItemsDesk) as shown:
            sheet, answer = await whole(shown, LEFT.account)
            await until(lambda: sheet.leaves.currentIndex() == 0)
            sheet._on.click()
            assert sheet.target.connection is None
            assert not sheet._next.isEnabled()
            sheet.target.search.setText("archie.31")
            await until(lambda: sheet.target.count() == 1)
            sheet.target.choose(COLLEAGUE)
            sheet._next.click()
            await until(lambda: sheet.leaves.currentIndex() == 2)
            sheet._start.click()
            assert await answer
            request = request_of(shown)
            assert (request.account, request.connection) == (LEFT.account.id, COLLEAGUE)

    play(qapp, scene())


def test_account_page_turns_to_another_service_and_restores_all(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, ItemsDesk) as shown:
            shown.go(AccountPlace(stream(Service.MAIL)))
            page = shown.page
            assert isinstance(page, AccountPage)
            await until(lambda: len(page.services.tiles) == 6 and page.services.isVisible())
            page.services.tiles[stream(Service.CONTACTS)].click()
            await until(lambda: page._model.rowCount() == 6 and page._model.row_at(0).items == 3)
            assert page._model.headerData(2, Qt.Orientation.Horizontal) == "Contacts"
            assert page.whole.isVisible()
            page.whole.click()
            sheets: list[MailboxSheet] = []

            def opened() -> bool:
                sheets[:] = [one for one in shown.findChildren(MailboxSheet) if one.isVisible()]
                return bool(sheets) and sheets[0]._next.isEnabled()

            await until(opened)
            sheets[0]._next.click()
            await until(lambda: sheets[0].leaves.currentIndex() == 2)
            sheets[0]._start.click()
            await until(lambda: isinstance(shown.page, JobsPage))
            await settled()

    play(qapp, scene())


def test_contacts_are_migrated_to_another_account(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, ItemsDesk) as shown:
            card = next(card for card in await cards(shown) if card.service is Service.CONTACTS)
            sheet = MigrateSheet(shown.bridge, card, shown)
            answer = asyncio.ensure_future(sheet.answer())
            await until(lambda: sheet.target.count() > 0)
            assert not sheet._start.isEnabled()
            assert PERSON.account.connection not in [place.connection for place in sheet.target._places]
            sheet.target.search.setText("archie.31")
            await until(lambda: sheet.target.count() == 1)
            sheet.target.choose(COLLEAGUE)
            sheet._start.click()
            assert await answer
            assert fake(shown).asked[-1] == ("migrate", (stream(Service.CONTACTS), COLLEAGUE, None, None))

    play(qapp, scene())


def test_only_what_begins_in_a_span_of_time(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, ItemsDesk) as shown:
            sheet, answer = await restoring(shown, Service.CALENDAR, Selection(folders=(NodeId("c-main"),)))
            sheet.since._on.click()
            sheet.since._date.setDate(QDate(2026, 11, 1))
            sheet._to_plan()
            await until(lambda: sheet.leaves.currentIndex() == 1)
            assert sheet._request is not None
            asked = sheet._request.selection
            assert asked.folders == ("c-main",)
            assert asked.until is None
            assert datetime.fromtimestamp(asked.since or 0) == datetime(2026, 11, 1)
            sheet.reject()
            await answer
            sheet, answer = await restoring(shown, Service.CALENDAR, Selection(items=(NodeId("e1"),)))
            assert not sheet._dates.isVisible()
            sheet.reject()
            await answer

    play(qapp, scene())


def test_span_of_time_that_ends_before_it_begins_is_told(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, ItemsDesk) as shown:
            sheet, answer = await restoring(shown, Service.CALENDAR, Selection(folders=(NodeId("c-main"),)))
            sheet.since._on.click()
            sheet.until._on.click()
            sheet.since._date.setDate(QDate(2026, 11, 2))
            sheet.until._date.setDate(QDate(2026, 11, 1))
            assert not sheet._next.isEnabled()
            assert "before the first day" in sheet._until_field._hint.text()
            assert sheet._until_field._hint.isVisible()
            sheet.until._date.setDate(QDate(2026, 11, 2))
            assert sheet._next.isEnabled()
            assert not sheet._until_field._hint.isVisible()
            sheet.until._date.setDate(QDate(2026, 11, 1))
            assert not sheet._next.isEnabled()
            sheet.until._on.click()
            assert sheet._next.isEnabled()
            sheet.reject()
            assert not await answer

    play(qapp, scene())
