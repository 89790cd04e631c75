"""What keeps work that nobody started by hand from beginning: hours, battery, a network paid by volume."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum
from typing import Final, Protocol

from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import Initiator, Job, State
from saasbackup_desktop.core.schedule import Conditions, free_from

_AT_WORK: Final = frozenset({State.QUEUED, State.WAITING, State.RUNNING})


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


@dataclass(frozen=True, slots=True)
class Turn:
    """What hours without backups mean for jobs that have begun."""

    pause: Sequence[JobId]
    resume: Sequence[JobId]
    held: Mapping[JobId, bool]
    """Jobs that these hours hold up, to be kept before any of them is paused; True: it was seen to be paused."""


def turn(jobs: Iterable[Job], held: Mapping[JobId, bool], *, is_blackout: bool) -> Turn:
    """Say which jobs to pause at the beginning of hours without backups, and which to go on with at their end.

    ``jobs``: all that are not over. What a person began, or goes on with meanwhile, is left alone; and what a person
    paused stays paused.
    """
    found = {job.id: job for job in jobs if job.origin.initiator is Initiator.SCHEDULE}
    if is_blackout:
        pause = [id for id, job in found.items() if job.state in _AT_WORK and not held.get(id)]
        still = {id: done or found[id].state is State.PAUSED for id, done in held.items() if id in found}
        return Turn(pause, (), {**still, **dict.fromkeys(pause, False)})
    resume = [id for id in held if id in found and found[id].state is State.PAUSED]
    return Turn((), resume, {id: held[id] for id in held if id in found and found[id].state is State.PAUSING})
