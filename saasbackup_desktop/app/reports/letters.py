"""Letters of all Europe for PDF files, embedded; those of East Asia named, since every reader has its own."""

import html
from functools import cache
from pathlib import Path
from typing import Final

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

PLAIN: Final = "Reports"
BOLD: Final = "Reports-Bold"


@cache
def fonts() -> frozenset[int]:
    """Make the letters known; gives those that they have."""
    folder = _resources() / "fonts"
    pdfmetrics.registerFont(TTFont(PLAIN, folder / "DejaVuSans.ttf"))
    pdfmetrics.registerFont(TTFont(BOLD, folder / "DejaVuSans-Bold.ttf"))
    for name in _EAST:
        pdfmetrics.registerFont(UnicodeCIDFont(name))
    return frozenset(pdfmetrics.getFont(PLAIN).face.charToGlyph)


_EAST: Final = ("HeiseiKakuGo-W5", "HYGothic-Medium", "STSong-Light")
"""Japanese, Korean and Chinese: every reader has letters of its own for these, so they are named and not embedded."""


def marked(text: str) -> str:
    """Text for a paragraph: letters that the embedded font lacks take another one's."""
    known = fonts()
    parts: list[tuple[str, str]] = []
    for letter in text:
        font = "" if ord(letter) in known or not letter.isprintable() else _font_of(ord(letter))
        if parts and parts[-1][0] == font:
            parts[-1] = (font, parts[-1][1] + letter)
        else:
            parts.append((font, letter))
    said = (
        html.escape(some) if not font else f'<font name="{font}">{html.escape(some)}</font>' for font, some in parts
    )
    return "".join(said)


def _font_of(letter: int) -> str:
    if 0x3040 <= letter <= 0x30FF:
        return _EAST[0]
    if 0xAC00 <= letter <= 0xD7A3 or 0x1100 <= letter <= 0x11FF:
        return _EAST[1]
    return _EAST[2] if 0x2E80 <= letter <= 0xFAFF else ""


def _resources() -> Path:
    """The resources folder: inside the installed package, or at the top of a working copy."""
    package = Path(__file__).resolve().parents[2]
    inside = package / "resources"
    return inside if inside.is_dir() else package.parent / "resources"
