"""What an export is about, as plain values."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.core.selection import EVERYTHING, Selection

USUAL_PART: Final = 5 * 10**9
LARGE_PART: Final = 20 * 10**9

DESTINATION: Final = "destination:"
"""What ``Export.to`` begins with where a destination's name follows."""


class Format(StrEnum):
    """What items become."""

    EML = "eml"  # each message a file, byte for byte
    MBOX = "mbox"  # each folder a file (mboxrd)
    PST = "pst"  # Outlook's data file: all services in one
    ICS = "ics"  # iCalendar: each calendar or list of tasks a file
    VCF = "vcf"  # vCard: each folder of contacts a file
    CSV = "csv"  # a table of each folder
    PDF = "pdf"  # each item a document, to be read and printed
    PDF_FOLDER = "pdf-folder"  # each folder a document, its items in order of time
    JSON = "json"  # as the service tells it, each item a file


class Packing(StrEnum):
    """How the files are handed over."""

    FOLDER = "folder"  # as they are, in folders
    ZIP = "zip"  # in ZIP archives of at most a size


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """What is taken of one stream, and what it becomes."""

    stream: StreamId
    snapshot: SnapshotId
    selection: Selection = EVERYTHING
    format: Format


@dataclass(frozen=True, slots=True)
class Made:
    """A finished file of an export."""

    name: str
    """Path below the export's own folder, with ``/``."""
    size: int
    sha256: str
    items: int
