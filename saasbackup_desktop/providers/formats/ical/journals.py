"""VJOURNAL as a note of Outlook's."""

from typing import Any, Final

from saasbackup_desktop.providers.formats.aside import put_back
from saasbackup_desktop.providers.formats.content_lines import Component
from saasbackup_desktop.providers.formats.ical import bodies, enclosed
from saasbackup_desktop.providers.formats.ical.common import HANDLED, common, leftover
from saasbackup_desktop.providers.formats.ical.moments import Zones

_HANDLED: Final = HANDLED | bodies.HANDLED | enclosed.HANDLED | {"DTSTART"}
_CLASS: Final = {"id": "String 0x001A", "value": "IPM.StickyNote"}


def note(id: str, component: Component, zones: Zones, parts: dict[str, bytes], lost: list[str]) -> dict[str, Any]:
    """Read a note; its day is when it was made."""
    line = component.first("DTSTART")
    when = zones.read(line, lost) if line is not None else None
    plain: dict[str, Any] = {
        "id": id,
        "subject": component.text("SUMMARY"),
        "body": bodies.body(component),
        **common(component, zones),
        "singleValueExtendedProperties": [_CLASS],
    }
    if when is not None:
        plain["createdDateTime"] = when.iso()
    files = enclosed.attachments(component, f"{id}-", parts, lost)
    plain["hasAttachments"] = bool(files)
    if files:
        plain["attachments"] = files
    put_back(component, plain)
    leftover(component, _HANDLED, lost)
    return plain
