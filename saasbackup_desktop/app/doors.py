"""How jobs reach the worlds outside: from a stream or a connection to a source, a target, a reading of its items."""

from collections.abc import Callable, Sequence

from saasbackup_desktop.app import views
from saasbackup_desktop.app.connections import Connections
from saasbackup_desktop.app.places import Places
from saasbackup_desktop.app.tenants.reach import Reach
from saasbackup_desktop.catalog.catalog import Catalog
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import ConnectionName, StreamId
from saasbackup_desktop.core.model import Account, Provider, Service, account_of, service_of, stream_id
from saasbackup_desktop.core.ports import BlobStore, Source, Target
from saasbackup_desktop.engine.bench import Description
from saasbackup_desktop.providers.formats.graph.reading import describe
from saasbackup_desktop.providers.imap.settings import ImapSettings, SignIn, Tls
from saasbackup_desktop.providers.imap.source import ImapSource
from saasbackup_desktop.providers.imap.target import ImapTarget


def reach(settings: views.ImapSettings) -> ImapSettings:
    """The provider's own settings."""
    return ImapSettings(
        host=settings.host,
        user=settings.user,
        port=settings.port,
        tls=Tls(settings.tls.value),
        sign_in=SignIn(settings.sign_in.value),
        ca_file=settings.ca_file,
    )


class HomeDoors:
    """``engine.bench.Doors`` over a home's connections and places."""

    def __init__(self, connections: Connections, catalog: Catalog, places: Places, tenants: Reach) -> None:
        self._connections = connections
        self._catalog = catalog
        self._places = places
        self._tenants = tenants

    def source(self, stream: StreamId) -> Source:
        """Open a live stream for reading. Raises Misconfigured if no connection reaches it."""
        for connection in self._connections.all():
            if stream_id(connection.account.id, Service.MAIL) == stream:
                secret = self._secret(connection.name)
                return ImapSource(reach(connection.settings), secret, self._places.traffic)
        member = self._tenants.find(account_of(stream))
        if member is not None:
            return self._tenants.source(member, service_of(stream))
        directory = self._tenants.directory_of(account_of(stream))
        if directory is not None and directory.connection is not None:
            return self._tenants.directory_source(directory.connection)
        account, _ = self.account(stream)
        what = "imported-only" if account.provider is Provider.FILE else "not-connected"
        raise Misconfigured("no connection reaches this stream", what=what, name=account.address)

    def target(self, connection: ConnectionName, service: Service) -> Target:
        """Open a service of a connection's account for writing. Raises Misconfigured."""
        if self._tenants.is_place(connection):
            return self._tenants.target(connection, service)
        _require_mail(connection, service)
        found = self._connections.find(connection)
        return ImapTarget(reach(found.settings), self._secret(found.name), self._places.traffic)

    def stream_of(self, connection: ConnectionName, service: Service) -> StreamId:
        """Say which stream a service of the connection's account is. Raises Misconfigured."""
        return stream_id(self.account_at(connection, service).id, service)

    def account_at(self, connection: ConnectionName, service: Service) -> Account:
        """Say whose account a connection reaches. Raises Misconfigured if it has no such service."""
        if self._tenants.is_place(connection):
            return self._tenants.at(connection).account
        _require_mail(connection, service)
        return self._connections.find(connection).account

    def account(self, stream: StreamId) -> tuple[Account, Service]:
        """Say whose stream it is: by the connection that reaches it, else by the catalog. Raises Misconfigured."""
        for connection in self._connections.all():
            if stream_id(connection.account.id, Service.MAIL) == stream:
                return connection.account, Service.MAIL
        member = self._tenants.find(account_of(stream))
        if member is not None:
            return member.account, service_of(stream)
        directory = self._tenants.directory_of(account_of(stream))
        if directory is not None:
            return directory, Service.DIRECTORY
        known = self._catalog.account(stream)
        if known is not None:
            return known
        raise Misconfigured("no such stream", what="unknown-account", name=stream)

    def place(self, location: str, settings: Sequence[tuple[str, str]]) -> BlobStore:
        """Open another place for vaults. Raises Misconfigured."""
        return self._places.at(location, views.BucketSettings(**dict(settings)) if settings else None)

    def describe(self, service: Service, data: bytes) -> Description:
        """Read an item's bytes: a message, or what a service says of something else as JSON."""
        said = describe(service, data)
        return Description(said.name, said.facets, said.text, said.attachments)

    def _secret(self, name: ConnectionName) -> Callable[[], str]:
        return lambda: self._connections.secret(name)


def _require_mail(connection: ConnectionName, service: Service) -> None:
    if service is not Service.MAIL:
        raise Misconfigured("a mail server takes mail only", what="mail-only", name=connection)
