"""Sticky notes as Outlook keeps them ([MS-OXONOTE]), from what Graph tells of them."""

import hashlib
from collections.abc import Mapping
from typing import Final

from saasbackup_desktop.providers.files.mapi import tags
from saasbackup_desktop.providers.files.mapi.enclosures import Item, Parts, enclosed, wrapped
from saasbackup_desktop.providers.files.mapi.plain_bodies import one_line, plain_body, subject_of
from saasbackup_desktop.providers.files.mapi.plain_times import moment
from saasbackup_desktop.providers.files.mapi.weights import weight
from saasbackup_desktop.providers.files.pst.model import Message, Tag, Value
from saasbackup_desktop.providers.formats.graph.plain import Plain, line, lines, objects, text

_READ: Final = 0x01
_ICON: Final = 0x300
_YELLOW: Final = 3
_SIDE_EFFECTS: Final = 0x110
_SET: Final = "{0006200e-0000-0000-c000-000000000046} id 0x"
_LOOKS: Final[Mapping[str, tuple[Tag, int]]] = {
    "8b00": (tags.NOTE_COLOUR, _YELLOW),
    "8b02": (tags.NOTE_WIDTH, 200),
    "8b03": (tags.NOTE_HEIGHT, 166),
    "8b04": (tags.NOTE_LEFT, 80),
    "8b05": (tags.NOTE_TOP, 80),
}
"""Colour, size and place, and what they are where nobody said."""
_MOST: Final = 1 << 31


def note(plain: Plain, parts: Parts, item: Item) -> Message:
    """Turn a note into an item; what of it cannot be kept is listed in its losses, each once."""
    lost: list[str] = []
    body = plain_body(plain.get("body"))
    body.pop(tags.HTML, None)
    if tags.BODY in body:
        body[tags.NATIVE_BODY] = 1
    title = one_line(plain.get("subject")) or next(iter(str(body.get(tags.BODY, "")).split("\r\n")), "")
    subject = subject_of(title, lost)
    properties: dict[Tag, Value] = {
        tags.MESSAGE_CLASS: "IPM.StickyNote",
        tags.MESSAGE_FLAGS: _READ,
        **dict.fromkeys((tags.SUBJECT, tags.NORMALIZED_SUBJECT, tags.CONVERSATION_TOPIC), subject),
        tags.SIDE_EFFECTS: _SIDE_EFFECTS,
        tags.SEARCH_KEY: hashlib.md5(line(plain.get("id")).encode(), usedforsecurity=False).digest(),
        **weight(plain),
        **body,
        **_looks(plain),
    }
    colour = properties[tags.NOTE_COLOUR]
    properties[tags.ICON] = _ICON + (colour if isinstance(colour, int) and 0 <= colour <= 4 else _YELLOW)
    if categories := lines(plain.get("categories")):
        properties[tags.KEYWORDS] = categories
    created = moment(plain.get("createdDateTime")) or moment(plain.get("receivedDateTime"))
    changed = moment(plain.get("lastModifiedDateTime")) or created
    for tag, when in ((tags.CREATED, created), (tags.MODIFIED, changed)):
        if when is not None:
            properties[tag] = when
    named = any(True for _ in objects(plain, "attachments"))
    attachments = enclosed(plain, parts, item, lost) if named else wrapped(parts, item, lost)
    return Message(properties=properties, attachments=attachments, losses=tuple(dict.fromkeys(lost)))


def _looks(plain: Plain) -> dict[Tag, Value]:
    said = {
        line(one.get("id")).lower().removeprefix("integer "): text(one.get("value"))
        for one in objects(plain, "singleValueExtendedProperties")
    }
    return {tag: _number(said.get(f"{_SET}{number}", ""), usual) for number, (tag, usual) in _LOOKS.items()}


def _number(said: str, usual: int) -> int:
    try:
        found = int(said)
    except ValueError:
        return usual
    return found if -_MOST <= found < _MOST else usual
