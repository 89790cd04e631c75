"""Let Ctrl-C and a polite kill close the window properly."""

import contextlib
import signal
import socket
from collections.abc import Callable

from PySide6.QtCore import QObject, QSocketNotifier


class Interrupts(QObject):
    """Python answers signals only when it runs: a socket wakes Qt's loop so that it does."""

    def __init__(self, then: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hear, self._tell = socket.socketpair()
        for end in (self._hear, self._tell):
            end.setblocking(False)
        self._before = signal.set_wakeup_fd(self._tell.fileno(), warn_on_full_buffer=False)
        for kind in (signal.SIGINT, signal.SIGTERM):
            signal.signal(kind, lambda *_: then())
        self._notifier = QSocketNotifier(self._hear.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._drain)

    def end(self) -> None:
        """Listen no more."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._before)
        for kind in (signal.SIGINT, signal.SIGTERM):
            signal.signal(kind, signal.SIG_DFL)
        self._hear.close()
        self._tell.close()

    def _drain(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._hear.recv(64)
