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
_INVISIBLE: Final = dict.fromkeys((0x00A0, 0x200B, 0x200C, 0xFEFF), " ")


def html_to_text(text: str) -> str:
    """Take the tags away, keeping words apart that stand in different blocks."""
    bare = _TAG.sub("", _BLOCK.sub("\n", _UNSEEN.sub(" ", text[:LONGEST])))
    lines = html.unescape(bare).translate(_INVISIBLE).split("\n")
    return "\n".join(filter(None, (" ".join(line.split()) for line in lines)))
