"""Mail as Outlook keeps it ([MS-OXCMAIL]): from a message's bytes and what its mailbox says of it."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Final

from saasbackup_desktop.providers.files.mapi import losses, tags
from saasbackup_desktop.providers.files.mapi.addresses import Address, read_addresses
from saasbackup_desktop.providers.files.mapi.attachments import (
    Mentions,
    attached_file,
    attached_message,
    fit_name,
    mentions_of,
)
from saasbackup_desktop.providers.files.mapi.bodies import body_properties
from saasbackup_desktop.providers.files.mapi.layout import MESSAGES, Layout, layout_of
from saasbackup_desktop.providers.files.mapi.meetings import Meeting, meeting_of
from saasbackup_desktop.providers.files.mapi.people import BCC, CC, TO, recipient, reply_to, sender, sent_representing
from saasbackup_desktop.providers.files.mapi.reports import report_properties
from saasbackup_desktop.providers.files.mapi.signed import secured, security_losses
from saasbackup_desktop.providers.files.mapi.states import State, state_losses, state_properties
from saasbackup_desktop.providers.files.mapi.subjects import LONGEST, subject_properties, thread_index
from saasbackup_desktop.providers.files.pst.model import Attachment, Message, Recipient, Tag, Value
from saasbackup_desktop.providers.formats.charsets import decode_stray
from saasbackup_desktop.providers.formats.headers import every_field, iso_date, text_of
from saasbackup_desktop.providers.formats.outlook_texts import with_crlf
from saasbackup_desktop.providers.formats.parts import Part, read_attached, read_message
from saasbackup_desktop.providers.formats.wrapped import is_wrapped, opened

DEEPEST: Final = 8
"""Messages within one another that stay messages; what lies deeper is a file."""
MOST_RECIPIENTS: Final = 5_000

_READ: Final = 0x01
_UNSENT: Final = 0x08
_HAS_ATTACHMENTS: Final = 0x10
_FROM_ME: Final = 0x20
_YEARS: Final = range(1602, 4500)
_STRAY_RETURN: Final = re.compile(r"\r(?!\n)")
"""It ends no line of a message, but would end one of an item's."""

_IMPORTANCE: Final = {"low": 0, "normal": 1, "high": 2, "non-urgent": 0, "urgent": 2}
_SENSITIVITY: Final = {"personal": 1, "private": 2, "company-confidential": 3}
_TEXTS: Final = {
    "message-id": tags.MESSAGE_ID,
    "references": tags.REFERENCES,
    "in-reply-to": tags.IN_REPLY_TO,
    "list-help": tags.LIST_HELP,
    "list-subscribe": tags.LIST_SUBSCRIBE,
    "list-unsubscribe": tags.LIST_UNSUBSCRIBE,
}
_PEOPLE: Final = (("to", TO), ("cc", CC), ("bcc", BCC))


READ: Final = State(flags=("\\Seen",))
"""The state of messages that lie within messages."""


def mail(data: bytes, state: State = READ) -> Message:
    """Turn a message into an item; what of it cannot be kept is listed in its losses, each once."""
    return _mail(opened(read_message(data)), state, 0)


def mail_in_pieces(pieces: Iterable[bytes], state: State = READ) -> Message:
    """Turn a message that comes in pieces into an item: it is held once, and large files in it not again."""
    whole = BytesIO()
    whole.writelines(pieces)
    return mail(whole.getvalue(), state)


@dataclass(slots=True)
class _Headers:
    """A message's fields, as texts."""

    section: bytes
    fields: dict[str, list[bytes]]
    charset: str

    def text(self, name: str) -> str:
        """Read a field, the first of its name; empty if there is none."""
        values = self.fields.get(name)
        return text_of(values[0], self.charset) if values else ""

    def people(self, name: str) -> list[Address]:
        """Read all addresses of all fields of a name."""
        found: list[Address] = []
        for value in self.fields.get(name, ()):
            if len(found) > MOST_RECIPIENTS:
                break
            found += read_addresses(decode_stray(value, self.charset).replace("\0", ""))
        return found


