"""The accounts of tenants: who is there, who is backed up, and backing them up."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from saasbackup_desktop.app import held
from saasbackup_desktop.app.activity.noting import noted
from saasbackup_desktop.app.tenants import (
    choosing,
    discovering,
    needs,
)
from saasbackup_desktop.app.tenants.book import Book
from saasbackup_desktop.app.tenants.reach import Member, account_of
from saasbackup_desktop.app.tenants.room import Room
from saasbackup_desktop.app.tenants.states import Past
from saasbackup_desktop.app.tenants.store import Entry
from saasbackup_desktop.app.tenants.views import (
    Choice,
    Discovery,
    GroupView,
    ListReport,
    RuleView,
    TenantAccount,
)
from saasbackup_desktop.core.activation import Rule, Status
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import AccountId, ConnectionName, JobId, StreamId
from saasbackup_desktop.core.jobs import Backup, Discard, Job, JobQuery, State
from saasbackup_desktop.core.model import Service, Snapshot, stream_id
from saasbackup_desktop.core.retention import GRACE_DAYS
from saasbackup_desktop.providers.microsoft.directory import read_groups


class People(Room):
    """The part of the door for accounts. Every method may raise Fault."""

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
        jobs = await self._follow(name, entry, before, now)
        jobs += await self._discard_again(name, now)
        return replace(discovering.compared(before, now), jobs=tuple(dict.fromkeys(jobs)))

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

    @noted("rules-changed", item="name", count="#rules")
    async def put_rules(self, name: ConnectionName, rules: Sequence[Rule]) -> Discovery:
        """Replace the rules, and let them decide at once."""
        entry, before = self._store.entry(name), self._store.book(name)
        kept = choosing.replaced(before.rules.rules, rules)
        asked = await self._with_groups(name, replace(before, rules=replace(before.rules, rules=kept)))

        def put(book: Book) -> Book:
            known = replace(book, rules=replace(book.rules, rules=kept), members=asked.members, groups=asked.groups)
            return discovering.decided(known, self._clock.now())

        now = await self._write(name, put)
        jobs = await self._follow(name, entry, before, now)
        return replace(discovering.compared(before, now), jobs=tuple(jobs))

    async def read_list(self, name: ConnectionName, data: bytes) -> ListReport:
        """Hold a person's list (CSV, one column ``Account Email``) against the directory."""
        self._store.entry(name)
        return choosing.read(self._store.book(name), data)

    @noted("accounts-activated", item="name", accounts="#ids")
    async def activate(self, name: ConnectionName, ids: Iterable[str]) -> Sequence[JobId]:
        """Back these accounts up, whatever was said of them before."""
        return await self._choose(name, lambda book: choosing.activated(book, ids))

    @noted("accounts-paused", item="name", accounts="#ids")
    async def pause(self, name: ConnectionName, ids: Iterable[str]) -> Sequence[JobId]:
        """Back active accounts up no more for now; what is saved stays."""
        return await self._choose(name, lambda book: choosing.halted(book, ids, Status.PAUSED))

    @noted("accounts-resumed", item="name", accounts="#ids")
    async def resume(self, name: ConnectionName, ids: Iterable[str]) -> Sequence[JobId]:
        """Back paused accounts up again."""
        return await self._choose(name, lambda book: choosing.resumed(book, ids))

    @noted("accounts-excluded", item="name", accounts="#ids")
    async def exclude(self, name: ConnectionName, ids: Iterable[str]) -> Sequence[JobId]:
        """Never back these accounts up, whichever rule chooses them."""
        return await self._choose(name, lambda book: choosing.excluded(book, ids))

    @noted("accounts-included", item="name", accounts="#ids")
    async def include(self, name: ConnectionName, ids: Iterable[str]) -> Sequence[JobId]:
        """Let rules choose these accounts again."""
        return await self._choose(name, lambda book: choosing.included(book, ids))

    @noted("accounts-deactivated", item="name", accounts="#ids")
    async def deactivate(self, name: ConnectionName, ids: Iterable[str]) -> Sequence[JobId]:
        """Back these accounts up no more, until somebody says so; what is saved stays."""
        return await self._choose(name, lambda book: choosing.halted(book, ids, Status.INACTIVE))

    @noted("accounts-deleted", item="name", accounts="#ids", days="grace_days")
    async def delete(self, name: ConnectionName, ids: Iterable[str], grace_days: int = GRACE_DAYS) -> Sequence[JobId]:
        """Let everything that is saved of these accounts go; until the days of grace are over it can be called back.

        Raises Held, after which it is as before, if a hold protects anything of it.
        """
        chosen = list(ids)
        await held.require_free(self._workspace.bench, await self._saved_of(name, chosen))
        await self._choose(name, lambda book: choosing.halted(book, chosen, Status.REMOVED))
        return await self._discard(name, chosen, grace_days)

    async def backup(
        self, name: ConnectionName, ids: Iterable[str] | None = None, services: Iterable[Service] = ()
    ) -> Sequence[JobId]:
        """Back accounts up: None for all active ones; all services of the settings if none are named."""
        entry, book = self._store.entry(name), self._store.book(name)
        members = self._reach.members(name)
        wanted = [self._member(members, id) for id in (book.active if ids is None else ids)]
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

    # --- within ----------------------------------------------------------------------------------------------

    def _accounts(self, name: ConnectionName, book: Book, past: Past) -> list[TenantAccount]:
        rows = map(self._rows(name, book, past), self._reach.members(name).values())
        return sorted(rows, key=lambda row: row.account.address.casefold())

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

    async def _choose(self, name: ConnectionName, change: Callable[[Book], Book]) -> Sequence[JobId]:
        entry, before = self._store.entry(name), self._store.book(name)
        now = await self._write(name, change)
        return await self._follow(name, entry, before, now)

    async def _follow(self, name: ConnectionName, entry: Entry, before: Book, now: Book) -> list[JobId]:
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
        gone = discovering.newly_removed(before, now)
        jobs = await self._discard(name, gone, GRACE_DAYS) if gone else []
        self._changed()
        return jobs

    async def _discard_again(self, name: ConnectionName, book: Book) -> list[JobId]:
        """Let go of what should have gone: a process may end between the decision and the deed.

        What was called back out of the trash stays, and so does what a hold protects.
        """
        bench, members = self._workspace.bench, self._reach.members(name)
        accounts = {one.account.id for id, one in members.items() if book.status(id) is Status.REMOVED}
        saved = await bench.offload.on_reading(bench.catalog.newest_snapshots) if accounts else {}
        streams = {stream: point for stream, (point, _) in saved.items() if stream.partition("/")[0] in accounts}
        if not streams:
            return []
        last: dict[StreamId, tuple[Job, Discard]] = {}
        asked = JobQuery(kinds=frozenset({"discard"}), limit=100_000)
        for job in (await self._workspace.engine.job_page(asked)).jobs:
            if isinstance(job.spec, Discard) and not job.spec.snapshots:
                last.setdefault(job.spec.stream, (job, job.spec))
        jobs = []
        for stream, point in sorted(streams.items()):
            if stream not in last:
                jobs.append(await self._submit(Discard(stream=stream, grace_days=GRACE_DAYS)))
                continue
            job, spec = last[stream]
            # What is under way is only named by this, and what an earlier process left begins.
            if job.state is not State.PAUSED and _is_unfinished(job, point):
                jobs.append(await self._submit(spec))
        return jobs

    async def _discard(self, name: ConnectionName, ids: Iterable[str], grace_days: int) -> list[JobId]:
        """Let go of what is saved of accounts."""
        streams = await self._saved_of(name, ids)
        return [await self._submit(Discard(stream=stream, grace_days=grace_days)) for stream in streams]

    async def _saved_of(self, name: ConnectionName, ids: Iterable[str]) -> list[StreamId]:
        """What is saved of accounts."""
        bench = self._workspace.bench
        saved = await bench.offload.on_reading(bench.catalog.newest_snapshots)
        accounts = {self._member(self._reach.members(name), id).account.id for id in ids}
        return sorted(stream for stream in saved if stream.partition("/")[0] in accounts)

    def _member(self, members: Mapping[str, Member], id: str) -> Member:
        if id not in members:
            raise Misconfigured("no such account in the tenant", what="unknown-account", name=id)
        return members[id]


def _is_unfinished(job: Job, point: Snapshot) -> bool:
    """A deletion that did not come to its end, or was over before the point in time was made."""
    if job.state is State.DONE:
        return job.finished is not None and job.finished < point.finished
    return job.code != Misconfigured.code
