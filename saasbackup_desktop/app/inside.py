"""The rooms of an unlocked home, made together and let go together."""

import logging
from dataclasses import InitVar, dataclass, field
from typing import Protocol

from saasbackup_desktop.app.activity.activity import Activity
from saasbackup_desktop.app.alerts.alerts import Alerts
from saasbackup_desktop.app.destinations.destinations import Destinations
from saasbackup_desktop.app.drills.drills import Drills
from saasbackup_desktop.app.entra.entra import Entra
from saasbackup_desktop.app.entra.room import Near
from saasbackup_desktop.app.exports.exports import Exports
from saasbackup_desktop.app.history.history import History
from saasbackup_desktop.app.imports.imports import Imports
from saasbackup_desktop.app.notices.around import Around
from saasbackup_desktop.app.notices.notices import Notices
from saasbackup_desktop.app.reports.reports import Reports
from saasbackup_desktop.app.submitting import Restore, Submit, SubmitMany
from saasbackup_desktop.app.tasks.tasks import Tasks
from saasbackup_desktop.app.tenants.drafts import Drafts
from saasbackup_desktop.app.tenants.tenants import Tenants
from saasbackup_desktop.app.workspace import Workspace
from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.core.ports import Clock
from saasbackup_desktop.engine.directory.comparing import Comparisons
from saasbackup_desktop.engine.machine import ThisMachine

log = logging.getLogger(__name__)


class Tended(Protocol):
    """A room in which something is due by itself now and then."""

    async def tend(self) -> None:
        """Do what is due, and nothing twice. Quick if nothing is. Raises Fault."""


@dataclass(slots=True)
class Inside:
    """Every room that works with the open vault."""

    workspace: Workspace
    tenants: Tenants
    tasks: Tasks
    alerts: Alerts
    history: History
    drills: Drills
    entra: Entra
    exports: Exports
    destinations: Destinations
    imports: Imports
    comparisons: Comparisons
    activity: Activity = field(init=False)
    reports: Reports = field(init=False)
    notices: Notices = field(init=False)
    clock: InitVar[Clock]

    def __post_init__(self, clock: Clock) -> None:
        """Make the rooms that ask the others."""
        self.activity = Activity(self.workspace, clock, self.tasks.all)
        self.reports = Reports(self.workspace, clock, self)
        around = Around(
            tasks=self.tasks.all,
            alerts=self.alerts.all,
            proofs=self.drills.history,
            activity=self.activity.page,
            tenants=self.tenants.all,
        )
        self.notices = Notices(self.workspace, clock, around)

    @classmethod
    def of(
        cls, workspace: Workspace, clock: Clock, submit: Submit, submit_many: SubmitMany, restore: Restore
    ) -> "Inside":
        """Make the rooms; nothing is read or written yet."""
        machine = ThisMachine()
        tasks = Tasks(workspace, clock, submit_many, machine)
        drafts = Drafts(clock, workspace.bench.offload)
        tenants = Tenants(workspace, clock, submit, restore, drafts)
        comparisons = Comparisons(workspace.bench)
        near = Near(
            check=tenants.check,
            renew=tenants.renew_certificate,
            change=lambda settings, sign_in: tenants.change(settings, sign_in=sign_in),
            tasks=tasks.all,
        )
        return cls(
            clock=clock,
            workspace=workspace,
            tenants=tenants,
            tasks=tasks,
            alerts=Alerts(workspace.bench, workspace.engine, workspace.alertness, workspace.recorder),
            history=History(workspace.bench),
            drills=Drills(workspace, clock, submit, tasks.conditions, machine),
            entra=Entra(workspace, clock, submit, drafts, comparisons, near),
            imports=Imports(workspace, submit_many),
            exports=Exports(workspace, clock, submit),
            destinations=Destinations(workspace),
            comparisons=comparisons,
        )

    async def close(self) -> None:
        """Forget what was not kept."""
        await self.comparisons.close()
        await self.exports.close()
        await self.imports.close()
        self.tasks.close()
        self.tenants.close()

    async def tend(self) -> None:
        """Do in each room what is due; what fails in one keeps no other from its work."""
        for room in self._tended():
            try:
                await room.tend()
            except Fault as fault:
                log.warning("%s was not tended: %s", type(room).__name__, fault.code)

    def _tended(self) -> tuple[Tended, ...]:
        """In the order in which they are tended."""
        return (
            self.tasks,
            self.tenants,
            self.alerts,
            self.drills,
            self.entra,
            self.exports,
            self.imports,
            self.notices,
        )
