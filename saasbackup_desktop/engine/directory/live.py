"""A point in time against the directory as it is now: what is heard is compared while more is on its way."""

import hashlib
import zlib
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Final

from saasbackup_desktop.core.directory.difference import Change
from saasbackup_desktop.core.directory.objects import DirectoryObject, parts_of, written
from saasbackup_desktop.core.directory.ports import Directory
from saasbackup_desktop.core.directory.schema import Schema
from saasbackup_desktop.core.errors import BodyDamaged
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Item
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.directory.findings import Entry, entry_of
from saasbackup_desktop.engine.directory.held import Held
from saasbackup_desktop.engine.directory.pairs import Pair, compare, compare_pairs, object_of
from saasbackup_desktop.engine.directory.sides import side_of
from saasbackup_desktop.engine.directory.telling import Bodies, bodies_of

_AT_ONCE: Final = 1_000
"""Objects that are compared in one go."""
_DOUBTED: Final = 100
"""Objects of a kind that are looked for once more before they are said to be gone: while a list is read page by page,
something may slip from one page to the other."""


@dataclass(slots=True)
class _Kind:
    """One kind while it is heard."""

    old: Bodies
    heard: set[str] = field(default_factory=set)


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
    old = await bench.offload.on_reading(bodies_of, bench, held, held.request.old, keys)
    there = await directory.some(keys)
    for start in range(0, len(keys), _AT_ONCE):
        some = [there[key] for key in keys[start : start + _AT_ONCE] if key in there]
        _take(held, await bench.offload.on_disk(_compare, bench, held.schema, old, some, frozenset()))
    await _gone(bench, held, old, [key for key in keys if key in old and key not in there])
    for kind in held.scope.kinds:
        here = [key for key in old if key in there and parts_of(key)[0] == kind and key not in held.lost]
        held.findings.unchanged(kind, len(here) - held.findings.found(kind, Change.CHANGED))
        held.read.add(kind)


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
                kinds[heard.kind] = _Kind(await bench.offload.on_reading(_within, bench, held, heard.kind))
            kind = kinds[heard.kind]
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
        _take(held, await bench.offload.on_disk(_compare, bench, held.schema, kind.old, some, again))
        kind.heard.update(one.key for one in some)


async def _settle(bench: Bench, held: Held, directory: Directory, kind: _Kind) -> None:
    """The kind was heard to its end: what was not in it is gone, unless it is there after all."""
    missing = sorted(filter(held.scope.has, kind.old.keys() - kind.heard))
    if 0 < len(missing) <= _DOUBTED:
        there = await directory.some(missing)
        await _hear(bench, held, kind, list(there.values()))
        missing = [key for key in missing if key not in there]
    await _gone(bench, held, kind.old, missing)


async def _gone(bench: Bench, held: Held, old: Bodies, keys: Sequence[str]) -> None:
    for start in range(0, len(keys), _AT_ONCE):
        pairs = [Pair(key, old[key], None, old[key] is not None) for key in keys[start : start + _AT_ONCE]]
        entries, unread = await bench.offload.on_disk(compare_pairs, bench, held.schema, pairs, entry_of)
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
    both = sum(key in kind.old and key not in held.lost for key in kind.heard)
    held.findings.unchanged(name, both - held.findings.found(name, Change.CHANGED))


# --- in threads ----------------------------------------------------------------------------------------------


def _within(bench: Bench, held: Held, kind: str) -> Bodies:
    nodes = bench.catalog.nodes_at(held.request.stream, held.request.old, Selection(folders=(NodeId(kind),)))
    return {str(node.id): node.body for node in nodes if isinstance(node, Item)}


def _compare(
    bench: Bench, schema: Schema, old: Bodies, objects: Sequence[DirectoryObject], again: frozenset[str]
) -> _Compared:
    """Compare some objects that are there now; of those that were heard before, ``again``, the newer word counts."""
    found = _Compared()
    wanted: dict[str, tuple[DirectoryObject, bytes]] = {}
    for one in {one.key: one for one in objects}.values():
        data = written(one)
        body = old.get(one.key)
        if one.key not in old:
            found.entries.append(entry_of(compare(schema, one.key, None, one)))
            found.live[one.key] = zlib.compress(data, 1)
        elif body is None:
            found.unread.append(one.key)
        elif body.sha256 != hashlib.sha256(data).hexdigest():
            wanted[one.key] = one, data
        elif one.key in again:
            found.entries.append(entry_of(compare(schema, one.key, one, one)))
    bodies = [(key, body) for key in wanted if (body := old[key]) is not None]
    for key, before in bench.vault.read_many(bodies):
        one, data = wanted[key]
        if isinstance(before, BodyDamaged):
            found.unread.append(key)
            continue
        entry = entry_of(compare(schema, key, object_of(before), one))
        found.entries.append(entry)
        if entry.row.change is not Change.UNCHANGED:
            found.live[key] = zlib.compress(data, 1)
    return found
