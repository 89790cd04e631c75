"""A plan's page says what is true of it: how it stands, what came of each write, what is at stake, and the way back."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from saasbackup_desktop.app.entra.views import PlanRequest, PlanState, WriteLine
from saasbackup_desktop.app.words.entra.plans import UNDO_RISKS, deed_words
from saasbackup_desktop.core import errors
from saasbackup_desktop.core.directory.plan import Action, OnSurprise, Risk, Standing, Write, WriteResult
from saasbackup_desktop.core.directory.ticks import Ticks
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import Job, JobChanged, Reinstate, State
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.places import EntraPlace, PlanPlace
from saasbackup_desktop.ui.rooms.entra.page import EntraPage
from saasbackup_desktop.ui.rooms.entra.plan import PlanPage
from saasbackup_desktop.ui.rooms.entra.plan_sheet import PlanSheet
from saasbackup_desktop.ui.rooms.entra.plan_words import has_stopped, plan_mark
from saasbackup_desktop.ui.rooms.entra.write_pane import WritePane
from saasbackup_desktop.ui.shell.window import Window
from tests.ui.entra_pictures import page_of
from tests.ui.fake_desk import FakeDesk
from tests.ui.fake_entra import STREAM, id_of
from tests.ui.stage import play, settled, window

Scene = Callable[[Window, FakeDesk], Awaitable[None]]
JOB = JobId("00000000e002")


def on_stage(application: QApplication, folder: Path, scene: Scene) -> None:
    async def work() -> None:
        async with window(application, folder, FakeDesk) as shown:
            desk = shown.bridge.desk
            assert isinstance(desk, FakeDesk)
            await scene(shown, desk)

    play(application, work())


async def planned(shown: Window, desk: FakeDesk, *accepts: str) -> PlanPage:
    ticks = Ticks(frozenset({"groups"}))
    request = PlanRequest(stream=STREAM, snapshot=desk.entra.points[0].id, ticks=ticks, accepts=accepts)
    head = await desk.entra.plan(request)
    shown.go(PlanPlace(head.id))
    await settled()
    return page_of(shown, PlanPage)


def stand(desk: FakeDesk, state: State, standings: dict[str, int], code: str = "", left: int = 0) -> PlanState:
    known = desk.entra._plans["p1"]
    desk.entra._plans["p1"] = replace(
        known, job=JOB, job_state=state, job_code=code, job_facts={"name": "Adele Vance", "left": left} if code else {},
        standings=standings,
    )  # fmt: skip
    return desk.entra._plans["p1"]


def sheet_of(shown: Window) -> Sheet:
    return next(sheet for sheet in shown.findChildren(Sheet) if sheet.isVisible())


def said_in(sheet: Sheet) -> str:
    return "\n".join(one.text() for one in sheet.findChildren(Text))


def test_a_restore_that_stopped_says_so_and_why(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        page = await planned(shown, desk)
        standings = {Standing.DONE: 3, Standing.SURPRISED: 1, Standing.PLANNED: 24}
        state = stand(desk, State.FAILED, standings, errors.Halted.code, 24)
        page.refresh()
        await settled()
        assert page._mark.accessibleName() == "Stopped"
        assert not page._moving.isVisible()
        assert page.stopped.isVisible()
        assert page.stopped.accessibleName() == "Stopped: 25 of 28 not written"
        assert "Adele Vance" in page.stopped.accessibleDescription()
        assert page._said.text() == "3 of 28 done, 1 not as planned, 24 not tried yet"
        assert page.restore.isVisible()
        assert page.restore.text() == "Go on…"
        assert plan_mark(state)[0] == "Stopped"
        shown.go(EntraPlace())
        await settled()
        rows = page_of(shown, EntraPage)._model
        assert rows.data(rows.index(0, 4)) == "Stopped"
        assert not has_stopped(stand(desk, State.RUNNING, standings))
        assert plan_mark(stand(desk, State.RUNNING, standings))[0] == "Under way"
        assert plan_mark(stand(desk, State.PAUSED, standings))[0] == "Paused"

    on_stage(qapp, tmp_path, scene)


def test_it_can_go_on_after_it_was_stopped_elsewhere(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        page = await planned(shown, desk)
        stand(desk, State.RUNNING, {Standing.DONE: 2, Standing.PLANNED: 4})
        page.refresh()
        await settled()
        assert not page.restore.isVisible()
        shown.go(EntraPlace())
        await settled()
        stand(desk, State.STOPPED, {Standing.DONE: 2, Standing.PLANNED: 4})
        page.happened(
            JobChanged(Job(id=JobId("00000000e003"), spec=Reinstate(stream=STREAM, plan="p9"), state=State.DONE))
        )
        shown.go(PlanPlace("p1"))
        await settled()
        assert page.restore.isVisible()
        assert page.restore.text() == "Go on…"
        assert "Somebody stopped it" in page.stopped.accessibleDescription()

    on_stage(qapp, tmp_path, scene)


def test_what_was_refused_is_not_counted_as_done(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        page = await planned(shown, desk)
        await desk.entra.restore("p1")
        page.refresh()
        await settled()
        total = page.writes.rowCount()
        assert page._said.text().startswith(f"{total - 1} of {total} done, 1 refused")
        assert page.table.model().headerData(1, Qt.Orientation.Horizontal) == "Object"
        assert "“" not in page.writes.data(page.writes.index(0, 1)), "the object stands first, by itself"

    on_stage(qapp, tmp_path, scene)


def test_a_state_is_a_state_before_a_write_has_its_turn(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        page = await planned(shown, desk)
        stand(desk, State.RUNNING, {Standing.DONE: 1, Standing.PLANNED: 5})
        desk.entra._plans["p1"] = replace(desk.entra._plans["p1"], job=None)
        page.refresh()
        await settled()
        assert {page.writes.data(page.writes.index(n, 3)) for n in range(page.writes.rowCount())} == {"Planned"}

    on_stage(qapp, tmp_path, scene)


def test_the_stakes_are_said_and_enter_alone_writes_nothing(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        page = await planned(shown, desk)
        page.surprise.choose(OnSurprise.GO_ON.value)
        page.restore.click()
        await settled()
        sheet = sheet_of(shown)
        said = said_in(sheet)
        for part in (
            "Restore to ",
            "1 object is deleted",
            "3 things are left out",
            "goes on with the rest",
            "New pass",
        ):
            assert part in said, part
        QTest.keyClick(sheet.focusWidget() or sheet, Qt.Key.Key_Return)
        await settled()
        assert not [one for one in shown.findChildren(Sheet) if one.isVisible()]
        assert not [one for one in desk.asked if one[0] == "entra-restore"]
        stand(desk, State.STOPPED, {Standing.DONE: 2, Standing.PLANNED: 4})
        page.refresh()
        await settled()
        assert not page._figures.isVisible()
        page.restore.click()
        await settled()
        sheet = sheet_of(shown)
        assert sheet.height() == sheet._outer.totalHeightForWidth(sheet.width())
        assert sheet_of(shown).title.whole.startswith("Go on with the 4 writes that are left")
        sheet_of(shown).reject()
        await settled()

    on_stage(qapp, tmp_path, scene)


def test_a_way_back_speaks_of_what_it_takes_back(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        page = await planned(shown, desk)
        await desk.entra.restore("p1")
        page.refresh()
        await settled()
        assert page.undo.text() == "Undo…"
        page.undo.click()
        await settled()
        undo = desk.entra._plans["p1-undo"]
        desk.entra._plans["p1-undo"] = replace(undo, head=replace(undo.head, risks=(Risk("deletes", {"count": 3}),)))
        page.refresh()
        await settled()
        assert page.restore.text() == "Undo…"
        assert page._title.whole.startswith("Undo the restore to ")
        words = "\n".join(one.text() for one in page._risks.findChildren(Text))
        assert UNDO_RISKS["deletes"] in words
        assert "added after the point in time" not in words
        page.restore.click()
        await settled()
        sheet = sheet_of(shown)
        assert UNDO_RISKS["deletes"] in said_in(sheet)
        assert [one.text() for one in sheet.findChildren(Button)] == ["Cancel", "Undo"]
        sheet.reject()
        await settled()
        shown.go(EntraPlace())
        await settled()
        rows = page_of(shown, EntraPage)._model
        assert rows.rowCount() == 1
        await desk.entra.restore("p1-undo")
        page_of(shown, EntraPage).refresh()
        await settled()
        titles = [rows.data(rows.index(n, 0)) for n in range(rows.rowCount())]
        assert len(set(titles)) == 2
        assert any(one.startswith("Undo the restore of ") for one in titles)
        assert rows.data(rows.index(0, 0), Qt.ItemDataRole.DecorationRole).cacheKey() != (
            rows.data(rows.index(1, 0), Qt.ItemDataRole.DecorationRole).cacheKey()
        )

    on_stage(qapp, tmp_path, scene)


def _change(**more: object) -> Write:
    one = Write(
        number=4, action=Action.UPDATE, kind="users", id=id_of("users", 1), name="Adele Vance", method="PATCH",
        path=f"/users/{id_of('users', 1)}", old={"jobTitle": "Former"}, new={"jobTitle": "Clerk"}, reason="picked",
    )  # fmt: skip
    return replace(one, **more)  # type: ignore[arg-type]


def test_a_surprise_shows_what_was_found(qapp: QApplication) -> None:
    pane = WritePane()
    code = errors.Surprised.code
    found = WriteResult(number=4, standing=Standing.SURPRISED, old={"jobTitle": "Else"}, code=code, detail="jobTitle")
    pane.show_line(WriteLine(write=_change(), result=found))
    [row] = pane.sheet.rows
    assert pane.sheet.headerData(1, Qt.Orientation.Horizontal) == "Found"
    assert row.old == "Else\nWhen planned: Former"
    assert row.new == "Clerk"
    assert pane.outcome.text().count("nothing was sent") == 1
    assert "jobTitle" not in pane.outcome.text()
    pane.show_line(WriteLine(write=_change(), result=replace(found, old={}, detail="")))
    assert "The object is not there any more." in pane.outcome.text()


def test_a_write_names_what_it_sets_and_repeats_no_advice(qapp: QApplication) -> None:
    pane, manager = WritePane(), id_of("users", 9)
    revive = _change(action=Action.REVIVE, old={}, new={"manager": manager}, risks=(Risk("comes-with-rights"),))
    pane.show_line(WriteLine(write=revive, names={manager: "Diego Siciliani"}))
    assert [row.new for row in pane.sheet.rows] == ["Diego Siciliani"]
    assert "brings along what it had" in pane.carries.text()
    assert "Make another plan" not in pane.carries.text()
    assert pane.risks.isHidden()
    assert deed_words(_change()) == "Set job title"


def test_the_sheet_of_a_plan_leaves_no_empty_room_and_one_risk_has_all_the_width(
    qapp: QApplication, tmp_path: Path
) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        page = await planned(shown, desk)
        state = desk.entra._plans["p1"]
        desk.entra._plans["p1"] = replace(state, head=replace(state.head, risks=(Risk("beta"),)))
        page.refresh()
        await settled()
        [line] = page._risks.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        assert line.width() > page._risks.width() * 3 // 4
        sheet = PlanSheet(shown.bridge, STREAM, desk.entra.points[0].id, Ticks(frozenset({"groups"})), "now", shown)
        waiting = asyncio.ensure_future(sheet.answer())
        await settled()
        assert sheet.height() == sheet._outer.totalHeightForWidth(sheet.width())
        sheet.reject()
        await waiting

    on_stage(qapp, tmp_path, scene)


def test_a_small_window_holds_all_that_a_stopped_restore_offers(qapp: QApplication, tmp_path: Path) -> None:
    async def scene(shown: Window, desk: FakeDesk) -> None:
        shown.resize(1080, 640)
        page = await planned(shown, desk)
        stand(desk, State.FAILED, {Standing.DONE: 2, Standing.PLANNED: 4}, errors.Halted.code, 4)
        state = desk.entra._plans["p1"]
        desk.entra._plans["p1"] = replace(state, has_passwords=True)
        page.refresh()
        await settled()
        assert all(one.isVisible() for one in (page.job, page.passwords, page.undo, page.surprise, page.restore))
        assert shown.width() == 1080
        assert page.restore.mapTo(shown, page.restore.rect().topRight()).x() <= shown.width()

    on_stage(qapp, tmp_path, scene)
