"""Items as documents: a PDF file for each, in the folders that they lie in."""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from saasbackup_desktop.core.errors import FormatUnfit
from saasbackup_desktop.core.export.ports import Entry, Shelf
from saasbackup_desktop.core.export.values import Format
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.files.pdf import losses
from saasbackup_desktop.providers.files.pdf.press import Press, Printed, TooHard
from saasbackup_desktop.providers.files.pdf.sheet import Sheet, sheet_of
from saasbackup_desktop.providers.files.pdf.wording import Wording
from saasbackup_desktop.providers.files.times import timed_name

LARGEST: Final = 256 << 20
"""Bytes of an item that is read to be printed: it is held in memory as a whole."""
_BY_TITLE: Final = frozenset((Service.CONTACTS, Service.SETTINGS))
"""What has no time of its own."""
_BLANK: Final = re.compile(r"\s+")


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
        size = entry.item.body.size if entry.item.body else 0
        if size > LARGEST:
            raise FormatUnfit(f"{size} bytes", format=Format.PDF.value, reason="too-large-to-print")
        sheet = sheet_of(entry, b"".join(entry.data()), self._words)
        found = list(sheet.losses)
        printed = self._printed(sheet, found)
        if printed.lacks_letters:
            found.append(losses.LETTERS_MISSING)
        if printed.lacks_pictures:
            found.append(losses.PICTURES_UNREADABLE)
        self._put(entry, sheet.title)
        return found

    def finish(self) -> None:
        """Let the process go that prints; the next item starts another one."""
        self._press.close()

    def _printed(self, sheet: Sheet, found: list[str]) -> Printed:
        title = _BLANK.sub(" ", sheet.title)[:300]
        for form in (lambda: (sheet.page(), ()), sheet.plain_page):
            page, lost = form()
            try:
                printed = self._press.print(page, title, self._words.page, self._target)
            except TooHard:
                continue
            found.extend(one for one in lost if one not in found)
            return printed
        raise FormatUnfit("not printed", format=Format.PDF.value, reason="not-printed")

    def _put(self, entry: Entry, title: str) -> None:
        item = entry.item
        stem = title if entry.service in _BY_TITLE else timed_name(item)
        name = self._shelf.name(entry.path, stem, ".pdf")
        with self._target.open("rb") as printed, self._shelf.file(name, item.time) as file:
            shutil.copyfileobj(printed, file)
            self._shelf.count(1)
        self._target.unlink()
