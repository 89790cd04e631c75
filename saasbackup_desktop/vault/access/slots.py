"""Key slots: each wraps the key ring under one secret."""

import hashlib
import hmac
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
from saasbackup_desktop.vault.access import recovery
from saasbackup_desktop.vault.format.keys import KEY_SIZE, Keys, expand

PASSPHRASE: Final = "passphrase"
RECOVERY: Final = "recovery"
DEVICE: Final = "device"
KINDS: Final = (PASSPHRASE, RECOVERY, DEVICE)
_MEMORY: Final = 64 * 1024
_MEMORY_LIMIT: Final = 4 * 1024 * 1024
_PASSES_LIMIT: Final = 1000
_EPOCH_LIMIT: Final = 10_000
_WRAPPING: Final = ("vault", "kind", "epoch", "created", "kdf", "nonce")
"""What the wrapped ring is bound to. The id and the label are not in it, so that a slot can be given another label."""


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
    """``passphrase``, ``recovery`` or ``device``."""
    created: int
    label: str
    epoch: int = 1
    """How many master keys it wraps."""


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


def wrap_secret(slot: Slot, vault: str, secret: bytes, keys: Keys) -> bytes:
    """Write a slot that 32 random bytes open: a recovery key, or what a device keeps."""
    salt = os.urandom(16)
    kdf: dict[str, str | int] = {"name": "hkdf-sha256", "salt": salt.hex()}
    return _wrap(slot, vault, kdf, expand(secret, salt, slot.kind), keys)


def wrap_recovery(slot: Slot, vault: str, keys: Keys) -> tuple[bytes, str]:
    """Write a slot that a new recovery key opens, and give the key's text."""
    secret = os.urandom(KEY_SIZE)
    return wrap_secret(slot, vault, secret, keys), recovery.to_text(secret)


def wrap_device(slot: Slot, vault: str, keys: Keys) -> tuple[bytes, str]:
    """Write a slot that a new device secret opens, and give the secret's text."""
    secret = os.urandom(KEY_SIZE)
    return wrap_secret(slot, vault, secret, keys), recovery.to_device_text(secret)


def unwrap(file: str, data: bytes, secret: str) -> tuple[bytes, ...] | None:
    """Try a secret on a slot: all master keys, newest first, or None. Raises VaultDamaged if the slot is broken."""
    plain = parse(file, data)
    key = _slot_key(file, plain, secret)
    if key is None:
        return None
    try:
        masters = AESGCM(key).decrypt(bytes.fromhex(plain["nonce"]), bytes.fromhex(plain["wrapped"]), _bound(plain))
    except InvalidTag:
        return None
    except ValueError as error:
        raise VaultDamaged("key slot is not readable", file=file, reason="altered") from error
    if len(masters) != KEY_SIZE * plain["epoch"]:
        raise VaultDamaged("key slot has not as many keys as it says", file=file, reason="altered")
    return tuple(masters[at : at + KEY_SIZE] for at in range(0, len(masters), KEY_SIZE))


def parse(file: str, data: bytes) -> dict[str, Any]:
    """Read a slot's plain part. Raises VaultDamaged."""
    try:
        plain: dict[str, Any] = codec.loads(data)
        checksum = plain.pop("sum")
        if checksum != _sum(plain):
            raise ValueError("checksum")
        for name in ("vault", "id", "kind", "wrapped", "nonce", "label", "proof"):
            if not isinstance(plain[name], str):
                raise TypeError(name)
        for name in ("created", "epoch"):
            if not isinstance(plain[name], int):
                raise TypeError(name)
        if plain["kind"] not in KINDS or not 1 <= plain["epoch"] <= _EPOCH_LIMIT:
            raise ValueError("kind or epoch")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise VaultDamaged("key slot is not readable", file=file, reason="altered") from error
    return plain


def canonical(file: str, data: bytes) -> bytes:
    """Write a slot as it is meant to be written. Raises VaultDamaged."""
    plain = parse(file, data)
    return codec.dumps({**plain, "sum": _sum(plain)}).encode()


