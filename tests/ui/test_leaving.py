"""The window goes at any moment, and nothing is left behind that fails."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QDialog

from saasbackup_desktop.app import views
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.tasks import mishaps
from saasbackup_desktop.ui.places import VaultPlace
from saasbackup_desktop.ui.rooms.new_vault import NewVaultWizard
from saasbackup_desktop.ui.rooms.recovery_kit import show_kit
from saasbackup_desktop.ui.rooms.vault.key_sheets import add_passphrase
from saasbackup_desktop.ui.rooms.vault.overview import OverviewLeaf
from saasbackup_desktop.ui.rooms.welcome import WelcomePage
from saasbackup_desktop.ui.shell.window import Window
from tests.ui.fake_desk import PASSPHRASE, FakeDesk
from tests.ui.stage import play, settled, until, window

Begin = Callable[[Window], Coroutine[Any, Any, None]]


class Slow(FakeDesk):
    """What takes long never comes to its end."""

    async def rebuild_catalog(self) -> None:
        self.asked.append(("rebuild_catalog", None))
        await asyncio.Event().wait()

    async def create_vault(self, *_: object, **__: object) -> views.RecoveryKit:
        self.asked.append(("create_vault", None))
        await asyncio.Event().wait()
        return self._kit()


def _asked(shown: Window) -> list[tuple[str, object]]:
    desk = shown.bridge.desk
    assert isinstance(desk, FakeDesk)
    return desk.asked


async def _open_sheet(shown: Window) -> None:
    assert shown.page is not None
    shown.page.run(add_passphrase(shown.bridge, shown.page))


async def _show_a_kit(shown: Window) -> None:
    assert shown.page is not None
    kit = await shown.bridge.call(shown.bridge.desk.new_recovery_key())
    shown.page.run(show_kit(shown.bridge, kit, shown.page))


async def _show_a_bug(shown: Window) -> None:
    mishaps().bug.emit(ValueError("impossible"))


async def _rebuild(shown: Window) -> None:
    shown.go(VaultPlace("overview"))
    assert shown.page is not None
    overview = shown.page.findChild(OverviewLeaf)
    assert overview is not None
    await settled()
    overview._rebuild.click()
    await settled(10)
    asked = next(d for d in shown.findChildren(QDialog) if d.isVisible())
    next(b for b in asked.findChildren(Button) if b.text() == "Rebuild").click()
    await until(lambda: bool(_asked(shown)))


async def _create(shown: Window) -> None:
    page = shown.page
    assert isinstance(page, WelcomePage)
    page._create.click()
    wizard = page.findChild(NewVaultWizard)
    assert wizard is not None
    wizard.folder.line.setText("/media/disk/vault")
    wizard.go_on()
    await settled(10)
    wizard.passphrase.first.setText(PASSPHRASE)
    wizard.passphrase.second.setText(PASSPHRASE)
    wizard.go_on()
    await until(lambda: bool(_asked(shown)))


@pytest.mark.parametrize(
    ("begin", "first_run"),
    [(_open_sheet, False), (_show_a_kit, False), (_show_a_bug, False), (_rebuild, False), (_create, True)],
)
def test_window_goes_in_the_midst_of_it(
    qapp: QApplication, tmp_path: Path, caplog: pytest.LogCaptureFixture, begin: Begin, first_run: bool
) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, lambda: Slow(first_run=first_run)) as shown:
            ended: list[int] = []
            shown.ended.connect(lambda: ended.append(1))
            await begin(shown)
            await settled(10)
            shown.end()
            shown.end()  # impatience changes nothing
            await until(lambda: bool(ended))
            mishaps().bug.emit(ValueError("too late to be shown"))
            await settled()
            assert not any(dialog.isVisible() for dialog in shown.findChildren(QDialog))
            assert ended == [1]

    play(qapp, scene())
    assert "failed" not in caplog.text
    assert "never retrieved" not in caplog.text
