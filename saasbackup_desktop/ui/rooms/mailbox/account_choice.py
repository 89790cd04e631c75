"""Whose items are looked at: a list drops down, and of very many accounts one is searched for."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from saasbackup_desktop.core.ids import AccountId
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.forms import Choice
from saasbackup_desktop.ui.kit.tasks import Tasks
from saasbackup_desktop.ui.rooms.mailbox.account_sheet import choose_account

_MOST_NAMED = 500
"""Accounts that a list can be dropped down with; of more, one is searched for."""
_ANOTHER = AccountId("")


class AccountChoice(Choice):
    """The account that is looked at among those of which something is saved."""

    chosen = Signal(object)

    def __init__(self, bridge: Bridge, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._bridge, self._tasks = bridge, tasks
        self._all: Sequence[tuple[str, AccountId]] = ()
        self._named: Sequence[tuple[str, object]] = ()
        self._here: AccountId | None = None
        self.setAccessibleName(self.tr("Account"))
        self.setMinimumContentsLength(15)
        self.picked.connect(self._picked)

    def show_accounts(self, accounts: Sequence[tuple[str, AccountId]], here: AccountId) -> None:
        """Offer accounts, and show the one that is looked at."""
        self._all, self._here = accounts, here
        named = accounts
        if len(named) > _MOST_NAMED:
            mine = next(name for name, id in named if id == here)
            named = [(mine, here), (self.tr("Another account…"), _ANOTHER)]
        if named != self._named:
            self._named = named
            self.fill(named)
        self.choose(here)
        self.setVisible(len(named) > 1)

    def _picked(self, account: object) -> None:
        if account == _ANOTHER:
            self._tasks.start(self._ask(), only="account")
        else:
            self.chosen.emit(account)

    async def _ask(self) -> None:
        self.choose(self._here)
        found = await choose_account(self._bridge, self._all, self.window())
        if found is not None:
            self.chosen.emit(found)
