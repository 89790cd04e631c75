"""Messages, events and contacts that are attached to an event: what is sent of them, and what must be the same."""

from collections.abc import Mapping
from typing import Any, Final

from saasbackup_desktop.core import codec
from saasbackup_desktop.providers.microsoft.calendar import composing
from saasbackup_desktop.providers.microsoft.contacts import composing as contact_composing

_OF_MESSAGES: Final = (
    "subject",
    "body",
    "from",
    "sender",
    "toRecipients",
    "ccRecipients",
    "bccRecipients",
    "replyTo",
    "importance",
    "isRead",
    "categories",
)


def compose(item: Mapping[str, Any]) -> dict[str, Any]:
    """An attached item as it is sent: what can be written of its kind."""
    kind = str(item.get("@odata.type", "")).rpartition(".")[2]
    if kind == "event":
        return {"@odata.type": "#microsoft.graph.event", **composing.compose(item)}
    if kind == "contact":
        contact = contact_composing.filled(contact_composing.compose(item))
        return {"@odata.type": "#microsoft.graph.contact", **contact}
    message = {name: item[name] for name in _OF_MESSAGES if item.get(name) not in (None, [], "")}
    return {"@odata.type": "#microsoft.graph.message", **message}


def enclose(attachment: Mapping[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
    """An attached item with its attachment, as they are sent."""
    name = str(attachment.get("name") or "item")
    return {"@odata.type": "#microsoft.graph.itemAttachment", "name": name, "item": compose(item)}


def gist(item: Mapping[str, Any]) -> str:
    """An attached item as text that compares: what it says, not what a service writes beside it."""
    kind = str(item.get("@odata.type", "")).rpartition(".")[2]
    if kind == "event":
        return codec.dumps(composing.wanted(item) | {"kind": kind})
    if kind == "contact":
        return codec.dumps(contact_composing.wanted(item) | {"kind": kind})
    people = {
        name: [str((one.get("emailAddress") or {}).get("address") or "").casefold() for one in item.get(name) or ()]
        for name in ("toRecipients", "ccRecipients", "bccRecipients")
    }
    text = composing.text_of(item.get("body") or {})
    return codec.dumps({"kind": "message", "subject": str(item.get("subject") or "").strip(), "text": text, **people})
