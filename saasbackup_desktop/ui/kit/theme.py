"""Turn tokens into a palette and one style sheet, and follow the system's light or dark."""

import re
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from saasbackup_desktop.ui.kit import resources
from saasbackup_desktop.ui.kit.tokens import CARD_RADIUS, DARK, LIGHT, RADIUS, TYPE_SCALE, Tokens

_USUAL_HEIGHT = 15
_PLACEHOLDER = re.compile(r"@([a-z_]+)")


class Appearance(StrEnum):
    """What a person chose."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class _Active:
    tokens: Tokens = LIGHT


def tokens() -> Tokens:
    """Return the colours that are in use now."""
    return _Active.tokens


def font(role: str = "body", *, bold: bool = False) -> QFont:
    """Return the system's font at one of the sizes of the type scale."""
    made = QFont(QGuiApplication.font())
    made.setPointSizeF(made.pointSizeF() * TYPE_SCALE[role])
    if bold:
        made.setWeight(QFont.Weight.DemiBold)
    return made


def scaled(pixels: int) -> int:
    """Turn a length that was chosen beside a text of 15 pixels into one for the system's own text."""
    return round(pixels * max(1.0, QFontMetrics(QGuiApplication.font()).height() / _USUAL_HEIGHT))


def palette(colours: Tokens) -> QPalette:
    """Make the palette of a theme."""
    made = QPalette()
    roles = QPalette.ColorRole
    for role, colour in (
        (roles.Window, colours.window),
        (roles.WindowText, colours.text),
        (roles.Base, colours.surface),
        (roles.AlternateBase, colours.window),
        (roles.Text, colours.text),
        (roles.Button, colours.surface),
        (roles.ButtonText, colours.text),
        (roles.BrightText, colours.on_accent),
        (roles.Highlight, colours.selection),
        (roles.HighlightedText, colours.text),
        (roles.ToolTipBase, colours.surface),
        (roles.ToolTipText, colours.text),
        (roles.PlaceholderText, colours.muted),
        (roles.Link, colours.accent),
        (roles.LinkVisited, colours.accent),
        (roles.Accent, colours.accent),
        (roles.Light, colours.surface),
        (roles.Midlight, colours.hover),
        (roles.Mid, colours.border),
        (roles.Dark, colours.outline),
        (roles.Shadow, colours.sunken),
    ):
        made.setColor(role, QColor(colour))
    faint = QColor(colours.muted)
    faint.setAlphaF(0.7)
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, faint)
    return made


def style_sheet(colours: Tokens) -> str:
    """Fill the style sheet's placeholders."""
    size = QGuiApplication.font().pointSizeF()
    values = {name: getattr(colours, name) for name in Tokens.__slots__}
    values |= {f"type_{name}": f"{size * scale:.1f}pt" for name, scale in TYPE_SCALE.items()}
    values |= {"radius": f"{RADIUS}px", "card_radius": f"{CARD_RADIUS}px"}
    values["icons"] = (resources.root() / "icons").as_posix()
    return _PLACEHOLDER.sub(lambda match: str(values[match[1]]), resources.text("qss/style.qss"))


class Theme(QObject):
    """Keeps the application dressed; ``changed`` fires after it was dressed anew."""

    changed = Signal()

    def __init__(self, application: QApplication, appearance: Appearance = Appearance.SYSTEM) -> None:
        super().__init__(application)
        self.application = application
        self._appearance = appearance
        application.setStyle("Fusion")
        application.styleHints().colorSchemeChanged.connect(self._system_changed)
        self._dress()

    @property
    def appearance(self) -> Appearance:
        """What was chosen."""
        return self._appearance

    def choose(self, appearance: Appearance) -> None:
        """Wear light, dark, or what the system wears."""
        self._appearance = appearance
        self._dress()

    def _system_changed(self) -> None:
        if self._appearance is Appearance.SYSTEM:
            self._dress()

    def _dress(self) -> None:
        scheme = self.application.styleHints().colorScheme()
        follow = {Appearance.LIGHT: False, Appearance.DARK: True}
        dark = follow.get(self._appearance, scheme == Qt.ColorScheme.Dark)
        _Active.tokens = DARK if dark else LIGHT
        self.application.setPalette(palette(_Active.tokens))
        self.application.setStyleSheet(style_sheet(_Active.tokens))
        self.changed.emit()
