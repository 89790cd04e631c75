"""The key slots of one vault, as files: opened, added, replaced and taken away."""

import contextlib
import hashlib
from collections.abc import Iterator, Mapping, Set
from typing import Any

from saasbackup_desktop.core.errors import (
    Misconfigured,
    VaultDamaged,
    VaultFault,
    VaultImmutable,
    VaultKeysChanged,
    WrongPassphrase,
)
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.ports import BlobStore, Clock, LockingStore
from saasbackup_desktop.vault.access import recovery, slots
from saasbackup_desktop.vault.access.slots import Argon2, Slot
from saasbackup_desktop.vault.format.keys import Keys
from saasbackup_desktop.vault.format.names import KEYS
from saasbackup_desktop.vault.retention.removed import note_removed, removed
from saasbackup_desktop.vault.sharing.leases import Lease

_LEASE = StreamId("\x00keys")
"""No stream has this id."""


def open_ring(store: BlobStore, vault: str, secret: str) -> tuple[bytes, ...]:
    """Find the newest key ring that a secret opens. Raises WrongPassphrase, VaultDamaged."""
    ring: tuple[bytes, ...] = ()
    damage: VaultDamaged | None = None
    found: list[tuple[str, bytes, dict[str, Any]]] = []
    for name in store.list(KEYS):
        try:
            data = store.get(name)
            plain = slots.parse(name, data)
        except FileNotFoundError:
            continue  # removed in this moment
        except VaultDamaged as error:
            damage = error
            continue
        if plain["vault"] == vault:  # others are of a vault that was never finished in the same place
            found.append((name, data, plain))
    likely = _kind_of(secret)
    for name, data, plain in sorted(found, key=lambda one: (one[2]["kind"] != likely, slots.cost_of(one[2]))):
        if ring and (plain["epoch"] <= len(ring) or not slots.is_proven(plain, Keys(ring, vault))):
            continue
        try:
            ring = slots.unwrap(name, data, secret) or ring
        except VaultDamaged as error:
            damage = error
    if ring:
        return ring
    if damage is not None:
        raise damage
    if not found:
        raise VaultDamaged("no key slot of this vault is left", file=KEYS, reason="missing")
    newest = max(plain["epoch"] for _, _, plain in found)
    raise _refusal(secret, {plain["kind"] for _, _, plain in found if plain["epoch"] == newest})


