"""Attachments that a message's MIME does not carry as they are: other items, and links to files elsewhere.

Each is kept as the JSON that Graph gives: of another item, the item is inside; of a link, what Graph tells of it.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import ItemFault, NotFound
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.providers.formats.html_text import html_to_text
from saasbackup_desktop.providers.microsoft import objects
from saasbackup_desktop.providers.microsoft.calls import Call
from saasbackup_desktop.providers.microsoft.graph import Graph

PREFIX: Final = "attachment/"
FLAGS: Final = "Integer 0x0E07"
"""PidTagMessageFlags: 1 read, 8 not sent yet."""
SENT: Final = "SystemTime 0x0039"
RECEIVED: Final = "SystemTime 0x0E06"
MESSAGE: Final = "#microsoft.graph.message"
FILE: Final = "#microsoft.graph.fileAttachment"
ITEM: Final = "#microsoft.graph.itemAttachment"
REFERENCE: Final = "#microsoft.graph.referenceAttachment"
_BRIEF: Final = "id,name,contentType,size,isInline"
INSIDE: Final = "$expand=microsoft.graph.itemattachment/item"
_BLANKS: Final = re.compile(r"\s+")
_READ_ONLY: Final = frozenset(
    {
        "id",
        "createdDateTime",
        "lastModifiedDateTime",
        "receivedDateTime",
        "sentDateTime",
        "changeKey",
        "webLink",
        "hasAttachments",
        "parentFolderId",
        "conversationId",
        "conversationIndex",
        "bodyPreview",
        "isDraft",
        "onlineMeeting",
        "onlineMeetingUrl",
        "iCalUId",
        "uid",
        "type",
        "isOrganizer",
        "isCancelled",
        "responseStatus",
        "occurrenceId",
        "seriesMasterId",
        "attachments",
    }
)
"""What Graph tells of an item and takes from nobody."""


async def read_attachments(
    graph: Graph, user: str, messages: Sequence[NodeId], *, with_files: bool = False
) -> dict[NodeId, dict[str, bytes]]:
    """Read what is attached to messages, by message and by the name of the part that keeps it. Raises Fault.

    ``with_files``: files too, for what has no MIME.
    """
    at = f"/users/{user}/messages"
    wanted: list[tuple[NodeId, str, str]] = []
    calls = [Call("GET", f"{at}/{id}/attachments?$select={_BRIEF}&$top=100") for id in messages]
    for id, answer in zip(messages, await graph.batch(calls, mailbox=user) if calls else (), strict=True):
        if isinstance(answer.fault, NotFound):
            continue
        if answer.fault is not None:
            raise answer.fault
        values = list(answer.body.get("value", ()))
        if link := answer.body.get("@odata.nextLink"):
            values += await graph.all(link, mailbox=user)
        for one in values:
            kind = kind_of(one)
            if kind != FILE or with_files:
                wanted.append((id, str(one["id"]), f"?{INSIDE}" if kind == ITEM else ""))
    parts: dict[NodeId, dict[str, bytes]] = {}
    calls = [Call("GET", f"{at}/{id}/attachments/{one}{query}") for id, one, query in wanted]
    for (id, one, _), answer in zip(wanted, await graph.batch(calls, mailbox=user) if calls else (), strict=True):
        if isinstance(answer.fault, ItemFault):
            continue  # its place in the MIME, or its name, is all there is
        if answer.fault is not None:
            raise answer.fault
        parts.setdefault(id, {})[f"{PREFIX}{one}"] = objects.written(answer.body)
    return parts


def kind_of(attachment: Mapping[str, Any]) -> str:
    """What kind of attachment it is: a file if nothing else is said."""
    return "#" + str(attachment.get("@odata.type") or FILE).lstrip("#")


def read_part(data: bytes) -> dict[str, Any]:
    """An attachment as Graph told it."""
    plain: dict[str, Any] = codec.loads(data)
    return plain


def attached(parts: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """The attachments among an item's parts."""
    return [read_part(data) for name, data in sorted(parts.items()) if name.startswith(PREFIX)]


def posted(plain: Mapping[str, Any]) -> dict[str, Any] | None:
    """What Graph is told to attach the same again; None if it takes no such thing."""
    kind = kind_of(plain)
    named = {name: plain[name] for name in ("name", "contentType", "isInline", "contentId") if name in plain}
    if kind == ITEM and isinstance(plain.get("item"), Mapping):
        named.pop("contentType", None)
        return {"@odata.type": ITEM, **named, "item": inner(plain["item"])}
    if kind == FILE:
        return {"@odata.type": FILE, **named, "contentBytes": plain.get("contentBytes", "")}
    return None


def inner(item: Mapping[str, Any]) -> dict[str, Any]:
    """An attached item without what only the service says of it; a message with its dates, and not as a draft."""
    kept = {name: value for name, value in item.items() if name not in _READ_ONLY}
    if kind_of(item) == MESSAGE:
        dates = ((SENT, item.get("sentDateTime")), (RECEIVED, item.get("receivedDateTime")), (FLAGS, "1"))
        kept["singleValueExtendedProperties"] = [{"id": id, "value": value} for id, value in dates if value]
    return kept


def seen(attachment: Mapping[str, Any]) -> str:
    """What people see of an attached item, in a form that compares."""
    item = attachment.get("item") or {}
    body = item.get("body") or {}
    text = str(body.get("content") or "")
    if str(body.get("contentType")).lower() == "html":
        text = html_to_text(text)
    title = str(item.get("subject") or item.get("displayName") or "")
    return "\n".join((kind_of(item), title.strip(), _BLANKS.sub(" ", text).strip()))
