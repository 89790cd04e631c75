"""From a stream, or from ``TENANT/ADDRESS``, to somebody's mailbox in a tenant."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from saasbackup_desktop.app.tenants.book import Book
from saasbackup_desktop.app.tenants.graphs import Graphs
from saasbackup_desktop.app.tenants.needs import is_exact
from saasbackup_desktop.app.tenants.rooms import SOURCES, TARGETS, exact_source, exact_target
from saasbackup_desktop.app.tenants.store import Entry, TenantStore
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import AccountId, ConnectionName
from saasbackup_desktop.core.model import Account, Provider, Service, account_id
from saasbackup_desktop.core.ports import Source, Target
from saasbackup_desktop.providers.microsoft.directory import Found
from saasbackup_desktop.providers.microsoft.entra.source import directory_source


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a tenant."""

    tenant: ConnectionName
    found: Found
    account: Account


@dataclass(frozen=True, slots=True)
class _Index:
    """A tenant's accounts by what they are asked for by."""

    book: Book
    directory: str
    by_id: Mapping[str, Member]
    by_account: Mapping[AccountId, Member]
    by_address: Mapping[str, Member]


def account_of(name: ConnectionName, directory: str, found: Found) -> Account:
    """An account of a tenant's directory, as the vault knows it."""
    return Account(
        id=account_id(Provider.MICROSOFT, directory, found.id),
        provider=Provider.MICROSOFT,
        address=found.address,
        name=found.name,
        connection=ConnectionName(f"{name}/{found.address}"),
    )


def tenant_of(connection: ConnectionName) -> ConnectionName:
    """The tenant's part of ``TENANT/ADDRESS``."""
    return ConnectionName(connection.partition("/")[0])


def directory_account(name: ConnectionName, entry: Entry, book: Book) -> Account | None:
    """A tenant itself as an account, whose content is the directory; None before anybody has signed in."""
    if not entry.directory:
        return None
    return Account(
        id=account_id(Provider.MICROSOFT, entry.directory, entry.directory),
        provider=Provider.MICROSOFT,
        address=book.domain or entry.directory,
        name=book.organisation or name,
        connection=name,
    )


class Reach:
    """Finds accounts of all tenants, and opens their mailboxes."""

    def __init__(self, store: TenantStore, graphs: Graphs) -> None:
        self._store = store
        self._graphs = graphs
        self._indexes: dict[str, _Index] = {}

    def members(self, name: ConnectionName) -> Mapping[str, Member]:
        """A tenant's accounts by their ids in the directory. Raises Misconfigured."""
        return self._index(name).by_id

    def everybody(self) -> Iterator[Member]:
        """All accounts of all tenants."""
        for name in self._store.readable():
            yield from self._index(name).by_id.values()

    def find(self, account: AccountId) -> Member | None:
        """Whose account this is; None if no tenant has it."""
        for name in self._store.readable():
            member = self._index(name).by_account.get(account)
            if member is not None:
                return member
        return None

    def known(self, some: Iterable[AccountId]) -> dict[AccountId, Account]:
        """Those of some accounts that a tenant has."""
        wanted = list(some)
        found: dict[AccountId, Account] = {}
        for name in self._store.readable():
            by_account = self._index(name).by_account
            found |= {id: by_account[id].account for id in wanted if id in by_account}
        return found

    def same(self, name: ConnectionName, account: AccountId) -> Member | None:
        """The same account in one tenant; None if it does not have it."""
        return self._index(name).by_account.get(account)

    def directory(self, name: ConnectionName) -> Account | None:
        """A tenant's directory as an account; None before anybody has signed in. Raises Misconfigured."""
        return directory_account(name, self._store.entry(name), self._store.book(name))

    def directory_of(self, account: AccountId) -> Account | None:
        """The directory that is this account; None if it is none, or no tenant's that is set up."""
        for name in self._store.readable():
            found = self.directory(name)
            if found is not None and found.id == account:
                return found
        return None

    def is_place(self, connection: ConnectionName) -> bool:
        """It names a tenant's account, there or not."""
        return "/" in connection and tenant_of(connection) in self._store.names()

    def at(self, connection: ConnectionName) -> Member:
        """Whose mailbox ``TENANT/ADDRESS`` is. Raises Misconfigured."""
        tenant, _, address = connection.partition("/")
        member = self._index(ConnectionName(tenant)).by_address.get(address.casefold())
        if member is None:
            raise Misconfigured("no such account in the tenant", what="unknown-account", name=connection)
        return member

    def source(self, member: Member, service: Service) -> Source:
        """Open a service for reading. Raises Misconfigured if this program does not know it."""
        if service not in SOURCES:
            raise Misconfigured("no such service", what="unknown-service", name=service.value)
        make = exact_source if is_exact(self._store.entry(member.tenant).settings, service) else SOURCES[service]
        return make(self._graphs.lend(member.tenant), member.found.id)

    def directory_source(self, name: ConnectionName) -> Source:
        """Open a tenant's directory for reading. Raises Misconfigured."""
        return directory_source(self._graphs.lend(name))

    def target(self, connection: ConnectionName, service: Service) -> Target:
        """Open a service for writing. Raises Misconfigured if it cannot be written."""
        member = self.at(connection)
        settings = self._store.entry(member.tenant).settings
        if service not in TARGETS or not settings.may_restore:
            raise Misconfigured("this service cannot be restored there", what="no-restore", name=service.value)
        make = exact_target if is_exact(settings, service) else TARGETS[service]
        return make(self._graphs.lend(member.tenant), member.found.id)

    def _index(self, name: ConnectionName) -> _Index:
        book, entry = self._store.book(name), self._store.entry(name)
        known = self._indexes.get(name)
        if known is None or known.book is not book or known.directory != entry.directory:
            known = self._indexes[name] = _indexed(name, entry, book)
        return known


def _indexed(name: ConnectionName, entry: Entry, book: Book) -> _Index:
    members = [Member(name, found, account_of(name, entry.directory, found)) for found in book.found.values()]
    living = [one for one in members if not one.found.is_deleted]
    return _Index(
        book,
        entry.directory,
        {one.found.id: one for one in members},
        {one.account.id: one for one in members},
        {
            **{alias.casefold(): one for one in living for alias in one.found.aliases},
            **{one.account.address.casefold(): one for one in living},
        },
    )
