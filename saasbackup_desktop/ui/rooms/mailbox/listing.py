"""The list of items: a folder's in an order that a person chose, or what a search found."""

from array import array
from collections.abc import Callable, Sequence

from PySide6.QtCore import QItemSelection, QModelIndex, Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from saasbackup_desktop.app.views import FolderRow, ItemRow, Order, SearchPage
from saasbackup_desktop.app.words.items import FOLDERS, NOUNS
from saasbackup_desktop.core.ids import NodeId, RowId
from saasbackup_desktop.core.model import Service, Snapshot
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import SearchField
from saasbackup_desktop.ui.kit.layout import row
from saasbackup_desktop.ui.kit.notices import EmptyState
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.tasks import Tasks
from saasbackup_desktop.ui.kit.text import ElidedText, counted, number
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.basket import Basket
from saasbackup_desktop.ui.models.columns import Column, first_order, heads, key_of, main_of, orders
from saasbackup_desktop.ui.models.found import FoundMail
from saasbackup_desktop.ui.models.mail import MailTable
from saasbackup_desktop.ui.models.paged import PagedMail
from saasbackup_desktop.ui.rooms.mailbox.arranging import Key, arranged

_FIRST = 256
"""Rows that are asked for before all ids are known."""
_READ_AT_ONCE = 2000


