"""Rich text as Outlook keeps it: compressed ([MS-OXRTFCP]), and with HTML or plain text in it ([MS-OXRTFEX])."""

import re
from dataclasses import dataclass
from typing import Final

from saasbackup_desktop.providers.formats.charsets import decode

_COMPRESSED: Final = 0x75465A4C
_STORED: Final = 0x414C454D
_WINDOW: Final = 4096
_START: Final = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    b"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
"""What the window begins with ([MS-OXRTFCP] 2.1.3.1.1)."""
MOST: Final = 64 << 20
"""Bytes that are unfolded at most."""

_TOKEN: Final = re.compile(
    rb"""
    (?P<open>\{) | (?P<close>\})
    | \\'(?P<hex>[0-9A-Fa-f]{2})
    | \\(?P<word>[a-zA-Z]{1,32})(?P<number>-?[0-9]{1,10})?[ ]?
    | \\(?P<sign>[^a-zA-Z])
    | (?P<lines>[\r\n]+)
    | (?P<text>[^\\{}\r\n]+)
    """,
    re.X | re.S,
)
_SKIPPED: Final = frozenset(
    {
        "fonttbl",
        "colortbl",
        "stylesheet",
        "info",
        "pict",
        "object",
        "objdata",
        "generator",
        "themedata",
        "colorschememapping",
        "latentstyles",
        "datastore",
        "xmlnstbl",
        "listtable",
        "listoverridetable",
        "rsidtbl",
        "mmathPr",
        "filetbl",
        "revtbl",
        "header",
        "footer",
        "fldinst",
        "pntext",
        "bkmkstart",
        "bkmkend",
    }
)
_LETTERS: Final = {
    "tab": "\t",
    "emdash": "\u2014",
    "endash": "\u2013",
    "lquote": "\u2018",
    "rquote": "\u2019",
    "ldblquote": "\u201c",
    "rdblquote": "\u201d",
    "bullet": "\u2022",
}
_SIGNS: Final = {b"~": "\u00a0", b"_": "\u00ad", b"\\": "\\", b"{": "{", b"}": "}"}
_CHARSETS: Final = {
    77: "mac-roman",
    128: "cp932",
    129: "cp949",
    134: "gb18030",
    136: "cp950",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
}
_DEEPEST: Final = 2_000


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """What lies in rich text."""

    source: bytes = b""
    """The rich text itself."""
    html: str = ""
    """HTML that it was made of."""
    text: str = ""
    is_plain: bool = False
    """It was made of plain text, or there is none."""


