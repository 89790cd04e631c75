"""What Outlook wraps up as ``winmail.dat`` ([MS-OXTNEF]): files, and texts. Read as far as it goes, never raising."""

import hashlib
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from typing import Final
from uuid import UUID

from saasbackup_desktop.providers.formats import rtf
from saasbackup_desktop.providers.formats.charsets import decode, is_known
from saasbackup_desktop.providers.formats.headers import every_field, header_end, text_of
from saasbackup_desktop.providers.formats.outlook_texts import as_utf_8, said_charset

_SIGNATURE: Final = 0x223E9F78
_DEEPEST: Final = 8
"""Messages within one another that are read; what lies deeper stays wrapped up."""
_LONGEST_NAME: Final = 300
_MOST: Final = 20_000
"""Attributes, and properties of each, that are looked at."""
_CLASS, _SUBJECT, _PAGE, _PROPERTIES, _RECIPIENTS = 0x78008, 0x18004, 0x69007, 0x69003, 0x69004
_OLD_AUTHOR, _OLD_SENT = 0x8000, 0x38005
_BEGINS, _TITLE, _DATA, _MORE = 0x69002, 0x18010, 0x6800F, 0x69005
_BODY: Final = 0x2800C
_ATTRIBUTE: Final = struct.Struct("<BII")
_STRING8, _STRING, _BINARY, _OBJECT = 0x1E, 0x1F, 0x102, 0xD
_MANY: Final = 0x1000
_WIDTHS: Final = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0xA: 4, 0xB: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_MESSAGE: Final = UUID("00020307-0000-0000-c000-000000000046")
_NAMES: Final = (0x3707, 0x3001, 0x3704)
_KIND, _ID, _CONTENT, _METHOD = 0x370E, 0x3712, 0x3701, 0x3705
_TEXT, _HTML, _RICH, _TITLE_OF, _CLASS_OF, _INTERNET = 0x1000, 0x1013, 0x1009, 0x0037, 0x001A, 0x3FDE
_AUTHOR: Final = (0x0C1A, 0x0C1F, 0x5D01)
_FOR: Final = (0x0042, 0x0065, 0x5D02)
"""Name and addresses of whom it was sent for."""
_PERSON: Final = (0x3001, 0x3003, 0x39FE)
_ROLE: Final = 0x0C15
_ROLES: Final = {1: "To", 2: "Cc", 3: "Bcc"}
_SHOWN: Final = {"To": 0x0E04, "Cc": 0x0E03, "Bcc": 0x0E02}
"""Recipients as a text, by their names."""
_SENT, _HEADERS, _ANSWERS, _WEIGHT = 0x0039, 0x007D, 0x0050, 0x0017
_WEIGHTS: Final = {0: "low", 2: "high"}
_IDS: Final = {"Message-ID": 0x1035, "In-Reply-To": 0x1042, "References": 0x1039}
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]+")
_OF_PARTS: Final = ("content-", "mime-version")
_EPOCH: Final = datetime(1601, 1, 1, tzinfo=UTC)
_NOTES: Final = ("", "ipm.note", "ipm.microsoft mail.note")


@dataclass(frozen=True, slots=True)
class File:
    """A file that was wrapped up."""

    name: str
    media_type: str
    """Empty if that is not said."""
    data: bytes
    content_id: str = ""


@dataclass(slots=True)
class Wrapped:
    """What was wrapped up."""

    subject: str = ""
    author: str = ""
    sent: datetime | None = None
    headers: str = ""
    """As they came with it."""
    said: dict[str, str] = field(default_factory=dict)
    """Further fields, by name."""
    text: str = ""
    html: str = ""
    rich: bytes = b""
    """RTF that says more than the texts."""
    files: list[File] = field(default_factory=list)
    is_all: bool = True
    """There is nothing in it but this."""


