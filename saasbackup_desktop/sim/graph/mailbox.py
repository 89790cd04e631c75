"""The truth of one pretend mailbox: folders, messages and their attachments."""

import base64
import email
import email.policy
import email.utils
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any, Final

from saasbackup_desktop.sim.graph.feed import Feed
from saasbackup_desktop.sim.graph.preferences import Preferences
from saasbackup_desktop.sim.graph.tenant import Tenant, written

WELL_KNOWN: Final = {
    "inbox": "Inbox",
    "drafts": "Drafts",
    "sentitems": "Sent Items",
    "deleteditems": "Deleted Items",
    "junkemail": "Junk Email",
    "archive": "Archive",
    "outbox": "Outbox",
    "conversationhistory": "Conversation History",
}
HIDDEN: Final = {
    "recoverableitemsroot": ("Recoverable Items", "store"),
    "recoverableitemsdeletions": ("Deletions", "recoverableitemsroot"),
    "recoverableitemsversions": ("Versions", "recoverableitemsroot"),
    "recoverableitemspurges": ("Purges", "recoverableitemsroot"),
    "syncissues": ("Sync Issues", "root"),
}
"""Folders that lists leave out: their names, and what they are below."""
_STORE: Final = "AAkAstore"
"""What lies above all folders that people see, and is never shown."""


