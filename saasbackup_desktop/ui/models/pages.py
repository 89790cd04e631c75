"""Rows that are fetched by the page as they come into view, whatever model lists them."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QTimer

from saasbackup_desktop.ui.kit.tasks import Work

R = TypeVar("R")


class Pages(Generic[R]):
    """The pages that are here, and those that are asked for. Asking for a row never waits.

    ``size``: rows of a page; ``kept``: how many pages are kept; ``wanted``: how many are asked for at once, the newest
    wishes first. ``fetch`` brings a page, ``start`` runs that, and ``came`` is told before the model's views are that a
    page is here.
    """

    def __init__(
        self,
        model: QAbstractTableModel,
        fetch: Callable[[int], Awaitable[Sequence[R]]],
        start: Callable[[Work], None],
        came: Callable[[], object] | None = None,
        *,
        size: int,
        kept: int,
        wanted: int,
    ) -> None:
        self._model, self._fetch, self._start, self._came = model, fetch, start, came
        self._size, self._kept, self._most_wanted = size, kept, wanted
        self._list = 0
        self._here: OrderedDict[int, list[R]] = OrderedDict()
        self._wanted: list[int] = []
        self._asked: set[int] = set()
        self._soon = QTimer(model)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._ask)

    def __len__(self) -> int:
        """How many are here."""
        return len(self._here)

    def clear(self) -> None:
        """Forget all pages, and what is on its way: another list begins."""
        self._list += 1
        self._here.clear()
        self._wanted.clear()
        self._asked.clear()

    def put(self, page: int, rows: Sequence[R]) -> None:
        """Keep a page that is at hand."""
        self._here[page] = list(rows)

    def replace(self, place: int, row: R) -> R:
        """Put a row, whose page is here, in the place of another; which it was."""
        page, at = divmod(place, self._size)
        before, self._here[page][at] = self._here[page][at], row
        return before

    def drop_short(self) -> None:
        """Forget pages that are not full: there are more rows by now."""
        for page in [page for page, rows in self._here.items() if len(rows) < self._size]:
            del self._here[page]

    def page(self, page: int) -> Sequence[R]:
        """A page as it is here; empty if it is not."""
        return self._here.get(page, ())

    def items(self) -> Iterator[tuple[int, R]]:
        """All rows that are here, each with its place."""
        for page, rows in self._here.items():
            yield from enumerate(rows, page * self._size)

    def row_at(self, row: int) -> R | None:
        """Return a row if its page is here, else ask for the page."""
        page, place = divmod(row, self._size)
        rows = self._here.get(page)
        if rows is None:
            self._want(page)
            return None
        self._here.move_to_end(page)
        return rows[place] if place < len(rows) else None

    def _want(self, page: int) -> None:
        if page in self._asked:
            return
        if page in self._wanted:
            self._wanted.remove(page)
        self._wanted.append(page)
        del self._wanted[: -self._most_wanted]
        if not self._soon.isActive():
            self._soon.start(0)

    def _ask(self) -> None:
        while self._wanted:
            page = self._wanted.pop()
            self._asked.add(page)
            self._start(self._bring(page, self._list))

    async def _bring(self, page: int, of: int) -> None:
        try:
            rows = await self._fetch(page)
        finally:
            if of == self._list:
                self._asked.discard(page)
        if of != self._list:
            return
        self._here[page] = list(rows)
        while len(self._here) > self._kept:
            self._here.popitem(last=False)
        if self._came is not None:
            self._came()
        model, first = self._model, page * self._size
        last = min(model.rowCount(), first + self._size) - 1
        if last >= first:
            model.dataChanged.emit(model.index(first, 0), model.index(last, model.columnCount() - 1))
