"""The history of an account: a chart by hand, by keyboard, and as a table."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from saasbackup_desktop.app.views import StreamCard
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.model import Service, account_of
from saasbackup_desktop.ui.kit.span_slider import SpanSlider
from saasbackup_desktop.ui.kit.tables import as_csv
from saasbackup_desktop.ui.kit.theme import Appearance
from saasbackup_desktop.ui.places import AccountPlace
from saasbackup_desktop.ui.rooms.account import AccountPage
from saasbackup_desktop.ui.rooms.history import card as card_module
from saasbackup_desktop.ui.rooms.history.card import DAY, MOST, HistoryCard
from saasbackup_desktop.ui.shell.window import Window
from tests.arch.source import PACKAGE
from tests.ui.fake_desk import NOW, STREAM, FakeDesk
from tests.ui.fake_items import ItemsDesk, stream
from tests.ui.stage import play, settled, until
from tests.ui.stage import window as opened_window

TODAY = NOW // DAY


async def shown_card(shown: Window, of: StreamId = STREAM) -> HistoryCard:
    shown.go(AccountPlace(of))
    page = shown.page
    assert isinstance(page, AccountPage)
    await until(lambda: page.history.plot is not None and page.history.isVisible())
    await settled()
    return page.history


def test_the_chart_shows_what_each_day_brought(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with opened_window(qapp, tmp_path) as shown:
            history = await shown_card(shown)
            plot = history.plot
            assert plot is not None
            found = await shown.bridge.desk.history.daily(account_of(STREAM))
            [mail] = found.services
            assert history.slider.span == (TODAY - MOST + 1, TODAY)
            by_day = {one.day: one.added for one in mail.days}
            assert plot.tops == [by_day.get(day, 0) for day in range(TODAY - MOST + 1, TODAY + 1)]
            total = sum(plot.tops)
            assert f"new: {total:,} messages" in history.told.text()
            history.measure.choose("items")
            assert plot.tops[-1] == mail.items
            assert f"{mail.items:,} messages" in history.told.text()

    play(qapp, scene())


def test_days_are_gone_through_by_keyboard_and_by_pointer(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with opened_window(qapp, tmp_path) as shown:
            history = await shown_card(shown)
            plot = history.plot
            assert plot is not None
            plot.setFocus()
            QTest.keyClick(plot, Qt.Key.Key_Left)
            assert plot.at == MOST - 1
            assert history.told.text().startswith("Fri 20 Nov 2026: new: ")
            assert plot.accessibleDescription() == history.told.text()
            QTest.keyClick(plot, Qt.Key.Key_Home)
            QTest.keyClick(plot, Qt.Key.Key_Right)
            assert plot.at == 1
            assert f" {plot.tops[1]:,} message" in history.told.text()
            QTest.keyClick(plot, Qt.Key.Key_End)
            assert plot.at == MOST - 1
            where = plot._plot.vb.mapViewToScene(QPointF(4.1, 0.5))
            plot._hovered(where)
            assert plot.at == 4
            shown.status.setFocus()
            plot.clearFocus()
            QTest.mouseMove(plot, QPoint(1, 1))
            plot.point_at(99)
            assert plot.at == -1
            assert history.told.text().startswith("22 Oct 2026 – 20 Nov 2026: ")

    play(qapp, scene())


def test_any_thirty_days_can_be_chosen_and_no_more(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with opened_window(qapp, tmp_path) as shown:
            history = await shown_card(shown)
            plot, slider = history.plot, history.slider
            assert plot is not None
            slider.setFocus()
            QTest.keyClick(slider, Qt.Key.Key_Home)
            assert slider.span == (TODAY - 79, TODAY - 79 + MOST - 1)
            assert slider.accessibleDescription() == "02 Sep 2026 – 01 Oct 2026"
            QTest.keyClick(slider, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
            assert slider.span == (TODAY - 78, TODAY - 78 + MOST - 1)
            QTest.keyClick(slider, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
            assert slider.span == (TODAY - 77, TODAY - 78 + MOST - 1)
            assert len(plot.tops) == MOST - 1
            QTest.keyClick(slider, Qt.Key.Key_PageDown)
            QTest.keyClick(slider, Qt.Key.Key_End)
            assert slider.span[1] == TODAY
            kept = slider.span
            shown.page.refresh()  # type: ignore[union-attr]
            await settled()
            assert slider.span == kept

    play(qapp, scene())


def test_the_slider_is_pulled_by_its_handles(qapp: QApplication) -> None:
    slider = SpanSlider("Days", 30)
    slider.resize(600, 30)
    slider.offer(100, 199, 150, 169)
    moved: list[tuple[int, int]] = []
    slider.moved.connect(lambda first, last: moved.append((first, last)))

    def at(day: float) -> QPoint:
        return QPoint(round(9 + (600 - 18) * (day - 100) / 100), 15)

    def pull(start: float, end: float) -> None:
        QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=at(start))
        QTest.mouseMove(slider, at(end))
        QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=at(end))

    pull(150, 145.5)
    assert slider.span == (145, 169)
    pull(170, 190.5)
    assert slider.span == (161, 190)
    pull(175.5, 125.5)
    assert slider.span == (111, 140)
    pull(190.5, 190.5)
    assert slider.span == (170, 199)
    assert moved[-1] == slider.span


def test_the_same_figures_stand_in_a_table_and_as_csv(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def chosen(*_: object) -> Path:
        return tmp_path / "figures.csv"

    async def scene() -> None:
        async with opened_window(qapp, tmp_path) as shown:
            history = await shown_card(shown)
            plot = history.plot
            assert plot is not None
            history.as_table.click()
            assert history.table.isVisible()
            assert not plot.isVisible()
            rows = list(csv.reader(io.StringIO(as_csv(history.lines, range(history.lines.rowCount())))))
            assert rows[0] == ["Day", "Service", "New", "Changed", "Removed", "In all", "Size"]
            assert sum(int(row[2].replace(",", "")) for row in rows[1:]) == sum(plot.tops)
            monkeypatch.setattr(card_module, "pick_new_file", chosen)
            history.save.click()
            await settled()
            assert list(csv.reader(io.StringIO((tmp_path / "figures.csv").read_text(encoding="utf-8")))) == rows
            history.as_table.click()
            assert plot.isVisible()

    play(qapp, scene())


def test_services_have_a_tile_and_a_series_each(qapp: QApplication, tmp_path: Path) -> None:
    async def scene() -> None:
        async with opened_window(qapp, tmp_path, ItemsDesk, appearance=Appearance.DARK) as shown:
            history = await shown_card(shown, stream(Service.MAIL))
            plot = history.plot
            assert plot is not None
            assert len(history._cards) == len(plot._series) > 3
            mail = history._cards[Service.MAIL]
            assert "First backup 02 Sep 2026" in mail._when.text()
            assert mail._moved.text().startswith("In these days: ")
            before = plot.tops
            chip = next(
                one for one in history._legend.findChildren(type(history.as_table)) if one.text() == "Calendars"
            )
            chip.click()
            assert len(plot._series) == len(history._cards) - 1
            assert sum(plot.tops) < sum(before)
            assert "events" not in history.told.text()

    play(qapp, scene())


def test_what_draws_charts_is_loaded_when_one_is_wanted() -> None:
    """It takes longer than a window may wait: nothing that the window begins with may ask for it."""
    names = r"pyqtgraph|numpy|saasbackup_desktop\.ui\.rooms\.history\.plot"
    at_once = re.compile(rf"^(?:import|from) (?:{names})\b", re.MULTILINE)
    found = [file.name for file in (PACKAGE / "ui").rglob("*.py") if at_once.search(file.read_text(encoding="utf-8"))]
    assert found == ["plot.py"]


def test_an_account_that_was_never_saved_has_no_history(qapp: QApplication, tmp_path: Path) -> None:
    class Empty(FakeDesk):
        async def cards(self) -> Sequence[StreamCard]:
            return [replace(card, last=None) for card in await super().cards()]

    async def scene() -> None:
        async with opened_window(qapp, tmp_path, Empty) as shown:
            shown.go(AccountPlace(STREAM))
            await settled()
            assert isinstance(shown.page, AccountPage)
            assert not shown.page.history.isVisible()

    play(qapp, scene())
