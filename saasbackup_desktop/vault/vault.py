"""The vault: open it, write streams into it, read them back."""

import contextlib
import hashlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import EllipsisType

from saasbackup_desktop.core.errors import (
    BodyDamaged,
    Misconfigured,
    VaultBusy,
    VaultDamaged,
    VaultExists,
    VaultMissing,
    WrongPassphrase,
)
from saasbackup_desktop.core.ids import NodeId, StreamId
from saasbackup_desktop.core.model import Body, Edit, Head, Item, Node
from saasbackup_desktop.core.ports import BlobStore, Clock, LockingStore
from saasbackup_desktop.vault.access import limited, slots
from saasbackup_desktop.vault.access.cabinet import Cabinet, open_ring, require_passphrase, slot_name
from saasbackup_desktop.vault.access.hidden_slots import uncover_slots
from saasbackup_desktop.vault.access.limited import Erasure
from saasbackup_desktop.vault.access.rescue import restore_description
from saasbackup_desktop.vault.access.rotation import Rotation, rotate
from saasbackup_desktop.vault.access.slots import Argon2, Slot
from saasbackup_desktop.vault.blobs import Blobs
from saasbackup_desktop.vault.care.check import Check, Damage, Progress
from saasbackup_desktop.vault.care.findings import HARMLESS
from saasbackup_desktop.vault.care.losses import lost_items
from saasbackup_desktop.vault.care.repair import Deed, Recall, Repair
from saasbackup_desktop.vault.care.trial import Chain, Trial, Walked
from saasbackup_desktop.vault.format import config, contents
from saasbackup_desktop.vault.format.bodies import pieces_of
from saasbackup_desktop.vault.format.config import Config
from saasbackup_desktop.vault.format.keys import KEY_SIZE, Keys
from saasbackup_desktop.vault.format.names import CONFIG, KEYS
from saasbackup_desktop.vault.format.packs import Pack
from saasbackup_desktop.vault.format.trees import Trees
from saasbackup_desktop.vault.heads import Heads
from saasbackup_desktop.vault.index import Index
from saasbackup_desktop.vault.loading import Loading
from saasbackup_desktop.vault.reading import Key, Reading
from saasbackup_desktop.vault.retention.housekeeping import Housekeeping
from saasbackup_desktop.vault.retention.removed import removed
from saasbackup_desktop.vault.sharing.leases import Lease, Watch, others
from saasbackup_desktop.vault.sharing.locks import LockRenewal, Renewed
from saasbackup_desktop.vault.sharing.mirror import Copy, Result
from saasbackup_desktop.vault.sharing.mirror_removal import remove_gone
from saasbackup_desktop.vault.stores.caching import CachingStore
from saasbackup_desktop.vault.writer import Writer

