"""Several accounts in one download: chosen in a list, taken with one dialog, and each told of by itself."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QDateEdit, QDialog, QTableView, QWidget

from saasbackup_desktop.app.exports.views import AccountShare, ExportRequest, ShareStatus
from saasbackup_desktop.app.words.exports import SHARES
from saasbackup_desktop.core.export.values import Format
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.ui.places import DownloadsPlace, HomePlace, RecoveryPlace, TenantPlace
from saasbackup_desktop.ui.rooms.exports.accounts_sheet import AccountsSheet
from saasbackup_desktop.ui.rooms.exports.download import SeveralSheet
from saasbackup_desktop.ui.rooms.exports.downloads import DownloadsPage
from saasbackup_desktop.ui.rooms.home import HomePage
from saasbackup_desktop.ui.rooms.tenants.accounts import AccountsLeaf
from saasbackup_desktop.ui.rooms.tenants.page import TenantPage
from saasbackup_desktop.ui.shell.window import Window
from tests.ui.fake_desk import STREAM, FakeDesk, TenantsDesk
from tests.ui.fake_items import ItemsDesk
from tests.ui.fake_tenants import NORTHWIND
from tests.ui.stage import play, settled, until, window

ENTER = Qt.Key.Key_Return
Scene = Callable[[Window], Awaitable[None]]


def _seen(application: QApplication, folder: Path, scene: Scene, make: Callable[[], FakeDesk] = FakeDesk) -> None:
    async def work() -> None:
        async with window(application, folder, make) as shown:
            await scene(shown)

    play(application, work())


def _asked(shown: Window, name: str) -> list[Any]:
    return [what for said, what in shown.bridge.desk.asked if said == name]  # type: ignore[attr-defined]


def _visible(shown: Window, kind: type[QDialog]) -> Any:
    return next((one for one in shown.findChildren(kind) if one.isVisible()), None)


def _unnamed(inside: QWidget) -> list[str]:
    """What a person can reach and a screen reader has no words for."""
    found = []
    for kind in (QAbstractButton, QComboBox, QDateEdit, QTableView):
        for one in inside.findChildren(kind):
            if one.isVisible() and one.focusPolicy() & Qt.FocusPolicy.TabFocus:
                face = QAccessible.queryAccessibleInterface(one)
                if face is None or not face.text(QAccessible.Text.Name):
                    found.append(type(one).__name__)
    return found


def test_every_state_of_an_account_has_words() -> None:
    assert set(SHARES) == set(ShareStatus)


def test_accounts_are_chosen_and_downloaded_by_the_keyboard(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window) -> None:
        shown.go(HomePlace())
        page = shown.page
        assert isinstance(page, HomePage)
        await until(page.save.isVisible)
        QTest.keyClick(page.save, Qt.Key.Key_Space)
        await until(lambda: _visible(shown, AccountsSheet) is not None)
        chooser = _visible(shown, AccountsSheet)
        await until(lambda: chooser._model.rowCount() > 1)
        assert not chooser.go_on.isEnabled()
        count = chooser._model.rowCount()
        QTest.keyClick(chooser.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        assert len(chooser.chosen) == count
        # What is selected stays so while the list is searched, and is sorted.
        chooser.search.setText("nobody at all")
        assert (chooser._model.rowCount(), len(chooser.chosen)) == (0, count)
        assert "not shown" in chooser._told.text()
        chooser.search.clear()
        chooser.table.sortByColumn(3, Qt.SortOrder.DescendingOrder)
        assert chooser.table.picked_count() == len(chooser.chosen) == count
        assert not _unnamed(chooser)
        QTest.keyClick(chooser.go_on, ENTER)
        await until(lambda: _visible(shown, SeveralSheet) is not None)
        sheet = _visible(shown, SeveralSheet)
        await until(sheet._on.isEnabled)
        assert sheet.what.formats == {Format.PST}
        assert "accounts" in sheet.lead.text()
        assert not _unnamed(sheet)
        QTest.keyClick(sheet._on, ENTER)
        sheet.where.folder.line.setText(str(tmp_path))
        QTest.keyClick(sheet.where.folder.line, ENTER)
        await until(sheet.estimate.table.isVisible)
        assert sheet.estimate.table.model().rowCount() == count
        assert sheet.focusWidget() is sheet._start
        assert not _unnamed(sheet)
        QTest.keyClick(sheet._start, ENTER)
        await until(lambda: isinstance(shown.page, DownloadsPage))
        request, password = _asked(shown, "export")[-1]
        assert isinstance(request, ExportRequest)
        assert request.several is not None
        assert (request.picks, password, len(request.several.accounts)) == ((), None, count)
        assert dict(request.several.forms)[Service.MAIL] is Format.PST
        assert request.several.as_of is None

    _seen(qapp, tmp_path, scene, ItemsDesk)


def test_who_has_nothing_by_then_is_named_before_it_starts(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window) -> None:
        ids = tuple(dict.fromkeys(card.account.id for card in await shown.bridge.call(shown.bridge.desk.cards())))
        sheet = SeveralSheet(shown.bridge, ids, shown)
        sheet.open()
        await until(sheet._on.isEnabled)
        assert not sheet.what.without.isVisible()
        sheet.what.when.dated.click()
        assert not sheet._on.isEnabled()  # until it is known who has something
        await until(sheet._on.isEnabled)
        assert sheet.what.without.isVisible()
        assert "Nora New" in sheet.what.without.accessibleDescription()
        line = next(one for one in sheet.what.lines if one.service is Service.MAIL)
        line.format.choose(Format.MBOX)
        line.format_picked.emit()
        next(one for one in sheet.what.lines if one.service is Service.NOTES).box.click()
        sheet._on.click()
        sheet.where.folder.line.setText(str(tmp_path))
        asked = sheet.request().several
        assert asked is not None
        assert asked.as_of == sheet.what.when.until
        assert dict(asked.forms)[Service.MAIL] is Format.MBOX
        assert Service.NOTES not in dict(asked.forms)
        sheet._next.click()
        await until(sheet.estimate.table.isVisible)
        model = sheet.estimate.table.model()
        assert model.index(model.rowCount() - 1, 2).data() == "nothing saved by then"
        sheet.reject()

    _seen(qapp, tmp_path, scene, ItemsDesk)


def test_each_account_of_a_download_is_told_of(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window) -> None:
        desk = shown.bridge.desk
        assert isinstance(desk, FakeDesk)
        cards = await shown.bridge.call(desk.cards())
        ids = tuple(dict.fromkeys(card.account.id for card in cards))
        sheet = SeveralSheet(shown.bridge, ids, shown)
        sheet.open()
        await until(sheet._on.isEnabled)
        sheet._on.click()
        sheet.where.folder.line.setText(str(tmp_path))
        job = await shown.bridge.call(desk.exports.start(sheet.request()))
        sheet.reject()
        owners = list({card.account.id: card.account for card in cards}.values())
        first, *others = owners
        desk.exports.parts_of[job] = [
            AccountShare(account=first, folder=first.address, status=ShareStatus.PARTIAL, items=12, failed=3),
            *(AccountShare(account=one, folder=one.address, status=ShareStatus.WAITING) for one in others),
        ]
        shown.go(DownloadsPlace(job))
        page = shown.page
        assert isinstance(page, DownloadsPage)
        await until(lambda: page.shown is not None and page.card.accounts.model().rowCount() == len(owners))
        model = page.card.accounts.model()
        assert (model.index(0, 1).data(), model.index(1, 1).data()) == ("3 not in it", "Waiting")
        assert f"0 of {len(owners)} accounts" in page.card._doing.whole
        assert not _unnamed(page)
        shown.go(DownloadsPlace(desk.exports.listed[2].job))
        await until(lambda: not page.card.accounts.isVisible())

    _seen(qapp, tmp_path, scene, ItemsDesk)


def test_several_accounts_of_a_tenant_are_downloaded_from_its_list(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window) -> None:
        shown.go(TenantPlace(NORTHWIND, "accounts"))
        assert isinstance(shown.page, TenantPage)
        leaf = shown.page.leaf
        assert isinstance(leaf, AccountsLeaf)
        await until(lambda: leaf.model.rowCount() > 2)
        leaf.table.selectAll()
        leaf.run(leaf._download())
        await until(lambda: _visible(shown, SeveralSheet) is not None)
        accounts, as_of = _asked(shown, "reach")[-1]
        assert (set(accounts), as_of) == ({one.account.id for one in leaf.model.rows}, None)
        _visible(shown, SeveralSheet).reject()
        await settled()

    _seen(qapp, tmp_path, scene, TenantsDesk)


def test_nothing_is_cut_in_a_window_of_1080(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window) -> None:
        shown.resize(1080, 700)
        desk = shown.bridge.desk
        assert isinstance(desk, FakeDesk)
        shown.go(DownloadsPlace(desk.exports.listed[2].job))
        page = shown.page
        assert isinstance(page, DownloadsPage)
        await until(lambda: page.table.model().rowCount() > 2)
        assert page.table.columnWidth(1) >= page.table.sizeHintForColumn(1)
        assert sum(map(page.table.columnWidth, range(3))) <= page.table.viewport().width()
        shown.go(RecoveryPlace(STREAM))
        await settled()
        assert (shown.width(), shown.minimumSizeHint().width() <= 1080) == (1080, True)

    _seen(qapp, tmp_path, scene)
