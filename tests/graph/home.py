"""A vault and a catalog that back up a pretend tenant through the engine, without the application around them."""

from dataclasses import dataclass, field
from pathlib import Path

from saasbackup_desktop.catalog.catalog import Catalog
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import ConnectionName, JobId, SnapshotId, StreamId
from saasbackup_desktop.core.jobs import Backup, ItemFailure, Restore
from saasbackup_desktop.core.model import Account, Conflict, Item, Provider, Service, account_id, service_of, stream_id
from saasbackup_desktop.core.ports import Source, Target
from saasbackup_desktop.core.selection import EVERYTHING
from saasbackup_desktop.engine.backup import back_up
from saasbackup_desktop.engine.bench import Bench, Description
from saasbackup_desktop.engine.meter import Meter
from saasbackup_desktop.engine.offload import Offload
from saasbackup_desktop.engine.restore import restore
from saasbackup_desktop.providers.formats.graph.reading import describe
from saasbackup_desktop.providers.microsoft.calendar import calendar_source, calendar_target
from saasbackup_desktop.providers.microsoft.contacts import contacts_source, contacts_target
from saasbackup_desktop.providers.microsoft.entra.source import directory_source
from saasbackup_desktop.providers.microsoft.mail.source import mail_source
from saasbackup_desktop.providers.microsoft.mail.target import MailTarget
from saasbackup_desktop.providers.microsoft.notes.source import notes_source
from saasbackup_desktop.providers.microsoft.notes.target import NotesTarget
from saasbackup_desktop.providers.microsoft.settings.source import settings_source
from saasbackup_desktop.providers.microsoft.settings.target import SettingsTarget
from saasbackup_desktop.providers.microsoft.tasks import tasks_source, tasks_target
from saasbackup_desktop.sim.graph.mailbox import Mailbox
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.flow.stage import CHEAP, PASSPHRASE
from tests.graph.stage import Stage

SOURCES = {
    Service.MAIL: mail_source,
    Service.CONTACTS: contacts_source,
    Service.CALENDAR: calendar_source,
    Service.TASKS: tasks_source,
    Service.NOTES: notes_source,
    Service.SETTINGS: settings_source,
}
TARGETS = {
    Service.MAIL: MailTarget,
    Service.NOTES: NotesTarget,
    Service.SETTINGS: SettingsTarget,
    Service.CALENDAR: calendar_target,
    Service.CONTACTS: contacts_target,
    Service.TASKS: tasks_target,
}


@dataclass
class Doors:
    """Opens streams of one tenant."""

    stage: Stage
    accounts: dict[StreamId, tuple[Account, Service]] = field(default_factory=dict)
    users: dict[StreamId, str] = field(default_factory=dict)

    def protect(self, mailbox: Mailbox, service: Service) -> StreamId:
        """Name the stream of a mailbox's service."""
        user = self.stage.tenant.users[mailbox.user]
        id = account_id(Provider.MICROSOFT, self.stage.tenant.id, mailbox.user)
        account = Account(id=id, provider=Provider.MICROSOFT, address=user["mail"], name=user["displayName"])
        stream = stream_id(id, service)
        self.accounts[stream] = (account, service)
        self.users[stream] = mailbox.user
        return stream

    def protect_directory(self) -> StreamId:
        """Name the stream of the tenant's directory."""
        tenant = self.stage.tenant
        id = account_id(Provider.MICROSOFT, tenant.id, tenant.id)
        account = Account(id=id, provider=Provider.MICROSOFT, address=tenant.domain, name=tenant.domain)
        stream = stream_id(id, Service.DIRECTORY)
        self.accounts[stream] = (account, Service.DIRECTORY)
        return stream

    def source(self, stream: StreamId) -> Source:
        if self.accounts[stream][1] is Service.DIRECTORY:
            return directory_source(self.stage.graph())
        return SOURCES[self.accounts[stream][1]](self.stage.graph(), self.users[stream])

    def target(self, connection: ConnectionName, service: Service) -> Target:
        return TARGETS[service](self.stage.graph(), connection)

    def stream_of(self, connection: ConnectionName, service: Service) -> StreamId:
        raise Misconfigured("not here")

    def account(self, stream: StreamId) -> tuple[Account, Service]:
        return self.accounts[stream]

    def describe(self, service: Service, data: bytes) -> Description:
        said = describe(service, data)
        return Description(said.name, said.facets, said.text, said.attachments)


@dataclass
class Journal:
    """Remembers what a job wrote down."""

    job: JobId = field(default_factory=lambda: JobId("job"))
    notes: list[str] = field(default_factory=list)
    failures: list[ItemFailure] = field(default_factory=list)

    async def note(self, level: str, code: str, **facts: str | int) -> None:
        self.notes.append(code)

    async def failed(self, failure: ItemFailure) -> None:
        self.failures.append(failure)


class Home:
    """Backs up, and tells what is saved."""

    def __init__(self, folder: Path, stage: Stage) -> None:
        self.doors = Doors(stage)
        vault, _ = Vault.create(LocalStore(folder / "vault"), PASSPHRASE, _Clock(stage), argon2=CHEAP)
        self.catalog = Catalog.open(folder / "catalog.db", vault.subkey("catalog"))
        self.offload = Offload()
        self.vault = vault
        self.bench = Bench(
            vault=vault,
            catalog=self.catalog,
            offload=self.offload,
            clock=_Clock(stage),
            doors=self.doors,
            program="test",
            owner="test",
        )
        self.meter = Meter()
        self.journal = Journal()

    async def back_up(self, stream: StreamId) -> SnapshotId:
        """Run one backup."""
        self.meter, self.journal = Meter(), Journal()
        return await back_up(self.bench, Backup(stream=stream), self.meter, self.journal)

    async def restore(self, spec: Restore) -> None:
        """Run one restore. The connection is the user that is restored into."""
        self.meter, self.journal = Meter(), Journal()
        target = self.doors.target(spec.connection, service_of(spec.stream))
        try:
            await restore(self.bench, spec, target, self.meter, self.journal)
        finally:
            await target.close()

    def items(self, stream: StreamId) -> dict[str, Item]:
        """All items of the newest point in time, by their id."""
        head = self.vault.last_head(stream)
        assert head is not None
        return {node.id: node for node in self.vault.nodes(head.root) if isinstance(node, Item)}

    def close(self) -> None:
        self.catalog.close()
        self.offload.close()


@dataclass
class _Clock:
    stage: Stage

    def now(self) -> int:
        self.stage.clock.time += 1
        return int(self.stage.clock.time)


def whole_restore(
    stream: StreamId, snapshot: SnapshotId, user: str, conflict: Conflict = Conflict.SKIP, folder: str | None = None
) -> Restore:
    """All of a stream as it was, into somebody's mailbox."""
    return Restore(
        stream=stream,
        snapshot=snapshot,
        selection=EVERYTHING,
        connection=ConnectionName(user),
        conflict=conflict,
        folder=folder,
        whole_paths=True,
    )
