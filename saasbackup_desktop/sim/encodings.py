"""Transfer encodings and encoded words, written by hand so that no version of Python changes them."""

import binascii
import re

_QUOTED = [f"={byte:02X}".encode() for byte in range(256)]
for _plain in (9, 32, *range(33, 61), *range(62, 127)):
    _QUOTED[_plain] = bytes([_plain])
_WORD_SAFE = re.compile(r"[ -~]*")


def base64_lines(data: bytes, width: int = 76) -> bytes:
    """Write base64 in lines of ``width`` characters; 0 for a single line."""
    text = binascii.b2a_base64(data, newline=False)
    if not width:
        return text + b"\r\n"
    return b"\r\n".join([text[start : start + width] for start in range(0, len(text), width)]) + b"\r\n"


def quoted_printable(data: bytes) -> bytes:
    """Write quoted-printable (RFC 2045 section 6.7); line ends in ``data`` are CRLF."""
    return b"\r\n".join([_quoted_line(line) for line in data.split(b"\r\n")])


def _quoted_line(line: bytes) -> bytes:
    text = b"".join([_QUOTED[byte] for byte in line])
    if text[-1:] in (b" ", b"\t"):
        text = text[:-1] + (b"=20" if text[-1:] == b" " else b"=09")
    if len(text) <= 76:
        return text
    lines: list[bytes] = []
    start = 0
    while len(text) - start > 76:
        # An escape may not be cut in two.
        cut = start + 75
        mark = text.rfind(b"=", cut - 2, cut)
        if mark >= 0:
            cut = mark
        lines.append(text[start:cut])
        start = cut
    return b"=\r\n".join([*lines, text[start:]])


def encoded(text: str, charset: str = "utf-8", *, quoted: bool = False) -> bytes:
    """Write a header's text: as it is when plain, else in encoded words (RFC 2047), folded."""
    if _WORD_SAFE.fullmatch(text) and "=?" not in text:
        return text.encode("ascii")
    words: list[bytes] = []
    for start in range(0, len(text), 12):
        piece = text[start : start + 12].encode(charset, "replace")
        if quoted:
            inner = b"".join([bytes([b]) if chr(b).isalnum() and b < 128 else b"=%02X" % b for b in piece])
            words.append(b"=?%b?Q?%b?=" % (charset.encode(), inner))
        else:
            words.append(b"=?%b?B?%b?=" % (charset.encode(), binascii.b2a_base64(piece, newline=False)))
    return b"\r\n ".join(words)
