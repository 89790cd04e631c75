"""Reports: which, of what time, how it looks, and where it is saved."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from saasbackup_desktop.app.reports.views import Kind, Report, Table, Value
from saasbackup_desktop.app.words import reports as words
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import clock, text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import Choice
from saasbackup_desktop.ui.kit.layout import Card, Grid, row
from saasbackup_desktop.ui.kit.pages import Page
from saasbackup_desktop.ui.kit.tables import Table as TableView
from saasbackup_desktop.ui.kit.text import Text, clear, plain, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tiles import Stat
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.sheet import Field, RowSheet
from saasbackup_desktop.ui.rooms.reports.saving import pick_form, told

_DAY: Final = 86400
_TIMELESS: Final = frozenset({Kind.USAGE})
"""Reports of how it is now."""
Row = tuple[Value, ...]


class ReportsLeaf(Page):
    """A report's figures, and one of its tables."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.report: Report | None = None
        kinds = (Kind.SUMMARY, Kind.FAILURES, Kind.USAGE, Kind.DRILLS)
        self.kinds = Choice([(say(words.TITLES[kind]), kind) for kind in kinds])
        self.kinds.setAccessibleName(self.tr("Report"))
        self.span = Choice(
            (
                (self.tr("Last 24 hours"), 1),
                (self.tr("Last 7 days"), 7),
                (self.tr("Last 30 days"), 30),
                (self.tr("Last year"), 366),
                (self.tr("All time"), 0),
            )
        )
        self.span.setAccessibleName(self.tr("Time span"))
        self.span.choose(7)
        self.tables = Choice()
        for choice in (self.kinds, self.span, self.tables):
            choice.setMinimumContentsLength(10)
        self.tables.setAccessibleName(self.tr("Table of the report"))
        self.save = Button(
            self.tr("&Save as…"), "primary", "save", lambda: self.run(self._save(), busy=self.save, only="save")
        )
        self.lead = Text("", "muted", wrap=True)
        self._figures = QWidget()
        self._grid = Grid(130)
        self._figures.setLayout(self._grid)
        self.table = TableView(self.tr("Preview"))
        self.table.setMinimumHeight(scaled(200))
        self._sheet: RowSheet[Row] = RowSheet((), self)
        self.table.setModel(self._sheet)
        self._note = Text(
            self.tr("A saved PDF or JSON is sealed with the vault's key: whoever gets it can prove that it is whole."),
            "caption",
            wrap=True,
        )
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE.page, SPACE.medium, SPACE.page, SPACE.wide)
        outer.setSpacing(SPACE.medium)
        outer.addWidget(self.banner)
        outer.addLayout(row(self.kinds, self.span, self.tables, None, self.save))
        outer.addWidget(self.lead)
        outer.addWidget(Card(self._figures))
        outer.addWidget(self.table, 1)
        outer.addWidget(self._note)
        for choice in (self.kinds, self.span):
            choice.picked.connect(lambda _: self._another())
        self.tables.picked.connect(lambda _: self._show_table())

    def _another(self) -> None:
        self.banner.hide()  # what it says is of the one before
        self.refresh()

    def refresh(self) -> None:
        """Make the report again."""
        self.run(self._look(), only="look")

    def first_focus(self) -> QWidget | None:
        """Start with which report."""
        return self.kinds

    async def _look(self) -> None:
        kind, days = Kind(str(self.kinds.value())), self.span.value()
        self.span.setEnabled(kind not in _TIMELESS)
        until = clock.now()
        since = until - days * _DAY if isinstance(days, int) and days else None
        reports = self.desk.reports
        made: Mapping[Kind, Callable[[], Coroutine[Any, Any, Report]]] = {
            Kind.SUMMARY: lambda: reports.summary(since, until),
            Kind.FAILURES: lambda: reports.failures(since, until),
            Kind.USAGE: reports.usage,
            Kind.DRILLS: lambda: reports.drills(since, until),
        }
        self.report = await self.bridge.call(made[kind]())
        self._show()

    def _show(self) -> None:
        assert self.report is not None
        self.lead.setText(say(words.LEADS[self.report.kind]))
        clear(self._figures)
        while self._grid.takeAt(0) is not None:
            pass
        for code, value in self.report.facts:
            said = _cell(code, value)
            if said:
                self._grid.addWidget(Stat(say(words.head(code).label), plain(said)))
        chosen = self.tables.value()
        self.tables.fill([(say(words.table_title(table)), table.code) for table in self.report.tables])
        self.tables.choose(chosen)
        self.tables.setVisible(len(self.report.tables) > 1)
        self._show_table()

    def _show_table(self) -> None:
        assert self.report is not None
        table = next((one for one in self.report.tables if one.code == self.tables.value()), None)
        self.table.setVisible(table is not None)
        if table is None:
            return
        before, self._sheet = self._sheet, RowSheet([_field(table, place) for place in range(len(table.columns))], self)
        self._sheet.show(table.rows)
        self.table.setModel(self._sheet)
        before.deleteLater()
        self.table.widths([_width(code) for code in table.columns], 0)

    async def _save(self) -> None:
        if self.report is None:
            return
        picked = await pick_form(self, self.tr("Save the report"), self.report.kind.value)
        if picked is None:
            return
        file, form = picked
        await self.bridge.call(self.desk.reports.save(self.report, form, file))
        told(self.banner, file, form)


def _cell(code: str, value: Value) -> str:
    if isinstance(value, int) and words.head(code).look is words.Look.MOMENT:
        return text.brief(value)
    return words.cell(code, value)


def _width(code: str) -> int:
    head = words.head(code)
    return 220 if head.wide else 130


def _field(table: Table, place: int) -> Field[Row]:
    code = table.columns[place]
    is_figure = any(isinstance(row[place], int) for row in table.rows)

    def key(row: Row) -> tuple[int, str]:
        value = row[place]
        return (value, "") if isinstance(value, int) else (0, str(value or "").casefold())

    right = is_figure and words.head(code).look is not words.Look.MOMENT
    return Field(say(words.head(code).label), lambda row: _cell(code, row[place]), key, right=right)
