"""The grammar of commands: atoms, strings, literals, lists (RFC 3501 section 9)."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

LITERAL = b"\x00"
"""Stands in a command's text where a literal was; NUL cannot occur there otherwise."""

_ATOM = re.compile(rb'[^\x00-\x20\x7f(){%*"\\\]]+')
_ASTRING = re.compile(rb'[^\x00-\x20\x7f(){%*"\\]+')
_PATTERN = re.compile(rb'[^\x00-\x20\x7f(){"\\]+')
_QUOTED = re.compile(rb'"((?:[^\x00\r\n"\\]|\\["\\])*)"')
_FLAG = re.compile(rb'\\?[^\x00-\x20\x7f(){%*"\\\]]+|\\\*')
_NUMBER = re.compile(rb"\d{1,20}")
_SET = re.compile(rb"[0-9:*,]+")
_QUOTABLE = re.compile(rb"[\x20-\x7e]*")

Made = TypeVar("Made")


class Malformed(Exception):
    """A command that the grammar does not know; answered with BAD."""


class Words:
    """The words of one command, taken from left to right."""

    def __init__(self, text: bytes, literals: Sequence[bytes] = ()) -> None:
        self.text = text
        self._literals = iter(literals)
        self.position = 0

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self.position >= len(self.text)

    def end(self) -> None:
        """Insist that nothing is left."""
        if not self.done:
            raise Malformed("Unexpected words at the end")

    def _match(self, pattern: re.Pattern[bytes], wanted: str) -> re.Match[bytes]:
        match = pattern.match(self.text, self.position)
        if not match:
            raise Malformed(f"Expected {wanted}")
        self.position = match.end()
        return match

    def ahead(self, token: bytes) -> bool:
        """Tell whether ``token`` comes next, whatever its case."""
        return self.text[self.position : self.position + len(token)].upper() == token

    def bare(self) -> str:
        """Look at what comes up to the next space."""
        return self.text[self.position :].partition(b" ")[0].decode("ascii", "replace")

    def take(self, token: bytes) -> bool:
        """Take ``token`` if it comes next."""
        if not self.ahead(token):
            return False
        self.position += len(token)
        return True

    def need(self, token: bytes) -> None:
        """Insist on ``token``."""
        if not self.take(token):
            raise Malformed(f"Expected {token.decode('ascii', 'replace')!r}")

    def space(self) -> None:
        """Insist on a space; more than one does no harm, as with Dovecot."""
        self.need(b" ")
        self.spaces()

    def spaces(self) -> None:
        """Take whatever spaces come next."""
        while self.take(b" "):
            pass

    def atom(self) -> str:
        """Take an atom, in capitals."""
        return self._match(_ATOM, "an atom").group().decode("ascii", "replace").upper()

    def number(self) -> int:
        """Take a number."""
        return int(self._match(_NUMBER, "a number").group())

    def numbers(self) -> str:
        """Take a sequence set, unread."""
        return self._match(_SET, "a sequence set").group().decode("ascii")

    def string(self) -> bytes:
        """Take a quoted string or a literal."""
        if self.take(LITERAL):
            return next(self._literals)
        return re.sub(rb"\\(.)", rb"\1", self._match(_QUOTED, "a string")[1])

    def astring(self) -> bytes:
        """Take an atom as it is written, or a string."""
        if self.ahead(b'"') or self.ahead(LITERAL):
            return self.string()
        return self._match(_ASTRING, "a string").group()

    def pattern(self) -> bytes:
        """Take the pattern of a LIST."""
        if self.ahead(b'"') or self.ahead(LITERAL):
            return self.string()
        return self._match(_PATTERN, "a pattern").group()

    def flag(self) -> str:
        """Take a flag or a keyword."""
        return self._match(_FLAG, "a flag").group().decode("ascii", "replace")

    def group(self, take: Callable[[], Made]) -> list[Made]:
        """Take a list in parentheses, each member by ``take``."""
        self.need(b"(")
        members: list[Made] = []
        while not self.take(b")"):
            if members:
                self.space()
            members.append(take())
        return members

    def flags(self) -> list[str]:
        """Take flags, in parentheses or bare."""
        if self.ahead(b"("):
            return self.group(self.flag)
        flags = [self.flag()]
        while self.take(b" "):
            flags.append(self.flag())
        return flags


def quote(value: bytes) -> bytes:
    """Write a string: quoted where that is allowed, as a literal where not."""
    if _QUOTABLE.fullmatch(value):
        return b'"' + value.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
    return literal(value)


def literal(value: bytes) -> bytes:
    """Write a literal."""
    return b"{%d}\r\n%b" % (len(value), value)


def nstring(value: bytes | None) -> bytes:
    """Write a string or NIL."""
    return b"NIL" if value is None else quote(value)


def listed(members: Iterable[bytes]) -> bytes:
    """Write a list in parentheses."""
    return b"(" + b" ".join(members) + b")"
