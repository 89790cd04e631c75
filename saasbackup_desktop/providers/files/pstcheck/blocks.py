"""Blocks, and what they are joined to: long data, and nodes within nodes ([MS-PST] 2.2.2.8)."""

import itertools
import struct
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from saasbackup_desktop.providers.files.pstcheck.ciphers import reveal
from saasbackup_desktop.providers.files.pstcheck.findings import Tell, Unreadable
from saasbackup_desktop.providers.files.pstcheck.forms import WIDE, Form
from saasbackup_desktop.providers.files.pstcheck.image import Image, checksum, signature
from saasbackup_desktop.providers.files.pstcheck.space import SLOT

MOST = 8176
"""Bytes of data that a block takes at most."""
_TRAILER = struct.Struct("<HHIQ")
_JOINED, _NESTED = 1, 2
_HEAD = struct.Struct("<BBHI")
_NESTED_HEAD = struct.Struct("<BBH")
_INTERNAL = 2


@dataclass(frozen=True, slots=True)
class Sub:
    """A node within a node: where its data and its own nodes are."""

    nid: int
    data: int
    subs: int


class Data:
    """The data of a node: one block or many."""

    __slots__ = ("_blocks", "_ends", "bids", "size")

    def __init__(self, blocks: "Blocks", bids: Sequence[int]) -> None:
        self._blocks = blocks
        self.bids = bids
        self.size = sum(blocks.size(bid) for bid in bids)

    def __len__(self) -> int:
        return len(self.bids)

    def block(self, number: int) -> bytes:
        """Read one block."""
        if not 0 <= number < len(self.bids):
            raise Unreadable("data-beyond", f"block number {number} of {len(self.bids)}")
        return self._blocks.leaf(self.bids[number])

    def pieces(self) -> Iterator[bytes]:
        """Read block after block."""
        return (self._blocks.leaf(bid) for bid in self.bids)

    def read(self) -> bytes:
        """Read everything into memory."""
        return self.block(0) if len(self.bids) == 1 else b"".join(self.pieces())


class Blocks:
    """Where blocks lie, kept small: 22 bytes for each."""

    def __init__(self, image: Image, method: int, form: Form = WIDE) -> None:
        self._image = image
        self._method = method
        self.form = form
        self.bids = array("Q")
        self.places = array("Q")
        self.sizes = array("H")
        self.counts = array("H")
        self.refs = array("H")

    def add(self, bid: int, at: int, size: int, count: int) -> None:
        """Take an entry of the tree of blocks; they come in order."""
        if self.bids and bid <= self.bids[-1]:
            return
        self.bids.append(bid)
        self.places.append(at)
        self.sizes.append(size)
        self.counts.append(count)
        self.refs.append(0)

    def __len__(self) -> int:
        return len(self.bids)

    def index(self, bid: int) -> int:
        """Find a block; raises Unreadable if there is none of this id."""
        bid &= ~1
        place = bisect_left(self.bids, bid)
        if place < len(self.bids) and self.bids[place] & ~1 == bid:
            return place
        if place + 1 < len(self.bids) and self.bids[place + 1] & ~1 == bid:
            return place + 1
        raise Unreadable("block-missing", f"block {bid:#x}")

    def size(self, bid: int) -> int:
        """Tell how many bytes of data a block holds."""
        return self.sizes[self.index(bid)]

    def leaf(self, bid: int) -> bytes:
        """Read the data of a block, decoded."""
        index = self.index(bid)
        data = self._image.read(self.places[index], self.sizes[index])
        return data if bid & _INTERNAL else reveal(data, self._method, bid)

    def data(self, bid: int) -> Data:
        """Find all blocks of a node's data."""
        if not bid & _INTERNAL:
            return Data(self, (bid,))
        bids = array("Q")
        self._collect(bid, bids, 0)
        return Data(self, bids)

    def _collect(self, bid: int, bids: "array[int]", depth: int) -> None:
        level, _, children = joined(self.leaf(bid), f"block {bid:#x}", self.form)
        for child in children:
            if level > 1 and depth == 0:
                self._collect(child, bids, depth + 1)
            elif child & _INTERNAL:
                raise Unreadable("joined-child", f"block {bid:#x}", child=child)
            else:
                bids.append(child)

    def subs(self, bid: int) -> dict[int, Sub]:
        """Read the nodes within a node; none if the id is zero."""
        if not bid:
            return {}
        level, entries = nested(self.leaf(bid), f"block {bid:#x}", self.form)
        if not level:
            return {entry[0] & 0xFFFFFFFF: Sub(entry[0] & 0xFFFFFFFF, *entry[1:]) for entry in entries}
        found: dict[int, Sub] = {}
        for _, below in entries:
            deeper, leaves = nested(self.leaf(below), f"block {below:#x}", self.form)
            if deeper:
                raise Unreadable("nested-level", f"block {below:#x}", found=deeper)
            found.update((entry[0] & 0xFFFFFFFF, Sub(entry[0] & 0xFFFFFFFF, *entry[1:])) for entry in leaves)
        return found

    def refer(self, bid: int, place: str, tell: Tell) -> None:
        """Count a reference to a block."""
        try:
            index = self.index(bid)
        except Unreadable:
            tell("block-missing", place, block=bid)
            return
        if self.refs[index] < 0xFFFF:
            self.refs[index] += 1


