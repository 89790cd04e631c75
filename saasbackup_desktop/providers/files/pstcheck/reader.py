"""Read an Outlook data file: folders, items, their properties and attachments."""

from collections.abc import Container, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Self

from saasbackup_desktop.providers.files.pstcheck.findings import Unreadable
from saasbackup_desktop.providers.files.pstcheck.folders import NAME, ROOT
from saasbackup_desktop.providers.files.pstcheck.forms import WIDE
from saasbackup_desktop.providers.files.pstcheck.items import (
    ATTACHED,
    ATTACHMENTS,
    CLASS,
    EMBEDDED,
    METHOD,
    RECIPIENTS,
    SUBJECT,
)
from saasbackup_desktop.providers.files.pstcheck.names import FIRST_NAMED, NODE, Name, Names
from saasbackup_desktop.providers.files.pstcheck.nodes import Kind, Node, kind_of, sibling
from saasbackup_desktop.providers.files.pstcheck.properties import Properties
from saasbackup_desktop.providers.files.pstcheck.stores import PASSWORD, STORE, TOP
from saasbackup_desktop.providers.files.pstcheck.structure import Structure
from saasbackup_desktop.providers.files.pstcheck.table import ROW_ID, ROW_VERSION, Row, Table
from saasbackup_desktop.providers.files.pstcheck.values import Value

_CONTAINER_CLASS = 0x3613
_LONG_NAME, _SHORT_NAME = 0x3707, 0x3704

Id = int | Name
"""A property's number, or its name where it has no number of its own."""


class _Owned:
    """An object with properties."""

    def __init__(self, file: "PstFile", node: Node) -> None:
        self._file = file
        self._node = node

    @property
    def nid(self) -> int:
        """The id of its node."""
        return self._node.nid

    @cached_property
    def _own(self) -> Properties:
        return Properties(self._node)

    @cached_property
    def properties(self) -> Mapping[Id, Value]:
        """All properties with their values, but for the content of attachments and unknown types of values."""
        own = self._own
        return {self._file.id_of(id_): own.value(id_) for id_ in own if id_ != ATTACHED}

    def type(self, id_: Id) -> int:
        """Tell the type of a property ([MS-OXCDATA] 2.11.1); zero if there is none."""
        return self._own.type(self._file.number_of(id_))

    def value(self, id_: Id) -> Value:
        """Read one property; None if there is none."""
        return self._own.value(self._file.number_of(id_))

    def text(self, id_: Id) -> str:
        """Read a text; empty if there is none."""
        value = self.value(id_)
        return value if isinstance(value, str) else ""

    def pieces(self, id_: Id) -> Iterator[bytes]:
        """Read the bytes of a long property piece by piece."""
        return self._own.pieces(self._file.number_of(id_))


class Recipient:
    """Whom a message went to."""

    def __init__(self, file: "PstFile", row: Row) -> None:
        self._file = file
        self._row = row

    @cached_property
    def properties(self) -> Mapping[Id, Value]:
        """All that is said of somebody."""
        return {
            self._file.id_of(column.id): self._row.value(column.id)
            for column in self._row.table.columns
            if self._row.has(column) and column.id not in (ROW_ID, ROW_VERSION)
        }

    def type(self, id_: Id) -> int:
        """Tell the type of a property; zero if there is none."""
        column = self._row.table.by_id.get(self._file.number_of(id_))
        return column.type if column is not None and self._row.has(column) else 0

    def value(self, id_: Id) -> Value:
        """Read one property; None if there is none."""
        return self._row.value(self._file.number_of(id_))

    def pieces(self, id_: Id) -> Iterator[bytes]:
        """Read the bytes of a property."""
        column = self._row.table.by_id.get(self._file.number_of(id_))
        data = None if column is None else self._row.cell(column)
        if data is not None:
            yield data


class Attachment(_Owned):
    """A file in a message, or a message in it."""

    @property
    def name(self) -> str:
        """The name of the file, as far as there is one."""
        return self.text(_LONG_NAME) or self.text(_SHORT_NAME) or self.text(NAME)

    @property
    def size(self) -> int:
        """Bytes of the content; zero for a message."""
        return 0 if self._own.contained(ATTACHED) else self._own.size(ATTACHED)

    def content(self) -> Iterator[bytes]:
        """Read the content piece by piece: nothing for a message."""
        contained = self._own.contained(ATTACHED)
        if contained is None:
            yield from self._own.pieces(ATTACHED)
        elif self._own.integer(METHOD) != EMBEDDED:
            yield from self._node.sub(contained.nid).data.pieces()

    @property
    def message(self) -> "Message | None":
        """The message that is attached, if it is one."""
        contained = self._own.contained(ATTACHED)
        if contained is None or self._own.integer(METHOD) != EMBEDDED:
            return None
        return Message(self._file, self._node.sub(contained.nid))


