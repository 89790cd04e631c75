"""Printed files put together as one: their objects are copied and numbered anew, one after the other, in flat memory.

PDF 1.4 (Adobe, "PDF Reference", third edition, 3.4 to 3.6 and 8.2), as far as Qt writes it: a plain table of objects.
"""

import mmap
import os
import re
from array import array
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, Final

_HEADER: Final = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
_CATALOG, _PAGES, _INFO, _OUTLINE, _BEFORE, _BEHIND, _FIRST = range(1, 8)
"""Numbers of the objects that there is one of."""
_LINE: Final = b"Line"
"""What pages call the line below them."""
_ENTRY: Final = 20
"""Bytes of an entry of the table."""
_TABLE: Final = re.compile(rb"xref\s+0 (\d+)\s*?\n")
_STRING: Final = rb"\((?:[^\\()]|\\[\x00-\xff])*\)"
_TOKEN: Final = re.compile(_STRING + rb"|<[0-9A-Fa-f\s]*>|\b(\d+) 0 R\b|\bstream\r?\n")
_OBJECT: Final = re.compile(rb"\d+ 0 obj\s+")
_REFERENCE: Final = rb"\s+(\d+) 0 R"
_REFERENCES: Final = re.compile(rb"(\d+) 0 R")
_INFO_AT: Final = re.compile(rb"/Info" + _REFERENCE)
_ROOT_AT: Final = re.compile(rb"/Root" + _REFERENCE)
_PAGES_AT: Final = re.compile(rb"/Pages" + _REFERENCE)
_NAMES_AT: Final = re.compile(rb"/Names" + _REFERENCE)
_DESTS_AT: Final = re.compile(rb"/Dests" + _REFERENCE)
_METADATA_AT: Final = re.compile(rb"/Metadata" + _REFERENCE)
_CONTENTS: Final = re.compile(rb"/Contents" + _REFERENCE)
_RESOURCES: Final = re.compile(rb"/Resources" + _REFERENCE)
_PARENT: Final = re.compile(rb"/Parent\s+null")
"""What is not taken along is nothing."""
_KIDS: Final = re.compile(rb"/Kids\s*\[([^\]]*)\]")
_SIZE: Final = re.compile(rb"/MediaBox\s*(\[[^\]]*\])")
_MADE: Final = re.compile(rb"/CreationDate\s*" + _STRING)
_LINK: Final = b"/Subtype /Link"
_PLACE: Final = re.compile(rb"/Dest\s*(" + _STRING + rb")")
_NAMED: Final = re.compile(rb"(" + _STRING + rb")\s+(\d+) 0 R")
_COLLECTION: Final = b"/XObject <<"
_ESCAPED: Final = re.compile(rb"\\([\x00-\xff])")


class NotBound(ValueError):
    """A printed file is not as Qt writes them."""


@dataclass(frozen=True, slots=True)
class Bookmark:
    """Leads to a page."""

    title: str
    page: int
    """Its number in the document, from 0."""


