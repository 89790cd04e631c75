"""Lists of accounts that people bring along: CSV with one column, ``Account Email``."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from saasbackup_desktop.core.activation import Candidate

COLUMN: Final = "Account Email"
_ADDRESS: Final = re.compile(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+")
_LONGEST: Final = 320
"""Of an address: 64 before the sign, 255 after it (RFC 5321, 4.5.3.1)."""
_SHOWN: Final = 80


class Wrong(StrEnum):
    """What is wrong with a line."""

    EMPTY = "empty"
    """There is nothing in the file."""
    NO_HEADER = "no-header"
    MORE_COLUMNS = "more-columns"
    NOT_AN_ADDRESS = "not-an-address"
    TWICE = "twice"
    QUOTES = "quotes"
    """Quotation marks that do not close, or text after one that does; nothing below can be read."""
    NOT_TEXT = "not-text"
    """Neither UTF-8 nor UTF-16."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A line that is not taken. Lines count from 1, as editors show them."""

    line: int
    wrong: Wrong
    text: str = ""
    """What stands there, shortened."""
    first: int = 0
    """The line that has it already."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An address, and the line that it begins in."""

    address: str
    line: int


@dataclass(frozen=True, slots=True)
class AccountList:
    """What a file says, and what is wrong with it."""

    entries: Sequence[Entry]
    mistakes: Sequence[Mistake]


@dataclass(frozen=True, slots=True)
class Recognized:
    """A list held against the accounts that were found."""

    ids: frozenset[str]
    unknown: Sequence[Entry]


def read_list(data: bytes) -> AccountList:
    """Read a list; every line that can be read is, and every mistake is told with its line."""
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        return AccountList((), (Mistake(data[: error.start].count(b"\n") + 1, Wrong.NOT_TEXT),))
    rows, mistakes = _rows(text)
    if not rows:
        return AccountList((), mistakes or (Mistake(1, Wrong.EMPTY),))
    (header_line, header), *rest = rows
    if len(header) > 1:
        return AccountList((), (Mistake(header_line, Wrong.MORE_COLUMNS, _short(",".join(header))),))
    if header[0].strip().casefold() != COLUMN.casefold():
        return AccountList((), (Mistake(header_line, Wrong.NO_HEADER, _short(header[0])),))
    entries: dict[str, Entry] = {}
    found: list[Mistake] = []
    for line, cells in rest:
        address = cells[0].strip()
        first = entries.get(address.casefold())
        if any(cell.strip() for cell in cells[1:]):
            found.append(Mistake(line, Wrong.MORE_COLUMNS, _short(",".join(cells))))
        elif len(address) > _LONGEST or not _ADDRESS.fullmatch(address):
            found.append(Mistake(line, Wrong.NOT_AN_ADDRESS, _short(address)))
        elif first is not None:
            found.append(Mistake(line, Wrong.TWICE, _short(address), first.line))
        else:
            entries[address.casefold()] = Entry(address, line)
    return AccountList(tuple(entries.values()), (*found, *mistakes))


def recognize(entries: Iterable[Entry], accounts: Iterable[Candidate]) -> Recognized:
    """Find the accounts that addresses belong to: by their first address before any alias."""
    first: dict[str, str] = {}
    further: dict[str, str] = {}
    for account in accounts:
        first.setdefault(account.address.casefold(), account.id)
        for alias in account.aliases:
            further.setdefault(alias.casefold(), account.id)
    ids: set[str] = set()
    unknown = []
    for entry in entries:
        address = entry.address.casefold()
        id = first.get(address) or further.get(address)
        if id is None:
            unknown.append(entry)
        else:
            ids.add(id)
    return Recognized(frozenset(ids), tuple(unknown))


def _rows(text: str) -> tuple[list[tuple[int, list[str]]], tuple[Mistake, ...]]:
    """Rows that are not blank, with the line that each begins in."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows = []
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error:
        return rows, (Mistake(line, Wrong.QUOTES),)
    return rows, ()


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
