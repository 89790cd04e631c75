"""Objects of a comparison, whole: they are compared once more, since what differs in 100,000 is not kept in memory."""

import zlib
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from typing import Final

from saasbackup_desktop.core.directory.comparison import LIVE, DifferenceRow
from saasbackup_desktop.core.directory.difference import ObjectDifference
from saasbackup_desktop.core.directory.objects import key_of, parts_of
from saasbackup_desktop.core.errors import BodyDamaged, Misconfigured
from saasbackup_desktop.core.ids import NodeId, SnapshotId
from saasbackup_desktop.core.model import Body, Item
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.directory.held import Held
from saasbackup_desktop.engine.directory.pairs import Pair, compare, compare_pairs, object_of

_AT_ONCE: Final = 1_000

Bodies = Mapping[str, Body | None]
"""By key, what a point in time has; None: it is there, and its bytes are not known."""


async def told(
    bench: Bench, held: Held, objects: Sequence[tuple[str, str] | DifferenceRow]
) -> AsyncGenerator[Sequence[ObjectDifference], None]:
    """Tell objects in the order asked, stretch by stretch; those that are on neither side are left out.

    Raises Misconfigured for one that cannot be read any more, and Fault.
    """
    for start in range(0, len(objects), _AT_ONCE):
        some = [
            key_of(*one) if isinstance(one, tuple) else key_of(one.kind, one.id)
            for one in objects[start : start + _AT_ONCE]
        ]
        differ = {key for key in some if held.findings.has(*parts_of(key))}
        yield await bench.offload.on_disk(_told, bench, held, some, differ)


def bodies_of(bench: Bench, held: Held, snapshot: SnapshotId, keys: Sequence[str]) -> Bodies:
    """Look some objects up at a point in time. Blocks."""
    nodes = bench.catalog.nodes_at(held.request.stream, snapshot, Selection(items=tuple(map(NodeId, keys))))
    return {str(node.id): node.body for node in nodes if isinstance(node, Item)}


def _told(bench: Bench, held: Held, keys: Sequence[str], differ: Collection[str]) -> list[ObjectDifference]:
    old = bodies_of(bench, held, held.request.old, keys)
    if held.request.new == LIVE:
        return _against_live(bench, held, keys, old, differ)
    new = bodies_of(bench, held, held.request.new, keys)
    pairs = [
        Pair(key, old.get(key), new.get(key), None not in [side[key] for side in (old, new) if key in side])
        for key in keys
        if key in old or key in new
    ]
    made, unread = compare_pairs(bench, held.schema, pairs, _as_it_is)
    for pair in unread:
        raise _unreadable(pair.key)
    found = {one.key: one for one in made}
    return [found[key] for key in keys if key in found]


def _against_live(
    bench: Bench, held: Held, keys: Sequence[str], old: Bodies, differ: Collection[str]
) -> list[ObjectDifference]:
    """What is there now was kept of those that differ; of one that does not, the older state serves for both."""
    read = dict(bench.vault.read_many([(key, body) for key, body in old.items() if body is not None]))
    found = []
    for key in keys:
        data, live = read.get(key), held.live.get(key)
        if isinstance(data, BodyDamaged) or (key in old and old[key] is None):
            raise _unreadable(key)
        before = object_of(data)
        now = object_of(zlib.decompress(live)) if live is not None else None if key in differ else before
        if before is not None or now is not None:
            found.append(compare(held.schema, key, before, now))
    return found


def _as_it_is(difference: ObjectDifference) -> ObjectDifference:
    return difference


def _unreadable(key: str) -> Misconfigured:
    return Misconfigured(key, what="not-compared", name=key)
