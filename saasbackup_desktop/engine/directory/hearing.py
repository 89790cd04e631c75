"""What is there now, and is not as it was."""

import hashlib
from collections.abc import Collection, Sequence
from contextlib import aclosing
from typing import Final

from saasbackup_desktop.core.directory.objects import DirectoryObject, parts_of, written
from saasbackup_desktop.core.model import Body
from saasbackup_desktop.engine.directory.ground import AT_ONCE, Ground

_DOUBTED: Final = 500
"""Objects that are looked for once more, one by one, before they are said to be gone."""


async def listen(ground: Ground, kinds: Sequence[str]) -> None:
    """Hear whole kinds, and keep what is not as it was."""
    heard_of: dict[str, set[str]] = {kind: set() for kind in kinds}
    async with aclosing(ground.directory.objects(kinds)) as said:
        async for heard in said:
            if heard.code:
                _forget_kind(ground, heard.kind)
                continue
            await _hear(ground, heard.objects)
            heard_of[heard.kind].update(one.key for one in heard.objects)
            if heard.is_last:
                ground.whole.add(heard.kind)
                await _doubt(ground, heard.kind, heard_of.pop(heard.kind))


async def _doubt(ground: Ground, kind: str, heard: Collection[str]) -> None:
    """While a list is read page by page, something may slip from one page to the other."""
    missing = [key for key in ground.bodies if parts_of(key)[0] == kind and key not in heard]
    if 0 < len(missing) <= _DOUBTED:
        await _hear(ground, list((await ground.directory.some(missing)).values()))


async def ask(ground: Ground, keys: Sequence[str]) -> None:
    """Hear single objects."""
    for start in range(0, len(keys), AT_ONCE):
        await _hear(ground, list((await ground.directory.some(keys[start : start + AT_ONCE])).values()))


async def _hear(ground: Ground, objects: Sequence[DirectoryObject]) -> None:
    for start in range(0, len(objects), AT_ONCE):
        some = objects[start : start + AT_ONCE]
        for one, is_equal in await ground.bench.offload.on_disk(_sorted, ground, some):
            ground.there.add(one.id)
            if is_equal or one.key in ground.unknown:
                ground.equal.add(one.key)
            else:
                ground.differing[one.key] = one
            if one.kind in ground.planning.standing() or one.properties.get("appId") in ground.wish.own:
                ground.kept[one.key] = one


def _sorted(ground: Ground, objects: Sequence[DirectoryObject]) -> list[tuple[DirectoryObject, bool]]:
    return [(one, _is_same(one, ground.bodies.get(one.key))) for one in objects]


def _forget_kind(ground: Ground, kind: str) -> None:
    ground.leave_kind(kind)
    for known in (ground.bodies, ground.differing, ground.equal):
        for key in [key for key in known if parts_of(key)[0] == kind]:
            known.pop(key) if isinstance(known, dict) else known.discard(key)


def _is_same(one: DirectoryObject, body: Body | None) -> bool:
    return body is not None and body.sha256 == hashlib.sha256(written(one)).hexdigest()
