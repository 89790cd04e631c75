"""Items printed as documents: what stands in them, what is never loaded, and what becomes of hostile ones."""

import base64
import contextlib
import json
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final

import pytest

from saasbackup_desktop.app.exports.documents import wording
from saasbackup_desktop.core.errors import FormatUnfit, PrintingUnavailable
from saasbackup_desktop.core.export.ports import EmptyFolder, Entry, FolderWriter
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.files.pdf import losses
from saasbackup_desktop.providers.files.pdf.press import Press
from saasbackup_desktop.providers.files.pdf.writer import PdfWriter
from saasbackup_desktop.providers.files.shelves.folder import FolderShelf
from tests.unit.providers.files.entries import entry

PIXEL: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
STUBBORN: Final = """
import sys, time
from saasbackup_desktop.providers.files.pdf.frames import read_frame, write_frame
write_frame(sys.stdout.buffer, {"ready": True})
while (asked := read_frame(sys.stdin.buffer)) is not None:
    if %s:
        time.sleep(600)
    open(asked["target"], "w").write(asked["html"])
    write_frame(sys.stdout.buffer, {"pages": 1, "missing": False, "unseen": False})
"""
"""Prints as anybody can read it, and never ends with some pages."""


@dataclass
class Desk:
    """A writer, and the folder that it writes to."""

    folder: Path
    press: Press = field(default_factory=Press)

    def __post_init__(self) -> None:
        """Make a shelf and a scratch folder."""
        scratch = self.folder / "scratch"
        scratch.mkdir()
        self.shelf = FolderShelf(self.folder, "out")
        self.writer = PdfWriter(self.shelf, scratch, wording(), self.press)

    def print(self, one: Entry) -> tuple[str, tuple[str, ...]]:
        """Print an item; what a reader shows of it, and what is lost."""
        known = {made.name for made in self.shelf.files()}
        lost = tuple(self.writer.add(one))
        (name,) = {made.name for made in self.shelf.files()} - known
        file = self.shelf.root / name
        assert not list((self.folder / "scratch").iterdir())
        return (text_of(file) if file.read_bytes().startswith(b"%PDF") else file.read_text()), lost


