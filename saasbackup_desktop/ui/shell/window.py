"""The window: navigation, the open page, the status bar; it leads from place to place."""

import asyncio
import logging
from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QDialog, QFrame, QMainWindow, QStackedWidget, QTableView, QTreeView, QWidget

from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.core.errors import AgentMissing, Fault
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import Event, Job, JobChanged, JobQuery, State
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.buttons import action
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.notices import Banner
from saasbackup_desktop.ui.kit.pages import Page
from saasbackup_desktop.ui.kit.sheets import Sheet, choose, confirm, tell
from saasbackup_desktop.ui.kit.tasks import Tasks, mishaps
from saasbackup_desktop.ui.kit.theme import Theme, scaled
from saasbackup_desktop.ui.places import HomePlace, JobsPlace, Locked, Opened, Place, VaultPlace
from saasbackup_desktop.ui.preferences import Preferences
from saasbackup_desktop.ui.rooms.demonstration import DemonstrationPage
from saasbackup_desktop.ui.rooms.home import HomePage
from saasbackup_desktop.ui.rooms.vault.glance import damage, vault_jobs
from saasbackup_desktop.ui.shell.ahead import AheadWatch
from saasbackup_desktop.ui.shell.floor_plan import Rooms, entrance
from saasbackup_desktop.ui.shell.homes import Exploration, Homes, Make
from saasbackup_desktop.ui.shell.idle import Idle
from saasbackup_desktop.ui.shell.navigation import Navigation
from saasbackup_desktop.ui.shell.pops import Pops
from saasbackup_desktop.ui.shell.status_bar import StatusBar

log = logging.getLogger(__name__)

_HOUR: Final = 3_600_000
"""Milliseconds after which it is seen again whether something of the day is due."""
_SHORTLY: Final = 100
"""Milliseconds between a job that moved and the status bar that says so, once for many."""
_KNOWN: Final = 2_000
"""When so many jobs are known, those that are over are forgotten here."""
_RESTS: Final = frozenset({State.PAUSED, State.WAITING})
_RUNNING: Final = frozenset({State.RUNNING, State.PAUSING, State.STOPPING, State.PAUSED})
_RESTING: Final = frozenset({State.QUEUED, State.WAITING})