def joined(data: bytes, place: str, form: Form = WIDE) -> tuple[int, int, Sequence[int]]:
    """Read a list of blocks: level, total of bytes, ids."""
    if len(data) < _HEAD.size:
        raise Unreadable("joined-form", place)
    kind, level, count, total = _HEAD.unpack_from(data)
    if kind != _JOINED or level not in (1, 2) or _HEAD.size + count * struct.calcsize(f"<{form.child}") > len(data):
        raise Unreadable("joined-form", place, type=kind, level=level, count=count)
    return level, total, struct.unpack_from(f"<{count}{form.child}", data, _HEAD.size)


def nested(data: bytes, place: str, form: Form = WIDE) -> tuple[int, list[tuple[int, ...]]]:
    """Read a list of nodes within a node, or of such lists: level, entries."""
    begin = form.nested_head
    if len(data) < begin:
        raise Unreadable("nested-form", place)
    kind, level, count = _NESTED_HEAD.unpack_from(data)
    layout = form.sub_index if level else form.sub
    if kind != _NESTED or level not in (0, 1) or begin + count * layout.size > len(data):
        raise Unreadable("nested-form", place, type=kind, level=level, count=count)
    return level, list(layout.iter_unpack(data[begin : begin + count * layout.size]))


def check_block(image: Image, blocks: Blocks, index: int, marks: list[int], tell: Tell) -> None:
    """Check one block and what it refers to; raises ``marks`` to the indexes of nodes within nodes."""
    bid, at, size = blocks.bids[index], blocks.places[index], blocks.sizes[index]
    place = f"block {bid:#x} at {at:#x}"
    if bid & 1:
        tell("block-bid", place)
    if not 0 < size <= MOST:
        tell("block-empty" if not size else "block-size", place, size=size)
        if not size:
            return
    taken = -(-(size + _TRAILER.size) // SLOT) * SLOT
    try:
        data = image.read(at, taken)
    except Unreadable:
        tell("block-cut", place, size=size)
        return
    own_size, sign, crc, own = _TRAILER.unpack_from(data, taken - _TRAILER.size)
    if own_size != size:
        tell("block-size", place, expected=size, found=own_size)
    if own & ~1 != bid & ~1:
        tell("block-bid", place, found=own)
    if sign != signature(at, own):
        tell("block-signature", place, expected=signature(at, own), found=sign)
    if crc != checksum(data[:size]):
        tell("block-crc", place, expected=checksum(data[:size]), found=crc)
    if bid & _INTERNAL:
        try:
            _check_internal(blocks, data[:size], place, marks, tell)
        except Unreadable as unreadable:
            unreadable.told(tell)


def _check_internal(blocks: Blocks, data: bytes, place: str, marks: list[int], tell: Tell) -> None:
    if data[0] == _JOINED:
        _check_joined(blocks, data, place, tell)
    else:
        _check_nested(blocks, data, place, marks, tell)


def _check_joined(blocks: Blocks, data: bytes, place: str, tell: Tell) -> None:
    level, total, children = joined(data, place)
    if not children:
        tell("joined-empty", place)
    for child in children:
        blocks.refer(child, place, tell)
        if bool(child & _INTERNAL) != (level > 1):
            tell("joined-child", place, child=child)
    found = 0
    for number, child in enumerate(children):
        try:
            if level > 1:
                _, below, leaves = joined(blocks.leaf(child), f"block {child:#x}")
                full = below == MOST * len(leaves)
            else:
                below = blocks.size(child)
                full = below == MOST
        except Unreadable:
            continue
        found += below
        if not full and number + 1 < len(children):
            tell("joined-not-full", place, child=child, size=below)
    if found != total:
        tell("joined-total", place, expected=found, found=total)


def _check_nested(blocks: Blocks, data: bytes, place: str, marks: list[int], tell: Tell) -> None:
    level, entries = nested(data, place)
    if not entries:
        tell("nested-empty", place)
    keys = [entry[0] & 0xFFFFFFFF for entry in entries]
    if any(after <= before for before, after in itertools.pairwise(keys)):
        tell("nested-order", place)
    for entry in entries:
        for bid in entry[1:]:
            if bid:
                blocks.refer(bid, place, tell)
        if level:
            _check_nested_key(blocks, entry, place, tell)
        else:
            _check_sub(entry, place, marks, tell)


def _check_nested_key(blocks: Blocks, entry: tuple[int, ...], place: str, tell: Tell) -> None:
    below, leaves = nested(blocks.leaf(entry[1]), f"block {entry[1]:#x}")
    if below:
        tell("nested-level", place, child=entry[1])
    if leaves and leaves[0][0] != entry[0]:
        tell("nested-key", place, expected=leaves[0][0], found=entry[0])


def _check_sub(entry: tuple[int, ...], place: str, marks: list[int], tell: Tell) -> None:
    nid, data, subs = entry
    if not data:
        tell("sub-empty", place, nid=nid)
    if subs and not subs & _INTERNAL:
        tell("sub-form", place, nid=nid, block=subs)
    kind, index = nid & 0x1F, (nid & 0xFFFFFFFF) >> 5
    marks[kind] = max(marks[kind], index)
