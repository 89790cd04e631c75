"""Reports on mail: what became of it on its way (RFC 3464, [MS-OXCMAIL] 2.2.3.7.1) and with its reader (RFC 8098)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from saasbackup_desktop.providers.files.mapi import tags
from saasbackup_desktop.providers.files.mapi.contents import whole
from saasbackup_desktop.providers.files.mapi.layout import MESSAGES
from saasbackup_desktop.providers.files.pst.model import Tag, Value
from saasbackup_desktop.providers.formats.headers import Fields, header_end, read_fields, text_of
from saasbackup_desktop.providers.formats.parts import Part, read_attached

_ACTIONS: Final[Mapping[str, str]] = {
    "failed": "REPORT.IPM.Note.NDR",
    "delayed": "REPORT.IPM.Note.Delayed.DR",
    "relayed": "REPORT.IPM.Note.Relayed.DR",
    "expanded": "REPORT.IPM.Note.Expanded.DR",
    "delivered": "REPORT.IPM.Note.DR",
}
"""By what a report says of a recipient, what is gravest first."""
_READ: Final = "REPORT.IPM.Note.IPNRN"
_UNREAD: Final = "REPORT.IPM.Note.IPNNRN"
_NOT_SEEN: Final = frozenset({"deleted", "denied", "failed"})
_STATUS: Final = frozenset({"message/delivery-status", "message/global-delivery-status"})
_DISPOSITION: Final = frozenset({"message/disposition-notification", "message/global-disposition-notification"})
_RETURNED: Final = frozenset({"text/rfc822-headers", "message/global-headers"})


def report_properties(message: Part, files: Sequence[Part], text: str) -> dict[Tag, Value]:
    """Say what a report says, its class among it; nothing if it is none, or none of a kind that Outlook knows."""
    status = next((part for part in files if part.media_type in _STATUS | _DISPOSITION), None)
    if status is None or message.media_type != "multipart/report":
        return {}
    groups = list(_groups(whole(status)))
    kind = _fate(groups) if status.media_type in _STATUS else _reading(groups)
    if not kind:
        return {}
    found: dict[Tag, Value] = {tags.MESSAGE_CLASS: kind}
    if text:
        found[tags.REPORT_TEXT] = text
    agent = next((group[name] for group in groups for name in ("reporting-mta", "reporting-ua") if name in group), b"")
    if agent:
        found[tags.REPORTING_AGENT] = text_of(agent).rpartition(";")[2].strip()
    returned = _returned(files)
    original = next((group["original-message-id"] for group in groups if "original-message-id" in group), b"")
    if id := text_of(original or returned.get("message-id", b"")):
        found[tags.ORIGINAL_MESSAGE_ID] = id
    if subject := text_of(returned.get("subject", b"")):
        found[tags.ORIGINAL_SUBJECT] = subject
    return found


def _groups(data: bytes) -> Iterator[Fields]:
    """Split fields of the message and of each of its recipients."""
    at = 0
    while at < len(data):
        end = header_end(data, at)
        if fields := read_fields(data, at, end):
            yield fields
        at = max(end, at + 1)


def _fate(groups: Sequence[Fields]) -> str:
    said = {text_of(group["action"]).partition(" ")[0].strip(";").lower() for group in groups if "action" in group}
    return next((kind for action, kind in _ACTIONS.items() if action in said), "")


def _reading(groups: Sequence[Fields]) -> str:
    said = next((text_of(group["disposition"]) for group in groups if "disposition" in group), "")
    if not said:
        return ""
    kind = said.rpartition(";")[2].partition("/")[0].strip().lower()
    return _UNREAD if kind in _NOT_SEEN else _READ


def _returned(files: Sequence[Part]) -> Fields:
    """The header section of the message that the report is about."""
    for part in reversed(files):
        if part.media_type in MESSAGES:
            return read_attached(part).fields
        if part.media_type in _RETURNED:
            data = whole(part)
            return read_fields(data, 0, len(data))
    return {}
