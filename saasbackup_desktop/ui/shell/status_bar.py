"""The strip at the foot: what runs, and how the vault is."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from saasbackup_desktop.app.tasks.views import Ahead
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import Job, State
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import row
from saasbackup_desktop.ui.kit.text import brief, counted, number, utc
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tiles import Progress
from saasbackup_desktop.ui.kit.tokens import SPACE


class StatusBar(QFrame):
    """Running jobs on the left, the vault on the right."""

    jobs_wanted = Signal()
    vault_wanted = Signal()
    tasks_wanted = Signal()
    leave_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusBar")
        self._jobs = Button(self.tr("Nothing is running"), "status", "check", self.jobs_wanted.emit)
        self._progress = Progress(self.tr("Progress of running jobs"))
        self._progress.setFixedWidth(scaled(120))
        self._progress.hide()
        self.next = Button("", "status", "calendar", self.tasks_wanted.emit)
        self.next.hide()
        self._vault = Button("", "status", "unlock", self.vault_wanted.emit)
        self._damage = Button(self.tr("Vault damaged"), "status", "bad", self.vault_wanted.emit)
        self._damage.hide()
        self._leave = Button(self.tr("Leave the demonstration"), "link", pressed=self.leave_wanted.emit)
        self._leave.hide()
        inside = row(self._jobs, self._progress, self.next, None, self._leave, self._damage, self._vault)
        inside.setContentsMargins(SPACE.small, SPACE.hair, SPACE.small, SPACE.hair)
        self.setLayout(inside)

    def show_jobs(self, jobs: Mapping[JobId, Job], unseen: int = 0) -> None:
        """Say what runs; ``unseen``: how many more wait."""
        active = [job for job in jobs.values() if not job.state.is_over and job.state is not State.PAUSED]
        paused = sum(job.state is State.PAUSED for job in jobs.values())
        running = [job for job in active if job.state not in (State.QUEUED, State.WAITING)]
        self._progress.setVisible(bool(running))
        if not active and not unseen:
            idle = self.tr("Nothing is running")
            waiting = counted(paused, self.tr("job is paused"), self.tr("jobs are paused"))
            self._jobs.setText(waiting if paused else idle)
            self._jobs.show_picture("pause" if paused else "check")
            return
        done = sum(job.tally.items_done for job in running)
        total = sum(job.tally.items_total for job in running)
        whole = all(job.tally.items_total for job in running)
        self._progress.show_share(done, total if whole else 0)
        words = counted(len(running), self.tr("job is running"), self.tr("jobs are running"))
        queued = len(active) - len(running) + unseen
        if queued and running:
            words += self.tr(", %1 waiting").replace("%1", number(queued))
        elif queued:
            words = counted(queued, self.tr("job waits"), self.tr("jobs wait"))
        self._jobs.setText(words)
        self._jobs.show_picture("busy")

    def show_ahead(self, ahead: Ahead) -> None:
        """Say what is overdue, or what runs next and when."""
        self.next.setVisible(bool(ahead.overdue) or ahead.at is not None)
        if ahead.overdue:
            words = counted(ahead.overdue, self.tr("task is overdue"), self.tr("tasks are overdue"))
            self.next.setText(words)
            self.next.show_picture("attention")
        else:
            self.next.setText(self.tr("Next backup %1").replace("%1", brief(ahead.at)))
            self.next.show_picture("calendar")
        self.next.setToolTip(f"{ahead.name}: {utc(ahead.at)}" if ahead.at is not None else "")

    def show_demonstration(self, on: bool) -> None:
        """Offer the way back; where its vault lies is of no interest."""
        self._leave.setVisible(on)
        if on:
            self._vault.setText(self.tr("Demonstration vault open"))

    def show_damage(self, damaged: bool) -> None:
        """Say that the vault is damaged, in words and picture."""
        self._damage.setVisible(damaged)

    def show_vault(self, location: str) -> None:
        """Say which vault is open."""
        short = location if len(location) <= 48 else "…" + location[-47:]
        self._vault.setText(self.tr("Vault open: %1").replace("%1", short))
        self._vault.setToolTip(location)
