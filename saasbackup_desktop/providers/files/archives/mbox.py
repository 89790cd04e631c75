"""Mailboxes in one file: message after message, each begun by a line that says "From"."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_tz
from typing import IO, Final

from saasbackup_desktop.providers.formats.headers import header_end

_TIME: Final = re.compile(rb"\d:\d{2}")
_YEAR: Final = re.compile(rb"\d{4}")
_OF_GMAIL: Final = re.compile(rb"From \d+@xxx ")
_BYTE_ORDER: Final = b"\xef\xbb\xbf"
_FIELD: Final = re.compile(rb"(?:[!-9;-~]+[ \t]*:|>?From )")
_QUOTED: Final = re.compile(rb"^>(>*From )", re.M)
_LENGTH: Final = re.compile(rb"^content-length[ \t]*:[ \t]*(\d{1,12})[ \t\r]*$", re.I | re.M)
_UNQUOTED: Final = re.compile(rb"\n\r?\nFrom ")
_BEGINNING: Final = b"From "
_LINE: Final = b"\n" + _BEGINNING
_PIECE: Final = 1 << 20
_LONG_LINE: Final = 64 << 10
_GLANCE: Final = 1 << 10
_SHORT_HEADER: Final = 16 << 10
_HEADER: Final = 256 << 10
_BELIEVED: Final = 32 << 20
_LONG: Final = 16 << 20
"""Bytes of a message that lie in the window at most, once its end is sought."""
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
    is_of_gmail: bool
    """It was handed out by Gmail, whose labels are the message's; elsewhere they are what somebody wrote into it."""


def begins_mailbox(head: bytes) -> bool:
    """Is this the beginning of a mailbox file?"""
    head = head.removeprefix(_BYTE_ORDER)
    if _has_old_line_ends(head):
        head = head.replace(b"\r", b"\n")
    lines = head.lstrip(b"\r\n").split(b"\n", 2)
    return lines[0].startswith(_BEGINNING) and (
        _is_dated(lines[0]) or (len(lines) > 1 and _FIELD.match(lines[1]) is not None)
    )


def messages(file: IO[bytes]) -> Iterator[Enclosed]:
    """Read a mailbox file, message by message: mboxrd, mboxo, mboxcl and mboxcl2 alike.

    What stands before the first "From" line, and is not blank, is told as a message of its own. Raises OSError.
    """
    window = _Window(file)
    offset, line = 0, b""
    while (following := window.next_line()) is not None:
        if line or not window.is_blank:
            yield _enclosed(offset, window, line)
        offset, line = window.begin(following), following
    if line or not window.is_blank:
        yield _enclosed(offset, window, line)


