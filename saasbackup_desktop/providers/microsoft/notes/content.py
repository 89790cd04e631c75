"""What a note consists of: a message of a class of its own, and what Outlook shows of it beside its text."""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Item
from saasbackup_desktop.providers.formats.html_text import html_to_text
from saasbackup_desktop.providers.microsoft import objects
from saasbackup_desktop.providers.microsoft.mail.attachments import FLAGS, RECEIVED
from saasbackup_desktop.providers.microsoft.mail.composing import MARK, RESTORED, mark_of
from saasbackup_desktop.providers.microsoft.mail.messages import moment

CLASS: Final = "String 0x001A"
"""PidTagMessageClass."""
NOTE: Final = "IPM.StickyNote"
_SET: Final = "{0006200E-0000-0000-C000-000000000046}"
_LOOKS: Final = tuple(f"Integer {_SET} Id 0x{number:04X}" for number in (0x8B00, 0x8B02, 0x8B03, 0x8B04, 0x8B05))
"""Colour, width, height and place of a note (MS-OXONOTE, section 2.2.1)."""
KEPT: Final = (CLASS, *_LOOKS)
_PROPERTIES: Final = "singleValueExtendedProperties"
_CONTENT: Final = (
    "subject",
    "body",
    "categories",
    "importance",
    "hasAttachments",
    "createdDateTime",
    "receivedDateTime",
)
SELECT: Final = ",".join((*_CONTENT, "lastModifiedDateTime", "parentFolderId"))
_BLANKS: Final = re.compile(r"\s+")
_PREVIEW: Final = 255
_LONGEST: Final = 8 * 1024


def expand(*more: str) -> str:
    """What to ask for beside a note's properties."""
    wanted = " or ".join(f"id eq '{id}'" for id in (*KEPT, *more))
    return f"{_PROPERTIES}($filter={wanted})"


def asked(*more: str) -> str:
    """The query for one note within a batch, whose addresses are written out."""
    return f"$select={SELECT}&$expand={quote(expand(), safe='()$')}{''.join(f',{one}' for one in more)}"


def content_of(plain: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a note: its body here."""
    content = {name: plain[name] for name in _CONTENT if plain.get(name) is not None}
    if kept := {id: value for id, value in _properties(plain).items() if id in KEPT}:
        content[_PROPERTIES] = [{"id": id, "value": value} for id, value in sorted(kept.items())]
    return content


def item_of(plain: Mapping[str, Any], folder: NodeId) -> Item:
    """A note without its bytes."""
    content = content_of(plain)
    facets = {
        "updated": str(plain.get("lastModifiedDateTime") or ""),
        "preview": text_of(content)[:_PREVIEW],
        "categories": "\n".join(content.get("categories") or ()),
        "color": _properties(content).get(_LOOKS[0], ""),
    }
    return Item(
        id=NodeId(plain["id"]),
        parent=folder,
        name=str(content.get("subject") or "")[:_LONGEST],
        revision=objects.revision(content),
        time=moment(plain.get("createdDateTime")),
        place=str(plain["id"]),
        facets={name: value[:_LONGEST] for name, value in facets.items() if value},
    )


def written(plain: Mapping[str, Any]) -> bytes:
    """A note's bytes."""
    return objects.written(content_of(plain))


def read(data: bytes) -> dict[str, Any]:
    """The other way round."""
    content: dict[str, Any] = codec.loads(data)
    return content


def message_of(item: Item, content: Mapping[str, Any]) -> dict[str, Any]:
    """What Graph is told to make a note again."""
    properties = {CLASS: NOTE, **_properties(content), FLAGS: "1", MARK: mark_of(item)}
    if received := content.get("receivedDateTime") or content.get("createdDateTime"):
        properties[RECEIVED] = str(received)
    return {**changes_of(content), _PROPERTIES: [{"id": id, "value": value} for id, value in properties.items()]}


def changes_of(content: Mapping[str, Any], *, is_marked: bool = False) -> dict[str, Any]:
    """What Graph is told to give a note its content back. ``is_marked``: with the category that says so."""
    categories = list(content.get("categories") or ())
    return {
        "subject": content.get("subject") or "",
        "body": content.get("body") or {"contentType": "text", "content": ""},
        "categories": [*categories, RESTORED] if is_marked else categories,
        "importance": content.get("importance") or "normal",
        _PROPERTIES: [{"id": id, "value": value} for id, value in _properties(content).items()],
    }


def shown(content: Mapping[str, Any]) -> dict[str, str]:
    """What people see of a note, in a form that compares."""
    properties = _properties(content)
    return {
        "class": properties.get(CLASS, ""),
        "subject": str(content.get("subject") or "").strip(),
        "text": text_of(content),
        "categories": "\n".join(sorted(name for name in content.get("categories") or () if name != RESTORED)),
        "looks": "\n".join(properties.get(id, "") for id in _LOOKS),
    }


def mark_in(plain: Mapping[str, Any]) -> str:
    """Which item a note was restored from; empty if it was not."""
    return _properties(plain).get(MARK, "")


def text_of(content: Mapping[str, Any]) -> str:
    """A note's text on one line."""
    body = content.get("body") or {}
    text = str(body.get("content") or "")
    is_html = str(body.get("contentType") or "").lower() == "html"
    return _BLANKS.sub(" ", html_to_text(text) if is_html else text).strip()


def _properties(plain: Mapping[str, Any]) -> dict[str, str]:
    """Extended properties by id. The service may spell an id in another case than it was asked."""
    spelled = {id.lower(): id for id in (*KEPT, MARK)}
    said = {str(one.get("id")): str(one.get("value")) for one in plain.get(_PROPERTIES) or ()}
    return {spelled.get(id.lower(), id): value for id, value in said.items()}
