"""Cyclic garbage is collected in the window's thread alone: a widget that another thread lets go brings Qt down."""

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer

_EVERY: Final = 500
"""Milliseconds between two looks."""


class Collection(QObject):
    """Collects in turns from when it is made until ``end``; meanwhile Python does not by itself, in no thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        gc.freeze()  # modules and classes stay: to look at all of them again and again would stop the window
        self._timer = QTimer(self)
        self._timer.timeout.connect(_collect)
        self._timer.start(_EVERY)

    def end(self) -> None:
        """Collect what is left, and let Python go on by itself."""
        self._timer.stop()
        gc.collect()
        gc.enable()


def _collect() -> None:
    """Collect the oldest generation that is due, by Python's own thresholds."""
    for generation in (2, 1, 0):
        threshold = gc.get_threshold()[generation]
        if gc.get_count()[generation] > threshold:
            gc.collect(generation)
            return
