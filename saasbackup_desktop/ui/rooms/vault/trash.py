"""The trash: what will be removed and when, and the way back."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.views import Point, TrashEntry
from saasbackup_desktop.app.words.retention import TRASH_REASONS
from saasbackup_desktop.app.words.states import Tone, label
from saasbackup_desktop.core.jobs import CatalogChanged, Event
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import row
from saasbackup_desktop.ui.kit.notices import EmptyState
from saasbackup_desktop.ui.kit.sheets import confirm
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.models.sheet import Field, RowSheet
from saasbackup_desktop.ui.places import JobsPlace
from saasbackup_desktop.ui.rooms.vault.leaf import Leaf
from saasbackup_desktop.ui.rooms.vault.point_fields import account_name, going_fields, point_table
from saasbackup_desktop.ui.rooms.vault.retention_sheets import prune


class TrashLeaf(Leaf):
    """Entries above, the points in time of the one that is picked below."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._words: dict[str, str] = {}
        self.entries: RowSheet[TrashEntry] = RowSheet(self._fields(), self)
        self.table = Table(self.tr("Trash"))
        self.table.setModel(self.entries)
        self.table.setSelectionMode(Table.SelectionMode.SingleSelection)
        self.table.widths((240, 130, 120, 110, 180), 0)
        self.table.setMinimumHeight(scaled(150))
        self.points: RowSheet[Point] = RowSheet(going_fields(), self)
        self._inside = point_table(self.tr("Points in time in it"), self.points, (240, 180, 110, 110))
        self._inside.setMinimumHeight(scaled(150))
        self._caption = Text("", "strong")
        self.keep = Button(
            self.tr("&Keep after all…"), "primary", "restore", lambda: self.run(self._keep(), busy=self.keep)
        )
        self._prune = Button(self.tr("&Prune…"), picture="prune", pressed=lambda: self.run(self._remove()))
        self._lead = Text(
            self.tr("What lies here can still be browsed and restored, and called back until it is removed."),
            "muted",
            wrap=True,
        )
        self._empty = EmptyState(
            "trash",
            self.tr("The trash is empty"),
            self.tr(
                "What retention lets go, and what is deleted by hand, lies here for some days before it is removed. "
                "Until then it can be called back."
            ),
        )
        line = row(self._lead, self.keep, self._prune)
        line.setStretch(0, 1)
        self._shown: list[QWidget] = [
            self._lead, self.keep, self._prune, self.table, self._caption, self._inside,
        ]  # fmt: skip
        self.body.addLayout(line)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self._caption)
        self.body.addWidget(self._inside, 1)
        self.body.addWidget(self._empty, 1)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._picked())
        self.depends(*self._shown, self._empty)

    def refresh(self) -> None:
        """Ask for the trash again."""
        self.run(self._look(), only="look")

    def happened(self, event: Event) -> None:
        """Look again when something changed."""
        if isinstance(event, CatalogChanged):
            self.refresh_soon()

    def first_focus(self) -> QWidget | None:
        """Start in the list."""
        return self.table

    async def _look(self) -> None:
        self._show(await self.known(self.bridge.call(self.desk.trash())))

    def _show(self, found: Sequence[TrashEntry]) -> None:
        before = self._entry()
        self._words = {entry.id: entry_words(entry) for entry in found}
        self.entries.show(found)
        for widget in self._shown:
            widget.setVisible(bool(found))
        self._empty.setVisible(not found)
        place = next((n for n, one in enumerate(self.entries.rows) if before and one.id == before.id), 0)
        if found:
            self.table.go_to(place)
        self._picked()

    def _entry(self) -> TrashEntry | None:
        index = self.table.currentIndex()
        return self.entries.row_at(index.row()) if index.isValid() and self.entries.rowCount() else None

    def _picked(self) -> None:
        entry = self._entry()
        self.keep.setEnabled(entry is not None)
        self.points.show(entry.points if entry else ())
        count = len(entry.points) if entry else 0
        self._caption.setText(self.tr("Points in time in it: %1").replace("%1", text.number(count)))

    async def _keep(self) -> None:
        entry = self._entry()
        if entry is None or not await confirm(
            self,
            self.tr("Keep this after all?"),
            self.tr(
                "%1 come back as if nothing had happened. If no rule keeps them, the next prune puts them into the "
                "trash again: change the rule or place a hold first."
            ).replace("%1", _points(entry)),
            self.tr("Keep after all"),
        ):
            return
        back = await self.bridge.call(self.desk.cancel_trash(entry.id))
        self.banner.say(
            Tone.GOOD,
            self.tr("Called back: %1").replace(
                "%1", text.counted(back, self.tr("point in time"), self.tr("points in time"))
            ),
        )
        self.refresh()

    async def _remove(self) -> None:
        job = await prune(self.bridge, self)
        if job is not None:
            self.wants.emit(JobsPlace(job))

    def _fields(self) -> tuple[Field[TrashEntry], ...]:
        return (
            Field(say("Why"), lambda e: self._words[e.id]),
            Field(say("Points in time"), lambda e: text.number(len(e.points)), lambda e: len(e.points), right=True),
            Field(say("Becomes free"), lambda e: text.size(e.size), lambda e: e.size, right=True),
            Field(say("Put here"), lambda e: text.day(e.made), lambda e: e.made, hint=lambda e: text.utc(e.made)),
            Field(
                say("Removed after"),
                _due,
                lambda e: e.due,
                picture=lambda e: ("attention", "attention") if e.is_due else ("calendar", "muted"),
                hint=lambda e: text.utc(e.due),
            ),
        )


def _points(entry: TrashEntry) -> str:
    return text.counted(len(entry.points), say("point in time"), say("points in time"))


def entry_words(entry: TrashEntry) -> str:
    """Say why something lies in the trash, and whose it is."""
    names = dict.fromkeys(account_name(point.account) for point in entry.points)
    why = say(label(TRASH_REASONS, entry.why))
    if len(names) == 1:
        return f"{why}: {next(iter(names))}"
    return why


def _due(entry: TrashEntry) -> str:
    return say("At the next prune") if entry.is_due else text.moment(entry.due)
