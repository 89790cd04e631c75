"""The process that prints: pages come in, PDF files come out. Nothing of a page is loaded from anywhere.

It is a program of its own, because only Qt sets all scripts, and because a page of a stranger's may take all the time
and memory there is: then this process ends, and nothing else.
"""

import base64
import binascii
import html as entities
import os
import re
import signal
import sys
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, Final

from PySide6.QtCore import QMarginsF, QRectF, QSizeF, Qt, QUrl, qInstallMessageHandler
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFont,
    QFontDatabase,
    QGuiApplication,
    QImage,
    QImageReader,
    QPageLayout,
    QPageSize,
    QPainter,
    QPalette,
    QPdfWriter,
    QTextDocument,
    QTextLayout,
    QTextOption,
)

from saasbackup_desktop.providers.files.pdf import fitting, taming
from saasbackup_desktop.providers.files.pdf.frames import read_frame, write_frame
from saasbackup_desktop.providers.formats.pictures import LARGEST_PICTURE, media_type

MEMORY: Final = 768 << 20
"""Bytes that this process may take, where the system lets us say so."""
_PICTURES: Final = 128
"""MiB that a single picture may take once it is unpacked."""
_RESOLUTION: Final = 600
_MARGIN: Final = 18.0
"""Millimetres around the text."""
_FOOTER: Final = 26.0
"""Pixels of the layout that the line below each page takes."""
_FOOTER_LETTERS: Final = 10
_WAYS: Final = ((taming.AS_IT_IS, 0.4), (taming.TIGHT, 0.25))
"""How a page is laid out until all of it is on the paper, and to what part of its size it may be made smaller."""
_ANYWHERE: Final = QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere
_LETTERS: Final = 2_000
"""Different letters of a page that are looked for in the fonts."""
_FONT: Final = 10
_COLOURED: Final = re.compile(r"\s*(?:background|background-color|color|border-color)\s*:", re.I)
_BORDER: Final = re.compile(r"\s*border(?:-left|-right|-top|-bottom)?\s*:", re.I)
_FUNCTION: Final = re.compile(r"\s*rgba?\(\s*\d{1,3}\s*(?:,\s*[\d.]{1,5}%?\s*){2,3}\)\s*", re.I)
_ADDRESS: Final = re.compile(r"\s*(?:https?|mailto):", re.I)
_BREAKS_OUT: Final = re.compile(r"[()\\\x00-\x20\x7f]")
_PLACE: Final = re.compile(r"#[a-z]?[0-9]+")
"""A place in a table of contents."""
_STYLE: Final = "a { color: #0b57d0; } blockquote { color: #444444; }"


class Document(QTextDocument):
    """A text whose only resources are pictures of its own, as ``data:`` addresses."""

    lacks_pictures = False
    """A picture could not be read, or is too large."""

    def loadResource(self, kind: int, name: QUrl | str) -> Any:  # noqa: N802
        """Decode a picture; everything else, files of this computer included, is nothing."""
        url = name if isinstance(name, QUrl) else QUrl(name)
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return ""
        if url.scheme() != "data":
            return QImage()
        image = _picture(url.toString())
        self.lacks_pictures |= image.isNull()
        return image


def main() -> int:
    """Print what is asked for until nobody asks any more; the exit code."""
    _limit_memory()
    source, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries say is no answer
    qInstallMessageHandler(lambda *_said: None)
    application = QGuiApplication(["printing"])
    if "DejaVu Sans" not in QFontDatabase.families():
        _take_own_fonts()
    application.setFont(_font())
    QImageReader.setAllocationLimit(_PICTURES)
    _serve(source, answers)
    return 0


def _serve(source: BinaryIO, answers: BinaryIO) -> None:
    write_frame(answers, {"ready": True})
    while (asked := read_frame(source)) is not None:
        if sys.platform != "win32":
            signal.alarm(int(asked["seconds"]) + 5)  # also where whoever asked is gone
        write_frame(answers, _answer(asked))
        if sys.platform != "win32":
            signal.alarm(0)


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    if "lines" in asked:
        return print_lines(asked["lines"], asked["target"])
    return print_page(**{name: asked[name] for name in ("html", "title", "footer", "room", "target")})


