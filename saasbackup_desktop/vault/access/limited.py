"""Limited vaults: whole vaults inside a vault, for accounts that its other keys must not open."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from saasbackup_desktop.core.errors import Misconfigured, VaultImmutable
from saasbackup_desktop.core.ports import BlobStore, LockingStore
from saasbackup_desktop.vault.format.keys import Keys
from saasbackup_desktop.vault.format.names import KEYS, LIMITED
from saasbackup_desktop.vault.retention.removed import note_removed
from saasbackup_desktop.vault.stores.prefix import below

_ID: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Erasure:
    """What became of a limited vault that was erased."""

    files: int
    """Removed."""
    kept: int
    """Out of sight only: the store's lock keeps them, key slots first of all, for a time."""
    kept_until: int | None
    """When the last lock ends (seconds since 1970 UTC)."""


def store_of(store: BlobStore, id: str) -> BlobStore:
    """Where a limited vault lies. Raises Misconfigured for what is no id of one."""
    if not _ID.fullmatch(id):
        raise Misconfigured("not the id of a limited vault", what="no-such-limited", name=id)
    return below(store, f"{LIMITED}/{id}")


def is_inside(store: BlobStore) -> bool:
    """Is this store that of a limited vault already? They do not nest."""
    return re.search(rf"[/\\]{LIMITED}[/\\][0-9a-f]{{32}}[/\\]*$", store.location) is not None


def ids(store: BlobStore) -> list[str]:
    """The limited vaults inside: that is all that can be told without their keys."""
    found = {name.split("/")[1] for name in store.list(LIMITED) if name.count("/") > 1}
    return sorted(id for id in found if _ID.fullmatch(id))


def erase(store: BlobStore, keys: Keys, id: str, progress: Callable[[int, int], None]) -> Erasure:
    """Destroy a limited vault: its key slots first, so that from then on nothing in it can be read; then its files.

    Cut off, it goes on where it was when called again. Raises Misconfigured if there is none of this id.
    """
    inside = store_of(store, id)
    names = _keys_first(inside)
    if not names:
        raise Misconfigured("no such limited vault", what="no-such-limited", name=id)
    note_removed(store, keys, [(f"{LIMITED}/{id}", "")])
    kept: list[int] = []
    done = 0
    while names:
        of = done + len(names)
        for name in names:
            try:
                inside.delete(name)
            except VaultImmutable:
                if not isinstance(inside, LockingStore):
                    raise
                kept.append(inside.locked_until(name) or 0)
                inside.hide(name)
            done += 1
            progress(done, of)
        names = _keys_first(inside)  # what somebody who had it open wrote meanwhile
    return Erasure(done - len(kept), len(kept), max(kept, default=None))


def _keys_first(store: BlobStore) -> list[str]:
    return sorted(store.list(), key=lambda name: (not name.startswith(f"{KEYS}/"), name))
