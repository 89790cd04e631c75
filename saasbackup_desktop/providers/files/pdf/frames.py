"""What is said between a press and the process that prints: JSON, each message with its length before it."""

import json
from typing import Any, BinaryIO, Final

_LENGTH: Final = 4
LONGEST: Final = 256 << 20
"""Bytes of a message; a page carries its pictures with it."""


def write_frame(stream: BinaryIO, said: dict[str, Any]) -> None:
    """Say something. Raises OSError."""
    data = json.dumps(said, ensure_ascii=True).encode("ascii")
    stream.write(len(data).to_bytes(_LENGTH, "big"))
    stream.write(data)
    stream.flush()


def read_frame(stream: BinaryIO) -> dict[str, Any] | None:
    """Hear something; None if the other side is gone. Raises OSError."""
    length = stream.read(_LENGTH)
    if len(length) < _LENGTH:
        return None
    wanted = int.from_bytes(length, "big")
    data = stream.read(wanted) if wanted <= LONGEST else b""
    if len(data) < wanted or not data:
        return None
    said: dict[str, Any] = json.loads(data)
    return said
