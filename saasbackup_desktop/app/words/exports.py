"""Exports in words: what items become, how they are packed, and how an export stands."""

from collections.abc import Mapping
from typing import Final

from saasbackup_desktop.app.exports.views import ExportResult, ExportStatus, ShareStatus
from saasbackup_desktop.app.words.faults import words_for
from saasbackup_desktop.app.words.states import Status, Tone
from saasbackup_desktop.core.export.values import Format, Packing
from saasbackup_desktop.core.model import Service

LEFT_OUT: Final = "Not exported in full"
"""The file in an export that lists what is not in it, or not with everything; without its ending."""
FORMATS: Final[Mapping[Format, tuple[str, str]]] = {
    Format.PST: ("Outlook data file (.pst)", "Outlook opens it as it is: everything in one file, folder by folder."),
    Format.EML: ("Messages (.eml)", "Each message a file of its own, byte for byte as it came."),
    Format.MBOX: ("Mailbox files (.mbox)", "Each folder a file that Thunderbird, Apple Mail and others take."),
    Format.ICS: ("iCalendar (.ics)", "Each calendar or list a file that every calendar program takes."),
    Format.VCF: ("vCards (.vcf)", "Each folder of contacts a file that every address book takes."),
    Format.CSV: ("Table (.csv)", "Each folder a table for spreadsheets. Attachments are named, not included."),
    Format.PDF: ("One document per item (.pdf)", "Each item a document, to be read, printed and handed in."),
    Format.PDF_FOLDER: (
        "One document per folder (.pdf)",
        "Each folder a document in order of time, with a table of contents, bookmarks, and pages numbered throughout.",
    ),
    Format.JSON: ("As stored (.json)", "Each item as its service tells it, with everything it has; for programs."),
}
"""Label and explanation of each format."""
SHORT_FORMATS: Final[Mapping[Format, str]] = {
    Format.PST: "PST",
    Format.EML: "EML",
    Format.MBOX: "MBOX",
    Format.ICS: "iCalendar",
    Format.VCF: "vCard",
    Format.CSV: "CSV",
    Format.PDF: "PDF",
    Format.PDF_FOLDER: "PDF by folder",
    Format.JSON: "JSON",
}
OPEN: Final[Mapping[Service, tuple[Format, ...]]] = {
    Service.MAIL: (Format.EML, Format.MBOX),
    Service.CALENDAR: (Format.ICS,),
    Service.CONTACTS: (Format.VCF,),
    Service.TASKS: (Format.ICS, Format.CSV),
    Service.NOTES: (Format.PDF, Format.ICS),
}
"""What most programs take of a service, the best first; of others, what they are kept as."""
PACKINGS: Final[Mapping[Packing, tuple[str, str]]] = {
    Packing.FOLDER: ("Files in a folder", "They can be opened at once."),
    Packing.ZIP: ("ZIP archives", "Few files to hand over, cut into parts of a size; a password can lock them."),
}
STATUSES: Final[Mapping[ExportStatus, Status]] = {
    ExportStatus.QUEUED: Status("On queue", "It starts as soon as the job before it is finished.", Tone.QUIET),
    ExportStatus.RUNNING: Status("Running", "", Tone.BUSY),
    ExportStatus.RETRYING: Status(
        "Retrying", "It is tried again by itself, and goes on from what is done.", Tone.ATTENTION
    ),
    ExportStatus.PAUSED: Status("Paused", "Resume it whenever you like; it goes on from where it stopped.", Tone.QUIET),
    ExportStatus.CANCELLED: Status("Cancelled", "Resume it, and it goes on from what is done.", Tone.QUIET),
    ExportStatus.FAILED: Status("Failed", "Look at the reason, then resume it.", Tone.BAD),
    ExportStatus.PARTIAL: Status(
        "Partially completed",
        f"The files are good. What is not in them, or not wholly, is listed in “{LEFT_OUT}.csv” beside them.",
        Tone.ATTENTION,
    ),
    ExportStatus.COMPLETED: Status("Completed", "", Tone.GOOD),
    ExportStatus.EXPIRED: Status(
        "Expired", "Its files were removed when their time was over. Make it again.", Tone.QUIET
    ),
}
SHARES: Final[Mapping[ShareStatus, Status]] = {
    ShareStatus.WAITING: Status("Waiting", "", Tone.QUIET),
    ShareStatus.RUNNING: Status("Running", "", Tone.BUSY),
    ShareStatus.COMPLETED: Status("Completed", "", Tone.GOOD),
    ShareStatus.PARTIAL: Status("In part", "Some of it is not in the files.", Tone.ATTENTION),
    ShareStatus.WITHOUT: Status("Nothing saved", "There was nothing of it to take.", Tone.QUIET),
}
"""How each of several accounts stands in an export."""
WARNINGS: Final[Mapping[str, str]] = {
    "not-enough-room": "There is less room than this needs. Choose another place, or take less.",
    "nothing-picked": "Nothing fits what was chosen.",
    "picked-gone": "Some of what was picked is not in this point in time. It will be listed, and the rest is taken.",
    "point-partial": "A point in time is not whole itself: what it lacks will be listed, and the rest is taken.",
    "without": "Of some accounts there is nothing to take. They are left out, and listed in the download.",
    "name-taken": "There is a download of this name already: the new one gets a number.",
}
"""What an estimate warns of."""


def export_status(result: ExportResult) -> Status:
    """Say how an export stands, and what to do about it."""
    status = STATUSES[result.status]
    if result.status is ExportStatus.QUEUED and result.code == "interrupted":
        return Status("Interrupted", words_for(result.code).remedy, Tone.ATTENTION)
    if result.code and result.status in (ExportStatus.FAILED, ExportStatus.RETRYING):
        words = words_for(result.code, result.facts)
        remedy = words.remedy if result.status is ExportStatus.FAILED else status.remedy
        return Status(status.label, f"{words.what} {remedy}".strip(), status.tone)
    return status
