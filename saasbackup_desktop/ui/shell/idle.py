"""Notices that nobody has used the program for a while."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPointF, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QMouseEvent

from saasbackup_desktop.ui.kit import clock

_LOOK: Final = 15_000
"""Milliseconds between two looks: after the computer slept, too, nothing stays open longer than that."""
_USE: Final = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    }
)


class Idle(QObject):
    """``passed`` fires as long as nobody has touched keyboard, mouse or screen for so many minutes; 0: never."""

    passed = Signal()

    def __init__(self, application: QGuiApplication, minutes: Callable[[], int], parent: QObject) -> None:
        super().__init__(parent)
        self._minutes = minutes
        self._touched = self._now()
        self._place = QPointF()
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        application.focusWindowChanged.connect(self.watch)
        self.watch()

    def watch(self) -> None:
        """See what people do in every window. Widgets are not watched: all that happens to each of them, its end
        too, would come by here."""
        for window in QGuiApplication.topLevelWindows():
            window.installEventFilter(self)

    def look(self) -> None:
        """Fire if the time is over."""
        self.watch()
        if self.is_over:
            self.passed.emit()

    def touch(self) -> None:
        """Somebody is here. If they come back too late, as after the computer slept, it fires first."""
        self.look()
        self._touched = self._now()

    @property
    def is_over(self) -> bool:
        """Nobody has been here for the time that is set."""
        limit = self._minutes() * 60
        # A steady clock stands still while a computer sleeps, and the other one can be set: the later one counts.
        return limit > 0 and max(now - then for now, then in zip(self._now(), self._touched, strict=True)) >= limit

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See what comes by, and let it pass."""
        if event.type() in _USE and not self._stands_still(event):
            self.touch()
        return False

    def _stands_still(self, event: QEvent) -> bool:
        """Is it a move of the mouse to where it is? Systems tell of such when a window changes below it."""
        if event.type() != QEvent.Type.MouseMove or not isinstance(event, QMouseEvent):
            return False
        before, self._place = self._place, event.globalPosition()
        return self._place == before

    @staticmethod
    def _now() -> tuple[float, float]:
        return clock.steady(), clock.now()
