"""Who is to be protected, asked for the first time."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QWidget

from saasbackup_desktop.app.tenants.views import TenantAccount
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.core.ids import ConnectionName
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import SearchField
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.status import StatusMark
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.kit.tiles import Progress
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.accounts import AccountSheet, Look, arranged
from saasbackup_desktop.ui.models.sheet import Field
from saasbackup_desktop.ui.rooms.tenants import words
from saasbackup_desktop.ui.rooms.tenants.door import tenants

_ROWS = 7


class AccountChoice(QWidget):
    """Everybody, some, or nobody yet; ``changed`` fires when that changes."""

    changed = Signal()

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bridge = bridge
        self._accounts: Sequence[TenantAccount] = ()
        self._look = Look()
        self._picked: set[str] = set()
        self.mark = StatusMark()
        self.moving = Progress(self.tr("Looking at the directory"))
        self.moving.show_share(0, 0)
        self.group = QButtonGroup(self)
        everybody = QRadioButton(self.tr("&All mailboxes, new ones too"))
        everybody.setChecked(True)
        picked = QRadioButton(self.tr("&Those that I select below"))
        later = QRadioButton(self.tr("Nobody &yet: I choose later, by department, group or list"))
        for number, radio in enumerate((everybody, picked, later)):
            self.group.addButton(radio, number)
        self.search = SearchField(self.tr("Search accounts"))
        self.search.textChanged.connect(lambda _: self._arrange())
        self.model = AccountSheet(_fields(), self)
        self.model.order_wanted.connect(self._order)
        self.table = Table(self.tr("Accounts that were found"))
        self.table.setModel(self.model)
        self.table.widths((200, 240, 130, 100), 0, least=140)
        self.table.setMinimumHeight(self.table.verticalHeader().defaultSectionSize() * _ROWS)
        self.all = Button(self.tr("Select all that are &listed"), "link", pressed=self.table.selectAll)
        self.picked_words = Text("", "caption")
        self.body = QWidget()
        self.body.setLayout(
            column(
                column(everybody, picked, later, spacing=0),
                row(self.search, self.all, None, self.picked_words),
                self.table,
            )
        )
        self.setLayout(column(self.mark, self.moving, self.body, spacing=SPACE.medium))
        self.table.setSortingEnabled(True)
        self.table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.group.idToggled.connect(lambda *_: self._turned())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._select())
        self.restart()

    @property
    def wants_everybody(self) -> bool:
        """All, and whoever comes."""
        return self.group.checkedId() == 0

    @property
    def ids(self) -> list[str]:
        """Those that were selected, listed now or not."""
        if self.group.checkedId() != 1:
            return []
        return [one.id for one in self._accounts if one.id in self._picked]

    @property
    def is_any(self) -> bool:
        """Somebody will be protected."""
        return (self.wants_everybody and bool(self._accounts)) or bool(self.ids)

    @property
    def words(self) -> str:
        """What was chosen, in a sentence."""
        if self.wants_everybody:
            found = text.counted(len(self._accounts), self.tr("mailbox"), self.tr("mailboxes"))
            return self.tr("Protected: all %1, and new ones as they come.").replace("%1", found)
        chosen = len(self.ids)
        if not chosen:
            return self.tr("Protected: nobody yet. Choose later on the tenant's page.")
        return self.tr("Protected: %1.").replace("%1", text.counted(chosen, self.tr("mailbox"), self.tr("mailboxes")))

    def first(self) -> QWidget | None:
        """Where the keyboard begins."""
        return self.group.checkedButton()

    def restart(self) -> None:
        """Begin anew."""
        self._accounts, self._look, self._picked = (), Look(), set()
        self.group.button(0).setChecked(True)
        self.search.clear()
        self.body.hide()
        self._arrange()

    async def look(self, name: ConnectionName) -> None:
        """Look at the directory, and show who was found. Raises Fault."""
        self.mark.become(self.tr("Looking at the directory…"), Tone.BUSY)
        self.moving.show()
        try:
            await self.bridge.call(tenants(self.bridge).discover(name))
            found = await self.bridge.call(tenants(self.bridge).accounts(name))
        except Fault:
            self.mark.become(self.tr("The directory could not be read"), Tone.BAD)
            self.group.button(2).setChecked(True)
            raise
        finally:
            self.moving.hide()
        self._accounts = [one for one in found if one.kind != "none"]
        count = text.counted(len(self._accounts), self.tr("mailbox was found"), self.tr("mailboxes were found"))
        self.mark.become(count, Tone.GOOD if self._accounts else Tone.ATTENTION)
        self.body.show()
        self._arrange()
        if (first := self.first()) is not None:
            first.setFocus()

    def _arrange(self) -> None:
        look = Look(words=self.search.text(), column=self._look.column, descending=self._look.descending)
        kept = set(self._picked)  # a search or another order takes nobody back
        self.model.show(arranged(self._accounts, self.model.fields, look))
        self._picked = kept
        self.table.pick(place for place, one in enumerate(self.model.rows) if one.id in kept)
        self._turned()

    def _select(self) -> None:
        listed = self.model.rows
        self._picked.difference_update(one.id for one in listed)
        self._picked.update(listed[place].id for place in self.table.picked())
        self._turned()

    def _order(self, column: int, descending: bool) -> None:
        self._look = Look(column=column, descending=descending)
        self._arrange()

    def _turned(self) -> None:
        picks = self.group.checkedId() == 1
        for part in (self.table, self.search, self.all):
            part.setEnabled(picks)
        of = self.tr("%1 of %2 selected").replace("%1", text.number(len(self._picked) if picks else 0))
        self.picked_words.setText(of.replace("%2", text.number(len(self._accounts))))
        self.picked_words.setVisible(picks)
        self.changed.emit()


def _fields() -> tuple[Field[TenantAccount], ...]:
    say = text.say
    return (
        Field(say("Name"), lambda one: one.account.name or one.account.address),
        Field(say("Address"), lambda one: one.account.address),
        Field(say("Kind"), words.kind),
        Field(say("Licence"), words.licence, lambda one: one.is_licensed),
    )
