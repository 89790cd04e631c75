"""Files of one message, made for tests."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from saasbackup_desktop.providers.files.msgread.compound import Storage, Stream
from saasbackup_desktop.providers.files.msgread.packing import packed
from saasbackup_desktop.providers.files.pstcheck import Name

INTEGER, BOOLEAN, OBJECT, STRING8, STRING, TIME, BINARY = 3, 0xB, 0xD, 0x1E, 0x1F, 0x40, 0x102
MANY: Final = 0x1000
_HEADS: Final = {"top": 32, "inner": 24, "other": 8}
_EPOCH: Final = datetime(1601, 1, 1, tzinfo=UTC)

Properties = Mapping[tuple[int, int], object]
"""Values by number and type."""


@dataclass
class File:
    """A file in the making."""

    root: Storage = field(default_factory=Storage)
    data: list[bytes] = field(default_factory=list)

    def stream(self, storage: Storage, name: str, data: bytes) -> None:
        storage.streams[name.upper()] = Stream(len(self.data), 0, len(data))
        storage.names[name.upper()] = name
        self.data.append(data)

    def storage(self, above: Storage, name: str) -> Storage:
        above.names[name.upper()] = name
        return above.storages.setdefault(name.upper(), Storage())

    def written(self) -> bytes:
        return packed(self.root, lambda stream: self.data[stream.number])

    def properties(self, storage: Storage, properties: Properties, head: str) -> None:
        records = b""
        for (number, kind), value in properties.items():
            name = f"__substg1.0_{number:04X}{kind:04X}"
            short = b""
            if kind == INTEGER:
                short = struct.pack("<i", value)
            elif kind == BOOLEAN:
                short = struct.pack("<?", value)
            elif kind == TIME:
                assert isinstance(value, datetime)
                short = struct.pack("<Q", int((value - _EPOCH).total_seconds()) * 10_000_000)
            elif kind & MANY:
                assert isinstance(value, list)
                each = [_bytes(one) for one in value]
                self.stream(storage, name, b"".join(struct.pack("<I", len(one)) for one in each))
                for place, one in enumerate(each):
                    self.stream(storage, f"{name}-{place:08X}", one)
            elif kind != OBJECT:
                self.stream(storage, name, _bytes(value))
                short = struct.pack("<I", len(_bytes(value)))
            records += struct.pack("<HHI8s", kind, number, 6, short)
        self.stream(storage, "__properties_version1.0", bytes(_HEADS[head]) + records)

    def message(
        self,
        storage: Storage,
        properties: Properties,
        recipients: Sequence[Properties] = (),
        attachments: Sequence[Properties] = (),
        head: str = "top",
    ) -> None:
        self.properties(storage, properties, head)
        for number, one in enumerate(recipients):
            self.properties(self.storage(storage, f"__recip_version1.0_#{number:08X}"), one, "other")
        for number, one in enumerate(attachments):
            self.properties(self.storage(storage, f"__attach_version1.0_#{number:08X}"), one, "other")

    def names(self, names: Sequence[Name]) -> None:
        """Give names numbers: the first is 0x8000."""
        sets = list(dict.fromkeys(name.set for name in names))
        texts = entries = b""
        for order, name in enumerate(names):
            word, is_text = name.id, isinstance(name.id, str)
            if isinstance(name.id, str):
                word, encoded = len(texts), name.id.encode("utf-16-le")
                texts += struct.pack("<I", len(encoded)) + encoded + bytes(-len(encoded) % 4)
            entries += struct.pack("<IHH", word, (sets.index(name.set) + 3) << 1 | is_text, order)
        storage = self.storage(self.root, "__nameid_version1.0")
        for number, data in ((2, b"".join(one.bytes_le for one in sets)), (3, entries), (4, texts)):
            self.stream(storage, f"__substg1.0_{number:04X}0102", data)


def _bytes(value: object) -> bytes:
    assert isinstance(value, str | bytes)
    return value.encode("utf-16-le") if isinstance(value, str) else value
