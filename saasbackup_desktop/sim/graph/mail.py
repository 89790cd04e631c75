"""Mail over the pretend Graph: folders, messages, attachments, changes."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Final

from saasbackup_desktop.sim.graph.app import Asked, route
from saasbackup_desktop.sim.graph.deltas import changes
from saasbackup_desktop.sim.graph.mailbox import Mailbox
from saasbackup_desktop.sim.graph.odata import page, selected
from saasbackup_desktop.sim.graph.tenant import public
from saasbackup_desktop.sim.graph.wire import Answer, Refusal

_READ: Final = "Mail.Read"
_BASIC: Final = "Mail.ReadBasic.All Mail.Read"
_WRITE: Final = "Mail.ReadWrite"
_LARGEST_POST: Final = 3 * 1024 * 1024


def mailbox_of(asked: Asked) -> Mailbox:
    """Whose mailbox is meant. Raises Refusal."""
    user = asked.tenant.find_user(asked["user"])
    if user is None:
        raise Refusal(404, "ErrorInvalidUser", f"The requested user '{asked['user']}' is invalid.")
    if user["id"] in asked.tenant.suspended:
        raise Refusal(403, "ErrorAccountSuspend", "The account is temporarily suspended.")
    if user["_purpose"] == "user" and not user["assignedLicenses"]:
        raise Refusal(
            404, "MailboxNotEnabledForRESTAPI", "The mailbox is either inactive, soft-deleted, or is hosted on-premise."
        )
    found = asked.tenant.mailboxes.get(user["id"])
    if not isinstance(found, Mailbox):
        raise Refusal(
            404, "MailboxNotEnabledForRESTAPI", "The mailbox is either inactive, soft-deleted, or is hosted on-premise."
        )
    return found


def _folder(asked: Asked, mailbox: Mailbox, key: str = "folder") -> str:
    found = mailbox.folder_id(asked[key])
    if found is None:
        raise Refusal(404, "ErrorItemNotFound", "The specified object was not found in the store.")
    return found


def _message(asked: Asked, mailbox: Mailbox) -> dict[str, Any]:
    found = mailbox.messages.get(asked["message"])
    if found is None:
        raise Refusal(404, "ErrorItemNotFound", "The specified object was not found in the store.")
    return found


def _shown(asked: Asked, message: Mapping[str, Any]) -> dict[str, Any]:
    shown = selected(public(message), asked.request)
    shown["@odata.etag"] = f'W/"{message["changeKey"]}"'
    expand = asked.request.query.get("$expand", "")
    if "attachments" in expand:
        shown["attachments"] = [public(one) for one in message["_attachments"].values()]
    properties = {"String 0x001A": "IPM.Note", **message.get("_properties", {})}
    if "singleValueExtendedProperties" in expand:
        wanted = {id: value for id, value in properties.items() if f"'{id}'".lower() in expand.lower()}
        if wanted:
            shown["singleValueExtendedProperties"] = [{"id": id, "value": value} for id, value in wanted.items()]
    return shown


# --- folders -------------------------------------------------------------------------------------------------


@route("GET", "/users/{user}/mailFolders", _BASIC)
def top_folders(asked: Asked) -> Answer:
    """The folders at the top."""
    mailbox = mailbox_of(asked)
    hidden = asked.request.query.get("includeHiddenFolders") == "true"
    return Answer(body=page(asked.request, list(mailbox.children(mailbox.known["msgfolderroot"], hidden=hidden))))


@route("GET", "/users/{user}/mailFolders/{folder}/childFolders", _BASIC)
def child_folders(asked: Asked) -> Answer:
    """The folders in a folder."""
    mailbox = mailbox_of(asked)
    hidden = asked.request.query.get("includeHiddenFolders") == "true"
    return Answer(body=page(asked.request, list(mailbox.children(_folder(asked, mailbox), hidden=hidden))))


@route("GET", "/users/{user}/mailFolders/delta", _BASIC)
def folder_changes(asked: Asked) -> Answer:
    """Folders that changed, all levels."""
    mailbox = mailbox_of(asked)
    return changes(
        asked.request,
        mailbox.folder_feed,
        lambda id: selected(mailbox.shown_folder(id), asked.request, frozenset({"parentFolderId"})),
    )


@route("GET", "/users/{user}/mailFolders/{folder}", _BASIC)
def one_folder(asked: Asked) -> Answer:
    """One folder, by id or well-known name."""
    mailbox = mailbox_of(asked)
    return Answer(body=selected(mailbox.shown_folder(_folder(asked, mailbox)), asked.request))


def _make_folder(asked: Asked, mailbox: Mailbox, parent: str) -> Answer:
    name = str((asked.request.json() or {}).get("displayName") or "")
    if not name.strip():
        raise Refusal(400, "ErrorInvalidRequest", "A display name is needed.")
    if any(folder["displayName"].casefold() == name.casefold() for folder in mailbox.children(parent, hidden=True)):
        raise Refusal(409, "ErrorFolderExists", "A folder with the specified name already exists.")
    return Answer(201, mailbox.shown_folder(mailbox.make_folder(name, parent)["id"]))


@route("POST", "/users/{user}/mailFolders", _WRITE)
def make_top_folder(asked: Asked) -> Answer:
    """Make a folder at the top."""
    mailbox = mailbox_of(asked)
    return _make_folder(asked, mailbox, mailbox.known["msgfolderroot"])


@route("POST", "/users/{user}/mailFolders/{folder}/childFolders", _WRITE)
def make_child_folder(asked: Asked) -> Answer:
    """Make a folder in a folder."""
    mailbox = mailbox_of(asked)
    return _make_folder(asked, mailbox, _folder(asked, mailbox))


@route("PATCH", "/users/{user}/mailFolders/{folder}", _WRITE)
def change_folder(asked: Asked) -> Answer:
    """Rename a folder."""
    mailbox = mailbox_of(asked)
    id = _folder(asked, mailbox)
    mailbox.change_folder(id, displayName=asked.request.json()["displayName"])
    return Answer(body=mailbox.shown_folder(id))


# --- messages ------------------------------------------------------------------------------------------------


@route("GET", "/users/{user}/mailFolders/{folder}/messages", _READ)
def messages(asked: Asked) -> Answer:
    """A folder's messages, newest first."""
    mailbox = mailbox_of(asked)
    folder = _folder(asked, mailbox)
    found = [one for one in mailbox.messages.values() if one["parentFolderId"] == folder]
    found.sort(key=lambda one: str(one["receivedDateTime"]), reverse=True)
    return Answer(body=page(asked.request, found, shape=lambda one: _shown(asked, one)))


