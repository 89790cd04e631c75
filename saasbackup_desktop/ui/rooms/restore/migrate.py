"""The migrate dialog: a whole mailbox, or a range of dates, to another account."""

from PySide6.QtCore import QDateTime
from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.views import StreamCard
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import clock
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.dates import DateChoice
from saasbackup_desktop.ui.kit.forms import Field
from saasbackup_desktop.ui.kit.layout import row
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.rooms.restore.place_choice import PlaceChoice


class MigrateSheet(Sheet):
    """Where to, and from when to when."""

    def __init__(self, bridge: Bridge, card: StreamCard, parent: QWidget) -> None:
        super().__init__(
            say("Migrate to another account"),
            say("%1 is backed up once more, then everything is copied. What the other account has already is left "
                "as it is, so it is safe to run this again.").replace("%1", card.account.address),
            parent,
            width=560,
        )  # fmt: skip
        self.bridge, self._card = bridge, card
        self.job: JobId | None = None
        self.target = PlaceChoice(bridge, card.service, None, leave_out=card.account.id)
        self.target.list.setAccessibleName(self.tr("Account to migrate to"))
        today = QDateTime.fromSecsSinceEpoch(clock.now()).date()
        since, until = self.tr("Received since"), self.tr("Received until")
        if card.service is not Service.MAIL:
            since, until = self.tr("From"), self.tr("Until")
        self.since = DateChoice(since, today.addYears(-1))
        self.until = DateChoice(until, today)
        self._none = Text(
            self.tr("There is no other account yet. Add it under Home first: it is where everything goes."),
            "muted",
            wrap=True,
        )
        self._none.hide()
        self.fill(
            Field(self.tr("&To account"), self.target),
            self._none,
            row(
                Field(since, self.since),
                Field(until, self.until),
                spacing=SPACE.large,
            ),
        )
        self._start = Button(self.tr("&Start the migration"), "primary", "migrate", self._go)
        self._start.setDefault(True)
        self._start.setEnabled(False)
        self.target.picked.connect(self._judge)
        self.target.failed.connect(self.failed)
        self.offer(self.cancel_button(), self._start)
        self.run(self._prepare())

    async def _prepare(self) -> None:
        await self.target.begin()
        self._none.setVisible(not self.target.count())

    def _judge(self) -> None:
        self._start.setEnabled(self.target.connection is not None)

    def _go(self) -> None:
        target = self.target.connection

        async def work() -> None:
            if target is None:
                return
            self.job = await self.bridge.call(
                self.bridge.desk.migrate(
                    self._card.stream,
                    target,
                    self.since.seconds(),
                    self.until.seconds(after=True),
                )
            )
            self.accept()

        self.run(work(), busy=self._start, only="start")


async def migrate(bridge: Bridge, card: StreamCard, parent: QWidget) -> JobId | None:
    """Let a person start a migration; the job, if it was started."""
    sheet = MigrateSheet(bridge, card, parent)
    return sheet.job if await sheet.answer() else None
