"""Notices on the desktop: within the window while somebody looks at it, else by the system's own tray."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QTimer
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMainWindow,
    QSystemTrayIcon,
    QWidget,
)

from saasbackup_desktop.app.notices.views import Kind, Pop
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.icons import icon
from saasbackup_desktop.ui.kit.notices import Banner
from saasbackup_desktop.ui.kit.tasks import Tasks
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.places import AlertsPlace, DownloadsPlace, JobsPlace, NoticesPlace, Place

_LOOK: Final = 10_000
"""Milliseconds between two looks for notices."""
STAYS: Final = 12_000
"""Milliseconds for which a notice is seen, longer while the pointer or the focus is on it: it is kept elsewhere."""
_LONGER: Final = 2_000
_STEPS: Final = 12
"""Of the way from the lower right to the upper left, at each of which there may be room for it."""
_TRAY: Final = 60_000
"""Milliseconds for which the icon stays in the tray after a notice."""
_WIDTH: Final = 420


class Pops(QObject):
    """Takes what is to be shown, shows it once, and leads to what it is about."""

    def __init__(
        self, window: QMainWindow, bridge: Bridge, may: Callable[[], bool], go: Callable[[Place], object]
    ) -> None:
        super().__init__(window)
        self._window, self._bridge, self._may, self._go = window, bridge, may, go
        self.tasks = Tasks(window, lambda _fault: None)
        self.toast = Banner(window)
        self.toast.setAutoFillBackground(True)
        self._tray: QSystemTrayIcon | None = None
        self._place: Place = NoticesPlace()
        self._looking = QTimer(self)
        self._looking.setInterval(_LOOK)
        self._looking.timeout.connect(self.look)
        self._looking.start()
        self._gone = QTimer(self)
        self._gone.setSingleShot(True)
        self._gone.timeout.connect(self._end)
        self._leaving = QTimer(self)
        self._leaving.setSingleShot(True)
        self._leaving.timeout.connect(self._leave_tray)
        window.installEventFilter(self)

    def look(self) -> None:
        """Ask whether there is something to show."""
        if self._may() and not self.tasks.is_running("pops"):
            self.tasks.start(self._take(), only="pops")

    async def _take(self) -> None:
        try:
            found = await self._bridge.call(self._bridge.desk.notices.pops())
        except Fault:
            return  # locked, or out of reach: what waits is taken by the next look
        if found and self._may():
            self._show(found)

    def _show(self, found: Sequence[Pop]) -> None:
        first = found[0]
        title, text = first.title, first.text
        self._place = _place_of(first)
        if len(found) > 1:
            title = self.tr("%1 notices").replace("%1", str(len(found)))
            text = "\n".join(one.title for one in found[:4]) + ("\n…" if len(found) > 4 else "")
            self._place = NoticesPlace()
        is_bad = any(one.is_bad for one in found)
        if self._window.isActiveWindow() or not self._in_tray(title, text, is_bad):
            self._within(title, text, is_bad)
            if not self._window.isActiveWindow():
                QApplication.alert(self._window)

    def _within(self, title: str, text: str, is_bad: bool) -> None:
        tone = Tone.BAD if is_bad else Tone.GOOD
        self.toast.say(tone, title, text, self.tr("Show"), self._follow)
        self._settle()
        self.toast.raise_()
        self._gone.start(STAYS)

    def _end(self) -> None:
        focus = QApplication.focusWidget()
        is_read = self.toast.underMouse() or (focus is not None and self.toast.isAncestorOf(focus))
        if is_read and not self.toast.isHidden():
            self._gone.start(_LONGER)
        else:
            self.toast.hide()

    def _in_tray(self, title: str, text: str, is_bad: bool) -> bool:
        if not QSystemTrayIcon.isSystemTrayAvailable() or not QSystemTrayIcon.supportsMessages():
            return False
        if self._tray is None:
            self._tray = QSystemTrayIcon(icon("shield", "accent"), self)
            self._tray.messageClicked.connect(self._follow)
            self._tray.activated.connect(lambda _reason: self._follow())
        kinds = QSystemTrayIcon.MessageIcon
        self._tray.show()
        self._tray.showMessage(title, text, kinds.Warning if is_bad else kinds.Information)
        self._leaving.start(_TRAY)
        return True

    def _leave_tray(self) -> None:
        if self._tray is not None:
            self._tray.hide()

    def _follow(self) -> None:
        self.toast.hide()
        self._leave_tray()
        self._window.raise_()
        self._window.activateWindow()
        self._go(self._place)

    def _settle(self) -> None:
        """Where it lies on the fewest things to press, as near to the lower right, above the status bar, as can be."""
        width = min(scaled(_WIDTH), self._window.width() - 2 * SPACE.page)
        self.toast.setFixedWidth(width)
        height = max(self.toast.sizeHint().height(), self.toast.heightForWidth(width))
        self.toast.resize(width, height)
        size = self.toast.size()
        right, left = self._window.width() - width - SPACE.page, SPACE.page
        low, high = self._window.height() - height - 3 * SPACE.page, SPACE.page
        steps = [step / _STEPS for step in range(_STEPS + 1)]
        places = [
            QPoint(round(right - (right - left) * x), round(low - (low - high) * y)) for y in steps for x in steps
        ]
        places.sort(key=lambda place: right - place.x() + low - place.y())
        held = self._controls()
        self.toast.move(min(places, key=lambda place: sum(QRect(place, size).intersects(one) for one in held)))

    def _controls(self) -> list[QRect]:
        """Where there is something to press or to type into."""
        kinds = (QAbstractButton, QComboBox, QLineEdit, QAbstractSpinBox)
        found = (one for one in self._window.findChildren(QWidget) if isinstance(one, kinds) and one.isVisible())
        return [
            QRect(one.mapTo(self._window, QPoint(0, 0)), one.size())
            for one in found
            if not self.toast.isAncestorOf(one) and one.window() is self._window
        ]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner when the window's size changes."""
        if event.type() == QEvent.Type.Resize and not self.toast.isHidden():
            self._settle()
        return super().eventFilter(watched, event)


def _place_of(one: Pop) -> Place:
    if one.download is not None:
        return DownloadsPlace(one.download)
    if one.kind is Kind.ALERTS:
        return AlertsPlace()
    return JobsPlace() if one.kind in (Kind.EXCEPTIONS, Kind.RECOVERY, Kind.COMPLETED, Kind.DRILLS) else NoticesPlace()
