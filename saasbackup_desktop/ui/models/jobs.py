"""A list of jobs however long: rows are fetched by the page as they come into view."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer

from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import Job
from saasbackup_desktop.ui.kit.tasks import Work
from saasbackup_desktop.ui.models.sheet import Field, cell_of

PAGE = 100
KEPT = 40
Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()

Fetch = Callable[[int, int], Awaitable[Sequence[Job]]]
"""From which row on, and how many."""


class PagedJobs(QAbstractTableModel):
    """Jobs under fields. ``data`` never waits: it asks for the page and shows an ellipsis until it is there."""

    def __init__(
        self,
        fields: Sequence[Field[Job]],
        fetch: Fetch,
        start: Callable[[Work], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._fields = fields
        self._fetch = fetch
        self._start = start
        self._total = 0
        self._list = 0
        self._pages: OrderedDict[int, list[Job]] = OrderedDict()
        self._places: dict[JobId, int] = {}
        self._wanted: set[int] = set()
        self._asked: set[int] = set()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._ask)

    def show(self, total: int, first: Sequence[Job]) -> None:
        """List other jobs, of which the first are at hand; what was the same list before stays where it is."""
        self._list += 1
        self._wanted.clear()
        self._asked.clear()
        if total == self._total and [one.id for one in first] == [one.id for one in self._pages.get(0, [])]:
            self._pages = OrderedDict({0: list(first)})
            self._find_places()
            if total:
                self.dataChanged.emit(self.index(0, 0), self.index(total - 1, self.columnCount() - 1))
            return
        self.beginResetModel()
        self._total = total
        self._pages = OrderedDict({0: list(first)})
        self._find_places()
        self.endResetModel()

    def row_at(self, row: int) -> Job | None:
        """Return a row if its page is here, else ask for the page."""
        page, place = divmod(row, PAGE)
        jobs = self._pages.get(page)
        if jobs is None:
            if page not in self._asked:
                self._wanted.add(page)
                if not self._soon.isActive():
                    self._soon.start(0)
            return None
        self._pages.move_to_end(page)
        return jobs[place] if place < len(jobs) else None

    def place_of(self, job: JobId) -> int | None:
        """In which row a job stands; None: not among those that are here."""
        return self._places.get(job)

    def move(self, job: Job) -> Job | None:
        """Take note of how a job stands now; how it stood in its row, None: it has none here."""
        place = self._places.get(job.id)
        if place is None:
            return None
        page, at = divmod(place, PAGE)
        before, self._pages[page][at] = self._pages[page][at], job
        self.dataChanged.emit(self.index(place, 0), self.index(place, self.columnCount() - 1))
        return before

    def rowCount(self, parent: Index = _ROOT) -> int:
        """As many as there are jobs."""
        return 0 if parent.isValid() else self._total

    def columnCount(self, parent: Index = _ROOT) -> int:
        """As many as there are fields."""
        return 0 if parent.isValid() else len(self._fields)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name the fields."""
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return self._fields[section].head

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Show a field of a job."""
        if not index.isValid():
            return None
        return cell_of(self._fields[index.column()], self.row_at(index.row()), role)

    def _find_places(self) -> None:
        self._places = {
            job.id: page * PAGE + place for page, jobs in self._pages.items() for place, job in enumerate(jobs)
        }

    def _ask(self) -> None:
        while self._wanted:
            page = self._wanted.pop()
            self._asked.add(page)
            self._start(self._bring(page, self._list))

    async def _bring(self, page: int, of: int) -> None:
        try:
            jobs = await self._fetch(page * PAGE, PAGE)
        finally:
            if of == self._list:
                self._asked.discard(page)
        if of != self._list:
            return
        self._pages[page] = list(jobs)
        while len(self._pages) > KEPT:
            self._pages.popitem(last=False)
        self._find_places()
        last = min(self._total, (page + 1) * PAGE) - 1
        if last >= page * PAGE:
            self.dataChanged.emit(self.index(page * PAGE, 0), self.index(last, self.columnCount() - 1))
