"""What folders and their tables must be ([MS-PST] 2.4.4), and that every item is where it says."""

from array import array
from collections import Counter
from collections.abc import Callable, Iterator

from saasbackup_desktop.providers.files.pstcheck.findings import Tell, Unreadable
from saasbackup_desktop.providers.files.pstcheck.heap import Tree
from saasbackup_desktop.providers.files.pstcheck.items import Items
from saasbackup_desktop.providers.files.pstcheck.nodes import Kind, Node, Nodes, kind_of, sibling
from saasbackup_desktop.providers.files.pstcheck.properties import Properties
from saasbackup_desktop.providers.files.pstcheck.table import Row, Table

ROOT = 0x122
NAME, COUNT, UNREAD, HAS_FOLDERS = 0x3001, 0x3602, 0x3603, 0x360A
_ID_MAP, _ROW_OWN_ID = 0xC01, 0x0E30
_READ = 0x01
_FIRST_OF_USERS = 0x2000
_DEEPEST = 1000
_VERSIONS_KEPT = 1 << 30


class Folders:
    """Checks all folders of a file, and through them all items."""

    def __init__(self, nodes: Nodes, items: Items, unique: int, counts: Counter[str], tell: Tell) -> None:
        self._nodes = nodes
        self._items = items
        self._unique = unique
        self._counts = counts
        self._tell = tell
        self._listed = bytearray(len(nodes))
        self._versions = bytearray()
        self._has_map = _has_ids(nodes)

    def check(self, progress: Callable[[int, int], None], stop: Callable[[], bool]) -> None:
        """Check folder after folder, then what no folder lists."""
        total = len(self._nodes)
        for index, nid in enumerate(self._nodes.nids):
            if kind_of(nid) == Kind.FOLDER:
                self._guarded(self._check_folder, self._nodes.at(index), stop)
                progress(index, total)
                if stop():
                    return
        for index, nid in enumerate(self._nodes.nids):
            self._guarded(self._check_listed, index, nid)

    def _guarded(self, checked: Callable[..., None], *values: object) -> None:
        try:
            checked(*values)
        except Unreadable as unreadable:
            unreadable.told(self._tell)

    def _check_folder(self, node: Node, stop: Callable[[], bool]) -> None:
        self._counts["folders"] += 1
        properties = Properties(node, self._tell)
        properties.check(self._tell, set())
        for id_ in (NAME, COUNT, UNREAD, HAS_FOLDERS):
            if id_ not in properties:
                self._tell("folder-required", properties.place(id_))
        folders = messages = unread = 0
        for row in self._rows(node, Kind.HIERARCHY, (Kind.FOLDER, Kind.SEARCH_FOLDER)):
            folders += 1
            self._guarded(self._compare_folder, row)
        for row in self._rows(node, Kind.CONTENTS, (Kind.MESSAGE,)):
            messages += 1
            unread += not self._check_item(row) & _READ
            if stop():
                return
        for row in self._rows(node, Kind.ASSOCIATED_CONTENTS, (Kind.ASSOCIATED,)):
            self._check_item(row)
        for id_, real in ((COUNT, messages), (UNREAD, unread), (HAS_FOLDERS, int(folders > 0))):
            if id_ in properties and properties.integer(id_) != real:
                self._tell("folder-count", properties.place(id_), expected=real, found=properties.integer(id_))

    def _rows(self, folder: Node, kind: Kind, kinds: tuple[Kind, ...]) -> Iterator[Row]:
        nid = sibling(folder.nid, kind)
        try:
            table = Table(self._nodes.node(nid), self._tell)
            used: set[int] = set()
            table.check(self._tell, used)
            ids = array("I", bytes(4 * len(table)))
            for number, row in enumerate(table.rows()):
                ids[number] = row.id
                row.check(self._tell, used)
                self._check_row(row, folder, kinds)
                yield row
            for within in table.node.subs:
                if kind_of(within) == Kind.LTP and within not in used:
                    self._tell("sub-orphan", table.node.place, nid=within)
            for id_, place in zip(*table.rows_in_index, strict=True):
                if place >= len(ids) or ids[place] != id_:
                    self._tell("table-row-id", table.node.place, row=id_, at=place)
        except Unreadable as unreadable:
            if unreadable.code == "node-missing":
                self._tell("folder-table", folder.place, table=nid)
            else:
                unreadable.told(self._tell)

    def _check_row(self, row: Row, folder: Node, kinds: tuple[Kind, ...]) -> None:
        place = f"{row.table.node.place}, row {row.id:#x}"
        index = self._nodes.index(row.id)
        if index is None or kind_of(row.id) not in kinds:
            self._tell("row-without-node", place)
        else:
            self._listed[index] = 1
            if self._nodes.parents[index] != folder.nid:
                self._tell("row-parent", place, expected=folder.nid, found=self._nodes.parents[index])
        self._check_version(row.version, place)
        column = row.table.by_id.get(_ROW_OWN_ID)
        if self._has_map and column is not None and not row.has(column):
            self._tell("row-ids", place)

    def _check_version(self, version: int, place: str) -> None:
        if version >= self._unique:
            self._tell("row-version-mark", place, found=version, below=self._unique)
        if version >= _VERSIONS_KEPT:
            return
        byte, bit = version >> 3, 1 << (version & 7)
        if byte >= len(self._versions):
            self._versions.extend(bytes(max(byte + 1 - len(self._versions), 4096)))
        if self._versions[byte] & bit:
            self._tell("row-version-twice", place, found=version)
        self._versions[byte] |= bit

    def _compare_folder(self, row: Row) -> None:
        if row.id in self._nodes:
            self._items.compare(row, Properties(self._nodes.node(row.id)))

    def _check_item(self, row: Row) -> int:
        if row.id not in self._nodes:
            return _READ
        try:
            return self._items.check(self._nodes.node(row.id), row)
        except Unreadable as unreadable:
            unreadable.told(self._tell)
            return _READ

    def _check_listed(self, index: int, nid: int) -> None:
        kind, node = kind_of(nid), self._nodes.at(index)
        if kind in (Kind.FOLDER, Kind.MESSAGE, Kind.ASSOCIATED):
            self._check_parent(node, self._nodes.parents[index])
            if not self._listed[index] and nid != ROOT:
                code = "folder-orphan" if kind == Kind.FOLDER else "message-orphan"
                self._tell(code, node.place, parent=self._nodes.parents[index])
                if kind != Kind.FOLDER:
                    self._items.check(node)
            if nid == ROOT and self._nodes.parents[index] != ROOT:
                self._tell("node-parent", node.place, parent=self._nodes.parents[index])
        elif kind in (Kind.HIERARCHY, Kind.CONTENTS, Kind.ASSOCIATED_CONTENTS) and nid >= _FIRST_OF_USERS:
            if self._nodes.parents[index]:
                self._tell("table-parent", node.place, parent=self._nodes.parents[index])
            owners = (sibling(nid, Kind.FOLDER), sibling(nid, Kind.SEARCH_FOLDER))
            if not any(owner in self._nodes for owner in owners):
                self._tell("table-orphan", node.place)

    def _check_parent(self, node: Node, parent: int) -> None:
        if kind_of(parent) not in (Kind.FOLDER, Kind.SEARCH_FOLDER) or parent not in self._nodes:
            self._tell("node-parent", node.place, parent=parent)
            return
        if kind_of(node.nid) != Kind.FOLDER:
            return
        for _ in range(_DEEPEST):
            if parent == ROOT:
                return
            parent = self._nodes.parent(parent)
        self._tell("folder-cycle", node.place)


def _has_ids(nodes: Nodes) -> bool:
    """Tell whether Outlook keeps ids of rows in this file: then every row has one."""
    try:
        heap = nodes.node(_ID_MAP).heap
        return any(Tree(heap, int.from_bytes(heap.item(heap.root)[:4], "little"), 16, 4).leaves())
    except Unreadable:
        return False
