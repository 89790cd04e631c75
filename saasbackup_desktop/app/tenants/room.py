"""What the parts of the tenants' door have in common: where things are kept, and how they stand."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from saasbackup_desktop.app.submitting import Restore, Submit
from saasbackup_desktop.app.tenants import (
    checking,
    choosing,
    links,
    needs,
    roles,
    states,
)
from saasbackup_desktop.app.tenants.book import Book
from saasbackup_desktop.app.tenants.drafts import Drafts
from saasbackup_desktop.app.tenants.graphs import Access
from saasbackup_desktop.app.tenants.reach import Member
from saasbackup_desktop.app.tenants.states import Past
from saasbackup_desktop.app.tenants.store import Credentials, Entry
from saasbackup_desktop.app.tenants.views import (
    CheckReport,
    Link,
    SignInPrompt,
    Tenant,
    TenantAccount,
    TenantSettings,
)
from saasbackup_desktop.app.workspace import Workspace
from saasbackup_desktop.catalog.catalog import Run
from saasbackup_desktop.core.activation import Status
from saasbackup_desktop.core.ids import AccountId, ConnectionName, StreamId
from saasbackup_desktop.core.jobs import CatalogChanged, State
from saasbackup_desktop.core.model import Account
from saasbackup_desktop.core.model import account_of as account_of_stream
from saasbackup_desktop.core.ports import Clock
from saasbackup_desktop.engine.days import first_backups
from saasbackup_desktop.engine.engine import LocalEngine
from saasbackup_desktop.providers.microsoft.checks import PermissionFinding
from saasbackup_desktop.providers.microsoft.claims import read_claims
from saasbackup_desktop.providers.microsoft.role_state import RoleRecord

Elsewhere = Callable[[Account], str]


class Room:
    """Knows the open home. Belongs to the desk's loop."""

    def __init__(
        self, workspace: Workspace, clock: Clock, submit: Submit, restore: Restore, drafts: Drafts | None = None
    ) -> None:
        self._workspace = workspace
        self._store = workspace.store
        self._reach = workspace.reach
        self._clock = clock
        self._submit = submit
        self._restore = restore
        self._drafts = drafts or Drafts(clock, workspace.bench.offload)
        self._prompts: dict[str, SignInPrompt] = {}
        self._tended = 0

    def close(self) -> None:
        """Forget what was not kept."""
        self._drafts.close()

    async def _settled(self, name: ConnectionName) -> Entry:
        """A tenant whose directory is known: one that was kept without a sign-in is asked for it. Raises Fault."""
        entry = self._store.entry(name)
        if not entry.directory:
            claims = read_claims(await self._workspace.graphs.access(name).token(False))
            entry = replace(entry, directory=(claims.tenant if claims is not None else "") or entry.settings.tenant)
            self._store.put(entry)
        return entry

    async def _checked(
        self, access: Access, settings: TenantSettings, credentials: Credentials, book: Book
    ) -> tuple[CheckReport, Sequence[PermissionFinding]]:
        quick = access.quick()
        try:
            sample = await choosing.sample(quick, settings, credentials, book)
            return await checking.check(access, quick, settings, credentials, book, sample, self._clock.now())
        finally:
            await quick.close()

    async def _principal(self, settings: TenantSettings) -> str:
        """The application's service principal, as it was registered, or as the directory tells. Raises Fault."""
        made = self._drafts.registrations.get(settings.client)
        if made is not None or settings.name not in self._store.names():
            return made.principal if made is not None else ""
        if not (known := self._store.book(settings.name).principal):
            graph = self._workspace.graphs.lend(settings.name)
            try:
                known = await roles.principal(graph, settings.client)
            finally:
                await graph.close()
            await self._write(settings.name, lambda book: replace(book, principal=known))
        return known

    async def _write(self, name: ConnectionName, change: Callable[[Book], Book]) -> Book:
        """Change what is known of accounts; of thousands, that takes a while."""
        return await self._workspace.bench.offload.on_disk(self._store.change, name, change)

    async def _note_role(self, name: ConnectionName, change: Callable[[RoleRecord, int], RoleRecord]) -> None:
        now = self._clock.now()
        await self._write(name, lambda book: replace(book, role=change(book.role, now)))
        self._changed()

    def _tenant(self, name: ConnectionName, runs: Sequence[Run]) -> Tenant:
        if not self._store.is_readable(name):
            settings = self._store.entry(name).settings
            return Tenant(settings=settings, link=Link.DISCONNECTED, problem="accounts-unreadable")
        entry, book = self._store.entry(name), self._store.book(name)
        accounts = {member.account.id for member in self._reach.members(name).values()}
        link, problem = links.link_of(book, [run for run in runs if account_of_stream(run.stream) in accounts])
        report = book.report
        certificate = entry.credentials.certificate
        expires = report.expires if report is not None else None
        return Tenant(
            settings=entry.settings,
            link=link,
            problem=problem,
            checked=report.checked if report is not None else None,
            discovered=book.discovered,
            expires=expires or (certificate.expires if certificate is not None else None),
            signed_in=entry.credentials.who,
            counts=choosing.counts(book),
            role=roles.shown(entry.settings, book.role),
            role_problem=roles.problem(entry.settings, book.role, self._clock.now()),
            role_prompt=self._prompts.get(name),
        )

    def _rows(self, name: ConnectionName, book: Book, past: Past) -> Callable[[Member], TenantAccount]:
        """How accounts of a tenant are shown."""
        services = needs.services_of(self._store.entry(name).settings)
        groups, elsewhere = choosing.groups_of(book), self._elsewhere(name)

        def row(member: Member) -> TenantAccount:
            inside = groups.get(member.found.id, ())
            return states.tenant_account(member, book, services, past, inside, elsewhere(member.account))

        return row

    def _elsewhere(self, name: ConnectionName) -> Elsewhere:
        """Who is backed up by another connection: accounts by id, and mailboxes on mail servers by address."""
        others = [one for one in self._store.readable() if one != name]
        accounts = {
            member.account.id: other
            for other in others
            for id, member in self._reach.members(other).items()
            if self._store.book(other).status(id) is Status.ACTIVE
        }
        servers = {one.account.address.casefold(): one.name for one in self._workspace.connections.all()}
        return lambda account: accounts.get(account.id, "") or servers.get(account.address.casefold(), "")

    def _is_of(self, name: ConnectionName, stream: StreamId) -> bool:
        return self._reach.same(name, AccountId(stream.partition("/")[0])) is not None

    async def _past(self, name: ConnectionName | None = None) -> Past:
        bench = self._workspace.bench
        points = await bench.offload.on_reading(bench.catalog.newest_snapshots)
        firsts = await bench.offload.on_reading(first_backups, bench.catalog)
        granted = links.granted_in(self._store.book(name)) if name is not None else frozenset()
        return Past(points, states.runs_by_stream(await self._runs()), granted, firsts)

    async def _runs(self) -> Sequence[Run]:
        bench, engine = self._workspace.bench, self._workspace.engine
        found = await bench.offload.on_reading(bench.catalog.last_runs)
        return [await _as_it_stands(run, engine) if run.state is State.RUNNING else run for run in found]

    def _changed(self) -> None:
        self._workspace.engine.tell(CatalogChanged(None))


async def _as_it_stands(run: Run, engine: LocalEngine) -> Run:
    """A job that is at work, with what is not written down before it ends."""
    return run._replace(throttled_until=(await engine.job(run.job)).tally.throttled_until)