def unwrapped(data: bytes, depth: int = 0) -> Wrapped | None:
    """Read what was wrapped up; None if it is nothing of this kind."""
    if len(data) < 6 or int.from_bytes(data[:4], "little") != _SIGNATURE:
        return None
    found = _Reading(depth)
    for id_, value in _attributes(data, found.wrapped):
        found.take(id_, value)
    whole = found.whole()
    if depth:  # the mail that it is wrapped up in says this of the outermost one
        whole.is_all = whole.is_all and found.is_told()
    return whole


def _attributes(data: bytes, wrapped: Wrapped) -> Iterator[tuple[int, bytes]]:
    at = 6
    for _ in range(_MOST):
        if at + _ATTRIBUTE.size > len(data):
            return
        level, id_, size = _ATTRIBUTE.unpack_from(data, at)
        at += _ATTRIBUTE.size
        if level not in (1, 2) or at + size > len(data):
            break
        yield id_, data[at : at + size]
        at += size + 2
    wrapped.is_all = False


@dataclass(slots=True)
class _Attached:
    title: bytes = b""
    data: bytes = b""
    more: Mapping[int, tuple[int, bytes]] = field(default_factory=dict)


class _Reading:
    """One pass over what was wrapped up."""

    def __init__(self, depth: int) -> None:
        self.wrapped = Wrapped()
        self._depth = depth
        self._page = "cp1252"
        self._attached: list[_Attached] = []
        self._said: Mapping[int, tuple[int, bytes]] = {}
        self._recipients: list[Mapping[int, tuple[int, bytes]]] = []
        self._old: dict[int, bytes] = {}

    def take(self, id_: int, value: bytes) -> None:
        """Take an attribute."""
        if id_ == _BEGINS:
            self._attached.append(_Attached())
        elif id_ in (_TITLE, _DATA, _MORE):
            if not self._attached:
                self._attached.append(_Attached())
            one = self._attached[-1]
            if id_ == _TITLE:
                one.title = value
            elif id_ == _DATA:
                one.data = value
            else:
                one.more = self._properties(value)
        elif id_ == _PROPERTIES:
            self._said = self._properties(value)
        elif id_ == _RECIPIENTS:
            self._recipients = self._rows(value)
        elif id_ == _PAGE and len(value) >= 4:
            page = f"cp{int.from_bytes(value[:4], 'little')}"
            self._page = page if is_known(page) else self._page
        else:
            self._old[id_] = value

    def whole(self) -> Wrapped:
        """Tell all that was found."""
        found = self.wrapped
        kind = (self._text(self._said, _CLASS_OF) or self._decoded(self._old.get(_CLASS, b""))).lower()
        found.is_all = found.is_all and kind in _NOTES
        found.subject = self._text(self._said, _TITLE_OF) or self._decoded(self._old.get(_SUBJECT, b""))
        found.author = self._person(self._said, _AUTHOR) or self._person(self._said, _FOR)
        found.sent = _moment(self._said.get(_SENT, (0, b""))[1])
        found.headers = self._text(self._said, _HEADERS)
        found.said = dict(self._fields())
        found.text = self._text(self._said, _TEXT) or self._decoded(self._old.get(_BODY, b""))
        self._html()
        for one in self._attached:
            self._file(one)
        return found

    def _person(self, said: Mapping[int, tuple[int, bytes]], ids: tuple[int, ...]) -> str:
        name, *addresses = (_CONTROL.sub(" ", self._text(said, id_)).strip() for id_ in ids)
        address = next((one for one in reversed(addresses) if "@" in one and one.isascii()), "")
        return formataddr((name, address)) if address else name

    def _fields(self) -> Iterator[tuple[str, str]]:
        for name, id_ in _SHOWN.items():
            people = [
                self._person(row, _PERSON) for row in self._recipients if _ROLES.get(_number(row, _ROLE) & 0xF) == name
            ]
            people = people or _CONTROL.sub(" ", self._text(self._said, id_)).split(";")
            if said := ",\r\n ".join(map(_mailbox, filter(None, map(str.strip, people)))):
                yield name, said
        for name, id_ in _IDS.items():
            if said := " ".join(_CONTROL.sub(" ", self._text(self._said, id_)).split()):
                yield name, said
        if weight := _WEIGHTS.get(_number(self._said, _WEIGHT)) if _WEIGHT in self._said else "":
            yield "Importance", weight

    def is_told(self) -> bool:
        """Whether a mail can hold everything that is known of who sent this, and when."""
        found = self.wrapped
        if found.headers:
            return True
        author, sent_for = (self._person(self._said, ids) for ids in (_AUTHOR, _FOR))
        if author and sent_for and author.lower() != sent_for.lower():
            return False
        if (not found.author and _OLD_AUTHOR in self._old) or (found.sent is None and _OLD_SENT in self._old):
            return False
        return not self._text(self._said, _ANSWERS)

    def _html(self) -> None:
        found = self.wrapped
        kind, data = self._said.get(_HTML, (0, b""))
        if data:
            page = f"cp{int.from_bytes(self._said.get(_INTERNET, (0, b''))[1][:4], 'little')}"
            charset = page if is_known(page) else said_charset(data)
            text = data.decode("utf-16-le", "replace") if kind == _STRING else decode(data, charset)
            found.html = as_utf_8(text.replace("\0", ""))
            return
        source = rtf.decompressed(self._said.get(_RICH, (0, b""))[1])
        inner = rtf.unwrapped(source)
        if inner.html:
            found.html = as_utf_8(inner.html.replace("\0", ""))
            return
        found.text = found.text or inner.text.replace("\0", "")
        found.rich = b"" if inner.is_plain else source

    def _file(self, one: _Attached) -> None:
        more = one.more
        name = next(filter(None, (self._text(more, id_) for id_ in _NAMES)), "") or self._decoded(one.title)
        kind, data = more.get(_CONTENT, (0, b""))
        if kind == _OBJECT and data[:16] == _MESSAGE.bytes_le:
            inner = unwrapped(data[16:], self._depth + 1) if self._depth < _DEEPEST else None
            if inner is None:
                self.wrapped.is_all = False
                return
            is_cut = max(len(inner.subject), len(inner.author)) > _LONGEST_NAME
            self.wrapped.is_all = self.wrapped.is_all and inner.is_all and not is_cut
            self.wrapped.files.append(File(f"{name or inner.subject or 'message'}.eml", "message/rfc822", _mail(inner)))
            return
        content = one.data or (data[16:] if kind == _OBJECT else data)
        if not content and not name:
            return
        media_type, id_ = self._text(more, _KIND), self._text(more, _ID).strip("<> ")
        self.wrapped.files.append(File(name, media_type, content, id_))

    def _properties(self, data: bytes) -> Mapping[int, tuple[int, bytes]]:
        """Read properties: their types and bytes, of several values the first; what is cut is left out."""
        found: dict[int, tuple[int, bytes]] = {}
        try:
            for id_, kind, value, _ in _read_properties(data, 0):
                found.setdefault(id_, (kind, value))
        except (struct.error, ValueError):
            self.wrapped.is_all = False
        return found

    def _rows(self, data: bytes) -> list[Mapping[int, tuple[int, bytes]]]:
        """Read a table, each row of which is a list of properties; what is cut is left out."""
        found: list[Mapping[int, tuple[int, bytes]]] = []
        try:
            (count,) = struct.unpack_from("<I", data)
            self.wrapped.is_all = self.wrapped.is_all and count <= _MOST
            at = 4
            for _ in range(min(count, _MOST)):
                row: dict[int, tuple[int, bytes]] = {}
                at, start = at + 4, at
                for id_, kind, value, after in _read_properties(data, start):
                    row.setdefault(id_, (kind, value))
                    at = after
                found.append(row)
        except (struct.error, ValueError):
            self.wrapped.is_all = False
        return found

    def _text(self, said: Mapping[int, tuple[int, bytes]], id_: int) -> str:
        kind, data = said.get(id_, (0, b""))
        if kind == _STRING:
            return data.decode("utf-16-le", "replace").replace("\0", "")
        return self._decoded(data) if kind == _STRING8 else ""

    def _decoded(self, data: bytes) -> str:
        return decode(data, self._page).replace("\0", "")


