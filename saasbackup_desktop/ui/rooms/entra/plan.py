"""A plan: every write before the first one is sent, what came of each, and the way back."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QFrame, QSplitter, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from saasbackup_desktop.app.entra.views import EntraTenant, PlanState, WriteLine
from saasbackup_desktop.app.words.entra.kinds import kind_words, path_words, relation_words
from saasbackup_desktop.app.words.entra.plans import (
    ACTIONS,
    REVIVED,
    STANDINGS,
    deed_words,
    filled,
    left_out_words,
    object_words,
    risk_words,
    write_words,
)
from saasbackup_desktop.app.words.entra.values import value_words
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.core.directory.plan import Action, LeftOut, OnSurprise, PlanHead, Risk, Standing
from saasbackup_desktop.core.directory.ticks import link_of
from saasbackup_desktop.core.jobs import CatalogChanged, Event, JobChanged
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button, action
from saasbackup_desktop.ui.kit.forms import Choice
from saasbackup_desktop.ui.kit.layout import Grid, column, row, take_out
from saasbackup_desktop.ui.kit.notices import Banner, EmptyState
from saasbackup_desktop.ui.kit.pages import Page
from saasbackup_desktop.ui.kit.sheets import confirm_typed
from saasbackup_desktop.ui.kit.status import TONE_ICONS, TONE_ROLES, Picture, StatusMark
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.text import ElidedText, Text, clear, counted, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tiles import Progress, Stat
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.lazy import PAGE, LazySheet
from saasbackup_desktop.ui.models.sheet import Field
from saasbackup_desktop.ui.places import DifferencesPlace, EntraPlace, JobsPlace, PlanPlace
from saasbackup_desktop.ui.rooms.entra.access import can_write
from saasbackup_desktop.ui.rooms.entra.door import entra
from saasbackup_desktop.ui.rooms.entra.password_sheet import PasswordSheet
from saasbackup_desktop.ui.rooms.entra.plan_words import (
    BAD,
    WELL,
    can_go_on,
    counted_in,
    done_words,
    has_stopped,
    is_at_rest,
    is_begun,
    plan_mark,
    plan_title,
    stop_words,
)
from saasbackup_desktop.ui.rooms.entra.restore_sheet import confirm_restore
from saasbackup_desktop.ui.rooms.entra.write_pane import WritePane

_STATE = 3
"""The column that says nothing before something was written."""


class PlanPage(Page):
    """Figures and risks on top, writes and what is left out below, what can be done at the foot."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._id = ""
        self._state: PlanState | None = None
        self._tenant: EntraTenant | None = None
        self._standing = ""
        self.writes: LazySheet[WriteLine] = LazySheet(
            (
                Field(say("No."), lambda one: text.number(one.write.number), right=True),
                Field(
                    say("Object"), lambda one: object_words(one.write), picture=_picture, hint=lambda one: one.write.id
                ),
                Field(say("Write"), lambda one: deed_words(one.write), hint=lambda one: write_words(one.write)),
                Field(say("State"), _standing_words, picture=_standing_picture),
            ),
            self._bring,
            self.run,
            self,
            key=lambda one: str(one.write.number),
        )
        self.left: LazySheet[LeftOut] = LazySheet(
            (
                Field(say("Object"), lambda one: one.name or one.id, hint=lambda one: one.key),
                Field(say("What"), _what),
                Field(say("Why not"), left_out_words),
                Field(say("Would have been"), _value),
            ),
            self._bring_left,
            self.run,
            self,
        )
        self._build()
        self._wire()

    def look_at(self, plan: str) -> None:
        """Show another plan."""
        if plan != self._id:
            self._id, self._state, self._standing = plan, None, ""
            self.banner.hide()
            self.revived.hide()
            self.stopped.hide()
            self.pane.show_nothing()
            self.writes.show(0, ())
            self.left.show(0, ())

    def refresh(self) -> None:
        """Look again how it stands."""
        self.run(self._look(), only="look")

    def happened(self, event: Event) -> None:
        """The restore may have moved on."""
        if isinstance(event, CatalogChanged) or (
            isinstance(event, JobChanged) and self._state is not None and self._state.job in (None, event.job.id)
        ):
            self.refresh_soon()

    def first_focus(self) -> QWidget | None:
        """Start in the writes."""
        return self.table

    async def _look(self) -> None:
        if not self._id:
            return
        door = entra(self.bridge)
        first = self._state is None
        state = self._state = await self.bridge.call(door.plan_state(self._id))
        tenants = await self.bridge.call(door.tenants())
        self._tenant = next((one for one in tenants if one.stream == state.head.stream), None)
        self._show_head(state)
        self._show_risks(state.head.risks)
        self._show_revived(state.head)
        await self._list(anew=first)
        if first:
            many = sum(state.head.left_out.values())
            self.left.show(many, await self._bring_left(0, PAGE) if many else ())
            self.tabs.setTabText(1, self.tr("Left out  %1").replace("%1", text.number(many)))
            self.table.go_to(0)
        elif (place := self.table.currentIndex()).isValid():
            self._chosen(place, QModelIndex())

    async def _list(self, *, anew: bool = True) -> None:
        assert self._state is not None
        total = self._total(self._state)
        rows = await self.bridge.call(entra(self.bridge).writes(self._id, 0, PAGE, self._standing))
        if anew:
            self.writes.show(total, rows)
        else:
            self.writes.renew(total, rows)
        whole = sum(self._state.head.counts.values())
        self.tabs.setTabText(0, self.tr("Writes  %1").replace("%1", text.number(whole)))
        self._lists.setCurrentIndex(0 if whole else 1)

    def _total(self, state: PlanState) -> int:
        return state.standings.get(self._standing, 0) if self._standing else sum(state.head.counts.values())

    async def _bring(self, offset: int, limit: int) -> Sequence[WriteLine]:
        return await self.bridge.call(entra(self.bridge).writes(self._id, offset, limit, self._standing))

    async def _bring_left(self, offset: int, limit: int) -> Sequence[LeftOut]:
        return await self.bridge.call(entra(self.bridge).left_out(self._id, offset, limit))

    def _show_head(self, state: PlanState) -> None:
        head = state.head
        self._title.say(plan_title(state))
        name = self._tenant.name if self._tenant is not None else ""
        words, tone, _ = plan_mark(state)
        self._mark.become(words, tone)
        begun = is_begun(state)
        lead = name if begun else self.tr("%1 · Nothing has been written yet").replace("%1", name)
        self._figures.setVisible(not begun)  # by then the chips say how the writes stand
        self._lead.say(f"{lead} · “{head.note}”" if head.note else lead)
        for act, stat in self._stats.items():
            many = head.counts.get(act.value, 0)
            stat.say(text.number(many))
            stat.setVisible(many > 0)
        total = sum(head.counts.values())
        is_going = begun and not is_at_rest(state)
        self._moving.setVisible(is_going)
        if is_going:
            self._moving.show_share(counted_in(state, (*WELL, *BAD)), total)
        self.stopped.setVisible(has_stopped(state))
        if has_stopped(state):
            what, why = stop_words(state)
            self.stopped.say(Tone.ATTENTION, what, why, closable=False)
        for standing, chip in self._chips.items():
            many = state.standings.get(standing, 0)
            chip.setText(f"{say(STANDINGS[standing].label)}  {text.number(many)}")
            chip.setVisible(begun and many > 0)
        undone = head.undone_by
        self.restore.setVisible(not begun or can_go_on(state))
        self.restore.setText(self.tr("Go on…") if begun else self.tr("Undo…") if head.undoes else self.tr("Restore…"))
        self.restore.setEnabled(total > 0)
        for piece in (self.surprise, self._surprise_label):
            piece.setVisible(self.restore.isVisibleTo(self._bar))
        self.job.setVisible(state.job is not None)
        self.undo.setVisible(begun and not is_going and not head.undoes and not undone)
        self.undone.setVisible(bool(undone) and begun and not is_going)
        self.passwords.setVisible(state.has_passwords)
        self.table.setColumnHidden(_STATE, not begun)
        self._said.setText(self._sum_up(state, total))

    def _sum_up(self, state: PlanState, total: int) -> str:
        if is_begun(state):
            return done_words(state)
        words = self.tr("%1, in this order.").replace("%1", counted(total, self.tr("write"), self.tr("writes")))
        return words if state.head.undoes else f"{words} {self.tr('Before the first one, the way back is kept.')}"

    def _show_risks(self, risks: Sequence[Risk]) -> None:
        take_out(self._risk_list)
        clear(self._risks)
        refused, repeatable = self._refused(), self._state is not None and self._state.head.is_repeatable
        for risk in sorted(risks, key=lambda one: not one.is_grave):
            what, help = risk_words(risk, undoes=self._undoes)
            tone = Tone.BAD if risk.is_grave else Tone.ATTENTION
            line = QWidget()
            words = column(Text(say(what), "strong", wrap=True), Text(say(help), "muted", wrap=True), None, spacing=0)
            picture = Picture(TONE_ICONS[tone], TONE_ROLES[tone], 20)
            inside = row(picture, words, spacing=SPACE.medium)
            inside.setStretch(1, 1)
            inside.setAlignment(picture, Qt.AlignmentFlag.AlignTop)
            if risk.code in refused:
                wait = self.tr("What carries this risk is left out.")
                if not repeatable:
                    wait += " " + self.tr("To take the risk, compare again, tick the same, and make a new plan.")
                words.insertWidget(words.count() - 1, Text(wait, wrap=True))
            if risk.code in refused and repeatable:
                take = Button(self.tr("Accept this risk…"), "danger", pressed=self._takes(risk))
                take.setAccessibleName(f"{take.text()}: {what}")
                inside.addWidget(take, 0, Qt.AlignmentFlag.AlignTop)
            line.setLayout(inside)
            line.setAccessibleName(f"{self.tr('Grave risk') if risk.is_grave else self.tr('Risk')}: {what}. {help}")
            self._risk_list.addWidget(line)
        self._risks.setVisible(bool(risks))

    @property
    def _undoes(self) -> bool:
        return self._state is not None and bool(self._state.head.undoes)

    def _refused(self) -> set[str]:
        """Grave risks that nobody has taken: what carries them is left out."""
        if self._state is None or not self._state.head.left_out.get("grave-risk"):
            return set()
        head = self._state.head
        return {risk.code for risk in head.risks if risk.is_grave} - set(head.accepts)

    def _show_revived(self, head: PlanHead) -> None:
        """What came out of the recycle bin may have brought along what nobody saw: say so, and what to do."""
        if not head.revived:
            self.revived.hide()
        elif not self.revived.isVisibleTo(self):
            what, remedy = REVIVED
            again = (self.tr("Compare again"), lambda: self._compare(head))
            left = (self.tr("Plan what is left"), lambda: self.run(self._plan_again(head.id), only="again"))
            self.revived.say(
                Tone.ATTENTION,
                filled(say(what), {"count": head.revived}),
                say(remedy),
                closable=False,
                several=(left, again) if head.is_repeatable else (again,),
            )

    def _compare(self, head: PlanHead) -> None:
        self.wants.emit(DifferencesPlace(head.stream, head.snapshot or None, is_anew=True))

    async def _plan_again(self, plan: str) -> None:
        """Plan what is left of the same ticks: it is shown, and nothing of it is written."""
        head = await self.bridge.call(entra(self.bridge).plan_again(plan))
        self.wants.emit(PlanPlace(head.id))

    def _takes(self, risk: Risk) -> Callable[[], None]:
        return lambda: self.run(self._take(risk), only="risk")

    async def _take(self, risk: Risk) -> None:
        """Plan anew with what carries a grave risk, if its name is typed."""
        plan, tenant = self._id, self._tenant
        if tenant is None:
            return
        what, help = risk_words(risk)
        words = f"{say(help)} {self.tr('What carries this risk is left out so far. A new plan will hold it.')}"
        if await confirm_typed(self, say(what), words, tenant.domain or tenant.name, self.tr("Accept this risk")):
            head = await self.bridge.call(entra(self.bridge).plan_again(plan, (risk.code,)))
            self.wants.emit(PlanPlace(head.id))

    # --- what can be done ------------------------------------------------------------------------------
    async def _restore(self) -> None:
        state = self._state
        if state is None or self._tenant is None:
            return
        on_surprise = OnSurprise(str(self.surprise.value()))
        agreed = await confirm_restore(self, state, self._tenant, on_surprise, self._refused())
        if not agreed or not await can_write(self.bridge, self._tenant, self):
            return
        await self.bridge.call(entra(self.bridge).restore(self._id, on_surprise))
        self.refresh()

    async def _undo(self) -> None:
        head = await self.bridge.call(entra(self.bridge).undo(self._id))
        self.wants.emit(PlanPlace(head.id))

    async def _passwords(self) -> None:
        found = await self.bridge.call(entra(self.bridge).passwords(self._id))
        if found:
            if not await PasswordSheet(found, self).answer():
                return  # nobody has said to have them: they are kept
            await self.bridge.call(entra(self.bridge).forget_passwords(self._id, [one.id for one in found]))
        self.refresh()

    def _to_undo(self) -> None:
        if self._state is not None and self._state.head.undone_by:
            self.wants.emit(PlanPlace(self._state.head.undone_by))

    def _to_job(self) -> None:
        if self._state is not None and self._state.job is not None:
            self.wants.emit(JobsPlace(self._state.job))

    # --- how it is built -------------------------------------------------------------------------------
    def _build(self) -> None:
        self._back = Button(self.tr("All directories"), "link", "left", self._leave)
        self._title = ElidedText("", "title", snug=True)
        self._lead = ElidedText("", "muted", snug=True)
        self._mark = StatusMark()
        self.revived = Banner()
        self.stopped = Banner()
        self._stats = {act: Stat(say(ACTIONS[act]), role="figure") for act in Action}
        self._figures = QWidget()
        self._figures.setLayout(row(*self._stats.values(), None, spacing=SPACE.wide))
        self._said = Text("", "muted", wrap=True)
        self._moving = Progress(self.tr("Writes that were tried"))
        self._moving.hide()
        self._risks = QFrame()
        self._risks.setObjectName("card")
        self._risk_list = Grid(380, SPACE.medium, fills=True)
        self._risk_list.setContentsMargins(SPACE.medium, SPACE.medium, SPACE.medium, SPACE.medium)
        self._risks.setLayout(self._risk_list)
        self._risks.setAccessibleName(self.tr("Risks"))
        self._risks.hide()
        self._chips = {
            standing: Button(say(status.label), "chip", TONE_ICONS[status.tone])
            for standing, status in STANDINGS.items()
        }
        for chip in self._chips.values():
            chip.hide()
        self.table = Table(self.tr("Writes, in their order"))
        self.table.setProperty("flush", True)
        self.table.setModel(self.writes)
        self.table.widths((44, 150, 240, 150), 2, least=110, roomy=(44, 210, 190, 150))
        self.pane = WritePane()
        self._split = QSplitter(Qt.Orientation.Horizontal)
        for piece, least in ((self.table, 300), (self.pane, 300)):
            piece.setMinimumWidth(scaled(least))
            self._split.addWidget(piece)
        self._split.setChildrenCollapsible(False)
        self._split.setSizes([scaled(560), scaled(400)])
        self._split.setStretchFactor(0, 1)
        self._lists = QStackedWidget()
        self._lists.addWidget(self._split)
        self._lists.addWidget(
            EmptyState(
                "check",
                self.tr("There is nothing to write"),
                self.tr(
                    "Everything that was ticked is as it should be already, or it cannot be written: see “Left out”."
                ),
            )
        )
        self._build_tabs()
        self._build_bar()
        head = column(
            row(self._back, None, self.job, self._mark),
            column(self._title, self._lead, spacing=2),
            self.banner,
            self.stopped,
            self.revived,
            self._figures,
            self._said,
            self._moving,
            self._risks,
            spacing=SPACE.medium,
        )
        head.setContentsMargins(SPACE.page, SPACE.large, SPACE.page, SPACE.medium)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(head)
        outer.addWidget(self.tabs, 1)
        outer.addWidget(self._bar)

    def _build_tabs(self) -> None:
        chips = row(*self._chips.values(), None)
        chips.setContentsMargins(SPACE.small, SPACE.small, SPACE.small, SPACE.small)
        first = QWidget()
        first.setLayout(column(chips, self._lists, spacing=0))
        self.left_table = Table(self.tr("What is left out, and why"))
        self.left_table.setProperty("flush", True)
        self.left_table.setModel(self.left)
        self.left_table.widths((200, 200, 320, 140), 2, least=240)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setProperty("kind", "leaves")
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.setAccessibleName(self.tr("Parts of the plan"))
        self.tabs.addTab(first, self.tr("Writes"))
        self.tabs.addTab(self.left_table, self.tr("Left out"))

    def _build_bar(self) -> None:
        self.surprise = Choice(
            (
                (self.tr("stop"), OnSurprise.STOP.value),
                (self.tr("go on with the rest"), OnSurprise.GO_ON.value),
            )
        )
        self._surprise_label = Text(self.tr("At the first surprise"), "muted")
        self.surprise.setAccessibleName(self.tr("At the first surprise"))
        self.surprise.setToolTip(
            self.tr("When something is not as the plan found it, or a write is refused: stop, or go on with the rest")
        )
        self.passwords = Button(
            self.tr("Show passwords…"), picture="key", pressed=lambda: self.run(self._passwords(), only="sheet")
        )
        self.job = Button(self.tr("Show the job"), "quiet", "jobs", self._to_job)
        self.undo = Button(self.tr("Undo…"), picture="retry", pressed=lambda: self.run(self._undo(), busy=self.undo))
        self.undone = Button(self.tr("Undo…"), picture="retry", pressed=self._to_undo)
        self.restore = Button(
            self.tr("Restore…"), "primary", "restore", lambda: self.run(self._restore(), only="restore")
        )
        self._bar = QFrame()
        self._bar.setObjectName("bar")
        inside = row(
            None, self.passwords, self.undone, self.undo, self._surprise_label, self.surprise,
            self.restore,
        )  # fmt: skip
        inside.setContentsMargins(SPACE.medium, SPACE.small, SPACE.medium, SPACE.small)
        self._bar.setLayout(inside)
        for piece in (self.job, self.passwords, self.undone, self.undo, self._surprise_label, self.surprise):
            piece.hide()  # all of them at once would make the window wider

    def _wire(self) -> None:
        self.table.selectionModel().currentRowChanged.connect(self._chosen)
        self.writes.dataChanged.connect(lambda *_: self._chosen(self.table.currentIndex(), QModelIndex()))
        self.table.opened.connect(lambda _: self.pane.more.setFocus())
        for standing, chip in self._chips.items():
            chip.clicked.connect(lambda on, standing=standing: self._narrow(standing if on else ""))
        action(self, self.tr("Back"), self._leave, "", "Esc")

    def _narrow(self, standing: str) -> None:
        self._standing = standing
        for one, chip in self._chips.items():
            chip.setChecked(one == standing)
        self.run(self._list(), only="list")

    def _chosen(self, now: QModelIndex, before: QModelIndex) -> None:
        found = self.writes.row_at(now.row()) if now.isValid() and now.row() < self.writes.rowCount() else None
        if found is not None:
            self.pane.show_line(found, undoes=self._undoes)

    def _leave(self) -> None:
        self.wants.emit(EntraPlace())


