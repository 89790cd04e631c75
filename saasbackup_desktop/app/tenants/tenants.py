"""The door for Microsoft 365: tenants, their accounts, and what is done about them."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from saasbackup_desktop.app.tenants import (
    checking,
    choosing,
    covering,
    discovering,
    links,
    needs,
    places,
    roles,
    set_up,
    states,
)
from saasbackup_desktop.app.tenants.book import Book
from saasbackup_desktop.app.tenants.drafts import Drafts, view_of
from saasbackup_desktop.app.tenants.graphs import Access
from saasbackup_desktop.app.tenants.reach import Member, account_of
from saasbackup_desktop.app.tenants.set_up import Told
from saasbackup_desktop.app.tenants.states import Past
from saasbackup_desktop.app.tenants.store import Credentials, Entry
from saasbackup_desktop.app.tenants.views import (
    Capability,
    CertificateView,
    CheckLine,
    CheckReport,
    Choice,
    Discovery,
    GroupView,
    Link,
    ListReport,
    MailboxRestore,
    Place,
    Proof,
    RoleScript,
    RuleView,
    SignedIn,
    SignInPrompt,
    Step,
    Tenant,
    TenantAccount,
    TenantSettings,
    WayView,
)
from saasbackup_desktop.app.views import RestoreRequest
from saasbackup_desktop.app.workspace import Workspace
from saasbackup_desktop.catalog.catalog import Run
from saasbackup_desktop.core.activation import Rule, Status
from saasbackup_desktop.core.errors import Fault, Misconfigured
from saasbackup_desktop.core.ids import AccountId, ConnectionName, JobId, StreamId
from saasbackup_desktop.core.jobs import Backup, CatalogChanged, Discard, Spec, State
from saasbackup_desktop.core.model import Account, Service, stream_id
from saasbackup_desktop.core.model import account_of as account_of_stream
from saasbackup_desktop.core.ports import Clock
from saasbackup_desktop.core.retention import GRACE_DAYS
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.engine.engine import LocalEngine
from saasbackup_desktop.providers.microsoft import role_state
from saasbackup_desktop.providers.microsoft.certificates import read_certificate
from saasbackup_desktop.providers.microsoft.checks import PermissionFinding
from saasbackup_desktop.providers.microsoft.claims import read_claims
from saasbackup_desktop.providers.microsoft.clean_up import Leftover
from saasbackup_desktop.providers.microsoft.directory import read_groups
from saasbackup_desktop.providers.microsoft.role_state import RoleRecord

DAY: Final = 20 * 3600
"""Seconds after which something that is done daily is due: a little less, so that it does not wander."""
_NOT_IN_NAMES: Final = "/:"
"""A slash parts tenant and address; a colon, account and path."""

Submit = Callable[[Spec], Awaitable[JobId]]
Restore = Callable[[RestoreRequest], Awaitable[JobId]]
Elsewhere = Callable[[Account], str]


class Tenants:
    """Everything about tenants that a person can do. Belongs to the desk's loop. Every method may raise Fault."""

    def __init__(self, workspace: Workspace, clock: Clock, submit: Submit, restore: Restore) -> None:
        self._workspace = workspace
        self._store = workspace.store
        self._reach = workspace.reach
        self._clock = clock
        self._submit = submit
        self._restore = restore
        self._drafts = Drafts(clock, workspace.bench.offload)
        self._prompts: dict[str, SignInPrompt] = {}

    # --- set-up: nothing is kept before ``add`` --------------------------------------------------------------

    def ways(self) -> Sequence[WayView]:
        """The ways into a tenant, with what each can and cannot do."""
        return set_up.all_ways()

    def permissions(self, settings: TenantSettings) -> Sequence[CheckLine]:
        """What would be asked for and why."""
        return checking.asked_for(settings)

    def consents(self, settings: TenantSettings) -> Sequence[str]:
        """What an application is consented, by name; what roles give it inside a fence is not among them."""
        return sorted(set_up.permissions_of(settings))

    async def begin_sign_in(self, settings: TenantSettings, purpose: str) -> SignInPrompt:
        """Ask for a code that somebody types to sign in; ``purpose``: ``set-up`` or ``back-up``."""
        scopes = set_up.scopes(settings, purpose)
        return await self._drafts.begin(settings, set_up.client_of(settings), scopes)

    async def finish_sign_in(self, id: str) -> SignedIn:
        """Wait until the code was typed. Raises SignInNeeded, Cancelled."""
        return await self._drafts.finish(id)

    async def cancel_sign_in(self, id: str) -> None:
        """Wait no more."""
        self._drafts.cancel(id)

    async def make_certificate(self, settings: TenantSettings) -> CertificateView:
        """Make a key and a certificate; they are kept in memory until the tenant is added."""
        return await self._drafts.make_certificate(settings)

    def take_certificate(self, text: str) -> CertificateView:
        """Take a certificate and its key from a PEM file's text. Raises Misconfigured."""
        return self._drafts.put_certificate(read_certificate(text))

    async def save_certificate(self, thumbprint: str, file: Path) -> None:
        """Write the certificate's public half, to be uploaded. Raises Misconfigured, HomeFault."""
        await self._drafts.save_certificate(thumbprint, file)

    async def register(self, settings: TenantSettings, sign_in: str, progress: Told) -> TenantSettings:
        """Make the application with certificate and consent; what broke off goes on when it is called again.

        The certificate that it made is taken by ``try_out`` and ``add`` with the same sign-in. Raises Fault.
        """
        who = self._drafts.signed_in(sign_in)
        made = self._drafts.certificate((await self._drafts.make_certificate(settings)).thumbprint)
        certificate = self._drafts.certificate_for(who, made)
        known, registration = await set_up.register(who, certificate, settings, progress, self._clock)
        self._drafts.registrations[known.client] = registration
        return known

    async def role_script(self, settings: TenantSettings) -> RoleScript:
        """The script that lets the application into the fence's mailboxes. Raises Misconfigured, Fault."""
        return await roles.script(settings, await self._principal(settings), self._workspace.bench.offload)

    def consent_address(self, settings: TenantSettings) -> str:
        """Where an administrator agrees to the permissions. Raises Misconfigured."""
        return checking.consent_address(settings)

    async def try_out(
        self, settings: TenantSettings, *, thumbprint: str = "", secret: str = "", sign_in: str = ""
    ) -> CheckReport:
        """Check settings; nothing is kept. Raises Misconfigured for what cannot be tried."""
        credentials = self._credentials(settings, thumbprint, secret, sign_in)
        settings = self._filled(settings, sign_in)
        _require_whole(settings)
        access = Access(settings, credentials, self._clock)
        try:
            report, _ = await self._checked(access, settings, credentials, Book())
            return report
        finally:
            await access.close()

    async def add(
        self,
        settings: TenantSettings,
        *,
        thumbprint: str = "",
        secret: str = "",
        sign_in: str = "",
        is_proven: bool = True,
    ) -> Tenant:
        """Set a tenant up. Raises Misconfigured for a name or a tenant that is taken, and faults of the sign-in.

        ``is_proven`` False: it is kept without a sign-in, for what still has to be granted; ``check`` tells later.
        """
        self._require_name(settings.name)
        if self._store.is_taken(settings.name):
            raise Misconfigured("this name is taken", what="name-taken", name=settings.name)
        return await self._put(settings, thumbprint, secret, sign_in, is_proven=is_proven)

    # --- looking after ---------------------------------------------------------------------------------------

    async def all(self) -> Sequence[Tenant]:
        """Every tenant, by name."""
        runs = await self._runs()
        return [self._tenant(name, runs) for name in self._store.names()]

    async def find(self, name: ConnectionName) -> Tenant:
        """One tenant. Raises Misconfigured if there is none of this name."""
        self._store.entry(name)
        return self._tenant(name, await self._runs())

    async def change(
        self, settings: TenantSettings, *, thumbprint: str = "", secret: str = "", sign_in: str = ""
    ) -> Tenant:
        """Change a tenant's settings or what it signs in with. Raises Misconfigured, and faults of the sign-in."""
        self._store.entry(settings.name)
        return await self._put(settings, thumbprint, secret, sign_in)

    async def remove(self, name: ConnectionName, *, clean_up_sign_in: str = "") -> None:
        """Forget a tenant; what is saved stays. Raises Misconfigured if there is none of this name."""
        settings = self._store.entry(name).settings
        if clean_up_sign_in:
            await set_up.take_back(self._drafts.signed_in(clean_up_sign_in), settings, self._clock)
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

    async def clean_up(self, name: ConnectionName, sign_in: str, progress: Told) -> Sequence[Step]:
        """Remove what ``clean_up_plan`` lists. Raises Fault."""
        found = await self._leftovers(name, sign_in)
        who = self._drafts.signed_in(sign_in)
        await set_up.clear(who, self._store.entry(name).settings, found, progress, self._clock)
        await self._write(name, lambda now: replace(now, former=()))
        return set_up.shown(found, len(found))

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

    async def role_script_was_run(self, name: ConnectionName) -> Tenant:
        """Take note that somebody ran the script elsewhere, and look whether it is in force."""
        await self._note_role(name, role_state.run_by_hand)
        await self.check(name)
        return await self.find(name)

    async def capabilities(self, name: ConnectionName) -> Sequence[Capability]:
        """What is covered in this tenant, what partly and what not, each with its reason."""
        return covering.capabilities(self._store.entry(name).settings, self._store.book(name))

    # --- accounts --------------------------------------------------------------------------------------------

    async def discover(self, name: ConnectionName) -> Discovery:
        """Look at the directory, let the rules decide, and follow names that changed."""
        entry = await self._settled(name)
        graph = self._workspace.graphs.lend(name)
        before = self._store.book(name)
        try:
            seen = await discovering.look(graph, entry, before)
        finally:
            await graph.close()
        now = await self._write(name, lambda book: discovering.after(book, seen, self._clock.now()))
        await self._follow(name, entry, before, now)
        return discovering.compared(before, now)

    async def accounts(self, name: ConnectionName) -> Sequence[TenantAccount]:
        """Every account that was found, by address."""
        past = await self._past(name)
        return self._accounts(name, self._store.book(name), past)

    async def account(self, id: AccountId) -> TenantAccount | None:
        """An account by its id; None if no tenant has it."""
        member = self._reach.find(id)
        if member is None:
            return None
        book = self._store.book(member.tenant)
        return self._rows(member.tenant, book, await self._past(member.tenant))(member)

    async def groups(self, name: ConnectionName, words: str = "") -> Sequence[GroupView]:
        """The directory's groups whose name or address has these words in it."""
        wanted = words.casefold().split()
        graph = self._workspace.graphs.lend(name)
        found = []
        try:
            async for page in read_groups(graph):
                for one in page:
                    text = f"{one.name} {one.address}".casefold()
                    if all(word in text for word in wanted):
                        found.append(GroupView(id=one.id, name=one.name, address=one.address))
        finally:
            await graph.close()
        return sorted(found, key=lambda one: (one.name.casefold(), one.id))

    async def values(self, name: ConnectionName, property: str) -> Sequence[tuple[str, int]]:
        """A property's values in the directory, and how many accounts have each; the most frequent first."""
        self._store.entry(name)
        return choosing.values(self._store.book(name), property)

    async def rules(self, name: ConnectionName) -> Sequence[RuleView]:
        """The rules, and how many accounts each chooses now."""
        self._store.entry(name)
        return choosing.rule_views(self._store.book(name))

    async def preview(self, name: ConnectionName, rules: Sequence[Rule]) -> Sequence[Choice]:
        """What rules would do beside those that are there; nothing is kept."""
        book = await self._with_groups(name, choosing.with_rules(self._store.book(name), rules))
        then = discovering.decided(book, self._clock.now())
        row = self._rows(name, book, await self._past(name))
        choices = []
        for id, member in self._reach.members(name).items():
            before, after = book.status(id), then.status(id)
            if not member.found.is_deleted:
                account = row(member)
                reasons = then.reasons.get(id, ())
                choices.append(Choice(account=account, status=after, reasons=reasons, is_change=before is not after))
        return sorted(choices, key=lambda one: one.account.account.address.casefold())

    async def picked(self, name: ConnectionName, rule: Rule) -> frozenset[str]:
        """Ids of the accounts that a rule means, whatever else was said of them. Raises Fault."""
        book = await self._with_groups(name, choosing.with_rules(self._store.book(name), [rule]))
        return frozenset(one.id for one in discovering.candidates(book) if not one.is_deleted and rule.chooses(one))

    async def put_rules(self, name: ConnectionName, rules: Sequence[Rule]) -> Discovery:
        """Replace the rules, and let them decide at once."""
        entry, before = self._store.entry(name), self._store.book(name)
        kept = choosing.replaced(before.rules.rules, rules)
        asked = await self._with_groups(name, replace(before, rules=replace(before.rules, rules=kept)))

        def put(book: Book) -> Book:
            known = replace(book, rules=replace(book.rules, rules=kept), members=asked.members, groups=asked.groups)
            return discovering.decided(known, self._clock.now())

        now = await self._write(name, put)
        await self._follow(name, entry, before, now)
        return discovering.compared(before, now)

    async def read_list(self, name: ConnectionName, data: bytes) -> ListReport:
        """Hold a person's list (CSV, one column ``Account Email``) against the directory."""
        self._store.entry(name)
        return choosing.read(self._store.book(name), data)

    async def activate(self, name: ConnectionName, ids: Iterable[str]) -> None:
        """Back these accounts up, whatever was said of them before."""
        await self._choose(name, lambda book: choosing.activated(book, ids))

    async def pause(self, name: ConnectionName, ids: Iterable[str]) -> None:
        """Back active accounts up no more for now; what is saved stays."""
        await self._choose(name, lambda book: choosing.halted(book, ids, Status.PAUSED))

    async def resume(self, name: ConnectionName, ids: Iterable[str]) -> None:
        """Back paused accounts up again."""
        await self._choose(name, lambda book: choosing.resumed(book, ids))

    async def exclude(self, name: ConnectionName, ids: Iterable[str]) -> None:
        """Never back these accounts up, whichever rule chooses them."""
        await self._choose(name, lambda book: choosing.excluded(book, ids))

    async def include(self, name: ConnectionName, ids: Iterable[str]) -> None:
        """Let rules choose these accounts again."""
        await self._choose(name, lambda book: choosing.included(book, ids))

    async def deactivate(self, name: ConnectionName, ids: Iterable[str]) -> None:
        """Back these accounts up no more, until somebody says so; what is saved stays."""
        await self._choose(name, lambda book: choosing.halted(book, ids, Status.INACTIVE))

    async def delete(self, name: ConnectionName, ids: Iterable[str], grace_days: int = GRACE_DAYS) -> Sequence[JobId]:
        """Let everything that is saved of these accounts go; until the days of grace are over it can be called back."""
        chosen = list(ids)
        await self._choose(name, lambda book: choosing.halted(book, chosen, Status.REMOVED))
        return await self._discard(name, chosen, grace_days)

    async def backup(
        self, name: ConnectionName, ids: Iterable[str] = (), services: Iterable[Service] = ()
    ) -> Sequence[JobId]:
        """Back accounts up: all active ones if none are named, all services of the settings if none are."""
        entry, book = self._store.entry(name), self._store.book(name)
        members = self._reach.members(name)
        wanted = [self._member(members, id) for id in ids] or [members[id] for id in book.active]
        chosen, offered = frozenset(services), needs.services_of(entry.settings)
        if chosen - set(offered):
            odd = sorted(chosen - set(offered))[0]
            raise Misconfigured("this service is not backed up in this tenant", what="unknown-service", name=odd)
        return [
            await self._submit(Backup(stream=stream_id(member.account.id, service)))
            for member in wanted
            for service in offered
            if not chosen or service in chosen
        ]

    async def daily(self) -> None:
        """Do in every tenant what is due once a day: look at the directory, check what it is connected by, and renew a
        certificate that runs out soon.
        """
        for name in self._store.readable():
            now, book = self._clock.now(), self._store.book(name)
            if book.discovered is None or not 0 <= now - book.discovered < DAY:
                try:
                    await self.discover(name)
                except Fault:
                    await self.check(name)  # it says what is wrong, and keeps it
                    continue
            is_due = role_state.due(book.role, now, runs_alone=False) is role_state.Due.LOOK
            if is_due or book.report is None or not 0 <= now - book.report.checked < DAY:
                report = await self.check(name)
                if any(line.outcome == checking.EXPIRES_SOON for line in report.lines):
                    await self._renew_alone(name)

    # --- restore ---------------------------------------------------------------------------------------------

    async def places(self, service: Service | None = None, words: str = "", limit: int = 50) -> Sequence[Place]:
        """Accounts that something can be restored to: mail servers' and tenants'."""
        return places.places(self._workspace, service, words, limit)

    async def restore_mailbox(self, request: MailboxRestore) -> Sequence[JobId]:
        """Restore services of an account, each from its newest point in time up to a moment. Raises Misconfigured."""
        jobs = []
        for service in request.services:
            stream = stream_id(request.account, service)
            points = await self._workspace.bench.offload.on_reading(self._workspace.catalog.snapshots, stream)
            fitting = [one for one in points if request.until is None or one.finished <= request.until]
            if fitting:
                asked = RestoreRequest(
                    stream=stream,
                    snapshot=fitting[0].id,
                    selection=Selection(),
                    connection=request.connection,
                    conflict=request.conflict,
                )
                jobs.append(await self._restore(asked))
        if not jobs:
            raise Misconfigured("nothing is saved of this account", what="nothing-saved", name=request.account)
        return jobs

    def close(self) -> None:
        """Forget what was not kept."""
        self._drafts.close()

    # --- within ----------------------------------------------------------------------------------------------

    async def _settled(self, name: ConnectionName) -> Entry:
        """A tenant whose directory is known: one that was kept without a sign-in is asked for it. Raises Fault."""
        entry = self._store.entry(name)
        if not entry.directory:
            claims = read_claims(await self._workspace.graphs.access(name).token(False))
            entry = replace(entry, directory=(claims.tenant if claims is not None else "") or entry.settings.tenant)
            self._store.put(entry)
        return entry

    def _credentials(self, settings: TenantSettings, thumbprint: str, secret: str, sign_in: str) -> Credentials:
        known = settings.name in self._store.names()
        held = self._store.entry(settings.name).credentials if known else None
        return self._drafts.credentials(settings, thumbprint, secret, sign_in, held)

    async def _put(
        self, settings: TenantSettings, thumbprint: str, secret: str, sign_in: str, *, is_proven: bool = True
    ) -> Tenant:
        credentials = self._credentials(settings, thumbprint, secret, sign_in)
        settings = self._filled(settings, sign_in)
        _require_whole(settings)
        directory = ""
        if is_proven:
            access = Access(settings, credentials, self._clock)
            try:
                claims = read_claims(await access.token(False))
                if settings.proof is Proof.DEVICE_CODE:
                    credentials = replace(credentials, cache=access.cache)
            finally:
                await access.close()
            directory = (claims.tenant if claims is not None else "") or settings.tenant
        for other in self._store.names():
            there = self._store.entry(other)
            is_same = (there.directory.casefold(), there.settings.client) == (directory.casefold(), settings.client)
            if other != settings.name and is_same:
                raise Misconfigured("this tenant is set up already", what="tenant-taken", name=other)
        before = self._store.entry(settings.name).settings if settings.name in self._store.names() else settings
        self._store.put(Entry(settings, credentials, directory))
        await self._workspace.graphs.let_go(settings.name)
        former = {before.client} - {settings.client, ""}
        made = self._drafts.registrations.get(settings.client)
        self._drafts.settled(credentials.certificate)
        if former or made is not None:
            await self._write(
                settings.name,
                lambda book: replace(
                    book,
                    principal=made.principal if made is not None else "",
                    application=made.application if made is not None else "",
                    former=tuple(sorted({*book.former, *former})),
                    role=role_state.RoleRecord() if former else book.role,
                ),
            )
        self._changed()
        return await self.find(settings.name)

    async def _checked(
        self, access: Access, settings: TenantSettings, credentials: Credentials, book: Book
    ) -> tuple[CheckReport, Sequence[PermissionFinding]]:
        quick = access.quick()
        try:
            sample = await choosing.sample(quick, settings, credentials, book)
            return await checking.check(access, quick, settings, credentials, book, sample, self._clock.now())
        finally:
            await quick.close()

    def _filled(self, settings: TenantSettings, sign_in: str) -> TenantSettings:
        """Who signed in tells which tenant it is."""
        if settings.tenant.strip() or not sign_in:
            return settings
        who = self._drafts.signed_in(sign_in).who
        return replace(settings, tenant=who.tenant if who is not None else "")

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

    async def _renew_alone(self, name: ConnectionName) -> None:
        """Renew a certificate without anybody; where that cannot be, the check list goes on asking for it."""
        if self._store.entry(name).settings.proof is Proof.CERTIFICATE:
            with suppress(Fault):
                await self.renew_certificate(name, "", lambda _steps: None)

    async def _leftovers(self, name: ConnectionName, sign_in: str) -> Sequence[Leftover]:
        who, former = self._drafts.signed_in(sign_in), self._store.book(name).former
        return await set_up.leftovers(who, self._store.entry(name), former, self._clock)

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

    def _accounts(self, name: ConnectionName, book: Book, past: Past) -> list[TenantAccount]:
        rows = map(self._rows(name, book, past), self._reach.members(name).values())
        return sorted(rows, key=lambda row: row.account.address.casefold())

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
        granted = links.granted_in(self._store.book(name)) if name is not None else frozenset()
        return Past(points, states.runs_by_stream(await self._runs()), granted)

    async def _runs(self) -> Sequence[Run]:
        bench, engine = self._workspace.bench, self._workspace.engine
        found = await bench.offload.on_reading(bench.catalog.last_runs)
        return [await _as_it_stands(run, engine) if run.state is State.RUNNING else run for run in found]

    async def _with_groups(self, name: ConnectionName, book: Book) -> Book:
        """Ask for the members and names of the groups that rules name and that are not known. Raises Fault."""
        wanted = {rule.group for rule in book.rules.rules if rule.group} - book.members.keys()
        if not wanted:
            return book
        graph = self._workspace.graphs.lend(name)
        try:
            return await choosing.with_members(graph, book, wanted)
        finally:
            await graph.close()

    async def _choose(self, name: ConnectionName, change: Callable[[Book], Book]) -> None:
        entry, before = self._store.entry(name), self._store.book(name)
        now = await self._write(name, change)
        await self._follow(name, entry, before, now)

    async def _follow(self, name: ConnectionName, entry: Entry, before: Book, now: Book) -> None:
        """Let the catalog have new names, and let go of what a rule lets go."""
        catalog, offload = self._workspace.catalog, self._workspace.bench.offload
        known: dict[AccountId, list[Service]] = {}
        for stream, account, service in await offload.on_reading(catalog.accounts):
            del stream
            known.setdefault(account.id, []).append(service)
        for found in discovering.renamed(before, now):
            account = account_of(name, entry.directory, found)
            for service in known.get(account.id, ()):
                await offload.on_catalog(catalog.put_account, account, service)
        if gone := discovering.newly_removed(before, now):
            await self._discard(name, gone, GRACE_DAYS)
        self._changed()

    async def _discard(self, name: ConnectionName, ids: Iterable[str], grace_days: int) -> list[JobId]:
        """Let go of what is saved of accounts."""
        bench = self._workspace.bench
        saved = await bench.offload.on_reading(bench.catalog.newest_snapshots)
        accounts = {self._member(self._reach.members(name), id).account.id for id in ids}
        streams = sorted(stream for stream in saved if stream.partition("/")[0] in accounts)
        return [await self._submit(Discard(stream=stream, grace_days=grace_days)) for stream in streams]

    def _member(self, members: Mapping[str, Member], id: str) -> Member:
        if id not in members:
            raise Misconfigured("no such account in the tenant", what="unknown-account", name=id)
        return members[id]

    def _require_name(self, name: str) -> None:
        if not name.strip() or name != name.strip() or any(character in name for character in _NOT_IN_NAMES):
            raise Misconfigured("a tenant's name has neither slash nor colon", what="bad-tenant-name", name=name)

    def _changed(self) -> None:
        self._workspace.engine.tell(CatalogChanged(None))


async def _as_it_stands(run: Run, engine: LocalEngine) -> Run:
    """A job that is at work, with what is not written down before it ends."""
    return run._replace(throttled_until=(await engine.job(run.job)).tally.throttled_until)


def _require_whole(settings: TenantSettings) -> None:
    needs.cloud(settings)
    needs_application = settings.proof is not Proof.DEVICE_CODE
    if not settings.tenant.strip() or (needs_application and not settings.client.strip()):
        raise Misconfigured("tenant and application are needed", what="incomplete-tenant", name=settings.name)
    if not settings.services:
        raise Misconfigured("nothing would be backed up", what="no-services", name=settings.name)