class Mailbox:
    """One mailbox. Messages and folders are kept as Graph shows them; ``_``-properties are the pretend server's own."""

    def __init__(self, tenant: Tenant, user: str) -> None:
        self.tenant = tenant
        self.user = user
        self.folders: dict[str, dict[str, Any]] = {}
        self.messages: dict[str, dict[str, Any]] = {}
        self.known: dict[str, str] = {}
        """Well-known name -> folder id."""
        self.folder_feed = Feed()
        self.feeds: dict[str, Feed] = {}
        self.preferences = Preferences(user)
        self._made = 0
        tenant.mailboxes[user] = self
        self.known["msgfolderroot"] = self._id("folder")
        self.folders[self.known["msgfolderroot"]] = self._folder("Top of Information Store", "", hidden=True)
        root = self.known["msgfolderroot"]
        for name, title in WELL_KNOWN.items():
            self.known[name] = self.make_folder(title, root)["id"]
        for name, (title, above) in HIDDEN.items():
            parent = {"root": root, "store": _STORE}.get(above) or self.known[above]
            self.known[name] = self.make_folder(title, parent, hidden=True)["id"]
        self.known["notes"] = self.make_folder("Notes", root)["id"]
        self.unlisted = {self.known["notes"]}
        """Folders that are not of mail: lists leave them out, and those who know their names reach them."""
        self.keeps_class = True
        """Whether a message may be made as something else than a message."""
        self.sealed: set[str] = set()
        """Messages that cannot be exported."""
        self.takes_no_items = False
        """Whether exported items are refused."""

    # --- folders ---------------------------------------------------------------------------------------------

    def folder_id(self, key: str) -> str | None:
        """A folder's id by id or well-known name."""
        found = self.known.get(key.lower(), key)
        return found if found in self.folders else None

    def make_folder(self, name: str, parent: str, *, hidden: bool = False) -> dict[str, Any]:
        """Make a folder."""
        id = self._id("folder")
        self.folders[id] = {**self._folder(name, parent, hidden=hidden), "id": id}
        self.feeds[id] = Feed()
        self.folder_feed.touch(id)
        return self.folders[id]

    def change_folder(self, id: str, **changes: Any) -> None:
        """Rename or move a folder."""
        self.folders[id].update(changes)
        self.folder_feed.touch(id)

    def remove_folder(self, id: str) -> None:
        """Remove a folder for good, with all that is below."""
        for child in [folder["id"] for folder in self.folders.values() if folder.get("parentFolderId") == id]:
            self.remove_folder(child)
        for message in [one for one in self.messages.values() if one["parentFolderId"] == id]:
            del self.messages[message["id"]]
        del self.folders[id]
        self.folder_feed.drop(id)

    def shown_folder(self, id: str) -> dict[str, Any]:
        """A folder with its counts."""
        inside = [one for one in self.messages.values() if one["parentFolderId"] == id]
        children = [one for one in self.folders.values() if one.get("parentFolderId") == id]
        return {
            **self.folders[id],
            "id": id,
            "childFolderCount": sum(not child["isHidden"] for child in children),
            "totalItemCount": len(inside),
            "unreadItemCount": sum(not message["isRead"] for message in inside),
        }

    def children(self, parent: str, *, hidden: bool) -> Iterator[dict[str, Any]]:
        """The folders directly in a folder."""
        for id, folder in self.folders.items():
            is_listed = id not in self.unlisted and (hidden or not folder["isHidden"])
            if folder.get("parentFolderId") == parent and is_listed:
                yield self.shown_folder(id)

    def add_archive(self) -> str:
        """Give the mailbox an archive that names reach. The real service says that it has no such thing."""
        root = str(self.make_folder("Top of Archive", _STORE, hidden=True)["id"])
        self.known["archivemsgfolderroot"] = root
        return root

    def add_search_folder(self, name: str) -> str:
        """Make a folder that only shows what lies elsewhere."""
        folder = self.make_folder(name, self.known["msgfolderroot"])
        folder["@odata.type"] = "#microsoft.graph.mailSearchFolder"
        return str(folder["id"])

    # --- messages --------------------------------------------------------------------------------------------

    def deliver(
        self, data: bytes, folder: str = "inbox", *, moment: float | None = None, **more: Any
    ) -> dict[str, Any]:
        """Put a message into a folder, as it comes over the wire. ``moment``: when it was received."""
        into = self.folder_id(folder)
        assert into is not None
        parsed = email.message_from_bytes(data, policy=email.policy.default)
        when = written(moment if moment is not None else self.tenant.now())
        message = {**_described(parsed, when), "_mime": data, "_attachments": {}, **more}
        for one in _attachments(parsed):
            self._attach(message, one)
        return self._add(message, into)

    def create(self, plain: dict[str, Any], folder: str) -> dict[str, Any]:
        """Make a message of what a client says of it: a draft, unless its flags say otherwise."""
        now = self.tenant.moment()
        message = {**_described(EmailMessage(), now), "isDraft": True, "isRead": True, "_attachments": {}}
        message["internetMessageId"] = f"<{self._id('created')}@{self.tenant.domain}>"
        properties = {one["id"]: one["value"] for one in plain.get("singleValueExtendedProperties", [])}
        if not self.keeps_class:
            properties.pop("String 0x001A", None)
        for name, value in plain.items():
            if name not in ("id", "singleValueExtendedProperties", "attachments"):
                message[name] = value
        message["_properties"] = properties
        for name, value in properties.items():
            match name.split(" ", 1)[-1].lower():
                case "0x0e07":
                    message["isDraft"] = bool(int(value) & 8)
                    message["isRead"] = bool(int(value) & 1) or bool(plain.get("isRead"))
                case "0x0039":
                    message["sentDateTime"] = value
                case "0x0e06":
                    message["receivedDateTime"] = value
        message["bodyPreview"] = str((message.get("body") or {}).get("content", ""))[:255]
        for one in plain.get("attachments", []):
            self._attach(message, one)
        message["_mime"] = _composed(message)
        return self._add(message, folder)

    def take(self, message: dict[str, Any], folder: str) -> dict[str, Any]:
        """Put a whole message of another mailbox into a folder, all as it was but its id."""
        created = message["createdDateTime"]
        made = self._add(message, folder)
        made["createdDateTime"] = created
        return made

    def change(self, id: str, **changes: Any) -> dict[str, Any]:
        """Change a message: flags, categories, or what a client may say of it."""
        message = self.messages[id]
        message.update(changes)
        message["lastModifiedDateTime"] = self.tenant.moment()
        message["changeKey"] = self._id("change")
        self.feeds[message["parentFolderId"]].touch(id)
        return message

    def move(self, id: str, folder: str) -> dict[str, Any]:
        """Move a message; its immutable id stays."""
        message = self.messages[id]
        into = self.folder_id(folder)
        assert into is not None
        self.feeds[message["parentFolderId"]].drop(id)
        message["parentFolderId"] = into
        message["changeKey"] = self._id("change")
        self.feeds[into].touch(id)
        return message

    def remove(self, id: str) -> None:
        """Remove a message for good."""
        message = self.messages.pop(id)
        self.feeds[message["parentFolderId"]].drop(id)

    def attach(self, id: str, plain: dict[str, Any]) -> dict[str, Any]:
        """Add an attachment to a message."""
        message = self.messages[id]
        added = self._attach(message, plain)
        message["_mime"] = _composed(message)
        self.change(id, hasAttachments=True)
        return added

    def _attach(self, message: dict[str, Any], plain: dict[str, Any]) -> dict[str, Any]:
        attachment = {
            "lastModifiedDateTime": self.tenant.moment(),
            "isInline": False,
            "contentType": None,
            **{name: value for name, value in plain.items() if name not in ("id", "item")},
            "id": self._id("attachment"),
        }
        if "item" in plain:
            attachment["_item"] = plain["item"]
        if "contentBytes" in attachment:
            attachment["size"] = len(base64.b64decode(attachment["contentBytes"]))
        attachment.setdefault("size", 0)
        message["_attachments"][attachment["id"]] = attachment
        message["hasAttachments"] = True
        return attachment

    def _add(self, message: dict[str, Any], folder: str) -> dict[str, Any]:
        now = self.tenant.moment()
        id = self._id("message")
        self.messages[id] = {
            **message,
            "id": id,
            "createdDateTime": now,
            "lastModifiedDateTime": now,
            "changeKey": self._id("change"),
            "parentFolderId": folder,
        }
        self.feeds[folder].touch(id)
        return self.messages[id]

    def _folder(self, name: str, parent: str, *, hidden: bool) -> dict[str, Any]:
        folder: dict[str, Any] = {"displayName": name, "isHidden": hidden}
        if parent:
            folder["parentFolderId"] = parent
        return folder

    def _id(self, kind: str) -> str:
        self._made += 1
        digest = hashlib.sha256(f"{self.user}/{kind}/{self._made}".encode()).digest()
        return "AAkA" + base64.urlsafe_b64encode(digest[:27]).decode()


