"""The same object at two points in time, many at once: bodies are read in bulk, off the loop."""

from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeVar

from saasbackup_desktop.core.directory.difference import ObjectDifference, difference
from saasbackup_desktop.core.directory.objects import DirectoryObject, parts_of, read
from saasbackup_desktop.core.directory.schema import Kind, Schema
from saasbackup_desktop.core.errors import BodyDamaged
from saasbackup_desktop.core.ids import NodeId, SnapshotId, StreamId
from saasbackup_desktop.core.model import Body, Item
from saasbackup_desktop.engine.bench import Bench

_FIRST: Final = 250
_MOST: Final = 2_000
"""Objects that are taken at once: few at first, so that something is to be seen soon."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pair:
    """One object on both sides: None where it is not, or where its bytes are not known."""

    key: str
    old: Body | None
    new: Body | None
    is_whole: bool = True
    """False: it is on a side where its bytes are not known."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which objects are compared."""

    kinds: frozenset[str]
    objects: frozenset[str] = frozenset()
    """Keys; empty: all of the kinds."""
    without: frozenset[str] = frozenset()
    """Keys of those that could not be read when one of the points in time was made."""

    def has(self, key: str) -> bool:
        """Is it one of them?"""
        if self.objects and key not in self.objects:
            return False
        return parts_of(key)[0] in self.kinds and key not in self.without


def kind_of(schema: Schema, id: str) -> Kind:
    """What is known of a kind; nothing of one that this program has not heard of."""
    return schema.get(id) or Kind(id=id, family="")


async def pairs_between(
    bench: Bench, stream: StreamId, old: SnapshotId, new: SnapshotId, scope: Scope
) -> AsyncGenerator[Sequence[Pair], None]:
    """Objects that were stored anew between two points in time, a stretch at a time. Raises Misconfigured."""
    pairs = _single(bench, stream, old, new, scope) if scope.objects else _all(bench, stream, old, new, scope)
    size = _FIRST
    try:
        while some := await bench.offload.on_reading(lambda most: list(islice(pairs, most)), size):
            yield some
            size = min(2 * size, _MOST)
    finally:
        await bench.offload.on_reading(pairs.close)


def pair_of(key: str, old: Item | None, new: Item | None) -> Pair:
    """Put two versions of an item side by side."""
    before, after = (None if item is None else item.body for item in (old, new))
    is_whole = (old is None or before is not None) and (new is None or after is not None)
    return Pair(key, before, after, is_whole)


def _all(bench: Bench, stream: StreamId, old: SnapshotId, new: SnapshotId, scope: Scope) -> Generator[Pair, None, None]:
    for edit in bench.catalog.between(stream, old, new):
        before = edit.old if isinstance(edit.old, Item) else None
        after = edit.new if isinstance(edit.new, Item) else None
        one = after or before
        if one is not None and scope.has(one.id):
            yield pair_of(one.id, before, after)


def _single(
    bench: Bench, stream: StreamId, old: SnapshotId, new: SnapshotId, scope: Scope
) -> Generator[Pair, None, None]:
    for key in sorted(filter(scope.has, scope.objects)):
        before, after = (bench.catalog.item_at(stream, NodeId(key), at) for at in (old, new))
        if before is not None or after is not None:
            yield pair_of(key, before.item if before else None, after.item if after else None)


def compare_pairs(
    bench: Bench, schema: Schema, pairs: Iterable[Pair], make: Callable[[ObjectDifference], T]
) -> tuple[list[T], list[Pair]]:
    """Read both sides of each pair, compare, and make something of it; those that cannot be read come second.

    Blocks.
    """
    made: list[T] = []
    unread: list[Pair] = []
    wanted: list[tuple[tuple[Pair, bool], Body]] = []
    for pair in pairs:
        if not pair.is_whole:
            unread.append(pair)
            continue
        wanted += [((pair, is_new), body) for body, is_new in ((pair.old, False), (pair.new, True)) if body is not None]
    halves: dict[str, bytes | BodyDamaged] = {}
    for (pair, is_new), data in bench.vault.read_many(wanted):
        if pair.old is not None and pair.new is not None and pair.key not in halves:
            halves[pair.key] = data
            continue
        other = halves.pop(pair.key, None)
        old, new = (other, data) if is_new else (data, other)
        if isinstance(old, BodyDamaged) or isinstance(new, BodyDamaged):
            unread.append(pair)
        else:
            made.append(make(compare(schema, pair.key, object_of(old), object_of(new))))
    return made, unread


def compare(schema: Schema, key: str, old: DirectoryObject | None, new: DirectoryObject | None) -> ObjectDifference:
    """Compare one object."""
    return difference(kind_of(schema, parts_of(key)[0]), old, new)


def object_of(data: bytes | None) -> DirectoryObject | None:
    """Read an object's bytes, if there are any."""
    return None if data is None else read(data)
