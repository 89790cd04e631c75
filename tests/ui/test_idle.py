"""The vault locks when nobody is there, and never under somebody's work."""

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from saasbackup_desktop.core.jobs import State
from saasbackup_desktop.ui.kit import clock
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.places import HomePlace, SettingsPlace
from saasbackup_desktop.ui.preferences import LOCK_AFTER, Preferences
from saasbackup_desktop.ui.rooms.home import HomePage
from saasbackup_desktop.ui.rooms.recovery_kit import KitSheet
from saasbackup_desktop.ui.rooms.settings import SettingsPage
from saasbackup_desktop.ui.rooms.unlock import UnlockPage
from saasbackup_desktop.ui.shell.idle import Idle
from saasbackup_desktop.ui.shell.window import Window
from tests.ui.fake_desk import NOW, PASSPHRASE, FakeDesk
from tests.ui.stage import play, settled, until, window

MINUTE = 60


def _fake(shown: Window) -> FakeDesk:
    desk = shown.bridge.desk
    assert isinstance(desk, FakeDesk)
    return desk


async def _end_all_jobs(shown: Window) -> None:
    desk = _fake(shown)
    for job in await shown.bridge.call(desk.jobs()):
        if not job.state.is_over:
            await shown.bridge.call(desk.stop(job.id))
    await until(lambda: all(job.state.is_over or job.state is State.PAUSED for job in shown._jobs.values()))


def _press_shift(shown: Window) -> None:
    """As the system tells it: to the window, which hands it on."""
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Shift, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(shown.windowHandle(), event)


def _leave(minutes: float) -> None:
    clock.hold(NOW + minutes * MINUTE)


def test_it_locks_after_the_time_that_is_set(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            await _end_all_jobs(shown)
            _leave(LOCK_AFTER - 1)
            shown.idle.look()
            await settled()
            assert isinstance(shown.page, HomePage)
            _leave(LOCK_AFTER)
            shown.idle.look()
            await until(lambda: isinstance(shown.page, UnlockPage))
            assert not shown.bridge.desk.is_open
            unlock = shown.page
            assert isinstance(unlock, UnlockPage)
            assert unlock.banner.isVisible()
            unlock.secret.setText(PASSPHRASE)
            QTest.keyClick(unlock.secret, Qt.Key.Key_Return)
            await until(lambda: isinstance(shown.page, HomePage))

    play(qapp, scene())


def _mouse(kind: QEvent.Type, place: QPointF, button: Qt.MouseButton = Qt.MouseButton.NoButton) -> QMouseEvent:
    return QMouseEvent(kind, place, place, button, button, Qt.KeyboardModifier.NoModifier)


def _wheel() -> QWheelEvent:
    none, still = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    place, turn = QPointF(50, 50), QPoint(0, 120)
    return QWheelEvent(place, place, QPoint(), turn, none, Qt.KeyboardModifier.NoModifier, still, False)


@pytest.mark.parametrize("use", ["key", "move", "press", "wheel"])
def test_whatever_a_person_does_begins_the_time_anew(qapp: QApplication, use: str) -> None:
    surface, owner = QWindow(), QObject()
    idle = Idle(qapp, lambda: LOCK_AFTER, owner)
    event: QEvent
    match use:
        case "key":
            event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Shift, Qt.KeyboardModifier.NoModifier)
        case "move":
            event = _mouse(QEvent.Type.MouseMove, QPointF(30, 30))
        case "press":
            event = _mouse(QEvent.Type.MouseButtonPress, QPointF(30, 30), Qt.MouseButton.RightButton)
        case _:
            event = _wheel()
    _leave(LOCK_AFTER - 1)
    QApplication.sendEvent(surface, event)
    _leave(LOCK_AFTER + 10)
    assert not idle.is_over
    _leave(2 * LOCK_AFTER)
    assert idle.is_over


