"""Which accounts are taken: everybody of whom something is saved, of tenants, servers and archives alike."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QItemSelection, QItemSelectionModel
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.views import StreamCard
from saasbackup_desktop.core.ids import AccountId, JobId
from saasbackup_desktop.core.model import Account, Provider, Service
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button, action
from saasbackup_desktop.ui.kit.forms import SearchField
from saasbackup_desktop.ui.kit.layout import row, tab_as_read
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.text import Text, counted, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.models.sheet import Field, RowSheet
from saasbackup_desktop.ui.rooms.exports.download import download_several

_KINDS: Final = {Provider.MICROSOFT: "Microsoft 365", Provider.IMAP: "IMAP", Provider.FILE: "Imported"}


@dataclass(frozen=True, slots=True)
class Saved:
    """One account, and what is saved of it."""

    account: Account
    place: str
    """Its tenant, or what kind of account it is."""
    size: int
    last: int

    @property
    def said(self) -> str:
        """The words by which it is found."""
        return f"{self.account.name} {self.account.address} {self.place}".casefold()


class AccountsSheet(Sheet):
    """A list to select in. What is selected stays so while the list is searched."""

    def __init__(self, bridge: Bridge, parent: QWidget) -> None:
        lead = say("Each goes into a folder of its own, all in one download.")
        super().__init__(say("Download accounts"), lead, parent, width=780)
        self.bridge = bridge
        self._all: Sequence[Saved] = ()
        self._chosen: set[AccountId] = set()
        self._is_arranging = False
        self.search = SearchField(self.tr("Search accounts"))
        self.search.textChanged.connect(lambda _: self._show())
        self._model: RowSheet[Saved] = RowSheet(_fields(), self)
        self.table = Table(self.tr("Accounts"))
        self.table.setModel(self._model)
        self.table.setSortingEnabled(True)
        self.table.horizontalHeader().setSortIndicator(-1, self.table.horizontalHeader().sortIndicatorOrder())
        self.table.widths((170, 210, 120, 90, 110), 1)
        self.table.setMinimumHeight(scaled(300))
        self._told = Text("", "muted")
        self.every = Button(self.tr("Select &all"), "quiet", pressed=self._select_all)
        self.fill(row(self.search, self.every), self.table, self._told)
        tab_as_read(self, [])
        self.go_on = Button(self.tr("&Download these…"), "primary", "save", self.accept)
        self.offer(self.cancel_button(), self.go_on)
        self.go_on.setDefault(True)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._picked())
        self.table.opened.connect(lambda _: self.accept() if self._chosen else None)
        self._model.layoutChanged.connect(self._pick_again)
        action(self, self.tr("Search accounts"), self.search.setFocus, "", QKeySequence.StandardKey.Find)
        self._tell()
        self.run(self._look(), only="look")

    @property
    def chosen(self) -> tuple[AccountId, ...]:
        """Accounts that are selected, in the order of the list as it came."""
        return tuple(one.account.id for one in self._all if one.account.id in self._chosen)

    async def _look(self) -> None:
        cards = await self.bridge.call(self.bridge.desk.cards())
        self._all = await self.bridge.compute(lambda: saved_of(cards))
        self._show()
        self.table.setFocus()

    def _show(self) -> None:
        words = self.search.text().strip().casefold()
        self._is_arranging = True
        self._model.show([one for one in self._all if words in one.said])
        self._is_arranging = False
        self._pick_again()
        self._tell()

    def _pick_again(self) -> None:
        selection, model = QItemSelection(), self._model
        for first, last in _runs([one.account.id in self._chosen for one in model.rows]):
            selection.select(model.index(first, 0), model.index(last, model.columnCount() - 1))
        self._is_arranging = True
        self.table.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._is_arranging = False

    def _select_all(self) -> None:
        self.table.selectAll()
        self.table.setFocus()

    def _picked(self) -> None:
        if self._is_arranging:
            return
        self._chosen -= {one.account.id for one in self._model.rows}
        self._chosen |= {self._model.row_at(place).account.id for place in self.table.picked()}
        self._tell()

    def _tell(self) -> None:
        count = len(self._chosen)
        hidden = count - self.table.picked_count()
        said = self.tr("%1 of %2 selected").replace("%1", text.number(count))
        said = said.replace("%2", counted(len(self._all), self.tr("account"), self.tr("accounts")))
        if hidden > 0:
            said += self.tr(", %1 of them not shown").replace("%1", text.number(hidden))
        self._told.setText(said)
        self.go_on.setEnabled(bool(count))
        self.explain(self.go_on, "" if count else self.tr("Select whose files are wanted."))
        self.every.setEnabled(bool(self._model.rowCount()))


def saved_of(cards: Sequence[StreamCard]) -> Sequence[Saved]:
    """Put an account's services together; who has nothing saved is left out."""
    found: dict[AccountId, Saved] = {}
    for card in cards:
        if card.last is None or card.service is Service.DIRECTORY:
            continue
        before = found.get(card.account.id)
        tenant, slash, _ = (card.connection or "").partition("/")
        found[card.account.id] = Saved(
            card.account,
            tenant if slash else say(_KINDS[card.account.provider]),
            card.last.size + (before.size if before is not None else 0),
            max(card.last.finished, before.last if before is not None else 0),
        )
    return sorted(found.values(), key=lambda one: ((one.account.name or one.account.address).casefold(), one.place))


async def download_accounts(bridge: Bridge, parent: QWidget) -> JobId | None:
    """Let a person choose accounts and take files of them; the job, if it was started."""
    sheet = AccountsSheet(bridge, parent)
    if not await sheet.answer():
        return None
    return await download_several(bridge, sheet.chosen, parent)


def _runs(wanted: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Stretches of rows that are wanted: first and last of each."""
    start: int | None = None
    for place, is_wanted in enumerate((*wanted, False)):
        if is_wanted and start is None:
            start = place
        elif not is_wanted and start is not None:
            yield start, place - 1
            start = None


def _fields() -> tuple[Field[Saved], ...]:
    return (
        Field(
            say("Name"),
            lambda one: one.account.name or one.account.address,
            lambda one: (one.account.name or one.account.address).casefold(),
        ),
        Field(say("Address"), lambda one: one.account.address, lambda one: one.account.address.casefold()),
        Field(say("Of"), lambda one: one.place),
        Field(say("Size"), lambda one: text.size(one.size), lambda one: one.size, right=True),
        Field(
            say("Last backup"),
            lambda one: text.brief(one.last),
            lambda one: one.last,
            hint=lambda one: text.utc(one.last),
        ),
    )
