"""A point in time against the directory as it is now: what is heard is compared while more is on its way."""

import hashlib
import zlib
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Final

from saasbackup_desktop.core.directory.difference import Change
from saasbackup_desktop.core.directory.objects import DirectoryObject, parts_of, written
from saasbackup_desktop.core.directory.ports import NOT_OFFERED, Directory
from saasbackup_desktop.core.errors import BodyDamaged
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.directory.findings import Entry, entry_of
from saasbackup_desktop.engine.directory.held import Held
from saasbackup_desktop.engine.directory.pairs import Pair, compare, compare_pairs, object_of
from saasbackup_desktop.engine.directory.sides import side_of
from saasbackup_desktop.engine.directory.telling import bodies_of

_AT_ONCE: Final = 1_000
"""Objects that are compared in one go."""
_DOUBTED: Final = 100
"""Objects of a kind that are looked for once more before they are said to be gone: while a list is read page by page,
something may slip from one page to the other."""


Digests = dict[str, bytes | None]
"""By key, SHA-256 of what an earlier point in time has; None: it is there, and its bytes are not known."""


@dataclass(slots=True)
class _Kind:
    """One kind while it is heard."""

    old: Digests
    heard: set[str] = field(default_factory=set)
    both: int = 0
    """How many of those that were heard were there before, and can be read."""


@dataclass(slots=True)
class _Compared:
    """What came of some objects."""

    entries: list[Entry] = field(default_factory=list)
    live: dict[str, bytes] = field(default_factory=dict)
    """Those that differ, compressed."""
    unread: list[str] = field(default_factory=list)


async def compare_live(bench: Bench, held: Held) -> None:
    """Compare. Raises Fault; what was not heard to its end by then is not compared."""
    request = held.request
    old = await bench.offload.on_disk(side_of, bench, request.stream, request.old)
    held.set_out(old.counts, held.schema, old.unread, old.owed)
    directory = bench.directories.directory(request.stream)
    try:
        if request.objects:
            await _single(bench, held, directory)
        else:
            await _listen(bench, held, directory)
    finally:
        await directory.close()
        for kind in held.scope.kinds - held.read - held.unread:
            held.drop(kind)


async def _single(bench: Bench, held: Held, directory: Directory) -> None:
    keys = sorted(filter(held.scope.has, held.scope.objects))
    kinds: dict[str, _Kind] = {}
    for key, digest in (await bench.offload.on_reading(_digests_of, bench, held, keys)).items():
        kinds.setdefault(parts_of(key)[0], _Kind({})).old[key] = digest
    there = await directory.some(keys)
    for name in held.scope.kinds:
        kind = kinds.setdefault(name, _Kind({}))
        await _hear(bench, held, kind, [one for one in there.values() if one.kind == name])
        await _gone(bench, held, [key for key in kind.old if key not in there])
        _count(held, name, kind)
        held.read.add(name)


async def _listen(bench: Bench, held: Held, directory: Directory) -> None:
    kinds: dict[str, _Kind] = {}
    async with aclosing(directory.objects([kind for kind in held.kinds if kind in held.scope.kinds])) as said:
        async for heard in said:
            if heard.kind not in held.scope.kinds or heard.kind in held.unread:
                continue
            if heard.code:
                kinds.pop(heard.kind, None)
                held.drop(heard.kind)
                continue
            if heard.kind not in kinds:
                kinds[heard.kind] = _Kind(await bench.offload.on_reading(_digests_in, bench, held, heard.kind))
            kind = kinds[heard.kind]
            if heard.detail == NOT_OFFERED and kind.old:  # what was there once may be there still, out of sight
                del kinds[heard.kind]
                held.drop(heard.kind)
                continue
            await _hear(bench, held, kind, heard.objects)
            if heard.is_last:
                await _settle(bench, held, directory, kind)
                held.read.add(heard.kind)
                del kinds[heard.kind]
            _count(held, heard.kind, kind)