def _limit_memory() -> None:
    """Let the system end this process before it takes what others need."""
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if hard == resource.RLIM_INFINITY or hard > MEMORY:
            resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, hard))


def _take_own_fonts() -> None:
    """Some servers have no fonts at all: the program's own have the letters of Europe."""
    package = Path(__file__).resolve().parents[3]
    for resources in (package / "resources", package.parent / "resources"):
        for file in sorted((resources / "fonts").glob("*.ttf")):
            QFontDatabase.addApplicationFont(str(file))


def _font() -> QFont:
    """What most systems have first; what a letter lacks there comes from any other font."""
    return QFont(_made_font())


@cache
def _made_font() -> QFont:
    font = QFont()
    font.setFamilies(["Segoe UI", "Helvetica Neue", "Noto Sans", "DejaVu Sans", "Arial"])
    font.setPointSize(_FONT)
    font.setStyleHint(QFont.StyleHint.SansSerif)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)  # it is for screens, and takes time
    for ligatures in ("liga", "clig"):  # words are looked for in documents, and copied out of them
        font.setFeature(QFont.Tag(ligatures), 0)
    return font


def print_page(html: str, title: str, footer: str, room: str, target: str) -> dict[str, Any]:
    """Print HTML into a file; says how many pages it has, and whether letters or pictures are missing.

    Below each page stand its title, and ``footer``; ``room`` is a text that finds room beside the title later.
    Prints nothing, and says so, if there is no way to have all of it on the paper.
    """
    writer, device, paper = _opened(target, title)
    fitted = _fitted(html, paper)
    if fitted is None:
        return {"unfit": True}
    document, shrunk = fitted
    pages = document.pageCount()
    painter = QPainter()
    if not painter.begin(writer):
        return {"failed": True}
    painter.scale(device, device)
    for page in range(pages):
        if page:
            writer.newPage()
        _draw_page(painter, document, page, shrunk)
        said = footer.replace("{page}", str(page + 1)).replace("{pages}", str(pages))
        _draw_footer(painter, paper, title, said, room)
    painter.end()
    return {
        "pages": pages,
        "missing": _lacks_letters(document.toPlainText() + title),
        "unseen": document.lacks_pictures,
    }


def print_lines(lines: list[str], target: str) -> dict[str, Any]:
    """Print pages with nothing on them but a line each, where footers stand."""
    writer, device, paper = _opened(target, "")
    painter = QPainter()
    if not painter.begin(writer):
        return {"failed": True}
    painter.scale(device, device)
    for number, line in enumerate(lines):
        if number:
            writer.newPage()
        _draw_footer(painter, paper, "", line)
    painter.end()
    return {"pages": len(lines), "missing": False, "unseen": False}


def _opened(target: str, title: str) -> tuple[QPdfWriter, float, QSizeF]:
    """A file to print into, what it has of pixels for each of the layout's, and the paper's size in the layout's."""
    writer = QPdfWriter(target)
    writer.setResolution(_RESOLUTION)
    writer.setTitle(title)
    writer.setCreator("SaaSBackup Desktop")
    margins = QMarginsF(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter
        )
    )
    device = _RESOLUTION / _dots()
    return writer, device, QSizeF(writer.width() / device, writer.height() / device - _FOOTER)


def _fitted(html: str, paper: QSizeF) -> tuple[Document, float] | None:
    """Lay a page out so that all of it is on the paper, if possible without broken words; None if there is no way."""
    found: tuple[Document, float] | None = None
    for sizes, smallest in _WAYS:
        document = _laid_out(html, sizes)
        if sizes.is_tight:
            fitting.tighten(document, paper)
        fitting.fit_pictures(document, paper)
        shrunk = fitting.fit_width(document, paper, smallest)
        if shrunk is None:
            continue
        if not fitting.breaks_words(document):
            return document, shrunk
        _wrap(document, QTextOption.WrapMode.WordWrap)
        smaller = fitting.fit_width(document, paper, smallest)
        if smaller is not None:
            return document, smaller
        _wrap(document, _ANYWHERE)
        again = fitting.fit_width(document, paper, smallest)
        found = found if again is None or found is not None else (document, again)
    return found


def _wrap(document: Document, mode: QTextOption.WrapMode) -> None:
    option = document.defaultTextOption()
    option.setWrapMode(mode)
    document.setDefaultTextOption(option)