class Listing(QWidget):
    """A line that says what is listed, above the table; and words in its place where there is nothing."""

    read = Signal(object)
    """The row that is to be read; None if there is none."""
    picked = Signal()
    """Something else is selected."""
    reordered = Signal()
    """The folder is to be listed in another order, or narrowed to other words."""
    left = Signal()
    """What was found is not wanted any more."""
    all_wanted = Signal()

    def __init__(
        self, bridge: Bridge, tasks: Tasks, basket: Basket, more: Callable[[int], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge, self._tasks = bridge, tasks
        self._service = Service.MAIL
        self._order, self._descending = Order.TIME, True
        self._key: Key | None = None
        """What the list is sorted by, if the catalog has no order for it."""
        self.mail = PagedMail(self._rows, tasks.start, basket, self)
        self.found = FoundMail(more, basket, self)
        self._build()
        self._list(self.mail)

    # --- what is listed --------------------------------------------------------------------------------
    def turn_to(self, service: Service) -> None:
        """Wear the columns and words of a service."""
        self._service = service
        for model in (self.mail, self.found):
            model.turn_to(service)
        self._order, self._descending = first_order(service)
        self._key = None
        column = next(place for place, order in orders(service).items() if order is self._order)
        head = self.table.horizontalHeader()
        blocked = head.blockSignals(True)
        direction = Qt.SortOrder.DescendingOrder if self._descending else Qt.SortOrder.AscendingOrder
        head.setSortIndicator(column, direction)
        head.blockSignals(blocked)
        self._arrange_columns()
        self.table.setAccessibleName(text.say(NOUNS[service][1]).capitalize())
        one = text.say(FOLDERS[service][0])
        self.filter.setPlaceholderText(self.tr("Filter this %1").replace("%1", one))
        self.filter.setAccessibleName(self.filter.placeholderText())
        self.back.setText(self.tr("Back to the %1").replace("%1", one))

    def describe(self, folder: FolderRow | None) -> None:
        """Say which folder is listed."""
        if folder is None:
            self.where.say("")
        else:
            words = counted(folder.items, *map(text.say, NOUNS[self._service]))
            self.where.say(f"{folder.path}   {words}")

    def show_none(self) -> None:
        """List nothing: there is no folder."""
        self.mail.show(array("q"))
        self.describe(None)

    async def show_folder(self, point: Snapshot, folder: NodeId) -> None:
        """List a folder at a point in time, narrowed to the words of the filter."""
        words = self.filter.text().strip()
        desk = self._bridge.desk
        asked = (point.stream, point.id, folder, self._order, self._descending)
        if self._key is not None:
            self._show(await self._bridge.call(arranged(desk, asked, words, self._key)))
        elif words:
            self._show(await self._bridge.call(desk.row_ids(*asked, words)))
        else:
            first = await self._bridge.call(desk.first_rows(*asked, _FIRST))
            self._show(array("q", (row.row for row in first)), first)
            self.mail.grow(await self._bridge.call(desk.row_ids(*asked, words)))
        self._say_nothing(words)

    def _show(self, ids: "array[int]", first: Sequence[ItemRow] = ()) -> None:
        self._list(self.mail)
        self.mail.show(ids, first)
        self._select_first()

    def show_found(self, page: SearchPage, offset: int) -> None:
        """List what a search found, or add its next stretch."""
        if offset:
            self.found.add(page)
        else:
            self._list(self.found)
            self.found.show(page.rows, more=page.more)
            self._select_first()
        shown = number(self.found.rowCount()) + ("+" if self.found.has_more else "")
        self.where.say(self.tr("Found: %1").replace("%1", shown))
        self.nothing.say(
            self.tr("Nothing was found"),
            self.tr("Try fewer words, or tick “every point in time” to search what was deleted since."),
        )
        self._list_or_nothing.setCurrentIndex(0 if self.found.rowCount() else 1)
        self.offer_back(True)

    def offer_back(self, on: bool) -> None:
        """Offer the way back to the folder in place of its filter."""
        self.filter.setVisible(not on)
        self.back.setVisible(on)

    @property
    def is_found(self) -> bool:
        """What is listed was found by a search."""
        return self.table.model() is self.found

    def _say_nothing(self, words: str) -> None:
        if words:
            self.nothing.say(self.tr("Nothing matches"), self.tr("Esc empties the filter."))
        else:
            what = self.tr("This %1 is empty").replace("%1", text.say(FOLDERS[self._service][0]))
            many = text.say(NOUNS[self._service][1])
            self.nothing.say(what, self.tr("It held no %1 at this point in time.").replace("%1", many))
        self._list_or_nothing.setCurrentIndex(0 if self.mail.rowCount() else 1)
        if not self.mail.rowCount():
            self.read.emit(None)

    async def _rows(self, ids: Sequence[RowId]) -> Sequence[ItemRow]:
        return await self._bridge.call(self._bridge.desk.rows(ids))

    # --- what is selected ------------------------------------------------------------------------------
    async def picked_rows(self) -> list[ItemRow]:
        """Give the rows that are selected."""
        model = self.table.model()
        places = self.table.picked()
        if isinstance(model, FoundMail):
            return [row for place in places if (row := model.row_at(place)) is not None]
        rows: list[ItemRow] = []
        for start in range(0, len(places), _READ_AT_ONCE):
            rows += await self._rows([self.mail.id_at(place) for place in places[start : start + _READ_AT_ONCE]])
        return rows

    def _select_first(self) -> None:
        if self.table.model().rowCount():
            self.table.go_to(0)
        else:
            self.read.emit(None)
            self.picked.emit()

    def _selected(self, *_: QItemSelection) -> None:
        self.picked.emit()

    def _current(self, index: QModelIndex, _: QModelIndex) -> None:
        model = self.table.model()
        if isinstance(model, MailTable) and index.isValid():
            row = model.row_at(index.row())
            if row is not None:
                self.read.emit(row)
            else:
                self._tasks.start(self._read_later(index.row()), only="reading")

    async def _read_later(self, place: int) -> None:
        rows = await self._rows([self.mail.id_at(place)])
        if rows and self.table.currentIndex().row() == place:
            self.read.emit(rows[0])

    # --- how it is sorted and built ----------------------------------------------------------------------
    def _sorted(self, section: int, direction: Qt.SortOrder) -> None:
        sortable, key = orders(self._service), key_of(self._service, section)
        if section in sortable:
            self._order = sortable[section]
        elif key is None:
            return
        self._key = key
        self._descending = direction == Qt.SortOrder.DescendingOrder
        if not self.is_found:
            self.reordered.emit()

    def _list(self, model: MailTable) -> None:
        if self.table.model() is not model:
            before = self.table.selectionModel()
            self.table.setModel(model)
            if before is not None:
                before.deleteLater()
            self.table.selectionModel().selectionChanged.connect(self._selected)
            self.table.selectionModel().currentRowChanged.connect(self._current)
            self._arrange_columns()
        self.table.setColumnHidden(model.folder_column, model is self.mail)
        self.table.horizontalHeader().setSortIndicatorShown(model is self.mail)
        self._list_or_nothing.setCurrentIndex(0)

    def _arrange_columns(self) -> None:
        model = self.table.model()
        if isinstance(model, MailTable):
            own = [head.width for head in heads(self._service)]
            for column in range(model.columnCount()):
                self.table.setColumnHidden(column, False)
            self.table.widths((36, *own, 120), main_of(self._service))
            self.table.setColumnHidden(model.folder_column, model is self.mail)

    def _build(self) -> None:
        self.where = ElidedText("", "strong")
        self.back = Button(self.tr("Back to the folder"), "link", pressed=self.left.emit)
        self.back.hide()
        self.tick_all = Button(self.tr("Tick a&ll"), "link", pressed=self.all_wanted.emit)
        self.tick_all.setToolTip(self.tr("Ticks everything that is listed"))
        self.filter = SearchField(self.tr("Filter this folder"))
        self.filter.setFixedWidth(scaled(200))
        self.filter.textChanged.connect(lambda _: self.reordered.emit())
        self.table = Table(self.tr("Messages"))
        self.table.setProperty("flush", True)
        self.table.setSortingEnabled(False)
        head = self.table.horizontalHeader()
        head.setSectionsClickable(True)
        head.setSortIndicator(Column.TIME, Qt.SortOrder.DescendingOrder)
        head.sortIndicatorChanged.connect(self._sorted)
        self.nothing = EmptyState("search", "", "")
        self._list_or_nothing = QStackedWidget()
        self._list_or_nothing.addWidget(self.table)
        self._list_or_nothing.addWidget(self.nothing)
        line = row(self.where, self.back, self.tick_all, self.filter, margins=SPACE.small)
        line.setContentsMargins(SPACE.medium, SPACE.small, SPACE.medium, SPACE.small)
        line.setStretch(0, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(line)
        outer.addWidget(self._list_or_nothing, 1)
