"""Messages as Graph tells them: what becomes of their properties here."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Item

SIZE: Final = "Integer 0x0E08"
"""PidTagMessageSize: Graph itself does not tell it."""
_CONTENT: Final = (
    "subject",
    "internetMessageId",
    "sentDateTime",
    "receivedDateTime",
    "createdDateTime",
    "hasAttachments",
    "importance",
    "isDraft",
    "isDeliveryReceiptRequested",
    "isReadReceiptRequested",
    "from",
    "sender",
    "toRecipients",
    "ccRecipients",
    "bccRecipients",
    "replyTo",
    "conversationId",
    "conversationIndex",
)
_STATE: Final = (
    "isRead",
    "flag",
    "categories",
    "inferenceClassification",
    "parentFolderId",
    "lastModifiedDateTime",
    "changeKey",
)
SELECT: Final = ",".join((*_CONTENT, *_STATE))
CLASS: Final = "String 0x001A"
"""PidTagMessageClass: what kind of message it is."""
ANSWERED: Final = ("Integer 0x1080", "Integer 0x1081", "SystemTime 0x1082")
"""PidTagIconIndex, PidTagLastVerbExecuted and its time: that a message was answered or forwarded, and when."""
_VERBS: Final[Mapping[str, str]] = {"102": "answered", "103": "answered", "104": "forwarded"}
"""Verbs that Outlook shows (MS-OXOMSG, section 2.2.1.2): reply, reply to all, forward."""
_KEPT: Final = (SIZE, CLASS, *ANSWERED)
_WANTED: Final = " or ".join(f"id eq '{id}'" for id in _KEPT)
EXPAND: Final = f"singleValueExtendedProperties($filter={_WANTED})"
"""What is asked for beside a message's own properties."""
WRITTEN_OUT: Final = f"$select={SELECT}&$expand={quote(EXPAND, safe='()$')}"
"""The query for one message within a batch."""
_BYTES: Final = tuple(
    name for name in _CONTENT if name not in ("conversationId", "conversationIndex", "createdDateTime")
)
"""Properties that the message's bytes hang on."""
_LONGEST: Final = 8 * 1024


def item_of(plain: Mapping[str, Any]) -> Item:
    """A message without its bytes."""
    flags = ["\\Seen"] if plain.get("isRead") else []
    if plain.get("isDraft"):
        flags.append("\\Draft")
    status = (plain.get("flag") or {}).get("flagStatus", "notFlagged")
    if status == "flagged":
        flags.append("\\Flagged")
    facets = {
        "from": _people([plain["from"]] if plain.get("from") else []),
        "to": _people(plain.get("toRecipients") or []),
        "cc": _people(plain.get("ccRecipients") or []),
        "date": str(plain.get("sentDateTime") or ""),
        "message-id": str(plain.get("internetMessageId") or ""),
        "categories": "\n".join(plain.get("categories") or []),
        "importance": "" if plain.get("importance") == "normal" else str(plain.get("importance") or ""),
        "inference": "" if plain.get("inferenceClassification") == "focused" else "other",
        "flag": codec.dumps(plain["flag"]) if status != "notFlagged" else "",
        "conversation": str(plain.get("conversationId") or ""),
        **_answered(plain),
    }
    return Item(
        id=NodeId(plain["id"]),
        parent=NodeId(plain["parentFolderId"]),
        name=str(plain.get("subject") or ""),
        revision=_revision(plain),
        size=_size(plain),
        time=moment(plain.get("receivedDateTime")),
        flags=tuple(sorted(flags)),
        place=str(plain["id"]),
        facets={name: value[:_LONGEST] for name, value in facets.items() if value},
    )


def source_part(plain: Mapping[str, Any]) -> bytes:
    """What Graph says of a message beside its MIME, without what changes while it lies there: JSON."""
    kept = {name: plain[name] for name in _CONTENT if plain.get(name) is not None}
    if kind := properties_of(plain).get(CLASS):
        kept["singleValueExtendedProperties"] = [{"id": CLASS, "value": kind}]
    return codec.dumps(kept).encode("utf-8", "surrogatepass")


def moment(text: str | None) -> int | None:
    """A date and time of Graph's as seconds since 1970 UTC."""
    if not text:
        return None
    try:
        return int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())
    except ValueError:
        return None


def _revision(plain: Mapping[str, Any]) -> str:
    """Changes when the bytes may have changed: not when a message is read, flagged, filed or put into a category.

    A draft is written on without any of these properties changing, so there its time of change counts.
    """
    said = [plain.get(name) for name in _BYTES]
    if plain.get("isDraft"):
        said.append(plain.get("lastModifiedDateTime"))
    return hashlib.blake2b(codec.dumps(said).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def properties_of(plain: Mapping[str, Any]) -> dict[str, str]:
    """Extended properties by id. The service may spell an id in another case than it was asked."""
    spelled = {id.lower(): id for id in _KEPT}
    said = plain.get("singleValueExtendedProperties") or ()
    return {spelled.get(str(one.get("id")).lower(), str(one.get("id"))): str(one.get("value", "")) for one in said}


def _answered(plain: Mapping[str, Any]) -> dict[str, str]:
    """Whether a message was answered or forwarded, as people see it and as it is brought back."""
    said = properties_of(plain)
    verb = _VERBS.get(said.get(ANSWERED[1], ""), "")
    return {"answered": verb, "verb": codec.dumps([said.get(id, "") for id in ANSWERED])} if verb else {}


def _size(plain: Mapping[str, Any]) -> int | None:
    size = properties_of(plain).get(SIZE, "")
    return int(size) if size.isdigit() else None


def _people(recipients: Sequence[Mapping[str, Any]]) -> str:
    said = []
    for one in recipients:
        address = one.get("emailAddress") or {}
        name, mail = str(address.get("name") or ""), str(address.get("address") or "")
        said.append(f"{name} <{mail}>" if name and name != mail else mail)
    return ", ".join(said)
