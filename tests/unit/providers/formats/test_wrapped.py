"""Messages with a winmail.dat: what lies in it stands in its place."""

import base64
import random
import re
import struct
from pathlib import Path

import pytest

from saasbackup_desktop.providers.files.mapi import losses, tags
from saasbackup_desktop.providers.files.mapi.mail import mail
from saasbackup_desktop.providers.files.pst.model import Message
from saasbackup_desktop.providers.formats.parts import read_message
from saasbackup_desktop.providers.formats.preview import attachment, preview
from saasbackup_desktop.providers.formats.tnef import unwrapped
from saasbackup_desktop.providers.formats.wrapped import opened
from tests.corpora import Corpora

HEAD = b"From: ada@example.org\r\nSubject: Plan\r\nDate: Mon, 01 Jan 2024 10:00:00 +0000\r\nMIME-Version: 1.0\r\n"
MESSAGE = bytes.fromhex("0703020000000000c000000000000046")


def attribute(id_: int, data: bytes, level: int = 1) -> bytes:
    return struct.pack("<BII", level, id_, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def properties(*said: tuple[int, int, bytes]) -> bytes:
    found = struct.pack("<I", len(said))
    for id_, kind, value in said:
        found += struct.pack("<HHII", kind, id_, 1, len(value)) + value + bytes(-len(value) % 4)
    return found


def wrapped(*attributes: bytes) -> bytes:
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(attributes)


def file(name: str, data: bytes, *more: tuple[int, int, bytes]) -> bytes:
    said = properties((0x3707, 0x1F, name.encode("utf-16-le")), *more)
    found = attribute(0x69002, bytes(14), 2) + attribute(0x18010, b"SHORT~1.BIN\0", 2)
    return found + (attribute(0x6800F, data, 2) if data else b"") + attribute(0x69005, said, 2)


HTML = attribute(0x69003, properties((0x1013, 0x102, b"<p>Hello <b>Bob</b></p>"), (0x3FDE, 0x1F, b"")))


def mixed(data: bytes, text: bytes = b"Hello Bob\r\n") -> bytes:
    lines = base64.encodebytes(data).replace(b"\n", b"\r\n")
    return (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\n"
        + text
        + b"--x"
        b"\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + lines
        + b"--x--\r\n"
    )


def test_files_and_html_stand_in_its_place() -> None:
    data = mixed(wrapped(HTML, file("Zahlen für März.bin", b"\0\1\2"), file("b.txt", b"text")))
    shown = preview(data)
    assert [(one.name, one.size) for one in shown.attachments] == [("Zahlen für März.bin", 3), ("b.txt", 4)]
    assert [attachment(data, one.index) for one in shown.attachments] == [b"\0\1\2", b"text"]
    assert "<b>Bob</b>" in shown.html
    item = mail(data)
    assert item.losses == ()
    assert [one.properties[tags.ATTACH_LONG_NAME] for one in item.attachments] == ["Zahlen für März.bin", "b.txt"]
    assert b"<b>Bob</b>" in bytes(str(item.properties[tags.HTML]), "utf-8")
    assert "Hello Bob" in str(item.properties[tags.BODY])


LONG = "The meeting is on Tuesday at ten, in the small room on the second floor."
RICH = rb"{\rtf1\ansi The meeting is on \b Tuesday\b0  at ten, in the small room on the second floor.}"


def body(text: str) -> bytes:
    return attribute(0x69003, properties((0x1000, 0x1E, text.encode() + b"\0")))


def page(html: str) -> bytes:
    return attribute(0x69003, properties((0x1013, 0x102, html.encode())))


def rich(text: bytes) -> bytes:
    stored = struct.pack("<IIII", len(text) + 12, len(text), 0x414C454D, 0) + text
    return attribute(0x69003, properties((0x1009, 0x102, stored)))


@pytest.mark.parametrize("kind", ["mixed", "alternative"])
@pytest.mark.parametrize(
    ("there", "inner"),
    [
        ("plain|Scanned by gateway", body("REAL body")),
        ("plain|Scanned by gateway", page("<p>REAL <b>body</b></p>")),
        ("plain|Scanned by gateway", rich(rb"{\rtf1\ansi REAL \b body\b0 }")),
        ("html|<p>Scanned by gateway</p>", body("REAL body")),
        ("html|<p>Scanned by gateway</p>", page("<p>REAL <b>body</b></p>")),
        ("html|<p>Scanned by gateway</p>", rich(rb"{\rtf1\ansi REAL \b body\b0 }")),
    ],
)
def test_a_text_that_is_another_one_is_shown_beside_it(kind: str, there: str, inner: bytes) -> None:
    form, _, text = there.partition("|")
    data = mixed(wrapped(inner), text.encode() + b"\r\n").replace(b"text/plain", f"text/{form}".encode())
    data = data.replace(b"multipart/mixed", f"multipart/{kind}".encode())
    shown = re.sub("<[^>]*>", "", preview(data).html)
    assert ("REAL body" in shown, "Scanned by gateway" in shown) == (True, True)
    item = mail(data)
    said = str(item.properties[tags.BODY])
    assert ("REAL body" in said, "Scanned by gateway" in said) == (True, True)
    if tags.HTML in item.properties:
        said = re.sub("<[^>]*>", "", bytes(str(item.properties[tags.HTML]), "utf-8").decode())
        assert ("REAL" in said, "Scanned by gateway" in said) == (True, True)


@pytest.mark.parametrize(
    ("there", "inner", "times", "beside"),
    [
        (LONG, body(LONG.replace(" at", "\r\nat")), 1, []),
        (f"{LONG}\r\n-- \r\nThe list", body(LONG), 1, []),
        (f"{LONG}\r\nMore <http://a.example>", page(f"<p>{LONG}</p><a href='http://a.example'>More</a>"), 1, []),
        (f"{LONG}\r\nThe list", page(f"<p>{LONG}</p>"), 2, []),
        (LONG, rich(RICH), 1, ["message.rtf"]),
        (
            LONG,
            attribute(0x69003, properties((0x1013, 0x102, b"<p>A</p>"), (0x1000, 0x1E, b"B\0"))),
            1,
            ["winmail.dat"],
        ),
    ],
)
def test_a_text_that_is_there_is_shown_once(there: str, inner: bytes, times: int, beside: list[str]) -> None:
    shown = preview(mixed(wrapped(inner), there.encode() + b"\r\n"))
    assert re.sub(r"\s+", " ", shown.html).count(LONG) == (times if LONG in there else 0)
    assert [one.name for one in shown.attachments] == beside


def test_a_short_text_is_not_found_in_another_one_by_chance() -> None:
    data = mixed(wrapped(body("No")), b"No virus was found\r\n")
    assert str(mail(data).properties[tags.BODY]).split() == ["No", "virus", "was", "found", "No"]


def test_html_of_which_only_the_words_are_there_stays_wrapped_up() -> None:
    for inner, beside in ((f"<b>{LONG}</b>", ["winmail.dat"]), (f"<p>{LONG}</p>", [])):
        data = mixed(wrapped(page(inner)), f"<p>{LONG}</p>\r\n".encode()).replace(b"text/plain", b"text/html")
        assert [one.name for one in preview(data).attachments] == beside


def test_a_message_that_is_nothing_else_is_shown() -> None:
    inner = wrapped(attribute(0x2800C, b"Dear Bob,\r\n\0"), file("a.txt", b"a"))
    data = HEAD + b"Content-Type: application/ms-tnef\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    shown = preview(data + base64.encodebytes(inner))
    assert (shown.subject, [one.name for one in shown.attachments]) == ("Plan", ["a.txt"])
    assert "Dear Bob," in shown.html


def test_a_message_within_is_a_message() -> None:
    said = properties((0x0037, 0x1E, b"Inner\0"), (0x0C1A, 0x1E, b"Eve\0"), (0x0C1F, 0x1E, b"eve@example.org\0"))
    inner = wrapped(attribute(0x69003, said), attribute(0x2800C, b"Deep\0"), file("c.txt", b"c"))
    data = mixed(wrapped(file("Inner", b"", (0x3701, 0xD, MESSAGE + inner))))
    (one,) = preview(data).attachments
    assert (one.name, one.media_type) == ("Inner.eml", "message/rfc822")
    shown = preview(attachment(data, one.index))
    assert (shown.subject, shown.sender, [file.name for file in shown.attachments]) == (
        "Inner",
        "Eve <eve@example.org>",
        ["c.txt"],
    )
    assert attachment(data, one.index) == attachment(data, one.index)
    assert isinstance(mail(data).attachments[0].content, Message)


def within(*attributes: bytes) -> bytes:
    return mixed(wrapped(file("Inner", b"", (0x3701, 0xD, MESSAGE + wrapped(*attributes)))))


def test_a_message_within_keeps_its_headers_and_recipients() -> None:
    came = (
        b"Microsoft Mail Internet Headers Version 2.0\r\nReceived: from a\r\n\tby b\r\nFrom: Eve <eve@example.org>\r\n"
        b"To: bob@example.org\r\nSubject: Inner\r\nMessage-ID: <1@x>\r\nContent-Type: multipart/mixed; boundary=q\r\n"
    )
    said = ((0x007D, 0x1E, came + b"\0"), (0x0037, 0x1E, b"Inner\0"), (0x0E04, 0x1E, b"Bob\0"), (0x0E03, 0x1E, b"Al\0"))
    data = within(attribute(0x69003, properties(*said)), attribute(0x2800C, b"Deep\0"))
    (one,) = preview(data).attachments
    inner = attachment(data, one.index)
    message = read_message(inner)
    names = ("received", "from", "to", "cc", "message-id")
    assert [message.said(name) for name in names] == [
        "from a by b",
        "Eve <eve@example.org>",
        "bob@example.org",
        "Al <>",
        "<1@x>",
    ]
    assert (inner.lower().count(b"\nsubject:"), "Deep" in preview(inner).html) == (1, True)
    item = mail(data).attachments[0].content
    assert isinstance(item, Message)
    assert "<1@x>" in str(item.properties[tags.TRANSPORT_HEADERS])
    assert len(item.recipients) == 2


def test_recipients_of_a_message_within_are_read_from_their_table() -> None:
    def person(name: bytes, address: bytes, role: int) -> bytes:
        said = properties((0x3001, 0x1E, name + b"\0"), (0x3003, 0x1E, address + b"\0"))
        return struct.pack("<I", 3) + said[4:] + struct.pack("<HHI", 3, 0x0C15, role)

    table = struct.pack("<I", 2) + person(b"Bob", b"bob@example.org", 1) + person(b"Al", b"/O=X/CN=AL", 2)
    data = within(attribute(0x69004, table), attribute(0x69003, properties((0x0E04, 0x1E, b"Robert\0"))))
    (one,) = preview(data).attachments
    shown = preview(attachment(data, one.index))
    assert (shown.recipients, shown.copies) == ("Bob <bob@example.org>", "Al <>")
    cut = within(attribute(0x69004, table[:-9]))
    assert [one.name for one in preview(cut).attachments] == ["Inner.eml", "winmail.dat"]


def test_what_a_mail_cannot_say_of_a_message_within_keeps_it_wrapped_up() -> None:
    for said in (
        ((0x0C1A, 0x1E, b"Eve\0"), (0x0042, 0x1E, b"Bob\0")),
        ((0x0050, 0x1E, b"Elsewhere\0"),),
        ((0x0037, 0x1E, b"long " * 100 + b"\0"),),
    ):
        data = within(attribute(0x69003, properties(*said)))
        assert preview(data).attachments[-1].name == "winmail.dat"
        assert losses.TNEF_AS_FILE in mail(data).losses
    inner = attachment(within(rich(RICH)), 1)
    assert [one.name for one in preview(inner).attachments] == ["message.rtf"]


@pytest.mark.parametrize(
    "inner",
    [
        b"no",
        wrapped(attribute(0x78008, b"IPM.Contact\0")),
        wrapped(file("a.txt", b"abc"))[:-9],
        wrapped(attribute(0x69003, struct.pack("<IHHI", 9, 0x102, 0x1013, 1 << 30))),
    ],
)
def test_what_is_more_than_that_or_damaged_stays_beside(inner: bytes) -> None:
    data = mixed(inner)
    shown = preview(data)
    assert shown.attachments[-1].name == "winmail.dat"
    assert attachment(data, shown.attachments[-1].index) == inner
    assert losses.TNEF_AS_FILE in mail(data).losses


def test_other_messages_are_as_they_were() -> None:
    message = read_message(HEAD + b"\r\nHello\r\n")
    assert opened(message) is message


def test_samples_are_opened(corpora: Corpora) -> None:
    wanted = {
        "1808-winmail-dat.eml": ["GIR - LINUX.doc"],
        "tnefEml1.eml": ["1.jpg", "Embedded MSG.msg.eml"],
        "ukr.eml": [],
        "tnef2.eml": [],
    }
    found = {}
    for sample in corpora.samples("mime"):
        if sample.path.name in wanted and "tnef" in sample.tags:
            found[sample.path.name] = [one.name for one in preview(sample.read()).attachments]
            assert losses.TNEF_AS_FILE not in mail(sample.read()).losses
    assert found == wanted
    loose = {one.path.name: unwrapped(one.read()) for one in corpora.samples("msg") if "hmef/" in one.name}
    simple, files = loose["bug52400-winmail-simple.dat"], loose["bug63955-winmail.dat"]
    assert simple is not None
    assert simple.html
    assert files is not None
    assert [(one.name, len(one.data), one.data[:4]) for one in files.files] == [
        ("SI-61597.pdf", 236426, b"%PDF"),
        ("SI-61598.pdf", 236653, b"%PDF"),
    ]


def test_what_is_damaged_anywhere_is_read_as_far_as_it_goes(corpora: Corpora) -> None:
    chance = random.Random(3)
    path = next(one.path for one in corpora.samples("msg") if Path(one.name).name == "bug52400-winmail-simple.dat")
    for _ in range(60):
        data = bytearray(path.read_bytes())
        for _ in range(chance.choice((1, 5, 50))):
            at = chance.randrange(4, len(data))
            data[at : at + 4] = chance.choice((0, 1, 0xFFFFFFFF, chance.randrange(5000))).to_bytes(4, "little")
        found = unwrapped(bytes(data))
        assert found is not None
        preview(mixed(bytes(data[: chance.randrange(10, len(data))])))
