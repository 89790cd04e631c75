"""Letters are varied, believable, quick and always the same."""

import email
import hashlib
import io
import re
import statistics
import zipfile
from email import policy

import pytest

from saasbackup_desktop.sim.dice import MEAN_SIZE, Dice
from saasbackup_desktop.sim.encodings import base64_lines, encoded, quoted_printable
from saasbackup_desktop.sim.letter import Letter
from saasbackup_desktop.sim.letters import letters

COUNT = 2500


@pytest.fixture(scope="module")
def some() -> list[Letter]:
    return list(letters(11, COUNT))


def fingerprint(several: list[Letter]) -> str:
    digest = hashlib.sha256()
    for letter in several:
        digest.update(letter.data)
        digest.update(f"{sorted(letter.flags)} {letter.internal_date.isoformat()}".encode())
    return digest.hexdigest()[:16]


def test_a_seed_always_makes_the_same_letters() -> None:
    assert fingerprint(list(letters("golden", 500))) == "ab51e6ff8f7fcfe1"


def test_seeds_differ(some: list[Letter]) -> None:
    assert not {letter.data for letter in some} & {letter.data for letter in letters(12, 200)}
    assert len({letter.data for letter in some}) == COUNT


def test_sizes_are_those_of_mail(some: list[Letter]) -> None:
    sizes = [len(letter.data) for letter in some]
    assert 4_500 < statistics.median(sizes) < 8_500
    assert 0.7 * MEAN_SIZE < statistics.mean(sizes) < 1.3 * MEAN_SIZE
    assert max(sizes) > 500_000
    small = [len(letter.data) for letter in letters(11, 1500, 10_000)]
    assert 7_000 < statistics.mean(small) < 14_000


def test_there_is_some_of_everything(some: list[Letter]) -> None:
    everything = b"\n".join(letter.data for letter in some).lower()
    for sign in (
        b"charset=iso-8859-1",
        b"charset=iso-2022-jp",
        b"charset=gb18030",
        b"charset=koi8-r",
        b"transfer-encoding: quoted-printable",
        b"transfer-encoding: base64",
        b"message/rfc822",
        b"report-type=delivery-status",
        b"pkcs7-signature",
        b"begin:vcalendar",
        b"multipart/related",
        b'"cid:picture',
        b"application/pdf",
        b"in-reply-to: ",
        b"references: ",
        b"99 foo",
    ):
        assert sign in everything, sign
    assert any(re.search(rb"[^\r]\n", letter.data) for letter in some)
    assert any(len(line) > 998 for letter in some for line in letter.data.split(b"\r\n"))
    assert not any(b"\x00" in letter.data for letter in some)
    zones = {letter.internal_date.utcoffset() for letter in some}
    assert len(zones) > 5
    assert {flag for letter in some for flag in letter.flags} >= {"\\Seen", "\\Flagged", "\\Answered", "$Forwarded"}


def test_clean_letters_have_no_bare_line_ends() -> None:
    for letter in letters(5, 1500, clean=True):
        assert not re.search(rb"\r(?!\n)|(?<!\r)\n", letter.data)


def test_well_formed_letters_can_be_read(some: list[Letter]) -> None:
    opened: set[str] = set()
    read = 0
    for letter in some[:1500]:
        message = email.message_from_bytes(letter.data, policy=policy.default)
        if not message["X-Mailer"] or message.defects or letter.data.startswith(b">From"):
            continue
        if not letter.data.startswith(b"Return-Path"):  # the malformed ones leave no traces
            continue
        read += 1
        for part in message.walk():
            assert not part.defects, letter.data[:3000]
            if part.get_content_maintype() == "text":
                part.get_content()
            kind = part.get_content_type()
            if kind == "application/zip":
                assert zipfile.ZipFile(io.BytesIO(part.get_content())).testzip() is None
            elif kind == "application/pdf":
                assert part.get_content().endswith(b"%%EOF\n")
            opened.add(kind)
    assert read > 1300
    assert {"image/png", "application/zip", "application/pdf", "text/calendar", "text/html"} <= opened


def test_encodings_are_those_of_the_standard() -> None:
    assert quoted_printable("Größe = 1 \r\nzwei".encode("latin-1")) == b"Gr=F6=DFe =3D 1=20\r\nzwei"
    for line in quoted_printable(("ü" * 200 + "=" * 80).encode()).split(b"\r\n"):
        assert len(line) <= 76
    assert base64_lines(b"a" * 60, 0).count(b"\r\n") == 1
    assert encoded("Größe", "iso-8859-1", quoted=True) == b"=?iso-8859-1?Q?Gr=F6=DFe?="
    assert encoded("plain") == b"plain"


def test_dice_fall_evenly() -> None:
    dice = Dice("even")
    drawn = [dice.between(1, 6) for _ in range(6000)]
    assert set(drawn) == set(range(1, 7))
    assert 3.3 < statistics.mean(drawn) < 3.7
    assert dice.several("abc", 5).__len__() == 3
    assert len(dice.bytes(100)) == 100
