"""Limited vaults in the window: made, listed, and erased only by who types which."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit

from saasbackup_desktop.app.views import Erasure
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import NewPassphrase
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.places import VaultPlace
from saasbackup_desktop.ui.rooms.recovery_kit import ConfirmKit
from saasbackup_desktop.ui.rooms.vault.keys import KeysLeaf
from saasbackup_desktop.ui.rooms.vault.limited_card import erased_words
from saasbackup_desktop.ui.rooms.vault.page import VaultPage
from saasbackup_desktop.ui.shell.window import Window
from tests.ui.fake_desk import NOW
from tests.ui.stage import play, settled, until, window


def _sheet(shown: Window, title: str) -> Sheet | None:
    found = [sheet for sheet in shown.findChildren(Sheet) if sheet.isVisible() and title in sheet.windowTitle()]
    return found[0] if found else None


async def _wait_for(shown: Window, title: str) -> Sheet:
    await until(lambda: _sheet(shown, title) is not None)
    sheet = _sheet(shown, title)
    assert sheet is not None
    return sheet


def _press(sheet: Sheet, words: str) -> None:
    (button,) = [one for one in sheet.findChildren(Button) if words in one.text().replace("&", "")]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_one_is_made_listed_and_erased(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            shown.go(VaultPlace("keys"))
            page = shown.page
            assert isinstance(page, VaultPage)
            leaf = page.leaf
            assert isinstance(leaf, KeysLeaf)
            await settled()
            leaf.limited.add.click()
            sheet = await _wait_for(shown, "New limited vault")
            passphrase = sheet.findChild(NewPassphrase)
            assert isinstance(passphrase, NewPassphrase)
            passphrase.first.setText("a passphrase of the board's own")
            passphrase.second.setText("a passphrase of the board's own")
            _press(sheet, "Make it")
            kit = await _wait_for(shown, "is made")
            assert kit.findChild(ConfirmKit) is None, "the vault around it cannot tell"
            _press(kit, "Done")
            asked = await _wait_for(shown, "not saved or confirmed")
            _press(asked, "Back to the kit")
            await settled()
            assert kit.isVisible()
            _press(kit, "Done")
            _press(await _wait_for(shown, "not saved or confirmed"), "Close anyway")
            await until(lambda: _sheet(shown, "is made") is None)
            (id,) = await shown.bridge.call(shown.bridge.desk.limited_vaults())
            await until(lambda: id in [label.text() for label in leaf.limited.findChildren(QLabel)])
            (erase,) = [one for one in leaf.limited.findChildren(Button) if one.text().startswith("Erase")]
            assert erase.accessibleName() == f"Erase {id[:8]}"
            erase.click()
            asked = await _wait_for(shown, "Erase the limited vault")
            (go,) = [one for one in asked.findChildren(Button) if "for ever" in one.text()]
            assert not go.isEnabled()
            asked.findChildren(QLineEdit)[0].setText(id[:8])
            assert go.isEnabled()
            go.click()
            await until(lambda: id not in [label.text() for label in leaf.limited.findChildren(QLabel)])
            assert await shown.bridge.call(shown.bridge.desk.limited_vaults()) == ()
            assert leaf.banner.isVisible()

    play(qapp, scene())


def test_what_locked_storage_keeps_is_told() -> None:
    assert erased_words(Erasure(files=1, kept=0, kept_until=None)) == "1 file removed."
    words = erased_words(Erasure(files=3, kept=2, kept_until=NOW))
    assert "2 files" in words
    assert "lock keeps" in words
