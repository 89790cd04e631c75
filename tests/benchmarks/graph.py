"""Microsoft Graph, pretended: the rate that is allowed and the rate reached, runs without a change, a large mailbox."""

import asyncio
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import httpx

from saasbackup_desktop.core.model import Item, Service
from saasbackup_desktop.providers.microsoft.cloud import CLOUDS
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.mail.messages import item_of
from saasbackup_desktop.providers.microsoft.mail.source import mail_source
from saasbackup_desktop.sim.graph import mail
from saasbackup_desktop.sim.graph.app import GraphApp
from saasbackup_desktop.sim.graph.mailbox import Mailbox
from saasbackup_desktop.sim.graph.manners import Limit, Manners
from saasbackup_desktop.sim.graph.tenant import Tenant
from saasbackup_desktop.sim.letters import letters
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.benchmarks.figures import program, span, tell, title
from tests.flow.stage import CHEAP, PASSPHRASE
from tests.graph import planner
from tests.graph.child import Now
from tests.graph.home import Home
from tests.graph.office_hours import Reading, Uneven, allowed, read
from tests.graph.stage import GRANTED, ROUTES, Stage, WholeSeconds
from tests.graph.virtual import run as run_virtually
from tests.servers.certificates import Authority
from tests.servers.web import served

_PUBLISHED: Final = Limit(10_000, 600.0, 4)
_OF_APPLICATION: Final = Limit(10_000, 600.0, 4, "application")
_PER_SECOND: Final = _PUBLISHED.requests / _PUBLISHED.seconds
_GOAL: Final = 0.95
_MEMORY: Final = 300_000_000
_SERVICES: Final = (Service.MAIL, Service.CALENDAR, Service.CONTACTS, Service.TASKS)


def run(count: int | None) -> None:
    """Measure; ``count`` items in the large mailbox, 30,000 unless said otherwise."""
    _rates()
    asyncio.run(_in_real_time(20, 45.0))
    asyncio.run(_without_a_change(100))
    _large(count or 30_000)


# --- rates ---------------------------------------------------------------------------------------------------


def _rates() -> None:
    title("Microsoft Graph: reading at the published limits, waits in virtual time, work in real time")
    for mailboxes, limit, latency, seconds in (
        (1, _PUBLISHED, 0.2, 1200.0),
        (1, _PUBLISHED, 0.4, 600.0),
        (20, _PUBLISHED, 0.4, 60.0),
        (5, _OF_APPLICATION, 0.1, 120.0),
    ):
        reading, _ = run_virtually(read(mailboxes, limit, latency, seconds))
        many = "1 mailbox" if mailboxes == 1 else f"{mailboxes} mailboxes"
        _told(f"{many}, 4 at once for each {limit.for_each}, {latency * 1000:.0f} ms", reading, seconds)
    latency = 0.4
    reading, seconds = run_virtually(_through_the_source(3000, latency))
    most = allowed(1, _PUBLISHED, latency, seconds)
    _told("the same through the mail source", Reading(reading.done, most, reading.refused, reading.faults), seconds)


def _told(what: str, reading: Reading, seconds: float) -> None:
    good = reading.share >= _GOAL and not reading.faults
    tell(
        what,
        f"{reading.done / seconds:,.1f}/s",
        f"allowed {reading.allowed / seconds:,.1f}/s: {reading.share:.1%} in {seconds:,.0f} s; "
        f"refused {reading.refused} of {reading.done + reading.refused:,}, for good {len(reading.faults)}",
        good=good,
    )


async def _through_the_source(count: int, latency: float) -> Reading:
    """Fetch a mailbox's messages as a backup does."""
    loop = asyncio.get_running_loop()
    tenant = Tenant("fernwick.example", lambda: 1_790_000_000.0)
    app = GraphApp(tenant, mail.ROUTES, Manners(limit=_PUBLISHED), loop.time)
    token = tenant.token(tenant.register({"Mail.Read"}))

    async def given(_renew: bool) -> str:
        return token

    graph = Graph(CLOUDS["global"], given, Now(), transport=httpx.ASGITransport(Uneven(app, latency)))
    mailbox = Mailbox(tenant, tenant.add_user("Ada", "ada@fernwick.example")["id"])
    for letter in letters("rates", count, 4000):
        mailbox.deliver(letter.data)
    items: Sequence[Item] = [item_of(message) for message in mailbox.messages.values()]
    source = mail_source(graph, mailbox.user)
    done = 0
    async for batch in source.fetch(items):
        done += sum(isinstance(one.data, bytes) for one in batch)
    await source.close()
    if done != count:
        raise RuntimeError(f"{done} of {count} messages were fetched")
    return Reading(sum(status == 200 for _, _, status in app.log), count, app.gate.throttled, ())


async def _in_real_time(mailboxes: int, seconds: float) -> None:
    title(f"Microsoft Graph: {mailboxes} mailboxes at once, in real time, on this machine's processor")
    most = _PER_SECOND * mailboxes
    begun = time.process_time()
    reading = await read(mailboxes, _PUBLISHED, 0.2, seconds)
    processor = time.process_time() - begun
    rate = reading.done / seconds
    tell(
        f"{mailboxes} mailboxes, 4 at once for each, 200 ms",
        f"{rate:,.1f}/s",
        f"one mailbox's published rate, times mailboxes: {most:,.1f}/s: {rate / most:.1%}; "
        f"refused {reading.refused} of {reading.done + reading.refused:,}, for good {len(reading.faults)}",
        good=rate >= _GOAL * most and not reading.faults,
    )
    tell("processor, the pretended service included", f"{processor / reading.done * 1000:,.2f} ms", "a request")


