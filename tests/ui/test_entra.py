"""The directories' pages: what differs is ticked, planned, carried out and taken back, by mouse and by keyboard."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QWidget

from saasbackup_desktop.app.entra.views import LIVE, CompareRequest, PlanRequest, RestoreAccess
from saasbackup_desktop.core import errors
from saasbackup_desktop.core.directory.difference import Change
from saasbackup_desktop.core.directory.plan import Mode, OnSurprise, Standing
from saasbackup_desktop.core.directory.ticks import Ticks
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import Job, Reinstate, State
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.tasks import mishaps
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.places import DifferencesPlace, DirectoryPlace, EntraPlace, JobsPlace, PlanPlace
from saasbackup_desktop.ui.rooms.entra import saving
from saasbackup_desktop.ui.rooms.entra.access import AccessSheet
from saasbackup_desktop.ui.rooms.entra.differences import DifferencesPage
from saasbackup_desktop.ui.rooms.entra.directory import DirectoryPage
from saasbackup_desktop.ui.rooms.entra.page import EntraPage
from saasbackup_desktop.ui.rooms.entra.password_sheet import PasswordSheet
from saasbackup_desktop.ui.rooms.entra.plan import PlanPage
from saasbackup_desktop.ui.rooms.entra.plan_sheet import PlanSheet
from saasbackup_desktop.ui.rooms.jobs import JobsPage
from saasbackup_desktop.ui.shell.window import Window
from tests.ui.entra_pictures import desk_of, page_of
from tests.ui.fake_desk import FakeDesk
from tests.ui.fake_entra import FJORD, NORTHWIND, STREAM, id_of, name_of
from tests.ui.stage import play, settled, until, window

Scene = Callable[[Window, FakeDesk], Awaitable[None]]
S = TypeVar("S", bound=Sheet)


def on_stage(application: QApplication, folder: Path, scene: Scene, changes: int = 1000) -> None:
    async def work() -> None:
        async with window(application, folder, desk_of(changes)) as shown:
            desk = shown.bridge.desk
            assert isinstance(desk, FakeDesk)
            await scene(shown, desk)

    play(application, work())


def asked(desk: FakeDesk, what: str) -> list[object]:
    return [more for name, more in desk.asked if name == what]


def sheet_of(shown: Window, kind: type[S]) -> S:
    return next(sheet for sheet in shown.findChildren(kind) if sheet.isVisible())


async def differences(shown: Window) -> DifferencesPage:
    shown.go(DifferencesPlace(STREAM))
    page = page_of(shown, DifferencesPage)
    await until(lambda: page._comparison is not None and page._comparison.is_done and bool(page.pane.key))
    return page


async def planned(shown: Window, desk: FakeDesk, *accepts: str) -> PlanPage:
    request = PlanRequest(
        stream=STREAM, snapshot=desk.entra.points[0].id, ticks=Ticks(frozenset({"groups"})), accepts=accepts
    )
    head = await desk.entra.plan(request)
    shown.go(PlanPlace(head.id))
    await settled()
    return page_of(shown, PlanPage)


def test_it_stands_after_recovery_and_shows_each_directory(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        buttons = list(shown.navigation.findChildren(Button))
        assert [one.accessibleName() for one in buttons][1:4] == ["Recovery", "Entra", "Jobs"]
        assert [one.shortcut().toString() for one in buttons] == [f"Ctrl+{n}" for n in range(1, 8)]
        buttons[2].click()
        await settled()
        page = page_of(shown, EntraPage)
        north, fjord = page.cards[NORTHWIND], page.cards[FJORD]
        assert north.accessibleName() == "Northwind Traders, Protected"
        assert "Policy.Read.All" in fjord._note.text()
        assert fjord.renew.isVisible()
        assert not north.renew.isVisible()
        north.backup.click()
        await settled()
        assert asked(desk, "entra-backup") == [NORTHWIND]
        assert shown._rooms is not None
        shown.go(EntraPlace())
        await settled()
        north.compare.click()
        await settled()
        page_of(shown, DifferencesPage)
        assert buttons[2].isChecked()

    on_stage(qapp, tmp_path, scene)


def test_a_directory_is_activated_and_deactivated_only_when_that_is_meant(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        shown.go(EntraPlace())
        await settled()
        page = page_of(shown, EntraPage)
        page.cards[NORTHWIND].deactivate.click()
        await settled()
        sheet_of(shown, Sheet).reject()
        await settled()
        assert not asked(desk, "entra-activate")
        page.cards[NORTHWIND].deactivate.click()
        await settled()
        sheet = sheet_of(shown, Sheet)
        assert any("may write to this directory" in one.text() for one in sheet.findChildren(Text))
        sheet.accept()
        await settled()
        assert not asked(desk, "entra-access"), "it was not asked for"
        assert page.cards[NORTHWIND].activate.isVisible()
        page.cards[NORTHWIND].activate.click()
        await settled()
        assert asked(desk, "entra-activate") == [(NORTHWIND, False), (NORTHWIND, True)]
        assert page.banner.accessibleName() == "The directory of Northwind Traders is protected from now on"
        desk.entra.fault = errors.SignInNeeded(host="graph", reason="expired")
        page.cards[NORTHWIND].deactivate.click()
        await settled()
        sheet_of(shown, Sheet).accept()
        await settled()
        assert page.banner.accessibleDescription()
        assert page.cards[NORTHWIND].deactivate.isVisible()
        desk.entra.fault = None
        page.cards[NORTHWIND].deactivate.click()
        await settled()
        sheet = sheet_of(shown, Sheet)
        sheet.findChildren(QCheckBox)[0].setChecked(True)
        sheet.accept()
        await settled()
        assert asked(desk, "entra-access") == [(NORTHWIND, RestoreAccess.NONE)]

    on_stage(qapp, tmp_path, scene)


def test_restore_access_is_given_without_a_sign_in_and_an_empty_page_says_what_it_is_for(
    qapp: QApplication, tmp_path: Path
) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        shown.go(EntraPlace())
        await settled()
        page_of(shown, EntraPage).cards[FJORD].access.click()
        await settled()
        sheet = sheet_of(shown, AccessSheet)
        assert sheet.group.checkedId() == 2
        sheet.group.button(0).click()
        sheet.go.click()
        await settled()
        assert asked(desk, "entra-access") == [(FJORD, RestoreAccess.ONCE)]
        desk.entra.has_tenants = False
        shown.go(EntraPlace())
        await settled()
        page = page_of(shown, EntraPage)
        assert page._empty.isVisible()
        assert not page._past.isVisible()

    on_stage(qapp, tmp_path, scene)


def test_one_change_is_seen_word_by_word(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        page = await differences(shown)
        assert asked(desk, "entra-compare") == [CompareRequest(stream=STREAM, old=desk.entra.points[0].id, new=LIVE)]
        assert page.sheet.rowCount() == 1
        titles = [row.title for row in page.pane.sheet.rows]
        assert titles[:3] == ["Attributes", "State", "Built in controls · Grant"]
        grant = page.pane.sheet.rows[2]
        assert "compliantDevice" in "".join(grant.old[a:b] for a, b in grant.old_marks)
        assert page.narrowing.chips[Change.CHANGED].text() == "Changed  1"
        assert "exclude" in page.pane.sheet.rows[3].title.lower()
        assert page.pane.sheet.rows[3].new == f"Emergency access\n{name_of('users', 7)}"

    on_stage(qapp, tmp_path, scene, changes=1)


def test_chips_kinds_and_words_narrow_the_list(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        page = await differences(shown)
        noise = 69
        assert page.sheet.rowCount() == 1000 - noise
        page.narrowing.noise.click()
        await settled()
        assert page.sheet.rowCount() == 1000
        page.narrowing.noise.click()
        page.tree.setCurrentIndex(page.kinds.find("groups"))
        await settled()
        assert page.sheet.rowCount() == 200
        assert page.sheet.data(page.sheet.index(0, 1)) == "1 attribute, 8 links"
        page.narrowing.chips[Change.REMOVED].click()
        await settled()
        assert page.sheet.rowCount() == 40
        page.narrowing.filter.setText("vpn users 12")
        await settled()
        assert {page.sheet.data(page.sheet.index(n, 0)) for n in range(page.sheet.rowCount())} >= {"VPN users 12"}
        page.narrowing.filter.setText("nobody at all")
        await settled()
        assert page.sheet.rowCount() == 0

    on_stage(qapp, tmp_path, scene)


def test_boxes_are_ticked_by_mouse_and_by_space(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        page = await differences(shown)
        assert not page.foot.plan.isEnabled()
        box = page.table.visualRect(page.sheet.index(0, 0)).center()
        QTest.mouseClick(
            page.table.viewport(),
            Qt.MouseButton.LeftButton,
            pos=QPoint(page.table.columnViewportPosition(0) + 18, box.y()),
        )
        first = page.sheet.row_at(0)
        assert first is not None
        assert page.picked.ticks().wanted == {f"users/{first.id}"}
        page.table.go_to(1)
        page.table.setFocus()
        QTest.keyClick(page.table, Qt.Key.Key_Space)
        assert len(page.picked.ticks().wanted) == 2
        QTest.keyClick(page.table, Qt.Key.Key_Space)
        assert len(page.picked.ticks().wanted) == 1
        await settled()
        page.pane.table.setFocus()
        page.pane.table.go_to(1)
        QTest.keyClick(page.pane.table, Qt.Key.Key_Space)
        assert page.sheet.data(page.sheet.index(1, 0), Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.PartiallyChecked
        assert page.pane.whole.checkState() == Qt.CheckState.PartiallyChecked
        QTest.keyClick(page.pane.table, Qt.Key.Key_Escape)
        assert shown.focusWidget() is page.table
        QTest.keyClick(page.table, Qt.Key.Key_Return)
        assert shown.focusWidget() is page.pane.table
        page.pane.whole.click()
        assert page.sheet.data(page.sheet.index(1, 0), Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
        page.tree.setFocus()
        page.tree.setCurrentIndex(page.kinds.find("groups"))
        QTest.keyClick(page.tree, Qt.Key.Key_Space)
        assert "groups" in page.picked.ticks().wanted
        assert page.foot.words.whole.startswith("Ticked: 202 objects.")
        assert page.foot.plan.isEnabled()
        page.foot.clear.click()
        assert page.picked.is_empty

    on_stage(qapp, tmp_path, scene)


def test_everything_that_matches_a_filter_is_ticked(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        page = await differences(shown)
        page.narrowing.chips[Change.REMOVED].click()
        await settled()
        removed = page.sheet.rowCount()
        page.listing.all_shown.click()
        await until(lambda: not page.picked.is_empty)
        assert len(page.picked.ticks().wanted) == removed
        page.narrowing.chips[Change.REMOVED].click()
        await settled()
        page.table.selectAll()
        page.listing.tick_selected()
        await until(lambda: len(page.picked.ticks().wanted) > removed)
        assert len(page.picked.ticks().wanted) == page.sheet.rowCount()
        page.picked.clear()
        page.tree.setCurrentIndex(page.kinds.find("groups"))
        await settled()
        page.listing.all_shown.click()
        assert page.picked.ticks().wanted == {"groups"}

    on_stage(qapp, tmp_path, scene)


def test_a_hundred_thousand_changes_are_shown_while_they_come(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        desk.entra.steps = 2
        shown.go(DifferencesPlace(STREAM))
        page = page_of(shown, DifferencesPage)
        await until(lambda: page.sheet.rowCount() > 0)
        assert page._under_way.isVisible()
        assert page.sheet.rowCount() < 93_000
        page.table.go_to(5)
        await settled(4)
        chosen = page.pane.key
        await until(lambda: page._comparison is not None and page._comparison.is_done)
        await settled()
        assert page.sheet.rowCount() > 93_000
        assert page.pane.key == chosen
        assert not page._under_way.isVisible()
        page.table.go_to(90_000)
        await until(lambda: page.pane.key not in ("", chosen))
        assert page.sheet.row_at(90_000) is not None

    on_stage(qapp, tmp_path, scene, changes=100_000)


def test_a_plan_is_made_and_seen_by_keyboard_alone(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        page = await differences(shown)
        page.table.setFocus()
        page.table.go_to(0)
        QTest.keyClick(page.table, Qt.Key.Key_Space)
        QTest.keyClick(page.table, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
        await settled()
        sheet = sheet_of(shown, PlanSheet)
        sheet.note.setText("After Friday")
        sheet.emergency.setText("nobody@nowhere.example")
        QTest.keyClick(sheet, Qt.Key.Key_Return)
        await settled()
        assert sheet.isVisible()
        assert not asked(desk, "entra-plan")
        sheet.emergency.setText("adele.vance@northwind.example")
        sheet.modes.button(1).setChecked(True)
        QTest.keyClick(sheet, Qt.Key.Key_Return)
        await settled()
        [request] = asked(desk, "entra-plan")
        assert isinstance(request, PlanRequest)
        assert (request.mode, request.note, request.break_glass) == (Mode.SKIP, "After Friday", (id_of("users", 0),))
        assert request.snapshot == desk.entra.points[0].id
        plan = page_of(shown, PlanPage)
        assert shown.focusWidget() is plan.table
        assert "Nothing has been written yet" in plan._lead.whole

    on_stage(qapp, tmp_path, scene)


def test_ticks_stay_when_one_comes_back_from_the_plan(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        page = await differences(shown)
        page.picked.put("groups", True)
        shown.go(EntraPlace())
        await settled()
        shown.go(DifferencesPlace(STREAM))
        await settled()
        assert page.picked.ticks().wanted == {"groups"}
        assert len(asked(desk, "entra-compare")) == 1
        page.again()
        await settled()
        assert len(asked(desk, "entra-compare")) == 2
        assert len(asked(desk, "entra-forget")) == 1
        assert page.picked.ticks().wanted == {"groups"}
        assert page._comparison is not None
        await desk.entra.forget_comparison(page._comparison.id)  # as after half an hour
        shown.go(DifferencesPlace(STREAM))
        await settled()
        assert len(asked(desk, "entra-compare")) == 3
        shown.go(DifferencesPlace(STREAM, desk.entra.points[3].id))
        await settled()
        assert page.picked.is_empty

    on_stage(qapp, tmp_path, scene)


def test_nothing_is_written_before_it_was_confirmed(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        page = await planned(shown, desk)
        assert page.writes.rowCount() == 6
        assert page.left.rowCount() == 3
        assert page.table.isColumnHidden(3)
        page.surprise.choose(OnSurprise.GO_ON.value)
        page.restore.click()
        await settled()
        sheet = sheet_of(shown, Sheet)
        assert any("1 object is deleted" in one.text() for one in sheet.findChildren(Text))
        sheet.reject()
        await settled()
        assert not asked(desk, "entra-restore")
        page.restore.click()
        await settled()
        sheet_of(shown, Sheet).accept()
        await settled()
        assert asked(desk, "entra-restore") == [("p1", OnSurprise.GO_ON)]
        assert page._mark.accessibleName() == "Carried out in part"

    on_stage(qapp, tmp_path, scene)


def test_a_grave_risk_is_taken_by_typing_and_planned_anew(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        page = await planned(shown, desk)
        [take] = page._risks.findChildren(Button)
        assert take.accessibleName() == "Accept this risk…: 3 administrators could lose their way in"
        take.click()
        await settled()
        sheet = sheet_of(shown, Sheet)
        [go] = [one for one in sheet.findChildren(Button) if one.text() == "Accept this risk"]
        assert not go.isEnabled()
        sheet.findChildren(QLineEdit)[0].setText("northwind.example")
        go.click()
        await settled()
        assert len(asked(desk, "entra-plan")) == 2
        assert page.writes.rowCount() == 7
        page.restore.click()
        await settled()
        sheet = sheet_of(shown, Sheet)
        assert any("3 administrators" in one.text() for one in sheet.findChildren(Text))
        [go] = [one for one in sheet.findChildren(Button) if one.text() == "Restore"]
        go.click()
        assert not asked(desk, "entra-restore")
        sheet.findChildren(QLineEdit)[0].setText("Northwind.example")
        go.click()
        await settled()
        assert asked(desk, "entra-restore") == [("p2", OnSurprise.STOP)]

    on_stage(qapp, tmp_path, scene)


def test_what_was_revived_is_compared_and_planned_again(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        page = await planned(shown, desk)
        assert not page.revived.isVisible()
        await desk.entra.restore("p1")
        page.refresh()
        await settled()
        assert page.revived.isVisible()
        assert page.revived.accessibleName().startswith("1 object came out of the recycle bin")
        buttons = {one.text(): one for one in page.revived.findChildren(Button)}
        buttons["Plan what is left"].click()
        await settled()
        assert asked(desk, "entra-plan")[1] == asked(desk, "entra-plan")[0]
        assert (page._id, page.revived.isVisible(), page.restore.isVisible()) == ("p2", False, True)
        assert not asked(desk, "entra-restore")[1:], "nothing is written before it was seen"
        shown.go(PlanPlace("p1"))
        await settled()
        buttons = {one.text(): one for one in page.revived.findChildren(Button)}
        buttons["Compare again"].click()
        differences = page_of(shown, DifferencesPage)
        await until(lambda: differences._comparison is not None)
        [first] = asked(desk, "entra-compare")
        assert (first.old, first.new) == (desk.entra.points[0].id, LIVE)
        shown.go(PlanPlace("p1"))
        await settled()
        buttons["Compare again"].click()
        await until(lambda: len(asked(desk, "entra-compare")) == 2)

    on_stage(qapp, tmp_path, scene)


def test_a_plan_whose_ticks_are_not_known_says_what_to_do(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        page = await planned(shown, desk)
        state = desk.entra._plans["p1"]
        desk.entra._plans["p1"] = replace(state, head=replace(state.head, is_repeatable=False))
        page.refresh()
        await settled()
        assert not page._risks.findChildren(Button)
        assert any("compare again, tick the same" in one.text() for one in page._risks.findChildren(Text))

    on_stage(qapp, tmp_path, scene)


def test_a_page_that_looks_again_after_the_desk_was_left_is_quiet(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        page = await planned(shown, desk)
        bugs: list[object] = []
        mishaps().bug.connect(bugs.append)
        left, shown.bridge._desk = shown.bridge._desk, None
        page.refresh()
        await settled()
        shown.bridge._desk = left
        mishaps().bug.disconnect(bugs.append)
        assert bugs == []

    on_stage(qapp, tmp_path, scene)


def test_the_job_of_a_restore_leads_to_its_plan(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        await planned(shown, desk)
        id = JobId("00000000e002")
        desk._jobs[id] = Job(id=id, spec=Reinstate(stream=STREAM, plan="p1"), state=State.DONE)
        shown.go(JobsPlace(id))
        await until(lambda: isinstance(shown.page, JobsPage) and shown.page.detail.job_id == id)
        jobs = shown.page
        assert isinstance(jobs, JobsPage)
        await until(jobs.detail._plan.isVisible)
        jobs.detail._plan.click()
        await settled()
        assert page_of(shown, PlanPage)._id == "p1"

    on_stage(qapp, tmp_path, scene)


def test_results_passwords_and_the_way_back(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        page = await planned(shown, desk)
        await desk.entra.restore("p1")
        page.refresh()
        await settled()
        assert page.restore.text() == "Go on…", "one was refused"
        assert not page.table.isColumnHidden(3)
        refused = page._chips[Standing.REFUSED]
        assert refused.text() == "Refused  1"
        refused.click()
        await settled()
        assert page.writes.rowCount() == 1
        page.table.go_to(0)
        await settled()
        assert "Authorization_RequestDenied" in page.pane.outcome.text()
        page.passwords.click()
        await settled()
        sheet = sheet_of(shown, PasswordSheet)
        assert sheet.must_stay
        [copy] = [one for one in sheet.findChildren(Button) if one.accessibleName().startswith("Copy the password")]
        copy.click()
        assert QGuiApplication.clipboard().text() == "Tulip-Harbour-42-kiln"
        assert asked(desk, "entra-forget-passwords") == [], "who leaves now can have them again"
        sheet.done_button.click()
        await settled()
        assert [plan for plan, _ in asked(desk, "entra-forget-passwords")] == ["p1"]
        assert not page.passwords.isVisible()
        page.undo.click()
        await settled()
        assert asked(desk, "entra-undo") == ["p1"]
        assert page._title.whole.startswith("Undo the restore to ")
        assert page.restore.isVisible()
        shown.go(PlanPlace("p1"))
        await settled()
        assert page.undone.isVisible()
        assert not page.undo.isVisible()
        shown.go(EntraPlace())
        await settled()
        assert page_of(shown, EntraPage)._model.rowCount() == 1, "a way back that nobody has gone is no row of its own"

    on_stage(qapp, tmp_path, scene)


def test_the_request_itself_is_folded_away(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        page = await planned(shown, desk, "locks-out-administrators")
        page.table.go_to(2)
        await settled()
        pane = page.pane
        assert pane.sentence.text().startswith("Set grant › built in controls, state of conditional access policy")
        assert not pane.request.isVisible()
        pane.more.click()
        assert pane.request.toPlainText().startswith("PATCH /identity/conditionalAccess/policies/")
        assert '"mfa"' in pane.request.toPlainText()
        QTest.keyClick(page.table, Qt.Key.Key_Escape)
        await settled()
        page_of(shown, EntraPage)

    on_stage(qapp, tmp_path, scene)


def test_objects_are_browsed_searched_and_followed_through_time(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        shown.go(DirectoryPlace(STREAM))
        await settled()
        page = page_of(shown, DirectoryPage)
        assert page.tree.hasFocus()
        assert page.sheet.rowCount() == 48_210
        page.table.go_to(40_000)
        await until(lambda: page.sheet.row_at(40_000) is not None)
        page.search.setText("adele")
        QTest.keyClick(page.search, Qt.Key.Key_Return)
        await settled()
        assert 0 < page.sheet.rowCount() < 100
        page.ever.click()
        await settled()
        assert page.everywhere.isChecked()
        states = [page.sheet.data(page.sheet.index(n, 2)) for n in range(page.sheet.rowCount())]
        assert set(states) <= {"Deleted", "Enabled", "Disabled"}
        group = f"groups/{id_of('groups', 3)}"
        page.search.clear()
        shown.go(DirectoryPlace(STREAM, None, group))
        await settled()
        assert page.pane.key == group
        page.pane.tabs.setCurrentIndex(1)
        await settled()
        assert page.pane.versions.rowCount() == 2
        assert page.pane.difference.rows[0].title == "Attributes"
        page.pane.bring_back.click()
        await settled()
        page_of(shown, DifferencesPage)
        request = asked(desk, "entra-compare")[-1]
        assert isinstance(request, CompareRequest)
        assert (request.objects, request.old) == ((group,), desk.entra.points[3].id)

    on_stage(qapp, tmp_path, scene)


def test_a_comparison_and_a_directory_are_saved(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: list[str] = []

    async def picked(parent: QWidget, title: str, name: str, kinds: str = "") -> Path | None:
        names.append(name)
        return tmp_path / f"chosen.{'csv' if name.endswith('pdf') else 'zip'}"

    monkeypatch.setattr(saving, "pick_new_file", picked)

    async def scene(shown: Window, desk: FakeDesk) -> None:
        page = await differences(shown)
        page._save.click()
        await settled()
        assert asked(desk, "entra-export") == [("csv", tmp_path / "chosen.csv")]
        assert "Saved as" in page.banner.accessibleName()
        shown.go(EntraPlace())
        await settled()
        page_of(shown, EntraPage).cards[NORTHWIND].download.click()
        await settled()
        assert asked(desk, "entra-download") == [(("",), tmp_path / "chosen.zip")]
        assert names[0].startswith("northwind.example-")
        assert names[1] == "northwind.example-directory.zip"
        desk.entra.fault = errors.SignInNeeded(host="graph", reason="expired")
        page_of(shown, EntraPage).cards[NORTHWIND].download.click()
        await settled()
        assert "Saved" not in page_of(shown, EntraPage).banner.accessibleName()

    on_stage(qapp, tmp_path, scene)


def test_a_small_window_still_shows_what_differs(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        shown.resize(1080, 640)
        page = await differences(shown)
        await settled()
        assert shown.width() == 1080
        for part in (page.table, page.pane.table):
            assert part.mapTo(shown, part.rect().bottomRight()).x() <= shown.width()
        plan = await planned(shown, desk)
        assert shown.width() == 1080
        assert plan.restore.mapTo(shown, plan.restore.rect().topRight()).x() <= shown.width()

    on_stage(qapp, tmp_path, scene)
