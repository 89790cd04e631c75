"""Messages, recipients and attachments in a compound file ([MS-OXMSG] 2.1, 2.2)."""

import re
import struct
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import IO, Final

from saasbackup_desktop.providers.files.msgread.compound import Compound, Storage, Stream
from saasbackup_desktop.providers.files.msgread.names import names_of
from saasbackup_desktop.providers.files.msgread.packing import packed
from saasbackup_desktop.providers.files.pstcheck import Name, Unreadable
from saasbackup_desktop.providers.files.pstcheck.values import (
    BINARY,
    ERROR,
    GUID,
    MANY,
    OBJECT,
    STRING,
    STRING8,
    WIDTHS,
    Value,
    decode,
)

Id = int | Name
PROPERTIES: Final = "__PROPERTIES_VERSION1.0"
_VALUE: Final = "__SUBSTG1.0_"
_STREAM: Final = re.compile(r"__SUBSTG1\.0_([0-9A-F]{4})([0-9A-F]{4})\Z")
_RECIPIENT, _ATTACHMENT = "__RECIP_VERSION1.0_#", "__ATTACH_VERSION1.0_#"
_OF_MESSAGES: Final = ("__NAMEID_", "__RECIP_", "__ATTACH_", "__SUBSTG1.0_", "__PROPERTIES_")
_RECORD: Final = struct.Struct("<HHI8s")
_OF_TOP, _OF_INNER, _OF_OTHERS = 32, 24, 8
"""Bytes before the records of a message, of one within, and of recipients and attachments."""
_NO_VALUE: Final = frozenset({0, 1, ERROR})
_CONTENT: Final = 0x3701
_METHOD: Final = 0x3705
_EMBEDDED: Final = 5
_VARIABLE: Final = frozenset({STRING8, STRING, BINARY})
_LONGEST_EMPTY: Final = 2
"""A text without letters is that long where its end counts."""


