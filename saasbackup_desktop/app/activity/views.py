"""What the application shows of what happened: plain values for the window and the command line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

_PAGE: Final = 200


class Area(StrEnum):
    """Which of the two lists is asked for."""

    SYSTEM = "system"
    """Jobs, and what was set up, changed and asked for."""
    SECURITY = "security"
    """Everything that somebody did: the record that is chained."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened."""

    id: str
    """``job:`` and the job's id, or the number of the entry in the record."""
    time: int
    code: str
    """What happened: ``app.words.activity``. Of jobs, their kind."""
    service: str = ""
    """``imap``, ``microsoft``, ``vault`` or ``program``."""
    sub_service: str = ""
    """``mail``, ``calendar``…; empty for none, or for several."""
    status: str = "done"
    """Of jobs, their state; else ``done`` or ``failed``."""
    task: str = ""
    """The named task that it belongs to."""
    item: str = ""
    """What it was done to: an account's address, a connection's name, a key's id."""
    who: str = ""
    """User of the operating system and host, or ``schedule`` or ``rule``."""
    facts: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityQuery:
    """Which entries are asked for; what is empty or None does not narrow it."""

    area: Area = Area.SYSTEM
    since: int | None = None
    until: int | None = None
    """Before this moment."""
    codes: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    task: str = ""
    words: str = ""
    """All of them are in what, whom, whose or which task."""
    limit: int = _PAGE
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityPage:
    """Entries, newest first, and what else there is."""

    entries: Sequence[Entry]
    total: int
    """Of all that fit, whatever limit and offset."""
    codes: Sequence[str] = ()
    """That occur in the time span, to choose from."""
    tasks: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A place where the record is not as it was written."""

    code: str
    """``altered``, ``missing``, ``out-of-order`` or ``mark-missing``."""
    number: int
    """Of the entry; of the first one that is missing."""
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainReport:
    """Whether the record is as it was written."""

    entries: int
    since: int | None
    breaks: Sequence[Break] = ()

    @property
    def is_unbroken(self) -> bool:
        """Nothing was changed, removed or put in another order."""
        return not self.breaks
