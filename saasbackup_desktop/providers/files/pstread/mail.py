"""Items of Outlook's as mail (RFC 5322): with the headers that it came with, as far as they were kept."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from saasbackup_desktop.providers.files.pstcheck import Unreadable
from saasbackup_desktop.providers.files.pstread import entities, fields, losses
from saasbackup_desktop.providers.files.pstread.attachments import Attached, attached_of
from saasbackup_desktop.providers.files.pstread.entities import Entity
from saasbackup_desktop.providers.files.pstread.fields import Field
from saasbackup_desktop.providers.files.pstread.objects import Message, Said
from saasbackup_desktop.providers.files.pstread.people import (
    BCC,
    CC,
    TO,
    Person,
    Recipient,
    entries,
    one_off,
    person_of,
    recipients_of,
)
from saasbackup_desktop.providers.files.pstread.signed import sealed
from saasbackup_desktop.providers.files.pstread.states import CLASS, IMPORTANCE, WEIGHTS, facets_of, flags_of, number_of
from saasbackup_desktop.providers.files.pstread.texts import REPORT_TEXT, Texts, texts_of
from saasbackup_desktop.providers.formats.headers import parameters_of, text_of

SUBJECT: Final = 0x0037
SUBMITTED: Final = 0x0039
DELIVERED: Final = 0x0E06
CREATED: Final = 0x3007
MODIFIED: Final = 0x3008
_HEADERS: Final = 0x007D
_SENSITIVITY: Final = 0x0036
_READ_RECEIPT: Final = 0x0029
_FROM: Final = (0x0042, 0x0064, 0x0065, 0x5D02, 0x0041)
_SENDER: Final = (0x0C1A, 0x0C1E, 0x0C1F, 0x5D01, 0x0C19)
_REPLY_ENTRIES: Final = 0x004F
_THREAD: Final = 0x0071
_IDS: Final = (("Message-ID", 0x1035), ("In-Reply-To", 0x1042), ("References", 0x1039))
_LISTS: Final = (("List-Help", 0x1043), ("List-Subscribe", 0x1044), ("List-Unsubscribe", 0x1045))
_SECRETS: Final = {1: "Personal", 2: "Private", 3: "Company-Confidential"}
_OF_WHOLE: Final = frozenset({"from", "sender", "return-path", "received"})
"""Fields of which a header section that came with a message has one at least."""
_MEETINGS: Final = "ipm.schedule.meeting."
_METHODS: Final = {"request": "REQUEST", "canceled": "CANCEL", "resp": "REPLY"}
_NUMBERED: Final = re.compile(r"part-\d+\.ics\Z")
"""What a part without a name is called in such a file."""
DEEPEST: Final = 20
"""Messages within one another that are read."""
_STATUS: Final = {
    "message/delivery-status": "delivery-status",
    "message/global-delivery-status": "delivery-status",
    "message/disposition-notification": "disposition-notification",
}


@dataclass(frozen=True, slots=True)
class Others:
    """How what is no mail is written into mail; None where it is none of these."""

    invitation: Callable[[Message, Said], Entity | None] = lambda message, said: None
    item: Callable[[Message, Said, str], Entity | None] = lambda message, said, name: None


_NOTHING: Final = Others()


@dataclass(slots=True)
class Mail:
    """A message, and what its mailbox says of it."""

    data: bytes
    subject: str
    time: int | None
    flags: tuple[str, ...]
    facets: dict[str, str] = field(default_factory=dict)


def subject_of(said: Said) -> str:
    """Read a subject, without the mark that parts its prefix."""
    subject = said.text(SUBJECT)
    return subject[2:] if subject[:1] == "\x01" else subject


def mail_of(message: Message, said: Said, others: Others = _NOTHING) -> Mail:
    """Turn an item into a message. Raises Unreadable if nothing of it can be read."""
    moment = moment_of(said, DELIVERED, SUBMITTED, CREATED)
    return Mail(
        b"".join(_written(message, said, others, "", 0)),
        subject_of(said),
        int(moment.timestamp()) if moment else None,
        flags_of(said),
        facets_of(said),
    )


def _written(message: Message, said: Said, others: Others, key: str, depth: int) -> list[bytes]:
    """Write a message in pieces. ``key`` tells it from the messages that it lies in."""
    kept = fields.kept(said.text(_HEADERS))
    attached = list(attached_of(message, said))
    if found := sealed(said.text(CLASS), attached, kept):
        head = fields.without_parts(kept) if found.replaces else kept
        return [*_head(message, said, head), b"" if not found.replaces else b"MIME-Version: 1.0\r\n", *found.pieces]
    root = _root(message, said, kept, attached, others, key, depth)
    return [
        *_head(message, said, fields.without_parts(kept)),
        b"MIME-Version: 1.0\r\n",
        *root.pieces(),
    ]


def _head(message: Message, said: Said, kept: Sequence[Field]) -> Iterator[bytes]:
    """Write the fields that it came with, and those that only Outlook knows."""
    there = {name for name, _ in kept}
    subject = subject_of(said)
    for one in kept:
        if one[0] == "subject" and not _is_same(text_of(fields.value(one)), subject):
            yield fields.plain("Subject", subject)
        else:
            yield one[1]
    is_whole = bool(there & _OF_WHOLE)
    recipients = recipients_of(message, said, (BCC,) if is_whole else (TO, CC, BCC))
    if not is_whole:
        yield from _people(said, there)
    wanted = ((BCC, "Bcc"),) if is_whole else ((TO, "To"), (CC, "Cc"), (BCC, "Bcc"))
    for kind, name in wanted:
        if name.lower() not in there and (found := list(_named(recipients, kind))):
            yield fields.people(name, found)
    yield from _rest(said, there, subject, is_whole)


def _is_same(headers: str, subject: str) -> bool:
    """Whether a subject is what the headers say, or the beginning of it."""
    ours, theirs = "".join(subject.split()), "".join(headers.split())
    return theirs.startswith(ours) if ours else not theirs


def _named(recipients: Sequence[Recipient], kind: int) -> Iterator[str]:
    return (fields.mailbox(one.person.name, one.person.address) for one in recipients if one.kind == kind)


def moment_of(said: Said, *ids: int) -> datetime | None:
    """Read the first moment that is said; what programs write for want of any does not count."""
    found = (moment for moment in map(said.moment, ids) if moment is not None)
    return next((moment for moment in found if moment.timestamp() != 0), None)


def author_of(said: Said) -> Person | None:
    """In whose name it was sent."""
    return person_of(said, *_FROM) or person_of(said, *_SENDER)


def _people(said: Said, there: set[str]) -> Iterator[bytes]:
    author, sender = author_of(said), person_of(said, *_SENDER)
    if author and "from" not in there:
        yield fields.people("From", [fields.mailbox(author.name, author.address)])
    if "sender" not in there and sender and author and sender.address.lower() != author.address.lower():
        yield fields.people("Sender", [fields.mailbox(sender.name, sender.address)])
    answers = [one for one in map(one_off, entries(said.data(_REPLY_ENTRIES))) if one is not None]
    if answers and "reply-to" not in there:
        yield fields.people("Reply-To", [fields.mailbox(one.name, one.address) for one in answers])


def _rest(said: Said, there: set[str], subject: str, is_whole: bool) -> Iterator[bytes]:
    if not is_whole and "date" not in there and (moment := moment_of(said, SUBMITTED, DELIVERED, CREATED)):
        yield fields.date("Date", moment)
    if "subject" not in there and subject:
        yield fields.plain("Subject", subject)
    for name, id in _IDS:
        if name.lower() not in there and (text := said.text(id)):
            yield fields.ids(name, text)
    if is_whole:
        return
    for name, found in _more(said):
        if name.lower() not in there:
            yield found


def _more(said: Said) -> Iterator[tuple[str, bytes]]:
    """Fields that say what Outlook keeps of them beside the header section."""
    if index := said.data(_THREAD):
        lines = entities.base64_lines(index)[:1]
        yield "Thread-Index", fields.ids("Thread-Index", "".join(piece.decode() for piece in lines))
    for name, id in _LISTS:
        if text := said.text(id):
            yield name, fields.ids(name, text)
    if weight := WEIGHTS.get(number_of(said, IMPORTANCE, 1)):
        yield "Importance", fields.plain("Importance", weight)
    if secret := _SECRETS.get(number_of(said, _SENSITIVITY, 0)):
        yield "Sensitivity", fields.plain("Sensitivity", secret)
    if said.truth(_READ_RECEIPT) and (author := author_of(said)) and author.address:
        name = "Disposition-Notification-To"
        yield name, fields.people(name, [fields.mailbox(author.name, author.address)])


def _root(
    message: Message,
    said: Said,
    kept: Sequence[Field],
    attached: Sequence[Attached],
    others: Others,
    key: str,
    depth: int,
) -> Entity:
    """Build what a message consists of."""
    shown = texts_of(said)
    if not (shown.plain or shown.html) and said.has(REPORT_TEXT):
        shown = Texts(said.text(REPORT_TEXT))
    original = next((fields.value(one) for one in kept if one[0] == "content-type"), b"")
    invitation, meeting = _meeting(message, said, attached, others)
    inline = [one for one in attached if one.is_shown and one is not invitation]
    body = _body(shown, parameters_of(original)[0], inline, key)
    if meeting is not None:
        body = entities.multipart("alternative", [body, meeting], f"{key}/meeting")
    files = [body]
    for number, one in enumerate(attached):
        if one is invitation:
            continue
        if not one.is_shown or not shown.html:
            files.append(_file(one, others, f"{key}/{number}", depth, said))
    if len(files) == 1:
        return body
    report = next((_STATUS[one.media_type] for one in attached if one.media_type in _STATUS), "")
    if report and said.text(CLASS).upper().startswith("REPORT"):
        return entities.multipart("report", files, key, f"; report-type={report}")
    return entities.multipart("mixed", files, key)


def _meeting(
    message: Message, said: Said, attached: Sequence[Attached], others: Others
) -> tuple[Attached | None, Entity | None]:
    """The calendar's part of an invitation: the one that it came with, else one that says what Outlook knows."""
    method = method_of(said.text(CLASS))
    if not method:
        return None, None
    known = [one for one in attached if one.media_type == "text/calendar"]
    own = next((one for one in known if one.is_shown), None)
    if own is not None:
        return own, entities.calendar(own.data, method, "" if _NUMBERED.match(own.name) else own.name)
    return None, None if known else others.invitation(message, said)