class Window(QMainWindow):
    """``ended`` fires when it is closed for good."""

    ended = Signal()

    def __init__(self, bridge: Bridge, theme: Theme, preferences: Preferences, homes: Homes) -> None:
        super().__init__()
        self.bridge, self.theme, self.preferences, self.homes = bridge, theme, preferences, homes
        self.setWindowTitle(self.tr("SaaS Backup Desktop"))
        room = self.screen().availableSize()
        self.resize(QSize(scaled(1240), scaled(800)).boundedTo(room))
        self.setMinimumSize(QSize(scaled(1080), scaled(640)).boundedTo(room))
        if (kept := preferences.geometry) is not None:
            self.restoreGeometry(kept)
        self.navigation = Navigation()
        self.stack = QStackedWidget()
        self.stack.setObjectName("shell")
        self.status = StatusBar()
        middle = QWidget()
        self.banner = Banner()
        """What is true whatever page is open: how it is with the agent."""
        middle.setLayout(column(self.banner, row(self.navigation, self.stack, spacing=0), self.status, spacing=0))
        self.setCentralWidget(middle)
        self.tasks = Tasks(self)
        self._rooms: Rooms | None = None
        self._jobs: dict[JobId, Job] = {}
        """What runs and what is next, what has ended since, and what tells how the vault is; not the whole history."""
        self._unseen = 0
        """Jobs that wait and are not among those."""
        self._shortly = QTimer(self)
        self._shortly.setSingleShot(True)
        self._shortly.setInterval(_SHORTLY)
        self._shortly.timeout.connect(self._show_jobs)
        self._exploration: Exploration | None = None
        self._leaving = False
        """Past the question whether to go; what shows trouble has no window to stand on any more."""
        self._closing = False
        self.idle = Idle(theme.application, lambda: preferences.lock_after, self)
        self.idle.passed.connect(self._rest)
        self.pops = Pops(self, bridge, lambda: self._rooms is not None and not self._leaving, self.go)
        self.ahead = AheadWatch(self, bridge, self.status, lambda: self._rooms is not None and not self._leaving)
        self._hourly = QTimer(self)
        self._hourly.setInterval(_HOUR)
        self._hourly.timeout.connect(self._look_round)
        self._hourly.start()
        self.navigation.chosen.connect(self.go)
        self.status.jobs_wanted.connect(lambda: self.go(JobsPlace()))
        self.status.tasks_wanted.connect(lambda: self.go(HomePlace()))
        self.status.leave_wanted.connect(lambda: self.tasks.start(self._open_home(self.homes.own), only="home"))
        self.status.vault_wanted.connect(lambda: self.go(VaultPlace("overview")))
        bridge.happened.connect(self._happened)
        bridge.lost.connect(self._lost)
        mishaps().fault.connect(self._show_fault)
        mishaps().bug.connect(self._show_bug)
        self._give_commands()
        self._bare(True)

    @property
    def page(self) -> Page | None:
        """The open page."""
        shown = self.stack.currentWidget()
        return shown if isinstance(shown, Page) else None

    async def begin(self) -> None:
        """Show the first page: first run, unlock or home."""
        await self._open_home(self.homes.own)

    async def demonstrate(self) -> None:
        """Leave one's own home for the demonstration."""
        page = DemonstrationPage()
        page.left.connect(lambda: self.tasks.start(self._open_home(self.homes.own), only="home"))
        self._empty()
        self.stack.addWidget(page)
        self.stack.setCurrentWidget(page)
        self._exploration = self.homes.demonstration()
        try:
            await self.bridge.call(self._exploration.prepare(page.step.emit))
        except Fault as fault:
            page.banner.fault(fault)
            return
        await self.bridge.leave()
        desk = await self.bridge.build(self._exploration.desk)
        await self.bridge.call(desk.unlock(self._exploration.passphrase))
        self._jobs.clear()
        self.go(Opened())

    def go(self, place: Place) -> None:
        """Open the page for a place."""
        if isinstance(place, Locked):
            self._enter()
            return
        if isinstance(place, Opened):
            self.tasks.start(self._settle(), only="settle")
            return
        if self._rooms is None:
            return
        page = self._rooms.at(place)
        if self.stack.indexOf(page) < 0:
            self.stack.addWidget(page)
            page.wants.connect(self.go)
        self.stack.setCurrentWidget(page)
        self.navigation.mark(self._rooms.belongs_to(place))
        page.refresh()
        if (focus := page.first_focus()) is not None:
            focus.setFocus(Qt.FocusReason.OtherFocusReason)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask if jobs run; otherwise go."""
        if self._closing:
            event.accept()
            return
        event.ignore()
        if self._leaving:
            return
        self.tasks.start(self._leave(), only="leave")

    def end(self) -> None:
        """Close without asking: jobs stop at a safe point."""
        if self._leaving:
            return
        self.tasks.start(self._leave(ask=False), only="leave")

    async def _leave(self, *, ask: bool = True) -> None:
        if ask and _working(self._jobs.values()) and not await self._may_leave_jobs():
            return
        self._leaving = True
        self.preferences.geometry = self.saveGeometry()
        for at_work in ("home", "settle", "lock-up"):
            self.tasks.drop(at_work)
        self.setEnabled(False)
        for sheet in self.findChildren(Sheet):
            if sheet.isVisible():
                sheet.done(QDialog.DialogCode.Rejected)  # no more questions
        self._empty()
        await self.bridge.leave()
        await self._end_exploration()
        self._closing = True
        self.close()
        self.ended.emit()

    async def _may_leave_jobs(self) -> bool:
        """Ask what is to become of the jobs; False: the window stays."""
        if not self.bridge.is_hosted:
            return await confirm(
                self,
                self.tr("Jobs are running"),
                self.tr("They stop at a safe point. What is saved stays saved; the next run goes on from there."),
                self.tr("Stop the jobs and quit"),
                danger=True,
                cancel=self.tr("Keep running"),
            )
        answer = await choose(
            self,
            self.tr("Jobs are running"),
            self.tr(
                "They can go on in the background without the window. If they are stopped, they stop at a safe point: "
                "what is saved stays saved, and the next run goes on from there."
            ),
            self.tr("Keep running in the background"),
            self.tr("Stop the jobs and quit"),
        )
        if answer == 2:
            desk = self.bridge.desk
            for job in [job for job in self._jobs.values() if _working([job])]:
                await self.bridge.call(desk.stop(job.id))
        return answer != 0

    def _lost(self) -> None:
        """The agent has ended under us: go on with another one."""
        if self._leaving or self._exploration is not None or self.homes.hosting is None:
            return
        self.homes.hosting.lost()
        for sheet in self.findChildren(Sheet):
            if sheet.isVisible():
                sheet.done(QDialog.DialogCode.Rejected)
        self.banner.say(
            Tone.ATTENTION,
            self.tr("The background agent has ended"),
            self.tr("It is started again. What is saved stays saved."),
            closable=False,
        )
        self.tasks.start(self._go_on(), only="home")

    async def _go_on(self) -> None:
        await self._open_home(self.homes.own)
        if self.homes.hosting is None or self.homes.hosting.fault is not None:
            return
        self._told_of_agent = not self.bridge.desk.is_open
        further = (
            self.tr("Jobs that were under way go on from what is saved.")
            if self.bridge.desk.is_open
            else self.tr("Unlock the vault: jobs that were under way then go on from what is saved.")
        )
        self.banner.say(Tone.QUIET, self.tr("The background agent had ended and was started again"), further)

    def _show_hosting(self) -> None:
        """Say so if there is no agent."""
        fault = self.homes.hosting.fault if self.homes.hosting is not None and self._exploration is None else None
        if fault is None:
            self.banner.hide()
            return
        words = words_for(fault.code, fault.facts)
        why = f"{words.what} {words.remedy}"
        if isinstance(fault, AgentMissing):
            why = self.tr("It could not be started. The home's folder “logs” may say more.")
        self.banner.say(
            Tone.ATTENTION,
            self.tr("Backups run only while this window is open"),
            self.tr("Nothing begins by its schedule, because there is no background agent. %1").replace("%1", why),
            self.tr("Try again"),
            lambda: self.tasks.start(self._open_home(self.homes.own), only="home"),
        )

    def _rest(self) -> None:
        """Nobody is here: lock, unless something is at work; the next look comes soon."""
        if self.tasks.is_running("lock-up"):
            return  # begun anew it would find the vault locked, and leave the page as it is
        if self._rooms is not None and self._exploration is None and not self._is_at_work(self._jobs.values()):
            self.tasks.start(self._lock_up(), only="lock-up")

    def _is_at_work(self, jobs: Iterable[Job]) -> bool:
        """Locking would end a job: an agent's go on."""
        return not self.bridge.is_hosted and _working(jobs)

    async def _is_anything_at_work(self) -> bool:
        """The same, asked of the engine itself."""
        if self.bridge.is_hosted:
            return False
        page = await self.bridge.call(self.bridge.desk.job_page(JobQuery(limit=0)))
        return any(number for state, number in page.counts.items() if not state.is_over and state not in _RESTS)

    async def _lock_up(self) -> None:
        desk = self.bridge.desk
        if not desk.is_open or await self._is_anything_at_work():
            return
        sheets = [sheet for sheet in self.findChildren(Sheet) if sheet.isVisible()]
        if any(sheet.must_stay for sheet in sheets):
            return
        for sheet in sheets:
            sheet.reject()
        minutes = self.preferences.lock_after
        self.tasks.drop("daily")
        await self.bridge.call(desk.lock())
        self._jobs.clear()
        self.go(Locked())
        if self.page is not None:
            self.page.banner.say(
                Tone.QUIET,
                self.tr("Locked, because nobody used the program for %1 minutes").replace("%1", str(minutes)),
            )

    async def _open_home(self, make: Make) -> None:
        self._empty()
        self._bare(True)
        await self.bridge.leave()
        await self._end_exploration()
        await self.bridge.build(make)
        self._told_of_agent = False
        self._show_hosting()
        self._jobs.clear()
        if self.bridge.desk.vault_location is not None and not self.bridge.desk.is_open:
            await self._try_remembered()
        self._enter()

    async def _try_remembered(self) -> None:
        try:
            await self.bridge.call(self.bridge.desk.unlock_remembered())
        except Fault as fault:
            # The unlock page says it better than a dialog on an empty window would.
            self._entrance_fault = fault

    _entrance_fault: Fault | None = None
    _told_of_agent = False
    """The banner asks to unlock the vault: it ends when that is done."""

    def _enter(self) -> None:
        if self.bridge.desk.is_open:
            self.go(Opened())
            return
        self._empty()
        self._bare(True)
        page = entrance(self.bridge)
        page.wants.connect(self.go)
        page.demonstration_wanted.connect(lambda: self.tasks.start(self.demonstrate(), only="home"))
        self.stack.addWidget(page)
        self.stack.setCurrentWidget(page)
        if self._entrance_fault is not None:
            page.banner.fault(self._entrance_fault)
            self._entrance_fault = None
        if (focus := page.first_focus()) is not None:
            focus.setFocus(Qt.FocusReason.OtherFocusReason)

    async def _settle(self) -> None:
        if self._told_of_agent:
            self._told_of_agent = False
            self.banner.hide()
        self._empty()
        desk = self.bridge.desk
        self._rooms = Rooms(self.bridge, self.theme, self.preferences, is_own=self._exploration is None)
        await self._meet_jobs()
        self.status.show_vault(desk.vault_location or "")
        self.status.show_demonstration(self._exploration is not None)
        self._bare(False)
        self.go(HomePlace())
        self.ahead.look()
        self._look_round()

    async def _meet_jobs(self) -> None:
        """Ask for the jobs that matter now, however many there are."""
        desk, call = self.bridge.desk, self.bridge.call
        running = await call(desk.job_page(JobQuery(states=_RUNNING, limit=_KNOWN)))
        resting = await call(desk.job_page(JobQuery(states=_RESTING, limit=200, oldest_first=True)))
        told = [*await vault_jobs(self.bridge), *resting.jobs, *running.jobs]
        self._jobs = {job.id: job for job in told}
        self._unseen = sum(resting.counts.get(state, 0) for state in _RESTING) - len(resting.jobs)
        self._show_jobs()

    def _look_round(self) -> None:
        if self._rooms is not None and not self.bridge.is_hosted and not self.tasks.is_running("daily"):
            self.tasks.start(self._daily(), only="daily")

    async def _daily(self) -> None:
        """What is due once a day; what goes wrong is kept with its tenant, and shown there."""
        desk = self.bridge.desk
        try:
            await self.bridge.call(desk.tenants.daily())
        except Fault as fault:
            log.info("what is due once a day broke off: %s", fault.code)
        except Exception:
            if desk.is_open:
                raise
            log.info("locked while something of the day was under way")
        if isinstance(self.page, HomePage):
            self.page.refresh_soon()

    async def _end_exploration(self) -> None:
        if self._exploration is not None:
            exploration, self._exploration = self._exploration, None
            await self.bridge.call(exploration.end())

    def _give_commands(self) -> None:
        action(self, self.tr("Look again"), self._refresh, "retry", "F5", anywhere=True)
        action(self, self.tr("Next part"), self._next_part, "", "F6", anywhere=True)
        action(self, self.tr("Quit"), self.close, "", "Ctrl+Q", anywhere=True)

    def _bare(self, bare: bool) -> None:
        self.navigation.setVisible(not bare)
        self.status.setVisible(not bare)

    def _empty(self) -> None:
        self._rooms = None
        self.ahead.drop()
        self.tasks.drop("daily")
        while (page := self.stack.widget(0)) is not None:
            if isinstance(page, Page):
                page.tasks.cancel()
            self.stack.removeWidget(page)
            page.deleteLater()

    def _happened(self, event: Event) -> None:
        if isinstance(event, JobChanged):
            job = event.job
            if self._unseen and job.id not in self._jobs and job.state not in _RESTING:
                self._unseen -= 1
            if len(self._jobs) > _KNOWN and job.id not in self._jobs:
                self._jobs = {one.id: one for one in self._jobs.values() if not one.state.is_over}
            self._jobs[job.id] = job
            if not self._shortly.isActive():
                self._shortly.start()
            if event.job.state.is_over:
                self.idle.look()
        self.ahead.happened(event)
        if self.page is not None and self._rooms is not None:
            self.page.happened(event)

    def _show_jobs(self) -> None:
        self.status.show_jobs(self._jobs, self._unseen)
        self.status.show_damage(damage(tuple(self._jobs.values())) is not None)

    def _refresh(self) -> None:
        if self.page is not None:
            self.page.refresh()

    def _next_part(self) -> None:
        parts = [w for w in self._parts() if w.isVisible() and w.isEnabled()]
        if not parts:
            return
        focus = self.focusWidget()
        held = [n for n, part in enumerate(parts) if focus is not None and (part is focus or part.isAncestorOf(focus))]
        following = parts[(held[-1] + 1) % len(parts)] if held else parts[0]
        first = following if following.focusPolicy() != Qt.FocusPolicy.NoFocus else following.nextInFocusChain()
        if first is not None:
            first.setFocus(Qt.FocusReason.TabFocusReason)

    def _parts(self) -> list[QWidget]:
        inside = self.stack.currentWidget()
        lists: list[QWidget] = []
        if inside is not None:
            lists = [w for w in inside.findChildren(QWidget) if isinstance(w, QTreeView | QTableView)]
            lists += inside.findChildren(QFrame, "reading")
        return [self.navigation, *(lists or ([inside] if inside else [])), self.status]

    def _show_fault(self, fault: Fault) -> None:
        words = words_for(fault.code, fault.facts)
        self._tell(words.title, f"{words.what} {words.remedy}".strip())

    def _show_bug(self, bug: BaseException) -> None:
        words = words_for("bug")
        self._tell(words.title, f"{words.what} {words.remedy}\n\n{type(bug).__name__}: {bug}")

    def _tell(self, title: str, text: str) -> None:
        if not self._leaving:
            self.tasks.start(tell(self, title, text))


def _working(jobs: Iterable[Job]) -> bool:
    """Something is under way or on queue; what waits for its next attempt is not."""
    return any(not job.state.is_over and job.state not in _RESTS for job in jobs)


async def until_ended(window: Window, application: QApplication) -> None:
    """Wait until the window is closed for good."""
    waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def ended() -> None:
        if not waiting.done():
            waiting.set_result(None)

    window.ended.connect(ended)
    application.aboutToQuit.connect(ended)
    await waiting
