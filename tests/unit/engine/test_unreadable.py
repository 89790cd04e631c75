"""What looks encrypted, and what only looks odd."""

import base64
import gzip
import io
import json
import random
import zipfile
import zlib
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from saasbackup_desktop.engine.unreadable import is_unreadable, renamed

CHANCE = random.Random(3)
NOISE = CHANCE.randbytes(20_000)
TEXT = "The spring catalogue goes to print on 4 December; samples leave the warehouse on the ninth. " * 40


def mail(*attachments: tuple[bytes, str], text: str = TEXT) -> bytes:
    made = EmailMessage()
    made["From"], made["Subject"] = "ada@example.org", "Delivery dates"
    made.set_content(text)
    for data, name in attachments:
        made.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return made.as_bytes()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("document.xml", TEXT * 9)
        file.writestr("noise", NOISE)
    return out.getvalue()


READABLE = {
    "a letter": mail(),
    "a letter in Greek": mail(text="Τριμηνιαία αναφορά, προσχέδιο για το νέο έτος. " * 40),
    "a letter in Chinese": mail(text="春季目录将于十二月四日付印,样品九日出库。" * 60),
    "a document": mail((zipped(), "prices.docx")),
    "a picture": mail((b"\xff\xd8\xff\xe0" + NOISE, "harbour.jpg")),
    "a pdf": mail((b"%PDF-1.7\n" + NOISE, "offer.pdf")),
    "a compressed file": mail((gzip.compress(NOISE), "log.gz")),
    "a raw stream": mail((zlib.compress(TEXT.encode() * 9), "x")),
    "a note": f"<html><body><p>{TEXT}</p></body></html>".encode(),
    "an event": json.dumps({"subject": "Lunch", "body": {"content": TEXT}}).encode(),
    "a card with a picture": b"BEGIN:VCARD\r\nFN:Ada\r\nPHOTO;ENCODING=b:"
    + base64.b64encode(b"\xff\xd8\xff" + NOISE)
    + b"\r\nEND:VCARD\r\n",
    "links with long tokens": mail(text=(TEXT[:180] + " https://example.org/?t=" + "aB3" * 30 + "\n") * 9),
    "nothing": b"",
    "a word": b"ok",
    "tables of figures": "\n".join(f"{n * 7919 % 100_003};{n}" for n in range(3000)).encode(),
}
UNREADABLE = {
    "noise": NOISE,
    "an encrypted attachment": mail((NOISE, "prices.docx.locked")),
    "a text that is noise": mail(text=base64.encodebytes(NOISE[:900]).decode()),
    "a note that is noise": base64.b64encode(NOISE[:3000]),
    "an event that is noise": json.dumps({"body": base64.b64encode(NOISE[:4000]).decode()}).encode(),
    "hexadecimal noise": NOISE[:1000].hex().encode(),
}
ARMOURED = mail(text="-----BEGIN PGP MESSAGE-----\n\n" + base64.encodebytes(NOISE[:3000]).decode() + "\n-----END")


@pytest.mark.parametrize("name", READABLE)
def test_what_people_keep_is_readable(name: str) -> None:
    assert not is_unreadable([READABLE[name]], counts_armour=True)


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_was_encrypted_is_not(name: str) -> None:
    assert is_unreadable([UNREADABLE[name]], counts_armour=False)


def test_what_people_encrypt_on_purpose_counts_only_where_it_took_the_place_of_something() -> None:
    assert not is_unreadable([ARMOURED], counts_armour=False)
    assert is_unreadable([ARMOURED], counts_armour=True)


def test_what_belongs_to_an_item_counts_with_it() -> None:
    assert is_unreadable([mail(text="see there"), NOISE], counts_armour=True)
    assert not is_unreadable([mail(), b"%PDF-1.7\n" + NOISE], counts_armour=True)


@given(some.binary(max_size=3000))
@settings(max_examples=150, deadline=None)
def test_it_never_fails(data: bytes) -> None:
    is_unreadable([data], counts_armour=True)
    is_unreadable([b"From: a\r\n\r\n" + base64.b64encode(data)], counts_armour=False)


@pytest.mark.parametrize(
    ("before", "after", "is_renamed"),
    [
        (["a.pdf", "b.doc"], ["a.pdf.locked", "b.doc.locked"], True),
        (["a.pdf", "b.doc"], ["a.pdf.locked", "b.doc"], False),
        (["a.pdf"], ["a.pdf"], False),
        ([], [], False),
        (["a", "b"], ["a.x", "b.y"], False),
    ],
)
def test_files_that_got_a_further_ending(before: list[str], after: list[str], is_renamed: bool) -> None:
    assert renamed(before, after) is is_renamed
