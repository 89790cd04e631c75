"""The download dialog: what and as what, where to and how packed; then what it comes to; then the job."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.exports.views import ExportRequest
from saasbackup_desktop.app.views import StreamCard
from saasbackup_desktop.core.ids import AccountId, JobId
from saasbackup_desktop.core.model import Service, Snapshot
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import Leaves
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.text import say
from saasbackup_desktop.ui.rooms.exports.door import exports
from saasbackup_desktop.ui.rooms.exports.estimate_view import EstimateView
from saasbackup_desktop.ui.rooms.exports.what import What
from saasbackup_desktop.ui.rooms.exports.where import Where
from saasbackup_desktop.ui.rooms.restore.restore import selection_words

_WHAT, _WHERE, _ESTIMATE = range(3)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a person had picked in one service at one point in time before the dialog was opened."""

    point: Snapshot
    selection: Selection
    path: str = ""
    """Of the folder, if it is just one."""
    reaches_back: bool = False
    """Some of it may be in earlier points in time only."""


class DownloadSheet(Sheet):
    """Three leaves: what, where, and what it comes to."""

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
        super().__init__(say("Download"), lead, parent, width=780)
        self.bridge = bridge
        self.job: JobId | None = None
        self._request: ExportRequest | None = None
        self.what = What(bridge, cards, chosen.point if chosen else None, chosen.selection if chosen else None)
        if chosen is not None and chosen.reaches_back:
            self.what.reach_back()
        self.leaves = Leaves()
        self.leaves.addWidget(self.what)
        self._seen = _WHAT
        self.fill(self.leaves)
        self._back = Button(self.tr("&Back"), pressed=self._go_back)
        self._on = Button(self.tr("&Choose where to"), "primary", pressed=self._to_where)
        self._next = Button(self.tr("&See what it comes to"), "primary", pressed=self._to_estimate)
        self._start = Button(self.tr("&Start the download"), "primary", "save", self._go)
        self.offer(self._back, self.cancel_button(), self._on, self._next, self._start)
        self.what.changed.connect(self._judge)
        self.what.failed.connect(self.failed)
        self._turn(_WHAT)
        self.run(self.what.prepare(), only="what")

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
        made = EstimateView()
        self.leaves.addWidget(made)
        return made

    def request(self) -> ExportRequest:
        """Say it in the application's words."""
        where = self.where
        return ExportRequest(
            picks=self.what.picks(),
            to=where.to,
            name=where.name.text().strip(),
            packing=where.packing,
            part_size=where.part_size,
            deleted=self.what.deleted.isChecked(),
            recoverable=self.what.takes_recoverable,
            keep_days=where.keep_days,
        )

    def _judge(self) -> None:
        self._on.setEnabled(self.what.is_good)
        if "where" in self.__dict__:
            self._next.setEnabled(self.what.is_good and self.where.is_good)
        self.fit()

    def _turn(self, leaf: int) -> None:
        self._seen = leaf
        shown: QWidget = self.what if leaf == _WHAT else self.where if leaf == _WHERE else self.estimate
        self.leaves.setCurrentWidget(shown)
        self._judge()
        self._back.setVisible(leaf != _WHAT)
        for at, button in ((_WHAT, self._on), (_WHERE, self._next), (_ESTIMATE, self._start)):
            button.setVisible(at == leaf)
            button.setDefault(at == leaf)

    def _go_back(self) -> None:
        leaf = self._seen - 1
        self.banner.hide()
        self._turn(leaf)
        (self._on if leaf == _WHAT else self._next).setFocus()

    def _to_where(self) -> None:
        self.where.suit(self.what.formats)
        self._turn(_WHERE)
        (self.where.place if self.where.destination is not None else self.where.folder.line).setFocus()

    def _to_estimate(self) -> None:
        self.run(self._look(), busy=self._next, only="estimate")

    async def _look(self) -> None:
        self._request = self.request()
        self.banner.hide()
        self._next.setText(self.tr("Adding up…"))
        try:
            found = await self.bridge.call(exports(self.bridge).estimate(self._request))
        finally:
            self._next.setText(self.tr("&See what it comes to"))
        self.estimate.show_estimate(found, self.where.told)
        self._turn(_ESTIMATE)
        self._start.setEnabled(self.estimate.is_ready)
        (self._start if self.estimate.is_ready else self._back).setFocus()

    def _go(self) -> None:
        async def work() -> None:
            if self._request is not None:
                self.job = await self.bridge.call(exports(self.bridge).start(self._request, self.where.secret))
                self.accept()

        self.run(work(), busy=self._start, only="start")


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


async def download_account(bridge: Bridge, account: AccountId, parent: QWidget) -> JobId | None:
    """Let a person take files of an account that only its id is known of; the job, if it was started."""

    async def own(desk: Desk) -> tuple[StreamCard, ...]:
        return tuple(card for card in await desk.cards() if card.account.id == account)

    return await download(bridge, await bridge.call(own(bridge.desk)), parent)
