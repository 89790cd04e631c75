"""What opens the vault of a home: this computer's own way in, new keys for old ones, and what a person is told of it.

Blocks: the desk runs it on its disk threads.
"""

import platform

from saasbackup_desktop.app import keyring_slot, views
from saasbackup_desktop.app.home import Home
from saasbackup_desktop.core.errors import Misconfigured, VaultBusy, VaultKeysChanged
from saasbackup_desktop.core.ports import Clock
from saasbackup_desktop.vault.access.recovery import from_device_text
from saasbackup_desktop.vault.vault import Slot, Vault

_DEVICE = "device"
"""In ``home.json``: which key is this computer's own."""
_ROTATING = "rotating"
"""In ``home.json`` from before the keys are replaced until all that belongs to it is done."""


def slots_of(home: Home, vault: Vault) -> list[views.KeySlot]:
    """Every key, oldest first. The keyring is not asked: some ask a person back."""
    here = str(home.read().get(_DEVICE) or "")
    return [view_of(slot, vault, here) for slot in vault.slots()]


def view_of(slot: Slot, vault: Vault, here: str = "") -> views.KeySlot:
    """A key as a person sees it."""
    return views.KeySlot(
        id=slot.id,
        kind=slot.kind,
        created=slot.created,
        label=slot.label,
        is_superseded=slot.epoch < vault.epoch,
        is_here=slot.id == here,
    )


def remember(home: Home, vault: Vault) -> bool:
    """Let this computer open the vault without asking; False if it has no keyring to trust."""
    kept = keyring_slot.remembered(vault.id)
    slot = vault.device_slot(kept) if kept is not None else None
    if slot is None:
        if not keyring_slot.is_trusted():
            return False
        slot, secret = vault.add_device(platform.node())
        if not keyring_slot.remember(vault.id, secret):
            vault.remove_slot(slot.id)
            return False
    home.write(**{_DEVICE: slot.id})
    return True


def rename(home: Home, vault: Vault, id: str, label: str) -> views.KeySlot:
    """Give a key another label; its id is another one then, too."""
    slot = vault.rename_slot(id, label)
    if home.read().get(_DEVICE) == id:
        home.write(**{_DEVICE: slot.id})
    return view_of(slot, vault, str(home.read().get(_DEVICE) or ""))


def forget(home: Home, vault_id: str, vault: Vault | None) -> None:
    """Take this computer's way in back: from its keyring and, if the vault is open, from the vault. Raises Denied."""
    kept = keyring_slot.remembered(vault_id)
    slot = vault.device_slot(kept) if vault is not None and kept is not None else None
    keyring_slot.forget(vault_id)
    home.write(**{_DEVICE: None})
    if vault is not None and slot is not None:
        vault.remove_slot(slot.id)


def settle(home: Home, vault: Vault, secret: str, *, was_remembered: bool) -> None:
    """After the vault was opened: end what was cut off, and keep no passphrase in the keyring any more."""
    if was_remembered and from_device_text(secret) is None:
        remember(home, vault)
    if home.read().get(_ROTATING):
        vault.finish_rotation()
        if home.read()[_ROTATING] == "device":
            remember(home, vault)
        home.write(**{_ROTATING: None})


def rotate(home: Home, vault: Vault, passphrase: str, owner: str, clock: Clock) -> views.Rotation:
    """Replace the master key; this computer's own way in is made anew if it had one. Raises as ``Vault.rotate``."""
    kept = keyring_slot.remembered(vault.id)
    had_device = kept is not None and vault.device_slot(kept) is not None
    was_confirmed = bool(home.read().get("recovery_confirmed", False))
    home.write(**{_ROTATING: "device" if had_device else "keys"}, recovery_confirmed=False)
    try:
        done = vault.rotate(passphrase, owner)
    except (Misconfigured, VaultBusy, VaultKeysChanged):  # raised before anything was replaced
        home.write(**{_ROTATING: None}, recovery_confirmed=was_confirmed)
        raise
    here = had_device and remember(home, vault)
    home.write(**{_ROTATING: None})
    return views.Rotation(
        kit=kit_of(vault, done.recovery_key, clock),
        fallen=[view_of(slot, vault) for slot in done.fallen],
        left=[view_of(slot, vault) for slot in done.left],
        kept_until=done.kept_until,
        is_remembered=here,
    )


def kit_of(vault: Vault, recovery_key: str, clock: Clock) -> views.RecoveryKit:
    """The kit of a new recovery key."""
    return views.RecoveryKit(location=vault.location, vault_id=vault.id, created=clock.now(), recovery_key=recovery_key)
