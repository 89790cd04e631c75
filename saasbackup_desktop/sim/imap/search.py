"""The keys of SEARCH (RFC 3501 section 6.4.4, RFC 7162 section 3.1.5)."""

from collections.abc import Callable
from datetime import datetime
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.utils import parsedate_to_datetime

from saasbackup_desktop.sim.imap import dates, mime
from saasbackup_desktop.sim.imap.state import Message
from saasbackup_desktop.sim.imap.view import View
from saasbackup_desktop.sim.imap.wire import Malformed, Words

Key = Callable[[Message], bool]

_FLAGS = ("ANSWERED", "DELETED", "DRAFT", "FLAGGED", "SEEN")
_FIELDS = {"BCC", "CC", "FROM", "SUBJECT", "TO"}
_DATES = ("BEFORE", "ON", "SINCE")


class UnknownCharset(Exception):
    """A character set the server does not know (RFC 3501: BADCHARSET)."""


class Query:
    """A search as a predicate over messages."""

    def __init__(self, words: Words, view: View) -> None:
        self._words = words
        self._view = view
        self._charset = "ascii"
        self.asks_modseq = False
        """Whether the MODSEQ key occurs, so that the answer names the highest."""
        if words.take(b"CHARSET "):
            self._charset = words.astring().decode("ascii", "replace").lower()
            if self._charset not in ("utf-8", "us-ascii", "ascii"):
                raise UnknownCharset
            words.space()
        self._keys = [self._key()]
        while words.take(b" "):
            self._keys.append(self._key())
        words.end()

    def matches(self, message: Message) -> bool:
        """Tell whether a message is one of those sought."""
        return all(key(message) for key in self._keys)

    def _key(self) -> Key:
        words = self._words
        if words.ahead(b"("):
            keys = words.group(self._key)
            return lambda message: all(key(message) for key in keys)
        if words.text[words.position : words.position + 1] in b"0123456789*":
            return self._within(by_uid=False)
        return self._named(words.atom())

    def _within(self, *, by_uid: bool) -> Key:
        try:
            uids = set(self._view.pick(self._words.numbers(), by_uid=by_uid))
        except ValueError as error:
            raise Malformed(str(error)) from None
        return lambda message: message.uid in uids

    def _text(self) -> str:
        self._words.space()
        return self._words.astring().decode("utf-8", "replace").lower()

    def _number(self) -> int:
        self._words.space()
        return self._words.number()

    def _named(self, name: str) -> Key:  # noqa: PLR0912 - a table of the standard's keys
        words, recent = self._words, self._view.recent
        positive = name.removeprefix("UN")
        if positive in _FLAGS:
            flag, wanted = "\\" + positive.title(), positive == name
            return lambda message: (flag in message.flags) == wanted
        if name in ("KEYWORD", "UNKEYWORD"):
            words.space()
            keyword, wanted = words.flag().lower(), name == "KEYWORD"
            return lambda message: (keyword in {flag.lower() for flag in message.flags}) == wanted
        if name in _FIELDS:
            return _field(name.encode(), self._text())
        if name in _DATES or name.removeprefix("SENT") in _DATES:
            return self._dated(name)
        match name:
            case "ALL":
                return lambda _: True
            case "NOT":
                words.space()
                inner = self._key()
                return lambda message: not inner(message)
            case "OR":
                words.space()
                left = self._key()
                words.space()
                right = self._key()
                return lambda message: left(message) or right(message)
            case "UID":
                words.space()
                return self._within(by_uid=True)
            case "RECENT":
                return lambda message: message.uid in recent
            case "OLD":
                return lambda message: message.uid not in recent
            case "NEW":
                return lambda message: message.uid in recent and "\\Seen" not in message.flags
            case "LARGER":
                low = self._number()
                return lambda message: len(message.data) > low
            case "SMALLER":
                high = self._number()
                return lambda message: len(message.data) < high
            case "HEADER":
                words.space()
                field = words.astring().upper()
                return _field(field, self._text())
            case "BODY" | "TEXT":
                text, whole = self._text().encode(), name == "TEXT"
                return lambda message: text in message.data.lower()[0 if whole else mime.header_end(message.data) :]
            case "MODSEQ":
                return self._modseq()
            case "EMAILID":
                words.space()
                id = words.astring().decode("ascii", "replace")
                return lambda message: message.id == id
            case _:
                raise Malformed(f"Unknown argument {name}")

    def _modseq(self) -> Key:
        words = self._words
        words.space()
        if words.ahead(b'"'):
            words.string()
            words.space()
            words.atom()
            words.space()
        least = words.number()
        self.asks_modseq = True
        return lambda message: message.modseq >= least

    def _dated(self, name: str) -> Key:
        self._words.space()
        try:
            day = dates.read_date(self._words.astring().decode("ascii", "replace"))
        except ValueError as error:
            raise Malformed(str(error)) from None
        how, sent = name.removeprefix("SENT"), name.startswith("SENT")

        def compare(message: Message) -> bool:
            moment = _sent(message) if sent else message.internal_date
            if moment is None:
                return False
            own = moment.date()
            return own < day if how == "BEFORE" else own == day if how == "ON" else own >= day

        return compare


def _sent(message: Message) -> datetime | None:
    value = _value(message, b"DATE")
    try:
        return parsedate_to_datetime(value) if value else None
    except ValueError:
        return None


def _value(message: Message, name: bytes) -> str | None:
    header = message.data[: mime.header_end(message.data)]
    for field, whole in mime.header_fields(header):
        if field == name:
            return mime.unfolded(whole.partition(b":")[2]).decode("utf-8", "replace")
    return None


def _field(name: bytes, text: str) -> Key:
    def compare(message: Message) -> bool:
        value = _value(message, name)
        if value is None:
            return False
        try:
            shown = str(make_header(decode_header(value)))
        except (HeaderParseError, LookupError, UnicodeError, ValueError):
            shown = value
        return text in shown.lower()

    return compare


def run(query: Query, view: View) -> list[Message]:
    """List the messages found, oldest UID first."""
    return [message for message in view.messages(view.uids) if query.matches(message)]


def numbers(found: list[Message], view: View, *, by_uid: bool) -> list[int]:
    """Say the found messages' UIDs, or their sequence numbers."""
    return [message.uid if by_uid else view.number(message.uid) for message in found]
