"""Find what a target's folder has already."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Item
from saasbackup_desktop.core.ports import Presence, Target

RESTORED = "$Restored"
"""The keyword that marks an item whose flags a replacing restore brought back."""

_Key = tuple[int, str]
"""Length of the original, SHA-256 of the header section."""


@dataclass(slots=True)
class Twins:
    """For items of ours, the target's that are the same."""

    equal: dict[NodeId, Presence] = field(default_factory=dict)
    altered: dict[NodeId, Presence] = field(default_factory=dict)
    """The same message, but the target has rewritten it: another length under the same header and time."""


def length(item: Item) -> int:
    """Bytes of the original."""
    return item.body.size if item.body is not None else (item.size or 0)


def plain_flags(flags: Sequence[str]) -> frozenset[str]:
    """Flags as they compare: without the server's own ``\\Recent`` and without our mark; letters' case is equal."""
    return frozenset(flag.casefold() for flag in flags) - {"\\recent", RESTORED.casefold()}


async def find_twins(target: Target, folder: NodeId, items: Sequence[Item]) -> Twins:
    """Find for each item the one that the target's folder has already; each of the target's serves once.

    Equal length and equal header section decide. Where that is not enough (several different bodies with one header,
    or a header without Message-ID), the body's SHA-256 does.
    """
    present = await target.present(folder)
    twins = Twins(equal=await _equal(target, present, items))
    taken = {one.id for one in twins.equal.values()}
    missing = [item for item in items if item.id not in twins.equal and item.facets.get("message-id")]
    twins.altered = await _altered(target, [one for one in present if one.id not in taken], missing)
    return twins


async def _equal(target: Target, present: Sequence[Presence], items: Sequence[Item]) -> dict[NodeId, Presence]:
    sizes = {length(item) for item in items}
    candidates = [one for one in present if one.size in sizes]
    if not candidates:
        return {}
    headers = await target.headers([one.id for one in candidates])
    by_key: dict[_Key, list[Presence]] = defaultdict(list)
    for one in candidates:
        if one.id in headers:
            by_key[one.size, headers[one.id]].append(one)
    unclear = _unclear(items)
    hashes = await _hashes(target, [one.id for key, found in by_key.items() if key in unclear for one in found])
    twins: dict[NodeId, Presence] = {}
    for item in items:
        found = by_key.get(_key(item), [])
        sha256 = item.body.sha256 if item.body is not None else ""
        for one in found:
            if one.id not in hashes or hashes[one.id] == sha256:
                twins[item.id] = one
                found.remove(one)
                break
    return twins


async def _altered(target: Target, left: Sequence[Presence], missing: Sequence[Item]) -> dict[NodeId, Presence]:
    """Recognise what the target rewrote in an earlier run, so that it is not written again and again."""
    times = {item.time for item in missing if item.time is not None}
    candidates = [one for one in left if one.time in times]
    if not candidates:
        return {}
    headers = await target.headers([one.id for one in candidates])
    by_header: dict[tuple[int | None, str], list[Presence]] = defaultdict(list)
    for one in candidates:
        if one.id in headers:
            by_header[one.time, headers[one.id]].append(one)
    found: dict[NodeId, Presence] = {}
    for item in missing:
        alike = by_header.get((item.time, item.facets.get("header", "")))
        if alike:
            found[item.id] = alike.pop()
    return found


def _key(item: Item) -> _Key:
    return length(item), item.facets.get("header", "")


def _unclear(items: Sequence[Item]) -> Collection[_Key]:
    """Lengths and headers that do not tell one of our items from another."""
    bodies: dict[_Key, set[str]] = defaultdict(set)
    named: set[_Key] = set()
    for item in items:
        bodies[_key(item)].add(item.body.sha256 if item.body is not None else "")
        if item.facets.get("message-id"):
            named.add(_key(item))
    return {key for key, different in bodies.items() if len(different) > 1 or key not in named}


async def _hashes(target: Target, ids: Sequence[NodeId]) -> dict[NodeId, str]:
    hashes: dict[NodeId, str] = {}
    if ids:
        async for batch in target.read(ids):
            for id, _item, data in batch:
                hashes[id] = hashlib.sha256(data).hexdigest()
    return hashes
