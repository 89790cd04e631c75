"""Mailboxes in one file: message after message, each begun by a line that says "From"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_tz
from typing import IO, Final

from saasbackup_desktop.providers.files.archives.mail import fields_of

_DATED: Final = re.compile(rb"From .*\d{1,2}:\d{2}(?::\d{2})?.*\d{4}")
_FIELD: Final = re.compile(rb"(?:[!-9;-~]+[ \t]*:|>?From )")
_QUOTED: Final = re.compile(rb"^>(>*From )", re.M)
_UNQUOTED: Final = re.compile(rb"\n\r?\nFrom ")
LONGEST: Final = 200 << 20
"""Bytes of a message that are taken; a longer one is no message."""


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A message in a mailbox file."""

    offset: int
    """Where it begins."""
    data: bytes | None
    """Without what the file put around it; None: it is longer than any message."""
    size: int
    delivered: int | None
    """When it came, as the file says; seconds since 1970 UTC."""


def begins_mailbox(head: bytes) -> bool:
    """Is this the beginning of a mailbox file?"""
    lines = head.lstrip(b"\xef\xbb\xbf\r\n").split(b"\n", 2)
    return lines[0].startswith(b"From ") and (
        _DATED.match(lines[0]) is not None or (len(lines) > 1 and _FIELD.match(lines[1]) is not None)
    )


def messages(file: IO[bytes]) -> Iterator[Enclosed]:
    """Read a mailbox file, message by message: mboxrd, mboxo, mboxcl and mboxcl2 alike.

    What stands before the first "From" line, and is not blank, is told as a message of its own. Raises OSError.
    """
    pieces: list[bytes] = []
    size = offset = position = 0
    delivered: int | None = None
    left = 0
    """Bytes that the message says it still has: no line among them begins another."""
    was_blank, in_header = True, True
    began = False
    lines = _Lines(file)
    for line in lines:
        if was_blank and left <= 0 and line.startswith(b"From ") and _separates(line, lines.peek()):
            if began or _is_anything(pieces):
                yield _enclosed(offset, pieces, size, delivered)
            pieces, size, offset, delivered = [], 0, position, _date(line)
            was_blank, in_header, began, left = False, True, True, 0
            position += len(line)
            continue
        position += len(line)
        left -= len(line)
        size += len(line)
        if size <= LONGEST:
            pieces.append(line)
        was_blank = line in (b"\n", b"\r\n")
        if in_header and was_blank:
            in_header = False
            left = _declared(pieces, lines)
    if began or _is_anything(pieces):
        yield _enclosed(offset, pieces, size, delivered)


class _Lines:
    """Lines of a file, with a look at the next one."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._next: bytes | None = None

    def __iter__(self) -> "Iterator[bytes]":
        return self

    def __next__(self) -> bytes:
        line, self._next = self.peek(), None
        if not line:
            raise StopIteration
        return line

    def peek(self) -> bytes:
        """The line that comes next; empty at the end."""
        if self._next is None:
            self._next = self._file.readline(1 << 20)
        return self._next

    def begins_at(self, distance: int) -> bool | None:
        """Does another message begin, or the file end, so many bytes from here? None: the file cannot tell."""
        if self._next is None:
            self.peek()
        assert self._next is not None
        try:
            if not self._file.seekable():
                return None
            here = self._file.tell()
            self._file.seek(max(0, here - len(self._next) + distance - 1))
            last, after = self._file.read(1), self._file.read(8)
            self._file.seek(here)
        except (OSError, ValueError):
            return None
        return bool(last) and (after.lstrip(b"\r\n") == b"" or after.lstrip(b"\r\n").startswith(b"From "))


def _declared(header: list[bytes], lines: _Lines) -> int:
    """How long the body is by its own account, if that can be believed; 0: read line by line."""
    said = fields_of(b"".join(header)).get("content-length", b"").strip()
    if not said.isdigit() or len(said) > 12:
        return 0
    return int(said) if lines.begins_at(int(said)) else 0


def _separates(line: bytes, following: bytes) -> bool:
    return _DATED.match(line) is not None or _FIELD.match(following) is not None


def _is_anything(pieces: list[bytes]) -> bool:
    return any(piece.strip() for piece in pieces)


def _enclosed(offset: int, pieces: list[bytes], size: int, delivered: int | None) -> Enclosed:
    if size > LONGEST:
        return Enclosed(offset, None, size, delivered)
    data = b"".join(pieces)
    for end in (b"\r\n", b"\n"):  # the empty line before the next message belongs to the file
        if data.endswith(end + end):
            data = data.removesuffix(end)
            break
    if not _UNQUOTED.search(data):  # a file that does not quote has quoted nothing
        data = _QUOTED.sub(rb"\1", data)
    return Enclosed(offset, data, size, delivered)


def _date(line: bytes) -> int | None:
    """Read the date of a "From" line, in whose time zone ever; most programs write UTC."""
    words = line.decode("ascii", "replace").split(None, 2)
    try:
        parts = parsedate_tz(words[2].strip()) if len(words) > 2 else None
        if parts is None:
            return None
        return int(datetime(*parts[:5], min(parts[5], 59), tzinfo=UTC).timestamp()) - (parts[9] or 0)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
