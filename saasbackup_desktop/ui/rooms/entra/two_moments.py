"""The two moments that are compared: choosing them, and naming them."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.entra.views import LIVE
from saasbackup_desktop.core.ids import SnapshotId
from saasbackup_desktop.core.model import Snapshot
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.forms import Choice
from saasbackup_desktop.ui.kit.layout import row
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.rooms.entra.moments import moment_of, point_words


class TwoMoments(QWidget):
    """An earlier and a later moment; ``chosen`` tells that a person chose another pair."""

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._times: dict[SnapshotId, int] = {}
        self.old, self.new = Choice(), Choice()
        self.old.setAccessibleName(self.tr("Earlier moment"))
        self.new.setAccessibleName(self.tr("Later moment"))
        for choice in (self.old, self.new):
            choice.setMinimumContentsLength(17)
            choice.picked.connect(lambda _: self.chosen.emit())
        self.setLayout(row(self.old, Text(self.tr("with"), "muted"), self.new))

    def fill(self, points: Sequence[Snapshot]) -> None:
        """Offer points in time, and now."""
        moments: list[tuple[str, object]] = [(text.precise(point.finished), point.id) for point in points]
        self.old.fill(moments)
        self.new.fill([(self.tr("Now (live)"), LIVE), *moments])

    def know(self, points: Sequence[Snapshot]) -> None:
        """Learn when points in time were made."""
        self._times = {point.id: point.finished for point in points}

    def show_pair(self, old: SnapshotId, new: SnapshotId) -> None:
        """Say which are compared."""
        self.old.choose(old)
        self.new.choose(new)

    def pair(self) -> tuple[SnapshotId, SnapshotId]:
        """The moments that are chosen, the earlier one first."""
        old, new = SnapshotId(str(self.old.value())), SnapshotId(str(self.new.value()))
        if new != LIVE and (moment_of(old) or 0) > (moment_of(new) or 0):
            return new, old
        return old, new

    def before(self, point: SnapshotId | None) -> SnapshotId | None:
        """The point in time before another."""
        found = [one for one in self._times if point is not None and str(one) < str(point)]
        return max(found, default=None, key=str)

    def words(self, point: SnapshotId | None, *, brief: bool = False) -> str:
        """Name a moment, to the second if another one lies in the same minute; empty for none."""
        if point is None or point not in self._times:
            return point_words(point) if point is not None else ""
        when = self._times[point]
        said = text.moment(when)
        if any(text.moment(time) == said for one, time in self._times.items() if one != point):
            return text.precise(when)
        return text.brief(when) if brief else said
