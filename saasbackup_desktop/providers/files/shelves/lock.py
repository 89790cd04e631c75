"""WinZip's AES of files in ZIP archives (AE-2): PBKDF2, CTR with a counter that begins at its low end, HMAC."""

import hmac
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

if TYPE_CHECKING:
    import numpy

SALT: Final = 16
"""Bytes of the salt of AES-256, which is what is written."""
PROOF: Final = 2
"""Bytes behind the salt by which a wrong password is noticed, mostly."""
TAG: Final = 10

_BLOCK: Final = 16
_AT_ONCE: Final = 1 << 12
"""Blocks: more leave the processor's nearest memory, and that costs more than it saves."""
_ROUNDS: Final = 1000


class Lock:
    """Locks, or opens, the bytes of one file, from the first on, in any pieces."""

    def __init__(self, password: str, salt: bytes) -> None:
        """Derive the keys, twice as long as ``salt`` (16, 12 or 8 bytes). Twice as fast as hashlib: of small files it
        is most of the work.
        """
        length = 2 * len(salt)
        keys = PBKDF2HMAC(SHA1(), 2 * length + PROOF, salt, _ROUNDS).derive(password.encode())
        self.head = salt + keys[2 * length :]
        """What stands before the locked bytes."""
        self._cipher = Cipher(
            AES(keys[:length]), ECB()
        ).encryptor()  # CTR is made of it: no library counts as WinZip does
        self._mac = hmac.new(keys[length : 2 * length], digestmod="sha1")
        self._next = 1
        self._left: numpy.ndarray[tuple[int], numpy.dtype[numpy.uint8]] | memoryview = memoryview(b"")

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
        import numpy  # only here: without a lock, nobody should wait for it

        plain = numpy.frombuffer(data, numpy.uint8)
        mixed = numpy.empty_like(plain)
        at = 0
        while at < len(plain):
            if not len(self._left):
                self._left = self._stream(len(plain) - at)
            count = min(len(plain) - at, len(self._left))
            numpy.bitwise_xor(plain[at : at + count], self._left[:count], out=mixed[at : at + count])
            at, self._left = at + count, self._left[count:]
        return mixed.tobytes()

    def _stream(self, wanted: int) -> "numpy.ndarray[tuple[int], numpy.dtype[numpy.uint8]]":
        """The next bytes of the stream: as many as are wanted, or fewer."""
        import numpy

        count = min(-(-wanted // _BLOCK), _AT_ONCE)
        counters = numpy.zeros((count, 2), "<u8")
        counters[:, 0] = numpy.arange(self._next, self._next + count, dtype="<u8")  # the other half: 2^64 blocks away
        self._next += count
        return numpy.frombuffer(self._cipher.update(counters.data.cast("B")), numpy.uint8)
