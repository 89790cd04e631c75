"""The window on the real application: the demonstration, explored the way a person would."""

import asyncio
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.views import Health
from saasbackup_desktop.core.jobs import State
from saasbackup_desktop.core.selection import EVERYTHING
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.demonstration import TemporaryDemonstration
from saasbackup_desktop.ui.kit import clock
from saasbackup_desktop.ui.kit.theme import Appearance, Theme
from saasbackup_desktop.ui.places import AddAccount, ComparePlace, JobsPlace, RecoveryPlace, VaultPlace
from saasbackup_desktop.ui.preferences import Preferences
from saasbackup_desktop.ui.rooms.add_account import AddAccountPage
from saasbackup_desktop.ui.rooms.compare import ComparePage
from saasbackup_desktop.ui.rooms.home import HomePage
from saasbackup_desktop.ui.rooms.mailbox.page import MailboxPage
from saasbackup_desktop.ui.rooms.restore.restore import RestoreSheet
from saasbackup_desktop.ui.rooms.unlock import UnlockPage
from saasbackup_desktop.ui.rooms.vault.keys import KeysLeaf
from saasbackup_desktop.ui.rooms.vault.page import VaultPage
from saasbackup_desktop.ui.rooms.welcome import WelcomePage
from saasbackup_desktop.ui.shell.homes import Homes
from saasbackup_desktop.ui.shell.window import Window
from tests.servers.dovecot import Dovecot, User
from tests.ui.stage import play, until

PATIENCE = 12_000


def open_window(application: QApplication, home: Path) -> Window:
    clock.release()
    homes = Homes(own=lambda: Desk(home), demonstration=lambda: TemporaryDemonstration(300, directory=False))
    shown = Window(Bridge(), Theme(application, Appearance.LIGHT), Preferences(home / "window.ini"), homes)
    shown.show()
    return shown


async def close(shown: Window) -> None:
    ended: list[int] = []
    shown.ended.connect(lambda: ended.append(1))
    shown.close()
    await until(lambda: bool(ended), PATIENCE)
    shown.bridge.close()
    shown.deleteLater()


