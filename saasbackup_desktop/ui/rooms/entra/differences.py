"""A directory at two moments side by side: what differs, and what of it is to be brought back."""

import asyncio

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from saasbackup_desktop.app.entra.views import LIVE, CompareRequest, Comparison, DifferenceRow, EntraTenant
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.app.words.entra.kinds import kind_words
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.core.errors import Fault, Misconfigured
from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import clock, text
from saasbackup_desktop.ui.kit.buttons import Button, IconButton, action
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.notices import EmptyState
from saasbackup_desktop.ui.kit.pages import Page
from saasbackup_desktop.ui.kit.text import ElidedText, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.kinds import KindTree
from saasbackup_desktop.ui.models.picked import Picked
from saasbackup_desktop.ui.places import DirectoryPlace, EntraPlace, JobsPlace, PlanPlace
from saasbackup_desktop.ui.rooms.entra.detail_table import show_whole
from saasbackup_desktop.ui.rooms.entra.difference_list import DifferenceList
from saasbackup_desktop.ui.rooms.entra.difference_pane import DifferencePane
from saasbackup_desktop.ui.rooms.entra.door import entra
from saasbackup_desktop.ui.rooms.entra.kind_view import KindView
from saasbackup_desktop.ui.rooms.entra.looking import differing, key, lines_of
from saasbackup_desktop.ui.rooms.entra.narrowing import Narrowing
from saasbackup_desktop.ui.rooms.entra.nothing_differs import NothingDiffers
from saasbackup_desktop.ui.rooms.entra.nothing_saved import NothingSaved
from saasbackup_desktop.ui.rooms.entra.parts import difference_rows
from saasbackup_desktop.ui.rooms.entra.plan_sheet import PlanSheet
from saasbackup_desktop.ui.rooms.entra.saving import export
from saasbackup_desktop.ui.rooms.entra.staying import still_good, written
from saasbackup_desktop.ui.rooms.entra.ticked_bar import TickedBar
from saasbackup_desktop.ui.rooms.entra.two_moments import TwoMoments
from saasbackup_desktop.ui.rooms.entra.under_way import UnderWay

_PAUSE = 0.4
"""Seconds between two looks at a comparison that is under way."""


