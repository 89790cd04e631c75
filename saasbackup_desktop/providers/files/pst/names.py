"""Numbers for properties that have names, and the map that tells them ([MS-PST] 2.4.7)."""

import struct
from uuid import UUID

from saasbackup_desktop.providers.files.pst.contexts import Records
from saasbackup_desktop.providers.files.pst.model import Named, Type
from saasbackup_desktop.providers.files.pst.sums import crc
from saasbackup_desktop.providers.files.pst.values import Unfit, text

MAPI = UUID("00020328-0000-0000-c000-000000000046")
PUBLIC_STRINGS = UUID("00020329-0000-0000-c000-000000000046")
_APPOINTMENT = UUID("00062002-0000-0000-c000-000000000046")
_TASK = UUID("00062003-0000-0000-c000-000000000046")
_ADDRESS = UUID("00062004-0000-0000-c000-000000000046")
_COMMON = UUID("00062008-0000-0000-c000-000000000046")

_FIRST, _MOST = 0x8000, 0x7FFE
_BUCKETS = 251
_OWN_SETS = 3
_STANDARD = (
    Named(PUBLIC_STRINGS, "Keywords"),
    *(Named(_COMMON, number) for number in (0x8501, 0x8502, 0x8503, 0x8506, 0x8510, 0x8516, 0x8517, 0x8560)),
    *(Named(_APPOINTMENT, number) for number in (0x8205, 0x8208, 0x820D, 0x820E, 0x8213, 0x8215, 0x8216, 0x8223)),
    *(Named(_TASK, number) for number in (0x8101, 0x8102, 0x8104, 0x8105, 0x811C)),
    *(Named(_ADDRESS, number) for number in (0x8005, 0x8007, 0x8080, 0x8083)),
)
"""In every file, so that its map is never empty: readers and Outlook's own repair take offence at that."""


class Names:
    """The names that a file knows."""

    def __init__(self) -> None:
        self._numbers: dict[Named, int] = {}
        self._sets: dict[UUID, int] = {MAPI: 1, PUBLIC_STRINGS: 2}
        self._bytes = 0
        for name in _STANDARD:
            self.number(name)

    def number(self, name: Named) -> int:
        """Give the number of the property of this name.

        Raises Unfit.
        """
        known = self._numbers.get(name)
        if known is not None:
            return known
        if len(self._numbers) >= _MOST:
            raise Unfit("too-many-names")
        if isinstance(name.id, str) and not text(name.id):
            raise Unfit("name-empty")
        number = _FIRST + len(self._numbers)
        self._numbers[name] = number
        self._sets.setdefault(name.set, len(self._sets) + 1)
        self._bytes += 64 + (2 * len(name.id) if isinstance(name.id, str) else 0)
        return number

    @property
    def waiting(self) -> int:
        """Bytes of the map, at most."""
        return self._bytes + 16_384

    def records(self) -> Records:
        """Compose the map's properties."""
        entries, strings = bytearray(), bytearray()
        buckets: dict[int, bytearray] = {}
        for index, name in enumerate(self._numbers):
            place = self._sets[name.set] << 1
            if isinstance(name.id, str):
                place |= 1
                shown, key = len(strings), crc(text(name.id))
                encoded = text(name.id)
                strings += struct.pack("<I", len(encoded)) + encoded + bytes(-len(encoded) % 4)
            else:
                shown = key = name.id
            entries += struct.pack("<IHH", shown, place, index)
            buckets.setdefault((key ^ place) % _BUCKETS, bytearray()).extend(struct.pack("<IHH", key, place, index))
        own = sorted((number, guid) for guid, number in self._sets.items() if number >= _OWN_SETS)
        values = {
            0x0002: b"".join(guid.bytes_le for _, guid in own),
            0x0003: bytes(entries),
            0x0004: bytes(strings),
            **{0x1000 + bucket: bytes(value) for bucket, value in buckets.items()},
        }
        records: Records = {number: (Type.BINARY, value) for number, value in values.items()}
        records[0x0001] = (Type.INTEGER32, _BUCKETS)
        return records
