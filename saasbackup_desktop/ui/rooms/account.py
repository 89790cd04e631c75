"""One account: its figures, its history, its points in time."""

from collections.abc import Sequence, Set

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.fates import Ending, Fate, fates_of, why_not_deleted
from saasbackup_desktop.app.views import Health, StreamCard
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.app.words.items import FOLDERS, NOUNS
from saasbackup_desktop.app.words.states import SNAPSHOT_STATUSES, Tone, card_status
from saasbackup_desktop.core.ids import JobId, SnapshotId, StreamId
from saasbackup_desktop.core.jobs import CatalogChanged, Event
from saasbackup_desktop.core.model import Provider, Service, Snapshot, SnapshotStatus, account_of
from saasbackup_desktop.core.selection import EVERYTHING
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import clock, text
from saasbackup_desktop.ui.kit.buttons import Button, action
from saasbackup_desktop.ui.kit.layout import row
from saasbackup_desktop.ui.kit.notices import EmptyState
from saasbackup_desktop.ui.kit.pages import PlainPage
from saasbackup_desktop.ui.kit.status import StatusMark
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.kit.tiles import Tile
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.sheet import Field, RowSheet
from saasbackup_desktop.ui.places import AccountPlace, ComparePlace, DownloadsPlace, HomePlace, JobsPlace, RecoveryPlace
from saasbackup_desktop.ui.rooms.alerts.strip import AlertStrip
from saasbackup_desktop.ui.rooms.drills.badge import Badge
from saasbackup_desktop.ui.rooms.exports.download import download
from saasbackup_desktop.ui.rooms.history.card import HistoryCard
from saasbackup_desktop.ui.rooms.point_fates import fate_field, sure_to_delete, why_not_words
from saasbackup_desktop.ui.rooms.restore.migrate import migrate
from saasbackup_desktop.ui.rooms.restore.restore import restore
from saasbackup_desktop.ui.rooms.restore.whole import restore_mailbox
from saasbackup_desktop.ui.rooms.service_bar import ServiceBar
from saasbackup_desktop.ui.rooms.vault.hold_sheets import hold_point


