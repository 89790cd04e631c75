"""The download dialog: what and as what, where to and how packed; then what it comes to; then the job."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Generic, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.exports.views import ExportRequest
from saasbackup_desktop.app.views import StreamCard
from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.core.ids import AccountId, JobId
from saasbackup_desktop.core.model import Service, Snapshot
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import Leaves, tab_as_read
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.tasks import alive
from saasbackup_desktop.ui.kit.text import say
from saasbackup_desktop.ui.rooms.exports.door import exports
from saasbackup_desktop.ui.rooms.exports.estimate_view import AccountsEstimateView, EstimateView
from saasbackup_desktop.ui.rooms.exports.what import What
from saasbackup_desktop.ui.rooms.exports.what_of_several import WhatOfSeveral
from saasbackup_desktop.ui.rooms.exports.where import Where
from saasbackup_desktop.ui.rooms.restore.restore import selection_words

_WHAT, _WHERE, _ESTIMATE = range(3)
_BREATH: Final = 0.001
"""Seconds in which the window draws and hears."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a person had picked in one service at one point in time before the dialog was opened."""

    point: Snapshot
    selection: Selection
    path: str = ""
    """Of the folder, if it is just one."""
    reaches_back: bool = False
    """Some of it may be in earlier points in time only."""


W = TypeVar("W", bound=What | WhatOfSeveral)


class DownloadLeaves(Sheet, Generic[W]):
    """Three leaves: what, where, and what it comes to."""

    def __init__(self, bridge: Bridge, lead: str, what: W, parent: QWidget) -> None:
        super().__init__(say("Download"), lead, parent, width=780, scrolls=True)
        self.bridge = bridge
        self.job: JobId | None = None
        self._order: list[QWidget] = []
        """In which the tab key goes from one to the next."""
        self._request: ExportRequest | None = None
        self._added: ExportRequest | None = None
        """What is being added up while it can still be changed."""
        self.what = what
        self.leaves = Leaves()
        self.fill(self.leaves)
        self.leaves.addWidget(self.what)  # not before its place is known: each move dresses all of it anew
        self._seen = _WHAT
        self._back = Button(self.tr("&Back"), pressed=self._go_back)
        self._on = Button(self.tr("&Choose where to"), "primary", pressed=self._to_where)
        self._next = Button(self.tr("&See what it comes to"), "primary", pressed=self._to_estimate)
        self._start = Button(self.tr("&Start the download"), "primary", "save", self._go)
        self.offer(self._back, self.cancel_button(), self._on, self._next, self._start)
        self.what.changed.connect(self._judge)
        self._turn(_WHAT)
        self._prepare()

    @cached_property
    def where(self) -> Where:
        """The second leaf; made when it is first wanted: all at once would take too long."""
        made = Where(self.bridge)
        self.leaves.addWidget(made)
        made.changed.connect(self._judge)
        made.failed.connect(self.failed)
        self.run(made.prepare(), only="where")
        return made

    @cached_property
    def estimate(self) -> EstimateView:
        """The last leaf."""
        made = self._estimate_view()
        self.leaves.addWidget(made)
        return made

    def _estimate_view(self) -> EstimateView:
        return EstimateView()

    def request(self) -> ExportRequest:
        """Say it in the application's words."""
        where = self.where
        return self.what.ask(
            ExportRequest(
                to=where.to,
                name=where.name.text().strip(),
                packing=where.packing,
                part_size=where.part_size,
                keep_days=where.keep_days,
            )
        )

    async def answer(self) -> bool:
        """Open it in another turn than it was made in: both at once would hold the window up."""
        try:
            await asyncio.sleep(_BREATH)
        except asyncio.CancelledError:
            self.tasks.cancel()
            if alive(self):
                self.deleteLater()
            raise
        return alive(self) and await super().answer()

    def _prepare(self) -> None:
        self.banner.hide()
        self.run(self._ask(), only="what")

    async def _ask(self) -> None:
        try:
            await self.what.prepare()
            self._order = tab_as_read(self, self._order)
        except Fault as fault:
            self.banner.fault(fault, self.tr("&Try again"), self._prepare, closable=False)

    def _judge(self) -> None:
        self._on.setEnabled(self.what.is_good)
        if "where" in self.__dict__:
            if self._added is not None and self.request() != self._added:
                self.tasks.drop("estimate")  # it would tell of what is not wanted any more
                self._added = None
            self._next.setEnabled(self._is_good and self._added is None)
        if self._seen == _WHAT:
            self.explain(self._on, self.what.lack)
        elif self._seen == _WHERE:
            self.explain(self._next, self.where.lack)
        else:
            self.explain(self._start, "")
        self.fit()

    @property
    def _is_good(self) -> bool:
        return self.what.is_good and self.where.is_good

    def _turn(self, leaf: int) -> None:
        self._seen = leaf
        shown: QWidget = self.what if leaf == _WHAT else self.where if leaf == _WHERE else self.estimate
        self.leaves.setCurrentWidget(shown)
        self._judge()
        self._back.setVisible(leaf != _WHAT)
        for at, button in ((_WHAT, self._on), (_WHERE, self._next), (_ESTIMATE, self._start)):
            button.setVisible(at == leaf)
            button.setDefault(at == leaf)
        self._order = tab_as_read(self, self._order)

    def _go_back(self) -> None:
        leaf = self._seen - 1
        self.tasks.drop("estimate")
        self.banner.hide()
        self._turn(leaf)
        (self._on if leaf == _WHAT else self._next).setFocus()

    def _to_where(self) -> None:
        self.where.suit(self.what.formats)
        self._turn(_WHERE)
        (self.where.place if self.where.destination is not None else self.where.folder.line).setFocus()

    def _to_estimate(self) -> None:
        self.run(self._look(), only="estimate")

    async def _look(self) -> None:
        request, told = self.request(), self.where.told
        self._request = self._added = request
        self.banner.hide()
        self._next.setText(self.tr("Adding up…"))
        self._next.setEnabled(False)
        try:
            found = await self.bridge.call(exports(self.bridge).estimate(request))
        finally:
            if self._added is request or self._added is None:
                self._added = None
                self._next.setText(self.tr("&See what it comes to"))
                self._next.setEnabled(self._is_good)
        self.estimate.show_estimate(found, told)
        self._turn(_ESTIMATE)
        self._start.setEnabled(self.estimate.is_ready)
        (self._start if self.estimate.is_ready else self._back).setFocus()

    def _go(self) -> None:
        if self._request is None or self.tasks.is_running("start"):
            return
        self.tasks.drop("estimate")  # its end would wake the button again
        self.run(self._begin(self._request), only="start")

    async def _begin(self, request: ExportRequest) -> None:
        for button in (self._start, self._back):
            button.setEnabled(False)
        try:
            self.job = await self.bridge.call(exports(self.bridge).start(request, self.where.secret))
        except Fault:
            for button in (self._start, self._back):
                button.setEnabled(True)
            self._face_fault()
            raise
        self.accept()

    def _face_fault(self) -> None:
        """Stay where the fault can be mended: here it may as well be tried again."""
        self._start.setFocus()


