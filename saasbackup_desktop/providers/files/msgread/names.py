"""Names of properties that have no numbers of their own, in a file of one message ([MS-OXMSG] 2.2.3)."""

import struct
from collections.abc import Iterator
from typing import Final
from uuid import UUID

from saasbackup_desktop.providers.files.msgread.compound import Compound, Storage
from saasbackup_desktop.providers.files.pstcheck import Name

STORAGE: Final = "__NAMEID_VERSION1.0"
FIRST: Final = 0x8000
_SETS, _ENTRIES, _TEXTS = (f"__SUBSTG1.0_{number:04X}0102" for number in (2, 3, 4))
_ENTRY: Final = struct.Struct("<IHH")
_OWN_SETS: Final = (
    UUID(int=0),
    UUID("00020328-0000-0000-c000-000000000046"),
    UUID("00020329-0000-0000-c000-000000000046"),
)


def names_of(file: Compound) -> dict[Name, int]:
    """Read which number each name stands for; names that are damaged are left out. Raises Unreadable."""
    storage = file.root.storages.get(STORAGE, Storage())
    sets, entries, texts = (_read(file, storage, name) for name in (_SETS, _ENTRIES, _TEXTS))
    known = [*_OWN_SETS, *(UUID(bytes_le=sets[at : at + 16]) for at in range(0, len(sets) - 15, 16))]
    found: dict[Name, int] = {}
    for word, set_, order in _ENTRY.iter_unpack(entries[: len(entries) // _ENTRY.size * _ENTRY.size]):
        if set_ >> 1 >= len(known):
            continue
        for id_ in _texts(texts, word) if set_ & 1 else (word,):
            found.setdefault(Name(known[set_ >> 1], id_), FIRST + order)
    return found


def _read(file: Compound, storage: Storage, name: str) -> bytes:
    stream = storage.streams.get(name)
    return b"" if stream is None else file.read(stream)


def _texts(texts: bytes, at: int) -> Iterator[str]:
    """The text that stands at a place, if there is one."""
    if at + 4 <= len(texts):
        (size,) = struct.unpack_from("<I", texts, at)
        if at + 4 + size <= len(texts):
            yield texts[at + 4 : at + 4 + size].decode("utf-16-le", "replace")
