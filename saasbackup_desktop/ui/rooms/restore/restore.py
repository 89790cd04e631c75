"""The restore dialog: what, where, how; then the plan; then, and only then, the job."""

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QComboBox, QRadioButton, QStackedWidget, QWidget

from saasbackup_desktop.app.restoring import new_folder_fault
from saasbackup_desktop.app.views import Connection, Plan, RestoreRequest, StreamCard
from saasbackup_desktop.app.words.states import CONFLICTS, FOLDER_NAMES, label
from saasbackup_desktop.core.ids import ConnectionName, JobId
from saasbackup_desktop.core.model import Conflict, Snapshot
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import clock, text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import Choice, Field
from saasbackup_desktop.ui.kit.layout import column
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.rooms.restore.plan_view import PlanView


class RestoreSheet(Sheet):
    """Two leaves: the choices, and the plan that follows from them."""

    def __init__(
        self, bridge: Bridge, card: StreamCard, point: Snapshot, selection: Selection, parent: QWidget
    ) -> None:
        super().__init__(say("Restore"), "", parent, width=760)
        self.bridge, self._card, self._point, self._selection = bridge, card, point, selection
        self.job: JobId | None = None
        self._request: RestoreRequest | None = None
        self.lead.setText(
            self.tr("%1, as of %2.")
            .replace("%1", selection_words(selection))
            .replace("%2", text.moment(point.finished))
        )
        self.lead.show()
        self.target = Choice()
        self.folder = QComboBox()
        self.folder.setEditable(True)
        if (line := self.folder.lineEdit()) is not None:
            line.setAccessibleName(self.tr("Folder"))
        self._folder_field = Field(self.tr("&Folder"), self.folder)
        self._original = QRadioButton(self.tr("&Original folders"))
        self._other = QRadioButton(self.tr("Into &another folder, new or existing"))
        self._places = column(self._original, self._other, spacing=0)
        places = QButtonGroup(self)
        places.addButton(self._original)
        places.addButton(self._other)
        self._original.setChecked(True)
        self._ways = QButtonGroup(self)
        leaf = QWidget()
        leaf.setLayout(
            column(
                Field(self.tr("&To account"), self.target),
                column(Text(self.tr("How"), "strong"), *self._way_buttons(), spacing=SPACE.hair),
                self._places,
                self._folder_field,
                None,
                spacing=SPACE.large,
            )
        )
        self.plan = PlanView()
        self.leaves = QStackedWidget()
        self.leaves.addWidget(leaf)
        self.leaves.addWidget(self.plan)
        self.fill(self.leaves)
        self._back = Button(self.tr("&Back"), pressed=self._to_choices)
        self._next = Button(self.tr("&Preview what would be done"), "primary", pressed=self._to_plan)
        self._start = Button(self.tr("&Start the restore"), "primary", "restore", self._go)
        self.offer(self._back, self.cancel_button(), self._next, self._start)
        self.target.picked.connect(lambda _: self.run(self._offer_folders(), only="folders"))
        self._original.toggled.connect(self._judge)
        self._ways.buttonClicked.connect(lambda _: self._judge())
        self.folder.editTextChanged.connect(self._judge)
        self.plan.ready_changed.connect(self._start.setEnabled)
        self._to_choices()
        self._judge()
        self.run(self._prepare())

    @property
    def way(self) -> Conflict:
        """How what is there already is treated."""
        return list(CONFLICTS)[self._ways.checkedId()]

    def _way_buttons(self) -> list[QWidget]:
        made: list[QWidget] = []
        for place, (name, explanation) in enumerate(CONFLICTS.values()):
            button = QRadioButton(say(name))
            button.setAccessibleDescription(say(explanation))
            button.setChecked(place == 0)
            self._ways.addButton(button, place)
            words = Text(say(explanation), "caption", wrap=True)
            words.setContentsMargins(30, 0, 0, SPACE.hair)
            made += [button, words]
        return made

    async def _prepare(self) -> None:
        connections = await self.bridge.call(self.bridge.desk.connections())
        self.target.fill([(connection_words(one), one.name) for one in connections])
        self.target.choose(self._card.connection)
        if not connections:
            self._next.setEnabled(False)
            self.lead.setText(self.tr("Add a connection first: a restore needs an account to write to."))
            return
        await self._offer_folders()

    async def _offer_folders(self) -> None:
        """List the folders that the chosen account has now."""
        self.folder.setEnabled(False)
        try:
            target = ConnectionName(str(self.target.value()))
            folders = await self.bridge.call(self.bridge.desk.target_folders(target))
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
            button.setVisible(not separate)
        named = separate or self._other.isChecked()
        self._folder_field.setVisible(named)
        if separate and not self.folder.currentText():
            now = datetime.fromtimestamp(clock.now()).astimezone()
            self.folder.setEditText(self.tr("Restored %1").replace("%1", f"{now:%Y-%m-%d %H-%M}"))
        is_there = self.folder.findText(self.folder.currentText(), Qt.MatchFlag.MatchFixedString) >= 0
        reason = new_folder_fault(self.folder.currentText()) if named and not is_there else None
        self._folder_field.complain(say(label(FOLDER_NAMES, reason)) if reason else "")
        self._next.setEnabled(reason is None and self.target.count() >= 0)

    def _to_choices(self) -> None:
        self.leaves.setCurrentIndex(0)
        self._back.hide()
        self._start.hide()
        self._next.show()
        self._next.setDefault(True)

    def _to_plan(self) -> None:
        self.run(self._plan(), busy=self._next, only="plan")

    async def _plan(self) -> None:
        named = self.way is Conflict.NON_DESTRUCTIVE or self._other.isChecked()
        self._request = RestoreRequest(
            stream=self._card.stream,
            snapshot=self._point.id,
            selection=self._selection,
            connection=ConnectionName(str(self.target.value())),
            conflict=self.way.value,
            folder=self.folder.currentText().strip() if named else None,
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
    bridge: Bridge, card: StreamCard, point: Snapshot, selection: Selection, parent: QWidget
) -> JobId | None:
    """Let a person plan a restore; the job, if it was started."""
    sheet = RestoreSheet(bridge, card, point, selection, parent)
    sheet.setWindowModality(Qt.WindowModality.WindowModal)
    return sheet.job if await sheet.answer() else None


def connection_words(connection: Connection) -> str:
    """Name a connection by its address, and by its own name where that says more."""
    address, name = connection.account.address, connection.account.name or connection.name
    return f"{address}  ({name})" if name and name != address else address


def selection_words(selection: Selection) -> str:
    """Say what was picked."""
    if selection.is_everything:
        return say("The whole mailbox")
    parts = []
    if selection.folders:
        parts.append(text.counted(len(selection.folders), say("folder with all below it"), say("folders")))
    if selection.items:
        parts.append(text.counted(len(selection.items), say("message"), say("messages")))
    return say(" and ").join(parts)
