"""What keeps work that nobody started by hand from beginning: hours, battery, a network paid by volume."""

from datetime import tzinfo
from enum import StrEnum
from typing import Protocol

from saasbackup_desktop.core.schedule import Conditions, free_from


class Hindrance(StrEnum):
    """Why it waits."""

    BLACKOUT = "blackout"
    BATTERY = "battery"
    METERED = "metered"


class Machine(Protocol):
    """The computer that this runs on. Asking it may take a second: not on an event loop."""

    def on_battery(self) -> bool | None:
        """Is it without mains? None: that cannot be told."""

    def on_metered(self) -> bool | None:
        """Is its network paid by volume? None: that cannot be told."""


def hindrance(conditions: Conditions, machine: Machine, now: int, zone: tzinfo) -> tuple[Hindrance, int | None] | None:
    """What keeps scheduled work from beginning, and until when, if that is known. The machine is asked only if need be.

    What cannot be told hinders nothing.
    """
    free = free_from(conditions.blackout, now, zone)
    if free != now:
        return Hindrance.BLACKOUT, free
    if not conditions.on_battery and machine.on_battery():
        return Hindrance.BATTERY, None
    if not conditions.on_metered and machine.on_metered():
        return Hindrance.METERED, None
    return None