class Owned:
    """What has properties: records of all of them, and streams of those that are longer than eight bytes."""

    def __init__(self, file: "MsgFile", storage: Storage, head: int) -> None:
        self._file = file
        self._storage = storage
        self._head = head

    @cached_property
    def _records(self) -> Mapping[int, tuple[int, bytes]]:
        """Types of properties and their eight bytes; of what is not listed, what streams say."""
        found: dict[int, tuple[int, bytes]] = {}
        data = self._list
        for type_, id_, _, value in _RECORD.iter_unpack(data[: len(data) // _RECORD.size * _RECORD.size]):
            found.setdefault(id_, (type_, value))
        for name in (*self._storage.streams, *self._storage.storages):
            there = _STREAM.match(name)
            if there is None:
                continue
            id_, type_ = int(there[1], 16), int(there[2], 16)
            said = found.get(id_, (0, b""))[0]
            if said != type_ and not self._is_there(id_, said):
                found[id_] = (type_, b"")
        return {id_: one for id_, one in found.items() if one[0] not in _NO_VALUE}

    @cached_property
    def _list(self) -> bytes:
        try:
            return self._file.compound.read(self._stream(PROPERTIES))[self._head :]
        except Unreadable:
            self._file.is_whole = False
            return b""

    def _is_there(self, id_: int, type_: int) -> bool:
        """Whether a value stands in its record, or where its type says."""
        name = _name(id_, type_)
        return _is_short(type_) or name in self._storage.streams or name in self._storage.storages

    def _record(self, id_: Id) -> tuple[int, int, bytes]:
        number = self._file.number_of(id_)
        return number, *self._records.get(number, (0, b""))

    def type(self, id_: Id) -> int:
        """Tell the type of a property ([MS-OXCDATA] 2.11.1); zero if there is none."""
        return self._record(id_)[1]

    def value(self, id_: Id) -> Value:
        """Read one property; None if there is none. Raises Unreadable."""
        number, type_, data = self._record(id_)
        if not type_ or type_ == OBJECT:
            return None
        if _is_short(type_):
            return decode(type_, data, f"property {number:#06x}")
        if type_ & MANY and not WIDTHS.get(type_ & ~MANY):
            found = list(self._many(number, type_))
            return [one.decode("utf-16-le", "replace") for one in found] if type_ & ~MANY == STRING else found
        return decode(type_, b"".join(self.pieces(id_)), f"property {number:#06x}")

    def pieces(self, id_: Id) -> Iterator[bytes]:
        """Read the bytes of a value piece by piece. Raises Unreadable."""
        number, type_, data = self._record(id_)
        if not type_:
            return
        if _is_short(type_):
            yield data[: WIDTHS[type_]]
            return
        stream = self._storage.streams.get(_name(number, type_))
        if stream is not None:
            yield from self._file.compound.pieces(stream)
        elif type_ not in _VARIABLE or int.from_bytes(data[:4], "little") > _LONGEST_EMPTY:
            raise Unreadable("stream-missing", f"property {number:#06x}", type=type_)

    def _many(self, number: int, type_: int) -> Iterator[bytes]:
        """Read values that each have a stream of their own; the list of their lengths says how many there are."""
        name = _name(number, type_)
        lengths = self._stream(name)
        each = 8 if type_ & ~MANY == BINARY else 4
        for place in range(lengths.size // each):
            yield self._file.compound.read(self._stream(f"{name}-{place:08X}"))

    def _stream(self, name: str) -> Stream:
        stream = self._storage.streams.get(name)
        if stream is None:
            raise Unreadable("stream-missing", name.lower())
        return stream


class Attachment(Owned):
    """A file in a message, or a message in it."""

    @property
    def message(self) -> "Message | None":
        """The message that is attached, if it is one."""
        inner = self._inner
        if inner is None or not (PROPERTIES in inner.streams or self.value(_METHOD) == _EMBEDDED):
            return None
        return Message(self._file, inner, _OF_INNER)

    @property
    def _inner(self) -> Storage | None:
        return self._storage.storages.get(_name(_CONTENT, OBJECT))

    def content(self) -> Iterator[bytes]:
        """Read the content; an object of another program is a compound file of its own. Raises Unreadable."""
        inner = self._inner
        if inner is not None and _name(_CONTENT, BINARY) not in self._storage.streams:
            yield packed(inner, self._file.compound.read)
        else:
            yield from self.pieces(_CONTENT)


class Message(Owned):
    """A message: the one that the file is, or one within."""

    def recipients(self) -> Iterator[Owned]:
        """Find whom it went to."""
        for storage in self._numbered(_RECIPIENT):
            yield Owned(self._file, storage, _OF_OTHERS)

    def attachments(self) -> Iterator[Attachment]:
        """Find its attachments."""
        for storage in self._numbered(_ATTACHMENT):
            yield Attachment(self._file, storage, _OF_OTHERS)

    def _numbered(self, beginning: str) -> Iterator[Storage]:
        return (inner for name, inner in self._storage.storages.items() if name.startswith(beginning))

    @property
    def is_bare(self) -> bool:
        """Whether there is not one property in it."""
        return not self._records


class MsgFile:
    """A file of one message. Raises Unreadable if it is none, OSError.

    ``is_whole``: nothing was missing so far of what says which properties there are.
    """

    def __init__(self, file: IO[bytes], size: int) -> None:
        self.compound = Compound(file, size)
        self.is_whole = self.compound.is_whole
        self.message = Message(self, self.compound.root, _OF_TOP)
        if self.message.is_bare:
            names = (*self.compound.root.streams, *self.compound.root.storages)
            is_other = names and not any(name.startswith(_OF_MESSAGES) for name in names)
            raise Unreadable("not-message" if is_other else "message-bare", "root")
        try:
            self._names = names_of(self.compound)
        except Unreadable:
            self._names = {}
            self.is_whole = False

    def number_of(self, id_: Id) -> int:
        """Tell the number of a property in this file; zero for a name that the file does not know."""
        return id_ if isinstance(id_, int) else self._names.get(id_, 0)


def _name(id_: int, type_: int) -> str:
    return f"{_VALUE}{id_:04X}{type_:04X}"


def _is_short(type_: int) -> bool:
    """Whether a value stands in its record."""
    return type_ in WIDTHS and type_ != GUID
