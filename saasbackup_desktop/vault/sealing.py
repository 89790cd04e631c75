"""Small files that are sealed whole: index segments, heads, leases."""

import os
from typing import Final

import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from saasbackup_desktop.core.errors import VaultDamaged
from saasbackup_desktop.vault.keys import expand

_MAGIC: Final = b"SBVSEAL1"
_SALT: Final = 32
_NONCE: Final = bytes(12)  # the key is used once: it hangs on the salt
_LIMIT: Final = 1 << 31


def seal(key: bytes, context: str, plain: bytes) -> bytes:
    """Compress and encrypt. ``context`` (a name) must be the same when it is opened."""
    salt = os.urandom(_SALT)
    packed = zstandard.ZstdCompressor(level=3).compress(plain)
    return _MAGIC + salt + AESGCM(expand(key, salt, "sealed")).encrypt(_NONCE, packed, context.encode())


def unseal(key: bytes, context: str, sealed: bytes, file: str) -> bytes:
    """The other way round. Raises VaultDamaged."""
    if len(sealed) < len(_MAGIC) + _SALT + 16:
        raise VaultDamaged("too short", file=file, reason="cut")
    salt, body = sealed[len(_MAGIC) : len(_MAGIC) + _SALT], sealed[len(_MAGIC) + _SALT :]
    if not sealed.startswith(_MAGIC):
        raise VaultDamaged("not a sealed file", file=file, reason="altered")
    try:
        packed = AESGCM(expand(key, salt, "sealed")).decrypt(_NONCE, body, context.encode())
        return zstandard.ZstdDecompressor().decompress(packed, max_output_size=_LIMIT)
    except (InvalidTag, zstandard.ZstdError) as error:
        raise VaultDamaged("does not open", file=file, reason="altered") from error
