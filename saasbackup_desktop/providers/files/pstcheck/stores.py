"""What a file must have besides folders and items ([MS-PST] 2.4.3 and 2.7.1)."""

from saasbackup_desktop.providers.files.pstcheck.findings import Report, Unreadable
from saasbackup_desktop.providers.files.pstcheck.nodes import Nodes
from saasbackup_desktop.providers.files.pstcheck.properties import Properties
from saasbackup_desktop.providers.files.pstcheck.table import Table

STORE = 0x21
RECORD_KEY, PASSWORD, TOP, BIN, FINDER, NAME = 0x0FF9, 0x67FF, 0x35E0, 0x35E3, 0x35E7, 0x3001
_ENTRY_SIZE = 24
_NEEDED = (0x21, 0x61, 0x122, 0x12D, 0x12E, 0x12F, 0x201, 0x60D, 0x60E, 0x60F, 0x610, 0x671, 0x692, 0x2223)
_USUAL = (0x1E1, 0x62B, 0x64C, 0x6B6, 0x6D7, 0x6F8)
"""Nodes that the specification does not know, that Outlook makes, and that its repair adds."""
_TEMPLATES = (0x60D, 0x60E, 0x60F, 0x610, 0x671, 0x692)


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
