"""The directories' pages say what is so by now, offer what can be done, and spare nobody who is not there."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from saasbackup_desktop.app.entra.views import LIVE, PlanRequest
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.text import Text, precise
from saasbackup_desktop.ui.places import DifferencesPlace, DirectoryPlace, EntraPlace
from saasbackup_desktop.ui.rooms.entra.access import AccessSheet
from saasbackup_desktop.ui.rooms.entra.differences import DifferencesPage
from saasbackup_desktop.ui.rooms.entra.directory import DirectoryPage
from saasbackup_desktop.ui.rooms.entra.page import EntraPage
from saasbackup_desktop.ui.rooms.entra.plan_sheet import PlanSheet
from saasbackup_desktop.ui.shell.window import Window
from tests.ui.entra_pictures import page_of
from tests.ui.fake_desk import FakeDesk
from tests.ui.fake_entra import FJORD, NORTHWIND, STREAM, id_of
from tests.ui.stage import settled
from tests.ui.test_entra import asked, differences, on_stage, planned, sheet_of


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


def test_a_restore_is_seen_by_the_next_look_and_ends_the_ticks_of_what_came_back(
    qapp: QApplication, tmp_path: Path
) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        page = await differences(shown)
        assert page._read.whole.startswith("Now, as read on ")
        gone, stays, part = (f"groups/{id_of('groups', n)}" for n in (0, 1, 3))
        page.picked.put_all((gone, stays, f"{gone}#a:x", f"{part}#a:description", f"{part}#a:mail", "users"), True)
        page.picked.put(f"users/{id_of('users', 0)}", False)
        head = await desk.entra.plan(
            PlanRequest(stream=STREAM, snapshot=desk.entra.points[0].id, ticks=page.picked.ticks())
        )
        shown.go(EntraPlace())
        shown.go(DifferencesPlace(STREAM))
        await settled()
        assert len(asked(desk, "entra-compare")) == 1, "a plan writes nothing"
        await desk.entra.restore(head.id)
        desk.entra.found = [one for one in desk.entra.found if one[:2] not in (("groups", 0), ("users", 0))]
        shown.go(EntraPlace())
        shown.go(DifferencesPlace(STREAM))
        await settled(100)
        assert len(asked(desk, "entra-compare")) == 2
        ticks = page.picked.ticks()
        assert ticks.wanted == {stays, f"{part}#a:description", "users"}
        assert not ticks.unwanted
        shown.go(DifferencesPlace(STREAM))
        await settled()
        assert len(asked(desk, "entra-compare")) == 2

    on_stage(qapp, tmp_path, scene)


def test_a_moment_is_not_compared_with_itself(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        page = await differences(shown)
        chosen = page.moments.old.value()
        page.moments.new.choose(chosen)
        page.moments.chosen.emit()
        await settled()
        assert page.moments.new.value() == LIVE
        assert page.banner.accessibleName() == "Both are the same moment"
        assert len(asked(desk, "entra-compare")) == 1

    on_stage(qapp, tmp_path, scene)


def test_names_can_be_read_in_a_narrow_window_and_differences_in_a_wide_one(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        page = await differences(shown)
        metrics = page.table.fontMetrics()
        for wide, column, words in ((1080, 0, "Henrietta La"), (1800, 1, "1 attribute, 8 links · Group")):
            shown.resize(wide, 700)
            await settled()
            boxes = 60 if column == 0 else 16
            assert page.table.columnWidth(column) >= metrics.horizontalAdvance(words) + boxes

    on_stage(qapp, tmp_path, scene)


def test_a_filter_without_a_hit_says_so_and_lets_go(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        page = await differences(shown)
        page.tree.setCurrentIndex(page.kinds.find("groups"))
        page.narrowing.filter.setText("nobody at all")
        await settled()
        assert not page.table.isVisible()
        shown.resize(1080, 640)
        await settled()
        for words in (one for one in page._split.findChildren(Text) if one.isVisible()):
            assert words.visibleRegion().boundingRect().width() == words.width(), words.text()
        [show_all] = [one for one in page.listing.findChildren(Button) if one.isVisible() and one.isEnabled()]
        assert page.tree.isVisible()
        show_all.click()
        await settled()
        assert page.table.isVisible()
        assert page.sheet.rowCount() == 1000 - 69
        assert not page.narrowing.filter.text()

    on_stage(qapp, tmp_path, scene)


def test_differences_of_a_directory_without_backup_offer_one(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        points, desk.entra.points = desk.entra.points, []
        shown.go(DifferencesPlace(STREAM))
        await settled()
        page = page_of(shown, DifferencesPage)
        assert page._title.whole == "What has changed in Northwind Traders"
        for piece in (page.moments, page._again, page._save, page.narrowing, page.foot):
            assert not piece.isVisible()
        page._unsaved.next.click()
        await settled()
        assert asked(desk, "entra-backup") == [NORTHWIND]
        desk.entra.points = points
        shown.go(DifferencesPlace(STREAM))
        await settled(100)
        assert page.moments.isVisible()
        assert page.sheet.rowCount()

    on_stage(qapp, tmp_path, scene)


def test_points_of_one_minute_are_told_apart_and_nothing_is_counted_before_it_is_known(
    qapp: QApplication, tmp_path: Path
) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        first, second, *others = desk.entra.points
        desk.entra.points = [first, replace(second, finished=first.finished - 1), *others]
        page = await differences(shown)
        page.picked.put("groups", True)
        assert f"on {precise(first.finished)}." in page.foot.words.whole
        assert page._comparison is not None
        page._under_way.tell(replace(page._comparison, is_done=False, kinds_read=0, kinds_total=0))
        assert "0" not in page._under_way._far.whole
        page._under_way.tell(replace(page._comparison, is_done=False, kinds_read=1, kinds_total=9))
        assert "1 of 9 kinds" in page._under_way._far.whole

    on_stage(qapp, tmp_path, scene)


def test_a_write_tells_a_state_in_words(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        page = await planned(shown, desk, "locks-out-administrators")
        page.table.go_to(2)
        await settled()
        [state] = [row for row in page.pane.sheet.rows if row.hint == "state"]
        assert {state.old, state.new} <= {"Enabled", "Disabled", "Report only"}

    on_stage(qapp, tmp_path, scene)
