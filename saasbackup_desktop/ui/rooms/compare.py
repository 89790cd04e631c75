"""Two points in time side by side."""

from collections import Counter

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from saasbackup_desktop.app.views import Difference, DiffRow
from saasbackup_desktop.app.words.cards import FIELDS
from saasbackup_desktop.app.words.states import DIFFERENCES
from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.core.model import Service, Snapshot, service_of
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button, action
from saasbackup_desktop.ui.kit.forms import Choice, SearchField
from saasbackup_desktop.ui.kit.layout import row
from saasbackup_desktop.ui.kit.notices import EmptyState
from saasbackup_desktop.ui.kit.pages import Page
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.mail import flag_words
from saasbackup_desktop.ui.models.sheet import Field, RowSheet
from saasbackup_desktop.ui.models.tree import SERVICE_ICONS
from saasbackup_desktop.ui.places import RecoveryPlace

_LOOKS = {
    Difference.ADDED: ("plus", "good"),
    Difference.REMOVED: ("remove", "bad"),
    Difference.MOVED: ("right", "accent"),
    Difference.RENAMED: ("name", "accent"),
    Difference.FLAGS: ("flagged", "attention"),
    Difference.CHANGED: ("drafts", "attention"),
}


_FLAGS = 4
"""The column that only mail has."""


class ComparePage(Page):
    """What was added, removed, moved or changed between two points in time."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._stream: StreamId | None = None
        self._old: SnapshotId | None = None
        self._new: SnapshotId | None = None
        self._rows: list[DiffRow] = []
        self._kinds: set[Difference] = set()
        self.old, self.new = Choice(), Choice()
        self.old.setAccessibleName(self.tr("Earlier point in time"))
        self.new.setAccessibleName(self.tr("Later point in time"))
        for choice in (self.old, self.new):
            choice.setMinimumContentsLength(26)
            choice.picked.connect(lambda _: self._points_chosen())
        self._back = Button(self.tr("Back to the mailbox"), "link", "left", self._leave)
        self.chips = {kind: Button(text.say(DIFFERENCES[kind]), "chip", _LOOKS[kind][0]) for kind in Difference}
        self._chip_row = QHBoxLayout()
        self._chip_row.setSpacing(SPACE.small)
        for kind, chip in self.chips.items():
            chip.toggled.connect(self._chip(kind))
            self._chip_row.addWidget(chip)
        self._chip_row.addStretch(1)
        self.filter = SearchField(self.tr("Filter differences"))
        self.filter.setFixedWidth(scaled(200))
        self.filter.textChanged.connect(lambda _: self._show())
        self._model: RowSheet[DiffRow] = RowSheet(
            (
                Field(text.say("Difference"), _kind_words, picture=lambda d: _LOOKS[d.kinds[0]]),
                Field(text.say("Name"), _name, picture=self._picture),
                Field(text.say("Before"), lambda d: d.old_path or "–"),
                Field(text.say("After"), lambda d: d.new_path or "–"),
                Field(text.say("Flags"), _flag_change),
            ),
            self,
        )
        self.table = Table(self.tr("Differences"))
        self.table.setModel(self._model)
        self.table.setSortingEnabled(True)
        self.table.horizontalHeader().setSortIndicator(-1, self.table.horizontalHeader().sortIndicatorOrder())
        self.table.widths((150, 320, 150, 150, 200), 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._same = EmptyState("check", self.tr("No difference"), self.tr("Both points in time hold the same."))
        self._stack.addWidget(self._same)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE.page, SPACE.wide, SPACE.page, SPACE.wide)
        outer.setSpacing(SPACE.large)
        outer.addLayout(row(self._back, None, self.filter))
        outer.addLayout(
            row(
                Text(self.tr("Compare"), "title"),
                SPACE.medium,
                self.old,
                Text(self.tr("with"), "muted"),
                self.new,
                None,
            )
        )
        outer.addWidget(self.banner)
        outer.addLayout(self._chip_row)
        outer.addWidget(self._stack, 1)
        action(self, self.tr("Back"), self._leave, "", "Esc")

    def look_at(self, stream: StreamId, old: SnapshotId, new: SnapshotId) -> None:
        """Compare two points in time of an account."""
        self._stream, self._old, self._new = stream, old, new

    def refresh(self) -> None:
        """Compare again."""
        self.run(self._look(), only="look")

    def first_focus(self) -> QWidget | None:
        """Start in the list."""
        return self.table

    def _picture(self, found: DiffRow) -> tuple[str, str]:
        service = service_of(self._stream) if self._stream is not None else Service.MAIL
        return "folder" if found.is_folder else SERVICE_ICONS[service], "muted"

    async def _look(self) -> None:
        if self._stream is None or self._old is None or self._new is None:
            return
        self.table.setColumnHidden(_FLAGS, service_of(self._stream) is not Service.MAIL)
        points = await self.bridge.call(self.desk.snapshots(self._stream))
        values: list[tuple[str, object]] = [(_words(point), point.id) for point in points]
        self.old.fill(values)
        self.new.fill(values)
        self.old.choose(self._old)
        self.new.choose(self._new)
        self._rows = list(await self.bridge.call(self.desk.diff(self._stream, self._old, self._new)))
        counts = Counter(kind for found in self._rows for kind in found.kinds)
        for kind, chip in self.chips.items():
            chip.setText(f"{text.say(DIFFERENCES[kind])}  {text.number(counts[kind])}")
            chip.setVisible(counts[kind] > 0)
        self._show()

    def _show(self) -> None:
        words = self.filter.text().casefold().strip()
        shown = [
            found
            for found in self._rows
            if (not self._kinds or self._kinds & set(found.kinds))
            and (not words or words in f"{found.name} {found.old_path} {found.new_path}".casefold())
        ]
        self._model.show(shown)
        if self._rows:
            self._same.say(self.tr("Nothing matches"), self.tr("Change the filter or the kinds of difference."))
        else:
            self._same.say(self.tr("No difference"), self.tr("Both points in time hold the same."))
        self._stack.setCurrentIndex(0 if shown else 1)

    def _chip(self, kind: Difference) -> "object":
        def toggled(on: bool) -> None:
            self._kinds = self._kinds | {kind} if on else self._kinds - {kind}
            self._show()

        return toggled

    def _points_chosen(self) -> None:
        ends = sorted((str(self.old.value()), str(self.new.value())))
        self._old, self._new = SnapshotId(ends[0]), SnapshotId(ends[1])
        self.refresh()

    def _leave(self) -> None:
        self.wants.emit(RecoveryPlace(self._stream, self._new))


def _words(point: Snapshot) -> str:
    return text.precise(point.finished)


def _kind_words(found: DiffRow) -> str:
    kinds = ", ".join(text.say(DIFFERENCES[kind]) for kind in found.kinds)
    fields = ", ".join(text.say(FIELDS[field]) for field in found.fields)
    return f"{kinds}: {fields}" if fields else kinds


def _name(found: DiffRow) -> str:
    return found.name or text.say("(no subject)")


def _flag_change(found: DiffRow) -> str:
    if found.old_flags == found.new_flags or not found.old_path or not found.new_path:
        return ""
    return f"{flag_words(found.old_flags)} → {flag_words(found.new_flags)}"