class Message(_Owned):
    """An item of a folder, or one that is attached."""

    @property
    def message_class(self) -> str:
        """What it is: ``IPM.Note``, ``IPM.Appointment``."""
        return self.text(CLASS)

    @property
    def subject(self) -> str:
        """The subject, without the mark that parts its prefix."""
        subject = self.text(SUBJECT)
        return subject[2:] if subject[:1] == "\x01" else subject

    @property
    def prefix(self) -> str:
        """What the subject begins with and is not sorted by: ``RE: ``; files keep it only as a mark in the subject."""
        subject = self.text(SUBJECT)
        return subject[2 : 1 + ord(subject[1])] if subject[:1] == "\x01" and len(subject) > 1 else ""

    def recipients(self) -> Iterator[Recipient]:
        """Read whom it went to."""
        if RECIPIENTS in self._node.subs:
            for row in Table(self._node.sub(RECIPIENTS)).rows():
                yield Recipient(self._file, row)

    def attachments(self) -> Iterator[Attachment]:
        """Find its attachments, in the order of their table."""
        if ATTACHMENTS in self._node.subs:
            for row in Table(self._node.sub(ATTACHMENTS)).rows():
                yield Attachment(self._file, self._node.sub(row.id))


class Folder(_Owned):
    """A folder; ``path`` are the names from the top, without the top's own."""

    def __init__(self, file: "PstFile", node: Node, path: tuple[str, ...]) -> None:
        super().__init__(file, node)
        self.path = path

    @property
    def name(self) -> str:
        """Its name."""
        return self.text(NAME)

    @property
    def container_class(self) -> str:
        """What it holds: ``IPF.Note``, ``IPF.Appointment``; empty if that is not said."""
        return self.text(_CONTAINER_CLASS)

    def folders(self) -> Iterator["Folder"]:
        """Find the folders in it; folders of searches are left out."""
        for nid in self._listed(Kind.HIERARCHY):
            if kind_of(nid) == Kind.FOLDER and nid != self.nid:
                node = self._file.node(nid)
                yield Folder(self._file, node, (*self.path, Properties(node).text(NAME)))

    def messages(self) -> Iterator[Message]:
        """Find the items in it, in the order of its table."""
        for nid in self._listed(Kind.CONTENTS):
            yield Message(self._file, self._file.node(nid))

    def associated(self) -> Iterator[Message]:
        """Find the hidden items in it: views, settings."""
        for nid in self._listed(Kind.ASSOCIATED_CONTENTS):
            yield Message(self._file, self._file.node(nid))

    def missing(self, there: Container[int]) -> Iterator[tuple[int, str]]:
        """Give the ids of items that its table lists and that are not among these, and their subjects."""
        for row in Table(self._file.node(sibling(self.nid, Kind.CONTENTS))).rows():
            if row.id not in there and row.id not in self._file:
                subject = row.value(SUBJECT)
                yield row.id, subject if isinstance(subject, str) else ""

    def __len__(self) -> int:
        return len(Table(self._file.node(sibling(self.nid, Kind.CONTENTS))))

    def _listed(self, kind: Kind) -> Iterator[int]:
        for row in Table(self._file.node(sibling(self.nid, kind))).rows():
            yield row.id


class PstFile:
    """An open file; raises Unreadable if it is none that can be read, here and wherever it turns out to be damaged.

    ``old``: files are read that are not in Unicode, too.
    """

    def __init__(self, path: Path, *, old: bool = False) -> None:
        self._structure = Structure(path, old=old)

    def close(self) -> None:
        """Let the file go."""
        self._structure.image.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def node(self, nid: int) -> Node:
        """Find a node; raises Unreadable if there is none."""
        return self._structure.nodes.node(nid)

    @property
    def is_unicode(self) -> bool:
        """Whether its texts are in Unicode: all files since 2003."""
        return self._structure.header.form is WIDE

    def __contains__(self, nid: int) -> bool:
        return nid in self._structure.nodes

    def parents(self) -> Iterator[tuple[int, int]]:
        """Give the ids of all nodes, each with that of the folder that it says it is in."""
        return zip(self._structure.nodes.nids, self._structure.nodes.parents, strict=True)

    def entry(self, id_: int) -> bytes:
        """Read what the store says about itself as bytes: which folder is for what."""
        return self._store.data(id_)

    @cached_property
    def _names(self) -> Names | None:
        return Names(self._structure.nodes) if NODE in self._structure.nodes else None

    def id_of(self, number: int) -> Id:
        """Tell the name of a property; its number if it has none."""
        if number < FIRST_NAMED or self._names is None:
            return number
        return self._names.by_id.get(number, number)

    def number_of(self, id_: Id) -> int:
        """Tell the number of a property in this file; zero for a name that the file does not know."""
        if isinstance(id_, int):
            return id_
        return 0 if self._names is None else self._names.by_name.get(id_, 0)

    @cached_property
    def _store(self) -> Properties:
        return Properties(self.node(STORE))

    @property
    def name(self) -> str:
        """What the file calls itself."""
        return self._store.text(NAME)

    @property
    def has_password(self) -> bool:
        """Whether Outlook asks for a password; it protects nothing."""
        return bool(self._store.integer(PASSWORD))

    @property
    def root(self) -> Folder:
        """The folder of everything, also of what is never shown."""
        return Folder(self, self.node(ROOT), ())

    @property
    def top(self) -> Folder:
        """The folder that people see as the file itself; the root if the file names none."""
        nid = int.from_bytes(self._store.data(TOP)[20:24], "little")
        return Folder(self, self.node(nid), ()) if nid in self._structure.nodes else self.root

    def folders(self, below: Folder | None = None) -> Iterator[Folder]:
        """Give the top folder and all folders below it, parents first."""
        seen: set[int] = set()
        waiting = [below or self.top]
        while waiting:
            folder = waiting.pop()
            if folder.nid in seen:
                raise Unreadable("folder-cycle", f"node {folder.nid:#x}")
            seen.add(folder.nid)
            yield folder
            waiting.extend(reversed(list(folder.folders())))
