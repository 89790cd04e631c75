"""Everything that archives hold, one after the other."""

import logging
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from saasbackup_desktop.core.errors import ArchiveFault, ArchiveUnreadable
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.files import msgread
from saasbackup_desktop.providers.files.archives.calendars import read_calendar, read_contacts
from saasbackup_desktop.providers.files.archives.finding import Archive, BadFile, Kind, PassedOver, refused, search
from saasbackup_desktop.providers.files.archives.mbox import LONGEST
from saasbackup_desktop.providers.files.archives.messages import read_file, read_mailbox
from saasbackup_desktop.providers.files.archives.roles import role_of
from saasbackup_desktop.providers.files.found import FolderFound, Told
from saasbackup_desktop.providers.files.pstread import walk

log = logging.getLogger(__name__)

Reading = Callable[[Archive, Collection[Service], Path], Iterator[Told]]

SERVICES: Final[Mapping[Kind, frozenset[Service]]] = {
    Kind.EML: frozenset({Service.MAIL}),
    Kind.MBOX: frozenset({Service.MAIL}),
    Kind.MAILDIR: frozenset({Service.MAIL}),
    Kind.PST: frozenset({Service.MAIL, Service.CALENDAR, Service.CONTACTS, Service.TASKS, Service.NOTES}),
    Kind.MSG: frozenset({Service.MAIL, Service.CALENDAR, Service.CONTACTS, Service.TASKS, Service.NOTES}),
    Kind.ICS: frozenset({Service.CALENDAR, Service.TASKS, Service.NOTES}),
    Kind.VCF: frozenset({Service.CONTACTS}),
}
"""What can lie in each kind."""


def _read_data_file(archive: Archive, services: Collection[Service], scratch: Path) -> Iterator[Told]:
    """Items of all services, below the folders that the file lies in. Raises OSError, ArchiveFault."""
    with archive.stored.at(scratch / "data-file") as path:
        for told in walk(path, services):
            yield replace(told, path=(*archive.folder, *told.path)) if archive.folder else told


def _read_item_file(archive: Archive, services: Collection[Service], scratch: Path) -> Iterator[Told]:
    """One item of Outlook's, in the folder that its file lies in. Raises OSError, ArchiveFault."""
    stored = archive.stored
    if stored.size > LONGEST:
        raise ArchiveUnreadable(stored.label, name=stored.label, reason="too-long")
    with stored.at(scratch / "item-file") as path:
        found = msgread.read(path, archive.folder, stored.label, services)
    if found is not None:
        is_mail = found.service is Service.MAIL
        role = role_of(found.path[-1]) if is_mail and len(found.path) == 1 else None
        yield FolderFound(service=found.service, path=found.path, role=role)
        yield found


_READINGS: Final[Mapping[Kind, Reading]] = {
    Kind.EML: lambda archive, _services, _scratch: read_file(archive),
    Kind.MAILDIR: lambda archive, _services, _scratch: read_file(archive),
    Kind.MBOX: lambda archive, _services, _scratch: read_mailbox(archive),
    Kind.PST: _read_data_file,
    Kind.MSG: _read_item_file,
    Kind.ICS: lambda archive, _services, _scratch: read_calendar(archive),
    Kind.VCF: lambda archive, _services, _scratch: read_contacts(archive),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """What was told, and of which archive."""

    archive: Archive
    told: Told


def read(
    paths: Sequence[Path], services: Collection[Service], scratch: Path, password: str | None = None
) -> Generator[Archive | Piece | BadFile | PassedOver | FolderFound, None, None]:
    """Tell each archive, then what lies in it, of these services. What breaks off is told as a bad file in the end."""
    for found in search(paths, scratch, password):
        if isinstance(found, BadFile | PassedOver):
            yield found
            continue
        if isinstance(found, FolderFound):
            if found.service in services:
                yield found
            continue
        yield found
        if not SERVICES[found.kind] & set(services):
            continue
        try:
            for told in _READINGS[found.kind](found, services, scratch):
                if told.service in services:
                    yield Piece(found, told)
                del told  # it may be large, and so may the next one
        except ArchiveFault as fault:
            yield BadFile(found.stored.label, fault, found.kind)
        except OSError as error:
            yield BadFile(found.stored.label, refused(found.stored.label, error), found.kind)
        except Exception:  # files of strangers may hold what nobody thought of: the others are read all the same
            label = found.stored.label
            log.exception("an archive could not be read: %s", found.kind)
            yield BadFile(label, ArchiveUnreadable("bug", name=label, reason="bug"), found.kind)
