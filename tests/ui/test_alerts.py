"""Unusual changes in the window: a strip where they matter, a way to what was there before, and the list."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from saasbackup_desktop.app.alerts.views import Sensitivity
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.places import AccountPlace, AlertsPlace, HomePlace
from saasbackup_desktop.ui.rooms.account import AccountPage
from saasbackup_desktop.ui.rooms.alerts.page import AlertsPage
from saasbackup_desktop.ui.rooms.alerts.strip import AlertStrip, SettleSheet
from saasbackup_desktop.ui.rooms.compare import ComparePage
from saasbackup_desktop.ui.rooms.home import HomePage
from saasbackup_desktop.ui.rooms.mailbox.page import MailboxPage
from saasbackup_desktop.ui.shell.window import Window
from tests.ui.fake_desk import OFFICE_STREAM, STREAM, FakeDesk, _snapshot
from tests.ui.stage import play, settled, until, window


class Struck(FakeDesk):
    """Dana's mailbox has lost a thousand messages."""

    def __init__(self) -> None:
        super().__init__()
        dana, office, *_ = self._connections.values()
        self.points = [_snapshot(STREAM, days) for days in range(3)]
        self.struck = self.alerts.strike(dana, Service.MAIL, self.points[:2], count=1_243)
        before = self.alerts.strike(office, Service.MAIL, self.points[1:], kind="encrypted-content", count=90)
        self.alerts.found = [self.struck, before]


def desk_of(shown: Window) -> Struck:
    desk = shown.bridge.desk
    assert isinstance(desk, Struck)
    return desk


def button(strip: AlertStrip, words: str) -> Button:
    return next(one for one in strip.findChildren(Button) if words in one.text().replace("&", ""))


def words_of(strip: AlertStrip) -> str:
    return f"{strip.banner.accessibleName()}. {strip.banner.accessibleDescription()}"


def test_home_tells_of_it_and_leads_to_the_difference_and_to_what_was_good(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, Struck) as shown:
            page, desk = shown.page, desk_of(shown)
            assert isinstance(page, HomePage)
            assert page.alerts.isVisible()
            said = words_of(page.alerts)
            assert said.startswith("1,243 messages vanished from the mailbox of Dana Whitfield. Between ")
            assert "of 4,000 in all. On a usual day it is 12. Last good point in time: " in said
            assert said.endswith("Nothing that is saved of this is removed from the vault until somebody has looked.")
            button(page.alerts, "Look").click()
            assert isinstance(shown.page, ComparePage)
            shown.go(HomePlace())
            await settled()
            button(page.alerts, "Restore from there").click()
            await settled()
            mailbox = shown.page
            assert isinstance(mailbox, MailboxPage)
            point = mailbox.picker.current
            assert point is not None
            assert point.id == desk.points[1].id
            shown.go(HomePlace())
            await settled()
            button(page.alerts, "All alerts (2 open)").click()
            assert isinstance(shown.page, AlertsPage)

    play(qapp, scene())


def test_it_is_settled_from_the_account_by_keyboard_and_is_gone(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, Struck) as shown:
            shown.go(AccountPlace(STREAM))
            await settled()
            page, desk = shown.page, desk_of(shown)
            assert isinstance(page, AccountPage)
            assert page.alerts.isVisible()
            assert page.table.model().index(0, 1).data() == "Unusual"
            expected = button(page.alerts, "It was expected")
            expected.setFocus()
            QTest.keyClick(expected, Qt.Key.Key_Return)
            await until(lambda: bool(shown.findChildren(SettleSheet)))
            [sheet] = shown.findChildren(SettleSheet)
            QTest.keyClicks(sheet.note, "Spring cleaning")
            QTest.keyClick(sheet.yes, Qt.Key.Key_Return)
            await until(lambda: not page.alerts.isVisible())
            assert desk.alerts.asked == [(desk.struck.id, ("Spring cleaning", True))]
            shown.go(AccountPlace(OFFICE_STREAM))
            await settled()
            assert "About 90 messages in the mailbox of Office became unreadable" in words_of(page.alerts)

    play(qapp, scene())


def test_the_list_tells_all_and_settings_say_how_soon(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, Struck) as shown:
            shown.go(AlertsPlace())
            await settled()
            page, desk = shown.page, desk_of(shown)
            assert isinstance(page, AlertsPage)
            assert page.model.rowCount() == 2
            page.table.go_to(1)
            assert "became unreadable" in page._title.text()
            page.settle.click()
            await until(lambda: bool(shown.findChildren(SettleSheet)))
            shown.findChildren(SettleSheet)[0].no.click()
            await until(lambda: not page.settle.isEnabled())
            assert desk.alerts.asked[-1][1] == ("", False)
            assert page.model.index(1, 4).data() == "Settled"
            assert page.silence.text() == "Tell of none here any more"
            page.silence.click()
            await until(lambda: page.silence.text() == "Tell of unusual changes here again")
            assert desk.alerts.chosen.silent == (desk.alerts.found[1].stream,)
            page.silence.click()
            await until(lambda: desk.alerts.chosen.silent == ())
            await settled()
            page.open_only.click()
            assert page.model.rowCount() == 1
            page.sensitivity.choose(Sensitivity.STRICT)
            page.sensitivity.activated.emit(2)
            await until(lambda: desk.alerts.chosen.sensitivity is Sensitivity.STRICT)
            await until(lambda: "twentieth" in page._meaning.text())
            page.is_on.click()
            await until(lambda: not page.sensitivity.isEnabled())
            assert not desk.alerts.chosen.is_on
            QTest.keyClick(page.table, Qt.Key.Key_Return)
            assert isinstance(shown.page, ComparePage)

    play(qapp, scene())


def test_nothing_unusual_says_so(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            home = shown.page
            assert isinstance(home, HomePage)
            assert not home.alerts.isVisible()
            home.to_alerts.click()
            await settled()
            page = shown.page
            assert isinstance(page, AlertsPage)
            assert page._empty.isVisible()
            assert not page.table.isVisible()

    play(qapp, scene())


def test_without_the_good_point_there_is_no_way_to_it(qapp: QApplication, tmp_path: Path) -> None:
    class Lost(Struck):
        def __init__(self) -> None:
            super().__init__()
            self.alerts.found = [replace(self.struck, last_good=None)]

    async def scene() -> None:
        async with window(qapp, tmp_path, Lost) as shown:
            home = shown.page
            assert isinstance(home, HomePage)
            assert "The point in time from before is not there any more." in words_of(home.alerts)
            assert not any("Restore" in one.text() for one in home.alerts.findChildren(Button))

    play(qapp, scene())
