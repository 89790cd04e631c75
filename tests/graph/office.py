"""A pretend tenant on real ports with real certificates, and a desk that backs it up: everything between is real."""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.tenants.views import Proof, Tenant, TenantSettings
from saasbackup_desktop.app.views import Order
from saasbackup_desktop.app.words.faults import words_for
from saasbackup_desktop.core.ids import ConnectionName, JobId, StreamId
from saasbackup_desktop.core.jobs import Job, State
from saasbackup_desktop.core.model import Item, Provider, Service, account_id, stream_id
from saasbackup_desktop.sim.graph import tenant as sim
from saasbackup_desktop.sim.graph.app import GraphApp
from saasbackup_desktop.sim.graph.identity import IdentityApp
from saasbackup_desktop.sim.graph.mailbox import Mailbox
from saasbackup_desktop.sim.graph.manners import Manners
from saasbackup_desktop.sim.graph.shelf import Organizer
from tests.flow.stage import PASSPHRASE, letter
from tests.graph.referee import Referee
from tests.graph.stage import ROUTES
from tests.servers.certificates import Authority
from tests.servers.web import served

NAME = ConnectionName("Fernwick")
SECRET = "Zp8~a-secret"
READS = frozenset(
    {
        "User.Read.All",
        "Group.ReadBasic.All",
        "LicenseAssignment.Read.All",
        "Application.Read.All",
        "Mail.Read",
        "MailboxSettings.Read",
        "Contacts.Read",
        "Calendars.Read",
        "Tasks.Read.All",
    }
)
WRITES = frozenset(
    {"Mail.ReadWrite", "MailboxSettings.ReadWrite", "Contacts.ReadWrite", "Calendars.ReadWrite", "Tasks.ReadWrite.All"}
)
_ROOT = b"https://graph.microsoft.com"
PATIENCE = 60


@dataclass
class Doorway:
    """An application on a port that can be exchanged for another one."""

    app: Any = None
    address: str = ""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


@dataclass
class Site:
    """Two ports, for signing in and for Graph, and the authority of their certificates."""

    login: Doorway
    graph: Doorway
    ca_file: str


@contextmanager
def opened(folder: Path) -> Iterator[Site]:
    """Serve both until the tests are over."""
    authority = Authority(folder)
    site = Site(Doorway(), Doorway(), str(authority.file))
    with ExitStack() as stack:
        for name, door in (("login", site.login), ("graph", site.graph)):
            door.address = stack.enter_context(served(door, authority.issue(name)))
        yield site


@dataclass
class Watched:
    """Shows a referee every exchange, as if Graph were where it really is."""

    app: GraphApp
    referee: Referee
    address: str

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        asked, said = bytearray(), bytearray()
        status, headers = 0, {}

        async def hear() -> Any:
            message = await receive()
            asked.extend(message.get("body", b""))
            return message

        async def tell(message: Any) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = {name.decode(): value.decode() for name, value in message["headers"]}
            said.extend(message.get("body", b""))
            await send(message)

        await self.app(scope, hear, tell)
        if not status:
            return
        url = _ROOT + scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
        plain = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        is_json = headers.get("content-type", "").startswith("application/json") or not said
        answer = bytes(said).replace(self.address.encode(), _ROOT)
        self.referee.watch(
            scope["method"],
            url.decode(),
            plain,
            bytes(asked).replace(self.address.encode(), _ROOT),
            status,
            headers if is_json else {},
            answer if is_json else b"",
        )


