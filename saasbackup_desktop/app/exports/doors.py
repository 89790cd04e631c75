"""What exports are made with: writers, shelves and destinations, put together for one home."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Final

from saasbackup_desktop.app.destinations.opening import open_destination
from saasbackup_desktop.app.destinations.store import DestinationStore, unknown
from saasbackup_desktop.app.exports.documents import wording
from saasbackup_desktop.app.exports.left_out import write_list
from saasbackup_desktop.app.exports.passwords import ExportPasswords
from saasbackup_desktop.core.export.ports import About, Destination, LastingShelf, Plain, Shelf, Writer
from saasbackup_desktop.core.export.values import DESTINATION, Format, Packing
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.core.traffic import Traffic
from saasbackup_desktop.engine.exporting.doors import Ground, LeftOut, Manifest, no_format
from saasbackup_desktop.providers.files.eml import EmlWriter
from saasbackup_desktop.providers.files.ics import IcsWriter
from saasbackup_desktop.providers.files.json_files import JsonWriter
from saasbackup_desktop.providers.files.mbox import MboxWriter
from saasbackup_desktop.providers.files.outlook import OutlookWriter
from saasbackup_desktop.providers.files.pdf.folders import FolderPdfWriter
from saasbackup_desktop.providers.files.pdf.writer import PdfWriter
from saasbackup_desktop.providers.files.pstcheck.check import check
from saasbackup_desktop.providers.files.shelves.archive import ZipShelf
from saasbackup_desktop.providers.files.shelves.draft import begun, discard
from saasbackup_desktop.providers.files.shelves.folder import FolderShelf
from saasbackup_desktop.providers.files.shelves.manifest import read_manifest
from saasbackup_desktop.providers.files.tables.writer import CsvWriter
from saasbackup_desktop.providers.files.vcf import VcfWriter

_FORMATS: Final[Mapping[Service, Sequence[Format]]] = {
    Service.MAIL: (Format.PST, Format.EML, Format.MBOX, Format.PDF, Format.PDF_FOLDER, Format.CSV, Format.JSON),
    Service.CALENDAR: (Format.PST, Format.ICS, Format.PDF, Format.PDF_FOLDER, Format.CSV, Format.JSON),
    Service.CONTACTS: (Format.PST, Format.VCF, Format.PDF, Format.CSV, Format.JSON),
    Service.TASKS: (Format.PST, Format.ICS, Format.PDF, Format.PDF_FOLDER, Format.CSV, Format.JSON),
    Service.NOTES: (Format.PST, Format.ICS, Format.PDF, Format.PDF_FOLDER, Format.CSV, Format.JSON),
    Service.SETTINGS: (Format.JSON,),
    Service.DIRECTORY: (Format.JSON,),
}
"""What items of a service can become, the usual one first."""
_FOLDERS: Final[Mapping[Service, str]] = {
    Service.MAIL: "Mail",
    Service.CALENDAR: "Calendar",
    Service.CONTACTS: "Contacts",
    Service.TASKS: "Tasks",
    Service.NOTES: "Notes",
    Service.SETTINGS: "Settings",
    Service.DIRECTORY: "Directory",
}


class HomeExports:
    """``engine.exporting.doors.ExportDoors`` of one home."""

    removed = "Removed before"

    def __init__(self, passwords: ExportPasswords, destinations: DestinationStore, traffic: Traffic) -> None:
        self._passwords = passwords
        self._destinations = destinations
        self._traffic = traffic

    def formats(self, service: Service) -> Sequence[Format]:
        """What items of a service can become, the usual one first."""
        return _FORMATS.get(service, ())

    def folder_of(self, service: Service) -> str:
        """What the folder of a service is called, where several are exported together."""
        return _FOLDERS[service]

    def writer(self, format: Format, shelf: Shelf, scratch: Path, about: About, since: Plain | None) -> Writer:
        """Begin to write a format onto a shelf, or go on ``since``. Raises OSError."""
        match format:
            case Format.EML:
                return EmlWriter(shelf)
            case Format.MBOX:
                return MboxWriter(shelf, scratch)
            case Format.CSV:
                return CsvWriter(shelf)
            case Format.JSON:
                return JsonWriter(shelf)
            case Format.PDF:
                return PdfWriter(shelf, scratch, wording())
            case Format.PDF_FOLDER:
                return FolderPdfWriter(shelf, scratch, about, wording(), since)
            case Format.ICS:
                return IcsWriter(shelf, scratch, _FOLDERS[Service.CALENDAR])
            case Format.VCF:
                return VcfWriter(shelf, _FOLDERS[Service.CONTACTS])
            case Format.PST:
                return OutlookWriter(shelf, scratch, about, since)
            case _:
                raise no_format(format)

    def shelf(self, ground: Ground, since: Plain | None) -> LastingShelf:
        """Begin a shelf, or go on ``since``. Raises FileExistsError, FileNotFoundError, OSError. Blocks."""
        if ground.packing is Packing.FOLDER:
            return FolderShelf(ground.folder, ground.name, key=ground.key, about=ground.about, since=since)
        return ZipShelf(
            ground.folder,
            ground.name,
            key=ground.key,
            about=ground.about,
            since=since,
            part_size=ground.part_size,
            password=ground.password,
        )

    def begun(self, ground: Ground) -> int:
        """Bytes of what an earlier attempt left unfinished, which goes when it begins anew. Raises OSError. Blocks."""
        return begun(ground.folder, ground.name, ground.key)

    def discard(self, folder: Path, name: str, key: str) -> bool:
        """Remove what did not appear under its name yet; what somebody changed or added stays. Raises OSError."""
        return discard(folder, name, key)

    def list_left_out(self, shelf: Shelf, some: Iterable[LeftOut]) -> None:
        """Write the list of what is not in the export, or not with everything. Blocks."""
        rest = iter(some)
        first = next(rest, None)
        if first is not None:
            write_list(shelf, chain((first,), rest))

    def manifest(self, data: bytes) -> Manifest | None:
        """Read a manifest; None: it is none."""
        key, files = read_manifest(data)
        return None if key is None else Manifest(key, files, hashlib.sha256(data).hexdigest(), len(data))

    def password(self, locked: str) -> str:
        """Open the password that lies sealed in the home. Blocks. Raises Misconfigured if it is gone."""
        return self._passwords.read(locked)

    def forget(self, locked: str) -> None:
        """Remove a sealed password. Blocks."""
        self._passwords.forget(locked)

    def destination(self, to: str) -> Destination:
        """Reach a place outside. Raises Misconfigured."""
        if not to.startswith(DESTINATION):
            raise unknown(to)
        return open_destination(*self._destinations.find(to.removeprefix(DESTINATION)), self._traffic)

    def faults_of(self, file: Path, stop: Callable[[], bool]) -> Sequence[str]:
        """Read a finished data file from scratch and give codes of what is wrong; of other files nothing. Blocks."""
        if file.suffix != ".pst":
            return ()
        return [finding.code for finding in check(file, stop=stop).findings]
