"""The wizard that activates many accounts at once. The flow decides, the page draws."""

from collections.abc import Awaitable, Callable, Sequence

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QWidget

from saasbackup_desktop.app.flows.bulk_activation import BulkActivation, How, Later, Step
from saasbackup_desktop.app.tenants.views import Choice as Chosen
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.core.activation import Leaving, Status, When
from saasbackup_desktop.core.ids import ConnectionName
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import LABEL, Choice, Field, Line, SearchField
from saasbackup_desktop.ui.kit.layout import Piece, column, row
from saasbackup_desktop.ui.kit.status import TONE_ICONS, TONE_ROLES, StatusMark
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.sheet import Field as Column
from saasbackup_desktop.ui.models.ticks import TickSheet
from saasbackup_desktop.ui.places import TenantPlace
from saasbackup_desktop.ui.rooms.tenants import words
from saasbackup_desktop.ui.rooms.tenants.rule_form import RuleForm
from saasbackup_desktop.ui.rooms.tenants.steps_page import StepsPage

_ROWS = 8
_LATERS = (Later.ONCE, Later.MATCHING, Later.EVERYBODY)


class ActivationPage(StepsPage):
    """By what, review, once or for good, done."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge, self.tr("Bulk activation"))
        self.name = ConnectionName("")
        self.flow = BulkActivation()
        self._choices: Sequence[Chosen] = ()
        self.lay_steps(
            (
                (Step.HOW, self._how_page()),
                (Step.REVIEW, self._review_page()),
                (Step.LATER, self._later_page()),
                (Step.DONE, self._done_page()),
            ),
            on=self.go_on,
            back=self._go_back,
            leave=self._leave,
        )
        self._show()

    def restart(self, name: ConnectionName) -> None:
        """Begin anew, for a tenant."""
        self.tasks.cancel()
        self.name, self.flow, self._choices = name, BulkActivation(), ()
        self.title.say(self.tr("Bulk activation: %1").replace("%1", name))
        self.form.restart()
        self.form.tenant = name
        self.review.begin(())
        self.rule_name.clear()
        self.laters.button(0).setChecked(True)
        self.banner.hide()
        self._show()
        self.run(self._look(), only="properties")

    def first_focus(self) -> QWidget | None:
        """Start at the first choice."""
        return self.form.first()

    async def _look(self) -> None:
        accounts = await self.bridge.call(self.door.accounts(self.name))
        if not accounts:
            await self.bridge.call(self.door.discover(self.name))
            accounts = await self.bridge.call(self.door.accounts(self.name))
        names = await self.bridge.compute(lambda: {name for one in accounts for name in one.properties})
        self.form.look_at(self.name, words.in_order(names))

    # --- pages -------------------------------------------------------------------------------------------
    def _how_page(self) -> QWidget:
        self.form = RuleForm(self.bridge, with_list=True)
        return _page(Text(self.tr("Whose mailboxes should be protected?"), "heading"), self.form)

    def _review_page(self) -> QWidget:
        self.review_words = StatusMark()
        self.filter = SearchField(self.tr("Search accounts"))
        self.filter.textChanged.connect(lambda _: self._filter())
        self.review = TickSheet[Chosen](_fields(), lambda one: one.account.id, self)
        self.review.turned.connect(self._judge)
        self.table = Table(self.tr("Accounts that are picked"))
        self.table.setModel(self.review)
        self.table.setSortingEnabled(True)
        self.table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.table.widths((210, 230, 110, 210), 0, least=160)
        self.table.setMinimumHeight(self.table.verticalHeader().defaultSectionSize() * _ROWS)
        tick = Button(self.tr("&Tick all that are listed"), "link", pressed=lambda: self._tick(True))
        clear = Button(self.tr("&Untick all that are listed"), "link", pressed=lambda: self._tick(False))
        return _page(self.review_words, row(self.filter, tick, clear, None), self.table)

    def _later_page(self) -> QWidget:
        self.laters = QButtonGroup(self)
        self._radios = [
            QRadioButton(self.tr("&Only these, only now")),
            QRadioButton(self.tr("&Keep activating accounts that match")),
            QRadioButton(self.tr("Keep activating &every account, whatever it is")),
        ]
        hints = (
            self.tr("Accounts that come later are not protected by themselves."),
            self.tr("A rule looks at the directory again and again. What you unticked is excluded by hand."),
            self.tr("Also those that are not listed here, and all that come. What you unticked is excluded by hand."),
        )
        pieces: list[Piece] = []
        for number, (radio, hint) in enumerate(zip(self._radios, hints, strict=True)):
            radio.setAccessibleDescription(hint)
            self.laters.addButton(radio, number)
            caption = Text(hint, "caption", wrap=True)
            caption.setContentsMargins(30, 0, 0, 0)
            pieces.append(column(radio, caption, spacing=SPACE.hair))
        self._radios[0].setChecked(True)
        self.laters.idToggled.connect(lambda *_: self._turn_later())
        self.rule_name = Line(most=LABEL)
        self.when = Choice([(words.when(one), one) for one in (When.ALWAYS, When.DAILY)])
        self.when.setMinimumContentsLength(26)
        self.leaving = Choice([(words.leaving(one), one) for one in words.LEAVINGS])
        self.leaving.setMinimumContentsLength(42)
        self._name_field = Field(self.tr("Na&me of the rule"), self.rule_name)
        self._when_field = Field(self.tr("&Looked at"), self.when)
        self._leaving_field = Field(self.tr("An account that matches no mo&re"), self.leaving)
        return _page(
            Text(self.tr("And accounts that come later?"), "heading"),
            *pieces,
            self._name_field,
            row(self._when_field, self._leaving_field, None, spacing=SPACE.large),
        )

    def _done_page(self) -> QWidget:
        self.done_words = Text("", wrap=True)
        return _page(StatusMark(self.tr("Activated"), Tone.GOOD), self.done_words)

    # --- moving ------------------------------------------------------------------------------------------
    def go_on(self) -> None:
        """Do what the open page's button says."""
        if not self.next.isEnabled():
            return
        self._read()
        missing = self.flow.missing()
        self.form.complain(missing)
        if missing:
            return
        self.banner.hide()
        match self.flow.step:
            case Step.HOW:
                self.run(self._busy(self._pick), only="step")
            case Step.REVIEW if self.flow.can_follow:
                self.flow.advance()
                self._show()
            case Step.DONE:
                self.wants.emit(TenantPlace(self.name, "accounts"))
            case _:
                self.run(self._busy(self._activate), only="step")

    def _go_back(self) -> None:
        self.tasks.drop("step")
        self.flow.back()
        self._show()

    def _leave(self) -> None:
        self.tasks.cancel()
        self.wants.emit(TenantPlace(self.name, "accounts"))

    async def _busy(self, work: Callable[[], Awaitable[None]]) -> None:
        self._moving.show()
        self.next.setEnabled(False)
        try:
            await work()
        finally:
            self._moving.hide()
            self._judge()

    def _read(self) -> None:
        flow, form = self.flow, self.form
        group = form.chosen_group
        flow.how, flow.name, flow.match, flow.values = form.how, form.property_name, form.matching, form.chosen_values
        flow.group = group.id if group is not None else ""
        flow.group_name = group.name if group is not None else ""
        flow.listed = form.listed
        flow.ticked = frozenset(self.review.ticked) & flow.found
        flow.later = _LATERS[self.laters.checkedId()] if flow.can_follow else Later.ONCE
        flow.when, flow.leaving = When(str(self.when.value())), Leaving(str(self.leaving.value()))
        flow.rule_name = self.rule_name.text()

    def _show(self) -> None:
        flow, step = self.flow, self.flow.step
        names = {
            Step.HOW: self.tr("who"),
            Step.REVIEW: self.tr("review"),
            Step.LATER: self.tr("later accounts"),
            Step.DONE: self.tr("done"),
        }
        self.show_step(step, flow.number, len(flow.steps), names[step])
        self.back.setVisible(step in (Step.REVIEW, Step.LATER))
        self.cancel.setVisible(step is not Step.DONE)
        last = step is Step.LATER or (step is Step.REVIEW and not flow.can_follow)
        self.next.setText(
            self.tr("To the accou&nts") if step is Step.DONE else self.tr("Acti&vate") if last else self.tr("&Next")
        )
        if step is Step.LATER:
            self._turn_later()
        focus = {
            Step.HOW: self.form.first(),
            Step.REVIEW: self.table,
            Step.LATER: self.laters.checkedButton(),
        }.get(step)
        (focus or self.next).setFocus()
        self._judge()

    def _judge(self) -> None:
        count = len(self.review.ticked)
        if self.flow.step is Step.REVIEW:
            picked = text.counted(len(self._choices), self.tr("account"), self.tr("accounts"))
            said = self.tr("%1 of %2 ticked").replace("%1", text.number(count)).replace("%2", picked)
            self.review_words.become(said, Tone.GOOD if count else Tone.ATTENTION)
            self.next.setEnabled(bool(count) or self.flow.can_follow)
        else:
            self.next.setEnabled(True)

    def _turn_later(self) -> None:
        self.flow.later = _LATERS[self.laters.checkedId()]
        follows = self.flow.later is not Later.ONCE
        self._radios[2].setVisible(self.flow.how is not How.ALL)
        for field in (self._name_field, self._when_field):
            field.setVisible(follows)
        self._leaving_field.setVisible(self.flow.later is Later.MATCHING and self.flow.how is not How.ALL)
        self.rule_name.setPlaceholderText(self._usual_name())

    def _usual_name(self) -> str:
        flow = self.flow
        if flow.how is How.PROPERTY and flow.later is Later.MATCHING:
            return f"{words.property_name(flow.name)}: {', '.join(flow.values)}"[:LABEL]
        return text.say(flow.usual_name())

    def _tick(self, on: bool) -> None:
        self.review.tick(range(self.review.rowCount()), on)

    def _filter(self) -> None:
        self.run(self._show_choices(), only="filter")

    async def _show_choices(self) -> None:
        typed, choices = self.filter.text().casefold().split(), self._choices
        self.review.show(await self.bridge.compute(lambda: [one for one in choices if _has(one, typed)]))

    # --- what is done --------------------------------------------------------------------------------------
    async def _pick(self) -> None:
        flow = self.flow
        if flow.listed is not None and flow.how is How.LIST:
            ids = flow.listed.ids
            every = await self.bridge.call(self.door.preview(self.name, ()))
            found = await self.bridge.compute(lambda: [one for one in every if one.account.id in ids])
        else:
            rule = flow.draft()
            every = await self.bridge.call(self.door.preview(self.name, (rule,)))
            found = await self.bridge.compute(lambda: _chosen(every, rule.id))
        self._choices = found
        flow.found = await self.bridge.compute(lambda: frozenset(one.account.id for one in found))
        with QSignalBlocker(self.filter):
            self.filter.clear()
        self.review.begin(found, flow.found)
        flow.advance()
        self._show()

    async def _activate(self) -> None:
        flow = self.flow
        views = await self.bridge.call(self.door.rules(self.name))
        flow.rule_name = flow.rule_name.strip() or self._usual_name()
        rule = flow.rule([one.rule.id for one in views])
        if rule is None:
            await self.bridge.call(self.door.activate(self.name, sorted(flow.ticked)))
            said = text.counted(len(flow.ticked), self.tr("account is"), self.tr("accounts are"))
            said = self.tr("%1 backed up from the next run on.").replace("%1", said)
        else:
            if flow.unticked:
                await self.bridge.call(self.door.exclude(self.name, sorted(flow.unticked)))
            await self.bridge.call(self.door.put_rules(self.name, (*(one.rule for one in views), rule)))
            said = self.tr("The rule “%1” activates accounts from now on. It stands among the tenant's rules.")
            said = said.replace("%1", rule.id)
            if flow.unticked:
                excluded = text.counted(len(flow.unticked), self.tr("account was"), self.tr("accounts were"))
                said += " " + self.tr("%1 unticked and excluded by hand.").replace("%1", excluded)
        self.done_words.setText(said)
        flow.step = Step.DONE
        self._show()


