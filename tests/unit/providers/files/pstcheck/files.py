"""Files of our own writer to check and to damage."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from saasbackup_desktop.providers.files.mapi.attached_items import item_within
from saasbackup_desktop.providers.files.mapi.events import event as to_appointment
from saasbackup_desktop.providers.files.mapi.tasks import task as to_task
from saasbackup_desktop.providers.files.pst.model import Attachment, Message, Named, Recipient, Tag, Type
from saasbackup_desktop.providers.files.pst.split import PstWriter

WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
KEYWORDS = Named(UUID("00020329-0000-0000-c000-000000000046"), "Keywords")
REMINDER = Named(UUID("00062008-0000-0000-c000-000000000046"), 0x8503)
LONG = "A long text. " * 2000
CONTACT_DATA = Named(UUID("00062004-0000-0000-c000-000000000046"), 0x8007)
PLAIN, LOADED = 0x200024, 0x200044
"""Nodes of the first messages of ``small``."""
INBOX, DEEP = 0x80A2, 0x80E2
LARGE = bytes(range(251)) * 1200


def mail(subject: str, attachments: Sequence[Attachment] = (), body: str = "Text", recipients: int = 2) -> Message:
    """Make a mail."""
    return Message(
        properties={
            Tag(0x001A, Type.STRING): "IPM.Note",
            Tag(0x0037, Type.STRING): subject,
            Tag(0x003D, Type.STRING): "RE: " if subject.startswith("RE: ") else "",
            Tag(0x0039, Type.TIME): WHEN,
            Tag(0x0E06, Type.TIME): WHEN,
            Tag(0x0E07, Type.INTEGER32): 0x1,
            Tag(0x0C1A, Type.STRING): "Ann",
            Tag(0x1000, Type.STRING): body,
            Tag(KEYWORDS, Type.MANY_STRING): ["Red", "Blue"],
            Tag(REMINDER, Type.BOOLEAN): False,
        },
        recipients=[recipient(number) for number in range(recipients)],
        attachments=attachments,
    )


def recipient(number: int) -> Recipient:
    """Make a recipient."""
    return Recipient(
        properties={
            Tag(0x0C15, Type.INTEGER32): 1,
            Tag(0x3001, Type.STRING): f"Bob {number}",
            Tag(0x3002, Type.STRING): "SMTP",
            Tag(0x3003, Type.STRING): f"bob{number}@example.org",
        }
    )


def attached(name: str, content: bytes | Message) -> Attachment:
    """Attach a file or a message."""
    name_tag = Tag(0x3001 if isinstance(content, Message) else 0x3707, Type.STRING)
    method = 5 if isinstance(content, Message) else 1
    return Attachment(properties={name_tag: name, Tag(0x3705, Type.INTEGER32): method}, content=content)


def small(path: Path) -> Path:
    """Write one of everything: long data, a message in a message, folders in folders."""
    with PstWriter(path, "Small") as pst:
        inbox = pst.folder(("Inbox",), "IPF.Note")
        pst.add(inbox, mail("RE: Plain"))
        pst.add(inbox, mail("Loaded", [attached("small.txt", b"hello"), attached("large.bin", LARGE)]))
        pst.add(inbox, mail("Holder", [attached("Inner", mail("Inner", [attached("deep.txt", b"deep")]))]))
        deep = pst.folder(("Inbox", "Sub", "Deep"), "IPF.Note")
        pst.add(deep, mail("Body", body=LONG))
        contact = {Tag(0x001A, Type.STRING): "IPM.Contact", Tag(CONTACT_DATA, Type.MANY_INTEGER32): [1, 2]}
        pst.add(deep, Message(properties={**mail("Contact").properties, **contact}))
        pst.close()
    return path


def dated(path: Path) -> Path:
    """Write a series of appointments, of which one is otherwise, and a task that comes again."""
    zone = {"originalStartTimeZone": "W. Europe Standard Time", "originalEndTimeZone": "W. Europe Standard Time"}
    weekly = {
        "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"]},
        "range": {"type": "noEnd", "startDate": "2024-05-06"},
    }
    event = {
        "id": "A",
        "subject": "Series",
        "start": {"dateTime": "2024-05-06T07:00:00", "timeZone": "UTC"},
        "end": {"dateTime": "2024-05-06T08:00:00", "timeZone": "UTC"},
        "recurrence": weekly,
        **zone,
    }
    other = {**event, "subject": "Other", "recurrence": None, "originalStart": "2024-05-20T07:00:00Z"}
    plain = {**event, "cancelledOccurrences": ["OID.A.2024-05-13"], "exceptionOccurrences": [other]}
    due = {"dateTime": "2024-05-06T00:00:00", "timeZone": "UTC"}
    task = {"id": "T", "title": "Task", "dueDateTime": due, "recurrence": weekly}
    with PstWriter(path, "Dated") as pst:
        folder = pst.folder(("Calendar",), "IPF.Appointment")
        pst.add(folder, to_appointment(plain, {}, item_within))
        pst.add(folder, to_task(task, {}, item_within))
        pst.close()
    return path


def wide(path: Path) -> Path:
    """Write what needs more than one level: many properties, attachments, recipients and messages."""
    with PstWriter(path, "Wide") as pst:
        inbox = pst.folder(("Inbox",), "IPF.Note")
        pst.add(inbox, mail("Many", [attached(f"{number}.txt", b"x") for number in range(350)], recipients=600))
        for number in range(60):
            pst.add(inbox, mail(f"Mail {number}"))
        pst.close()
    return path


def long(path: Path, size: int) -> Path:
    """Write a file that is larger than an attachment of this size."""
    piece = bytes(range(256)) * 4096
    count = -(-size // len(piece))
    content = Attachment(
        properties={Tag(0x3707, Type.STRING): "long.bin", Tag(0x3705, Type.INTEGER32): 1},
        content=lambda: (piece for _ in range(count)),
        size=count * len(piece),
    )
    with PstWriter(path, "Long") as pst:
        pst.add(pst.folder(("Inbox",), "IPF.Note"), mail("Long", [content]))
        pst.close()
    return path
