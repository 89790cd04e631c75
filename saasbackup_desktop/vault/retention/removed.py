"""What was removed on purpose: so that a check tells it from what somebody else took away, or brought back."""

import contextlib
import hashlib
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Any

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import VaultDamaged
from saasbackup_desktop.core.ports import BlobStore, LockingStore
from saasbackup_desktop.vault.format.keys import Keys
from saasbackup_desktop.vault.format.names import REMOVED
from saasbackup_desktop.vault.format.sealing import seal, unseal

_PURPOSE = "note"
LOST = "lost"
"""Noted in place of a SHA-256: nobody removed the file, but a repair took its loss for final. It may come back."""
_MANY = 16
"""So many notes are merged into one."""


def note_removed(
    store: BlobStore, keys: Keys, files: Iterable[tuple[str, str]], points: Iterable[tuple[str, str]] = ()
) -> str:
    """Write down, before they are removed, files by name and SHA-256 (empty: whatever it holds): the note's name.

    ``points``: stream and id of the points in time that go with them.
    """
    record = {"names": [list(pair) for pair in sorted(set(files))]}
    if points:
        record["points"] = [list(pair) for pair in sorted(set(points))]
    plain = codec.dumps(record).encode()
    data = seal(keys, _PURPOSE, REMOVED, plain)
    name = f"{REMOVED}/{hashlib.sha256(data).hexdigest()}"
    store.put(name, data)
    return name


def read_note(keys: Keys, name: str, data: bytes) -> list[tuple[str, str]]:
    """Read one note. Raises VaultDamaged."""
    try:
        record: dict[str, Any] = codec.loads(unseal(keys, _PURPOSE, REMOVED, data, name))
        return [(str(file), str(digest)) for file, digest in record["names"]]
    except (ValueError, KeyError, TypeError) as error:
        raise VaultDamaged("note is not understood", file=name, reason="altered") from error


def read_points(keys: Keys, name: str, data: bytes) -> list[tuple[str, str]]:
    """Read which points in time (stream and id) went with the files of a note. Raises VaultDamaged."""
    try:
        record: dict[str, Any] = codec.loads(unseal(keys, _PURPOSE, REMOVED, data, name))
        return [(str(stream), str(id)) for stream, id in record.get("points", ())]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise VaultDamaged("note is not understood", file=name, reason="altered") from error


def uncover_notes(store: LockingStore) -> list[str]:
    """Bring back what tells of removals, where somebody took it out of sight, or wrote over it: names of the notes."""
    brought = []
    for name in [name for name in store.hidden() if name.startswith(f"{REMOVED}/")]:
        digest = name.rpartition("/")[2]

        def is_right(data: bytes, digest: str = digest) -> bool:
            return hashlib.sha256(data).hexdigest() == digest

        with contextlib.suppress(FileNotFoundError):
            if is_right(store.get(name)):
                continue
        with contextlib.suppress(FileNotFoundError):
            store.uncover(name, is_right)
            brought.append(name)
    return brought


def take_back(store: BlobStore, keys: Keys, names: AbstractSet[str]) -> None:
    """Note no more that some files were removed: they are there, and stay. Raises VaultImmutable."""
    for note in list(store.list(REMOVED)):
        try:
            data = store.get(note)
            files, points = read_note(keys, note, data), read_points(keys, note, data)
        except (VaultDamaged, FileNotFoundError):
            continue  # the check names it
        left = [(name, digest) for name, digest in files if name not in names]
        if len(left) < len(files):
            if left or points:
                note_removed(store, keys, left, points)
            store.delete(note)


def merge_notes(store: BlobStore, keys: Keys) -> None:
    """Make one note of many; the old ones go once it is durable, where no lock keeps them."""
    notes: dict[str, bytes] = {}
    files: list[tuple[str, str]] = []
    points: list[tuple[str, str]] = []
    for name in store.list(REMOVED):
        if isinstance(store, LockingStore) and store.lock is not None and store.locked_until(name) is not None:
            continue
        try:
            data = store.get(name)
            files += read_note(keys, name, data)
            points += read_points(keys, name, data)
            notes[name] = data
        except (VaultDamaged, FileNotFoundError):
            continue  # the check names it
    if len(notes) < _MANY:
        return
    merged = note_removed(store, keys, files, points)
    for name in notes.keys() - {merged}:
        store.delete(name)


def removed(store: BlobStore, keys: Keys) -> dict[str, set[str]]:
    """All files that were removed on purpose, with their SHA-256. Notes that cannot be read are left out."""
    found: dict[str, set[str]] = {}
    for name in store.list(REMOVED):
        try:
            pairs = read_note(keys, name, store.get(name))
        except (VaultDamaged, FileNotFoundError):
            continue  # the check names it
        for file, digest in pairs:
            found.setdefault(file, set()).add(digest)
    return found


def removed_points(store: BlobStore, keys: Keys) -> set[tuple[str, str]]:
    """All points in time that were removed on purpose: stream and id. Notes that cannot be read are left out."""
    found: set[tuple[str, str]] = set()
    for name in store.list(REMOVED):
        try:
            found.update(read_points(keys, name, store.get(name)))
        except (VaultDamaged, FileNotFoundError):
            continue  # the check names it
    return found