def _dots() -> float:
    """Pixels of the layout to an inch."""
    screen = QGuiApplication.primaryScreen()
    return screen.logicalDotsPerInchY() if screen is not None else 96.0


def _laid_out(html: str, sizes: taming.Sizes) -> Document:
    document = Document()
    document.setUndoRedoEnabled(False)
    document.setDefaultFont(_font())
    document.setDocumentMargin(0)
    document.setUseDesignMetrics(True)
    document.setDefaultStyleSheet(_STYLE)
    _wrap(document, _ANYWHERE)
    document.setHtml(taming.rewritten(html, _known_colours, _safe_links, sizes.judge))
    return document


def _known_colours(_element: str, name: str, value: str) -> str | None:
    """Qt paints with colours that are none, and writes what no reader of PDF files takes."""
    if name in ("bgcolor", "color"):
        return value if QColor.isValidColorName(value) else None
    if name != "style":
        return value
    return ";".join(_coloured(one) for one in value.split(";") if _has_colour(one))


def _safe_links(element: str, name: str, value: str) -> str | None:
    """Qt writes addresses as they are into what readers of PDF files carry out: a parenthesis would end them there."""
    if name != "href":
        return value
    address = entities.unescape(value)
    if element != "a" or not (_ADDRESS.match(address) or _PLACE.fullmatch(address)):
        return None
    return entities.escape(_BREAKS_OUT.sub(lambda found: f"%{ord(found[0]):02X}", address.strip()))


def _has_colour(declaration: str) -> bool:
    return not _COLOURED.match(declaration) or _is_colour(declaration.partition(":")[2])


def _coloured(declaration: str) -> str:
    """A border has the colour that it names; without one, Qt writes none, and no reader takes that."""
    if not _BORDER.match(declaration):
        return declaration
    known = "rgb" in declaration or any(map(_is_colour, declaration.partition(":")[2].split()))
    return declaration if known else f"{declaration} #000000"


def _is_colour(said: str) -> bool:
    return bool(_FUNCTION.fullmatch(said)) or QColor.isValidColorName(said.strip())


def _draw_page(painter: QPainter, document: Document, page: int, shrunk: float) -> None:
    size = document.pageSize()
    window = QRectF(0, page * size.height(), size.width(), size.height())
    painter.save()
    painter.scale(shrunk, shrunk)
    painter.translate(0, -window.top())
    painter.setClipRect(window)
    context = QAbstractTextDocumentLayout.PaintContext()
    context.clip = window
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Text, Qt.GlobalColor.black)
    context.palette = palette
    document.documentLayout().draw(painter, context)
    painter.restore()


def _draw_footer(painter: QPainter, paper: QSizeF, title: str, said: str, later: str = "") -> None:
    font = _font()
    font.setPixelSize(_FOOTER_LETTERS)
    painter.save()
    painter.setFont(font)
    painter.setPen(Qt.GlobalColor.darkGray)
    line = QRectF(0, paper.height() + _FOOTER * 0.35, paper.width(), _FOOTER * 0.65)
    metrics = painter.fontMetrics()
    room = int(paper.width() - metrics.horizontalAdvance(said or later) - 24)
    shown = metrics.elidedText(title, Qt.TextElideMode.ElideRight, room)
    painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, shown)
    painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, said)
    painter.restore()


def _lacks_letters(text: str) -> bool:
    """Is there a letter that no font here has?"""
    letters = sorted(
        {letter for letter in set(text) if letter > "\xff" and letter.isprintable()} - {"\ufffc", "\ufffd"}
    )
    if not letters:
        return False
    layout = QTextLayout(" ".join(letters[:_LETTERS]), _font())
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    return any(0 in run.glyphIndexes() for run in layout.glyphRuns())


def _picture(address: str) -> QImage:
    """Decode a picture if its bytes say themselves that they are one of a few kinds."""
    _, comma, body = address.partition(";base64,")
    if not comma or len(body) > LARGEST_PICTURE * 4 // 3 + 4:
        return QImage()
    try:
        data = base64.b64decode(body)
    except (binascii.Error, ValueError):
        return QImage()
    return QImage.fromData(data) if media_type(data) else QImage()


if __name__ == "__main__":
    sys.exit(main())
