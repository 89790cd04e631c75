"""A directory at a point in time: kinds with counts, objects, and one object whole."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from saasbackup_desktop.app.entra.views import LIVE, DifferenceView, EntraTenant, ObjectPage, ObjectRow, ObjectVersion
from saasbackup_desktop.app.words.entra.kinds import STATES, kind_words, picture_of
from saasbackup_desktop.app.words.states import label
from saasbackup_desktop.core.directory.objects import key_of, parts_of
from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.core.jobs import CatalogChanged, Event
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button, action, menu
from saasbackup_desktop.ui.kit.forms import SearchField
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.notices import EmptyState
from saasbackup_desktop.ui.kit.pages import Page
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.text import ElidedText, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.kinds import KindLine, KindTree
from saasbackup_desktop.ui.models.lazy import PAGE, LazySheet
from saasbackup_desktop.ui.models.sheet import Field
from saasbackup_desktop.ui.places import DifferencesPlace, EntraPlace, JobsPlace
from saasbackup_desktop.ui.rooms.entra.detail_table import show_whole
from saasbackup_desktop.ui.rooms.entra.door import entra
from saasbackup_desktop.ui.rooms.entra.kind_view import KindView
from saasbackup_desktop.ui.rooms.entra.nothing_saved import NothingSaved
from saasbackup_desktop.ui.rooms.entra.object_pane import ObjectPane
from saasbackup_desktop.ui.rooms.entra.parts import difference_rows, object_rows
from saasbackup_desktop.ui.rooms.entra.saving import download
from saasbackup_desktop.ui.rooms.point_picker import PointPicker

_TYPING = 250
"""Milliseconds without a key until it is searched."""


class DirectoryPage(Page):
    """Kinds on the left, objects in the middle, the object on the right."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._stream: StreamId | None = None
        self._at: SnapshotId | None = None
        self._shown: SnapshotId | None = None
        """The point in time of what is in the list and beside it."""
        self._wanted = ""
        self._kind = ""
        self._words = ""
        self._tenant: EntraTenant | None = None
        self._awaits = False
        """The chosen row is still an ellipsis."""
        self.kinds = KindTree(parent=self)
        self.sheet: LazySheet[ObjectRow] = LazySheet(
            (
                Field(say("Name"), lambda one: one.name or one.id, picture=_picture),
                Field(say("About"), _about),
                Field(say("State"), _state),
            ),
            self._bring,
            self.run,
            self,
            key=_key,
        )
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING)
        self._build()
        self._wire()

    def look_at(self, stream: StreamId, at: SnapshotId | None, key: str = "") -> None:
        """Show a directory at a point in time; None: the newest. A key opens an object or a kind."""
        if stream != self._stream:
            self._kind = ""
            self.search.clear()
            self.pane.show_nothing()
        self._stream, self._at = stream, at
        if key:
            self._wanted = key
            self._kind = parts_of(key)[0]

    def refresh(self) -> None:
        """Look again."""
        self.run(self._look(), only="look")

    def happened(self, event: Event) -> None:
        """A new point in time may be there."""
        if isinstance(event, CatalogChanged) and event.stream in (None, self._stream):
            self.refresh_soon()

    def first_focus(self) -> QWidget | None:
        """Start with the kinds."""
        return self.tree

    async def _look(self) -> None:
        if self._stream is None:
            return
        door = entra(self.bridge)
        tenants = await self.bridge.call(door.tenants())
        self._tenant = next((one for one in tenants if one.stream == self._stream), None)
        self._title.say(self._tenant.name if self._tenant is not None else "")
        points = await self.bridge.call(self.desk.snapshots(self._stream))
        self.picker.show_points(points, self._at)
        self._unsaved.meet(self._tenant)
        has_points = self.picker.current is not None
        self._rest.setCurrentIndex(0 if has_points else 1)
        for piece in (self.picker, self.compare, self._save, self._tools):
            piece.setVisible(has_points)
        if self.picker.current is None:
            return
        if self.picker.current.id != self._shown:
            self.pane.show_nothing()
        self._at = self._shown = self.picker.current.id
        kinds = await self.bridge.call(door.kinds(self._stream, self._at))
        lines = [KindLine(one.kind, one.family, one.count, one.is_beta) for one in kinds if one.count]
        if self.kinds.show(lines):
            self.tree.expandAll()
        if not self._kind and lines:
            self._kind = lines[0].kind
        await self._list()
        if self._wanted:
            key, self._wanted = self._wanted, ""
            if parts_of(key)[1]:
                await self._open(key)

    async def _page(self, offset: int, limit: int) -> ObjectPage:
        if self._stream is None or self._at is None:
            return ObjectPage(rows=(), total=0)
        door = entra(self.bridge)
        if self._is_everywhere:
            at = None if self.ever.isChecked() else self._at
            return await self.bridge.call(door.search(self._stream, self._words, at, offset, limit))
        return await self.bridge.call(door.objects(self._stream, self._at, self._kind, self._words, offset, limit))

    async def _bring(self, offset: int, limit: int) -> Sequence[ObjectRow]:
        return (await self._page(offset, limit)).rows

    @property
    def _is_everywhere(self) -> bool:
        """The search goes through all kinds."""
        return bool(self._words) and (not self._kind or self.everywhere.isChecked())

    async def _list(self) -> None:
        self.tree.choose(self.kinds.find("" if self._is_everywhere else self._kind))
        if not self._kind and not self._words:
            self.sheet.show(0, ())
            self._count.say(self.tr("Choose a kind, or search."))
            return
        page = await self._page(0, PAGE)
        self.sheet.show(page.total, page.rows)
        self._lists.setCurrentIndex(0 if page.total else 1)
        if self._words:
            found = self.tr("%1 found").replace("%1", text.number(page.total))
        else:
            found = f"{say(kind_words(self._kind))}  {text.number(page.total)}"
        self._count.say(found)
        place = self.sheet.place_of(self._wanted or self.pane.key)
        if place is not None:
            self.table.go_to(place)

    async def _open(self, key: str) -> None:
        if self._stream is None or self._at is None:
            return
        view = await self.bridge.call(entra(self.bridge).object(self._stream, self._at, key))
        rows = await self.bridge.compute(lambda: object_rows(view))
        self.pane.show_object(view, rows)
        if self.pane.is_history:
            await self._show_history()

    async def _show_history(self) -> None:
        if self._stream is not None and self.pane.key and not self.pane.versions.rowCount():
            self.pane.show_history(await self.bridge.call(entra(self.bridge).history(self._stream, self.pane.key)))

    async def _show_version(self, version: ObjectVersion) -> None:
        found = version.difference
        if found is None:
            self.pane.show_changes(())
            return
        rows = await self.bridge.compute(lambda: difference_rows(DifferenceView(difference=found), with_ticks=False))
        self.pane.show_changes(rows)

    # --- how it is built -------------------------------------------------------------------------------
    def _build(self) -> None:
        self._back = Button(self.tr("All directories"), "link", "left", self._leave)
        self._title = ElidedText("", "title", snug=True)
        self.picker = PointPicker()
        self.compare = Button(self.tr("What has changed?"), picture="compare", pressed=self._compare)
        self._save = Button(self.tr("Download…"), picture="save", pressed=self._offer_download)
        self.search = SearchField(self.tr("Search objects and what they say"))
        self.search.setFixedWidth(scaled(300))
        self.everywhere = Button(self.tr("In all kinds"), "chip", "directory")
        self.ever = Button(self.tr("At any time"), "chip", "history")
        self._count = ElidedText("", "muted")
        self.tree = KindView(self.kinds, self.tr("Kinds"))
        self.table = Table(self.tr("Objects"))
        self.table.setProperty("flush", True)
        self.table.setModel(self.sheet)
        self.table.widths((150, 80, 82), 0, least=110, roomy=(140, 128, 74))
        nothing = EmptyState(
            "search",
            self.tr("Nothing found"),
            self.tr("Other words may find more, or a search in all kinds."),
            width=200,
        )
        self._lists = QStackedWidget()
        self._lists.addWidget(self.table)
        self._lists.addWidget(nothing)
        self.pane = ObjectPane()
        self._split = QSplitter(Qt.Orientation.Horizontal)
        for piece, least in ((self.tree, 190), (self._lists, 220), (self.pane, 300)):
            piece.setMinimumWidth(scaled(least))
            self._split.addWidget(piece)
        self._split.setChildrenCollapsible(False)
        self._split.setSizes([scaled(232), scaled(360), scaled(440)])
        for place, share in enumerate((2, 3, 4)):
            self._split.setStretchFactor(place, share)
        tools = row(self.search, self.everywhere, self.ever, self._count)
        tools.setStretch(3, 1)
        self._tools = QWidget()
        self._tools.setLayout(tools)
        head = column(
            row(self._back, None, self.compare, self._save),
            row(self._title, None, self.picker),
            self.banner,
            self._tools,
            spacing=SPACE.medium,
        )
        head.setContentsMargins(SPACE.page, SPACE.large, SPACE.page, SPACE.medium)
        self._rest = QStackedWidget()
        self._rest.addWidget(self._split)
        self._unsaved = NothingSaved(
            self.tr("Back it up once; from then on its objects can be looked through here, at any point in time."),
            lambda tenant: self.run(self._back_up(tenant), busy=self._unsaved.next, only="backup"),
            self._leave,
        )
        self._rest.addWidget(self._unsaved)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(head)
        outer.addWidget(self._rest, 1)

    def _wire(self) -> None:
        self.tree.selectionModel().currentChanged.connect(self._kind_chosen)
        self.table.selectionModel().currentRowChanged.connect(self._row_chosen)
        self.sheet.dataChanged.connect(lambda *_: self._row_came())
        self.table.opened.connect(lambda _: self.pane.table.setFocus())
        self.picker.picked.connect(self._point_chosen)
        self.search.textChanged.connect(lambda _: self._typing.start())
        self.search.returnPressed.connect(self._searched)
        self._typing.timeout.connect(self._searched)
        self.everywhere.toggled.connect(self._everywhere)
        self.ever.toggled.connect(self._ever)
        self.pane.compare_wanted.connect(self._compare_object)
        self.pane.download_wanted.connect(lambda: self._download((self.pane.key,), self.pane.key.replace("/", "-")))
        self.pane.history_wanted.connect(lambda: self.run(self._show_history(), only="history"))
        self.pane.version_chosen.connect(lambda version: self.run(self._show_version(version), only="version"))
        self.pane.back_wanted.connect(self._bring_back)
        heads = self.tr("Value"), ""
        self.pane.table.whole_wanted.connect(lambda found: self.run(show_whole(self, found, *heads), only="sheet"))
        sides = self.tr("Before"), self.tr("From then on")
        self.pane.changes.whole_wanted.connect(lambda found: self.run(show_whole(self, found, *sides), only="sheet"))
        action(self, self.tr("Search"), self.search.setFocus, "search", QKeySequence.StandardKey.Find)
        action(self, self.tr("Back"), self._back_out, "", "Esc")

    def _kind_chosen(self, now: QModelIndex, before: QModelIndex) -> None:
        kinds = self.kinds.kinds(now)
        if len(kinds) != 1:
            if now.isValid() and kinds:
                self.tree.expand(now)
            return
        if kinds[0] != self._kind or self._words:
            self._kind = kinds[0]
            self.everywhere.setChecked(False)
            self.run(self._list(), only="list")

    def _row_chosen(self, now: QModelIndex, before: QModelIndex) -> None:
        found = self.sheet.row_at(now.row()) if now.isValid() else None
        self._awaits = found is None and now.isValid()
        if found is not None and _key(found) != self.pane.key:
            self.run(self._open(_key(found)), only="open")

    def _row_came(self) -> None:
        if self._awaits and self.table.currentIndex().isValid():
            self._row_chosen(self.table.currentIndex(), QModelIndex())

    def _point_chosen(self, point: object) -> None:
        current = self.picker.current
        if current is not None and current.id != self._at:
            self._at, self._wanted = current.id, self.pane.key
            self.pane.show_nothing()
            self.refresh()

    def _searched(self, *, anew: bool = False) -> None:
        self._typing.stop()
        words = self.search.text().strip()
        if words != self._words or (anew and words):
            self._words = words
            self.run(self._list(), only="list")

    def _ever(self, on: bool) -> None:
        if on:
            self.everywhere.setChecked(True)
        self._searched(anew=True)

    def _everywhere(self, on: bool) -> None:
        if not on:
            self.ever.setChecked(False)  # in one kind there is only one point in time to be looked at
        self._searched(anew=True)

    async def _back_up(self, tenant: EntraTenant) -> None:
        """Start the first backup, or lead to the one that runs."""
        self.wants.emit(JobsPlace(tenant.job or await self.bridge.call(entra(self.bridge).backup(tenant.tenant))))

    def _compare(self) -> None:
        if self._stream is not None:
            self.wants.emit(DifferencesPlace(self._stream, self._at))

    def _compare_object(self) -> None:
        if self._stream is not None and self.pane.key:
            self.wants.emit(DifferencesPlace(self._stream, self._at, LIVE, (self.pane.key,)))

    def _bring_back(self, version: ObjectVersion) -> None:
        if self._stream is not None and self.pane.key:
            self.wants.emit(DifferencesPlace(self._stream, version.snapshot, LIVE, (self.pane.key,)))

    def _offer_download(self) -> None:
        name = self._tenant.domain if self._tenant is not None else ""
        whole = action(self, self.tr("The whole directory…"), lambda: self._download(("",), f"{name}-directory"))
        entries = [whole]
        if self._kind:
            words = self.tr("%1…").replace("%1", say(kind_words(self._kind)))
            entries.append(action(self, words, lambda: self._download((self._kind,), f"{name}-{self._kind}")))
        keys = tuple(_key(one) for n in self.table.picked()[:1000] if (one := self.sheet.row_at(n)) is not None)
        if keys:
            chosen = self.tr("What is selected (%1)…").replace("%1", text.number(len(keys)))
            entries.append(action(self, chosen, lambda: self._download(keys, f"{name}-objects")))
        for entry in entries:
            self.removeAction(entry)
        shown = menu(self, *entries)
        shown.popup(self._save.mapToGlobal(self._save.rect().bottomLeft()))

    def _download(self, keys: Sequence[str], name: str) -> None:
        if self._stream is not None and self._at is not None:
            work = download(self.bridge, self, self.banner, self._stream, self._at, keys, name)
            self.run(work, only="download")

    def _back_out(self) -> None:
        """From the object to the list, and from there to all directories."""
        focus = self.focusWidget()
        if focus is not None and self.pane.isAncestorOf(focus) and self.table.isVisible():
            self.table.setFocus()
        else:
            self._leave()

    def _leave(self) -> None:
        self.wants.emit(EntraPlace())


def _key(found: ObjectRow) -> str:
    return key_of(found.kind, found.id)


def _picture(found: ObjectRow) -> tuple[str, str]:
    if found.is_deleted:
        return "remove", "bad"
    return ("quiet", "muted") if found.state == "disabled" else (picture_of(found.kind), "muted")


def _about(found: ObjectRow) -> str:
    return found.about or say(kind_words(found.kind))


def _state(found: ObjectRow) -> str:
    if found.is_deleted:
        return say("Deleted")
    return say(label(STATES, found.state)) if found.state else ""
