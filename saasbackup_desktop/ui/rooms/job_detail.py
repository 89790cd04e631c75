"""One job: progress, counts, what failed and why, its log, and what can be done."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QStackedLayout, QTabWidget, QVBoxLayout, QWidget

from saasbackup_desktop.app.flows.rate import Rate
from saasbackup_desktop.app.views import Damage, LogLine
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.app.words.faults import failure_words, readable
from saasbackup_desktop.app.words.phrases import fill
from saasbackup_desktop.app.words.states import DAMAGES, LOG_LINES, Tone, job_status, label
from saasbackup_desktop.core.ids import AccountId, JobId, NodeId, TaskId
from saasbackup_desktop.core.jobs import (
    Check,
    Drill,
    Export,
    ItemFailure,
    Job,
    Migrate,
    Mirror,
    Prune,
    Reinstate,
    Restore,
    State,
)
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import clock, text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import Grid, column, row
from saasbackup_desktop.ui.kit.notices import Banner, EmptyState
from saasbackup_desktop.ui.kit.sheets import confirm
from saasbackup_desktop.ui.kit.status import StatusMark
from saasbackup_desktop.ui.kit.tables import Table, as_csv
from saasbackup_desktop.ui.kit.tasks import Tasks
from saasbackup_desktop.ui.kit.text import ElidedText, Text, say
from saasbackup_desktop.ui.kit.tiles import Progress, Stat
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.sheet import Field, RowSheet
from saasbackup_desktop.ui.rooms import job_words
from saasbackup_desktop.ui.rooms.drills.report_sheet import ReportSheet
from saasbackup_desktop.ui.rooms.reports.saving import save_confirmation
from saasbackup_desktop.ui.rooms.skip_sheet import ask_reason
from saasbackup_desktop.ui.rooms.vault.check_sheets import ask_repair

_NAMED: Final = 1_000
"""So many items are listed for one damaged file."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A failed item or a damaged file, in words."""

    name: str
    where: str
    what: str
    remedy: str
    is_harmless: bool = False
    item: str = ""


