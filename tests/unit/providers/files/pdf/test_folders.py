"""Folders printed as documents: their order, what leads to each item, and where they end."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from saasbackup_desktop.app.exports.documents import wording
from saasbackup_desktop.core.errors import FormatUnfit
from saasbackup_desktop.core.export.ports import About, Entry, Plain
from saasbackup_desktop.core.export.values import Format
from saasbackup_desktop.core.model import Body
from saasbackup_desktop.providers.files.pdf import binding
from saasbackup_desktop.providers.files.pdf.binding import Binding, NotBound
from saasbackup_desktop.providers.files.pdf.folders import FolderPdfWriter
from saasbackup_desktop.providers.files.pdf.leaf import LARGEST
from saasbackup_desktop.providers.files.pdf.press import Press
from saasbackup_desktop.providers.files.shelves.folder import FolderShelf
from tests.unit.providers.files.entries import entry

_with_line = binding._with_line
LONG: Final = "<p>line</p>" * 45
"""Two pages."""


def letter(number: int, body: str = "<p>short</p>", path: tuple[str, ...] = ("Inbox",)) -> Entry:
    data = (
        f"From: Ann ({number}) <ann@example.com>\r\nSubject: Letter {number} (שלום)\r\nContent-Type: text/html\r\n\r\n"
        f'<a href="#here">there</a><p><a name="here">text{number}</a></p>{body}<a href="https://x.example/)/S/Launch">w</a>'
    )
    return entry(data.encode(), name=f"Letter {number}", path=path, time=1_700_000_000 + number)


@contextmanager
def opened(folder: Path, since: Plain | None = None, most: int = 100) -> Iterator[tuple[FolderShelf, FolderPdfWriter]]:
    shelf = FolderShelf(folder, "out")
    about = About(name="Letters", part_size=10**9)
    writer = FolderPdfWriter(shelf, folder / "scratch", about, wording(), since, Press(), most)
    try:
        yield shelf, writer
    finally:
        writer.abandon()
        shelf.close()


def pages_of(file: Path) -> Sequence[str]:
    """What a reader shows of each page; one that finds a mistake in the file fails the test."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not here")
    ran = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, check=True)
    assert not ran.stderr, ran.stderr
    return ran.stdout.decode().split("\f")[:-1]


def bookmarks(file: Path) -> list[tuple[str, int]]:
    """Where the bookmarks lead, pages counted from 1."""
    data = file.read_bytes()
    kids = re.search(rb"/Count \d+ /Kids \[\n(.*?)\n\]", data, re.S)
    assert kids is not None
    order = re.findall(rb"(\d+) 0 R", kids[1])
    found = re.findall(rb"/Title <FEFF([0-9a-f]*)> /Parent .*?/Dest \[(\d+) 0 R", data)
    return [(bytes.fromhex(title.decode()).decode("utf-16-be"), order.index(page) + 1) for title, page in found]


def test_a_folder_is_a_document_with_contents_bookmarks_and_numbers(tmp_path: Path) -> None:
    with opened(tmp_path) as (shelf, writer):
        for one in (letter(1), letter(2, LONG), letter(3), letter(4, path=("Inbox", "Work"))):
            writer.add(one)
            waiting = writer.waiting
        assert waiting == 1  # the first folder has ended
        assert writer.state == {"documents": 1, "part": 0, "pages": 0, "folder": ["mail", "Inbox", "Work"]}
        writer.finish()
        sealed = shelf.seal()
        assert [(made.name, made.items) for made in sealed.files] == [("Inbox.pdf", 3), ("Inbox/Work.pdf", 1)]
        assert not list((tmp_path / "scratch").iterdir())
        pages = pages_of(shelf.root / "Inbox.pdf")
        marks = bookmarks(shelf.root / "Inbox.pdf")
        data = (shelf.root / "Inbox.pdf").read_bytes()
    assert [re.findall(r"Page \d+ of \d+", page) for page in pages] == [[f"Page {n} of 5"] for n in range(1, 6)]
    assert re.findall(r"^(\d+) .*Ann.*Letter (\d)", pages[0], re.M) == [("2", "1"), ("3", "2"), ("5", "3")]
    assert "3 items, in order of time; pages 1 to 5" in pages[0]
    assert [re.findall(r"text(\d)", page) for page in pages] == [[], ["1"], ["2"], [], ["3"]]
    assert [page for _, page in marks] == [1, 2, 3, 5]
    assert marks[3][0].endswith("Letter 3 (שלום)")
    # Links of the contents and of the letters themselves lead into the document; nothing can be started.
    assert len(re.findall(rb"/Dest \[\d+ 0 R /XYZ null null null\]", data)) >= len(marks) + 6
    assert b"/Dest (" not in data
    kept = re.findall(rb"/Type /Page\n(.*?)endobj", data, re.S)
    assert [len(re.findall(rb"/(?:Parent|Contents) ", page)) for page in kept] == [2] * 5
    assert b"/Launch" not in re.sub(rb"\([^)]*\)", b"", data)


