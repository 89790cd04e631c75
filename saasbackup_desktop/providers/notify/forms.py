"""Letters as plain text for 72 columns, and as modest HTML."""

import textwrap
from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from saasbackup_desktop.providers.notify.letter import Block, Facts, Grid, Head, Letter, Para, Points

WIDTH: Final = 72
_GAP: Final = "  "


def as_text(letter: Letter) -> str:
    """Write a letter as plain text that can be read at 72 columns."""
    return "\n\n".join("\n".join(_lines(block)) for block in letter.blocks) + "\n"


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Para(text):
            yield from _wrapped(text)
        case Head(text):
            yield from _wrapped(text)
            yield "-" * min(WIDTH, max((len(line) for line in _wrapped(text)), default=0))
        case Facts(rows):
            width = max((len(name) for name, _ in rows), default=0) + 1
            for name, value in rows:
                yield from _wrapped(value, f"{name + ':':<{width}}{_GAP}", " " * (width + len(_GAP)))
        case Points(rows):
            for point in rows:
                yield from _wrapped(point, "* ", "  ")
        case Grid(titles, rows):
            yield from _table(titles, rows)


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(line[n]) for line in (titles, *rows)) for n in range(len(titles))]
    if sum(widths) + len(_GAP) * (len(widths) - 1) <= WIDTH:
        yield _row(titles, widths)
        yield _GAP.join("-" * width for width in widths)
        for line in rows:
            yield _row(line, widths)
        return
    for number, line in enumerate(rows):  # too wide: one below the other
        if number:
            yield ""
        yield from _wrapped(line[0])
        for name, value in zip(titles[1:], line[1:], strict=True):
            if value:
                yield from _wrapped(value, f"  {name}: ", "    ")


def _row(values: Sequence[str], widths: Sequence[int]) -> str:
    return _GAP.join(f"{value:<{width}}" for value, width in zip(values, widths, strict=True)).rstrip()


def _wrapped(text: str, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [first.rstrip()]


_FONT: Final = "font-family:Segoe UI,Helvetica,Arial,sans-serif;font-size:15px;line-height:1.45"
_CELL: Final = "padding:4px 14px 4px 0;text-align:left;vertical-align:top;border-bottom:1px solid rgb(221,221,221)"
_NAME: Final = "padding:2px 14px 2px 0;text-align:left;vertical-align:top;font-weight:normal;white-space:nowrap"


def as_html(letter: Letter) -> str:
    """Write a letter as HTML: everything escaped, nothing from elsewhere, colours left to whoever reads."""
    body = "\n".join(_element(block) for block in letter.blocks)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(letter.subject)}</title></head>\n"
        f'<body style="margin:16px;{_FONT}"><div style="max-width:720px">\n{body}\n</div></body></html>\n'
    )


def _element(block: Block) -> str:
    match block:
        case Para(text):
            return f'<p style="margin:0 0 14px">{escape(text)}</p>'
        case Head(text):
            return f'<h2 style="margin:22px 0 8px;font-size:17px">{escape(text)}</h2>'
        case Facts(rows):
            lines = "".join(
                f'<tr><th scope="row" style="{_NAME}">{escape(name)}</th>'
                f'<td style="padding:2px 0"><strong>{escape(value)}</strong></td></tr>'
                for name, value in rows
            )
            return f'<table role="presentation" style="border-collapse:collapse;margin:0 0 14px">{lines}</table>'
        case Points(rows):
            lines = "".join(f'<li style="margin:0 0 4px">{escape(point)}</li>' for point in rows)
            return f'<ul style="margin:0 0 14px;padding-left:22px">{lines}</ul>'
        case Grid(titles, rows):
            head = "".join(f'<th scope="col" style="{_CELL}">{escape(one)}</th>' for one in titles)
            lines = "".join(
                "<tr>" + "".join(f'<td style="{_CELL}">{escape(one)}</td>' for one in line) + "</tr>" for line in rows
            )
            return f'<table style="border-collapse:collapse;margin:0 0 14px"><tr>{head}</tr>{lines}</table>'
