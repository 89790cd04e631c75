"""What is sent to Graph to make a message again: its text and people from the MIME, its state from what was kept."""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import getaddresses
from typing import Any, Final

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.model import Item
from saasbackup_desktop.providers.formats.html_text import html_to_text
from saasbackup_desktop.providers.formats.parts import Part, read_message
from saasbackup_desktop.providers.microsoft.mail.attachments import (
    FLAGS,
    ITEM,
    MESSAGE,
    RECEIVED,
    SENT,
    kind_of,
    posted,
)
from saasbackup_desktop.providers.microsoft.mail.messages import ANSWERED

MARK: Final = "String {8f1c2a44-6a0c-4f0e-9d0b-5d2f6c1c7e55} Name BackupItem"
"""A property of ours: which item, in which revision, a message was restored from."""
UNFINISHED: Final = "unfinished "
"""What the mark of a message begins with while it has not got all its attachments."""
RESTORED: Final = "Restored"
"""The category that marks what a replacing restore brought back."""
SMALL: Final = 3 * 1024 * 1024
"""Attachments of this many bytes and more need an upload session (outlook-large-attachments)."""
_KEPT: Final = ("importance", "isDeliveryReceiptRequested", "isReadReceiptRequested")
_CARDS: Final = frozenset({"text/calendar", "text/vcard", "text/x-vcard"})
_BLANKS: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file inside a message."""

    name: str
    kind: str
    data: bytes
    content_id: str
    is_inline: bool

    @property
    def plain(self) -> dict[str, Any]:
        """As it is sent in one request."""
        said = {
            "@odata.type": "#microsoft.graph.fileAttachment",
            "name": self.name,
            "contentType": self.kind,
            "isInline": self.is_inline,
            "contentBytes": base64.b64encode(self.data).decode(),
        }
        return said | ({"contentId": self.content_id} if self.content_id else {})

    @property
    def announced(self) -> dict[str, Any]:
        """As it is announced to an upload session."""
        said = {"attachmentType": "file", "name": self.name, "size": len(self.data), "contentType": self.kind}
        said["isInline"] = self.is_inline
        return said | ({"contentId": self.content_id} if self.content_id else {})


@dataclass(frozen=True, slots=True)
class Composed:
    """A message to be made: the object to post, and the files that follow."""

    message: dict[str, Any]
    enclosures: Sequence[Enclosure]
    items: Sequence[dict[str, Any]] = ()
    """Attached items: messages, events, contacts."""
    omitted: Sequence[str] = ()
    """Names of attachments that Graph takes from nobody: links to files elsewhere."""


def compose(item: Item, data: bytes, kept: bytes | None, attached: Sequence[Mapping[str, Any]] = ()) -> Composed:
    """Turn a saved message into what Graph is told.

    ``kept``: the item's part ``graph``, if there is one; ``attached``: attachments that are kept beside the MIME.
    """
    said: Mapping[str, Any] = codec.loads(kept) if kept else {}
    mime = read_message(data)
    body = _body(mime)
    content = body.text() if body is not None else ""
    is_html = body is not None and body.media_type == "text/html"
    message: dict[str, Any] = {
        "subject": said.get("subject", mime.said("subject")),
        "body": {"contentType": "html" if is_html else "text", "content": content},
        "toRecipients": said.get("toRecipients") or _people(mime, "to"),
        "ccRecipients": said.get("ccRecipients") or _people(mime, "cc"),
        "bccRecipients": said.get("bccRecipients") or _people(mime, "bcc"),
        "replyTo": said.get("replyTo") or _people(mime, "reply-to"),
        **{name: said[name] for name in _KEPT if name in said},
        **state_of(item),
    }
    for name, field in (("from", "from"), ("sender", "sender")):
        people = [said[name]] if said.get(name) else _people(mime, field)
        if people:
            message[name] = people[0]
    if identity := said.get("internetMessageId") or item.facets.get("message-id"):
        message["internetMessageId"] = identity
    message["singleValueExtendedProperties"] = [
        {"id": FLAGS, "value": str(_flags(item))},
        {"id": MARK, "value": mark_of(item)},
        *_times(item, said),
        *_verb(item),
    ]
    files = _files(mime, body)
    items: list[dict[str, Any]] = []
    omitted: list[str] = []
    for one in attached:
        again = posted(one)
        part = next((part for part in files if _is_shown_as(part, one)), None)
        if again is None or again["@odata.type"] != ITEM:
            if part is None:
                omitted.append(str(one.get("name") or ""))
            continue
        if part is not None and kind_of(again["item"]) == MESSAGE:
            again["item"]["attachments"] = [enclosure.plain for enclosure in _inside(part)]
        if part is not None and len(codec.dumps(again)) >= SMALL:
            continue  # too large for one request: it stays a file, as the MIME has it
        if part is not None:
            files.remove(part)
        items.append(again)
    return Composed(message, [_enclosure(part, number) for number, part in enumerate(files)], items, omitted)


def state_of(item: Item) -> dict[str, Any]:
    """What may change while a message lies in its folder."""
    flag = item.facets.get("flag")
    flagged = {"flagStatus": "flagged" if "\\Flagged" in item.flags else "notFlagged"}
    return {
        "isRead": "\\Seen" in item.flags,
        "flag": codec.loads(flag) if flag else flagged,
        "categories": categories_of(item),
        "inferenceClassification": "other" if item.facets.get("inference") else "focused",
    }


def categories_of(item: Item) -> list[str]:
    """The names of its categories."""
    return [name for name in item.facets.get("categories", "").split("\n") if name]


def begun(message: dict[str, Any]) -> dict[str, Any]:
    """The message with a mark that says that its attachments are still to come: half of it must not pass for all."""
    properties = [
        {**one, "value": UNFINISHED + one["value"]} if one["id"] == MARK else one
        for one in message["singleValueExtendedProperties"]
    ]
    return {**message, "singleValueExtendedProperties": properties}


def mark_of(item: Item) -> str:
    """Names the item and its revision, so that a second run finds what the first one wrote."""
    return f"{item.id}/{item.revision}"


def expected(composed: Composed) -> dict[str, str]:
    """What a message that was made of this must show, by property, as text that compares."""
    files = [(enclosure.name, enclosure.data) for enclosure in composed.enclosures]
    return {
        **shown(composed.message),
        "attachments": _listed([*files, *((one["name"], ITEM) for one in composed.items)]),
    }


def found(message: Mapping[str, Any], attachments: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The same of a message as Graph shows it."""
    files = [(str(one.get("name")), _bytes(one)) for one in attachments]
    return {**shown(message), "attachments": _listed(files)}