class AccountPage(PlainPage):
    """Snapshots of one account, newest first."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge, "")
        self._stream: StreamId | None = None
        self._card: StreamCard | None = None
        self._status = StatusMark()
        self._back = Button(self.tr("Home"), "link", "left", lambda: self.wants.emit(HomePlace()))
        self._run = Button(self.tr("&Back up now"), "primary", "backup", lambda: self.run(self._back_up()))
        self._migrate = Button(self.tr("&Migrate…"), picture="migrate", pressed=lambda: self.run(self._migrate_it()))
        self.whole = Button(self.tr("Restore mailbo&x…"), picture="restore", pressed=lambda: self.run(self._whole()))
        self.whole.hide()
        for widget in (self._status, self._make_download(), self.whole, self._migrate, self._run):
            self.commands.addWidget(widget)
        self._tiles = {
            "items": Tile(self.tr("Messages")),
            "folders": Tile(self.tr("Folders")),
            "size": Tile(self.tr("Size")),
            "points": Tile(self.tr("Points in time")),
            "owed": Tile(self.tr("Could not be read")),
        }
        self.history = HistoryCard(bridge)
        self.history.hide()
        self.alerts = AlertStrip(bridge)
        self.alerts.wants.connect(self.wants)
        self.alerts.settled.connect(self.refresh)
        self._unusual: set[SnapshotId] = set()
        self._fates: dict[SnapshotId, Fate] = {}
        self._model: RowSheet[Snapshot] = RowSheet((*_fields(self._unusual), fate_field(self._fates)), self)
        self.table = Table(self.tr("Points in time"))
        self.table.setModel(self._model)
        roomy = (164, 130, 100, 96, 84, 90, 92, 76, 210)
        self.table.widths((164, 114, 86, 76, 52, 76, 80, 58, 120), 0, least=148, roomy=roomy)
        self.table.setMinimumHeight(300)
        self.table.opened.connect(lambda index: self._browse())
        self._browse_button = Button(self.tr("Br&owse"), picture="recovery", pressed=self._browse)
        self._compare = Button(self.tr("&Compare"), picture="compare", pressed=self._compare_points)
        self._restore = Button(self.tr("&Restore all…"), picture="restore", pressed=lambda: self.run(self._bring()))
        self.hold = Button(self.tr("&Hold…"), picture="hold", pressed=lambda: self.run(self._hold_it()))
        self.delete = Button(self.tr("&Delete…"), "danger", "trash", lambda: self.run(self._delete()))
        self._empty = EmptyState(
            "history",
            self.tr("No point in time yet"),
            self.tr("Each backup makes one. Make the first now; it may take a while, later ones are quick."),
        )
        self.services = ServiceBar()
        self.services.picked.connect(lambda stream: self.wants.emit(AccountPlace(StreamId(str(stream)))))
        self.badge = Badge(bridge, self.tasks)
        self.badge.started.connect(lambda job: self.wants.emit(JobsPlace(JobId(job))))
        self._own: tuple[StreamCard, ...] = ()
        self.body.insertWidget(0, self._back)
        self.body.addWidget(self.alerts)
        self.body.addWidget(self.services)
        self.body.addWidget(self.badge)
        self.body.addLayout(row(*self._tiles.values(), spacing=SPACE.medium))
        self._caption = Text(self.tr("Points in time"), "heading")
        self._point_buttons = (self._browse_button, self._compare, self._restore, self.hold, self.delete)
        self.body.addLayout(row(self._caption, None, *self._point_buttons))
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self._empty, 1)
        self.body.addWidget(self.history)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._picked())
        action(self.table, self.tr("Delete…"), self.delete.click, "trash", QKeySequence.StandardKey.Delete)
        action(self, self.tr("Back"), lambda: self.wants.emit(HomePlace()), "", "Esc")

    def _make_download(self) -> Button:
        self.download = Button(
            self.tr("Down&load…"), picture="save", pressed=lambda: self.run(self._download_it(), only="download")
        )
        self.download.hide()
        return self.download

    def look_at(self, stream: StreamId) -> None:
        """Show an account."""
        if stream != self._stream:
            self._stream = stream
            self.banner.hide()
            self._fates.clear()
            self._model.show(())

    def refresh(self) -> None:
        """Ask for the account and its points in time again."""
        self.run(self._look(), only="look")

    def happened(self, event: Event) -> None:
        """Look again when something changed."""
        if isinstance(event, CatalogChanged) or event.job.state.is_over:
            self.refresh_soon()

    def first_focus(self) -> QWidget | None:
        """Start in the list."""
        return self.table

    async def _look(self) -> None:
        stream = self._stream
        own = await self.bridge.call(_of_account(self.desk, stream))
        card = next((c for c in own if c.stream == stream), None)
        if stream is None or card is None:
            self.wants.emit(HomePlace())
            return
        points = await self.bridge.call(self.desk.snapshots(stream))
        told = [one for one in await self.bridge.call(self.desk.alerts.all()) if one.account.id == card.account.id]
        self._unusual.clear()
        self._unusual.update(one.snapshot for one in told)
        self.alerts.show_alerts([one for one in told if one.acknowledged is None])
        self._card = card
        self._own = own
        self.services.show_cards(self._own, stream)
        is_tenants = card.account.provider is Provider.MICROSOFT
        self.whole.setVisible(is_tenants and any(one.last is not None for one in self._own))
        self.download.setVisible(any(one.last is not None for one in self._own))
        self._call(card.service)
        self.title.say(card.account.name or card.account.address)
        self.lead.say(card.account.address if card.account.name else "")
        status = card_status(card)
        self._status.become(text.say(status.label), status.tone)
        self._run.setVisible(card.connection is not None)
        self._run.setEnabled(card.running is None)
        self.badge.tell(card)
        if card.problem and card.health is Health.FAILED:
            words = words_for(card.problem, card.facts)
            self.banner.say(Tone.BAD, words.title, f"{words.what} {words.remedy}")
        self._show(points)
        await self._look_at_fates(stream, points)
        await self.history.look(card.account.id)

    def _call(self, service: Service) -> None:
        """Call things by the names that the service has for them."""
        many = text.say(NOUNS[service][1])
        self._tiles["items"].stat.call(many.capitalize())
        self._tiles["folders"].stat.call(text.say(FOLDERS[service][1]).capitalize())
        self._model.call(2, many.capitalize())

    async def _download_it(self) -> None:
        if (job := await download(self.bridge, self._own, self)) is not None:
            self.wants.emit(DownloadsPlace(job))

    async def _whole(self) -> None:
        if jobs := await restore_mailbox(self.bridge, self._own, self):
            self.wants.emit(JobsPlace(jobs[0]))

    async def _look_at_fates(self, stream: StreamId, points: Sequence[Snapshot]) -> None:
        found = await self.bridge.call(fates_of(self.desk, stream, points, clock.now()))
        self._fates.clear()
        self._fates.update(found)
        last = self._model.columnCount() - 1
        if points:
            self._model.dataChanged.emit(self._model.index(0, last), self._model.index(len(points) - 1, last))
        self._picked()

    def _show(self, shown: Sequence[Snapshot]) -> None:
        last = shown[0] if shown else None
        self._tiles["items"].stat.say(text.number(last.items) if last else "–")
        self._tiles["folders"].stat.say(text.number(last.folders) if last else "–")
        self._tiles["size"].stat.say(text.size(last.size) if last else "–")
        self._tiles["points"].stat.say(text.number(len(shown)))
        self._tiles["owed"].stat.say(text.number(last.owed) if last else "–")
        self._model.show(shown)
        for widget in (self.table, self._caption, *self._point_buttons):
            widget.setVisible(bool(shown))
        self._migrate.setVisible(bool(shown))
        self._empty.setVisible(not shown)
        if shown:
            self.table.go_to(0)
        self._picked()

    def _picked(self) -> None:
        count = len(self.table.picked())
        self._browse_button.setEnabled(count == 1)
        self._restore.setEnabled(count == 1)
        self._compare.setEnabled(count in (1, 2) and self._model.rowCount() > 1)
        chosen = self._chosen()
        fate = self._fates.get(chosen[0].id) if len(chosen) == 1 else None
        self.hold.setEnabled(len(chosen) == 1 and (fate is None or fate.ending is not Ending.HELD))
        self.hold.setToolTip(self.tr("Keeps one point in time from being removed, whatever the rules say"))
        reason = why_not_deleted(chosen, self._newest_first(), self._fates)
        self.delete.setEnabled(not reason)
        self.delete.setToolTip(why_not_words(reason))
        self._compare.setToolTip(self.tr("Compares two selected points in time, or one with the one before it"))

    def _point(self) -> Snapshot | None:
        picked = self.table.picked()
        return self._model.row_at(picked[0]) if picked else None

    def _browse(self) -> None:
        if (point := self._point()) is not None:
            self.wants.emit(RecoveryPlace(point.stream, point.id))

    def _compare_points(self) -> None:
        picked = [self._model.row_at(place) for place in self.table.picked()]
        rows = sorted(self._model.rows, key=lambda point: point.id)
        if len(picked) == 1:
            place = next(n for n, point in enumerate(rows) if point.id == picked[0].id)
            picked = [rows[max(0, place - 1)], rows[max(1, place)]]
        old, new = sorted(picked, key=lambda point: point.id)
        self.wants.emit(ComparePlace(old.stream, old.id, new.id))

    async def _bring(self) -> None:
        point = self._point()
        if point is None or self._card is None:
            return
        job = await restore(self.bridge, self._card, point, EVERYTHING, self)
        if job is not None:
            self.wants.emit(JobsPlace(job))

    def _chosen(self) -> list[Snapshot]:
        return [self._model.row_at(place) for place in self.table.picked()]

    async def _hold_it(self) -> None:
        point = self._point()
        if point is not None and self._card is not None:
            name = self._card.account.name or self._card.account.address
            if await hold_point(self.bridge, point, name, self):
                self.banner.say(Tone.GOOD, self.tr("This point in time is on hold"))
                self.refresh()

    async def _delete(self) -> None:
        chosen, card = self._chosen(), self._card
        if card is None or why_not_deleted(chosen, self._newest_first(), self._fates):
            return
        is_all = len(chosen) == self._model.rowCount()
        if await sure_to_delete(chosen, card.account.name or card.account.address, self, is_all=is_all):
            ids = () if is_all else tuple(point.id for point in chosen)
            self.wants.emit(JobsPlace(await self.bridge.call(self.desk.discard(card.stream, ids))))

    def _newest_first(self) -> list[Snapshot]:
        return sorted(self._model.rows, key=lambda point: point.id, reverse=True)

    async def _migrate_it(self) -> None:
        if self._card is not None and (job := await migrate(self.bridge, self._card, self)) is not None:
            self.wants.emit(JobsPlace(job))

    async def _back_up(self) -> None:
        if self._stream is not None:
            await self.bridge.call(self.desk.backup(self._stream))
            self.refresh()


async def _of_account(desk: Desk, stream: StreamId | None) -> tuple[StreamCard, ...]:
    """All services of the account that a stream is of. Meant for the engine's thread: there may be very many cards."""
    account = account_of(stream) if stream is not None else None
    return tuple(card for card in await desk.cards() if card.account.id == account)


