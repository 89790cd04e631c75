"""The two trees that lead to every node and every block, and the head of the file ([MS-PST] 2.2.2.6, 2.2.2.7)."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass

from saasbackup_desktop.providers.files.pst.space import PAGE, SECTION, Space
from saasbackup_desktop.providers.files.pst.sums import crc, signature

_BLOCKS, _NODES, _LIST = 0x80, 0x81, 0x86
_TRAILER = struct.Struct("<BBHIQ")
_BRANCH = struct.Struct("<QQQ")
_BRANCHES = 20
BLOCK_ROW, NODE_ROW = 24, 32
_LEAVES = {_BLOCKS: (BLOCK_ROW, 20), _NODES: (NODE_ROW, 15)}

HEAD = 0x4400
_LIST_PLACE = 0x4200


@dataclass(frozen=True, slots=True)
class Root:
    """The page at the top of a tree."""

    page: int
    place: int


class Pages:
    """Writes the trees at the end of the file."""

    def __init__(self, space: Space) -> None:
        self._space = space
        self.next = 1

    def blocks(self, rows: bytes | bytearray) -> Root:
        """Write the tree of blocks."""
        return self._tree(_BLOCKS, rows)

    def nodes(self, rows: bytes | bytearray) -> Root:
        """Write the tree of nodes."""
        return self._tree(_NODES, rows)

    def _tree(self, kind: int, rows: bytes | bytearray) -> Root:
        size, most = _LEAVES[kind]
        level = 0
        while True:
            above = bytearray()
            count = len(rows) // size
            start = 0
            for share in _shares(count, most):
                entries = rows[start * size : (start + share) * size]
                root = self._page(kind, level, entries, size, most)
                above += _BRANCH.pack(int.from_bytes(entries[:8], "little"), root.page, root.place)
                start += share
            if len(above) == _BRANCH.size:
                return root
            rows, size, most, level = above, _BRANCH.size, _BRANCHES, level + 1

    def _page(self, kind: int, level: int, entries: bytes | bytearray, size: int, most: int) -> Root:
        space = self._space
        if space.at + PAGE > SECTION:
            space.turn()
        place, page = space.end, self.next
        self.next += 1
        body = entries.ljust(488, b"\0") + struct.pack("<BBBBI", len(entries) // size, most, size, level, 0)
        space.section[space.at : space.at + PAGE] = body + _TRAILER.pack(
            kind, kind, signature(place, page), crc(body), page
        )
        space.at += PAGE
        return Root(page, place)


def _shares(count: int, most: int) -> list[int]:
    pages = max(1, -(-count // most))
    return [count // pages + (number < count % pages) for number in range(pages)]


def tree_bytes(blocks: int, nodes: int) -> int:
    """Tell how much room the two trees will take."""
    pages = 0
    for count, most in ((blocks, 20), (nodes, 15)):
        level = -(-count // most)
        pages += level
        while level > 1:
            level = -(-level // _BRANCHES)
            pages += level
    return pages * PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the head of the file tells."""

    size: int
    last_map: int
    free: int
    nodes: Root
    blocks: Root
    next_block: int
    next_page: int
    unique: int
    runs: bytes | bytearray
    """By section: the longest run of free room."""
    high: Mapping[int, int]
    """By type of node: the highest number that one has."""


def head(state: State) -> bytes:
    """Compose everything before the first section."""
    page = bytearray(HEAD)
    numbers = [max(state.high.get(kind, 0), _LEAST.get(kind, 0x400)) for kind in range(32)]
    struct.pack_into("<HHBBII", page, 10, 23, 19, 1, 1, 0, 0)
    struct.pack_into("<QQI", page, 24, 0x1_0000_0004, state.next_page + 1, state.unique)
    struct.pack_into("<32I", page, 44, *numbers)
    struct.pack_into("<QQQQ", page, 184, state.size, state.last_map, state.free, 0)
    struct.pack_into("<QQQQ", page, 216, state.nodes.page, state.nodes.place, state.blocks.page, state.blocks.place)
    page[248] = 2
    page[256:384] = bytes(state.runs[:128]).ljust(128, b"\xff")
    page[384:512] = b"\xff" * 128
    page[512:514] = b"\x80\x01"
    struct.pack_into("<Q", page, 516, state.next_block)
    page[:4], page[8:10] = b"!BDN", b"SM"
    struct.pack_into("<I", page, 4, crc(page[8 : 8 + 471]))
    struct.pack_into("<I", page, 524, crc(page[8 : 8 + 516]))
    _TRAILER.pack_into(
        page, HEAD - 16, _LIST, _LIST, signature(_LIST_PLACE, state.next_page), 0, state.next_page
    )  # an empty list: its sum is zero
    return bytes(page)


_LEAST = {2: 0x404, 3: 0x4000, 4: 0x10000, 8: 0x8000}
"""The numbers that Outlook begins with, where they are not 0x400."""
