"""A report as PDF: letters of all Europe embedded, tables that go over pages, numbers on each page."""

import html
from collections.abc import Sequence
from io import BytesIO
from typing import Any, Final

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

from saasbackup_desktop.app.reports.letters import BOLD, PLAIN, fonts, marked
from saasbackup_desktop.app.reports.views import Report, Table
from saasbackup_desktop.app.words import reports as words

_INK, _QUIET, _LINE, _BAND = HexColor(0x1F2328), HexColor(0x59636E), HexColor(0xD1D9E0), HexColor(0xF2F4F7)
_MARGIN: Final = 14 * mm
_WORD, _LINE_OF_WORDS, _PADDING = 70.0, 170.0, 7.0
"""Points that a word and a line may ask for, and that are left beside them."""
_LOOKED_AT: Final = 500
"""Rows by which widths are chosen."""


def to_pdf(report: Report, fingerprint: str = "") -> bytes:
    """Write a report; ``fingerprint``: of the key that it will be sealed with. Equal reports give equal bytes."""
    fonts()
    out = BytesIO()
    widest = max((len(table.columns) for table in report.tables), default=0)
    size = landscape(A4) if widest > 7 else A4
    name = words.title(report)
    document = SimpleDocTemplate(
        out,
        pagesize=size,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=18 * mm,
        title=name,
        author=report.by,
        subject=words.LEADS[report.kind],
        creator=report.program,
        lang="en",
        invariant=1,
    )
    story: list[Any] = [
        Paragraph(name, _TITLE),
        Paragraph(html.escape(words.LEADS[report.kind]), _LEAD),
        _facts([("Made", words.moment(report.made)), *_span(report), ("By", report.by), ("Vault", report.vault)]),
        Spacer(1, 5 * mm),
    ]
    if report.facts:
        shown = [(words.head(code).label, words.cell(code, value)) for code, value in report.facts]
        story += [_facts([(label, value) for label, value in shown if value]), Spacer(1, 6 * mm)]
    for table in report.tables:
        story += [Paragraph(html.escape(words.table_title(table)), _HEADING), _table(table, size[0] - 2 * _MARGIN)]
        story += [Spacer(1, 6 * mm)]
    if fingerprint:
        story += [Paragraph("Seal", _HEADING), *(Paragraph(marked(line), _SMALL) for line in _seal(fingerprint))]

    def foot(canvas: Canvas, _: Any) -> None:
        canvas.saveState()
        canvas.setFont(PLAIN, 7.5)
        canvas.setFillColor(_QUIET)
        canvas.drawString(_MARGIN, 10 * mm, f"{name}, {words.moment(report.made)}")
        canvas.drawRightString(size[0] - _MARGIN, 10 * mm, f"Page {canvas.getPageNumber()}")
        canvas.restoreState()

    document.build(story, onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _span(report: Report) -> list[tuple[str, str]]:
    said = []
    if report.since is not None:
        said.append(("From", words.moment(report.since)))
    if report.until is not None:
        said.append(("Until", words.moment(report.until)))
    return said


def _seal(fingerprint: str) -> Sequence[str]:
    return (
        "This file ends with a seal: a signature of everything in it by the vault's key. "
        "“saasbackup report verify FILE” tells whether anything was changed since, and by which key it was sealed. "
        "The vault's own page and “saasbackup vault info” show the key's fingerprint:",
        words.grouped(fingerprint),
    )


def _facts(lines: Sequence[tuple[str, str]]) -> LongTable:
    rows = [[Paragraph(marked(label), _LABEL), Paragraph(marked(value), _CELL)] for label, value in lines if value]
    made = LongTable(rows or [["", ""]], colWidths=(48 * mm, None), hAlign="LEFT")
    made.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("TOPPADDING", (0, 0), (-1, -1), 1)]))
    return made


def _table(table: Table, width: float) -> LongTable:
    heads = [words.head(code).label for code in table.columns]
    lines = [[words.cell(code, value) for code, value in zip(table.columns, row, strict=True)] for row in table.rows]
    rows = [[Paragraph(marked(head), _HEAD) for head in heads]]
    for line, row in zip(lines, table.rows, strict=True):
        rows.append(
            [
                Paragraph(marked(said), _FIGURE if isinstance(value, int) else _CELL)
                for said, value in zip(line, row, strict=True)
            ]
        )
    if not table.rows:
        rows.append([Paragraph("None" if place == 0 else "", _CELL) for place in range(len(heads))])
    made = LongTable(rows, colWidths=_widths(heads, lines, width), repeatRows=1)
    made.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("BACKGROUND", (0, 0), (-1, 0), _BAND),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, _LINE),
                ("LEFTPADDING", (0, 0), (-1, -1), 3),
                ("RIGHTPADDING", (0, 0), (-1, -1), 3),
            ]
        )
    )
    return made


def _widths(heads: Sequence[str], lines: Sequence[Sequence[str]], width: float) -> list[float]:
    """Give each column what its longest word needs, and share the rest by what their longest lines need."""
    least, wanted = [], []
    for place, head in enumerate(heads):
        said = [line[place] for line in lines[:_LOOKED_AT]]
        word = max((_long(word, _HEAD) for word in head.split()), default=0.0)
        other = max((_long(word, _CELL) for text in said for word in text.split()), default=0.0)
        least.append(max(word, min(other, _WORD)) + _PADDING)
        whole = max((_long(text, _CELL) for text in said), default=0.0)
        wanted.append(max(least[-1], min(max(whole, _long(head, _HEAD)), _LINE_OF_WORDS) + _PADDING))
    rest = width - sum(least)
    more = sum(wanted) - sum(least)
    if rest <= 0 or more <= 0:
        return [width * one / sum(least) for one in least]
    return [one + (want - one) * rest / more for one, want in zip(least, wanted, strict=True)]


def _long(text: str, style: ParagraphStyle) -> float:
    return float(pdfmetrics.stringWidth(text, style.fontName, style.fontSize))


def _style(name: str, size: float, font: str = PLAIN, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(name, fontName=font, fontSize=size, leading=size * 1.3, textColor=_INK, **more)


_TITLE = _style("title", 18, BOLD, spaceAfter=2 * mm)
_HEADING = _style("heading", 11.5, BOLD, spaceAfter=2 * mm, spaceBefore=2 * mm)
_LEAD = ParagraphStyle("lead", parent=_style("body", 9.5), textColor=_QUIET, spaceAfter=4 * mm)
_LABEL = ParagraphStyle("label", parent=_style("body", 8.5), textColor=_QUIET)
_CELL = _style("cell", 7.5, splitLongWords=1)
_FIGURE = ParagraphStyle("figure", parent=_CELL, alignment=2)
_HEAD = _style("head", 7.5, BOLD)
_SMALL = _style("small", 8.5)
