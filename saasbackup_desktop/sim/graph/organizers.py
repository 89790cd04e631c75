"""What addresses of contacts, calendars and tasks have in common: whose they are, files, extended properties."""

import base64
from collections.abc import Mapping
from typing import Any, Final

from saasbackup_desktop.sim.graph.app import Asked
from saasbackup_desktop.sim.graph.mail import mailbox_of
from saasbackup_desktop.sim.graph.odata import selected
from saasbackup_desktop.sim.graph.shelf import Organizer, Shelf
from saasbackup_desktop.sim.graph.tenant import public
from saasbackup_desktop.sim.graph.wire import Refusal

MISSING: Final = Refusal(404, "ErrorItemNotFound", "The specified object was not found in the store.")
SMALL: Final = 3 * 1024 * 1024
_AGAIN: Final = "\x00"
"""Goes before a number where a second file has the name of a first."""


def organizer_of(asked: Asked) -> Organizer:
    """Whose contacts, calendars and tasks are meant. Raises Refusal."""
    mailbox = mailbox_of(asked)
    found = asked.tenant.organizers.get(mailbox.user)
    if not isinstance(found, Organizer):
        raise Refusal(404, "MailboxNotEnabledForRESTAPI", "There is no such mailbox.")
    return found


def shelf_of(shelves: Mapping[str, Shelf], id: str) -> Shelf:
    """A folder, calendar or list. Raises Refusal."""
    if id not in shelves:
        raise MISSING
    return shelves[id]


def shown(asked: Asked, item: Mapping[str, Any]) -> dict[str, Any]:
    """An object with what was asked for of it, extended properties too."""
    told = selected(public(item), asked.request)
    if "changeKey" in item:
        told["@odata.etag"] = f'W/"{item["changeKey"]}"'
    expand = asked.request.query.get("$expand", "").lower()
    if "singlevalueextendedproperties" in expand:
        wanted = {id: value for id, value in item.get("_properties", {}).items() if f"'{id}'".lower() in expand}
        if wanted:
            told["singleValueExtendedProperties"] = [{"id": id, "value": value} for id, value in wanted.items()]
    return told


def taken(plain: Mapping[str, Any], read_only: frozenset[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """What a client said, without what it may not say; and the extended properties among it."""
    properties = {one["id"]: one["value"] for one in plain.get("singleValueExtendedProperties") or ()}
    left = read_only | {"singleValueExtendedProperties", "attachments", "extensions"}
    return {name: value for name, value in plain.items() if name not in left and "@odata." not in name}, properties


# --- files ---------------------------------------------------------------------------------------------------


def attach(item: dict[str, Any], plain: Mapping[str, Any]) -> dict[str, Any]:
    """Put a file or an item on an object: how it is shown from then on. Raises Refusal."""
    name = str(plain.get("name") or "")
    if not name:
        raise Refusal(400, "ErrorInvalidRequest", "An attachment needs a name.")
    files = item.setdefault("_files", {})
    key, number = name, 0
    while key in files or key in item.get("_inner", {}):
        number += 1
        key = f"{name}{_AGAIN}{number}"
    about = {part: plain[part] for part in ("contentType", "isInline", "contentId") if plain.get(part) is not None}
    item.setdefault("_about", {})[key] = about
    if str(plain.get("@odata.type", "")).endswith("itemAttachment"):
        item.setdefault("_inner", {})[key] = dict(plain["item"])
    else:
        files[key] = base64.b64decode(plain["contentBytes"])
    return brief(item, key)


def keys_of(item: Mapping[str, Any]) -> list[str]:
    """What all files and items on an object are kept under."""
    return [*item.get("_files", {}), *item.get("_inner", {})]


def briefs(item: Mapping[str, Any], kind: str = "fileAttachment", query: str = "") -> list[dict[str, Any]]:
    """All files and items on an object, without their bytes. ``query``: what was asked of them, if it was said."""
    found = [brief(item, key, kind) for key in keys_of(item)]
    if "contentType" in query and "contentId" not in query:
        for one in found:
            one.pop("contentId", None)
    return found


def brief(item: Mapping[str, Any], key: str, kind: str = "fileAttachment") -> dict[str, Any]:
    """How a file or an item on an object is shown."""
    inner = key in item.get("_inner", {})
    told = {
        "@odata.type": f"#microsoft.graph.{'itemAttachment' if inner else kind}",
        "id": base64.urlsafe_b64encode(key.encode()).decode(),
        "name": key.partition(_AGAIN)[0],
        "contentType": None if inner else "application/octet-stream",
        "size": 1000 if inner else len(item["_files"][key]),
        "isInline": False,
        **item.get("_about", {}).get(key, {}),
    }
    if kind == "taskFileAttachment":
        told.pop("isInline")
        told.pop("contentId", None)
    return told


def key_of(item: Mapping[str, Any], id: str) -> str:
    """What an attachment is kept under. Raises Refusal."""
    key = base64.urlsafe_b64decode(id).decode()
    if key not in keys_of(item):
        raise MISSING
    return key


def detach(item: dict[str, Any], id: str) -> None:
    """Take a file or an item off an object. Raises Refusal."""
    key = key_of(item, id)
    item.get("_files", {}).pop(key, None)
    item.get("_inner", {}).pop(key, None)