@route("GET", "/users/{user}/mailFolders/{folder}/messages/delta", _READ)
def message_changes(asked: Asked) -> Answer:
    """A folder's messages that changed."""
    mailbox = mailbox_of(asked)
    feed = mailbox.feeds[_folder(asked, mailbox)]
    return changes(asked.request, feed, lambda id: _shown(asked, mailbox.messages[id]))


@route("GET", "/users/{user}/messages/{message}", _READ)
def one_message(asked: Asked) -> Answer:
    """One message."""
    return Answer(body=_shown(asked, _message(asked, mailbox_of(asked))))


@route("GET", "/users/{user}/messages/{message}/$value", _READ)
def original(asked: Asked) -> Answer:
    """A message as MIME."""
    return Answer(body=_message(asked, mailbox_of(asked))["_mime"], content_type="text/plain")


@route("POST", "/users/{user}/mailFolders/{folder}/messages", _WRITE)
def create(asked: Asked) -> Answer:
    """Make a message: of JSON, or of MIME in base64, which is a draft always."""
    mailbox = mailbox_of(asked)
    folder = _folder(asked, mailbox)
    if asked.request.headers.get("content-type", "").startswith("text/plain"):
        try:
            data = base64.b64decode(asked.request.body, validate=True)
        except binascii.Error:
            raise Refusal(
                400, "ErrorMimeContentInvalidBase64String", "Invalid base64 string for MIME content."
            ) from None
        return Answer(201, _shown(asked, mailbox.deliver(data, folder, isDraft=True, isRead=True)))
    if len(asked.request.body) > 4 * 1024 * 1024:
        raise Refusal(413, "RequestEntityTooLarge", "The request is too large.")
    return Answer(201, _shown(asked, mailbox.create(asked.request.json(), folder)))


@route("PATCH", "/users/{user}/messages/{message}", _WRITE)
def change(asked: Asked) -> Answer:
    """Change a message."""
    mailbox = mailbox_of(asked)
    _message(asked, mailbox)
    plain = asked.request.json()
    given = {one["id"]: one["value"] for one in plain.pop("singleValueExtendedProperties", [])}
    properties = {**mailbox.messages[asked["message"]].get("_properties", {}), **given}
    return Answer(body=_shown(asked, mailbox.change(asked["message"], **plain, _properties=properties)))