class DownloadSheet(DownloadLeaves[What]):
    """Of one account, or of what was picked of one of its services."""

    def __init__(
        self, bridge: Bridge, cards: Sequence[StreamCard], parent: QWidget, chosen: Chosen | None = None
    ) -> None:
        account = cards[0].account
        lead = f"{account.name}  ({account.address})" if account.name else account.address
        if chosen is not None:
            lead = (
                say("%1, as of %2.")
                .replace("%2", text.moment(chosen.point.finished))
                .replace("%1", selection_words(chosen.selection, cards[0].service, chosen.path))
            )
        what = What(bridge, cards, chosen.point if chosen else None, chosen.selection if chosen else None)
        if chosen is not None and chosen.reaches_back:
            what.reach_back()
        what.failed.connect(self.failed)
        super().__init__(bridge, lead, what, parent)


class SeveralSheet(DownloadLeaves[WhatOfSeveral]):
    """Of several accounts: each in a folder of its own."""

    _told = Signal(int, int)

    def __init__(self, bridge: Bridge, accounts: Sequence[AccountId], parent: QWidget) -> None:
        words = text.counted(len(accounts), say("account"), say("accounts"))
        lead = say("%1, each into a folder of its own.").replace("%1", words)
        super().__init__(bridge, lead, WhatOfSeveral(bridge, accounts), parent)
        self._count = len(accounts)
        self.what.wanted.connect(self._prepare)
        self._told.connect(self._tell)

    def _estimate_view(self) -> EstimateView:
        return AccountsEstimateView()

    async def _look(self) -> None:
        """Add up while the person looks on: whoever does not want to wait starts."""
        request, told = self.request(), self.where.told
        self._request = request
        self.banner.hide()
        self.estimate.is_dated = self.what.until is not None
        self.estimate.wait(told, self._count)
        self._turn(_ESTIMATE)
        self._start.setEnabled(True)
        self._start.setFocus()
        try:
            found = await self.bridge.call(exports(self.bridge).estimate(request, self._hear))
        except Fault:
            self._face_fault()
            raise
        self.estimate.show_estimate(found, told)
        self._start.setEnabled(self.estimate.is_ready)
        self.fit()

    def _face_fault(self) -> None:
        """Where nothing is added up any more there is nothing to look at: go back to what can be changed."""
        if self.estimate.is_waiting:
            self._turn(_WHERE)
            self._next.setFocus()
        else:
            super()._face_fault()

    async def _hear(self, done: int, total: int) -> None:
        """Take note, in whichever thread that is told."""
        self._told.emit(done, total)

    def _tell(self, done: int, total: int) -> None:
        self.estimate.show_progress(done, total)


async def download(
    bridge: Bridge, cards: Sequence[StreamCard], parent: QWidget, chosen: Chosen | None = None
) -> JobId | None:
    """Let a person take files of one account, or what they picked of one service; the job, if it was started."""
    offered = [card for card in cards if card.last is not None and card.service is not Service.DIRECTORY]
    if not offered:
        return None
    sheet = DownloadSheet(bridge, offered, parent, chosen)
    sheet.setWindowModality(Qt.WindowModality.WindowModal)
    return sheet.job if await sheet.answer() else None


async def download_several(bridge: Bridge, accounts: Sequence[AccountId], parent: QWidget) -> JobId | None:
    """Let a person take files of several accounts in one go; the job, if it was started."""
    if len(accounts) == 1:
        return await download_account(bridge, accounts[0], parent)
    sheet = SeveralSheet(bridge, accounts, parent)
    sheet.setWindowModality(Qt.WindowModality.WindowModal)
    return sheet.job if await sheet.answer() else None


async def download_account(bridge: Bridge, account: AccountId, parent: QWidget) -> JobId | None:
    """Let a person take files of an account that only its id is known of; the job, if it was started."""

    async def own(desk: Desk) -> tuple[StreamCard, ...]:
        return tuple(card for card in await desk.cards() if card.account.id == account)

    return await download(bridge, await bridge.call(own(bridge.desk)), parent)
