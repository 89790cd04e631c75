"""Restore drills of all accounts: when they begin by themselves, and what each proved last."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.drills.views import DrillPlan, Proof
from saasbackup_desktop.app.views import StreamCard
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.app.words.tenants import SERVICES
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.jobs import CatalogChanged, Drill, Event, JobChanged
from saasbackup_desktop.core.model import Account, service_of
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


@dataclass(frozen=True)
class Standing:
    """What is saved of one account's service, and what the newest drill of it found; None: there was none."""

    stream: StreamId
    account: Account
    proof: Proof | None


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
        self.days.setSuffix(self.tr(" days"))
        self.keep = Button(self.tr("&Set this plan"), pressed=lambda: self.run(self._keep(), only="keep"))
        self.next = Text("", "muted", wrap=True)
        fields = row(
            Field(self.tr("A round &begins"), self.rhythm),
            Field(self.tr("A&t"), self.at),
            Field(self.tr("Ite&ms of each"), self.items),
            Field(self.tr("&All of them within"), self.days),
            column(Text(" ", "strong"), self.keep, None, spacing=SPACE.hair),
            None,
            spacing=SPACE.medium,
        )
        self._card = Card(head("shield", self.tr("Restore drills by themselves")), fields, self.next)
        self.proofs: RowSheet[Standing] = RowSheet(_columns(), self)
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
            self.tr("Nothing can be proven yet"),
            self.tr(
                "Nothing is saved so far. After the first backup it stands here, and drills begin as planned above."
            ),
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
        proofs = await self.bridge.call(self.desk.drills.proofs())
        found = _standings(proofs, await self.bridge.call(self.desk.cards()))
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

    def _chosen(self) -> Standing | None:
        index = self.table.currentIndex()
        return self.proofs.row_at(index.row()) if index.isValid() and self.proofs.rowCount() else None

    def _picked(self) -> None:
        chosen = self._chosen()
        self.report.setEnabled(chosen is not None and chosen.proof is not None)
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
        if chosen is None or chosen.proof is None:
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


def _standings(proofs: Sequence[Proof], cards: Sequence[StreamCard]) -> list[Standing]:
    """What was never proven restorable comes first."""
    drilled = {proof.stream for proof in proofs}
    saved = [card for card in cards if card.last is not None and card.stream not in drilled]
    found = [Standing(card.stream, card.account, None) for card in saved]
    return found + sorted((Standing(one.stream, one.account, one) for one in proofs), key=_is_proven)


def _is_proven(one: Standing) -> bool:
    return one.proof is not None and one.proof.proven is not None


def _columns() -> tuple[Column[Standing], ...]:
    outcome = outcome_field()

    def picture(one: Standing) -> tuple[str, str]:
        if one.proof is None or outcome.picture is None:
            return "attention", "attention"
        return outcome.picture(one.proof)

    def figure(name: str) -> Callable[[Standing], int]:
        return lambda one: int(getattr(one.proof, name)) if one.proof is not None else -1

    def number(name: str) -> Callable[[Standing], str]:
        value = figure(name)
        return lambda one: text.number(value(one)) if one.proof is not None else "–"

    return (
        Column(say("Account"), lambda s: s.account.name or s.account.address, hint=lambda s: s.account.address),
        Column(say("Service"), lambda s: say(SERVICES[service_of(s.stream)])),
        Column(
            outcome.head,
            lambda s: outcome.words(s.proof) if s.proof is not None else say("Not drilled yet"),
            picture=picture,
        ),
        Column(
            say("When"),
            lambda s: text.moment(s.proof.time if s.proof is not None else None),
            figure("time"),
            hint=lambda s: text.utc(s.proof.time if s.proof is not None else None),
        ),
        Column(say("Damaged"), number("damaged"), figure("damaged"), right=True),
        Column(say("Missing"), number("missing"), figure("missing"), right=True),
        Column(
            say("Last proven"),
            lambda s: text.moment(s.proof.proven) if s.proof is not None and s.proof.proven else say("Never"),
            lambda s: (s.proof.proven or 0) if s.proof is not None else 0,
        ),
    )