class Cabinet:
    """Thread-safe as far as the store is."""

    def __init__(self, store: BlobStore, keys: Keys, vault: str, clock: Clock, cost: Argon2 | None) -> None:
        self._store = store
        self._keys = keys
        self._vault = vault
        self._clock = clock
        self._cost = cost
        self._known: set[str] = set()

    def slots(self) -> list[Slot]:
        """All slots, oldest first; those of an earlier epoch open nothing any more. Unreadable ones are left out."""
        found = []
        for name in self._store.list(KEYS):
            try:
                found.append(slots.described(name, self._store.get(name), self._vault, self._keys))
            except (VaultDamaged, FileNotFoundError):
                continue  # the check names it
        return sorted(found, key=lambda slot: (slot.created, slot.kind, slot.id))

    def current(self) -> list[Slot]:
        """Those that open all of the vault."""
        return [slot for slot in self.slots() if slot.epoch == self._keys.epoch]

    # --- adding ----------------------------------------------------------------------------------------------

    def add_passphrase(self, passphrase: str, label: str) -> Slot:
        """Let one more passphrase open it. Raises Misconfigured if it is empty, VaultBusy, VaultKeysChanged."""
        require_passphrase(passphrase)
        cost = self._cost or slots.calibrated()
        with self.alone():
            return self._add_passphrase(passphrase, label, cost)

    def add_recovery(self, label: str) -> tuple[Slot, str]:
        """Make one more recovery key: its slot and text. Raises VaultBusy, VaultKeysChanged."""
        with self.alone():
            return self.put_recovery(label)

    def add_device(self, label: str) -> tuple[Slot, str]:
        """Make one more device slot: the slot, and the secret for that device's keyring."""
        with self.alone():
            slot = self._new(slots.DEVICE, label)
            data, text = slots.wrap_device(slot, self._vault, self._keys)
            self._store.put(slot_name(slot.id), data)
            return slot, text

    # --- changing --------------------------------------------------------------------------------------------

    def change_passphrase(self, old: str, new: str) -> int | None:
        """Replace the slot that the old passphrase opens. Raises WrongPassphrase, Misconfigured.

        Gives the time until which the store keeps the old slot all the same; None: it is gone.
        """
        require_passphrase(new)
        cost = self._cost or slots.calibrated()
        with self.alone():
            slot = self.opened_by(old, slots.PASSPHRASE)
            if slot is None:
                raise WrongPassphrase("no key slot opens")
            self._add_passphrase(new, slot.label, cost)
            return self.withdraw(slot_name(slot.id))

    def rename(self, id: str, label: str) -> Slot:
        """Give a slot another label, which gives it another id.

        Raises Misconfigured if it is not there.
        """
        with self.alone():
            slot = self._find(id)
            name, new = slot_name(id), slots.new_id()
            self._store.put(slot_name(new), slots.relabelled(name, self._store.get(name), new, label, self._keys))
            self.withdraw(name)
            return Slot(new, slot.kind, slot.created, label, slot.epoch)

    def remove(self, id: str, *, force: bool) -> int | None:
        """Let a slot open it no more; gives the time until which the store keeps it all the same.

        Raises Misconfigured (fact ``what``) for one that is not there, ``last-key`` if no person could open the vault
        afterwards, and, unless forced, ``last-recovery-key``.
        """
        with self.alone():
            slot = self._find(id)
            others = [other for other in self.current() if other.id != id]
            if slot.epoch == self._keys.epoch:
                if all(other.kind == slots.DEVICE for other in others):
                    raise Misconfigured("nobody could open the vault without it", what="last-key", name=id)
                if slot.kind == slots.RECOVERY and not force and all(o.kind != slots.RECOVERY for o in others):
                    raise Misconfigured("it is the only recovery key", what="last-recovery-key", name=id)
            return self.withdraw(slot_name(id))

    @contextlib.contextmanager
    def alone(self, owner: str = "") -> Iterator[Lease]:
        """Be the only one who changes slots, under the newest keys. Raises VaultBusy, VaultKeysChanged.

        Two people who each remove the last key but one would leave none, and a slot that is added while the keys are
        replaced would open nothing.
        """
        lease = Lease(self._store, self._keys, self._clock, _LEASE, owner)
        try:
            self.require_newest()
            yield lease
        finally:
            lease.release()

    def put_recovery(self, label: str) -> tuple[Slot, str]:
        """Make a recovery key while being alone."""
        slot = self._new(slots.RECOVERY, label)
        data, text = slots.wrap_recovery(slot, self._vault, self._keys)
        self._store.put(slot_name(slot.id), data)
        return slot, text

    def _add_passphrase(self, passphrase: str, label: str, cost: Argon2) -> Slot:
        slot = self._new(slots.PASSPHRASE, label)
        self._store.put(slot_name(slot.id), slots.wrap_passphrase(slot, self._vault, passphrase, cost, self._keys))
        return slot

    def withdraw(self, name: str) -> int | None:
        """Take a slot's file away: written down, then removed, or hidden where a lock holds it (until when)."""
        try:
            data = self._store.get(name)
        except FileNotFoundError:
            return None
        note_removed(self._store, self._keys, [(name, hashlib.sha256(data).hexdigest())])
        try:
            self._store.delete(name)
        except VaultImmutable:
            if not isinstance(self._store, LockingStore):
                raise
            until = self._store.locked_until(name)
            self._store.hide(name)
            return until
        return None

    # --- asking ----------------------------------------------------------------------------------------------

    def opened_by(self, secret: str, kind: str) -> Slot | None:
        """Which current slot of a kind does this secret open?"""
        for slot in self.current():
            if slot.kind == kind and slots.unwrap(slot_name(slot.id), self._store.get(slot_name(slot.id)), secret):
                return slot
        return None

    def is_recovery_key(self, text: str) -> bool:
        """Does this text open one of the recovery slots?"""
        return recovery.from_text(text) is not None and self.opened_by(text, slots.RECOVERY) is not None

    def require_recovery_key(self, text: str) -> None:
        """Refuse what opens none of the recovery slots.

        Raises WrongPassphrase (fact ``reason``): ``mistyped-key``, ``foreign-key`` or ``no-recovery-key``.
        """
        if not self.is_recovery_key(text):
            facts = _refusal(text, {slots.PASSPHRASE}).facts or {"reason": "no-recovery-key"}
            raise WrongPassphrase("no recovery slot opens", **facts)

    def require_newest(self) -> None:
        """Make sure that nobody replaced the keys. Raises VaultKeysChanged."""
        for name in self._store.list(KEYS):
            if name in self._known:
                continue
            try:
                plain = slots.parse(name, self._store.get(name))
            except (VaultDamaged, FileNotFoundError):
                continue  # the check names it
            if self._is_mine(plain) and plain["epoch"] > self._keys.epoch:
                raise VaultKeysChanged("the keys were replaced", epoch=plain["epoch"])
            self._known.add(name)

    def newest_epoch(self) -> int:
        """The newest epoch that any slot proves: this ring's, or one after the keys were replaced."""
        newest = self._keys.epoch
        for name in self._store.list(KEYS):
            try:
                plain = slots.parse(name, self._store.get(name))
            except (VaultDamaged, FileNotFoundError):
                continue  # the check names it
            if self._is_mine(plain):
                newest = max(newest, plain["epoch"])
        return newest

    def superseded(self) -> list[str]:
        """Files of slots of earlier epochs, but not those that were taken away once and are there again."""
        names = [slot_name(slot.id) for slot in self.slots() if slot.epoch < self._keys.epoch]
        if not names:
            return []
        gone = removed(self._store, self._keys)
        return [name for name in names if name not in gone]

    def finish(self) -> None:
        """Take away what a rotation that was cut off left behind, where the store lets us."""
        for name in self.superseded():
            try:
                self.withdraw(name)
            except VaultFault:
                return  # read only or full: the check names what is left, and the next one who can removes it

    def sweep(self) -> list[Slot]:
        """Take away every slot of an earlier epoch. Raises VaultFault."""
        found = [slot for slot in self.slots() if slot.epoch < self._keys.epoch]
        for slot in found:
            self.withdraw(slot_name(slot.id))
        return found

    def _new(self, kind: str, label: str) -> Slot:
        return Slot(slots.new_id(), kind, self._clock.now(), label, self._keys.epoch)

    def _find(self, id: str) -> Slot:
        for slot in self.slots():
            if slot.id == id:
                return slot
        raise Misconfigured("no such key slot", what="no-such-key", name=id)

    def _is_mine(self, plain: Mapping[str, Any]) -> bool:
        return plain["vault"] == self._vault and slots.is_proven(plain, self._keys)


def require_passphrase(passphrase: str) -> None:
    """Refuse an empty passphrase. Raises Misconfigured."""
    if not passphrase:
        raise Misconfigured("a passphrase must not be empty", what="empty-passphrase")


def slot_name(id: str) -> str:
    """The file of a slot."""
    return f"{KEYS}/{id}.json"


def _refusal(secret: str, kinds: Set[str]) -> WrongPassphrase:
    """Why a secret opens none of the slots, which are of these kinds, as far as it can be told."""
    if recovery.is_mistyped(secret):
        return WrongPassphrase("the recovery key's checksum is wrong", reason="mistyped-key")
    kind = _kind_of(secret)
    if kind == slots.RECOVERY:
        return WrongPassphrase("no recovery slot opens", reason="foreign-key")
    if kind == slots.PASSPHRASE and slots.PASSPHRASE not in kinds:
        return WrongPassphrase("there is no passphrase slot", reason="no-passphrase")
    return WrongPassphrase("no key slot opens")


def _kind_of(secret: str) -> str:
    if recovery.from_device_text(secret) is not None:
        return slots.DEVICE
    return slots.RECOVERY if recovery.from_text(secret) is not None else slots.PASSPHRASE