class Binding:
    """A document in the making. One thread at a time."""

    def __init__(self, target: Path) -> None:
        """Begin; ``target`` is written anew."""
        self._file: BinaryIO = target.open("wb")
        self._offsets = array("q", [0] * (_FIRST - 1))
        self._pages = array("q")
        self._lines = array("q")
        """For each page, the number that the line below it is kept for."""
        self._front = 0
        self._file.write(_HEADER)
        self._put(_BEFORE, _stream(b"q\n"))
        self._put(_BEHIND, _stream(b"\nQ\n/%s Do\n" % _LINE))

    @property
    def size(self) -> int:
        """Bytes so far."""
        return self._file.tell()

    @property
    def pages(self) -> int:
        """How many there are."""
        return len(self._pages)

    def add(self, printed: Path) -> None:
        """Put the pages of a printed file behind those that are there.

        Raises NotBound, and then nothing of it is there; OSError.
        """
        objects, pages, size = len(self._offsets), len(self._pages), self.size
        with _opened(printed) as source:
            try:
                self._take(source, {})
            except NotBound:
                del self._offsets[objects:], self._pages[pages:], self._lines[pages:]
                self._file.seek(size)
                self._file.truncate()
                raise

    def add_front(self, printed: Path) -> None:
        """Put pages before all that are there; links to ``#p12`` lead to page 12 of those (from 0).

        Raises NotBound, OSError.
        """
        places = {f"p{number}": page for number, page in enumerate(self._pages)}
        count = len(self._pages)
        with _opened(printed) as source:
            self._take(source, places)
        for one in (self._pages, self._lines):
            one[:] = one[count:] + one[:count]

    def close(self, lines: Path, title: str, bookmarks: Sequence[Bookmark], first: int = 1) -> None:
        """End it. ``lines`` is a printed file with what stands below each page; ``first`` is what the first is called.

        Raises NotBound, OSError.
        """
        with _opened(lines) as source:
            self._stamp(source)
            made = source.made()
        kids = b"\n".join(b"%d 0 R" % page for page in self._pages)
        self._put(_PAGES, b"<< /Type /Pages /Count %d /Kids [\n%s\n] >>" % (len(self._pages), kids))
        self._outline(bookmarks)
        labels = b"<< /Nums [0 << /S /D /St %d >>] >>" % first
        self._put(
            _CATALOG,
            b"<< /Type /Catalog /Pages %d 0 R /Outlines %d 0 R /PageMode /UseOutlines /PageLabels %s\n"
            b"/ViewerPreferences << /DisplayDocTitle true >> >>" % (_PAGES, _OUTLINE, labels),
        )
        self._put(_INFO, b"<< /Title %s /Creator %s %s >>" % (_text(title), _text("SaaSBackup Desktop"), made))
        self._end()

    def abandon(self) -> None:
        """Leave it as it is."""
        self._file.close()

    def _take(self, source: "_Source", places: Mapping[str, int]) -> None:
        numbers = self._numbers(source)
        anchors = {name: numbers[at] for name, at in source.anchors() if at in numbers}
        lines: dict[int, int] = {}
        """The numbers of the lines below pages, by the numbers of the pages' resources."""
        for page in source.pages:
            lines[_referred(_RESOURCES, source.head(page))] = self._new()
            self._pages.append(numbers[page])
            self._lines.append(len(self._offsets))
        if len(lines) != len(source.pages):
            raise NotBound("pages share resources")
        pages = set(source.pages)
        for old, new in numbers.items():
            head = _renumbered(source.head(old), numbers)
            if old in pages:
                head = _paged(head)
            elif old in lines:
                head = _with_line(head, lines[old])
            elif _LINK in head:
                head = _PLACE.sub(lambda found: _place(found[1], anchors, places), head, count=1)
            self._put(new, head, source.rest(old))

    def _stamp(self, source: "_Source") -> None:
        if len(source.pages) != len(self._lines):
            raise NotBound("not as many lines as pages")
        forms: dict[int, tuple[int, bytes, int]] = {}
        for page, line in zip(source.pages, self._lines, strict=True):
            head = source.head(page)
            size = _SIZE.search(head)
            if size is None:
                raise NotBound("no size")
            forms[_referred(_CONTENTS, head)] = (line, size[1], _referred(_RESOURCES, head))
        numbers = self._numbers(source, {*source.pages, *forms})
        for old, new in numbers.items():
            self._put(new, _renumbered(source.head(old), numbers), source.rest(old))
        for old, (line, box, resources) in forms.items():
            said = b"<< /Type /XObject /Subtype /Form /BBox %s /Resources %d 0 R" % (box, resources)
            head = source.head(old).replace(b"<<", said, 1)
            self._put(line, _renumbered(head, numbers), source.rest(old))

    def _outline(self, bookmarks: Sequence[Bookmark]) -> None:
        first = len(self._offsets) + 1
        last = first + len(bookmarks) - 1
        for number, one in enumerate(bookmarks, first):
            beside = b"/Prev %d 0 R " % (number - 1) if number > first else b""
            beside += b"/Next %d 0 R " % (number + 1) if number < last else b""
            said = (_text(one.title), _OUTLINE, beside, self._pages[one.page])
            self._put(self._new(), b"<< /Title %s /Parent %d 0 R %s/Dest [%d 0 R /XYZ null null null] >>" % said)
        ends = b"/First %d 0 R /Last %d 0 R " % (first, last) if bookmarks else b""
        self._put(_OUTLINE, b"<< /Type /Outlines %s/Count %d >>" % (ends, len(bookmarks)))

    def _numbers(self, source: "_Source", without: Set[int] = frozenset()) -> dict[int, int]:
        return {old: self._new() for old in source.used() if old not in without}

    def _new(self) -> int:
        self._offsets.append(0)
        return len(self._offsets)

    def _put(self, number: int, head: bytes, rest: bytes = b"") -> None:
        self._offsets[number - 1] = self._file.tell()
        self._file.write(b"%d 0 obj\n%s" % (number, head))
        self._file.write(rest)
        self._file.write(b"\nendobj\n")

    def _end(self) -> None:
        start, count = self._file.tell(), len(self._offsets) + 1
        self._file.write(b"xref\n0 %d\n0000000000 65535 f \n" % count)
        for offset in self._offsets:
            self._file.write(b"%010d 00000 n \n" % offset if offset else b"0000000000 65535 f \n")
        id = os.urandom(16).hex().encode()
        said = (count, _CATALOG, _INFO, id, id, start)
        self._file.write(
            b"trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /ID [<%s> <%s>] >>\nstartxref\n%d\n%%%%EOF\n" % said
        )
        self._file.close()


