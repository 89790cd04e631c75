"""A cap on the traffic, from the settings to the wire; time passes only by waiting for it."""

import asyncio
import threading
import time
from dataclasses import dataclass, field

import pytest

from saasbackup_desktop.app import places
from saasbackup_desktop.cli.progress import figures
from saasbackup_desktop.core.jobs import State
from saasbackup_desktop.core.schedule import Cap, Conditions, Span
from saasbackup_desktop.core.traffic import Traffic
from saasbackup_desktop.sim.imap import Mailbox, Slow
from tests.flow.stage import PATIENCE, Stage, letter, moment

ALWAYS = Span(start=0, end=0)
NOW = Span(days=tuple({*range(7)} - {(time.localtime().tm_wday + 3) % 7}), start=0, end=0)
"""All but a day to come: that nothing ever moves is refused."""


@dataclass
class Watch:
    passed: float = 0.0
    guard: threading.Lock = field(default_factory=threading.Lock)

    def time(self) -> float:
        return self.passed

    def sleep(self, seconds: float) -> None:
        with self.guard:
            self.passed += seconds
        time.sleep(0.001)  # others have a turn

    async def has_passed(self, seconds: float) -> None:
        until = self.passed + seconds
        async with asyncio.timeout(PATIENCE):
            while True:
                if self.passed >= until:
                    return
                await asyncio.sleep(0.01)


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """To be asked for before the stage."""
    watch = Watch()
    monkeypatch.setattr(places, "Traffic", lambda *_: Traffic(watch.time, watch.sleep))
    return watch


def heavy(mailbox: Mailbox) -> int:
    sizes = 0
    for number in range(100, 130):
        mailbox.deliver("INBOX", letter(number, 20_000), (), moment(number))
        sizes += len(letter(number, 20_000))
    return sizes


async def test_a_backup_keeps_to_the_cap(watch: Watch, stage: Stage) -> None:
    size, rate = heavy(stage.mailbox), 100_000
    await stage.desk.tasks.set_conditions(Conditions(caps=(Cap(span=ALWAYS, rate=rate),)))
    watch.passed += 1
    before = watch.passed
    await stage.backup()
    await stage.assert_saved()
    assert size / rate - 1 <= watch.passed - before <= 2 * size / rate
    before = watch.passed
    await stage.desk.tasks.set_conditions(Conditions())
    await stage.backup()
    assert watch.passed - before <= 1


async def test_a_cap_of_nothing_is_lifted_and_lets_go_of_who_is_stopped(watch: Watch, stage: Stage) -> None:
    heavy(stage.mailbox)
    await stage.desk.tasks.set_conditions(Conditions(caps=(Cap(span=NOW, rate=0),)))
    watch.passed += 1
    job = await stage.desk.backup(stage.stream)
    await watch.has_passed(60)
    assert (await stage.desk.job(job)).state is State.RUNNING
    await stage.desk.stop(job)
    await stage.over(job, State.STOPPED)

    job = await stage.desk.backup(stage.stream)
    await watch.has_passed(10)
    await stage.desk.tasks.set_conditions(Conditions(caps=(Cap(span=ALWAYS, rate=10_000_000),)))
    await stage.over(job)
    await stage.assert_saved()


async def test_who_looks_sees_the_cap(watch: Watch, stage: Stage) -> None:
    heavy(stage.mailbox)
    await stage.desk.tasks.set_conditions(Conditions(caps=(Cap(span=ALWAYS, rate=2 << 20),)))
    watch.passed += 1
    stage.server.faults.add("UID FETCH", Slow(1.5), after=7, times=10_000)
    job = await stage.desk.backup(stage.stream)
    async with asyncio.timeout(PATIENCE):
        while True:
            found = await stage.desk.job(job)
            if found.state is State.RUNNING:
                break
            await asyncio.sleep(0.01)
    assert "limited to 2.0 MiB/s" in figures(found, (0, 0))
    await stage.desk.tasks.set_conditions(Conditions())
    watch.passed += 1
    assert "limited" not in figures(await stage.desk.job(job), (0, 0))