class DifferencesPage(Page):
    """Kinds on the left, objects in the middle, the object on the right, and what is ticked at the foot."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._stream: StreamId | None = None
        self._old: SnapshotId | None = None
        self._new = LIVE
        self._objects: tuple[str, ...] = ()
        self._tenant: EntraTenant | None = None
        self._comparison: Comparison | None = None
        self._families: dict[str, str] = {}
        self._beta: frozenset[str] = frozenset()
        self._points_told: tuple[object, ...] = ()
        self._written: object = None
        """What restores had written when it was compared."""
        self._is_anew = False
        """It was compared before: of what differs no more, ticks are dropped when this comparison is done."""
        self.picked = Picked(self)
        self.kinds = KindTree(self.picked, self)
        self.pane = DifferencePane(self.picked)
        self.listing = DifferenceList(bridge, self.tasks, self.picked, lambda: self._comparison, lambda: self.pane.key)
        self.sheet, self.table = self.listing.sheet, self.listing.table
        self._build()
        self._wire()

    # --- what is compared ------------------------------------------------------------------------------
    def look_at(
        self,
        stream: StreamId,
        old: SnapshotId | None,
        new: SnapshotId,
        objects: tuple[str, ...] = (),
        *,
        is_anew: bool = False,
    ) -> None:
        """Compare two moments; what was compared and ticked before stays if it is the same and good still."""
        same = stream == self._stream and objects == self._objects and new == self._new and old in (None, self._old)
        if same and not is_anew and self._comparison is not None:
            return
        if stream != self._stream or old not in (None, self._old):
            self.picked.clear()
        self._stream, self._old, self._new, self._objects = stream, old, new, objects
        self._start_over()

    def refresh(self) -> None:
        """Look again."""
        self.run(self._follow(), only="look")

    def first_focus(self) -> QWidget | None:
        """Start in the list."""
        return self.table

    def _start_over(self) -> None:
        before, self._comparison = self._comparison, None
        if before is not None:
            self.run(self._forget(before.id))
        self._read.say("")
        self.pane.show_nothing()
        self.listing.clear()
        self._rest.setCurrentWidget(self._loading)

    async def _forget(self, id: str) -> None:
        await self.bridge.call(entra(self.bridge).forget_comparison(id))

    async def _follow(self) -> None:
        if self._stream is None:
            return
        door = entra(self.bridge)
        await self._meet()
        if self._old is None or self._stream is None:
            return
        await self._settle_written()
        if self._comparison is None or not await self._is_held(self._comparison.id):
            self._is_anew = True
            if self._new == LIVE:
                self._read.say(self.tr("Now, as read on %1").replace("%1", text.precise(clock.now())))
            request = CompareRequest(stream=self._stream, old=self._old, new=self._new, objects=self._objects)
            self._comparison = await self.bridge.call(door.compare(request))
        shown = -1
        while True:
            found = self._comparison = await self.bridge.call(door.comparison(self._comparison.id))
            many = sum(sum(counts.values()) for counts in found.counts.values())
            if many != shown or found.is_done:
                shown = many
                await self._show()
            self._tell(found)
            if found.is_done:
                await self._drop_ticks(found)
                return
            await asyncio.sleep(_PAUSE)

    async def _settle_written(self) -> None:
        """Compare anew what was compared with a directory that a restore has written to since."""
        before = self._written
        self._written = written(await self.bridge.call(entra(self.bridge).plans(self._stream)))
        if self._comparison is not None and self._new == LIVE and self._written != before:
            self.banner.hide()
            self._start_over()

    async def _drop_ticks(self, found: Comparison) -> None:
        if self._is_anew and not found.code and not self.picked.is_empty:
            marks = self.picked.marks.copy()
            self.picked.become(await self.bridge.call(still_good(entra(self.bridge), found, marks)))
        self._is_anew = False

    async def _is_held(self, id: str) -> bool:
        """Comparisons are let go when nobody has looked at them for long: then it is compared anew."""
        try:
            await self.bridge.call(entra(self.bridge).comparison(id))
        except Misconfigured:
            return False
        return True

    async def _meet(self) -> None:
        """Learn what the directory is called, and which points in time and kinds it has."""
        assert self._stream is not None
        door = entra(self.bridge)
        tenants = await self.bridge.call(door.tenants())
        self._tenant = next((one for one in tenants if one.stream == self._stream), None)
        name = self._tenant.name if self._tenant is not None else ""
        self._title.say(self.tr("What has changed in %1").replace("%1", name))
        points = await self.bridge.call(self.desk.snapshots(self._stream))
        for piece in (self.moments, self._again, self._save, self.narrowing, self.foot):
            piece.setVisible(bool(points))
        if not points:
            self._unsaved.meet(self._tenant)
            self._rest.setCurrentWidget(self._unsaved)
            return
        if self._old is None:
            self._old = points[0].id
        self.moments.know(points)
        told = (self._stream, *(point.id for point in points))
        if told != self._points_told:
            self._points_told = told
            self.moments.fill(points)
            kinds = await self.bridge.call(door.kinds(self._stream, self._old))
            self._families = {one.kind: one.family for one in kinds}
            self._beta = frozenset(one.kind for one in kinds if one.is_beta)
        self.moments.show_pair(self._old, self._new)

    # --- what is shown ---------------------------------------------------------------------------------
    async def _show(self, *, anew: bool = False) -> None:
        """Show kinds and rows as they are found so far."""
        found = self._comparison
        if found is None:
            return
        page = await self.listing.first_page(found)
        look = self.listing.look
        if self.kinds.show(lines_of(found, self._families, self._beta, look)):
            self.tree.expandAll()
            self._choose_kind()
        self.narrowing.show_counts(found.counts, look)
        is_new = self.listing.show_page(page, is_done=found.is_done, anew=anew)
        if page.total:
            self._rest.setCurrentWidget(self._found)
            self.listing.settle(is_new)
        elif found.is_done:
            nothing = not any(differing(found, kind, noise=look.with_noise) for kind in found.counts)
            self._same.say_same(has_earlier=self.moments.before(self._old) is not None)
            self._rest.setCurrentWidget(self._same if nothing else self._found)
            self.pane.show_nothing()
        self._show_ticks()

    def _tell(self, found: Comparison) -> None:
        """Say how far the comparison is, and what of it failed."""
        self._under_way.tell(found)
        if not found.is_done:
            return
        if found.code:
            said = words_for(found.code)
            self.banner.say(
                Tone.BAD,
                self.tr("The comparison is not complete: %1").replace("%1", said.title),
                f"{said.what} {said.remedy}",
                self.tr("Compare again"),
                self.again,
            )
        elif found.unread:
            kinds = ", ".join(say(kind_words(kind)) for kind in found.unread)
            self.banner.say(
                Tone.ATTENTION,
                self.tr("Not compared, because it could not be read: %1").replace("%1", kinds),
                self.tr("Grant the missing permissions on the tenant's page, then back up and compare again."),
            )

    def again(self) -> None:
        """Compare anew; what differs still stays ticked."""
        self.banner.hide()
        self._start_over()
        self.refresh()

    async def _open(self, found: DifferenceRow) -> None:
        if self._comparison is None:
            return
        view = await self.bridge.call(entra(self.bridge).difference(self._comparison.id, key(found)))
        rows = await self.bridge.compute(lambda: difference_rows(view))
        self.pane.show_object(view, rows, *self._heads(brief=True))

    def _heads(self, *, brief: bool = False) -> tuple[str, str]:
        new = self.tr("Now") if self._new == LIVE else self.moments.words(self._new, brief=brief)
        return self.moments.words(self._old, brief=brief), new

    # --- what is ticked --------------------------------------------------------------------------------
    def _show_ticks(self) -> None:
        found = self._comparison
        totals = {kind: differing(found, kind) for kind in found.counts} if found is not None else {}
        self.foot.tell(totals, self.moments.words(self._old))

    def plan(self) -> None:
        """Make a plan of what is ticked."""
        self.run(self._make_plan(), only="plan")

    async def _make_plan(self) -> None:
        if self._stream is None or self._old is None or self.picked.is_empty:
            return
        sheet = PlanSheet(
            self.bridge, self._stream, self._old, self.picked.ticks(), self.moments.words(self._old), self
        )
        if await sheet.answer() and sheet.plan:
            self.wants.emit(PlanPlace(sheet.plan))

    async def _export(self) -> None:
        if self._comparison is None:
            return
        domain = self._tenant.domain if self._tenant is not None else ""
        name = f"{domain or 'directory'}-{self.moments.words(self._old)}"
        await export(self.bridge, self, self.banner, self._comparison.id, name, self.listing.look.with_noise)

    # --- how it is built -------------------------------------------------------------------------------
    def _build(self) -> None:
        self._back = Button(self.tr("All directories"), "link", "left", self._leave)
        self._title = ElidedText("", "title")
        self._read = ElidedText("", "muted", snug=True)
        self._read.setToolTip(self.tr("When the directory was read"))
        self.moments = TwoMoments()
        self._again = IconButton("retry", self.tr("Compare again"), self.again)
        self._save = Button(self.tr("Save…"), picture="save", pressed=lambda: self.run(self._export(), only="save"))
        self.narrowing = Narrowing()
        self._under_way = UnderWay()
        self.tree = KindView(self.kinds, self.tr("Kinds"))
        self._build_split()
        self._build_rest()

    def _build_split(self) -> None:
        self._split = QSplitter(Qt.Orientation.Horizontal)
        for piece, least in ((self.tree, 190), (self.listing, 220), (self.pane, 300)):
            piece.setMinimumWidth(scaled(least))
            self._split.addWidget(piece)
        self._split.setChildrenCollapsible(False)
        self._split.setSizes([scaled(216), scaled(360), scaled(456)])
        for place, share in enumerate((2, 3, 4)):
            self._split.setStretchFactor(place, share)

    def _build_rest(self) -> None:
        self._same = NothingDiffers(self._further_back)
        self._loading = EmptyState(
            "history", self.tr("Comparing…"), self.tr("What is found is shown while more is read.")
        )
        self._unsaved = NothingSaved(
            self.tr("Back it up once; from then on you see here what changes."),
            lambda tenant: self.run(self._back_up(tenant), busy=self._unsaved.next, only="backup"),
            self._leave,
        )
        self._found = self._split
        self._rest = QStackedWidget()
        for one in (self._split, self._same, self._loading, self._unsaved):
            self._rest.addWidget(one)
        self._rest.setCurrentWidget(self._loading)
        titles = row(self._title, self._read)
        titles.setStretch(0, 1)
        head = column(
            row(self._back, None, self.moments, self._again, self._save),
            titles,
            self.banner,
            self.narrowing,
            self._under_way,
            spacing=SPACE.medium,
        )
        head.setContentsMargins(SPACE.page, SPACE.large, SPACE.page, SPACE.medium)
        self.foot = TickedBar(self.picked)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(head)
        outer.addWidget(self._rest, 1)
        outer.addWidget(self.foot)

    def _wire(self) -> None:
        self.picked.changed.connect(self._show_ticks)
        self.moments.chosen.connect(self._moments_chosen)
        self.narrowing.changed.connect(self._narrow)
        self.tree.selectionModel().currentChanged.connect(lambda *_: self._narrow())
        self.listing.chosen.connect(lambda found: self.run(self._open(found), only="open"))
        self.listing.all_wanted.connect(self._show_all)
        self.foot.plan_wanted.connect(self.plan)
        self.table.opened.connect(lambda _: self.pane.table.setFocus())
        self.pane.table.whole_wanted.connect(
            lambda found: self.run(show_whole(self, found, *self._heads()), only="sheet")
        )
        self.pane.history_wanted.connect(self._to_object)
        action(self, self.tr("Filter"), self.narrowing.filter.setFocus, "filter", QKeySequence.StandardKey.Find)
        action(self, self.tr("Plan…"), self.plan, "restore", "Ctrl+R")
        action(self, self.tr("Back"), self._back_out, "", "Esc")
        self._show_ticks()

    def _choose_kind(self) -> None:
        kinds = self.listing.look.kinds
        self.tree.choose(self.kinds.find(next(iter(kinds)) if len(kinds) == 1 else ""))

    def _narrow(self) -> None:
        look = self.narrowing.look(frozenset(self.kinds.kinds(self.tree.currentIndex())))
        if look != self.listing.look:
            self.listing.look = look
            self.run(self._show(anew=True), only="narrow")

    def _moments_chosen(self) -> None:
        old, new = self.moments.pair()
        if old == new and self._old is not None:
            self.moments.show_pair(self._old, self._new)
            self.banner.say(
                Tone.ATTENTION,
                self.tr("Both are the same moment"),
                self.tr("Choose two different ones. What was compared before is still shown."),
            )
        elif self._stream is not None:
            self.banner.hide()
            self.look_at(self._stream, old, new, self._objects)
            self.refresh()

    def _show_all(self) -> None:
        self.narrowing.clear()
        self.tree.setCurrentIndex(self.kinds.find(""))

    async def _back_up(self, tenant: EntraTenant) -> None:
        """Start the first backup, or lead to the one that runs."""
        self.wants.emit(JobsPlace(tenant.job or await self.bridge.call(entra(self.bridge).backup(tenant.tenant))))

    def _further_back(self) -> None:
        before = self.moments.before(self._old)
        if self._stream is not None and before is not None:
            self.look_at(self._stream, before, self._new, self._objects)
            self.refresh()

    def _to_object(self) -> None:
        if self._stream is not None and self.pane.key:
            self.wants.emit(DirectoryPlace(self._stream, self._old, self.pane.key))

    def _back_out(self) -> None:
        """From the object to the list, and from there to all directories."""
        focus = self.focusWidget()
        if focus is not None and self.pane.isAncestorOf(focus) and self.table.isVisible():
            self.table.setFocus()
        else:
            self._leave()

    def _leave(self) -> None:
        self.wants.emit(EntraPlace())

    def _tell_fault(self, fault: Fault) -> None:
        super()._tell_fault(fault)
        self._under_way.hide()