class _Window:
    """What lies in memory of a mailbox file: the message at hand, and what was read beyond it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._held = bytearray(b"\n\n")  # as if an empty line stood before the first one
        self._base = -len(self._held)
        self._skipped: int | None = None
        """Bytes before the first that is taken; None: none was read."""
        self._is_all = self._is_old = False
        self._from = 0
        """Nothing before it begins a message."""
        self._believed: int | None = None
        """Where the message says that it ends."""
        self._dropped = 0
        """Bytes of the message that are not here any more."""
        self._aside = io.BytesIO()
        """Those of them that are kept: it gives them as they lie, so that a message is in memory but once."""
        self._end = 0
        """Where the message ends, once that is known."""

    @property
    def is_blank(self) -> bool:
        """Is there nothing but empty lines?"""
        return not self._dropped and not self._held[: self._end].strip()

    def content(self) -> bytes:
        """Take the message at hand out, without the empty line before the next one, which belongs to the file."""
        first, end = max(0, -self._base), self._end
        for line_end in (b"\r\n", b"\n"):
            if self._held.endswith(line_end + line_end, first, end):
                end -= len(line_end)
                break
        if not self._dropped:
            return bytes(memoryview(self._held)[first:end])
        aside, self._aside = self._aside, io.BytesIO()
        aside.write(memoryview(self._held)[first:end])
        return aside.getvalue()

    @property
    def size(self) -> int:
        """Its bytes, those that were let go of among them."""
        return self._end + self._dropped

    def next_line(self) -> bytes | None:
        """Find the line that begins the next message; None: the file ends."""
        while True:
            at = self._held.find(_LINE, self._from)
            if at < 0:
                self._from = max(self._from, len(self._held) - len(_LINE) + 1)
                self._let_go()
                if not self._read():
                    self._end = len(self._held)
                    return None
                continue
            if self._is_after_blank(at) or self._is_believed(at):
                line, following = self._lines(at + 1)
                if _separates(line, following):
                    self._end = at + 1
                    return line
            self._from = at + 1

    def begin(self, line: bytes) -> int:
        """Go on to the message that this line begins; gives where in the file the line stands."""
        place = self._base + self._end + (self._skipped or 0)
        gone = self._end + len(line)
        del self._held[:gone]
        self._base += gone
        self._from = self._dropped = self._end = 0
        self._aside = io.BytesIO()
        self._believed = self._declared()
        if self._believed is not None:
            self._from = max(0, self._believed - 1)
        return place

    def _read(self) -> bool:
        if self._is_all:
            return False
        piece = self._file.read(_PIECE)
        self._is_all = not piece
        if self._skipped is None:
            self._skipped = len(_BYTE_ORDER) if piece.startswith(_BYTE_ORDER) else 0
            self._is_old = _has_old_line_ends(piece)
            piece = piece[self._skipped :]
        self._held += piece.replace(b"\r", b"\n") if self._is_old else piece
        return bool(piece)

    def _let_go(self) -> None:
        """Put a long message's beginning aside; of what is longer than any message, only how long it is remains."""
        gone = len(self._held) - len(_LINE) - 2
        if len(self._held) <= _LONG:
            return
        if self._dropped + len(self._held) <= LONGEST:
            self._aside.write(memoryview(self._held)[max(0, -self._base) : gone])
        else:
            self._aside = io.BytesIO()
        del self._held[:gone]
        self._dropped += gone
        self._base += gone
        self._from = max(0, self._from - gone)
        self._believed = self._believed - gone if self._believed is not None and self._believed > gone else None

    def _lines(self, at: int) -> tuple[bytes, bytes]:
        """A line, and the beginning of the one behind it."""
        while (end := self._held.find(b"\n", at)) < 0 and len(self._held) - at < _LONG_LINE and self._read():
            pass
        end = len(self._held) if end < 0 else end + 1
        while len(self._held) < end + _GLANCE and self._read():
            pass
        return bytes(self._held[at:end]), bytes(self._held[end : end + _GLANCE])

    def _is_after_blank(self, at: int) -> bool:
        """Does the line's end at this place end an empty line?"""
        before = bytes(self._held[max(0, at - 2) : at])
        return before in (b"", b"\r") or before.endswith((b"\n", b"\n\r"))

    def _is_believed(self, at: int) -> bool:
        return self._believed is not None and 0 <= at + 1 - self._believed <= 4

    def _declared(self) -> int | None:
        """Where the message ends by its own account, if that can be believed."""
        while len(self._held) < _SHORT_HEADER and self._read():
            pass
        head = bytes(self._held[:_SHORT_HEADER])
        if (end := header_end(head)) >= _SHORT_HEADER:
            while len(self._held) < _HEADER and self._read():
                pass
            head = bytes(self._held[:_HEADER])
            end = header_end(head)
        found = _LENGTH.search(head, 0, end)
        if found is None or int(found[1]) > _BELIEVED:
            return None
        place = end + int(found[1])
        while len(self._held) < place + len(_LINE) + 4 and self._read():
            pass
        after = bytes(self._held[place : place + len(_LINE) + 4])
        is_there = len(self._held) >= place and (not after.strip() or after.lstrip(b"\r\n").startswith(b"From "))
        return place if is_there else None


def _has_old_line_ends(head: bytes) -> bool:
    """Do lines end as on old Macs?"""
    return b"\n" not in head and b"\r" in head[:-1]


def _separates(line: bytes, following: bytes) -> bool:
    return _is_dated(line) or _FIELD.match(following) is not None


def _is_dated(line: bytes) -> bool:
    """Does it name a time of day, and a year behind it?"""
    time = _TIME.search(line, len(_BEGINNING), _GLANCE)
    return time is not None and _YEAR.search(line, time.end(), _GLANCE) is not None


def _enclosed(offset: int, window: _Window, line: bytes) -> Enclosed:
    """The message at hand, which this line begins; without one: what stands before the first."""
    delivered, is_of_gmail = _date(line[:_GLANCE]), _OF_GMAIL.match(line) is not None
    if window.size > LONGEST:
        return Enclosed(offset, None, window.size, delivered, is_of_gmail)
    data = window.content()
    if b"From " in data and not _UNQUOTED.search(data):  # a file that does not quote has quoted nothing
        data = _QUOTED.sub(rb"\1", data)
    return Enclosed(offset, data, window.size, delivered, is_of_gmail)


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