def _read_properties(data: bytes, at: int) -> Iterator[tuple[int, int, bytes, int]]:
    """Ids, types, bytes, and where each ends. Raises struct.error, ValueError where it is cut."""
    (count,) = struct.unpack_from("<I", data, at)
    at += 4
    for _ in range(min(count, _MOST)):
        kind, id_ = struct.unpack_from("<HH", data, at)
        at += 4
        if id_ >= 0x8000:
            (is_text,) = struct.unpack_from("<I", data, at + 16)
            at += 20
            (word,) = struct.unpack_from("<I", data, at)
            at += 4 + (word + -word % 4 if is_text else 0)
        single = kind & ~_MANY
        values = 1
        if kind & _MANY or single in (_STRING8, _STRING, _BINARY, _OBJECT):
            (values,) = struct.unpack_from("<I", data, at)
            at += 4
        first = b""
        for number in range(min(values, _MOST)):
            size = _WIDTHS.get(single)
            if size is None:
                if single not in (_STRING8, _STRING, _BINARY, _OBJECT):
                    raise ValueError(kind)
                (size,) = struct.unpack_from("<I", data, at)
                at += 4
            if at + size > len(data):
                raise ValueError(size)
            if number == 0:
                first = data[at : at + size]
            at += size + -size % 4
        yield id_, kind, first, at


