"""Secrets of 32 bytes as text: the recovery key that a person writes down, and what a device's keyring keeps."""

import base64
import binascii
import hashlib
import re
from typing import Final

_CHECK: Final = 3
_LENGTH: Final = 56
_MISREAD: Final = str.maketrans("018", "OIB")
_DEVICE: Final = re.compile(r"saasbackup-device:([0-9a-f]{64})")


def to_text(secret: bytes) -> str:
    """32 bytes -> ``ABCD-EFGH-...`` (base32 of RFC 4648): 14 groups of 4 letters and digits, with a checksum."""
    text = base64.b32encode(secret + _checksum(secret)).decode()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def from_text(text: str) -> bytes | None:
    """The other way round; None if it is not a recovery key, or is mistyped.

    Case, spaces and dashes do not matter; the digits 0, 1 and 8, which never occur, are read as O, I and B.
    """
    raw = _decoded(text)
    return raw[:-_CHECK] if raw is not None and _checksum(raw[:-_CHECK]) == raw[-_CHECK:] else None


def is_mistyped(text: str) -> bool:
    """It looks like a recovery key, but its checksum says that it is none."""
    return _decoded(text) is not None and from_text(text) is None


def to_device_text(secret: bytes) -> str:
    """32 bytes as a keyring keeps them: it can be told from any passphrase."""
    return f"saasbackup-device:{secret.hex()}"


def from_device_text(text: str) -> bytes | None:
    """The other way round; None if it is something else."""
    found = _DEVICE.fullmatch(text)
    return bytes.fromhex(found[1]) if found else None


def _decoded(text: str) -> bytes | None:
    plain = "".join(text.split()).replace("-", "").upper().translate(_MISREAD)
    if len(plain) != _LENGTH:
        return None
    try:
        return base64.b32decode(plain)
    except (binascii.Error, ValueError):
        return None


def _checksum(secret: bytes) -> bytes:
    return hashlib.sha256(b"recovery" + secret).digest()[:_CHECK]
