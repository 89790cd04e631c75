"""What is attached to an item of Graph's: files, items in items, and links."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from saasbackup_desktop.providers.files.mapi import losses, tags
from saasbackup_desktop.providers.files.mapi.attachments import (
    BY_VALUE,
    IN_HTML,
    NOWHERE,
    attached_message,
    fit_name,
    named,
)
from saasbackup_desktop.providers.files.pst.model import Attachment, Message, Tag, Value
from saasbackup_desktop.providers.files.pst.values import Unfit
from saasbackup_desktop.providers.formats.graph.attached import unwrapped
from saasbackup_desktop.providers.formats.graph.plain import Plain, inner, line, load, mapping, objects, text
from saasbackup_desktop.providers.formats.graph.values import ATTACHMENT

BY_LINK: Final = 7
_MOST_ITEM: Final = 64 << 20
"""Bytes of an item that is attached."""


@dataclass(frozen=True, slots=True)
class Part:
    """More bytes that belong to an item, and how many, if that is known."""

    read: Callable[[], Iterator[bytes]]
    size: int | None = None


Parts = Mapping[str, Part]
Item = Callable[[Plain], Message]
"""Turns an item that is attached into a message. Raises Unfit."""


def enclosed(plain: Plain, parts: Parts, item: Item, lost: list[str]) -> list[Attachment]:
    """Write all that an item says is attached to it, as far as its bytes are there."""
    found = (_enclosed(one, parts, item, lost) for one in objects(plain, "attachments"))
    return [one for one in found if one is not None]


def wrapped(parts: Parts, item: Item, lost: list[str]) -> list[Attachment]:
    """Write what lies beside an item, wrapped up in Graph's description of it."""
    found = []
    for name, part in sorted(parts.items()):
        if name.startswith(ATTACHMENT):
            data = b"".join(part.read())
            said = mapping(load(data))
            if inner(said, "item"):
                found.append(_message(said, data, item, lost))
            else:
                file = unwrapped(data)
                found.append(Attachment(properties=_named({**said, "name": file.name}, lost), content=file.data))
    return found


def _enclosed(said: Plain, parts: Parts, item: Item, lost: list[str]) -> Attachment | None:
    part = parts.get(ATTACHMENT + line(said.get("id")))
    kind = line(said.get("@odata.type"))
    if kind.endswith("referenceAttachment") or part is None:
        lost.append(losses.LINK_ONLY)
        if not (place := line(said.get("sourceUrl"))):
            return None
        properties = {**_named(said, lost), tags.ATTACH_METHOD: BY_LINK, tags.ATTACH_PATH: place}
        return Attachment(properties=properties)
    if kind.endswith("itemAttachment") and (part.size or 0) <= _MOST_ITEM:
        data = b"".join(part.read())
        return _message({**said, **mapping(load(data))}, data, item, lost)
    return Attachment(properties=_named(said, lost), content=part.read, size=part.size)


def _message(said: Plain, data: bytes, item: Item, lost: list[str]) -> Attachment:
    plain = inner(said, "item")
    try:
        found = item(plain) if plain else None
    except Unfit:
        found = None
    if found is None:
        properties = _named({"name": f"{line(said.get('name')) or 'item'}.json"}, lost)
        return Attachment(properties=properties, content=data)
    lost += found.losses
    subject = str(found.properties.get(tags.SUBJECT) or "")
    return attached_message(found, fit_name(line(said.get("name")) or subject or "item", lost))


def _named(said: Plain, lost: list[str]) -> dict[Tag, Value]:
    name = text(said.get("name")).strip() or "file"
    properties: dict[Tag, Value] = {
        tags.ATTACH_METHOD: BY_VALUE,
        **named(fit_name(name, lost)),
        tags.ATTACH_POSITION: NOWHERE,
    }
    if kind := line(said.get("contentType")).lower():
        properties[tags.ATTACH_MEDIA_TYPE] = kind
    if cid := _cid(said.get("contentId")):
        properties[tags.ATTACH_CONTENT_ID] = cid
    if said.get("isInline") is True and cid:
        properties |= {tags.ATTACH_FLAGS: IN_HTML, tags.ATTACH_HIDDEN: True}
    return properties


def _cid(value: Any) -> str:
    return text(value).replace("\0", "").strip().strip("<>")
