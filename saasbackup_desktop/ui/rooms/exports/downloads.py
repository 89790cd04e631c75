"""Downloads: every export, how it stands, and its files."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from saasbackup_desktop.app.exports.forgetting import may_forget
from saasbackup_desktop.app.exports.views import ExportResult, ExportStatus
from saasbackup_desktop.app.words.exports import export_status
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import CatalogChanged, Event, Export, JobChanged, State
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button, action
from saasbackup_desktop.ui.kit.forms import Choice, SearchField
from saasbackup_desktop.ui.kit.layout import row
from saasbackup_desktop.ui.kit.notices import EmptyState
from saasbackup_desktop.ui.kit.pages import Page
from saasbackup_desktop.ui.kit.sheets import confirm
from saasbackup_desktop.ui.kit.status import TONE_ICONS, TONE_ROLES
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.text import Text, counted, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.sheet import Field, RowSheet
from saasbackup_desktop.ui.places import JobsPlace
from saasbackup_desktop.ui.rooms.exports.accounts_sheet import download_accounts, saved_of
from saasbackup_desktop.ui.rooms.exports.door import exports
from saasbackup_desktop.ui.rooms.exports.download import download_several
from saasbackup_desktop.ui.rooms.exports.forgetting import ask_forget, what_stays
from saasbackup_desktop.ui.rooms.exports.keep_sheet import ask_keep
from saasbackup_desktop.ui.rooms.exports.result_card import ACTIVE, READY, ResultCard
from saasbackup_desktop.ui.rooms.job_tabs import JobTabs

_STATES: Final = {
    "active": ACTIVE,
    "ready": READY,
    "failed": frozenset({ExportStatus.FAILED, ExportStatus.CANCELLED}),
    "expired": frozenset({ExportStatus.EXPIRED}),
}
_PARTS: Final = 2_000
"""Milliseconds between two looks for parts that a running download has finished."""
_A_MOMENT: Final = 0.001
"""Seconds in which a window can be drawn."""
_NAMED: Final = 3
"""So many files are named in a sentence."""


class DownloadsPage(Page):
    """The list, and the download that is open."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._wanted: JobId | None = None
        self._all: list[ExportResult] = []
        self._shares_of: tuple[JobId, ExportStatus, int] | None = None
        """What was shown of several accounts: it is asked for again when that has changed."""
        self._states_seen: dict[JobId, State] = {}
        self._slowly = QTimer(self)
        self._slowly.setSingleShot(True)
        self._slowly.timeout.connect(self.refresh_soon)
        self.tabs = JobTabs(1, self.wants.emit)
        self.search = SearchField(self.tr("Search downloads"))
        self.search.setFixedWidth(scaled(170))
        self.search.textChanged.connect(lambda _: self._show())
        self.states = Choice(
            (
                (self.tr("All downloads"), ""),
                (self.tr("Under way"), "active"),
                (self.tr("Ready"), "ready"),
                (self.tr("Failed or cancelled"), "failed"),
                (self.tr("Expired"), "expired"),
            )
        )
        self.states.setAccessibleName(self.tr("Which downloads"))
        self.states.picked.connect(lambda _: self._show())
        self.more = Button(self.tr("&Download…"), picture="save", pressed=self._begin_soon)
        self.more.setToolTip(self.tr("Download accounts…"))
        self.more.setAccessibleName(self.tr("Download accounts…"))
        self._model: RowSheet[ExportResult] = RowSheet(_fields(), self)
        self.table = Table(self.tr("Downloads"))
        self.table.setModel(self._model)
        self.table.setSortingEnabled(True)
        self.table.horizontalHeader().setSortIndicator(-1, self.table.horizontalHeader().sortIndicatorOrder())
        self.table.widths((150, 172, 108), 0, least=130)
        self.table.setMinimumWidth(scaled(340))
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # names begin alike
        self.card = self._make_card()
        both = QSplitter()
        both.addWidget(self.table)
        both.addWidget(self.card)
        both.setSizes([560, 430])
        both.setProperty("plain", True)
        both.setHandleWidth(SPACE.large)
        both.setChildrenCollapsible(False)
        self._empty = EmptyState(
            "save",
            self.tr("No downloads yet"),
            self.tr(
                "Take mail, calendars and contacts out of the vault as files that other programs open: an Outlook data "
                "file, EML, iCalendar, vCard, PDF."
            ),
            self.tr("Download accounts…"),
            self._begin_soon,
        )
        self._unmatched = EmptyState(
            "search",
            self.tr("No download matches"),
            self.tr("There are downloads, but none that fits what is chosen above."),
            self.tr("Clear filters"),
            self._clear,
        )
        self._stack = QStackedWidget()
        for leaf in (both, self._empty, self._unmatched):
            self._stack.addWidget(leaf)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE.page, SPACE.wide, SPACE.page, SPACE.wide)
        outer.setSpacing(SPACE.large)
        outer.addLayout(row(Text(self.tr("Jobs"), "title"), self.tabs, None, self.search, self.states, self.more))
        outer.addWidget(self.banner)
        outer.addWidget(self._stack, 1)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._picked())
        self.table.opened.connect(lambda _: self._open())
        action(self.table, self.tr("Remove…"), self._remove_current, "trash", QKeySequence.StandardKey.Delete)
        action(self, self.tr("Search downloads"), self.search.setFocus, "", QKeySequence.StandardKey.Find)

    def _make_card(self) -> ResultCard:
        made = ResultCard()
        made.setMinimumWidth(scaled(330))
        made.open_wanted.connect(self._open)
        made.check_wanted.connect(lambda: self.run(self._check(), busy=made.check, only="check"))
        made.keep_wanted.connect(lambda: self.run(self._keep(), only="keep"))
        made.again_wanted.connect(lambda: self.run(self._again(), only="again"))
        made.remove_wanted.connect(lambda: self.run(self._remove(), only="remove"))
        made.job_wanted.connect(self._to_job)
        made.pause_wanted.connect(lambda: self.run(self._tell(self.desk.pause), busy=made.pause, only="tell"))
        made.resume_wanted.connect(lambda: self.run(self._tell(self.desk.resume), busy=made.resume, only="tell"))
        made.stop_wanted.connect(lambda: self.run(self._stop(), only="stop"))
        return made

    def look_at(self, job: JobId | None) -> None:
        """Open the download of a job."""
        self._wanted = job
        if job is not None:
            self._clear()

    def refresh(self) -> None:
        """Ask for the downloads again."""
        self.run(self._look(), only="look")

    def happened(self, event: Event) -> None:
        """Move on with a download; what else that changes is asked for shortly."""
        if isinstance(event, CatalogChanged) and event.stream is None:
            self.refresh_soon()
        if not isinstance(event, JobChanged) or not isinstance(event.job.spec, Export):
            return
        known = next((one for one in self._all if one.job == event.job.id), None)
        if known is None or event.job.state.is_over:
            self.refresh_soon()
            return
        moved = replace(known, tally=event.job.tally)
        self._all = [moved if one is known else one for one in self._all]
        if self.card.result is not None and self.card.result.job == moved.job:
            self._show_card(moved)
        if event.job.state is not self._states_seen.get(event.job.id):
            self._states_seen[event.job.id] = event.job.state
            self.refresh_soon()
        elif not self._slowly.isActive():
            self._slowly.start(_PARTS)

    def first_focus(self) -> QWidget | None:
        """Start in the list."""
        return self.table

    @property
    def shown(self) -> ExportResult | None:
        """The download that is open."""
        return self.card.result if self.card.is_built else None

    async def _look(self) -> None:
        self._all = list(await self.bridge.call(exports(self.bridge).results()))
        self._show()
        if self._wanted is not None and all(one.job != self._wanted for one in self._all):
            words = self.tr("It was taken off the list.")
            self.banner.say(Tone.QUIET, self.tr("This download is not there any more"), words)
        self._wanted = None

    def _show(self) -> None:
        words = self.search.text().strip().casefold()
        states = _STATES.get(str(self.states.value()))
        found = [one for one in self._all if (states is None or one.status in states) and words in _said(one)]
        before = self._wanted or (self.card.result.job if self.card.result is not None else None)
        for part in (self.search, self.states):
            part.setVisible(bool(self._all))
        self._stack.setCurrentIndex(1 if not self._all else 0 if found else 2)
        by_job = {one.job: one for one in found}
        if found and set(by_job) == {one.job for one in self._model.rows}:
            self._model.renew([by_job[one.job] for one in self._model.rows])
        else:
            self._model.show(found)
        place = next((n for n, one in enumerate(self._model.rows) if one.job == before), 0)
        if self.table.currentIndex().row() != place or not self.table.currentIndex().isValid():
            self.table.go_to(place)
        self._picked()

    def _begin_soon(self) -> None:
        self.run(self._begin(), only="begin")

    async def _begin(self) -> None:
        job = await download_accounts(self.bridge, self)
        if job is not None:
            self.look_at(job)
            self.refresh()

    def _clear(self) -> None:
        """Show all of them."""
        self.search.clear()
        self.states.choose("")
        self._show()

    def _picked(self) -> None:
        index = self.table.currentIndex()
        is_there = index.isValid() and index.row() < self._model.rowCount()
        self._show_card(self._model.row_at(index.row()) if is_there else None)

    def _show_card(self, result: ExportResult | None) -> None:
        self.card.show_result(result)
        if result is not None and not self.card.is_built:
            if not self.tasks.is_running("card"):
                self.run(self._build_card(), only="card")
            return
        known = (result.job, result.status, result.tally.accounts_done) if result is not None else None
        if result is not None and result.is_several and known != self._shares_of:
            self._shares_of = known
            self.run(self._look_at_shares(result.job), only="shares")

    async def _build_card(self) -> None:
        """Let the list be seen first: both at once would take too long."""
        await asyncio.sleep(_A_MOMENT)
        result = self.card.result
        self.card.build()
        self._show_card(result)

    async def _look_at_shares(self, job: JobId) -> None:
        shares = await self.bridge.call(exports(self.bridge).shares(job))
        if self.shown is not None and self.shown.job == job:
            self.card.show_shares(shares)

    async def _tell(self, work: Callable[[JobId], Coroutine[Any, Any, object]]) -> None:
        if self.shown is not None:
            await self.bridge.call(work(self.shown.job))
            self.refresh_soon()

    async def _stop(self) -> None:
        if await confirm(
            self,
            self.tr("Cancel this download?"),
            self.tr("It stops at a safe point. Run again, it goes on from what is written."),
            self.tr("Cancel the download"),
            danger=True,
            cancel=self.tr("Keep running"),
        ):
            await self._tell(self.desk.stop)

    def _to_job(self) -> None:
        if self.shown is not None:
            self.wants.emit(JobsPlace(self.shown.job))

    def _open(self) -> None:
        """Show the files in the system's own file manager."""
        result = self.shown
        if result is None or not self.card.open.isVisibleTo(self):
            return
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(result.where)):
            self.banner.say(Tone.ATTENTION, self.tr("The folder could not be opened"), result.where)

    async def _check(self) -> None:
        result = self.shown
        if result is None:
            return
        self.banner.say(Tone.BUSY, self.tr("Reading the files back…"), result.where, closable=False)
        try:
            found = await self.bridge.call(exports(self.bridge).check(result.job))
        except BaseException:
            self.banner.hide()
            raise
        wrong = (*found.missing, *found.altered)
        if not wrong:
            files = counted(found.sound, self.tr("file is"), self.tr("files are"))
            self.banner.say(Tone.GOOD, self.tr("%1 as written").replace("%1", files), result.where)
            return
        parts = [
            f"{head}: {_some(names)}"
            for head, names in ((self.tr("Missing"), found.missing), (self.tr("Altered"), found.altered))
            if names
        ]
        self.banner.say(
            Tone.BAD,
            self.tr("The files are not as they were written"),
            ". ".join(parts) + self.tr(". Make it again."),
        )

    async def _keep(self) -> None:
        result = self.shown
        if result is None:
            return
        chosen = await ask_keep(result, self)
        if chosen is not None:
            await self.bridge.call(exports(self.bridge).keep(result.job, chosen or None))
            self.refresh()

    def _remove_current(self) -> None:
        if self.card.remove.isVisibleTo(self):
            self.run(self._remove(), only="remove")

    async def _remove(self) -> None:
        result = self.shown
        if result is None:
            return
        words = self.tr("Its files are removed from %1, unless somebody changed them. What is in the vault stays.")
        if result.status is ExportStatus.EXPIRED or not result.files:
            words = self.tr("It is taken off this list. What is in the vault stays.")
        title = self.tr("Remove “%1”?").replace("%1", result.name)
        if await confirm(self, title, words.replace("%1", result.where), self.tr("Remove"), danger=True):
            kept: Sequence[str] = ()
            missed: list[int] = []
            self.tasks.drop("check")  # it would find files missing
            self.banner.hide()
            try:
                kept = await self.bridge.call(exports(self.bridge).remove(result.job, missed.append))
            except Fault as fault:
                if not may_forget(fault):
                    raise
                kept = await self._forget(result, fault)
            if kept:
                head = self.tr("Left in %2: %1").replace("%2", result.where)
                files = counted(len(kept), self.tr("changed file"), self.tr("changed files"))
                told = self.tr("Somebody has changed what was written, so it is not removed: %1.")
                self.banner.say(Tone.ATTENTION, head.replace("%1", files), told.replace("%1", _some(tuple(kept))))
            elif missed:
                files = counted(missed[0], self.tr("file was"), self.tr("files were"))
                told = self.tr("What was there was removed; the others were moved or removed before.")
                self.banner.say(Tone.ATTENTION, self.tr("%1 not found").replace("%1", files), told)
            self.refresh()

    async def _forget(self, result: ExportResult, fault: Fault) -> Sequence[str]:
        """Take a download off the list whose files stay, if somebody wants that; what was changed of files that went.

        Raises Fault.
        """
        if not await ask_forget(result, fault, self):
            return ()
        kept = await self.bridge.call(exports(self.bridge).forget(result.job))
        head = self.tr("“%1” was taken off the list").replace("%1", result.name)
        gone = self.tr("Its place was there again: its files were removed.")
        self.banner.say(Tone.QUIET, head, what_stays(result) if kept is None else gone)
        return kept or ()

    async def _again(self) -> None:
        """Ask anew for what a download was made of, as far as it is in the vault."""
        result = self.shown
        if result is None:
            return
        owners = [one.id for one in result.owners]
        if result.is_several:
            owners = [one.account.id for one in await self.bridge.call(exports(self.bridge).shares(result.job))]
        saved = {one.account.id for one in saved_of(await self.bridge.call(self.desk.cards()))}
        there = [one for one in dict.fromkeys(owners) if one in saved]
        if not there:
            self.banner.say(Tone.ATTENTION, self.tr("Nothing of it is in the vault any more"))
            return
        job = await download_several(self.bridge, there, self)
        if job is not None:
            self.look_at(job)
            self.refresh()


def _some(names: tuple[str, ...]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (say(" and %1 more").replace("%1", text.number(more)) if more > 0 else "")


def _said(result: ExportResult) -> str:
    """The words by which it is found."""
    return " ".join((result.name, *(f"{one.name} {one.address}" for one in result.owners))).casefold()


def _picture(result: ExportResult) -> tuple[str, str]:
    tone = export_status(result).tone
    return TONE_ICONS[tone], TONE_ROLES[tone]


def _fields() -> tuple[Field[ExportResult], ...]:
    return (
        Field(say("Download"), lambda one: one.name),
        Field(say("Status"), lambda one: say(export_status(one).label), picture=_picture),
        Field(
            say("Asked for"),
            lambda one: text.brief(one.created),
            lambda one: one.created,
            hint=lambda one: text.utc(one.created),
        ),
    )
