"""Names of the vault's files: opaque, and valid in every store."""

import re
from collections.abc import Iterable
from typing import Final

CONFIG: Final = "vault.json"
KEYS: Final = "keys"
PACKS: Final = "packs"
META: Final = "meta"
INDEX: Final = "index"
SNAPSHOTS: Final = "snapshots"
LEASES: Final = "leases"
REMOVED: Final = "removed"
TRASH: Final = "trash"
HOLDS: Final = "holds"
POLICY: Final = "policy"
ASIDE: Final = "aside"
LIMITED: Final = "limited"
LOCKS: Final = "locks"

_VALID: Final = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*(?:/[a-z0-9-]+(?:\.[a-z0-9-]+)*)*")
_NUMBER: Final = re.compile(r"[0-9]{8}-(?:[0-9a-f]{16}|[0-9a-f]{32})")


def require_valid(name: str) -> None:
    """Refuse a name that some store could not keep, or that would lead out of it."""
    if not _VALID.fullmatch(name) or len(name) > 200:
        raise ValueError(f"not a valid name: {name!r}")


def numbered(names: Iterable[str]) -> list[str]:
    """Those that end in a number of 8 digits and a random part, in order: strangers in the folder do not count."""
    return sorted(name for name in names if _NUMBER.fullmatch(name.rpartition("/")[2]))


def number_of(name: str) -> int:
    """The number in a name's last part."""
    return int(name.rpartition("/")[2][:8])


def pack_name(folder: str, digest: bytes) -> str:
    """``packs/ab/abcdef...``: spread over 256 folders."""
    text = digest.hex()
    return f"{folder}/{text[:2]}/{text}"


def pack_digest(name: str) -> bytes | None:
    """SHA-256 that a pack's name promises; None if the name is not a pack's."""
    text = name.rsplit("/", 1)[-1]
    try:
        digest = bytes.fromhex(text)
    except ValueError:
        return None
    return digest if len(digest) == 32 else None
