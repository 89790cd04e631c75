"""The vault's only readable file: what it is, and what a program must know to read it."""

import contextlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import Denied, Misconfigured, VaultDamaged, VaultMissing, VaultTooNew
from saasbackup_desktop.core.ports import BlobStore, LockingStore, ObjectLock
from saasbackup_desktop.vault.format.keys import Keys
from saasbackup_desktop.vault.format.names import CONFIG, META, PACKS, SNAPSHOTS

_MAGIC: Final = "saasbackup-vault"
FORMAT: Final = 1
KNOWN: Final = frozenset({"dictionary", "fastcdc", "mail-seams"})
"""Features that this program reads and writes."""


@dataclass(frozen=True, slots=True)
class Config:
    """What ``vault.json`` says."""

    id: str
    created: int
    required: tuple[str, ...] = tuple(sorted(KNOWN))
    optional: tuple[str, ...] = ()
    lock: ObjectLock | None = None
    """How the store is asked to keep what is written."""


def to_bytes(config: Config, keys: Keys) -> bytes:
    """Write it, with a proof that its writer had the keys."""
    plain: dict[str, Any] = {
        "magic": _MAGIC,
        "format": FORMAT,
        "id": config.id,
        "created": config.created,
        "required": list(config.required),
        "optional": list(config.optional),
        "lock": {"mode": config.lock.mode, "days": config.lock.days} if config.lock else None,
    }
    plain["proof"] = _proof(plain, keys)
    return codec.dumps(plain).encode()


def from_bytes(data: bytes) -> tuple[Config, dict[str, Any]]:
    """Read it: the config, and the plain data to prove once the keys are known. Raises VaultDamaged, VaultTooNew."""
    try:
        plain: dict[str, Any] = codec.loads(data)
        if plain["magic"] != _MAGIC:
            raise ValueError("magic")
        if plain["format"] != FORMAT:
            raise VaultTooNew("unknown format", features=f"format {plain['format']}")
        unknown = sorted(set(plain["required"]) - KNOWN)
        if unknown:
            raise VaultTooNew("unknown features", features=", ".join(unknown))
        if len(bytes.fromhex(plain["id"])) != 16:
            raise ValueError("id")
        lock = ObjectLock(str(plain["lock"]["mode"]), int(plain["lock"]["days"])) if plain["lock"] else None
        config = Config(plain["id"], int(plain["created"]), tuple(plain["required"]), tuple(plain["optional"]), lock)
    except (ValueError, KeyError, TypeError) as error:
        raise VaultDamaged("not a vault's description", file=CONFIG, reason="altered") from error
    return config, plain


def require_there(store: BlobStore) -> bytes:
    """Read it; a place without it is no vault (any more). Raises VaultMissing, VaultDamaged."""
    try:
        return store.get(CONFIG)
    except FileNotFoundError as error:
        if isinstance(store, LockingStore) and _is_kept_below(store):
            raise VaultDamaged("description is out of sight", file=CONFIG, reason="hidden") from error
        if any(next(iter(store.list(folder)), None) for folder in (PACKS, META, SNAPSHOTS)):
            raise VaultDamaged("description is missing", file=CONFIG, reason="missing") from error
        raise VaultMissing("no vault here", location=store.location) from error


def _is_kept_below(store: LockingStore) -> bool:
    """Does the store keep an earlier version of what somebody took out of sight?"""
    found: list[bytes] = []

    def look(data: bytes) -> bool:
        found.append(data)
        return False

    with contextlib.suppress(
        FileNotFoundError, Denied, Misconfigured
    ):  # who may not look at versions cannot bring one back
        store.uncover(CONFIG, look)
    return bool(found)


def require_ours(data: bytes, ours: bytes) -> None:
    """Make sure that a file that is not ``ours`` is at least no other vault's. Raises VaultDamaged."""
    try:
        found, _ = from_bytes(data)
    except (VaultDamaged, VaultTooNew):
        return
    if found.id != from_bytes(ours)[0].id:
        raise VaultDamaged("another vault lies here now", file=CONFIG, reason="altered")


def prove(plain: Mapping[str, Any], keys: Keys) -> None:
    """Make sure that nobody without the keys wrote it. Raises VaultDamaged."""
    if not hmac.compare_digest(str(plain.get("proof")), _proof(plain, keys)):
        raise VaultDamaged("description was altered", file=CONFIG, reason="altered")


def _proof(plain: Mapping[str, Any], keys: Keys) -> str:
    told = {name: value for name, value in plain.items() if name != "proof"}
    return hmac.digest(keys.derive("config"), codec.dumps(told).encode(), "sha256").hex()
