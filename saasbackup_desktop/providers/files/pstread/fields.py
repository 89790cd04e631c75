"""Header fields, written (RFC 5322, 2047, 2231)."""

import base64
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from email.utils import format_datetime
from typing import Final
from urllib.parse import quote

from saasbackup_desktop.providers.formats.headers import header_end

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]+")
_ATOMS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*\Z")
_NAME: Final = re.compile(rb"([!-9;-~]+)[ \t]*:")
_OF_PARTS: Final = frozenset(
    {
        "content-type",
        "content-transfer-encoding",
        "content-disposition",
        "content-description",
        "content-id",
        "content-length",
        "mime-version",
    }
)
_WIDTH: Final = 76
_WORD: Final = 39
"""Bytes that an encoded word takes."""

Field = tuple[str, bytes]
"""A field's name in lower case, and all of it with its line end."""


def plain(name: str, text: str) -> bytes:
    """Write a field that holds text."""
    return _folded(name, words(text))


def words(text: str) -> str:
    """Write text so that a header can hold it."""
    text = _CONTROL.sub(" ", text).strip()
    return text if text.isascii() and "=?" not in text else " ".join(_encoded(text))


def _encoded(text: str) -> Iterator[str]:
    piece = b""
    for letter in text:
        more = letter.encode("utf-8", "replace")
        if len(piece) + len(more) > _WORD:
            yield _word(piece)
            piece = b""
        piece += more
    yield _word(piece)


def _word(piece: bytes) -> str:
    return f"=?utf-8?B?{base64.b64encode(piece).decode()}?="


def mailbox(name: str, address: str) -> str:
    """Write somebody; who has no address is in angle brackets without one."""
    name = _CONTROL.sub(" ", name).strip()
    address = "".join(_CONTROL.sub("", address).split())
    if not address:
        return f"{_phrase(name)} <>"
    if not name or name == address:
        return address if address.isascii() else f"<{address}>"
    return f"{_phrase(name)} <{address}>"


def _phrase(name: str) -> str:
    if not name.isascii() or "=?" in name:
        return " ".join(_encoded(name))
    if _ATOMS.match(name):
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def people(name: str, said: Iterable[str]) -> bytes:
    """Write a field of addresses, each on a line of its own."""
    return f"{name}: {(',' + chr(13) + chr(10) + ' ').join(said)}\r\n".encode("utf-8", "replace")


def date(name: str, moment: datetime) -> bytes:
    """Write a date."""
    return f"{name}: {format_datetime(moment)}\r\n".encode()


def ids(name: str, text: str) -> bytes:
    """Write a field of message ids."""
    return _folded(name, _CONTROL.sub(" ", text).strip())


def _folded(name: str, text: str) -> bytes:
    lines = [f"{name}:"]
    for word in text.split(" "):
        if len(lines[-1]) + 1 + len(word) > _WIDTH and lines[-1].strip() and lines[-1] != f"{name}:":
            lines.append("")
        lines[-1] += f" {word}"
    return ("\r\n".join(lines) + "\r\n").encode("utf-8", "replace")


def parameter(name: str, value: str) -> str:
    """Write a parameter, with its semicolon."""
    value = _CONTROL.sub(" ", value)
    if value.isascii():
        quoted = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'; {name}="{quoted}"'
    return f";\r\n {name}*=utf-8''{quote(value, safe='')}"


def kept(section: str) -> list[Field]:
    """Split a header section that came with a message; what is no field, and what comes after an empty line, is left
    out."""
    data = section.encode("utf-8", "replace").replace(b"\r\n", b"\n").replace(b"\r", b"\n").lstrip(b"\n")
    found: list[Field] = []
    open_ = False
    for line in data[: header_end(data)].rstrip(b"\n").split(b"\n"):
        if line[:1] in (b" ", b"\t"):
            if open_:
                name, before = found[-1]
                found[-1] = name, before + line + b"\r\n"
            continue
        said = _NAME.match(line)
        open_ = said is not None
        if said:
            found.append((said[1].decode("ascii").lower(), line + b"\r\n"))
    return found


def without_parts(fields: Iterable[Field]) -> list[Field]:
    """Leave out what says of what parts a message consists."""
    return [field for field in fields if field[0] not in _OF_PARTS]


def value(field: Field) -> bytes:
    """Read what a field says, as it is written."""
    return field[1].partition(b":")[2].strip()
