"""Colours that tell series of a chart apart, on the ground of cards; the legend's words say the same."""

from typing import Final

from saasbackup_desktop.ui.kit.theme import tokens

_LIGHT: Final = ("#2558c9", "#b45309", "#0f766e", "#9d3fa8", "#64748b", "#a3323b")
_DARK: Final = ("#8db2ff", "#f0b35a", "#5fd0c0", "#e09be8", "#a8b3c4", "#ff968c")


def series_colour(place: int) -> str:
    """Give the colour of a series in the theme of now."""
    colours = _DARK if tokens().name == "dark" else _LIGHT
    return colours[place % len(colours)]
