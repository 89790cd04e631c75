"""Make, adopt, unlock and lock the vault."""

import contextlib
import functools
from collections.abc import Awaitable, Callable, Sequence

from saasbackup_desktop.app import keyring_slot, vault_keys, views
from saasbackup_desktop.app.activity import attempts
from saasbackup_desktop.app.activity.noting import noted
from saasbackup_desktop.app.activity.recorder import here
from saasbackup_desktop.app.doorway.opened import Opened
from saasbackup_desktop.app.places import is_bucket, settings_to_keep
from saasbackup_desktop.app.workspace import WAIT_TO_LOOK, WAIT_TO_WORK
from saasbackup_desktop.core.errors import (
    HomeFault,
    Misconfigured,
    VaultBusy,
    VaultFault,
    VaultKeysChanged,
    WrongPassphrase,
)
from saasbackup_desktop.core.ports import BlobStore, ObjectLock
from saasbackup_desktop.vault.vault import Vault


class Vaulting(Opened):
    """The vault itself. Every method may raise Fault."""

    async def create_vault(
        self,
        location: str,
        passphrase: str,
        *,
        settings: views.BucketSettings | None = None,
        keys: views.BucketKeys | None = None,
        lock: ObjectLock | None = None,
        ready: Callable[[], Awaitable[None]] | None = None,
    ) -> views.RecoveryKit:
        """Make a vault and unlock it, in a folder or a bucket; a lock is proven first, which takes half a minute.

        ``ready`` is awaited when the place is found fit and nothing is made yet.
        Raises VaultExists, VaultUnwritable, VaultFull, Misconfigured.
        """
        self._require_no_vault()
        store = await self._offload.on_disk(self._places.at, location, settings, keys, lock)
        await self._offload.on_disk(self._places.require_apart, store, settings, keys)
        await self._offload.on_disk(self._places.require_fit, store)
        if ready is not None:
            await ready()
        vault, recovery_key = await self._offload.on_disk(Vault.create, store, passphrase, self._clock)
        await self._offload.on_disk(self._places.keep_keys, location, settings, keys)
        await self._settle_in(vault, recovery_confirmed=False, settings=settings)
        await self._workspace.recorder.note("vault-created", item=vault.location)
        return self._kit(vault, recovery_key)

    async def validate_store(
        self,
        location: str | None = None,
        *,
        settings: views.BucketSettings | None = None,
        keys: views.BucketKeys | None = None,
        lock: ObjectLock | None = None,
    ) -> Sequence[views.StoreFinding]:
        """Find out what a place can really do, by doing it there; None: where this home's vault lies.

        Half a minute with a lock; a vault's own lock is tried if none is asked for. Raises Misconfigured.
        """
        if location is None:
            store = await self._offload.on_disk(self._places.here)
        else:
            store = await self._offload.on_disk(self._places.at, location, settings, keys, lock)
        return await self._offload.on_disk(self._places.validate, store)

    async def keeps_bucket_keys(self) -> bool:
        """Does the keyring have keys for the bucket where this home's vault lies?"""
        return await self._offload.on_disk(self._places.keeps_keys)

    @noted("storage-keys-forgotten")
    async def forget_bucket_keys(self) -> None:
        """Remove those keys from the keyring. Raises Denied if it does not let go of them."""
        await self._offload.on_disk(self._places.forget_keys)

    async def adopt_vault(
        self,
        location: str,
        secret: str,
        *,
        settings: views.BucketSettings | None = None,
        keys: views.BucketKeys | None = None,
    ) -> None:
        """Take an existing vault into this home and build its catalog; this home's own from a new place, too.

        Raises VaultMissing, WrongPassphrase, Misconfigured.
        """
        store = await self._offload.on_disk(self._places.at, location, settings, keys)
        vault = await self._opened(store, secret)
        await self._offload.on_disk(self._places.keep_keys, location, settings, keys)
        known = self._home.read()
        if known.get("vault_id") == vault.id:  # it was moved, or this is a copy of it
            self._home.write(vault=vault.location, **settings_to_keep(vault.location, settings))
            await self.lock()
            await self.unlock(secret)
            return
        self._require_no_vault()
        await self._settle_in(vault, recovery_confirmed=True, settings=settings)
        async with self._changing:
            await self._catch_up(self._workspace, WAIT_TO_WORK)
            await self._workspace.recorder.note("vault-adopted", item=vault.location)

    async def unlock(self, secret: str) -> None:
        """Open this home's vault with a passphrase or recovery key.

        Raises WrongPassphrase, VaultMissing; VaultKeysChanged for what opened it before its keys were replaced.
        """
        await self._unlock(secret, was_remembered=False)

    async def unlock_remembered(self) -> bool:
        """Open it with this computer's own secret, if there is one in its keyring. Raises as ``unlock``."""
        vault = self._home.read().get("vault_id")
        secret = await self._offload.on_disk(keyring_slot.remembered, str(vault)) if vault else None
        if secret is None:
            return False
        try:
            await self._unlock(secret, was_remembered=True)
        except WrongPassphrase as error:
            raise WrongPassphrase("the device's slot was removed", reason="device") from error
        return True

    async def prove(self, secret: str) -> None:
        """See that a passphrase or recovery key opens this home's vault, open or not. Raises as ``unlock`` does."""
        if self.vault_location is None:
            raise Misconfigured("this home has no vault", what="no-vault")
        await self._prove(secret, "secret")

    async def prove_remembered(self) -> bool:
        """See that this computer's own secret opens it; False if its keyring has none. Raises as ``unlock`` does."""
        vault = self._home.read().get("vault_id")
        secret = await self._offload.on_disk(keyring_slot.remembered, str(vault)) if vault else None
        if secret is None:
            return False
        try:
            await self._prove(secret, "remembered")
        except WrongPassphrase as error:
            raise WrongPassphrase("the device's slot was removed", reason="device") from error
        return True

    async def _prove(self, secret: str, way: str) -> None:
        try:
            await self._opened(await self._offload.on_disk(self._places.here), secret)
        except (WrongPassphrase, VaultKeysChanged) as fault:
            await self._put_down(fault)
            raise
        if self._open is not None:  # to whoever asks it opens only now
            await self._open.recorder.opened(way)

    async def _put_down(self, fault: WrongPassphrase | VaultKeysChanged) -> None:
        reason = str(fault.facts.get("reason") or fault.code)
        await self._offload.on_disk(attempts.put_down, self.home, self._clock.now(), here(), reason)

    async def is_idle(self) -> bool:
        """Nothing runs here and nothing waits to run."""
        return self._open is None or (self._open.engine.is_idle and not self._open.engine.is_waiting)

    async def _unlock(self, secret: str, *, was_remembered: bool) -> None:
        location = self.vault_location
        if location is None:
            raise Misconfigured("this home has no vault", what="no-vault")
        async with self._changing:
            if self._open is not None:
                return
            store = await self._offload.on_disk(self._places.here)
            try:
                vault = await self._opened(store, secret)
            except (WrongPassphrase, VaultKeysChanged) as fault:
                await self._put_down(fault)
                raise
            expected = self._home.read().get("vault_id")
            if expected not in (None, vault.id):
                raise Misconfigured("another vault lies there", what="other-vault", name=location)
            workspace = await self._workspace_of(vault)
            try:
                await self._catch_up(workspace, WAIT_TO_LOOK)
            except (VaultBusy, HomeFault):
                pass  # another process keeps the catalog itself; on a full disk what is known can still be read
            except BaseException:
                await workspace.close()
                raise
            self._open = workspace
            await self._take_up(workspace)
            with contextlib.suppress(VaultFault, HomeFault):  # what cannot be written can still be read
                settle = functools.partial(vault_keys.settle, was_remembered=was_remembered)
                await self._offload.on_disk(settle, self._home, vault, secret)
            await workspace.recorder.opened("remembered" if was_remembered else "secret")

    async def _opened(self, store: BlobStore, secret: str) -> Vault:
        near = self._home.near if is_bucket(store.location) else None
        return await self._offload.on_disk(functools.partial(Vault.open, near=near), store, secret, self._clock)

    async def lock(self) -> None:
        """Stop jobs and close the vault."""
        async with self._changing:
            if self._open is not None and not self._is_closed:
                await self._open.recorder.note("vault-locked")
            workspace, self._open = self._open, None
            inside, self._inside = self._inside, None
            if inside is not None:
                await inside.close()
            if workspace is not None:
                await workspace.close()

    async def close(self) -> None:
        """Lock, and let go of the threads."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            await self.lock()
        finally:
            self._offload.close()

    async def rescue_vault(self, secret: str) -> None:
        """Unlock this home's vault though its description is lost or damaged: it is written again.

        Raises WrongPassphrase, VaultMissing, VaultDamaged.
        """
        if self.vault_location is None:
            raise Misconfigured("this home has no vault", what="no-vault")
        store = await self._offload.on_disk(self._places.here)
        await self._offload.on_disk(Vault.rescue, store, secret, self._clock)
        await self.unlock(secret)

    async def _settle_in(
        self, vault: Vault, *, recovery_confirmed: bool, settings: views.BucketSettings | None = None
    ) -> None:
        """Make a vault this home's own."""
        self._open = await self._workspace_of(vault)
        self._home.write(
            vault=vault.location,
            vault_id=vault.id,
            recovery_confirmed=recovery_confirmed,
            **settings_to_keep(vault.location, settings),
        )