_PICTURES = {
    Action.REVIVE: ("trash", "accent"),
    Action.CREATE: ("plus", "good"),
    Action.UPDATE: ("pencil", "accent"),
    Action.LINK: ("plug", "accent"),
    Action.UNLINK: ("close", "attention"),
    Action.DELETE: ("remove", "bad"),
}


def _picture(line: WriteLine) -> tuple[str, str]:
    return ("attention", "bad") if any(risk.is_grave for risk in line.write.risks) else _PICTURES[line.write.action]


def _standing_words(line: WriteLine) -> str:
    if line.result is None:
        return say(STANDINGS[Standing.PLANNED].label)
    return say(STANDINGS[line.result.standing].label)


def _standing_picture(line: WriteLine) -> tuple[str, str]:
    if line.result is None:
        return "", ""
    tone = STANDINGS[line.result.standing].tone
    return TONE_ICONS[tone], TONE_ROLES[tone]


def _what(found: LeftOut) -> str:
    part = found.key.partition("#")[2]
    if part.startswith("a:"):
        return path_words(part[2:])
    link = link_of(found.key)
    if link is not None:
        return f"{relation_words(link.relation)}: {found.names.get(link.id, link.id)}"
    return say(kind_words(found.kind))


def _value(found: LeftOut) -> str:
    return value_words(found.old, found.names).replace("\n", ", ") if found.old is not None else ""