def described(file: str, data: bytes, vault: str, keys: Keys) -> Slot:
    """Read what a slot is, with its label, and make sure that somebody with the vault's keys wrote all of it.

    Raises VaultDamaged; VaultKeysChanged for a slot that is proven to be of a newer epoch than this ring.
    """
    plain = parse(file, data)
    if plain["vault"] != vault or file.rpartition("/")[2] != f"{plain['id']}.json" or not is_proven(plain, keys):
        raise VaultDamaged("key slot was altered", file=file, reason="altered")
    try:
        sealed = bytes.fromhex(plain["label"])
        label = AESGCM(keys.of("slot", plain["epoch"])).decrypt(sealed[:12], sealed[12:], _told(plain))
        return Slot(plain["id"], plain["kind"], plain["created"], label.decode(), plain["epoch"])
    except VaultKeysChanged as error:
        raise VaultKeysChanged("key slot of newer keys", file=file, epoch=plain["epoch"]) from error
    except (InvalidTag, ValueError) as error:
        raise VaultDamaged("key slot's label does not open", file=file, reason="altered") from error


def is_proven(plain: Mapping[str, Any], keys: Keys) -> bool:
    """Did somebody write this slot who had a key ring of this vault, older or newer than this one?"""
    return hmac.compare_digest(plain["proof"], _proof(plain, keys))


def relabelled(file: str, data: bytes, id: str, label: str, keys: Keys) -> bytes:
    """Write a slot again with another id and label; the same secret opens it. Raises VaultDamaged."""
    plain = parse(file, data)
    return _sealed({name: plain[name] for name in (*_WRAPPING, "wrapped")} | {"id": id}, label, keys)


def cost_of(plain: Mapping[str, Any]) -> int:
    """Rank slots by what a try costs: cheap ones first."""
    kdf = plain.get("kdf")
    memory, passes = (kdf.get("memory"), kdf.get("passes")) if isinstance(kdf, dict) else (0, 0)
    return memory * passes if isinstance(memory, int) and isinstance(passes, int) else 0


def _wrap(slot: Slot, vault: str, kdf: Mapping[str, str | int], key: bytes, keys: Keys) -> bytes:
    nonce, ring = os.urandom(12), keys.ring
    plain: dict[str, Any] = {
        "vault": vault,
        "id": slot.id,
        "kind": slot.kind,
        "epoch": len(ring),
        "created": slot.created,
        "kdf": dict(kdf),
        "nonce": nonce.hex(),
    }
    plain["wrapped"] = AESGCM(key).encrypt(nonce, b"".join(ring), _bound(plain)).hex()
    return _sealed(plain, slot.label, keys)


def _sealed(plain: dict[str, Any], label: str, keys: Keys) -> bytes:
    nonce = os.urandom(12)
    sealed = AESGCM(keys.of("slot", plain["epoch"])).encrypt(nonce, label.encode(), _told(plain))
    plain["label"] = (nonce + sealed).hex()
    plain["proof"] = _proof(plain, keys)
    plain["sum"] = _sum(plain)
    return codec.dumps(plain).encode()


def _slot_key(file: str, plain: Mapping[str, Any], secret: str) -> bytes | None:
    try:
        kdf = plain["kdf"]
        salt = bytes.fromhex(kdf["salt"])
        if plain["kind"] != PASSPHRASE:
            key = recovery.from_text(secret) if plain["kind"] == RECOVERY else recovery.from_device_text(secret)
            return expand(key, salt, plain["kind"]) if key is not None else None
        cost = Argon2(kdf["memory"], kdf["passes"], kdf["lanes"])
        if cost.memory > _MEMORY_LIMIT or cost.passes > _PASSES_LIMIT:
            raise ValueError("cost out of bounds")
        return cost.derive(secret, salt)
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise VaultDamaged("key slot is not readable", file=file, reason="altered") from error


def _bound(plain: Mapping[str, Any]) -> bytes:
    return codec.dumps({name: plain[name] for name in _WRAPPING}).encode()


def _told(plain: Mapping[str, Any]) -> bytes:
    """What the label is bound to: all that the slot says beside it."""
    return codec.dumps({n: value for n, value in plain.items() if n not in ("label", "proof", "sum")}).encode()


def _proof(plain: Mapping[str, Any], keys: Keys) -> str:
    told = {name: value for name, value in plain.items() if name not in ("proof", "sum")}
    return hmac.digest(keys.derive("slot-proof"), codec.dumps(told).encode(), "sha256").hex()


def _sum(plain: Mapping[str, Any]) -> str:
    """Tells accidental damage from a wrong passphrase; it protects nothing."""
    told = {name: value for name, value in plain.items() if name != "sum"}
    return hashlib.sha256(codec.dumps(told).encode()).hexdigest()[:16]
