"""The parts of a message (RFC 2045, 2046): walked once, with limits, never raising."""

import binascii
import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from saasbackup_desktop.providers.formats.charsets import decode
from saasbackup_desktop.providers.formats.headers import Fields, header_end, parameters_of, read_fields, text_of

DEEPEST: Final = 30
"""Multiparts within one another; what lies deeper is left as it is."""
MOST_PARTS: Final = 2_000
"""Parts of a message that are looked at."""

_NOT_BASE64: Final = re.compile(rb"[^A-Za-z0-9+/]+")


@dataclass(slots=True)
class Part:
    """A part: its fields, and where its content lies in the message."""

    data: bytes
    start: int
    end: int
    fields: Fields
    media_type: str
    parameters: dict[str, str]
    disposition: str
    name: str
    """File name, if it has one."""
    parts: list["Part"] = field(default_factory=list)
    broken: bool = False
    """Boundaries are missing, or there is too much of it."""
    head: int = 0
    """Where its fields begin."""

    @property
    def content_id(self) -> str:
        """What ``cid:`` addresses call it."""
        return decode(self.fields.get("content-id", b"")).strip().strip("<>")

    @property
    def is_text(self) -> bool:
        """It is text to be read, and not a file."""
        if self.parts or self.disposition == "attachment":
            return False
        if self.media_type == "text/html":
            return not self.name or self.disposition == "inline"
        return self.media_type == "text/plain" and not self.name

    def said(self, name: str) -> str:
        """Read a field; stray bytes in it are in the charset of the message's first text."""
        value = self.fields.get(name, b"")
        if value.isascii():
            return text_of(value)
        charsets = (part.parameters.get("charset", "") for part in (self, *self.leaves()))
        return text_of(value, next(filter(None, charsets), ""))

    def content(self, most: int | None = None) -> bytes:
        """Decode the content; of a long one, about so many bytes from its beginning."""
        end = self.end if most is None else min(self.end, self.start + most * 4 // 3 + 1024)
        raw = self.data[self.start : end]
        coding = decode(self.fields.get("content-transfer-encoding", b"")).strip().strip('"').lower()
        if coding == "base64":
            return _base64(raw)
        if coding == "quoted-printable":
            return binascii.a2b_qp(raw)
        return raw

    def text(self, most: int | None = None) -> str:
        """Decode the content as text, line ends as ``\\n``."""
        return decode(self.content(most), self.parameters.get("charset", "")).replace("\r\n", "\n")

    def leaves(self) -> Iterator["Part"]:
        """Walk the parts that have no parts, in order."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()


def read_message(data: bytes) -> Part:
    """Take a message apart. What lies in an attached message is not taken apart."""
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    return _read(data, _begin(data, 0), len(data), "text/plain", 0, [MOST_PARTS])


def read_attached(part: Part) -> Part:
    """Take a message that is attached to another one apart: where it lies, unless it is encoded."""
    coding = decode(part.fields.get("content-transfer-encoding", b"")).strip().strip('"').lower()
    if coding in ("base64", "quoted-printable"):
        return read_message(part.content())
    return _read(part.data, _begin(part.data, part.start), part.end, "text/plain", 0, [MOST_PARTS])


def _begin(data: bytes, start: int) -> int:
    """Where the first field begins: editors put a mark of UTF-8 before it."""
    return start + len(BOM_UTF8) * data.startswith(BOM_UTF8, start)


def _read(data: bytes, start: int, end: int, default_type: str, depth: int, left: list[int]) -> Part:
    left[0] -= 1
    body = header_end(data, start, end)
    fields = read_fields(data, start, body)
    media_type, parameters = parameters_of(fields.get("content-type", b""))
    if "/" not in media_type:
        media_type = default_type
    disposition, said = parameters_of(fields.get("content-disposition", b""))
    part = Part(
        data,
        body,
        end,
        fields,
        media_type,
        parameters,
        disposition,
        said.get("filename") or parameters.get("name", ""),
        head=start,
    )
    boundary = parameters.get("boundary", "")
    if not media_type.startswith("multipart/"):
        return part
    if not boundary or depth >= DEEPEST:
        part.broken = True
        return part
    inner = "message/rfc822" if media_type == "multipart/digest" else "text/plain"
    for first, last, closed in _between_boundaries(data, body, end, boundary):
        if left[0] <= 0:
            part.broken = True
            break
        part.broken |= not closed
        part.parts.append(_read(data, first, last, inner, depth + 1, left))
    part.broken |= not part.parts
    return part


def _between_boundaries(data: bytes, start: int, end: int, boundary: str) -> Iterator[tuple[int, int, bool]]:
    """Find the stretches between boundary lines, and whether a boundary ends each."""
    line = b"--" + boundary.encode("utf-8", "replace")
    begin = -1
    at = start
    while True:
        at = data.find(line, at, end)
        if at < 0:
            break
        after = at + len(line)
        if at > start and data[at - 1] != 0x0A:
            at = after
            continue
        closing = data.startswith(b"--", after, end)
        newline = data.find(b"\n", after, end)
        rest = data[after + 2 * closing : newline if newline >= 0 else end]
        if rest.strip():
            at = after
            continue
        if begin >= 0:
            stop = max(begin, at - (2 if data.startswith(b"\r\n", at - 2) else 1))
            yield begin, stop, True
        begin = -1 if closing or newline < 0 else newline + 1
        if closing or newline < 0:
            break
        at = newline + 1
    if begin >= 0:
        yield begin, end, False


def _base64(raw: bytes) -> bytes:
    """Decode what can be decoded; padding in the middle ends a stretch, other bytes are passed over."""
    try:
        return binascii.a2b_base64(raw, strict_mode=False)
    except binascii.Error:
        clean = _NOT_BASE64.sub(b"", raw)
        clean = clean[: len(clean) - (len(clean) % 4 == 1)]
        return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))
