"""How long the window goes without answering while eight backups run: in its own process, and in the agent's.

``python -m tests.benchmarks.agent HOME`` is that agent: one that really runs eight jobs side by side.
"""

import asyncio
import os
import shutil
import sys
import tempfile
from itertools import islice
from pathlib import Path

import qasync
from PySide6.QtWidgets import QApplication

from saasbackup_desktop.agent.finding import agents_desk, find
from saasbackup_desktop.agent.main import main as live
from saasbackup_desktop.app.clock import SystemClock
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.views import ImapSettings, Tls
from saasbackup_desktop.core.jobs import State
from saasbackup_desktop.engine import queue
from saasbackup_desktop.engine.queue import Limits
from saasbackup_desktop.sim.letters import letters
from saasbackup_desktop.ui.boot import application
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.theme import Theme
from saasbackup_desktop.ui.places import JobsPlace, Opened
from saasbackup_desktop.ui.preferences import Preferences
from saasbackup_desktop.ui.shell.homes import Homes
from saasbackup_desktop.ui.shell.window import Window
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.benchmarks.figures import percentile, tell, title
from tests.benchmarks.window import gaps
from tests.servers.dovecot import Dovecot, User

_JOBS = 8
_LIMIT = 50.0
_PASSPHRASE = "a passphrase for the benchmark"
_IDLE_SECONDS = 8


def run(count: int | None) -> None:
    """Measure while ``count`` messages of each of eight mailboxes are backed up, 1,500 unless said otherwise."""
    count = count or 1_500
    title(f"Window: gaps between events while {_JOBS} jobs back up {count:,} messages each, side by side")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    place = Path(tempfile.mkdtemp(prefix="bench-agent-"))
    for part in ("own", "agents"):
        (place / part / "home").mkdir(parents=True)
    _lift_limits()
    try:
        with Dovecot() as server, qasync.QEventLoop(application(["bench"])) as loop:
            users = [server.fresh() for _ in range(_JOBS)]
            for number, user in enumerate(users):
                server.deliver(user, "INBOX", islice(letters(f"agent {number}", count, clean=True), count))
            loop.run_until_complete(_own(server, users, place / "own"))
            loop.run_until_complete(_agents(server, users, place / "agents"))
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _lift_limits() -> None:
    """A small machine runs fewer jobs side by side than were asked for here."""
    queue.Limits = lambda: Limits(near=_JOBS, far=_JOBS, tenant=_JOBS, overall=_JOBS)  # type: ignore[misc, assignment]


async def _own(server: Dovecot, users: list[User], place: Path) -> None:
    async def make() -> Desk:
        return Desk(place / "home", stays=True)

    await _measure("in the window's process", server, users, place, Homes(own=make))


async def _agents(server: Dovecot, users: list[User], place: Path) -> None:
    home = place / "home"
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.benchmarks.agent", str(home))
    try:
        while True:
            connection = await find(home)
            if connection is not None:
                break
            await asyncio.sleep(0.1)
        await connection.close()
        await _measure("in the agent's process", server, users, place, Homes(own=lambda: agents_desk(home)))
    finally:
        child.terminate()
        await child.wait()


async def _measure(where: str, server: Dovecot, users: list[User], place: Path, homes: Homes) -> None:
    Vault.create(LocalStore(place / "vault"), _PASSPHRASE, SystemClock())
    bridge = Bridge()
    window = Window(bridge, Theme(QApplication.instance()), Preferences(place / "window.ini"), homes)
    window.show()
    await window.begin()
    desk = bridge.desk
    await bridge.call(desk.adopt_vault(str(place / "vault"), _PASSPHRASE))
    for number, user in enumerate(users):
        settings = ImapSettings(name=f"bench{number}", host="127.0.0.1", port=server.port, user=user.name, tls=Tls.NONE)
        await bridge.call(desk.add_imap(settings, user.password))
    cards = await bridge.call(desk.cards())
    window.go(Opened())
    await asyncio.sleep(1)
    window.go(JobsPlace())
    await asyncio.sleep(2)
    with gaps() as idle:
        await asyncio.sleep(_IDLE_SECONDS)
    most = 0
    with gaps() as busy:
        for card in cards:
            await bridge.call(desk.backup(card.stream))
        while True:
            jobs = await bridge.call(desk.jobs())
            most = max(most, sum(job.state is State.RUNNING for job in jobs))
            if all(job.state.is_over for job in jobs):
                break
            await asyncio.sleep(0.5)
    failed = [job.code for job in await bridge.call(desk.jobs()) if job.code]
    if failed or most < _JOBS:
        raise RuntimeError(f"{most} jobs ran side by side; {failed}")
    _tell(f"idle, desk {where}", idle)
    _tell(f"{most} jobs {where}", busy)
    window.close()
    await asyncio.sleep(0.5)
    await bridge.leave()
    bridge.close()


def _tell(what: str, gaps: list[float]) -> None:
    p50, p95, p99, most = *(percentile(gaps, share) for share in (50, 95, 99)), max(gaps)
    tell(
        f"{what}: p99 gap",
        f"{p99:,.0f} ms",
        f"limit {_LIMIT:,.0f} ms (p50 {p50:,.0f}, p95 {p95:,.0f}, most {most:,.0f}, {len(gaps):,} ticks)",
        good=p99 < _LIMIT,
    )


if __name__ == "__main__":
    _lift_limits()
    sys.exit(live(["--home", sys.argv[1], "--stay"]))