class JobDetail(QFrame):
    """``opened`` carries the id of a job that was started from here, ``plan_wanted`` that of a plan to be shown.

    ``download_wanted`` carries the id of the job whose files are to be shown.
    """

    opened = Signal(str)
    plan_wanted = Signal(str)
    download_wanted = Signal(str)

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.bridge = bridge
        self.names: Mapping[AccountId, str] = {}
        self.tasks_by_id: Mapping[TaskId, str] = {}
        self._job: Job | None = None
        self._rates: dict[JobId, Rate] = {}
        self.notice = Banner()
        self.tasks = Tasks(self, self.notice.fault)
        self._buttons()
        self._models()
        self._stack = QStackedLayout(self)
        self._stack.addWidget(EmptyState("jobs", self.tr("No job is open"), self.tr("Choose one from the list.")))

    @property
    def job_id(self) -> JobId | None:
        """The job that is shown."""
        return self._job.id if self._job else None

    async def prepare(self) -> None:
        """Make what shows a job while the first one is asked for: in turns, each of which is short."""
        if self._stack.count() > 1:
            return
        self._build()
        await asyncio.sleep(0)
        for part in self.findChildren(QWidget):
            part.ensurePolished()

    def show_job(self, job: Job | None) -> None:
        """Show a job; None: none."""
        other = job is None or self._job is None or job.id != self._job.id or job.state != self._job.state
        self._job = job
        if job is None:
            self._stack.setCurrentIndex(0)
            return
        if self._stack.count() == 1:
            self._build()
        self._stack.setCurrentIndex(1)
        self._tell(job)
        if other:
            self._repair.hide()
            self.notice.hide()
            self.tasks.start(self._look(job), only="look")

    def moved(self, job: Job) -> None:
        """Take note of a job's progress."""
        self._rates.setdefault(job.id, Rate()).see(clock.steady(), job.tally)
        if job.state.is_over:
            self._rates.pop(job.id, None)
        if job.id == self.job_id:
            self.show_job(job)

    def _tell(self, job: Job) -> None:
        status, tally = job_status(job), job.tally
        self._title.say(job_words.title(job, self.names))
        self._status.become(say(status.label), status.tone)
        to = job_words.destination(job)
        self._to.say(self.tr("To %1").replace("%1", to) if to else "")
        self._to.setVisible(bool(to))
        has_failed = job.state in (State.FAILED, State.WAITING) and job.code
        words = words_for(job.code, job.facts) if has_failed else None
        self._remedy.setText(f"{words.what} {words.remedy}" if words else say(status.remedy))
        self._remedy.setVisible(bool(self._remedy.text()))
        active = not job.state.is_over
        self._progress.setVisible(active)
        held = job.state in (State.PAUSED, State.QUEUED, State.WAITING)
        self._doing.setVisible(active and not held)
        self._rests.setVisible(active and held)
        self._pace.setVisible(active)
        self._progress.show_share(tally.items_done, tally.items_total or (1 if held else 0))
        self._doing.say("" if held else job_words.activity(job))
        self._rests.setText(job_words.resting(job) if held else "")
        rate = self._rates.get(job.id)
        self._pace.setText(job_words.pace(job, rate) if rate and not held else "")
        focused = any(one.hasFocus() for one in (self, self._pause, self._resume))
        if focused:
            self.setFocus()  # else it would go from what vanishes to what comes next: the button that cancels
        self._pause.setVisible(job.state in (State.RUNNING, State.QUEUED, State.WAITING))
        self._resume.setVisible(job.state in (State.PAUSED, State.STOPPED, State.FAILED, State.WAITING))
        resume = {State.PAUSED: self.tr("R&esume"), State.WAITING: self.tr("Try n&ow")}
        self._resume.setText(resume.get(job.state, self.tr("Run a&gain")))
        following = next((one for one in (self._resume, self._pause) if one.isVisibleTo(self)), None)
        if focused and following is not None:
            following.setFocus()
        self._cancel.setVisible(active and job.state is not State.STOPPING)
        self._retry.setVisible(job.state.is_over and tally.failed > 0 and not isinstance(job.spec, Check))
        self._report.setVisible(job.state.is_over and isinstance(job.spec, Drill))
        self._plan.setVisible(isinstance(job.spec, Reinstate))
        self.download.setVisible(isinstance(job.spec, Export))
        self._confirm.setVisible(job.state.is_over and isinstance(job.spec, Restore | Migrate))
        self._skip.setVisible(
            self._retry.isVisibleTo(self) and not isinstance(job.spec, Drill | Mirror | Prune | Reinstate | Export)
        )
        self._figures(job)

    def _figures(self, job: Job) -> None:
        tally = job.tally
        point = job_words.backup_date(job)
        values = {
            "service": (job_words.service(job), bool(job_words.service(job))),
            "wanted": (job_words.wanted_by(job, self.tasks_by_id), True),
            "point": (text.brief(point), point is not None),
            "attempt": (text.number(job.attempt), job.attempt > 1 or job.state is State.WAITING),
            "due": (text.brief(job.due), job.due is not None),
            "done": (job_words.amount(job), tally.items_done > 0),
            "added": (text.number(tally.added), tally.added > 0),
            "changed": (text.number(tally.changed), tally.changed > 0),
            "removed": (text.number(tally.removed), tally.removed > 0),
            "unchanged": (text.number(tally.unchanged), tally.unchanged > 0),
            "skipped": (text.number(tally.skipped), tally.skipped > 0),
            "verified": (text.number(tally.verified), tally.verified > 0),
            "failed": (text.number(tally.failed), tally.failed > 0 and not isinstance(job.spec, Check)),
            "damaged": (text.number(tally.failed), tally.failed > 0 and isinstance(job.spec, Check)),
            "moved": (text.size(tally.bytes_done), tally.bytes_done > 0),
            "stored": (text.size(tally.bytes_stored), tally.bytes_stored > 0),
            "freed": (text.size(tally.bytes_freed), tally.bytes_freed > 0),
            "started": (text.brief(job.started), job.started is not None),
            "took": (job_words.duration(job), job.finished is not None),
        }
        hints = {"started": job.started, "due": job.due, "point": point}
        for name, (value, shown) in values.items():
            self._stats[name].say(value, text.utc(hints[name]) if name in hints else value)
            self._stats[name].setVisible(shown)

    async def _look(self, job: Job) -> None:
        desk = self.bridge.desk
        found: list[Trouble] = []
        if isinstance(job.spec, Check):
            if job.state.is_over:
                damages = await self.bridge.call(desk.damages(job.id, harmless=True))
                damages = sorted(damages, key=lambda one: one.is_harmless)
                found = [line for one in damages for line in _damaged(one, is_repaired=job.spec.repair)]
        else:
            found = [_failure(one) for one in await self.bridge.call(desk.failures(job.id))]
        log: Sequence[LogLine] = await self.bridge.call(desk.log(job.id))
        self._troubles.show(found)
        self._tables[0].go_to(0)
        self._tell_remedy()
        self._log.show(log)
        words = self._trouble_words(job)
        bad = sum(not one.is_harmless for one in found)
        if found and not bad:
            words = self.tr("Worth knowing")
        self._tabs.setTabText(0, f"{words} ({text.number(bad or len(found))})")
        self._repair.setVisible(isinstance(job.spec, Check) and not job.spec.repair and bad > 0)
        self._tabs.setTabText(1, self.tr("Log (%1)").replace("%1", text.number(len(log))))
        self._tabs.setCurrentIndex(0 if found else 1)
        self._tabs.setVisible(bool(found or log))
        self._copy.setVisible(bool(found or log))

    def _trouble_words(self, job: Job) -> str:
        if isinstance(job.spec, Check):
            return self.tr("Lost") if job.spec.repair else self.tr("Damaged")
        return self.tr("Could not be done")

    def _buttons(self) -> None:
        self._pause = Button(self.tr("&Pause"), picture="pause", pressed=lambda: self._ask(self._pause, "pause"))
        self._resume = Button(self.tr("R&esume"), "primary", "play", lambda: self._ask(self._resume, "resume"))
        self._cancel = Button(self.tr("&Cancel job…"), "danger", "stop", lambda: self.tasks.start(self._stop()))
        self._retry = Button(self.tr("Re&try failed"), "primary", "retry", lambda: self.tasks.start(self._again()))
        self._skip = Button(
            self.tr("S&kip failed…"), picture="remove", pressed=lambda: self.tasks.start(self._do_without())
        )
        self._repair = Button(
            self.tr("Repair the &vault…"), "primary", "settings", lambda: self.tasks.start(self._mend(), only="mend")
        )
        self._repair.hide()
        self._confirm = Button(
            self.tr("Save a con&firmation…"), "link", "save", lambda: self.tasks.start(self._confirmed(), only="save")
        )
        self._confirm.setToolTip(self.tr("A sealed report of what was asked for, written and proven"))
        self._confirm.hide()
        self._report = Button(
            self.tr("Report of this &drill…"), "link", "open", lambda: self.tasks.start(self._reported(), only="report")
        )
        self._report.hide()
        self._plan = Button(self.tr("Show the p&lan"), "link", "open", self._to_plan)
        self._plan.setToolTip(self.tr("Every write to the directory, and what came of it"))
        self._plan.hide()
        self.download = Button(self.tr("Show the &download"), "link", "save", self._to_download)
        self.download.setToolTip(self.tr("Its files, where they are, and how long they are kept"))
        self.download.hide()
        self._copy = Button(self.tr("Copy &as CSV"), "quiet", "copy", self._copy_csv)
        for one in (self._pause, self._resume, self._cancel, self._retry, self._skip):
            one.hide()  # all of them at once would make a narrow window wider, before a job says which are needed

    def _models(self) -> None:
        self._troubles: RowSheet[Trouble] = RowSheet(
            (
                Field(say("Item"), lambda t: t.name or say("(no subject)"), picture=_trouble_picture),
                Field(say("Where"), lambda t: t.where),
                Field(say("What happened"), lambda t: t.what),
            ),
            self,
        )
        self._log: RowSheet[LogLine] = RowSheet(
            (
                Field(say("Time"), lambda line: text.moment(line.time), hint=lambda line: text.utc(line.time)),
                Field(say("What"), _log_words, picture=_log_picture),
            ),
            self,
        )

    def _build(self) -> None:
        """Make what shows a job; it takes so long that the page does not wait for it."""
        self._title = ElidedText("", "heading")
        self._to = ElidedText("", "muted")
        self._status = StatusMark()
        self._remedy = Text("", wrap=True)
        self._progress = Progress(self.tr("Progress of this job"))
        self._doing = ElidedText("", "strong")
        self._rests = Text("", "strong", wrap=True)
        self._pace = Text("", "muted")
        self._stats = {
            name: Stat(head)
            for name, head in (
                ("service", self.tr("Service")),
                ("wanted", self.tr("Started by")),
                ("point", self.tr("Backup date")),
                ("attempt", self.tr("Attempt")),
                ("due", self.tr("Next attempt")),
                ("done", self.tr("Done")),
                ("added", self.tr("New")),
                ("changed", self.tr("Changed")),
                ("removed", self.tr("Removed")),
                ("unchanged", self.tr("Unchanged")),
                ("skipped", self.tr("Skipped")),
                ("verified", self.tr("Verified")),
                ("failed", self.tr("Failed")),
                ("damaged", self.tr("Damaged files")),
                ("moved", self.tr("Transferred")),
                ("stored", self.tr("Vault grew by")),
                ("freed", self.tr("Became free")),
                ("started", self.tr("Started")),
                ("took", self.tr("Took")),
            )
        }
        figures = QWidget()
        grid = Grid(120, SPACE.medium)
        figures.setLayout(grid)
        for stat in self._stats.values():
            grid.addWidget(stat)
        troubles, log = Table(self.tr("What failed")), Table(self.tr("Log"))
        troubles.setModel(self._troubles)
        troubles.widths((200, 100, 120), 0)
        troubles.selectionModel().currentRowChanged.connect(lambda *_: self._tell_remedy())
        self._advice = Text("", "muted", wrap=True)
        failures = QWidget()
        failures.setLayout(column(troubles, self._advice))
        log.setModel(self._log)
        log.widths((150, 300), 1)
        self._tables = (troubles, log)
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.setAccessibleName(self.tr("Failures and log"))
        self._tabs.addTab(failures, "")
        self._tabs.addTab(log, "")
        self._tabs.setCornerWidget(self._copy)
        shown = QWidget()
        inside = QVBoxLayout(shown)
        inside.setContentsMargins(SPACE.large, SPACE.large, SPACE.large, SPACE.large)
        inside.setSpacing(SPACE.medium)
        head = row(column(self._title, self._to, spacing=2), self._status)
        head.setStretch(0, 1)
        inside.addLayout(head)
        inside.addWidget(self.notice)
        inside.addWidget(self._remedy)
        line = row(self._doing, self._rests, self._pace)
        line.setStretch(0, 1)
        line.setStretch(1, 1)
        inside.addLayout(column(line, self._progress, spacing=SPACE.small))
        inside.addLayout(row(self._resume, self._retry, self._skip, self._repair, self._pause, self._cancel, None))
        inside.addLayout(row(self._plan, self.download, self._confirm, self._report, None))
        inside.addWidget(figures)
        inside.addWidget(self._tabs, 1)
        inside.addStretch(0)
        self._stack.addWidget(shown)

    def _tell_remedy(self) -> None:
        index = self._tables[0].currentIndex()
        trouble = self._troubles.row_at(index.row()) if index.isValid() and self._troubles.rowCount() else None
        self._advice.setText(trouble.remedy if trouble else "")

    def _ask(self, button: Button, what: str) -> None:
        job = self._job
        if job is not None:
            desk = self.bridge.desk
            work = {"pause": desk.pause, "resume": desk.resume}[what]
            self.tasks.start(self.bridge.call(work(job.id)), busy=button)

    async def _stop(self) -> None:
        job = self._job
        if job is not None and await confirm(
            self,
            self.tr("Cancel this job?"),
            self.tr("It stops at a safe point. What is done stays done; running it again goes on from there."),
            self.tr("Cancel the job"),
            danger=True,
            cancel=self.tr("Keep running"),
        ):
            await self.bridge.call(self.bridge.desk.stop(job.id))

    def _to_plan(self) -> None:
        if self._job is not None and isinstance(self._job.spec, Reinstate):
            self.plan_wanted.emit(self._job.spec.plan)

    def _to_download(self) -> None:
        if self._job is not None:
            self.download_wanted.emit(self._job.id)

    async def _confirmed(self) -> None:
        if self._job is not None:
            await save_confirmation(self.bridge, self, self.notice, self._job.id)

    async def _reported(self) -> None:
        job = self._job
        if job is not None and isinstance(job.spec, Drill):
            drills = self.bridge.desk.drills
            history = await self.bridge.call(drills.history(job.spec.stream))
            proof = await self.bridge.call(drills.proof(job.spec.stream, job.id))
            if proof is None:
                self.notice.say(Tone.QUIET, self.tr("This drill has left no report"))
            else:
                await ReportSheet(self.bridge, proof, history, self).answer()

    async def _again(self) -> None:
        if self._job is not None:
            self.opened.emit(await self.bridge.call(self.bridge.desk.retry_failed(self._job.id)))

    async def _do_without(self) -> None:
        job = self._job
        if job is None:
            return
        rows = self._tables[0].picked()
        chosen = [one for place in rows if (one := self._troubles.row_at(place)).item]
        some = chosen if len(chosen) > 1 else []
        reason = await ask_reason(self, len(some))
        if reason is not None:
            items = tuple(NodeId(one.item) for one in some)
            await self.bridge.call(self.bridge.desk.skip(job.id, items, reason))
            self.notice.say(Tone.QUIET, self.tr("Skipped: they paint no job red until they change or can be read"))
            await self._look(await self.bridge.call(self.bridge.desk.job(job.id)))

    async def _mend(self) -> None:
        percent = await ask_repair(self)
        if percent is not None:
            self.opened.emit(await self.bridge.call(self.bridge.desk.check_vault(percent, repair=True)))

    def _copy_csv(self) -> None:
        model = self._tables[self._tabs.currentIndex()].model()
        QGuiApplication.clipboard().setText(as_csv(model, range(model.rowCount())))
        self.notice.say(Tone.QUIET, self.tr("Copied to the clipboard"))


