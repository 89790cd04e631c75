"""Small files that are sealed whole: index segments, heads, leases, notes."""

import os
import struct
from typing import Final

import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from saasbackup_desktop.core.errors import VaultDamaged, VaultFault, VaultKeysChanged
from saasbackup_desktop.vault.format.keys import Keys, expand

_MAGIC: Final = b"SBVSEAL1"
_HEADER: Final = struct.Struct(">8sI32s")
_NONCE: Final = bytes(12)  # the key is used once: it hangs on the salt
_LIMIT: Final = 1 << 31
_PLAUSIBLE: Final = 1000
"""So many rotations after the last known one are believed; more are taken for damage."""


def seal(keys: Keys, purpose: str, context: str, plain: bytes) -> bytes:
    """Compress and encrypt. ``context`` (mostly the file's name) must be the same when it is opened."""
    salt = os.urandom(32)
    packed = zstandard.ZstdCompressor(level=3).compress(plain)
    epoch = keys.epoch  # once: a rotation may come in between
    aead = AESGCM(expand(keys.of(purpose, epoch), salt, "sealed"))
    return _HEADER.pack(_MAGIC, epoch, salt) + aead.encrypt(_NONCE, packed, context.encode())


def unseal(keys: Keys, purpose: str, context: str, sealed: bytes, file: str) -> bytes:
    """The other way round. Raises VaultDamaged, VaultKeysChanged."""
    if len(sealed) < _HEADER.size + 16:
        raise VaultDamaged("too short", file=file, reason="cut")
    magic, epoch, salt = _HEADER.unpack_from(sealed)
    if magic != _MAGIC:
        raise VaultDamaged("not a sealed file", file=file, reason="altered")
    try:
        key = expand(keys.of(purpose, epoch), salt, "sealed")
        packed = AESGCM(key).decrypt(_NONCE, sealed[_HEADER.size :], context.encode())
        return zstandard.ZstdDecompressor().decompress(packed, max_output_size=_LIMIT)
    except VaultKeysChanged as error:
        raise unknown_epoch(keys, epoch, file) from error
    except (InvalidTag, zstandard.ZstdError) as error:
        raise VaultDamaged("does not open", file=file, reason="altered") from error


def unknown_epoch(keys: Keys, epoch: int, file: str) -> VaultFault:
    """Say what a file of an unknown epoch is: newer than this key ring, or damaged."""
    newest = keys.epoch + _PLAUSIBLE if keys.witness is None else keys.witness()
    if not keys.epoch < epoch <= newest:
        return VaultDamaged("no such epoch", file=file, reason="altered")
    return VaultKeysChanged("written under newer keys", file=file, epoch=epoch)