def _utc(point: Snapshot) -> str:
    return text.utc(point.finished)


def _fields(unusual: Set[SnapshotId]) -> tuple[Field[Snapshot], ...]:
    def whole(point: Snapshot) -> bool:
        return point.status is SnapshotStatus.COMPLETE and point.id not in unusual

    say = text.say
    return (
        Field(say("Time"), lambda p: text.moment(p.finished), lambda p: p.finished, hint=_utc),
        Field(
            say("Status"),
            lambda p: say("Unusual") if p.id in unusual else say(SNAPSHOT_STATUSES[p.status]),
            picture=lambda p: ("ok", "good") if whole(p) else ("attention", "attention"),
        ),
        Field(say("Messages"), lambda p: text.number(p.items), lambda p: p.items, right=True),
        Field(say("Size"), lambda p: text.size(p.size), lambda p: p.size, right=True),
        Field(say("New"), lambda p: text.number(p.added), lambda p: p.added, right=True),
        Field(say("Changed"), lambda p: text.number(p.changed), lambda p: p.changed, right=True),
        Field(say("Removed"), lambda p: text.number(p.removed), lambda p: p.removed, right=True),
        Field(say("Owed"), lambda p: text.number(p.owed), lambda p: p.owed, right=True,
              hint=lambda p: say("Could not be read this time; the next backup asks for them first")),
    )  # fmt: skip