def _failure(one: ItemFailure) -> Trouble:
    words = failure_words(one)
    is_whole_file = one.code.startswith("archive-") or not one.item
    name = one.name or (one.path.rpartition("/")[2] if is_whole_file else "")
    return Trouble(name, one.path, words.title, words.remedy, item=one.item)


def _damaged(one: Damage, *, is_repaired: bool) -> list[Trouble]:
    """A line for each item that a damaged file costs; without any, one for the file."""
    what = say(label(DAMAGES, one.code))
    remedy = "" if is_repaired else words_for("vault-damaged").remedy
    if one.is_harmless:
        remedy = say("Nothing is lost and nothing is at risk.")
    named = [Trouble(item, one.file, what, remedy, one.is_harmless) for item in one.items[:_NAMED]]
    if len(one.items) > _NAMED:
        more = say("and %1 more").replace("%1", text.number(len(one.items) - _NAMED))
        named.append(Trouble(more, one.file, what, remedy, one.is_harmless))
    return named or [Trouble(one.file, "", what, remedy, one.is_harmless)]


def _trouble_picture(one: Trouble) -> tuple[str, str]:
    return ("info", "muted") if one.is_harmless else ("bad", "bad")


def _log_words(line: LogLine) -> str:
    if line.code in LOG_LINES:
        return fill(say(LOG_LINES[line.code]), readable(line.facts))
    words = words_for(line.code, line.facts)
    return f"{words.title}. {words.what}"


def _log_picture(line: LogLine) -> tuple[str, str]:
    return {"error": ("bad", "bad"), "warning": ("attention", "attention")}.get(line.level, ("info", "muted"))
