"""Imports in words: kinds of archives."""

from collections.abc import Mapping
from typing import Final

KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "pst": ("Outlook data file", "Outlook data files"),
    "msg": ("Outlook item", "Outlook items"),
    "mbox": ("mailbox file", "mailbox files"),
    "eml": ("message file", "message files"),
    "maildir": ("Maildir folder", "Maildir folders"),
    "ics": ("iCalendar file", "iCalendar files"),
    "vcf": ("vCard file", "vCard files"),
    "zip": ("ZIP archive", "ZIP archives"),
}
"""One archive of a kind, and several."""