def _described(parsed: EmailMessage | email.message.Message, when: str) -> dict[str, Any]:
    """What Exchange makes of a message's header and text."""
    sender = _recipients(parsed, "From")
    sent = _moment(str(parsed["Date"] or ""), when)
    content, kind = _text(parsed)
    message_id = str(parsed["Message-ID"] or "").strip()
    thread = str(parsed["Thread-Index"] or message_id)
    return {
        "receivedDateTime": when,
        "sentDateTime": sent,
        "hasAttachments": False,
        "internetMessageId": message_id or None,
        "subject": _unfolded(str(parsed["Subject"] or "")),
        "bodyPreview": content[:255],
        "importance": "high" if str(parsed["Importance"] or "").lower() == "high" else "normal",
        "conversationId": base64.urlsafe_b64encode(
            hashlib.sha256(thread.encode("utf-8", "replace")).digest()[:24]
        ).decode(),
        "isDeliveryReceiptRequested": False,
        "isReadReceiptRequested": parsed["Disposition-Notification-To"] is not None,
        "isRead": False,
        "isDraft": False,
        "webLink": "https://outlook.office365.com/owa/?ItemID=x",
        "inferenceClassification": "focused",
        "categories": [],
        "body": {"contentType": kind, "content": content},
        "sender": sender[0] if sender else None,
        "from": sender[0] if sender else None,
        "toRecipients": _recipients(parsed, "To"),
        "ccRecipients": _recipients(parsed, "Cc"),
        "bccRecipients": _recipients(parsed, "Bcc"),
        "replyTo": _recipients(parsed, "Reply-To"),
        "flag": {"flagStatus": "notFlagged"},
    }


def _recipients(parsed: email.message.Message, name: str) -> list[dict[str, Any]]:
    try:
        values = [_unfolded(str(value)) for value in parsed.get_all(name, [])]
    except (ValueError, IndexError, AttributeError):
        return []
    found = email.utils.getaddresses(values)
    return [{"emailAddress": {"name": title or address, "address": address}} for title, address in found if address]


