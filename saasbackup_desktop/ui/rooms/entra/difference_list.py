"""The objects that differ, as a table to choose, tick and scroll in, however many there are."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from saasbackup_desktop.app.entra.views import Comparison, DifferencePage, DifferenceRow
from saasbackup_desktop.app.words.entra.kinds import CHANGES as WORDS
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button, action
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.notices import EmptyState
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.tasks import Tasks
from saasbackup_desktop.ui.kit.text import say
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.lazy import PAGE, LazySheet
from saasbackup_desktop.ui.models.picked import Picked
from saasbackup_desktop.ui.models.sheet import Field
from saasbackup_desktop.ui.rooms.entra.difference_words import differs, kind_of
from saasbackup_desktop.ui.rooms.entra.door import entra
from saasbackup_desktop.ui.rooms.entra.looking import Look, key, put_all
from saasbackup_desktop.ui.rooms.entra.parts import CHANGE_LOOKS

_SINGLY = 500
"""Rows that are ticked at once; more are ticked beside the window's thread."""


class DifferenceList(QWidget):
    """What of a comparison is looked at: ``look``. One row is read, any number ticked.

    ``compared``: the comparison as far as it is; ``read``: the key of the object that is read.
    """

    chosen = Signal(object)
    """A row that is to be read instead of the one before."""
    all_wanted = Signal()
    """Nothing matches, and all is to be shown."""

    def __init__(
        self,
        bridge: Bridge,
        tasks: Tasks,
        picked: Picked,
        compared: Callable[[], Comparison | None],
        read: Callable[[], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge, self._tasks, self._picked = bridge, tasks, picked
        self._compared, self._read = compared, read
        self.look = Look()
        self._is_first = False
        """The row on top was opened by itself: whatever is on top later takes its place."""
        self._awaits = False
        """The chosen row is still an ellipsis."""
        self.sheet: LazySheet[DifferenceRow] = LazySheet(
            (
                Field(say("Object"), lambda one: one.name or one.id, picture=lambda one: CHANGE_LOOKS[one.change],
                      hint=lambda one: f"{one.name}\n{say(WORDS[one.change])}"),
                Field(say("Difference"), self._differs, hint=lambda one: f"{kind_of(one)}: {differs(one)}"),
            ),
            self._bring,
            tasks.start,
            self,
            picked=picked,
            key=key,
        )  # fmt: skip
        self._build()
        self._wire()

    # --- what is shown ---------------------------------------------------------------------------------
    def clear(self) -> None:
        """Show nothing."""
        self.sheet.show(0, ())

    async def first_page(self, comparison: Comparison) -> DifferencePage:
        """Read the first rows of what is looked at."""
        return await self._bridge.call(entra(self._bridge).differences(comparison.id, self.look.query(0, PAGE)))

    def show_page(self, page: DifferencePage, *, is_done: bool, anew: bool) -> bool:
        """Show rows as they are found so far, ``anew`` from the top; whether they stand where none stood before."""
        is_new = self.sheet.rowCount() == 0 or anew
        if anew:
            self.sheet.show(page.total, page.rows)
        else:
            self.sheet.renew(page.total, page.rows)
        self.all_shown.setText(self.tr("Tick all %1 shown").replace("%1", text.number(page.total)))
        self.all_shown.setEnabled(page.total > 0)
        self._rest.setCurrentIndex(1 if is_done and not page.total else 0)
        return is_new

    def settle(self, is_new: bool) -> None:
        """Rows may stand elsewhere now: what is read stays, and what nobody chose begins at the top again."""
        read = self._read()
        if (is_new and not read) or (self._is_first and self.table.currentIndex().row() <= 0):
            self._is_first = True
            self.table.go_to(0)
            self._row_chosen(self.table.currentIndex(), QModelIndex())
            return
        found = self.sheet.row_at(self.table.currentIndex().row()) if self.table.currentIndex().isValid() else None
        if read and (found is None or key(found) != read):
            place = self.sheet.place_of(read)
            model = self.table.selectionModel()
            model.blockSignals(True)
            if place is None:
                self.table.clearSelection()
            else:
                self.table.go_to(place)
            model.blockSignals(False)
            self.table.viewport().update()

    async def _bring(self, offset: int, limit: int) -> Sequence[DifferenceRow]:
        found = self._compared()
        if found is None:
            return ()
        page = await self._bridge.call(entra(self._bridge).differences(found.id, self.look.query(offset, limit)))
        return page.rows

    def _differs(self, found: DifferenceRow) -> str:
        said = differs(found)
        return said if len(self.look.kinds) == 1 else f"{said} · {kind_of(found)}"

    def _row_chosen(self, now: QModelIndex, before: QModelIndex) -> None:
        found = self.sheet.row_at(now.row()) if now.isValid() else None
        self._is_first = self._is_first and now.row() <= 0
        self._awaits = found is None and now.isValid()
        if found is not None and key(found) != self._read():
            self.chosen.emit(found)

    def _row_came(self) -> None:
        """The chosen row may have been an ellipsis so far."""
        if self._awaits and self.table.currentIndex().isValid():
            self._row_chosen(self.table.currentIndex(), QModelIndex())

    # --- what is ticked --------------------------------------------------------------------------------
    def tick_selected(self) -> None:
        """Tick the selected rows, or untick them if all are ticked whole."""
        places = self.table.picked_count()
        if not places:
            return
        if places <= _SINGLY:
            rows = [row for place in self.table.picked() if (row := self.sheet.row_at(place)) is not None]
            keys = [key(row) for row in rows]
            on = any(self._picked.toggled(one) for one in keys)
            self._picked.put_all(keys, on)
            return
        parts = self.table.selectionModel().selection()
        ranges = [range(part.top(), part.bottom() + 1) for part in (parts.at(n) for n in range(parts.count()))]
        current = self.sheet.row_at(self.table.currentIndex().row())
        on = current is None or self._picked.toggled(key(current))
        self._tasks.start(self._tick_many(on, ranges), busy=self.all_shown, only="tick")

    def tick_all(self) -> None:
        """Tick all that is shown."""
        found = self._compared()
        if self.look.is_by_kind:
            self._picked.put_all(self.look.kinds or tuple(found.counts if found is not None else ()), True)
        else:
            self._tasks.start(self._tick_many(True), busy=self.all_shown, only="tick")

    async def _tick_many(self, on: bool, ranges: Sequence[range] | None = None) -> None:
        found = self._compared()
        if found is None:
            return
        door, marks = entra(self._bridge), self._picked.marks.copy()
        self._picked.become(await self._bridge.call(put_all(door, found.id, self.look, marks, on, ranges)))

    # --- how it is built -------------------------------------------------------------------------------
    def _build(self) -> None:
        self.table = Table(self.tr("Objects that differ"))
        self.table.setProperty("flush", True)
        self.table.setModel(self.sheet)
        self.table.widths((190, 134), 0, least=150, roomy=(240, 200))
        self.all_shown = Button(self.tr("Tick all shown"), "quiet", "check", self.tick_all)
        tools = row(self.all_shown, None)
        tools.setContentsMargins(SPACE.small, SPACE.hair, SPACE.small, SPACE.hair)
        self._rest = QStackedWidget()
        self._rest.addWidget(self.table)
        self._rest.addWidget(
            EmptyState(
                "search",
                self.tr("Nothing matches"),
                self.tr("Something differs, but nothing that fits what is chosen above and beside."),
                self.tr("Show all"),
                self.all_wanted.emit,
                width=200,
            )
        )
        self.setLayout(column(tools, self._rest, spacing=0))

    def _wire(self) -> None:
        self.table.selectionModel().currentRowChanged.connect(self._row_chosen)
        self.sheet.dataChanged.connect(lambda *_: self._row_came())
        action(self.table, self.tr("Tick or untick"), self.tick_selected, "check", "Space")
