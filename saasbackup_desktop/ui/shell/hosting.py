"""Where the desk of one's own home runs: in its background agent, or, if that cannot be, in the window's process."""

import time
from pathlib import Path
from typing import Final

from saasbackup_desktop.agent.finding import agents_desk
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.core.errors import AgentFault, Fault, HomeFault

_OFTEN: Final = 3
_SPAN: Final = 120.0
"""An agent that ends so often within so many seconds is not started again."""


class Hosting:
    """Finds or starts the agent, as often as a desk is wanted."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._lost: list[float] = []
        self.fault: Fault | None = None
        """Why there is no agent, though there should be one."""

    async def desk(self) -> Desk:
        """The agent's desk; one of this process if there is no agent to be had."""
        try:
            if len(self._lost) >= _OFTEN:
                raise AgentFault("it ended again and again", what="again-and-again")
            desk = await agents_desk(self._home)
        except (AgentFault, HomeFault) as fault:
            self.fault = fault
            return Desk(self._home, stays=True)
        self.fault = None
        return desk

    def lost(self) -> None:
        """Take note that the agent ended while the window was open."""
        now = time.monotonic()
        self._lost = [moment for moment in self._lost if now - moment < _SPAN] + [now]
