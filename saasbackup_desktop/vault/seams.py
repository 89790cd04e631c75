"""Mail cut along its own seams: base64 bodies are recognised, decoded, and proved to come back byte for byte."""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

SMALLEST: Final = 2048
"""Encoded bodies shorter than this stay in the text around them."""
LOOK: Final = 64 * 1024
"""How far ahead a header's end and a first line are looked for."""
_LONGEST_LINE: Final = 4096
_MARKS: Final = (b"ase64", b"ASE64")
_FIELD: Final = re.compile(rb"content-transfer-encoding:\s*\"?base64$", re.IGNORECASE)
_FIELD_LENGTH: Final = 80
_ENDS: Final = {"crlf": b"\r\n", "lf": b"\n"}
_END_NAMES: Final = {end: name for name, end in _ENDS.items()}


@dataclass(frozen=True, slots=True)
class Form:
    """How base64 was written down: lines of equal length, with a line end between them and none after the last."""

    line: int
    """Characters; a multiple of 4."""
    end: bytes

    @property
    def step(self) -> int:
        """Decoded bytes in a full line."""
        return self.line // 4 * 3

    def write(self, decoded: bytes) -> bytes:
        """Encode."""
        text = binascii.b2a_base64(decoded, newline=False)
        line = self.line
        if len(text) <= line:
            return text
        return self.end.join([text[at : at + line] for at in range(0, len(text), line)])

    @property
    def coding(self) -> str:
        """How a recipe names it: ``base64-76-crlf``."""
        return f"base64-{self.line}-{_END_NAMES[self.end]}"

    @classmethod
    def named(cls, coding: str) -> "Form":
        """The other way round. Raises ValueError."""
        kind, line, end = coding.split("-")
        if kind != "base64" or int(line) % 4 or int(line) <= 0:
            raise ValueError(f"unknown coding: {coding}")
        return cls(int(line), _ENDS[end])


@dataclass(frozen=True, slots=True)
class Raw:
    """A stretch kept as it came."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Encoded:
    """A stretch of base64 in canonical form, decoded."""

    decoded: bytes
    size: int
    """Length of the original stretch, with the line end before it if it goes on."""
    form: Form
    goes_on: bool
    """The stretch before this one belongs to the same body."""


Stretch = Raw | Encoded


class Seams:
    """Finds the seams of one mail, given whole or piece by piece. The stretches, one after the other, are the mail."""

    def __init__(self) -> None:
        self._rest = b""
        self._form: Form | None = None
        self._goes_on = False

    def feed(self, piece: bytes, last: bool = False) -> Iterator[Stretch]:
        """Take a piece; give the stretches that are certain now."""
        data = self._rest + piece if self._rest else piece
        certain = len(data) if last else max(0, len(data) - LOOK)
        told = at = 0
        while True:
            if self._form is None:
                body = _next_body(data, at, certain)
                if body is None:
                    break
                at, self._form = body
                self._goes_on = False
            stretch, finished = self._encoded(data, at, certain, last)
            if stretch is not None:
                if at > told:
                    yield Raw(data[told:at])
                yield stretch
                told = at = at + stretch.size
                self._goes_on = True
            if not finished:
                break
            self._form = None
        until = at if self._form is not None else certain if last else certain - _FIELD_LENGTH
        if until > told:
            yield Raw(data[told:until])
            told = until
        self._rest = data[told:]

    def _encoded(self, data: bytes, at: int, certain: int, last: bool) -> tuple[Encoded | None, bool]:
        """Take as much of the body at hand as is certain: the stretch, and whether the body is finished."""
        form = self._form
        assert form is not None
        lead = len(form.end) if self._goes_on else 0
        start = at + lead
        end = data.find(b"\n--", at)
        whole = end >= 0 or last
        if end < 0:
            end = len(data)
        if whole:
            while end > start and data[end - 1] in b"\r\n":
                end -= 1
        else:
            lines = (certain - start) // (form.line + len(form.end))
            if lines < 1:
                return None, False
            end = start + lines * (form.line + len(form.end)) - len(form.end)
        if end <= start or (lead and data[at:start] != form.end):
            return None, True
        if not lead and end - start < SMALLEST:
            return None, whole
        text = data[start:end]
        decoded = _decoded(text, form)
        if decoded is None:
            return None, True
        cut_short = not whole and len(decoded) % form.step != 0
        return Encoded(decoded, end - at, form, self._goes_on), whole or cut_short


def _next_body(data: bytes, at: int, certain: int) -> tuple[int, Form] | None:
    """Where the next base64 body begins, and in which form it seems to be."""
    while True:
        found = [place for mark in _MARKS if (place := data.find(mark, at, certain)) >= 0]
        if not found:
            return None
        at = min(found) + len(_MARKS[0])
        if not _FIELD.search(data[max(0, at - _FIELD_LENGTH) : at]):
            continue
        body = _body_after(data, at)
        if body is None:
            continue
        start, end = body
        stop = data.find(end, start, start + _LONGEST_LINE)
        line = (stop if stop >= 0 else len(data)) - start
        if 4 <= line <= _LONGEST_LINE and line % 4 == 0:
            return start, Form(line, end)


def _body_after(data: bytes, at: int) -> tuple[int, bytes] | None:
    """Where the header section ends, and what its lines end in."""
    crlf = data.find(b"\n\r\n", at, at + LOOK)
    lf = data.find(b"\n\n", at, at + LOOK)
    if crlf >= 0 and (lf < 0 or crlf < lf):
        return crlf + 3, b"\r\n"
    return (lf + 2, b"\n") if lf >= 0 else None


def _decoded(text: bytes, form: Form) -> bytes | None:
    """Decode, if encoding again gives the very same text."""
    try:
        decoded = binascii.a2b_base64(text)
    except binascii.Error:
        return None
    return decoded if form.write(decoded) == text else None
