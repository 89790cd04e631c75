"""WinZip's AES-256 of files in ZIP archives (AE-2): PBKDF2, CTR with a counter that begins at its low end, HMAC."""

import hashlib
import hmac
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

SALT: Final = 16
PROOF: Final = 2
"""Bytes behind the salt by which a wrong password is noticed, mostly."""
TAG: Final = 10

_BLOCK: Final = 16
_BLOCKS: Final = 1 << 16
_AT_ONCE: Final = 1 << 12
"""Blocks: longer numbers leave the processor's nearest memory, and that costs more than it saves."""
_ROUNDS: Final = 1000
_LOW: Final = b"".join(number.to_bytes(2, "little") + bytes(_BLOCK - 2) for number in range(_BLOCKS))


class Lock:
    """Locks, or opens, the bytes of one file, from the first on, in any pieces."""

    def __init__(self, password: str, salt: bytes) -> None:
        keys = hashlib.pbkdf2_hmac("sha1", password.encode(), salt, _ROUNDS, 32 + 32 + PROOF)
        self.head = salt + keys[64:]
        """What stands before the locked bytes."""
        self._cipher = Cipher(AES(keys[:32]), ECB()).encryptor()  # CTR is made of it: no library counts as WinZip does
        self._mac = hmac.new(keys[32:64], digestmod="sha1")
        self._next = 1
        self._left = memoryview(b"")

    def locked(self, data: bytes) -> bytes:
        """Lock the next bytes."""
        sealed = self._mixed(data)
        self._mac.update(sealed)
        return sealed

    def opened(self, sealed: bytes) -> bytes:
        """Open the next bytes; do not trust them before ``tag`` is as it was."""
        self._mac.update(sealed)
        return self._mixed(sealed)

    def tag(self) -> bytes:
        """What stands behind the locked bytes."""
        return self._mac.digest()[:TAG]

    def _mixed(self, data: bytes) -> bytes:
        mixed: list[bytes] = []
        rest = memoryview(data)
        while rest:
            if not self._left:
                self._left = memoryview(self._stream(len(rest)))
            count = min(len(rest), len(self._left))
            number = int.from_bytes(rest[:count], "little") ^ int.from_bytes(self._left[:count], "little")
            mixed.append(number.to_bytes(count, "little"))
            rest, self._left = rest[count:], self._left[count:]
        return mixed[0] if len(mixed) == 1 else b"".join(mixed)

    def _stream(self, wanted: int) -> bytes:
        """The next bytes of the stream: as many as are wanted, or fewer."""
        low = self._next % _BLOCKS
        count = min(-(-wanted // _BLOCK), _BLOCKS - low, _AT_ONCE)
        high = (self._next - low).to_bytes(_BLOCK, "little")
        counters: bytes | bytearray = _LOW[low * _BLOCK : (low + count) * _BLOCK]
        if any(high):
            counters = bytearray(counters)
            for place, byte in enumerate(high):
                if byte:
                    counters[place::_BLOCK] = bytes((byte,)) * count
        self._next += count
        return self._cipher.update(counters)
