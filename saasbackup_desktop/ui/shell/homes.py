"""Which home the window stands in: one's own, or the demonstration's."""

from collections.abc import Callable
from dataclasses import dataclass

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.ui.bridge import Bridge

Make = Callable[[], Desk]


@dataclass(frozen=True, slots=True)
class Homes:
    """How to make a desk for each home; no demonstration where there is none."""

    own: Make
    demonstration: Make | None = None

    async def enter(self, bridge: Bridge, make: Make) -> None:
        """Build the desk of a home in the engine's thread."""
        await bridge.build(make)
