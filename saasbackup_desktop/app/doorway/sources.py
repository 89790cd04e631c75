"""Mail servers that are set up here, and every account with how it is doing."""

from collections.abc import Sequence

from saasbackup_desktop.app import views
from saasbackup_desktop.app.activity.noting import noted
from saasbackup_desktop.app.cards import stream_cards
from saasbackup_desktop.app.connections import connection_of
from saasbackup_desktop.app.doors import reach
from saasbackup_desktop.app.doorway.opened import Opened
from saasbackup_desktop.core.errors import (
    Misconfigured,
)
from saasbackup_desktop.core.ids import AccountId, ConnectionName
from saasbackup_desktop.core.jobs import (
    CatalogChanged,
)
from saasbackup_desktop.core.model import Account, Service
from saasbackup_desktop.providers.imap.probe import Findings, probe


class Sources(Opened):
    """Connections and cards. Every method may raise Fault."""

    async def probe_imap(self, settings: views.ImapSettings, secret: str) -> views.ProbeReport:
        """Try a connection; nothing is kept of it."""
        return _report(await probe(reach(settings), lambda: secret))

    @noted("source-added", item="settings.name")
    async def add_imap(self, settings: views.ImapSettings, secret: str) -> views.Connection:
        """Set up a connection, or change the one of this name. Raises Misconfigured for a name or account taken."""
        connections = self._workspace.connections
        wanted = connection_of(settings)
        if not settings.name.strip() or not settings.host.strip() or not settings.user.strip():
            raise Misconfigured("name, host and user are needed", what="incomplete-connection")
        if ":" in settings.name:
            raise Misconfigured("a colon parts account and path", what="bad-connection-name", name=settings.name)
        if settings.name in connections.tenants():
            raise Misconfigured("this name is taken", what="name-taken", name=wanted.name)
        for other in connections.all():
            if other.name == wanted.name and other.account.id != wanted.account.id:
                raise Misconfigured("this name is taken", what="name-taken", name=wanted.name)
            if other.name != wanted.name and other.account.id == wanted.account.id:
                raise Misconfigured("this account is set up already", what="account-taken", name=other.name)
        connection = connections.put(settings, secret)
        await self._offload.on_catalog(self._workspace.catalog.put_account, connection.account, Service.MAIL)
        self._workspace.engine.tell(CatalogChanged(None))
        return connection

    @noted("source-changed", item="name")
    async def change_secret(self, name: ConnectionName, secret: str) -> None:
        """Change a connection's password or token."""
        connections = self._workspace.connections
        connections.put(connections.find(name).settings, secret)

    async def connections(self) -> Sequence[views.Connection]:
        """Every connection, by name."""
        return self._workspace.connections.all()

    async def probe(self, name: ConnectionName) -> views.ProbeReport:
        """Try a connection that is set up."""
        connections = self._workspace.connections
        settings = connections.find(name).settings
        return _report(await probe(reach(settings), lambda: connections.secret(name)))

    @noted("source-removed", item="name")
    async def remove_connection(self, name: ConnectionName) -> None:
        """Forget a connection and its secret; what is in the vault stays."""
        connections = self._workspace.connections
        connections.remove(connections.find(name).name)
        self._workspace.engine.tell(CatalogChanged(None))

    async def people(self, some: Sequence[AccountId] | None = None) -> Sequence[Account]:
        """Who is behind some ids, those that are known; None: everybody. Quicker than their cards."""
        catalog, reach = self._workspace.catalog, self._workspace.reach
        own = {one.account.id: one.account for one in self._workspace.connections.all()}
        if some is None:
            saved = {account.id: account for _, account, _ in await self._offload.on_reading(catalog.accounts)}
            members = {member.account.id: member.account for member in reach.everybody()}
        else:
            wanted = set(some)
            saved = {account.id: account for account in await self._offload.on_reading(catalog.people, list(wanted))}
            members, own = reach.known(wanted), {id: account for id, account in own.items() if id in wanted}
        return list((saved | own | members).values())

    async def cards(self) -> Sequence[views.StreamCard]:
        """Every account's service, with how it is doing."""
        return await stream_cards(self._workspace)


def _report(findings: Findings) -> views.ProbeReport:
    return views.ProbeReport(
        server=findings.server,
        secure=findings.secure,
        folders=findings.folders,
        messages=findings.messages,
        size=findings.size,
        abilities=findings.abilities,
        warnings=findings.warnings,
    )
