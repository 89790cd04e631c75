"""What a person can do here: the one door for the window and the command line."""

from pathlib import Path

from saasbackup_desktop.app import vault_keys, views
from saasbackup_desktop.app.activity.activity import Activity
from saasbackup_desktop.app.alerts.alerts import Alerts
from saasbackup_desktop.app.destinations.destinations import Destinations
from saasbackup_desktop.app.doorway.caring import Caring
from saasbackup_desktop.app.doorway.keeping import Keeping
from saasbackup_desktop.app.doorway.keys import Keys
from saasbackup_desktop.app.doorway.reading import Reading
from saasbackup_desktop.app.doorway.sources import Sources
from saasbackup_desktop.app.doorway.vaulting import Vaulting
from saasbackup_desktop.app.doorway.working import Working
from saasbackup_desktop.app.drills.drills import Drills
from saasbackup_desktop.app.entra.entra import Entra
from saasbackup_desktop.app.exports.exports import Exports
from saasbackup_desktop.app.history.history import History
from saasbackup_desktop.app.imports.imports import Imports
from saasbackup_desktop.app.inside import Inside
from saasbackup_desktop.app.notices.notices import Notices
from saasbackup_desktop.app.places import is_bucket
from saasbackup_desktop.app.reports.monitoring import level_of
from saasbackup_desktop.app.reports.reports import Reports
from saasbackup_desktop.app.reports.views import MonitorStatus
from saasbackup_desktop.app.tasks.tasks import Tasks
from saasbackup_desktop.app.tenants.tenants import Tenants


class Desk(Vaulting, Caring, Keys, Keeping, Sources, Reading, Working):
    """One home: its vault, its catalog, its connections and its jobs.

    Belongs to the loop on which its coroutines run; they never block it. Every method may raise Fault.
    """

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
    def entra(self) -> Entra:
        """Tenants' directories: what is saved of them, what differs, and bringing it back. Raises WrongPassphrase."""
        return self._rooms.entra

    @property
    def imports(self) -> Imports:
        """Archives of other programs: looked into, and brought into the vault. Raises WrongPassphrase while locked."""
        return self._rooms.imports

    @property
    def destinations(self) -> Destinations:
        """Places outside that exports are sent to. Raises WrongPassphrase while the vault is locked."""
        return self._rooms.destinations

    @property
    def exports(self) -> Exports:
        """Items out of the vault into files. Raises WrongPassphrase while the vault is locked."""
        return self._rooms.exports

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

    @property
    def _rooms(self) -> Inside:
        workspace = self._workspace
        if self._inside is None:
            self._inside = Inside.of(workspace, self._clock, self._submit, self._submit_many, self.restore)
        return self._inside
