"""Blocks of data, trees of them, and trees of subnodes ([MS-PST] 2.2.2.8)."""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from saasbackup_desktop.providers.files.pst.space import SECTION, Place, Space
from saasbackup_desktop.providers.files.pst.sums import PERMUTED, crc

LARGEST = 8_176
"""Bytes that a block holds."""
_INTERNAL = 2
_BRANCHES = 1_021
_SUBNODES, _SUBNODE_LEAVES = 340, 510
MOST_SUBNODES = _SUBNODES * _SUBNODE_LEAVES

_TRAILER = struct.Struct("<HHIQ")
_ROW = struct.Struct("<QQHHI")
_TREE = struct.Struct("<BBHI")
_LEAF = struct.Struct("<QQQ")
_BRANCH = struct.Struct("<QQ")

Subnode = tuple[int, int, int]
"""Node id, block with its data, block with its own subnodes (0: none)."""


class TooMany(Exception):
    """More subnodes than a tree of them can hold."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A state to come back to."""

    place: Place
    next: int
    rows: int
    stored: int


class Blocks:
    """Writes blocks one after the other and remembers where each one lies, 24 bytes a block."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.next = 4
        self.rows = bytearray()
        """Leaf entries of the block tree, in order."""
        self.stored = 0
        """Bytes of data so far, without what only leads to data."""
        self._shared: dict[int, int] = {}

    def block(self, data: bytes | bytearray | memoryview, kind: int = 0) -> int:
        """Write one block of at most ``LARGEST`` bytes and give its id."""
        length = len(data)
        size = (length + 16 + 63) & ~63
        space = self.space
        if space.at + size > SECTION:
            space.turn()
        at, section = space.at, space.section
        space.at = at + size
        place = space.base + at
        block = self.next | kind
        self.next += 4
        if not kind:
            self.stored += length
            data = bytes(data).translate(PERMUTED)
        section[at : at + length] = data
        mixed = (place ^ block) & 0xFFFFFFFF
        _TRAILER.pack_into(section, at + size - 16, length, (mixed >> 16) ^ (mixed & 0xFFFF), crc(data), block)
        self.rows += _ROW.pack(block, place, length, 2, 0)
        return block

    def data(self, value: bytes) -> int:
        """Write a value of any size above zero and give the id of its block, or of the tree of its blocks."""
        if len(value) <= LARGEST:
            return self.block(value)
        view = memoryview(value)
        return self.tree([self.block(view[at : at + LARGEST]) for at in range(0, len(value), LARGEST)], len(value))

    def pieces(self, pieces: Iterable[bytes], most: int) -> tuple[int, int]:
        """Write a value that comes in pieces: its block and its size; (0, 0) if it is empty.

        Raises OverflowError if there are more bytes than ``most``.
        """
        blocks: list[int] = []
        waiting = bytearray()
        total = 0
        for piece in pieces:
            total += len(piece)
            if total > most:
                raise OverflowError
            waiting += piece
            if len(waiting) >= LARGEST:
                whole = len(waiting) // LARGEST * LARGEST
                with memoryview(waiting) as view:
                    blocks.extend(self.block(view[at : at + LARGEST]) for at in range(0, whole, LARGEST))
                del waiting[:whole]
        if waiting:
            blocks.append(self.block(waiting))
        return (self.tree(blocks, total) if blocks else 0), total

    def tree(self, blocks: Sequence[int], total: int) -> int:
        """Bind blocks together, all of them full but the last: one alone stays as it is."""
        if len(blocks) == 1:
            return blocks[0]
        if len(blocks) <= _BRANCHES:
            return self._bind(1, blocks, total)
        groups = [blocks[at : at + _BRANCHES] for at in range(0, len(blocks), _BRANCHES)]
        full = _BRANCHES * LARGEST
        sizes = [full] * (len(groups) - 1) + [total - full * (len(groups) - 1)]
        return self._bind(2, [self._bind(1, group, size) for group, size in zip(groups, sizes, strict=True)], total)

    def _bind(self, level: int, blocks: Sequence[int], total: int) -> int:
        head = _TREE.pack(1, level, len(blocks), total)
        return self.block(head + struct.pack(f"<{len(blocks)}Q", *blocks), _INTERNAL)

    def subnodes(self, entries: Iterable[Subnode]) -> int:
        """Write the tree of a node's subnodes and give its block: 0 if there are none.

        Raises TooMany.
        """
        ordered = sorted(entries)
        if not ordered:
            return 0
        if len(ordered) > MOST_SUBNODES:
            raise TooMany
        leaves = [ordered[at : at + _SUBNODES] for at in range(0, len(ordered), _SUBNODES)]
        written = [(leaf[0][0], self._subnode_leaf(leaf)) for leaf in leaves]
        if len(written) == 1:
            return written[0][1]
        head = _TREE.pack(2, 1, len(written), 0)
        return self.block(head + b"".join(_BRANCH.pack(*entry) for entry in written), _INTERNAL)

    def _subnode_leaf(self, leaf: Sequence[Subnode]) -> int:
        head = _TREE.pack(2, 0, len(leaf), 0)
        return self.block(head + b"".join(_LEAF.pack(*entry) for entry in leaf), _INTERNAL)

    def share(self, block: int) -> int:
        """Let one more node have this block."""
        self._shared[block] = self._shared.get(block, -1) + 1
        return block

    def counted(self) -> bytearray:
        """Give the leaf entries of the block tree, references counted."""
        for at in range(0, len(self.rows), _ROW.size):
            if not self._shared:
                break
            block, place, length, count, _ = _ROW.unpack_from(self.rows, at)
            more = self._shared.pop(block, 0)
            _ROW.pack_into(self.rows, at, block, place, length, count + more, 0)
        return self.rows

    def mark(self) -> Mark:
        """Remember the state, to come back to."""
        return Mark(self.space.mark(), self.next, len(self.rows), self.stored)

    def restore(self, mark: Mark) -> None:
        """Forget the blocks that were written since."""
        self.space.restore(mark.place)
        self.next, self.stored = mark.next, mark.stored
        del self.rows[mark.rows :]
