"""What is made ill: the code of the finding that must follow, and how."""

import struct
from collections.abc import Callable
from uuid import UUID

from saasbackup_desktop.providers.files.pstcheck.names import Name, Names
from saasbackup_desktop.providers.files.pstcheck.nodes import Node
from saasbackup_desktop.providers.files.pstcheck.properties import Properties
from saasbackup_desktop.providers.files.pstcheck.table import Table
from tests.unit.providers.files.pstcheck.files import DEEP, INBOX, LOADED, PLAIN
from tests.unit.providers.files.pstcheck.patient import Patient

Fault = Callable[[Patient], None]

_RECIPIENTS, _ATTACHMENTS = 0x692, 0x671
_CONTENTS, _HIERARCHY, _ROOT_HIERARCHY = INBOX & ~0x1F | 0xE, INBOX & ~0x1F | 0xD, 0x12D
_SECTION = 0x4400


def _u16(value: int) -> bytes:
    return struct.pack("<H", value)


def _u32(value: int) -> bytes:
    return struct.pack("<I", value)


def _u64(value: int) -> bytes:
    return struct.pack("<Q", value)


def _listed(p: Patient, folder: int, number: int) -> Node:
    return p.node(list(Table(p.node(folder & ~0x1F | 0xE)).rows())[number].id)


def _holder(p: Patient) -> Node:
    return _listed(p, INBOX, 2)


def _body(p: Patient) -> Node:
    return _listed(p, DEEP, 0)


def _cut(p: Patient) -> None:
    del p.bytes[-1000:]


def _grow(p: Patient) -> None:
    p.bytes += bytes(512)


def _off_grid(p: Patient) -> None:
    p.bytes += bytes(512)
    p.head(184, _u64(len(p.bytes)))


def _attachment(message: Node) -> Node:
    return message.sub(min(nid for nid in message.subs if nid & 0x1F == 5))


def _heap_map(p: Patient, node: Node, offset: int, data: bytes) -> None:
    plain = p.plain(node.data_bid)
    p.heap(node, struct.unpack_from("<H", plain)[0] + offset, data)


def _move_bound(p: Patient) -> None:
    _heap_map(p, p.node(PLAIN), 6, _u16(5))


def _large_item(p: Patient) -> None:
    node = p.node(LOADED)
    plain = p.plain(node.data_bid)
    at = struct.unpack_from("<H", plain)[0]
    first = struct.unpack_from("<H", plain, at + 4)[0]
    p.heap(node, at + 6, _u16(first + 3600))


def _swap_properties(p: Patient) -> None:
    p.property(p.node(PLAIN), 0x001A, 0, _u16(0x0FFF))


def _tree(p: Patient, nid: int, offset: int, data: bytes) -> None:
    node = p.node(nid)
    p.item(node, node.heap.root, offset, data)


def _names(p: Patient, id_: int, offset: int, data: bytes) -> None:
    node = p.node(0x61)
    value = Properties(node).records[id_][1]
    if value & 0x1F:
        p.block(node.sub(value).data.bids[0], offset, data)
    else:
        p.item(node, value, offset, data)


def _text_entry(p: Patient) -> int:
    data = Properties(p.node(0x61)).data(0x0003)
    return next(at for at in range(0, len(data), 8) if data[at + 4] & 1)


def _twice_named(p: Patient) -> None:
    data = Properties(p.node(0x61)).data(0x0003)
    _names(p, 0x0003, 8, data[:6])


def _bucket(p: Patient) -> None:
    names = Properties(p.node(0x61))
    _names(p, next(id_ for id_ in names if id_ >= 0x1000), 0, _u32(0x77777))


def _rows(p: Patient, nid: int, *within: int) -> Node:
    return p.node(nid, *within)


def _sub_entry(p: Patient, node: Node, kind: int, offset: int, data: bytes) -> None:
    plain = p.plain(node.subs_bid)
    for at in range(8, len(plain), 24):
        if plain[at] & 0x1F == kind:
            p.block(node.subs_bid, at + offset, data)
            return
    raise KeyError(kind)


def _kind_of_sub(p: Patient, node: Node, kind: int, new: int) -> None:
    nid = next(nid for nid in node.subs if nid & 0x1F == kind)
    _sub_entry(p, node, kind, 0, _u64(nid & ~0x1F | new))


