"""The demonstration's directory: a tenant that does not exist, attacked between two backups."""

import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.entra.views import RestoreAccess
from saasbackup_desktop.app.tenants.views import Proof, TenantSettings
from saasbackup_desktop.core.ids import ConnectionName, JobId
from saasbackup_desktop.providers.microsoft.permissions import TABLE, Purpose, WayIn
from saasbackup_desktop.sim.graph import directory, registration
from saasbackup_desktop.sim.graph.app import GraphApp
from saasbackup_desktop.sim.graph.entra import routes
from saasbackup_desktop.sim.graph.entra.populating import populate
from saasbackup_desktop.sim.graph.identity import IdentityApp
from saasbackup_desktop.sim.graph.manners import Manners
from saasbackup_desktop.sim.graph.paper import make_papers
from saasbackup_desktop.sim.graph.serving import serve_in_thread
from saasbackup_desktop.sim.graph.tenant import Tenant

TENANT: Final = ConnectionName("Fernwick")
_SECRET: Final = "demonstration"
_APPLICATION: Final = [one for one in TABLE if one.way_in is WayIn.APPLICATION]


class DirectoryShow:
    """A tenant on two ports of this computer, for as long as ``open_things`` is open."""

    def __init__(self, folder: Path, domain: str, open_things: ExitStack) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        papers = make_papers(folder)
        self.tenant = Tenant(domain, time.time)
        self.tenant.known_roles |= {one.name for one in _APPLICATION}
        self.truth = populate(self.tenant, users=60, groups=14, devices=12, applications=8, policies=6, seed=domain)
        self._identity = IdentityApp(self.tenant)
        graph = GraphApp(self.tenant, [*directory.ROUTES, *registration.ROUTES, *routes.ROUTES], Manners())
        login = open_things.enter_context(serve_in_thread(self._identity, papers))
        address = open_things.enter_context(serve_in_thread(graph, papers))
        self.tenant.audience = address
        reads = {one.name for one in _APPLICATION if one.purpose is Purpose.BACK_UP}
        application = self.tenant.register(reads, secret=_SECRET)
        self._settings = TenantSettings(
            name=TENANT,
            tenant=domain,
            client=application.id,
            proof=Proof.SECRET,
            may_restore=False,
            cloud="custom",
            login=login,
            graph=address,
            ca_file=str(papers.authority),
        )

    async def add(self, desk: Desk) -> None:
        """Set the tenant up, with an application that may write it. Raises Fault."""
        await desk.tenants.add(self._settings, secret=_SECRET)
        await desk.entra.activate(TENANT, True)
        prompt = await desk.tenants.begin_sign_in(self._settings, "set-up")
        self._identity.approve(prompt.code, self._administrator)
        await desk.tenants.finish_sign_in(prompt.id)
        await desk.entra.set_restore_access(TENANT, RestoreAccess.PERMANENT, prompt.id)

    async def back_up(self, desk: Desk) -> JobId:
        """Back the directory up. Raises Fault."""
        return await desk.entra.backup(TENANT)

    def pass_time(self) -> Mapping[str, int]:
        """A bad day: what was done, by how many."""
        people = [id for id in self.truth.objects("users") if id != self._administrator]
        for id in people[10:13]:
            self.truth.remove("users", id)
        for id in people[20:24]:
            self.truth.change("users", id, accountEnabled=False, jobTitle="Former employee")
        groups = list(self.truth.objects("groups"))[:3]
        for id in groups:
            for member in list(self.truth.linked("groups", id, "members"))[:4]:
                self.truth.unlink("groups", id, "members", member)
        policies = list(self.truth.objects("conditionalAccessPolicies"))[:2]
        for id in policies:
            self.truth.change("conditionalAccessPolicies", id, state="disabled")
        return {"deleted": 3, "locked": 4, "groups": len(groups), "policies": len(policies)}

    @property
    def _administrator(self) -> str:
        return next(iter(self.truth.objects("users")))
