"""The directories' pages say what is so by now, offer what can be done, and spare nobody who is not there."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from saasbackup_desktop.app.entra.views import PlanRequest
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.places import DirectoryPlace, EntraPlace
from saasbackup_desktop.ui.rooms.entra.access import AccessSheet
from saasbackup_desktop.ui.rooms.entra.directory import DirectoryPage
from saasbackup_desktop.ui.rooms.entra.page import EntraPage
from saasbackup_desktop.ui.rooms.entra.plan_sheet import PlanSheet
from saasbackup_desktop.ui.shell.window import Window
from tests.ui.entra_pictures import page_of
from tests.ui.fake_desk import FakeDesk
from tests.ui.fake_entra import FJORD, NORTHWIND, STREAM, id_of
from tests.ui.stage import settled
from tests.ui.test_entra import asked, differences, on_stage, sheet_of


def test_jobs_and_directories_are_looked_at_as_they_are_by_now(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        newest, *earlier = desk.entra.points
        desk.entra.points = earlier
        shown.go(DirectoryPlace(STREAM, earlier[2].id))
        await settled()
        page = page_of(shown, DirectoryPage)
        current = page.picker.current
        assert current is not None
        assert current.id == earlier[2].id
        desk.entra.points = [newest, *earlier]
        shown.go(DirectoryPlace(STREAM))
        await settled()
        current = page.picker.current
        assert current is not None
        assert current.id == page._at == newest.id

    on_stage(qapp, tmp_path, scene)


def test_a_search_through_all_kinds_shows_that_it_is_one(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        shown.go(DirectoryPlace(STREAM))
        await settled()
        page = page_of(shown, DirectoryPage)
        assert page.kinds.kinds(page.tree.currentIndex()) == ("users",)
        page.search.setText("adele")
        QTest.keyClick(page.search, Qt.Key.Key_Return)
        page.ever.click()
        await settled()
        assert not page.kinds.kinds(page.tree.currentIndex())
        page.everywhere.click()
        await settled()
        assert not page.ever.isChecked()
        assert page.kinds.kinds(page.tree.currentIndex()) == ("users",)
        page.everywhere.click()
        await settled()
        page.tree.setCurrentIndex(page.kinds.find("users"))
        await settled()
        assert not page.everywhere.isChecked()

    on_stage(qapp, tmp_path, scene)


def test_objects_of_a_directory_without_backup_offer_one(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        points, desk.entra.points = desk.entra.points, []
        shown.go(DirectoryPlace(STREAM))
        await settled()
        page = page_of(shown, DirectoryPage)
        assert page._unsaved.isVisible()
        assert page._title.whole == "Northwind Traders"
        for piece in (page.picker, page.compare, page._save, page.search, page.ever):
            assert not piece.isVisible()
        assert page._unsaved.next.text() == "Back up now"
        page._unsaved.next.click()
        await settled()
        assert asked(desk, "entra-backup") == [NORTHWIND]
        desk.entra.rows[NORTHWIND] = replace(desk.entra.rows[NORTHWIND], is_active=False)
        shown.go(DirectoryPlace(STREAM))
        await settled()
        page._unsaved.next.click()
        await settled()
        page_of(shown, EntraPage)
        desk.entra.points = points
        shown.go(DirectoryPlace(STREAM))
        await settled()
        assert page.compare.isVisible()
        assert page.search.isVisible()

    on_stage(qapp, tmp_path, scene)


def test_an_account_that_is_to_be_spared_has_to_be_there(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        page = await differences(shown)
        page.picked.put("groups", True)
        page.plan()
        await settled()
        sheet = sheet_of(shown, PlanSheet)
        mistyped = id_of("users", 1).replace("4000", "4001")
        for field in (sheet.emergency, sheet.myself):
            field.setText(f"{id_of('users', 1).upper()}, {mistyped}")
            sheet.go.click()
            await settled()
            assert not asked(desk, "entra-plan")
            assert any(mistyped in one.text() for one in sheet.findChildren(Text))
            field.setText("")
        sheet.myself.setText(f"{id_of('users', 1)}, {id_of('users', 2)}")
        sheet.go.click()
        await settled()
        assert not asked(desk, "entra-plan")
        sheet.emergency.setText(id_of("users", 1).upper())
        sheet.myself.setText(id_of("users", 2))
        sheet.go.click()
        await settled()
        [request] = asked(desk, "entra-plan")
        assert isinstance(request, PlanRequest)
        assert (request.break_glass, request.myself) == ((id_of("users", 1),), id_of("users", 2))

    on_stage(qapp, tmp_path, scene)


def test_the_next_thing_to_do_stands_out_and_the_chosen_way_has_the_keyboard(
    qapp: QApplication, tmp_path: Path
) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        desk.entra.rows[FJORD] = replace(desk.entra.rows[FJORD], is_active=False)
        shown.go(EntraPlace())
        await settled()
        for card in page_of(shown, EntraPage).cards.values():
            outstanding = [one for one in card.findChildren(Button) if one.property("kind") == "primary"]
            assert len([one for one in outstanding if one.isVisible()]) == 1
        page_of(shown, EntraPage).cards[NORTHWIND].access.click()
        await settled()
        sheet = sheet_of(shown, AccessSheet)
        assert sheet.focusWidget() is sheet.group.checkedButton()
        assert sheet.group.checkedId() == 1

    on_stage(qapp, tmp_path, scene)
