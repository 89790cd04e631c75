"""Cells of tables: texts that no spreadsheet takes for a formula, dates and times as everybody reads them."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, Final

from saasbackup_desktop.providers.formats.graph.plain import inner, line
from saasbackup_desktop.providers.formats.html_text import html_to_text
from saasbackup_desktop.providers.formats.zones import placed

LONGEST: Final = 32_000
"""Characters of a cell: spreadsheets hold 32,767."""
TEXT_CUT: Final = "text-cut"
"""A text is longer than a cell of a spreadsheet can be: the beginning was taken."""
MARK: Final = b"\xef\xbb\xbf"
"""Begins a table, so that Excel reads it as UTF-8."""

_SIGNS: Final = r"=+\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u207c\u207a\u207b\u208c\u208a\u208b\u2212"
"""What begins a formula, with its wide, small and raised forms: some spreadsheets take these for the same."""
_FILLERS: Final = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and symbols that are blank."""
_BEFORE: Final = rf"(?:[^\w\x21-\x7e{_SIGNS}]|[{_FILLERS}])*"
"""What may be invisible; whether it is, ``_is_unseen`` says."""
_FORMULA: Final = re.compile(rf"({_BEFORE})[{_SIGNS}]|[\t\r\n\x00]")
_SEPARATORS: Final = r";\u061b\t\n\x85\u2028\u2029"
_INNER: Final = re.compile(
    rf"[{_SEPARATORS}](?=((?:[^\w\x21-\x7e{_SIGNS}{_SEPARATORS}]|[{_FILLERS}\"])*)([{_SIGNS}][^\n]{{0,200}})(\n)?)"
)
"""Where a spreadsheet of another country ends a cell, whatever quotes are around it, and what may be a formula then."""
_HARMLESS: Final = re.compile(r"[+-]?[0-9](?:[0-9 .,/()-]*[0-9)])?")
"""Numbers and phone numbers: they name nothing that a formula could reach, and must stay as they are."""
_RULED: Final = re.compile(r"[-=+_*~#. ]*|-[^(!|{\[&\"]*")
"""Lines that divide, and those of a list: as formulas they reach nothing, and mail is full of them."""
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def row(cells: Iterable[str]) -> bytes:
    """Write a line of a table (RFC 4180), each cell in quotes."""
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerow([safe(cell) for cell in cells])
    return out.getvalue().encode("utf-8", "replace")


def safe(text: str) -> str:
    """Make a text that every spreadsheet takes for a text: an apostrophe before what would begin a formula."""
    text = _CONTROL.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    begun = _FORMULA.match(text)
    is_formula = begun is not None and _is_unseen(begun[1] or "") and not _HARMLESS.fullmatch(text)
    return "'" * is_formula + _INNER.sub(_marked, text)


def _marked(found: re.Match[str]) -> str:
    """The sign that would end a cell, and what makes a text of the next one."""
    before, begun, ended = found.groups()
    is_text = (
        not _is_unseen(before.replace('"', "")) or _HARMLESS.fullmatch(begun) or (ended and _RULED.fullmatch(begun))
    )
    return found[0] if is_text else f"{found[0]}'"


def _is_unseen(text: str) -> bool:
    return all(unicodedata.category(one)[0] in "CMZ" or one in _FILLERS for one in text)


def cut(text: str, losses: list[str]) -> str:
    """The beginning of a text, as much as a cell holds."""
    text = text.replace("\r\n", "\n").strip()
    if len(text) <= LONGEST:
        return text
    losses.append(TEXT_CUT)
    return text[:LONGEST]


def body_text(value: Any, losses: list[str]) -> str:
    """An ``itemBody`` of Graph's, or a plain text, as plain text."""
    if isinstance(value, str):
        return cut(value, losses)
    said = inner({"_": value}, "_")
    content = said.get("content")
    if not isinstance(content, str):
        return ""
    return cut(html_to_text(content) if line(said.get("contentType")).lower() == "html" else content, losses)


def day_and_time(value: Any, zone: str = "") -> tuple[str, str]:
    """A ``dateTimeTimeZone`` of Graph's as a day and a time, in a zone if it is known."""
    said = placed(value, zone) if isinstance(value, dict) else None
    return (said["dateTime"][:10], said["dateTime"][11:19]) if said else ("", "")


def joined(values: Sequence[str]) -> str:
    """Several values in one cell, as Outlook joins them."""
    return ";".join(values)


def truth(value: object) -> str:
    """Yes or no, as Outlook writes it."""
    return "True" if value is True else "False"
