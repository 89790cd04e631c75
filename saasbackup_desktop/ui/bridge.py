"""Between the window and the engine: a thread with a loop of its own behind two words, call and happened."""

import asyncio
import contextlib
import inspect
import logging
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from typing import Any, Final, TypeVar

from PySide6.QtCore import QObject, Signal

from saasbackup_desktop.agent.connection import Connection
from saasbackup_desktop.agent.remote import connection_of
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.core.errors import Cancelled, Fault

log = logging.getLogger(__name__)

T = TypeVar("T")

_SWITCH = 0.0005
"""Seconds that one thread may keep the interpreter: short, so that the window stays quick during a backup."""
_BURST: Final = 50
"""Events that are told in a row: Qt brings all that wait to the window in one turn, and there may be thousands."""
_BREATH: Final = 0.01
"""Seconds that the window has for itself afterwards."""


class Bridge(QObject):
    """The engine's thread. ``happened`` carries each event to the window's thread; ``lost``: the agent has ended."""

    happened = Signal(object)
    lost = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._live, name="engine", daemon=True)
        self._desk: Desk | None = None
        self._was_built = False
        self._telling: Future[None] | None = None
        self._watching: Future[None] | None = None
        self._asked: set[Coroutine[Any, Any, Any]] = set()
        """What was asked for and has not come back. Of the window's thread."""
        self._is_closed = False
        sys.setswitchinterval(_SWITCH)
        self._thread.start()

    @property
    def desk(self) -> Desk:
        """The desk, once ``build`` has made it. Raises Cancelled once it was left: work of its pages ends with it."""
        if self._desk is None and self._was_built:
            raise Cancelled("the desk was left")
        if self._desk is None:
            raise RuntimeError("the desk is not built yet")
        return self._desk

    @property
    def is_hosted(self) -> bool:
        """The desk is an agent's: what runs there goes on when the window is closed."""
        return self._desk is not None and connection_of(self._desk) is not None

    async def build(self, make: Callable[[], Desk | Awaitable[Desk]]) -> Desk:
        """Make the desk in the engine's thread, so that the window shows at once."""

        async def made() -> Desk:
            desk = make()
            return await desk if inspect.isawaitable(desk) else desk

        self._desk = await self.call(made())
        self._was_built = True
        connection = connection_of(self._desk)
        if connection is not None:
            self._watching = asyncio.run_coroutine_threadsafe(self._watch(connection), self._loop)
        return self._desk

    async def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine of the desk in the engine's thread and wait for it; cancelling this cancels it there."""
        if self._is_closed:
            work.close()
            raise asyncio.CancelledError
        self._asked = {one for one in self._asked if inspect.getcoroutinestate(one) != inspect.CORO_CLOSED} | {work}
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            done = await asyncio.wrap_future(future)
        finally:
            if inspect.getcoroutinestate(work) == inspect.CORO_CLOSED:
                self._asked.discard(work)
        self._listen()
        return done

    async def compute(self, work: Callable[[], T]) -> T:
        """Compute something in the engine's thread that takes longer than the window may wait."""

        async def there() -> T:
            return work()

        return await self.call(there())

    async def leave(self) -> None:
        """Close the desk but keep the thread, to build another one."""
        if self._desk is None:
            return
        desk, self._desk = self._desk, None
        for future in (self._telling, self._watching):
            if future is not None:
                future.cancel()
        await self.call(desk.close())

    def close(self) -> None:
        """End the thread. Call ``leave`` first."""
        self._is_closed = True
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        for work in self._asked:  # what the thread did not come to, too
            if inspect.getcoroutinestate(work) == inspect.CORO_CREATED:
                work.close()
        self._asked.clear()

    def _listen(self) -> None:
        """Events flow while the vault is open: begin when a call has opened it."""
        is_idle = self._telling is None or self._telling.done()
        if is_idle and self._desk is not None and self._desk.is_open:
            self._telling = asyncio.run_coroutine_threadsafe(self._tell(self._desk), self._loop)

    async def _watch(self, connection: Connection) -> None:
        await connection.gone()
        self.lost.emit()

    async def _tell(self, desk: Desk) -> None:
        try:
            told = 0
            async for event in desk.events():
                self.happened.emit(event)
                told += 1
                if told % _BURST == 0:
                    await asyncio.sleep(_BREATH)
        except Fault as fault:
            # Locked while this was on its way: there is nothing to tell until the next unlock.
            log.debug("events ended: %s", fault.code)

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
