"""A lifelike organisation while it is being made."""

import random
from dataclasses import dataclass, field
from typing import Any, Final

from saasbackup_desktop.sim.graph.entra.store import Directory

THINGS: Final = (
    "Barometers",
    "Anemometers",
    "Harbour",
    "Archive",
    "Travel",
    "Payroll",
    "Kitchen",
    "Größe & Maß",
    "Mast",
)


@dataclass(slots=True)
class House:
    """A directory that is being filled."""

    directory: Directory
    dice: random.Random
    users: list[str] = field(default_factory=list)
    security: list[str] = field(default_factory=list)
    """Groups that can be named by policies."""

    def add(self, kind: str, **said: Any) -> str:
        """Put something there: its id."""
        return str(self.directory.add(kind, **said).get("id", ""))
