"""Legal holds: what must not be removed, whatever the rules say."""

from collections.abc import Sequence

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.views import Hold
from saasbackup_desktop.app.words.alerts import hold_label
from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button, action
from saasbackup_desktop.ui.kit.layout import row
from saasbackup_desktop.ui.kit.notices import EmptyState
from saasbackup_desktop.ui.kit.sheets import confirm_typed
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.models.sheet import Field, RowSheet
from saasbackup_desktop.ui.rooms.vault.hold_sheets import place_hold
from saasbackup_desktop.ui.rooms.vault.leaf import Leaf
from saasbackup_desktop.ui.rooms.vault.point_fields import account_name


class HoldsLeaf(Leaf):
    """Every hold in a line."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._moments: dict[tuple[StreamId, SnapshotId], int] = {}
        self.holds: RowSheet[Hold] = RowSheet(self._fields(), self)
        self.table = Table(self.tr("Holds"))
        self.table.setModel(self.holds)
        self.table.setSelectionMode(Table.SelectionMode.SingleSelection)
        self.table.widths((260, 340, 150), 1)
        self.table.setMinimumHeight(scaled(220))
        self.add = Button(self.tr("&Place a hold…"), "primary", "hold", lambda: self.run(self._add()))
        self.release = Button(
            self.tr("&Release…"), "danger", "trash", lambda: self.run(self._release(), busy=self.release)
        )
        self._lead = Text(
            self.tr("No rule, prune or deletion removes what a hold covers, until the hold is released."),
            "muted",
            wrap=True,
        )
        self._empty = EmptyState(
            "hold",
            self.tr("Nothing is on hold"),
            self.tr(
                "A hold keeps points in time from being removed, whatever the rules say: for a dispute, an audit, or "
                "somebody who is leaving. It can cover one point in time, an account, or everything."
            ),
            self.tr("Place a hold"),
            lambda: self.run(self._add()),
        )
        line = row(self._lead, self.add, self.release)
        line.setStretch(0, 1)
        self.body.addLayout(line)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self._empty, 1)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._picked())
        action(self.table, self.tr("Release…"), self.release.click, "trash", QKeySequence.StandardKey.Delete)
        self.depends(self._lead, self.add, self.release, self.table, self._empty)

    def refresh(self) -> None:
        """Ask for the holds again."""
        self.run(self._look(), only="look")

    def first_focus(self) -> QWidget | None:
        """Start in the list."""
        return self.table

    async def _look(self) -> None:
        self._show(await self.known(self._read()))

    async def _read(self) -> Sequence[Hold]:
        found = await self.bridge.call(self.desk.holds())
        for stream in {hold.stream for hold in found if hold.stream and hold.snapshot}:
            for point in await self.bridge.call(self.desk.snapshots(stream)):
                self._moments[stream, point.id] = point.finished
        return found

    def _show(self, found: Sequence[Hold]) -> None:
        self.holds.show(found)
        for widget in (self._lead, self.add, self.release, self.table):
            widget.setVisible(bool(found))
        self._empty.setVisible(not found)
        if found:
            self.table.go_to(0)
        self._picked()

    def _hold(self) -> Hold | None:
        index = self.table.currentIndex()
        return self.holds.row_at(index.row()) if index.isValid() and self.holds.rowCount() else None

    def _picked(self) -> None:
        self.release.setEnabled(self._hold() is not None)

    def covers(self, hold: Hold) -> str:
        """Say what a hold covers."""
        if hold.stream is None:
            return say("Everything in the vault")
        name = account_name(hold.account)
        if hold.snapshot is None:
            return say("%1: every point in time, those to come included").replace("%1", name)
        moment = self._moments.get((hold.stream, hold.snapshot))
        when = text.moment(moment) if moment else say("a point in time that is not there any more")
        return f"{name}: {when}"

    def _fields(self) -> tuple[Field[Hold], ...]:
        return (
            Field(
                say("Reason"),
                lambda h: say(hold_label(h.label)) or say("(none given)"),
                picture=lambda h: ("hold", "accent"),
            ),
            Field(say("Covers"), self.covers),
            Field(say("Since"), lambda h: text.moment(h.made), lambda h: h.made, hint=lambda h: text.utc(h.made)),
        )

    async def _add(self) -> None:
        if await place_hold(self.bridge, self):
            self.refresh()

    async def _release(self) -> None:
        hold = self._hold()
        if hold is not None and await confirm_typed(
            self,
            self.tr("Release the hold “%1”?").replace("%1", say(hold_label(hold.label)) or self.covers(hold)),
            self.tr("From then on the rules decide: what they do not keep goes at the next prune."),
            self.tr("RELEASE"),
            self.tr("Release the hold"),
        ):
            await self.bridge.call(self.desk.release_hold(hold.id))
            self.refresh()