def test_demonstration_is_explored(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        shown = open_window(qapp, tmp_path)
        await shown.begin()
        assert isinstance(shown.page, WelcomePage)
        shown.page.demonstration_wanted.emit()
        await until(lambda: isinstance(shown.page, HomePage), PATIENCE)
        desk, bridge = shown.bridge.desk, shown.bridge
        cards = [card for card in await bridge.call(desk.cards()) if card.last is not None]
        card = max(cards, key=lambda one: one.last.items if one.last else 0)

        shown.go(RecoveryPlace(card.stream))
        mailbox = shown.page
        assert isinstance(mailbox, MailboxPage)
        await until(lambda: mailbox.mail.rowCount() > 0 and mailbox.reading.row is not None, PATIENCE)
        await until(lambda: bool(mailbox.reading.browser.toPlainText().strip()), PATIENCE)
        mailbox.search.setText("the")
        QTest.keyClick(mailbox.search, Qt.Key.Key_Return)
        await until(lambda: mailbox.found.rowCount() > 0, PATIENCE)

        points = await bridge.call(desk.snapshots(card.stream))
        shown.go(ComparePlace(card.stream, points[-1].id, points[0].id))
        compare = shown.page
        assert isinstance(compare, ComparePage)
        await until(lambda: compare._model.rowCount() > 0, PATIENCE)

        sheet = RestoreSheet(bridge, card, points[0], EVERYTHING, shown)
        answer = asyncio.ensure_future(sheet.answer())
        await until(lambda: sheet.target.count() > 1, PATIENCE)
        sheet.target.choose("successor")
        sheet._to_plan()
        await until(lambda: sheet._start.isEnabled() and sheet._start.isVisible(), PATIENCE)
        sheet._go()
        assert await answer
        assert sheet.job is not None
        shown.go(JobsPlace(sheet.job))
        await until(lambda: shown._jobs[sheet.job].state.is_over if sheet.job in shown._jobs else False, PATIENCE)
        done = await bridge.call(desk.job(sheet.job))
        assert (done.state, done.tally.verified) == (State.DONE, points[0].items)

        shown.status._leave.click()
        await until(lambda: isinstance(shown.page, WelcomePage), PATIENCE)
        await close(shown)

    play(qapp, scene())


def test_mailbox_is_added_backed_up_and_read(qapp: QApplication, tmp_path: Path, dovecot: Dovecot, user: User) -> None:
    dovecot.append(
        user, "INBOX", [f"From: a@b.example\r\nSubject: Letter {n}\r\n\r\nBody {n}\r\n".encode() for n in range(40)]
    )

    async def scene() -> None:
        shown = open_window(qapp, tmp_path / "home")
        await shown.begin()
        await shown.bridge.call(shown.bridge.desk.create_vault(str(tmp_path / "vault"), "five unrelated words more"))
        shown._enter()
        await until(lambda: isinstance(shown.page, HomePage), PATIENCE)
        shown.go(AddAccount())
        adding = shown.page
        assert isinstance(adding, AddAccountPage)
        adding.host.setText("localhost")
        adding.port.setValue(dovecot.tls_port)
        adding._go_on()
        adding.user.setText(user.name)
        adding.secret.setText("not the password")
        adding._go_on()
        await until(lambda: "Secure connection refused" in adding._test_mark.accessibleName(), PATIENCE)
        adding._go_back()
        adding._go_back()
        adding.ca_file.setText(str(dovecot.ca_file))
        adding._go_on()
        adding._go_on()
        await until(lambda: "Sign-in refused" in adding._test_mark.accessibleName(), PATIENCE)
        adding._go_back()
        adding.secret.setText(user.password)
        adding._go_on()
        await until(adding._next.isEnabled, PATIENCE)
        adding._go_on()
        adding._go_on()
        await until(lambda: isinstance(shown.page, HomePage), PATIENCE)
        home = shown.page
        assert isinstance(home, HomePage)
        await until(lambda: [c.card.health for c in home._cards.values()] == [Health.OK], PATIENCE)
        stream = next(iter(home._cards))
        shown.go(RecoveryPlace(stream))
        mailbox = shown.page
        assert isinstance(mailbox, MailboxPage)
        await until(lambda: mailbox.mail.rowCount() == 40, PATIENCE)
        await until(lambda: "Body" in mailbox.reading.browser.toPlainText(), PATIENCE)
        await close(shown)

    play(qapp, scene())


def test_vault_is_made_locked_and_opened_again(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        shown = open_window(qapp, tmp_path / "home")
        await shown.begin()
        welcome = shown.page
        assert isinstance(welcome, WelcomePage)
        secret = "five unrelated words make strength"
        kit = await shown.bridge.call(shown.bridge.desk.create_vault(str(tmp_path / "vault"), secret))
        welcome._turn(welcome._kit(kit))
        shown._enter()
        await until(lambda: isinstance(shown.page, HomePage) and shown.page.banner.isVisible(), PATIENCE)
        shown.go(VaultPlace("keys"))
        vault = shown.page
        assert isinstance(vault, VaultPage)
        keys = vault.leaf
        assert isinstance(keys, KeysLeaf)
        await until(keys._confirm.isVisible, PATIENCE)
        await shown.bridge.call(shown.bridge.desk.prove_recovery_kit(kit.recovery_key))
        vault.lock.click()
        await until(lambda: isinstance(shown.page, UnlockPage), PATIENCE)
        unlock = shown.page
        assert isinstance(unlock, UnlockPage)
        unlock.secret.setText("not this")
        QTest.keyClick(unlock.secret, Qt.Key.Key_Return)
        await until(lambda: "recovery key" in unlock.secret.accessibleDescription(), PATIENCE)
        await until(unlock._open.isEnabled, PATIENCE)
        unlock.secret.setText(kit.recovery_key)
        QTest.keyClick(unlock.secret, Qt.Key.Key_Return)
        await until(lambda: isinstance(shown.page, HomePage), PATIENCE)
        await close(shown)

    play(qapp, scene())


def test_place_that_is_taken_is_told(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        (tmp_path / "full").mkdir()
        (tmp_path / "full" / "letter.txt").write_text("mine")
        shown = open_window(qapp, tmp_path / "home")
        await shown.begin()
        welcome = shown.page
        assert isinstance(welcome, WelcomePage)

        async def make() -> None:
            await shown.bridge.call(shown.bridge.desk.create_vault(str(tmp_path / "full"), "five unrelated words more"))

        welcome.run(make())
        await until(welcome.banner.isVisible, PATIENCE)
        assert welcome.banner.accessibleName()
        assert (tmp_path / "full" / "letter.txt").read_text() == "mine"
        await close(shown)

    play(qapp, scene())