@dataclass
class Office:
    """A tenant, a home, and what tests ask of both."""

    folder: Path
    site: Site
    desk: Desk
    granted: frozenset[str] = READS | WRITES
    manners: Manners = field(default_factory=Manners)
    domain: str = "fernwick.example"
    tenant: sim.Tenant = field(init=False)
    graph: GraphApp = field(init=False)
    identity: IdentityApp = field(init=False)
    application: sim.Application = field(init=False)
    referee: Referee = field(init=False)

    def __post_init__(self) -> None:
        self.tenant = sim.Tenant(self.domain, time.time)
        self.tenant.known_roles |= READS | WRITES
        self.tenant.audience = self.site.graph.address
        self.graph = GraphApp(self.tenant, ROUTES, self.manners)
        self.identity = IdentityApp(self.tenant)
        self.application = self.tenant.register(set(self.granted), secret=SECRET)
        self.referee = Referee(self.granted)
        self.site.login.app = self.identity
        self.site.graph.app = Watched(self.graph, self.referee, self.site.graph.address)

    @property
    def settings(self) -> TenantSettings:
        """How the desk reaches the tenant."""
        return TenantSettings(
            name=NAME,
            tenant=self.tenant.domain,
            client=self.application.id,
            proof=Proof.SECRET,
            cloud="custom",
            login=self.site.login.address,
            graph=self.site.graph.address,
            ca_file=self.site.ca_file,
        )

    async def add(self, **changes: Any) -> Tenant:
        """Set the tenant up by a secret."""
        return await self.desk.tenants.add(replace(self.settings, **changes), secret=SECRET)

    def watch_any_permission(self) -> None:
        """Let the referee look at everything but at what callers may do: several act here, with rights of their own."""
        self.referee = Referee()
        self.site.graph.app = Watched(self.graph, self.referee, self.site.graph.address)

    @contextmanager
    def second(self) -> Iterator["Office"]:
        """Another tenant, on ports of its own, for the same desk."""
        with opened(Path(tempfile.mkdtemp(dir=self.folder))) as site:
            other = Office(self.folder, site, self.desk, domain="elsewhere.example")
            yield other
            assert other.referee.problems == []

    async def unlock(self) -> None:
        """Open the vault again."""
        await self.desk.unlock(PASSPHRASE)

    def join(self, name: str = "Ada Lovelace", letters: int = 3, **more: Any) -> Mailbox:
        """Let somebody with a mailbox and letters in it join."""
        address = f"{name.split(maxsplit=1)[0].lower()}@{self.tenant.domain}"
        box = Mailbox(self.tenant, self.tenant.add_user(name, address, **more)["id"])
        Organizer(self.tenant, box.user)
        for number in range(1, letters + 1):
            box.deliver(letter(number), moment=1_780_000_000 + number)
        return box

    def give_one_of_each(self, mailbox: Mailbox) -> None:
        """Give somebody a contact, a task and a meeting."""
        organizer = self.tenant.organizers[mailbox.user]
        organizer.add(organizer.contacts["contacts"], {"displayName": "Charles Babbage", "companyName": "Engines"})
        organizer.add(organizer.lists[organizer.tasks], {"title": "Write the notes", "status": "notStarted"})
        event = {
            "subject": "Tea",
            "start": {"dateTime": "2026-03-01T15:00:00.0000000", "timeZone": "UTC"},
            "end": {"dateTime": "2026-03-01T16:00:00.0000000", "timeZone": "UTC"},
        }
        organizer.add_event(organizer.calendars[organizer.calendar], event)

    def stream(self, mailbox: Mailbox, service: Service = Service.MAIL) -> StreamId:
        """The stream of somebody's service."""
        return stream_id(account_id(Provider.MICROSOFT, self.tenant.id, mailbox.user), service)

    async def over(self, id: JobId) -> Job:
        """Wait until a job rests."""
        async with asyncio.timeout(PATIENCE):
            while True:
                job = await self.desk.job(id)
                if job.state.is_over:
                    return job
                await asyncio.sleep(0.02)

    async def done(self, *ids: JobId) -> None:
        """Wait for jobs that go well."""
        for id in ids:
            job = await self.over(id)
            assert job.state is State.DONE, (job.state, job.code, job.detail, await self.desk.failures(id))

    async def failed(self, *ids: JobId) -> list[Job]:
        """Wait for jobs that fail."""
        jobs = [await self.over(id) for id in ids]
        assert [job.state for job in jobs] == [State.FAILED] * len(jobs), [(job.state, job.detail) for job in jobs]
        return jobs

    async def items(self, stream: StreamId) -> list[Item]:
        """What the newest point in time has, as the window browses it."""
        [newest, *_] = await self.desk.snapshots(stream)
        found = []
        for row in await self.desk.folders(stream, newest.id):
            ids = await self.desk.row_ids(stream, newest.id, row.folder.id, Order.TIME, False)
            found += [one.item for one in await self.desk.rows(ids)]
        return found


def says(job: Job) -> str:
    """What a person reads of a job that failed."""
    words = words_for(job.code, job.facts)
    return f"{words.title} | {words.what} | {words.remedy}"
