"""The history of an account: what came and went each day, as a chart or as a table."""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.history.views import AccountHistory, DayCount, ServiceHistory
from saasbackup_desktop.app.words.items import NOUNS
from saasbackup_desktop.app.words.tenants import SHORT_SERVICES
from saasbackup_desktop.core.ids import AccountId
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import clock, text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.chart_colours import series_colour
from saasbackup_desktop.ui.kit.forms import Choice
from saasbackup_desktop.ui.kit.layout import Card, Grid, column, row, take_out
from saasbackup_desktop.ui.kit.sheets import pick_new_file
from saasbackup_desktop.ui.kit.span_slider import SpanSlider
from saasbackup_desktop.ui.kit.status import Picture
from saasbackup_desktop.ui.kit.tables import Table, as_csv
from saasbackup_desktop.ui.kit.tasks import Tasks
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.theme import font, scaled
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.sheet import Field, RowSheet
from saasbackup_desktop.ui.models.tree import SERVICE_ICONS

if TYPE_CHECKING:
    from saasbackup_desktop.ui.rooms.history.plot import Plot

DAY: Final = 86400
MOST: Final = 30
"""Days that are shown at once."""
_PLOT: Final = "saasbackup_desktop.ui.rooms.history.plot"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: one service on one day."""

    service: Service
    count: DayCount


class Swatch(QWidget):
    """The colour of a series, beside its name."""

    def __init__(self, place: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place = place
        self.setFixedSize(QSize(scaled(12), scaled(12)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        paint = QPainter(self)
        paint.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint.setPen(Qt.PenStyle.NoPen)
        paint.setBrush(QColor(series_colour(self._place)))
        paint.drawRoundedRect(self.rect(), 3, 3)


class ServiceCard(Card):
    """One service in brief."""

    def __init__(self, service: Service) -> None:
        super().__init__(spacing=SPACE.hair)
        self._service = service
        self._count = Text("", "strong")
        self._moved = Text("", "muted", wrap=True)
        self._when = Text("", "caption", wrap=True)
        head = row(Picture(SERVICE_ICONS[service], "accent", 18), Text(say(SHORT_SERVICES[service]), "strong"), None)
        self.body.addLayout(head)
        for piece in (self._count, self._moved, self._when):
            self.body.addWidget(piece)

    def say(self, one: ServiceHistory, shown: Sequence[DayCount]) -> None:
        """Show other figures; ``shown``: the days that the chart shows."""
        noun, nouns = (say(word) for word in NOUNS[self._service])
        self._count.setText(f"{text.counted(one.items, noun, nouns)}, {text.size(one.size)}")
        sums = (sum(getattr(count, name) for count in shown) for name in ("added", "changed", "removed"))
        new, changed, removed = (text.number(value) for value in sums)
        said = self.tr("In these days: %1 new, %2 changed, %3 removed")
        self._moved.setText(said.replace("%1", new).replace("%2", changed).replace("%3", removed))
        said = self.tr("First backup %1, last backup %2")
        self._when.setText(said.replace("%1", text.moment(one.first)).replace("%2", text.moment(one.last)))
        self._when.setToolTip(f"{text.utc(one.first)}\n{text.utc(one.last)}")
        self.setAccessibleName(say(SHORT_SERVICES[self._service]))


class HistoryCard(QWidget):
    """A tile for each service, and the chart of up to thirty days, any that there are."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._tasks = Tasks(self)
        self._history: AccountHistory | None = None
        self._hidden: set[Service] = set()
        self._cards: dict[Service, ServiceCard] = {}
        self.plot: Plot | None = None
        self.measure = Choice(
            [
                (self.tr("New each day"), "added"),
                (self.tr("Changed each day"), "changed"),
                (self.tr("Removed each day"), "removed"),
                (self.tr("There in all"), "items"),
            ]
        )
        self.measure.setAccessibleName(self.tr("What the chart counts"))
        self.measure.currentIndexChanged.connect(lambda _: self._draw())
        self.as_table = _roomy(Button(self.tr("Show as &table"), "chip"))
        self.as_table.toggled.connect(lambda _: self._arrange())
        self.save = Button(
            self.tr("Save as CS&V…"), picture="save", pressed=lambda: self._tasks.start(self._save_csv())
        )
        self.slider = SpanSlider(self.tr("Days that are shown"), MOST)
        self.slider.moved.connect(lambda *_: self._draw())
        self.slider.setToolTip(
            self.tr("Arrow keys move the days that are shown, with Shift the last of them, with Ctrl the first")
        )
        self._span = Text("", "muted")
        self._span.setToolTip(self.tr("Days are those of UTC, so that every computer counts alike"))
        self.told = Text("", wrap=True)
        self.told.setMinimumHeight(scaled(20))
        self._chips = row(spacing=SPACE.medium)
        self._legend = QWidget()
        self._legend.setLayout(row(self._chips, None))
        self._loading = Text(self.tr("Drawing the chart…"), "muted")
        self._loading.setMinimumHeight(scaled(220))
        self._loading.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._place = column(self._loading, spacing=0)
        self.lines: RowSheet[Line] = RowSheet(_fields(), self)
        self.table = Table(self.tr("Items by day and service"))
        self.table.setModel(self.lines)
        self.table.widths((150, 130, 90, 90, 90, 110, 100), 0)
        self.table.setMinimumHeight(scaled(220))
        caption = Text(self.tr("Day by day"), "strong")
        self._tiles = Grid(250, SPACE.medium)
        self._holder = QWidget()
        self._holder.setLayout(self._tiles)
        line = row(self.slider, self._span, spacing=SPACE.medium)
        line.setStretch(0, 1)
        self._card = Card(
            row(caption, None, self.save, self.as_table, self.measure, spacing=SPACE.medium),
            self._legend,
            self._place,
            self.table,
            self.told,
            line,
        )
        self.setLayout(column(self._holder, self._card, spacing=SPACE.large))
        self._arrange()

    async def look(self, account: AccountId) -> None:
        """Ask for an account's days, and draw them. Raises Fault."""
        found = await self._bridge.call(self._bridge.desk.history.daily(account))
        before, self._history = self._history, found
        self.setVisible(found.last_day is not None)
        if found.first_day is None or found.last_day is None:
            return
        is_same = before is not None and before.account == account
        last = max(found.last_day, clock.now() // DAY)
        first, end = self.slider.span if is_same else (last - MOST + 1, last)
        self.slider.offer(min(found.first_day, last - MOST + 1), last, first, end)
        if not is_same:
            self._hidden.clear()
        self._name(found)
        if self.plot is None and not self._tasks.is_running("plot"):
            self._tasks.start(self._make_plot(), only="plot")
        self._draw()

    async def _make_plot(self) -> None:
        """Load what draws charts beside the window's thread: that takes longer than a window may wait."""

        async def load() -> None:
            importlib.import_module(_PLOT)

        await self._bridge.call(load())
        from saasbackup_desktop.ui.rooms.history.plot import Plot

        self.plot = Plot(self.tr("Chart of items by day"), _short_day)
        self.plot.pointed.connect(self._pointed)
        self._loading.hide()
        self._place.addWidget(self.plot)
        QWidget.setTabOrder(self.save, self.plot)
        QWidget.setTabOrder(self.plot, self.slider)
        self._arrange()
        self._draw()

    def _name(self, found: AccountHistory) -> None:
        """A tile and a chip for each service; where there is one alone, the page has said it all."""
        services = [one.service for one in found.services if one.last is not None]
        if list(self._cards) != services:
            for card in self._cards.values():
                self._tiles.removeWidget(card)
                card.hide()
                card.deleteLater()
            take_out(self._chips)
            text.clear(self._legend)
            self._cards = {}
            for service in services:
                self._cards[service] = ServiceCard(service)
                self._tiles.addWidget(self._cards[service])
                self._chips.addLayout(row(Swatch(_place(service)), self._chip(service), spacing=SPACE.hair))
        self._holder.setVisible(bool(services))
        self._legend.setVisible(len(services) > 1)

    def _chip(self, service: Service) -> Button:
        chip = _roomy(Button(say(SHORT_SERVICES[service]), "chip"))
        chip.setChecked(service not in self._hidden)
        chip.setAccessibleName(self.tr("Show %1").replace("%1", say(SHORT_SERVICES[service])))

        def toggled(is_on: bool) -> None:
            (self._hidden.discard if is_on else self._hidden.add)(service)
            self._draw()

        chip.toggled.connect(toggled)
        return chip

    def _shown(self) -> list[ServiceHistory]:
        found = self._history.services if self._history is not None else ()
        return [one for one in found if one.last is not None and one.service not in self._hidden]

    def _draw(self) -> None:
        """Bring chart, table and tiles to the days that are chosen."""
        if self._history is None:
            return
        first, last = self.slider.span
        span = _span_words(first, last)
        self._span.setText(span)
        self.slider.say(span)
        for one in self._history.services:
            if one.service in self._cards:
                self._cards[one.service].say(one, [count for count in one.days if first <= count.day <= last])
        self.lines.show(
            [
                Line(one.service, count)
                for day in range(last, first - 1, -1)
                for one in self._shown()
                for count in one.days
                if count.day == day
            ]
        )
        if self.plot is not None:
            from saasbackup_desktop.ui.rooms.history.plot import Series

            series = [
                Series(say(SHORT_SERVICES[one.service]), _place(one.service), self._values(one, first, last))
                for one in self._shown()
            ]
            self.plot.show_series(first, last - first + 1, series)
        self._pointed(-1)

    def _values(self, one: ServiceHistory, first: int, last: int) -> list[int]:
        measure = str(self.measure.value())
        by_day = {count.day: count for count in one.days}
        if measure != "items":
            return [getattr(by_day[day], measure) if day in by_day else 0 for day in range(first, last + 1)]
        there = next((count.items for count in reversed(one.days) if count.day < first), 0)
        values = []
        for day in range(first, last + 1):
            there = by_day[day].items if day in by_day else there
            values.append(there)
        return values

    def _pointed(self, place: int) -> None:
        """Say what the day under the pointer brought; without one, all the days that are shown."""
        first, last = self.slider.span
        measure = str(self.measure.value())
        when = _long_day(first + place) if place >= 0 else _span_words(first, last)
        counts = []
        for one in self._shown():
            values = self._values(one, first, last)
            value = values[place] if place >= 0 else values[-1] if measure == "items" else sum(values)
            counts.append(text.counted(value, *(say(word) for word in NOUNS[one.service])))
        words = {
            "added": self.tr("%1: new: %2"),
            "changed": self.tr("%1: changed: %2"),
            "removed": self.tr("%1: removed: %2"),
            "items": self.tr("%1: there in all: %2"),
        }[measure]
        self.told.setText(words.replace("%1", when).replace("%2", ", ".join(counts) or self.tr("nothing")))
        if self.plot is not None:
            self.plot.setAccessibleDescription(self.told.text())
            if place >= 0 and self.plot.hasFocus():
                QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.plot, self.told.text()))

    def _arrange(self) -> None:
        is_table = self.as_table.isChecked()
        self.table.setVisible(is_table)
        self.save.setVisible(is_table)
        self.told.setVisible(not is_table)
        self._loading.setVisible(not is_table and self.plot is None)
        self.measure.setEnabled(not is_table)
        if self.plot is not None:
            self.plot.setVisible(not is_table)

    async def _save_csv(self) -> None:
        data = as_csv(self.lines, range(self.lines.rowCount()))
        file = await pick_new_file(self, self.tr("Save the figures"), "history.csv", self.tr("Tables (*.csv)"))
        if file is not None:
            file.write_text(data, encoding="utf-8", newline="")

    def changeEvent(self, event: QEvent) -> None:
        """Swatches follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._legend.update()


def _roomy(chip: Button) -> Button:
    """Let its words stand in bold, too, which they do while it is checked."""
    chip.ensurePolished()
    bold = font(bold=True)
    bold.setBold(True)
    more = QFontMetrics(bold).horizontalAdvance(chip.text()) - chip.fontMetrics().horizontalAdvance(chip.text())
    chip.setMinimumWidth(chip.sizeHint().width() + max(0, more) + SPACE.hair)
    return chip


def _place(service: Service) -> int:
    return list(Service).index(service)


def _date(day: int) -> datetime:
    return datetime.fromtimestamp(day * DAY, UTC)


def _short_day(day: int) -> str:
    return f"{_date(day):%d %b}"


def _long_day(day: int) -> str:
    return f"{_date(day):%a %d %b %Y}"


def _span_words(first: int, last: int) -> str:
    if first == last:
        return _long_day(first)
    return f"{_date(first):%d %b %Y} – {_date(last):%d %b %Y}"


def _fields() -> tuple[Field[Line], ...]:
    hint = QCoreApplication.translate("words", "Days are those of UTC")
    return (
        Field(say("Day"), lambda one: _long_day(one.count.day), lambda one: one.count.day, hint=lambda one: hint),
        Field(say("Service"), lambda one: say(SHORT_SERVICES[one.service])),
        Field(say("New"), lambda one: text.number(one.count.added), lambda one: one.count.added, right=True),
        Field(say("Changed"), lambda one: text.number(one.count.changed), lambda one: one.count.changed, right=True),
        Field(say("Removed"), lambda one: text.number(one.count.removed), lambda one: one.count.removed, right=True),
        Field(say("In all"), lambda one: text.number(one.count.items), lambda one: one.count.items, right=True),
        Field(say("Size"), lambda one: text.size(one.count.size), lambda one: one.count.size, right=True),
    )
