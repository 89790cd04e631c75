"""A list of jobs however long: rows are fetched by the page as they come into view."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import Job
from saasbackup_desktop.ui.kit.tasks import Work
from saasbackup_desktop.ui.models.pages import Pages
from saasbackup_desktop.ui.models.sheet import Field, cell_of

PAGE = 100
KEPT = 40
_WANTED = 40
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
        self._total = 0
        self._places: dict[JobId, int] = {}
        self._pages: Pages[Job] = Pages(
            self, self._bring, start, self._find_places, size=PAGE, kept=KEPT, wanted=_WANTED
        )

    def show(self, total: int, first: Sequence[Job]) -> None:
        """List other jobs, of which the first are at hand; what was the same list before stays where it is."""
        if total == self._total and [one.id for one in first] == [one.id for one in self._pages.page(0)]:
            self._begin(first)
            if total:
                self.dataChanged.emit(self.index(0, 0), self.index(total - 1, self.columnCount() - 1))
            return
        self.beginResetModel()
        self._total = total
        self._begin(first)
        self.endResetModel()

    def _begin(self, first: Sequence[Job]) -> None:
        self._pages.clear()
        self._pages.put(0, first)
        self._find_places()

    def row_at(self, row: int) -> Job | None:
        """Return a row if its page is here, else ask for the page."""
        return self._pages.row_at(row)

    def place_of(self, job: JobId) -> int | None:
        """In which row a job stands; None: not among those that are here."""
        return self._places.get(job)

    def move(self, job: Job) -> Job | None:
        """Take note of how a job stands now; how it stood in its row, None: it has none here."""
        place = self._places.get(job.id)
        if place is None:
            return None
        before = self._pages.replace(place, job)
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
        self._places = {job.id: place for place, job in self._pages.items()}

    async def _bring(self, page: int) -> Sequence[Job]:
        return await self._fetch(page * PAGE, PAGE)
