"""What calendars call an event ([MS-OXOCAL] 2.2.1.27): one id for all who were invited."""

import re
from datetime import date
from typing import Final

from saasbackup_desktop.providers.formats.graph.plain import Plain, line

_HEAD: Final = bytes.fromhex("040000008200e00074c5b7101a82e008")
_FOREIGN: Final = b"vCal-Uid\x01\x00\x00\x00"
_DATE: Final = slice(16, 20)
_OWN: Final = re.compile(r"040000008200e00074c5b7101a82e008[0-9a-f]{48,}", re.I)
_LONGEST: Final = 4096


def global_id(plain: Plain) -> tuple[bytes, bytes]:
    """Write an event's id, and the same without the day of a single occurrence."""
    said = line(plain.get("iCalUId")) or line(plain.get("uid")) or line(plain.get("id"))
    if _OWN.fullmatch(said) and len(said) % 2 == 0:
        whole = bytes.fromhex(said)
        return whole, dated(whole, None)
    inside = _FOREIGN + said.encode("utf-8", "replace")[:_LONGEST] + b"\0"
    whole = _HEAD + bytes(20) + len(inside).to_bytes(4, "little") + inside
    return whole, whole


def dated(whole: bytes, day: date | None) -> bytes:
    """Say which occurrence of a series is meant."""
    said = bytes(4) if day is None else day.year.to_bytes(2, "big") + bytes((day.month, day.day))
    return whole[: _DATE.start] + said + whole[_DATE.stop :]
