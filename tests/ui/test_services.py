"""All services of an account in the recovery browser: trees, lists, search, ticks and points in time."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from saasbackup_desktop.app import views
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Service, stream_id
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.ui.places import RecoveryPlace
from saasbackup_desktop.ui.rooms.mailbox.account_sheet import AccountSheet
from saasbackup_desktop.ui.rooms.mailbox.page import MailboxPage
from saasbackup_desktop.ui.rooms.restore.restore import RestoreSheet
from saasbackup_desktop.ui.shell.window import Window
from tests.ui.fake_items import ITEMS, ItemsDesk, stream
from tests.ui.fake_tenants import fake_account
from tests.ui.stage import play, settled, until, window


def page(shown: Window) -> MailboxPage:
    found = shown.page
    assert isinstance(found, MailboxPage)
    return found


async def opened(shown: Window, service: Service = Service.MAIL) -> MailboxPage:
    shown.go(RecoveryPlace(stream(service)))
    mailbox = page(shown)
    await until(lambda: mailbox.mail.service is service and mailbox.mail.rowCount() > 0)
    return mailbox


def heads(mailbox: MailboxPage) -> list[str]:
    model = mailbox.table.model()
    shown = [place for place in range(model.columnCount()) if not mailbox.table.isColumnHidden(place)]
    return [str(model.headerData(place, Qt.Orientation.Horizontal)) for place in shown][1:]


def cells(mailbox: MailboxPage, row: int) -> list[str]:
    model = mailbox.table.model()
    return [str(model.index(row, place).data() or "") for place in range(1, model.columnCount() - 1)]


def test_each_service_has_its_tile_tree_and_columns(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, ItemsDesk) as shown:
            mailbox = await opened(shown)
            tiles = mailbox.services.tiles
            assert tiles[stream(Service.CALENDAR)].accessibleName() == "Calendars, 4 events, Success"
            assert tiles[stream(Service.TASKS)].accessibleName() == "Tasks, 3 tasks, Partial"
            assert tiles[stream(Service.NOTES)].accessibleName() == "Notes, 2 notes, Authentication error"
            wanted = {
                Service.CALENDAR: ["Subject", "Start", "End", "Organizer", "Description"],
                Service.CONTACTS: ["Name", "E-mail", "Phone", "Address", "Job title", "Company"],
                Service.TASKS: ["Subject", "Status", "Due", "Made"],
                Service.NOTES: ["Subject", "Updated at", "Preview"],
                Service.SETTINGS: ["Name"],
                Service.MAIL: ["From", "Subject", "Received", "Size"],
            }
            for service, names in wanted.items():
                tiles[stream(service)].setFocus()
                QTest.keyClick(tiles[stream(service)], Qt.Key.Key_Space)
                await until(lambda at=service: mailbox.mail.service is at and mailbox.mail.rowCount() > 0)
                assert heads(mailbox) == names
                assert tiles[stream(service)].isChecked()
                await until(lambda: mailbox.reading.row is not None and mailbox.reading.row.stream == mailbox._stream)

    play(qapp, scene())


def test_events_contacts_tasks_and_notes_in_columns(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, ItemsDesk) as shown:
            events = await opened(shown, Service.CALENDAR)
            rows = {cells(events, row)[0]: cells(events, row) for row in range(events.mail.rowCount())}
            assert rows["Stocktaking"][1:3] == ["30 Dec 2026", "31 Dec 2026"]
            review = rows["Quarterly review"]
            assert review[3:] == ["Adele Vance", "Figures of the third quarter, and what follows from them"]
            contacts = await opened(shown, Service.CONTACTS)
            assert cells(contacts, 1)[:3] == [
                "Tomáš Dvořák", "tomas@vltava.example, tomas@home.example", "+420 222 555 010, +420 606 555 011",
            ]  # fmt: skip
            tasks = await opened(shown, Service.TASKS)
            assert cells(tasks, 1)[:3] == ["Order pallets", "Not started", "1 Dec 2026"]
            notes = await opened(shown, Service.NOTES)
            assert cells(notes, 1)[2] == "Two tables, one screen"
            settings = await opened(shown, Service.SETTINGS)
            assert {cells(settings, row)[0] for row in range(2)} == {"Working hours", "Automatic replies"}

    play(qapp, scene())


def test_folders_stand_as_in_outlook_and_hidden_ones_are_dim(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, ItemsDesk) as shown:
            mailbox = await opened(shown)
            tree = mailbox.folders
            tops = [tree.index(row, 0) for row in range(tree.rowCount())]
            assert [row.folder.name for index in tops if (row := tree.folder(index))] == [
                "Inbox", "Drafts", "Sent Items", "Deleted Items", "Clients", "Restored 2026-11-02 09-14",
                "Sync Issues", "In-Place Archive", "Recoverable Items",
            ]  # fmt: skip
            hidden = tree.find(NodeId("m-root"))
            assert hidden.data(Qt.ItemDataRole.ForegroundRole) is not None
            assert tops[0].data(Qt.ItemDataRole.ForegroundRole) is None
            assert "hidden" in hidden.data(Qt.ItemDataRole.AccessibleTextRole)
            mailbox = await opened(shown, Service.CALENDAR)
            assert [tree.folder(tree.index(row, 0)).folder.name for row in range(3)] == [  # type: ignore[union-attr]
                "Calendar", "Birthdays", "Team",
            ]  # fmt: skip

    play(qapp, scene())


def test_time_that_is_looked_at_stays_when_another_service_is_chosen(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, ItemsDesk) as shown:
            mailbox = await opened(shown)
            mailbox.picker._step(3)
            await settled()
            day = mailbox.picker.current
            assert day is not None
            mailbox._service_chosen(stream(Service.NOTES))
            await until(lambda: mailbox.mail.service is Service.NOTES)
            assert mailbox.picker.points.index(mailbox.picker.current) == 3
            mailbox._service_chosen(stream(Service.MAIL))
            await until(lambda: mailbox.picker.current == day)

    play(qapp, scene())


def test_ticks_of_each_service_wait_for_it(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, ItemsDesk) as shown:
            mailbox = await opened(shown, Service.CONTACTS)
            mailbox.table.setFocus()
            mailbox.table.selectAll()
            QTest.keyClick(mailbox.table, Qt.Key.Key_Space)
            await until(lambda: len(mailbox.basket.items) == 2)
            mailbox._service_chosen(stream(Service.TASKS))
            await until(lambda: mailbox.mail.service is Service.TASKS)
            assert mailbox.basket.is_empty
            assert mailbox.basket.elsewhere == 2
            mailbox.basket.tick_folder(NodeId("t-main"), True)
            assert await mailbox._selection() == Selection(folders=(NodeId("t-main"),))
            mailbox._service_chosen(stream(Service.CONTACTS))
            await until(lambda: mailbox.mail.service is Service.CONTACTS)
            assert set((await mailbox._selection()).items) == {"p1", "p2"}
            mailbox.bar.clear_wanted.emit()
            assert mailbox.basket.is_empty

    play(qapp, scene())


def test_search_asks_for_what_the_service_has(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, ItemsDesk) as shown:
            mailbox = await opened(shown)
            desk = shown.bridge.desk
            assert isinstance(desk, ItemsDesk)
            mailbox.more_fields.click()
            assert mailbox.advanced.author.isVisible()
            assert not mailbox.advanced.text.isVisible()
            mailbox.advanced.author.setText("left behind")
            mailbox.advanced.service.choose(stream(Service.CALENDAR))
            mailbox.advanced.service.picked.emit(stream(Service.CALENDAR))
            await until(lambda: mailbox.advanced.text.isVisible() and mailbox.mail.rowCount() > 0)
            mailbox.advanced.text.setText("third quarter")
            QTest.keyClick(mailbox.advanced.text, Qt.Key.Key_Return)
            await until(lambda: mailbox.found.rowCount() == 1)
            assert heads(mailbox)[-1] == "Folder"
            query = desk.asked[-1][1]
            assert (query.stream, query.text, query.sender) == (stream(Service.CALENDAR), "third quarter", "")  # type: ignore[attr-defined]
            mailbox._service_chosen(stream(Service.CONTACTS))
            await until(lambda: mailbox.advanced.name.isVisible() and mailbox.mail.rowCount() > 0)
            mailbox.advanced.name.setText("Eleni")
            QTest.keyClick(mailbox.advanced.name, Qt.Key.Key_Return)
            await until(lambda: desk.asked[-1][1].subject == "Eleni")  # type: ignore[attr-defined]
            await until(lambda: mailbox.table.model() is mailbox.found and mailbox.found.rowCount() == 1)

    play(qapp, scene())


def test_every_item_is_of_a_folder() -> None:
    assert len({item.id for item in ITEMS}) == len(ITEMS)


def test_lists_are_sorted_by_any_column(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, ItemsDesk) as shown:
            mailbox = await opened(shown, Service.TASKS)
            head = mailbox.table.horizontalHeader()
            for direction, first in (
                (Qt.SortOrder.AscendingOrder, "Call the printer"),
                (Qt.SortOrder.DescendingOrder, "Order pallets"),
            ):
                head.setSortIndicator(3, direction)
                await until(lambda wanted=first: cells(mailbox, 0)[0] == wanted)
            mailbox = await opened(shown, Service.CONTACTS)
            head.setSortIndicator(2, Qt.SortOrder.DescendingOrder)
            await until(lambda: cells(mailbox, 0)[0] == "Tomáš Dvořák")
            head.setSortIndicator(1, Qt.SortOrder.AscendingOrder)
            await until(lambda: cells(mailbox, 0)[0] == "Eleni Papadopoulou")

    play(qapp, scene())


def test_all_that_is_listed_is_ticked_at_once(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, ItemsDesk) as shown:
            mailbox = await opened(shown)
            mailbox.filter.setText("1203")
            await until(lambda: mailbox.mail.rowCount() == 1)
            QTest.keyClick(mailbox.listing.tick_all, Qt.Key.Key_Return)
            await until(lambda: mailbox.basket.items == ("m3",))
            mailbox.filter.clear()
            await until(lambda: mailbox.mail.rowCount() == 42)
            QTest.keyClick(mailbox.listing.tick_all, Qt.Key.Key_Return)
            await until(lambda: len(mailbox.basket.items) == 42)
            QTest.keyClick(mailbox.bar._clear, Qt.Key.Key_Return)
            assert mailbox.basket.is_empty

    play(qapp, scene())


def test_bar_speaks_of_the_folder_that_is_open(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, ItemsDesk) as shown:
            mailbox = await opened(shown, Service.CALENDAR)
            bar = mailbox.bar
            assert bar._whole.text() == "Restore &all calendars…"
            assert bar._words.accessibleName() == "Selected: 1 event"
            for clears in (False, True):
                mailbox.tree.setCurrentIndex(mailbox.folders.find(NodeId("c-main")))
                await until(lambda: mailbox.mail.rowCount() == 3 and mailbox.table.picked_count() == 1)
                assert bar._restore.isEnabled()
                assert mailbox.listing.tick_all.isEnabled()
                if clears:
                    mailbox.table.clearSelection()
                    assert bar._words.accessibleName().endswith("restore what is open: Calendar")
                    assert bar._restore.isEnabled()
                mailbox.tree.setCurrentIndex(mailbox.folders.find(NodeId("c-birthdays")))
                await until(lambda: mailbox.mail.rowCount() == 0)
                await settled()
                assert bar._words.accessibleName() == "There is nothing to restore in Birthdays"
                assert bar._restore.text() == "Restore this calendar…"
                assert not bar._restore.isEnabled()
                assert not mailbox.listing.tick_all.isEnabled()
            mailbox.basket.tick_folder(NodeId("c-main"), True)
            assert bar._restore.isEnabled()

    play(qapp, scene())


def test_restore_names_the_folder_that_is_open(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, ItemsDesk) as shown:
            mailbox = await opened(shown, Service.CALENDAR)
            mailbox.table.clearSelection()
            QTest.keyClick(mailbox.bar._restore, Qt.Key.Key_Return)
            sheets: list[RestoreSheet] = []

            def is_open() -> bool:
                sheets[:] = [sheet for sheet in shown.findChildren(RestoreSheet) if sheet.isVisible()]
                return bool(sheets)

            await until(is_open)
            assert sheets[0].lead.text().startswith("The calendar “Calendar”, as of ")
            sheets[0].reject()
            await settled()

    play(qapp, scene())


class _Crowd(ItemsDesk):
    """So many accounts that no list can be dropped down with them."""

    async def cards(self) -> Sequence[views.StreamCard]:
        known = list(await super().cards())
        one = next(card for card in known if card.stream == stream(Service.MAIL))
        others = (fake_account("Northwind Traders", n).account for n in range(100, 1000))
        return [*known, *(replace(one, account=of, stream=stream_id(of.id, Service.MAIL)) for of in others)]


def test_one_of_very_many_accounts_is_searched_for(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, _Crowd) as shown:
            mailbox = await opened(shown)
            assert mailbox.accounts.count() == 2
            mailbox.accounts.setFocus()
            QTest.keyClick(mailbox.accounts, Qt.Key.Key_Down)
            sheets: list[AccountSheet] = []

            def is_open() -> bool:
                sheets[:] = shown.findChildren(AccountSheet)
                return bool(sheets) and sheets[0].list.count() == 100

            await until(is_open)
            wanted = fake_account("Northwind Traders", 777).account
            QTest.keyClicks(sheets[0].search, wanted.name)
            await until(lambda: 0 < sheets[0].list.count() < 100)
            row = next(r for r in range(sheets[0].list.count()) if _id(sheets[0], r) == wanted.id)
            sheets[0].list.setCurrentRow(row)
            QTest.keyClick(sheets[0].list, Qt.Key.Key_Return)
            await until(lambda: mailbox._stream == stream_id(wanted.id, Service.MAIL))
            await until(lambda: mailbox.accounts.currentText() == wanted.name)

    play(qapp, scene())


def _id(sheet: AccountSheet, row: int) -> object:
    return sheet.list.item(row).data(Qt.ItemDataRole.UserRole)
