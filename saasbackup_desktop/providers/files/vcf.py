"""Contacts as vCard files: each folder a file."""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import BinaryIO, Final

from saasbackup_desktop.core.errors import BodyDamaged, FormatUnfit
from saasbackup_desktop.core.export.ports import EmptyFolder, Entry, Shelf
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.formats.graph.plain import load, mapping
from saasbackup_desktop.providers.formats.graph.values import PHOTO
from saasbackup_desktop.providers.formats.kept_text import TEXT_ASIDE, TEXT_LEFT, with_text
from saasbackup_desktop.providers.formats.sound import is_sound_card
from saasbackup_desktop.providers.formats.vcard.reading import ORIGINAL
from saasbackup_desktop.providers.formats.vcard.writing import write_card

_SUFFIX: Final = ".vcf"
_DAMAGED: Final = "attachment-damaged"
_FORMAT: Final = "vcf"


class VcfWriter:
    """Writes the contacts of a folder one after the other. A card that came as text is given back as it was."""

    is_steady = True

    def __init__(self, shelf: Shelf, alone: str) -> None:
        """``alone``: what a file is called whose contacts lie in no folder."""
        self._shelf = shelf
        self._alone = alone
        self._open = ExitStack()
        self._path: tuple[str, ...] | None = None
        self._file: BinaryIO | None = None

    def add(self, entry: Entry) -> Sequence[str]:
        """Write a contact; see ``Writer``. Raises FormatUnfit, BodyDamaged, OSError."""
        lost: list[str] = []
        card = _card(entry, lost)
        self._file_for(entry.path).write(card)
        self._shelf.count(1)
        return tuple(dict.fromkeys(lost))

    def add_folder(self, folder: EmptyFolder) -> None:
        """Write a file without cards for a folder without contacts; see ``FolderWriter``."""
        self.finish()
        self._file_for(folder.path)
        self.finish()

    def finish(self) -> None:
        """End the file that is open."""
        self._path = self._file = None
        self._open.close()

    def _file_for(self, path: tuple[str, ...]) -> BinaryIO:
        if self._file is None or path != self._path or self._shelf.full:
            self.finish()
            stem = path[-1] if path else self._alone
            self._file = self._open.enter_context(self._shelf.growing(path[:-1], stem, _SUFFIX))
            self._path = path
        return self._file


def _card(entry: Entry, lost: list[str]) -> bytes:
    if entry.service is not Service.CONTACTS:
        raise FormatUnfit(entry.item.name, format=_FORMAT, reason="service")
    if ORIGINAL in entry.parts:
        original = b"".join(entry.parts[ORIGINAL]())
        if is_sound_card(original):
            return original if original.endswith(b"\n") else original + b"\r\n"
    else:
        original = b""
    plain = mapping(load(b"".join(entry.data())))
    if not plain:
        raise FormatUnfit(entry.item.name, format=_FORMAT, reason="unreadable")
    card = write_card(plain, _photo(entry, lost), lost)
    if not original:
        return card
    whole = with_text(card, original)
    lost.append(TEXT_LEFT if whole is None else TEXT_ASIDE)
    return card if whole is None else whole


def _photo(entry: Entry, lost: list[str]) -> bytes | None:
    if PHOTO not in entry.parts:
        return None
    try:
        return b"".join(entry.parts[PHOTO]())
    except BodyDamaged:
        lost.append(_DAMAGED)
        return None