__all__ = [
    "HARMLESS",
    "Argon2",
    "Chain",
    "Damage",
    "Deed",
    "Erasure",
    "Pack",
    "Renewed",
    "Rotation",
    "Slot",
    "Stats",
    "Trial",
    "Vault",
    "Walked",
    "Writer",
]


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

    def __init__(
        self,
        store: BlobStore,
        keys: Keys,
        described: Config,
        clock: Clock,
        cost: Argon2 | None,
        near: Path | None = None,
    ) -> None:
        self.id = described.id
        self.created = described.created
        self.object_lock = described.lock
        self._store = store
        self._keys = keys
        self._config = config.to_bytes(described, keys)
        self._clock = clock
        self._cost = cost
        self._lock = threading.Lock()
        self._is_near = near is not None
        reads = store if near is None else CachingStore(store, near / described.id)
        self._index = Index(reads, keys)
        self._blobs = Blobs(reads, keys, self._index)
        self._trees = Trees(self._blobs.get, keys.derive("tree-cuts"))
        self._heads = Heads(reads, keys)
        self._cabinet = Cabinet(store, keys, described.id, clock, cost)
        keys.witness = self._cabinet.newest_epoch
        self.housekeeping = Housekeeping(store, keys, clock, self._index, self._blobs, self._heads)
        """Retention, holds, trash and prune."""
        self._seed = int.from_bytes(keys.derive("content-cuts")[:8], "big") >> 1
        self._index.refresh()

    @classmethod
    def create(
        cls,
        store: BlobStore,
        passphrase: str,
        clock: Clock,
        *,
        argon2: Argon2 | None = None,
        id: str = "",
        label: str = "",
    ) -> tuple["Vault", str]:
        """Make a new vault: the vault, and its recovery key's text. Raises VaultExists, VaultUnwritable, VaultFull.

        A store that places files under a lock makes a vault that says so.
        """
        require_passphrase(passphrase)
        if _is_taken(store):
            raise VaultExists("there is something already", location=store.location)
        lock = store.lock if isinstance(store, LockingStore) else None
        described = Config(id or os.urandom(16).hex(), clock.now(), lock=lock)
        keys = Keys([os.urandom(KEY_SIZE)], described.id)
        cost = argon2 or slots.calibrated()
        first = Slot(slots.new_id(), slots.PASSPHRASE, clock.now(), label)
        second = Slot(slots.new_id(), slots.RECOVERY, clock.now(), label)
        data, text = slots.wrap_recovery(second, described.id, keys)
        store.put(slot_name(second.id), data)
        data = slots.wrap_passphrase(first, described.id, passphrase, cost, keys)
        store.put(slot_name(first.id), data)
        try:
            store.put(CONFIG, config.to_bytes(described, keys))  # last: without it there is no vault
        except FileExistsError as error:
            raise VaultExists("there is something already", location=store.location) from error
        return cls(store, keys, described, clock, argon2), text

    @classmethod
    def open(cls, store: BlobStore, secret: str, clock: Clock, *, near: Path | None = None) -> "Vault":
        """Open with a passphrase, a recovery key or a device's secret; what a rotation left behind is taken away.

        ``near``: a folder on this computer for copies of what browsing reads, if the store is far away.
        Raises WrongPassphrase, VaultMissing, VaultTooNew, VaultDamaged; VaultKeysChanged for a secret that opened the
        vault before its keys were replaced.
        """
        described, plain = config.from_bytes(config.require_there(store))
        keys = Keys(open_ring(store, described.id, secret), described.id)
        config.prove(plain, keys)
        if isinstance(store, LockingStore):
            store.keep_under(described.lock)
        cabinet = Cabinet(store, keys, described.id, clock, None)
        cabinet.require_newest()
        vault = cls(store, keys, described, clock, None, near)
        cabinet.finish()
        return vault

    @classmethod
    def rescue(cls, store: BlobStore, secret: str, clock: Clock) -> "Vault":
        """Open a vault whose description is lost or damaged, after writing that again.

        Key slots that somebody took out of sight are brought back where a lock kept them. Raises as ``open`` does.
        """
        try:
            restore_description(store, secret)
        except (VaultDamaged, WrongPassphrase) as fault:
            if not isinstance(store, LockingStore):
                raise
            if not uncover_slots(store, secret):
                are_hidden = any(name.startswith(f"{KEYS}/") for name in store.hidden())
                if are_hidden and fault.facts.get("reason") in ("hidden", "missing"):
                    raise WrongPassphrase("no key slot that is out of sight opens") from fault
                raise
            restore_description(store, secret)
        return cls.open(store, secret, clock)

    @property
    def location(self) -> str:
        """What a person calls the place where it lies."""
        return self._store.location

    def subkey(self, purpose: str) -> bytes:
        """32 bytes for a purpose outside the vault, the same on every machine."""
        return self._keys.derive(f"app/{purpose}")

    # Keys

    @property
    def epoch(self) -> int:
        """How many master keys it has had."""
        return self._keys.epoch

    def slots(self) -> list[Slot]:
        """All key slots, oldest first; those of an earlier epoch open nothing. Unreadable ones are left out."""
        return self._cabinet.slots()

    def add_passphrase(self, passphrase: str, label: str = "") -> Slot:
        """Let one more passphrase open it. Raises VaultKeysChanged."""
        return self._cabinet.add_passphrase(passphrase, label)

    def add_recovery(self, label: str = "") -> tuple[Slot, str]:
        """Make one more recovery key: its slot and text. Raises VaultKeysChanged."""
        return self._cabinet.add_recovery(label)

    def add_device(self, label: str = "") -> tuple[Slot, str]:
        """Let a device open it without a person: its slot, and the secret for its keyring. Raises VaultKeysChanged."""
        return self._cabinet.add_device(label)

    def rename_slot(self, id: str, label: str) -> Slot:
        """Give a slot another label, which gives it another id. Raises Misconfigured if it is not there."""
        return self._cabinet.rename(id, label)

    def remove_slot(self, id: str, *, force: bool = False) -> int | None:
        """Let a slot open it no more; gives the time until which the store keeps the slot's file all the same.

        Raises Misconfigured (fact ``what``): ``no-such-key``; ``last-key``; unless forced, ``last-recovery-key``.
        """
        return self._cabinet.remove(id, force=force)

    def change_passphrase(self, old: str, new: str) -> int | None:
        """Replace the slot that the old passphrase opens; otherwise as ``remove_slot``. Raises WrongPassphrase."""
        return self._cabinet.change_passphrase(old, new)

    def rotate(self, passphrase: str, owner: str = "") -> Rotation:
        """Replace the master key: see ``rotation.rotate``. This vault goes on with the new one."""
        return rotate(self._store, self._keys, self.id, self._clock, self._cost, passphrase, owner)

    def finish_rotation(self) -> list[Slot]:
        """Take away every slot of an earlier epoch, also those that came back: they are named."""
        return self._cabinet.sweep()

    def is_recovery_key(self, text: str) -> bool:
        """Does this text open one of the recovery slots?"""
        return self._cabinet.is_recovery_key(text)

    def require_recovery_key(self, text: str) -> None:
        """Refuse what opens none of the recovery slots. Raises WrongPassphrase, with the reason."""
        self._cabinet.require_recovery_key(text)

    def device_slot(self, secret: str) -> Slot | None:
        """Which device slot does this device's secret open?"""
        return self._cabinet.opened_by(secret, slots.DEVICE)

    # Limited vaults

    def limited(self) -> list[str]:
        """Ids of the limited vaults inside: all that can be told without their keys."""
        return limited.ids(self._store)

    def create_limited(self, passphrase: str, label: str = "") -> tuple["Vault", str]:
        """Make a vault inside that this one's keys do not open: the vault, and its recovery key's text.

        Raises Misconfigured in a vault that is limited itself.
        """
        if limited.is_inside(self._store):
            raise Misconfigured("limited vaults do not nest", what="limited-inside-limited")
        self._require_same()
        id = os.urandom(16).hex()
        inside = limited.store_of(self._store, id)
        return Vault.create(inside, passphrase, self._clock, argon2=self._cost, id=id, label=label)

    def open_limited(self, id: str, secret: str) -> "Vault":
        """Open a limited vault with a secret of its own. Raises WrongPassphrase, Misconfigured."""
        if id not in self.limited():
            raise Misconfigured("no such limited vault", what="no-such-limited", name=id)
        return Vault.open(limited.store_of(self._store, id), secret, self._clock)

    def erase_limited(self, id: str, progress: Callable[[int, int], None] = lambda _done, _of: None) -> Erasure:
        """Destroy a limited vault, its keys first. Its own keys are not needed. Raises Misconfigured."""
        return limited.erase(self._store, self._keys, id, progress)

    # Writing

    def writer(self, stream: StreamId, owner: str) -> Writer:
        """Begin to write a stream. Raises VaultBusy if somebody else does, Misconfigured if it lies in the trash."""
        self._require_same()
        lease = Lease(self._store, self._keys, self._clock, stream, owner)
        try:
            self._index.refresh()
            self.require_kept(stream)
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

    def read_many(self, wanted: Iterable[tuple[Key, Body]]) -> Iterator[tuple[Key, bytes | BodyDamaged]]:
        """Items' bytes, or why they cannot be had, in an order that suits the vault.

        Some 64 MB are in memory at a time, or one whole item if it is larger: read the largest ones by ``pieces``.
        """
        return Reading(self._store, self._index, self._blobs).bodies(wanted)

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
        *,
        files: Progress = lambda _done, _of: None,
        tells_all: bool = False,
        read: set[bytes] | None = None,
    ) -> Iterator[Damage]:
        """Prove that it is whole; what is not is named. ``read_percent`` of the packs are read to the last byte.

        ``remembered`` is what ``mark`` gave at an earlier time: if it is there no more, the vault was rolled back.
        ``progress`` counts bytes, ``files`` files. ``tells_all``: what is harmless, too.
        ``read``: digests of packs that a check which was stopped has read; what this one reads is added.
        """
        check = self._checking()
        check.read = read if read is not None else set()
        found = check.damages(read_percent, self._clock.now(), progress, stop, remembered or {}, files)
        return (damage for damage in found if tells_all or not damage.is_harmless)

    def repair(
        self,
        progress: Progress,
        stop: Callable[[], bool],
        *,
        read_percent: int = 0,
        recall: Recall = lambda _head: None,
        remembered: Mapping[StreamId, tuple[str, str]] | None = None,
        owner: str = "",
        watch: Watch | None = None,
    ) -> list[Deed]:
        """Make it whole as far as it can be read: what was done. Nothing is done to a whole one.

        Only what a check finds is repaired: ``read_percent`` as there. ``recall`` tells the nodes of a point in time
        that somebody outside remembers; ``remembered`` as for ``check``. Points in time that are missing are taken for
        lost from then on, so that the vault can be pruned again. Raises VaultBusy while others write or prune;
        VaultKeysChanged.
        """
        with contextlib.suppress(VaultDamaged):  # a description that is lost can be written again
            config.require_there(self._store)
        lease = Lease.exclusive(self._store, self._keys, self._clock, owner, watch=watch, stop=stop)
        try:
            alive = others(self._store, self._keys, self._clock, mine=lease, watch=watch, stop=stop)
            if alive:
                raise VaultBusy("somebody writes", owner=alive[0].owner, host=alive[0].host, until="")
            repair = Repair(
                self._store, self._keys, self._config, self._index, self._blobs, self._trees, self._heads, lease
            )
            repair.run(self._checking(), read_percent, self._clock.now(), progress, stop, recall, remembered or {})
        finally:
            lease.release()
        return repair.deeds

    def trial(self) -> Trial:
        """Begin to read streams from the store itself, whatever was read before or is kept near."""
        return Trial(self._store, self._keys)

    def has_losses(self) -> bool:
        """Quickly: may something be lost that the next backup could fetch again?"""
        return self._index.has_losses

    def lost(self, root: str) -> Iterator[Item]:
        """Items of a tree whose bytes cannot be had any more, as far as the index tells."""
        return lost_items(self._blobs.get, root, self._index.lost())

    def knows(self, mark: tuple[str, str]) -> bool:
        """Is a head that was remembered still there, or was it removed on purpose?"""
        name, digest = mark
        with contextlib.suppress(FileNotFoundError):
            return hashlib.sha256(self._store.get(name)).hexdigest() == digest
        return name in removed(self._store, self._keys)

    def mark(self, stream: StreamId) -> tuple[str, str] | None:
        """Name and SHA-256 of the newest finished head of a stream, to be remembered outside the vault."""
        finished = [link for link in self._heads.links(stream) if link.head.final]
        return (finished[-1].name, finished[-1].digest) if finished else None

    def mirror(
        self,
        target: BlobStore,
        owner: str,
        progress: Progress,
        stop: Callable[[], bool],
        *,
        delete: bool = False,
        verify: bool = False,
    ) -> Result:
        """Copy it to another place, as ``mirror.mirror`` does.

        ``delete``: once everything is there, remove from it what was removed from here on purpose. Raises VaultBusy if
        somebody works there then.
        """
        self._require_same()
        if isinstance(target, LockingStore) and target.lock is None:
            target.keep_under(config.from_bytes(self._config)[0].lock)
        copy = Copy(self._store, target, self._keys, progress, stop, verify=verify)
        copy.run()
        if delete and copy.is_whole:
            remove_gone(copy, self._store, target, self._keys, self._clock, owner, self._is_sound, stop)
        return copy.result()

    def renew_locks(self, progress: Progress, stop: Callable[[], bool]) -> Renewed:
        """Let retention locks end later where points in time need it; nothing to do without a lock.

        Raises Cancelled; VaultDamaged if what a point in time stands on could not be found: the rest is done.
        """
        store = self._store
        if not isinstance(store, LockingStore) or store.lock is None:
            return Renewed()
        self._index.refresh()
        return LockRenewal(
            store, store.lock, self._keys, self._clock, self._index, self._blobs, self._trees, self._heads
        ).run(progress, stop)

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
        if self._is_near:  # what is to be proven lies in the store, not here
            index = Index(self._store, self._keys)
            blobs, heads = Blobs(self._store, self._keys, index), Heads(self._store, self._keys)
            return Check(self._store, self._keys, self.id, index, blobs, heads)
        return Check(self._store, self._keys, self.id, self._index, self._blobs, self._heads)

    def _sizes(self) -> Iterator[int]:
        for name in self._store.list():
            with contextlib.suppress(FileNotFoundError):  # a lease that was renewed in this moment
                yield self._store.size(name)

    def require_kept(self, stream: StreamId) -> None:
        """Make sure, as of the last refresh, that nobody goes on from what is about to be removed.

        Raises Misconfigured.
        """
        links = self._heads.links(stream)
        if links and self._index.is_discarded(links[-1].name):
            raise Misconfigured("it lies in the trash", what="discarded", name=links[-1].head.account.address)

    def _is_sound(self) -> bool:
        return all(damage.is_harmless for damage in self.check(0, lambda done, total: None, lambda: False))

    def _require_same(self) -> None:
        """Make sure that it still lies here, in this format and under these keys.

        Raises VaultMissing, VaultDamaged, VaultTooNew, VaultKeysChanged.
        """
        found = config.require_there(self._store)
        if found != self._config:
            config.from_bytes(found)
            raise VaultDamaged("another vault lies here now", file=CONFIG, reason="altered")
        self._cabinet.require_newest()


def _is_taken(store: BlobStore) -> bool:
    """Is anything here but the keys of a vault that was never finished?"""
    try:
        return any(not name.startswith(f"{KEYS}/") for name in store.list())
    except VaultMissing:
        return False
