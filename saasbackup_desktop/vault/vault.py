"""The vault: open it, write streams into it, read them back."""

import contextlib
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import EllipsisType

from saasbackup_desktop.core.errors import Misconfigured, VaultDamaged, VaultExists, VaultMissing, WrongPassphrase
from saasbackup_desktop.core.ids import NodeId, StreamId
from saasbackup_desktop.core.model import Body, Edit, Head, Node
from saasbackup_desktop.core.ports import BlobStore, Clock, LockingStore
from saasbackup_desktop.vault import config, contents, recovery, slots
from saasbackup_desktop.vault.blobs import Blobs
from saasbackup_desktop.vault.bodies import pieces_of
from saasbackup_desktop.vault.check import Check, Damage, Progress
from saasbackup_desktop.vault.config import Config
from saasbackup_desktop.vault.heads import Heads
from saasbackup_desktop.vault.index import Index
from saasbackup_desktop.vault.keys import KEY_SIZE, Keys
from saasbackup_desktop.vault.leases import Lease
from saasbackup_desktop.vault.loading import Loading
from saasbackup_desktop.vault.names import CONFIG, KEYS
from saasbackup_desktop.vault.slots import Argon2, Slot
from saasbackup_desktop.vault.trees import Trees
from saasbackup_desktop.vault.writer import Writer

