"""The page of jobs with ten thousand of them on queue, and a month of hourly backups in one process."""

import asyncio
import ctypes
import gc
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psutil
import qasync
from PySide6.QtWidgets import QApplication

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.tasks.runs import Run
from saasbackup_desktop.app.tasks.views import Task
from saasbackup_desktop.catalog import points
from saasbackup_desktop.catalog.catalog import Catalog
from saasbackup_desktop.catalog.database import READERS
from saasbackup_desktop.core.errors import Unreachable
from saasbackup_desktop.core.ids import AccountId, JobId, SnapshotId, TaskId
from saasbackup_desktop.core.jobs import Backup, Initiator, Job, JobQuery, Origin, Spec, State, Tally
from saasbackup_desktop.core.marks import Mark
from saasbackup_desktop.core.model import Account, Provider, Service, account_id, stream_id
from saasbackup_desktop.engine import engine as engine_module
from saasbackup_desktop.engine.bench import Bench, Journal
from saasbackup_desktop.engine.engine import LocalEngine
from saasbackup_desktop.engine.offload import Offload
from saasbackup_desktop.ui.boot import application
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.collection import Collection
from saasbackup_desktop.ui.kit.theme import Theme
from saasbackup_desktop.ui.places import JobsPlace, Opened
from saasbackup_desktop.ui.preferences import Preferences
from saasbackup_desktop.ui.rooms.jobs import JobsPage
from saasbackup_desktop.ui.shell.homes import Homes
from saasbackup_desktop.ui.shell.window import Window
from saasbackup_desktop.vault.access.slots import Argon2
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.benchmarks.figures import percentile, span, tell, title
from tests.benchmarks.window import gaps
from tests.unit.engine.conftest import HandClock, ScriptedDoors, stream

_LIMIT = 300.0
_TURN = 50.0
_REST = 2.0
_OPENED = 20
_STREAMS = 10
_DAYS = int(os.environ.get("SAASBACKUP_DAYS", "30"))
_FLAT = 8.0
"""Megabytes that a month may cost after its first day."""


