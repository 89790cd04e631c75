"""What tasks cover: connections, accounts and streams, as they are now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from saasbackup_desktop.app.tasks.views import Task
from saasbackup_desktop.app.tenants.needs import services_of
from saasbackup_desktop.app.tenants.reach import tenant_of
from saasbackup_desktop.app.workspace import Workspace
from saasbackup_desktop.core.activation import Status
from saasbackup_desktop.core.ids import AccountId, ConnectionName, StreamId
from saasbackup_desktop.core.model import Account, Provider, Service, service_of, stream_id


@dataclass(frozen=True, slots=True)
class Site:
    """One connection: whom it reaches, and whose services are backed up."""

    name: ConnectionName
    services: tuple[Service, ...]
    accounts: int
    """All that were found and are still there."""
    active: Mapping[StreamId, Account]
    """What is backed up each time."""
    away: Mapping[AccountId, Account]
    """Accounts that left, though they were to be backed up."""
    members: frozenset[AccountId]
    """Everybody it knows, also those that left."""


@dataclass(frozen=True, slots=True)
class Sites:
    """Every connection of a home, and the streams that anything is saved of."""

    by_name: Mapping[ConnectionName, Site]
    saved: Mapping[StreamId, Account]

    def of(self, task: Task) -> Sequence[Site]:
        """The connections that a task covers."""
        if not task.connections:
            return list(self.by_name.values())
        return [self.by_name[name] for name in task.connections if name in self.by_name]

    def active(self, task: Task) -> Mapping[StreamId, Account]:
        """The streams that a task backs up."""
        return {
            stream: account for site in self.of(task) for stream, account in site.active.items() if _has(task, stream)
        }

    def all(self, task: Task) -> Mapping[StreamId, Account]:
        """The streams that a task's rule is for: those that it backs up, and those that it did."""
        members = {id for site in self.of(task) for id in site.members}
        saved = {
            stream: account
            for stream, account in self.saved.items()
            if (account.id in members or _reached_by(account, task)) and _has(task, stream)
        }
        return {**saved, **self.active(task)}

    def uncovered(self, tasks: Iterable[Task]) -> list[ConnectionName]:
        """Connections that no task covers."""
        known = list(tasks)
        if any(not task.connections for task in known):
            return []
        covered = {name for task in known for name in task.connections}
        return [name for name in self.by_name if name not in covered]


async def sites(workspace: Workspace) -> Sites:
    """Look at every connection."""
    bench = workspace.bench
    known = await bench.offload.on_reading(bench.catalog.accounts)
    # What was imported is no task's: nobody backs it up again, so nothing of it may go by a task's rule.
    saved = {stream: account for stream, account, _ in known if account.provider is not Provider.FILE}
    found = [_mailbox(one.name, one.account) for one in workspace.connections.all()]
    for name in workspace.store.names():
        found.append(_tenant(workspace, name) if workspace.store.is_readable(name) else _closed(name))
    return Sites({site.name: site for site in sorted(found, key=lambda site: site.name.casefold())}, saved)


def names(workspace: Workspace) -> list[ConnectionName]:
    """The names of all connections, without looking at their accounts."""
    return sorted((ConnectionName(name) for name in workspace.connections.names()), key=str.casefold)


def _mailbox(name: ConnectionName, account: Account) -> Site:
    active = {stream_id(account.id, Service.MAIL): account}
    return Site(name, (Service.MAIL,), 1, active, {}, frozenset({account.id}))


def _tenant(workspace: Workspace, name: ConnectionName) -> Site:
    book, services = workspace.store.book(name), services_of(workspace.store.entry(name).settings)
    members = workspace.reach.members(name)
    active: dict[StreamId, Account] = {}
    away: dict[AccountId, Account] = {}
    for id, member in members.items():
        status = book.status(id)
        if status is Status.ACTIVE:
            active |= {stream_id(member.account.id, service): member.account for service in services}
        elif status is Status.AWAY:
            away[member.account.id] = member.account
    there = sum(not member.found.is_deleted for member in members.values())
    ids = {one.account.id for one in members.values()}
    directory = workspace.reach.directory(name)
    if directory is not None:
        ids.add(directory.id)
        if workspace.store.entry(name).settings.keeps_directory:
            active[stream_id(directory.id, Service.DIRECTORY)] = directory
            services = (*services, Service.DIRECTORY)
    return Site(name, services, there, active, away, frozenset(ids))


def _closed(name: ConnectionName) -> Site:
    """A tenant whose accounts cannot be read: it says so itself."""
    return Site(name, (), 0, {}, {}, frozenset())


def _has(task: Task, stream: StreamId) -> bool:
    return not task.services or service_of(stream) in task.services


def _reached_by(account: Account, task: Task) -> bool:
    """It was saved by a connection of this name, whether or not there still is one."""
    if account.connection is None:
        return not task.connections
    is_member = account.provider is Provider.MICROSOFT
    name = tenant_of(account.connection) if is_member else account.connection
    return not task.connections or name in task.connections
