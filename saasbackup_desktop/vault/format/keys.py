"""All keys of a vault, derived from its master keys."""

from collections.abc import Callable, Sequence
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from saasbackup_desktop.core.errors import VaultKeysChanged

KEY_SIZE: Final = 32


def expand(key: bytes, salt: bytes, purpose: str) -> bytes:
    """Derive a 32-byte key (HKDF-SHA-256, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=KEY_SIZE, salt=salt, info=purpose.encode()).derive(key)


class Keys:
    """One key for each purpose. Never shown, never logged.

    Each rotation begins a new epoch with a master key of its own. What names things stays as the first epoch made it;
    what encrypts is the newest epoch's, and earlier ones open what was written then.
    """

    __slots__ = ("_by_epoch", "_ring", "_vault", "blob_id", "name", "node_id", "witness")

    def __init__(self, ring: Sequence[bytes], vault: str) -> None:
        """Take the master keys, newest first."""
        self._ring = tuple(ring)
        self._vault = bytes.fromhex(vault)
        self._by_epoch: dict[tuple[str, int], bytes] = {}
        self.blob_id = self.derive("blob-id")
        self.node_id = self.derive("node-id")
        self.name = self.derive("name")
        self.witness: Callable[[], int] | None = None
        """Asks the vault's key slots for the newest epoch that they prove."""

    @property
    def ring(self) -> tuple[bytes, ...]:
        """What key slots wrap: all master keys, newest first."""
        return self._ring

    @property
    def epoch(self) -> int:
        """The newest epoch, from 1."""
        return len(self._ring)

    def renew(self, master: bytes) -> None:
        """Begin the next epoch: what is written from now on is encrypted under this master key."""
        self._ring = (master, *self._ring)

    def derive(self, purpose: str) -> bytes:
        """32 bytes that no rotation changes; the vault's id is the salt."""
        return self._expanded(purpose, 1)

    def of(self, purpose: str, epoch: int) -> bytes:
        """32 bytes of one epoch. Raises VaultKeysChanged if this ring does not reach it."""
        key = self._by_epoch.get((purpose, epoch))
        if key is None:
            if not 1 <= epoch <= len(self._ring):
                raise VaultKeysChanged("no master key of this epoch", epoch=epoch)
            key = self._by_epoch[purpose, epoch] = self._expanded(purpose, epoch)
        return key

    def _expanded(self, purpose: str, epoch: int) -> bytes:
        return expand(self._ring[-epoch], self._vault, f"saasbackup-vault/1/{purpose}")