def test_much_becomes_parts_that_are_numbered_on(tmp_path: Path) -> None:
    with opened(tmp_path, most=3) as (shelf, writer):
        for number, body in ((1, ""), (2, LONG), (3, LONG), (4, "")):
            writer.add(letter(number, body))
        # One, two and its second page make three; so do three and four.
        assert (writer.waiting, writer.state["part"], writer.state["pages"]) == (2, 1, 4)
        state = writer.state
        writer.abandon()
        assert not list((tmp_path / "scratch").iterdir())
        with suppress(FileNotFoundError):
            shutil.copy(shelf.root / "Inbox.pdf", tmp_path / "first.pdf")
    assert [page.split()[-1] for page in pages_of(tmp_path / "first.pdf")] == ["1", "2", "3", "4"]
    again = tmp_path / "again"
    again.mkdir()
    with opened(again, state, most=3) as (shelf, writer):
        writer.add(letter(3, LONG))
        writer.add(letter(4))
        writer.finish()
        [made] = shelf.seal().files
        assert (made.name, made.items) == ("Inbox (2).pdf", 2)
        pages = pages_of(shelf.root / made.name)
    assert "Inbox (part 2)" in pages[0]
    assert [re.findall(r"Page (\d+) of 8", page) for page in pages] == [["5"], ["6"], ["7"], ["8"]]


def test_what_cannot_be_printed_leaves_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as (shelf, writer):
        writer.add(letter(1))
        large = letter(2)
        large = replace(large, item=replace(large.item, body=Body("0" * 64, LARGEST + 1, ())))
        with pytest.raises(FormatUnfit):
            writer.add(large)
        assert writer.waiting == 2
        writer.finish()
        [made] = shelf.seal().files
        assert (made.items, writer.waiting) == (1, 0)
        assert len(pages_of(shelf.root / made.name)) == 2


@pytest.mark.parametrize("spoilt", [1, 2])
def test_what_cannot_be_bound_leaves_nothing(spoilt: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It fails by itself, at its last object, when its pages are there already."""

    def with_line(head: bytes, line: int) -> bytes:
        return _with_line(head.replace(b"/XObject <<", b"/X <<") if is_spoilt else head, line)

    is_spoilt = False
    monkeypatch.setattr(binding, "_with_line", with_line)
    with opened(tmp_path) as (shelf, writer):
        for number in (1, 2, 3):
            is_spoilt = number == spoilt
            if is_spoilt:
                with pytest.raises(FormatUnfit) as failed:
                    writer.add(letter(number))
                assert failed.value.facts == {"format": Format.PDF_FOLDER.value, "reason": "not-bound"}
            else:
                writer.add(letter(number))
        assert writer.waiting == (2 if spoilt == 1 else 3)
        writer.finish()
        [made] = shelf.seal().files
        assert (made.items, writer.waiting) == (2, 0)
        file = shelf.root / made.name
        pages = pages_of(file)
        assert len(pages) == 3
        assert not any(f"text{spoilt}" in page for page in pages)
        assert [page for _, page in bookmarks(file)] == [1, 2, 3]
        assert f"Letter {spoilt}" not in str(bookmarks(file))
    assert not list((tmp_path / "scratch").iterdir())


def test_files_of_others_are_not_bound(tmp_path: Path) -> None:
    bound = Binding(tmp_path / "bound.pdf")
    for data in (b"%PDF-1.7\nstartxref\n0\n%%EOF", b"nothing", b"xref\n0 1\n0000000000 65535 f \nstartxref\n0\n"):
        (tmp_path / "other.pdf").write_bytes(data)
        with pytest.raises(NotBound):
            bound.add(tmp_path / "other.pdf")
    bound.abandon()
