"""What a person can do here: the one door for the window and the command line."""

import asyncio
import contextlib
import functools
from array import array
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from saasbackup_desktop.app import browsing, keyring_slot, restoring, retaining, showing, skipping, vault_keys, views
from saasbackup_desktop.app.activity import attempts
from saasbackup_desktop.app.activity.activity import Activity
from saasbackup_desktop.app.activity.noting import noted
from saasbackup_desktop.app.activity.recorder import here
from saasbackup_desktop.app.alerts.alerts import Alerts
from saasbackup_desktop.app.cards import stream_cards
from saasbackup_desktop.app.clock import SystemClock
from saasbackup_desktop.app.connections import connection_of
from saasbackup_desktop.app.doors import reach
from saasbackup_desktop.app.drills.drills import Drills
from saasbackup_desktop.app.history.history import History
from saasbackup_desktop.app.home import Home
from saasbackup_desktop.app.inside import Inside
from saasbackup_desktop.app.notices.notices import Notices
from saasbackup_desktop.app.places import Places, is_bucket, settings_of, settings_to_keep, whole
from saasbackup_desktop.app.reports.monitoring import level_of
from saasbackup_desktop.app.reports.reports import Reports
from saasbackup_desktop.app.reports.views import MonitorStatus
from saasbackup_desktop.app.tasks.tasks import Tasks
from saasbackup_desktop.app.tenants.tenants import Tenants
from saasbackup_desktop.app.workspace import WAIT_TO_LOOK, WAIT_TO_WORK, Workspace
from saasbackup_desktop.core.errors import (
    HomeFault,
    Misconfigured,
    VaultBusy,
    VaultFault,
    VaultKeysChanged,
    WrongPassphrase,
)
from saasbackup_desktop.core.ids import ConnectionName, JobId, NodeId, RowId, SnapshotId, StreamId
from saasbackup_desktop.core.jobs import (
    BY_HAND,
    Backup,
    CatalogChanged,
    Check,
    Discard,
    Event,
    ItemFailure,
    Job,
    JobPage,
    JobQuery,
    Migrate,
    Mirror,
    Origin,
    Prune,
    Restore,
    Spec,
    State,
)
from saasbackup_desktop.core.model import Item, Service, Snapshot, service_of, stream_id
from saasbackup_desktop.core.ports import BlobStore, ObjectLock
from saasbackup_desktop.core.retention import GRACE_DAYS, Keep
from saasbackup_desktop.engine.engine import LocalEngine
from saasbackup_desktop.engine.offload import Offload
from saasbackup_desktop.engine.paths import folder_paths
from saasbackup_desktop.engine.skipped import Skip
from saasbackup_desktop.providers.imap.probe import Findings, probe
from saasbackup_desktop.vault.vault import HARMLESS, Vault

_MOST_AT_ONCE: Final = 10_000
_RESTING: Final = (State.QUEUED, State.WAITING)


