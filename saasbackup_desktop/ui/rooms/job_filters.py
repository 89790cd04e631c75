"""What of the history of jobs is shown: counters that filter, and choices above the list."""

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.app.words.tenants import SHORT_SERVICES
from saasbackup_desktop.core.ids import AccountId, TaskId
from saasbackup_desktop.core.jobs import Initiator, JobQuery, State
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.ui.kit import clock, text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import Choice, SearchField
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.status import TONE_ICONS
from saasbackup_desktop.ui.kit.text import say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.rooms import job_words

_DAY: Final = 86400
GROUPS: Final = (
    (
        "In progress",
        Tone.BUSY,
        frozenset({State.QUEUED, State.RUNNING, State.PAUSING, State.PAUSED, State.STOPPING}),
    ),
    ("Retrying", Tone.ATTENTION, frozenset({State.WAITING})),
    ("Completed", Tone.GOOD, frozenset({State.DONE})),
    ("Partial", Tone.ATTENTION, frozenset({State.PARTIAL})),
    ("Failed", Tone.BAD, frozenset({State.FAILED})),
    ("Cancelled", Tone.QUIET, frozenset({State.STOPPED})),
)


class JobFilters(QWidget):
    """``changed`` fires when something else is asked for, ``names_wanted`` when somebody searches for an account."""

    changed = Signal()
    names_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: Mapping[AccountId, str] | None = None
        """Of all accounts; None: nobody searched for one yet."""
        self._tasks: Sequence[tuple[str, TaskId]] = ()
        self._is_searching = False
        self.chips = [Button(say(name), "chip", TONE_ICONS[tone]) for name, tone, _ in GROUPS]
        chips = QHBoxLayout()
        chips.setSpacing(SPACE.hair)
        for chip in self.chips:
            chip.toggled.connect(lambda _: self.changed.emit())
            chips.addWidget(chip)
        chips.addStretch(1)
        self.kinds = self._choice(
            self.tr("Kind of job"),
            (
                (self.tr("All kinds"), ""),
                (self.tr("Backups"), "backup"),
                (self.tr("Imports"), "import"),
                (self.tr("Restores"), "restore"),
                (self.tr("Migrations"), "migrate"),
                (self.tr("Directory restores"), "reinstate"),
                (self.tr("Downloads"), "export"),
                (self.tr("Restore drills"), "drill"),
                (self.tr("Checks"), "check"),
                (self.tr("Prunes"), "prune"),
                (self.tr("Deletions"), "discard"),
                (self.tr("Mirrors"), "mirror"),
            ),
        )
        services = [(say(SHORT_SERVICES[service]), service.value) for service in Service if service in SHORT_SERVICES]
        self.services = self._choice(self.tr("Service"), [(self.tr("All services"), ""), *services])
        self.initiators = self._choice(
            self.tr("Started by"),
            [(self.tr("Anybody"), ""), *((say(words), one.value) for one, words in job_words.INITIATORS.items())],
        )
        self.tasks = self._choice(self.tr("Task"), [(self.tr("All tasks"), "")])
        self.span = self._choice(
            self.tr("Time span"),
            (
                (self.tr("Last 24 hours"), _DAY),
                (self.tr("Last 7 days"), 7 * _DAY),
                (self.tr("Last 30 days"), 30 * _DAY),
                (self.tr("All time"), 0),
            ),
        )
        self.span.choose(7 * _DAY)
        self.order = self._choice(self.tr("Order"), ((self.tr("Latest first"), False), (self.tr("Oldest first"), True)))
        for choice in (self.kinds, self.services, self.initiators, self.tasks, self.span, self.order):
            choice.setMinimumContentsLength(9)
        self.search = SearchField(self.tr("Account"))
        self.search.setAccessibleName(self.tr("Search for an account"))
        self.search.textChanged.connect(lambda _: self._search())
        self.search.setMinimumWidth(scaled(120))
        choices = row(self.search, self.kinds, self.services, self.initiators, self.tasks)
        choices.setStretch(0, 1)
        self.setLayout(column(chips, choices, spacing=SPACE.medium))

    def query(self) -> JobQuery:
        """What is asked for."""
        kind, service, initiator = str(self.kinds.value()), str(self.services.value()), str(self.initiators.value())
        task, span = str(self.tasks.value()), int(str(self.span.value()))
        return JobQuery(
            since=clock.now() - span if span else None,
            states=self.states(),
            kinds=frozenset({kind} if kind else ()),
            services=frozenset({Service(service)} if service else ()),
            initiator=Initiator(initiator) if initiator else None,
            task=TaskId(task) if task else None,
            accounts=self._accounts(),
            oldest_first=bool(self.order.value()),
        )

    def states(self) -> frozenset[State]:
        """Those of the counters that are pressed in; none: all."""
        return frozenset(
            state
            for chip, (_, _, states) in zip(self.chips, GROUPS, strict=True)
            if chip.isChecked()
            for state in states
        )

    def count(self, counts: Mapping[State, int]) -> int:
        """Tell how many there are of each; gives how many of those that are asked for."""
        for chip, (name, _, states) in zip(self.chips, GROUPS, strict=True):
            chip.setText(f"{say(name)}  {text.number(sum(counts.get(state, 0) for state in states))}")
        wanted = self.states()
        return sum(number for state, number in counts.items() if not wanted or state in wanted)

    def know(self, names: Mapping[AccountId, str]) -> None:
        """Take the words by which accounts are found."""
        self._names = names
        if self._words():
            self.changed.emit()

    def offer_tasks(self, tasks: Sequence[tuple[str, TaskId]]) -> None:
        """Offer tasks by their names; what was chosen stays."""
        if tasks == self._tasks:
            return
        self._tasks = tasks
        chosen = self.tasks.value()
        self.tasks.fill([(self.tr("All tasks"), ""), *tasks])
        self.tasks.choose(chosen)

    def clear(self) -> None:
        """Ask for everything of the last days."""
        for chip in self.chips:
            chip.setChecked(False)
        for choice in (self.kinds, self.services, self.initiators, self.tasks):
            choice.setCurrentIndex(0)
        self.search.clear()

    def _choice(self, name: str, values: Sequence[tuple[str, object]]) -> Choice:
        choice = Choice(values)
        choice.setAccessibleName(name)
        choice.picked.connect(lambda _: self.changed.emit())
        return choice

    def _accounts(self) -> frozenset[AccountId]:
        words = self._words()
        if not words or self._names is None:
            return frozenset()
        found = {id for id, name in self._names.items() if words in name.casefold()}
        return frozenset(found or {AccountId("-")})

    def _words(self) -> str:
        return self.search.text().strip().casefold()

    def _search(self) -> None:
        """Words that were not there before ask for the names as they are now; until then nothing is chosen by them."""
        is_begun = bool(self._words())
        if is_begun and not self._is_searching:
            self.names_wanted.emit()
        self._is_searching = is_begun
        if not is_begun or self._names is not None:
            self.changed.emit()
