"""Items as the vault keeps them: as the service told them, each a file, with what is attached to it beside it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from saasbackup_desktop.core.errors import BodyDamaged
from saasbackup_desktop.core.export.ports import EmptyFolder, Entry, Shelf
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.files.times import timed_name
from saasbackup_desktop.providers.formats.graph.attached import unwrapped
from saasbackup_desktop.providers.formats.graph.plain import load, mapping
from saasbackup_desktop.providers.formats.graph.reading import is_mime
from saasbackup_desktop.providers.formats.graph.values import ATTACHMENT, PHOTO, files
from saasbackup_desktop.providers.formats.pictures import media_type

ATTACHMENT_DAMAGED: Final = "attachment-damaged"
"""The vault no longer holds something attached to it as it was saved."""

_PICTURES: Final = {"image/png": ".png", "image/gif": ".gif", "image/webp": ".webp"}
_UNNAMED: Final = (Service.CONTACTS, Service.SETTINGS, Service.DIRECTORY)
"""Services whose items are called by their names alone: when they were saved says little."""
_HEAD: Final = 64


class JsonWriter:
    """Writes each item as ``.json``, byte for byte; messages (notes may be some) as ``.eml``."""

    is_steady = True

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def add(self, entry: Entry) -> Sequence[str]:
        """Write an item; see ``Writer``."""
        data = b"".join(entry.data())
        stem = (entry.item.name.strip() if entry.service in _UNNAMED else "") or timed_name(entry.item)
        name = self._shelf.name(entry.path, stem, ".eml" if is_mime(entry.service, data) else ".json")
        with self._shelf.file(name, entry.item.time) as file:
            file.write(data)
            self._shelf.count(1)
        names = _names(data) if entry.parts else {}
        losses: list[str] = []
        for part, pieces in entry.parts.items():
            try:
                self._add_part(entry, stem, part, names.get(part, ""), pieces)
            except BodyDamaged:
                losses.append(ATTACHMENT_DAMAGED)
        return tuple(dict.fromkeys(losses))

    def add_folder(self, folder: EmptyFolder) -> None:
        """Write a folder without items."""
        self._shelf.folder(folder.path)

    def finish(self) -> None:
        """Nothing is open between two items."""

    def _add_part(self, entry: Entry, stem: str, part: str, called: str, pieces: Callable[[], Iterator[bytes]]) -> None:
        found = pieces()
        first = next(found, b"")
        if not called and part.startswith(ATTACHMENT) and first.startswith(b"{"):
            told = unwrapped(b"".join((first, *found)))
            called, first, found = told.name, told.data, iter(())
        if part == PHOTO:
            called, suffix = part, _PICTURES.get(media_type(first), ".jpg")
        else:
            otherwise = ".json" if first[:_HEAD].lstrip()[:1] in (b"{", b"[") else ".bin"
            called, suffix = _parted(called or part.removeprefix(ATTACHMENT), otherwise)
        with self._shelf.file(self._shelf.name(entry.path, f"{stem} - {called}", suffix), entry.item.time) as file:
            file.write(first)
            for piece in found:
                file.write(piece)


def _names(data: bytes) -> dict[str, str]:
    return {one.part: one.name for one in files(mapping(load(data))) if one.name}


def _parted(name: str, otherwise: str) -> tuple[str, str]:
    """Part a file's name from its suffix, if that is one."""
    stem, point, suffix = name.rpartition(".")
    if stem and point and suffix.isascii() and suffix.isalnum() and len(suffix) <= 8:
        return stem, f".{suffix}"
    return name, otherwise
