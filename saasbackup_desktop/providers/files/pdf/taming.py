"""Sizes in HTML that was made safe: what is larger than paper becomes smaller."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

Judge = Callable[[str, str, str], str | None]
"""Says of an element's attribute what it says from now on; None if nothing."""

_TAG: Final = re.compile(r'<([a-zA-Z][a-zA-Z0-9]*)(?:\s+[^\s=<>"]+(?:="[^"]*")?)+\s*/?>')
_ATTRIBUTE: Final = re.compile(r'\s+([^\s=<>"]+)="([^"]*)"')
_LENGTH: Final = re.compile(
    r"(?<![\w.#-])(-?[0-9]*\.?[0-9]+(?:e[0-9]+)?)\s*(px|pt|pc|em|rem|ex|in|cm|mm|%)?(?![\w.])", re.I
)
_PIXELS: Final = {"": 1, "px": 1, "pt": 4 / 3, "pc": 16, "em": 16, "rem": 16, "ex": 8, "in": 96, "cm": 37.8, "mm": 3.78}
_SPACES: Final = ("margin", "padding", "border", "text-indent", "letter-spacing")
_FONTS: Final = ("font", "font-size")
_HEIGHT: Final = "height"
"""Of a table or the like, it is the least for browsers, and all there is for Qt: it cuts the rest off."""
_EXTENTS: Final = frozenset({"width", "min-width", "max-width", _HEIGHT})
_SET: Final = _EXTENTS | {"nowrap"}
_TIGHT: Final = _EXTENTS | {"line-height", "letter-spacing", "white-space"}
_NUMBERS: Final = frozenset({"cellpadding", "cellspacing", "border"})


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large what may be; pixels of the layout."""

    space: float
    """Margins, indents, paddings, borders."""
    letters: float
    is_tight: bool
    """What has a width, a height or no end of lines of its own has none; nothing is less than zero."""

    def judge(self, element: str, name: str, value: str) -> str | None:
        """Say what an attribute says from now on; None if nothing."""
        if name == "style":
            return ";".join(kept for one in value.split(";") if (kept := self._declared(element, one)))
        if element != "img" and (name == _HEIGHT or (self.is_tight and name in _SET)):
            return None
        if _is_beside(element, name, value):
            return None
        return self._within(value, self.space) if name in _NUMBERS else value

    def _declared(self, element: str, declaration: str) -> str:
        name, _, said = declaration.partition(":")
        known = name.strip().lower()
        if (self.is_tight and known in _TIGHT) or (known == _HEIGHT and element != "img"):
            return ""
        if known in _FONTS:
            return f"{name}:{self._within(said, self.letters)}"
        return f"{name}:{self._within(said, self.space)}" if known.startswith(_SPACES) else declaration

    def _within(self, said: str, most: float) -> str:
        def smaller(found: re.Match[str]) -> str:
            number, unit = float(found[1]), (found[2] or "").lower()
            if self.is_tight and number < 0:
                return "0"
            if unit == "%":
                return found[0] if abs(number) <= 100 or most > self.space else "100%"
            if abs(number) * _PIXELS[unit] <= most:
                return found[0]
            return f"{most if number > 0 else -most:g}{'px' if unit else ''}"

        return _LENGTH.sub(smaller, said)


AS_IT_IS: Final = Sizes(space=400.0, letters=200.0, is_tight=False)
"""Lets through what anybody writes in earnest."""
TIGHT: Final = Sizes(space=8.0, letters=40.0, is_tight=True)
"""Leaves nothing that makes a page wide, except for its words."""


def _is_beside(element: str, name: str, value: str) -> bool:
    """Does text flow around it? Qt puts such tables upon others, or far above the page."""
    return element in ("table", "img") and name == "align" and value.strip().lower() in ("left", "right")


def rewritten(html: str, *judges: Judge) -> str:
    """Judge all attributes of all elements; the text between them stays."""

    def of_element(found: re.Match[str]) -> str:
        element = found[1].lower()

        def of_attribute(attribute: re.Match[str]) -> str:
            name, value = attribute[1].lower(), attribute[2]
            for judge in judges:
                said = judge(element, name, value)
                if said is None:
                    return ""
                value = said
            return f' {name}="{value}"'

        return _ATTRIBUTE.sub(of_attribute, found[0])

    return _TAG.sub(of_element, html)
