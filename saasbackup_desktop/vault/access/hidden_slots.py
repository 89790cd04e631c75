"""Key slots that somebody took out of sight while the store's lock kept them."""

import contextlib
import hashlib

from saasbackup_desktop.core.errors import VaultDamaged, VaultKeysChanged
from saasbackup_desktop.core.ports import BlobStore, LockingStore
from saasbackup_desktop.vault.access import slots
from saasbackup_desktop.vault.format.keys import Keys
from saasbackup_desktop.vault.format.names import KEYS
from saasbackup_desktop.vault.retention.removed import removed, uncover_notes


def uncover_slots(store: LockingStore, secret: str) -> list[str]:
    """Bring slots back that somebody took out of sight, as far as this secret opens them: their names.

    What was removed on purpose, or by a rotation, stays where it is: what tells of that is brought back first.
    """
    uncover_notes(store)
    brought = []
    for name in [name for name in store.hidden() if name.startswith(f"{KEYS}/")]:
        for data in _versions(store, name):
            try:
                vault, ring = slots.parse(name, data)["vault"], slots.unwrap(name, data, secret)
                if ring is None or _is_noted(store, Keys(ring, vault), name, data):
                    continue
            except (VaultDamaged, VaultKeysChanged):
                continue
            store.uncover(name, data.__eq__)
            brought.append(name)
            break
    return brought


def hidden_slots(store: LockingStore, vault: str, keys: Keys) -> list[str]:
    """Name the slots of the present keys that somebody took out of sight, or wrote over, and a lock kept."""
    gone = removed(store, keys)
    found = []
    for name in store.hidden():
        if name.startswith(f"{KEYS}/") and name not in gone:
            versions = _versions(store, name)
            with contextlib.suppress(FileNotFoundError):
                versions = [data for data in versions if data != store.get(name)]
            found += [name] if any(is_current(name, data, vault, keys) for data in versions) else []
    return found


def is_current(name: str, data: bytes, vault: str, keys: Keys) -> bool:
    """Is this a slot, unaltered, that opens all of the vault?"""
    try:
        return slots.described(name, data, vault, keys).epoch == keys.epoch
    except (VaultDamaged, VaultKeysChanged):
        return False


def _versions(store: LockingStore, name: str) -> list[bytes]:
    found: list[bytes] = []

    def look(data: bytes) -> bool:
        found.append(data)
        return False

    with contextlib.suppress(FileNotFoundError):
        store.uncover(name, look)
    return found


def _is_noted(store: BlobStore, keys: Keys, name: str, data: bytes) -> bool:
    """Was it removed on purpose? Raises VaultKeysChanged if that was noted under newer keys."""
    digests = removed(store, keys).get(name, set())
    return bool(digests & {"", hashlib.sha256(data).hexdigest()})
