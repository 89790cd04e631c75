"""The agent itself: keeps one home at work, sees to what is due, and ends when nobody and nothing needs it."""

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from saasbackup_desktop import __version__
from saasbackup_desktop.agent.handshake import admit
from saasbackup_desktop.agent.link import Broken, Link
from saasbackup_desktop.agent.place import AgentPlace
from saasbackup_desktop.agent.session import Session
from saasbackup_desktop.agent.speech import hello
from saasbackup_desktop.app.activity import attempts
from saasbackup_desktop.app.activity.kinds import LOCKED
from saasbackup_desktop.app.activity.recorder import here
from saasbackup_desktop.app.clock import SystemClock
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.tasks.views import Waits
from saasbackup_desktop.core.errors import AgentRefused, Fault, Unreachable, VaultBusy
from saasbackup_desktop.engine.scheduler import Rounds

log = logging.getLogger(__name__)

TEND_SECONDS: Final = 20.0
"""Between two rounds in which the rooms do what is due."""
PATIENCE: Final = 30.0
"""Seconds without client, job or schedule after which the vault is closed and the agent ends."""
RESTART: Final = 75
"""Exit code of a service that is to be started again, by the program as it is now (sysexits' EX_TEMPFAIL)."""


class Host:
    """One agent. ``run`` is its whole life."""

    def __init__(
        self,
        home: Path,
        *,
        passphrase_file: Path | None = None,
        stays: bool = False,
        is_service: bool = False,
        patience: float = PATIENCE,
        every: float = TEND_SECONDS,
    ) -> None:
        self.place = AgentPlace(home)
        self._passphrase_file = passphrase_file
        self._stays, self._is_service = stays or is_service, is_service
        self._patience = patience
        self._sessions: set[Session] = set()
        self._meetings: set[asyncio.Task[None]] = set()
        self._clock = SystemClock()
        self._started = self._clock.now()
        self._code = 0
        self._end = asyncio.Event()
        self._rounds = Rounds(self._round, self._clock, every=min(every, max(patience, 0.05)))
        self.opening = asyncio.Lock()
        self._opens_alone = True
        """It is still worth trying to open the vault without anybody."""

    async def run(self) -> int:
        """Keep the home at work until it is ended; the exit code. Raises AgentBusy, HomeFault."""
        self.place.take()
        try:
            self._needed = asyncio.get_running_loop().time()
            self.desk = Desk(self.place.home, stays=True)
            self._token = self.place.renew_token()
            server = await self.place.listen(self._meet, self._started, __version__)
            attempts.agent_began(self.place.home, self._started, here())
            log.info("agent %s, process %d, begins", __version__, os.getpid())
            self._rounds.start()
            try:
                await self._end.wait()
            finally:
                if server is not None:
                    server.close()
                await self._rounds.close()
                await self._let_go()
                attempts.agent_ended(self.place.home, self._clock.now(), here())
        finally:
            self.place.let_go()
            log.info("agent ends")
        return self._code

    async def status(self) -> Mapping[str, Any]:
        """How the agent stands, as plain values."""
        return {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "version": __version__,
            "started": self._started,
            "home": str(self.place.home),
            "is_open": self.desk.is_open,
            "is_idle": await self.desk.is_idle(),
            "is_scheduled": await self._is_scheduled(),
            "clients": len(self._sessions),
            "stays": self._stays,
            "is_service": self._is_service,
        }

    def stop(self, *, is_replaced: bool = False) -> None:
        """End: jobs stop at a safe point."""
        if is_replaced and self._is_service:
            self._code = RESTART
        self._end.set()

    def note_locked(self) -> None:
        """Put down that somebody has locked the vault for himself, while it stays open for what runs."""
        attempts.put_down(self.place.home, self._clock.now(), here(), "", LOCKED)

    async def look_round(self, *, at_once: bool = False) -> None:
        """Close the vault if nobody and nothing needs it open; end if nobody needs the agent."""
        now = asyncio.get_running_loop().time()
        async with self.opening:
            is_seen = any(session.sees for session in self._sessions)
            is_at_work = (
                not is_seen and self.desk.is_open and (not await self.desk.is_idle() or await self._is_scheduled())
            )
            if self.desk.is_open and not is_at_work and not is_seen and (at_once or self._is_late(now)):
                log.info("nobody sees the vault and nothing is to be done: it is closed")
                await self.desk.lock()
        if is_at_work or is_seen:
            self._needed = now
        if not is_at_work and not self._meetings and not self._stays and self._is_late(now):
            log.info("nobody needs the agent")
            self.stop()

    def _is_late(self, now: float) -> bool:
        return now - self._needed >= self._patience

    async def _round(self) -> None:
        """Open the vault if that is possible without anybody, and see to what is due."""
        attempts.agent_lives(self.place.home)
        try:
            await self._try_to_open()
            if self.desk.is_open:
                await self._tend()
            await self.look_round()
        except Exception:
            log.exception("the rounds broke off")
            self._code = 1
            self._end.set()

    async def _try_to_open(self) -> None:
        if not self._opens_alone or self.desk.is_open or self.desk.vault_location is None:
            return
        try:
            async with self.opening:
                if not self.desk.is_open:
                    await self._open()
            self._opens_alone = False
        except (Unreachable, VaultBusy) as fault:
            log.info("the vault cannot be opened yet: %s", fault.code)
        except (Fault, OSError) as error:
            self._opens_alone = False
            log.warning("the vault waits for somebody to open it: %s", getattr(error, "code", type(error).__name__))

    async def _open(self) -> None:
        if self._passphrase_file is not None:
            secret = self._passphrase_file.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
            await self.desk.unlock(secret)
        elif not await self.desk.unlock_remembered():
            log.info("the vault waits for somebody to open it: nothing in the keyring")
            return
        log.info("the vault is open")

    async def _tend(self) -> None:
        try:
            await self.desk.tend()
            self._rounds.wake_at(await self.desk.tasks.next_moment())
        except Fault as fault:
            log.warning("what is due was not done: %s", fault.code)
        except Exception:
            if self.desk.is_open:
                log.exception("what is due broke off")

    async def _is_scheduled(self) -> bool:
        """Something will be due by itself."""
        if not self.desk.is_open:
            return False
        # One that waits for mains power, say, has no known next run, and is still to be begun.
        if any(view.waits not in (Waits.PAUSED, Waits.BY_HAND) for view in await self.desk.tasks.all()):
            return True
        return (await self.desk.drills.schedule()).next_run is not None

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._meetings.add(task)
        try:
            await self._receive(Link(reader, writer))
        except asyncio.CancelledError:
            if not self._end.is_set():
                raise
        except Exception:
            log.exception("a session broke off")
        finally:
            self._meetings.discard(task)
            self._needed = asyncio.get_running_loop().time()

    async def _receive(self, link: Link) -> None:
        try:
            theirs = await admit(link, self._token, hello())
        except (AgentRefused, Broken, TimeoutError) as error:
            log.warning("somebody was not let in: %s", type(error).__name__)
            await link.close()
            return
        session = Session(self, link, is_like=theirs.is_like(hello()))
        self._sessions.add(session)
        try:
            await session.serve()
        finally:
            self._sessions.discard(session)

    async def _let_go(self) -> None:
        """First the jobs, while clients can still hear of it; then the clients."""
        await self.desk.close()
        meetings = [*self._meetings]
        for meeting in meetings:
            meeting.cancel()
        if meetings:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait(meetings, timeout=5)
