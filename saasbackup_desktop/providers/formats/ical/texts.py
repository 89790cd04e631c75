"""Texts of calendars that are given back as they came."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from saasbackup_desktop.providers.formats import content_lines
from saasbackup_desktop.providers.formats.content_lines import Component
from saasbackup_desktop.providers.formats.ical.twins import Said, names_in

_TIMES: Final = frozenset({"DTSTART", "DTEND", "DUE", "COMPLETED", "RECURRENCE-ID", "EXDATE", "RDATE"})
_FOLD: Final = re.compile(rb"\r?\n[ \t]")
_ZONE: Final = re.compile(
    rb"^(?:DTSTART|DTEND|DUE|RECURRENCE-ID|EXDATE|RDATE)(?:;[^:;\r\n]*)*?;TZID=\"?([^\":;,\r\n]{1,80})\"?[:;]",
    re.I | re.M,
)
_IN_NO_ZONE: Final = re.compile(r"T\d{4,6}\s*(?:[,;/]|$)")


@dataclass(frozen=True, slots=True)
class Text:
    """What of a calendar with one item can stand in another one."""

    items: bytes
    zones: Mapping[str, bytes]
    names: Sequence[Said]


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
    has_own_zone = bool(said.text("X-WR-TIMEZONE"))
    zones, items = {}, []
    for span in found[0].inner:
        if has_own_zone and _floats(content_lines.component(data, span)):
            return None  # its times are in its calendar's zone, and would be in another one's
        text = data[span.start : span.end]
        text = text if text.endswith(b"\n") else text + b"\r\n"
        if span.kind == "VTIMEZONE":
            zones[content_lines.head(data, span).text("TZID")] = text
        else:
            items.append(text)
    whole = b"".join(items)
    return Text(whole, zones, tuple(names_in(whole))) if items else None


def zones_in(items: bytes) -> Iterator[str]:
    """Names of the zones that times of items are in, each as often as it is there."""
    if b"TZID" in items or b"tzid" in items:
        for found in _ZONE.finditer(_FOLD.sub(b"", items)):
            yield found[1].decode()


def _floats(component: Component) -> bool:
    """Whether a time in it is in no zone."""
    return component.kind != "VTIMEZONE" and any(
        line.name in _TIMES and not line.parameter("TZID") and _IN_NO_ZONE.search(line.value.strip())
        for line in component.lines
    )


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in data