def test_a_mouse_that_is_told_of_and_stands_still_is_nobody(qapp: QApplication) -> None:
    surface, owner = QWindow(), QObject()
    idle = Idle(qapp, lambda: LOCK_AFTER, owner)
    place = QPointF(40, 40)
    QApplication.sendEvent(surface, _mouse(QEvent.Type.MouseMove, place))
    _leave(LOCK_AFTER - 1)
    QApplication.sendEvent(surface, _mouse(QEvent.Type.MouseMove, place))
    _leave(LOCK_AFTER)
    assert idle.is_over


def test_a_running_job_is_not_disturbed_and_its_end_locks(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            running = [job for job in shown._jobs.values() if not job.state.is_over and job.state is not State.PAUSED]
            assert running
            _leave(5 * LOCK_AFTER)
            shown.idle.look()
            await settled()
            assert shown.bridge.desk.is_open
            await _end_all_jobs(shown)
            await until(lambda: isinstance(shown.page, UnlockPage))
            assert not shown.bridge.desk.is_open

    play(qapp, scene())


def test_open_dialogs_are_closed_first(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            await _end_all_jobs(shown)
            sheet = Sheet("New recovery kit", "It is shown this once.", shown)
            sheet.open()
            _leave(LOCK_AFTER)
            shown.idle.look()
            await until(lambda: isinstance(shown.page, UnlockPage))
            assert not sheet.isVisible()

    play(qapp, scene())


def test_a_new_key_that_is_not_safe_keeps_it_open_until_it_is_closed(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            await _end_all_jobs(shown)
            desk = _fake(shown)
            kit = await shown.bridge.call(desk.new_recovery_key())
            sheet = KitSheet(shown.bridge, kit, "New recovery kit", "It is shown this once.", shown)
            sheet.fill(sheet.view)
            sheet.open()
            _leave(LOCK_AFTER)
            shown.idle.look()
            await settled()
            assert sheet.isVisible()
            assert desk.is_open
            sheet.view.is_safe = True
            shown.idle.look()
            await until(lambda: isinstance(shown.page, UnlockPage))
            assert not sheet.isVisible()

    play(qapp, scene())


def test_who_comes_back_after_the_computer_slept_finds_it_locked(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            await _end_all_jobs(shown)
            _leave(8 * 60)  # no look came in between
            _press_shift(shown)
            await until(lambda: isinstance(shown.page, UnlockPage))

    play(qapp, scene())


def test_the_demonstration_stays_open(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path, lambda: FakeDesk(first_run=True)) as shown:
            await shown.demonstrate()
            await until(lambda: isinstance(shown.page, HomePage))
            await _end_all_jobs(shown)
            _leave(5 * LOCK_AFTER)
            shown.idle.look()
            await settled()
            assert shown.bridge.desk.is_open

    play(qapp, scene())


def test_the_setting_is_kept_and_never_means_never(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with window(qapp, tmp_path) as shown:
            await _end_all_jobs(shown)
            shown.go(SettingsPlace())
            settings = shown.page
            assert isinstance(settings, SettingsPage)
            assert settings.lock_after.value() == LOCK_AFTER
            settings.lock_after.choose(0)
            settings.lock_after.picked.emit(0)
            shown.go(HomePlace())
            _leave(24 * 60)
            shown.idle.look()
            await settled()
            assert shown.bridge.desk.is_open
            settings.lock_after.picked.emit(5)
            shown.idle.look()
            await until(lambda: not shown.bridge.desk.is_open)

    play(qapp, scene())
    assert Preferences(tmp_path / "window.ini").lock_after == 5


@pytest.mark.parametrize("kept", ["", "7", "-5", "many", "999999999999"])
def test_a_strange_setting_is_the_usual_one(tmp_path: Path, kept: str) -> None:
    (tmp_path / "window.ini").write_text(f"[General]\nlock_after={kept}\n")
    assert Preferences(tmp_path / "window.ini").lock_after == LOCK_AFTER
