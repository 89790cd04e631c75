"""Look at the vault, check it, and copy it."""

from collections.abc import Awaitable, Callable, Sequence

from saasbackup_desktop.app import views
from saasbackup_desktop.app.activity.noting import noted
from saasbackup_desktop.app.doorway.opened import Opened
from saasbackup_desktop.app.exports.file_checks import FileCheck, look_into
from saasbackup_desktop.app.places import settings_to_keep, whole
from saasbackup_desktop.core.errors import (
    VaultBusy,
)
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import (
    CatalogChanged,
    Check,
    Mirror,
)
from saasbackup_desktop.vault.vault import HARMLESS


class Caring(Opened):
    """The vault's state. Every method may raise Fault."""

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

    async def check_file(
        self, path: str, *, password: str | None = None, told: Callable[[int, int], Awaitable[None]] | None = None
    ) -> FileCheck:
        """Prove that a data file of Outlook, or what an export made, is whole; no vault is needed for it.

        ``told`` hears the steps done and all of them now and then. Raises Misconfigured.
        """
        return await look_into(self._offload, path, password, told)

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
