"""What becomes of points in time: held, about to go, or neither."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.views import Hold, TrashEntry
from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.core.model import Snapshot
from saasbackup_desktop.core.retention import Keep, plan


class Ending(StrEnum):
    """How it stands with a point in time that does not simply stay."""

    HELD = "held"  # nothing removes it
    TRASHED = "trashed"  # it is removed after a day that is known
    DUE = "due"  # it is removed by the next prune
    UNKEPT = "unkept"  # the next prune puts it into the trash


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one point in time."""

    ending: Ending
    label: str = ""
    """The hold's."""
    due: int | None = None
    """Not removed before this moment, seconds since 1970 UTC."""


def fates(
    points: Sequence[Snapshot], keep: Keep, holds: Sequence[Hold], trash: Sequence[TrashEntry], now: int
) -> Mapping[SnapshotId, Fate]:
    """Say it of a stream's points in time, newest first; of those that simply stay, nothing."""
    found: dict[SnapshotId, Fate] = {}
    streams = {point.stream for point in points}
    for entry in trash:
        ending = Ending.DUE if entry.is_due else Ending.TRASHED
        found.update({one.snapshot.id: Fate(ending, due=entry.due) for one in entry.points if one.stream in streams})
    left = [point for point in reversed(points) if point.id not in found]
    for gone in plan(left, keep, now).gone:
        found[gone.id] = Fate(Ending.UNKEPT)
    for point in points:
        hold = next((one for one in holds if _covers(one, point)), None)
        if hold is not None:
            found[point.id] = Fate(Ending.HELD, hold.label)
    return {point.id: found[point.id] for point in points if point.id in found}


async def fates_of(desk: Desk, stream: StreamId, points: Sequence[Snapshot], now: int) -> Mapping[SnapshotId, Fate]:
    """Ask the desk for what decides about a stream's points in time, newest first, and say it. Raises Fault."""
    rule = await desk.retention(stream)
    return fates(points, rule.keep, await desk.holds(), await desk.trash(), now)


def _covers(hold: Hold, point: Snapshot) -> bool:
    return hold.stream in (None, point.stream) and hold.snapshot in (None, point.id)


def why_not_deleted(chosen: Sequence[Snapshot], points: Sequence[Snapshot], known: Mapping[SnapshotId, Fate]) -> str:
    """Say why these cannot be put into the trash: ``none``, ``held``, ``newest``, ``trashed``; empty if they can.

    ``points`` are all of the stream, newest first. All of them together can go; the newest alone cannot.
    """
    if not chosen:
        return "none"
    endings = {known[point.id].ending for point in chosen if point.id in known}
    if Ending.HELD in endings:
        return "held"
    if endings & {Ending.TRASHED, Ending.DUE}:
        return "trashed"
    is_newest_chosen = any(point.id == points[0].id for point in chosen)
    return "newest" if is_newest_chosen and len(chosen) < len(points) else ""
