"""Find what a mailbox has already, and compare what was written to it with what should be there."""

import hashlib
from collections import defaultdict
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Protocol

from saasbackup_desktop.core.errors import ItemFault, NotVerified
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Item
from saasbackup_desktop.core.ports import Receipt, Twins

RESTORED = "$Restored"
"""The keyword that marks an item whose flags a replacing restore brought back."""

_Key = tuple[int, str]
"""Length of the original, SHA-256 of the header section."""


@dataclass(frozen=True, slots=True)
class Presence:
    """A message that a mailbox has."""

    id: NodeId
    size: int
    time: int | None
    flags: tuple[str, ...]


class Mailbox(Protocol):
    """What is asked of the mailbox that is written to."""

    async def present(self, folder: NodeId) -> Sequence[Presence]:
        """The messages directly in a folder."""

    async def headers(self, ids: Sequence[NodeId]) -> Mapping[NodeId, str]:
        """SHA-256 (hexadecimal) of the raw header sections."""

    def read(self, ids: Sequence[NodeId]) -> AsyncGenerator[Sequence[tuple[NodeId, Item, bytes]], None]:
        """Read messages back, whole, with flags and time."""


def length(item: Item) -> int:
    """Bytes of the original."""
    return item.body.size if item.body is not None else (item.size or 0)


def plain_flags(flags: Sequence[str]) -> frozenset[str]:
    """Flags as they compare: without the server's own ``\\Recent`` and without our mark; letters' case is equal."""
    return frozenset(flag.casefold() for flag in flags) - {"\\recent", RESTORED.casefold()}


async def find_twins(target: Mailbox, folder: NodeId, items: Sequence[Item]) -> Twins:
    """Find for each item the one that the target's folder has already; each of the target's serves once.

    Equal length and equal header section decide. Where that is not enough (several different bodies with one header,
    or a header without Message-ID), the body's SHA-256 does. Altered is what has another length under the same header
    and time.
    """
    present = await target.present(folder)
    same = await _equal(target, present, items)
    taken = {one.id for one in same.values()}
    missing = [item for item in items if item.id not in same and item.facets.get("message-id")]
    altered = await _altered(target, [one for one in present if one.id not in taken], missing)
    flags = {item.id: plain_flags(item.flags) for item in items}
    return Twins(
        equal={id: one.id for id, one in same.items() if plain_flags(one.flags) == flags[id]},
        differing={id: one.id for id, one in same.items() if plain_flags(one.flags) != flags[id]},
        altered={id: one.id for id, one in altered.items()},
    )


async def compare(target: Mailbox, folder: NodeId, written: Sequence[Receipt]) -> dict[NodeId, ItemFault]:
    """Read back what was written: what is not as it should be, by the ids of our items."""
    expected = {receipt.id: _as_kept(receipt) for receipt in written if receipt.id is not None}
    faults: dict[NodeId, ItemFault] = {}
    unnamed = [_as_kept(receipt) for receipt in written if receipt.id is None]
    if unnamed:
        twins = await find_twins(target, folder, unnamed)
        found = {**twins.equal, **twins.differing}
        expected.update({found[item.id]: item for item in unnamed if item.id in found})
        faults.update({item.id: NotVerified("missing") for item in unnamed if item.id not in found})
    missing = dict(expected)
    async with aclosing(target.read(list(expected))) as batches:
        async for batch in batches:
            for id, there, data in batch:
                item = missing.pop(id, None)
                if item is not None and (wrong := _difference(item, there, data)):
                    faults[item.id] = NotVerified(wrong)
    return faults | {item.id: NotVerified("missing") for item in missing.values()}


def _as_kept(receipt: Receipt) -> Item:
    """The item as the target can keep it."""
    return replace(receipt.item, flags=tuple(flag for flag in receipt.item.flags if flag not in receipt.dropped))


def _difference(item: Item, found: Item, data: bytes) -> str:
    """Say what differs: ``body``, ``flags`` or ``date``; nothing if all is equal."""
    if item.body is None or hashlib.sha256(data).hexdigest() != item.body.sha256:
        return "body"
    if plain_flags(found.flags) != plain_flags(item.flags):
        return "flags"
    if item.time is not None and found.time != item.time:
        return "date"
    return ""


async def _equal(target: Mailbox, present: Sequence[Presence], items: Sequence[Item]) -> dict[NodeId, Presence]:
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


async def _altered(target: Mailbox, left: Sequence[Presence], missing: Sequence[Item]) -> dict[NodeId, Presence]:
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


async def _hashes(target: Mailbox, ids: Sequence[NodeId]) -> dict[NodeId, str]:
    hashes: dict[NodeId, str] = {}
    if ids:
        async for batch in target.read(ids):
            for id, _item, data in batch:
                hashes[id] = hashlib.sha256(data).hexdigest()
    return hashes
