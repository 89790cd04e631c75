"""What earlier plans made anew, and stands in for what was."""

from collections.abc import Sequence

from saasbackup_desktop.core.directory.objects import parts_of
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.engine.directory.ground import Ground


def stand_ins(ground: Ground, keys: Sequence[str]) -> list[str]:
    """Keys of what earlier plans made in the places of single objects that are gone."""
    steps = {one.old: one.key for one in ground.made}
    found = []
    for key in keys:
        kind, id = parts_of(key)
        new, seen = steps.get(id), {id}
        while new is not None and (at := parts_of(new)[1]) in steps and at not in seen:
            seen.add(at)
            new = steps[at]
        if new is not None and id not in ground.there and parts_of(new)[0] == kind:
            found.append(new)
    return found


async def made_anew(ground: Ground) -> dict[str, str]:
    """Ids of what earlier plans made anew and is there: what was made of what was made, too."""
    keys = {one.key for one in ground.made}
    asked = [key for key in keys if parts_of(key)[0] not in ground.whole]
    there = set(await ground.directory.some(sorted(asked))) if asked else set()
    known = there | ground.equal | ground.differing.keys()
    steps: dict[str, str] = {}
    for one in ground.made:
        steps |= {**one.also, one.old: parts_of(one.key)[1]}
    alive = {parts_of(key)[1] for key in keys if key in known}
    alive |= {new for one in ground.made if one.key in known for new in one.also.values()}
    then = await ground.bench.offload.on_reading(_new_then, ground)
    found = {}
    for old in steps:
        new, seen = steps[old], {old}
        while new in steps and new not in seen:
            seen.add(new)
            new = steps[new]
        if new in alive and old not in ground.there and not then & {*seen, new} - {old}:
            found[old] = new
    return found


def _new_then(ground: Ground) -> set[str]:
    """Those of the new ids that things had at the point in time already: it does not speak of older ones."""
    catalog, stream, snapshot = ground.bench.catalog, ground.stream, ground.snapshot
    then = [one for one in ground.made if catalog.item_at(stream, NodeId(one.key), snapshot) is not None]
    return {id for one in then for id in (parts_of(one.key)[1], *one.also.values())}
