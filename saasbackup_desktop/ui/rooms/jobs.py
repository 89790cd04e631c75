"""Jobs: what runs, what ran, how it went, and what to do about it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from saasbackup_desktop.app.doorway.working import takes_away
from saasbackup_desktop.app.words.states import Tone, job_status
from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.core.ids import AccountId, JobId
from saasbackup_desktop.core.jobs import Event, Job, JobChanged, JobQuery, State
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import clock, text
from saasbackup_desktop.ui.kit.buttons import Button, IconButton, action, menu
from saasbackup_desktop.ui.kit.layout import row
from saasbackup_desktop.ui.kit.notices import EmptyState
from saasbackup_desktop.ui.kit.pages import Page
from saasbackup_desktop.ui.kit.sheets import confirm, pick_new_file
from saasbackup_desktop.ui.kit.status import TONE_ICONS, TONE_ROLES
from saasbackup_desktop.ui.kit.tables import Table, as_csv
from saasbackup_desktop.ui.kit.text import Text, counted, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.jobs import PAGE, PagedJobs
from saasbackup_desktop.ui.models.sheet import Field, RowSheet
from saasbackup_desktop.ui.places import DownloadsPlace, HomePlace, PlanPlace
from saasbackup_desktop.ui.rooms import job_words
from saasbackup_desktop.ui.rooms.job_detail import JobDetail
from saasbackup_desktop.ui.rooms.job_filters import JobFilters
from saasbackup_desktop.ui.rooms.job_tabs import JobTabs

_NAMED_ANEW: Final = 60.0
"""Seconds after which accounts and tasks may have other names."""
_WRITTEN: Final = 100_000
"""At most so many jobs are written into one file."""


class JobsPage(Page):
    """Counters that filter, the list, and the job that is open."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._names: dict[AccountId, str] = {}
        """Of those accounts whose jobs were shown."""
        self._wanted: JobId | None = None
        self._query = JobQuery()
        self._has_any = True
        self._named: float | None = None
        """When names were asked for that were known already."""
        self.filters = JobFilters()
        self.filters.changed.connect(self.refresh)
        self.filters.names_wanted.connect(lambda: self.run(self._look_at_everybody(), only="everybody"))
        self.chips, self.kinds, self.span = self.filters.chips, self.filters.kinds, self.filters.span
        self._fields: Sequence[Field[Job]] = (
            Field(say("Job"), self._title, picture=lambda job: (job_words.picture(job), "muted")),
            Field(say("Status"), lambda job: say(job_status(job).label), picture=_status_picture),
            Field(say("Started"), lambda job: text.brief(job.created), hint=lambda job: text.utc(job.created)),
        )
        self._model = PagedJobs(self._fields, self._fetch, self.run, self)
        self.table = Table(self.tr("Jobs"))
        self.table.setModel(self._model)
        self.table.widths((200, 130, 110), 0, least=130)
        self.table.setMinimumWidth(scaled(340))
        action(self.table, self.tr("Cancel…"), lambda: self.run(self._cancel()), "stop", "Del")
        self.detail = self._make_detail()
        self._make_bulk()
        self._more_button = more = IconButton("more", self.tr("More"), self._more)
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
        self._unmatched = EmptyState(
            "search",
            self.tr("No job matches"),
            self.tr("There are jobs, but none that fits what is chosen above."),
            self.tr("Clear filters"),
            self._clear,
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(both)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._unmatched)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE.page, SPACE.wide, SPACE.page, SPACE.wide)
        outer.setSpacing(SPACE.large)
        self.tabs = JobTabs(0, self.wants.emit)
        title = Text(self.tr("Jobs"), "title")
        outer.addLayout(row(title, self.tabs, None, self.filters.span, self.filters.order, more))
        outer.addWidget(self.banner)
        outer.addWidget(self.filters)
        outer.addWidget(self._bulk)
        outer.addWidget(self._stack, 1)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._picked())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._tell_bulk())

    def _make_detail(self) -> JobDetail:
        made = JobDetail(self.bridge)
        made.names = self._names
        made.opened.connect(self._open_job)
        made.plan_wanted.connect(lambda plan: self.wants.emit(PlanPlace(plan)))
        made.download_wanted.connect(lambda job: self.wants.emit(DownloadsPlace(JobId(job))))
        return made

    def _make_bulk(self) -> None:
        """What is done with several at once."""
        self._picked_text = Text("", "strong")
        self._pause = Button(self.tr("&Pause"), picture="pause", pressed=lambda: self.run(self._each("pause")))
        self._resume = Button(self.tr("R&esume"), picture="play", pressed=lambda: self.run(self._each("resume")))
        self._again = Button(self.tr("&Run again…"), pressed=lambda: self.run(self._run_again()))
        self._retry = Button(self.tr("Re&try failed"), picture="retry", pressed=lambda: self.run(self._each("retry")))
        self._stop = Button(self.tr("&Cancel…"), "danger", "stop", lambda: self.run(self._cancel()))
        self._bulk = QWidget()
        self._bulk.setLayout(
            row(self._picked_text, None, self._pause, self._resume, self._again, self._retry, self._stop)
        )
        self._bulk.hide()

    def look_at(self, job: JobId | None) -> None:
        """Open a job."""
        self._wanted = job
        if job is not None:
            self.filters.blockSignals(True)
            self.filters.clear()
            self.filters.blockSignals(False)

    def refresh(self) -> None:
        """Ask for the jobs again."""
        self.run(self._look(), only="look")
        if not self.tasks.is_running("detail"):
            self.run(self.detail.prepare(), only="detail")

    def happened(self, event: Event) -> None:
        """Move on with a job; what else that changes is asked for shortly, once for many."""
        if isinstance(event, JobChanged):
            before = self._model.move(event.job)
            if before is None or before.state is not event.job.state:
                self.refresh_soon()
            self.detail.moved(event.job)

    def first_focus(self) -> QWidget | None:
        """Start in the list."""
        return self.table

    async def _look(self) -> None:
        self._query = replace(self.filters.query(), limit=PAGE)
        page = await self.bridge.call(self.desk.job_page(self._query))
        total = self.filters.count(page.counts)
        self._has_any = bool(total) or bool(sum(page.counts.values()))
        if not self._has_any:
            everything = await self.bridge.call(self.desk.job_page(JobQuery(limit=0)))
            self._has_any = bool(sum(everything.counts.values()))
        is_unmatched = self._has_any and not total and self._wanted is None
        self._stack.setCurrentIndex(2 if is_unmatched else 0 if self._has_any else 1)
        for part in (self.filters, self.filters.span, self.filters.order):
            part.setVisible(self._has_any)
        self._more_button.setVisible(self._has_any)
        is_old = self._named is None or clock.steady() - self._named > _NAMED_ANEW
        if is_old:
            self._named = clock.steady()
            self._names.clear()
        await self._name(page.jobs)
        await self._show(total, page.jobs)
        self._tell_bulk()
        if is_old:
            self.run(self._look_at_tasks(), only="tasks")

    def _clear(self) -> None:
        self.filters.blockSignals(True)
        self.filters.clear()
        self.filters.span.choose(0)
        self.filters.blockSignals(False)
        self.refresh()

    async def _name(self, jobs: Iterable[Job]) -> None:
        """Ask what the accounts of some jobs are called: of all there may be thousands."""
        unknown = {job.account for job in jobs if job.account is not None and job.account not in self._names}
        if unknown:
            found = await self.bridge.call(self.desk.people(sorted(unknown)))
            # who is not known any more is not asked for again and again
            self._names |= dict.fromkeys(unknown, "") | {one.id: one.name or one.address for one in found}

    async def _look_at_tasks(self) -> None:
        try:
            names = await self.bridge.call(self.desk.tasks.names())
        except Fault:
            names = {}  # locked meanwhile: the jobs themselves say so
        self.detail.tasks_by_id = names
        self.filters.offer_tasks([(name, id) for id, name in names.items()])
        self._picked()

    async def _look_at_everybody(self) -> None:
        """Ask for all accounts, once somebody searches for one."""
        everybody = await self.bridge.call(self.desk.people())
        self.filters.know({one.id: f"{one.name} {one.address}" for one in everybody})

    async def _show(self, total: int, jobs: Sequence[Job]) -> None:
        keep = self._wanted or self.detail.job_id
        chosen = [job.id for job in self._chosen()]
        self._model.show(total, jobs)
        self._wanted, wanted = None, self._wanted
        if not total and wanted is None:
            self.detail.show_job(None)
            return
        place = self._model.place_of(keep) if keep is not None else 0
        if place is None and wanted is not None:  # older than what is listed
            self.detail.show_job(await self.bridge.call(self.desk.job(wanted)))
            return
        if wanted is None and len(chosen) > 1:
            self.table.pick([place for id in chosen if (place := self._model.place_of(id)) is not None])
        elif self.table.currentIndex().row() != (place or 0) or not self.table.currentIndex().isValid():
            self.table.go_to(place or 0)
        else:
            self._picked()

    async def _fetch(self, start: int, most: int) -> Sequence[Job]:
        query = replace(self._query, offset=start, limit=most)
        jobs = (await self.bridge.call(self.desk.job_page(query))).jobs
        await self._name(jobs)
        return jobs

    def _picked(self) -> None:
        index = self.table.currentIndex()
        job = self._model.row_at(index.row()) if index.isValid() else None
        if job is not None:
            self.detail.show_job(job)

    def _chosen(self) -> list[Job]:
        return [job for place in self.table.picked() if (job := self._model.row_at(place)) is not None]

    def _tell_bulk(self) -> None:
        many = self.table.picked_count()
        self._bulk.setVisible(many > 1)
        if many > 1:
            self._picked_text.setText(counted(many, self.tr("job is selected"), self.tr("jobs are selected")))
            jobs = self._chosen()
            self._pause.setEnabled(any(job.state in _PAUSABLE for job in jobs))
            self._resume.setEnabled(any(job.state in _RESUMABLE for job in jobs))
            self._again.setEnabled(any(job.state in _REPEATABLE for job in jobs))
            self._retry.setEnabled(any(job.state in _RETRIABLE for job in jobs))
            self._stop.setEnabled(any(not job.state.is_over for job in jobs))

    async def _each(self, what: str) -> None:
        """Do the same with all that are selected and for which it can be done."""
        desk = self.desk
        states, work = {
            "pause": (_PAUSABLE, desk.pause),
            "resume": (_RESUMABLE, desk.resume),
            "retry": (_RETRIABLE, desk.retry_failed),
        }[what]
        jobs = [job for job in self._chosen() if job.state in states]
        # What removes or overwrites goes on only if somebody means just that one.
        risky = [job for job in jobs if what != "pause" and job.state.is_over and takes_away(job.spec)]
        for job in [job for job in jobs if job not in risky]:
            await self.bridge.call(work(job.id))
        if risky:
            self.banner.say(Tone.ATTENTION, self._left_out(len(risky)))
        self.refresh_soon()

    def _left_out(self, number: int) -> str:
        why = self.tr("left out, because they remove or overwrite something: choose them one by one")
        return f"{text.number(number)} {why}"

    async def _run_again(self) -> None:
        """What was cancelled or has failed begins once more, when that was meant."""
        jobs = [job for job in self._chosen() if job.state in _REPEATABLE]
        title = counted(len(jobs), self.tr("job: run it again?"), self.tr("jobs: run them again?"))
        words = self.tr("Those that were cancelled or have failed begin again, and go on from what is done.")
        if jobs and await confirm(self, title, words, self.tr("Run again")):
            for job in jobs:
                await self.bridge.call(self.desk.resume(job.id))
            self.refresh_soon()

    async def _cancel(self) -> None:
        jobs = [job for job in self._chosen() if not job.state.is_over]
        if not jobs:
            return
        title = counted(len(jobs), self.tr("job: cancel it?"), self.tr("jobs: cancel them?"))
        if await confirm(
            self,
            title,
            self.tr("They stop at a safe point. What is done stays done; running them again goes on from there."),
            self.tr("Cancel them"),
            danger=True,
            cancel=self.tr("Keep them"),
        ):
            for job in jobs:
                await self.bridge.call(self.desk.stop(job.id))
            self.refresh_soon()

    def _more(self) -> None:
        self.run(self._offer(), only="more")

    async def _offer(self) -> None:
        listed = (await self.bridge.call(self.desk.job_page(replace(self._query, limit=0)))).counts
        counts = (await self.bridge.call(self.desk.job_page(JobQuery(limit=0)))).counts
        waits = any(counts.get(state, 0) for state in _RESTING)
        entries = [
            action(self, self.tr("Retry all failed of this list…"), lambda: self.run(self._retry_all()), "retry"),
            action(self, self.tr("Cancel all that have not begun…"), lambda: self.run(self._cancel_queued()), "stop"),
            action(self, self.tr("Hold jobs that have not begun"), lambda: self.run(self._hold(True)), "pause"),
            action(self, self.tr("Let held jobs begin"), lambda: self.run(self._hold(False)), "play"),
            action(self, self.tr("Copy this list as CSV"), lambda: self.run(self._copy()), "copy"),
            action(self, self.tr("Save this list as CSV…"), lambda: self.run(self._save()), "save"),
        ]
        for entry in entries:
            self.removeAction(entry)
        entries[0].setEnabled(any(listed.get(state, 0) for state in (State.FAILED, State.PARTIAL)))
        entries[1].setEnabled(waits)
        entries[2].setEnabled(waits)
        button = self._more_button
        menu(self, *entries[:2], None, *entries[2:4], None, *entries[4:]).popup(
            button.mapToGlobal(button.rect().bottomLeft())
        )

    async def _retry_all(self) -> None:
        if await confirm(
            self,
            self.tr("Retry what failed?"),
            self.tr(
                "Of all failed and partially completed jobs of this list, what could not be done is tried again. "
                "Deletions, prunes and restores that replace are left out."
            ),
            self.tr("Retry"),
        ):
            left_out = await self.bridge.call(self.desk.left_out_of_retry(self._query))
            ids = await self.bridge.call(self.desk.retry_all(self._query))
            words = counted(len(ids), self.tr("job is queued"), self.tr("jobs are queued"))
            self.banner.say(Tone.QUIET, f"{words}; {self._left_out(left_out)}" if left_out else words)
            self.refresh_soon()

    async def _cancel_queued(self) -> None:
        if await confirm(
            self,
            self.tr("Cancel all that have not begun?"),
            self.tr("Jobs on queue and jobs that wait for their next attempt are cancelled; what runs goes on."),
            self.tr("Cancel them"),
            danger=True,
            cancel=self.tr("Keep them"),
        ):
            number = await self.bridge.call(self.desk.stop_queued())
            self.banner.say(Tone.QUIET, counted(number, self.tr("job was cancelled"), self.tr("jobs were cancelled")))
            self.refresh_soon()

    async def _hold(self, held: bool) -> None:
        await self.bridge.call(self.desk.hold_jobs(held))
        words = self.tr("No job begins until you let them; what runs goes on") if held else self.tr("Jobs begin again")
        self.banner.say(Tone.ATTENTION if held else Tone.QUIET, words)

    async def _csv(self) -> str:
        page = await self.bridge.call(self.desk.job_page(replace(self._query, limit=_WRITTEN)))
        await self._name(page.jobs)
        sheet: RowSheet[Job] = RowSheet(job_words.written_fields(self._names, self.detail.tasks_by_id))
        sheet.show(page.jobs)
        return as_csv(sheet, range(sheet.rowCount()))

    async def _copy(self) -> None:
        QGuiApplication.clipboard().setText(await self._csv())
        self.banner.say(Tone.QUIET, self.tr("Copied to the clipboard"))

    async def _save(self) -> None:
        file = await pick_new_file(self, self.tr("Save this list"), "jobs.csv", self.tr("CSV files (*.csv)"))
        if file is not None:
            file.write_text(await self._csv(), encoding="utf-8-sig", newline="")
            self.banner.say(Tone.QUIET, self.tr("Saved as %1").replace("%1", file.name))

    def _open_job(self, job: str) -> None:
        self._wanted = JobId(job)
        self.refresh()

    def _title(self, job: Job) -> str:
        return job_words.title(job, self._names)


_PAUSABLE: Final = frozenset({State.QUEUED, State.WAITING, State.RUNNING})
_RESUMABLE: Final = frozenset({State.PAUSED, State.WAITING})
_REPEATABLE: Final = frozenset({State.STOPPED, State.FAILED})
_RESTING: Final = frozenset({State.QUEUED, State.WAITING})
_RETRIABLE: Final = frozenset({State.FAILED, State.PARTIAL, State.WAITING})


def _status_picture(job: Job) -> tuple[str, str]:
    tone = job_status(job).tone
    return TONE_ICONS[tone], TONE_ROLES[tone]
