"""What to do when a mailbox is gone: bring it back or choose another one, and look whether it is there again."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.app.words.tenants import GUIDE
from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.core.ids import ConnectionName
from saasbackup_desktop.core.model import Account, Provider
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.status import StatusMark
from saasbackup_desktop.ui.kit.tasks import Tasks
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.rooms.tenants.door import tenants


class Guide(QWidget):
    """Steps, and whether the mailbox can be reached; ``found`` fires when it can be again."""

    found = Signal()
    failed = Signal(object)

    def __init__(self, bridge: Bridge, account: Account, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._account = bridge, account
        self._is_there = True
        self.tasks = Tasks(self, self._fail)
        self.mark = StatusMark()
        self.first = Button(self.tr("&Look again"), picture="retry", pressed=self._look_again)
        steps: list[QWidget] = []
        for number, (title, words) in enumerate(GUIDE, 1):
            steps += [Text(f"{number}.  {say(title)}", "strong", wrap=True), Text(say(words), "muted", wrap=True)]
        self._about = Text("", wrap=True)
        self._about.setText(
            self.tr("The mailbox %1 is not there any more. What was saved of it stays, and can go anywhere.").replace(
                "%1", account.address
            )
        )
        self.setLayout(
            column(
                self._about,
                column(*steps, spacing=SPACE.small),
                row(self.mark, None, self.first),
                None,
                spacing=SPACE.large,
            )
        )

    @property
    def is_needed(self) -> bool:
        """The mailbox was not there when it was looked for last."""
        return not self._is_there

    async def look(self) -> bool:
        """Tell whether the mailbox is there, as far as is known here."""
        address = self._account.address
        places = await self._bridge.call(tenants(self._bridge).places(None, address))
        self._is_there = any(place.account.id == self._account.id for place in places)
        if self._is_there:
            self.mark.become(self.tr("The mailbox is there again"), Tone.GOOD)
        else:
            self.mark.become(self.tr("The mailbox is not there"), Tone.ATTENTION)
        return self._is_there

    def _look_again(self) -> None:
        self.tasks.start(self._ask(), busy=self.first, only="look")

    async def _ask(self) -> None:
        """Look at the directory, and then whether the mailbox can be reached."""
        self.mark.become(self.tr("Looking at the directory…"), Tone.BUSY)
        try:
            tenant = await self._tenant()
            if tenant is not None:
                await self._bridge.call(tenants(self._bridge).discover(tenant))
        finally:
            await self.look()
        self.found.emit()

    async def _tenant(self) -> ConnectionName | None:
        """The tenant that the mailbox was in, if it is set up here."""
        if self._account.provider is not Provider.MICROSOFT:
            return None
        known = await self._bridge.call(tenants(self._bridge).account(self._account.id))
        connection = known.account.connection if known is not None else self._account.connection
        name = ConnectionName((connection or "").partition("/")[0])
        every = await self._bridge.call(tenants(self._bridge).all())
        return name if any(one.settings.name == name for one in every) else None

    def _fail(self, fault: Fault) -> None:
        self.failed.emit(fault)
