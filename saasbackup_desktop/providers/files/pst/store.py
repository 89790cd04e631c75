"""One file: the store, its folders, its fixed nodes ([MS-PST] 2.4.3, 2.4.4, 2.7)."""

import os
import struct
from collections.abc import Iterable
from datetime import datetime
from typing import BinaryIO

from saasbackup_desktop.providers.files.pst import columns
from saasbackup_desktop.providers.files.pst.blocks import Blocks, Subnode
from saasbackup_desktop.providers.files.pst.contexts import (
    MESSAGE,
    Numbers,
    Records,
    Table,
    Versions,
    empty,
    properties,
    table,
)
from saasbackup_desktop.providers.files.pst.items import Items, Written
from saasbackup_desktop.providers.files.pst.model import Message, Type
from saasbackup_desktop.providers.files.pst.names import Names
from saasbackup_desktop.providers.files.pst.pages import Pages, State, head, tree_bytes
from saasbackup_desktop.providers.files.pst.space import FIRST, SECTION, Space, sections
from saasbackup_desktop.providers.files.pst.values import text

BIN = "Deleted Items"
"""Every store has a folder of this name."""

_STORE, _NAMES, _ROOT, _TOP, _SEARCHES, _BIN, _VIEWS = 0x21, 0x61, 0x122, 0x8022, 0x8042, 0x8062, 0x8082
_SEARCH, _SEARCH_UPDATES, _SEARCH_CRITERIA, _SEARCH_CONTENTS = 0x2223, 0x2226, 0x2227, 0x2230
_SEARCH_QUEUE, _SEARCH_LIST, _SEARCH_TEMPLATE, _RECEIVE, _IDENTITIES = 0x1E1, 0x201, 0xEC1, 0x62B, 0xC01
_NO_IDENTITIES = bytes.fromhex("1800ec9c200000000000000040000000b510040000000000020000000c0010001800")
"""A heap with an empty map in it, as Outlook's own new files have it."""
_HIERARCHY, _CONTENTS, _ASSOCIATED = 0x60D, 0x60E, 0x60F
_FOLDER = 2
_LAST_FIXED, _LAST_MESSAGE = 0x404, 0x10000
_MOST_FOLDERS = 0xF000
_VALID = 0x1 | 0x8 | 0x40 | 0x80
_NODE = struct.Struct("<QQQII")
_MOST_SHARED = 60_000
_ROW_ROOM = 0x8000


class PartFull(Exception):
    """The item would make the file too large, or a table in it."""


class Folder:
    """A folder of one file."""

    __slots__ = ("_taken", "children", "count", "kind", "name", "node", "table", "unread")

    def __init__(self, node: int, name: str, kind: str | None = None) -> None:
        self.node = node
        self.name = name
        self.kind = kind
        self.children: dict[str, Folder] = {}
        self._taken: set[str] = set()
        self.count = 0
        self.unread = 0
        self.table: Table | None = None

    def free(self, name: str) -> str:
        """Take a name for a folder in this one that no other has."""
        wanted = name = name.replace("\0", "") or "?"
        number = 1
        while wanted.casefold() in self._taken:
            number += 1
            wanted = f"{name} ({number})"
        self._taken.add(wanted.casefold())
        return wanted

    def records(self, below: bool) -> Records:
        """Compose the folder's properties."""
        records: Records = {
            0x3001: (Type.STRING, text(self.name)),
            0x3602: (Type.INTEGER32, self.count),
            0x3603: (Type.INTEGER32, self.unread),
            0x360A: (Type.BOOLEAN, int(below)),
        }
        if self.kind:
            records[0x3613] = (Type.STRING, text(self.kind))
        return records


