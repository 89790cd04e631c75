"""What parts contain, decoded: large ones piece by piece, from the raw message, each time that they are asked for."""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final

from saasbackup_desktop.providers.formats.charsets import decode
from saasbackup_desktop.providers.formats.parts import Part

LARGE: Final = 1 << 20
"""Raw bytes from which on a content is not decoded at once."""

_STEP: Final = 1 << 18
_LETTERS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_OTHERS: Final = bytes(set(range(256)) - set(_LETTERS + b"="))
_UUENCODED: Final = frozenset({"x-uuencode", "uuencode", "x-uue", "uue"})
_BEGIN: Final = re.compile(rb"^begin [0-7]{3,4} [^\r\n]*\r?\n", re.M)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a message, and how it is encoded."""

    data: bytes
    start: int
    end: int
    coding: str
    head: bytes = b""
    """What comes before it, as it is."""

    def __call__(self) -> Iterator[bytes]:
        """Decode it from its beginning on."""
        return chain((self.head,), self._decoded()) if self.head else self._decoded()

    def _decoded(self) -> Iterator[bytes]:
        if self.coding == "base64":
            return self._from_base64()
        if self.coding == "quoted-printable":
            return (binascii.a2b_qp(lines) for lines in self._lines())
        return (self.data[at : min(at + _STEP, self.end)] for at in range(self.start, self.end, _STEP))

    def size(self) -> int:
        """Count the bytes that come out, without keeping them."""
        if self.coding == "base64":
            return len(self.head) + sum(_decoded_size(letters) for letters in self._letters())
        if self.coding == "quoted-printable":
            return sum(map(len, self()))
        return len(self.head) + self.end - self.start

    def _from_base64(self) -> Iterator[bytes]:
        return (
            binascii.a2b_base64(letters) if _is_whole(letters) else decode_base64(letters)
            for letters in self._letters()
        )

    def _letters(self) -> Iterator[bytes]:
        """Cut base64 where letters of four end; what comes from the first padding on is one piece."""
        rest = b""
        for at in range(self.start, self.end, _STEP):
            letters = rest + self.data[at : min(at + _STEP, self.end)].translate(None, _OTHERS)
            if b"=" in letters:
                if at + _STEP < self.end:
                    letters += self.data[at + _STEP : self.end].translate(None, _OTHERS)
                yield letters
                return
            whole = len(letters) & ~3
            yield letters[:whole]
            rest = letters[whole:]
        if rest:
            yield rest

    def _lines(self) -> Iterator[bytes]:
        at = self.start
        while at < self.end:
            stop = min(at + _STEP, self.end)
            if stop < self.end:
                newline = self.data.find(b"\n", stop, self.end)
                stop = newline + 1 if newline >= 0 else self.end
            yield self.data[at:stop]
            at = stop


def _is_whole(letters: bytes) -> bool:
    return len(letters) % 4 == 0 and b"=" not in letters


def _decoded_size(letters: bytes) -> int:
    return len(letters) // 4 * 3 if _is_whole(letters) else len(decode_base64(letters))


def decode_base64(raw: bytes) -> bytes:
    """Decode what can be decoded; padding in the middle ends it, and other bytes are passed over."""
    try:
        return binascii.a2b_base64(raw, strict_mode=False)
    except binascii.Error:
        clean = raw.translate(None, _OTHERS + b"=")
        clean = clean[: len(clean) - (len(clean) % 4 == 1)]
        return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))


def coding_of(part: Part) -> str:
    """How a part's content is encoded, in lower case."""
    said = part.fields.get("content-transfer-encoding", b"")
    return decode(said).partition(";")[0].strip().strip("\"'").lower() if said else ""


def content(part: Part) -> bytes | Stretch:
    """Decode a part's content; of a large one, say how it is had piece by piece."""
    coding = coding_of(part)
    if coding in _UUENCODED:
        return decode_uuencoded(part.data[part.start : part.end])
    stretch = Stretch(part.data, part.start, part.end, coding)
    if part.end - part.start > LARGE:
        return stretch
    if coding == "base64":
        return decode_base64(part.data[part.start : part.end])
    return b"".join(stretch())


def whole(part: Part) -> bytes:
    """Decode a part's content at once, however large."""
    found = content(part)
    return found if isinstance(found, bytes) else b"".join(found())


def decode_uuencoded(raw: bytes) -> bytes:
    """Decode the first file in a uuencoded text, as far as its lines can be read; a text that is none stays itself."""
    begin = _BEGIN.search(raw)
    if begin is None:
        return raw
    decoded = bytearray()
    for line in raw[begin.end() :].splitlines():
        if line.strip() == b"end":
            break
        decoded += _uuencoded_line(line)
    return bytes(decoded)


def _uuencoded_line(line: bytes) -> bytes:
    """Some write lines that are longer than they say."""
    for fit in (line, line[: (((line[0] - 32) & 63) * 4 + 5) // 3] if line else line):
        try:
            return binascii.a2b_uu(fit)
        except binascii.Error:
            continue
    return b""
