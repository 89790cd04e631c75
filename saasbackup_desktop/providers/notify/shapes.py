"""What is posted to a webhook: our own JSON, and what Slack and Teams take."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from saasbackup_desktop.providers.notify.forms import as_text
from saasbackup_desktop.providers.notify.letter import Block, Facts, Grid, Head, Letter, Para, Points


class Shape(StrEnum):
    """Whose form a webhook takes."""

    GENERIC = "generic"
    SLACK = "slack"
    TEAMS = "teams"


_SLACK_SECTION: Final = 2900
"""Characters of a section's text; Slack takes 3000."""
_SLACK_BLOCKS: Final = 45
"""Blocks of a message; Slack takes 50."""
_TEAMS_BYTES: Final = 20_000
"""Of all texts together; Teams takes 28 KB with everything around them."""
_MORE: Final = "…"


def payload(shape: Shape, letter: Letter, id: str, kind: str, made: int) -> bytes:
    """Make a webhook's body: UTF-8 JSON."""
    made_of: dict[Shape, Any] = {
        Shape.GENERIC: lambda: _generic(letter, id, kind, made),
        Shape.SLACK: lambda: _slack(letter),
        Shape.TEAMS: lambda: _teams(letter),
    }
    return json.dumps(made_of[shape](), ensure_ascii=False, separators=(",", ":")).encode()


def _generic(letter: Letter, id: str, kind: str, made: int) -> Mapping[str, Any]:
    return {
        "type": "saasbackup.notice",
        "version": 1,
        "id": id,
        "kind": kind,
        "time": datetime.fromtimestamp(made, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "subject": letter.subject,
        "is_failure": letter.is_bad,
        "text": as_text(letter),
        "facts": {name: value for block in letter.blocks if isinstance(block, Facts) for name, value in block.rows},
    }


def _slack(letter: Letter) -> Mapping[str, Any]:
    header = {"type": "header", "text": {"type": "plain_text", "text": letter.subject[:150], "emoji": False}}
    sections: list[str] = []
    for block in letter.blocks:
        for piece in _cut("\n".join(_marked(block)), _SLACK_SECTION):
            sections.append(piece)
    if len(sections) > _SLACK_BLOCKS:
        sections = [*sections[:_SLACK_BLOCKS], _MORE]
    return {
        "text": _slack_safe(letter.subject),
        "blocks": [header, *({"type": "section", "text": {"type": "mrkdwn", "text": one}} for one in sections)],
    }


def _marked(block: Block) -> Iterator[str]:
    match block:
        case Para(text):
            yield _slack_safe(text)
        case Head(text):
            yield f"*{_slack_safe(text)}*"
        case Facts(rows):
            yield from (f"{_slack_safe(name)}: *{_slack_safe(value)}*" for name, value in rows)
        case Points(rows):
            yield from (f"• {_slack_safe(point)}" for point in rows)
        case Grid(titles, rows):
            yield f"*{_slack_safe(' · '.join(titles))}*"
            yield from (_slack_safe(" · ".join(filter(None, line))) for line in rows)


def _slack_safe(text: str) -> str:
    """What Slack would read as marks, links or calls to everybody stands as it is."""
    quoted = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"\N{ZERO WIDTH SPACE}{c}" if c in "*_~`" else c for c in quoted)


def _cut(text: str, most: int) -> Iterator[str]:
    """Cut between lines, or within one that is too long alone."""
    piece = ""
    for line in text.split("\n"):
        whole = line if len(line) <= most else line[: most - 1] + _MORE
        if piece and len(piece) + 1 + len(whole) > most:
            yield piece
            piece = whole
        else:
            piece = f"{piece}\n{whole}" if piece else whole
    if piece:
        yield piece


def _teams(letter: Letter) -> Mapping[str, Any]:
    title = _teams_text(
        letter.subject, size="Large", weight="Bolder", color="Attention" if letter.is_bad else "Default"
    )
    body: list[Mapping[str, Any]] = [title]
    left = _TEAMS_BYTES
    for block in letter.blocks:
        for element in _elements(block):
            left -= len(json.dumps(element, ensure_ascii=False).encode())
            if left < 0:
                body.append(_teams_text(_MORE))
                break
            body.append(element)
        if left < 0:
            break
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": {"width": "Full"},
        "body": body,
    }
    return {
        "type": "message",
        "attachments": [
            {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
        ],
    }


def _elements(block: Block) -> Iterator[Mapping[str, Any]]:
    match block:
        case Para(text):
            yield _teams_text(text)
        case Head(text):
            yield _teams_text(text, weight="Bolder", spacing="Large")
        case Facts(rows):
            yield {"type": "FactSet", "facts": [{"title": name, "value": _teams_safe(value)} for name, value in rows]}
        case Points(rows):
            for point in rows:
                yield _teams_text(f"• {point}", spacing="Small")
        case Grid(titles, rows):
            yield _teams_text(" · ".join(titles), weight="Bolder", spacing="Small")
            for line in rows:
                yield _teams_text(" · ".join(filter(None, line)), spacing="Small")


def _teams_text(text: str, **style: str) -> Mapping[str, Any]:
    return {"type": "TextBlock", "text": _teams_safe(text), "wrap": True, **style}


def _teams_safe(text: str) -> str:
    """A card's text takes a little Markdown: names of people and folders must not become links or emphasis."""
    return "".join(f"\\{c}" if c in "\\*_[]`" else c for c in text)
