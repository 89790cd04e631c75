"""The test of a storage: each thing that was tried, with what came of it."""

from collections.abc import Coroutine, Sequence
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.flows.bucket import BucketEntry
from saasbackup_desktop.app.flows.new_vault import Fitness, fitness
from saasbackup_desktop.app.views import BucketKeys, StoreFinding
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.app.words.storage import OUTCOMES, check_name, explanation, verdict
from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.core.ports import ObjectLock
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.marks import Mark, Marks
from saasbackup_desktop.ui.kit.notices import Banner
from saasbackup_desktop.ui.kit.status import StatusMark
from saasbackup_desktop.ui.kit.tasks import Tasks
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.tiles import Progress
from saasbackup_desktop.ui.kit.tokens import SPACE

_TONES: Final = {"ok": Tone.GOOD, "limited": Tone.ATTENTION, "failed": Tone.BAD, "skipped": Tone.QUIET}
_VERDICTS: Final = {Fitness.FIT: Tone.GOOD, Fitness.LIMITED: Tone.ATTENTION, Fitness.UNFIT: Tone.BAD}


class StorageTest(QWidget):
    """``tested`` carries the ``Fitness`` that the findings come to."""

    tested = Signal(object)

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bridge = bridge
        self.banner = Banner()
        self.tasks = Tasks(self, self._failed)
        self.verdict = StatusMark()
        self._wait = Text("", "muted", wrap=True)
        self._progress = Progress(self.tr("Testing the storage"))
        self._progress.show_share(0, 0)
        self.marks = Marks(self.tr("What was tried"))
        self.again = Button(self.tr("&Test again"), picture="retry", pressed=self._start)
        self._lock: ObjectLock | None = None
        self._location: str | None = None
        self._entry: BucketEntry | None = None
        self._keys: BucketKeys | None = None
        pieces = (self.verdict, self._wait, self._progress, self.banner, self.marks, row(self.again, None))
        self.setLayout(column(*pieces, spacing=SPACE.medium))

    def begin(self, entry: BucketEntry, keys: BucketKeys | None, lock: ObjectLock | None) -> None:
        """Test a bucket that is no vault yet."""
        self._location, self._entry, self._keys, self._lock = entry.location, entry, keys, lock
        self._start()

    def begin_here(self, lock: ObjectLock | None) -> None:
        """Test the place where this home's vault lies."""
        self._location, self._entry, self._keys, self._lock = None, None, None, lock
        self._start()

    def stop(self) -> None:
        """End a test that runs, and let go of the keys."""
        self.tasks.cancel()
        self._keys = None

    def _start(self) -> None:
        self.tasks.start(self._test(), busy=self.again, only="test")

    def _asked(self) -> Coroutine[Any, Any, Sequence[StoreFinding]]:
        desk = self.bridge.desk
        if self._entry is None:
            return desk.validate_store()
        return desk.validate_store(self._location, settings=self._entry.settings(), keys=self._keys, lock=self._lock)

    async def _test(self) -> None:
        self.tested.emit(Fitness.UNKNOWN)
        self.banner.hide()
        self.marks.show_marks(())
        self.again.hide()
        self.verdict.become(self.tr("Testing…"), Tone.BUSY)
        self._wait.setText(
            self.tr("Files are written, locked for some seconds, and removed again. This takes about half a minute.")
            if self._lock
            else self.tr("Files are written, read and removed again.")
        )
        self._wait.show()
        self._progress.show()
        try:
            found = await self.bridge.call(self._asked())
        finally:
            self._wait.hide()
            self._progress.hide()
            self.again.show()
        self.show_findings(found)

    def show_findings(self, found: Sequence[StoreFinding]) -> None:
        """Show what was found, the worst first."""
        order = ("failed", "limited", "skipped", "ok")
        self.marks.show_marks([_mark(one) for one in sorted(found, key=lambda one: order.index(one.outcome))])
        is_fit = fitness(found)
        self.verdict.become(say(verdict(found, self._lock is not None)), _VERDICTS[is_fit])
        self.tested.emit(is_fit)

    def _failed(self, fault: Fault) -> None:
        self.verdict.become(self.tr("The test could not be made"), Tone.BAD)
        self.banner.fault(fault)


def _mark(finding: StoreFinding) -> Mark:
    outcome = say(OUTCOMES.get(finding.outcome, finding.outcome))
    return Mark(
        say(check_name(finding.check)), outcome, _TONES.get(finding.outcome, Tone.QUIET), say(explanation(finding))
    )
