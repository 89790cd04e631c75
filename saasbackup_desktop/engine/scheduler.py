"""When the host looks after what is due: at short intervals, at known moments, and at once when the clock jumped."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.core.ports import Clock

log = logging.getLogger(__name__)
logging.getLogger("apscheduler").setLevel(logging.WARNING)  # it tells of every round

EVERY: Final = 20.0
"""Seconds between rounds."""
PULSE: Final = 5.0
"""Seconds between looks at the clock itself."""
_JUMP: Final = 2.0
"""Seconds by which the clock may differ from the time that passed: moments are whole seconds."""
_ROUND: Final = "round"
_MOMENT: Final = "moment"


class Rounds:
    """Calls ``tend`` again and again, never while it still runs; what fails is logged, and tried again next time.

    APScheduler counts by the clock on the wall: one that is set back would keep it waiting until it is there again, and
    one that slept does not hurry. So the time that really passed is compared with the clock, every few seconds.
    """

    def __init__(
        self, tend: Callable[[], Awaitable[None]], clock: Clock, *, every: float = EVERY, pulse: float = PULSE
    ) -> None:
        self._tend = tend
        self._clock = clock
        self._every = every
        self._pulse = pulse
        self._bell = asyncio.Event()
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults={"coalesce": True, "misfire_grace_time": None})
        self._moment: int | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self.jumps = 0
        """How often the clock was found to have jumped."""

    def start(self) -> None:
        """Begin, with a round at once. To be called on the loop that it shall run on."""
        loop = asyncio.get_running_loop()
        self._scheduler.start()
        self._set_up()
        self._tasks = [
            loop.create_task(self._go_round(), name="rounds"),
            loop.create_task(self._watch_clock(), name="clock"),
        ]
        self.wake()

    async def close(self) -> None:
        """End, in the middle of a round if need be."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
            self._scheduler.shutdown(wait=False)
            await asyncio.sleep(0)  # it ends in the loop's next turn
        self._tasks = []

    def wake(self) -> None:
        """Tend as soon as possible: now, or once more after the round that is under way."""
        self._bell.set()

    def wake_at(self, moment: int | None) -> None:
        """Tend right at this moment (seconds since 1970 UTC), beside the usual rounds; None: at none any more."""
        if moment != self._moment:
            self._moment = moment
            self._set_moment()

    def _set_up(self) -> None:
        self._scheduler.add_job(self._ring, "interval", seconds=self._every, id=_ROUND, replace_existing=True)
        self._set_moment()

    def _set_moment(self) -> None:
        if not self._scheduler.running:
            return
        if self._moment is not None and self._moment > self._clock.now():
            when = datetime.fromtimestamp(self._moment, UTC)
            self._scheduler.add_job(self._ring, "date", run_date=when, id=_MOMENT, replace_existing=True)
            return
        try:
            self._scheduler.remove_job(_MOMENT)
        except JobLookupError:
            return  # it came and went

    async def _ring(self) -> None:
        self._bell.set()

    async def _go_round(self) -> None:
        while True:
            await self._bell.wait()
            self._bell.clear()
            try:
                await self._tend()
            except Fault as fault:
                log.warning("a round was not finished: %s", fault.code)
            except Exception:
                log.exception("a round broke off for a reason that nobody foresaw")

    async def _watch_clock(self) -> None:
        loop = asyncio.get_running_loop()
        passed, shown = loop.time(), self._clock.now()
        while True:
            await asyncio.sleep(self._pulse)
            before, passed = passed, loop.time()
            last, shown = shown, self._clock.now()
            jump = (shown - last) - (passed - before)
            if abs(jump) >= _JUMP:
                log.info("the clock jumped by %+d seconds: asleep, or set", round(jump))
                self.jumps += 1
                self._set_up()
                self.wake()
