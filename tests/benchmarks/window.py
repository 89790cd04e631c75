"""How long the window goes without answering: idle, and while a backup runs behind the open mailbox."""

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import qasync
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.views import ImapSettings, Tls
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.jobs import Event, Job, JobChanged
from saasbackup_desktop.sim.letters import letters
from saasbackup_desktop.ui.boot import application
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.theme import Theme
from saasbackup_desktop.ui.places import Opened, RecoveryPlace
from saasbackup_desktop.ui.preferences import Preferences
from saasbackup_desktop.ui.shell.homes import Homes
from saasbackup_desktop.ui.shell.window import Window
from tests.benchmarks.figures import percentile, tell, title
from tests.servers.dovecot import Dovecot, User

_TICK = 10  # milliseconds
_LIMIT = 50.0
_SEEN = 500


def run(count: int | None) -> None:
    """Measure while ``count`` messages are backed up, 10,000 unless said otherwise."""
    count = count or 10_000
    title(f"Window: gaps between events while {count:,} messages are backed up")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    place = Path(tempfile.mkdtemp(prefix="bench-window-"))
    try:
        with Dovecot() as server, qasync.QEventLoop(application(["bench"])) as loop:
            user = User("alice")
            written = letters("window", count + _SEEN, clean=True)
            server.deliver(user, "INBOX", islice(written, _SEEN))
            loop.run_until_complete(_measure(server, user, place, lambda: server.deliver(user, "Many", written)))
    finally:
        shutil.rmtree(place, ignore_errors=True)


async def _measure(server: Dovecot, user: User, place: Path, fill: object) -> None:
    made = QApplication.instance()
    bridge = Bridge()
    window = Window(bridge, Theme(made), Preferences(place / "window.ini"), Homes(own=lambda: Desk(place / "home")))
    window.show()
    await window.begin()
    desk = bridge.desk
    await bridge.call(desk.create_vault(str(place / "vault"), "a passphrase for the benchmark"))
    settings = ImapSettings(name="bench", host="127.0.0.1", port=server.port, user=user.name, tls=Tls.NONE)
    await bridge.call(desk.add_imap(settings, user.password))
    (card,) = await bridge.call(desk.cards())
    await _backup(bridge, card.stream)
    await asyncio.to_thread(fill)
    window.go(Opened())
    await asyncio.sleep(1)
    window.go(RecoveryPlace(card.stream))
    await asyncio.sleep(2)

    with gaps() as idle:
        await asyncio.sleep(5)
    with gaps() as busy:
        await _backup(bridge, card.stream)
    _tell("idle", idle)
    _tell("during the backup", busy)

    window.close()
    await asyncio.sleep(0.5)
    await bridge.leave()
    bridge.close()


async def _backup(bridge: Bridge, stream: StreamId) -> None:
    ended: asyncio.Future[Job] = asyncio.get_running_loop().create_future()

    def happened(event: Event) -> None:
        if isinstance(event, JobChanged) and event.job.state.is_over and not ended.done():
            ended.set_result(event.job)

    bridge.happened.connect(happened)
    await bridge.call(bridge.desk.backup(stream))
    job = await ended
    bridge.happened.disconnect(happened)
    if job.code:
        raise RuntimeError(f"the backup ended with {job.code}: {job.detail}")


@contextmanager
def gaps() -> Iterator[list[float]]:
    """Collect the milliseconds between a timer's ticks, as the window's own thread meets them."""
    found: list[float] = []
    last = time.perf_counter()

    def tick() -> None:
        nonlocal last
        now = time.perf_counter()
        found.append((now - last) * 1000)
        last = now

    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    timer.start(_TICK)
    yield found
    timer.stop()


def _tell(what: str, gaps: list[float]) -> None:
    p50, p99, most = percentile(gaps, 50), percentile(gaps, 99), max(gaps)
    tell(
        f"{what}: p99 gap",
        f"{p99:,.0f} ms",
        f"limit {_LIMIT:,.0f} ms (p50 {p50:,.0f}, most {most:,.0f}, {len(gaps):,} ticks of {_TICK} ms)",
        good=p99 < _LIMIT,
    )