def _text(parsed: email.message.Message) -> tuple[str, str]:
    try:
        body = parsed.get_body(("html", "plain")) if isinstance(parsed, EmailMessage) else None
        if body is None:
            return "", "text"
        return str(body.get_content()), "html" if body.get_content_subtype() == "html" else "text"
    except (LookupError, ValueError, KeyError, AttributeError, AssertionError):
        return "", "text"


def _attachments(parsed: email.message.Message) -> Iterator[dict[str, Any]]:
    """What Exchange shows of a message's parts beside its text."""
    if not parsed.is_multipart():
        return
    for part in parsed.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner = part.get_payload(0)
            assert isinstance(inner, email.message.Message)
            title = _unfolded(str(inner["Subject"] or "")) or "Message"
            item = {"@odata.type": "#microsoft.graph.message", **_described(inner, "2026-01-01T00:00:00Z")}
            named = {"@odata.type": "#microsoft.graph.itemAttachment", "name": title, "contentType": kind}
            yield {**named, "size": 1000, "item": {**item, "id": ""}}
        elif part.get_filename() and not part.is_multipart():
            data = part.get_payload(decode=True)
            content = data if isinstance(data, bytes) else b""
            inline = str(part.get_content_disposition()) == "inline"
            yield {
                "@odata.type": "#microsoft.graph.fileAttachment",
                "name": _unfolded(str(part.get_filename())),
                "contentType": kind,
                "isInline": inline,
                "contentId": str(part["Content-ID"] or "").strip("<>") or None,
                "contentBytes": base64.b64encode(content).decode(),
            }


def _moment(text: str, otherwise: str) -> str:
    try:
        return written(email.utils.parsedate_to_datetime(text).timestamp())
    except (ValueError, TypeError, OverflowError):
        return otherwise


def _unfolded(text: str) -> str:
    return "".join(char for char in text if char not in "\r\n" and not 0xD800 <= ord(char) < 0xE000)


def _composed(message: dict[str, Any]) -> bytes:
    """Make the MIME of a message that a client described, as Exchange does when it is asked for it."""
    made = EmailMessage()
    for name, key in (("From", "from"), ("To", "toRecipients"), ("Cc", "ccRecipients"), ("Bcc", "bccRecipients")):
        people = message.get(key) or []
        people = people if isinstance(people, list) else [people]
        if people:
            made[name] = ", ".join(
                email.utils.formataddr((one["emailAddress"].get("name", ""), one["emailAddress"]["address"]))
                for one in people
            )
    made["Subject"] = message.get("subject") or ""
    made["Message-ID"] = message.get("internetMessageId") or ""
    made["Date"] = email.utils.format_datetime(_when(message.get("sentDateTime")))
    body = message.get("body") or {}
    made.set_content(
        body.get("content", ""), subtype="html" if str(body.get("contentType")).lower() == "html" else "plain"
    )
    for attachment in message["_attachments"].values():
        if "contentBytes" in attachment:
            main, _, sub = (attachment.get("contentType") or "application/octet-stream").partition("/")
            data = base64.b64decode(attachment["contentBytes"])
            made.add_attachment(data, maintype=main, subtype=sub or "octet-stream", filename=attachment.get("name"))
        elif str((attachment.get("_item") or {}).get("@odata.type")).endswith(".message"):
            made.add_attachment(_inner(attachment["_item"]))
    return made.as_bytes(policy=email.policy.SMTP)


def _inner(item: dict[str, Any]) -> EmailMessage:
    """An attached message, as far as MIME tells it."""
    inner = EmailMessage()
    inner["Subject"] = item.get("subject") or ""
    body = item.get("body") or {}
    inner.set_content(body.get("content") or "")
    for file in item.get("attachments") or ():
        main, _, sub = (file.get("contentType") or "application/octet-stream").partition("/")
        data = base64.b64decode(file.get("contentBytes") or "")
        inner.add_attachment(data, maintype=main, subtype=sub or "octet-stream", filename=file.get("name"))
    return inner


def _when(text: str | None) -> datetime:
    if not text:
        return datetime(2026, 1, 1, tzinfo=UTC)
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
