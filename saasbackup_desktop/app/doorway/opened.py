"""What all parts of the door have in common: the home, the vault while it is open, and the way to work."""

import asyncio
import contextlib
from collections.abc import Sequence
from pathlib import Path

from saasbackup_desktop.app import vault_keys, views
from saasbackup_desktop.app.clock import SystemClock
from saasbackup_desktop.app.doorway.at_home import AtHome
from saasbackup_desktop.app.home import Home
from saasbackup_desktop.app.inside import Inside
from saasbackup_desktop.app.places import Places
from saasbackup_desktop.app.workspace import WAIT_TO_LOOK, WAIT_TO_WORK, Workspace
from saasbackup_desktop.core.errors import (
    HomeFault,
    Misconfigured,
    VaultBusy,
    WrongPassphrase,
)
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import (
    BY_HAND,
    Origin,
    Spec,
    State,
)
from saasbackup_desktop.engine.engine import LocalEngine
from saasbackup_desktop.engine.offload import Offload
from saasbackup_desktop.vault.vault import Vault


class Opened(AtHome):
    """One home, and its vault while that is unlocked. Belongs to the loop on which its coroutines run."""

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

    @property
    def is_open(self) -> bool:
        """The vault is unlocked."""
        return self._open is not None

    @property
    def _workspace(self) -> Workspace:
        if self._open is None:
            raise WrongPassphrase("the vault is locked", reason="locked")
        return self._open

    def _require_no_vault(self) -> None:
        if self.vault_location is not None:
            raise Misconfigured("this home has a vault", what="home-has-vault", name=self.vault_location)

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
        [id] = await self._submit_many([spec], origin)
        return id

    async def _submit_many(self, specs: Sequence[Spec], origin: Origin = BY_HAND) -> Sequence[JobId]:
        async with self._changing:
            workspace = self._workspace
            await self._keep(workspace)
            return await workspace.engine.submit_many(specs, origin)
