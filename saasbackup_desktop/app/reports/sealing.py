"""Seals: the last line of a file, by which anybody can tell who wrote what is above it, and that nobody changed it.

A seal is canonical JSON (UTF-8, keys sorted, no blanks). Its ``signature`` is Ed25519 (RFC 8032) over the bytes
``saasbackup-seal-1`` and a line feed and the same JSON without ``signature``; its ``sha256`` is that of all bytes of
the file before the seal's line. In a PDF the line begins as a comment, with ``%saasbackup-seal``.
"""

import hashlib
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from saasbackup_desktop.app.reports.views import Outcome, Verdict
from saasbackup_desktop.core import codec

PURPOSE: Final = "report-signing"
"""Of the vault's sub-key: the private half."""
_CONTEXT: Final = b"saasbackup-seal-1\n"
_COMMENT: Final = b"%saasbackup-seal "
_FIELDS: Final = frozenset({"algorithm", "fingerprint", "key", "made", "seal", "sha256", "signature", "vault"})


class Signing:
    """A vault's signing key."""

    def __init__(self, secret: bytes, vault: str) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(secret)
        self._vault = vault

    @property
    def public(self) -> bytes:
        """The public half, 32 bytes."""
        return self._private.public_key().public_bytes_raw()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public half, hexadecimal."""
        return hashlib.sha256(self.public).hexdigest()

    def seal(self, content: bytes, made: int) -> bytes:
        """Write the content and its seal. The content ends with a line feed."""
        plain = {
            "algorithm": "Ed25519",
            "fingerprint": self.fingerprint,
            "key": self.public.hex(),
            "made": made,
            "seal": 1,
            "sha256": hashlib.sha256(content).hexdigest(),
            "vault": self._vault,
        }
        signature = self._private.sign(_CONTEXT + _bytes(plain))
        return content + _line(content, {**plain, "signature": signature.hex()})


def examine(data: bytes) -> Verdict:
    """Look at a file's seal; no vault is needed for it."""
    content, plain = _parted(data)
    sha256 = hashlib.sha256(content).hexdigest()
    if plain is None:
        return Verdict(outcome=Outcome.UNSEALED, sha256=sha256)
    told = {"fingerprint": plain["fingerprint"], "vault": plain["vault"], "made": plain["made"], "sha256": sha256}
    signature = plain.pop("signature")
    key = bytes.fromhex(plain["key"])
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(bytes.fromhex(signature), _CONTEXT + _bytes(plain))
    except (InvalidSignature, ValueError):
        return Verdict(outcome=Outcome.FORGED, **told)
    if hashlib.sha256(key).hexdigest() != plain["fingerprint"]:
        return Verdict(outcome=Outcome.FORGED, **told)
    return Verdict(outcome=Outcome.WHOLE if sha256 == plain["sha256"] else Outcome.ALTERED, **told)


def content_of(data: bytes) -> bytes:
    """What is above the seal."""
    return _parted(data)[0]


def _parted(data: bytes) -> tuple[bytes, dict[str, Any] | None]:
    """The content, and the seal if the last line is one exactly as it is written."""
    start = data.rfind(b"\n", 0, len(data) - 1) + 1
    content, line = data[:start], data[start:]
    try:
        plain = codec.loads(line.removeprefix(_COMMENT))
    except (ValueError, RecursionError):
        return data, None
    if not isinstance(plain, dict) or plain.keys() != _FIELDS or not _is_shaped(plain):
        return data, None
    return (content, plain) if line == _line(content, plain) else (data, None)


def _is_shaped(plain: dict[str, Any]) -> bool:
    sizes = {"fingerprint": 32, "key": 32, "sha256": 32, "signature": 64}
    try:
        fits = all(bytes.fromhex(plain[name]).hex() == plain[name] for name in sizes)
        fits = fits and all(len(plain[name]) == 2 * size for name, size in sizes.items())
    except (TypeError, ValueError):
        return False
    return fits and type(plain["made"]) is int and isinstance(plain["vault"], str)


def _line(content: bytes, plain: dict[str, Any]) -> bytes:
    return (_COMMENT if content.startswith(b"%PDF") else b"") + _bytes(plain) + b"\n"


def _bytes(plain: dict[str, Any]) -> bytes:
    return codec.dumps(plain).encode("utf-8", "surrogatepass")
