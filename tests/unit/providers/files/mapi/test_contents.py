"""Contents come out the same, at once or piece by piece."""

import base64
import binascii
import quopri
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from saasbackup_desktop.providers.files.mapi import contents
from saasbackup_desktop.providers.files.mapi.contents import Stretch, content, decode_base64, decode_uuencoded
from saasbackup_desktop.providers.formats.parts import read_message


@pytest.mark.parametrize("size", [0, 1, 2, 3, 1000, 196_607, 196_608, 196_609, 900_001])
@pytest.mark.parametrize("line", [b"\r\n", b"\n", b" \r\n\t"])
def test_base64_in_pieces_is_what_it_is_at_once(size: int, line: bytes) -> None:
    plain = random.Random(size).randbytes(size)
    raw = b"head" + base64.encodebytes(plain).replace(b"\n", line) + b"--tail"
    stretch = Stretch(raw, 4, len(raw) - 6, "base64")
    assert b"".join(stretch()) == plain
    assert b"".join(stretch()) == plain, "a second time"
    assert stretch.size() == size


@settings(max_examples=150, deadline=None)
@given(some.lists(some.sampled_from([b"QUJD", b"Q", b"=", b"==", b"\r\n", b"!", b"\x00", b"+/", b"\xff"]), max_size=60))
def test_broken_base64_is_read_alike_in_pieces(words: list[bytes]) -> None:
    raw = b"".join(words)
    before = contents._STEP
    contents._STEP = 7  # type: ignore[misc]
    try:
        stretch = Stretch(raw, 0, len(raw), "base64")
        found = b"".join(stretch())
        assert found == decode_base64(raw)
        assert stretch.size() == len(found)
    finally:
        contents._STEP = before  # type: ignore[misc]


@pytest.mark.parametrize("size", [0, 10, 5_000, 700_000])
def test_quoted_printable_in_pieces_is_what_it_is_at_once(size: int) -> None:
    plain = b"".join(b"%d = \xe4\xf6 und so weiter\n" % number for number in range(size // 20))
    raw = quopri.encodestring(plain)
    stretch = Stretch(raw, 0, len(raw), "quoted-printable")
    assert b"".join(stretch()) == plain
    assert stretch.size() == len(plain)


def test_a_head_comes_first() -> None:
    stretch = Stretch(b"..content..", 2, 9, "", b"head-")
    assert b"".join(stretch()) == b"head-content"
    assert stretch.size() == 12


def test_large_contents_are_not_decoded_at_once() -> None:
    plain = bytes(1 << 21)
    part = read_message(b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(plain))
    found = content(part)
    assert isinstance(found, Stretch)
    assert b"".join(found()) == plain
    assert max(map(len, found())) < 1 << 19


def test_uuencoded() -> None:
    plain = bytes(range(256)) * 3
    lines = b"".join(binascii.b2a_uu(plain[at : at + 45]) for at in range(0, len(plain), 45))
    raw = b"Some words\n\nbegin 644 a file.bin\n" + lines + b"`\nend\nmore words\n"
    assert decode_uuencoded(raw) == plain
    part = read_message(b"Content-Type: image/jpeg\nContent-Transfer-Encoding: x-uuencode\n\n" + raw)
    assert content(part) == plain
    assert decode_uuencoded(b"no file at all") == b"no file at all"
