"""Just enough MIME to answer BODYSTRUCTURE and BODY[1.2] (RFC 2045, 2046), for any bytes at all."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_DEEPEST = 50
_FIELD = re.compile(rb"^([!-9;-~]+)[ \t]*:(.*(?:\n[ \t].*)*)", re.MULTILINE)
_BLANK_LINE = re.compile(rb"\n\r?\n")
_TOKEN = re.compile(rb'[^\x00-\x20()<>@,;:\\"/\[\]?=]+')
_PARAMETER = re.compile(rb';\s*([^\x00-\x20()<>@,;:\\"/\[\]?=]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\x00-\x20;"]+))', re.S)


@dataclass(slots=True)
class Part:
    """One part of a message: offsets into its bytes, and what its header says."""

    data: bytes
    start: int
    body: int
    """Where the header, with its blank line, ends."""
    end: int
    fields: dict[bytes, bytes] = field(default_factory=dict)
    """The first field of each name, names in capitals, values unfolded."""
    type: bytes = b"TEXT"
    subtype: bytes = b"PLAIN"
    parameters: list[tuple[bytes, bytes]] = field(default_factory=list)
    children: list["Part"] = field(default_factory=list)

    @property
    def header_bytes(self) -> bytes:
        """The header, with its blank line."""
        return self.data[self.start : self.body]

    @property
    def body_bytes(self) -> bytes:
        """What comes after the header."""
        return self.data[self.body : self.end]

    @property
    def is_message(self) -> bool:
        """Whether the body is a message in its turn."""
        return self.type == b"MESSAGE" and self.subtype == b"RFC822" and bool(self.children)

    def at(self, numbers: tuple[int, ...]) -> "Part | None":
        """Find a part by its numbers (RFC 3501 section 6.4.5); None if there is none."""
        part = self
        for number in numbers:
            if part.is_message:
                part = part.children[0]
            if part.type == b"MULTIPART" and part.children:
                if not 1 <= number <= len(part.children):
                    return None
                part = part.children[number - 1]
            elif number != 1:
                return None
        return part


def header_end(data: bytes, start: int = 0, end: int | None = None) -> int:
    """Find where the header ends: after its first blank line, or where the bytes do."""
    stop = len(data) if end is None else end
    for empty in (b"\r\n", b"\n"):
        if data.startswith(empty, start):
            return min(start + len(empty), stop)
    blank = _BLANK_LINE.search(data, start, stop)
    return stop if blank is None else blank.end()


def header_fields(header: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Walk the fields of a header: the name in capitals, and the whole field as it stands, with its line end."""
    for match in _FIELD.finditer(header):
        end = header.find(b"\n", match.end())
        yield match[1].upper(), header[match.start() : len(header) if end < 0 else end + 1]


def unfolded(value: bytes) -> bytes:
    """Draw a folded value into one line."""
    return re.sub(rb"\r?\n(?=[ \t])", b"", value).strip(b" \t\r\n")


def parse(data: bytes) -> Part:
    """Take a message apart."""
    return _parse(data, 0, len(data), 0, b"TEXT/PLAIN")


def _parse(data: bytes, start: int, end: int, depth: int, default: bytes) -> Part:
    body = header_end(data, start, end)
    part = Part(data, start, body, end)
    for match in _FIELD.finditer(data, start, body):
        part.fields.setdefault(match[1].upper(), unfolded(match[2]))
    _read_type(part, part.fields.get(b"CONTENT-TYPE", default))
    if depth < _DEEPEST:
        if part.type == b"MULTIPART":
            boundary = dict(part.parameters).get(b"BOUNDARY", b"")
            inner = b"MESSAGE/RFC822" if part.subtype == b"DIGEST" else b"TEXT/PLAIN"
            spans = list(_spans(data, body, end, boundary)) if boundary else []
            part.children = [_parse(data, low, high, depth + 1, inner) for low, high in spans]
        elif part.type == b"MESSAGE" and part.subtype == b"RFC822":
            part.children = [_parse(data, body, end, depth + 1, b"TEXT/PLAIN")]
    return part


def parameters(value: bytes) -> list[tuple[bytes, bytes]]:
    """Read ``; name=value`` pairs, names in capitals (RFC 2045 section 5.1)."""
    return [
        (name.upper(), re.sub(rb"\\(.)", rb"\1", quoted) if quoted else bare)
        for name, quoted, bare in _PARAMETER.findall(value)
    ]


def _read_type(part: Part, value: bytes) -> None:
    major = _TOKEN.match(value)
    minor = _TOKEN.match(value, major.end() + 1) if major and value[major.end() : major.end() + 1] == b"/" else None
    if major and minor:
        part.type, part.subtype = major.group().upper(), minor.group().upper()
        part.parameters = parameters(value[minor.end() :])
    else:
        part.parameters.append((b"CHARSET", b"us-ascii"))


def _spans(data: bytes, start: int, end: int, boundary: bytes) -> Iterator[tuple[int, int]]:
    mark = re.compile(rb"^--" + re.escape(boundary) + rb"(--)?[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
    opened: int | None = None
    for match in mark.finditer(data, start, end):
        if opened is not None:
            close = match.start()
            # The line end before a boundary belongs to the boundary.
            if close > opened:
                close -= 1
                if close > opened and data[close - 1 : close] == b"\r":
                    close -= 1
            yield opened, close
        if match[1]:
            return
        opened = match.end()
    if opened is not None:
        yield opened, end
