"""Times as people type them, and the point in time that they mean."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from saasbackup_desktop.cli.figures import local
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.model import Snapshot

LATEST = "latest"
EXAMPLES = "2026-03-31 or 2026-03-31T14:30"
NAMED = f"write its id, a date or time ({EXAMPLES}), or {LATEST}"
"""How a point in time is named."""


def moment(text: str, *, end_of_day: bool = False) -> int:
    """ISO 8601 date or time -> seconds since 1970; the local zone unless one is given.

    A bare date means its first second, or with ``end_of_day`` the first second after it. Raises Misconfigured.
    """
    try:
        parsed = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Misconfigured(text, what=f"“{text}” is no date or time; write for example {EXAMPLES}") from error
    if end_of_day and len(text.strip()) <= len("2026-03-31"):
        parsed += timedelta(days=1)
    return int(parsed.timestamp())


def snapshot_at(snapshots: Sequence[Snapshot], text: str, owner: str) -> Snapshot:
    """Pick from snapshots, newest first, by id, by time (the newest that is not younger), or the latest.

    Raises Misconfigured if there is none.
    """
    if not snapshots:
        raise Misconfigured(owner, what=f"{owner} has no backup yet")
    if text == LATEST:
        return snapshots[0]
    for snapshot in snapshots:
        if snapshot.id == text:
            return snapshot
    try:
        until = moment(text, end_of_day=True)
    except Misconfigured as fault:
        raise Misconfigured(text, what=f"there is no point in time “{text}”; {NAMED}") from fault
    for snapshot in snapshots:
        if snapshot.started <= until:
            return snapshot
    raise Misconfigured(
        owner, what=f"{owner} has no backup as old as that; the oldest is of {local(snapshots[-1].started)}"
    )
