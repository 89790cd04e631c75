"""Meter, paths and threads."""

import asyncio
import threading
import time
from dataclasses import fields
from types import SimpleNamespace

import pytest

from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.jobs import Tally
from saasbackup_desktop.core.model import Folder
from saasbackup_desktop.engine.meter import Meter
from saasbackup_desktop.engine.offload import Offload
from saasbackup_desktop.engine.paths import folder_paths


def test_a_meter_reads_as_a_tally() -> None:
    meter = Meter(items_done=3, failed=1, doing="fetching", where="INBOX")
    tally = meter.read()
    assert (tally.items_done, tally.failed, tally.doing, tally.where) == (3, 1, "fetching", "INBOX")
    meter.items_done = 4
    assert tally.items_done == 3
    assert all(hasattr(meter, one.name) for one in fields(Tally))


def test_a_meter_tells_until_when_the_other_side_asks_to_wait() -> None:
    meter = Meter()
    assert meter.read().throttled_until is None
    meter.follow(SimpleNamespace(throttled_until=1_790_000_000))
    assert meter.read().throttled_until == 1_790_000_000
    meter.follow(object())
    assert meter.read().throttled_until is None


def _folder(id: str, parent: str | None, name: str) -> Folder:
    return Folder(id=NodeId(id), parent=NodeId(parent) if parent else None, name=name)


def test_paths_go_from_the_top_down_in_any_order() -> None:
    folders = [_folder("c", "b", "C"), _folder("a", None, "A"), _folder("b", "a", "B"), _folder("x", "lost", "X")]
    assert folder_paths(folders) == {"c": ("A", "B", "C"), "a": ("A",), "b": ("A", "B"), "x": ("X",)}
    assert folder_paths(()) == {}


async def test_catalog_writes_come_one_at_a_time_in_order() -> None:
    offload = Offload()
    order: list[int] = []
    inside = threading.Lock()

    def write(number: int) -> None:
        assert inside.acquire(blocking=False)
        order.append(number)
        inside.release()

    await asyncio.gather(*(offload.on_catalog(write, number) for number in range(50)))
    assert order == list(range(50))
    offload.close()


@pytest.mark.parametrize("way", ["on_catalog", "on_reading", "on_disk"])
async def test_a_cancelled_caller_waits_for_its_work(way: str) -> None:
    offload = Offload()
    begun, ended = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        time.sleep(0.1)
        ended.set()

    task = asyncio.ensure_future(getattr(offload, way)(work))
    await asyncio.sleep(0)
    assert begun.wait(10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()
    offload.close()


async def test_faults_pass_through_and_closing_waits() -> None:
    offload = Offload()
    with pytest.raises(ZeroDivisionError):
        await offload.on_disk(lambda: 1 // 0)
    assert await offload.on_reading(divmod, 7, 3) == (2, 1)
    offload.close()
    with pytest.raises(RuntimeError):
        await offload.on_disk(divmod, 7, 3)