def text_of(file: Path, *options: str) -> str:
    """What a reader shows; one that finds a mistake in the file fails the test."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not here")
    ran = subprocess.run(["pdftotext", "-layout", *options, str(file), "-"], capture_output=True, check=True)
    assert not ran.stderr, ran.stderr
    return ran.stdout.decode()


def message(html: str = "", text: str = "", **fields: str) -> EmailMessage:
    one = EmailMessage()
    for name, value in {"Subject": "A subject", "From": "Ann <ann@example.com>", **fields}.items():
        one[name] = value
    one.set_content(text or "nothing")
    if html:
        one.add_alternative(html, subtype="html")
    return one


@contextlib.contextmanager
def opened(folder: Path, press: Press | None = None) -> Iterator[Desk]:
    made = Desk(folder, press or Press())
    yield made
    made.writer.finish()
    made.shelf.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with opened(tmp_path) as made:
        yield made


def test_a_message_is_printed_with_its_fields_and_files(desk: Desk) -> None:
    one = message(
        "<p>Guten <b>Tag</b>, Привет, שלום</p><script>no()</script>",
        To="Bob <bob@example.com>, c@example.com",
        Cc="dora@example.com",
        Bcc="eve@example.com",
        Date="Mon, 4 May 2026 12:00:00 +0200",
    )
    one.add_attachment(b"x" * 5_000, maintype="application", subtype="pdf", filename="plan – neu.pdf")
    text, lost = desk.print(entry(bytes(one), name="A subject"))
    for said in (
        "A subject",
        "Ann <ann@example.com>",
        "Bob <bob@example.com>, c@example.com",
        "dora@example.com",
        "eve@example.com",
        "Mon, 04 May 2026 12:00:00 +0200",
        "Guten Tag, Привет",
        "plan – neu.pdf",
        "4.9 KiB",
        "Page 1 of 1",
    ):
        assert said in text
    assert "no()" not in text
    assert lost == (losses.FILES_NAMED,)
    (made,) = desk.shelf.files()
    assert made.name == "Inbox/2023-11-14 22.13.20 A subject.pdf"


def test_long_texts_have_numbered_pages(desk: Desk) -> None:
    text, lost = desk.print(entry(bytes(message(text="\n".join(f"line {number}" for number in range(200))))))
    pages = int(re.findall(r"Page \d+ of (\d+)", text)[0])
    assert pages > 2
    assert [f"Page {page} of {pages}" in text for page in range(1, pages + 1)] == [True] * pages
    assert [line for line in range(200) if not re.search(rf"line {line}\n", text)] == []
    assert lost == ()


def test_pictures_of_the_message_are_in_it(desk: Desk) -> None:
    one = message('<p>before</p><img src="cid:a@b" width="300" height="100"><p>after</p>')
    html = one.get_payload()[1]
    html.add_related(PIXEL, maintype="image", subtype="png", cid="<a@b>")
    text, lost = desk.print(entry(bytes(one)))
    assert re.search("before.*after", text, re.S)
    assert lost == ()
    (made,) = desk.shelf.files()
    assert b"/Subtype /Image" in (desk.shelf.root / made.name).read_bytes()


def test_pictures_that_cannot_be_read_are_told(desk: Desk) -> None:
    one = message('<p>before</p><img src="cid:a@b"><p>after</p>')
    html = one.get_payload()[1]
    html.add_related(PIXEL[:-30], maintype="image", subtype="png", cid="<a@b>")
    text, lost = desk.print(entry(bytes(one)))
    assert re.search("before.*after", text, re.S)
    assert lost == (losses.PICTURES_UNREADABLE,)


@dataclass
class Ears:
    """A server that notes who knocks."""

    heard: list[bytes] = field(default_factory=list)
    port: int = 0


@pytest.fixture
def ears() -> Iterator[Ears]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = Ears(port=server.getsockname()[1])

        def listen() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    found.heard.append(b"somebody")
                    connection.close()

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield found
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def outside(address: str, file: Path) -> str:
    """Every way to make a program load something."""
    return f"""<html><head><link rel="stylesheet" href="{address}/a.css"><base href="{address}/">
    <style>@import url("{address}/b.css"); body {{ background: url({address}/c.png) }}
    @font-face {{ font-family: x; src: url({address}/d.ttf) }}</style></head>
    <body background="{address}/e.png" style="background-image: url('{address}/f.png')">
    <p>seen</p><img src="{address}/g.png"><img srcset="{address}/h.png 2x"><img src="//127.0.0.1/x.png">
    <img src="{file.as_uri()}"><img src="{file}"><img src="qrc:/x.png"><img src="relative.png">
    <table background="{address}/i.png"><tr><td background="{address}/j.png">cell</td></tr></table>
    <iframe src="{address}/k.html"></iframe><object data="{address}/l.svg"></object>
    <video src="{address}/m.mp4" poster="{address}/n.png"></video><ul style="list-style-image: url({address}/o.png)">
    <li>entry</li></ul><svg><image href="{address}/p.png"/></svg><input type="image" src="{address}/q.png">"""


def test_nothing_is_loaded_from_outside(desk: Desk, ears: Ears, tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(PIXEL)
    page = outside(f"http://127.0.0.1:{ears.port}", secret)
    text, lost = desk.print(entry(bytes(message(page))))
    assert "seen" in text
    assert "entry" in text
    assert lost == (losses.PICTURES_OUTSIDE,)
    (made,) = desk.shelf.files()
    assert b"/Subtype /Image" not in (desk.shelf.root / made.name).read_bytes()
    assert ears.heard == []


def test_the_process_itself_loads_nothing_either(ears: Ears, tmp_path: Path) -> None:
    """Even if a page came to it that nobody made safe."""
    secret = tmp_path / "secret.png"
    secret.write_bytes(PIXEL)
    page = outside(f"http://127.0.0.1:{ears.port}", secret)
    drawing = base64.b64encode(f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{secret}"/></svg>'.encode())
    page += f'<img src="data:image/png;base64,{drawing.decode()}"><img src="data:image/png;base64,%%%">'
    press = Press()
    press.print(page, "title", "{page}", tmp_path / "page.pdf")
    press.close()
    assert "seen" in text_of(tmp_path / "page.pdf")
    assert b"/Subtype /Image" not in (tmp_path / "page.pdf").read_bytes()
    assert ears.heard == []


def test_letters_without_a_font_are_told(desk: Desk) -> None:
    _, lost = desk.print(entry(bytes(message(text="letter \U00013000"))))
    assert lost in ((losses.LETTERS_MISSING,), ())  # some computers have Egyptian fonts
    _, lost = desk.print(entry(bytes(message(text="Ä é ß – „“ €"))))
    assert lost == ()


def test_colours_that_are_none_leave_a_good_file(desk: Desk) -> None:
    page = """<table><tr><td bgcolor="#ffccoo" style="color: #gg0000; background-color: nothing">one</td>
    <td style="background: rgb(1, 2, 3); color: #ff0000"><font color="nosuch">two</font></td></tr></table>"""
    text, lost = desk.print(entry(bytes(message(page))))
    assert re.search(r"one\s+two", text)
    assert lost == ()


def stubborn(condition: str, seconds: float) -> Press:
    return Press([sys.executable, "-c", STUBBORN % condition], seconds)


def test_a_page_that_never_ends_is_printed_as_plain_text(tmp_path: Path) -> None:
    with opened(tmp_path, stubborn("'<b>' in asked['html'].partition('</table>')[2]", 0.6)) as desk:
        text, lost = desk.print(entry(bytes(message("<p>hello <b>world</b></p>"))))
    assert "hello world" in text
    assert lost == (losses.PLAIN_TEXT,)


def test_what_cannot_be_printed_at_all_fails_alone(tmp_path: Path) -> None:
    with opened(tmp_path, stubborn("'hard' in asked['html']", 0.5)) as desk:
        with pytest.raises(FormatUnfit) as failed:
            desk.print(entry(bytes(message(text="hard"))))
        assert failed.value.facts == {"format": "pdf", "reason": "not-printed"}
        assert list(desk.shelf.files()) == []
        text, _ = desk.print(entry(bytes(message(text="easy"))))
        assert "easy" in text


def test_hostile_pages_end_the_process_only(tmp_path: Path) -> None:
    nested = "<table><tr><td>" * 300 + "first" + "</td></tr></table>" * 300
    with opened(tmp_path, Press(seconds=1.0)) as desk:
        text, lost = desk.print(entry(bytes(message(nested))))
        assert "first" in text
        assert lost == (losses.PLAIN_TEXT,)
        assert desk.print(entry(bytes(message(text="next"))))[1] == ()


WORDS: Final = [f"word{number:04d}" for number in range(300)]
LINE: Final = " ".join(WORDS)
TABLE: Final = f"<tr><td>{LINE}</td></tr></table>"


WIDE: Final = (
    f"<pre>{LINE}</pre>",
    f"<p style='white-space: nowrap'>{LINE}</p>",
    f"<table cellpadding=9999999 border=999999>{TABLE}",
    f"<table cellpadding=2000 cellspacing=2000>{TABLE}",
    f"<table><tr><td style='padding: 900pt; border: 9in solid'>{LINE}</td></tr></table>",
    f"<table width=90000><tr><td width=50000>a<td>{LINE}</td></tr></table>",
    f"<table height=9 align=right><tr><td height=1 style='height: 2px'>{LINE}</td></tr></table>",
    f"<table><tr><td height=9><img height=235 align=right><img width=80> {LINE}</td></tr></table>",
    f"<p style='margin-left: 2000px; margin-right: 60em'>{LINE}</p>",
    f"<p style='margin-left: -2000px; text-indent: -500px'>{LINE}</p>",
    f"<p style='text-indent: 3000px'>{LINE}</p>",
    f"<p style='font-size: 9000px'>{LINE}</p>",
    f"{'<blockquote>' * 60}{LINE}{'</blockquote>' * 60}",
    f"{'<ul><li>' * 40}{LINE}{'</ul>' * 40}",
)


def test_nothing_lies_beside_the_paper(desk: Desk) -> None:
    for number, page in enumerate(WIDE):
        sent = message(page, Subject=f"Subject {number}", To="Bob <bob@example.com>")
        text, lost = desk.print(entry(bytes(sent), id=str(number)))
        fields = (f"Subject {number}", "ann@example.com", "bob@example.com")
        assert (page[:50], [said for said in (*fields, *WORDS) if said not in text], lost) == (page[:50], [], ())


def test_what_never_fits_is_printed_as_plain_text(desk: Desk) -> None:
    cells = "".join(f"<td>{word}</td>" for word in WORDS)
    text, lost = desk.print(entry(bytes(message(f"<table><tr>{cells}</tr></table>"))))
    assert [word for word in WORDS if word not in text] == []
    assert lost == (losses.PLAIN_TEXT,)


def test_words_in_narrow_columns_stay_whole(desk: Desk) -> None:
    cells = "".join(f"<td>{word}</td>" for word in WORDS[:20])
    text, lost = desk.print(entry(bytes(message(f"<table border=1><tr>{cells}</tr></table>"))))
    assert [word for word in WORDS[:20] if word not in text] == []
    assert lost == ()


def test_text_that_looks_like_a_size_stays(desk: Desk) -> None:
    said = 'width="9999" cellpadding="9999" color="nosuch" style="margin: 9999px; height: 1px"'
    text, _ = desk.print(entry(bytes(message(f"<p>{said}</p><p title='{said.replace(chr(34), '')}'>x</p>"))))
    assert said in " ".join(text.split())


def test_fields_that_are_cut_are_told(desk: Desk) -> None:
    people = ", ".join(f"somebody{number:05d}@example.com" for number in range(3_000))
    _, lost = desk.print(entry(f"From: a@example.com\r\nTo: {people}\r\n\r\nx".encode()))
    assert lost == (losses.TEXT_CUT,)


def test_a_computer_that_cannot_print_says_so(tmp_path: Path) -> None:
    for program in ([sys.executable, "-c", "raise SystemExit(1)"], [str(tmp_path / "missing")]):
        with pytest.raises(PrintingUnavailable):
            Press(program).print("<p>", "", "", tmp_path / "page.pdf")


def card(service: Service, plain: dict[str, Any], **parts: bytes) -> Entry:
    named = {name.replace("_", "/"): data for name, data in parts.items()}
    return entry(json.dumps(plain).encode(), service=service, path=("Folder",), parts=named)


def test_an_event_is_printed(desk: Desk) -> None:
    event = {
        "subject": "Planning",
        "start": {"dateTime": "2026-05-04T09:00:00.0000000", "timeZone": "UTC"},
        "end": {"dateTime": "2026-05-04T10:00:00.0000000", "timeZone": "UTC"},
        "location": {"displayName": "Room 7"},
        "organizer": {"emailAddress": {"name": "Ann", "address": "ann@example.com"}},
        "body": {"contentType": "html", "content": '<p>Bring <i>paper</i></p><img src="cid:pic">'},
        "attachments": [
            {"id": "1", "name": "agenda.txt", "contentType": "text/plain"},
            {"id": "2", "name": "pic.png", "contentType": "image/png", "contentId": "pic"},
        ],
    }
    text, lost = desk.print(card(Service.CALENDAR, event, attachment_1=b"x" * 100, attachment_2=PIXEL))
    for said in ("Planning", "Room 7", "ann@example.com", "Bring paper", "agenda.txt", "100 B"):
        assert said in text
    assert "pic.png" not in text
    assert lost == (losses.FILES_NAMED,)


def test_a_contact_is_printed_with_its_picture(desk: Desk) -> None:
    contact = {"displayName": "Bob B.", "emailAddresses": [{"address": "bob@example.com"}], "jobTitle": "Baker"}
    text, lost = desk.print(card(Service.CONTACTS, contact, photo=PIXEL))
    assert "bob@example.com" in text
    assert "Baker" in text
    assert lost == ()
    (made,) = desk.shelf.files()
    assert made.name == "Folder/Bob B.pdf"


def test_a_computer_without_fonts_prints_with_the_programs_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    none = tmp_path / "fonts.conf"
    none.write_text('<?xml version="1.0"?><fontconfig></fontconfig>')
    monkeypatch.setenv("FONTCONFIG_FILE", str(none))
    with opened(tmp_path) as desk:
        text, _ = desk.print(entry(bytes(message(text="Grüße, Привет, Χαίρε"))))
    assert "Grüße, Привет, Χαίρε" in text


def test_a_folder_in_which_nothing_lies_is_a_folder(tmp_path: Path) -> None:
    shelf = FolderShelf(tmp_path, "Export")
    writer = PdfWriter(shelf, tmp_path / "scratch", wording())
    assert isinstance(writer, FolderWriter)
    writer.add_folder(EmptyFolder(service=Service.MAIL, path=("Inbox", "Empty")))
    writer.finish()
    (folder,) = shelf.publish()
    assert (folder / "Inbox" / "Empty").is_dir()
