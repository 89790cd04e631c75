"""What is remembered of retention locks between backups: what lasts until when, and for whom that was made sure of.

It saves asking the store about every file again. If it is lost, or an older one is put in its place, more is asked.
"""

import base64
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import VaultDamaged, VaultKeysChanged
from saasbackup_desktop.core.ports import BlobStore
from saasbackup_desktop.vault.care.kinds import kind_of
from saasbackup_desktop.vault.format.keys import Keys
from saasbackup_desktop.vault.format.names import LOCKS, number_of
from saasbackup_desktop.vault.format.sealing import seal, unseal

_PURPOSE: Final = "note"
_KEY: Final = 16


@dataclass(slots=True)
class LockNotes:
    """Moments are seconds since 1970 UTC."""

    heads: dict[str, int] = field(default_factory=dict)
    """Heads that were seen to: everything that they stand on is locked until then at least."""
    ends: dict[bytes, int] = field(default_factory=dict)
    """When files' locks end, by the beginning of the SHA-256 of their names."""
    is_changed: bool = False

    def end_of(self, name: str) -> int | None:
        """When a file's lock ends, as far as it is known."""
        return self.ends.get(_key(name))

    def note(self, name: str, until: int) -> None:
        """Remember when a file's lock ends."""
        if self.ends.get(_key(name)) != until:
            self.ends[_key(name)] = until
            self.is_changed = True

    def see_to(self, head: str, until: int) -> None:
        """Remember that everything a head stands on is locked until then at least."""
        self.heads[head] = until
        self.is_changed = True

    def forget_past(self, now: int, heads: frozenset[str]) -> None:
        """Forget what is over, and heads that are not there any more."""
        self.ends = {key: until for key, until in self.ends.items() if until > now}
        self.heads = {name: until for name, until in self.heads.items() if name in heads}


def read_notes(store: BlobStore, keys: Keys) -> LockNotes:
    """The newest that can be read; nothing is remembered if none can."""
    for name in reversed(_names(store)):
        try:
            return _parsed(name, unseal(keys, _PURPOSE, name, store.get(name), name))
        except (VaultDamaged, VaultKeysChanged, FileNotFoundError):
            continue  # the check names it; asking the store again is all that it costs
    return LockNotes()


def put_notes(store: BlobStore, keys: Keys, notes: LockNotes) -> None:
    """Write them down, unless nothing changed; older ones go."""
    if not notes.is_changed:
        return
    before = _names(store)
    number = number_of(before[-1]) + 1 if before else 1
    name = f"{LOCKS}/{number:08d}-{os.urandom(8).hex()}"
    groups: dict[int, list[bytes]] = {}
    for key, until in sorted(notes.ends.items()):
        groups.setdefault(until, []).append(key)
    record = {
        "heads": notes.heads,
        "ends": [[until, base64.b64encode(b"".join(group)).decode()] for until, group in sorted(groups.items())],
    }
    store.put(name, seal(keys, _PURPOSE, name, codec.dumps(record).encode()), fleeting=True)
    for old in before:
        store.delete(old)
    notes.is_changed = False


def _parsed(name: str, plain: bytes) -> LockNotes:
    try:
        record: Mapping[str, Any] = codec.loads(plain)
        notes = LockNotes({str(head): int(until) for head, until in record["heads"].items()})
        for until, packed in record["ends"]:
            joined = base64.b64decode(packed, validate=True)
            for at in range(0, len(joined), _KEY):
                notes.ends[joined[at : at + _KEY]] = int(until)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise VaultDamaged("notes of locks are not understood", file=name, reason="altered") from error
    return notes


def _names(store: BlobStore) -> list[str]:
    return sorted(name for name in store.list(LOCKS) if kind_of(name) == LOCKS)


def _key(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()[:_KEY]
