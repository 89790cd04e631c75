"""A point in time against another one: only what was stored anew between them is read."""

from collections import Counter
from contextlib import aclosing

from saasbackup_desktop.core.directory.difference import Change
from saasbackup_desktop.core.directory.objects import parts_of
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.directory.findings import entry_of
from saasbackup_desktop.engine.directory.held import Held
from saasbackup_desktop.engine.directory.pairs import compare_pairs, pairs_between
from saasbackup_desktop.engine.directory.sides import side_of


async def between(bench: Bench, held: Held) -> None:
    """Compare. Raises Fault."""
    request = held.request
    old, new = [
        await bench.offload.on_disk(side_of, bench, request.stream, snapshot) for snapshot in (request.old, request.new)
    ]
    held.set_out(old.counts, new.counts, old.unread | new.unread, old.owed | new.owed)
    there = Counter({} if request.objects else {kind: new.counts[kind] for kind in held.scope.kinds})
    if not request.objects:
        there -= await _there(bench, held, held.lost)
    async with aclosing(pairs_between(bench, request.stream, request.old, request.new, held.scope)) as stretches:
        async for pairs in stretches:
            entries, unread = await bench.offload.on_disk(compare_pairs, bench, held.schema, pairs, entry_of)
            held.findings.put(entries)
            held.pass_over(pair.key for pair in unread)
            if request.objects:
                there.update(entry.row.kind for entry in entries if entry.row.change is not Change.REMOVED)
            else:
                there.subtract(parts_of(pair.key)[0] for pair in unread if pair.new is not None)
    for kind in held.scope.kinds:
        differ = held.findings.found(kind, Change.ADDED) + held.findings.found(kind, Change.CHANGED)
        held.findings.unchanged(kind, there[kind] - differ)
    held.read.update(held.scope.kinds)


async def _there(bench: Bench, held: Held, keys: set[str]) -> Counter[str]:
    """How many of some objects the newer point in time has, by kind."""

    def count() -> Counter[str]:
        stream, snapshot = held.request.stream, held.request.new
        found = [key for key in keys if bench.catalog.item_at(stream, NodeId(key), snapshot) is not None]
        return Counter(parts_of(key)[0] for key in found)

    return await bench.offload.on_reading(count)
