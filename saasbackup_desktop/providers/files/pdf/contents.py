"""The table of contents of a document that holds a folder."""

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from saasbackup_desktop.providers.files.pdf.wording import Wording
from saasbackup_desktop.providers.formats.safe_html import escape_text

_TITLE: Final = 200
_SENDER: Final = 60
"""Letters that are shown."""
_TOGETHER: Final = 100
"""Rows of a table: longer ones take long to be set."""
_WIDTHS: Final = (8, 22, 24, 46)
"""Of the columns, in hundredths."""


@dataclass(frozen=True, slots=True)
class Row:
    """An item in the table."""

    page: int
    """Where it begins, counted from 0 behind the table."""
    moment: str
    sender: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What the table says."""

    title: str
    summary: str
    rows: Sequence[Row]
    words: Wording

    def page(self, first: int) -> str:
        """As HTML; ``first`` is the number of the page behind the table."""
        return "\n".join(
            (f"<h2>{html.escape(self.title)}</h2>", f"<p>{html.escape(self.summary)}</p>", *self._rows(first))
        )

    def plain_page(self, first: int) -> str:
        """As HTML without form."""
        lines = (f"{first + row.page}  {row.moment}  {row.title}" for row in self.rows)
        return escape_text("\n".join((self.title, self.summary, *lines)))

    def _rows(self, first: int) -> Iterator[str]:
        words = self.words
        for start in range(0, len(self.rows), _TOGETHER):
            yield '<table width="100%" cellpadding="2" cellspacing="0">'
            if not start:
                yield _line(
                    *(
                        f"<b>{html.escape(one)}</b>"
                        for one in (words.page_column, words.date, words.sender, words.subject)
                    )
                )
            for row in self.rows[start : start + _TOGETHER]:
                link = f'<a href="#p{row.page}">%s</a>'
                yield _line(
                    link % (first + row.page),
                    html.escape(row.moment),
                    html.escape(_cut(_name(row.sender), _SENDER)),
                    link % html.escape(_cut(row.title, _TITLE)),
                )
            yield "</table>"


def _line(*cells: str) -> str:
    made = (
        f'<td width="{width}%" valign="top" style="font-size: 8pt">{cell}</td>'
        for width, cell in zip(_WIDTHS, cells, strict=True)
    )
    return f"<tr>{''.join(made)}</tr>"


def _name(sender: str) -> str:
    """A name says more than an address, if there is one."""
    return sender.partition("<")[0].strip(' "') or sender


def _cut(said: str, most: int) -> str:
    return said if len(said) <= most else said[: most - 1] + "…"
