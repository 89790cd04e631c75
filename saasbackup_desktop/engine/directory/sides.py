"""What each side of a comparison has been read of: kinds and objects that were not are not compared."""

from collections.abc import Mapping
from dataclasses import dataclass

from saasbackup_desktop.core.directory.objects import UNREAD
from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.engine.bench import Bench


@dataclass(frozen=True, slots=True)
class Side:
    """A point in time."""

    counts: Mapping[str, int]
    """Objects by kind, of the kinds that could be read."""
    unread: frozenset[str]
    """Kinds that are known and could not be read."""
    owed: frozenset[str]
    """Keys of objects that could not be read."""


def side_of(bench: Bench, stream: StreamId, snapshot: SnapshotId) -> Side:
    """Say what a point in time was read of. Blocks. Raises Misconfigured for one that is not known."""
    folders = bench.catalog.folders_at(stream, snapshot)
    unread = frozenset(str(one.folder.id) for one in folders if UNREAD in one.folder.facets)
    counts = {str(one.folder.id): one.items for one in folders if one.folder.id not in unread}
    owed: frozenset[str] = frozenset()
    if bench.catalog.snapshot(stream, snapshot).owed:
        head = next((head for head in bench.vault.heads(stream) if head.snapshot.id == snapshot), None)
        owed = frozenset(str(one.item.id) for one in head.owed) if head is not None else owed
    return Side(counts, unread, owed)
