"""Content-cut ordered trees: maps from keys to values whose shape hangs on what they hold, not on how they grew."""

import hashlib
import heapq
import struct
import threading
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from saasbackup_desktop.core.errors import VaultDamaged
from saasbackup_desktop.vault.format.names import META

Entry = tuple[bytes, bytes]
"""Key and value; in inner nodes the last key below a child, and the child's id."""
Entries = dict[bytes, bytes]
Changes = Mapping[bytes, bytes | None]
"""Key -> new value, or None to remove it."""

_ENTRY: Final = struct.Struct(">HI")
_LEAF_BITS: Final = 5
_INNER_BITS: Final = 6
_MOST: Final = 128 * 1024
"""A node that reached this many bytes ends, whatever its keys say."""
_CACHED: Final = 16 * 1024 * 1024


def encode(level: int, entries: Iterable[Entry]) -> bytes:
    """Write a node."""
    parts = [bytes((level,))]
    for key, value in entries:
        parts += (_ENTRY.pack(len(key), len(value)), key, value)
    return b"".join(parts)


def decode(plain: bytes) -> tuple[int, list[Entry]]:
    """Read a node: its level (0 is a leaf) and entries."""
    entries, at, end = [], 1, len(plain)
    while at < end:
        key_length, value_length = _ENTRY.unpack_from(plain, at)
        key_at = at + _ENTRY.size
        value_at = key_at + key_length
        at = value_at + value_length
        entries.append((plain[key_at:value_at], plain[value_at:at]))
    if not plain or at != end:
        raise VaultDamaged("not a tree node", file=META, reason="altered")
    return plain[0], entries


class Trees:
    """Reads, changes and compares trees. A root is a node's id; the empty tree's root is ``b""``. Thread-safe."""

    def __init__(self, fetch: Callable[[bytes], bytes], seed: bytes) -> None:
        self._fetch = fetch
        self._seed = seed
        self._lock = threading.Lock()
        self._cache: OrderedDict[bytes, bytes] = OrderedDict()
        self._cached = 0

    def node(self, id: bytes) -> tuple[int, list[Entry]]:
        """Read a node. Raises VaultDamaged."""
        with self._lock:
            plain = self._cache.get(id)
            if plain is not None:
                self._cache.move_to_end(id)
        if plain is None:
            plain = self._fetch(id)
            self.remember(id, plain)
        return decode(plain)

    def remember(self, id: bytes, plain: bytes) -> None:
        """Keep a node at hand for a while."""
        with self._lock:
            if id not in self._cache:
                self._cache[id] = plain
                self._cached += len(plain)
            while self._cached > _CACHED:
                self._cached -= len(self._cache.popitem(last=False)[1])

    def entries(self, root: bytes, prefix: bytes = b"") -> Iterator[Entry]:
        """All entries whose key begins with this, in order."""
        if not root:
            return
        level, entries = self.node(root)
        start = bisect_left(entries, prefix, key=_key_of)
        for key, value in entries[start:]:
            if level:
                yield from self.entries(value, prefix)
            elif key.startswith(prefix):
                yield key, value
            if key[: len(prefix)] > prefix:
                return

    def changed(self, root: bytes, changes: Changes, save: Callable[[bytes], bytes]) -> bytes:
        """Apply changes: the new tree's root. Saves only nodes that differ; ``save`` gives a node's id."""
        if not changes:
            return root
        top = self.node(root)[0] if root else -1
        level = 0
        while True:
            writing = _Writing(self, level, save)
            self._rewrite(root, top, level, changes, writing)
            if level < top:
                changes = writing.changes()
                if not changes:
                    return root
            else:
                if len(writing.nodes) < 2:
                    return self._lowered(*writing.nodes.values()) if writing.nodes else b""
                changes = dict(writing.nodes)
            level += 1

    def differences(self, old: bytes, new: bytes) -> Iterator[tuple[bytes, bytes | None, bytes | None]]:
        """Entries that differ, in order: key, old value, new value. Reads only nodes that differ."""
        left, right = ([id] if id else [] for id in (old, new))
        left_level, right_level = (self.node(id)[0] if id else 0 for id in (old, new))
        while True:
            common = set(left) & set(right)
            left, right = ([id for id in side if id not in common] for side in (left, right))
            level = max(left_level, right_level)
            if not level:
                break
            if left_level == level:
                left, left_level = self._children(left), level - 1
            if right_level == level:
                right, right_level = self._children(right), level - 1
        yield from _compared(self._flat(left), self._flat(right))

    def is_boundary(self, key: bytes, level: int) -> bool:
        """Does a node of this level end after this key?"""
        digest = hashlib.blake2b(key, digest_size=8, key=self._seed).digest()
        mask = (1 << (_LEAF_BITS + _INNER_BITS * level)) - 1
        return not int.from_bytes(digest, "big") & mask

    def _rewrite(self, root: bytes, top: int, level: int, changes: Changes, writing: "_Writing") -> None:
        """Cut the nodes of one level anew where changes fall, up to where old and new cuts meet again."""
        keys = sorted(changes)
        if level > top:
            writing.fill([], keys, changes)
            writing.close()
            return
        at = 0
        while at < len(keys):
            found = self._seek(root, top, level, keys[at], after=False)
            while found is not None:
                id, last, is_last = found
                entries = self.node(id)[1]
                until = len(keys) if is_last else bisect_right(keys, last, at)
                writing.replace(last, id)
                writing.fill(entries, keys[at:until], changes)
                at = until
                found = None if writing.is_even else self._seek(root, top, level, last, after=True)
            writing.close()

    def _seek(self, root: bytes, top: int, level: int, key: bytes, after: bool) -> tuple[bytes, bytes, bool] | None:
        """The node of a level that a key belongs to, or the one after: its id, its last key, is it the level's last?

        A key beyond the end belongs to the last node; after that one there is none.
        """
        bisect = bisect_right if after else bisect_left
        id, is_last, last = root, True, b""
        for at_level in range(top, level - 1, -1):
            entries = self.node(id)[1]
            last = entries[-1][0]
            if at_level == level:
                break
            child = bisect(entries, key, key=_key_of)
            if child == len(entries):
                if after:
                    return None
                child -= 1
            is_last = is_last and child == len(entries) - 1
            id = entries[child][1]
        if after and last <= key:
            return None
        return id, last, is_last

    def _lowered(self, root: bytes) -> bytes:
        """Step down past nodes with a single child."""
        level, entries = self.node(root)
        while level and len(entries) == 1:
            root = entries[0][1]
            level, entries = self.node(root)
        return root

    def _children(self, ids: Iterable[bytes]) -> list[bytes]:
        return [child for id in ids for _, child in self.node(id)[1]]

    def _flat(self, leaves: Iterable[bytes]) -> Iterator[Entry]:
        for id in leaves:
            yield from self.node(id)[1]


