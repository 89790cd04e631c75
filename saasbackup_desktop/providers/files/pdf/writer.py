"""Items as documents: a PDF file for each, in the folders that they lie in."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from saasbackup_desktop.core.export.ports import EmptyFolder, Entry, Shelf
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.files.pdf.leaf import print_leaf
from saasbackup_desktop.providers.files.pdf.press import Press
from saasbackup_desktop.providers.files.pdf.wording import Wording
from saasbackup_desktop.providers.files.times import timed_name

_BY_TITLE: Final = frozenset((Service.CONTACTS, Service.SETTINGS))
"""What has no time of its own."""


class PdfWriter:
    """Prints each item into a file, in a process of its own. One thread at a time."""

    is_steady = True

    def __init__(self, shelf: Shelf, scratch: Path, words: Wording, press: Press | None = None) -> None:
        """``scratch``: a folder for the file at hand."""
        self._shelf = shelf
        self._target = scratch / "page.pdf"
        self._words = words
        self._press = press or Press()

    def add(self, entry: Entry) -> Sequence[str]:
        """Print an item. Raises FormatUnfit, PrintingUnavailable, BodyDamaged, OSError."""
        leaf = print_leaf(entry, self._press, self._words, self._target, footer=self._words.page)
        self._put(entry, leaf.sheet.title)
        return leaf.losses

    def add_folder(self, folder: EmptyFolder) -> None:
        """Write a folder without items; see ``FolderWriter``."""
        self._shelf.folder(folder.path)

    def finish(self) -> None:
        """Let the process go that prints; the next item starts another one."""
        self._press.close()

    def _put(self, entry: Entry, title: str) -> None:
        item = entry.item
        stem = title if entry.service in _BY_TITLE else timed_name(item)
        name = self._shelf.name(entry.path, stem, ".pdf")
        with self._target.open("rb") as printed, self._shelf.file(name, item.time) as file:
            shutil.copyfileobj(printed, file)
            self._shelf.count(1)
        self._target.unlink()
