"""All directories, and what was restored to them."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.entra.views import EntraTenant, PlanState
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.core.ids import ConnectionName, StreamId
from saasbackup_desktop.core.jobs import CatalogChanged, Event, JobChanged
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.layout import Card, Grid
from saasbackup_desktop.ui.kit.notices import EmptyState
from saasbackup_desktop.ui.kit.pages import PlainPage
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.models.sheet import Field, RowSheet
from saasbackup_desktop.ui.places import AddTenant, DifferencesPlace, DirectoryPlace, JobsPlace, PlanPlace
from saasbackup_desktop.ui.rooms.entra.access import authorise, choose_access, deactivate
from saasbackup_desktop.ui.rooms.entra.card import DirectoryCard
from saasbackup_desktop.ui.rooms.entra.door import entra
from saasbackup_desktop.ui.rooms.entra.plan_words import listed, plan_mark, plan_picture, plan_title, short_title
from saasbackup_desktop.ui.rooms.entra.saving import download


class EntraPage(PlainPage):
    """A card for each tenant, and below them the plans that were made."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(
            bridge,
            self.tr("Entra"),
            self.tr("Users, groups, policies and everything else of a directory: kept, compared and brought back."),
        )
        self.cards: dict[ConnectionName, DirectoryCard] = {}
        self._names: dict[StreamId, str] = {}
        self._grid_place = QWidget()
        self._grid = Grid(440)
        self._grid_place.setLayout(self._grid)
        self._empty = EmptyState(
            "directory",
            self.tr("No directory yet"),
            self.tr(
                "Connect a Microsoft 365 tenant. Then its directory can be backed up: users, groups, roles, "
                "applications and policies, with all their links. After a bad change or an attack you see exactly "
                "what differs, and bring back what you tick."
            ),
            self.tr("Connect a tenant"),
            lambda: self.wants.emit(AddTenant()),
        )
        self._model: RowSheet[PlanState] = RowSheet(
            (
                Field(say("Plan"), short_title, picture=plan_picture, hint=plan_title),
                Field(say("Directory"), lambda one: self._names.get(one.head.stream, "")),
                Field(
                    say("Made"),
                    lambda one: text.brief(one.head.made),
                    lambda one: one.head.made,
                    hint=lambda one: text.utc(one.head.made),
                ),
                Field(
                    say("Writes"),
                    lambda one: text.number(sum(one.head.counts.values())),
                    lambda one: sum(one.head.counts.values()),
                    right=True,
                ),
                Field(say("State"), lambda one: plan_mark(one)[0], picture=lambda one: plan_mark(one)[2]),
                Field(say("Note"), lambda one: one.head.note),
            ),
            self,
        )
        self.plans = Table(self.tr("Plans"))
        self.plans.setModel(self._model)
        self.plans.widths((265, 105, 115, 60, 155, 120), 0, least=265, roomy=(260, 160, 110, 70, 170, 160))
        self.plans.setMinimumHeight(scaled(220))
        self.plans.opened.connect(self._open_plan)
        self._past = Card(Text(self.tr("Plans and restores"), "heading"), self.plans)
        self.body.addWidget(self._grid_place)
        self.body.addWidget(self._past)
        self.body.addWidget(self._empty, 1)
        self.body.addStretch(1)
        for piece in (self._past, self._empty):
            piece.hide()

    def refresh(self) -> None:
        """Look again how all of them are."""
        self.run(self._look(), only="look")

    def happened(self, event: Event) -> None:
        """A backup or a restore may have moved on."""
        if isinstance(event, CatalogChanged | JobChanged):
            self.refresh_soon()

    def first_focus(self) -> QWidget | None:
        """Start with the first card."""
        first = next(iter(self.cards.values()), None)
        if first is None:
            return None
        return next((one for one in (first.activate, first.compare, first.backup) if one.isVisibleTo(first)), None)

    async def _look(self) -> None:
        door = entra(self.bridge)
        tenants = await self.bridge.call(door.tenants())
        plans = listed(await self.bridge.call(door.plans()))
        self._show(tenants)
        self._names = {one.stream: one.name for one in tenants}
        self._model.show(plans)
        self._past.setVisible(bool(plans))

    def _show(self, tenants: Sequence[EntraTenant]) -> None:
        self._empty.setVisible(not tenants)
        self._grid_place.setVisible(bool(tenants))
        names = [one.tenant for one in tenants]
        if names != list(self.cards):
            for card in self.cards.values():
                self._grid.removeWidget(card)
                card.hide()
                card.deleteLater()
            self.cards = {one.tenant: self._card(one) for one in tenants}
        for one in tenants:
            self.cards[one.tenant].show_tenant(one)

    def _card(self, tenant: EntraTenant) -> DirectoryCard:
        card = DirectoryCard(tenant)
        self._grid.addWidget(card)
        card.browse_wanted.connect(lambda: self.wants.emit(DirectoryPlace(card.tenant.stream)))
        card.compare_wanted.connect(lambda: self.wants.emit(DifferencesPlace(card.tenant.stream)))
        card.renewal_wanted.connect(lambda: self.run(self._authorise(card.tenant), only="sheet"))
        card.job_wanted.connect(lambda: self.wants.emit(JobsPlace(card.tenant.job)))
        card.backup_wanted.connect(lambda: self.run(self._back_up(card.tenant), busy=card.backup))
        card.access_wanted.connect(lambda: self.run(self._access(card.tenant), only="sheet"))
        card.download_wanted.connect(lambda: self.run(self._download(card.tenant), only="download"))
        card.activation_wanted.connect(lambda active: self.run(self._activate(card, active), only="activate"))
        return card

    async def _back_up(self, tenant: EntraTenant) -> None:
        job = await self.bridge.call(entra(self.bridge).backup(tenant.tenant))
        self.wants.emit(JobsPlace(job))

    async def _activate(self, card: DirectoryCard, active: bool) -> None:
        tenant = card.tenant
        if not active:
            await deactivate(self.bridge, tenant, self)
        else:
            await self.bridge.call(entra(self.bridge).activate(tenant.tenant, True))
            after = {one.tenant: one for one in await self.bridge.call(entra(self.bridge).tenants())}[tenant.tenant]
            if after.missing:
                self.banner.say(
                    Tone.ATTENTION,
                    self.tr("Activated; permissions to read the directory of %1 are missing").replace(
                        "%1", tenant.name
                    ),
                    self.tr("Not granted: %1.").replace("%1", ", ".join(after.missing)),
                    self.tr("Reauthorise…"),
                    lambda: self.run(self._authorise(after), only="sheet"),
                )
                self.refresh()
                return
            self.banner.say(
                Tone.GOOD,
                self.tr("The directory of %1 is protected from now on").replace("%1", tenant.name),
                self.tr("The first backup reads all of it; those after it only what changed."),
                self.tr("Back up now"),
                lambda: self.run(self._back_up(tenant)),
            )
        self.refresh()

    async def _authorise(self, tenant: EntraTenant) -> None:
        if await authorise(self.bridge, tenant, self):
            self.banner.say(Tone.GOOD, self.tr("The directory of %1 is authorised again").replace("%1", tenant.name))
            self.refresh()

    async def _access(self, tenant: EntraTenant) -> None:
        if await choose_access(self.bridge, tenant, self):
            self.refresh()

    async def _download(self, tenant: EntraTenant) -> None:
        if tenant.last is not None:
            name = f"{tenant.domain or tenant.name}-directory"
            await download(self.bridge, self, self.banner, tenant.stream, tenant.last, ("",), name)

    def _open_plan(self, index: QModelIndex) -> None:
        self.wants.emit(PlanPlace(self._model.row_at(index.row()).head.id))
