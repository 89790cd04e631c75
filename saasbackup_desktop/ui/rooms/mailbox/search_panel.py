"""The search field and its advanced fields."""

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QWidget

from saasbackup_desktop.app.views import Query
from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.dates import DateChoice
from saasbackup_desktop.ui.kit.forms import Choice, Field, Line
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.tokens import SPACE

_FIELDS: Final[Mapping[Service, tuple[str, ...]]] = {
    Service.MAIL: ("author", "recipient", "subject", "since", "until"),
    Service.CALENDAR: ("subject", "owner", "text", "since", "until"),
    Service.CONTACTS: ("name",),
    Service.TASKS: ("subject",),
    Service.NOTES: ("subject", "text"),
    Service.SETTINGS: ("name",),
    Service.DIRECTORY: ("name",),
}
"""What can be asked for beside words."""


class AdvancedSearch(QFrame):
    """The fields of a service, and whether every point in time is searched; ``service_wanted`` carries a stream."""

    wanted = Signal()
    closed = Signal()
    service_wanted = Signal(object)

    def __init__(self, today: QDate, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("toolbar")
        self.service = Choice()
        self.service.picked.connect(self.service_wanted)
        self.author, self.owner, self.recipient, self.subject, self.name, self.text = (Line() for _ in range(6))
        self._lines = (self.author, self.owner, self.recipient, self.subject, self.name, self.text)
        self.since = DateChoice(self.tr("Since"), today.addMonths(-1))
        self.until = DateChoice(self.tr("Until"), today)
        self.everywhere = QCheckBox(self.tr("&Every point in time, also what was deleted since"))
        for line in self._lines:
            line.returnPressed.connect(self.wanted)
        search = Button(self.tr("Search"), "primary", "search", self.wanted.emit)
        close = Button(self.tr("Clear"), "quiet", pressed=self._clear)
        self._where = Field(self.tr("Serv&ice"), self.service)
        self._where.hide()
        self._fields = {
            "author": Field(self.tr("F&rom"), self.author),
            "recipient": Field(self.tr("&To"), self.recipient),
            "subject": Field(self.tr("S&ubject"), self.subject),
            "name": Field(self.tr("&Name"), self.name),
            "owner": Field(self.tr("&Owner"), self.owner),
            "text": Field(self.tr("Descri&ption"), self.text),
            "since": Field(self.tr("Since"), self.since),
            "until": Field(self.tr("Until"), self.until),
        }
        fields = row(self._where, *self._fields.values(), spacing=SPACE.medium)
        fields.addStretch(1)
        self.setLayout(column(fields, row(self.everywhere, None, close, search), margins=SPACE.medium))
        self._shown: tuple[str, ...] = ()
        self.turn_to(Service.MAIL)

    def offer(self, services: Sequence[tuple[str, object]], chosen: StreamId | None) -> None:
        """Let one of an account's services be chosen; one alone is no choice."""
        self.service.fill(services)
        self.service.choose(chosen)
        self._where.setVisible(len(services) > 1)

    def turn_to(self, service: Service) -> None:
        """Show the fields of a service."""
        self._shown = _FIELDS[service]
        for name, field in self._fields.items():
            field.setVisible(name in self._shown)

    def query(self, words: str, stream: StreamId, at: SnapshotId) -> Query:
        """Say it as a query; fields that the service has not are not asked for."""

        def said(name: str, line: Line) -> str:
            return line.text().strip() if name in self._shown else ""

        has_dates = "since" in self._shown
        return Query(
            words=words.strip(),
            stream=stream,
            sender=said("author", self.author) or said("owner", self.owner),
            recipient=said("recipient", self.recipient),
            subject=said("subject", self.subject) or said("name", self.name),
            text=said("text", self.text),
            since=self.since.seconds() if has_dates else None,
            until=self.until.seconds(after=True) if has_dates else None,
            at=None if self.everywhere.isChecked() else at,
        )

    def _clear(self) -> None:
        for line in self._lines:
            line.clear()
        self.since.clear()
        self.until.clear()
        self.everywhere.setChecked(False)
        self.closed.emit()


def asks_nothing(query: Query) -> bool:
    """Tell whether nothing was asked for."""
    asked = (query.words, query.sender, query.recipient, query.subject, query.text)
    return not any(asked) and query.since is None and query.until is None
