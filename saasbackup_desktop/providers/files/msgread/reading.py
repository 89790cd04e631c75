"""A file of one item, told as what the vault keeps."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from saasbackup_desktop.core.errors import ArchiveUnreadable
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.files.found import Found
from saasbackup_desktop.providers.files.msgread.objects import MsgFile
from saasbackup_desktop.providers.files.pstcheck import Unreadable
from saasbackup_desktop.providers.files.pstread import losses
from saasbackup_desktop.providers.files.pstread.items import found_of, service_of
from saasbackup_desktop.providers.files.pstread.objects import Said

_FOREIGN = frozenset({"not-compound", "not-message"})


def read(path: Path, folder: tuple[str, ...], label: str, services: Collection[Service]) -> Found | None:
    """Read the item of a file; None: it is of another service than is asked for.

    Raises ArchiveUnreadable, OSError.
    """
    with path.open("rb") as file:
        try:
            held = MsgFile(file, path.stat().st_size)
            said = Said(held.message, [])
            if service_of(said) not in services:
                return None
            found = found_of(held.message, said, folder, "")
            return found if held.is_whole else replace(found, lost=(*found.lost, losses.FILE_DAMAGED))
        except Unreadable as error:
            reason = "unlike" if error.code in _FOREIGN else "damaged"
            raise ArchiveUnreadable(str(error), name=label, reason=reason) from error
