"""Between the window and the engine: a thread with a loop of its own behind two words, call and happened."""

import asyncio
import contextlib
import sys
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from saasbackup_desktop.app.desk import Desk

T = TypeVar("T")

_SWITCH = 0.0005
"""Seconds that one thread may keep the interpreter: short, so that the window stays quick during a backup."""


class Bridge(QObject):
    """The engine's thread. ``happened`` carries each event to the window's thread."""

    happened = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._live, name="engine", daemon=True)
        self._desk: Desk | None = None
        self._telling: Future[None] | None = None
        sys.setswitchinterval(_SWITCH)
        self._thread.start()

    @property
    def desk(self) -> Desk:
        """The desk, once ``build`` has made it."""
        if self._desk is None:
            raise RuntimeError("the desk is not built yet")
        return self._desk

    async def build(self, make: Callable[[], Desk]) -> Desk:
        """Make the desk in the engine's thread, so that the window shows at once."""

        async def made() -> Desk:
            return make()

        self._desk = await self.call(made())
        return self._desk

    def listen(self) -> None:
        """Tell what happens from now on, until the vault is locked."""
        if self._telling is not None:
            self._telling.cancel()
        self._telling = asyncio.run_coroutine_threadsafe(self._tell(self.desk), self._loop)

    async def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine of the desk in the engine's thread and wait for it; cancelling this cancels it there."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    async def leave(self) -> None:
        """Close the desk but keep the thread, to build another one."""
        if self._desk is None:
            return
        desk, self._desk = self._desk, None
        if self._telling is not None:
            self._telling.cancel()
        await self.call(desk.close())

    def close(self) -> None:
        """End the thread. Call ``leave`` first."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)

    async def _tell(self, desk: Desk) -> None:
        async for event in desk.events():
            self.happened.emit(event)

    def _live(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
            rest = asyncio.all_tasks(self._loop)
            for task in rest:
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                self._loop.run_until_complete(asyncio.gather(*rest, return_exceptions=True))
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
        finally:
            self._loop.close()