def method_of(kind: str) -> str:
    """What a message of a class does with a meeting, as calendars call it; empty if it does nothing."""
    words = kind.lower().removeprefix(_MEETINGS).split(".")
    return _METHODS.get(words[0], "") if kind.lower().startswith(_MEETINGS) else ""


def _body(shown: Texts, original: str, inline: Sequence[Attached], key: str) -> Entity:
    if not shown.html:
        plain = entities.text(shown.plain)
        if not shown.rich:
            return plain
        return entities.multipart("alternative", [plain, entities.file("", "text/rtf", shown.rich, inline=True)], key)
    html = entities.text(shown.html, "html")
    if inline:
        html = entities.multipart("related", [html, *(one.entity() for one in inline)], key, '; type="text/html"')
    if not shown.plain or original == "text/html" or (original != "multipart/alternative" and shown.is_derived):
        return html
    return entities.multipart("alternative", [entities.text(shown.plain), html], key)


def _file(one: Attached, others: Others, key: str, depth: int, above: Said) -> Entity:
    if one.message is None:
        return one.entity()
    lost, page = above.lost, above.page
    if depth >= DEEPEST:
        lost.append(losses.TOO_DEEP)
        return entities.text("")
    try:
        inner, said = one.message, Said(one.message, lost, page)
        item = others.item(inner, said, one.name)
        return item or entities.message(one.name, _written(inner, said, others, key, depth + 1))
    except Unreadable:
        lost.append(losses.ATTACHMENT_DAMAGED)
        return entities.text("")