class Desk:
    """One home: its vault, its catalog, its connections and its jobs.

    Belongs to the loop on which its coroutines run; they never block it. Every method may raise Fault.
    """

    def __init__(self, home: Path, *, stays: bool = False) -> None:
        self._home = Home(home)
        self._stays = stays
        """This process goes on by itself with jobs that an earlier one left, and with those that failed for a reason
        that may pass: the agent, or a window."""
        self._clock = SystemClock()
        self._places = Places(self._home, self._clock)
        self._offload = Offload()
        self._open: Workspace | None = None
        self._inside: Inside | None = None
        self._is_closed = False
        self._changing = asyncio.Lock()
        """Opening, closing, becoming the process at work and rebuilding follow one another."""

    # --- the vault -------------------------------------------------------------------------------------------

    @property
    def home(self) -> Path:
        """The home's folder."""
        return self._home.folder

    @property
    def vault_location(self) -> str | None:
        """Where this home's vault lies; None at the first run."""
        location = self._home.read().get("vault")
        return str(location) if location else None

    @property
    def bucket_settings(self) -> views.BucketSettings | None:
        """How the bucket is reached where this home's vault lies; None for a folder. Raises HomeFault."""
        return settings_of(self._home)

    @property
    def is_recovery_confirmed(self) -> bool:
        """Somebody has proven to have the recovery kit; known while the vault is locked, too."""
        return bool(self._home.read().get("recovery_confirmed", False))

    @property
    def is_open(self) -> bool:
        """The vault is unlocked."""
        return self._open is not None

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
        await self._opened(await self._offload.on_disk(self._places.here), secret)

    async def prove_remembered(self) -> bool:
        """See that this computer's own secret opens it; False if its keyring has none. Raises as ``unlock`` does."""
        vault = self._home.read().get("vault_id")
        secret = await self._offload.on_disk(keyring_slot.remembered, str(vault)) if vault else None
        if secret is None:
            return False
        try:
            await self.prove(secret)
        except WrongPassphrase as error:
            raise WrongPassphrase("the device's slot was removed", reason="device") from error
        return True

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
                who, reason = here(), str(fault.facts.get("reason") or fault.code)
                await self._offload.on_disk(attempts.put_down, self.home, self._clock.now(), who, reason)
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
                inside.close()
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

    async def vault_info(self) -> views.VaultInfo:
        """The vault at a glance."""
        vault = self._workspace.vault
        slots = await self._offload.on_disk(vault_keys.slots_of, self._home, vault)
        return views.VaultInfo(
            location=vault.location,
            id=vault.id,
            created=vault.created,
            slots=slots,
            recovery_confirmed=self.is_recovery_confirmed,
            lock=vault.object_lock,
            report_key=await self.reports.fingerprint(),
        )

    async def vault_stats(self) -> views.VaultStats:
        """Figures of the vault."""
        stats = await self._offload.on_disk(self._workspace.vault.stats)
        return views.VaultStats(
            files=stats.files,
            stored=stats.stored,
            originals=stats.originals,
            items=stats.items,
            snapshots=stats.snapshots,
        )

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

    @noted("catalog-rebuilt")
    async def rebuild_catalog(self) -> None:
        """Forget what the catalog knows of points in time, and read it again from the vault.

        Raises VaultBusy while jobs run, here or in another process: they would go on from what was forgotten.
        """
        async with self._changing:
            workspace = self._workspace
            await self._keep(workspace)
            if not workspace.engine.is_idle:
                raise VaultBusy("jobs are running", owner=workspace.bench.owner, host="", until="")
            await self._offload.on_catalog(workspace.catalog.forget_streams)
            await workspace.catch_up()
        workspace.engine.tell(CatalogChanged(None))

    @noted("repair-asked", job="result", percent="read_percent", repair="repair")
    async def check_vault(self, read_percent: int, repair: bool = False) -> JobId:
        """Prove that the vault is whole; with ``repair``, first make it so as far as it can be read."""
        return await self._submit(Check(read_percent=read_percent, repair=repair))

    async def damages(self, job: JobId, harmless: bool = False) -> Sequence[views.Damage]:
        """What a check found wrong; with ``harmless``, what is merely worth telling, too."""
        found = await self._offload.on_reading(self._workspace.catalog.damages, job)
        return [
            views.Damage(file=one.file, code=one.code, items=one.items, is_harmless=one.code in HARMLESS)
            for one in found
            if harmless or one.code not in HARMLESS
        ]

    @noted("mirror-asked", item="to", job="result")
    async def mirror(
        self,
        to: str,
        *,
        settings: views.BucketSettings | None = None,
        keys: views.BucketKeys | None = None,
        delete: bool = False,
        verify: bool = False,
    ) -> JobId:
        """Bring a copy of the vault in another folder or bucket up to date; it opens like the vault itself.

        ``delete``: also remove from it what was removed from the vault on purpose. ``verify``: read what is there
        already, and copy again what is damaged. Raises Misconfigured.
        """
        place = whole(to)
        await self._offload.on_disk(self._places.at, place, settings, keys)
        await self._offload.on_disk(self._places.keep_keys, place, settings, keys)
        told = settings_to_keep(place, settings)["bucket"] or {}
        return await self._submit(Mirror(to=place, settings=tuple(sorted(told.items())), delete=delete, verify=verify))

    async def rescue_vault(self, secret: str) -> None:
        """Unlock this home's vault though its description is lost or damaged: it is written again.

        Raises WrongPassphrase, VaultMissing, VaultDamaged.
        """
        if self.vault_location is None:
            raise Misconfigured("this home has no vault", what="no-vault")
        store = await self._offload.on_disk(self._places.here)
        await self._offload.on_disk(Vault.rescue, store, secret, self._clock)
        await self.unlock(secret)

    # --- retention -------------------------------------------------------------------------------------------

    async def retention(self, stream: StreamId | None = None) -> views.Retention:
        """How long points in time of a stream are kept; None: of all streams without a rule of their own."""
        return await retaining.retention(self._workspace.bench, stream)

    async def retentions(self) -> Sequence[views.Retention]:
        """Every rule that is set: first the one for all, then those of single streams."""
        return await retaining.retentions(self._workspace.bench)

    @noted("retention-changed", stream="stream")
    async def set_retention(self, keep: Keep | None, stream: StreamId | None = None) -> None:
        """Change how long points in time are kept, of a stream or of all.

        ``keep`` None: the stream follows the rule for all again; for all: everything for ever. Nothing is removed
        before the next prune, and then not before its grace is over.
        """
        await retaining.set_retention(self._workspace.bench, keep, stream)
        self._workspace.engine.tell(CatalogChanged(None))

    async def retention_preview(
        self, keep: Keep | None, stream: StreamId | None = None, grace_days: int = GRACE_DAYS
    ) -> views.PrunePreview:
        """Say what a prune would do if ``set_retention`` were asked for this; nothing is written, nor the rule set."""
        return await retaining.preview(self._workspace.bench, grace_days, retaining.rule_changed(stream, keep))

    async def prune_preview(self, grace_days: int = GRACE_DAYS) -> views.PrunePreview:
        """Say exactly what ``prune`` would do now; nothing is written. Takes a while for a large vault.

        Raises VaultDamaged if it cannot be known what is needed: then ``prune`` refuses, too.
        """
        return await retaining.preview(self._workspace.bench, grace_days)

    @noted("prune-asked", job="result", days="grace_days")
    async def prune(self, grace_days: int = GRACE_DAYS) -> JobId:
        """Remove what is due in the trash, and put into it what retention does not keep any more.

        The job fails with ``vault-busy`` if somebody at work stands in the way of a removal; it can be run again.
        """
        return await self._submit(Prune(grace_days=grace_days))

    @noted("deletion-asked", stream="stream", snapshots="#snapshots", job="result")
    async def discard(
        self, stream: StreamId, snapshots: Sequence[SnapshotId] = (), grace_days: int = GRACE_DAYS
    ) -> JobId:
        """Put all points in time of a stream into the trash, or some; until they are due they can be called back.

        The job fails with ``misconfigured`` for what a hold protects, and for the newest point in time alone, which
        the next backup goes on from. A stream that lies in the trash cannot be backed up.
        """
        return await self._submit(Discard(stream=stream, snapshots=tuple(snapshots), grace_days=grace_days))

    async def trash(self) -> Sequence[views.TrashEntry]:
        """What will be removed, earliest first."""
        return await retaining.trash(self._workspace.bench)

    @noted("trash-called-back", item="id", snapshots="result")
    async def cancel_trash(self, id: str) -> int:
        """Call everything in a trash back; how many points in time that were.

        Raises Misconfigured if there is none, VaultBusy while somebody prunes.
        """
        bench = self._workspace.bench
        back = await self._offload.on_disk(bench.vault.housekeeping.cancel_trash, id, bench.owner)
        self._workspace.engine.tell(CatalogChanged(None))
        return back

    async def holds(self) -> Sequence[views.Hold]:
        """What must not be removed, whatever retention says; oldest first."""
        return await retaining.holds(self._workspace.bench)

    @noted("hold-placed", stream="stream", snapshot="snapshot", label="label")
    async def hold(
        self, stream: StreamId | None = None, snapshot: SnapshotId | None = None, label: str = ""
    ) -> views.Hold:
        """Let one point in time not be removed, or nothing of a stream, or nothing at all; trash is no exception.

        Raises VaultBusy while somebody prunes.
        """
        return await retaining.hold(self._workspace.bench, stream, snapshot, label)

    @noted("hold-released", item="id")
    async def release_hold(self, id: str) -> None:
        """Let go of a hold. Raises Misconfigured if there is none."""
        await self._offload.on_disk(self._workspace.vault.housekeeping.release, id)

    # --- connections -----------------------------------------------------------------------------------------

    async def probe_imap(self, settings: views.ImapSettings, secret: str) -> views.ProbeReport:
        """Try a connection; nothing is kept of it."""
        return _report(await probe(reach(settings), lambda: secret))

    @noted("source-added", item="settings.name")
    async def add_imap(self, settings: views.ImapSettings, secret: str) -> views.Connection:
        """Set up a connection, or change the one of this name. Raises Misconfigured for a name or account taken."""
        connections = self._workspace.connections
        wanted = connection_of(settings)
        if not settings.name.strip() or not settings.host.strip() or not settings.user.strip():
            raise Misconfigured("name, host and user are needed", what="incomplete-connection")
        if ":" in settings.name:
            raise Misconfigured("a colon parts account and path", what="bad-connection-name", name=settings.name)
        if settings.name in connections.tenants():
            raise Misconfigured("this name is taken", what="name-taken", name=wanted.name)
        for other in connections.all():
            if other.name == wanted.name and other.account.id != wanted.account.id:
                raise Misconfigured("this name is taken", what="name-taken", name=wanted.name)
            if other.name != wanted.name and other.account.id == wanted.account.id:
                raise Misconfigured("this account is set up already", what="account-taken", name=other.name)
        connection = connections.put(settings, secret)
        await self._offload.on_catalog(self._workspace.catalog.put_account, connection.account, Service.MAIL)
        self._workspace.engine.tell(CatalogChanged(None))
        return connection

    @noted("source-changed", item="name")
    async def change_secret(self, name: ConnectionName, secret: str) -> None:
        """Change a connection's password or token."""
        connections = self._workspace.connections
        connections.put(connections.find(name).settings, secret)

    async def connections(self) -> Sequence[views.Connection]:
        """Every connection, by name."""
        return self._workspace.connections.all()

    async def probe(self, name: ConnectionName) -> views.ProbeReport:
        """Try a connection that is set up."""
        connections = self._workspace.connections
        settings = connections.find(name).settings
        return _report(await probe(reach(settings), lambda: connections.secret(name)))

    @noted("source-removed", item="name")
    async def remove_connection(self, name: ConnectionName) -> None:
        """Forget a connection and its secret; what is in the vault stays."""
        connections = self._workspace.connections
        connections.remove(connections.find(name).name)
        self._workspace.engine.tell(CatalogChanged(None))

    async def cards(self) -> Sequence[views.StreamCard]:
        """Every account's service, with how it is doing."""
        return await stream_cards(self._workspace)

    async def status(self) -> MonitorStatus:
        """One verdict on this home, for monitoring; of a locked vault what can be said without its keys."""
        if self._open is not None:
            return await self.reports.status()
        location = self.vault_location
        if location is None:
            vault, reasons = "none", ("no-vault",)
        elif is_bucket(location) or await self._offload.on_disk((Path(location) / "vault.json").exists):
            vault, reasons = "locked", ("locked",)
        else:
            vault, reasons = "missing", ("vault-missing",)
        return MonitorStatus(
            level=level_of(reasons), vault=vault, is_known=False, made=self._clock.now(), reasons=reasons
        )

    @property
    def activity(self) -> Activity:
        """What happened here. Raises WrongPassphrase while the vault is locked."""
        return self._rooms.activity

    @property
    def reports(self) -> Reports:
        """What is told to people and auditors. Raises WrongPassphrase while the vault is locked."""
        return self._rooms.reports

    @property
    def tenants(self) -> Tenants:
        """Everything about Microsoft 365. Raises WrongPassphrase while the vault is locked."""
        return self._rooms.tenants

    @property
    def alerts(self) -> Alerts:
        """What was unusual. Raises WrongPassphrase while the vault is locked."""
        return self._rooms.alerts

    @property
    def drills(self) -> Drills:
        """Restore drills: what was proven restorable. Raises WrongPassphrase while the vault is locked."""
        return self._rooms.drills

    @property
    def history(self) -> History:
        """What came and went, day by day. Raises WrongPassphrase while the vault is locked."""
        return self._rooms.history

    @property
    def tasks(self) -> Tasks:
        """Backup tasks: what is backed up when, and how long it is kept. Raises WrongPassphrase while locked."""
        return self._rooms.tasks

    @property
    def notices(self) -> Notices:
        """Who is told of what, and what was sent. Raises WrongPassphrase while the vault is locked."""
        return self._rooms.notices

    async def tend(self) -> None:
        """Do what is due by itself, in every room; to be called every now and then. What fails is tried again."""
        if self._stays and not self._home.is_kept:
            async with self._changing:
                await self._take_up(self._workspace)
        await self._rooms.tend()

    # --- points in time --------------------------------------------------------------------------------------

    async def snapshots(self, stream: StreamId) -> Sequence[Snapshot]:
        """A stream's points in time, newest first."""
        return await browsing.snapshots(self._workspace.bench, stream)

    async def folders(self, stream: StreamId, at: SnapshotId) -> Sequence[views.FolderRow]:
        """Folders at a point in time, parents first."""
        return await browsing.folders(self._workspace.bench, stream, at)

    async def first_rows(
        self, stream: StreamId, at: SnapshotId, folder: NodeId, order: views.Order, descending: bool, limit: int
    ) -> Sequence[views.ItemRow]:
        """The beginning of a folder's list: quick, before all numbers are known."""
        return await browsing.first_rows(self._workspace.bench, stream, at, folder, order, descending, limit)

    async def row_ids(
        self, stream: StreamId, at: SnapshotId, folder: NodeId, order: views.Order, descending: bool, words: str = ""
    ) -> "array[int]":
        """A folder's whole list, as row numbers in order."""
        return await browsing.row_ids(self._workspace.bench, stream, at, folder, order, descending, words)

    async def rows(self, ids: Sequence[RowId]) -> Sequence[views.ItemRow]:
        """Rows by their numbers, in the order asked."""
        return await browsing.rows(self._workspace.bench, ids)

    async def find_item(self, stream: StreamId, id: NodeId, at: SnapshotId | None = None) -> views.ItemRow:
        """One item, at a point in time or as it was last. Raises Misconfigured."""
        return await browsing.find_item(self._workspace.bench, stream, id, at)

    async def versions(self, stream: StreamId, id: NodeId) -> Sequence[views.VersionRow]:
        """An item's versions, newest first."""
        return await browsing.versions(self._workspace.bench, stream, id)

    async def search(self, query: views.Query, limit: int = 200, offset: int = 0) -> views.SearchPage:
        """Find items, newest first."""
        return await browsing.search(self._workspace.bench, query, limit, offset)

    async def diff(self, stream: StreamId, old: SnapshotId, new: SnapshotId) -> Sequence[views.DiffRow]:
        """What differs between two points in time."""
        return await browsing.diff(self._workspace.bench, stream, old, new)

    async def read(self, item: Item) -> bytes:
        """An item's original bytes. Raises BodyDamaged."""
        return await browsing.read(self._workspace.bench, item)

    def read_pieces(self, item: Item) -> AsyncIterator[bytes]:
        """An item's original bytes, piece by piece. Raises BodyDamaged."""
        return browsing.pieces(self._workspace.bench, item)

    async def read_part(self, item: Item, name: str) -> bytes:
        """The bytes of something that lies beside an item, by its name among ``Item.parts``.

        Raises BodyDamaged, Misconfigured.
        """
        return await showing.part(self._workspace.bench, item, name)

    async def preview(self, item: Item, service: Service = Service.MAIL) -> views.Preview:
        """An item of this service made safe to look at. Raises BodyDamaged."""
        return await showing.preview(self._workspace.bench, item, service)

    async def attachment(self, item: Item, index: int) -> bytes:
        """The bytes of a file that belongs to an item, by its preview's index. Raises BodyDamaged, Misconfigured."""
        return await showing.attachment(self._workspace.bench, item, index)

    # --- jobs ------------------------------------------------------------------------------------------------

    async def backup(self, stream: StreamId, only_owed: bool = False) -> JobId:
        """Back up a stream; ``only_owed``: just what failed last time."""
        return await self._submit(Backup(stream=stream, only_owed=only_owed))

    async def target_folders(self, connection: ConnectionName, service: Service = Service.MAIL) -> Sequence[str]:
        """Paths of the folders that a connection's account has now."""
        target = self._workspace.bench.doors.target(connection, service)
        try:
            found = await target.folders()
        finally:
            await target.close()
        return sorted("/".join(path) for path in folder_paths(found).values())

    async def plan_restore(self, request: views.RestoreRequest) -> views.Plan:
        """Say what a restore would do; nothing is written."""
        workspace = self._workspace
        service = service_of(request.stream)
        account = workspace.doors.account_at(request.connection, service)
        other = stream_id(account.id, service) != request.stream
        spec = await self._restore_spec(request)
        target = workspace.doors.target(request.connection, service)
        return await restoring.plan_of(workspace.bench, request, spec, target, account.address, other)

    @noted(
        "restore-asked", stream="request.stream", connection="request.connection", mode="request.conflict", job="result"
    )
    async def restore(self, request: views.RestoreRequest) -> JobId:
        """Carry out a restore. The same request again, after an interruption, goes on where it was."""
        return await self._submit(await self._restore_spec(request))

    @noted("migration-asked", stream="stream", connection="connection", job="result")
    async def migrate(
        self, stream: StreamId, connection: ConnectionName, since: int | None = None, until: int | None = None
    ) -> JobId:
        """Back up a stream, then copy what it holds to another account; what is there already is skipped."""
        restoring.require_span(since, until)
        return await self._submit(Migrate(stream=stream, connection=connection, since=since, until=until))

    async def jobs(self) -> Sequence[Job]:
        """All jobs, newest first."""
        return await self._workspace.engine.jobs()

    async def job_page(self, query: JobQuery) -> JobPage:
        """A stretch of the history, and how many jobs in all stand how; those under way as they stand now."""
        return await self._workspace.engine.job_page(query)

    async def unfinished(self) -> Sequence[Job]:
        """Jobs that are not over, oldest first."""
        return await self._workspace.engine.unfinished()

    async def job(self, id: JobId) -> Job:
        """How a job stands. Raises KeyError."""
        return await self._workspace.engine.job(id)

    async def failures(self, id: JobId) -> Sequence[ItemFailure]:
        """The items that a job could not do."""
        return await self._offload.on_reading(self._workspace.catalog.failures, id)

    async def log(self, id: JobId) -> Sequence[views.LogLine]:
        """A job's log."""
        lines = await self._offload.on_reading(self._workspace.catalog.log, id)
        return [views.LogLine(time=one.time, level=one.level, code=one.code, facts=one.facts) for one in lines]

    @noted("job-cancelled", item="id")
    async def stop(self, id: JobId) -> None:
        """Cancel a job: what is saved stays saved. Raises VaultBusy."""
        await (await self._at_work()).stop(id)

    async def pause(self, id: JobId) -> None:
        """Stop a job for now; ``resume`` goes on with it. Raises VaultBusy."""
        await (await self._at_work()).pause(id)

    async def stop_queued(self) -> int:
        """Cancel all jobs that have not begun and all that wait for their next attempt; how many. Raises VaultBusy."""
        return await (await self._at_work()).stop_queued()

    async def retry_all(self, query: JobQuery) -> Sequence[JobId]:
        """Try again what the failed and partial jobs of a question could not do; each stream once. Raises VaultBusy."""
        wanted = replace(query, states=frozenset({State.FAILED, State.PARTIAL}), limit=_MOST_AT_ONCE, offset=0)
        page = await self.job_page(replace(wanted, oldest_first=False))
        newest = {job.spec: job.id for job in reversed(page.jobs)}
        return [await self.retry_failed(id) for id in newest.values()]

    async def hold_jobs(self, held: bool) -> None:
        """Let no job begin until further notice; those that run go on. Raises VaultBusy."""
        await (await self._at_work()).hold(held)

    async def are_jobs_held(self) -> bool:
        """No job begins until further notice."""
        return self._workspace.engine.is_held

    async def left_over(self) -> int:
        """How many jobs wait for a process that stays, because the one that they were begun in has ended."""
        engine = self._workspace.engine
        return 0 if engine.stays else len([job for job in await engine.unfinished() if job.state in _RESTING])

    async def resume(self, id: JobId) -> None:
        """Go on with a job that is paused, stopped, partial or failed. Raises VaultBusy."""
        async with self._changing:
            workspace = self._workspace
            await self._keep(workspace)
            await workspace.engine.resume(id)

    @noted("items-skipped", item="id", items="result", reason="reason")
    async def skip(self, id: JobId, items: Sequence[NodeId] = (), reason: str = "") -> int:
        """Do without failed items of a job that is over, or without all of them; how many.

        A job without other failures has done its work. What a backup could not read is skipped in later backups, too,
        until it changes or can be read. Raises Misconfigured, VaultBusy.
        """
        engine = await self._at_work()
        return await skipping.skip(self._workspace.bench, engine, await engine.job(id), items, reason)

    @noted("items-unskipped", stream="stream", items="#items")
    async def unskip(self, stream: StreamId, items: Sequence[NodeId] = ()) -> None:
        """Let items of a stream be failures again when they fail; none: all of them. Raises VaultBusy."""
        await self._at_work()
        await skipping.unskip(self._workspace.bench, stream, items)
        self._workspace.engine.tell(CatalogChanged(stream))

    async def skipped(self, stream: StreamId | None = None) -> Sequence[Skip]:
        """Items that backups do without, of a stream or of all, latest first."""
        return await skipping.list_skipped(self._workspace.bench, stream)

    async def retry_failed(self, id: JobId) -> JobId:
        """Try again only what a job could not do."""
        spec = (await self.job(id)).spec
        if isinstance(spec, Backup):
            return await self.backup(spec.stream, only_owed=True)
        await self.resume(id)  # a restore skips by itself what is there
        return id

    async def events(self) -> AsyncGenerator[Event, None]:
        """What happens from now on, until the vault is locked."""
        async for event in self._workspace.engine.events():
            yield event

    # --- within ----------------------------------------------------------------------------------------------

    @property
    def _workspace(self) -> Workspace:
        if self._open is None:
            raise WrongPassphrase("the vault is locked", reason="locked")
        return self._open

    @property
    def _rooms(self) -> Inside:
        workspace = self._workspace
        if self._inside is None:
            self._inside = Inside.of(workspace, self._clock, self._submit, self.restore)
        return self._inside

    def _require_no_vault(self) -> None:
        if self.vault_location is not None:
            raise Misconfigured("this home has a vault", what="home-has-vault", name=self.vault_location)

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

    def _kit(self, vault: Vault, recovery_key: str) -> views.RecoveryKit:
        return vault_keys.kit_of(vault, recovery_key, self._clock)

    async def _workspace_of(self, vault: Vault) -> Workspace:
        return await Workspace.open(self._home, vault, self._clock, self._offload, self._places, stays=self._stays)

    async def _take_up(self, workspace: Workspace) -> None:
        """Go on with what an earlier process left, if there is anything and no other process works here."""
        if not self._stays or self._home.is_kept:
            return
        open_jobs = await self._offload.on_reading(workspace.catalog.jobs_unfinished)
        if any(job.state is not State.PAUSED for job in open_jobs):
            with contextlib.suppress(VaultBusy, HomeFault):
                await self._offload.on_disk(self._home.keep, WAIT_TO_LOOK)
                await workspace.engine.start()

    async def _keep(self, workspace: Workspace) -> None:
        """Become the process that works in this home. Raises VaultBusy."""
        if not self._home.is_kept:
            await self._offload.on_disk(self._home.keep, WAIT_TO_WORK)
            await workspace.engine.start()

    async def _catch_up(self, workspace: Workspace, wait: float) -> None:
        kept_before = self._home.is_kept
        await self._offload.on_disk(self._home.keep, wait)
        try:
            await workspace.catch_up()
            await workspace.engine.put_down()
        finally:
            if not kept_before:
                self._home.let_go()

    async def _at_work(self) -> LocalEngine:
        """The engine, once this is the process that works in this home. Raises VaultBusy."""
        if self._home.is_kept:
            return self._workspace.engine
        async with self._changing:
            await self._keep(self._workspace)
            return self._workspace.engine

    async def _submit(self, spec: Spec, origin: Origin = BY_HAND) -> JobId:
        async with self._changing:
            workspace = self._workspace
            await self._keep(workspace)
            return await workspace.engine.submit(spec, origin)

    async def _restore_spec(self, request: views.RestoreRequest) -> Restore:
        workspace = self._workspace
        service = service_of(request.stream)
        target = workspace.doors.stream_of(request.connection, service)
        position = await self._offload.on_reading(workspace.catalog.position, target)
        if request.folder is not None and restoring.new_folder_fault(request.folder):
            there = await self.target_folders(request.connection, service)
        else:
            there = ()
        return restoring.spec_of(request, target, position is not None, there, self._clock.now())


def _report(findings: Findings) -> views.ProbeReport:
    return views.ProbeReport(
        server=findings.server,
        secure=findings.secure,
        folders=findings.folders,
        messages=findings.messages,
        size=findings.size,
        abilities=findings.abilities,
        warnings=findings.warnings,
    )