def _overlap(p: Patient) -> None:
    bids = [bid for bid in p.file.blocks.bids if not bid & 2]
    p.block_entry(bids[1], 8, _u64(p.place(bids[0])[0]))


def _map_bit(p: Patient, *, taken: bool) -> None:
    body = bytearray(p.bytes[_SECTION : _SECTION + 496])
    if taken:
        body[495] |= 1
    else:
        body[2] &= 0x0F
    p.page(_SECTION, 0, bytes(body))


def _orphan_block(p: Patient) -> None:
    p.node_entry(0x201, 8, _u64(0))


def _twice_page(p: Patient) -> None:
    root = next(p.pages(0x80))
    if not p.bytes[root + 491]:
        raise KeyError("one page only")
    p.page(root, 24 + 8, bytes(p.bytes[root + 8 : root + 24]))


def _row_id(p: Patient, nid: int, *within: int) -> None:
    node = p.node(nid, *within)
    p.cell(node, 0, 0x67F2, _u32(0x300024))


def _index_row(p: Patient, place: int) -> None:
    node = p.node(_CONTENTS)
    tree = struct.unpack_from("<I", node.heap.item(Table(node).index_hid), 4)[0]
    p.item(node, tree, 4, _u32(place))


def _joined_block(p: Patient) -> int:
    return p.internal(1)


def _nested_block(p: Patient) -> int:
    return p.node(LOADED).subs_bid


def _not_full(p: Patient) -> None:
    bid = _joined_block(p)
    first, *_, last = struct.unpack_from(f"<{struct.unpack_from('<H', p.plain(bid), 2)[0]}Q", p.plain(bid), 8)
    p.block(bid, 8, _u64(last))
    p.block(bid, len(p.plain(bid)) - 8, _u64(first))


def _many(p: Patient) -> None:
    node = p.node(PLAIN)
    number = next(id_ for id_ in Properties(node) if Properties(node).type(id_) == 0x101F)
    p.value(node, number, 0, _u32(1000))


def _large_truth(p: Patient) -> None:
    node = p.node(PLAIN)
    number = next(id_ for id_ in Properties(node) if Properties(node).type(id_) == 0x000B)
    p.property(node, number, 4, _u32(0x10001))


def _moved_tree(p: Patient) -> None:
    node = p.node(_CONTENTS)
    table = Table(node)
    row = next(iter(table.rows())).data
    text = struct.unpack_from("<I", row, table.by_id[0x0037].offset)[0]
    p.item(node, text, 0, node.heap.item(table.index_hid))
    p.info(node, 10, _u32(text))


def _loop(p: Patient) -> None:
    bid = p.node(LOADED).subs_bid
    p.block(bid, 8 + 16, _u64(bid))


def _no_addresses(p: Patient) -> None:
    contact = _listed(p, DEEP, 1)
    number = next(id_ for id_ in Properties(contact) if Properties(contact).type(id_) == 0x1003)
    p.property(contact, number, 0, _u16(number + 1))


def _method(p: Patient, method: int) -> None:
    node = _attachment(p.node(LOADED))
    p.property(node, 0x3705, 4, _u32(method))


def _cyclic(p: Patient) -> None:
    p.node_entry(INBOX, 24, _u32(DEEP))


def _unnamed(p: Patient) -> None:
    node = p.node(PLAIN)
    number = max(Properties(node))
    p.property(node, number, 0, _u16(0xFFF0))


def _renumber(p: Patient, nid: int, id_: int, new: int) -> None:
    p.property(p.node(nid), id_, 0, _u16(new))


def _same_numbers(p: Patient) -> None:
    outer = _attachment(_holder(p))
    inner = outer.sub(next(nid for nid in outer.subs if nid & 0x1F == 4))
    _sub_entry(p, inner, 5, 0, _u64(outer.nid))


