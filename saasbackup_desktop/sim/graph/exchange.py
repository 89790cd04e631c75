"""Whole items of a mailbox, out and in again, over the pretend Graph. What is in such a stream is nobody's business."""

import base64
import copy
import json
import secrets
from typing import Any, Final

from saasbackup_desktop.sim.graph.app import Asked, route
from saasbackup_desktop.sim.graph.mail import mailbox_of
from saasbackup_desktop.sim.graph.mailbox import Mailbox
from saasbackup_desktop.sim.graph.tenant import written
from saasbackup_desktop.sim.graph.wire import Answer, Refusal

_MOST: Final = 20
_LASTS: Final = 600.0
"""Seconds that an address for items serves."""
_MARK: Final = b"FTS1"


def _owner(asked: Asked) -> Mailbox:
    user, _, tenant = asked["mailbox"].removeprefix("MBX:").partition("@")
    found = asked.tenant.mailboxes.get(user)
    if tenant != asked.tenant.id or not isinstance(found, Mailbox):
        raise Refusal(404, "ErrorItemNotFound", "The mailbox was not found.")
    return found


@route("GET", "/users/{user}/settings/exchange", "User.Read.All User.ReadWrite.All")
def exchange_settings(asked: Asked) -> Answer:
    """What the mailbox is called where whole items are asked for."""
    return Answer(body={"primaryMailboxId": f"MBX:{mailbox_of(asked).user}@{asked.tenant.id}"})


@route(
    "POST",
    "/admin/exchange/mailboxes/{mailbox}/exportItems",
    "MailboxItem.Export.All MailboxItem.ImportExport.All",
    "MailboxItem.Export MailboxItem.ImportExport",
)
def export_items(asked: Asked) -> Answer:
    """Whole items, those that fail among the others."""
    mailbox = _owner(asked)
    ids = asked.request.json().get("ItemIds") or []
    if not ids or len(ids) > _MOST:
        raise Refusal(400, "ErrorInvalidRequest", f"Between 1 and {_MOST} items.")
    return Answer(body={"value": [_exported(mailbox, id) for id in ids]})


def _exported(mailbox: Mailbox, id: str) -> dict[str, Any]:
    message = mailbox.messages.get(id)
    if message is None or id in mailbox.sealed:
        code = "ErrorItemNotFound" if message is None else "ErrorCorruptData"
        return {"itemId": id, "error": {"code": code, "message": "The item cannot be exported."}}
    plain = {**message, "_mime": base64.b64encode(message["_mime"]).decode()}
    data = base64.b64encode(_MARK + json.dumps(plain, sort_keys=True).encode()).decode()
    return {"itemId": id, "changeKey": message["changeKey"], "data": data}


@route(
    "POST",
    "/admin/exchange/mailboxes/{mailbox}/createImportSession",
    "MailboxItem.ImportExport.All",
    "MailboxItem.ImportExport",
)
def create_import_session(asked: Asked) -> Answer:
    """An address that items may be sent to for a while."""
    mailbox = _owner(asked)
    key = secrets.token_urlsafe(16)
    until = asked.tenant.now() + _LASTS
    asked.tenant.imports[key] = (until, lambda said: _imported(mailbox, said))
    address = f"https://outlook.office365.com/import/{key}?authtoken=x"
    return Answer(201, {"importUrl": address, "expirationDateTime": written(until)})


def _imported(mailbox: Mailbox, said: dict[str, Any]) -> dict[str, Any]:
    folder = mailbox.folder_id(str(said.get("FolderId")))
    data = base64.b64decode(str(said.get("Data") or ""))
    if folder is None or said.get("Mode") != "create":
        raise Refusal(404, "ErrorItemNotFound", "The folder was not found.")
    if not data.startswith(_MARK) or mailbox.takes_no_items:
        raise Refusal(400, "ErrorCorruptData", "The data is not an exported item.")
    plain = json.loads(data.removeprefix(_MARK))
    made = mailbox.take(copy.deepcopy({**plain, "_mime": base64.b64decode(plain["_mime"])}), folder)
    return {"itemId": made["id"], "changeKey": made["changeKey"]}


ROUTES: Final = [exchange_settings, export_items, create_import_session]
