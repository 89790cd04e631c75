"""What a search found, a stretch at a time."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QModelIndex, QObject

from saasbackup_desktop.app.views import ItemRow, SearchPage
from saasbackup_desktop.ui.models.basket import Basket
from saasbackup_desktop.ui.models.mail import Index, MailTable

_ROOT = QModelIndex()


class FoundMail(MailTable):
    """Rows that were found; scrolling to the end asks for more."""

    def __init__(self, more: Callable[[int], None], basket: Basket, parent: QObject | None = None) -> None:
        super().__init__(basket, parent)
        self._more = more
        self._rows: list[ItemRow] = []
        self._has_more = False
        self._asked = False

    @property
    def has_more(self) -> bool:
        """There is more than is shown."""
        return self._has_more

    def rowCount(self, parent: Index = _ROOT) -> int:
        """As many as were found so far."""
        return 0 if parent.isValid() else len(self._rows)

    def row_at(self, row: int) -> ItemRow | None:
        """Return a row."""
        return self._rows[row]

    def show(self, rows: Sequence[ItemRow], *, more: bool = False) -> None:
        """List other rows."""
        self.beginResetModel()
        self._rows = list(rows)
        self._has_more = more
        self._asked = False
        self.endResetModel()

    def _empty(self) -> None:
        self._rows, self._has_more, self._asked = [], False, False

    def add(self, page: SearchPage) -> None:
        """Take the next stretch."""
        self._asked = False
        self._has_more = page.more
        if page.rows:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(page.rows) - 1)
            self._rows.extend(page.rows)
            self.endInsertRows()

    def canFetchMore(self, parent: Index = _ROOT) -> bool:
        """Tell the view whether scrolling on makes sense."""
        return not parent.isValid() and self._has_more and not self._asked

    def fetchMore(self, parent: Index = _ROOT) -> None:
        """Ask for the next stretch."""
        self._asked = True
        self._more(len(self._rows))
