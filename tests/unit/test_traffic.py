"""No more bytes than the cap allows, over any span of time; every second as many as it allows."""

import asyncio
import threading
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saasbackup_desktop.core.traffic import SLICE, Traffic, hurrying, unlimited
from tests.fake_time import FakeTime


class Watch:
    """Time that passes by waiting."""

    def __init__(self) -> None:
        self.now = 100.0

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


def moved(watch: Watch, traffic: Traffic, sizes: list[int], rests: list[float]) -> list[tuple[float, int]]:
    done = []
    for number, size in enumerate(sizes):
        watch.now += rests[number % len(rests)] if rests else 0
        for piece in traffic.pieces(bytes(size)):
            traffic.take(len(piece))
            done.append((watch.now, len(piece)))
    return done


@settings(max_examples=60, deadline=None)
@given(
    rate=st.integers(100, 50_000_000),
    sizes=st.lists(st.integers(1, 300_000), min_size=1, max_size=25),
    rests=st.lists(st.floats(0, 5), max_size=5),
)
def test_over_any_span_no_more_than_the_cap_passes(rate: int, sizes: list[int], rests: list[float]) -> None:
    watch = Watch()
    traffic = Traffic(watch.time, watch.sleep, lambda: rate)
    done = moved(watch, traffic, [min(size, rate * 3) for size in sizes], rests)
    sums = [0]
    for _, size in done:
        sums.append(sums[-1] + size)
    for first in range(0, len(done), max(1, len(done) // 40)):
        for last in range(first, len(done)):
            span = done[last][0] - done[first][0]
            assert sums[last + 1] - sums[first] <= rate * span + traffic.burst + 1


def test_as_much_as_the_cap_allows_passes() -> None:
    watch = Watch()
    traffic = Traffic(watch.time, watch.sleep, lambda: 1_000_000)
    moved(watch, traffic, [100_000] * 300, [])
    assert 29 <= watch.now - 100 <= 31


def test_without_a_cap_nobody_waits() -> None:
    watch = Watch()
    traffic = Traffic(watch.time, watch.sleep)
    moved(watch, traffic, [10_000_000] * 3, [])
    assert watch.now == 100
    assert traffic.limit is None
    unlimited().take(1 << 40)


def test_a_change_of_the_cap_takes_effect_within_a_second() -> None:
    watch = Watch()
    rate: list[int | None] = [1000]
    traffic = Traffic(watch.time, watch.sleep, lambda: rate[0])
    moved(watch, traffic, [5000], [])
    assert watch.now - 100 >= 4
    rate[0], before = None, watch.now
    moved(watch, traffic, [10_000_000], [])
    assert watch.now - before <= SLICE
    rate[0], before = 2000, watch.now
    watch.now += SLICE
    assert traffic.limit == 2000
    moved(watch, traffic, [20_000], [])
    assert 9 <= watch.now - before <= 11


def test_a_cap_of_nothing_is_a_rest() -> None:
    watch = Watch()
    traffic = Traffic(watch.time, watch.sleep, lambda: 0 if watch.now < 4000 else 1000)
    traffic.take(1)
    assert 4000 <= watch.now <= 4001


def test_another_rate_can_be_followed() -> None:
    watch = Watch()
    traffic = Traffic(watch.time, watch.sleep, lambda: 0)
    assert traffic.limit == 0
    traffic.follow(None)
    traffic.take(1 << 40)
    assert watch.now == 100
    traffic.follow(lambda: 5)
    assert traffic.limit == 5


def test_who_is_cancelled_does_not_wait_and_the_others_pay_for_it() -> None:
    watch = Watch()
    traffic = Traffic(watch.time, watch.sleep, lambda: 1000)
    hurry = threading.Event()
    with hurrying(hurry):
        moved(watch, traffic, [2000], [])
        assert watch.now > 101
        hurry.set()
        before = watch.now
        moved(watch, traffic, [10_000], [])
        assert watch.now - before <= 0.2
    traffic.take(1)
    assert watch.now - before >= 9
    before = watch.now
    traffic.take(500)
    traffic.take(500, lambda: True)
    assert watch.now - before <= SLICE


@pytest.mark.parametrize("threads", [1, 4])
def test_threads_share_the_cap(threads: int) -> None:
    guard, watch = threading.Lock(), Watch()

    def sleep(seconds: float) -> None:
        with guard:
            watch.now += seconds / threads  # as many sleep side by side

    traffic = Traffic(watch.time, sleep, lambda: 100_000)
    total: list[int] = []

    def work() -> None:
        for _ in range(200):
            traffic.take(1000)
            total.append(1000)

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(total) <= 100_000 * (watch.now - 100) + traffic.burst


def test_coroutines_share_the_cap_and_end_at_once() -> None:
    time = FakeTime()
    traffic = Traffic(lambda: time.passed, lambda _: None, lambda: 1000)
    ends: list[tuple[float, int]] = []

    async def load(size: int, times: int = 10) -> None:
        for _ in range(times):
            await traffic.take_async(size)
            ends.append((time.passed, size))

    async def main() -> None:
        last = asyncio.get_running_loop().create_task(load(1000, 1_000_000))
        await asyncio.gather(load(100), load(300))
        last.cancel()
        await asyncio.wait([last])
        assert last.cancelled()

    time.run(main)
    assert sum(size for _, size in ends) <= 1000 * time.passed + traffic.burst + 1000
    # Everybody has a turn, however much the others want.
    assert [size for _, size in ends[:6]] == [1000, 100, 300, 1000, 100, 300]
    assert all(before[0] <= after[0] for before, after in pairwise(ends))


def test_pieces_are_the_whole() -> None:
    check: Callable[[Traffic], bytes] = lambda traffic: b"".join(traffic.pieces(bytes(range(256)) * 1000))  # noqa: E731
    assert check(unlimited()) == bytes(range(256)) * 1000
    assert check(Traffic(lambda: 0.0, lambda _: None, lambda: 1)) == bytes(range(256)) * 1000
