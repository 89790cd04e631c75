"""The window on the real application and a pretend tenant behind real ports: all services, saved and brought back."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import clock
from saasbackup_desktop.ui.kit.theme import Appearance, Theme
from saasbackup_desktop.ui.places import AccountPlace, RecoveryPlace
from saasbackup_desktop.ui.preferences import Preferences
from saasbackup_desktop.ui.rooms.account import AccountPage
from saasbackup_desktop.ui.rooms.jobs import JobsPage
from saasbackup_desktop.ui.rooms.mailbox.page import MailboxPage
from saasbackup_desktop.ui.rooms.restore.restore import RestoreSheet
from saasbackup_desktop.ui.rooms.restore.whole import MailboxSheet
from saasbackup_desktop.ui.rooms.unlock import UnlockPage
from saasbackup_desktop.ui.shell.homes import Homes
from saasbackup_desktop.ui.shell.window import Window
from tests.flow.stage import PASSPHRASE, vault_in
from tests.graph.office import NAME, Office, opened
from tests.ui.stage import play, until
from tests.ui.test_real_desk import close

PATIENCE = 12_000


def test_a_contact_and_then_a_whole_mailbox_come_back(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        clock.release()
        home = tmp_path / "home"
        homes = Homes(own=lambda: Desk(home), demonstration=lambda: None)  # type: ignore[arg-type, return-value]
        shown = Window(Bridge(), Theme(qapp, Appearance.LIGHT), Preferences(tmp_path / "window.ini"), homes)
        shown.show()
        await shown.begin()
        entrance = shown.page
        assert isinstance(entrance, UnlockPage)
        entrance.secret.setText(PASSPHRASE)
        QTest.keyClick(entrance.secret, Qt.Key.Key_Return)
        await until(lambda: shown.page is not entrance, PATIENCE)
        office.desk = shown.bridge.desk
        await shown.bridge.call(_saved(office, ada.user))
        await _one_contact(shown, office)
        office.tenant.remove_user(ada.user)
        await _everything(shown, office)
        await close(shown)

    async def _one_contact(shown: Window, office: Office) -> None:
        shown.go(RecoveryPlace(office.stream(ada)))
        mailbox = shown.page
        assert isinstance(mailbox, MailboxPage)
        await until(lambda: mailbox.mail.rowCount() == 3, PATIENCE)
        tile = mailbox.services.tiles[office.stream(ada, Service.CONTACTS)]
        assert tile.accessibleName() == "Contacts, 1 contacts, Success"
        QTest.keyClick(tile, Qt.Key.Key_Space)
        await until(lambda: mailbox.mail.service is Service.CONTACTS and mailbox.mail.rowCount() == 1, PATIENCE)
        await until(lambda: mailbox.reading.row is not None and "Charles" in mailbox.reading._subject.text(), PATIENCE)
        company = mailbox.mail.index(0, 6).data()
        assert company == "Engines"
        QTest.keyClick(mailbox.table, Qt.Key.Key_Space)
        await until(lambda: len(mailbox.basket.items) == 1)
        QTest.keyClick(mailbox.bar._restore, Qt.Key.Key_Return)
        sheets: list[RestoreSheet] = []

        def is_open() -> bool:
            sheets[:] = [one for one in shown.findChildren(RestoreSheet) if one.isVisible()]
            return bool(sheets) and sheets[0].target.count() == 2

        await until(is_open, PATIENCE)
        sheet = sheets[0]
        QTest.keyClick(sheet.target.list, Qt.Key.Key_Down)
        assert sheet.target.connection == f"{NAME}/bob@fernwick.example"
        sheet._ways.button(2).setFocus()
        QTest.keyClick(sheet._ways.button(2), Qt.Key.Key_Space)
        await until(sheet._next.isEnabled, PATIENCE)
        QTest.keyClick(sheet._next, Qt.Key.Key_Return)
        await until(lambda: sheet._start.isVisible() and sheet._start.isEnabled(), PATIENCE)
        QTest.keyClick(sheet._start, Qt.Key.Key_Return)
        await until(lambda: isinstance(shown.page, JobsPage), PATIENCE)
        await until(lambda: len(_contacts(office)) == 1, PATIENCE)
        await shown.bridge.call(_quiet(office))

    async def _everything(shown: Window, office: Office) -> None:
        await shown.bridge.call(office.desk.tenants.discover(NAME))
        shown.go(AccountPlace(office.stream(ada)))
        page = shown.page
        assert isinstance(page, AccountPage)
        await until(lambda: page.whole.isVisible() and len(page.services.tiles) > 1, PATIENCE)
        QTest.keyClick(page.whole, Qt.Key.Key_Return)
        sheets: list[MailboxSheet] = []

        def asks() -> bool:
            sheets[:] = [one for one in shown.findChildren(MailboxSheet) if one.isVisible()]
            return bool(sheets) and sheets[0].guide.isVisible()

        await until(asks, PATIENCE)
        sheet = sheets[0]
        QTest.keyClick(sheet.guide.first, Qt.Key.Key_Return)
        await until(lambda: not sheet.guide.tasks.is_running("look"), PATIENCE)
        assert sheet.guide.mark.accessibleName() == "The mailbox is not there"
        office.tenant.restore_user(ada.user)
        QTest.keyClick(sheet.guide.first, Qt.Key.Key_Return)
        await until(lambda: sheet.guide.mark.accessibleName() == "The mailbox is there again", PATIENCE)
        await until(lambda: sheet.target.connection == f"{NAME}/ada@fernwick.example", PATIENCE)
        QTest.keyClick(sheet._on, Qt.Key.Key_Return)
        QTest.keyClick(sheet.target.list, Qt.Key.Key_Down)
        assert sheet.target.connection == f"{NAME}/bob@fernwick.example"
        sheet._ways.button(2).setFocus()
        QTest.keyClick(sheet._ways.button(2), Qt.Key.Key_Space)
        QTest.keyClick(sheet._next, Qt.Key.Key_Return)
        await until(lambda: sheet._start.isVisible() or sheet.banner.isVisible(), PATIENCE)
        assert sheet._start.isEnabled(), sheet.banner.accessibleDescription()
        QTest.keyClick(sheet._start, Qt.Key.Key_Return)
        await until(lambda: isinstance(shown.page, JobsPage), PATIENCE)
        await shown.bridge.call(_quiet(office))
        theirs = office.tenant.organizers[bob.user]
        assert len(bob.messages) == 3
        assert len(_contacts(office)) == 1
        assert [one["subject"] for shelf in theirs.calendars.values() for one in shelf.items.values()] == ["Tea"]
        assert [one["title"] for shelf in theirs.lists.values() for one in shelf.items.values()] == ["Write the notes"]
        assert theirs.notices == []

    def _contacts(office: Office) -> list[str]:
        shelves = office.tenant.organizers[bob.user].contacts.values()
        return [one["displayName"] for shelf in shelves for one in shelf.items.values()]

    play(qapp, vault_in(tmp_path))
    (tmp_path / "site").mkdir()
    with opened(tmp_path / "site") as site:
        office = Office(tmp_path, site, Desk(tmp_path / "nobody"))
        ada, bob = office.join("Ada Lovelace"), office.join("Bob Ross", letters=0)
        office.give_one_of_each(ada)
        play(qapp, scene(office))
        assert office.referee.problems == []


async def _saved(office: Office, user: str) -> None:
    """Back one account up."""
    await office.add()
    await office.desk.tenants.discover(NAME)
    await office.desk.tenants.activate(NAME, [user])
    await office.done(*await office.desk.tenants.backup(NAME))


async def _quiet(office: Office) -> None:
    """Wait until all jobs went well."""
    await office.done(*[job.id for job in await office.desk.jobs()])
