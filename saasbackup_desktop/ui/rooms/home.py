"""Home: a card for each protected account, and for each tenant."""

from collections.abc import Sequence

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.tasks.views import Task, TaskView
from saasbackup_desktop.app.tenants.views import Tenant
from saasbackup_desktop.app.views import Health, StreamCard
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.core.ids import ConnectionName, JobId, StreamId, TaskId
from saasbackup_desktop.core.jobs import CatalogChanged, Event, Job, JobChanged
from saasbackup_desktop.core.model import Provider, Service
from saasbackup_desktop.core.schedule import Rhythm, Schedule
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button, IconButton, action
from saasbackup_desktop.ui.kit.forms import SearchField
from saasbackup_desktop.ui.kit.layout import Card, Grid, row, tab_as_read
from saasbackup_desktop.ui.kit.notices import EmptyState
from saasbackup_desktop.ui.kit.pages import PlainPage
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.places import AddBackup, AlertsPlace, DownloadsPlace, JobsPlace, RecoveryPlace, VaultPlace
from saasbackup_desktop.ui.rooms.account_card import AccountCard
from saasbackup_desktop.ui.rooms.alerts.strip import AlertStrip
from saasbackup_desktop.ui.rooms.exports.accounts_sheet import download_accounts
from saasbackup_desktop.ui.rooms.exports.importing import import_files
from saasbackup_desktop.ui.rooms.tasks import sheet as task_sheet
from saasbackup_desktop.ui.rooms.tasks.card import TaskCard
from saasbackup_desktop.ui.rooms.tenants.card import TenantCard
from saasbackup_desktop.ui.rooms.tenants.door import tenants
from saasbackup_desktop.ui.rooms.vault.glance import damage, vault_jobs

_MANY = 4
"""From this number of accounts on there is a field to search them."""


