"""A new master key: what is written from now on is encrypted under it, and only new secrets lead to it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from saasbackup_desktop.core.errors import VaultFault
from saasbackup_desktop.core.ports import BlobStore, Clock
from saasbackup_desktop.vault.access import slots
from saasbackup_desktop.vault.access.cabinet import Cabinet, require_passphrase, slot_name
from saasbackup_desktop.vault.access.slots import Argon2, Slot
from saasbackup_desktop.vault.format.keys import KEY_SIZE, Keys


@dataclass(frozen=True, slots=True)
class Rotation:
    """What became of a rotation."""

    recovery_key: str
    fallen: Sequence[Slot]
    """What opened the vault before, and does so no more."""
    left: Sequence[Slot]
    """Those among them whose files the store did not let go of."""
    kept_until: int | None
    """When the store removes the last file that it locks (seconds since 1970 UTC)."""


def rotate(
    store: BlobStore, keys: Keys, vault: str, clock: Clock, cost: Argon2 | None, passphrase: str, owner: str
) -> Rotation:
    """Begin the next epoch, with this passphrase and a new recovery key; every other slot is taken away.

    The passphrase's slot is the one write that counts: cut off before it, nothing has happened; cut off after it, the
    new passphrase opens everything, the old secrets open nothing, and ``Cabinet.finish`` takes away what was left.
    Raises Misconfigured, VaultBusy, VaultKeysChanged.
    """
    require_passphrase(passphrase)
    cabinet = Cabinet(store, keys, vault, clock, cost)
    price = cost or slots.calibrated()
    with cabinet.alone(owner) as lease:
        fallen = cabinet.slots()
        master = os.urandom(KEY_SIZE)
        fresh = Keys((master, *keys.ring), vault)
        way_in = Slot(slots.new_id(), slots.PASSPHRASE, clock.now(), "", fresh.epoch)
        data = slots.wrap_passphrase(way_in, vault, passphrase, price, fresh)
        lease.require()
        store.put(slot_name(way_in.id), data)
        keys.renew(master)
        _, text = cabinet.put_recovery("")
        left: list[Slot] = []
        kept: list[int] = []
        for slot in fallen:
            try:
                until = cabinet.withdraw(slot_name(slot.id))
            except VaultFault:  # the keys are replaced all the same: nobody must be told that they are not
                left.append(slot)
            else:
                kept += [until] if until is not None else []
        return Rotation(text, fallen, left, max(kept, default=None))
