"""The page of jobs: many of them, what is done with many at once, and items that are done without."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QApplication, QDialog

from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import Backup, Initiator, Job, JobChanged, Origin, State
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import Line
from saasbackup_desktop.ui.models.jobs import PAGE
from saasbackup_desktop.ui.places import JobsPlace
from saasbackup_desktop.ui.rooms.jobs import JobsPage
from saasbackup_desktop.ui.shell.window import Window
from tests.ui.fake_desk import NOW, STREAM, FakeDesk
from tests.ui.stage import play, until, window

MANY = 10 * PAGE


def _desk(shown: Window) -> FakeDesk:
    desk = shown.bridge.desk
    assert isinstance(desk, FakeDesk)
    return desk


def _page(shown: Window) -> JobsPage:
    assert isinstance(shown.page, JobsPage)
    return shown.page


def _add(desk: FakeDesk, number: int, state: State = State.QUEUED) -> None:
    id = JobId(f"f{number:011x}")
    origin = Origin(initiator=Initiator.SCHEDULE)
    desk._jobs[id] = Job(id=id, spec=Backup(stream=STREAM), state=state, created=NOW - number, origin=origin)


async def _answer(shown: Window, act: Callable[[QDialog], None]) -> None:
    """Wait for the question, and answer it."""
    await until(lambda: any(one.isVisible() for one in shown.findChildren(QDialog)))
    act(next(one for one in shown.findChildren(QDialog) if one.isVisible()))


def test_many_jobs_are_fetched_as_they_come_into_view(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            for number in range(MANY):
                _add(_desk(shown), number)
            shown.go(JobsPlace())
            jobs = _page(shown)
            await until(lambda: jobs._model.rowCount() > MANY)
            assert jobs.chips[0].text().endswith(f"{MANY + 2:,}")
            assert len(jobs._model._pages) <= 2
            last = jobs._model.rowCount() - 1
            assert jobs._model.index(last, 0).data() == "…"
            await until(lambda: jobs._model.row_at(last) is not None)
            jobs.filters.initiators.choose("schedule")
            jobs.refresh()
            await until(lambda: jobs._model.rowCount() == MANY)
            # What moves on is shown in its row, and asked for anew once for many.
            await until(lambda: not jobs.tasks.is_running("look"))
            first = jobs._model.row_at(0)
            assert first is not None
            jobs.happened(JobChanged(replace(first, state=State.RUNNING)))
            moved = jobs._model.row_at(0)
            assert moved is not None
            assert moved.state is State.RUNNING
            assert jobs._soon.isActive()

    play(qapp, scene())


def test_several_are_paused_cancelled_and_retried_at_once(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            desk = _desk(shown)
            for number in range(3):
                _add(desk, number)
            shown.go(JobsPlace())
            jobs = _page(shown)
            ids = [JobId(f"f{number:011x}") for number in range(3)]
            await until(lambda: all(jobs._model.place_of(id) is not None for id in ids))
            jobs.table.pick([place for id in ids if (place := jobs._model.place_of(id)) is not None])
            assert jobs._bulk.isVisible()
            jobs._pause.click()
            await until(lambda: all(desk._jobs[id].state is State.PAUSED for id in ids))
            await until(lambda: jobs._resume.isEnabled() and not jobs._soon.isActive())
            jobs.table.pick([place for id in ids[:2] if (place := jobs._model.place_of(id)) is not None])
            jobs._stop.click()
            await _answer(shown, QDialog.accept)
            await until(lambda: [desk._jobs[id].state for id in ids] == [State.STOPPED, State.STOPPED, State.PAUSED])
            jobs.run(jobs._cancel_queued())
            await _answer(shown, QDialog.accept)
            await until(jobs.banner.isVisible)
            desk.left_out = 2
            jobs.run(jobs._retry_all())
            await _answer(shown, QDialog.accept)
            await until(lambda: "queued; 2 left out" in jobs.banner.accessibleName())

    play(qapp, scene())


def test_failed_items_are_skipped_with_a_reason(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            id = JobId(f"{3:012x}")
            shown.go(JobsPlace(id))
            jobs = _page(shown)
            await until(lambda: jobs.detail.job_id == id and jobs.detail._skip.isVisible())
            jobs.detail._skip.click()

            def skip(sheet: QDialog) -> None:
                sheet.findChild(Line).setText("newsletters")
                sheet.accept()

            await _answer(shown, skip)
            await until(lambda: _desk(shown)._jobs[id].state is State.DONE)
            assert _desk(shown).skipped_for == "newsletters"
            await until(lambda: not jobs.detail._skip.isVisible())

    play(qapp, scene())


def test_the_list_is_copied_as_a_spreadsheet_takes_it(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            _add(_desk(shown), 1, State.WAITING)
            shown.go(JobsPlace())
            jobs = _page(shown)
            await until(lambda: jobs._model.rowCount() > 0)
            jobs.run(jobs._copy())
            await until(lambda: "Started by" in QApplication.clipboard().text())
            lines = QApplication.clipboard().text().splitlines()
            assert len(lines) == jobs._model.rowCount() + 1
            assert any("Schedule" in line and "Retrying" in line for line in lines)

    play(qapp, scene())


def test_cancelled_jobs_begin_again_by_a_button_of_that_name_and_after_a_question(
    qapp: QApplication, tmp_path: Path
) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            desk = _desk(shown)
            _add(desk, 0, State.STOPPED)
            _add(desk, 1, State.PAUSED)
            shown.go(JobsPlace())
            jobs = _page(shown)
            ids = [JobId(f"f{number:011x}") for number in range(2)]
            await until(lambda: all(jobs._model.place_of(id) is not None for id in ids))
            jobs.table.pick([place for id in ids if (place := jobs._model.place_of(id)) is not None])
            jobs._resume.click()
            await until(lambda: desk._jobs[ids[1]].state is not State.PAUSED and not jobs._soon.isActive())
            assert desk._jobs[ids[0]].state is State.STOPPED
            jobs.table.pick([place for id in ids if (place := jobs._model.place_of(id)) is not None])
            await until(jobs._again.isEnabled)
            jobs._again.click()
            await _answer(shown, QDialog.accept)
            await until(lambda: desk._jobs[ids[0]].state is not State.STOPPED)

    play(qapp, scene())


def test_pausing_leaves_the_focus_where_it_is_resumed(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            _add(_desk(shown), 0)
            id = JobId(f"f{0:011x}")
            shown.go(JobsPlace(id))
            detail = _page(shown).detail
            await until(lambda: detail.job_id == id and detail._pause.isVisible())
            detail._pause.setFocus()
            job = _desk(shown)._jobs[id]
            for state in (State.PAUSING, State.PAUSED):
                detail.show_job(replace(job, state=state))
                assert not detail._cancel.hasFocus()
            assert detail._resume.hasFocus()

    play(qapp, scene())


def test_filters_that_nothing_fits_are_cleared_from_where_the_list_was(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            shown.go(JobsPlace())
            jobs = _page(shown)
            await until(lambda: jobs._model.rowCount() > 0)
            jobs.filters.search.setText("nobody of this name")
            await until(jobs._unmatched.isVisible)
            jobs._unmatched.findChild(Button).click()
            await until(jobs.table.isVisible)
            assert jobs._model.rowCount() > 0
            assert not jobs.filters.search.text()

    play(qapp, scene())
