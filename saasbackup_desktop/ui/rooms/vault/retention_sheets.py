"""Dialogs about what is kept: a rule and what it would mean, and the prune."""

from typing import Final

from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.views import PrunePreview, StreamCard
from saasbackup_desktop.core.ids import JobId, StreamId
from saasbackup_desktop.core.retention import GRACE_DAYS, Keep
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import Choice, Count, Field
from saasbackup_desktop.ui.kit.layout import Leaves, column, row
from saasbackup_desktop.ui.kit.sheets import Sheet, confirm_typed
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tiles import Progress
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.rooms.keeping_form import KeepingForm, keep_words
from saasbackup_desktop.ui.rooms.vault.point_fields import account_name
from saasbackup_desktop.ui.rooms.vault.prune_view import PruneView

_LONGEST_GRACE: Final = 3_650


class RuleSheet(Sheet):
    """A rule, then what it would mean; it is set into force from there only."""

    def __init__(self, bridge: Bridge, stream: StreamId | None, name: str, keep: Keep, parent: QWidget) -> None:
        title = say("How long is kept: %1").replace("%1", name) if stream else say("How long points in time are kept")
        super().__init__(title, "", parent, width=660)
        self.bridge, self._stream = bridge, stream
        self._follows = False
        self.form = KeepingForm(keep)
        self.view = PruneView()
        self._reading = Progress(self.tr("Finding out what would go"))
        self._reading.show_share(0, 0)
        self._rule = Text("", "strong", wrap=True)
        second = QWidget()
        second.setLayout(column(self._rule, self.view, spacing=SPACE.medium))
        first = QWidget()
        first.setLayout(column(self.form, None))
        self.leaves = Leaves()
        self.leaves.addWidget(first)
        self.leaves.addWidget(second)
        self._reading.hide()
        self.fill(self.leaves, self._reading)
        self._back = Button(self.tr("&Back"), pressed=self._to_form)
        self.preview = Button(self.tr("&See what would go"), "primary", pressed=self._to_preview)
        self.set = Button(self.tr("Se&t this rule"), "primary", pressed=self._set)
        self.offer(self.cancel_button(), self._back, self.preview, self.set)
        self.form.changed.connect(lambda: self.preview.setEnabled(self.form.is_ready))
        self._to_form()
        self.form.first().setFocus()

    def follow_all(self) -> None:
        """Give the account's own rule up: there is nothing to choose, only what it would mean."""
        self._follows = True
        self._to_preview()

    def _to_form(self) -> None:
        self.tasks.cancel()
        self._reading.hide()
        self.leaves.setCurrentIndex(0)
        self._back.hide()
        self.set.hide()
        self.preview.show()
        self.preview.setEnabled(self.form.is_ready)
        self.preview.setDefault(True)

    def _to_preview(self) -> None:
        self.run(self._look(), busy=self.preview, only="look")

    async def _look(self) -> None:
        self._reading.show()
        try:
            found = await self.bridge.call(self.bridge.desk.retention_preview(self._wanted(), self._stream))
        finally:
            self._reading.hide()
        self._rule.setText(keep_words(self.form.keep()))
        self.view.show_preview(found, is_only_a_rule=True)
        self.leaves.setCurrentIndex(1)
        self.preview.hide()
        self._back.setVisible(not self._follows)
        self.set.show()
        self.set.setFocus()

    def _set(self) -> None:
        self.run(self._put(), busy=self.set, only="set")

    async def _put(self) -> None:
        await self.bridge.call(self.bridge.desk.set_retention(self._wanted(), self._stream))
        self.accept()

    def _wanted(self) -> Keep | None:
        return None if self._follows else self.form.keep()


async def choose_account(cards: "list[StreamCard]", parent: QWidget) -> StreamCard | None:
    """Ask which account a rule is for."""
    sheet = Sheet(say("A rule for one account"), say("It takes the place of the rule for all."), parent, width=440)
    choice = Choice([(account_name(card.account), card.stream) for card in cards])
    go = Button(say("Next"), "primary", pressed=sheet.accept)
    go.setDefault(True)
    sheet.fill(Field(say("&Account"), choice))
    sheet.offer(sheet.cancel_button(), go)
    choice.setFocus()
    if not await sheet.answer():
        return None
    return next((card for card in cards if card.stream == choice.value()), None)


class PruneSheet(Sheet):
    """What would go now, and the button that lets it go. ``job`` is the prune that was started."""

    def __init__(self, bridge: Bridge, parent: QWidget) -> None:
        super().__init__(
            self.tr("Prune the vault"),
            self.tr("Nothing has been written yet: this is what a prune would do now."),
            parent,
            width=680,
        )
        self.bridge = bridge
        self.job: JobId | None = None
        self.view = PruneView()
        self.view.hide()
        self._reading = Progress(self.tr("Finding out what would go"))
        self._reading.show_share(0, 0)
        self._wait = Text(
            self.tr("Finding out what nothing needs any more. This takes a while for a large vault."), wrap=True
        )
        self.grace = Count(0, _LONGEST_GRACE, GRACE_DAYS)
        self.grace.setMinimumWidth(scaled(92))
        caption = Text(self.tr("&Days in the trash"), "strong")
        caption.setBuddy(self.grace)
        self.grace.setAccessibleName(self.tr("Days in the trash"))
        note = Text(self.tr("As long as that, it can be called back. 0: removed at once."), "caption")
        self._grace_line = QWidget()
        self._grace_line.setLayout(row(caption, self.grace, note, None, spacing=SPACE.medium))
        self._grace_line.hide()
        self.fill(self._wait, self._reading, self.view, self._grace_line)
        self.go = Button(self.tr("&Prune now"), "primary", pressed=lambda: self.run(self._prune(), busy=self.go))
        self.go.setEnabled(False)
        self.offer(self.cancel_button(self.tr("Close")), self.go)
        self.grace.valueChanged.connect(lambda _: self.run(self._look(), only="look"))
        self.run(self._look(), only="look")

    async def _look(self) -> None:
        self.go.setEnabled(False)
        self._reading.show()
        try:
            found = await self.bridge.call(self.bridge.desk.prune_preview(self.grace.value()))
        finally:
            self._reading.hide()
            self._wait.hide()
        self._show(found)

    def _show(self, found: PrunePreview) -> None:
        self.view.show_preview(found)
        self.view.show()
        does_something = bool(found.go or found.files or found.removed_now)
        self._grace_line.setVisible(bool(found.go or found.files))
        self.go.setEnabled(does_something)
        self.adjustSize()

    async def _prune(self) -> None:
        if self.grace.value() == 0 and not await confirm_typed(
            self,
            self.tr("Remove at once?"),
            self.tr("What goes is removed without lying in the trash. It cannot be called back."),
            self.tr("REMOVE"),
            self.tr("Remove at once"),
        ):
            return
        self.job = await self.bridge.call(self.bridge.desk.prune(self.grace.value()))
        self.accept()


async def prune(bridge: Bridge, parent: QWidget) -> JobId | None:
    """Show what would go, and let it go if the person says so."""
    sheet = PruneSheet(bridge, parent)
    return sheet.job if await sheet.answer() else None
