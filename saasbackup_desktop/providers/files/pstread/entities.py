"""Parts of a message, written (RFC 2045, 2046)."""

import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from saasbackup_desktop.providers.files.pstread.fields import parameter

_LONGEST: Final = 998
_BARE: Final = re.compile(rb"\r(?!\n)|(?<!\r)\n|\0")
_LONE: Final = re.compile(rb"\r(?!\n)")
_LINE: Final = 57
"""Bytes of a line of 76 letters."""
_CHUNK: Final = _LINE * 4096
_MARK: Final = b"--=_"
"""Begins the lines between our parts; no text of ours holds it as it is."""
_TYPE: Final = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+\Z")


@dataclass(frozen=True, slots=True)
class Entity:
    """A part: its own fields, and its content as it stands in the message, in pieces."""

    fields: bytes
    content: Sequence[bytes]

    def pieces(self) -> Iterable[bytes]:
        """All of it."""
        yield self.fields
        yield b"\r\n"
        yield from self.content


def text(content: str, kind: str = "plain") -> Entity:
    """Write a text, in ASCII or UTF-8."""
    data = content.replace("\r\n", "\n").replace("\n", "\r\n").encode("utf-8", "replace")
    charset = "us-ascii" if data.isascii() else "utf-8"
    return _coded(f"Content-Type: text/{kind}; charset={charset}\r\n".encode(), data)


def _coded(head: bytes, data: bytes) -> Entity:
    if data.isascii() and _is_short(data) and not _BARE.search(data) and _MARK not in data:
        return Entity(head + b"Content-Transfer-Encoding: 7bit\r\n", (data,))
    strange = len(data.translate(None, bytes(range(32, 127)) + b"\r\n\t"))
    if strange * 6 > len(data) or _LONE.search(data):
        return Entity(head + b"Content-Transfer-Encoding: base64\r\n", base64_lines(data))
    return Entity(head + b"Content-Transfer-Encoding: quoted-printable\r\n", (quoted_printable(data),))


def _is_short(data: bytes) -> bool:
    return len(data) <= _LONGEST or max(map(len, data.split(b"\n"))) <= _LONGEST


def quoted_printable(data: bytes) -> bytes:
    """Encode a text whose lines end with CRLF."""
    lines = binascii.b2a_qp(data.replace(b"\r\n", b"\n"), istext=True).replace(b"\r\n", b"\n")
    return lines.replace(b"=\n", b"=\r\n").replace(b"\n", b"\r\n").replace(b"\r\r\n", b"\r\n")


def base64_lines(data: bytes) -> tuple[bytes, ...]:
    """Encode a content, in lines of 76 letters; the last one ends without a line end."""
    found = []
    for at in range(0, len(data), _CHUNK):
        lines = binascii.b2a_base64(data[at : at + _CHUNK], newline=False)
        found.append(b"\r\n".join(lines[here : here + 76] for here in range(0, len(lines), 76)))
    return tuple(piece for one in found for piece in (one, b"\r\n"))[:-1]


def file(
    name: str, media_type: str, data: bytes, *, content_id: str = "", location: str = "", inline: bool = False
) -> Entity:
    """Write a file."""
    kind = media_type.strip() if _TYPE.match(media_type.strip()) else "application/octet-stream"
    if kind.lower().startswith("message/"):
        data = _with_line_ends(data)
    as_it_is = kind.lower().startswith("message/") and _is_mail_safe(data)
    if kind.lower().startswith(("message/", "multipart/")) and not as_it_is:
        kind = "application/octet-stream"
    head = f"Content-Type: {kind}{parameter('name', name) if name else ''}\r\n"
    head += f"Content-Disposition: {'inline' if inline else 'attachment'}"
    head += f"{parameter('filename', name) if name else ''}\r\n"
    if content_id:
        head += f"Content-ID: <{_one_line(content_id)}>\r\n"
    if location:
        head += f"Content-Location: {_one_line(location)}\r\n"
    encoded = head.encode("utf-8", "replace")
    if as_it_is:
        coding = b"7bit" if data.isascii() else b"8bit"
        return Entity(encoded + b"Content-Transfer-Encoding: " + coding + b"\r\n", (data,))
    return Entity(encoded + b"Content-Transfer-Encoding: base64\r\n", base64_lines(data))


def _one_line(text: str) -> str:
    return "".join(text.split())


def _with_line_ends(data: bytes) -> bytes:
    """Write line ends as mail has them, where a file has only those of its system."""
    return data.replace(b"\n", b"\r\n") if b"\r" not in data else data


def _is_mail_safe(data: bytes) -> bool:
    return _is_short(data) and not _BARE.search(data)


def calendar(text: bytes, method: str, name: str = "") -> Entity:
    """Write what a calendar reads of a meeting."""
    named = parameter("name", name) if name else ""
    head = f"Content-Type: text/calendar; charset=utf-8; method={method}{named}\r\n".encode("utf-8", "replace")
    if text.isascii() and _is_mail_safe(text) and _MARK not in text:
        return Entity(head + b"Content-Transfer-Encoding: 7bit\r\n", (text,))
    return Entity(head + b"Content-Transfer-Encoding: base64\r\n", base64_lines(text))


def message(name: str, pieces: Sequence[bytes]) -> Entity:
    """Write a message that is attached."""
    head = f"Content-Type: message/rfc822{parameter('name', name) if name else ''}\r\n"
    head += f"Content-Disposition: attachment{parameter('filename', name) if name else ''}\r\n"
    coding = b"7bit" if all(piece.isascii() for piece in pieces) else b"8bit"
    encoded = head.encode("utf-8", "replace")
    return Entity(encoded + b"Content-Transfer-Encoding: " + coding + b"\r\n", pieces)


def multipart(kind: str, parts: Sequence[Entity], key: str, more: str = "") -> Entity:
    """Join parts. ``key`` tells this joint from all others of the message; ``more``: further parameters."""
    boundary = b"=_" + hashlib.sha256(f"{kind} {key}".encode("utf-8", "replace")).hexdigest()[:32].encode()
    content: list[bytes] = []
    for part in parts:
        content += (b"--" + boundary + b"\r\n", *part.pieces(), b"\r\n")
    content.append(b"--" + boundary + b"--\r\n")
    head = f'Content-Type: multipart/{kind}{more};\r\n boundary="{boundary.decode()}"\r\n'
    return Entity(head.encode("utf-8", "replace"), tuple(content))
