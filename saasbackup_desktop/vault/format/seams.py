"""Mail cut along its own seams: base64 bodies are recognised, decoded, and proved to come back byte for byte."""

import binascii
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Final

import pybase64

SMALLEST: Final = 2048
"""Encoded bodies shorter than this stay in the text around them."""
LOOK: Final = 64 * 1024
"""How far ahead a header's end and a first line are looked for."""
_LONGEST_LINE: Final = 4096
_MARK, _LOUD_MARK = b"ase64", b"ASE64"
_FIELD: Final = re.compile(rb"content-transfer-encoding:\s*\"?base64$", re.IGNORECASE)
_FIELD_LENGTH: Final = 80
_BINARY: Final = 4096
"""What has a null character among so many first bytes is no mail, and is not searched."""
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

    def write(self, decoded: bytes | memoryview) -> bytes:
        """Encode. All lines at once: by themselves they cost eight times as much."""
        numpy = _numpy()
        text = pybase64.b64encode(decoded)
        line = self.line
        if len(text) <= line:
            return text
        count = (len(text) - 1) // line
        lines = numpy.empty((count, line + len(self.end)), numpy.uint8)
        lines[:, :line] = numpy.frombuffer(text, numpy.uint8, count * line).reshape(count, line)
        lines[:, line:] = numpy.frombuffer(self.end, numpy.uint8)
        return b"".join((lines.data, memoryview(text)[count * line :]))

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


@cache
def _numpy() -> ModuleType:
    """Load it when the first body needs it: that takes a tenth of a second."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # it begins threads for algebra, which nobody does here
    import numpy

    return numpy


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
        self._is_binary: bool | None = None

    def feed(self, piece: bytes, last: bool = False) -> Iterator[Stretch]:
        """Take a piece; give the stretches that are certain now."""
        data = self._rest + piece if self._rest else piece
        if self._is_binary is None and (last or len(data) >= _BINARY):
            self._is_binary = data.find(b"\0", 0, _BINARY) >= 0
        if self._is_binary:
            self._rest = b""
            if data:
                yield Raw(data)
            return
        certain = len(data) if last else max(0, len(data) - LOOK)
        marks = _Marks(data, certain)
        told = at = 0
        while True:
            if self._form is None:
                body = _next_body(data, at, marks)
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
        end = _boundary(data, at)
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


class _Marks:
    """Finds where ``base64`` is written, looking at each stretch once."""

    __slots__ = ("_data", "_end", "_next")

    def __init__(self, data: bytes, end: int) -> None:
        self._data = data
        self._end = end
        self._next = -1

    def after(self, at: int) -> int:
        """Where the next one ends; -1 if there is none."""
        if self._next < at:
            found = self._data.find(_MARK, at, self._end)
            self._next = found if found >= 0 else self._end
        loud = self._data.find(_LOUD_MARK, at, self._next)
        found = loud if loud >= 0 else self._next
        return found + len(_MARK) if found < self._end else -1


def _next_body(data: bytes, at: int, marks: _Marks) -> tuple[int, Form] | None:
    """Where the next base64 body begins, and in which form it seems to be."""
    while (at := marks.after(at)) >= 0:
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
    return None


def _boundary(data: bytes, at: int) -> int:
    """Where the line end before the next line that begins with two hyphens is; -1 if there is none."""
    hyphen = data.find(b"-", at)  # base64 has none, and one character is found many times faster than three
    if hyphen < 0:
        return -1
    return hyphen - 1 if hyphen > at and data.startswith(b"\n--", hyphen - 1) else data.find(b"\n--", at)


def _body_after(data: bytes, at: int) -> tuple[int, bytes] | None:
    """Where the header section ends, and what its lines end in."""
    crlf = data.find(b"\n\r\n", at, at + LOOK)
    lf = data.find(b"\n\n", at, at + LOOK)
    if crlf >= 0 and (lf < 0 or crlf < lf):
        return crlf + 3, b"\r\n"
    return (lf + 2, b"\n") if lf >= 0 else None


def _decoded(text: bytes, form: Form) -> bytes | None:
    """Decode, if encoding again gives the very same text.

    It does if the line ends stand where they belong, every other character was taken (those that are no base64 are
    passed over, and the result is too short), and no bits are lost at the end: that costs half of encoding again.
    """
    breaks = (len(text) - 1) // (form.line + len(form.end))
    for number, character in enumerate(form.end):
        if text[form.line + number :: form.line + len(form.end)] != bytes((character,)) * breaks:
            return None
    try:
        decoded = pybase64.b64decode(text)
    except binascii.Error:
        return None
    size = len(decoded)
    if (size + 2) // 3 * 4 + breaks * len(form.end) != len(text):
        return None
    rest = size % 3
    is_exact = not rest or pybase64.b64encode(decoded[-rest:]) == text[-4:]
    return decoded if is_exact else None
