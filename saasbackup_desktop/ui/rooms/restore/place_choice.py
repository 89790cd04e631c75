"""Where to: the account that things came from, or another one of any tenant or mail server, found by its name."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from saasbackup_desktop.app.tenants.views import Place
from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.core.ids import AccountId, ConnectionName
from saasbackup_desktop.core.model import Provider, Service
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.forms import SearchField
from saasbackup_desktop.ui.kit.icons import icon
from saasbackup_desktop.ui.kit.layout import column
from saasbackup_desktop.ui.kit.tasks import Tasks
from saasbackup_desktop.ui.kit.text import Text, plain, say
from saasbackup_desktop.ui.rooms.tenants.door import tenants

_MOST = 50
"""Accounts that are listed at once."""
_FEW = 6
"""So many can be seen without searching."""
_ROWS = 4


class PlaceChoice(QWidget):
    """``picked`` fires when another account is chosen; nothing is chosen for a person but the original account."""

    picked = Signal()
    failed = Signal(object)

    def __init__(
        self,
        bridge: Bridge,
        service: Service | None,
        original: ConnectionName | None,
        *,
        leave_out: AccountId | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge, self._service, self._original, self._left_out = bridge, service, original, leave_out
        self.tasks = Tasks(self, self._fail)
        self._places: list[Place] = []
        self.search = SearchField(self.tr("Search accounts"))
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Account to restore to"))
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.caption = Text("", "caption", wrap=True)
        self.setLayout(column(self.search, self.list, self.caption, spacing=4))
        self.setFocusProxy(self.list)
        self.search.hide()
        self.caption.hide()
        self.search.textChanged.connect(lambda _: self.tasks.start(self._find(), only="places"))
        self.list.currentRowChanged.connect(lambda _: self.picked.emit())

    @property
    def place(self) -> Place | None:
        """The account that is chosen."""
        at = self.list.currentRow()
        return self._places[at] if 0 <= at < len(self._places) else None

    @property
    def connection(self) -> ConnectionName | None:
        """How a restore names it."""
        return self.place.connection if self.place is not None else None

    def count(self) -> int:
        """How many are listed."""
        return len(self._places)

    def choose(self, connection: ConnectionName) -> None:
        """Choose one of those that are listed."""
        for row, place in enumerate(self._places):
            if place.connection == connection:
                self.list.setCurrentRow(row)

    async def begin(self) -> None:
        """List the first accounts, the original one above all."""
        found = await self._ask("")
        if self._original is not None and all(one.connection != self._original for one in found):
            own = await self._ask(self._original)
            found = [one for one in own if one.connection == self._original] + found
        found.sort(key=lambda one: one.connection != self._original)
        self.search.setVisible(len(found) > _FEW)
        self._show(found)

    async def _find(self) -> None:
        words = self.search.text()
        if words.strip():
            self._show(await self._ask(words))
        else:
            await self.begin()

    async def _ask(self, words: str) -> list[Place]:
        door = tenants(self._bridge)
        # One more than is listed, to know whether there are more.
        found = await self._bridge.call(door.places(self._service, words, _MOST + 2))
        return [one for one in found if one.account.id != self._left_out]

    def _show(self, found: Sequence[Place]) -> None:
        before = self.connection
        more = len(found) > _MOST
        self._places = list(found[:_MOST])
        blocked = self.list.blockSignals(True)
        self.list.clear()
        for place in self._places:
            entry = QListWidgetItem(icon(_picture(place)), plain(self._words(place)))
            entry.setToolTip(plain(self._words(place)))
            self.list.addItem(entry)
        self.list.setCurrentRow(-1)
        self.list.blockSignals(blocked)
        rows = max(2, min(_ROWS, len(self._places)))
        height = self.list.sizeHintForRow(0) if self._places else self.fontMetrics().height() + 12
        self.list.setFixedHeight(height * rows + 8)
        if more:
            told = self.tr("The first %1 are listed: search for others.")
            self.caption.setText(told.replace("%1", text.number(_MOST)))
        elif not found:
            self.caption.setText(self.tr("No account of this name can be restored to."))
        self.caption.setVisible(more or not found)
        wanted = before or self._original
        if wanted is not None:
            self.choose(wanted)
        self.picked.emit()

    def _words(self, place: Place) -> str:
        account = place.account
        name = f"{account.name}  ({account.address})" if account.name not in ("", account.address) else account.address
        return f"{name} – {self._relation(place)}"

    def _relation(self, place: Place) -> str:
        if place.connection == self._original:
            return say("original account")
        if place.account.provider is not Provider.MICROSOFT:
            return say("mail server %1").replace("%1", place.realm)
        own = (self._original or "").partition("/")
        if own[1] and own[0] != place.realm:
            return say("another tenant: %1").replace("%1", place.realm)
        return place.realm

    def _fail(self, fault: Fault) -> None:
        self.failed.emit(fault)


def _picture(place: Place) -> str:
    return "cloud" if place.account.provider is Provider.MICROSOFT else "server"