FAULTS: list[tuple[str, Fault]] = [
    # header
    ("not-pst", lambda p: p.head(0, b"!BDM")),
    ("not-pst", lambda p: p.bytes.__delitem__(slice(100, None))),
    ("not-unicode", lambda p: p.head(10, _u16(14))),
    ("large-pages", lambda p: p.head(10, _u16(36))),
    ("header-version", lambda p: p.head(10, _u16(20))),
    ("header-method", lambda p: p.head(513, b"\x10")),
    ("header-crc-partial", lambda p: p.bytes.__setitem__(4, p.bytes[4] ^ 1)),
    ("header-crc-full", lambda p: p.bytes.__setitem__(524, p.bytes[524] ^ 1)),
    ("header-constant", lambda p: p.head(14, b"\x02")),
    ("header-constant", lambda p: p.head(512, b"\x00")),
    ("header-page-map", lambda p: p.head(400, b"\x00")),
    ("offline-store", lambda p: p.head(8, b"SO")),
    ("file-size", _grow),
    ("file-size", _cut),
    ("file-grid", _off_grid),
    ("file-last-map", lambda p: p.head(192, _u64(0))),
    ("maps-invalid", lambda p: p.head(248, b"\x00")),
    ("mark-pages", lambda p: p.head(32, _u64(4))),
    ("mark-blocks", lambda p: p.head(516, _u64(8))),
    ("mark-nodes", lambda p: p.head(44 + 4 * 4, _u32(0x400))),
    ("mark-nodes", lambda p: p.head(44 + 4 * 5, _u32(0))),
    ("mark-nodes", lambda p: p.head(44 + 4 * 0x1F, _u32(0))),
    ("mark-nodes", lambda p: p.head(44 + 4 * 0xE, _u32(0x400))),
    # pages
    ("page-crc", lambda p: p.bytes.__setitem__(p.file.header.nodes.at, p.bytes[p.file.header.nodes.at] ^ 1)),
    ("page-crc", lambda p: p.bytes.__setitem__(_SECTION + 300, p.bytes[_SECTION + 300] ^ 1)),
    ("page-type", lambda p: p.bytes.__setitem__(p.file.header.nodes.at + 496, 0x80)),
    ("page-type", lambda p: p.bytes.__setitem__(_SECTION + 497, 0x83)),
    ("page-signature", lambda p: p.bytes.__setitem__(p.file.header.blocks.at + 498, 0)),
    ("page-bid", lambda p: p.head(224 - 8, _u64(p.file.header.nodes.bid + 4))),
    ("page-bid", lambda p: p.bytes.__setitem__(_SECTION + 504, 1)),
    ("tree-page-twice", _twice_page),
    ("tree-page-place", lambda p: p.head(224, _u64(p.file.header.nodes.at + 64))),
    ("tree-page-place", lambda p: p.head(224, _u64(1 << 40))),
    ("tree-level", lambda p: p.page(next(p.pages(0x81)), 491, b"\x09")),
    ("tree-level", lambda p: p.page(list(p.pages(0x81))[1], 491, b"\x01")),
    ("tree-count", lambda p: p.page(list(p.pages(0x81))[1], 488, b"\x10")),
    ("tree-count", lambda p: p.page(list(p.pages(0x81))[1], 490, b"\x18")),
    ("tree-empty", lambda p: p.page(list(p.pages(0x81))[1], 488, b"\x00")),
    ("tree-order", lambda p: p.page(list(p.pages(0x81))[1], 32, _u64(0x21))),
    ("tree-key", lambda p: p.page(next(p.pages(0x81)), 24, _u64(0x123))),
    # maps
    ("space-lost", lambda p: _map_bit(p, taken=True)),
    ("space-unmarked", lambda p: _map_bit(p, taken=False)),
    ("space-free", lambda p: p.head(200, _u64(64))),
    ("map-not-full", lambda p: p.page(_SECTION + 512, 7, b"\x00")),
    ("free-run", lambda p: p.head(256, b"\x07")),
    ("density-list", lambda p: p.page(0x4200, 0, b"\x00\x01" + bytes(6) + _u32(0xFFFF))),
    ("space-overlap", _overlap),
    ("space-outside", lambda p: p.block_entry(p.node(PLAIN).data_bid, 8, _u64(1 << 40))),
    ("space-outside", lambda p: p.block_entry(p.node(PLAIN).data_bid, 8, _u64(0x4405))),
    ("space-across", lambda p: p.block_entry(p.node(PLAIN).data_bid, 8, _u64(_SECTION + 253_952 - 64))),
    # blocks
    ("block-crc", lambda p: p.bytes.__setitem__(p.place(p.node(PLAIN).data_bid)[0], 0x77)),
    ("block-signature", lambda p: p.bytes.__setitem__(p.trailer(p.node(PLAIN).data_bid) + 2, 0x77)),
    ("block-size", lambda p: p.bytes.__setitem__(p.trailer(p.node(PLAIN).data_bid), 0x01)),
    ("block-size", lambda p: p.block_entry(p.node(PLAIN).data_bid, 16, _u16(9000))),
    ("block-bid", lambda p: p.resign(p.node(PLAIN).data_bid, p.node(PLAIN).data_bid + 400)),
    ("block-empty", lambda p: p.block_entry(p.node(PLAIN).data_bid, 16, _u16(0))),
    ("block-cut", lambda p: p.block_entry(p.node(PLAIN).data_bid, 8, _u64(1 << 40))),
    ("block-references", lambda p: p.block_entry(p.node(PLAIN).data_bid, 18, _u16(3))),
    ("block-orphan", _orphan_block),
    ("block-missing", lambda p: p.node_entry(PLAIN, 8, _u64(0x7777774))),
    ("joined-form", lambda p: p.block(_joined_block(p), 0, b"\x01\x03")),
    ("joined-total", lambda p: p.block(_joined_block(p), 4, _u32(17))),
    ("joined-empty", lambda p: p.block(_joined_block(p), 2, _u16(0))),
    ("joined-child", lambda p: p.block(_joined_block(p), 8, _u64(_nested_block(p)))),
    ("joined-not-full", _not_full),
    ("nested-form", lambda p: p.block(_nested_block(p), 0, b"\x05")),
    ("nested-empty", lambda p: p.block(_nested_block(p), 2, _u16(0))),
    ("message-depth", _loop),
    ("nested-order", lambda p: p.block(_nested_block(p), 8 + 24, p.plain(_nested_block(p))[8:16])),
    ("sub-empty", lambda p: p.block(_nested_block(p), 16, _u64(0))),
    ("sub-form", lambda p: p.block(_nested_block(p), 24, _u64(p.node(PLAIN).data_bid))),
    ("sub-form", lambda p: p.node_entry(PLAIN, 16, _u64(p.node(PLAIN).data_bid))),
    # nodes
    ("node-type", lambda p: p.node_entry(0x201, 0, _u64(0x21E))),
    ("node-type", lambda p: p.node_entry(0x201, 4, b"\x01")),
    ("heap-level", lambda p: p.heap(p.node(0x62B), 8, b"\x03")),
    ("node-empty", lambda p: p.node_entry(PLAIN, 8, _u64(0))),
    ("node-missing", lambda p: p.node_entry(0x61, 0, _u64(0x62))),
    ("node-lacks", lambda p: p.node_entry(0x1E1, 0, _u64(0x1C1))),
    ("node-parent", lambda p: p.node_entry(PLAIN, 24, _u32(0))),
    ("node-parent", lambda p: p.node_entry(INBOX, 24, _u32(0x99992))),
    ("row-parent", lambda p: p.node_entry(PLAIN, 24, _u32(DEEP))),
    ("folder-cycle", _cyclic),
    # heaps
    ("heap-signature", lambda p: p.heap(p.node(PLAIN), 2, b"\xed")),
    ("heap-client", lambda p: p.heap(p.node(PLAIN), 3, b"\x7c")),
    ("heap-client", lambda p: p.heap(p.node(_CONTENTS), 3, b"\xbc")),
    ("heap-id", lambda p: p.heap(p.node(PLAIN), 4, _u32(0x7FE0))),
    ("heap-map", lambda p: p.heap(p.node(PLAIN), 0, _u16(0xFFF0))),
    ("heap-map", lambda p: _heap_map(p, p.node(PLAIN), 4, _u16(5))),
    ("heap-map", _move_bound),
    ("heap-freed", lambda p: _heap_map(p, p.node(PLAIN), 2, _u16(3))),
    ("heap-item-size", _large_item),
    ("heap-level", lambda p: p.heap(p.node(PLAIN), 8, b"\x0f")),
    ("bth-head", lambda p: _tree(p, PLAIN, 0, b"\xb4")),
    ("bth-head", lambda p: _tree(p, PLAIN, 1, b"\x04")),
    ("bth-order", _swap_properties),
    # properties
    ("property-type", lambda p: p.property(p.node(PLAIN), 0x001A, 2, _u16(0x0999))),
    ("property-inline", _large_truth),
    ("value-size", lambda p: p.property(p.node(PLAIN), 0x0039, 2, _u16(0x0048))),
    ("value-text", lambda p: p.value(p.node(PLAIN), 0x0C1A, 4, bytes(2))),
    ("value-many", _many),
    ("sub-missing", lambda p: p.property(_body(p), 0x1000, 4, _u32(0x9999F))),
    ("sub-orphan", lambda p: p.property(_body(p), 0x1000, 4, _u32(0))),
    # tables
    ("table-info", lambda p: p.info(p.node(_CONTENTS), 0, b"\x7b")),
    ("table-info", lambda p: p.info(p.node(_CONTENTS), 8, _u16(0))),
    ("table-items", _moved_tree),
    ("table-rows", lambda p: p.info(p.node(_CONTENTS), 14, _u32(0))),
    ("table-rows", lambda p: p.info(p.node(_CONTENTS), 14, _u32(0x20))),
    ("table-index", lambda p: _index_row(p, 1)),
    ("table-index", lambda p: _index_row(p, 999)),
    ("table-row-id", lambda p: _row_id(p, _CONTENTS)),
    ("table-row-id", lambda p: _row_id(p, PLAIN, _RECIPIENTS)),
    ("table-column-order", lambda p: p.column(p.node(_CONTENTS), 0x001A, 2, _u16(0xFFFF))),
    ("table-column-type", lambda p: p.column(p.node(_CONTENTS), 0x001A, 0, _u16(0x0999))),
    ("table-column-place", lambda p: p.column(p.node(_CONTENTS), 0x001A, 4, _u16(0))),
    ("table-column-place", lambda p: p.column(p.node(_CONTENTS), 0x001A, 6, b"\x02")),
    ("table-column-bit", lambda p: p.column(p.node(_CONTENTS), 0x001A, 7, b"\x00")),
    ("table-column-fixed", lambda p: p.column(p.node(_CONTENTS), 0x67F2, 2, _u16(0x67F1))),
    ("template-columns", lambda p: p.column(p.node(0x60E), 0x3013, 2, _u16(0x3012))),
    ("template-columns", lambda p: p.column(p.node(0x60D), 0x3613, 0, _u16(0x0102))),
    ("table-parent", lambda p: p.node_entry(_CONTENTS, 24, _u32(INBOX))),
    ("node-parent", lambda p: p.node_entry(0x122, 24, _u32(0))),
    ("template-rows", lambda p: p.node_entry(0x60E, 8, _u64(p.node(_CONTENTS).data_bid))),
    # names
    ("names-list", lambda p: p.property(p.node(0x61), 0x0001, 4, _u32(0))),
    ("names-list", lambda p: p.property(p.node(0x61), 0x0002, 4, _u32(0))),
    ("names-order", lambda p: _names(p, 0x0003, 6, _u16(9))),
    ("names-set", lambda p: _names(p, 0x0003, 4, _u16(0x7FFE))),
    ("names-text", lambda p: _names(p, 0x0003, _text_entry(p), _u32(0x7FFFFF))),
    ("names-twice", _twice_named),
    ("names-bucket", _bucket),
    ("names-unfound", _bucket),
    ("names-unknown", _unnamed),
    # the store
    ("store-required", lambda p: _renumber(p, 0x21, 0x67FF, 0x67FE)),
    ("store-required", lambda p: p.property(p.node(0x21), 0x0FF9, 4, _u32(0))),
    ("store-entry", lambda p: p.value(p.node(0x21), 0x35E0, 20, _u32(0x99992))),
    ("store-entry", lambda p: p.value(p.node(0x21), 0x35E3, 6, b"\x01\x02\x03")),
    ("password", lambda p: p.property(p.node(0x21), 0x67FF, 4, _u32(7))),
    # folders
    ("folder-required", lambda p: _renumber(p, INBOX, 0x3602, 0x3601)),
    ("folder-count", lambda p: p.property(p.node(INBOX), 0x3602, 4, _u32(7))),
    ("folder-count", lambda p: p.property(p.node(INBOX), 0x3603, 4, _u32(7))),
    ("folder-count", lambda p: p.property(p.node(INBOX), 0x360A, 4, _u32(0))),
    ("folder-table", lambda p: p.node_entry(INBOX & ~0x1F | 0xF, 0, _u64(INBOX & ~0x1F | 0x10))),
    ("folder-orphan", lambda p: _row_id(p, _HIERARCHY)),
    ("table-orphan", lambda p: p.node_entry(DEEP & ~0x1F | 0xE, 0, _u64(0x7FFFE0 | 0xE))),
    ("row-without-node", lambda p: _row_id(p, _CONTENTS)),
    ("row-version-mark", lambda p: p.cell(p.node(_CONTENTS), 0, 0x67F3, _u32(0x7FFFFFFF))),
    (
        "row-version-twice",
        lambda p: p.cell(p.node(_CONTENTS), 1, 0x67F3, next(iter(Table(p.node(_CONTENTS)).rows())).data[4:8]),
    ),
    ("sub-twice", _same_numbers),
    # items and the rows that stand for them
    ("message-orphan", lambda p: _row_id(p, _CONTENTS)),
    ("message-required", lambda p: _renumber(p, PLAIN, 0x001A, 0x001B)),
    ("message-lacks", lambda p: _renumber(p, PLAIN, 0x3007, 0x3006)),
    ("message-lacks", lambda p: _sub_entry(p, p.node(PLAIN), 0x12, 0, _u64(0x6B2))),
    ("message-parent", lambda p: _renumber(p, PLAIN, 0x0E08, 0x0E09)),
    ("message-size", lambda p: p.property(p.node(PLAIN), 0x0E08, 4, _u32(100_000))),
    (
        "message-size-inexact",
        lambda p: p.property(p.node(PLAIN), 0x0E08, 4, _u32(Properties(p.node(PLAIN)).integer(0x0E08) + 1)),
    ),
    ("message-flag", lambda p: p.property(p.node(PLAIN), 0x0E07, 4, _u32(0x11))),
    ("message-flag-missing", lambda p: p.property(p.node(LOADED), 0x0E07, 4, _u32(0x01))),
    ("subject-prefix", lambda p: p.value(p.node(PLAIN), 0x0037, 0, "\x01\xff".encode("utf-16-le"))),
    ("subject-long", lambda p: p.property(_body(p), 0x0037, 4, _u32(Properties(_body(p)).records[0x1000][1]))),
    ("contact-lacks", _no_addresses),
    ("row-key", lambda p: p.cell(p.node(_CONTENTS), 0, 0x3013, bytes(4))),
    ("recipient-required", lambda p: p.drop_cell(p.node(PLAIN, _RECIPIENTS), 0, 0x3001)),
    ("attachment-orphan", lambda p: _row_id(p, LOADED, _ATTACHMENTS)),
    ("attachment-missing", lambda p: _row_id(p, LOADED, _ATTACHMENTS)),
    ("attachment-required", lambda p: p.property(_attachment(p.node(LOADED)), 0x370B, 0, _u16(0x370C))),
    ("attachment-size", lambda p: p.property(_attachment(p.node(LOADED)), 0x0E20, 4, _u32(77))),
    ("attachment-content", lambda p: _method(p, 5)),
    ("object-size", lambda p: p.value(_attachment(_holder(p)), 0x3701, 4, _u32(5))),
    ("row-differs", lambda p: p.cell(p.node(_CONTENTS), 0, 0x0E07, _u32(0x101))),
    ("row-differs", lambda p: p.cell(p.node(LOADED, _ATTACHMENTS), 0, 0x0E20, _u32(1))),
    ("row-size", lambda p: p.cell(p.node(_CONTENTS), 0, 0x0E08, _u32(1))),
    ("row-misses", lambda p: p.drop_cell(p.node(_CONTENTS), 0, 0x0037)),
    ("row-misses", lambda p: p.drop_cell(p.node(_ROOT_HIERARCHY), 0, 0x3001)),
    ("row-invents", lambda p: p.add_cell(p.node(_CONTENTS), 0, 0x0036)),
    ("row-lacks", lambda p: p.drop_cell(p.node(_CONTENTS), 0, 0x3013)),
    ("row-lacks", lambda p: p.drop_cell(p.node(_CONTENTS), 0, 0x0E17)),
]
"""Faults that show in a small file."""