# --- no change -----------------------------------------------------------------------------------------------


class _Unwatched(Stage):
    """A stage without a referee: what is measured is the program."""

    def __post_init__(self) -> None:
        self.tenant = Tenant(self.domain, self.clock.now)
        self.app = GraphApp(self.tenant, ROUTES, self.manners)
        self.application = self.tenant.register(set(GRANTED))
        self._token = ""
        self.shared = Graph(
            CLOUDS["global"], self.token, WholeSeconds(self.clock), transport=httpx.ASGITransport(self.app)
        )

    def graph(self) -> Graph:
        """A handle of the one client."""
        return self.shared.share()


async def _without_a_change(count: int) -> None:
    title(f"Microsoft Graph: {count} mailboxes, mail, calendars, contacts and tasks of each, without a change")
    place = Path(tempfile.mkdtemp(prefix="bench-graph-"))
    try:
        stage = _Unwatched()
        home = Home(place, stage)
        streams = []
        for number in range(count):
            truth = planner.organizer(stage, f"Person{number} Example", f"person{number}@{stage.domain}")
            mailbox = planner.mailbox_of(truth)
            for letter in letters(number, 10, 3000):
                mailbox.deliver(letter.data)
            planner.fill_contacts(truth)
            streams += [home.doors.protect(mailbox, service) for service in _SERVICES]
        with span() as first:
            for stream in streams:
                await home.back_up(stream)
        asked, before = len(stage.app.log), _written(place / "vault")
        with span() as second:
            for stream in streams:
                await home.back_up(stream)
        requests = stage.app.log[asked:]
        after = _written(place / "vault")
        grown = sum(size for name, (size, _) in after.items() if after[name] != before.get(name))
        tell("first backup", f"{first.seconds:,.1f} s", f"{len(streams)} streams, {asked:,} requests")
        tell(
            "requests without a change",
            f"{len(requests):,}",
            f"{len(streams)} folder sets",
            good=len(requests) == len(streams),
        )
        tell(
            "of which $batch", f"{sum(path == '/$batch' for _, path, _ in requests):,}", "at most 20 questions in each"
        )
        tell("bytes written to the vault", f"{grown:,}", "goal 0", good=after == before)
        tell(
            "time",
            f"{second.seconds:,.1f} s",
            f"{second.seconds / len(streams) * 1000:,.1f} ms a stream, one after the other",
        )
        home.close()
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _written(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file with its size and time: what was written since differs."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in files}


# --- a large mailbox -----------------------------------------------------------------------------------------


def _large(count: int) -> None:
    title(f"Microsoft Graph: first backup of a mailbox of {count:,} messages, over TLS")
    place = Path(tempfile.mkdtemp(prefix="bench-graph-"))
    try:
        tenant = Tenant("fernwick.example", lambda: 1_790_000_000.0)
        application = tenant.register(set(GRANTED))
        mailbox = Mailbox(tenant, tenant.add_user("Ada", "ada@fernwick.example")["id"])
        size = 0
        for number, letter in enumerate(letters("large", count, 8000)):
            size += len(letter.data)
            mailbox.deliver(letter.data, ("inbox", "archive", "sentitems")[number % 3])
        authority = Authority(place)
        Vault.create(LocalStore(place / "vault"), PASSPHRASE, Now(), argon2=CHEAP)
        app = GraphApp(tenant, ROUTES)
        with served(app, authority.issue("graph")) as address:
            plan = place / "plan.json"
            plan.write_text(
                json.dumps(
                    {
                        "address": address,
                        "ca_file": str(authority.file),
                        "token": tenant.token(application, lasts=1e9),
                        "realm": tenant.id,
                        "vault": str(place / "vault"),
                        "catalog": str(place / "catalog.db"),
                        "users": {mailbox.user: mailbox.user},
                        "services": [Service.MAIL],
                        "at_once": 1,
                    }
                )
            )
            child = [sys.executable, "-m", "tests.graph.child", str(plan), "backup"]
            first = program(child, log=place / "first.log")
            asked = len(app.log)
            second = program(child, log=place / "second.log")
            again = len(app.log) - asked
        if first.code or second.code:
            raise RuntimeError(f"{first.output[-2000:]}\n{second.output[-2000:]}")
        stored = sum(size for size, _ in _written(place / "vault").values())
        tell("messages, bytes", f"{count:,}", f"{size / 1e6:,.0f} MB; the vault has {stored / 1e6:,.0f} MB")
        rate = asked / first.seconds
        tell(
            "first backup",
            f"{first.seconds:,.1f} s",
            f"{asked:,} requests, {rate:,.0f}/s; the published limit for one mailbox is {_PER_SECOND:,.1f}/s "
            f"({asked / _PER_SECOND / 60:,.0f} minutes)",
            good=rate >= _PER_SECOND,
        )
        tell("processor", f"{first.cpu:,.1f} s", f"{first.cpu / count * 1000:,.2f} ms a message")
        tell("peak memory", f"{first.peak / 1e6:,.0f} MB", f"limit {_MEMORY / 1e6:,.0f} MB", good=first.peak < _MEMORY)
        tell("run without a change", f"{second.seconds:,.1f} s", f"{again} requests; most of it is Python's start")
    finally:
        shutil.rmtree(place, ignore_errors=True)