__all__ = ["Argon2", "Damage", "Slot", "Stats", "Vault", "Writer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """Figures of a vault."""

    files: int
    stored: int
    """Bytes of all files."""
    originals: int
    """Bytes of the items in the newest snapshots."""
    items: int
    snapshots: int


class Vault:
    """Thread-safe. Made by ``create`` and ``open``."""

    def __init__(self, store: BlobStore, keys: Keys, described: Config, clock: Clock, cost: Argon2 | None) -> None:
        self.id = described.id
        self.created = described.created
        self._store = store
        self._keys = keys
        self._config = config.to_bytes(described, keys)
        self._clock = clock
        self._cost = cost
        self._lock = threading.Lock()
        self._index = Index(store, keys)
        self._blobs = Blobs(store, keys, self._index)
        self._trees = Trees(self._blobs.get, keys.derive("tree-cuts"))
        self._heads = Heads(store, keys)
        self._seed = int.from_bytes(keys.derive("content-cuts")[:8], "big") >> 1
        self._index.refresh()

    @classmethod
    def create(
        cls, store: BlobStore, passphrase: str, clock: Clock, *, argon2: Argon2 | None = None
    ) -> tuple["Vault", str]:
        """Make a new vault: the vault, and its recovery key's text. Raises VaultExists, VaultUnwritable, VaultFull.

        A store that places files under a lock makes a vault that says so.
        """
        _require_passphrase(passphrase)
        if _is_taken(store):
            raise VaultExists("there is something already", location=store.location)
        lock = store.lock if isinstance(store, LockingStore) else None
        described = Config(os.urandom(16).hex(), clock.now(), lock=lock)
        keys = Keys([os.urandom(KEY_SIZE)], described.id)
        cost = argon2 or slots.calibrated()
        first = Slot(slots.new_id(), slots.PASSPHRASE, clock.now(), "")
        second = Slot(slots.new_id(), slots.RECOVERY, clock.now(), "")
        data, text = slots.wrap_recovery(second, described.id, keys)
        store.put(_slot_name(second.id), data)
        data = slots.wrap_passphrase(first, described.id, passphrase, cost, keys)
        store.put(_slot_name(first.id), data)
        try:
            store.put(CONFIG, config.to_bytes(described, keys))  # last: without it there is no vault
        except FileExistsError as error:
            raise VaultExists("there is something already", location=store.location) from error
        return cls(store, keys, described, clock, argon2), text

    @classmethod
    def open(cls, store: BlobStore, secret: str, clock: Clock) -> "Vault":
        """Open with a passphrase or a recovery key.

        Raises WrongPassphrase, VaultMissing, VaultTooNew, VaultDamaged.
        """
        described, plain = config.from_bytes(config.require_there(store))
        keys = Keys(_unwrapped(store, described.id, secret), described.id)
        config.prove(plain, keys)
        return cls(store, keys, described, clock, None)

    @property
    def location(self) -> str:
        """What a person calls the place where it lies."""
        return self._store.location

    def subkey(self, purpose: str) -> bytes:
        """32 bytes for a purpose outside the vault, the same on every machine."""
        return self._keys.derive(f"app/{purpose}")

    # Keys

    def slots(self) -> list[Slot]:
        """All ways to open it, oldest first. Slots that cannot be read are left out."""
        found = []
        for name in self._store.list(KEYS):
            try:
                found.append(slots.described(name, self._store.get(name), self.id, self._keys))
            except (VaultDamaged, FileNotFoundError):
                continue  # the check names it
        return sorted(found, key=lambda slot: (slot.created, slot.kind, slot.id))

    def add_passphrase(self, passphrase: str, label: str = "") -> Slot:
        """Let one more passphrase open it."""
        _require_passphrase(passphrase)
        slot = Slot(slots.new_id(), slots.PASSPHRASE, self._clock.now(), label)
        cost = self._cost or slots.calibrated()
        data = slots.wrap_passphrase(slot, self.id, passphrase, cost, self._keys)
        self._store.put(_slot_name(slot.id), data)
        return slot

    def add_recovery(self, label: str = "") -> tuple[Slot, str]:
        """Make one more recovery key: its slot and text."""
        slot = Slot(slots.new_id(), slots.RECOVERY, self._clock.now(), label)
        data, text = slots.wrap_recovery(slot, self.id, self._keys)
        self._store.put(_slot_name(slot.id), data)
        return slot, text

    def remove_slot(self, id: str) -> None:
        """Let a slot open it no more. Raises Misconfigured for the last one, and for one that is not there."""
        ids = [slot.id for slot in self.slots()]
        if id not in ids:
            raise Misconfigured("no such key slot", slot=id)
        if len(ids) == 1:
            raise Misconfigured("the last key slot must stay", slot=id)
        self._store.delete(_slot_name(id))

    def change_passphrase(self, old: str, new: str) -> None:
        """Replace the slot that the old passphrase opens. Raises WrongPassphrase."""
        _require_passphrase(new)
        for slot in self.slots():
            name = _slot_name(slot.id)
            if slot.kind == slots.PASSPHRASE and slots.unwrap(name, self._store.get(name), old) is not None:
                self.add_passphrase(new, slot.label)
                self._store.delete(name)
                return
        raise WrongPassphrase("no key slot opens")

    def is_recovery_key(self, text: str) -> bool:
        """Does this text open one of the recovery slots?"""
        if recovery.from_text(text) is None:
            return False
        names = [_slot_name(slot.id) for slot in self.slots() if slot.kind == slots.RECOVERY]
        return any(slots.unwrap(name, self._store.get(name), text) is not None for name in names)

    # Writing

    def writer(self, stream: StreamId, owner: str) -> Writer:
        """Begin to write a stream. Raises VaultBusy if somebody else does."""
        self._require_same()
        lease = Lease(self._store, self._keys, self._clock, stream, owner)
        try:
            self._index.refresh()
        except BaseException:
            lease.release()
            raise
        loading = Loading(self._store, self._keys, self._index, self._blobs)
        return Writer(stream, loading, lease, self._trees, self._heads, self._seed, self._require_same)

    # Reading

    def read(self, body: Body) -> bytes:
        """An item's bytes. Raises BodyDamaged."""
        return b"".join(self.pieces(body))

    def pieces(self, body: Body) -> Iterator[bytes]:
        """An item's bytes, piece by piece; do not trust them before the end. Raises BodyDamaged."""
        return pieces_of(body, self._blobs.get)

    def holds(self, body: Body) -> bool:
        """Are all blobs of an item in packs that are there? What they hold is not read."""
        return all(self._index.find(bytes.fromhex(segment.blob)) is not None for segment in body.recipe)

    def streams(self) -> list[StreamId]:
        """All streams that have a point in time."""
        return self._heads.streams()

    def heads(self, stream: StreamId) -> list[Head]:
        """Points in time, oldest first; of each snapshot its newest head."""
        return [link.head for link in self._heads.links(stream)]

    def last_head(self, stream: StreamId) -> Head | None:
        """The newest point in time."""
        heads = self.heads(stream)
        return heads[-1] if heads else None

    def nodes(self, root: str, parent: NodeId | None | EllipsisType = ...) -> Iterator[Node]:
        """The nodes of a tree, folders first: all, or those directly in a folder (None: at the top).

        Raises VaultDamaged.
        """
        return contents.nodes(self._trees, bytes.fromhex(root), parent)

    def diff(self, old: str, new: str) -> Iterator[Edit]:
        """What differs between two trees; a node that moved is one edit. Raises VaultDamaged."""
        return contents.edits_between(self._trees, bytes.fromhex(old), bytes.fromhex(new))

    def check(
        self,
        read_percent: int,
        progress: Progress,
        stop: Callable[[], bool],
        remembered: Mapping[StreamId, tuple[str, str]] | None = None,
    ) -> Iterator[Damage]:
        """Prove that it is whole; what is not is named. ``read_percent`` of the packs are read to the last byte.

        ``remembered`` is what ``mark`` gave at an earlier time: if it is there no more, the vault was rolled back.
        """
        return self._checking().damages(read_percent, self._clock.now(), progress, stop, remembered or {})

    def mark(self, stream: StreamId) -> tuple[str, str] | None:
        """Name and SHA-256 of the newest finished head of a stream, to be remembered outside the vault."""
        finished = [link for link in self._heads.links(stream) if link.head.final]
        return (finished[-1].name, finished[-1].digest) if finished else None

    def stats(self) -> Stats:
        """Count."""
        heads = [self.heads(stream) for stream in self.streams()]
        sizes = list(self._sizes())
        newest = [of_stream[-1].snapshot for of_stream in heads if of_stream]
        return Stats(
            files=len(sizes),
            stored=sum(sizes),
            originals=sum(snapshot.size for snapshot in newest),
            items=sum(snapshot.items for snapshot in newest),
            snapshots=sum(len(of_stream) for of_stream in heads),
        )

    def refresh(self) -> None:
        """See what others wrote since."""
        self._index.refresh()

    def _checking(self) -> Check:
        return Check(self._store, self._keys, self.id, self._index, self._blobs, self._heads)

    def _sizes(self) -> Iterator[int]:
        for name in self._store.list():
            with contextlib.suppress(FileNotFoundError):  # a lease that was renewed in this moment
                yield self._store.size(name)

    def _require_same(self) -> None:
        """Make sure that this vault still lies here. Raises VaultMissing, VaultDamaged."""
        if config.require_there(self._store) != self._config:
            raise VaultDamaged("another vault lies here now", file=CONFIG, reason="altered")


def _require_passphrase(passphrase: str) -> None:
    if not passphrase:
        raise Misconfigured("a passphrase must not be empty")


def _is_taken(store: BlobStore) -> bool:
    """Is anything here but the keys of a vault that was never finished?"""
    try:
        return any(not name.startswith(f"{KEYS}/") for name in store.list())
    except VaultMissing:
        return False


def _unwrapped(store: BlobStore, vault: str, secret: str) -> tuple[bytes, ...]:
    damage: VaultDamaged | None = None
    tried = 0
    for name in store.list(KEYS):
        try:
            data = store.get(name)
            if slots.parse(name, data)["vault"] != vault:
                continue  # of a vault that was never finished in the same place
            ring = slots.unwrap(name, data, secret)
        except VaultDamaged as error:
            damage = error
            continue
        tried += 1
        if ring is not None:
            return ring
    if damage is not None:
        raise damage
    if not tried:
        raise VaultDamaged("no key slot of this vault is left", file=KEYS, reason="missing")
    raise WrongPassphrase("no key slot opens")


def _slot_name(id: str) -> str:
    return f"{KEYS}/{id}.json"
