"""Senders and recipients as Outlook keeps them, by addresses that the world knows where there are any."""

import struct
from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote
from uuid import UUID

from saasbackup_desktop.providers.files.pstcheck import Unreadable
from saasbackup_desktop.providers.files.pstread import losses
from saasbackup_desktop.providers.files.pstread.objects import Id, Message, Said, clean

TO, CC, BCC = 1, 2, 3
_TYPE: Final = 0x0C15
_NAME, _ADDRESS_TYPE, _ADDRESS, _SMTP, _ENTRY = 0x3001, 0x3002, 0x3003, 0x39FE, 0x0FFF
_FLAGS: Final = 0x5FFD
_TRACK, _TRACK_TIME = 0x5FFF, 0x5FFB
_ONE_OFF: Final = UUID("a41f2b81-a3be-1910-9d6e-00dd010f5402")
_UNKNOWN: Final = "UNKNOWN"
_NOBODY: Final = "invalid"
"""The domain of addresses that only an organisation's own directory knows (RFC 2606)."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody: a name, an address, or both."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody whom an item went to."""

    person: Person
    kind: int
    """`TO`, `CC` or `BCC`; for a meeting: required, optional or a room."""
    is_organizer: bool = False
    answer: int = 0
    """What became of an invitation (PidTagRecipientTrackStatus)."""
    answered: datetime | None = None


def recipients_of(message: Message, said: Said, kinds: Container[int] = range(16)) -> list[Recipient]:
    """Read whom an item went to, those of some kinds; what is damaged is told."""
    found = []
    try:
        for row in message.recipients():
            cells = Said(row, said.lost, said.page)
            kind, flags = cells.number(_TYPE) or 0, cells.number(_FLAGS) or 0
            if kind & 0xF not in kinds:
                continue
            person = person_of(cells, _NAME, _ADDRESS_TYPE, _ADDRESS, _SMTP, _ENTRY)
            if person is not None:
                answer, when = cells.number(_TRACK) or 0, cells.moment(_TRACK_TIME)
                found.append(Recipient(person, kind & 0xF, bool(flags & 2), answer, when))
    except Unreadable:
        said.lost.append(losses.RECIPIENTS_DAMAGED)
    return found


def person_of(said: Said, name: Id, kind: Id, address: Id, smtp: Id, entry: Id) -> Person | None:
    """Read somebody by the properties that say who; None if they do not."""
    shown, mail = said.text(name).strip(), said.text(smtp).strip()
    if not mail:
        by, where = said.text(kind).strip().upper(), said.text(address).strip()
        if by == where.upper() == _UNKNOWN:  # what Outlook writes for want of anybody
            shown, where = "" if shown.upper() == by else shown, ""
        if by in ("SMTP", "", _UNKNOWN) and "@" in where:
            mail = where
        else:
            one = one_off(said.data(entry)) if said.has(entry) else None
            if one is not None and "@" in one.address:
                shown, mail = shown or one.name, one.address
            elif where:
                mail = encapsulated(by, where)
    if not mail and "@" in shown and " " not in shown:
        mail = shown
    return Person(shown if shown != mail else "", mail) if shown or mail else None


def encapsulated(kind: str, address: str) -> str:
    """Write an address of another world than the internet's ([MS-OXCMAIL] 2.1.3.2.2)."""
    written = quote(address.replace("/", "_"), safe="_.=-").replace("%", "+")
    return f"IMCEA{kind or 'UNKNOWN'}-{written}@{_NOBODY}"


def one_off(entry: bytes) -> Person | None:
    """Read an entry that holds somebody's address itself ([MS-OXCDATA] 2.2.5.1); None if it is none."""
    if len(entry) < 26 or UUID(bytes_le=entry[4:20]) != _ONE_OFF:
        return None
    (flags,) = struct.unpack_from("<H", entry, 22)
    if flags & 0x8000:
        words = entry[24:].decode("utf-16-le", "replace").split("\0")
    else:
        words = entry[24:].decode("cp1252", "replace").split("\0")
    if len(words) < 3:
        return None
    return Person(clean(words[0]), clean(words[2]) if words[1].upper() == "SMTP" else "")


def entries(data: bytes) -> Iterator[bytes]:
    """Part a list of entries ([MS-OXCDATA] 2.3.3)."""
    if len(data) < 8:
        return
    count = struct.unpack_from("<I", data)[0]
    at = 8
    while count and at + 4 <= len(data):
        size = struct.unpack_from("<I", data, at)[0]
        yield data[at + 4 : at + 4 + size]
        at += 4 + size + -size % 4
        count -= 1
