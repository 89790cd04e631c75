"""Folders as documents: a PDF file for each, in parts if there is much, with a table of contents and bookmarks."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from saasbackup_desktop.core.errors import FormatUnfit
from saasbackup_desktop.core.export.ports import About, Entry, Plain, Shelf
from saasbackup_desktop.core.export.values import Format
from saasbackup_desktop.providers.files.pdf.binding import Binding, Bookmark, NotBound
from saasbackup_desktop.providers.files.pdf.contents import Contents, Row
from saasbackup_desktop.providers.files.pdf.leaf import Leaf, print_leaf, short_title
from saasbackup_desktop.providers.files.pdf.press import PATIENCE, Press, TooHard
from saasbackup_desktop.providers.files.pdf.wording import Wording

MOST_PAGES: Final = 2_000
MOST_BYTES: Final = 500_000_000
_WIDEST: Final = 99_999
"""A number that finds room below each page."""
_TRIES: Final = 4
_SUFFIX: Final = ".pdf"


class FolderPdfWriter:
    """``PartWriter``: one document for each folder, its items in the order in which they come.

    After so many pages or bytes it goes on in another document, whose pages are numbered on. ``scratch`` is a folder
    on a disk with room for a document. ``since`` is the ``state`` to go on from. One thread at a time.
    """

    def __init__(
        self,
        shelf: Shelf,
        scratch: Path,
        about: About,
        words: Wording,
        since: Plain | None = None,
        press: Press | None = None,
        most_pages: int = MOST_PAGES,
    ) -> None:
        self._shelf = shelf
        self._scratch = scratch
        self._name = about.name
        self._words = words
        self._press = press or Press()
        self._most = (most_pages, min(MOST_BYTES, about.part_size))
        self._documents, self._part, self._before, self._folder = _read(since or {})
        self._open: _Document | None = None
        self._waiting = 0

    @property
    def waiting(self) -> int:
        """How many entries are in the document that is open."""
        return self._waiting

    @property
    def state(self) -> Plain:
        """How many documents are on the shelf; which folder the last one is of, which part of it, and its last page."""
        return {"documents": self._documents, "part": self._part, "pages": self._before, "folder": list(self._folder)}

    def add(self, entry: Entry) -> Sequence[str]:
        """Print an item. Raises FormatUnfit, PrintingUnavailable, BodyDamaged, OSError."""
        try:
            return self._add(entry)
        finally:
            self._waiting += self._open is not None

    def _add(self, entry: Entry) -> Sequence[str]:
        folder = (entry.service.value, *entry.path)
        if self._open is not None and folder != self._folder:
            self._end(is_whole=True)
        target = self._scratch / f"page{_SUFFIX}"
        self._scratch.mkdir(parents=True, exist_ok=True)
        room = self._words.page.format(page=_WIDEST, pages=_WIDEST)
        leaf = print_leaf(entry, self._press, self._words, target, footer="", room=room)
        if self._open is not None and not self._open.takes(leaf, target, self._most):
            self._end(is_whole=False)
        if self._open is None:
            if folder != self._folder:
                self._folder, self._part, self._before = folder, 0, 0
            self._open = _Document(self._scratch / f"folder{_SUFFIX}", entry.path)
        try:
            self._open.add(leaf, target, self._words.moment(entry.item.time) if entry.item.time is not None else "")
        except NotBound as fault:
            if not self._open.count:
                self._drop()
            raise FormatUnfit(str(fault), format=Format.PDF_FOLDER.value, reason="not-bound") from fault
        target.unlink()
        return leaf.losses

    def finish(self) -> None:
        """End the document that is open, put it on the shelf, and let the process go that prints. Raises OSError."""
        try:
            self._end(is_whole=True)
        finally:
            self._press.close()

    def abandon(self) -> None:
        """Remove the document that is open."""
        self._press.close()
        self._drop()

    def _drop(self) -> None:
        if self._open is not None:
            self._open.abandon()
            self._open = None
            self._waiting = 0

    def _end(self, *, is_whole: bool) -> None:
        document = self._open
        if document is None:
            return
        part = self._part + 1
        last = document.end(self._press, self._words, part=part, before=self._before, is_whole=is_whole)
        stem = document.path[-1] if document.path else self._name
        self._shelf.count(document.count)
        name = self._shelf.name(document.path[:-1], stem if part == 1 else f"{stem} ({part})", _SUFFIX)
        self._shelf.adopt(document.file, name)
        self._open, self._waiting = None, 0
        self._documents, self._part, self._before = self._documents + 1, part, last


class _Document:
    """The document that is open."""

    def __init__(self, file: Path, path: tuple[str, ...]) -> None:
        self.file = file
        self.path = path
        self._binding = Binding(file)
        self._rows: list[Row] = []

    @property
    def count(self) -> int:
        """How many items are in it."""
        return len(self._rows)

    def takes(self, leaf: Leaf, printed: Path, most: tuple[int, int]) -> bool:
        """Is there room for an item?"""
        pages, size = self._binding.pages + leaf.pages, self._binding.size + printed.stat().st_size
        return pages <= most[0] and size <= most[1]

    def add(self, leaf: Leaf, printed: Path, moment: str) -> None:
        """Put a printed item into it. Raises NotBound, and then nothing of it is there; OSError."""
        page = self._binding.pages
        self._binding.add(printed)
        self._rows.append(Row(page, moment, leaf.sheet.by, short_title(leaf.sheet.title)))

    def end(self, press: Press, words: Wording, *, part: int, before: int, is_whole: bool) -> int:
        """Put the table before it and numbers below its pages; gives the number of its last page."""
        title = " / ".join(self.path) if self.path else words.contents
        if part > 1 or not is_whole:
            title = f"{title} ({words.part.format(part=part)})"
        table, lines = self.file.with_name(f"contents{_SUFFIX}"), self.file.with_name(f"lines{_SUFFIX}")
        front = self._print_table(press, words, title, table, before)
        self._binding.add_front(table)
        first, last = before + 1, before + self._binding.pages
        said = words.page if is_whole else words.page_alone
        press.print_lines([said.format(page=page, pages=last) for page in range(first, last + 1)], lines)
        marks = [Bookmark(words.contents, 0)]
        marks += [Bookmark(f"{row.moment} {row.title}".strip(), front + row.page) for row in self._rows]
        self._binding.close(lines, title, marks, first)
        for file in (table, lines):
            file.unlink()
        return last

    def abandon(self) -> None:
        """Remove it."""
        self._binding.abandon()
        for file in self.file.parent.glob(f"*{_SUFFIX}"):
            file.unlink()

    def _print_table(self, press: Press, words: Wording, title: str, table: Path, before: int) -> int:
        """Print the table, whose own pages are numbered, too; gives how many there are."""
        front = 1
        for _ in range(_TRIES):
            first, last = before + front + 1, before + front + self._binding.pages
            summary = words.summary(self.count, before + 1, last)
            contents = Contents(title=title, summary=summary, rows=self._rows, words=words)
            try:
                pages = press.print(contents.page(first), title, "", table, words.page, PATIENCE).pages
            except TooHard:
                pages = press.print(contents.plain_page(first), title, "", table, words.page, PATIENCE).pages
            if pages == front:
                break
            front = pages
        return front


def _read(state: Plain) -> tuple[int, int, int, tuple[str, ...]]:
    documents, part, pages, folder = (state.get(name) for name in ("documents", "part", "pages", "folder"))
    return (
        documents if isinstance(documents, int) else 0,
        part if isinstance(part, int) else 0,
        pages if isinstance(pages, int) else 0,
        tuple(map(str, folder)) if isinstance(folder, list) else (),
    )