class Store:
    """A file that is being written: messages as they come, everything that leads to them at the end."""

    def __init__(self, file: BinaryIO, name: str, made: datetime) -> None:
        self._file = file
        self._name = name
        self._key = os.urandom(16)
        self._blocks = Blocks(Space(file))
        self._names = Names()
        self._versions = Versions()
        self._high: dict[int, int] = {_FOLDER: _LAST_FIXED, MESSAGE: _LAST_MESSAGE}
        self._items = Items(self._blocks, self._names, self._versions, self._high, made)
        self._nodes: dict[int, tuple[int, int, int]] = {}
        self._messages = bytearray()
        self._templates = {node: empty(self._blocks, form) for node, form in columns.TEMPLATES}
        self._shared = 0
        self._waiting = 0
        self._bin = Folder(_BIN, BIN)
        self.top = Folder(_TOP, "Top of Outlook data file")
        self.top.children[BIN] = self._bin
        self._folders = [self._bin]
        self.count = 0

    def folder(self, parent: Folder, name: str, kind: str | None) -> Folder:
        """Give the folder of this name in another: made if it is not there.

        Outlook does not tell capitals from small letters in names: what differs in these alone gets a number.
        Raises PartFull.
        """
        if parent is self.top and name.casefold() == BIN.casefold():
            name = BIN
        found = parent.children.get(name)
        if found is None:
            number = self._high[_FOLDER] + 1
            if number > _MOST_FOLDERS:
                raise PartFull
            self._high[_FOLDER] = number
            found = parent.children[name] = Folder(number << 5 | _FOLDER, parent.free(name), kind)
            self._folders.append(found)
        elif found.kind is None:
            found.kind = kind
        return found

    def add(self, folder: Folder, message: Message, limit: int | None) -> Written:
        """Write a message into a folder; nothing of it stays if that fails.

        Raises Unfit, and PartFull if the finished file would be larger than ``limit``.
        """
        blocks = self._blocks
        mark, version, high = blocks.mark(), self._versions.next, dict(self._high)
        try:
            written = self._items.write(message)
            if limit is not None and (self.projected() > limit or (folder.table and folder.table.crowded)):
                raise PartFull
        except BaseException:
            blocks.restore(mark)
            self._versions.next = version
            self._high.clear()
            self._high.update(high)
            raise
        node = Numbers(self._high).take_message()
        if folder.table is None:
            folder.table = Table(blocks, columns.CONTENTS, Numbers(self._high), self._versions)
        else:
            self._waiting -= folder.table.waiting
        folder.table.add(node, written.records)
        self._waiting += folder.table.waiting
        self._messages += _NODE.pack(node, written.block, written.subnodes, folder.node, 0)
        folder.count += 1
        _, flags = written.records[0x0E07]
        folder.unread += isinstance(flags, int) and not flags & 1
        self.count += 1
        return written

    def projected(self) -> int:
        """Tell how large the file will be at most if no further item comes."""
        space = self._blocks.space
        folders = len(self._folders)
        waiting = self._waiting + self._names.waiting + 0x8000 + _ROW_ROOM + 2_048 * folders
        blocks = len(self._blocks.rows) // 24 + 256 + 8 * folders + waiting // 1_024
        nodes = len(self._messages) // 32 + 128 + 4 * folders
        rest = space.at + waiting + tree_bytes(blocks, nodes)
        return FIRST + (space.number + sections(rest)) * SECTION

    def close(self) -> int:
        """Write all that is missing and tell the size of the file."""
        self._templates_to_nodes()
        self._write_store()
        self._write_search()
        for node, name, children in (
            (_ROOT, "", None),
            (_SEARCHES, "Search Root", ()),
            (_VIEWS, "IPM_COMMON_VIEWS", ()),
        ):
            self._write_folder(Folder(node, name), _ROOT, self._roots() if children is None else children)
        parents = {
            child.node: parent.node for parent in (self.top, *self._folders) for child in parent.children.values()
        }
        self._write_folder(self.top, _ROOT, self.top.children.values())
        for folder in self._folders:
            self._write_folder(folder, parents[folder.node], folder.children.values())
        self._write_properties(_NAMES, self._names.records())
        return self._write_trees()

    def _roots(self) -> Iterable[Folder]:
        return (
            self.top,
            Folder(_SEARCHES, "Search Root"),
            Folder(_SEARCH, "SPAM Search Folder 2"),
            Folder(_VIEWS, "IPM_COMMON_VIEWS"),
        )

    def _templates_to_nodes(self) -> None:
        for node, block in self._templates.items():
            self._nodes[node] = (self._blocks.share(block), 0, 0)

    def _empty(self, template: int) -> int:
        self._shared += 1
        if self._shared % _MOST_SHARED == 0:
            self._templates = {node: empty(self._blocks, form) for node, form in columns.TEMPLATES}
        return self._blocks.share(self._templates[template])

    def _write_properties(self, node: int, records: Records, parent: int = 0) -> None:
        subnodes: list[Subnode] = []
        block = properties(self._blocks, records, Numbers(self._high), subnodes)
        self._nodes[node] = (block, self._blocks.subnodes(subnodes), parent)

    def _write_folder(self, folder: Folder, parent: int, children: Iterable[Folder]) -> None:
        below = sorted(children, key=lambda child: child.node)
        self._write_properties(folder.node, folder.records(bool(below)), parent)
        base = folder.node & ~0x1F
        rows = [(child.node, child.records(bool(child.children))) for child in below]
        if rows:
            self._nodes[base | 0xD] = (
                *table(self._blocks, columns.HIERARCHY, Numbers(self._high), self._versions, rows),
                0,
            )
        else:
            self._nodes[base | 0xD] = (self._empty(_HIERARCHY), 0, 0)
        if folder.table is None:
            self._nodes[base | 0xE] = (self._empty(_CONTENTS), 0, 0)
        else:
            self._nodes[base | 0xE] = (*folder.table.finish(), 0)
        self._nodes[base | 0xF] = (self._empty(_ASSOCIATED), 0, 0)

    def _entry(self, node: int) -> bytes:
        return bytes(4) + self._key + struct.pack("<I", node)

    def _write_store(self) -> None:
        version = struct.pack("<I16sI", 1, os.urandom(16), 1)
        self._write_properties(
            _STORE,
            {
                0x0E34: (Type.BINARY, version),
                0x0FF9: (Type.BINARY, self._key),
                0x3001: (Type.STRING, text(self._name)),
                0x35DF: (Type.INTEGER32, _VALID),
                0x35E0: (Type.BINARY, self._entry(_TOP)),
                0x35E3: (Type.BINARY, self._entry(_BIN)),
                0x35E6: (Type.BINARY, self._entry(_VIEWS)),
                0x35E7: (Type.BINARY, self._entry(_SEARCHES)),
                0x6633: (Type.BOOLEAN, 1),
                0x67FF: (Type.INTEGER32, 0),
            },
        )
        received: Records = {0x001A: (Type.STRING, b""), 0x6605: (Type.INTEGER32, _ROOT)}
        self._nodes[_RECEIVE] = (
            *table(self._blocks, columns.RECEIVE_FOLDERS, Numbers(self._high), self._versions, [(1, received)]),
            0,
        )
        self._nodes[_IDENTITIES] = (self._blocks.block(_NO_IDENTITIES), 0, 0)

    def _write_search(self) -> None:
        search = Folder(_SEARCH, "SPAM Search Folder 2")
        self._write_properties(_SEARCH, search.records(below=False), _ROOT)
        self._write_properties(_SEARCH_CRITERIA, {0x660B: (Type.INTEGER32, 0)})
        self._nodes[_SEARCH_CONTENTS] = (self._blocks.share(self._templates[0x610]), 0, 0)
        self._nodes[_SEARCH_LIST] = (self._blocks.block(struct.pack("<I", _SEARCH)), 0, 0)
        for node in (_SEARCH_UPDATES, _SEARCH_QUEUE, _SEARCH_TEMPLATE):
            self._nodes[node] = (0, 0, 0)

    def _write_trees(self) -> int:
        space = self._blocks.space
        nodes = bytearray()
        for node in sorted(self._nodes):
            block, tree, parent = self._nodes[node]
            nodes += _NODE.pack(node, block, tree, _ROOT if node == _ROOT else parent, 0)
        self._messages[:0] = nodes  # all others come first, and there is no copy
        space.align()
        pages = Pages(space)
        block_root = pages.blocks(self._blocks.counted())
        node_root = pages.nodes(self._messages)
        free, last = space.free, space.last
        size = space.finish()
        for kind in (0xD, 0xE, 0xF):
            self._high[kind] = self._high[_FOLDER]
        state = State(
            size=size,
            last_map=last,
            free=free,
            nodes=node_root,
            blocks=block_root,
            next_block=self._blocks.next,
            next_page=pages.next,
            unique=self._versions.next + 1,
            runs=space.runs,
            high=self._high,
        )
        self._file.seek(0)
        self._file.write(head(state))
        return size
