"""All keys of a vault, derived from its master key."""

from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_SIZE: Final = 32


def expand(key: bytes, salt: bytes, purpose: str) -> bytes:
    """Derive a 32-byte key (HKDF-SHA-256, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=KEY_SIZE, salt=salt, info=purpose.encode()).derive(key)


class Keys:
    """One key for each purpose. Never shown, never logged."""

    __slots__ = ("_master", "_vault", "blob_id", "data", "head", "index", "lease", "meta", "name", "node_id", "slot")

    def __init__(self, master: bytes, vault: str) -> None:
        self._master = master
        self._vault = bytes.fromhex(vault)
        self.blob_id = self.derive("blob-id")
        self.node_id = self.derive("node-id")
        self.data = self.derive("data")
        self.meta = self.derive("meta")
        self.index = self.derive("index")
        self.head = self.derive("head")
        self.lease = self.derive("lease")
        self.name = self.derive("name")
        self.slot = self.derive("slot")

    @property
    def master(self) -> bytes:
        """What key slots wrap."""
        return self._master

    def derive(self, purpose: str) -> bytes:
        """32 bytes for a purpose; the vault's id is the salt."""
        return expand(self._master, self._vault, f"saasbackup-vault/1/{purpose}")
