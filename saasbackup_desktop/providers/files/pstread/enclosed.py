"""What of mail is no mail: invitations and answers to them, and appointments, tasks and cards in it, as other
programs read them (RFC 5545, 5546, 6350)."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any, Final

from saasbackup_desktop.core.errors import FormatUnfit
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.files.pstread import entities, kinds, losses
from saasbackup_desktop.providers.files.pstread.contacts import contact_of, group_of
from saasbackup_desktop.providers.files.pstread.entities import Entity
from saasbackup_desktop.providers.files.pstread.events import event_of
from saasbackup_desktop.providers.files.pstread.mail import author_of, method_of
from saasbackup_desktop.providers.files.pstread.objects import Message, Said
from saasbackup_desktop.providers.files.pstread.people import recipients_of
from saasbackup_desktop.providers.files.pstread.states import CLASS
from saasbackup_desktop.providers.files.pstread.tasks import task_of
from saasbackup_desktop.providers.formats.content_lines import written
from saasbackup_desktop.providers.formats.graph.values import PHOTO
from saasbackup_desktop.providers.formats.ical.writing.definitions import definition
from saasbackup_desktop.providers.formats.ical.writing.events import write_event
from saasbackup_desktop.providers.formats.ical.writing.lines import Sheet
from saasbackup_desktop.providers.formats.ical.writing.tasks import write_task
from saasbackup_desktop.providers.formats.vcard.writing import write_card

_PRODUCT: Final = "-//SaaSBackup Desktop//Import//EN"
_ANSWERS: Final = {"pos": "accepted", "neg": "declined", "tent": "tentativelyAccepted"}


def invitation_of(message: Message, said: Said) -> Entity | None:
    """Write the calendar's part of an invitation, of an answer to one or of its cancellation; None if it is none."""
    method = method_of(said.text(CLASS))
    if not method:
        return None
    plain = dict(event_of(message, said).plain)
    plain.pop("attachments", None)
    if method == "CANCEL":
        plain["isCancelled"] = True
    if method == "REPLY":
        plain |= _answer(message, said, _ANSWERS.get(said.text(CLASS).lower().rpartition(".")[2], "none"))
    text = _calendar(Service.CALENDAR, plain, said, method)
    return None if text is None else entities.calendar(text, method)


def item_of(message: Message, said: Said, name: str) -> Entity | None:
    """Write an item that lies in mail as a file; None if it is mail itself."""
    service = kinds.of_item(said.text(CLASS))
    if service is Service.CONTACTS:
        kept = (group_of if said.text(CLASS).lower().startswith("ipm.distlist") else contact_of)(message, said)
        card = write_card(kept.plain, kept.parts.get(PHOTO), [])
        return entities.file(f"{name or kept.name or 'contact'}.vcf", "text/vcard", card)
    if service in (Service.CALENDAR, Service.TASKS):
        kept = (event_of if service is Service.CALENDAR else task_of)(message, said)
        text = _calendar(service, kept.plain, said, "", kept.parts)
        shown = f"{name or kept.name or 'calendar'}.ics"
        return None if text is None else entities.file(shown, "text/calendar", text)
    return None


def _answer(message: Message, said: Said, answer: str) -> Mapping[str, Any]:
    """Who answered, and whom."""
    author = author_of(said)
    asked = next((one.person for one in recipients_of(message, said)), None)
    found: dict[str, Any] = {"isOrganizer": False, "attendees": []}
    if asked is not None:
        found["organizer"] = {"emailAddress": {"name": asked.name, "address": asked.address}}
    if author is not None:
        who = {"emailAddress": {"name": author.name, "address": author.address}}
        found["attendees"] = [{"type": "required", "status": {"response": answer}, **who}]
    return found


def _calendar(
    service: Service, plain: Mapping[str, Any], said: Said, method: str, parts: Mapping[str, bytes] | None = None
) -> bytes | None:
    held = BytesIO()
    sheet = Sheet(held)
    files = {name: (lambda data=data: iter([data])) for name, data in (parts or {}).items()}
    try:
        (write_event if service is Service.CALENDAR else write_task)(sheet, plain, files)
    except FormatUnfit:
        said.lost.append(losses.MEETING_UNREAD)
        return None
    head = b"BEGIN:VCALENDAR\r\n" + written("VERSION", "2.0") + written("PRODID", _PRODUCT)
    head += written("METHOD", method) if method else b""
    return head + b"".join(map(definition, sheet.zones)) + held.getvalue() + b"END:VCALENDAR\r\n"
