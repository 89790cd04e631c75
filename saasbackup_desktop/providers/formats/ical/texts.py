"""Texts of calendars that are given back as they came."""

from collections.abc import Mapping
from dataclasses import dataclass

from saasbackup_desktop.providers.formats import content_lines


@dataclass(frozen=True, slots=True)
class Text:
    """What of a calendar with one item can stand in another one."""

    items: bytes
    zones: Mapping[str, bytes]


def taken_apart(data: bytes) -> Text | None:
    """Find an item and its zones in its own calendar; None if it would not be understood among others."""
    found = content_lines.spans(data)
    if len(found) != 1 or found[0].kind != "VCALENDAR" or not _is_text(data):
        return None
    said = content_lines.head(data, found[0])
    if said.text("VERSION") not in ("2.0", ""):
        return None
    if said.text("CALSCALE").upper() not in ("GREGORIAN", "") or not all(one.is_whole for one in found[0].inner):
        return None
    zones, items = {}, []
    for span in found[0].inner:
        text = data[span.start : span.end]
        text = text if text.endswith(b"\n") else text + b"\r\n"
        if span.kind == "VTIMEZONE":
            zones[content_lines.head(data, span).text("TZID")] = text
        else:
            items.append(text)
    return Text(b"".join(items), zones) if items else None


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in data
