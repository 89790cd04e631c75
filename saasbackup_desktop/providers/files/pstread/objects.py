"""Properties of items, read so that a damaged one costs nothing but itself."""

import codecs
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Final, Protocol

from saasbackup_desktop.providers.files.pstcheck import Name, Unreadable
from saasbackup_desktop.providers.files.pstread import losses

Id = int | Name
STRING8: Final = 0x1E

_CODE_PAGES: Final = (0x3FFD, 0x66C3)
"""PidTagMessageCodepage, PidTagCodePageId."""
_INTERNET: Final = 0x3FDE
"""PidTagInternetCodepage: what it was sent in; that of the computer is likely to be alike, unless it is Unicode."""
_UNICODE: Final = frozenset({65000, 65001, 1200})
_BY_NUMBER: Final[Mapping[int, str]] = {
    65001: "utf-8",
    65000: "utf-7",
    1200: "utf-16-le",
    20127: "cp1252",
    28591: "cp1252",
    20866: "koi8-r",
    21866: "koi8-u",
    10000: "mac-roman",
    51932: "euc-jp",
    50220: "iso2022_jp",
    50221: "iso2022_jp",
    50222: "iso2022_jp",
    51949: "euc-kr",
    50225: "iso2022_kr",
    51936: "gb18030",
    936: "gb18030",
    54936: "gb18030",
    52936: "hz",
    874: "cp874",
}


def charset_of(page: int) -> str:
    """Name the charset of a code page of Windows'; empty if nobody knows it."""
    if 28592 <= page <= 28606:
        return f"iso-8859-{page - 28590}"
    name = _BY_NUMBER.get(page, f"cp{page}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return ""


class Owned(Protocol):
    """What has properties."""

    def type(self, id_: Id) -> int:
        """Tell the type of a property; zero if there is none."""

    def value(self, id_: Id) -> object:
        """Read a value; None if there is none. Raises Unreadable."""

    def pieces(self, id_: Id) -> Iterator[bytes]:
        """Read the bytes of a value. Raises Unreadable."""


class Attachment(Owned, Protocol):
    """A file in a message, or a message in it."""

    @property
    def message(self) -> "Message | None":
        """The message that is attached, if it is one. Raises Unreadable."""

    def content(self) -> Iterator[bytes]:
        """Read the content piece by piece. Raises Unreadable."""


class Message(Owned, Protocol):
    """An item, whatever file it lies in."""

    def recipients(self) -> Iterator[Owned]:
        """Read whom it went to. Raises Unreadable."""

    def attachments(self) -> Iterator[Attachment]:
        """Find its attachments. Raises Unreadable."""


class Said:
    """What an object says of itself. What is damaged counts as absent, and is told in ``lost``."""

    def __init__(self, owned: Owned, lost: list[str], page: str = "") -> None:
        self._owned = owned
        self.lost = lost
        self._above = page

    @cached_property
    def page(self) -> str:
        """The charset of texts that are not in Unicode."""
        own = next(filter(None, (charset_of(page) for page in map(self.number, _CODE_PAGES) if page)), "")
        sent = self.number(_INTERNET) or 0 if not (own or self._above) else 0
        return own or self._above or (charset_of(sent) if sent and sent not in _UNICODE else "") or "cp1252"

    def has(self, id_: Id) -> bool:
        """Tell whether there is a property."""
        return self._owned.type(id_) != 0

    def type(self, id_: Id) -> int:
        """Tell the type of a property; zero if there is none."""
        return self._owned.type(id_)

    def value(self, id_: Id) -> object:
        """Read a value; None if there is none that can be read."""
        try:
            return self._owned.value(id_)
        except Unreadable:
            self.lost.append(losses.PROPERTY_DAMAGED)
            return None

    def data(self, id_: Id) -> bytes:
        """Read the bytes of a value, whatever it is."""
        if not self.has(id_):
            return b""
        try:
            return b"".join(self._owned.pieces(id_))
        except Unreadable:
            self.lost.append(losses.PROPERTY_DAMAGED)
            return b""

    def text(self, id_: Id) -> str:
        """Read a text, without halves of letters and without NUL."""
        kind = self._owned.type(id_)
        if kind == STRING8:
            found = self.data(id_).decode(self.page, "replace")
        else:
            value = self.value(id_) if kind else None
            found = value if isinstance(value, str) else ""
        return clean(found)

    def texts(self, id_: Id) -> list[str]:
        """Read a list of texts; a single one counts as a list."""
        kind = self._owned.type(id_)
        if not kind & 0x1000:
            return list(filter(None, [self.text(id_)]))
        value = self.value(id_)
        found = value if isinstance(value, list) else []
        if kind & ~0x1000 == STRING8:
            found = [one.decode(self.page, "replace") if isinstance(one, bytes) else one for one in found]
        return [clean(one) for one in found if isinstance(one, str)]

    def number(self, id_: Id) -> int | None:
        """Read a whole number."""
        value = self.value(id_)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def real(self, id_: Id) -> float | None:
        """Read a number."""
        value = self.value(id_)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

    def truth(self, id_: Id) -> bool:
        """Read a truth value; what is not there is false."""
        return self.value(id_) is True

    def moment(self, id_: Id) -> datetime | None:
        """Read a moment."""
        value = self.value(id_)
        return value if isinstance(value, datetime) and 1602 <= value.year < 4500 else None


def clean(text: str) -> str:
    """Drop NUL, and halves of letters, which no database and no JSON takes."""
    text = text.replace("\0", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
