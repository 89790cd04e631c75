"""An object through time: every state that it had, and what changed when it came to be."""

from collections.abc import Iterator, Sequence

from saasbackup_desktop.catalog.catalog import Version
from saasbackup_desktop.core.directory.comparison import ObjectVersion
from saasbackup_desktop.core.directory.difference import Change
from saasbackup_desktop.core.directory.objects import DirectoryObject
from saasbackup_desktop.core.directory.schema import Schema
from saasbackup_desktop.core.errors import BodyDamaged
from saasbackup_desktop.core.ids import NodeId, SnapshotId, StreamId
from saasbackup_desktop.core.model import Snapshot
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.directory.pairs import compare, object_of


async def history(bench: Bench, stream: StreamId, key: str) -> Sequence[ObjectVersion]:
    """Tell an object's states, newest first; also that it was gone. Empty for one that never was. Raises Fault."""
    schema = bench.directories.schema(stream)
    versions, snapshots = await bench.offload.on_reading(
        lambda: (bench.catalog.versions(stream, NodeId(key)), bench.catalog.snapshots(stream))
    )
    return await bench.offload.on_disk(_history, bench, schema, key, versions[::-1], snapshots[::-1])


def _history(
    bench: Bench, schema: Schema, key: str, versions: Sequence[Version], snapshots: Sequence[Snapshot]
) -> list[ObjectVersion]:
    """Compare each state with the one before it. ``versions``, ``snapshots``: oldest first."""
    bodies = [(number, one.item.body) for number, one in enumerate(versions) if one.item.body is not None]
    read = dict(bench.vault.read_many(bodies))
    moments = {snapshot.id: snapshot for snapshot in snapshots}
    told: list[ObjectVersion] = []
    before: DirectoryObject | None = None
    was_there = False
    for first, last, number in _spans(versions, [snapshot.id for snapshot in snapshots]):
        data = None if number is None else read.get(number)
        now = None if isinstance(data, BodyDamaged) else object_of(data)
        change = Change.REMOVED if number is None else Change.CHANGED if was_there else Change.ADDED
        is_known = (before is not None or not was_there) and (now is not None or number is None)
        found = compare(schema, key, before, now) if told and is_known else None
        begins = snapshots[first]
        if found is not None and found.change is Change.UNCHANGED:
            latest = told.pop()  # what differs only in what no comparison tells is the same state
            begins, change, found = moments[latest.snapshot], latest.change, latest.difference
        told.append(
            ObjectVersion(
                snapshot=begins.id,
                until=snapshots[last].id if last + 1 < len(snapshots) else None,
                moment=begins.finished,
                change=change,
                difference=found,
            )
        )
        before, was_there = now, number is not None
    return told[::-1]


def _spans(versions: Sequence[Version], order: Sequence[SnapshotId]) -> Iterator[tuple[int, int, int | None]]:
    """First and last point in time of each state, and which version it is; None where the object was gone."""
    place = {id: number for number, id in enumerate(order)}
    following = -1
    for number, version in enumerate(versions):
        first, last = place[version.first.id], place[version.last.id]
        if following not in (-1, first):
            yield following, first - 1, None
        yield first, last, number
        following = last + 1
    if 0 < following < len(order):
        yield following, len(order) - 1, None
