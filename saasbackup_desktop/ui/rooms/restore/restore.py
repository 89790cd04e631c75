"""The restore dialog: what, where, how; then the plan; then, and only then, the job."""

from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QDateTime, Qt
from PySide6.QtWidgets import QButtonGroup, QComboBox, QRadioButton, QStackedWidget, QWidget

from saasbackup_desktop.app.restoring import new_folder_fault
from saasbackup_desktop.app.views import Plan, RestoreRequest, StreamCard
from saasbackup_desktop.app.words.items import CONFLICTS, FOLDERS, NOTES_ON, NOUNS
from saasbackup_desktop.app.words.states import FOLDER_NAMES, label
from saasbackup_desktop.app.words.tenants import SERVICES
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.model import Conflict, Service, Snapshot
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import clock, text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.dates import DateChoice
from saasbackup_desktop.ui.kit.forms import Field
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.rooms.restore.place_choice import PlaceChoice
from saasbackup_desktop.ui.rooms.restore.plan_view import PlanView

_NESTED = (Service.MAIL, Service.CONTACTS, Service.NOTES)
"""Services whose folders can hold folders."""


class RestoreSheet(Sheet):
    """Two leaves: the choices, and the plan that follows from them."""

    def __init__(
        self, bridge: Bridge, card: StreamCard, point: Snapshot, selection: Selection, parent: QWidget, path: str = ""
    ) -> None:
        super().__init__(say("Restore"), "", parent, width=760)
        self.bridge, self._card, self._point, self._selection = bridge, card, point, selection
        self.job: JobId | None = None
        self._request: RestoreRequest | None = None
        self.lead.setText(
            self.tr("%1, as of %2.")
            .replace("%2", text.moment(point.finished))
            .replace("%1", selection_words(selection, card.service, path))
        )
        self.lead.show()
        self._service = card.service
        self.target = PlaceChoice(bridge, card.service, card.connection)
        self.folder = QComboBox()
        self.folder.setEditable(True)
        if (line := self.folder.lineEdit()) is not None:
            line.setAccessibleName(self.tr("Folder"))
        one, many = map(say, FOLDERS[card.service])
        self._folder_field = Field(f"&{one.capitalize()}", self.folder)
        self._original = QRadioButton(self.tr("&Original %1").replace("%1", many))
        self._other = QRadioButton(self.tr("Into &another %1, new or existing").replace("%1", one))
        self._places = column(self._original, self._other, spacing=0)
        places = QButtonGroup(self)
        places.addButton(self._original)
        places.addButton(self._other)
        self._original.setChecked(True)
        self._ways = QButtonGroup(self)
        self._build_dates()
        leaf = QWidget()
        leaf.setLayout(
            column(
                Field(self.tr("&To account"), self.target),
                column(Text(self.tr("How"), "strong"), *self._way_buttons(), spacing=SPACE.hair),
                *([Text(say(NOTES_ON[card.service]), "muted", wrap=True)] if card.service in NOTES_ON else []),
                self._places,
                self._folder_field,
                self._dates,
                None,
                spacing=SPACE.large,
            )
        )
        self.plan = PlanView(service=card.service)
        self.leaves = QStackedWidget()
        self.leaves.addWidget(leaf)
        self.leaves.addWidget(self.plan)
        self.fill(self.leaves)
        self._back = Button(self.tr("&Back"), pressed=self._to_choices)
        self._next = Button(self.tr("&Preview what would be done"), "primary", pressed=self._to_plan)
        self._start = Button(self.tr("&Start the restore"), "primary", "restore", self._go)
        self.offer(self._back, self.cancel_button(), self._next, self._start)
        self.target.picked.connect(self._target_picked)
        self.target.failed.connect(self.failed)
        self._original.toggled.connect(self._judge)
        self._ways.buttonClicked.connect(lambda _: self._judge())
        self.folder.editTextChanged.connect(self._judge)
        self.plan.ready_changed.connect(self._start.setEnabled)
        self._to_choices()
        self._judge()
        self.run(self._prepare())

    def _build_dates(self) -> None:
        today = QDateTime.fromSecsSinceEpoch(clock.now()).date()
        since, until = self._date_names()
        self.since, self.until = DateChoice(since, today.addYears(-1)), DateChoice(until, today)
        self._until_field = Field(until, self.until)
        self._dates = QWidget()
        self._dates.setLayout(row(Field(since, self.since), self._until_field, None, spacing=SPACE.large))
        has_dates = self._service not in (Service.NOTES, Service.SETTINGS)
        self._dates.setVisible(has_dates and (self._selection.is_everything or bool(self._selection.folders)))
        self.since.changed.connect(self._judge)
        self.until.changed.connect(self._judge)

    @property
    def way(self) -> Conflict:
        """How what is there already is treated."""
        return list(CONFLICTS[self._service])[self._ways.checkedId()]

    def _date_names(self) -> tuple[str, str]:
        match self._service:
            case Service.MAIL:
                return self.tr("Only received since"), self.tr("Only received until")
            case Service.CALENDAR:
                return self.tr("Only what begins since"), self.tr("Only what begins until")
        return self.tr("Only made since"), self.tr("Only made until")

    def _way_buttons(self) -> list[QWidget]:
        made: list[QWidget] = []
        for place, (name, explanation) in enumerate(CONFLICTS[self._service].values()):
            button = QRadioButton(say(name))
            button.setAccessibleDescription(say(explanation))
            button.setChecked(place == 0)
            self._ways.addButton(button, place)
            words = Text(say(explanation), "caption", wrap=True)
            words.setContentsMargins(30, 0, 0, SPACE.hair)
            made += [button, words]
        return made

    async def _prepare(self) -> None:
        await self.target.begin()
        if not self.target.count():
            self.lead.setText(self.tr("Add a connection first: a restore needs an account to write to."))

    def _target_picked(self) -> None:
        self._judge()
        if self.target.connection is not None and self._has_folders:
            self.run(self._offer_folders(), only="folders")

    @property
    def _has_folders(self) -> bool:
        """A mailbox has one set of settings, and no folders of them to choose from."""
        return self._service is not Service.SETTINGS

    async def _offer_folders(self) -> None:
        """List the folders that the chosen account has now."""
        target = self.target.connection
        if target is None:
            return
        self.folder.setEnabled(False)
        try:
            folders = await self.bridge.call(self.bridge.desk.target_folders(target, self._service))
        finally:
            self.folder.setEnabled(True)
        own_name = self.folder.currentText()
        self.folder.clear()
        self.folder.addItems(list(folders))
        self.folder.setEditText(own_name)
        self._judge()

    def _judge(self) -> None:
        separate = self.way is Conflict.NON_DESTRUCTIVE
        for button in (self._original, self._other):
            button.setVisible(not separate and self._has_folders)
        named = self._is_named
        self._folder_field.setVisible(named)
        if separate and not self.folder.currentText():
            now = datetime.fromtimestamp(clock.now()).astimezone()
            self.folder.setEditText(self.tr("Restored %1").replace("%1", f"{now:%Y-%m-%d %H-%M}"))
        is_there = self.folder.findText(self.folder.currentText(), Qt.MatchFlag.MatchFixedString) >= 0
        reason = new_folder_fault(self.folder.currentText()) if named and not is_there else None
        self._folder_field.complain(say(label(FOLDER_NAMES, reason)) if reason else "")
        since, until = self.since.seconds(), self.until.seconds(after=True)
        turned = since is not None and until is not None and since >= until
        self._until_field.complain(
            self.tr("This is before the first day: nothing would be restored.") if turned else ""
        )
        self._next.setEnabled(reason is None and not turned and self.target.connection is not None)

    @property
    def _is_named(self) -> bool:
        """Everything goes into a folder that has to be named."""
        return self._has_folders and (self.way is Conflict.NON_DESTRUCTIVE or self._other.isChecked())

    def _to_choices(self) -> None:
        self.leaves.setCurrentIndex(0)
        self._back.hide()
        self._start.hide()
        self._next.show()
        self._next.setDefault(True)

    def _to_plan(self) -> None:
        self.run(self._plan(), busy=self._next, only="plan")

    async def _plan(self) -> None:
        target = self.target.connection
        if target is None:
            return
        self._request = RestoreRequest(
            stream=self._card.stream,
            snapshot=self._point.id,
            selection=replace(
                self._selection,
                since=self.since.seconds(),
                until=self.until.seconds(after=True),
            ),
            connection=target,
            conflict=self.way.value,
            folder=self.folder.currentText().strip() if self._is_named else None,
        )
        self.banner.hide()
        self._next.setText(self.tr("Comparing with the mailbox…"))
        try:
            plan: Plan = await self.bridge.call(self.bridge.desk.plan_restore(self._request))
        finally:
            self._next.setText(self.tr("&Preview what would be done"))
        self.plan.show_plan(plan, typed=self.way is Conflict.REPLACE)
        self.leaves.setCurrentIndex(1)
        self._back.show()
        self._next.hide()
        self._start.show()
        self._start.setEnabled(self.plan.is_ready)
        self._start.setDefault(True)

    def _go(self) -> None:
        async def work() -> None:
            if self._request is not None:
                self.job = await self.bridge.call(self.bridge.desk.restore(self._request))
                self.accept()

        self.run(work(), busy=self._start, only="start")


