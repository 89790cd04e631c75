"""Which home the window stands in: one's own, or the demonstration's."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from saasbackup_desktop.app.demo import Step
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.ui.demonstration import TemporaryDemonstration
from saasbackup_desktop.ui.shell.hosting import Hosting

Make = Callable[[], Desk | Awaitable[Desk]]


class Exploration(Protocol):
    """The demonstration, for as long as it is explored."""

    passphrase: str

    async def prepare(self, tell: Callable[[Step], None]) -> None:
        """Make the organisation and back it up, telling each step; in the engine's thread."""

    def desk(self) -> Desk:
        """Make a desk on its home."""

    async def end(self) -> None:
        """Stop its server and remove its files; in the engine's thread."""


@dataclass(frozen=True, slots=True)
class Homes:
    """How to make the desk of one's own home, and a demonstration."""

    own: Make
    demonstration: Callable[[], Exploration] = TemporaryDemonstration
    hosting: Hosting | None = None
    """How one's own desk comes to its agent; None: it has none."""
