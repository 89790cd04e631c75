"""The recovery page: an account at a point in time, one of its services, to browse, search, save and restore from."""

from collections.abc import Sequence
from functools import cached_property

from PySide6.QtCore import QDateTime, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from saasbackup_desktop.app.flows.saving import ending_of
from saasbackup_desktop.app.views import ItemRow, Query
from saasbackup_desktop.app.words.items import NOUNS
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.app.words.tenants import SHORT_SERVICES
from saasbackup_desktop.core.ids import AccountId, NodeId, SnapshotId, StreamId
from saasbackup_desktop.core.jobs import CatalogChanged, Event
from saasbackup_desktop.core.model import Service, Snapshot, account_of, service_of
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import clock, text
from saasbackup_desktop.ui.kit.buttons import Button, IconButton, action
from saasbackup_desktop.ui.kit.forms import SearchField
from saasbackup_desktop.ui.kit.layout import row
from saasbackup_desktop.ui.kit.notices import EmptyState
from saasbackup_desktop.ui.kit.pages import Page, toolbar
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.basket import Basket
from saasbackup_desktop.ui.models.tree import FolderTree
from saasbackup_desktop.ui.places import AddAccount, ComparePlace, DownloadsPlace, JobsPlace
from saasbackup_desktop.ui.rooms.exports.download import Chosen, download
from saasbackup_desktop.ui.rooms.mailbox.account_choice import AccountChoice
from saasbackup_desktop.ui.rooms.mailbox.basket_bar import BasketBar
from saasbackup_desktop.ui.rooms.mailbox.folder_pane import FolderPane
from saasbackup_desktop.ui.rooms.mailbox.glance import Glance, glance
from saasbackup_desktop.ui.rooms.mailbox.listing import Listing
from saasbackup_desktop.ui.rooms.mailbox.reading import ReadingPane, save_many
from saasbackup_desktop.ui.rooms.mailbox.search_panel import AdvancedSearch, asks_nothing
from saasbackup_desktop.ui.rooms.mailbox.versions_sheet import show_versions
from saasbackup_desktop.ui.rooms.point_picker import PointPicker
from saasbackup_desktop.ui.rooms.restore.restore import restore
from saasbackup_desktop.ui.rooms.service_bar import ServiceBar

_STRETCH = 200
_MOST_PICKED = 20_000
"""Items that are picked one by one; beyond that, tick the folder."""


