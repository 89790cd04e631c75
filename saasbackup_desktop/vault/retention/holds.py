"""Holds: what must not be removed whatever retention says, until somebody releases it."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import VaultDamaged
from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.core.model import Snapshot
from saasbackup_desktop.core.ports import BlobStore
from saasbackup_desktop.vault.care.kinds import kind_of
from saasbackup_desktop.vault.format.keys import Keys
from saasbackup_desktop.vault.format.names import HOLDS
from saasbackup_desktop.vault.format.sealing import seal, unseal

_PURPOSE: Final = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One hold."""

    id: str
    stream: StreamId | None
    """None: every stream."""
    snapshot: SnapshotId | None
    """None: every point in time of the stream, those to come included."""
    label: str
    made: int
    was_empty: bool = False
    """When it was made there was nothing under it yet."""

    @property
    def name(self) -> str:
        """Its file."""
        return f"{HOLDS}/{self.id}"

    def covers(self, snapshot: Snapshot) -> bool:
        """Must this point in time stay?"""
        return self.stream in (None, snapshot.stream) and self.snapshot in (None, snapshot.id)


def new_id() -> str:
    """A name that nobody has used."""
    return os.urandom(16).hex()


def put(store: BlobStore, keys: Keys, hold: Hold) -> None:
    """Write it down."""
    record: dict[str, Any] = {
        "stream": hold.stream or "",
        "snapshot": hold.snapshot or "",
        "label": hold.label,
        "made": hold.made,
    }
    if hold.was_empty:
        record["empty"] = True
    plain = codec.dumps(record).encode("utf-8", "surrogatepass")
    store.put(hold.name, seal(keys, _PURPOSE, hold.name, plain), fleeting=True)


def read(store: BlobStore, keys: Keys, name: str) -> Hold:
    """Read one. Raises VaultDamaged, VaultKeysChanged, FileNotFoundError."""
    plain = unseal(keys, _PURPOSE, name, store.get(name), name)
    try:
        record = codec.loads(plain.decode("utf-8", "surrogatepass"))
        return Hold(
            id=name.rpartition("/")[2],
            stream=StreamId(record["stream"]) or None,
            snapshot=SnapshotId(record["snapshot"]) or None,
            label=record["label"],
            made=record["made"],
            was_empty=record.get("empty") is True,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise VaultDamaged("hold is not understood", file=name, reason="altered") from error


def read_all(store: BlobStore, keys: Keys) -> list[Hold]:
    """Read all, oldest first. Raises VaultDamaged, VaultKeysChanged: a hold that cannot be read may cover anything."""
    found = []
    for name in store.list(HOLDS):
        if kind_of(name) == HOLDS:
            try:
                found.append(read(store, keys, name))
            except FileNotFoundError:
                continue  # released in this moment
    return sorted(found, key=lambda hold: (hold.made, hold.id))


def is_held(holds: Iterable[Hold], snapshot: Snapshot) -> bool:
    """Does any hold cover this point in time?"""
    return any(hold.covers(snapshot) for hold in holds)