async def restore(
    bridge: Bridge, card: StreamCard, point: Snapshot, selection: Selection, parent: QWidget, path: str = ""
) -> JobId | None:
    """Let a person plan a restore, of one folder by its path; the job, if it was started."""
    sheet = RestoreSheet(bridge, card, point, selection, parent, path)
    sheet.setWindowModality(Qt.WindowModality.WindowModal)
    return sheet.job if await sheet.answer() else None


def selection_words(selection: Selection, service: Service = Service.MAIL, path: str = "") -> str:
    """Say what was picked; a single folder by its path."""
    if selection.is_everything:
        return say("The whole mailbox") if service is Service.MAIL else say(SERVICES[service])
    parts = []
    if selection.folders:
        one, many = FOLDERS[service]
        if service in _NESTED:
            one = say("%1 with all below it").replace("%1", say(one))
        if path and len(selection.folders) == 1:
            parts.append(say("The %1 “%2”").replace("%1", say(FOLDERS[service][0])).replace("%2", path))
            if service in _NESTED:
                parts[0] += say(" with all below it")
        else:
            parts.append(text.counted(len(selection.folders), say(one), say(many)))
    if selection.items:
        parts.append(text.counted(len(selection.items), *map(say, NOUNS[service])))
    return say(" and ").join(parts)
