"""Lines of iCalendar and vCard (RFC 5545, RFC 6350, vCard 2.1): told apart as far as anybody's file allows."""

import quopri
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from saasbackup_desktop.providers.formats.charsets import decode

_MARK: Final = re.compile(rb"^(BEGIN|END)[ \t]{0,9}:([^\r\n]*)", re.I | re.M)
_HEAD: Final = re.compile(r"(?:([A-Za-z0-9_-]+)\.)?([A-Za-z0-9_/-]+)[ \t]*(?=[;:])")
_PARAMETER: Final = re.compile(r';[ \t]*([^=;:",]*)(?:=((?:"[^"]*"|[^;:"])*))?')
_PIECE: Final = re.compile(r'"([^"]*)"|([^,"]+)|(?<=,)(?=,|$)')
_ESCAPED: Final = re.compile(r"\\(.)", re.S)
_CARET: Final = re.compile(r"\^([n'^])")
_MARKS: Final = {"n": "\n", "'": '"', "^": "^"}
_ENCODINGS: Final = frozenset({"QUOTED-PRINTABLE", "BASE64", "B", "8BIT", "7BIT"})
_NOTHING: Final = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127))
_LONGEST_KIND: Final = 80
_MOST_PARAMETERS: Final = 500
_DEEPEST: Final = 12
"""Components within components that are told apart; calendars have four."""


@dataclass(frozen=True, slots=True)
class Line:
    """One property, unfolded and decoded; its value as it is written, with escapes."""

    name: str
    """In capitals."""
    value: str
    parameters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Names in capitals."""
    group: str = ""

    def parameter(self, name: str) -> str:
        """The first value of a parameter; empty without one."""
        return next(iter(self.parameters.get(name, ())), "")

    def kinds(self) -> frozenset[str]:
        """What TYPE says, in small letters, however it is spelled."""
        return frozenset(
            one.strip().lower() for value in self.parameters.get("TYPE", ()) for one in value.split(",") if one.strip()
        )

    @property
    def text(self) -> str:
        """The value without escapes."""
        return unescaped(self.value)


@dataclass(slots=True)
class Span:
    """Where a component lies in a file."""

    kind: str
    """In capitals."""
    start: int
    end: int = 0
    inner: list["Span"] = field(default_factory=list)
    is_whole: bool = True
    """Its end was found."""


@dataclass(frozen=True, slots=True)
class Component:
    """What stands between BEGIN and END."""

    kind: str
    lines: Sequence[Line]
    inner: Sequence["Component"] = ()
    unread: int = 0
    """Lines in it that say nothing that can be understood."""

    def all(self, name: str) -> list[Line]:
        """The properties of a name."""
        return [line for line in self.lines if line.name == name]

    def first(self, name: str) -> Line | None:
        """The first property of a name."""
        return next((line for line in self.lines if line.name == name), None)

    def text(self, name: str) -> str:
        """The text of the first property of a name; empty without one."""
        line = self.first(name)
        return line.text.strip() if line is not None else ""


def plain_bytes(data: bytes) -> bytes:
    """A file in UTF-8 or an 8-bit charset, with ends of lines that can be found."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16", "replace").encode("utf-8", "replace")
    elif data[1:2] == b"\0" or data[:1] == b"\0":
        order = "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
        data = data.decode(order, "replace").encode("utf-8", "replace")
    data = data.removeprefix(b"\xef\xbb\xbf")
    return data if b"\n" in data else data.replace(b"\r", b"\n")


def spans(data: bytes) -> list[Span]:
    """Find the components of a file. What is not closed ends where what it lies in does."""
    found: list[Span] = []
    stack: list[Span] = []
    for mark in _MARK.finditer(data):
        kind = mark[2][:_LONGEST_KIND].strip().decode("ascii", "replace").upper()
        if mark[1][:1] in b"Bb":
            if len(stack) < _DEEPEST:
                span = Span(kind, mark.start())
                (stack[-1].inner if stack else found).append(span)
                stack.append(span)
        elif any(one.kind == kind for one in stack):
            while True:
                closed = stack.pop()
                closed.is_whole = closed.kind == kind
                closed.end = _after(data, mark.end()) if closed.is_whole else mark.start()
                if closed.is_whole:
                    break
    for span in stack:
        span.end, span.is_whole = len(data), False
    return found


def component(data: bytes, span: Span) -> Component:
    """Read a component that was found."""
    own = head(data, span)
    return Component(own.kind, own.lines, [component(data, one) for one in span.inner], own.unread)


def head(data: bytes, span: Span) -> Component:
    """Read a component without those that lie in it."""
    read: list[Line] = []
    unread = 0
    for stretch in stretches(data, span):
        for raw in _logical(stretch):
            line = parsed(raw)
            if line is None:
                unread += bool(raw.strip())
            elif line.name not in ("BEGIN", "END"):
                read.append(line)
    return Component(span.kind, read, (), unread)


def stretches(data: bytes, span: Span) -> Iterator[bytes]:
    """A component's own text, without what lies in it and without its first line; its last line is there."""
    place = _after(data, span.start) if span.end else 0
    for one in span.inner:
        yield data[place : one.start]
        place = one.end
    yield data[place : span.end]


