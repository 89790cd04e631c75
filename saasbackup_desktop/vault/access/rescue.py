"""A vault without its description: made again from what the key slots say."""

import contextlib
import hashlib
from typing import Any

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import VaultDamaged, VaultFault
from saasbackup_desktop.core.ports import BlobStore, LockingStore
from saasbackup_desktop.vault.access import slots
from saasbackup_desktop.vault.access.cabinet import open_ring
from saasbackup_desktop.vault.format import config
from saasbackup_desktop.vault.format.config import Config, require_there
from saasbackup_desktop.vault.format.keys import Keys
from saasbackup_desktop.vault.format.names import ASIDE, CONFIG, KEYS


def restore_description(store: BlobStore, secret: str) -> bool:
    """Write ``vault.json`` again if it is lost or damaged: was that so?

    When the vault was made is taken from its oldest slot. Raises WrongPassphrase, VaultMissing, VaultDamaged;
    VaultTooNew for one that a newer program wrote.
    """
    candidates = _candidates(store)
    data = _found(store) if candidates else require_there(store)
    if isinstance(store, LockingStore):
        with contextlib.suppress(FileNotFoundError):
            store.uncover(CONFIG, lambda version: _opens(version, store, secret))
            data = store.get(CONFIG)
    if data is not None and _opens(data, store, secret):
        return False
    vault, created, keys = _opened(store, candidates, secret)
    lock = store.lock if isinstance(store, LockingStore) else None
    if data is not None:
        digits = hashlib.sha256(data).hexdigest()
        with contextlib.suppress(FileExistsError):
            store.put(f"{ASIDE}/{digits[:2]}/{digits}", data, fleeting=True)
        store.delete(CONFIG)
    store.put(CONFIG, config.to_bytes(Config(vault, created, lock=lock), keys))
    return True


def _found(store: BlobStore) -> bytes | None:
    try:
        return store.get(CONFIG)
    except FileNotFoundError:
        return None


def _candidates(store: BlobStore) -> dict[str, int]:
    """Vaults that slots speak of, and when their oldest slot was made."""
    found: dict[str, int] = {}
    for name in store.list(KEYS):
        with contextlib.suppress(VaultDamaged, FileNotFoundError):
            plain = slots.parse(name, store.get(name))
            found[plain["vault"]] = min(plain["created"], found.get(plain["vault"], plain["created"]))
    return found


def _opened(store: BlobStore, candidates: dict[str, int], secret: str) -> tuple[str, int, Keys]:
    failure: VaultFault = VaultDamaged("no key slot is left", file=KEYS, reason="missing")
    for vault, created in candidates.items():
        try:
            return vault, created, Keys(open_ring(store, vault, secret), vault)
        except VaultFault as fault:
            failure = fault
    raise failure


def _opens(data: bytes, store: BlobStore, secret: str) -> bool:
    """Is this a description that somebody with these keys wrote? Raises VaultTooNew if so, and it asks for more."""
    try:
        plain: dict[str, Any] = codec.loads(data)
        vault = str(plain["id"])
        config.prove(plain, Keys(open_ring(store, vault, secret), vault))
    except (VaultDamaged, ValueError, KeyError, TypeError):
        return False
    config.from_bytes(data)
    return True