def _level_below(p: Patient) -> None:
    upper = p.node(PLAIN).subs_bid
    lower = struct.unpack_from("<Q", p.plain(upper), 16)[0]
    p.block(lower, 1, b"\x01")


def _first_key(p: Patient) -> None:
    p.block(p.node(PLAIN).subs_bid, 8, _u64(0x21))


def _upper_tree(p: Patient) -> tuple[Node, int]:
    node = p.node(PLAIN, _RECIPIENTS)
    head = node.heap.item(Table(node).index_hid)
    assert head[3] == 1
    return node, struct.unpack_from("<I", head, 4)[0]


def _tree_key(p: Patient) -> None:
    node, top = _upper_tree(p)
    p.item(node, top, 8, _u32(struct.unpack_from("<I", node.heap.item(top), 8)[0] - 1))


def _tree_size(p: Patient) -> None:
    node, top = _upper_tree(p)
    head = Table(node).index_hid
    p.item(node, head, 3, b"\x00")
    text = next(
        hid
        for hid in range(0x20, 0x4000, 0x20)
        if hid not in (head, top, node.heap.root) and len(node.heap.item(hid)) % 8 and len(node.heap.item(hid)) > 4
    )
    p.item(node, head, 4, _u32(text))


def _many_loops(p: Patient) -> None:
    node, top = _upper_tree(p)
    leaf = struct.unpack_from("<I", node.heap.item(top), 4)[0]
    p.item(node, Table(node).index_hid, 3, b"\x06" + _u32(leaf))
    p.item(node, leaf, 0, (bytes(4) + _u32(leaf)) * (len(node.heap.item(leaf)) // 8))


def _no_such_block(p: Patient) -> None:
    node = p.node(PLAIN, _RECIPIENTS)
    p.item(node, Table(node).index_hid, 4, _u32(0x70000020))


WIDE_FAULTS: list[tuple[str, Fault]] = [
    ("nested-level", _level_below),
    ("nested-key", _first_key),
    ("bth-key", _tree_key),
    ("bth-size", _tree_size),
    ("bth-loop", _many_loops),
    ("heap-id", _no_such_block),
]
"""Faults that show where there is more than one level."""


_APPOINTMENT, _TASK = 0x200044, 0x200064


def _number(p: Patient, set_: int, id_: int) -> int:
    names = Names(p.file.nodes)
    return names.by_name[Name(UUID(f"{set_:08x}-0000-0000-c000-000000000046"), id_)]


def _said(p: Patient, id_: int, offset: int, data: bytes) -> None:
    p.value(p.node(_APPOINTMENT), _number(p, 0x62002, id_), offset, data)


def _flag(p: Patient, id_: int, value: int) -> None:
    p.property(p.node(_APPOINTMENT), _number(p, 0x62002, id_), 4, _u32(value))


def _not_there(p: Patient, nid: int, set_: int, id_: int) -> None:
    number = _number(p, set_, id_)
    p.property(p.node(nid), number, 0, _u16(number ^ 0x4000))


def _no_exception(p: Patient) -> None:
    p.property(_attachment(p.node(_APPOINTMENT)), 0x7FFD, 4, _u32(0))


DATED_FAULTS: list[tuple[str, Fault]] = [
    ("appointment-required", lambda p: _not_there(p, _APPOINTMENT, 0x62002, 0x8205)),
    ("task-required", lambda p: _not_there(p, _TASK, 0x62003, 0x8101)),
    ("appointment-times", lambda p: _said(p, 0x820D, 7, b"\x02")),
    ("recurrence-flag", lambda p: _flag(p, 0x8223, 0)),
    ("recurrence-form", lambda p: _said(p, 0x8216, 2, b"\x05")),
    ("recurrence-form", lambda p: _said(p, 0x8216, 6, b"\x09")),
    ("recurrence-form", lambda p: _said(p, 0x8216, 34, _u32(0xFFFF))),
    ("recurrence-form", lambda p: p.value(p.node(_TASK), _number(p, 0x62003, 0x8116), 0, b"\x05")),
    ("recurrence-first", lambda p: _said(p, 0x8216, 10, _u32(1440))),
    ("recurrence-days", lambda p: _said(p, 0x8216, 42, _u32(7))),
    ("recurrence-days", lambda p: _said(p, 0x8216, 54, _u32(1440))),
    ("recurrence-attachments", _no_exception),
    ("zone-form", lambda p: _said(p, 0x825E, 2, b"\x01")),
    ("zone-form", lambda p: _said(p, 0x8260, 56, b"\x01")),
]
"""Faults of what is at some time."""
