"""The design in numbers: colours of both themes, spacing, radii and type sizes."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """The colours of one theme. Text on any of the grounds has a contrast of 4.5:1 or more."""

    name: str
    window: str
    """Ground of pages."""
    surface: str
    """Ground of cards, lists and fields."""
    sunken: str
    """Ground of the navigation, headers and tracks."""
    hover: str
    border: str
    outline: str
    """Borders of fields: 3:1 against every ground."""
    text: str
    muted: str
    """Captions and second lines."""
    accent: str
    accent_hover: str
    on_accent: str
    selection: str
    """Ground of what is selected; ``text`` is written on it."""
    good: str
    attention: str
    bad: str
    good_ground: str
    attention_ground: str
    bad_ground: str
    busy_ground: str


LIGHT: Final = Tokens(
    name="light",
    window="#f6f7f9",
    surface="#ffffff",
    sunken="#eceef2",
    hover="#e3e7ee",
    border="#dde1e8",
    outline="#7f8898",
    text="#1a1e26",
    muted="#555e6d",
    accent="#2558c9",
    accent_hover="#1d48a8",
    on_accent="#ffffff",
    selection="#dbe6fb",
    good="#17693a",
    attention="#7d4f00",
    bad="#ad211b",
    good_ground="#e2f3e8",
    attention_ground="#fbefd5",
    bad_ground="#fce6e4",
    busy_ground="#e4ecfc",
)

DARK: Final = Tokens(
    name="dark",
    window="#17191e",
    surface="#1f2228",
    sunken="#131519",
    hover="#2a2e36",
    border="#31363f",
    outline="#737c8b",
    text="#e7e9ed",
    muted="#a5adba",
    accent="#8db2ff",
    accent_hover="#abc7ff",
    on_accent="#0d1a36",
    selection="#2c3d63",
    good="#74d098",
    attention="#e9ba66",
    bad="#ff968c",
    good_ground="#1c3326",
    attention_ground="#372c17",
    bad_ground="#3e2321",
    busy_ground="#222f4a",
)


@dataclass(frozen=True, slots=True)
class Space:
    """Distances in pixels at 100 %."""

    hair: int = 4
    small: int = 8
    medium: int = 12
    large: int = 16
    wide: int = 24
    page: int = 32


SPACE: Final = Space()
RADIUS: Final = 6
CARD_RADIUS: Final = 10

TYPE_SCALE: Final = {"caption": 0.9, "body": 1.0, "heading": 1.15, "title": 1.6, "figure": 1.35}
"""Sizes as multiples of the system's own font."""


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb`` (WCAG 2.2)."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours (WCAG 2.2)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)