@route("DELETE", "/users/{user}/messages/{message}", _WRITE)
def remove(asked: Asked) -> Answer:
    """Put a message into Deleted Items; from there, into Recoverable Items."""
    mailbox = mailbox_of(asked)
    message = _message(asked, mailbox)
    is_deleted = message["parentFolderId"] == mailbox.known["deleteditems"]
    mailbox.move(message["id"], "recoverableitemsdeletions" if is_deleted else "deleteditems")
    return Answer(204)


@route("POST", "/users/{user}/messages/{message}/permanentDelete", _WRITE)
def remove_for_good(asked: Asked) -> Answer:
    """Put a message where nobody finds it: among the purges."""
    mailbox = mailbox_of(asked)
    mailbox.move(_message(asked, mailbox)["id"], "recoverableitemspurges")
    return Answer(204)


@route("POST", "/users/{user}/messages/{message}/move", _WRITE)
def move(asked: Asked) -> Answer:
    """Move a message."""
    mailbox = mailbox_of(asked)
    _message(asked, mailbox)
    into = mailbox.folder_id(str(asked.request.json()["destinationId"]))
    if into is None:
        raise Refusal(404, "ErrorItemNotFound", "The destination was not found.")
    return Answer(201, _shown(asked, mailbox.move(asked["message"], into)))


# --- attachments ---------------------------------------------------------------------------------------------


@route("GET", "/users/{user}/messages/{message}/attachments", _READ)
def attachments(asked: Asked) -> Answer:
    """A message's attachments."""
    message = _message(asked, mailbox_of(asked))
    return Answer(body=page(asked.request, [public(one) for one in message["_attachments"].values()]))


@route("GET", "/users/{user}/messages/{message}/attachments/{attachment}", _READ)
def one_attachment(asked: Asked) -> Answer:
    """One attachment."""
    found = _message(asked, mailbox_of(asked))["_attachments"].get(asked["attachment"])
    if found is None:
        raise Refusal(404, "ErrorItemNotFound", "The specified object was not found in the store.")
    shown = selected(public(found), asked.request)
    if "itemattachment/item" in asked.request.query.get("$expand", "").lower() and "_item" in found:
        shown["item"] = found["_item"]
    return Answer(body=shown)


@route("POST", "/users/{user}/messages/{message}/attachments", _WRITE)
def attach(asked: Asked) -> Answer:
    """Add a small attachment."""
    mailbox = mailbox_of(asked)
    _message(asked, mailbox)
    if len(asked.request.body) > _LARGEST_POST * 4 // 3 + 10_000:
        raise Refusal(413, "RequestEntityTooLarge", "The attachment is too large for one request.")
    if str(asked.request.json().get("@odata.type")).endswith(".referenceAttachment"):
        raise Refusal(400, "ErrorInvalidProperty", "A link cannot be attached without its address.")
    return Answer(201, public(mailbox.attach(asked["message"], asked.request.json())))


@route("POST", "/users/{user}/messages/{message}/attachments/createUploadSession", _WRITE)
def begin_upload(asked: Asked) -> Answer:
    """Prepare for a large attachment: an address to send it to, piece by piece."""
    mailbox = mailbox_of(asked)
    message = _message(asked, mailbox)
    said = asked.request.json()["AttachmentItem"]
    upload = asked.tenant.begin_upload(said, lambda data: mailbox.attach(message["id"], _attachment_of(said, data)))
    return Answer(
        201,
        {"uploadUrl": upload, "expirationDateTime": asked.tenant.moment(), "nextExpectedRanges": ["0-"]},
    )


def _attachment_of(said: Mapping[str, Any], data: bytes) -> dict[str, Any]:
    kept = {name: said[name] for name in ("name", "contentType", "isInline", "contentId") if name in said}
    content = base64.b64encode(data).decode()
    return {"@odata.type": "#microsoft.graph.fileAttachment", **kept, "contentBytes": content}


ROUTES: Final = [
    begin_upload,
    top_folders,
    child_folders,
    folder_changes,
    one_folder,
    make_top_folder,
    make_child_folder,
    change_folder,
    messages,
    message_changes,
    one_message,
    original,
    create,
    change,
    remove,
    remove_for_good,
    move,
    attachments,
    one_attachment,
    attach,
]
