"""Jobs: what runs, what ran, how it went, and what to do about it."""

from collections import Counter

from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from saasbackup_desktop.app.words.states import Tone, job_status
from saasbackup_desktop.core.ids import AccountId, JobId
from saasbackup_desktop.core.jobs import (
    Backup,
    Check,
    Discard,
    Drill,
    Event,
    Job,
    JobChanged,
    Migrate,
    Mirror,
    Prune,
    Restore,
    State,
)
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import clock, text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import Choice
from saasbackup_desktop.ui.kit.layout import row
from saasbackup_desktop.ui.kit.notices import EmptyState
from saasbackup_desktop.ui.kit.pages import Page
from saasbackup_desktop.ui.kit.status import TONE_ICONS, TONE_ROLES
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.sheet import Field, RowSheet
from saasbackup_desktop.ui.places import HomePlace
from saasbackup_desktop.ui.rooms import job_words
from saasbackup_desktop.ui.rooms.job_detail import JobDetail

_WEEK = 7 * 86400
_GROUPS = (
    (
        "In progress",
        Tone.BUSY,
        {State.QUEUED, State.WAITING, State.RUNNING, State.PAUSING, State.PAUSED, State.STOPPING},
    ),
    ("Completed", Tone.GOOD, {State.DONE}),
    ("Partial", Tone.ATTENTION, {State.PARTIAL}),
    ("Failed", Tone.BAD, {State.FAILED}),
    ("Cancelled", Tone.QUIET, {State.STOPPED}),
)


class JobsPage(Page):
    """Counters that filter, the list, and the job that is open."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._jobs: dict[JobId, Job] = {}
        self._names: dict[AccountId, str] = {}
        self._wanted: JobId | None = None
        self._states: set[State] = set()
        self.chips = [Button(say(name), "chip", TONE_ICONS[tone]) for name, tone, _ in _GROUPS]
        chips = QHBoxLayout()
        chips.setSpacing(SPACE.small)
        for chip in self.chips:
            chip.toggled.connect(lambda _: self._show())
            chips.addWidget(chip)
        chips.addStretch(1)
        self.kinds = Choice(
            (
                (self.tr("All kinds"), None),
                (self.tr("Backups"), Backup),
                (self.tr("Restores"), Restore),
                (self.tr("Migrations"), Migrate),
                (self.tr("Checks"), Check),
                (self.tr("Prunes"), Prune),
                (self.tr("Deletions"), Discard),
                (self.tr("Mirrors"), Mirror),
                (self.tr("Restore drills"), Drill),
            )
        )
        self.kinds.setAccessibleName(self.tr("Kind of job"))
        self.kinds.picked.connect(lambda _: self._show())
        self.span = Choice(((self.tr("Last 7 days"), _WEEK), (self.tr("All time"), 0)))
        self.span.setAccessibleName(self.tr("Time span"))
        self.span.picked.connect(lambda _: self._show())
        self._model: RowSheet[Job] = RowSheet(
            (
                Field(say("Job"), self._title, picture=lambda job: (job_words.picture(job), "muted")),
                Field(say("Status"), lambda job: say(job_status(job).label), picture=_status_picture),
                Field(say("Started"), lambda job: text.brief(job.created), hint=lambda job: text.utc(job.created)),
            ),
            self,
        )
        self.table = Table(self.tr("Jobs"))
        self.table.setModel(self._model)
        self.table.setSelectionMode(Table.SelectionMode.SingleSelection)
        self.table.widths((200, 150, 104), 0, least=130)
        self.table.setMinimumWidth(scaled(340))
        self.detail = JobDetail(bridge)
        self.detail.opened.connect(self._open_job)
        self._stack = QStackedWidget()
        both = QSplitter()
        both.addWidget(self.table)
        both.addWidget(self.detail)
        both.setSizes([500, 460])
        both.setProperty("plain", True)
        both.setHandleWidth(SPACE.large)
        both.setChildrenCollapsible(False)
        self._empty = EmptyState(
            "jobs",
            self.tr("No jobs yet"),
            self.tr("Backups, restores and checks show up here, with their progress and how they went."),
            self.tr("Go to Home"),
            lambda: self.wants.emit(HomePlace()),
        )
        self._stack.addWidget(both)
        self._stack.addWidget(self._empty)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE.page, SPACE.wide, SPACE.page, SPACE.wide)
        outer.setSpacing(SPACE.large)
        outer.addLayout(row(Text(self.tr("Jobs"), "title"), None, self.kinds, self.span))
        outer.addWidget(self.banner)
        outer.addLayout(chips)
        outer.addWidget(self._stack, 1)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._picked())

    def look_at(self, job: JobId | None) -> None:
        """Open a job."""
        self._wanted = job
        if job is not None:
            for chip in self.chips:
                chip.setChecked(False)
            self.kinds.setCurrentIndex(0)

    def refresh(self) -> None:
        """Ask for the jobs again."""
        self.run(self._look(), only="look")

    def happened(self, event: Event) -> None:
        """Move on with a job."""
        if isinstance(event, JobChanged):
            before = self._jobs.get(event.job.id)
            self._jobs[event.job.id] = event.job
            if before is None or before.state != event.job.state:
                self._show()
            self.detail.moved(event.job)

    def first_focus(self) -> QWidget | None:
        """Start in the list."""
        return self.table

    async def _look(self) -> None:
        cards = await self.bridge.call(self.desk.cards())
        self._names = {card.account.id: card.account.name or card.account.address for card in cards}
        self.detail.names = self._names
        self._jobs = {job.id: job for job in await self.bridge.call(self.desk.jobs())}
        self._show()

    def _show(self) -> None:
        since = clock.now() - int(str(self.span.value())) if self.span.value() else 0
        recent = [job for job in self._jobs.values() if job.created >= since or not job.state.is_over]
        counts = Counter(job.state for job in recent)
        self._states = set()
        for chip, (name, _, states) in zip(self.chips, _GROUPS, strict=True):
            chip.setText(f"{say(name)}  {text.number(sum(counts[state] for state in states))}")
            if chip.isChecked():
                self._states |= states
        kind = self.kinds.value()
        shown = [
            job
            for job in recent
            if (not self._states or job.state in self._states)
            and (kind is None or (isinstance(kind, type) and isinstance(job.spec, kind)))
        ]
        shown.sort(key=lambda job: job.created, reverse=True)
        keep = self._wanted or self.detail.job_id
        self._model.show(shown)
        self._stack.setCurrentIndex(0 if self._jobs else 1)
        for control in (*self.chips, self.kinds, self.span):
            control.setVisible(bool(self._jobs))
        place = next((n for n, job in enumerate(shown) if job.id == keep), 0)
        self._wanted = None
        if shown:
            self.table.go_to(place)
        else:
            self.detail.show_job(None)

    def _picked(self) -> None:
        index = self.table.currentIndex()
        if index.isValid():
            self.detail.show_job(self._jobs.get(self._model.row_at(index.row()).id))

    def _open_job(self, job: str) -> None:
        self._wanted = JobId(job)
        self.refresh()

    def _title(self, job: Job) -> str:
        return job_words.title(job, self._names)


def _status_picture(job: Job) -> tuple[str, str]:
    tone = job_status(job).tone
    return TONE_ICONS[tone], TONE_ROLES[tone]
