"""Tenants' directories: whose are backed up, and by which applications."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

from saasbackup_desktop.app.activity.noting import noted
from saasbackup_desktop.app.entra import restorer
from saasbackup_desktop.app.entra.room import Room
from saasbackup_desktop.app.entra.standing import reasons_of, stands
from saasbackup_desktop.app.entra.views import EntraTenant, RestoreAccess
from saasbackup_desktop.app.tenants import links, set_up
from saasbackup_desktop.app.tenants.needs import cloud, for_directory
from saasbackup_desktop.app.tenants.store import Entry, Restorer
from saasbackup_desktop.app.tenants.views import Proof
from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.core.ids import ConnectionName, JobId, StreamId
from saasbackup_desktop.core.jobs import Backup, JobQuery, Reinstate
from saasbackup_desktop.providers.microsoft import registering
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.outcomes import Outcome, outcome_of
from saasbackup_desktop.providers.microsoft.permissions import names

DAY: Final = 20 * 3600
"""Seconds after which it is looked again what the applications that write may do."""


class Keeping(Room):
    """The part of the door for tenants. Every method may raise Fault."""

    async def tenants(self) -> Sequence[EntraTenant]:
        """Every tenant, and how its directory is doing; by name."""
        tasks, now = await self._near.tasks(), self._clock.now()
        at_work: dict[StreamId, JobId] = {}
        for job in await self._workspace.engine.unfinished():
            if isinstance(job.spec, Backup | Reinstate):
                at_work.setdefault(job.spec.stream, job.id)
        found, past = [], await self._past()
        for name in self._store.readable():
            entry, book = self._store.entry(name), self._store.book(name)
            seen = replace(past, granted=links.granted_in(book))
            found.append(stands(entry, book, self._reach.directory(name), seen, at_work, tasks, now))
        return sorted(found, key=lambda one: one.tenant.casefold())

    async def activate(self, tenant: ConnectionName, active: bool, sign_in: str = "") -> None:
        """Back the directory up from now on, or no more; what is saved stays.

        ``sign_in``: an administrator's, to grant the permissions that this takes. Without it they are granted
        elsewhere, and until then they are told of as missing.
        """
        await (self._begin(tenant, sign_in) if active else self._cease(tenant))

    @noted("directory-authorised", item="tenant")
    async def authorise(self, tenant: ConnectionName, sign_in: str) -> EntraTenant:
        """Renew and grant what is missing, with the sign-in of an administrator: of both applications."""
        entry = await self._settled(tenant)
        if entry.settings.proof is Proof.DEVICE_CODE:
            await self._near.change(entry.settings, sign_in)
        else:
            book = self._store.book(tenant)
            if entry.settings.proof is Proof.CERTIFICATE and {"expires", "expired"} & set(
                reasons_of(entry, book, "", self._clock.now())
            ):
                await self._near.renew(tenant, sign_in, lambda _steps: None)
            await self._grant(entry, sign_in)
        held = self._store.entry(tenant).restorer
        if held is not None and held.client:
            await self._register_restorer(tenant, held.access, sign_in)
        await self._workspace.graphs.let_go(tenant)
        await self._near.check(tenant)
        return next(one for one in await self.tenants() if one.tenant == tenant)

    @noted("directory-restore-access", item="tenant", access="access")
    async def set_restore_access(self, tenant: ConnectionName, access: RestoreAccess, sign_in: str = "") -> None:
        """Say how the application that may write comes to its permissions, and register or remove it.

        ``sign_in``: an administrator's, by which it is registered; without it, it is registered when it is needed.
        Raises Misconfigured where it would have to be registered now and nobody has signed in.
        """
        await self._settled(tenant)
        held = self._store.entry(tenant).restorer
        if access is RestoreAccess.NONE:
            await self._remove_restorer(tenant, sign_in)
            self._put_restorer(tenant, None)
        elif sign_in:
            await self._register_restorer(tenant, access.value, sign_in)
        elif held is not None and held.client:
            self._put_restorer(tenant, replace(held, access=access.value, plan=""))
        elif access is RestoreAccess.ONCE:
            self._put_restorer(tenant, Restorer(access=access.value))
        else:
            raise restorer.none_there(tenant)
        self._changed()

    async def backup(self, tenant: ConnectionName) -> JobId:
        """Back the directory up now. Raises Misconfigured if nobody has signed in to the tenant yet."""
        await self._settled(tenant)
        return await self._submit(Backup(stream=self._stream(tenant)))

    async def settle(self) -> None:
        """Remove the applications that were for one restore alone, and whose restore is over.

        One that cannot be removed now is named on its tenant's badge, and tried again.
        """
        over = await self._plans_that_are_over()
        for name, held in self._restorers():
            if held.access == RestoreAccess.ONCE and held.plan in over:
                try:
                    await self._remove_restorer(name)
                except Fault as fault:
                    self._put_restorer(name, replace(held, problem=outcome_of(fault).value))
                    continue
                self._put_restorer(name, None)  # what was said was for that restore alone
                await self._workspace.recorder.note("directory-restore-application-removed", item=name)
                self._changed()

    async def tend(self) -> None:
        """Do what is due by itself: look after the applications that may write."""
        await self.settle()
        now = self._clock.now()
        for name, held in self._restorers():
            if not 0 <= now - held.checked < DAY:
                await self._look_at_restorer(name, held)

    async def look(self) -> None:
        """Ask the applications that may write in now, and see what they may do."""
        for name, held in self._restorers():
            await self._look_at_restorer(name, held)

    # --- within ----------------------------------------------------------------------------------------------

    @noted("directory-activated", item="tenant")
    async def _begin(self, tenant: ConnectionName, sign_in: str) -> None:
        entry = await self._settled(tenant)
        entry = replace(entry, settings=replace(entry.settings, keeps_directory=True))
        if sign_in and entry.settings.proof is not Proof.DEVICE_CODE:
            await self._grant(entry, sign_in)
        self._store.put(entry)
        await self._workspace.graphs.let_go(tenant)  # tokens of before do not allow what was granted now
        await self._learn_names(tenant)
        await self._near.check(tenant)
        self._changed()

    @noted("directory-deactivated", item="tenant")
    async def _cease(self, tenant: ConnectionName) -> None:
        entry = self._store.entry(tenant)
        self._store.put(replace(entry, settings=replace(entry.settings, keeps_directory=False)))
        self._changed()

    async def _grant(self, entry: Entry, sign_in: str) -> None:
        """Consent to what reading the directory takes."""
        who = self._drafts.signed_in(sign_in)
        graph = Graph(cloud(entry.settings), who.access, self._clock, ca_file=entry.settings.ca_file)
        async with set_up.aclosing_graph(graph):
            wanted = names(for_directory(entry.settings))
            await registering.grant(graph, entry.settings.client, wanted, lambda _progress: None)

    async def _learn_names(self, tenant: ConnectionName) -> None:
        """Ask what the organisation is called; where nobody may ask, the directory's id has to do."""
        graph = self._workspace.graphs.lend(tenant)
        try:
            with suppress(Fault):
                [told, *_] = await graph.all("/organization", {"$select": "id,displayName,verifiedDomains"}) or [{}]
                domains = [one for one in told.get("verifiedDomains") or () if one.get("isDefault")]
                name, domain = str(told.get("displayName") or ""), str(domains[0]["name"]) if domains else ""
                await self._write(tenant, lambda book: replace(book, organisation=name, domain=domain))
        finally:
            await graph.close()

    async def _register_restorer(self, tenant: ConnectionName, access: str, sign_in: str) -> None:
        entry = self._store.entry(tenant)
        held = entry.restorer
        if held is None or held.certificate is None or held.certificate.expires <= self._clock.now():
            made = self._drafts.certificate((await self._drafts.make_certificate(entry.settings)).thumbprint)
            held = Restorer(access=access, certificate=made)
        held = replace(held, access=access)
        self._put_restorer(tenant, held)  # before it is registered: without the key, it could not be found again
        who = self._drafts.signed_in(sign_in)
        made_of = await restorer.register(entry, held, who, self._clock)
        self._put_restorer(tenant, replace(made_of, plan=""))

    async def _remove_restorer(self, tenant: ConnectionName, sign_in: str = "") -> None:
        entry = self._store.entry(tenant)
        if entry.restorer is None or not entry.restorer.application:
            return
        try:
            if sign_in:
                await restorer.remove(entry, self._drafts.signed_in(sign_in), self._clock)
            else:
                graph = self._workspace.graphs.access_to_write(tenant).graph.share()
                async with set_up.aclosing_graph(graph):
                    await restorer.remove_itself(graph, entry.restorer)
        except Fault as fault:
            if outcome_of(fault) is not Outcome.APPLICATION_GONE:  # somebody else has removed it
                raise
        await self._workspace.graphs.let_go(tenant)

    def _restorers(self) -> list[tuple[ConnectionName, Restorer]]:
        """The applications that may write now."""
        found = [(name, self._store.entry(name).restorer) for name in self._store.readable()]
        return [(name, held) for name, held in found if held is not None and held.client]

    async def _look_at_restorer(self, tenant: ConnectionName, held: Restorer) -> None:
        access = self._workspace.graphs.access_to_write(tenant)
        self._put_restorer(tenant, await restorer.looked_at(held, access.token, self._clock.now()))
        self._changed()

    def _put_restorer(self, tenant: ConnectionName, held: Restorer | None) -> None:
        self._store.put(replace(self._store.entry(tenant), restorer=held))

    async def _plans_that_are_over(self) -> frozenset[str]:
        asked = JobQuery(kinds=frozenset({"reinstate"}), limit=10_000)
        jobs = (await self._workspace.engine.job_page(asked)).jobs
        going = {job.spec.plan for job in jobs if isinstance(job.spec, Reinstate) and not job.state.is_over}
        return frozenset(job.spec.plan for job in jobs if isinstance(job.spec, Reinstate)) - going