class _Writing:
    """New nodes of one level, and the old ones that they replace."""

    def __init__(self, trees: Trees, level: int, save: Callable[[bytes], bytes]) -> None:
        self._trees = trees
        self._level = level
        self._save = save
        self._open: list[Entry] = []
        self._size = 0
        self._old: Entries = {}
        self.nodes: Entries = {}

    @property
    def is_even(self) -> bool:
        """No node is open: what follows in the old tree stays as it is."""
        return not self._open

    def replace(self, last: bytes, id: bytes) -> None:
        """Note that an old node is being written anew."""
        self._old[last] = id

    def fill(self, entries: Iterable[Entry], keys: Iterable[bytes], changes: Changes) -> None:
        """Take old entries with changes merged in."""
        merged = heapq.merge(
            ((key, value) for key, value in entries if key not in changes),
            ((key, value) for key in keys if (value := changes[key]) is not None),
        )
        for key, value in merged:
            self._open.append((key, value))
            self._size += len(key) + len(value)
            if self._size >= _MOST or self._trees.is_boundary(key, self._level):
                self.close()

    def close(self) -> None:
        """End the open node."""
        if not self._open:
            return
        plain = encode(self._level, self._open)
        id = self._save(plain)
        self._trees.remember(id, plain)
        self.nodes[self._open[-1][0]] = id
        self._open, self._size = [], 0

    def changes(self) -> dict[bytes, bytes | None]:
        """What becomes of the level above."""
        gone: dict[bytes, bytes | None] = dict.fromkeys(self._old)
        both = gone | self.nodes
        return {key: id for key, id in both.items() if self._old.get(key) != id}


def _key_of(entry: Entry) -> bytes:
    return entry[0]


def _compared(old: Iterator[Entry], new: Iterator[Entry]) -> Iterator[tuple[bytes, bytes | None, bytes | None]]:
    left, right = next(old, None), next(new, None)
    while left is not None or right is not None:
        if right is None or (left is not None and left[0] < right[0]):
            assert left is not None
            yield left[0], left[1], None
            left = next(old, None)
        elif left is None or right[0] < left[0]:
            yield right[0], None, right[1]
            right = next(new, None)
        else:
            if left[1] != right[1]:
                yield left[0], left[1], right[1]
            left, right = next(old, None), next(new, None)
