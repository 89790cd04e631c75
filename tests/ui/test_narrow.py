"""The window at its narrowest: what matters of each table can still be read."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QApplication

from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.places import AccountPlace, JobsPlace, TenantPlace, VaultPlace
from saasbackup_desktop.ui.rooms.account import AccountPage
from saasbackup_desktop.ui.rooms.jobs import JobsPage
from saasbackup_desktop.ui.rooms.tenants.accounts import AccountsLeaf
from saasbackup_desktop.ui.rooms.tenants.page import TenantPage
from saasbackup_desktop.ui.rooms.vault.mirror import MirrorLeaf
from saasbackup_desktop.ui.rooms.vault.page import VaultPage
from saasbackup_desktop.ui.shell.window import Window
from tests.ui.fake_desk import STREAM, TenantsDesk
from tests.ui.fake_tenants import NORTHWIND
from tests.ui.stage import play, settled, until, window


def _at(application: QApplication, folder: Path, width: int, look: Callable[[Window], Table]) -> tuple[int, int]:
    found: list[tuple[int, int]] = []

    async def scene() -> None:
        async with window(application, folder) as shown:
            shown.resize(width, 540)
            table = look(shown)
            await settled()
            words = str(table.model().index(0, 0).data())
            found.append((table.columnWidth(0), table.fontMetrics().horizontalAdvance(words)))

    play(application, scene())
    return found[0]


def test_time_of_a_point_can_be_read_in_the_smallest_window(qapp: QApplication, tmp_path: Path) -> None:
    def look(shown: Window) -> Table:
        shown.go(AccountPlace(STREAM))
        assert isinstance(shown.page, AccountPage)
        return shown.page.table

    width, needed = _at(qapp, tmp_path, 1080, look)
    assert width > needed


def test_name_of_a_job_can_be_read_on_a_small_screen(qapp: QApplication, tmp_path: Path) -> None:
    def look(shown: Window) -> Table:
        shown.go(JobsPlace())
        assert isinstance(shown.page, JobsPage)
        return shown.page.table

    width, _ = _at(qapp, tmp_path, 900, look)
    assert width >= 130


def test_opening_the_jobs_leaves_a_narrow_window_as_wide_as_it_was(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            shown.resize(1080, 640)
            shown.go(JobsPlace())
            await settled()
            assert shown.width() == 1080

    play(qapp, scene())


def test_place_of_a_copy_can_be_read_on_a_small_screen(qapp: QApplication, tmp_path: Path) -> None:
    def look(shown: Window) -> Table:
        shown.go(VaultPlace("mirror"))
        assert isinstance(shown.page, VaultPage)
        assert isinstance(shown.page.leaf, MirrorLeaf)
        return shown.page.leaf.table

    width, _ = _at(qapp, tmp_path, 900, look)
    assert width >= 140


def test_a_wide_table_has_no_gap(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            shown.go(AccountPlace(STREAM))
            await settled()
            assert isinstance(shown.page, AccountPage)
            table = shown.page.table
            assert table.horizontalHeader().length() == table.viewport().width()
            table.setColumnHidden(3, True)
            assert table.horizontalHeader().length() == table.viewport().width()

    play(qapp, scene())


def test_accounts_of_a_large_tenant_are_not_cut(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, lambda: TenantsDesk(accounts=21_500)) as shown:
            shown.go(TenantPlace(NORTHWIND, "accounts"))
            assert isinstance(shown.page, TenantPage)
            accounts = shown.page.leaf
            assert isinstance(accounts, AccountsLeaf)
            await until(lambda: accounts.model.rowCount() == 21_500)
            bold = QFont(accounts.chips["all"].font())
            bold.setBold(True)
            beside = []
            for width, height in ((1600, 900), (1240, 800), (1080, 640), (1600, 900)):
                shown.resize(width, height)
                await settled()
                beside.append(accounts.filters.is_beside)
                for chip in accounts.chips.values():
                    assert chip.width() >= chip.sizeHint().width()
                    around = chip.sizeHint().width() - chip.fontMetrics().horizontalAdvance(chip.text())
                    assert chip.width() >= QFontMetrics(bold).horizontalAdvance(chip.text()) + around
                for part in (*accounts.chips.values(), accounts.narrower, accounts.search, accounts.table):
                    left = part.mapTo(shown, QPoint()).x()
                    seen = part.visibleRegion().boundingRect()
                    assert seen.width() == part.width(), (width, part.accessibleName())
                    assert left + part.width() <= shown.width()
            assert beside[0]
            assert beside[3]
            assert not beside[2]

    play(qapp, scene())