def _bytes(attachment: Mapping[str, Any]) -> bytes | str:
    if kind_of(attachment) == ITEM:
        return ITEM
    return base64.b64decode(attachment.get("contentBytes") or "")


def shown(message: Mapping[str, Any]) -> dict[str, str]:
    """Subject, people, text and state, in a form that compares; a service may write them in another way."""
    body = message.get("body") or {}
    content = str(body.get("content") or "")
    text = html_to_text(content) if str(body.get("contentType")).lower() == "html" else content
    people = {name: _addresses(message.get(name)) for name in ("toRecipients", "ccRecipients", "bccRecipients")}
    return {
        "subject": str(message.get("subject") or "").strip(),
        "text": _BLANKS.sub(" ", text).strip(),
        **people,
        "isRead": str(bool(message.get("isRead"))),
        "flag": str((message.get("flag") or {}).get("flagStatus", "notFlagged")),
        "categories": "\n".join(sorted(name for name in message.get("categories") or () if name != RESTORED)),
        "importance": str(message.get("importance") or "normal"),
    }


def _listed(files: Sequence[tuple[str, bytes | str]]) -> str:
    """Names and contents in a form that compares; of an attached item, its kind."""
    said = [(name, data if isinstance(data, str) else hashlib.sha256(data).hexdigest()) for name, data in files]
    return "\n".join(sorted(f"{name} {content}" for name, content in said))


def _addresses(recipients: Any) -> str:
    return ", ".join(sorted(str(one["emailAddress"].get("address", "")).casefold() for one in recipients or ()))


def _flags(item: Item) -> int:
    return (1 if "\\Seen" in item.flags else 0) | (8 if "\\Draft" in item.flags else 0)


def _times(item: Item, said: Mapping[str, Any]) -> list[dict[str, str]]:
    received = said.get("receivedDateTime") or _written(item.time)
    sent = said.get("sentDateTime") or received
    return [{"id": id, "value": value} for id, value in ((SENT, sent), (RECEIVED, received)) if value]


def _verb(item: Item) -> list[dict[str, str]]:
    """That a message was answered or forwarded, and when."""
    values = codec.loads(item.facets.get("verb") or "[]")
    return [{"id": id, "value": value} for id, value in zip(ANSWERED, values, strict=False) if value]


def _written(seconds: int | None) -> str:
    return "" if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _people(mime: Part, field: str) -> list[dict[str, Any]]:
    pairs = getaddresses([mime.said(field)])
    return [{"emailAddress": {"name": name or address, "address": address}} for name, address in pairs if address]


def _body(mime: Part) -> Part | None:
    texts = [part for part in mime.leaves() if part.is_text]
    html = [part for part in texts if part.media_type == "text/html"]
    return html[0] if html else texts[0] if texts else None


def _files(mime: Part, body: Part | None) -> list[Part]:
    """All parts that are not the text shown, nor another form of it."""
    return [part for part in mime.leaves() if part is not body and not (part.is_text and not part.name)]


def _is_shown_as(part: Part, attachment: Mapping[str, Any]) -> bool:
    """Whether a part of the MIME is what Graph calls an attached item: a message within the message, or a card."""
    names = {str(attachment.get("name") or ""), str((attachment.get("item") or {}).get("subject") or "")} - {""}
    if part.media_type == "message/rfc822":
        return read_message(part.content()).said("subject").strip() in {name.strip() for name in names}
    return part.media_type in _CARDS and part.name.rpartition(".")[0] in names


def _inside(part: Part) -> list[Enclosure]:
    """The files in a message within the message."""
    mime = read_message(part.content())
    return [_enclosure(one, number) for number, one in enumerate(_files(mime, _body(mime)))]


def _enclosure(part: Part, number: int) -> Enclosure:
    name = part.name or ("message.eml" if part.media_type == "message/rfc822" else f"attachment-{number + 1}")
    is_inline = part.disposition == "inline" or (bool(part.content_id) and part.disposition != "attachment")
    return Enclosure(name, part.media_type, part.content(), part.content_id, is_inline)
