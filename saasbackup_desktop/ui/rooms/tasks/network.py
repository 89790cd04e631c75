"""Settings: what scheduled runs wait for, how fast bytes may move, and how often the vault is pruned."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from saasbackup_desktop.app.tasks.views import Pruning
from saasbackup_desktop.app.words.tasks import DAYS, cap_words, span_words
from saasbackup_desktop.core.schedule import Cap, Conditions, Span
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button, IconButton
from saasbackup_desktop.ui.kit.forms import Choice, Count, Field, TimeOfDay
from saasbackup_desktop.ui.kit.layout import Card, column, row
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.status import Picture
from saasbackup_desktop.ui.kit.tasks import Tasks
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE

_KIB = 1024
_MIB = 1024 * 1024


class NetworkCard(Card):
    """Everything on one card; what is changed holds at once."""

    failed = Signal(object)

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self.bridge = bridge
        self.tasks = Tasks(self)
        self._conditions = Conditions()
        head = row(Picture("calendar", "accent", 20), Text(self.tr("Schedule and network"), "heading"), None)
        self.battery = QCheckBox(self.tr("Begin scheduled backups on &battery, too"))
        self.metered = QCheckBox(self.tr("Begin scheduled backups on networks that are &paid by volume, too"))
        self.awake = QCheckBox(self.tr("Keep this computer a&wake while jobs run"))
        self.awake.toggled.connect(lambda on: self._put(replace(self._conditions, stays_awake=on)))
        self.battery.toggled.connect(lambda on: self._put(replace(self._conditions, on_battery=on)))
        self.metered.toggled.connect(lambda on: self._put(replace(self._conditions, on_metered=on)))
        self.blackout = _List(self.tr("Hours without backups"), self.tr("None: scheduled backups begin at any hour."))
        self.caps = _List(self.tr("Limits for the network"), self.tr("None: as fast as it goes, at any hour."))
        self.add_blackout = Button(
            self.tr("Add &hours…"), picture="plus", pressed=lambda: self.tasks.start(self._add_blackout(), only="ask")
        )
        self.add_cap = Button(
            self.tr("Add a li&mit…"), picture="plus", pressed=lambda: self.tasks.start(self._add_cap(), only="ask")
        )
        self.pruning = Choice(
            (
                (self.tr("Weekly, once a task has a rule of its own"), Pruning.AUTOMATIC),
                (self.tr("Daily"), Pruning.DAILY),
                (self.tr("Weekly"), Pruning.WEEKLY),
                (self.tr("Never by itself"), Pruning.OFF),
            )
        )
        self.pruning.picked.connect(self._prune)
        note = Text(
            self.tr("A backup that somebody starts by hand does not wait. Limits hold for everything that moves."),
            "caption",
            wrap=True,
        )
        rule = Field(
            self.tr("&Remove what the rules let go"),
            self.pruning,
            self.tr("First into the trash, from where it can be called back for seven days."),
        )
        self.body.addLayout(head)
        for piece in (self.battery, self.metered, self.awake, self.blackout):
            self.body.addWidget(piece)
        self.body.addLayout(row(self.add_blackout, None))
        self.body.addWidget(self.caps)
        self.body.addLayout(row(self.add_cap, None))
        self.body.addWidget(note)
        self.body.addWidget(rule)

    async def look(self) -> None:
        """Ask for what is set. Raises Fault."""
        self._show(await self.bridge.call(self.bridge.desk.tasks.conditions()))
        self.pruning.choose(await self.bridge.call(self.bridge.desk.tasks.pruning()))

    def _show(self, conditions: Conditions) -> None:
        self._conditions = conditions
        boxes = ((self.battery, conditions.on_battery), (self.metered, conditions.on_metered))
        for box, on in (*boxes, (self.awake, conditions.stays_awake)):
            box.blockSignals(True)
            box.setChecked(on)
            box.blockSignals(False)
        self.blackout.show_lines([say(span_words(span)) for span in conditions.blackout], self._without_blackout)
        limits = [say(cap_words(cap, text.size(cap.rate))) for cap in conditions.caps]
        self.caps.show_lines(limits, self._without_cap)

    def _without_blackout(self, place: int) -> None:
        rest = tuple(span for number, span in enumerate(self._conditions.blackout) if number != place)
        self._put(replace(self._conditions, blackout=rest))

    def _without_cap(self, place: int) -> None:
        rest = tuple(cap for number, cap in enumerate(self._conditions.caps) if number != place)
        self._put(replace(self._conditions, caps=rest))

    async def _add_blackout(self) -> None:
        sheet = SpanSheet(self.tr("Hours without backups"), self.tr("Scheduled backups wait until they end."), self)
        if await sheet.answer():
            self._put(replace(self._conditions, blackout=(*self._conditions.blackout, sheet.span())))

    async def _add_cap(self) -> None:
        lead = self.tr("In these hours no more than so much moves in a second, both ways together.")
        sheet = SpanSheet(self.tr("A limit for the network"), lead, self, with_rate=True)
        if await sheet.answer():
            cap = Cap(span=sheet.span(), rate=sheet.rate())
            self._put(replace(self._conditions, caps=(*self._conditions.caps, cap)))

    def _put(self, conditions: Conditions) -> None:
        async def work() -> None:
            await self.bridge.call(self.bridge.desk.tasks.set_conditions(conditions))
            self._show(conditions)

        self.tasks.start(work(), only="put")

    def _prune(self, chosen: object) -> None:
        self.tasks.start(self.bridge.call(self.bridge.desk.tasks.set_pruning(Pruning(str(chosen)))), only="prune")


class SpanSheet(Sheet):
    """Days, a beginning and an end; and a rate, if asked for."""

    def __init__(self, title: str, lead: str, parent: QWidget, *, with_rate: bool = False) -> None:
        super().__init__(title, lead, parent, width=480)
        self.days = [QCheckBox(say(day)) for day in DAYS]
        first, second = row(*self.days[:4], None, spacing=SPACE.large), row(*self.days[4:], None, spacing=SPACE.large)
        for number, box in enumerate(self.days):
            box.setChecked(number < 5)
            box.toggled.connect(lambda _: self._judge())
        self.start, self.end = TimeOfDay(8 * 60), TimeOfDay(18 * 60)
        self.amount = Count(0, 100_000, 2)
        self.amount.setMinimumWidth(scaled(92))
        self.unit = Choice(((self.tr("MiB a second"), _MIB), (self.tr("KiB a second"), _KIB)))
        limit = Field(self.tr("At &most"), self.amount, self.tr("0: nothing moves."))
        self.unit.setAccessibleName(self.tr("Unit of the limit"))
        self.amounts = QWidget()
        self.amounts.setLayout(row(limit, Field(self.tr("&Unit"), self.unit), None, spacing=SPACE.large))
        times = row(Field(self.tr("&From"), self.start), Field(self.tr("&To"), self.end), None, spacing=SPACE.large)
        hint = Text(self.tr("An end that is not later than the start is on the next day."), "caption", wrap=True)
        self.fill(column(first, second), times, hint, self.amounts)
        self.amounts.setVisible(with_rate)
        self.go = Button(self.tr("&Add"), "primary", pressed=self.accept)
        self.go.setDefault(True)
        self.offer(self.cancel_button(), self.go)

    def span(self) -> Span:
        """What is chosen."""
        days = tuple(number for number, box in enumerate(self.days) if box.isChecked())
        return Span(days=() if len(days) == 7 else days, start=self.start.minute(), end=self.end.minute())

    def rate(self) -> int:
        """Bytes a second."""
        unit = self.unit.value()
        return self.amount.value() * (unit if isinstance(unit, int) else _MIB)

    def _judge(self) -> None:
        self.go.setEnabled(any(box.isChecked() for box in self.days))


class _List(QWidget):
    """A caption, and lines that can be taken out."""

    def __init__(self, caption: str, empty: str) -> None:
        super().__init__()
        self._caption, self._empty = caption, Text(empty, "muted", wrap=True)
        self._box = QVBoxLayout()
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(2)
        self.lines: list[QWidget] = []
        self.setLayout(column(Text(caption, "strong"), self._empty, self._box, spacing=SPACE.hair))

    def show_lines(self, lines: Sequence[str], drop: Callable[[int], None]) -> None:
        """Show these; ``drop`` takes the number of one that is to go."""
        for gone in self.lines:
            self._box.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        self.lines = []
        for number, said in enumerate(lines):
            button = IconButton("remove", self.tr("Remove: %1").replace("%1", said), _calls(drop, number))
            line = QWidget()
            line.setLayout(row(Text(said), button, None))
            self.lines.append(line)
            self._box.addWidget(line)
        self._empty.setVisible(not lines)


def _calls(drop: Callable[[int], None], number: int) -> Callable[[], None]:
    return lambda: drop(number)