def _headers(message: Part) -> _Headers:
    data, start = message.data, message.start
    begin = message.head
    section = data[begin:start]
    fields: dict[str, list[bytes]] = {}
    for name, value in every_field(data, begin, start):
        fields.setdefault(name, []).append(value)
    charset = ""
    if not section.isascii():
        charsets = (part.parameters.get("charset", "") for part in (message, *message.leaves()))
        charset = next(filter(None, charsets), "")
    return _Headers(section, fields, charset)


def _mail(message: Part, state: State, depth: int) -> Message:
    lost: list[str] = []
    headers = _headers(message)
    if not headers.fields:
        message.start = message.head
    layout = layout_of(message)
    lost += layout.losses
    bodies = body_properties(layout, lost)
    sealed = secured(message)
    properties: dict[Tag, Value] = {tags.MESSAGE_CLASS: "IPM.Note"}
    properties |= _said(headers, state, lost)
    properties |= bodies
    if sealed is not None:
        properties[tags.MESSAGE_CLASS] = sealed[0]
        attachments = [sealed[1]]
    else:
        lost += security_losses(message)
        meeting = _meeting(layout, moment(headers, "date") or state.received, lost)
        properties |= report_properties(message, layout.files, str(bodies.get(tags.BODY, "")))
        attachments = list(_attachments(layout, bodies, depth, lost, meeting))
        if meeting is not None:
            properties |= meeting.properties
            if not (tags.BODY in bodies or tags.HTML in bodies):
                properties |= meeting.texts
    properties[tags.MESSAGE_FLAGS] = _flags(state, bool(attachments))
    return Message(
        properties=properties,
        recipients=_recipients(headers, lost),
        attachments=attachments,
        losses=tuple(dict.fromkeys(lost)),
    )


def _said(headers: _Headers, state: State, lost: list[str]) -> dict[Tag, Value]:
    """What the headers and the mailbox say."""
    properties = _times(headers, state, lost)
    subject = headers.text("subject")
    if len(subject) > LONGEST:
        lost.append(losses.SUBJECT_CUT)
        subject = subject[:LONGEST]
    split = subject_properties(subject)
    properties |= split
    properties |= _senders(headers)
    properties |= reply_to(headers.people("reply-to"))
    properties |= _weight(headers, state)
    properties |= state_properties(state, subject)
    lost += state_losses(state)
    for name, tag in _TEXTS.items():
        if text := headers.text(name):
            properties[tag] = text
    section = _STRAY_RETURN.sub(" ", decode_stray(headers.section, headers.charset))
    if "\0" in section:
        lost.append(losses.NUL_REMOVED)
        section = section.replace("\0", "")
    properties[tags.TRANSPORT_HEADERS] = with_crlf(section)
    properties[tags.SEARCH_KEY] = hashlib.md5(headers.section, usedforsecurity=False).digest()
    properties[tags.CONVERSATION_INDEX] = thread_index(
        headers.text("thread-index"),
        _root(headers),
        str(split[tags.NORMALIZED_SUBJECT]),
        moment(headers, "date"),
    )
    return properties


def _root(headers: _Headers) -> str:
    """The id of the message that a thread began with."""
    for name in ("references", "in-reply-to", "message-id"):
        if said := headers.text(name).split():
            return said[0]
    return ""


def moment(headers: _Headers, name: str) -> datetime | None:
    """Read a date; None if it is none, or none that Outlook can show."""
    values = headers.fields.get(name)
    return _moment(values[0]) if values else None


def _moment(value: bytes) -> datetime | None:
    said = iso_date(value)
    try:
        found = datetime.fromisoformat(said).astimezone(UTC) if said else None
    except (ValueError, OverflowError):
        return None
    return found if found is not None and found.year in _YEARS else None


def _times(headers: _Headers, state: State, lost: list[str]) -> dict[Tag, Value]:
    sent = moment(headers, "date")
    received = state.received or _received(headers) or sent
    if received is None:
        lost.append(losses.DATE_UNREADABLE)
    properties: dict[Tag, Value] = {}
    if submitted := sent or received:
        properties[tags.SUBMITTED] = submitted
    if received:
        properties |= {tags.DELIVERED: received, tags.CREATED: received, tags.MODIFIED: received}
    return properties


