"""When the host looks after what is due, on a loop whose time is made up."""

import asyncio
import logging
from collections.abc import Callable

import pytest
from apscheduler.schedulers import base
from apscheduler.triggers import interval

from saasbackup_desktop.core.errors import Unreachable
from saasbackup_desktop.engine.scheduler import Rounds
from tests.fake_time import START, FakeTime


class Host:
    """Counts its rounds: when they began, by the time that passed and by the clock."""

    def __init__(self, time: FakeTime) -> None:
        self.time = time
        self.rounds: list[tuple[int, int]] = []
        self.takes = 0.0
        self.fails: Exception | None = None
        self.is_inside = False

    async def tend(self) -> None:
        assert not self.is_inside
        self.is_inside = True
        try:
            self.rounds.append((round(self.time.passed), self.time.now() - START))
            if self.takes:
                await asyncio.sleep(self.takes)
            if self.fails is not None:
                raise self.fails
        finally:
            self.is_inside = False

    @property
    def passed(self) -> list[int]:
        return [passed for passed, _ in self.rounds]


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> FakeTime:
    time = FakeTime()
    for module in (base, interval):
        monkeypatch.setattr(module, "datetime", time.datetime)
    return time


def live(time: FakeTime, host: Host, seconds: float, then: Callable[[Rounds], None] = lambda rounds: None) -> Rounds:
    async def main() -> Rounds:
        rounds = Rounds(host.tend, time)
        rounds.start()
        then(rounds)
        await asyncio.sleep(seconds)
        await rounds.close()
        return rounds

    return time.run(main)


def test_rounds_follow_each_other(time: FakeTime) -> None:
    host = Host(time)
    assert live(time, host, 90).jumps == 0
    assert host.passed == [0, 20, 40, 60, 80]


def test_a_known_moment_has_a_round_of_its_own(time: FakeTime) -> None:
    host = Host(time)

    def then(rounds: Rounds) -> None:
        rounds.wake_at(START + 50)
        rounds.wake_at(START + 33)
        rounds.wake_at(START + 33)

    live(time, host, 50, then)
    assert host.passed == [0, 20, 33, 40]


def test_a_moment_can_be_called_off(time: FakeTime) -> None:
    host = Host(time)

    def then(rounds: Rounds) -> None:
        rounds.wake_at(START + 33)
        rounds.wake_at(None)
        rounds.wake_at(START - 33)

    live(time, host, 50, then)
    assert host.passed == [0, 20, 40]


def test_rounds_never_overlap_and_none_is_forgotten(time: FakeTime) -> None:
    host = Host(time)
    host.takes = 50

    live(time, host, 140, lambda rounds: rounds.wake_at(START + 7))
    assert host.passed == [0, 50, 100]


def test_one_more_round_after_the_one_under_way(time: FakeTime) -> None:
    host = Host(time)
    host.takes = 3

    async def main() -> None:
        rounds = Rounds(host.tend, time)
        rounds.start()
        await asyncio.sleep(1)
        rounds.wake()
        rounds.wake()
        await asyncio.sleep(10)
        await rounds.close()

    time.run(main)
    assert host.passed == [0, 3]


def test_what_fails_is_told_and_tried_again(time: FakeTime, caplog: pytest.LogCaptureFixture) -> None:
    host = Host(time)
    host.fails = Unreachable("no route")
    live(time, host, 30)
    assert host.passed == [0, 20]
    assert [(record.levelno, record.exc_info) for record in caplog.records] == [(logging.WARNING, None)] * 2
    caplog.clear()
    host.fails = ZeroDivisionError()
    live(time, host, 30)
    assert len(host.rounds) == 4
    assert all(record.levelno == logging.ERROR and record.exc_info for record in caplog.records)


def test_a_round_comes_soon_after_sleep(time: FakeTime) -> None:
    host = Host(time)
    time.sleep_at(22, 8 * 3600)
    rounds = live(time, host, 60, lambda rounds: rounds.wake_at(START + 3600))
    assert rounds.jumps == 1
    assert host.passed[:3] == [0, 20, 25]
    assert host.passed[3:] == [45]


@pytest.mark.parametrize("seconds", [3600, -3600, 40 * 86400, -40 * 86400])
def test_a_clock_that_is_set_stops_nothing(time: FakeTime, seconds: int) -> None:
    host = Host(time)
    time.sleep_at(22, seconds)
    rounds = live(time, host, 100)
    assert rounds.jumps == 1
    assert host.passed == [0, 20, 25, 45, 65, 85]


def test_a_known_moment_stays_known_when_the_clock_is_set_back(time: FakeTime) -> None:
    host = Host(time)
    time.sleep_at(22, -3600)
    live(time, host, 3700, lambda rounds: rounds.wake_at(START + 50))
    assert (3650, 50) in host.rounds


def test_it_ends_in_the_middle_of_a_round(time: FakeTime) -> None:
    host = Host(time)
    host.takes = 1000
    live(time, host, 10)
    assert host.passed == [0]
    assert not host.is_inside


def test_rounds_that_never_began_can_be_closed(time: FakeTime) -> None:
    async def main() -> None:
        rounds = Rounds(Host(time).tend, time)
        rounds.wake_at(START + 5)
        await rounds.close()

    time.run(main)