def _chosen(every: Sequence[Chosen], rule: str) -> list[Chosen]:
    return [one for one in every if any(name == rule for _, name in one.reasons)]


def _has(one: Chosen, typed: Sequence[str]) -> bool:
    if not typed:
        return True
    account = one.account
    words_ = f"{account.account.name}\n{account.account.address}\n{account.properties.get('department', '')}".casefold()
    return all(word in words_ for word in typed)


def _fields() -> tuple[Column[Chosen], ...]:
    say = text.say

    def picture(one: Chosen) -> tuple[str, str]:
        tone = Tone.GOOD if one.status is Status.ACTIVE else Tone.QUIET
        return TONE_ICONS[tone], TONE_ROLES[tone]

    def becomes(one: Chosen) -> str:
        if one.status is not Status.ACTIVE:
            return text.say("Cannot be activated")
        return say("Will be activated") if one.is_change else say("Active already")

    return (
        Column(say("Name"), lambda one: one.account.account.name or one.account.account.address),
        Column(say("Address"), lambda one: one.account.account.address),
        Column(say("Department"), lambda one: one.account.properties.get("department", "")),
        Column(
            say("What becomes of it"),
            becomes,
            picture=picture,
            hint=lambda one: "\n".join((becomes(one), *words.reasons(one.account))),
        ),
    )


def _page(*pieces: Piece) -> QWidget:
    made = QWidget()
    made.setLayout(column(*pieces, None, spacing=SPACE.large))
    return made
