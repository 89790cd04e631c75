"""What runs next, kept up to date in the status bar."""

import logging
from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.core.jobs import CatalogChanged, Event
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.tasks import Tasks
from saasbackup_desktop.ui.shell.status_bar import StatusBar

log = logging.getLogger(__name__)

_MINUTE = 60_000
_SOON = 500
"""Milliseconds until one look answers for many changes."""


class AheadWatch:
    """Asks once a minute while the vault is open, and soon after tasks changed."""

    def __init__(self, window: QWidget, bridge: Bridge, status: StatusBar, is_open: Callable[[], bool]) -> None:
        self._bridge, self._status, self._is_open = bridge, status, is_open
        self._tasks = Tasks(window)
        self._minutely = QTimer(window)
        self._minutely.setInterval(_MINUTE)
        self._minutely.timeout.connect(self.look)
        self._minutely.start()
        self._soon = QTimer(window)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON)
        self._soon.timeout.connect(self.look)

    def look(self) -> None:
        """Ask now."""
        if self._is_open():
            self._tasks.start(self._look(), only="look")

    def happened(self, event: Event) -> None:
        """Ask soon if tasks may have changed."""
        if isinstance(event, CatalogChanged) and event.stream is None and not self._soon.isActive():
            self._soon.start()

    def drop(self) -> None:
        """Ask no more: the window goes, or the home."""
        self._soon.stop()
        self._tasks.cancel()

    async def _look(self) -> None:
        try:
            ahead = await self._bridge.call(self._bridge.desk.tasks.ahead())
        except Fault as fault:  # locked or gone meanwhile: the next look finds out
            log.debug("what runs next is not known: %s", fault.code)
            return
        self._status.show_ahead(ahead)
