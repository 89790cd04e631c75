"""The window on the real application and a pretend tenant behind real ports: from nothing to a backup, by keyboard."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.flows.add_m365 import Step
from saasbackup_desktop.app.tenants.views import State
from saasbackup_desktop.providers.microsoft.registering import REGISTERS
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import clock
from saasbackup_desktop.ui.kit.theme import Appearance, Theme
from saasbackup_desktop.ui.preferences import Preferences
from saasbackup_desktop.ui.rooms.home import HomePage
from saasbackup_desktop.ui.rooms.tenants.accounts import AccountsLeaf
from saasbackup_desktop.ui.rooms.tenants.page import TenantPage
from saasbackup_desktop.ui.rooms.tenants.wizard import AddTenantPage
from saasbackup_desktop.ui.rooms.unlock import UnlockPage
from saasbackup_desktop.ui.shell.homes import Homes
from saasbackup_desktop.ui.shell.window import Window
from tests.flow.stage import PASSPHRASE, vault_in
from tests.graph.office import READS, WRITES, Office, opened
from tests.ui.stage import play, until
from tests.ui.test_real_desk import close

PATIENCE = 12_000
_MOST = 60
"""Times that Tab is pressed before somebody gives up."""


class Hands:
    """On the keyboard, and never on the mouse."""

    def __init__(self, shown: Window) -> None:
        self._shown = shown

    @property
    def at(self) -> QWidget:
        """What has the focus."""
        found = self._shown.focusWidget()
        assert found is not None, "nothing has the focus"
        return found

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key where the focus is."""
        QTest.keyClick(self._shown.focusWidget() or self._shown, key, modifiers)

    def alt(self, letter: str) -> None:
        """Press a letter together with Alt: that works in the active window only."""
        assert self._shown.isActiveWindow()
        self.press(Qt.Key(ord(letter.upper())), Qt.KeyboardModifier.AltModifier)

    def write(self, words: str) -> None:
        """Type words where the focus is."""
        QTest.keyClicks(self.at, words)

    def tab_to(self, name: str) -> None:
        """Go on with Tab until something of this name has the focus."""
        seen = []
        for _ in range(_MOST):
            if self._shown.focusWidget() is not None:
                spoken = self.at.accessibleName() or str(getattr(self.at, "text", str)()).replace("&", "")
                seen.append(spoken)
                if name in spoken:
                    return
            self.press(Qt.Key.Key_Tab)
        raise AssertionError(f"{name} cannot be reached: {seen}")


def test_tenant_is_added_and_backed_up_by_keyboard_alone(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(office: Office) -> None:
        clock.release()
        home = tmp_path / "home"
        homes = Homes(own=lambda: Desk(home), demonstration=lambda: None)  # type: ignore[arg-type, return-value]
        shown = Window(Bridge(), Theme(qapp, Appearance.LIGHT), Preferences(tmp_path / "window.ini"), homes)
        shown.show()
        shown.activateWindow()
        await until(shown.isActiveWindow, PATIENCE)
        hands = Hands(shown)
        await shown.begin()
        await until(lambda: isinstance(shown.page, UnlockPage), PATIENCE)
        hands.tab_to("assphrase")
        hands.write(PASSPHRASE)
        hands.press(Qt.Key.Key_Return)
        await until(lambda: isinstance(shown.page, HomePage), PATIENCE)
        home_page = shown.page
        assert isinstance(home_page, HomePage)
        await until(home_page._empty.isVisible, PATIENCE)
        hands.tab_to("Add account")
        hands.press(Qt.Key.Key_Return)
        hands.press(Qt.Key.Key_Return)
        wizard = shown.page
        assert isinstance(wizard, AddTenantPage)
        hands.tab_to("Advanced")
        hands.press(Qt.Key.Key_Return)
        hands.tab_to("Cloud")
        hands.press(Qt.Key.Key_End)
        for field, words in (
            ("Sign-in address", office.site.login.address),
            ("Graph address", office.site.graph.address),
            ("Own certificate authority", office.site.ca_file),
        ):
            hands.tab_to(field)
            hands.write(words)
        hands.alt("N")
        await until(lambda: wizard.flow.step is Step.SERVICES, PATIENCE)
        hands.alt("N")
        await until(lambda: wizard.codes.code.isVisible() and bool(wizard.codes.code.text()), PATIENCE)
        office.identity.approve(wizard.codes.code.text().replace(" ", ""), admin)
        await until(lambda: wizard.next.isEnabled() or wizard.banner.isVisible(), PATIENCE)
        assert wizard.flow.registered is not None, wizard.banner.accessibleDescription()
        hands.press(Qt.Key.Key_Return)
        await until(lambda: wizard.flow.report is not None or wizard.banner.isVisible(), PATIENCE)
        assert wizard.flow.report is not None, wizard.banner.accessibleDescription()
        hands.alt("N")
        await until(lambda: wizard.accounts.model.rowCount() == 2 or wizard.banner.isVisible(), PATIENCE)
        hands.alt("N")
        await until(lambda: wizard.flow.step is Step.SUMMARY, PATIENCE)
        hands.alt("N")
        await until(lambda: isinstance(shown.page, TenantPage) or wizard.banner.isVisible(), PATIENCE)
        tenant = shown.page
        assert isinstance(tenant, TenantPage), wizard.banner.accessibleDescription()
        accounts = tenant.leaf
        assert isinstance(accounts, AccountsLeaf)
        await until(lambda: {one.state for one in accounts.model.rows} == {State.SUCCESS}, PATIENCE)
        hands.press(Qt.Key.Key_Home)
        hands.press(Qt.Key.Key_Return)
        await until(lambda: shown.page is not tenant, PATIENCE)
        await close(shown)

    play(qapp, vault_in(tmp_path))
    (tmp_path / "site").mkdir()
    with opened(tmp_path / "site") as site:
        granted = READS | WRITES | frozenset(REGISTERS)
        office = Office(tmp_path, site, Desk(tmp_path / "nobody"), granted=granted)
        admin = office.join("Ada Lovelace").user
        office.join("Bob Ross", letters=1)
        play(qapp, scene(office))
        assert office.referee.problems == []