class HomePage(PlainPage):
    """All accounts at a glance."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge, self.tr("Home"))
        self.reminds = True
        """Whether an unconfirmed recovery kit is worth a word here."""
        self._cards: dict[StreamId, AccountCard] = {}
        self._tenants: dict[ConnectionName, TenantCard] = {}
        self._tasks: dict[TaskId, TaskCard] = {}
        self._jobs: dict[JobId, Job] = {}
        self._search = SearchField(self.tr("Search accounts"))
        self._search.textChanged.connect(self._filter)
        self._search.setFixedWidth(scaled(150))
        self._all = Button(self.tr("&Back up all"), picture="backup", pressed=lambda: self.run(self._back_up_all()))
        self._add = Button(self.tr("&Add account"), "primary", "plus", self._add_one)
        self.to_alerts = Button(self.tr("A&lerts"), "quiet", "shield", lambda: self.wants.emit(AlertsPlace()))
        self.to_alerts.setToolTip(self.tr("Unusual changes, and how soon they are told of"))
        for widget in (self._search, self.to_alerts, self._all, self._add):
            self.commands.addWidget(widget)
        self._task = IconButton("calendar", self.tr("New task…"), lambda: self.run(self._add_task()))
        self._task.hide()
        self.commands.insertWidget(self.commands.indexOf(self._add), self._task)
        self.files = IconButton("archive", self.tr("Import files…"), lambda: self.run(self._import(), only="import"))
        self.commands.insertWidget(self.commands.indexOf(self._add), self.files)
        self.save = Button(
            self.tr("&Download…"), picture="save", pressed=lambda: self.run(self._download(), only="save")
        )
        self.save.setToolTip(self.tr("Download accounts…"))
        self.save.setAccessibleName(self.tr("Download accounts…"))
        self.commands.insertWidget(self.commands.indexOf(self._add), self.save)
        self.alerts = AlertStrip(bridge)
        self.alerts.wants.connect(self.wants)
        self.alerts.settled.connect(self.refresh)
        self.body.addWidget(self.alerts)
        self._grid = Grid(430)
        self._holder = QWidget()
        self._holder.setLayout(self._grid)
        self._empty = EmptyState(
            "mail",
            self.tr("No account is protected yet"),
            self.tr(
                "Add a mailbox and make its first backup. Each backup is a point in time that you can "
                "browse, search and restore."
            ),
            self.tr("Add account"),
            self._add_one,
        )
        self._empty.hide()
        self._left_stream: StreamId | None = None
        self._left_words = Text("", "muted", wrap=True)
        to_left = Button(self.tr("Recovery"), picture="recovery", pressed=self._to_left)
        to_left.setAccessibleName(self.tr("Recovery of accounts whose organisation is not set up here"))
        line = row(self._left_words, to_left, spacing=SPACE.large)
        line.setStretch(0, 1)
        self._left = Card(line)
        self._left.hide()
        self.body.addWidget(self._holder)
        self.body.addWidget(self._left)
        self.body.addWidget(self._empty, 100)
        self.body.addStretch(1)
        self._tabs: list[QWidget] = []
        """Stops of the tab key, as they are set."""
        action(self, self.tr("Search accounts"), self._search.setFocus, "", QKeySequence.StandardKey.Find)

    def refresh(self) -> None:
        """Ask for the cards again."""
        self.run(self._look(), only="look")

    def happened(self, event: Event) -> None:
        """Move the progress of what runs; look again when something ended or changed."""
        if isinstance(event, CatalogChanged):
            self.refresh_soon()
        elif isinstance(event, JobChanged):
            before = self._jobs.get(event.job.id)
            self._jobs[event.job.id] = event.job
            card = next((c for c in self._cards.values() if c.card.running == event.job.id), None)
            if card is not None and not event.job.state.is_over:
                card.show_job(event.job)
            elif before is None or before.state != event.job.state:
                self.refresh_soon()

    def first_focus(self) -> QWidget | None:
        """Start at the first button."""
        return self._add

    async def _look(self) -> None:
        cards = await self.bridge.call(self.desk.cards())
        info = await self.bridge.call(self.desk.vault_info())
        found = await self.bridge.call(tenants(self.bridge).all())
        self.alerts.show_alerts(await self.bridge.call(self.desk.alerts.all(open_only=True)))
        for card in cards:
            if card.running is not None and card.running not in self._jobs:
                self._jobs[card.running] = await self.bridge.call(self.desk.job(card.running))
        self._show_tenants(found, cards)
        self._show([card for card in cards if card.account.provider is not Provider.MICROSOFT])
        self._show_tasks(await self.bridge.call(self.desk.tasks.all()), cards)
        self._show_left(_left_behind(cards, [tenant.settings.name for tenant in found]))
        self._tell_all(cards, found)
        hurt = damage(await vault_jobs(self.bridge))
        if hurt is not None:
            self.banner.say(
                Tone.BAD,
                self.tr("The vault is damaged"),
                self.tr("Found %1. A repair keeps everything that can be kept.").replace(
                    "%1", text.ago(hurt.finished or hurt.created)
                ),
                self.tr("Look at the vault"),
                lambda: self.wants.emit(VaultPlace("overview")),
                closable=False,
            )
        elif self.reminds and not info.recovery_confirmed:
            self.banner.say(
                Tone.ATTENTION,
                self.tr("Your recovery kit is not confirmed yet"),
                self.tr("If the passphrase is lost, the recovery key is the only way to your backups."),
                self.tr("Confirm now"),
                lambda: self.wants.emit(VaultPlace("keys")),
                closable=False,
            )
        else:
            self.banner.hide()
        self._tabs = tab_as_read(self.inside, self._tabs)

    def _show_tenants(self, found: Sequence[Tenant], cards: Sequence[StreamCard]) -> None:
        known = {tenant.settings.name: tenant for tenant in found}
        for name in [n for n in self._tenants if n not in known]:
            gone = self._tenants.pop(name)
            self._grid.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for name, tenant in known.items():
            if name not in self._tenants:
                made = TenantCard(self.bridge, tenant)
                made.wants.connect(self.wants)
                made.changed.connect(self.refresh)
                self._tenants[name] = made
                self._grid.addWidget(made)
            of = [card for card in cards if (card.connection or "").startswith(f"{name}/")]
            self._tenants[name].show_tenant(tenant, of)

    def _show_tasks(self, views: Sequence[TaskView], cards: Sequence[StreamCard]) -> None:
        """Each card tells of the tasks that back it up; one that covers several has a card of its own."""
        for card in self._cards.values():
            card.show_tasks([view for view in views if card.card.connection in view.connections])
        for name, tenant in self._tenants.items():
            tenant.show_tasks([view for view in views if name in view.connections])
        several = {view.task.id: view for view in views if len(view.task.connections) != 1}
        for id in [id for id in self._tasks if id not in several]:
            gone = self._tasks.pop(id)
            self._grid.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for id, view in several.items():
            if id not in self._tasks:
                made = self._tasks[id] = TaskCard(self.bridge, view)
                made.wants.connect(self.wants)
                made.changed.connect(self.refresh)
                self._grid.addWidget(made)
            self._tasks[id].show_view(view, cards)
        self._task.setVisible(len({name for view in views for name in view.connections}) > 1)

    def _show_left(self, cards: Sequence[StreamCard]) -> None:
        """What is saved of organisations that are not set up here any more."""
        self._left.setVisible(bool(cards))
        self._left_stream = cards[0].stream if cards else None
        count = len({card.account.id for card in cards})
        accounts = text.counted(count, self.tr("account is"), self.tr("accounts are"))
        said = self.tr("%1 in the vault whose organisation is not set up here. They can be browsed and restored.")
        self._left_words.setText(said.replace("%1", accounts))

    def _tell_all(self, cards: Sequence[StreamCard], found: Sequence[Tenant]) -> None:
        if not found:
            return
        own = [card for card in cards if card.account.provider is not Provider.MICROSOFT]
        active = sum(tenant.counts.get("active", 0) for tenant in found)
        accounts = text.counted(
            len({card.account.id for card in own}) + active, self.tr("account"), self.tr("accounts")
        )
        size = text.size(sum(card.last.size for card in cards if card.last))
        self.lead.say(self.tr("%1, %2 saved").replace("%1", accounts).replace("%2", size))
        self.lead.setVisible(True)
        self._all.setVisible(len([card for card in own if card.connection]) + bool(active) > 1)

    def _show(self, shown: Sequence[StreamCard]) -> None:
        known = {card.stream for card in shown}
        for stream in [s for s in self._cards if s not in known]:
            gone = self._cards.pop(stream)
            self._grid.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for card in shown:
            if card.stream not in self._cards:
                made = AccountCard(self.bridge, card)
                made.wants.connect(self.wants)
                made.changed.connect(self.refresh)
                self._cards[card.stream] = made
                self._grid.addWidget(made)
            self._cards[card.stream].show_card(card)
            if card.running is not None and card.running in self._jobs:
                self._cards[card.stream].show_job(self._jobs[card.running])
        some = bool(shown) or bool(self._tenants)
        self._empty.setVisible(not some)
        self._holder.setVisible(some)
        self._search.setVisible(len(shown) + len(self._tenants) >= _MANY)
        self._all.setVisible(len([c for c in shown if c.connection]) > 1)
        self._add.setVisible(some)
        self.files.setVisible(some)
        self.save.setVisible(some)
        self.to_alerts.setVisible(some)
        size = sum(card.last.size for card in shown if card.last)
        accounts = text.counted(len({card.account.id for card in shown}), self.tr("account"), self.tr("accounts"))
        is_mail = all(card.service is Service.MAIL for card in shown)
        lead = self.tr("%1, %2 of mail") if is_mail else self.tr("%1, %2 saved")
        self.lead.setText(lead.replace("%1", accounts).replace("%2", text.size(size)))
        self.lead.setVisible(bool(shown))

    def _to_left(self) -> None:
        self.wants.emit(RecoveryPlace(self._left_stream))

    def _add_one(self) -> None:
        self.wants.emit(AddBackup())

    async def _import(self) -> None:
        if jobs := await import_files(self.bridge, self):
            self.wants.emit(JobsPlace(jobs[0]))

    def _save(self) -> None:
        self.run(self._download(), only="save")

    async def _download(self) -> None:
        if job := await download_accounts(self.bridge, self):
            self.wants.emit(DownloadsPlace(job))

    def _filter(self, words: str) -> None:
        for card in self._cards.values():
            found = f"{card.card.account.name} {card.card.account.address}".casefold()
            card.setVisible(words.casefold().strip() in found)
        for tenant in self._tenants.values():
            settings = tenant.tenant.settings
            tenant.setVisible(words.casefold().strip() in f"{settings.name} {settings.tenant}".casefold())
        for task in self._tasks.values():
            said = f"{task.view.task.name} {' '.join(task.view.connections)}"
            task.setVisible(words.casefold().strip() in said.casefold())
        self._grid.invalidate()

    async def _add_task(self) -> None:
        draft = Task(id=TaskId(""), name="", schedule=Schedule(rhythm=Rhythm.DAILY))
        if await task_sheet.add(self.bridge, self, draft):
            self.refresh()

    async def _back_up_all(self) -> None:
        for card in self._cards.values():
            if card.card.connection and card.card.health is not Health.RUNNING:
                await self.bridge.call(self.desk.backup(card.card.stream))
        for name, tenant in self._tenants.items():
            if tenant.tenant.counts.get("active", 0):
                await self.bridge.call(tenants(self.bridge).backup(name))


def _left_behind(cards: Sequence[StreamCard], names: Sequence[ConnectionName]) -> list[StreamCard]:
    known = tuple(f"{name}/" for name in names)
    return [
        card
        for card in cards
        if card.account.provider is Provider.MICROSOFT
        and card.last is not None
        and not f"{card.connection or ''}/".startswith(known)
    ]