class MailboxPage(Page):
    """Folders, list and item of one account's service at one point in time."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._stream: StreamId | None = None
        self._wanted_point: SnapshotId | None = None
        self._at_newest = True
        """Whether the person looks at what was the newest point in time when it was chosen."""
        self._follows = True
        """Whether the newest point in time gives way to a newer one: when the page is entered, not under one's eyes."""
        self._folder: NodeId | None = None
        self._glance = Glance({}, (), {}, (), None)
        self._service = Service.MAIL
        self._before: int | None = None
        """When the point in time after the one that was chosen began: other services are shown as they were before."""
        self._keeps_time = False
        """Another service was chosen: the time that is looked at stays."""
        self._offered: list[tuple[str, object]] = []
        """Services that can be searched, with their streams."""
        self.basket = Basket(self)
        self.folders = FolderTree(self.basket, self)
        self.listing = Listing(self.bridge, self.tasks, self.basket, self._search_on)
        self.mail, self.found, self.table = self.listing.mail, self.listing.found, self.listing.table
        self.filter = self.listing.filter
        self._build()
        self._wire()

    # --- what is shown ---------------------------------------------------------------------------------
    def look_at(self, stream: StreamId | None, point: SnapshotId | None, folder: NodeId | None) -> None:
        """Show an account at a point in time; None: as it was left, or the first one."""
        self._follows = self.basket.is_empty
        if stream is not None and (stream != self._stream or point is not None):
            self._stream, self._wanted_point, self._keeps_time = stream, point, False
            self._folder = folder or self._folder
            self.basket.clear_all()

    def refresh(self) -> None:
        """Look again which accounts and points in time there are."""
        self.run(self._look(), only="look")

    def happened(self, event: Event) -> None:
        """A new point in time may be there."""
        if isinstance(event, CatalogChanged) and event.stream in (None, self._stream):
            self.refresh_soon()

    def first_focus(self) -> QWidget | None:
        """Start in the folders."""
        return self.tree

    async def _look(self) -> None:
        found = self._glance = await self.bridge.call(glance(self.desk, self._stream))
        self._rest.setCurrentIndex(1 if found.saved else 0)
        self._tools.setVisible(bool(found.saved))
        if found.stream is None:
            self._service_strip.hide()
            return
        if self._stream != found.stream:
            self._stream, self._wanted_point, self._keeps_time = found.stream, None, False
        points = await self.bridge.call(self.desk.snapshots(self._stream))
        self._show_accounts(found)
        before = self.picker.current
        stays = before is not None and before.stream == self._stream and not (self._at_newest and self._follows)
        keep = before.id if before is not None and stays else None
        self.picker.show_points(points, self._wanted_point or self._last_before(points) or keep)
        if self._follows or before is None or before.stream != self._stream:
            self._at_newest = self.picker.is_newest
        self._follows = False
        if not self._keeps_time and (before is None or before != self.picker.current):
            self._note_time()
        self._wanted_point, self._keeps_time = None, False
        self.compare.setEnabled(len(points) > 1)
        now = self.picker.current
        if now is not None and (before is None or before.id != now.id or self.folders.rowCount() == 0):
            await self._open_point(now)

    def _show_accounts(self, found: Glance) -> None:
        assert found.stream is not None
        self.accounts.show_accounts(found.accounts, account_of(found.stream))
        self.basket.turn_to(found.stream)
        self.services.show_cards(found.own, found.stream)
        self._service_strip.setVisible(len(found.own) > 1)
        saved = [card for card in found.own if card.last is not None]
        self._offered = [(text.say(SHORT_SERVICES[card.service]), card.stream) for card in saved]
        if self._has_advanced:
            self.advanced.offer(self._offered, found.stream)
        self._turn_to(service_of(found.stream))

    def _turn_to(self, service: Service) -> None:
        """Wear the columns, fields and words of a service."""
        if service is self._service:
            return
        self._service = service
        self.listing.turn_to(service)
        self.tree.turn_to(service)
        if self._has_advanced:
            self.advanced.turn_to(service)
        self.save_action.setText(self.tr("Save as %1…").replace("%1", ending_of(service)))
        self._leave_found()

    def _last_before(self, points: Sequence[Snapshot]) -> SnapshotId | None:
        """The point in time that another service had when the one was made that was looked at."""
        before = self._before
        if before is None or not self._keeps_time or not points:
            return None
        return next((point.id for point in points if point.started < before), points[-1].id)

    async def _open_point(self, point: Snapshot) -> None:
        rows = await self.bridge.call(self.desk.folders(point.stream, point.id))
        self.folders.show(rows, service_of(point.stream))
        if not self.tree.open(self._folder):
            self.listing.show_none()
            self._tell_basket()

    async def _open_folder(self, folder: NodeId) -> None:
        if self.picker.current is not None:
            await self.listing.show_folder(self.picker.current, folder)

    # --- searching --------------------------------------------------------------------------------------
    def _search(self) -> None:
        self.run(self._find(0), only="list")

    def _search_on(self, offset: int) -> None:
        self.run(self._find(offset), only="more")

    async def _find(self, offset: int) -> None:
        point = self.picker.current
        if point is None:
            return
        words = self.search.text()
        if self._has_advanced:
            query = self.advanced.query(words, point.stream, point.id)
        else:
            query = Query(words=words.strip(), stream=point.stream, at=point.id)
        if asks_nothing(query):
            self._leave_search()
            return
        page = await self.bridge.call(self.desk.search(query, _STRETCH, offset))
        self.listing.show_found(page, offset)

    def _leave_search(self) -> None:
        self._leave_found()
        self._folder_chosen()

    def _leave_found(self) -> None:
        self.search.clear()
        self.listing.offer_back(False)

    # --- choosing ----------------------------------------------------------------------------------------
    def _account_chosen(self, account: object) -> None:
        streams = self._glance.streams.get(AccountId(str(account)), ())
        if streams:
            same = (stream for stream in streams if service_of(stream) is self._service)
            self.look_at(next(same, streams[0]), None, None)
            self.refresh()

    def _service_chosen(self, stream: object) -> None:
        """Look at another service of the same account, as it was at the same time."""
        if not isinstance(stream, str) or stream == self._stream or stream not in self._glance.saved:
            return
        self._stream, self._wanted_point, self._keeps_time = StreamId(stream), None, True
        self.filter.clear()
        self.run(self._look(), only="look")

    def _point_chosen(self, point: Snapshot) -> None:
        self._at_newest = self.picker.is_newest
        self._note_time()
        self.basket.clear_all()
        self.run(self._open_point(point), only="look")

    def _note_time(self) -> None:
        newer = self.picker.newer
        self._before = newer.started if newer is not None else None

    def _folder_chosen(self) -> None:
        row = self.tree.current
        if row is None:
            return
        self._folder = row.folder.id
        self.listing.offer_back(False)
        self.listing.describe(row)
        self._tell_basket()
        self.run(self._open_folder(row.folder.id), only="list")

    def _tell_basket(self) -> None:
        current = self.tree.current
        path, selected = current.path if current else "", self.table.picked_count()
        is_hollow = self.tree.is_hollow
        self.bar.tell(self.basket, selected, path, self._service, is_hollow=is_hollow)
        self.listing.tick_all.setEnabled(not is_hollow or self.table.model().rowCount() > 0)

    # --- doing -------------------------------------------------------------------------------------------
    async def _tick_picked(self) -> None:
        if self._are_too_many():
            return
        rows = await self.listing.picked_rows()
        ids = [row.item.id for row in rows]
        self.basket.tick_items(ids, not all(self.basket.has_item(id) for id in ids))

    async def _tick_all(self) -> None:
        """Tick everything that is listed; of a search, what was found so far."""
        self.table.setFocus()
        self.table.selectAll()
        if self._are_too_many():
            return
        self.basket.tick_items([row.item.id for row in await self.listing.picked_rows()], True)

    def _are_too_many(self) -> bool:
        if self.table.picked_count() <= _MOST_PICKED:
            return False
        self.banner.say(
            Tone.QUIET,
            self.tr("That is a lot of single %1").replace("%1", text.say(NOUNS[self._service][1])),
            self.tr("Tick the folder instead, or narrow the list with the filter."),
        )
        return True

    async def _selection(self) -> Selection:
        if not self.basket.is_empty:
            return self.basket.selection()
        rows = await self.listing.picked_rows()
        if rows:
            return Selection(items=tuple(row.item.id for row in rows))
        folder = self.tree.current
        return Selection(folders=(folder.folder.id,) if folder else ())

    async def _restore(self, *, everything: bool = False) -> None:
        point = self.picker.current
        if point is None or self._stream is None or (self.basket.is_empty and not everything and self._are_too_many()):
            return
        if not everything and self.basket.is_empty and self.tree.is_hollow and not self.table.picked_count():
            return
        selection = Selection() if everything else await self._selection()
        row = self.folders.folder(self.folders.find(selection.folders[0])) if selection.folders else None
        path = row.path if row else ""
        job = await restore(self.bridge, self._glance.saved[self._stream], point, selection, self, path)
        if job is not None:
            self.basket.clear()
            self.wants.emit(JobsPlace(job))

    async def _download(self) -> None:
        """Take what is ticked, selected or open as files."""
        point = self.picker.current
        if point is None or self._stream is None or (self.basket.is_empty and self._are_too_many()):
            return
        if not self.bar.download.isEnabled():
            return
        selection = await self._selection()
        row = self.folders.folder(self.folders.find(selection.folders[0])) if selection.folders else None
        everywhere = self.listing.is_found and self._has_advanced and self.advanced.everywhere.isChecked()
        chosen = Chosen(point, selection, row.path if row else "", everywhere)
        job = await download(self.bridge, [self._glance.saved[self._stream]], self, chosen)
        if job is not None:
            self.basket.clear()
            self.wants.emit(DownloadsPlace(job))

    async def _save(self) -> None:
        if self._are_too_many():
            return
        if where := await save_many(self.bridge, await self.listing.picked_rows(), self):
            self._say_saved(where)

    def _say_saved(self, where: str) -> None:
        self.banner.say(Tone.GOOD, self.tr("Saved"), where)

    async def _versions(self, shown: ItemRow) -> None:
        version = await show_versions(self.bridge, shown, self)
        if version is None:
            return
        self._folder = version.row.item.parent
        self.picker.show_points(self.picker.points, version.last.id)
        self._leave_found()
        await self._open_point(version.last)

    def _compare(self) -> None:
        point, points = self.picker.current, self.picker.points
        if point is None or len(points) < 2:
            return
        place = next(n for n, known in enumerate(points) if known.id == point.id)
        old = points[min(place + 1, len(points) - 1)]
        new = point if old.id != point.id else points[0]
        self.wants.emit(ComparePlace(point.stream, old.id, new.id))

    # --- building ----------------------------------------------------------------------------------------
    def _build(self) -> None:
        self.services = ServiceBar()
        self._build_tools()
        self.tree = FolderPane(self.folders, self.basket)
        self.reading = ReadingPane(self.bridge)
        self.bar = BasketBar()
        self._lay_out()

    def _build_tools(self) -> None:
        self.accounts = AccountChoice(self.bridge, self.tasks)
        self.picker = PointPicker()
        self.search = SearchField(self.tr("Search this mailbox"))
        self.search.setMinimumWidth(scaled(140))
        self.more_fields = Button(self.tr("Ad&vanced"), "quiet", "filter")
        self.more_fields.setCheckable(True)
        self.compare = IconButton("compare", self.tr("Compare with another point in time (Ctrl+E)"), self._compare)
        self._tools = toolbar(self.accounts, self.picker, self.search, self.more_fields, self.compare)
        tools = self._tools.layout()
        if isinstance(tools, QHBoxLayout):
            tools.setStretch(2, 1)

    @property
    def _has_advanced(self) -> bool:
        return "advanced" in self.__dict__

    @cached_property
    def advanced(self) -> AdvancedSearch:
        """The advanced fields; made when somebody first wants them, since they take long to make."""
        made = AdvancedSearch(QDateTime.fromSecsSinceEpoch(clock.now()).date())
        made.hide()
        made.service_wanted.connect(self._service_chosen)
        made.wanted.connect(self._search)
        made.closed.connect(self._leave_search)
        made.turn_to(self._service)
        made.offer(self._offered, self._stream)
        self._outer.insertWidget(self._outer.indexOf(self._service_strip) + 1, made)
        return made

    def _show_fields(self, on: bool) -> None:
        self.advanced.setVisible(on)

    def _lay_out(self) -> None:
        right = QSplitter(Qt.Orientation.Vertical)
        right.addWidget(self.listing)
        right.addWidget(self.reading)
        right.setSizes([340, 330])
        right.setChildrenCollapsible(False)
        both = QSplitter(Qt.Orientation.Horizontal)
        both.addWidget(self.tree)
        both.addWidget(right)
        both.setSizes([scaled(230), scaled(780)])
        both.setStretchFactor(1, 1)
        both.setChildrenCollapsible(False)
        browse = QWidget()
        inside = QVBoxLayout(browse)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addWidget(both, 1)
        inside.addWidget(self.bar)
        self._rest = QStackedWidget()
        self._rest.addWidget(
            EmptyState(
                "recovery",
                self.tr("Nothing to recover from yet"),
                self.tr("After the first backup, browse your mail here as it was at any point in time."),
                self.tr("Add account"),
                lambda: self.wants.emit(AddAccount()),
            )
        )
        self._rest.addWidget(browse)
        outer = self._outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self._service_strip = QWidget()
        strip = row(self.services)
        strip.setContentsMargins(SPACE.medium, SPACE.small, SPACE.medium, SPACE.small)
        self._service_strip.setLayout(strip)
        self._service_strip.hide()
        for piece in (self._tools, self._service_strip, self.banner):
            outer.addWidget(piece)
        outer.addWidget(self._rest, 1)

    def _wire(self) -> None:
        self.accounts.chosen.connect(self._account_chosen)
        self.services.picked.connect(self._service_chosen)
        self.picker.picked.connect(self._point_chosen)
        self.tree.selectionModel().currentChanged.connect(lambda *_: self._folder_chosen())
        self.listing.read.connect(self.reading.show_row)
        self.listing.picked.connect(self._tell_basket)
        self.listing.reordered.connect(self._folder_chosen)
        self.listing.left.connect(self._leave_search)
        self.listing.all_wanted.connect(lambda: self.run(self._tick_all()))
        self.table.opened.connect(lambda _: self.reading.browser.setFocus())
        self.search.returnPressed.connect(self._search)
        self.more_fields.toggled.connect(self._show_fields)
        self.basket.changed.connect(self._tell_basket)
        self.reading.versions_wanted.connect(lambda shown: self.run(self._versions(shown)))
        self.reading.saved.connect(self._say_saved)
        self.bar.restore_wanted.connect(lambda: self.run(self._restore()))
        self.bar.whole_wanted.connect(lambda: self.run(self._restore(everything=True)))
        self.bar.download_wanted.connect(lambda: self.run(self._download(), only="download"))
        self.bar.save_wanted.connect(lambda: self.run(self._save()))
        self.bar.clear_wanted.connect(self.basket.clear)
        keys = QKeySequence.StandardKey
        action(self, self.tr("Search"), self.search.setFocus, "search", keys.Find)
        self.compare.setShortcut("Ctrl+E")
        action(self, self.tr("Filter"), self.filter.setFocus, "filter", "Ctrl+Shift+F")
        table = self.table
        action(table, self.tr("Tick or untick"), lambda: self.run(self._tick_picked()), "check", "Space")
        action(table, self.tr("Restore…"), lambda: self.run(self._restore()), "restore", "Ctrl+R")
        action(table, self.tr("Download…"), lambda: self.run(self._download(), only="download"), "save", "Ctrl+Shift+S")
        self.save_action = action(table, self.tr("Save as .eml…"), lambda: self.run(self._save()), "save", keys.Save)
        action(table, self.tr("All versions"), self._versions_of_current, "versions", "Ctrl+H")

    def _versions_of_current(self) -> None:
        if self.reading.row is not None:
            self.run(self._versions(self.reading.row))
