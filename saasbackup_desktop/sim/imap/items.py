"""What a FETCH asks for, and how each message answers (RFC 3501 section 6.4.5, RFC 3516, RFC 7162, RFC 8474)."""

import base64
import binascii
import quopri
from dataclasses import dataclass

from saasbackup_desktop.sim.imap import dates, mime
from saasbackup_desktop.sim.imap.state import Message
from saasbackup_desktop.sim.imap.structure import envelope, structure
from saasbackup_desktop.sim.imap.wire import Malformed, Words, literal

_MACROS = {
    "ALL": ("FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE"),
    "FAST": ("FLAGS", "INTERNALDATE", "RFC822.SIZE"),
    "FULL": ("FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODY"),
}
_WHOLE = {"RFC822", "RFC822.HEADER", "RFC822.TEXT"}
_PLAIN = {"UID", "FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODYSTRUCTURE", "MODSEQ", "EMAILID", "THREADID"}
_TEXTS = ("HEADER.FIELDS.NOT", "HEADER.FIELDS", "HEADER", "TEXT", "MIME")


@dataclass(frozen=True, slots=True)
class Section:
    """The brackets of ``BODY[2.HEADER.FIELDS (SUBJECT)]<0.100>``."""

    part: tuple[int, ...] = ()
    text: str = ""
    fields: tuple[bytes, ...] = ()
    offset: int | None = None
    count: int = 0

    def label(self) -> bytes:
        """Write the section as an answer names it."""
        words = ".".join([*map(str, self.part), *([self.text] if self.text else [])]).encode()
        if self.fields:
            words += b" (" + b" ".join(self.fields) + b")"
        return b"[" + words + b"]" + (b"" if self.offset is None else b"<%d>" % self.offset)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing asked for."""

    name: str
    section: Section | None = None
    peek: bool = False

    @property
    def marks_seen(self) -> bool:
        """Whether asking sets ``\\Seen``."""
        return not self.peek and (self.name in ("BODY", "BINARY", "RFC822", "RFC822.TEXT") and self.reads_bytes)

    @property
    def reads_bytes(self) -> bool:
        """Whether the answer holds bytes of the message."""
        return self.section is not None or self.name in _WHOLE

    @property
    def is_whole_message(self) -> bool:
        """Whether the answer holds the message in full."""
        return self.name == "RFC822" or (self.section is not None and self.section == Section())


def read_items(words: Words) -> list[Item]:
    """Read what a FETCH asks for: a macro, one item or several in parentheses."""
    macro = words.bare().upper()
    if macro in _MACROS:
        words.need(macro.encode())
        return [Item(name) for name in _MACROS[macro]]
    if words.ahead(b"("):
        return words.group(lambda: _item(words))
    return [_item(words)]


def _item(words: Words) -> Item:
    for name in ("BODY", "BINARY.SIZE", "BINARY"):
        for peek in (".PEEK", ""):
            if words.take(f"{name}{peek}[".encode()):
                return Item(name, _section(words), bool(peek))
    name = words.atom()
    if name not in _PLAIN and name not in _WHOLE and name != "BODY":
        raise Malformed(f"Unknown parameter {name}")
    return Item(name, None, name == "RFC822.HEADER")


def _section(words: Words) -> Section:
    numbers: list[int] = []
    text = ""
    fields: tuple[bytes, ...] = ()
    while not words.ahead(b"]"):
        if numbers or text:
            words.need(b".")
        text = next((each for each in _TEXTS if words.take(each.encode())), "")
        if text:
            break
        numbers.append(words.number())
    if text == "MIME" and not numbers:
        raise Malformed("MIME needs a part")
    if text.startswith("HEADER.FIELDS"):
        words.space()
        fields = tuple(name.upper() for name in words.group(words.astring))
    words.need(b"]")
    offset, count = None, 0
    if words.take(b"<"):
        offset = words.number()
        words.need(b".")
        count = words.number()
        words.need(b">")
    return Section(tuple(numbers), text, fields, offset, count)


class Unreadable(Exception):
    """A part whose transfer encoding cannot be undone (RFC 3516: UNKNOWN-CTE)."""


class Answer:
    """One message's answers; takes it apart once at most."""

    def __init__(self, message: Message, flags: bytes) -> None:
        self._message = message
        self._flags = flags
        self._parsed: mime.Part | None = None

    def _root(self) -> mime.Part:
        if self._parsed is None:
            self._parsed = mime.parse(self._message.data)
        return self._parsed

    def write(self, item: Item) -> bytes:
        """Write one item with its name."""
        message, name = self._message, item.name
        if item.section is not None:
            return self._write_section(item, item.section)
        match name:
            case "UID":
                return b"UID %d" % message.uid
            case "FLAGS":
                return b"FLAGS " + self._flags
            case "INTERNALDATE":
                return f'INTERNALDATE "{dates.write(message.internal_date)}"'.encode()
            case "RFC822.SIZE":
                return b"RFC822.SIZE %d" % len(message.data)
            case "MODSEQ":
                return b"MODSEQ (%d)" % message.modseq
            case "EMAILID":
                return b"EMAILID (%b)" % message.id.encode()
            case "THREADID":
                return b"THREADID NIL"
            case "ENVELOPE":
                return b"ENVELOPE " + envelope(self._root())
            case "BODY" | "BODYSTRUCTURE":
                return name.encode() + b" " + structure(self._root(), extended=name == "BODYSTRUCTURE")
            case "RFC822":
                return b"RFC822 " + literal(message.data)
            case _:
                end = mime.header_end(message.data)
                header = name == "RFC822.HEADER"
                return name.encode() + b" " + literal(message.data[:end] if header else message.data[end:])

    def _write_section(self, item: Item, section: Section) -> bytes:
        found = self._find(section)
        if item.name == "BODY":
            label = b"BODY" + section.label()
        else:
            found = None if found is None else self._decoded(section, found)
            label = item.name.encode() + section.label()
            if item.name == "BINARY.SIZE":
                return label + b" %d" % len(found or b"")
        # Of a part that is not there, servers say that it is empty.
        found = found or b""
        if section.offset is not None:
            found = found[section.offset : section.offset + section.count]
        mark = b"~" if item.name == "BINARY" else b""
        return label + b" " + mark + literal(found)

    def _find(self, section: Section) -> bytes | None:
        data = self._message.data
        if not section.part:
            if not section.text:
                return data
            end = mime.header_end(data)
            return data[end:] if section.text == "TEXT" else _chosen(data[:end], section)
        part = self._root().at(section.part)
        if part is None:
            return None
        if not section.text:
            return part.body_bytes
        if section.text == "MIME":
            return part.header_bytes
        if not part.is_message:
            return None
        inner = part.children[0]
        return inner.body_bytes if section.text == "TEXT" else _chosen(inner.header_bytes, section)

    def _decoded(self, section: Section, found: bytes) -> bytes:
        if not section.part:
            return found
        part = self._root().at(section.part)
        encoding = part.fields.get(b"CONTENT-TRANSFER-ENCODING", b"7bit").lower() if part else b"7bit"
        if encoding == b"base64":
            try:
                return base64.b64decode(found)
            except binascii.Error as error:
                raise Unreadable from error
        if encoding == b"quoted-printable":
            return quopri.decodestring(found)
        if encoding not in (b"7bit", b"8bit", b"binary"):
            raise Unreadable
        return found


def _chosen(header: bytes, section: Section) -> bytes:
    if section.text == "HEADER":
        return header
    wanted = set(section.fields)
    inverted = section.text == "HEADER.FIELDS.NOT"
    kept = [whole for name, whole in mime.header_fields(header) if (name in wanted) != inverted]
    return b"".join(kept) + b"\r\n"
