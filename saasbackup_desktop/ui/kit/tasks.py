"""Coroutines that belong to a widget and end with it; their faults have one road to the person."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from saasbackup_desktop.core.errors import Cancelled, Fault

log = logging.getLogger(__name__)

Work = Coroutine[Any, Any, object]


class Mishaps(QObject):
    """Where failures go that no page took: the window shows them."""

    fault = Signal(object)
    bug = Signal(object)


class Tasks:
    """The running work of one widget."""

    def __init__(self, owner: QWidget, on_fault: Callable[[Fault], None] | None = None) -> None:
        self._owner = owner
        self._running: dict[str, asyncio.Task[object]] = {}
        self._unnamed: set[asyncio.Task[object]] = set()
        self._on_fault = on_fault
        owner.destroyed.connect(self.cancel)

    def start(self, work: Work, *, busy: QWidget | None = None, only: str = "") -> None:
        """Run a coroutine. ``busy`` is disabled meanwhile; ``only`` names a place that the newest work takes."""
        if only and (before := self._running.pop(only, None)) is not None:
            before.cancel()
        task: asyncio.Task[object] = asyncio.get_event_loop().create_task(self._guard(work, busy))
        # A task that is cancelled before its first step would leave its coroutine behind.
        task.add_done_callback(lambda _: work.close())
        if only:
            self._running[only] = task
        else:
            self._unnamed.add(task)
            task.add_done_callback(self._unnamed.discard)

    def is_running(self, only: str) -> bool:
        """Tell whether the work at a named place goes on."""
        task = self._running.get(only)
        return task is not None and not task.done()

    def drop(self, only: str) -> None:
        """End the work at a named place."""
        if (task := self._running.pop(only, None)) is not None:
            task.cancel()

    def cancel(self) -> None:
        """End all of it."""
        for task in (*self._running.values(), *self._unnamed):
            task.cancel()
        self._running.clear()

    async def _guard(self, work: Work, busy: QWidget | None) -> None:
        if busy is not None:
            busy.setEnabled(False)
        try:
            await work
        except asyncio.CancelledError:
            return
        except Cancelled:
            return
        except Fault as fault:
            if not alive(self._owner):
                return
            if self._on_fault is not None:
                self._on_fault(fault)
            else:
                mishaps().fault.emit(fault)
        except Exception as bug:
            if isinstance(bug, RuntimeError) and not alive(self._owner):
                # What the work tidies up at its end went with its widget.
                log.debug("work ended after its widget: %s", bug)
                return
            log.exception("a page failed")
            mishaps().bug.emit(bug)
        finally:
            if busy is not None and alive(busy):
                busy.setEnabled(True)


class _Shared:
    mishaps: Mishaps | None = None


def mishaps() -> Mishaps:
    """Return the one road for failures that no page took."""
    if _Shared.mishaps is None:
        _Shared.mishaps = Mishaps()
    return _Shared.mishaps


def alive(widget: QWidget) -> bool:
    """Tell whether Qt still has the widget: a page takes what stands on it along when it goes."""
    from shiboken6 import isValid

    return bool(isValid(widget))
