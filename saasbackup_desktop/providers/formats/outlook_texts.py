"""Texts as Outlook keeps them: how lines end, and what HTML says of its charset."""

import re
from typing import Final

_META: Final = re.compile(r"<meta\b[^<>]{0,500}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.I)
_META_BYTES: Final = re.compile(_META.pattern.encode(), re.I)
_XML: Final = re.compile(r"^\s*<\?xml\b[^<>]{0,200}?\?>", re.I)
_HEAD: Final = 8 * 1024
"""Where an HTML text says its charset."""


def said_charset(data: bytes) -> str:
    """Find the charset that an HTML text says it is in; empty if it says none."""
    said = _META_BYTES.search(data, 0, _HEAD)
    return said[1].decode("ascii") if said else ""


def with_crlf(text: str) -> str:
    """Write line ends as Outlook does."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def as_utf_8(text: str) -> str:
    """Let an HTML text say that it is in UTF-8, where it says anything."""
    text = _XML.sub("", text)
    said = _META.search(text, 0, _HEAD)
    if said is None or said[1].lower() == "utf-8":
        return text
    return f"{text[: said.start(1)]}utf-8{text[said.end(1) :]}"
