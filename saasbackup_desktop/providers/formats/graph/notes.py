"""Sticky notes of Outlook, as Graph tells of them: messages of a folder of their own."""

from dataclasses import replace
from typing import Final

from saasbackup_desktop.providers.formats.graph.card import Card, Label, only_said
from saasbackup_desktop.providers.formats.graph.plain import Plain, line, lines
from saasbackup_desktop.providers.formats.graph.values import files, moment, readable, section

_PREVIEW: Final = 255
"""Characters of a note's beginning that lists show."""


def card(plain: Plain) -> Card:
    """Read a note."""
    return Card(
        title=line(plain.get("subject")),
        lines=only_said(
            (Label.UPDATED, moment(plain.get("lastModifiedDateTime"))),
            (Label.CATEGORIES, lines(plain.get("categories"))),
        ),
        sections=section(Label.BODY, plain.get("body")),
        files=files(plain),
    )


def facets(plain: Plain) -> dict[str, str]:
    """What lists show of a note."""
    kept = section(Label.BODY, plain.get("body"))
    return {
        "updated": line(plain.get("lastModifiedDateTime")),
        "preview": shortened(readable(kept[0]) if kept else line(plain.get("bodyPreview"))),
        "categories": "\n".join(lines(plain.get("categories"))),
    }


def with_update(shown: Card, updated: str) -> Card:
    """Say when the note was changed last, where that is known beside it alone."""
    if not updated or any(one.label is Label.UPDATED for one in shown.lines):
        return shown
    return replace(shown, lines=(*only_said((Label.UPDATED, moment(updated))), *shown.lines))


def shortened(text: str) -> str:
    """The beginning of a text, on one line."""
    return line(text[: 4 * _PREVIEW])[:_PREVIEW]
