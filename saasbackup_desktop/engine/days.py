"""What came and went in a stream, day by day of UTC; kept for good, also when the points in time are gone."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final

from saasbackup_desktop.catalog.catalog import Catalog, Record
from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.core.model import Snapshot

DAY: Final = 86400


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of a stream."""

    day: int
    """Since 1970."""
    first: SnapshotId
    last: SnapshotId
    runs: int
    added: int
    changed: int
    removed: int
    items: int
    """At its end."""
    size: int
    gone: int
    """Of the removed, those that were not merely moved or thrown out of the trash, and what was put into it."""
    rewritten: int
    """Of the changed, those whose content is another one."""
    began: int
    """When its first point in time was finished."""
    ended: int
    """When its last one was."""
    is_unusual: bool = False
    """It is no measure for other days."""


FIRSTS: Final = "first backups"
"""The room of records that keeps when each stream was first backed up, by stream."""


def room_of(stream: StreamId) -> str:
    """Name the room of records in which a stream's days are kept."""
    return f"history {stream}"


def kept(catalog: Catalog, stream: StreamId, since: int | None = None) -> list[Day]:
    """Read the days that were written down, earliest first."""
    found = catalog.records(room_of(stream), since * DAY if since is not None else None)
    return [Day(**{**one.plain, "day": one.time // DAY}) for one in reversed(found)]


def keep(catalog: Catalog, stream: StreamId, some: Sequence[Day]) -> None:
    """Write days down, new or changed."""
    records = []
    for one in some:
        plain = asdict(one)
        del plain["day"]
        records.append(Record(f"{one.day:06d}", one.day * DAY, plain))
    catalog.put_records(room_of(stream), records)


def grown(days: Sequence[Day], snapshots: Iterable[Snapshot]) -> tuple[list[Day], list[Snapshot]]:
    """Add what newer points in time brought; also give those that were new, oldest first."""
    mark = max((one.last for one in days), default=SnapshotId(""))
    new = sorted((one for one in snapshots if one.id > mark), key=lambda one: one.id)
    by_day = {one.day: one for one in days}
    for one in new:
        day = one.finished // DAY
        before = by_day.get(day)
        if before is None:
            by_day[day] = _begun(one, day)
        else:
            by_day[day] = _continued(before, one)
    return [by_day[day] for day in sorted(by_day)], new


def all_days(catalog: Catalog, stream: StreamId) -> list[Day]:
    """Read every day that is known of, whether it was written down or can be told from points in time alone."""
    days, _ = grown(kept(catalog, stream), catalog.snapshots(stream))
    return days


def first_backups(catalog: Catalog) -> dict[StreamId, int]:
    """Say of every stream when its first backup ended that is known of, in two questions for however many."""
    written = {StreamId(one.key): one.time for one in catalog.records(FIRSTS)}
    there = catalog.first_times()
    return {stream: min(there.get(stream, time), time) for stream, time in (there | written).items()}


def span_of(catalog: Catalog, stream: StreamId) -> tuple[int | None, int | None]:
    """Say when the first and the last backup ended that are known of."""
    days = all_days(catalog, stream)
    return (days[0].began, max(one.ended for one in days)) if days else (None, None)


def _begun(one: Snapshot, day: int) -> Day:
    return Day(
        day=day,
        first=one.id,
        last=one.id,
        runs=1,
        added=one.added,
        changed=one.changed,
        removed=one.removed,
        items=one.items,
        size=one.size,
        gone=one.removed,
        rewritten=one.changed,
        began=one.finished,
        ended=one.finished,
    )


def _continued(day: Day, one: Snapshot) -> Day:
    return replace(
        day,
        last=one.id,
        runs=day.runs + 1,
        added=day.added + one.added,
        changed=day.changed + one.changed,
        removed=day.removed + one.removed,
        items=one.items,
        size=one.size,
        gone=day.gone + one.removed,
        rewritten=day.rewritten + one.changed,
        ended=max(day.ended, one.finished),
    )
