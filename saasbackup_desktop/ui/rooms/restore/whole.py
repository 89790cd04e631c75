"""A whole mailbox back: from when, which services, where to, how; then the plan; then a job for each service."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QDateTime, Qt, QTime
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QDateEdit, QRadioButton, QStackedWidget, QWidget

from saasbackup_desktop.app.tenants.views import MailboxRestore
from saasbackup_desktop.app.views import Plan, PlanFolder, RestoreRequest, StreamCard
from saasbackup_desktop.app.words.items import NOTES_ON, NOUNS, WHOLE
from saasbackup_desktop.app.words.tenants import SHORT_SERVICES
from saasbackup_desktop.core.ids import ConnectionName, JobId
from saasbackup_desktop.core.model import Conflict, Service
from saasbackup_desktop.core.selection import EVERYTHING
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import clock, text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import Field
from saasbackup_desktop.ui.kit.layout import Grid, column, row
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.rooms.restore.guide import Guide
from saasbackup_desktop.ui.rooms.restore.place_choice import PlaceChoice
from saasbackup_desktop.ui.rooms.restore.plan_view import PlanView
from saasbackup_desktop.ui.rooms.tenants.door import tenants

_GUIDE, _CHOICES, _PLAN = range(3)
_WAYS: Final = tuple(WHOLE)


class MailboxSheet(Sheet):
    """Choices, and the plan that follows from them; before both, what to do if the mailbox is gone."""

    def __init__(self, bridge: Bridge, cards: Sequence[StreamCard], parent: QWidget) -> None:
        account = cards[0].account
        super().__init__(
            say("Restore mailbox"), f"{account.name}  ({account.address})" if account.name else account.address,
            parent, width=760,
        )  # fmt: skip
        self.bridge, self._account = bridge, account
        self._cards = {card.service: card for card in cards if card.last is not None}
        self.jobs: Sequence[JobId] = ()
        self._request: MailboxRestore | None = None
        self.guide = Guide(bridge, account)
        self.target = PlaceChoice(bridge, None, account.connection)
        self.plan = PlanView(service=None)
        self.leaves = QStackedWidget()
        for leaf in (self.guide, self._choices(), self.plan):
            self.leaves.addWidget(leaf)
        self.fill(self.leaves)
        self._back = Button(self.tr("&Back"), pressed=self._go_back)
        self._on = Button(self.tr("&Choose where to restore"), "primary", pressed=self._to_choices)
        self._next = Button(self.tr("&Preview what would be done"), "primary", pressed=self._to_plan)
        self._start = Button(self.tr("&Start the restore"), "primary", "restore", self._go)
        self.offer(self._back, self.cancel_button(), self._on, self._next, self._start)
        self.target.picked.connect(self._judge)
        self.target.failed.connect(self.failed)
        self.guide.failed.connect(self.failed)
        self.guide.found.connect(lambda: self.run(self.target.begin(), only="places"))
        self.plan.ready_changed.connect(self._start.setEnabled)
        self._to_choices()
        self.run(self._prepare(), only="places")

    @property
    def way(self) -> Conflict:
        """How what is there already is treated."""
        return _WAYS[self._ways.checkedId()]

    @property
    def services(self) -> tuple[Service, ...]:
        """Those that are chosen and that the chosen account takes."""
        place = self.target.place
        takes = place.services if place is not None else ()
        return tuple(service for service, box in self.boxes.items() if box.isChecked() and service in takes)

    @property
    def until(self) -> int | None:
        """The last second of the chosen day; None: as it is now in the vault."""
        if self.last.isChecked():
            return None
        return QDateTime(self.day.date().addDays(1), QTime(0, 0)).toSecsSinceEpoch() - 1

    def _choices(self) -> QWidget:
        self.last = QRadioButton(self.tr("&Last backup"))
        self.last.setChecked(True)
        self.dated = QRadioButton(self.tr("As it was at the &end of"))
        self.day = QDateEdit(QDateTime.fromSecsSinceEpoch(clock.now()).date())
        self.day.setCalendarPopup(True)
        self.day.setDisplayFormat("dd MMM yyyy")
        self.day.setAccessibleName(self.tr("Day"))
        self.day.setEnabled(False)
        self.day.setMaximumDate(self.day.date())
        self.dated.toggled.connect(self.day.setEnabled)
        when = QButtonGroup(self)
        when.addButton(self.last)
        when.addButton(self.dated)
        self.boxes = {service: self._box(card) for service, card in self._cards.items()}
        grid = Grid(220, SPACE.hair)
        services = QWidget()
        services.setLayout(grid)
        for box in self.boxes.values():
            grid.addWidget(box)
        self._missing = Text("", "muted", wrap=True)
        self._quiet = Text(say(NOTES_ON[Service.CALENDAR]), "caption", wrap=True)
        self._ways = QButtonGroup(self)
        leaf = QWidget()
        leaf.setLayout(
            column(
                column(
                    Text(self.tr("From when"), "strong"),
                    row(self.last, self.dated, self.day, None, spacing=SPACE.medium),
                    spacing=SPACE.hair,
                ),
                column(Text(self.tr("What"), "strong"), services, self._missing, spacing=SPACE.hair),
                Field(self.tr("&To account"), self.target),
                column(Text(self.tr("How"), "strong"), *self._way_buttons(), self._quiet, spacing=SPACE.hair),
                None,
                spacing=SPACE.large,
            )
        )
        return leaf

    def _box(self, card: StreamCard) -> QCheckBox:
        count = card.last.items if card.last is not None else 0
        box = QCheckBox(f"{say(SHORT_SERVICES[card.service])}: {text.counted(count, *map(say, NOUNS[card.service]))}")
        box.setChecked(True)
        box.toggled.connect(lambda _: self._judge())
        return box

    def _way_buttons(self) -> list[QWidget]:
        made: list[QWidget] = []
        for place, (name, explanation) in enumerate(WHOLE.values()):
            button = QRadioButton(say(name))
            button.setAccessibleDescription(say(explanation))
            button.setChecked(place == 0)
            self._ways.addButton(button, place)
            words = Text(say(explanation), "caption", wrap=True)
            words.setContentsMargins(30, 0, 0, 0)
            made += [button, words]
        return made

    async def _prepare(self) -> None:
        await self.target.begin()
        if not await self.guide.look():
            self._to_guide()

    def _judge(self) -> None:
        place = self.target.place
        left = [s for s, box in self.boxes.items() if box.isChecked() and place is not None and s not in place.services]
        names = ", ".join(say(SHORT_SERVICES[service]) for service in left)
        self._missing.setText(self.tr("The chosen account does not take: %1.").replace("%1", names))
        self._missing.setVisible(bool(left))
        self._quiet.setVisible(Service.CALENDAR in self.services)
        self._next.setEnabled(bool(self.services))

    def _turn(self, leaf: int) -> None:
        self.leaves.setCurrentIndex(leaf)
        self._back.setVisible(leaf == _PLAN or (leaf == _CHOICES and self.guide.is_needed))
        for at, button in ((_GUIDE, self._on), (_CHOICES, self._next), (_PLAN, self._start)):
            button.setVisible(at == leaf)
            button.setDefault(at == leaf)

    def _to_guide(self) -> None:
        self._turn(_GUIDE)
        self.guide.first.setFocus()

    def _to_choices(self) -> None:
        self._turn(_CHOICES)
        self._judge()

    def _go_back(self) -> None:
        if self.leaves.currentIndex() == _PLAN:
            self._to_choices()
        else:
            self._to_guide()

    def _to_plan(self) -> None:
        self.run(self._plan(), busy=self._next, only="plan")

    async def _plan(self) -> None:
        target = self.target.connection
        if target is None:
            return
        self._request = MailboxRestore(
            account=self._account.id,
            services=self.services,
            until=self.until,
            connection=target,
            conflict=self.way.value,
        )
        self.banner.hide()
        self._next.setText(self.tr("Comparing with the mailbox…"))
        try:
            plans = [plan for service in self.services if (plan := await self._plan_of(service, target)) is not None]
        finally:
            self._next.setText(self.tr("&Preview what would be done"))
        if not plans:
            self._missing.setText(self.tr("Nothing was saved yet on that day. Choose a later one."))
            self._missing.show()
            return
        self.plan.show_plan(_together(plans), typed=self.way is Conflict.REPLACE)
        self._turn(_PLAN)
        self._start.setEnabled(self.plan.is_ready)

    async def _plan_of(self, service: Service, target: ConnectionName) -> tuple[Service, Plan] | None:
        desk, until = self.bridge.desk, self.until
        points = await self.bridge.call(desk.snapshots(self._cards[service].stream))
        point = next((one for one in points if until is None or one.finished <= until), None)
        if point is None:
            return None
        asked = RestoreRequest(
            stream=point.stream,
            snapshot=point.id,
            selection=EVERYTHING,
            connection=target,
            conflict=self.way.value,
        )
        return service, await self.bridge.call(desk.plan_restore(asked))

    def _go(self) -> None:
        async def work() -> None:
            if self._request is not None:
                self.jobs = await self.bridge.call(tenants(self.bridge).restore_mailbox(self._request))
                self.accept()

        self.run(work(), busy=self._start, only="start")


def _together(plans: Sequence[tuple[Service, Plan]]) -> Plan:
    """One plan of several services, each folder under its service."""
    first = plans[0][1]
    folders = [
        PlanFolder(
            path=f"{say(SHORT_SERVICES[service])}: {folder.path}",
            exists=folder.exists,
            add=folder.add,
            skip=folder.skip,
            change=folder.change,
            size=folder.size,
            problem=folder.problem,
        )
        for service, plan in plans
        for folder in plan.folders
    ]
    every = [plan for _, plan in plans]
    return Plan(
        request=first.request,
        target=first.target,
        folders=folders,
        add=sum(plan.add for plan in every),
        skip=sum(plan.skip for plan in every),
        change=sum(plan.change for plan in every),
        size=sum(plan.size for plan in every),
        room=next((plan.room for plan in every if plan.room is not None), None),
        too_large=sum(plan.too_large for plan in every),
        warnings=tuple(dict.fromkeys(code for plan in every for code in plan.warnings)),
    )


async def restore_mailbox(bridge: Bridge, cards: Sequence[StreamCard], parent: QWidget) -> Sequence[JobId]:
    """Let a person restore a whole mailbox; the jobs that were started."""
    sheet = MailboxSheet(bridge, cards, parent)
    sheet.setWindowModality(Qt.WindowModality.WindowModal)
    return sheet.jobs if await sheet.answer() else ()
