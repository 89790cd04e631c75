"""Sticky notes, as Graph tells of them: messages of a class of their own ([MS-OXONOTE])."""

from typing import Final

from saasbackup_desktop.providers.files.pstread.attachments import attached_of
from saasbackup_desktop.providers.files.pstread.mail import MODIFIED, moment_of, subject_of
from saasbackup_desktop.providers.files.pstread.named import note
from saasbackup_desktop.providers.files.pstread.objects import Message, Said
from saasbackup_desktop.providers.files.pstread.plain import (
    Kept,
    Plain,
    body_of,
    common_of,
    files_of,
    id_of,
    identity_of,
    iso,
)

_SET: Final = "{0006200E-0000-0000-C000-000000000046}"
_LOOKS: Final = (0x8B00, 0x8B02, 0x8B03, 0x8B04, 0x8B05)
"""Colour, width, height and place."""


def note_of(message: Message, said: Said) -> Kept:
    """Turn a note into Graph's form."""
    subject = subject_of(said).strip()
    properties = [{"id": "String 0x001A", "value": "IPM.StickyNote"}]
    for number in _LOOKS:
        if (value := said.number(note(number))) is not None:
            properties.append({"id": f"Integer {_SET} Id 0x{number:04X}", "value": str(value)})
    plain: Plain = {
        "subject": subject,
        "body": body_of(said),
        **common_of(said),
        "singleValueExtendedProperties": sorted(properties, key=lambda one: one["id"]),
    }
    identity = identity_of(said, plain)
    id = id_of("note", identity)
    kept = Kept(plain, subject, identity)
    files = files_of(list(attached_of(message, said)), f"{id}-", kept.parts, said.lost)
    plain["hasAttachments"] = bool(files)
    if files:
        plain["attachments"] = files
    return kept


def updated(said: Said) -> str:
    """When a note was changed last, as lists show it."""
    moment = moment_of(said, MODIFIED)
    return iso(moment) if moment else ""
