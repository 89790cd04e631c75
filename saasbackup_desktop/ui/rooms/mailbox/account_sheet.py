"""Choosing one of many accounts by its name."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from saasbackup_desktop.core.ids import AccountId
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import SearchField
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.text import Text, plain, say
from saasbackup_desktop.ui.kit.theme import scaled

_MOST = 100
"""Accounts that are listed at once."""

Names = Sequence[tuple[str, AccountId]]


class AccountSheet(Sheet):
    """Accounts whose names have all the words in them."""

    def __init__(self, bridge: Bridge, names: Names, parent: QWidget) -> None:
        super().__init__(say("Choose an account"), "", parent, width=460)
        self._bridge, self._names = bridge, names
        self.search = SearchField(self.tr("Search accounts"))
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Accounts"))
        self.list.setMinimumHeight(scaled(280))
        self.caption = Text("", "caption")
        self.fill(self.search, self.list, self.caption)
        choose = Button(self.tr("&Choose"), "primary", pressed=self.accept)
        choose.setDefault(True)
        self.offer(self.cancel_button(), choose)
        self.list.itemActivated.connect(lambda _: self.accept())
        self.list.currentRowChanged.connect(lambda row: choose.setEnabled(row >= 0))
        self.search.textChanged.connect(lambda _: self.run(self._find(), only="find"))
        choose.setEnabled(False)
        self.search.setFocus()
        self.run(self._find(), only="find")

    @property
    def account(self) -> AccountId | None:
        """Who is chosen."""
        entry = self.list.currentItem()
        return AccountId(entry.data(Qt.ItemDataRole.UserRole)) if entry is not None else None

    async def _find(self) -> None:
        found = await self._bridge.call(_matching(self._names, self.search.text()))
        self.list.clear()
        for name, id in found[:_MOST]:
            entry = QListWidgetItem(plain(name))
            entry.setData(Qt.ItemDataRole.UserRole, id)
            self.list.addItem(entry)
        self.list.setCurrentRow(0 if found else -1)
        of = self.tr("%1 of %2 accounts").replace("%1", text.number(min(_MOST, len(found))))
        self.caption.setText(of.replace("%2", text.number(len(self._names))))


async def _matching(names: Names, words: str) -> list[tuple[str, AccountId]]:
    wanted = words.casefold().split()
    return [one for one in names if all(word in one[0].casefold() for word in wanted)]


async def choose_account(bridge: Bridge, names: Names, parent: QWidget) -> AccountId | None:
    """Let a person choose one."""
    sheet = AccountSheet(bridge, names, parent)
    return sheet.account if await sheet.answer() else None
