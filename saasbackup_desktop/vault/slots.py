"""Key slots: each wraps the master key under one secret."""

import hashlib
import os
import time
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import VaultDamaged, VaultKeysChanged
from saasbackup_desktop.vault import recovery
from saasbackup_desktop.vault.keys import KEY_SIZE, Keys, expand

PASSPHRASE: Final = "passphrase"
RECOVERY: Final = "recovery"
_MEMORY: Final = 64 * 1024
_MEMORY_LIMIT: Final = 4 * 1024 * 1024
_PASSES_LIMIT: Final = 1000


@dataclass(frozen=True, slots=True)
class Argon2:
    """The price of one guess at a passphrase (RFC 9106)."""

    memory: int = _MEMORY
    """KiB."""
    passes: int = 3
    lanes: int = 4

    def derive(self, passphrase: str, salt: bytes) -> bytes:
        """32 bytes. The passphrase is taken in Unicode normal form C, as UTF-8."""
        text = unicodedata.normalize("NFC", passphrase).encode()
        kdf = Argon2id(salt=salt, length=KEY_SIZE, iterations=self.passes, lanes=self.lanes, memory_cost=self.memory)
        return kdf.derive(text)


def calibrated(seconds: float = 0.5) -> Argon2:
    """Measure how many passes over 64 MiB this machine does in the given time; at least three."""
    started = time.perf_counter()
    Argon2(passes=1).derive("calibration", bytes(16))
    once = time.perf_counter() - started
    return Argon2(passes=max(3, min(64, round(seconds / once))))


@dataclass(frozen=True, slots=True)
class Slot:
    """One way to open the vault."""

    id: str
    kind: str
    """``passphrase`` or ``recovery``."""
    created: int
    label: str


def new_id() -> str:
    """16 random hexadecimal digits."""
    return os.urandom(8).hex()


def wrap_passphrase(slot: Slot, vault: str, passphrase: str, cost: Argon2, keys: Keys) -> bytes:
    """Write a slot that a passphrase opens."""
    salt = os.urandom(16)
    kdf: dict[str, str | int] = {
        "name": "argon2id",
        "memory": cost.memory,
        "passes": cost.passes,
        "lanes": cost.lanes,
        "salt": salt.hex(),
    }
    return _wrap(slot, vault, kdf, cost.derive(passphrase, salt), keys)


def wrap_recovery(slot: Slot, vault: str, keys: Keys) -> tuple[bytes, str]:
    """Write a slot that a new recovery key opens, and give the key's text."""
    secret, salt = os.urandom(KEY_SIZE), os.urandom(16)
    kdf: dict[str, str | int] = {"name": "hkdf-sha256", "salt": salt.hex()}
    return _wrap(slot, vault, kdf, expand(secret, salt, RECOVERY), keys), recovery.to_text(secret)


def unwrap(file: str, data: bytes, secret: str) -> tuple[bytes, ...] | None:
    """Try a secret on a slot: all master keys, newest first, or None. Raises VaultDamaged if the slot is broken."""
    plain = parse(file, data)
    key = _slot_key(file, plain, secret)
    if key is None:
        return None
    wrapped, nonce = bytes.fromhex(plain["wrapped"]), bytes.fromhex(plain["nonce"])
    try:
        masters = AESGCM(key).decrypt(nonce, wrapped, _bound(plain))
    except InvalidTag:
        return None
    return tuple(masters[at : at + KEY_SIZE] for at in range(0, len(masters), KEY_SIZE))


def parse(file: str, data: bytes) -> dict[str, Any]:
    """Read a slot's plain part. Raises VaultDamaged."""
    try:
        plain: dict[str, Any] = codec.loads(data)
        checksum = plain.pop("sum")
        if checksum != _sum(plain):
            raise ValueError("checksum")
        for name in ("vault", "id", "kind", "wrapped", "nonce", "label"):
            if not isinstance(plain[name], str):
                raise TypeError(name)
        if not isinstance(plain["epoch"], int):
            raise TypeError("epoch")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise VaultDamaged("key slot is not readable", file=file, reason="altered") from error
    return plain


def described(file: str, data: bytes, vault: str, keys: Keys) -> Slot:
    """Read what a slot is, with its label. Raises VaultDamaged."""
    plain = parse(file, data)
    sealed = bytes.fromhex(plain["label"])
    try:
        label = AESGCM(keys.of("slot", plain["epoch"])).decrypt(sealed[:12], sealed[12:], f"{vault}/{plain['id']}".encode())
    except VaultKeysChanged as error:
        raise VaultKeysChanged("slot of newer keys", file=file, epoch=plain["epoch"]) from error
    except InvalidTag as error:
        raise VaultDamaged("key slot's label does not open", file=file, reason="altered") from error
    return Slot(plain["id"], plain["kind"], plain["created"], label.decode())


def _wrap(slot: Slot, vault: str, kdf: Mapping[str, str | int], key: bytes, keys: Keys) -> bytes:
    note_nonce, nonce = os.urandom(12), os.urandom(12)
    label = AESGCM(keys.of("slot", keys.epoch)).encrypt(note_nonce, slot.label.encode(), f"{vault}/{slot.id}".encode())
    plain: dict[str, Any] = {
        "vault": vault,
        "id": slot.id,
        "kind": slot.kind,
        "epoch": keys.epoch,
        "created": slot.created,
        "label": (note_nonce + label).hex(),
        "kdf": dict(kdf),
        "nonce": nonce.hex(),
    }
    plain["wrapped"] = AESGCM(key).encrypt(nonce, b"".join(keys.ring), _bound(plain)).hex()
    plain["sum"] = _sum(plain)
    return codec.dumps(plain).encode()


def _slot_key(file: str, plain: Mapping[str, Any], secret: str) -> bytes | None:
    try:
        kdf = plain["kdf"]
        salt = bytes.fromhex(kdf["salt"])
        if plain["kind"] == RECOVERY:
            key = recovery.from_text(secret)
            return expand(key, salt, RECOVERY) if key is not None else None
        cost = Argon2(kdf["memory"], kdf["passes"], kdf["lanes"])
        if cost.memory > _MEMORY_LIMIT or cost.passes > _PASSES_LIMIT:
            raise ValueError("cost out of bounds")
        return cost.derive(secret, salt)
    except (ValueError, KeyError, TypeError) as error:
        raise VaultDamaged("key slot is not readable", file=file, reason="altered") from error


def _bound(plain: Mapping[str, Any]) -> bytes:
    """What the wrapped key is bound to: all that the slot says in clear."""
    told = {name: value for name, value in plain.items() if name not in ("wrapped", "sum")}
    return codec.dumps(told).encode()


def _sum(plain: Mapping[str, Any]) -> str:
    """Tells accidental damage from a wrong passphrase; it protects nothing."""
    told = {name: value for name, value in plain.items() if name != "sum"}
    return hashlib.sha256(codec.dumps(told).encode()).hexdigest()[:16]
