"""Trash: what prune has decided to remove, and when. Until then everything in it can be read and called back."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import VaultDamaged
from saasbackup_desktop.core.ports import BlobStore
from saasbackup_desktop.vault.care.kinds import kind_of
from saasbackup_desktop.vault.format.keys import Keys
from saasbackup_desktop.vault.format.names import TRASH, pack_digest
from saasbackup_desktop.vault.format.sealing import seal, unseal

RETENTION: Final = "retention"
ACCOUNT: Final = "account"
SNAPSHOTS: Final = "snapshots"
_PURPOSE: Final = "trash"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trash:
    """One list of what is to be removed."""

    id: str
    made: int
    due: int
    """Not removed before this moment, seconds since 1970 UTC."""
    why: str
    """``retention``, ``account`` or ``snapshots`` (somebody chose them)."""
    heads: tuple[str, ...]
    packs: tuple[str, ...]
    program: str = ""

    @property
    def name(self) -> str:
        """Its file."""
        return f"{TRASH}/{self.id}"


def new_id() -> str:
    """A name that nobody has used."""
    return os.urandom(16).hex()


def names(store: BlobStore) -> list[str]:
    """All trash files; strangers in the folder do not count."""
    return [name for name in store.list(TRASH) if kind_of(name) == TRASH]


def put(store: BlobStore, keys: Keys, trash: Trash) -> None:
    """Write it down."""
    record = {
        "made": trash.made,
        "due": trash.due,
        "why": trash.why,
        "heads": trash.heads,
        "packs": trash.packs,
        "program": trash.program,
    }
    store.put(trash.name, seal(keys, _PURPOSE, trash.name, codec.dumps(record).encode()), fleeting=True)


def read(store: BlobStore, keys: Keys, name: str) -> Trash:
    """Read one. Raises VaultDamaged, VaultKeysChanged, FileNotFoundError."""
    plain = unseal(keys, _PURPOSE, name, store.get(name), name)
    try:
        record = codec.loads(plain)
        return Trash(
            id=name.rpartition("/")[2],
            made=record["made"],
            due=record["due"],
            why=record["why"],
            heads=tuple(record["heads"]),
            packs=tuple(record["packs"]),
            program=record["program"],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise VaultDamaged("trash is not understood", file=name, reason="altered") from error


def read_all(store: BlobStore, keys: Keys) -> list[Trash]:
    """Read all, earliest due first. Raises VaultDamaged, VaultKeysChanged."""
    found = []
    for name in names(store):
        try:
            found.append(read(store, keys, name))
        except FileNotFoundError:
            continue  # called back in this moment
    return sorted(found, key=lambda trash: (trash.due, trash.made, trash.id))


@dataclass(frozen=True, slots=True)
class Listed:
    """What a trash file lists, in brief."""

    packs: frozenset[bytes] = frozenset()
    """Digests."""
    discarded: frozenset[str] = frozenset()
    """Heads that somebody chose to let go."""


def listed(store: BlobStore, keys: Keys, known: Mapping[str, Listed]) -> dict[str, Listed]:
    """What each trash file lists; ``known`` is what was read before. Raises VaultKeysChanged.

    A list that cannot be read is taken for empty: nothing is removed by it either.
    """
    found: dict[str, Listed] = {}
    for name in names(store):
        if name in known:
            found[name] = known[name]
            continue
        try:
            trash = read(store, keys, name)
        except VaultDamaged:
            found[name] = Listed()  # the check names it
        except FileNotFoundError:
            continue  # called back in this moment
        else:
            packs = frozenset(digest for pack in trash.packs if (digest := pack_digest(pack)) is not None)
            found[name] = Listed(packs, frozenset(trash.heads if trash.why != RETENTION else ()))
    return found
