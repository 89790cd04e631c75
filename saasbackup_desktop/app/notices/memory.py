"""What the room remembers between two looks: where it stands, what it told, what is not over."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from saasbackup_desktop.app.notices import incidents
from saasbackup_desktop.app.notices.incidents import Incident
from saasbackup_desktop.core import marks


@dataclass(slots=True, kw_only=True)
class Memory:
    """One document of the room."""

    mark: int
    """Everything before this moment was looked at."""
    seen: dict[str, int] = field(default_factory=dict)
    """Keys of what was taken note of lately, and when it happened."""
    once: dict[str, int] = field(default_factory=dict)
    """Keys of what is told once however long it stays true."""
    incidents: dict[str, Incident] = field(default_factory=dict)
    digests: dict[str, marks.Mark] = field(default_factory=dict)
    """By recipient and rhythm: which ones were made."""
    since: dict[str, int] = field(default_factory=dict)
    """By recipient and rhythm: up to when the last one told."""


def to_plain(memory: Memory) -> dict[str, Any]:
    """Write it down."""
    return {
        "mark": memory.mark,
        "seen": memory.seen,
        "once": memory.once,
        "incidents": {subject: incidents.to_plain(one) for subject, one in memory.incidents.items()},
        "digests": {name: mark.to_plain() for name, mark in memory.digests.items()},
        "since": memory.since,
    }


def from_plain(plain: Mapping[str, Any]) -> Memory:
    """Read it back."""
    return Memory(
        mark=plain["mark"],
        seen=dict(plain["seen"]),
        once=dict(plain["once"]),
        incidents=incidents.all_from_plain(plain["incidents"]),
        digests={name: marks.Mark.from_plain(mark) for name, mark in plain["digests"].items()},
        since=dict(plain["since"]),
    )