def decompressed(data: bytes) -> bytes:
    """Unfold compressed rich text as far as it goes; what is none gives nothing."""
    if len(data) < 16:
        return b""
    size = min(int.from_bytes(data[4:8], "little"), MOST)
    kind = int.from_bytes(data[8:12], "little")
    if kind == _STORED:
        return data[16 : 16 + size]
    if kind != _COMPRESSED:
        return b""
    found = bytearray(_WINDOW - len(_START)) + _START  # the last 4096 bytes are the window
    at, end, most = 16, len(data), _WINDOW + size
    while at < end and len(found) < most:
        control = data[at]
        at += 1
        if not control:
            found += data[at : at + 8]
            at += 8
            continue
        for bit in range(8):
            if at >= end:
                return bytes(found[_WINDOW:most])
            if not control >> bit & 1:
                found.append(data[at])
                at += 1
                continue
            if at + 1 >= end:
                return bytes(found[_WINDOW:most])
            word = data[at] << 8 | data[at + 1]
            at += 2
            back = (len(found) - _WINDOW + len(_START) - (word >> 4)) % _WINDOW
            if not back:
                return bytes(found[_WINDOW:most])
            length = (word & 0xF) + 2
            start = len(found) - back
            if back >= length:
                found += found[start : start + length]
            else:  # what is copied repeats itself
                found += (found[start:] * (length // back + 1))[:length]
    return bytes(found[_WINDOW:most])


@dataclass(slots=True)
class _Group:
    """How things stand within braces."""

    is_skipped: bool = False
    is_muted: bool = False
    """What is only for readers of rich text (htmlrtf)."""
    charset: str = ""
    unicode_skip: int = 1


def unwrapped(source: bytes) -> Unwrapped:
    """Take HTML or text out of rich text; never raises."""
    if not source.startswith(b"{\\rtf"):
        return Unwrapped(is_plain=True)
    head = source[:1024]
    is_html, is_text = b"\\fromhtml" in head, b"\\fromtext" in head
    text = _Reading(source, is_html).read()
    if is_html:
        return Unwrapped(source, html=text, is_plain=not text.strip())
    return Unwrapped(source, text=text, is_plain=is_text or not text.strip())


class _Reading:
    """One pass over rich text."""

    def __init__(self, source: bytes, is_html: bool) -> None:
        self._source = source
        self._is_html = is_html
        self._page = "cp1252"
        self._fonts: dict[int, str] = {}
        self._font = 0
        self._in_fonts = 0
        self._group = _Group()
        self._groups: list[_Group] = []
        self._found: list[str] = []
        self._bytes = bytearray()
        self._to_skip = 0
        self._starred = False

    def read(self) -> str:
        for token in _TOKEN.finditer(self._source):
            kind = token.lastgroup if token.lastgroup != "number" else "word"
            if kind == "hex":
                self._letter(bytes([int(token["hex"], 16)]))
            elif kind == "text":
                self._letter(token["text"])
            elif kind == "open":
                self._open()
            elif kind == "close":
                self._close()
            elif kind == "word":
                number = int(token["number"]) if token["number"] is not None else None
                self._word(token["word"].decode("ascii"), number)
            elif kind == "sign":
                self._sign(token["sign"])
        self._flush()
        return "".join(self._found).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    def _open(self) -> None:
        self._flush()
        if len(self._groups) < _DEEPEST:
            group = self._group
            self._groups.append(group)
            self._group = _Group(group.is_skipped, group.is_muted, group.charset, group.unicode_skip)
        self._starred = False

    def _close(self) -> None:
        self._flush()
        if self._in_fonts and len(self._groups) <= self._in_fonts:
            self._in_fonts = 0
        if self._groups:
            self._group = self._groups.pop()
        self._to_skip = 0

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self._starred = True
        elif sign in b"\r\n":
            self._write("\n")
        elif letter := _SIGNS.get(sign):
            self._write(letter)

    def _word(self, word: str, number: int | None) -> None:
        starred, self._starred = self._starred, False
        if word in ("htmltag", "mhtmltag", "htmlrtf", "fonttbl") or word in _SKIPPED or starred:
            self._destination(word, number)
        elif number is not None and word in ("ansicpg", "f", "fcharset", "uc", "u"):
            self._numbered(word, number)
        elif word == "plain":
            self._flush()
            self._group.charset = ""
        elif word in ("par", "line"):
            self._write("\r\n" if self._is_html else "\n")
        elif letter := _LETTERS.get(word):
            self._write(letter)

    def _destination(self, word: str, number: int | None) -> None:
        """What follows in this group is something else than text."""
        self._flush()
        group = self._group
        if word == "htmltag":
            group.is_skipped = not self._is_html
        elif word == "htmlrtf":
            group.is_muted = number != 0
        else:
            group.is_skipped = True
            if word == "fonttbl":
                self._in_fonts = len(self._groups)

    def _numbered(self, word: str, number: int) -> None:
        group = self._group
        if word == "ansicpg":
            self._page = f"cp{number}" if number != 65001 else "utf-8"
        elif word == "f":
            self._flush()
            self._font = number
            group.charset = "" if self._in_fonts else self._fonts.get(number, "")
        elif word == "fcharset":
            if self._in_fonts:
                self._fonts[self._font] = _CHARSETS.get(number, "")
        elif word == "uc":
            group.unicode_skip = max(0, min(number, 16))
        else:
            self._unicode(number)

    def _unicode(self, number: int) -> None:
        self._flush()
        code = number & 0xFFFF if number < 0x10000 else 0xFFFD
        self._write(chr(code))
        self._to_skip = self._group.unicode_skip

    def _letter(self, data: bytes) -> None:
        if self._to_skip:
            skipped = min(self._to_skip, len(data))
            self._to_skip -= skipped
            data = data[skipped:]
        if data and self._is_wanted():
            self._bytes += data

    def _is_wanted(self) -> bool:
        return not (self._group.is_skipped or self._group.is_muted)

    def _write(self, text: str) -> None:
        self._flush()
        if self._is_wanted():
            self._found.append(text)

    def _flush(self) -> None:
        if self._bytes:
            self._found.append(decode(bytes(self._bytes), self._group.charset or self._page))
            self._bytes.clear()