def parsed(raw: bytes) -> Line | None:
    """Read one unfolded line; None if it is none."""
    text = raw.decode("latin-1")
    head = _HEAD.match(text.lstrip(" \t"))
    if head is None:
        return None
    text = text.lstrip(" \t")
    place = head.end()
    parameters: dict[str, tuple[str, ...]] = {}
    count = 0
    while place < len(text) and text[place] == ";" and (count := count + 1) < _MOST_PARAMETERS:
        found = _PARAMETER.match(text, place)
        if found is None or found.end() == place:
            return None
        name, said = found[1].strip().upper(), found[2]
        if said is None:  # vCard 2.1 leaves the names of its parameters out
            name, said = ("ENCODING" if name in _ENCODINGS else "TYPE"), found[1].strip()
        values = tuple(_parameter(one[1] if one[1] is not None else one[2] or "") for one in _PIECE.finditer(said))
        parameters[name] = parameters.get(name, ()) + (values or ("",))
        place = found.end()
    if place >= len(text) or text[place] != ":":
        place = text.find(":", head.end())
        if place < 0:
            return None
    value = text[place + 1 :].encode("latin-1")
    if parameters.get("ENCODING", ("",))[0].upper() == "QUOTED-PRINTABLE":
        value = quopri.decodestring(value)
    charset = parameters.get("CHARSET", ("",))[0]
    return Line(head[2].upper(), _clean(_decoded(value, charset)), parameters, (head[1] or "").lower())


def unescaped(value: str) -> str:
    """A text without its escapes."""
    if "\\" not in value:
        return value

    def one(found: re.Match[str]) -> str:
        sign = found[1]
        if sign in "nN":
            return "\n"
        return sign if sign in '\\,;:"' else found[0]

    return _ESCAPED.sub(one, value)


def split(value: str, sign: str) -> list[str]:
    """Take a value apart at a sign that is not escaped. The pieces keep their escapes."""
    pieces, start, place = [], 0, 0
    while place < len(value):
        if value[place] == "\\":
            place += 2
            continue
        if value[place] == sign:
            pieces.append(value[start:place])
            start = place + 1
        place += 1
    return [*pieces, value[start:]]


def escaped(text: str) -> str:
    """A text as a value."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")


def folded(line: str) -> bytes:
    """A line as it stands in a file: in stretches of at most 75 bytes that split no letter."""
    data = line.encode("utf-8", "replace")
    if len(data) <= 75:
        return data + b"\r\n"
    pieces, start, most = [], 0, 75
    while start < len(data):
        end = min(start + most, len(data))
        while end < len(data) and data[end] & 0xC0 == 0x80:
            end -= 1
        pieces.append(data[start:end])
        start, most = end, 74
    return b"\r\n ".join(pieces) + b"\r\n"


def written(name: str, value: str, parameters: Mapping[str, str | Sequence[str]] | None = None) -> bytes:
    """A property as it stands in a file; the value has its escapes already."""
    said = "".join(
        f";{key}={','.join(map(_quoted, [one] if isinstance(one, str) else one))}"
        for key, one in (parameters or {}).items()
    )
    return folded(f"{name}{said}:{value}")


def _quoted(value: str) -> str:
    value = value.replace("^", "^^").replace('"', "^'").replace("\r\n", "\n").replace("\n", "^n").replace("\r", "^n")
    value = "".join(sign for sign in value if sign >= " " and sign != "\x7f")
    return f'"{value}"' if re.search(r"[;:,]", value) else value


def _parameter(value: str) -> str:
    text = _decoded(value.encode("latin-1"), "")
    return _CARET.sub(lambda found: _MARKS[found[1]], text) if "^" in text else text


def _decoded(value: bytes, charset: str) -> str:
    return value.decode("ascii") if value.isascii() else decode(value, charset)


def _clean(text: str) -> str:
    """A text without signs that mean nothing in one; lines end as they end here."""
    if text.isprintable():
        return text
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_NOTHING)


def _after(data: bytes, place: int) -> int:
    """Where the next line begins."""
    end = data.find(b"\n", place)
    return len(data) if end < 0 else end + 1


def _logical(data: bytes) -> Iterator[bytes]:
    """Lines as they were before they were folded."""
    pieces: list[bytes] = []
    is_soft = False
    for raw in data.split(b"\n"):
        line = raw.rstrip(b"\r")
        if pieces and (is_soft or line[:1] in (b" ", b"\t")):
            if is_soft:
                pieces[-1] = pieces[-1][:-1]  # the sign that says that it goes on
                pieces.append(line)
            else:
                pieces.append(line[1:])
        elif pieces and line and _is_more(pieces[0], line):
            pieces.append(line)
        else:
            if pieces:
                yield b"".join(pieces)
            pieces = [line]
        is_soft = line.endswith(b"=") and b"QUOTED-PRINTABLE" in pieces[0][:200].upper()
    if pieces:
        yield b"".join(pieces)


def _is_more(first: bytes, line: bytes) -> bool:
    """Whether a line goes on with base64 that nobody indented."""
    head = first.partition(b":")[0].upper()
    return (b"ENCODING=B" in head or b";BASE64" in head) and b":" not in line and b";" not in line
