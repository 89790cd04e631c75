"""Check and read Outlook data files, knowing nothing of how ours are written."""

from saasbackup_desktop.providers.files.pstcheck.check import check
from saasbackup_desktop.providers.files.pstcheck.findings import FAULTS, NOTES, Finding, Report, Unreadable, Weight
from saasbackup_desktop.providers.files.pstcheck.names import Name
from saasbackup_desktop.providers.files.pstcheck.reader import Attachment, Folder, Message, PstFile, Recipient

__all__ = [
    "FAULTS",
    "NOTES",
    "Attachment",
    "Finding",
    "Folder",
    "Message",
    "Name",
    "PstFile",
    "Recipient",
    "Report",
    "Unreadable",
    "Weight",
    "check",
]
