"""Everything that archives hold, one after the other."""

from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from saasbackup_desktop.core.errors import ArchiveFault, ArchiveUnreadable
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.files.archives.finding import Archive, BadFile, Kind, search
from saasbackup_desktop.providers.files.archives.messages import read_file, read_mailbox
from saasbackup_desktop.providers.files.archives.model import Told

Reading = Callable[[Archive, Path], Iterator[Told]]

SERVICES: Final[Mapping[Kind, frozenset[Service]]] = {
    Kind.EML: frozenset({Service.MAIL}),
    Kind.MBOX: frozenset({Service.MAIL}),
    Kind.MAILDIR: frozenset({Service.MAIL}),
}
"""What can lie in each kind."""
_READINGS: Final[Mapping[Kind, Reading]] = {
    Kind.EML: lambda archive, _scratch: read_file(archive),
    Kind.MAILDIR: lambda archive, _scratch: read_file(archive),
    Kind.MBOX: lambda archive, _scratch: read_mailbox(archive),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """What was told, and of which archive."""

    archive: Archive
    told: Told


def read(
    paths: Sequence[Path], services: Collection[Service], scratch: Path, password: str | None = None
) -> Generator[Archive | Piece | BadFile, None, None]:
    """Tell each archive, then what lies in it, of these services. What breaks off is told as a bad file in the end."""
    for found in search(paths, scratch, password):
        if isinstance(found, BadFile):
            yield found
            continue
        if not SERVICES[found.kind] & set(services):
            continue
        yield found
        try:
            for told in _READINGS[found.kind](found, scratch):
                if told.service in services:
                    yield Piece(found, told)
        except ArchiveFault as fault:
            yield BadFile(found.stored.label, fault)
        except OSError as error:
            label = found.stored.label
            yield BadFile(label, ArchiveUnreadable(str(error), name=label, reason="disk"))
