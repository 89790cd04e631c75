"""A tenant's activation rules: who is backed up by itself, and what happens when somebody leaves."""

from collections.abc import Sequence

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.flows.bulk_activation import BulkActivation, Later, Step, free_name
from saasbackup_desktop.app.tenants.views import RuleView
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.core.activation import Leaving, Rule, When
from saasbackup_desktop.core.ids import ConnectionName
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button, action
from saasbackup_desktop.ui.kit.forms import LABEL, Choice, Field, Line
from saasbackup_desktop.ui.kit.layout import row
from saasbackup_desktop.ui.kit.notices import EmptyState
from saasbackup_desktop.ui.kit.sheets import Sheet, confirm
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.sheet import Field as Column
from saasbackup_desktop.ui.models.sheet import RowSheet
from saasbackup_desktop.ui.rooms.tenants import words
from saasbackup_desktop.ui.rooms.tenants.accounts import discovery_words
from saasbackup_desktop.ui.rooms.tenants.door import tenants
from saasbackup_desktop.ui.rooms.tenants.leaf import TenantLeaf
from saasbackup_desktop.ui.rooms.tenants.rule_form import RuleForm


class RulesLeaf(TenantLeaf):
    """The list; adding, changing and removing show what would come of it first."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._properties: list[str] = []
        self.model: RowSheet[RuleView] = RowSheet(_fields(), self)
        self.table = Table(self.tr("Activation rules"))
        self.table.setModel(self.model)
        self.table.setSelectionMode(Table.SelectionMode.SingleSelection)
        self.table.widths((170, 230, 190, 230, 90), 1, least=170)
        self.table.setMinimumHeight(scaled(200))
        self.add = Button(self.tr("&Add a rule…"), "primary", "plus", lambda: self.run(self._add(), only="sheet"))
        self.edit = Button(self.tr("&Edit…"), picture="settings", pressed=lambda: self.run(self._edit(), only="sheet"))
        self.remove = Button(self.tr("&Remove…"), "danger", "trash", lambda: self.run(self._remove(), only="sheet"))
        self.table.opened.connect(lambda _: self.edit.click())
        self._empty = EmptyState(
            "check",
            self.tr("No rules yet"),
            self.tr(
                "A rule activates accounts by itself: everybody, those of a department, or the members of a group. "
                "Without one, only what was chosen by hand is backed up."
            ),
            self.tr("Add a rule"),
            lambda: self.run(self._add(), only="sheet"),
        )
        self._holder = QWidget()
        lead = Text(
            self.tr(
                "An account is backed up if a rule chooses it, or somebody did; what is excluded by hand never is."
            ),
            "muted",
            wrap=True,
        )
        tools = row(lead, self.add, self.edit, self.remove)
        tools.setStretch(0, 1)
        self._holder.setLayout(tools)
        self.body.addWidget(self._holder)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self._empty, 1)
        self.depends(self._holder, self.table, self._empty)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._picked())
        action(self.table, self.tr("Remove…"), self.remove.click, "trash", QKeySequence.StandardKey.Delete)

    def forget(self) -> None:
        """Take back what was shown of the tenant before."""
        self.model.show(())
        self._properties = []

    def refresh(self) -> None:
        """Ask for the rules again."""
        self.run(self._ask(), only="look")

    def first_focus(self) -> QWidget | None:
        """Start in the list."""
        return self.table

    async def _ask(self) -> None:
        found = await self.known(self.bridge.call(self.door.rules(self.name)))
        at = self.table.currentIndex().row()
        self.model.show(found)
        self._holder.setVisible(bool(found))
        self.table.setVisible(bool(found))
        self._empty.setVisible(not found)
        if found:
            self.table.go_to(max(0, min(at, len(found) - 1)))
        self._picked()
        if not self._properties:
            accounts = await self.bridge.call(self.door.accounts(self.name))
            names = await self.bridge.compute(lambda: {name for one in accounts for name in one.properties})
            self._properties = words.in_order(names)

    def _picked(self) -> None:
        some = self.table.currentIndex().isValid()
        self.edit.setEnabled(some)
        self.remove.setEnabled(some)

    def _at(self) -> RuleView | None:
        index = self.table.currentIndex()
        return self.model.row_at(index.row()) if index.isValid() else None

    async def _add(self) -> None:
        sheet = RuleSheet(self.bridge, self.name, self._properties, [one.rule for one in self.model.rows], None, self)
        if await sheet.answer() and sheet.made is not None:
            await self._put((*(one.rule for one in self.model.rows), sheet.made))

    async def _edit(self) -> None:
        at = self._at()
        if at is None:
            return
        rules = [one.rule for one in self.model.rows]
        sheet = RuleSheet(self.bridge, self.name, self._properties, rules, at.rule, self)
        if await sheet.answer() and sheet.made is not None:
            made = sheet.made
            await self._put(tuple(made if rule.id == at.rule.id else rule for rule in rules))

    async def _remove(self) -> None:
        at = self._at()
        if at is None or not await confirm(
            self,
            self.tr("Remove the rule “%1”?").replace("%1", at.rule.id),
            self.tr("The accounts that it activated go on being backed up as they are; it activates nobody any more."),
            self.tr("Remove the rule"),
            danger=True,
        ):
            return
        await self._put(tuple(one.rule for one in self.model.rows if one.rule.id != at.rule.id))

    async def _put(self, rules: Sequence[Rule]) -> None:
        found = await self.bridge.call(self.door.put_rules(self.name, rules))
        self.banner.say(Tone.GOOD, self.tr("The rules were applied"), discovery_words(found))
        self.refresh()
        self.changed.emit()


class RuleSheet(Sheet):
    """A rule being made or changed; what it would do is counted while it is chosen."""

    def __init__(
        self,
        bridge: Bridge,
        name: ConnectionName,
        properties: Sequence[str],
        others: Sequence[Rule],
        rule: Rule | None,
        parent: QWidget,
    ) -> None:
        title = text.say("Edit the rule “%1”").replace("%1", rule.id) if rule is not None else text.say("Add a rule")
        super().__init__(title, "", parent, width=640)
        self.bridge, self._tenant, self._others, self._before = bridge, name, others, rule
        self.made: Rule | None = None
        self.form = RuleForm(bridge)
        self.form.look_at(name, properties)
        self.rule_name = Line(rule.id if rule is not None else "", most=LABEL)
        self.when = Choice([(words.when(one), one) for one in (When.ALWAYS, When.DAILY, When.ONCE)])
        self.when.setMinimumContentsLength(26)
        self.leaving = Choice([(words.leaving(one), one) for one in words.LEAVINGS])
        self.leaving.setMinimumContentsLength(40)
        self._name_field = Field(self.tr("&Name"), self.rule_name)
        self._leaving_field = Field(self.tr("An account that matches no m&ore"), self.leaving)
        self.counts = Text("", "muted", wrap=True)
        self.save = Button(self.tr("&Save and apply"), "primary", pressed=self._save)
        self.preview = Button(self.tr("&What would it do?"), picture="search", pressed=self._preview)
        self.fill(
            self.form,
            row(Field(self.tr("&Looked at"), self.when), self._leaving_field, None, spacing=SPACE.large),
            self._name_field,
            row(self.preview, self.counts, None),
        )
        self._name_field.setVisible(rule is None)  # a rule's name is also what accounts remember it by
        self.offer(self.cancel_button(), self.save)
        if rule is not None:
            self.form.fill(rule)
            self.when.choose(rule.when)
            self.leaving.choose(rule.leaving)
        self.form.changed.connect(self._turned)
        self._turned()
        if (first := self.form.first()) is not None:
            first.setFocus()

    def _turned(self) -> None:
        self._leaving_field.setVisible(self._flow().how.value != "all")
        self.counts.setText("")
        if self._before is None:
            self.rule_name.setPlaceholderText(text.say(self._flow().usual_name()))

    def _flow(self) -> BulkActivation:
        group = self.form.chosen_group
        return BulkActivation(
            step=Step.HOW,
            how=self.form.how,
            name=self.form.property_name,
            match=self.form.matching,
            values=self.form.chosen_values,
            group=group.id if group is not None else "",
            group_name=group.name if group is not None else "",
            later=Later.MATCHING,
            when=When(str(self.when.value())),
            leaving=Leaving(str(self.leaving.value())),
            rule_name=self.rule_name.text(),
        )

    def _rule(self) -> Rule | None:
        flow = self._flow()
        missing = flow.missing()
        self.form.complain(missing)
        if missing:
            return None
        before = self._before
        taken = [rule.id for rule in self._others]
        made = flow.rule(taken if before is None else ())
        if made is None or before is None:
            return made
        return Rule(
            id=before.id,
            when=made.when,
            name=made.name,
            match=made.match,
            values=made.values,
            group=made.group,
            leaving=made.leaving,
        )

    def _preview(self) -> None:
        rule = self._rule()
        if rule is not None:
            self.run(self._count(rule), busy=self.preview, only="preview")

    async def _count(self, rule: Rule) -> None:
        asked = rule if self._before is None else _renamed(rule, self._others)
        found = await self.bridge.call(tenants(self.bridge).preview(self._tenant, (asked,)))
        chosen = [one for one in found if any(name == asked.id for _, name in one.reasons)]
        new = sum(one.is_change for one in chosen)
        said = self.tr("It chooses %1; %2 of them would be activated.")
        counted = text.counted(len(chosen), self.tr("account"), self.tr("accounts"))
        self.counts.setText(said.replace("%1", counted).replace("%2", text.number(new)))

    def _save(self) -> None:
        self.made = self._rule()
        if self.made is not None:
            self.accept()


def _renamed(rule: Rule, others: Sequence[Rule]) -> Rule:
    """The same under a name of its own, to be looked at beside the one that is there."""
    return Rule(
        id=free_name(rule.id, [one.id for one in others]),
        when=When.ONCE,
        name=rule.name,
        match=rule.match,
        values=rule.values,
        group=rule.group,
    )


def _fields() -> tuple[Column[RuleView], ...]:
    say = text.say

    def leaves(one: RuleView) -> str:
        return words.leaving(one.rule.leaving) if one.rule.group or one.rule.name else "–"

    return (
        Column(say("Rule"), lambda one: one.rule.id),
        Column(say("Chooses"), lambda one: words.chooses(one.rule, one.group_name)),
        Column(
            say("Looked at"),
            lambda one: words.when(one.rule.when),
            hint=lambda one: f"{words.when(one.rule.when)}\n{text.utc(one.rule.ran)}".strip(),
        ),
        Column(say("Who matches no more"), leaves),
        Column(say("Accounts"), lambda one: text.number(one.chosen), lambda one: one.chosen, right=True),
    )
