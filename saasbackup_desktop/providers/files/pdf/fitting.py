"""Texts made to fit on paper, and a look at whether they do: what lies beside the paper is not printed."""

import math
import re
from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QSizeF, QUrl
from PySide6.QtGui import (
    QImage,
    QTextBlock,
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)

_TRIES: Final = 3
_NEAR: Final = 1.0
"""Pixels of the layout that are none."""
_SPACE: Final = 48.0
"""Pixels above and below of a block whose sizes are tight."""
_NARROW: Final = 12
"""Letters of a line."""
_FEW: Final = 2
_WORD: Final = re.compile(r"[A-Za-z0-9]{2}")
_DEEPEST: Final = 4
"""Lists within one another that are set further in, where sizes are tight."""


def fit_width(document: QTextDocument, paper: QSizeF, smallest: float) -> float | None:
    """Lay the text out for the paper; what is wider is laid out for a wider one.

    Says how much smaller it then is; None if it had to be smaller than ``smallest``, or does not fit at all.
    """
    shrunk = 1.0
    for _ in range(_TRIES):
        document.setPageSize(QSizeF(paper.width() / shrunk, paper.height() / shrunk))
        wanted = document.documentLayout().documentSize().width()
        if wanted <= document.pageSize().width() + _NEAR:
            return shrunk if _is_whole(document) else None
        shrunk = paper.width() / wanted
        if shrunk < smallest:
            return None
    return None


def tighten(document: QTextDocument, paper: QSizeF) -> None:
    """Take from all paragraphs what makes them wide: margins within margins, indents, lines that do not wrap."""
    lists = {found.objectIndex(): found for block in _blocks(document) if (found := block.textList()) is not None}
    for one in lists.values():
        form = one.format()
        form.setIndent(min(form.indent(), _DEEPEST))
        one.setFormat(form)
    for block in _blocks(document):
        cursor = QTextCursor(block)
        cursor.setBlockFormat(_tightened(block.blockFormat(), paper.width()))


def _tightened(form: QTextBlockFormat, width: float) -> QTextBlockFormat:
    left = min(max(form.leftMargin(), 0.0), width / 4)
    form.setLeftMargin(left)
    form.setRightMargin(min(max(form.rightMargin(), 0.0), width / 8))
    form.setTopMargin(min(max(form.topMargin(), 0.0), _SPACE))
    form.setBottomMargin(min(max(form.bottomMargin(), 0.0), _SPACE))
    form.setTextIndent(min(max(form.textIndent(), -left), width / 8))
    form.setIndent(min(form.indent(), _DEEPEST))
    form.setNonBreakableLines(False)
    return form


def fit_pictures(document: QTextDocument, paper: QSizeF) -> None:
    """Make pictures smaller that are larger than the paper.

    What has one of two sizes, and no picture, gets the other one: it is endless for Qt, and so is what it stands in.
    """
    found: list[tuple[int, float, float]] = []
    for block in _blocks(document):
        fragments = block.begin()
        while not fragments.atEnd():
            fragment = fragments.fragment()
            shown = fragment.charFormat().toImageFormat()
            if shown.isValid():
                width, height = shown.width(), shown.height()
                is_sized = True
                if not (width and height):
                    image = document.resource(QTextDocument.ResourceType.ImageResource.value, QUrl(shown.name()))
                    natural = image.size() if isinstance(image, QImage) else QImage().size()
                    ratio = natural.height() / natural.width() if natural.width() > 0 else 1.0
                    is_sized = not natural.isEmpty() or not (width or height)
                    width, height = _completed(width, height, float(natural.width()), ratio)
                scale = min(1.0, paper.width() / max(width, 1.0), paper.height() / max(height, 1.0))
                if scale < 1.0 or not is_sized:
                    found.append((fragment.position(), width * scale, height * scale))
            fragments += 1
    for position, width, height in found:
        cursor = QTextCursor(document)
        cursor.setPosition(position)
        cursor.setPosition(position + 1, QTextCursor.MoveMode.KeepAnchor)
        smaller = cursor.charFormat().toImageFormat()
        smaller.setWidth(width)
        smaller.setHeight(height)
        smaller.clearProperty(QTextFormat.Property.ImageMaxWidth.value)
        cursor.setCharFormat(smaller)


def _completed(width: float, height: float, natural: float, ratio: float) -> tuple[float, float]:
    if width:
        return width, width * ratio
    if height:
        return (height / ratio if ratio else height), height
    return natural, natural * ratio


def _is_whole(document: QTextDocument) -> bool:
    """Does each line lie on the paper, and is none higher than a page?"""
    size, layout = document.pageSize(), document.documentLayout()
    right, deepest = size.width() + _NEAR, size.height() * document.pageCount() + _NEAR
    for block in _blocks(document):
        if not block.isVisible():
            continue
        lines = block.layout()
        place = layout.blockBoundingRect(block).topLeft()
        for number in range(lines.lineCount()):
            line = lines.lineAt(number)
            width, height = line.naturalTextWidth(), line.height()
            if not width:
                continue
            shown = line.naturalTextRect().translated(place)
            inside = shown.left() >= -_NEAR and shown.right() <= right and -_NEAR <= shown.top() <= deepest
            if not inside or height > size.height() + _NEAR or not math.isfinite(shown.top()):
                return False
    return True


def breaks_words(document: QTextDocument) -> bool:
    """Is there a column so narrow that the words in it are broken?"""
    for block in _blocks(document):
        lines = block.layout()
        if lines.lineCount() < _FEW:
            continue
        text = block.text()
        for number in range(lines.lineCount() - 1):
            line = lines.lineAt(number)
            end = line.textStart() + line.textLength()
            if line.textLength() < _NARROW and _WORD.match(text, end - 1):
                return True
    return False


def _blocks(document: QTextDocument) -> Iterator[QTextBlock]:
    block: QTextBlock = document.begin()
    while block.isValid():
        yield block
        block = block.next()
