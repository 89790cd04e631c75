"""Fields of addresses (RFC 5322, section 3.4), read as kindly as possible and in linear time."""

import re
from dataclasses import dataclass, field
from typing import Final

from saasbackup_desktop.providers.formats.headers import text_of

MOST: Final = 5_001
"""Addresses of a field that are read."""

_TOKEN: Final = re.compile(
    r"""
    (?P<word>=\?[^?\s]{1,80}\?[bBqQ]\?[^?]*\?=)
    | "(?P<quoted>(?:[^"\\]|\\.)*)"?
    | <(?P<angle>[^<>]*)>?
    | (?P<open>\()
    | (?P<mark>[,;:])
    | (?P<text>\[[^\[\]]*\]|[^"<(,;:=\[\s]+|[=\[>])
    | (?P<space>\s+)
    """,
    re.X | re.S,
)
_ESCAPED: Final = re.compile(r"\\(.)", re.S)
_ROUTE: Final = re.compile(r"^@[^:]*:")
_WITHIN: Final = re.compile(r"^(.*)<([^<>\s]+@[^<>\s]+)>\s*$", re.S)


@dataclass(frozen=True, slots=True)
class Address:
    """Somebody: a name, an address (``local@domain``), or one of them."""

    name: str
    address: str


@dataclass(slots=True)
class _Mailbox:
    """What was read of an address so far."""

    words: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    angle: str | None = None
    joined: bool = False
    """The last word touches what comes next."""

    def add(self, word: str, quoted: bool = False) -> None:
        if self.joined and self.words and not quoted:
            self.words[-1] += word
        else:
            self.words.append(word)
        self.joined = True

    def address(self) -> Address | None:
        name = _plain(" ".join(self.words)).strip()
        if self.angle is not None:
            bare = _ROUTE.sub("", "".join(self.angle.split()))
            if not bare and "@" in name and " " not in name:
                return Address(name, name)
            return Address(name or _comment(self.comments), bare) if bare or name else None
        if not name:
            return None
        if within := _WITHIN.match(name):
            return Address(within[1].strip().strip('"'), within[2])
        if "@" in name:
            return Address(_comment(self.comments), name if '"' in name else "".join(name.split()))
        return Address(name, "" if " " in name else name)


def read_addresses(text: str) -> list[Address]:
    """Read a field's addresses; groups are flattened, and encoded words decoded."""
    found: list[Address] = []
    mailbox = _Mailbox()
    at = 0
    while at < len(text) and len(found) < MOST:
        token = _TOKEN.match(text, at)
        if token is None:
            at += 1
            continue
        at = token.end()
        kind = token.lastgroup
        if kind == "space":
            mailbox.joined = False
        elif kind == "open":
            comment, at = _read_comment(text, at)
            mailbox.comments.append(comment)
            mailbox.joined = False
        elif kind == "angle":
            if mailbox.angle is None or not mailbox.angle.strip():
                mailbox.angle = token["angle"]
        elif kind == "quoted":
            quoted = _ESCAPED.sub(r"\1", token["quoted"])
            mailbox.add(f'"{quoted}"' if text.startswith("@", at) else quoted, not text.startswith("@", at))
        elif kind == "mark":
            if token["mark"] == ":" and _opens_group(mailbox):
                mailbox = _Mailbox()
            elif token["mark"] == ":":
                mailbox.add(":")
            else:
                _finish(mailbox, found)
                mailbox = _Mailbox()
        else:
            mailbox.add(token[0])
    _finish(mailbox, found)
    return found


def _opens_group(mailbox: _Mailbox) -> bool:
    return mailbox.angle is None and not any("@" in word for word in mailbox.words)


def _finish(mailbox: _Mailbox, found: list[Address]) -> None:
    address = mailbox.address()
    if address is not None:
        found.append(address)


def _read_comment(text: str, at: int) -> tuple[str, int]:
    depth = 1
    begin = at
    while at < len(text):
        letter = text[at]
        if letter == "\\":
            at += 1
        elif letter == "(":
            depth += 1
        elif letter == ")":
            depth -= 1
            if not depth:
                return _ESCAPED.sub(r"\1", text[begin:at]), at + 1
        at += 1
    return text[begin:], at


def _comment(comments: list[str]) -> str:
    return _plain(" ".join(filter(None, comments))).strip()


def _plain(text: str) -> str:
    return text_of(text.encode("utf-8", "replace")) if "=?" in text or not text.isprintable() else text
