"""Tasks as a person meets them: cards, sheet, settings, and the end of the wizard."""

from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from saasbackup_desktop.app.flows.keeping import Unit
from saasbackup_desktop.app.tasks.views import Pruning
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.retention import Keep
from saasbackup_desktop.core.schedule import Cap, Rhythm, Span
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.places import AddAccount, HomePlace, SettingsPlace, VaultPlace
from saasbackup_desktop.ui.rooms.add_account import AddAccountPage
from saasbackup_desktop.ui.rooms.home import HomePage
from saasbackup_desktop.ui.rooms.jobs import JobsPage
from saasbackup_desktop.ui.rooms.settings import SettingsPage
from saasbackup_desktop.ui.rooms.tasks.network import SpanSheet
from saasbackup_desktop.ui.rooms.tasks.sheet import TaskSheet
from saasbackup_desktop.ui.shell.window import Window
from tests.ui.fake_desk import NOW, FakeDesk
from tests.ui.fake_tasks import nightly
from tests.ui.stage import play, settled, until, window

Kind = TypeVar("Kind", bound=QWidget)
HOUR = 3600


def _page(shown: Window, kind: type[Kind]) -> Kind:
    assert isinstance(shown.page, kind)
    return shown.page


async def _sheet(shown: Window, kind: type[Kind]) -> Kind:
    def found() -> list[Kind]:
        return [one for one in shown.findChildren(kind) if one.isVisible()]

    await until(lambda: bool(found()))
    await settled()
    return found()[-1]


async def _answered(shown: Window) -> None:
    await until(lambda: not [one for one in shown.findChildren(Sheet) if one.isVisible()])
    await settled()


