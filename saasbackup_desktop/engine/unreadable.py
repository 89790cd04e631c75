"""Whether content looks encrypted: bytes without any order that do not begin as a known kind of file does."""

import base64
import binascii
import math
import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

LOOKED_AT: Final = 256 << 10
"""Bytes of an item from its beginning."""
_PIECE: Final = 64 << 10
"""Bytes whose order is measured."""
_LEAST: Final = 192
"""Bytes below which nothing is said."""
_SHARE: Final = 0.5

_BEGINNINGS: Final = (
    b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08", b"%PDF", b"%!PS", b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF",
    b"II*\x00", b"MM\x00*", b"BM", b"\x00\x00\x01\x00", b"7z\xbc\xaf", b"Rar!", b"\x1f\x8b", b"BZh", b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18", b"\xd0\xcf\x11\xe0", b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf1",
    b"OggS", b"fLaC", b"#!AMR", b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"SQLite format 3", b"{\\rtf",
    b"\x78\x9f\x3e\x22", b"\x1a\x45\xdf\xa3", b"\x30\x26\xb2\x75", b"MSCF", b"!BDN", b"\xe4\x52\x5c\x7b", b"wOFF",
    b"wOF2", b"\x00\x01\x00\x00", b"OTTO", b"\x30\x80", b"\x30\x82", b"\x30\x83", b"\x78\x01", b"\x78\x9c",
    b"\x78\xda", b"FWS", b"CWS", b"ITSF", b"LZIP", b"\xd7\xcd\xc6\x9a", b"\x01\x00\x00\x00", b"8BPS", b"AC10",
    b"\xff\x0a", b"DICM", b"-----BEGIN", b"<",
)  # fmt: skip
_HEADER: Final = re.compile(rb"\A[A-Za-z][A-Za-z0-9-]*:[ \t\r\n]")
_CODED: Final = re.compile(rb"(?:[A-Za-z0-9+/_-]{60,}+[\r\n \t]*+)++(?:[A-Za-z0-9+/_-]{1,60}+)?={0,2}")
_HEXADECIMAL: Final = re.compile(rb"\A[0-9a-fA-F]+\Z")
_ARMOURED: Final = (b"-----BEGIN PGP MESSAGE-----", b"application/pkcs7-mime", b"application/x-pkcs7-mime")
_SPACE: Final = b" \t\r\n"


def is_unreadable(bodies: Iterable[bytes], *, counts_armour: bool) -> bool:
    """Does most of an item look encrypted? ``bodies``: the beginnings of its body and of what belongs to it.

    ``counts_armour``: also what people encrypt on purpose, with OpenPGP or S/MIME.
    """
    unordered = total = 0
    for body in bodies:
        if not counts_armour and any(mark in body for mark in _ARMOURED):
            return False
        of_this, all_of_this = _measure(body[:LOOKED_AT])
        unordered += of_this
        total += all_of_this
    return total >= _LEAST and unordered > _SHARE * total


def renamed(before: Iterable[str], after: Iterable[str]) -> bool:
    """Have most of some files got a further ending, the same for all of them?"""
    old, new = set(before), list(after)
    endings = [name[len(one) :] for name in new for one in old if name.startswith(f"{one}.") and name not in old]
    return bool(endings) and 2 * len(endings) > len(new) and len(set(endings)) == 1


def _measure(body: bytes) -> tuple[int, int]:
    """How many bytes are without order, and how many there are."""
    if _HEADER.match(body):  # the head of a message says nothing of its content
        body = body.split(b"\r\n\r\n" if b"\r\n\r\n" in body else b"\n\n", 1)[-1]
    if body.startswith(_BEGINNINGS):
        coded_only = body.startswith((b"<", b"-----BEGIN"))
        if not coded_only:
            return 0, len(body)
    unordered = 0
    rest = bytearray()
    at = 0
    for run in _CODED.finditer(body):
        rest += body[at : run.start()]
        at = run.end()
        if _is_unordered(_decoded(run[0])):
            unordered += len(run[0])
    rest += body[at:]
    if _is_unordered(bytes(rest[:_PIECE])):
        unordered += len(rest)
    return unordered, len(body)


def _decoded(run: bytes) -> bytes:
    text = run.translate(None, _SPACE)[: _PIECE * 2].rstrip(b"=")
    try:
        if _HEXADECIMAL.match(text):
            return bytes.fromhex(text[: len(text) // 2 * 2].decode("ascii"))
        return base64.b64decode(text[: len(text) // 4 * 4].translate(bytes.maketrans(b"-_", b"+/")))
    except (ValueError, binascii.Error):
        return b""


def _is_unordered(data: bytes) -> bool:
    """Nothing in it is more frequent than anything else, as far as so few bytes can show it."""
    data = data[:_PIECE]
    size = len(data)
    if size < _LEAST or data.startswith(_BEGINNINGS) or data[4:8] == b"ftyp":
        return False
    entropy = -sum(count / size * math.log2(count / size) for count in Counter(data).values())
    return entropy > 8 - 1.5 * 184 / size - 0.05
