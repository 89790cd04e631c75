"""What was picked, as the point in time has it."""

from collections.abc import Iterable, Sequence

from saasbackup_desktop.core.directory.objects import DirectoryObject, parts_of, read
from saasbackup_desktop.core.directory.ticks import EVERYTHING
from saasbackup_desktop.core.errors import BodyDamaged
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Body
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.directory.ground import AT_ONCE, Ground
from saasbackup_desktop.engine.directory.sides import side_of


async def scope(ground: Ground) -> tuple[list[str], list[str]]:
    """Kinds in which everything may be picked, and keys of single objects besides."""
    side = await ground.bench.offload.on_disk(side_of, ground.bench, ground.stream, ground.snapshot)
    ticks = ground.wish.ticks
    known = [kind for kind in ground.schema if kind in side.counts]
    kinds = [kind for kind in known if EVERYTHING in ticks.wanted or kind in ticks.wanted]
    named = sorted({key.partition("#")[0] for key in ticks.wanted if "/" in key})
    kinds = [kind for kind in kinds if ticks.has(kind) or any(parts_of(key)[0] == kind for key in named)]
    singles = [key for key in named if parts_of(key)[0] not in kinds and parts_of(key)[0] in known]
    for kind in sorted(side.unread):
        if ticks.has(kind):
            ground.leave_kind(kind)
    listed = await ground.bench.offload.on_reading(_listed, ground, kinds, singles)
    ground.bodies = {key: body for key, body in listed.items() if body is not None}
    ground.unknown = {key for key, body in listed.items() if body is None} | side.owed
    for key in sorted(ground.unknown):
        ground.bodies.pop(key, None)
        if ticks.has(key):
            ground.leave_object(key)
    return kinds, singles


def _listed(ground: Ground, kinds: Sequence[str], singles: Sequence[str]) -> dict[str, Body | None]:
    found: dict[str, Body | None] = {}
    for kind in kinds:
        found |= ground.items(Selection(folders=(NodeId(kind),)))
    for start in range(0, len(singles), AT_ONCE):
        found |= ground.items(Selection(items=tuple(map(NodeId, singles[start : start + AT_ONCE]))))
    return found


async def read_old(ground: Ground, keys: Sequence[str]) -> dict[str, DirectoryObject]:
    """What the point in time has of some objects; those whose bytes cannot be had are left as they are."""
    wanted = [(key, body) for key in keys if (body := ground.bodies.get(key)) is not None]
    found, damaged = await ground.bench.offload.on_disk(_objects, ground.bench, wanted)
    for key in damaged:
        ground.leave_object(key)
        ground.differing.pop(key, None)
    return found


def _objects(bench: Bench, wanted: Iterable[tuple[str, Body]]) -> tuple[dict[str, DirectoryObject], list[str]]:
    found, damaged = {}, []
    for key, data in bench.vault.read_many(wanted):
        if isinstance(data, BodyDamaged):
            damaged.append(key)
        else:
            found[key] = read(data)
    return found, damaged
