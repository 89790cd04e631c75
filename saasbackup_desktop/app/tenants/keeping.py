"""Looking after tenants: how they are connected, what runs out, roles, and what may be cleaned up."""

from collections.abc import Sequence
from dataclasses import replace

from saasbackup_desktop.app.activity.noting import noted
from saasbackup_desktop.app.entra import restorer
from saasbackup_desktop.app.tenants import (
    checking,
    covering,
    roles,
    set_up,
)
from saasbackup_desktop.app.tenants.adding import Adding
from saasbackup_desktop.app.tenants.book import Book
from saasbackup_desktop.app.tenants.drafts import view_of
from saasbackup_desktop.app.tenants.set_up import Told
from saasbackup_desktop.app.tenants.views import (
    Capability,
    CertificateView,
    CheckReport,
    SignInPrompt,
    Step,
    Tenant,
    TenantSettings,
)
from saasbackup_desktop.core.ids import ConnectionName
from saasbackup_desktop.providers.microsoft import role_state
from saasbackup_desktop.providers.microsoft.clean_up import Leftover


class Keeping(Adding):
    """The part of the door for tenants that are set up. Every method may raise Fault."""

    async def all(self) -> Sequence[Tenant]:
        """Every tenant, by name."""
        runs = await self._runs()
        return [self._tenant(name, runs) for name in self._store.names()]

    async def find(self, name: ConnectionName) -> Tenant:
        """One tenant. Raises Misconfigured if there is none of this name."""
        self._store.entry(name)
        return self._tenant(name, await self._runs())

    @noted("tenant-changed", item="settings.name")
    async def change(
        self, settings: TenantSettings, *, thumbprint: str = "", secret: str = "", sign_in: str = ""
    ) -> Tenant:
        """Change a tenant's settings or what it signs in with. Raises Misconfigured, and faults of the sign-in."""
        self._store.entry(settings.name)
        return await self._put(settings, thumbprint, secret, sign_in)

    @noted("tenant-removed", item="name")
    async def remove(self, name: ConnectionName, *, clean_up_sign_in: str = "") -> None:
        """Forget a tenant; what is saved stays. Raises Misconfigured if there is none of this name."""
        entry = self._store.entry(name)
        if clean_up_sign_in:
            who = self._drafts.signed_in(clean_up_sign_in)
            await set_up.take_back(who, entry.settings, self._clock)
            await restorer.remove(entry, who, self._clock)
        self._store.remove(name)
        await self._workspace.graphs.let_go(name)
        self._changed()

    async def check(self, name: ConnectionName) -> CheckReport:
        """Ask the tenant what works; whatever does not is in the report."""
        entry, book = self._store.entry(name), self._store.book(name)
        access = self._workspace.graphs.access(name)
        report, found = await self._checked(access, entry.settings, entry.credentials, book)
        runs = await self._runs()
        newest = next((run.job for run in runs if self._is_of(name, run.stream)), "")

        def noted(now: Book) -> Book:
            role = role_state.judged(now.role, found, report.checked)
            granted = now.granted | checking.granted_in(report)
            return replace(now, report=report, last_job=newest, role=role, granted=granted)

        await self._write(name, noted)
        self._changed()
        return report

    async def certificate(self, name: ConnectionName) -> CertificateView | None:
        """The certificate that it signs in with; None if it does so by something else."""
        held = self._store.entry(name).credentials.certificate
        return view_of(held) if held is not None else None

    async def last_check(self, name: ConnectionName) -> CheckReport | None:
        """What the last check found; None if there was none."""
        self._store.entry(name)
        return self._store.book(name).report

    async def clean_up_plan(self, name: ConnectionName, sign_in: str) -> Sequence[Step]:
        """What the tenant has of this connection and nobody needs any more. Raises Fault."""
        found = await self._leftovers(name, sign_in)
        return set_up.shown(found)

    @noted("tenant-cleaned-up", item="name")
    async def clean_up(self, name: ConnectionName, sign_in: str, progress: Told) -> Sequence[Step]:
        """Remove what ``clean_up_plan`` lists. Raises Fault."""
        found = await self._leftovers(name, sign_in)
        who = self._drafts.signed_in(sign_in)
        await set_up.clear(who, self._store.entry(name).settings, found, progress, self._clock)
        await self._write(name, lambda now: replace(now, former=()))
        return set_up.shown(found, len(found))

    @noted("certificate-renewed", item="name")
    async def renew_certificate(self, name: ConnectionName, sign_in: str, progress: Told) -> Tenant:
        """Put a new certificate in the place of the old one. Raises Fault.

        ``sign_in`` empty: the application does it itself, as long as the old one is good.
        """
        entry = self._store.entry(name)
        made = self._drafts.certificate((await self._drafts.make_certificate(entry.settings)).thumbprint)

        def keep() -> None:
            held = self._store.entry(name)
            self._store.put(replace(held, credentials=replace(held.credentials, certificate=made)))

        who = self._drafts.signed_in(sign_in) if sign_in else None
        known = self._store.book(name).application
        graph = self._workspace.graphs.lend(name)
        try:
            await set_up.renew(who, graph, entry, made, known, progress, self._clock, keep)
        finally:
            await graph.close()
        await self.check(name)
        return await self.find(name)

    @noted("roles-run", item="name")
    async def run_role_script(self, name: ConnectionName) -> Tenant:
        """Run the script here, where PowerShell is; somebody signs in with the code in ``Tenant.role_prompt``.

        Raises Misconfigured if the tools are not there. What goes wrong in it is in ``Tenant.role_problem``.
        """
        settings, book = self._store.entry(name).settings, self._store.book(name)
        principal = await self._principal(settings)
        sample = book.found[book.active[0]].address if book.active else ""

        def ask(prompt: SignInPrompt) -> None:
            self._prompts[name] = prompt
            self._changed()

        await self._note_role(name, role_state.begun)
        try:
            run = await roles.run(settings, principal, sample, self._clock, self._workspace.bench.offload, ask)
        except BaseException:
            await self._note_role(name, lambda _record, _now: book.role)
            raise
        finally:
            self._prompts.pop(name, None)
        await self._note_role(name, lambda record, now: role_state.ended(record, run, now))
        await self.check(name)
        return await self.find(name)

    @noted("roles-run", item="name")
    async def role_script_was_run(self, name: ConnectionName) -> Tenant:
        """Take note that somebody ran the script elsewhere, and look whether it is in force."""
        await self._note_role(name, role_state.run_by_hand)
        await self.check(name)
        return await self.find(name)

    async def capabilities(self, name: ConnectionName) -> Sequence[Capability]:
        """What is covered in this tenant, what partly and what not, each with its reason."""
        return covering.capabilities(self._store.entry(name).settings, self._store.book(name))

    async def _leftovers(self, name: ConnectionName, sign_in: str) -> Sequence[Leftover]:
        who, former = self._drafts.signed_in(sign_in), self._store.book(name).former
        return await set_up.leftovers(who, self._store.entry(name), former, self._clock)
