"""What stands around what comes back: what names it, what it names, what risks are weighed by, and all names."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import aclosing
from typing import Final

from saasbackup_desktop.core.directory.drafting import Pair
from saasbackup_desktop.core.directory.objects import DirectoryObject, key_of, parts_of, read
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.engine.directory.ground import AT_ONCE, ID, Ground

_MANY: Final = 2_000
"""From this many objects of a kind on it is quicker to read the whole kind than to ask for each."""
_ROUNDS: Final = 3
"""How deep groups of people are looked into."""


async def look_around(ground: Ground, returning: Collection[str], picked: Collection[str]) -> list[Pair]:
    """Objects in which nothing is picked, or that are as they were, and that name something that comes back."""
    if not returning:
        return []
    kinds = [kind for kind in ground.schema if kind in ground.planning.referring()]
    found = await ground.bench.offload.on_disk(_naming, ground, kinds, {id.encode() for id in returning}, picked)
    asked = [key for key in found if key not in ground.equal and parts_of(key)[0] not in ground.whole]
    there: dict[str, DirectoryObject] = {}
    for start in range(0, len(asked), AT_ONCE):
        there |= await ground.directory.some(asked[start : start + AT_ONCE])
    ground.there.update(one.id for one in there.values())
    return [Pair(old, old if key in ground.equal else there.get(key)) for key, old in found.items()]


def _naming(
    ground: Ground, kinds: Sequence[str], ids: Collection[bytes], picked: Collection[str]
) -> dict[str, DirectoryObject]:
    found = {}
    for kind in kinds:
        items = ground.items(Selection(folders=(NodeId(kind),)))
        wanted = [(key, body) for key, body in items.items() if body is not None and key not in picked]
        for key, data in ground.bench.vault.read_many(wanted):
            if isinstance(data, bytes) and any(one in ids for one in ID.findall(data)):
                one = read(data)
                if _names_any(one, data, ids):
                    found[key] = one
    return found


async def look_for_missing(
    ground: Ground, pairs: Sequence[Pair], returning: Collection[str], renewed: Mapping[str, str]
) -> frozenset[str]:
    """Ids that are named by what would be written, and that nothing has."""
    asked = await ground.bench.offload.on_disk(_not_known, ground, pairs, {*returning, *renewed})
    unknown = {id: kinds for id, kinds in asked.items() if kinds and not kinds <= ground.whole}
    by_kind: dict[str, list[str]] = {}
    for id, kinds in unknown.items():
        for kind in kinds - ground.whole:
            by_kind.setdefault(kind, []).append(id)
    for kind, ids in by_kind.items():
        await _look_for(ground, kind, ids)
    return frozenset(id for id, kinds in asked.items() if kinds and id not in ground.there)


def _not_known(ground: Ground, pairs: Sequence[Pair], known: Collection[str]) -> dict[str, set[str]]:
    asked: dict[str, set[str]] = {}
    for pair in pairs:
        for id, kinds in ground.named(pair):
            if id not in ground.there and id not in known:
                asked.setdefault(id, set()).update(kinds)
    return asked


async def _look_for(ground: Ground, kind: str, ids: Sequence[str]) -> None:
    if len(ids) < _MANY:
        for start in range(0, len(ids), AT_ONCE):
            found = await ground.directory.some([key_of(kind, id) for id in ids[start : start + AT_ONCE]])
            ground.there.update(one.id for one in found.values())
        return
    async with aclosing(ground.directory.objects([kind])) as said:
        async for heard in said:
            ground.there.update(one.id for one in heard.objects)


async def look_at_standing(ground: Ground, coming: Sequence[DirectoryObject] = ()) -> list[DirectoryObject]:
    """How those things are now by which risks are weighed. ``coming``: what may come back, as it would be."""
    kinds = [kind for kind in ground.planning.standing() if kind in ground.schema and kind not in ground.whole]
    if kinds:
        async with aclosing(ground.directory.objects(kinds)) as said:
            async for heard in said:
                ground.kept |= {one.key: one for one in heard.objects}
    for _ in range(_ROUNDS):
        asked = [key for key in ground.planning.involved(list(ground.kept.values()), coming) if key not in ground.kept]
        if not asked:
            break
        found = await ground.directory.some(sorted(asked))
        if not found:
            break
        ground.kept |= found
    return list(ground.kept.values())


async def look_up_names(ground: Ground, pairs: Sequence[Pair]) -> dict[str, str]:
    """What ids stand for, as the point in time calls them."""
    found, nodes = await ground.bench.offload.on_disk(_nameless, ground, pairs)
    for start in range(0, len(nodes), AT_ONCE):
        some = nodes[start : start + AT_ONCE]
        labels = await ground.bench.offload.on_reading(ground.bench.catalog.labels, ground.stream, some)
        found |= {parts_of(node)[1]: name for node, name in labels.items()}
    return found


def _nameless(ground: Ground, pairs: Sequence[Pair]) -> tuple[dict[str, str], list[NodeId]]:
    """Names that are known already, and nodes whose names have to be looked up."""
    found = {pair.one.id: pair.one.name for pair in pairs}
    asked = {
        NodeId(key_of(kind, id))
        for pair in pairs
        for id, kinds in ground.named(pair)
        for kind in kinds
        if id not in found
    }
    for pair in pairs:
        if pair.now is not None:
            before = set(pair.old.links) if pair.old is not None else set()
            asked |= {NodeId(key_of(one.kind, one.id)) for one in pair.now.links if one.kind and one not in before}
    return found, sorted(asked)


def _names_any(one: DirectoryObject, data: bytes, ids: Collection[bytes]) -> bool:
    """It names one of them besides itself."""
    own = one.id.encode()
    return any(id in ids and id != own for id in ID.findall(data))