def run(count: int | None) -> None:
    """Measure with ``count`` jobs on queue, 10,000 unless said otherwise, and twice as many in the history."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    count = count or 10_000
    place = Path(tempfile.mkdtemp(prefix="bench-jobs-"))
    try:
        # First: memory that the others let go would hide what a month takes.
        title(f"Jobs: {_DAYS} days of hourly backups of {_STREAMS} accounts in one process")
        asyncio.run(_soak(place))
        title(f"Jobs: the page with {count:,} on queue and {2 * count:,} in the history")
        made = application(["bench"])
        collection = Collection(made)
        with qasync.QEventLoop(made) as loop:
            loop.run_until_complete(_page(place, count))
        collection.end()
        title(f"Jobs: a task that covers {count:,} streams begins its run")
        asyncio.run(_begin(place, count))
    finally:
        shutil.rmtree(place, ignore_errors=True)


async def _page(place: Path, count: int) -> None:
    bridge = Bridge()
    window = Window(
        bridge,
        Theme(QApplication.instance()),
        Preferences(place / "window.ini"),
        Homes(own=lambda: Desk(place / "home", stays=True)),
    )
    window.show()
    await window.begin()
    desk = bridge.desk
    await bridge.call(desk.create_vault(str(place / "vault"), "a passphrase for the benchmark"))
    await bridge.call(desk.hold_jobs(True))
    await bridge.call(_fill(desk, count))
    window.go(Opened())
    await _until(lambda: "waiting" in window.status._jobs.text() or "wait" in window.status._jobs.text())

    await _until(lambda: window.page is not None and not window.page.tasks.is_running("look"))
    await asyncio.sleep(_REST)
    took, worked = [], []
    begun, busy = time.perf_counter(), time.process_time()
    with gaps() as turns:
        window.go(JobsPlace())
        page = window.page
        assert isinstance(page, JobsPage)
        await _until(lambda: page._model.rowCount() >= count)
        first, worked_first = (time.perf_counter() - begun) * 1000, (time.process_time() - busy) * 1000
        await asyncio.sleep(_REST)
    tell("opening the page for the first time", f"{first:.0f} ms", f"limit {_LIMIT:.0f} ms", good=first < _LIMIT)
    tell("processor time of it", f"{worked_first:.0f} ms", "of all threads: the page is made, too")
    _tell_turn(max(turns))
    with gaps() as turns:
        for _ in range(_OPENED):
            page._model.show(0, ())
            page._names.clear()
            await asyncio.sleep(0.05)
            begun, busy = time.perf_counter(), time.process_time()
            window.go(JobsPlace())
            await _until(lambda: page._model.rowCount() >= count)
            took.append((time.perf_counter() - begun) * 1000)
            worked.append((time.process_time() - busy) * 1000)
    tell("opening it again, median", f"{percentile(took, 50):.0f} ms", f"limit {_LIMIT:.0f} ms")
    tell("opening it again, slowest", f"{max(took):.0f} ms", f"limit {_LIMIT:.0f} ms", good=max(took) < _LIMIT)
    tell("processor time of it, median", f"{percentile(worked, 50):.0f} ms", "of all threads")
    _tell_turn(max(turns))

    asked = []
    for query in (JobQuery(limit=100), JobQuery(limit=100, offset=count - 100, states=frozenset({State.QUEUED}))):
        begun = time.perf_counter()
        await bridge.call(desk.job_page(query))
        asked.append((time.perf_counter() - begun) * 1000)
    tell("asking for the first rows of all time", f"{asked[0]:.0f} ms", "of the catalog alone")
    tell("asking for the last rows of the queue", f"{asked[1]:.0f} ms", "of the catalog alone")

    loop, waits, last = asyncio.get_running_loop(), [], time.perf_counter()
    stopping = loop.create_task(bridge.call(desk.stop_queued()))
    begun = time.perf_counter()
    while not stopping.done():
        await asyncio.sleep(0.01)
        waits.append((time.perf_counter() - last) * 1000)
        last = time.perf_counter()
    number = await stopping
    tell(
        f"cancelling all {number:,}", f"{time.perf_counter() - begun:.1f} s", "in one transaction, each of them told of"
    )
    tell("gap of the window meanwhile, 99 of 100", f"{percentile(waits, 99):.0f} ms", "")
    window.hide()
    window._empty()
    await bridge.leave()
    bridge.close()


def _tell_turn(longest: float) -> None:
    tell("longest turn of the window meanwhile", f"{longest:.0f} ms", f"limit {_TURN:.0f} ms", good=longest < _TURN)


async def _fill(desk: Desk, count: int) -> None:
    """Put jobs into the catalog, and take up those that are on queue as a process does that begins."""
    workspace = desk._workspace
    now = desk._clock.now()
    jobs: list[Job] = []
    accounts: list[Account] = []
    for number in range(3 * count):
        name = f"person{number % count}@example.org"
        account = Account(id=account_id(Provider.IMAP, "mail", name), provider=Provider.IMAP, address=name)
        of = stream_id(account.id, Service.MAIL)
        is_queued = number >= 2 * count
        jobs.append(
            Job(
                id=JobId(f"{number:012x}"),
                spec=Backup(stream=of),
                state=State.QUEUED
                if is_queued
                else random.choice((State.DONE, State.DONE, State.FAILED, State.PARTIAL)),
                account=AccountId(account.id),
                created=now - (3 * count - number) * 40,
                started=None if is_queued else now - (3 * count - number) * 40,
                finished=None if is_queued else now - (3 * count - number) * 40 + 30,
                origin=Origin(initiator=Initiator.SCHEDULE),
                tally=Tally() if is_queued else Tally(items_done=number % 1000),
            )
        )
        if is_queued:
            accounts.append(account)

    def write() -> None:
        with workspace.catalog._database.write() as connection:
            for account in accounts:
                points.put_account(connection, account, Service.MAIL)
        workspace.catalog.save_jobs(jobs)

    await workspace.bench.offload.on_catalog(write)
    with span() as taken:
        await workspace.engine.start()
    tell(f"taking up {count:,} that were on queue", f"{taken.seconds:.1f} s", "after a restart")


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(300):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.002)


async def _begin(place: Path, count: int) -> None:
    """Of accounts that only the catalog knows: each is looked up there, which takes longest."""
    desk = Desk(place / "begins", stays=True)
    await desk.create_vault(str(place / "begun"), "a passphrase for the benchmark")
    await desk.hold_jobs(True)
    catalog = desk._workspace.catalog
    names = [f"person{number}@example.org" for number in range(count)]
    people = [Account(id=account_id(Provider.IMAP, "mail", n), provider=Provider.IMAP, address=n) for n in names]
    with catalog._database.write() as connection:
        streams = [points.put_account(connection, account, Service.MAIL) for account in people]
    turns, last, over = [], time.perf_counter(), asyncio.Event()

    async def tick() -> None:
        nonlocal last
        while not over.is_set():
            await asyncio.sleep(0.005)
            turns.append((time.perf_counter() - last) * 1000)
            last = time.perf_counter()

    ticking = asyncio.create_task(tick())
    task, run = Task(id=TaskId("0"), name="all"), Run(mark=Mark.at(1), since=1, began=1, is_beginning=True)
    with span() as taken:
        await desk.tasks._begin(task, run, streams)
    over.set()
    await ticking
    queued = (await desk.job_page(JobQuery(limit=0))).counts[State.QUEUED]
    tell(f"queueing {queued:,} jobs", f"{taken.seconds:.1f} s", "written down, each of them told of")
    tell("longest turn of the loop meanwhile", f"{max(turns):.0f} ms", "")
    await desk.close()


@contextmanager
def _cheap() -> Iterator[None]:
    """Carry jobs out without a source; one of a hundred finds nobody at home."""
    chance = random.Random(7)

    async def carry_out(bench: Bench, spec: Spec, course: Any, journal: Journal, tell: Any) -> SnapshotId | None:
        await asyncio.sleep(0)
        course.meter.items_done = 1
        if chance.random() < 0.01:
            raise Unreachable("nobody there", host="mail")
        await journal.note("info", "nothing-changed")
        return None

    real = engine_module.carry_out
    engine_module.carry_out = carry_out
    try:
        yield
    finally:
        engine_module.carry_out = real


def _let_go_of_pages(catalog: Catalog) -> None:
    """Have SQLite drop the pages that it keeps at hand (48 MB at the most), and the C library what it holds free."""
    with catalog._database.write() as connection:
        connection.exec_driver_sql("PRAGMA shrink_memory")
    with ExitStack() as held:
        for _ in range(READERS):
            reading = held.enter_context(catalog._database.read())
            reading.exec_driver_sql("PRAGMA shrink_memory")
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)


async def _soak(place: Path) -> None:
    clock, doors, offload = HandClock(), ScriptedDoors(), Offload()
    cheap = Argon2(memory=64, passes=1, lanes=1)
    vault, _key = Vault.create(LocalStore(place / "soak"), "a passphrase", clock, argon2=cheap)
    catalog = Catalog.open(place / "soak.db", bytes(32))
    names = [f"person{number}" for number in range(_STREAMS)]
    for name in names:
        doors.add(name)
    engine = LocalEngine(Bench(vault, catalog, offload, clock, doors, "benchmark", "benchmark"), stays=True)
    heard = 0

    async def listen() -> None:
        nonlocal heard
        async for _ in engine.events():
            heard += 1

    listening = asyncio.ensure_future(listen())
    memory: dict[int, float] = {}
    without: dict[int, float] = {}
    begun = time.perf_counter()
    with _cheap():
        await engine.start()
        for day in range(1, _DAYS + 1):
            for _ in range(24):
                clock.time += 3600
                await engine.tend()
                await engine.submit_many(
                    [Backup(stream=stream(name)) for name in names], Origin(initiator=Initiator.SCHEDULE)
                )
                await _until(lambda: engine.is_idle)
            if day in (1, _DAYS // 3, _DAYS * 2 // 3, _DAYS):
                gc.collect()
                memory[day] = psutil.Process().memory_info().rss / 1e6
                _let_go_of_pages(catalog)
                without[day] = psutil.Process().memory_info().rss / 1e6
        await engine.close()
    await listening
    page = catalog.job_page(JobQuery(limit=0))
    jobs = sum(page.counts.values())
    grown = without[_DAYS] - without[1]
    for day, size in memory.items():
        tell(
            f"memory after day {day}", f"{without[day]:.1f} MB", f"{size:.1f} MB with the catalog's pages kept at hand"
        )
    tell("growth from day 1 to the last", f"{grown:+.1f} MB", f"limit {_FLAT:.0f} MB", good=grown < _FLAT)
    tell("jobs in the history", f"{jobs:,}", f"{page.counts.get(State.DONE, 0):,} done, the others wait")
    tell("each job", f"{(time.perf_counter() - begun) / jobs * 1000:.1f} ms", "written down, begun, logged and ended")
    tell("told of to who listens", f"{heard:,}", "events")
    tell("the catalog's file", f"{(place / 'soak.db').stat().st_size / 1e6:.1f} MB", f"{jobs:,} jobs with their logs")
    catalog.close()
    offload.close()
