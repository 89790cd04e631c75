"""Pictures that are shown inside a page: those whose bytes say themselves that they are pictures."""

import base64
from typing import Final

LARGEST_PICTURE: Final = 8 << 20
"""Bytes of a picture that is shown; a larger one is offered as a file."""

_BEGINNINGS: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
)


def media_type(data: bytes) -> str:
    """Say what kind of picture this is; empty if it is none that is shown."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for beginning, kind in _BEGINNINGS if data.startswith(beginning)), "")


def data_address(data: bytes) -> str:
    """Write a picture as a ``data:`` address; empty if it is none, or too large."""
    kind = media_type(data)
    return f"data:{kind};base64,{base64.b64encode(data).decode()}" if kind and len(data) <= LARGEST_PICTURE else ""
