"""Retention: how long points in time are kept, of all accounts and of each."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from saasbackup_desktop.app.tasks.views import TaskView
from saasbackup_desktop.app.views import Retention, StreamCard
from saasbackup_desktop.core.ids import StreamId, TaskId
from saasbackup_desktop.core.retention import GRACE_DAYS, Keep
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import Card, row, take_out
from saasbackup_desktop.ui.kit.status import Picture
from saasbackup_desktop.ui.kit.text import ElidedText, Text, clear
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.places import JobsPlace
from saasbackup_desktop.ui.rooms.keeping_form import keep_words
from saasbackup_desktop.ui.rooms.tasks import sheet as task_sheet
from saasbackup_desktop.ui.rooms.vault.leaf import Leaf, head
from saasbackup_desktop.ui.rooms.vault.point_fields import account_name
from saasbackup_desktop.ui.rooms.vault.retention_sheets import RuleSheet, choose_account, prune


class RetentionLeaf(Leaf):
    """The rule for all, rules of single accounts, and the prune that follows them."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._cards: list[StreamCard] = []
        self._own: set[StreamId] = set()
        self.change = Button(self.tr("&Change…"), pressed=lambda: self.run(self._change(None)))
        self.words = Text("", "strong", wrap=True)
        self._rules = QWidget()
        self._rows = QVBoxLayout(self._rules)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(SPACE.small)
        self._give = Button(
            self.tr("Give an account a &rule of its own…"), "plain", "plus", lambda: self.run(self._give_one())
        )
        self.tasks_card = self._tasks_card()
        single = Card(head("user", self.tr("Single accounts")), self._none(), self._rules, row(self._give, None))
        cards = (self._all_card(), self.tasks_card, single, self._prune_card())
        for card in cards:
            self.body.addWidget(card)
        self.depends(*cards)
        self.body.addStretch(1)

    def refresh(self) -> None:
        """Ask for the rules again."""
        self.run(self._look(), only="look")

    def first_focus(self) -> QWidget | None:
        """Start at the rule for all."""
        return self.change

    def _all_card(self) -> Card:
        self._default = Keep()
        line = row(self.words, self.change)
        line.setStretch(0, 1)
        note = Text(
            self.tr("Points in time that no rule keeps go at the next prune, first into the trash."), "muted", wrap=True
        )
        return Card(head("retention", self.tr("All accounts")), line, note)

    def _tasks_card(self) -> Card:
        """Rules of tasks are changed where the task is; here they are told, so that nobody misses one."""
        self._of_tasks = QVBoxLayout()
        self._of_tasks.setContentsMargins(0, 0, 0, 0)
        self._of_tasks.setSpacing(SPACE.small)
        self._task_rows = QWidget()
        self._task_rows.setLayout(self._of_tasks)
        note = Text(self.tr("It takes the place of the rule for all, for what the task backs up."), "muted", wrap=True)
        return Card(head("calendar", self.tr("Tasks with a rule of their own")), self._task_rows, note)

    def _show_tasks(self, views: Sequence[TaskView]) -> None:
        take_out(self._of_tasks)
        clear(self._task_rows)
        for view in views:
            name, keep = view.task.name, view.task.keep
            if keep is not None:
                change = Button(self.tr("Change…"), "quiet", pressed=self._changes(view.task.id))
                change.setAccessibleName(self.tr("Change the rule of the task %1").replace("%1", name))
                caption = ElidedText(name, "strong", snug=True)
                caption.setMinimumWidth(scaled(150))
                said = Text(keep_words(keep), wrap=True)
                line = QWidget()
                inside = row(caption, said, change, spacing=SPACE.medium)
                inside.setStretch(1, 1)
                line.setLayout(inside)
                self._of_tasks.addWidget(line)
        self.tasks_card.setVisible(any(view.task.keep is not None for view in views))

    def _changes(self, id: TaskId) -> Callable[[], None]:
        async def work() -> None:
            if await task_sheet.edit(self.bridge, id, self, leaf="keep"):
                self.refresh()

        return lambda: self.run(work())

    def _none(self) -> Text:
        self._no_rules = Text(self.tr("No account has a rule of its own."), "muted")
        return self._no_rules

    def _prune_card(self) -> Card:
        go = Button(self.tr("&Prune…"), picture="prune", pressed=lambda: self.run(self._prune()))
        text = Text(
            self.tr(
                "A prune puts what no rule keeps into the trash, and removes what has lain there for its time, "
                "%1 days if you choose nothing else. It begins when you say so, and shows first what would go; by "
                "itself as the settings say, once a task has a rule of its own."
            ).replace("%1", str(GRACE_DAYS)),
            "muted",
            wrap=True,
        )
        line = row(text, go)
        line.setStretch(0, 1)
        return Card(head("prune", self.tr("Prune")), line)

    async def _look(self) -> None:
        (rule, *own), cards, views = await self.known(self._read())
        self._show_tasks(views)
        self._default = rule.keep
        self.words.setText(keep_words(rule.keep))
        self._cards = list(cards)
        of = {card.stream: card for card in self._cards}
        self._show([(of[one.stream], one) for one in own if one.stream in of])

    async def _read(self) -> tuple[Sequence[Retention], Sequence[StreamCard], Sequence[TaskView]]:
        call, desk = self.bridge.call, self.desk
        return await call(desk.retentions()), await call(desk.cards()), await call(desk.tasks.all())

    def _show(self, own: list[tuple[StreamCard, Retention]]) -> None:
        take_out(self._rows)
        clear(self._rules)
        for card, rule in own:
            self._rows.addWidget(self._line(card, rule.keep))
        self._own = {card.stream for card, _ in own}
        self._rules.setVisible(bool(own))
        self._no_rules.setVisible(not own)
        self._give.setEnabled(len(self._own) < len(self._cards))

    def _line(self, card: StreamCard, keep: Keep) -> QWidget:
        name = account_name(card.account)
        change = Button(self.tr("Change…"), "quiet", pressed=lambda: self.run(self._change(card, keep)))
        change.setAccessibleName(self.tr("Change the rule of %1").replace("%1", name))
        drop = Button(self.tr("As all others"), "quiet", pressed=lambda: self.run(self._drop(card)))
        drop.setAccessibleName(self.tr("Let %1 follow the rule for all").replace("%1", name))
        caption = ElidedText(name, "strong", snug=True)
        caption.setMinimumWidth(scaled(150))
        shown = QWidget()
        line = row(Picture("mail"), caption, Text(keep_words(keep), "muted", wrap=True), change, drop)
        line.setStretch(2, 1)
        shown.setLayout(line)
        return shown

    async def _change(self, card: StreamCard | None, keep: Keep | None = None) -> None:
        stream = card.stream if card else None
        name = account_name(card.account) if card else ""
        rule = self._default if keep is None else keep
        if await RuleSheet(self.bridge, stream, name, rule, self).answer():
            self.refresh()

    async def _give_one(self) -> None:
        without = [card for card in self._cards if card.stream not in self._own]
        card = await choose_account(without, self)
        if card is not None:
            await self._change(card)

    async def _drop(self, card: StreamCard) -> None:
        sheet = RuleSheet(self.bridge, card.stream, account_name(card.account), self._default, self)
        sheet.follow_all()
        if await sheet.answer():
            self.refresh()

    async def _prune(self) -> None:
        job = await prune(self.bridge, self)
        if job is not None:
            self.wants.emit(JobsPlace(job))
