"""The icon set: SVG strokes tinted from the tokens."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from saasbackup_desktop.ui.kit import resources
from saasbackup_desktop.ui.kit.theme import tokens

_SIZE = 18
_SCALES = (1, 2)


def icon(name: str, role: str = "muted") -> QIcon:
    """Return an icon in the colour of a token, for the theme in use."""
    colours = tokens()
    return _icon(name, getattr(colours, role), colours.muted)


def pixmap(name: str, role: str, size: int, scale: float = 1.0) -> QPixmap:
    """Draw an icon at ``size`` device-independent pixels."""
    return _draw(name, getattr(tokens(), role), size, scale)


@lru_cache(maxsize=512)
def _icon(name: str, colour: str, disabled: str) -> QIcon:
    made = QIcon()
    for scale in _SCALES:
        made.addPixmap(_draw(name, colour, _SIZE, scale))
        made.addPixmap(_draw(name, colour, _SIZE, scale), QIcon.Mode.Selected)
        made.addPixmap(_draw(name, disabled, _SIZE, scale), QIcon.Mode.Disabled)
    return made


@lru_cache(maxsize=1024)
def _draw(name: str, colour: str, size: int, scale: float) -> QPixmap:
    svg = resources.text(f"icons/{name}.svg").replace("currentColor", colour)
    drawing = QSvgRenderer(QByteArray(svg.encode()))
    drawn = QPixmap(round(size * scale), round(size * scale))
    drawn.fill(Qt.GlobalColor.transparent)
    paint = QPainter(drawn)
    drawing.render(paint, QRectF(0, 0, drawn.width(), drawn.height()))
    paint.end()
    drawn.setDevicePixelRatio(scale)
    return drawn