def _number(said: Mapping[int, tuple[int, bytes]], id_: int) -> int:
    return int.from_bytes(said.get(id_, (0, b""))[1][:4], "little")


def _mailbox(said: str) -> str:
    """Write somebody of whom only a name may be known."""
    return said if "@" in said and said.isascii() else formataddr((said.strip("'\""), ""))


def _moment(ticks: bytes) -> datetime | None:
    try:
        return _EPOCH + timedelta(microseconds=int.from_bytes(ticks, "little") // 10) if len(ticks) == 8 else None
    except OverflowError:
        return None


def _mail(inner: Wrapped) -> bytes:
    """Write a message that was wrapped up with another one, with the headers that it came with."""
    head, there = _head(inner)
    message = EmailMessage(policy=SMTP)
    for name, said in (("From", inner.author), ("Subject", inner.subject)):
        if name.lower() not in there and (shown := " ".join(said.split())[:_LONGEST_NAME]):
            message[name] = shown
    if inner.sent is not None and "date" not in there:
        message["Date"] = format_datetime(inner.sent)
    message.set_content(inner.text.replace("\r\n", "\n"))
    if inner.html:
        message.add_alternative(inner.html, subtype="html")
    rich = [File("message.rtf", "text/rtf", inner.rich)] if inner.rich else []
    for one in (*rich, *inner.files):
        message.add_attachment(
            one.data, "application", "octet-stream", filename=" ".join(one.name.split())[:_LONGEST_NAME] or None
        )
    mark = hashlib.sha256(repr(inner).encode("utf-8", "replace")).hexdigest()[:32]
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{mark}_{number}")  # the same whenever it is read
    return head + message.as_bytes()


def _head(inner: Wrapped) -> tuple[bytes, set[str]]:
    """The fields that it came with, and of those that are known otherwise the missing ones; and their names."""
    data = inner.headers.replace("\r\n", "\n").replace("\r", "\n").strip("\n").encode("utf-8", "replace")
    lines: list[bytes] = []
    there: set[str] = set()
    for name, value in every_field(data, 0, header_end(data)):
        is_other = name == "subject" and inner.subject and text_of(value).split() != inner.subject.split()
        if name.startswith(_OF_PARTS) or is_other:
            continue
        there.add(name)
        written = "-".join(map(str.capitalize, name.split("-")))
        lines.append(written.encode() + b": " + value.replace(b"\n", b"\r\n") + b"\r\n")
    missing = {name: said for name, said in inner.said.items() if name.lower() not in there}
    lines += [f"{name}: {said}\r\n".encode("utf-8", "replace") for name, said in missing.items()]
    return b"".join(lines), there | {name.lower() for name in missing}
