"""Folder names on the wire: modified UTF-7 (RFC 3501 section 5.1.3)."""

import binascii
import re

_PLAIN = re.compile(r"[\x20-\x25\x27-\x7e]+")
_SHIFTED = re.compile(rb"&([A-Za-z0-9+,]*)-")


def encode(name: str) -> bytes:
    """Write a name in modified UTF-7."""
    parts: list[bytes] = []
    position = 0
    while position < len(name):
        plain = _PLAIN.match(name, position)
        if plain:
            parts.append(plain.group().encode("ascii"))
            position = plain.end()
        elif name[position] == "&":
            parts.append(b"&-")
            position += 1
        else:
            end = position + 1
            while end < len(name) and name[end] != "&" and not _PLAIN.match(name, end):
                end += 1
            text = binascii.b2a_base64(name[position:end].encode("utf-16-be"), newline=False)
            parts.append(b"&" + text.rstrip(b"=").replace(b"/", b",") + b"-")
            position = end
    return b"".join(parts)


def decode(wire: bytes) -> str:
    """Read a name; ValueError unless it is the one proper way to write it."""

    def unshift(match: re.Match[bytes]) -> bytes:
        text = match.group(1).replace(b",", b"/")
        if not text:
            return b"&"
        return binascii.a2b_base64(text + b"=" * (-len(text) % 4)).decode("utf-16-be").encode()

    name = _SHIFTED.sub(unshift, wire).decode()
    if encode(name) != wire:
        raise ValueError("not modified UTF-7")
    return name
