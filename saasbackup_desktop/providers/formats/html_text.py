"""HTML as plain text, for search: quick and linear, for what comes out of it is never shown as HTML."""

import html
import re
from typing import Final

LONGEST: Final = 1 << 20
"""Characters of HTML that are read."""

_UNSEEN: Final = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style|title)\b.*?(?:</\1\b[^>]{0,99}>|\Z)", re.I | re.S)
_BLOCK: Final = re.compile(
    r"</?(?:p|div|br|hr|td|th|tr|table|li|ul|ol|dl|dt|dd|h[1-6]|blockquote|pre|section|article|header|footer)\b[^<>]*>?",
    re.I,
)
_TAG: Final = re.compile(r"<[a-zA-Z/!?][^<>]*>?")
_BLANK: Final = r"[ \t\r\f\v\u00a0\u200b\u200c\ufeff]"
_BLANKS: Final = re.compile(rf"(?:{_BLANK}|\n)+")


def html_to_text(text: str) -> str:
    """Take the tags away, keeping words apart that stand in different blocks."""
    bare = _TAG.sub("", _BLOCK.sub("\n", _UNSEEN.sub(" ", text[:LONGEST])))
    return _BLANKS.sub(lambda blank: "\n" if "\n" in blank[0] else " ", html.unescape(bare)).strip()
