"""Mailboxes that are read as fast as the pretend service lets them be read, in virtual time."""

import asyncio
import random
from dataclasses import dataclass, field

import httpx

from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.providers.microsoft.cloud import CLOUDS
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.sim.graph import mail
from saasbackup_desktop.sim.graph.app import GraphApp, Receive, Scope, Send
from saasbackup_desktop.sim.graph.mailbox import Mailbox
from saasbackup_desktop.sim.graph.manners import Limit, Manners
from saasbackup_desktop.sim.graph.tenant import Tenant

_LETTER = b"Subject: Hello\r\nMessage-ID: <1@example.org>\r\n\r\n" + b"Good morning.\r\n" * 60


@dataclass
class Uneven:
    """An application that takes a different time for each answer: ``latency`` on average."""

    app: GraphApp
    latency: float
    dice: random.Random = field(default_factory=lambda: random.Random(1))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.app.manners.latency = self.latency * (0.5 + self.dice.expovariate(2))
        await self.app(scope, receive, send)


@dataclass(frozen=True)
class Reading:
    """What was read in a time."""

    done: int
    allowed: int
    refused: int
    faults: tuple[Fault, ...]

    @property
    def share(self) -> float:
        """Of what was allowed."""
        return self.done / self.allowed


async def read(mailboxes: int, limit: Limit, latency: float, seconds: float) -> Reading:
    """Read messages of several mailboxes for a time, with more at once than any of them takes."""
    loop = asyncio.get_running_loop()
    tenant = Tenant("fernwick.example", lambda: 1_790_000_000.0)
    app = GraphApp(tenant, mail.ROUTES, Manners(limit=limit), loop.time)
    token = tenant.token(tenant.register({"Mail.Read"}))

    async def given(_renew: bool) -> str:
        return token

    graph = Graph(CLOUDS["global"], given, _Still(), transport=httpx.ASGITransport(Uneven(app, latency)))
    done, faults, end = 0, [], loop.time() + seconds

    async def worker(user: str, path: str) -> None:
        nonlocal done
        while loop.time() < end:
            try:
                await graph.content(path, mailbox=user)
            except Fault as fault:
                faults.append(fault)
                return
            done += loop.time() <= end

    async with asyncio.TaskGroup() as group:
        for number in range(mailboxes):
            user = tenant.add_user(f"User {number}", f"user{number}@fernwick.example")["id"]
            path = f"/users/{user}/messages/{Mailbox(tenant, user).deliver(_LETTER)['id']}/$value"
            for _ in range(4 * limit.at_once):
                group.create_task(worker(user, path))
    await graph.close()
    return Reading(done, allowed(mailboxes, limit, latency, seconds), app.gate.throttled, tuple(faults))


def allowed(mailboxes: int, limit: Limit, latency: float, seconds: float) -> int:
    """How many requests the limits let through in a time, if nothing is ever waited for in vain."""
    by_count = limit.requests * -int(-seconds // limit.seconds) * mailboxes
    rooms = mailboxes if limit.for_each == "mailbox" else 1
    return min(by_count, int(limit.at_once * rooms * seconds / latency))


class _Still:
    def now(self) -> int:
        return 1_790_000_000
