"""Where things can be restored to: accounts of mail servers and of tenants."""

from collections.abc import Iterator, Sequence

from saasbackup_desktop.app.tenants.needs import services_of
from saasbackup_desktop.app.tenants.rooms import TARGETS
from saasbackup_desktop.app.tenants.states import has_mailbox
from saasbackup_desktop.app.tenants.views import Place
from saasbackup_desktop.app.workspace import Workspace
from saasbackup_desktop.core.ids import ConnectionName
from saasbackup_desktop.core.model import Service


def places(workspace: Workspace, service: Service | None, words: str, limit: int) -> Sequence[Place]:
    """Accounts that take a service (None: any) and whose names have these words in them."""
    wanted = words.casefold().split()
    found = []
    for place in (*_servers(workspace), *_tenants(workspace)):
        text = f"{place.account.address} {place.account.name} {place.realm} {place.connection}".casefold()
        if (service is None or service in place.services) and all(word in text for word in wanted):
            found.append(place)
            if len(found) >= limit:
                break
    return found


def _servers(workspace: Workspace) -> Iterator[Place]:
    for one in workspace.connections.all():
        yield Place(connection=one.name, account=one.account, services=(Service.MAIL,), realm=one.settings.host)


def _tenants(workspace: Workspace) -> Iterator[Place]:
    for name in workspace.store.readable():
        settings = workspace.store.entry(name).settings
        services = tuple(one for one in services_of(settings) if one in TARGETS)
        if not settings.may_restore or not services:
            continue
        members = workspace.reach.members(name).values()
        for member in sorted(members, key=lambda one: one.account.address.casefold()):
            if has_mailbox(member) and member.account.connection is not None:
                yield Place(
                    connection=ConnectionName(member.account.connection),
                    account=member.account,
                    services=services,
                    realm=name,
                )
