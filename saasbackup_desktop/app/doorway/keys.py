"""What opens the vault, and for whom."""

import functools
from collections.abc import Sequence
from pathlib import Path

from saasbackup_desktop.app import keyring_slot, vault_keys, views
from saasbackup_desktop.app.activity.noting import noted
from saasbackup_desktop.app.doorway.opened import Opened


class Keys(Opened):
    """The vault's keys. Every method may raise Fault."""

    @noted("device-remembered")
    async def remember(self) -> bool:
        """Let this computer open the vault without asking, by a secret of its own in the operating system's keyring.

        False if there is no keyring to trust.
        """
        return await self._offload.on_disk(vault_keys.remember, self._home, self._workspace.vault)

    async def is_remembered(self) -> bool:
        """Whether this computer's keyring has something for this home's vault."""
        vault = self._home.read().get("vault_id")
        return bool(vault) and await self._offload.on_disk(keyring_slot.remembered, str(vault)) is not None

    async def forget(self) -> None:
        """Let this computer open the vault no more without asking. Raises Denied if the keyring does not let go."""
        vault = self._home.read().get("vault_id")
        if vault:
            opened = self._open.vault if self._open is not None else None
            await self._offload.on_disk(vault_keys.forget, self._home, str(vault), opened)

    @noted("recovery-confirmed")
    async def prove_recovery_kit(self, recovery_key: str) -> None:
        """Compare with the vault's recovery keys: the reminder ends. Raises WrongPassphrase with the reason."""
        await self._offload.on_disk(self._workspace.vault.require_recovery_key, recovery_key)
        self._home.write(recovery_confirmed=True)

    async def save_recovery_kit(self, kit: views.RecoveryKit, file: Path) -> None:
        """Write the kit as a PDF page."""
        # Loading what makes PDFs takes longer than many a command.
        from saasbackup_desktop.app.recovery_kit import save_recovery_kit

        await self._offload.on_disk(save_recovery_kit, kit, file)

    @noted("passphrase-added", item="result.id", label="label")
    async def add_passphrase(self, passphrase: str, label: str) -> views.KeySlot:
        """Let one more passphrase open the vault. Raises Misconfigured if it is empty, VaultKeysChanged."""
        vault = self._workspace.vault
        return vault_keys.view_of(await self._offload.on_disk(vault.add_passphrase, passphrase, label), vault)

    @noted("key-renamed", item="slot", label="label")
    async def rename_key(self, slot: str, label: str) -> views.KeySlot:
        """Give a key another label; its id is another one then, too."""
        return await self._offload.on_disk(vault_keys.rename, self._home, self._workspace.vault, slot, label)

    @noted("passphrase-changed")
    async def change_passphrase(self, old: str, new: str) -> int | None:
        """Replace a passphrase; gives the time until which locked storage keeps the old key's file all the same.

        Raises WrongPassphrase, Misconfigured.
        """
        return await self._offload.on_disk(self._workspace.vault.change_passphrase, old, new)

    @noted("keys-rotated")
    async def rotate_keys(self, passphrase: str) -> views.Rotation:
        """Replace the vault's master key: this passphrase and a new recovery key open it, and nothing else.

        Every key of ``vault_info`` falls away, also those of other people and computers; this computer's own way in is
        made anew. What is stored stays readable. Raises Misconfigured, VaultBusy, VaultKeysChanged.
        """
        async with self._changing:
            workspace = self._workspace
            owner = workspace.bench.owner
            return await self._offload.on_disk(
                vault_keys.rotate, self._home, workspace.vault, passphrase, owner, self._clock
            )

    @noted("recovery-key-made")
    async def new_recovery_key(self) -> views.RecoveryKit:
        """Make one more recovery key; the reminder begins again until it is confirmed."""
        vault = self._workspace.vault
        _, text = await self._offload.on_disk(vault.add_recovery)
        self._home.write(recovery_confirmed=False)
        return self._kit(vault, text)

    @noted("key-removed", item="slot")
    async def remove_key(self, slot: str, *, force: bool = False) -> int | None:
        """Let a key open the vault no more; gives the time until which locked storage keeps its file all the same.

        Raises Misconfigured for the last one a person has, and, unless forced, for the last recovery key.
        """
        remove = functools.partial(self._workspace.vault.remove_slot, slot, force=force)
        return await self._offload.on_disk(remove)

    async def limited_vaults(self) -> Sequence[str]:
        """Ids of the limited vaults inside: all that can be told without their keys."""
        return await self._offload.on_disk(self._workspace.vault.limited)

    @noted("limited-added", item="result.vault_id", label="label")
    async def add_limited(self, passphrase: str, label: str) -> views.RecoveryKit:
        """Make a vault inside this one that only its own passphrase and recovery key open."""
        made, key = await self._offload.on_disk(self._workspace.vault.create_limited, passphrase, label)
        return self._kit(made, key)

    @noted("limited-erased", item="id")
    async def erase_limited(self, id: str) -> views.Erasure:
        """Destroy a limited vault, its keys first. Raises Misconfigured if there is none of this id."""
        done = await self._offload.on_disk(self._workspace.vault.erase_limited, id)
        return views.Erasure(files=done.files, kept=done.kept, kept_until=done.kept_until)
