"""One account on Home: how it is, how much there is, and what can be done."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from saasbackup_desktop.app.tasks.views import TaskView
from saasbackup_desktop.app.views import Health, StreamCard
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.app.words.items import NOUNS
from saasbackup_desktop.app.words.states import card_status, doing
from saasbackup_desktop.app.words.tenants import SHORT_SERVICES
from saasbackup_desktop.core.jobs import Job
from saasbackup_desktop.core.model import Provider
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button, IconButton, action, menu
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.status import Picture, StatusMark
from saasbackup_desktop.ui.kit.tasks import Tasks
from saasbackup_desktop.ui.kit.text import ElidedText, Text
from saasbackup_desktop.ui.kit.tiles import Progress, Stat
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.tree import SERVICE_ICONS
from saasbackup_desktop.ui.places import AccountPlace, DownloadsPlace, JobsPlace, RecoveryPlace
from saasbackup_desktop.ui.rooms.connection_sheets import change_password, remove_connection, test_connection
from saasbackup_desktop.ui.rooms.drills.badge import badge_words
from saasbackup_desktop.ui.rooms.exports.download import download
from saasbackup_desktop.ui.rooms.restore.migrate import migrate
from saasbackup_desktop.ui.rooms.tasks.lines import TaskLines


class AccountCard(QFrame):
    """A card; ``changed`` fires when something was done that the page must see."""

    wants = Signal(object)
    changed = Signal()

    def __init__(self, bridge: Bridge, card: StreamCard) -> None:
        super().__init__()
        self.setObjectName("card")
        self.bridge, self.card = bridge, card
        self.tasks = Tasks(self)
        self._name = ElidedText("", "heading")
        self._address = ElidedText("", "muted")
        self._status = StatusMark()
        is_imported = card.account.provider is Provider.FILE
        many = text.say(NOUNS[card.service][1])
        self._items = Stat(many[:1].upper() + many[1:])
        self._size = Stat(self.tr("Size"))
        self._points = Stat(self.tr("Points in time"))
        self._last = Stat(self.tr("Imported") if is_imported else self.tr("Last backup"))
        self._note = Text("", "muted", wrap=True)
        self._progress = Progress(
            self.tr("Progress of the import") if is_imported else self.tr("Progress of the backup")
        )
        self._doing = Text("", "caption")
        self._back_up = Button(self.tr("Back up now"), "primary", "backup", self._backup)
        self._recovery = Button(
            self.tr("Recovery"), picture="recovery", pressed=lambda: self.wants.emit(RecoveryPlace(self.card.stream))
        )
        self._more = IconButton("more", self.tr("More"), self._menu)
        picture = Picture(SERVICE_ICONS[card.service], "accent", 28)
        head = row(picture, column(self._name, self._address, spacing=0), spacing=SPACE.medium)
        head.setStretch(1, 1)
        head.addWidget(self._status)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE.large, SPACE.large, SPACE.large, SPACE.medium)
        outer.setSpacing(SPACE.medium)
        outer.addLayout(head)
        outer.addLayout(row(self._items, self._size, self._points, self._last, spacing=SPACE.large))
        outer.addLayout(column(self._progress, self._doing, spacing=SPACE.hair))
        outer.addWidget(self._note)
        self.lines = TaskLines(bridge)
        self.lines.changed.connect(self.changed)
        outer.addWidget(self.lines)
        outer.addStretch(1)
        outer.addLayout(row(self._back_up, self._recovery, None, self._more))
        action(self, self.tr("Remove connection…"), lambda: self.tasks.start(self._remove()), "trash", "Delete")
        self.show_card(card)

    def show_card(self, card: StreamCard) -> None:
        """Show how it is now."""
        self.card = card
        name = card.account.name or card.account.address
        self._name.say(name)
        below = card.account.address if card.account.name else ""
        if card.account.provider is Provider.FILE:  # may have several services, each with a card
            below = text.say(SHORT_SERVICES[card.service])
            name = f"{name}, {below}"
        self._address.say(below)
        status = card_status(card)
        self._status.become(text.say(status.label), status.tone)
        self._status.setToolTip(badge_words(card)[0] if card.last is not None else "")
        last = card.last
        self._items.say(text.number(last.items) if last else "–")
        self._size.say(text.size(last.size) if last else "–")
        self._points.say(text.number(card.snapshots))
        looked = card.looked if card.looked is not None or last is None else last.finished
        self._last.say(
            text.ago(looked) if looked is not None else self.tr("never"), text.utc(looked) if looked is not None else ""
        )
        problem = words_for(card.problem, card.facts) if card.problem and card.health is Health.FAILED else None
        self._note.setText(f"{problem.what} {problem.remedy}" if problem else text.say(status.remedy))
        if card.due is not None:
            self._note.setText(f"{self._note.text()} {self.tr('Next attempt')}: {text.brief(card.due)}.")
        elif card.cancelled is not None and card.health in (Health.OK, Health.PARTIAL):
            self._note.setText(f"{self.tr('Last run cancelled')}: {text.ago(card.cancelled)}.")
        running = card.running is not None
        self._note.setVisible(bool(self._note.text()) and not running)
        self._progress.setVisible(running)
        self._doing.setVisible(running)
        if running:
            self._progress.show_share(0, 0)
        self._back_up.setVisible(card.connection is not None)
        self._back_up.setEnabled(not running)
        self._recovery.setEnabled(card.last is not None)
        self.setAccessibleName(f"{name}, {status.label}")
        for button in (self._back_up, self._recovery, self._more):
            label = button.text() or self.tr("More")
            button.setAccessibleName(f"{label}, {name}")

    def show_tasks(self, views: Sequence[TaskView]) -> None:
        """Show the tasks that back it up."""
        self.lines.show_views(views, str(self.card.connection or ""))

    def show_job(self, job: Job) -> None:
        """Show how far its running job is."""
        tally = job.tally
        self._progress.show_share(tally.items_done, tally.items_total)
        words = text.say(doing(tally.doing))
        if tally.items_done:
            words += f" · {text.number(tally.items_done)}"
            words += f" / {text.number(tally.items_total)}" if tally.items_total else ""
        self._doing.setText(words)

    def _backup(self) -> None:
        async def work() -> None:
            await self.bridge.call(self.bridge.desk.backup(self.card.stream))
            self.changed.emit()

        self.tasks.start(work(), only="backup")

    def _menu(self) -> None:
        card, connection = self.card, self.card.connection
        entries = [
            action(self, self.tr("Account and history"), lambda: self.wants.emit(AccountPlace(card.stream)), "history"),
        ]
        if card.running is not None:
            entries.append(action(self, self.tr("Show the job"), self._show_running, "jobs"))
        if card.last is not None:
            entries.append(
                action(self, self.tr("Download…"), lambda: self.tasks.start(self._download()), "save"),
            )
            entries.append(
                action(
                    self, self.tr("Migrate to another account…"), lambda: self.tasks.start(self._migrate()), "migrate"
                )
            )
        tail = []
        if connection is not None:
            tail = [
                action(
                    self,
                    self.tr("Test connection"),
                    lambda: self.tasks.start(test_connection(self.bridge, connection, self)),
                    "plug",
                ),
                action(
                    self,
                    self.tr("Change password…"),
                    lambda: self.tasks.start(change_password(self.bridge, connection, card.account.address, self)),
                    "key",
                ),
                action(self, self.tr("Remove connection…"), lambda: self.tasks.start(self._remove()), "trash"),
            ]
        shown = menu(self, *entries, *([None, *tail] if tail else []))
        for entry in (*entries, *tail):
            self.removeAction(entry)
        shown.aboutToHide.connect(shown.deleteLater)
        shown.popup(self._more.mapToGlobal(QPoint(0, self._more.height())))

    def _show_running(self) -> None:
        self.wants.emit(JobsPlace(self.card.running))

    async def _download(self) -> None:
        job = await download(self.bridge, [self.card], self)
        if job is not None:
            self.wants.emit(DownloadsPlace(job))

    async def _migrate(self) -> None:
        job = await migrate(self.bridge, self.card, self)
        if job is not None:
            self.wants.emit(JobsPlace(job))

    async def _remove(self) -> None:
        if self.card.connection and await remove_connection(
            self.bridge, self.card.connection, self.card.account.address, self
        ):
            self.changed.emit()
