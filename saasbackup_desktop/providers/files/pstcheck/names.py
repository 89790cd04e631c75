"""Names of properties that have no number of their own ([MS-PST] 2.4.7)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from saasbackup_desktop.providers.files.pstcheck.findings import Tell, Unreadable, nobody
from saasbackup_desktop.providers.files.pstcheck.image import checksum
from saasbackup_desktop.providers.files.pstcheck.nodes import Nodes
from saasbackup_desktop.providers.files.pstcheck.properties import Properties
from saasbackup_desktop.providers.files.pstcheck.values import BINARY, text

NODE = 0x61
FIRST_NAMED = 0x8000
_BUCKETS, _SETS, _ENTRIES, _STRINGS, _FIRST_BUCKET = 0x0001, 0x0002, 0x0003, 0x0004, 0x1000
_ENTRY = struct.Struct("<IHH")
_PLAIN = UUID("00020328-0000-0000-c000-000000000046")
_STRINGS_SET = UUID("00020329-0000-0000-c000-000000000046")
_NONE = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a property: a set, and a number or a text in it."""

    set: UUID
    id: int | str


class _Entry(NamedTuple):
    word: int
    set: int
    order: int

    @property
    def is_text(self) -> bool:
        return bool(self.set & 1)


class Names:
    """All names of a file; raises Unreadable if they cannot be read."""

    def __init__(self, nodes: Nodes, tell: Tell = nobody) -> None:
        self._properties = Properties(nodes.node(NODE), tell)
        sets, self._strings = self._properties.data(_SETS), self._properties.data(_STRINGS)
        self._sets = [UUID(bytes_le=sets[at : at + 16]) for at in range(0, len(sets) - 15, 16)]
        entries = self._properties.data(_ENTRIES)
        self._entries = [_Entry(*entry) for entry in _ENTRY.iter_unpack(entries[: len(entries) // 8 * 8])]
        self.by_id: dict[int, Name] = {}
        for entry in self._entries:
            try:
                self.by_id.setdefault(FIRST_NAMED + entry.order, self._name(entry))
            except Unreadable:
                continue
        self.by_name: dict[Name, int] = {name: id_ for id_, name in reversed(self.by_id.items())}

    def _name(self, entry: _Entry) -> Name:
        place = f"name {FIRST_NAMED + entry.order:#06x}"
        number = entry.set >> 1
        if number >= 3 + len(self._sets):
            raise Unreadable("names-set", place, set=number)
        set_ = (_NONE, _PLAIN, _STRINGS_SET)[number] if number < 3 else self._sets[number - 3]
        return Name(set_, text(self._text(entry)) if entry.is_text else entry.word)

    def _text(self, entry: _Entry) -> bytes:
        place = f"name {FIRST_NAMED + entry.order:#06x}"
        if entry.word + 4 > len(self._strings):
            raise Unreadable("names-text", place, at=entry.word)
        (size,) = struct.unpack_from("<I", self._strings, entry.word)
        data = self._strings[entry.word + 4 : entry.word + 4 + size]
        if len(data) < size or size % 2:
            raise Unreadable("names-text", place, at=entry.word, size=size)
        return data

    def check(self, tell: Tell) -> None:
        """Check the lists, and that each name is found by its sum."""
        place = self._properties.node.place
        self._properties.check(tell, set())
        for id_, size in ((_SETS, 16), (_ENTRIES, 8), (_STRINGS, 1)):
            data = self._properties.data(id_)
            if not data or self._properties.type(id_) != BINARY or len(data) % size:
                tell("names-list", self._properties.place(id_), size=len(data))
        if [entry.order for entry in self._entries] != list(range(len(self._entries))):
            tell("names-order", place)
        count = self._properties.integer(_BUCKETS)
        if count <= 0:
            tell("names-list", self._properties.place(_BUCKETS), count=count)
            return
        expected: set[tuple[int, _Entry]] = set()
        known: dict[Name, int] = {}
        for entry in self._entries:
            try:
                name = self._name(entry)
                word = checksum(self._text(entry)) if entry.is_text else entry.word
            except Unreadable as unreadable:
                unreadable.told(tell)
                continue
            expected.add(((word ^ entry.set) % count, _Entry(word, entry.set, entry.order)))
            if entry.set >> 1 and known.setdefault(name, entry.order) != entry.order:
                tell("names-twice", f"name {FIRST_NAMED + entry.order:#06x}", first=FIRST_NAMED + known[name])
        found = set(self._in_buckets(tell))
        for code, odd in (("names-unfound", expected - found), ("names-bucket", found - expected)):
            for bucket, entry in sorted(odd):
                tell(code, f"name {FIRST_NAMED + entry.order:#06x}", bucket=bucket)

    def _in_buckets(self, tell: Tell) -> Iterator[tuple[int, _Entry]]:
        for id_ in self._properties:
            if id_ >= _FIRST_BUCKET:
                data = self._properties.data(id_)
                if len(data) % _ENTRY.size:
                    tell("names-list", self._properties.place(id_), size=len(data))
                    continue
                for entry in _ENTRY.iter_unpack(data):
                    yield id_ - _FIRST_BUCKET, _Entry(*entry)
