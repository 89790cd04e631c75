"""What a file must have besides folders and items ([MS-PST] 2.4.3 and 2.7.1)."""

from collections.abc import Mapping, Set

from saasbackup_desktop.providers.files.pstcheck.findings import Report, Tell, Unreadable
from saasbackup_desktop.providers.files.pstcheck.heap import PROPERTIES, TABLE, is_heap
from saasbackup_desktop.providers.files.pstcheck.nodes import Kind, Node, Nodes, kind_of
from saasbackup_desktop.providers.files.pstcheck.properties import Properties
from saasbackup_desktop.providers.files.pstcheck.table import Table
from saasbackup_desktop.providers.files.pstcheck.values import BINARY, STRING

STORE = 0x21
RECORD_KEY, PASSWORD, TOP, BIN, FINDER, NAME = 0x0FF9, 0x67FF, 0x35E0, 0x35E3, 0x35E7, 0x3001
_ENTRY_SIZE = 24
_NEEDED = (0x21, 0x61, 0x122, 0x12D, 0x12E, 0x12F, 0x201, 0x60D, 0x60E, 0x60F, 0x610, 0x671, 0x692, 0x2223)
_USUAL = (0x1E1, 0x62B, 0x64C, 0x6B6, 0x6D7, 0x6F8)
"""Nodes that the specification does not know, that Outlook makes, and that its repair adds."""
_SEARCHED = {
    0x0017,
    0x001A,
    0x0036,
    0x0037,
    0x0042,
    0x0057,
    0x0058,
    0x0E03,
    0x0E04,
    0x0E06,
    0x0E07,
    0x0E08,
    0x0E17,
    0x3008,
}
_TEMPLATES: Mapping[int, Set[int]] = {
    0x60D: {0x0E30, 0x0E33, 0x0E34, 0x0E38, 0x3001, 0x3602, 0x3603, 0x360A, 0x3613, 0x6635, 0x6636},
    0x60E: _SEARCHED | {0x0039, 0x0070, 0x0071, 0x0E30, 0x0E33, 0x0E34, 0x0E38, 0x0E3C, 0x0E3D, 0x1097, 0x3013, 0x65C6},
    0x60F: {0x001A, 0x0E07, 0x0E17, 0x3001} | {0x6800, 0x6803, 0x6805, 0x682F, 0x7003, 0x7004, 0x7005, 0x7006, 0x7007},
    0x610: _SEARCHED | {0x0E05, 0x0E2A, 0x67F1},
    0x671: {0x0E20, 0x3704, 0x3705, 0x370B},
    0x692: {0x0C15, 0x0E0F, 0x0FF9, 0x0FFE, 0x0FFF, 0x3001, 0x3002, 0x3003, 0x300B, 0x3900, 0x39FF, 0x3A40},
}
"""Columns that empty tables of all files of Outlook have; new folders and messages get tables like these."""
_OF_FOLDERS = frozenset(
    {Kind.FOLDER, Kind.MESSAGE, Kind.ASSOCIATED, Kind.HIERARCHY, Kind.CONTENTS, Kind.ASSOCIATED_CONTENTS}
)
_FIRST_FOLDER = 0x800
_LOOKED_INTO = frozenset({0x21, 0x61, 0x122, 0x12D, 0x12E, 0x12F, *_TEMPLATES})
_TYPES = {0x0E30: BINARY, 0x3613: STRING}
"""Where Outlook differs from what the specification says."""


def check_store(nodes: Nodes, report: Report, *, offline: bool) -> None:
    """Check that fixed nodes are there and that the store leads to its folders."""
    tell = report.tell
    for nid in _NEEDED:
        if nid not in nodes:
            tell("node-missing", f"node {nid:#x}")
    for nid in _USUAL:
        if nid not in nodes:
            tell("node-lacks", f"node {nid:#x}")
    for nid in _TEMPLATES:
        try:
            if nid in nodes:
                template = Table(nodes.node(nid), tell)
                template.check(tell, set())
                if len(template):
                    tell("template-rows", template.node.place, rows=len(template))
                _check_columns(template, tell, offline=offline)
        except Unreadable as unreadable:
            unreadable.told(tell)
    try:
        store = Properties(nodes.node(STORE), tell)
    except Unreadable as unreadable:
        if unreadable.code != "node-missing":
            unreadable.told(tell)
        return
    store.check(tell, set())
    report.password = bool(store.integer(PASSWORD))
    if report.password:
        tell("password", store.place(PASSWORD))
    if not offline:
        _check_entries(store, nodes, report)


def check_rest(nodes: Nodes, tell: Tell) -> None:
    """Check the lists and tables of nodes that nothing else looks into: of searches, queues, indexes."""
    for index, nid in enumerate(nodes.nids):
        if (kind_of(nid) in _OF_FOLDERS and nid >= _FIRST_FOLDER) or nid in _LOOKED_INTO:
            continue
        node = nodes.at(index)
        try:
            if node.data_bid and is_heap(node.data):
                _check_heap(node, tell)
        except Unreadable as unreadable:
            unreadable.told(tell)


def _check_heap(node: Node, tell: Tell) -> None:
    used: set[int] = set()
    if node.heap.client == PROPERTIES:
        Properties(node, tell).check(tell, used)
    elif node.heap.client == TABLE:
        table = Table(node, tell)
        table.check(tell, used)
        for row in table.rows():
            row.check(tell, used)
    else:
        node.heap.check(tell)


def _check_columns(template: Table, tell: Tell, *, offline: bool) -> None:
    for id_ in sorted(_TEMPLATES[template.node.nid]):
        column = template.by_id.get(id_)
        if column is None:
            if not offline:
                tell("template-columns", template.node.place, column=id_)
        elif column.type != _TYPES.get(id_, column.type):
            tell("template-columns", template.node.place, column=id_, type=column.type)


def _check_entries(store: Properties, nodes: Nodes, report: Report) -> None:
    key = store.data(RECORD_KEY)
    if len(key) != 16:
        report.tell("store-required", store.place(RECORD_KEY), size=len(key))
    for id_ in (NAME, PASSWORD):
        if id_ not in store:
            report.tell("store-required", store.place(id_))
    for id_ in (TOP, BIN, FINDER):
        entry = store.data(id_)
        nid = int.from_bytes(entry[20:24], "little")
        if len(entry) != _ENTRY_SIZE or entry[:4] != bytes(4) or entry[4:20] != key or nid not in nodes:
            report.tell("store-entry", store.place(id_), node=nid)