def _received(headers: _Headers) -> datetime | None:
    """When the last server on its way took it."""
    values = headers.fields.get("received")
    return _moment(values[0].rpartition(b";")[2]) if values else None


def _senders(headers: _Headers) -> dict[Tag, Value]:
    authors = headers.people("from") or headers.people("sender") or headers.people("return-path")
    if not authors:
        return {}
    senders = headers.people("sender") or authors
    return sent_representing(authors[0]) | sender(senders[0])


def _recipients(headers: _Headers, lost: list[str]) -> list[Recipient]:
    found = []
    for name, kind in _PEOPLE:
        if len(headers.fields.get(name, ())) > 1:
            lost.append(losses.RECIPIENT_FIELD_REPEATED)
        for person in headers.people(name):
            if not person.address:
                lost.append(losses.ADDRESS_BARE)
            found.append(recipient(person, kind))
    if len(found) > MOST_RECIPIENTS:
        lost.append(losses.RECIPIENTS_CUT)
    return found[:MOST_RECIPIENTS]


def _weight(headers: _Headers, state: State) -> dict[Tag, Value]:
    said = state.importance or headers.text("importance").lower() or headers.text("priority").lower()
    importance = _IMPORTANCE.get(said)
    if importance is None:
        importance = {"1": 2, "2": 2, "4": 0, "5": 0}.get(headers.text("x-priority")[:1], 1)
    found: dict[Tag, Value] = {
        tags.IMPORTANCE: importance,
        tags.PRIORITY: importance - 1,
        tags.SENSITIVITY: _SENSITIVITY.get(headers.text("sensitivity").lower(), 0),
    }
    if "disposition-notification-to" in headers.fields:
        found[tags.READ_RECEIPT] = True
    if "return-receipt-to" in headers.fields:
        found[tags.DELIVERY_RECEIPT] = True
    return found


def _flags(state: State, has_attachments: bool) -> int:
    said = {flag.lower() for flag in state.flags}
    return (
        _READ * ("\\seen" in said)
        | _UNSENT * ("\\draft" in said)
        | _HAS_ATTACHMENTS * has_attachments
        | _FROM_ME * state.outgoing
    )


def _meeting(layout: Layout, sent: datetime | None, lost: list[str]) -> Meeting | None:
    """What a calendar in it says, if it is an invitation or the like."""
    if layout.calendar is None:
        return None
    found = meeting_of(layout.calendar, sent)
    if found is None and layout.calendar.parameters.get("method"):
        lost.append(losses.MEETING_AS_FILE)
    return found


def _attachments(
    layout: Layout, bodies: dict[Tag, Value], depth: int, lost: list[str], meeting: Meeting | None
) -> Iterator[Attachment]:
    shown = bodies.get(tags.HTML)
    mentions: Mentions | None = None
    for number, part in enumerate(layout.files, 1):
        if part.media_type in MESSAGES:
            if depth < DEEPEST:
                yield _attached(part, depth + 1, lost)
                continue
            lost.append(losses.TOO_DEEP)
        if mentions is None and isinstance(shown, bytes):
            mentions = mentions_of(shown.decode("utf-8", "replace"))
        lost += _part_losses(part)
        file = attached_file(part, number, mentions, lost)
        if meeting is not None and part is meeting.part:
            file = replace(file, properties={**file.properties, tags.ATTACH_HIDDEN: True})
        yield file
    if meeting is not None:
        yield from meeting.exceptions


def _attached(part: Part, depth: int, lost: list[str]) -> Attachment:
    inner = _mail(opened(read_attached(part)), READ, depth)
    lost += inner.losses
    subject = str(inner.properties[tags.SUBJECT])
    name = fit_name(part.name, lost) if part.name else fit_name(subject or "message", [])
    return attached_message(inner, name)


def _part_losses(part: Part) -> list[str]:
    kind = part.media_type
    if is_wrapped(part):
        return [losses.TNEF_AS_FILE]
    if kind == "message/external-body":
        return [losses.EXTERNAL]
    if kind == "message/partial":
        return [losses.PARTIAL]
    return []
