"""Restore drills of all accounts: when they begin by themselves, and what each proved last."""

from dataclasses import replace
from typing import Final

from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.drills.views import DrillPlan, Proof
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.app.words.tenants import SERVICES
from saasbackup_desktop.core.jobs import CatalogChanged, Drill, Event, JobChanged
from saasbackup_desktop.core.model import service_of
from saasbackup_desktop.core.schedule import Rhythm
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import Choice, Count, Field
from saasbackup_desktop.ui.kit.layout import Card, column, row
from saasbackup_desktop.ui.kit.notices import EmptyState
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.sheet import Field as Column
from saasbackup_desktop.ui.models.sheet import RowSheet
from saasbackup_desktop.ui.places import AccountPlace, JobsPlace
from saasbackup_desktop.ui.rooms.drills.drill_sheet import ask_drill
from saasbackup_desktop.ui.rooms.drills.report_sheet import ReportSheet, outcome_field
from saasbackup_desktop.ui.rooms.vault.leaf import Leaf, head

_MOST: Final = 100_000
_STEP: Final = 30


class DrillsLeaf(Leaf):
    """The plan, and a line for each account's service."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._plan: DrillPlan | None = None
        self.rhythm = Choice(
            (
                (self.tr("Every night"), Rhythm.DAILY),
                (self.tr("Every third day"), Rhythm.THREE_DAYS),
                (self.tr("Once a week"), Rhythm.WEEKLY),
                (self.tr("Only by hand"), Rhythm.BY_HAND),
            )
        )
        self.at = Choice([(f"{m // 60:02}:{m % 60:02}", m) for m in range(0, 1440, _STEP)])
        self.at.setMinimumContentsLength(6)
        self.items = Count(1, _MOST, 50)
        self.days = Count(1, 366, 7)
        self.keep = Button(self.tr("&Set this plan"), pressed=lambda: self.run(self._keep(), only="keep"))
        self.next = Text("", "muted", wrap=True)
        fields = row(
            Field(self.tr("A round &begins"), self.rhythm),
            Field(self.tr("A&t"), self.at),
            Field(self.tr("Ite&ms of each"), self.items),
            Field(self.tr("Everybody within d&ays"), self.days),
            self.keep,
            None,
            spacing=SPACE.medium,
        )
        self._card = Card(head("shield", self.tr("Restore drills by themselves")), fields, self.next)
        self.proofs: RowSheet[Proof] = RowSheet(_columns(), self)
        self.table = Table(self.tr("What was proven restorable"))
        self.table.setModel(self.proofs)
        self.table.setSelectionMode(Table.SelectionMode.SingleSelection)
        self.table.widths((180, 84, 160, 146, 82, 76, 146), 0, least=110)
        self.table.setMinimumHeight(scaled(240))
        self.table.opened.connect(lambda _: self.run(self._show(), only="report"))
        self.report = Button(self.tr("&Report…"), picture="open", pressed=lambda: self.run(self._show(), only="report"))
        self.account = Button(self.tr("Sh&ow the account"), "quiet", "user", self._open)
        self.all = Button(
            self.tr("&Prove everything…"), "primary", "shield", lambda: self.run(self._prove_all(), only="all")
        )
        lead = Text(
            self.tr(
                "A drill restores a sample into a folder of its own, compares every byte, and asks the source what it "
                "has. A backup that nobody ever restored is a hope."
            ),
            "muted",
            wrap=True,
        )
        self._empty = EmptyState(
            "shield",
            self.tr("Nothing was proven yet"),
            self.tr("The first round begins by itself as planned above. You can also prove everything now."),
        )
        line = row(lead, self.account, self.report, self.all)
        line.setStretch(0, 1)
        lines = QWidget()
        lines.setLayout(column(line))
        for piece in (self._card, lines):
            self.body.addWidget(piece)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self._empty, 1)
        self.depends(self._card, lines)
        self.table.hide()
        self._empty.hide()
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._picked())
        self.rhythm.picked.connect(lambda _: self.at.setEnabled(self.rhythm.value() != Rhythm.BY_HAND))
        self._picked()

    def refresh(self) -> None:
        """Ask for the plan and the outcomes again."""
        self.run(self._look(), only="look")

    def happened(self, event: Event) -> None:
        """Look again when a drill is over, or the plan is another one."""
        is_over = isinstance(event, JobChanged) and isinstance(event.job.spec, Drill) and event.job.state.is_over
        if is_over or (isinstance(event, CatalogChanged) and event.stream is None):
            self.refresh()

    def first_focus(self) -> QWidget | None:
        """Start in the list."""
        return self.table

    async def _look(self) -> None:
        plan = await self.known(self.bridge.call(self.desk.drills.schedule()))
        found = await self.bridge.call(self.desk.drills.proofs())
        if plan != self._plan:
            self._plan = plan
            self._show_plan(plan)
        before = self._chosen()
        self.proofs.show(found)
        self.table.setVisible(bool(found))
        self._empty.setVisible(not found)
        if found:
            self.table.go_to(next((n for n, one in enumerate(found) if before and one.stream == before.stream), 0))
        self._picked()

    def _show_plan(self, plan: DrillPlan) -> None:
        known = {self.rhythm.itemData(index) for index in range(self.rhythm.count())}
        if plan.schedule.rhythm not in known:
            self.rhythm.addItem(self.tr("As set at the command line"), plan.schedule.rhythm)
        self.rhythm.choose(plan.schedule.rhythm)
        if plan.schedule.at % _STEP:
            self.at.addItem(f"{plan.schedule.at // 60:02}:{plan.schedule.at % 60:02}", plan.schedule.at)
        self.at.choose(plan.schedule.at)
        self.at.setEnabled(plan.schedule.rhythm is not Rhythm.BY_HAND)
        self.items.setValue(plan.items)
        self.days.setValue(plan.days)
        told = self.tr("Each round takes those that waited longest. The next one begins %1.")
        self.next.setText(
            self.tr("No round begins by itself.")
            if plan.next_run is None
            else told.replace("%1", text.moment(plan.next_run))
        )

    def _chosen(self) -> Proof | None:
        index = self.table.currentIndex()
        return self.proofs.row_at(index.row()) if index.isValid() and self.proofs.rowCount() else None

    def _picked(self) -> None:
        chosen = self._chosen()
        self.report.setEnabled(chosen is not None)
        self.account.setEnabled(chosen is not None)

    async def _keep(self) -> None:
        if self._plan is None:
            return
        rhythm, at = Rhythm(str(self.rhythm.value())), int(str(self.at.value()))
        schedule = replace(self._plan.schedule, rhythm=rhythm, at=at)
        plan = await self.bridge.call(self.desk.drills.set_schedule(schedule, self.items.value(), self.days.value()))
        self._plan = plan
        self._show_plan(plan)
        self.banner.say(Tone.GOOD, self.tr("The plan is set"))

    async def _show(self) -> None:
        chosen = self._chosen()
        if chosen is None:
            return
        history = await self.bridge.call(self.desk.drills.history(chosen.stream))
        if history:
            await ReportSheet(self.bridge, history[0], history, self).answer()

    def _open(self) -> None:
        if (chosen := self._chosen()) is not None:
            self.wants.emit(AccountPlace(chosen.stream))

    async def _prove_all(self) -> None:
        cards = [card for card in await self.bridge.call(self.desk.cards()) if card.last is not None]
        if not cards or self._plan is None:
            return
        name = self.tr("every account")
        has_source = any(card.connection is not None for card in cards)
        wish = await ask_drill(name, self._plan.items, self, has_source=has_source)
        if wish is not None:
            streams = [card.stream for card in cards]
            jobs = await self.bridge.call(self.desk.drills.run(streams, wish.items, wish.against_source))
            self.wants.emit(JobsPlace(jobs[0]))


def _columns() -> tuple[Column[Proof], ...]:
    return (
        Column(say("Account"), lambda p: p.account.name or p.account.address, hint=lambda p: p.account.address),
        Column(say("Service"), lambda p: say(SERVICES[service_of(p.stream)])),
        outcome_field(),
        Column(say("When"), lambda p: text.moment(p.time), lambda p: p.time, hint=lambda p: text.utc(p.time)),
        Column(say("Damaged"), lambda p: text.number(p.damaged), lambda p: p.damaged, right=True),
        Column(say("Missing"), lambda p: text.number(p.missing), lambda p: p.missing, right=True),
        Column(
            say("Last proven"),
            lambda p: text.moment(p.proven) if p.proven is not None else say("Never"),
            lambda p: p.proven or 0,
        ),
    )
