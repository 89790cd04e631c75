"""A list of a million rows: all ids are known, rows are fetched by the page as they come into view."""

from array import array
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence

from PySide6.QtCore import QModelIndex, QObject, QTimer

from saasbackup_desktop.app.views import ItemRow
from saasbackup_desktop.core.ids import RowId
from saasbackup_desktop.ui.kit.tasks import Work
from saasbackup_desktop.ui.models.basket import Basket
from saasbackup_desktop.ui.models.mail import Index, MailTable

PAGE = 128
KEPT = 96
_WANTED = 6
_ROOT = QModelIndex()

Fetch = Callable[[Sequence[RowId]], Awaitable[Sequence[ItemRow]]]
Start = Callable[[Work], None]


class PagedMail(MailTable):
    """Messages of one folder. ``data`` never waits: it asks for the page and shows an ellipsis until it is there."""

    def __init__(self, fetch: Fetch, start: Start, basket: Basket, parent: QObject | None = None) -> None:
        super().__init__(basket, parent)
        self._fetch = fetch
        self._start = start
        self._ids: array[int] = array("q")
        self._list = 0
        self._pages: OrderedDict[int, Sequence[ItemRow]] = OrderedDict()
        self._wanted: list[int] = []
        self._asked: set[int] = set()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._ask)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """As many as there are ids."""
        return 0 if parent.isValid() else len(self._ids)

    def row_at(self, row: int) -> ItemRow | None:
        """Return a row if its page is here, else ask for the page."""
        page, place = divmod(row, PAGE)
        rows = self._pages.get(page)
        if rows is not None:
            self._pages.move_to_end(page)
            return rows[place] if place < len(rows) else None
        self._want(page)
        return None

    def id_at(self, row: int) -> RowId:
        """Return the id of a row; always known."""
        return RowId(self._ids[row])

    def show(self, ids: "array[int]", known: Sequence[ItemRow] = ()) -> None:
        """List other rows. ``known`` are the first of them, if they are at hand."""
        self.beginResetModel()
        self._empty()
        self._ids = ids
        self._keep_first(known)
        self.endResetModel()

    def _empty(self) -> None:
        self._list += 1
        self._ids = array("q")
        self._pages.clear()
        self._asked.clear()
        self._wanted.clear()

    def grow(self, ids: "array[int]") -> None:
        """Take the whole list in place of its beginning; what is shown stays where it is if they agree."""
        shown = len(self._ids)
        if ids[:shown] != self._ids or len(ids) < shown:
            first = self._pages.get(0, ())
            agree = [RowId(i) for i in ids[: len(first)]] == [row.row for row in first]
            self.show(ids, first if agree else ())
            return
        if len(ids) == shown:
            return
        for page in [p for p, rows in self._pages.items() if len(rows) < PAGE]:
            del self._pages[page]
        self.beginInsertRows(QModelIndex(), shown, len(ids) - 1)
        self._ids = ids
        self.endInsertRows()

    def _keep_first(self, known: Sequence[ItemRow]) -> None:
        whole = len(known) // PAGE * PAGE if len(known) < len(self._ids) else len(known)
        for start in range(0, whole, PAGE):
            self._pages[start // PAGE] = known[start : start + PAGE]

    def _want(self, page: int) -> None:
        if page in self._asked:
            return
        if page in self._wanted:
            self._wanted.remove(page)
        self._wanted.append(page)
        del self._wanted[:-_WANTED]
        if not self._soon.isActive():
            self._soon.start(0)

    def _ask(self) -> None:
        while self._wanted:
            page = self._wanted.pop()
            self._asked.add(page)
            self._start(self._bring(page, self._list))

    async def _bring(self, page: int, of: int) -> None:
        ids = [RowId(i) for i in self._ids[page * PAGE : (page + 1) * PAGE]]
        try:
            rows = await self._fetch(ids)
        finally:
            if of == self._list:
                self._asked.discard(page)
        if of != self._list:
            return
        self._pages[page] = rows
        while len(self._pages) > KEPT:
            self._pages.popitem(last=False)
        last = min(len(self._ids), (page + 1) * PAGE) - 1
        if last >= page * PAGE:
            self.dataChanged.emit(self.index(page * PAGE, 0), self.index(last, self.columnCount() - 1))
