"""One item, printed into a file."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from saasbackup_desktop.core.errors import FormatUnfit
from saasbackup_desktop.core.export.ports import Entry
from saasbackup_desktop.core.export.values import Format
from saasbackup_desktop.providers.files.pdf import losses
from saasbackup_desktop.providers.files.pdf.press import Press, Printed, TooHard
from saasbackup_desktop.providers.files.pdf.sheet import Sheet, sheet_of
from saasbackup_desktop.providers.files.pdf.wording import Wording

LARGEST: Final = 256 << 20
"""Bytes of an item that is read to be printed: it is held in memory as a whole."""
_BLANK: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Leaf:
    """What came of an item."""

    sheet: Sheet
    pages: int
    losses: tuple[str, ...]


def print_leaf(entry: Entry, press: Press, words: Wording, target: Path, *, footer: str, room: str = "") -> Leaf:
    """Print an item; ``footer`` and ``room`` as of ``Press.print``.

    Raises FormatUnfit, PrintingUnavailable, BodyDamaged, OSError.
    """
    size = entry.item.body.size if entry.item.body else 0
    if size > LARGEST:
        raise FormatUnfit(f"{size} bytes", format=Format.PDF.value, reason="too-large-to-print")
    sheet = sheet_of(entry, b"".join(entry.data()), words)
    found = list(sheet.losses)
    printed = _printed(sheet, found, press, target, footer, room)
    if printed.lacks_letters:
        found.append(losses.LETTERS_MISSING)
    if printed.lacks_pictures:
        found.append(losses.PICTURES_UNREADABLE)
    return Leaf(sheet, printed.pages, tuple(found))


def short_title(title: str) -> str:
    """A title in a line."""
    return _BLANK.sub(" ", title)[:300]


def _printed(sheet: Sheet, found: list[str], press: Press, target: Path, footer: str, room: str) -> Printed:
    for form in (lambda: (sheet.page(), ()), sheet.plain_page):
        page, lost = form()
        try:
            printed = press.print(page, short_title(sheet.title), footer, target, room)
        except TooHard:
            continue
        found.extend(one for one in lost if one not in found)
        return printed
    raise FormatUnfit("not printed", format=Format.PDF.value, reason="not-printed")
