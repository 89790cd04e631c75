"""Invitations in mail, answers to them and their cancellations ([MS-OXOCAL] 2.2.5 to 2.2.9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from saasbackup_desktop.providers.files.mapi import tags
from saasbackup_desktop.providers.files.mapi.attached_items import item_within
from saasbackup_desktop.providers.files.mapi.contents import whole
from saasbackup_desktop.providers.files.mapi.events import event
from saasbackup_desktop.providers.files.pst.model import Attachment, Message, Named, Tag, Value
from saasbackup_desktop.providers.files.pst.values import Unfit
from saasbackup_desktop.providers.formats.charsets import decode
from saasbackup_desktop.providers.formats.content_lines import head, spans
from saasbackup_desktop.providers.formats.graph.plain import Plain, inner, line, objects
from saasbackup_desktop.providers.formats.ical.reading import Read, read_calendar
from saasbackup_desktop.providers.formats.parts import Part

_LARGEST: Final = 1 << 20
"""Raw bytes of a calendar that is read."""
_TENTATIVE: Final = 1
_RECEIVED: Final = 3
_CANCELLED: Final = 7
_NEW: Final = 1
_ANSWERS: Final[Mapping[str, tuple[str, int]]] = {
    "accepted": ("Pos", 0x405),
    "declined": ("Neg", 0x406),
    "tentativelyAccepted": ("Tent", 0x407),
}
"""The end of an answer's class, and its picture."""
_REQUEST: Final = 0x404
_CANCELLATION: Final = 0x408
_SETS: Final = frozenset({tags.APPOINTMENT, tags.COMMON, tags.MEETING})
_TAKEN: Final = frozenset({tags.START_DATE, tags.END_DATE, tags.REPLY_REQUESTED, tags.RESPONSE_REQUESTED})
_NOT_TAKEN: Final = frozenset({tags.SIDE_EFFECTS, tags.PRIVATE})
_TEXTS: Final = (tags.BODY, tags.HTML, tags.NATIVE_BODY, tags.CODE_PAGE)


@dataclass(frozen=True, slots=True)
class Meeting:
    """What a calendar's part of a mail says."""

    properties: Mapping[Tag, Value]
    texts: Mapping[Tag, Value]
    """For a mail that has no text of its own."""
    exceptions: Sequence[Attachment]
    part: Part
    """The calendar itself: it stays, hidden."""


def meeting_of(part: Part, sent: datetime | None) -> Meeting | None:
    """Read an invitation, an answer or a cancellation; None if it is something else, or several of them."""
    if part.end - part.start > _LARGEST:
        return None
    data = _text(part)
    calendar = read_calendar(data)
    if calendar is None or calendar.count != 1:
        return None
    one = next(iter(calendar.items()), None)
    if not isinstance(one, Read) or line(one.plain.get("@odata.type")) != "#microsoft.graph.event":
        return None
    said = _kind(_method(data) or part.parameters.get("method", "").upper(), one.plain)
    if said is None:
        return None
    try:
        return _meeting(one.plain, said, part, sent)
    except Unfit:
        return None


def _text(part: Part) -> bytes:
    """The calendar in UTF-8."""
    data = whole(part)
    charset = part.parameters.get("charset", "")
    return data if data.isascii() or charset.lower() in ("", "utf-8") else decode(data, charset).encode()


def _method(data: bytes) -> str:
    frame = next((span for span in spans(data) if span.kind == "VCALENDAR"), None)
    return head(data, frame).text("METHOD").upper() if frame is not None else ""


def _kind(method: str, plain: Plain) -> dict[Tag, Value] | None:
    """Of which class it is, and what follows from that."""
    if method == "REQUEST":
        return {
            tags.MESSAGE_CLASS: "IPM.Schedule.Meeting.Request",
            tags.ICON: _REQUEST,
            tags.APPOINTMENT_STATE: _RECEIVED,
            tags.MEETING_TYPE: _NEW,
            tags.BUSY: _TENTATIVE,
        }
    if method == "CANCEL":
        return {
            tags.MESSAGE_CLASS: "IPM.Schedule.Meeting.Canceled",
            tags.ICON: _CANCELLATION,
            tags.APPOINTMENT_STATE: _CANCELLED,
            tags.BUSY: 0,
        }
    if method == "REPLY":
        given = {line(inner(one, "status").get("response")) for one in objects(plain, "attendees")}
        answer = _ANSWERS.get(given.pop()) if len(given) == 1 else None
        if answer is not None:
            return {tags.MESSAGE_CLASS: f"IPM.Schedule.Meeting.Resp.{answer[0]}", tags.ICON: answer[1]}
    return None


def _meeting(plain: Plain, said: dict[Tag, Value], part: Part, sent: datetime | None) -> Meeting:
    appointment = event({**plain, "attachments": []}, {}, item_within)
    properties = {tag: value for tag, value in appointment.properties.items() if _is_taken(tag)}
    properties[tags.INTENDED_BUSY] = appointment.properties[tags.BUSY]
    properties[tags.MEETING_WHERE] = appointment.properties[tags.LOCATION]
    if sent is not None:
        is_answer = str(said[tags.MESSAGE_CLASS]).startswith("IPM.Schedule.Meeting.Resp")
        properties[tags.ATTENDEE_CHANGE if is_answer else tags.OWNER_CHANGE] = sent
    return Meeting(
        properties=properties | said,
        texts={tag: appointment.properties[tag] for tag in _TEXTS if tag in appointment.properties},
        exceptions=[one for one in appointment.attachments if isinstance(one.content, Message)],
        part=part,
    )


def _is_taken(tag: Tag) -> bool:
    """What says when and where it is; who wrote to whom is the mail's."""
    if tag in _TAKEN:
        return True
    return isinstance(tag.id, Named) and tag.id.set in _SETS and tag not in _NOT_TAKEN
