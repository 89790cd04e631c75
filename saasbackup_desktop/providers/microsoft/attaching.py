"""Files on events, contacts and tasks: sent in one request or in pieces, read back, and told apart by their bytes."""

import base64
import hashlib
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

SMALL: Final = 3 * 1024 * 1024
"""Attachments of this many bytes and more need an upload session (outlook-large-attachments, todo-attachments)."""
_STEP: Final = 1 << 20


def as_file(kind: str, attachment: Mapping[str, Any], data: bytes) -> dict[str, Any]:
    """A file as it is sent in one request. ``kind``: the type's name in Graph."""
    said = {
        "@odata.type": f"#microsoft.graph.{kind}",
        "name": str(attachment.get("name") or "file"),
        "contentBytes": base64.b64encode(data).decode(),
    }
    return said | {name: attachment[name] for name in ("contentType", "isInline", "contentId") if attachment.get(name)}


def announced(attachment: Mapping[str, Any], size: int) -> dict[str, Any]:
    """A file as it is announced to an upload session."""
    said = {"attachmentType": "file", "name": str(attachment.get("name") or "file"), "size": size}
    return said | {name: attachment[name] for name in ("contentType", "isInline", "contentId") if attachment.get(name)}


async def pieces(data: bytes) -> AsyncIterator[bytes]:
    """Bytes in pieces."""
    for start in range(0, len(data), _STEP):
        yield data[start : start + _STEP]


def fingerprint(name: str, data: bytes) -> str:
    """A file in a form that compares."""
    return f"{name} {hashlib.sha256(data).hexdigest()}"
