"""A list of a million rows: all ids are known, rows are fetched by the page as they come into view."""

from array import array
from collections.abc import Awaitable, Callable, Sequence

from PySide6.QtCore import QModelIndex, QObject

from saasbackup_desktop.app.views import ItemRow
from saasbackup_desktop.core.ids import RowId
from saasbackup_desktop.ui.kit.tasks import Work
from saasbackup_desktop.ui.models.basket import Basket
from saasbackup_desktop.ui.models.mail import Index, MailTable
from saasbackup_desktop.ui.models.pages import Pages

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
        self._ids: array[int] = array("q")
        self._pages: Pages[ItemRow] = Pages(self, self._bring, start, size=PAGE, kept=KEPT, wanted=_WANTED)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """As many as there are ids."""
        return 0 if parent.isValid() else len(self._ids)

    def row_at(self, row: int) -> ItemRow | None:
        """Return a row if its page is here, else ask for the page."""
        return self._pages.row_at(row)

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
        self._ids = array("q")
        self._pages.clear()

    def grow(self, ids: "array[int]") -> None:
        """Take the whole list in place of its beginning; what is shown stays where it is if they agree."""
        shown = len(self._ids)
        if ids[:shown] != self._ids or len(ids) < shown:
            first = self._pages.page(0)
            agree = [RowId(i) for i in ids[: len(first)]] == [row.row for row in first]
            self.show(ids, first if agree else ())
            return
        if len(ids) == shown:
            return
        self._pages.drop_short()
        self.beginInsertRows(QModelIndex(), shown, len(ids) - 1)
        self._ids = ids
        self.endInsertRows()

    def _keep_first(self, known: Sequence[ItemRow]) -> None:
        whole = len(known) // PAGE * PAGE if len(known) < len(self._ids) else len(known)
        for start in range(0, whole, PAGE):
            self._pages.put(start // PAGE, known[start : start + PAGE])

    async def _bring(self, page: int) -> Sequence[ItemRow]:
        return await self._fetch([RowId(id) for id in self._ids[page * PAGE : (page + 1) * PAGE]])
