"""A card as a page to look at: labels, values, and what strangers wrote, made safe. Nothing in it reaches outside."""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from saasbackup_desktop.app.words.cards import LABELS, value_words
from saasbackup_desktop.providers.formats.graph.card import Card, Line, Link, Section, Value
from saasbackup_desktop.providers.formats.preview import LONGEST_TEXT
from saasbackup_desktop.providers.formats.safe_html import escape_text, sanitise

_FLUSH: Final = "margin: 0; list-style-type: none; -qt-list-indent: 0"
"""Values below one another, in line with single ones."""
_WEB: Final = re.compile(r"https?://[^\s]+", re.I)


@dataclass(frozen=True, slots=True)
class Page:
    """The page, and what became of what was not let in."""

    html: str
    blocked: int
    """Remote pictures and the like that were taken out."""
    shown: frozenset[str]
    """Content ids of the pictures that are shown in it."""
    problems: tuple[str, ...]
    """Codes: ``malformed``, ``truncated``."""


def page_of(card: Card, pictures: Mapping[str, str], photo: str = "") -> Page:
    """Lay a card out. ``pictures``: ``data:`` addresses by content id; ``photo``: one, or nothing."""
    pieces: list[str] = []
    if photo:
        pieces.append(f'<p><img src="{photo}" alt="{html.escape(f"Photo of {card.title}")}" height="96"></p>')
    if card.lines:
        pieces.append(f'<table cellpadding="4">{"".join(map(_row, card.lines))}</table>')
    blocked = 0
    shown: set[str] = set()
    problems: dict[str, None] = {}
    for section in card.sections:
        if card.lines or len(card.sections) > 1:
            pieces.append(f"<h3>{html.escape(LABELS[section.label])}</h3>")
        if section.is_html:
            safe = sanitise(section.text, pictures)
            pieces.append(f"<div>{safe.html}</div>")
            blocked += safe.blocked
            shown |= safe.shown
            problems.update(dict.fromkeys(safe.problems))
        else:
            pieces.append(_plain(section, problems))
    return Page("\n".join(pieces), blocked, frozenset(shown), tuple(problems))


def _plain(section: Section, problems: dict[str, None]) -> str:
    if len(section.text) > LONGEST_TEXT:
        problems["truncated"] = None
    return escape_text(section.text[:LONGEST_TEXT].strip("\r\n"))


def _row(line: Line) -> str:
    said = "".join(_cell(line.values))
    label = html.escape(LABELS[line.label])
    return f'<tr><th scope="row" align="left" valign="top">{label}</th><td valign="top">{said}</td></tr>'


def _cell(values: tuple[Value, ...]) -> Iterator[str]:
    if len(values) == 1:
        yield _value(values[0])
        return
    yield f'<ul style="{_FLUSH}">'
    for value in values:
        yield f"<li>{_value(value)}</li>"
    yield "</ul>"


def _value(value: Value) -> str:
    """Escaped; only what is an address of the web, and is shown as one, leads anywhere."""
    if isinstance(value, Link) and _WEB.fullmatch(value.address):
        address = html.escape(value.address)
        link = f'<a href="{address}" rel="noopener noreferrer">{html.escape(value.text) or address}</a>'
        return f"{link} ({address})" if value.text else link
    return html.escape(value_words(value))