class _Source:
    """A file as Qt writes it."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        start = data.rfind(b"startxref")
        table = int(data[start + 9 :].split()[0]) if start >= 0 else 0
        found = _TABLE.match(data, table)
        if found is None:
            raise NotBound("no table of objects")
        entries = data[found.end() : found.end() + _ENTRY * int(found[1])]
        said = [entries[at : at + _ENTRY] for at in range(0, len(entries), _ENTRY)]
        self._offsets = {number: int(one[:10]) for number, one in enumerate(said) if one[17:18] == b"n"}
        order = sorted((*self._offsets.values(), table))
        self._ends = dict(pairwise(order))
        trailer = data[found.end() + len(entries) : start]
        info, root = _referred(_INFO_AT, trailer), _referred(_ROOT_AT, trailer)
        catalog = self.head(root)
        tree = _referred(_PAGES_AT, catalog)
        self._beside = {info, root, tree}
        self._info = info
        kids = _KIDS.search(self.head(tree))
        if kids is None:
            raise NotBound("no pages")
        self.pages = [int(one) for one in _REFERENCES.findall(kids[1])]
        self._anchors: list[tuple[bytes, int]] = []
        for at in (_METADATA_AT, _NAMES_AT):
            one = at.search(catalog)
            if one is not None:
                self._beside.add(int(one[1]))
        names = _NAMES_AT.search(catalog)
        places = _DESTS_AT.search(self.head(int(names[1]))) if names is not None else None
        if places is not None:
            self._beside.add(int(places[1]))
            self._anchors = [(name, int(at)) for name, at in _NAMED.findall(self.head(int(places[1])))]

    def used(self) -> Iterator[int]:
        """The numbers of what pages consist of."""
        return (number for number in self._offsets if number not in self._beside)

    def made(self) -> bytes:
        """When it was printed, as it says it."""
        found = _MADE.search(self.head(self._info))
        return found[0] if found is not None else b""

    def anchors(self) -> Sequence[tuple[bytes, int]]:
        """Names of places, and the numbers of what says where they are."""
        return self._anchors

    def head(self, number: int) -> bytes:
        """An object without the bytes of its stream."""
        begin, middle, _ = self._extent(number)
        return self._data[begin:middle]

    def rest(self, number: int) -> bytes:
        """Its stream, if it has one, as it is written."""
        _, middle, end = self._extent(number)
        return self._data[middle:end]

    def _extent(self, number: int) -> tuple[int, int, int]:
        if number not in self._offsets:
            raise NotBound("no such object")
        start = self._offsets[number]
        end = self._data.rfind(b"endobj", start, self._ends[start])
        begin = _OBJECT.match(self._data, start)
        if begin is None or end < 0:
            raise NotBound("no object")
        for token in _TOKEN.finditer(self._data, begin.end(), end):
            if token[0].startswith(b"stream"):
                return begin.end(), token.start(), end
        return begin.end(), end, end


@contextmanager
def _opened(file: Path) -> Iterator[_Source]:
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data:
        yield _Source(data)


def _renumbered(head: bytes, numbers: Mapping[int, int]) -> bytes:
    """Name other objects by their new numbers; what is named and not taken is nothing."""

    def of(found: re.Match[bytes]) -> bytes:
        if found[1] is None:
            return found[0]
        new = numbers.get(int(found[1]))
        return b"%d 0 R" % new if new is not None else b"null"

    return _TOKEN.sub(of, head)


def _paged(head: bytes) -> bytes:
    around = rb"/Parent %d 0 R /Contents [%d 0 R \1 0 R %d 0 R]" % (_PAGES, _BEFORE, _BEHIND)
    return _CONTENTS.sub(around, _PARENT.sub(b"", head, count=1), count=1)


def _with_line(head: bytes, line: int) -> bytes:
    if _COLLECTION not in head:
        raise NotBound("no collection of pictures")
    return head.replace(_COLLECTION, b"%s /%s %d 0 R " % (_COLLECTION, _LINE, line), 1)


def _place(said: bytes, anchors: Mapping[bytes, int], places: Mapping[str, int]) -> bytes:
    """Where a link leads: its name would mean something else in each of the files."""
    page = places.get(_read_text(said))
    if page is not None:
        return b"/Dest [%d 0 R /XYZ null null null]" % page
    return b"/Dest %d 0 R" % anchors[said] if said in anchors else b""


def _referred(named: "re.Pattern[bytes]", head: bytes) -> int:
    found = named.search(head)
    if found is None:
        raise NotBound(named.pattern.decode())
    return int(found[1])


def _stream(data: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(data), data)


def _text(said: str) -> bytes:
    return b"<FEFF%s>" % said.encode("utf-16-be", "replace").hex().encode()


def _read_text(said: bytes) -> str:
    data = _ESCAPED.sub(rb"\1", said[1:-1])
    return data[2:].decode("utf-16-be", "replace") if data.startswith(b"\xfe\xff") else data.decode("latin-1")
