"""Connections as lanes: each with a thread of its own, mended when it breaks, shared by whoever has work."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from saasbackup_desktop.core.errors import (
    CertificateRefused,
    Denied,
    ItemFault,
    ProtocolBroken,
    Throttled,
    TlsUnavailable,
    Unreachable,
)
from saasbackup_desktop.core.traffic import Traffic
from saasbackup_desktop.providers.imap import translate
from saasbackup_desktop.providers.imap.connect import connect
from saasbackup_desktop.providers.imap.session import Session
from saasbackup_desktop.providers.imap.settings import ImapSettings, Secret
from saasbackup_desktop.providers.imap.wire import Rejected

log = logging.getLogger(__name__)

Result = TypeVar("Result")
_TRIES = 5
_LONGEST_WAIT = 60.0


class Lane:
    """One connection and the one thread that uses it. Work is done again after a break: it must bear that."""

    def __init__(self, settings: ImapSettings, secret: Secret, traffic: Traffic | None = None) -> None:
        self._settings = settings
        self._secret = secret
        self._traffic = traffic
        self._thread = ThreadPoolExecutor(1, "imap")
        self._session: Session | None = None
        self._closed = False

    @property
    def selected(self) -> str:
        """The mailbox that is open, empty if none is."""
        return self._session.selected if self._session else ""

    @property
    def is_connected(self) -> bool:
        """There is a connection, as far as known."""
        return self._session is not None

    async def run(self, work: Callable[[Session], Result], *, tries: int = _TRIES) -> Result:
        """Do blocking work in the lane's thread; mend the connection and do it again if it breaks. Raises Fault."""
        for attempt in range(tries):
            if self._closed:
                raise Unreachable("closed", host=self._settings.host)
            try:
                return await asyncio.get_running_loop().run_in_executor(self._thread, self._attempt, work)
            except (CertificateRefused, TlsUnavailable):
                raise
            except Unreachable as fault:
                if attempt == tries - 1 or self._closed:
                    raise
                wait = self._settings.patience * 2**attempt
                if isinstance(fault, Throttled):
                    wait = max(wait, min(fault.wait, _LONGEST_WAIT))
                log.info("connection %s: again in %.1f s", fault.code, wait)
                await asyncio.sleep(wait)
        raise Unreachable("never tried")

    async def close(self) -> None:
        """Hang up. Work under way fails."""
        if self._closed:
            return
        self._closed = True
        loop = asyncio.get_running_loop()
        farewell = loop.run_in_executor(self._thread, self._drop, True)
        done, _ = await asyncio.wait([farewell], timeout=2)
        if not done and self._session is not None:  # the thread is still waiting for the server
            self._session.wire.cut()
        self._thread.shutdown(wait=False)

    def _attempt(self, work: Callable[[Session], Result], *, is_second: bool = False) -> Result:
        if self._closed:
            raise Unreachable("closed", host=self._settings.host)
        if self._session is None:
            self._session = connect(self._settings, self._secret, self._traffic)
        try:
            return work(self._session)
        except Rejected as error:
            named = translate.rejected(error, self._settings.host)
            if isinstance(named, Unreachable | Denied):
                self._drop(False)
            if isinstance(named, Denied) and not is_second:  # it may lie in what this connection has seen so far
                return self._attempt(work, is_second=True)
            raise named from None
        except translate.FOREIGN as error:
            self._drop(False)
            named = translate.fault(error, self._settings.host)
            if isinstance(named, TlsUnavailable):  # it was there a moment ago
                named = Unreachable(named.detail, host=self._settings.host)
            raise named from None
        except (ProtocolBroken, ItemFault, ValueError, IndexError):  # who knows how far the server has read
            self._drop(False)
            raise

    def _drop(self, politely: bool) -> None:
        session, self._session = self._session, None
        if session is None:
            return
        if politely:
            session.close()
        else:
            session.wire.close()


class Lanes:
    """A few lanes to one server. Fewer than asked for if the server refuses more."""

    def __init__(self, settings: ImapSettings, secret: Secret, traffic: Traffic | None = None) -> None:
        self._settings = settings
        self._secret = secret
        self._traffic = traffic
        self._limit = max(1, settings.connections)
        self._lanes: list[Lane] = []
        self._free: list[Lane] = []
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def limit(self) -> int:
        """How many pieces of work make sense at a time."""
        return self._limit

    async def run(self, work: Callable[[Session], Result], *, near: str = "") -> Result:
        """Do work in any lane, if possible one that has the mailbox ``near`` open. Raises Fault."""
        while True:
            lane = await self._borrow(near)
            spare = not lane.is_connected and any(other.is_connected for other in self._lanes if other is not lane)
            try:
                return await lane.run(work, tries=1 if spare else _TRIES)
            except Unreachable as fault:
                if not spare or lane.is_connected:
                    raise
                log.info("no further connection (%s): %d left", fault.code, len(self._lanes) - 1)
                await self._retire(lane)
            finally:
                self._give_back(lane)

    async def close(self) -> None:
        """Hang up everywhere."""
        await asyncio.gather(*(lane.close() for lane in self._lanes))

    async def _borrow(self, near: str) -> Lane:
        while not self._free and len(self._lanes) >= self._limit:
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            await turn
        if not self._free:
            lane = Lane(self._settings, self._secret, self._traffic)
            self._lanes.append(lane)
            return lane
        lane = next((lane for lane in self._free if near and lane.selected == near), self._free[-1])
        self._free.remove(lane)
        return lane

    def _give_back(self, lane: Lane) -> None:
        if lane in self._lanes:
            self._free.append(lane)
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return

    async def _retire(self, lane: Lane) -> None:
        self._lanes.remove(lane)
        self._limit = max(1, len(self._lanes))
        await lane.close()
