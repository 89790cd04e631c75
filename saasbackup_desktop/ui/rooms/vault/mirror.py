"""The vault's copies at other places."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.copies import Copy, copies
from saasbackup_desktop.app.words.states import job_status
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import Event, Job, JobChanged, JobQuery, Mirror
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.notices import EmptyState
from saasbackup_desktop.ui.kit.status import TONE_ICONS, TONE_ROLES
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.text import ElidedText, Text, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tiles import Progress
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.sheet import Field, RowSheet
from saasbackup_desktop.ui.places import JobsPlace
from saasbackup_desktop.ui.rooms import job_words
from saasbackup_desktop.ui.rooms.vault.leaf import Leaf
from saasbackup_desktop.ui.rooms.vault.mirror_sheet import MirrorSheet


class MirrorLeaf(Leaf):
    """Every copy in a line, and the progress of the one that is being brought up to date."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._jobs: dict[JobId, Job] = {}
        self.copies: RowSheet[Copy] = RowSheet(_fields(), self)
        self.table = Table(self.tr("Copies of the vault"))
        self.table.setModel(self.copies)
        self.table.setSelectionMode(Table.SelectionMode.SingleSelection)
        self.table.widths((300, 210, 170, 170), 0)
        self.table.setMinimumHeight(scaled(200))
        self.table.opened.connect(lambda _: self._open_job())
        self.new = Button(self.tr("&Mirror to another place…"), "primary", "mirror", lambda: self.run(self._new()))
        self.again = Button(
            self.tr("&Bring up to date"), picture="retry", pressed=lambda: self.run(self._again(), only="again")
        )
        self._job = Button(self.tr("Show the &job"), "quiet", "jobs", self._open_job)
        self._lead = Text(
            self.tr("A copy opens like the vault itself, with the same keys: another disk, another building."),
            "muted",
            wrap=True,
        )
        self._doing = ElidedText("", "strong")
        self._amount = Text("", "muted")
        self._progress = Progress(self.tr("Progress of the mirror"))
        self._running = QWidget()
        words = row(self._doing, self._amount)
        words.setStretch(0, 1)
        self._running.setLayout(column(words, self._progress, spacing=SPACE.small))
        self._running.hide()
        self._empty = EmptyState(
            "mirror",
            self.tr("There is no copy yet"),
            self.tr(
                "A mirror copies the vault to another folder or bucket and proves every file on its way. If this place "
                "burns, floods or is encrypted by malware, the copy opens like the vault itself."
            ),
            self.tr("Mirror to another place"),
            lambda: self.run(self._new()),
        )
        line = row(self._lead, self.again, self._job, self.new)
        line.setStretch(0, 1)
        self.body.addLayout(line)
        self.body.addWidget(self._running)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self._empty, 1)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._picked())
        self._show()

    def refresh(self) -> None:
        """Ask for the jobs again: they tell of the copies."""
        self.run(self._look(), only="look")

    def happened(self, event: Event) -> None:
        """Move on with a mirror."""
        if isinstance(event, JobChanged) and isinstance(event.job.spec, Mirror):
            before = self._jobs.get(event.job.id)
            self._jobs[event.job.id] = event.job
            if before is None or before.state is not event.job.state:
                self._show()
            self._show_running()

    def first_focus(self) -> QWidget | None:
        """Start in the list."""
        return self.table

    async def _look(self) -> None:
        page = await self.bridge.call(self.desk.job_page(JobQuery(kinds=frozenset({"mirror"}))))
        self._jobs = {job.id: job for job in page.jobs}
        self._show()

    def _show(self) -> None:
        found: Sequence[Copy] = copies(self._jobs.values())
        before = self._copy()
        self.copies.show(found)
        for widget in (self._lead, self.new, self.again, self._job, self.table):
            widget.setVisible(bool(found))
        self._empty.setVisible(not found)
        if found:
            place = next((n for n, one in enumerate(found) if before and one.to == before.to), 0)
            self.table.go_to(place)
        self._show_running()
        self._picked()

    def _show_running(self) -> None:
        running = next(
            (job for job in self._jobs.values() if isinstance(job.spec, Mirror) and not job.state.is_over), None
        )
        self._running.setVisible(running is not None)
        if running is not None:
            tally = running.tally
            self._doing.say(f"{say(job_status(running).label)}: {job_words.destination(running)}")
            self._amount.setText(job_words.amount(running))
            self._progress.show_share(tally.items_done, tally.items_total)

    def _copy(self) -> Copy | None:
        index = self.table.currentIndex()
        return self.copies.row_at(index.row()) if index.isValid() and self.copies.rowCount() else None

    def _picked(self) -> None:
        copy = self._copy()
        self.again.setEnabled(copy is not None and copy.last.state.is_over)
        self._job.setEnabled(copy is not None)

    def _open_job(self) -> None:
        if (copy := self._copy()) is not None:
            self.wants.emit(JobsPlace(copy.last.id))

    async def _new(self) -> None:
        await MirrorSheet(self.bridge, self).answer()
        self.refresh()

    async def _again(self) -> None:
        copy = self._copy()
        if copy is not None:
            await self.bridge.call(self.desk.mirror(copy.to, settings=copy.settings, delete=copy.delete))
            self.refresh()


def _status_picture(copy: Copy) -> tuple[str, str]:
    tone = job_status(copy.last).tone
    return TONE_ICONS[tone], TONE_ROLES[tone]


def _fields() -> tuple[Field[Copy], ...]:
    return (
        Field(say("Place"), lambda c: c.to, picture=lambda c: ("cloud" if c.settings else "folder", "muted")),
        Field(
            say("Last result"),
            lambda c: say(job_status(c.last).label),
            picture=_status_picture,
            hint=lambda c: say(job_status(c.last).remedy),
        ),
        Field(
            say("Last mirrored"),
            lambda c: text.moment(c.last.finished or c.last.created),
            lambda c: c.last.finished or c.last.created,
            hint=lambda c: text.utc(c.last.finished or c.last.created),
        ),
        Field(
            say("Complete as of"),
            lambda c: text.moment(c.whole) if c.whole else say("never"),
            lambda c: c.whole or 0,
            hint=lambda c: text.utc(c.whole),
        ),
    )
