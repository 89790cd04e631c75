"""A comparison as PDF, for paper and for whoever wants to sign it: names of all that differs, values side by side."""

import html
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any, Final

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

from saasbackup_desktop.app.entra.exporting.about import About
from saasbackup_desktop.app.reports.letters import BOLD, PLAIN, fonts, marked
from saasbackup_desktop.app.words.entra import comparison as words
from saasbackup_desktop.app.words.entra.kinds import kind_words, path_words, relation_words
from saasbackup_desktop.app.words.entra.values import value_words
from saasbackup_desktop.core.directory.difference import Change, ObjectDifference

MOST: Final = 2_000
"""Objects in one file: more are no reading."""
_MOST_LINES: Final = 60
"""Attributes and links of one object."""
_LONGEST: Final = 400
"""Characters of a value."""
_INK, _QUIET, _LINE, _BAND = HexColor(0x1F2328), HexColor(0x59636E), HexColor(0xD1D9E0), HexColor(0xF2F4F7)
_MARGIN: Final = 14 * mm
_WIDTH: Final = A4[0] - 2 * _MARGIN


class PdfFile:
    """Writes it; pages are laid out when all is known."""

    def __init__(self, out: IO[bytes]) -> None:
        fonts()
        self._out = out
        self._story: list[Any] = []
        self._kind = ""
        self._left = MOST
        self._about: About | None = None

    def begin(self, about: About) -> None:
        """Take up head, facts and counts."""
        self._about = about
        found = about.comparison
        heads = words.heads(about.tenant, about.directory, about.old, about.new, about.made, about.by)
        facts = [[Paragraph(marked(label), _LABEL), Paragraph(marked(said), _BODY)] for label, said in heads if said]
        self._story += [Paragraph(html.escape(words.TITLE), _TITLE), _table(facts, (30 * mm, _WIDTH - 30 * mm), head=0)]
        self._story.append(Spacer(1, 4 * mm))
        shown = min(about.total, MOST)
        for note in words.notes(found, about.total, shown, with_noise=about.with_noise, is_brief=True):
            self._story.append(Paragraph(marked(note), _NOTE))
        if not about.total:
            self._story.append(Paragraph(html.escape(words.NONE), _BODY))
        rows = [
            [_cell(kind_words(kind)), *(_cell(str(counts.get(code) or ""), _FIGURE) for code in words.COUNTED)]
            for kind, counts in found.counts.items()
            if any(counts.values())
        ]
        heading = [_cell(words.KIND, _HEAD), *(_cell(said, _HEAD_FIGURE) for said in words.COUNTED.values())]
        others = len(words.COUNTED)
        self._story.append(_table([heading, *rows], (_WIDTH * 0.4, *[_WIDTH * 0.6 / others] * others)))

    def add(self, some: Sequence[ObjectDifference], names: Mapping[str, str]) -> None:
        """Take up objects."""
        for one in some[: max(self._left, 0)]:
            if one.kind != self._kind:
                self._kind = one.kind
                self._story.append(Paragraph(html.escape(kind_words(one.kind)), _HEADING))
            self._story += _object(one, names)
        self._left -= len(some)

    def end(self) -> None:
        """Lay the pages out and write them."""
        about = self._about
        assert about is not None
        document = SimpleDocTemplate(
            self._out,
            pagesize=A4,
            leftMargin=_MARGIN,
            rightMargin=_MARGIN,
            topMargin=_MARGIN,
            bottomMargin=18 * mm,
            title=f"{words.TITLE}: {about.tenant}",
            author=about.by,
            creator=about.program,
            lang="en",
            invariant=1,
        )

        def foot(canvas: Canvas, _: Any) -> None:
            canvas.saveState()
            canvas.setFont(PLAIN, 7.5)
            canvas.setFillColor(_QUIET)
            canvas.drawString(_MARGIN, 10 * mm, f"{words.TITLE}, {words.moment(about.made)}")
            canvas.drawRightString(A4[0] - _MARGIN, 10 * mm, f"Page {canvas.getPageNumber()}")
            canvas.restoreState()

        document.build(self._story, onFirstPage=foot, onLaterPages=foot)


def _object(one: ObjectDifference, names: Mapping[str, str]) -> Iterator[Any]:
    said = words.object_words(one.change, len(one.attributes), len(one.links))
    name = f'<font name="{BOLD}">{marked(_short(one.name or one.id))}</font>'
    yield Paragraph(f"{name}<br/>{html.escape(said)} · {marked(one.id)}", _NAME)
    if one.change is not Change.CHANGED:
        return
    rows = list(_rows(one, names))
    heading = [_cell(said, _HEAD) for said in (words.ATTRIBUTE, words.BEFORE, words.AFTER)]
    yield _table([heading, *rows[:_MOST_LINES]], (_WIDTH * 0.28, _WIDTH * 0.36, _WIDTH * 0.36))
    if len(rows) > _MOST_LINES:
        yield Paragraph(html.escape(words.more(len(rows) - _MOST_LINES)), _NOTE)


def _rows(one: ObjectDifference, names: Mapping[str, str]) -> Iterator[list[Any]]:
    for change in one.attributes:
        values = (_cell(_short(value_words(value, names, change.path))) for value in (change.old, change.new))
        yield [_cell(path_words(change.path)), *values]
    for link in one.links:
        other = link.link
        said = _cell(
            _short(
                words.link_words(
                    names.get(other.id, other.name), other.id, other.kind, names.get(other.detail, other.detail)
                )
            )
        )
        sides = (said, "") if link.change is Change.REMOVED else ("", said)
        yield [_cell(relation_words(other.relation)), *sides]


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _cell(text: str, style: ParagraphStyle | None = None) -> Paragraph:
    return Paragraph(marked(text).replace("\n", "<br/>"), style or _CELL)


def _table(rows: Sequence[Sequence[Any]], widths: Sequence[float], head: int = 1) -> LongTable:
    made = LongTable(rows, colWidths=widths, repeatRows=head, hAlign="LEFT")
    marks: list[Any] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, _LINE),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ]
    if head:
        marks.append(("BACKGROUND", (0, 0), (-1, 0), _BAND))
    made.setStyle(TableStyle(marks))
    return made


def _style(name: str, size: float, font: str = PLAIN, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(
        name, fontName=font, fontSize=size, leading=size * 1.3, **{"textColor": _INK, "splitLongWords": 1, **more}
    )


_TITLE = _style("title", 18, BOLD, spaceAfter=3 * mm)
_HEADING = _style("heading", 12, BOLD, spaceBefore=6 * mm, spaceAfter=1 * mm, keepWithNext=1)
_NAME = _style("name", 8.5, spaceBefore=3 * mm, spaceAfter=1 * mm, keepWithNext=1)
_BODY = _style("body", 8.5)
_NOTE = _style("note", 8.5, textColor=_QUIET, spaceAfter=2 * mm)
_LABEL = _style("label", 8.5, textColor=_QUIET)
_CELL = _style("cell", 7.5)
_FIGURE = _style("figure", 7.5, alignment=2)
_HEAD = _style("head", 7.5, BOLD)
_HEAD_FIGURE = _style("head-figure", 7.5, BOLD, alignment=2)
