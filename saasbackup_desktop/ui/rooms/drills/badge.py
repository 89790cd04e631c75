"""When an account was last proven restorable, and the way to prove it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.drills.views import PROVEN
from saasbackup_desktop.app.views import StreamCard
from saasbackup_desktop.app.words.drills import OUTCOMES
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import row
from saasbackup_desktop.ui.kit.status import StatusMark
from saasbackup_desktop.ui.kit.tasks import Tasks, Work
from saasbackup_desktop.ui.kit.text import say
from saasbackup_desktop.ui.rooms.drills.drill_sheet import ask_drill
from saasbackup_desktop.ui.rooms.drills.report_sheet import ReportSheet


class Badge(QWidget):
    """A status, the report behind it, and the button for a new drill; ``started`` carries the job's id."""

    started = Signal(str)

    def __init__(self, bridge: Bridge, tasks: Tasks) -> None:
        super().__init__()
        self.bridge = bridge
        self._tasks = tasks
        self._card: StreamCard | None = None
        self.status = StatusMark()
        self.report = Button(self.tr("Dr&ill report…"), "link", "", lambda: self._run(self._show()))
        self.prove = Button(self.tr("&Prove restorability…"), picture="shield", pressed=lambda: self._run(self._ask()))
        self.setLayout(row(self.status, self.report, None, self.prove))

    def tell(self, card: StreamCard) -> None:
        """Show how an account stands."""
        self._card = card
        label, tone = badge_words(card)
        self.status.become(label, tone)
        self.status.setToolTip(text.utc(card.drilled) if card.drilled is not None else "")
        self.report.setVisible(bool(card.drill))
        self.setVisible(card.last is not None)

    def _run(self, work: Work) -> None:
        self._tasks.start(work, only="drill")

    async def _show(self) -> None:
        if self._card is None:
            return
        history = await self.bridge.call(self.bridge.desk.drills.history(self._card.stream))
        if history:
            await ReportSheet(self.bridge, history[0], history, self).answer()

    async def _ask(self) -> None:
        card = self._card
        if card is None:
            return
        plan = await self.bridge.call(self.bridge.desk.drills.schedule())
        name = card.account.name or card.account.address
        wish = await ask_drill(name, plan.items, self, has_source=card.connection is not None)
        if wish is not None:
            run = self.bridge.desk.drills.run([card.stream], wish.items, wish.against_source)
            [job] = await self.bridge.call(run)
            self.started.emit(job)


def badge_words(card: StreamCard) -> tuple[str, Tone]:
    """Say in a few words when an account was last proven restorable, or what its last drill found."""
    if not card.drill:
        return say("Not proven restorable yet"), Tone.QUIET
    outcome = OUTCOMES[card.drill]
    if card.drill == PROVEN and card.drilled is not None:
        return say("Proven restorable %1").replace("%1", text.ago(card.drilled)), Tone.GOOD
    told = say(outcome.label)
    if card.proven is not None:
        told = say("%1; last proven %2").replace("%1", told).replace("%2", text.ago(card.proven))
    return told, outcome.tone