def test_cards_tell_the_next_run_and_what_was_missed(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        desk = FakeDesk()
        late = {"overdue_since": NOW - 30 * HOUR, "missed": 2, "why": "battery", "waits": "battery", "next_run": None}
        desk.tasks.troubles["office"] = late
        async with window(qapp, tmp_path, lambda: desk) as shown:
            home = _page(shown, HomePage)
            cards = {str(card.card.connection): card for card in home._cards.values()}
            [line] = cards["dana-whitfield"].lines.lines.values()
            assert line.next.whole.startswith("Next backup ")
            assert "UTC" in line.next.toolTip()
            assert not line.note.isVisible()
            [line] = cards["office"].lines.lines.values()
            assert line.next.whole == "Waits for mains power"
            assert line.note.text().startswith("Overdue since ")
            assert "(2 runs). The computer runs on battery." in line.note.text()
            assert line.note.property("tone") == "bad"
            assert shown.status.next.text() == "1 task is overdue"
            desk.tasks.troubles = {}
            shown.ahead.look()
            await until(lambda: shown.status.next.text().startswith("Next backup"))
            assert "UTC" in shown.status.next.toolTip()

    play(qapp, scene())


def test_a_task_is_paused_and_activated(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        desk = FakeDesk()
        async with window(qapp, tmp_path, lambda: desk) as shown:
            card = next(card for card in _page(shown, HomePage)._cards.values() if card.card.connection == "office")
            [line] = card.lines.lines.values()
            assert line.pause.accessibleName() == "Pause the task office"
            line.pause.click()
            await until(lambda: line.next.whole == "Paused")
            line.pause.click()
            await until(lambda: line.next.whole.startswith("Next backup"))

    play(qapp, scene())


def test_a_task_of_several_is_put_together_changed_and_removed(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        desk = FakeDesk()
        async with window(qapp, tmp_path, lambda: desk) as shown:
            home = _page(shown, HomePage)
            home._task.click()
            sheet = await _sheet(shown, TaskSheet)
            assert not sheet.save.isEnabled()
            sheet.name.setText("Nightly")
            sheet.everything.setChecked(True)
            sheet.form.rhythm.choose(Rhythm.WEEKLY)
            sheet.form.rhythm.picked.emit(Rhythm.WEEKLY)
            sheet.form.weekday.choose(6)
            sheet.form.zone.choose("UTC")
            sheet.form.at.put(23 * 60 + 15)
            await settled()
            assert len(sheet.form.runs.text().splitlines()) == 5
            assert all("23:15:00 UTC" in line for line in sheet.form.runs.text().splitlines())
            sheet.as_vault.setChecked(False)
            sheet.keep.radios["age"].setChecked(True)
            sheet.keep.unit.choose(Unit.DAYS)
            sheet.keep.amount.setValue(90)
            sheet.archived.setChecked(True)
            sheet.days.setValue(30)
            sheet.save.click()
            await _answered(shown)
            await until(lambda: len(home._tasks) == 1)
            [task] = [task for task in desk.tasks.book.tasks.values() if task.name == "Nightly"]
            assert (task.connections, task.services, task.archived_days) == ((), (), 30)
            assert (task.schedule.rhythm, task.schedule.weekday, task.schedule.at) == (Rhythm.WEEKLY, 6, 23 * 60 + 15)
            assert task.keep == Keep(days=90)

            shown.go(VaultPlace("retention"))
            await settled()
            said = [one.text() for one in shown.page.findChildren(Text) if one.isVisible()]
            assert "Keeps every point in time for 90 days." in said
            shown.go(HomePlace())
            await settled()
            home = _page(shown, HomePage)
            [card] = home._tasks.values()
            assert card._covers.whole == "All sources and organisations"
            card.rename.click()
            sheet = await _sheet(shown, TaskSheet)
            sheet.name.setText("office")
            sheet.save.click()
            await until(sheet.banner.isVisible)
            sheet.name.setText("Every Sunday")
            sheet.save.click()
            await _answered(shown)
            await until(lambda: card._name.whole == "Every Sunday")
            card._back_up.click()
            await until(lambda: isinstance(shown.page, JobsPage))
            assert ("run-task", task.id) in desk.asked

            shown.go(HomePlace())
            await settled()
            [card] = _page(shown, HomePage)._tasks.values()
            card._times.click()
            sheet = await _sheet(shown, TaskSheet)
            sheet._drop.click()
            await until(lambda: len([one for one in shown.findChildren(Sheet) if one.isVisible()]) == 2)
            [question] = [one for one in shown.findChildren(Sheet) if one.isVisible() and one is not sheet]
            question.accept()
            await _answered(shown)
            assert ("remove-task", task.id) in desk.asked

    play(qapp, scene())


def test_what_a_cron_line_cannot_be_is_said_at_once(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        desk = FakeDesk()
        desk.tasks.to_go = ((StreamId("x/mail"), 12, 3),)
        async with window(qapp, tmp_path, lambda: desk) as shown:
            card = next(iter(_page(shown, HomePage)._cards.values()))
            [line] = card.lines.lines.values()
            line.change.click()
            sheet = await _sheet(shown, TaskSheet)
            sheet.form.rhythm.choose(Rhythm.CRON)
            sheet.form.cron.setText("30 2 * *")
            await settled()
            assert "five fields" in sheet.form.runs.text()
            assert not sheet.save.isEnabled()
            sheet.form.cron.setText("30 2 * * 1-5")
            await settled()
            assert sheet.save.isEnabled()
            sheet.tabs.setCurrentIndex(2)
            sheet.look.click()
            await until(lambda: sheet.seen.text().startswith("12 points in time would go"))
            sheet.reject()
            await _answered(shown)
            assert not [one for one in desk.asked if one[0] == "put-task"]

    play(qapp, scene())


def test_hours_limits_battery_and_network(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        desk = FakeDesk()
        async with window(qapp, tmp_path, lambda: desk) as shown:
            shown.go(SettingsPlace())
            await settled()
            card = _page(shown, SettingsPage).network
            card.battery.setChecked(False)
            await until(lambda: not desk.tasks.book.conditions.on_battery)
            card.awake.setChecked(True)
            await until(lambda: desk.tasks.book.conditions.stays_awake)
            card.add_blackout.click()
            (await _sheet(shown, SpanSheet)).go.click()
            await _answered(shown)
            card.add_cap.click()
            sheet = await _sheet(shown, SpanSheet)
            for box in sheet.days:
                box.setChecked(True)
            sheet.start.put(22 * 60)
            sheet.end.put(6 * 60)
            sheet.amount.setValue(3)
            sheet.go.click()
            await _answered(shown)
            found = desk.tasks.book.conditions
            assert found.blackout == (Span(days=(0, 1, 2, 3, 4), start=480, end=1080),)
            assert found.caps == (Cap(span=Span(start=1320, end=360), rate=3 << 20),)
            assert len(card.blackout.lines) == len(card.caps.lines) == 1
            card._without_blackout(0)
            await until(lambda: not card.blackout.lines)
            card.pruning.choose(Pruning.DAILY)
            card.pruning.picked.emit(Pruning.DAILY)
            await until(lambda: desk.tasks.book.pruning is Pruning.DAILY)

    play(qapp, scene())


@pytest.mark.parametrize("changes", [False, True])
def test_the_wizard_ends_with_when_and_how_long(qapp: QApplication, tmp_path: Path, changes: bool) -> None:
    async def scene() -> None:
        desk = FakeDesk()
        async with window(qapp, tmp_path, lambda: desk) as shown:
            shown.go(AddAccount())
            await settled()
            page = _page(shown, AddAccountPage)
            page.host.setText("imap.lotus.example")
            page._go_on()
            page.user.setText("eleni@lotus.example")
            page.secret.setText("secret")
            page._go_on()
            await until(page._next.isEnabled)
            page._go_on()
            await settled()
            assert page.plan.isVisible()
            assert page.plan.said.text().startswith("Daily at 0")
            if changes:
                page.plan.change.click()
                sheet = await _sheet(shown, TaskSheet)
                assert sheet.tabs.count() == 2
                sheet.form.rhythm.choose(Rhythm.THREE_TIMES)
                sheet.save.click()
                await _answered(shown)
                assert page.plan.said.text().startswith("Three times a day")
            page._go_on()
            await until(lambda: isinstance(shown.page, HomePage))
            put = [task for what, task in desk.asked if what == "put-task"]
            assert [task.schedule.rhythm for task in put] == ([Rhythm.THREE_TIMES] if changes else [])

    play(qapp, scene())


def test_forty_tasks_stay_calm(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        desk = FakeDesk()
        for number in range(40):
            await desk.tasks.put(nightly("office", "dana-whitfield", name=f"Task {number:02}"))
        async with window(qapp, tmp_path, lambda: desk) as shown:
            home = _page(shown, HomePage)
            assert len(home._tasks) == 40
            home._search.setText("task 07")
            assert [card.view.task.name for card in home._tasks.values() if card.isVisible()] == ["Task 07"]

    play(qapp, scene())