async def _hear(bench: Bench, held: Held, kind: _Kind, objects: Sequence[DirectoryObject]) -> None:
    wanted = [one for one in objects if held.scope.has(one.key)]
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        again = frozenset(one.key for one in some if one.key in kind.heard)
        compared = await bench.offload.on_disk(_compare, bench, held, kind.old, some, again)
        _take(held, compared)
        new = {one.key for one in some if one.key in kind.old} - again
        kind.both += len(new.difference(compared.unread))
        kind.heard.update(one.key for one in some)


async def _settle(bench: Bench, held: Held, directory: Directory, kind: _Kind) -> None:
    """The kind was heard to its end: what was not in it is gone, unless it is there after all."""

    def not_heard() -> list[str]:
        return sorted(filter(held.scope.has, kind.old.keys() - kind.heard))

    missing = await bench.offload.on_reading(not_heard)
    if 0 < len(missing) <= _DOUBTED:
        there = await directory.some(missing)
        await _hear(bench, held, kind, list(there.values()))
        missing = [key for key in missing if key not in there]
    await _gone(bench, held, missing)


async def _gone(bench: Bench, held: Held, keys: Sequence[str]) -> None:
    for start in range(0, len(keys), _AT_ONCE):
        entries, unread = await bench.offload.on_disk(_compare_gone, bench, held, keys[start : start + _AT_ONCE])
        held.findings.put(entries)
        held.pass_over(pair.key for pair in unread)


def _take(held: Held, compared: _Compared) -> None:
    for entry in compared.entries:
        if entry.row.change is Change.UNCHANGED:
            held.live.pop(f"{entry.row.kind}/{entry.row.id}", None)
    held.findings.put(compared.entries)
    held.live.update(compared.live)
    held.pass_over(compared.unread)


def _count(held: Held, name: str, kind: _Kind) -> None:
    held.findings.unchanged(name, kind.both - held.findings.found(name, Change.CHANGED))


# --- in threads ----------------------------------------------------------------------------------------------


def _digests_in(bench: Bench, held: Held, kind: str) -> dict[str, bytes | None]:
    found = bench.catalog.digests_at(held.request.stream, held.request.old, NodeId(kind))
    return {str(node): digest for node, digest in found.items()}


def _digests_of(bench: Bench, held: Held, keys: Sequence[str]) -> dict[str, bytes | None]:
    bodies = bodies_of(bench, held, held.request.old, keys)
    return {key: None if body is None else bytes.fromhex(body.sha256) for key, body in bodies.items()}


def _compare_gone(bench: Bench, held: Held, keys: Sequence[str]) -> tuple[list[Entry], list[Pair]]:
    bodies = bodies_of(bench, held, held.request.old, keys)
    pairs = [Pair(key, bodies[key], None, bodies[key] is not None) for key in keys]
    return compare_pairs(bench, held.schema, pairs, entry_of)


def _compare(
    bench: Bench, held: Held, old: Digests, objects: Sequence[DirectoryObject], again: frozenset[str]
) -> _Compared:
    """Compare some objects that are there now; of those that were heard before, ``again``, the newer word counts."""
    found = _Compared()
    wanted: dict[str, tuple[DirectoryObject, bytes]] = {}
    for one in {one.key: one for one in objects}.values():
        data = written(one)
        if one.key not in old:
            found.entries.append(entry_of(compare(held.schema, one.key, None, one)))
            found.live[one.key] = zlib.compress(data, 1)
        elif (digest := old[one.key]) is None:
            found.unread.append(one.key)
        elif digest != hashlib.sha256(data).digest():
            wanted[one.key] = one, data
        elif one.key in again:
            found.entries.append(entry_of(compare(held.schema, one.key, one, one)))
    bodies = bodies_of(bench, held, held.request.old, list(wanted)) if wanted else {}
    for key, before in bench.vault.read_many([(key, body) for key, body in bodies.items() if body is not None]):
        one, data = wanted[key]
        if isinstance(before, BodyDamaged):
            found.unread.append(key)
            continue
        entry = entry_of(compare(held.schema, key, object_of(before), one))
        found.entries.append(entry)
        if entry.row.change is not Change.UNCHANGED:
            found.live[key] = zlib.compress(data, 1)
    return found
