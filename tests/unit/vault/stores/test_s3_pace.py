"""What a bucket is sent and gives goes through the traffic."""

from typing import Final

import pytest

from saasbackup_desktop.core.traffic import Traffic
from tests.servers.buckets import S3Server

RATE: Final = 1_000_000
DATA: Final = bytes(range(256)) * 30_000


class Watch:
    """Time that passes by waiting; also the wall clock's."""

    def __init__(self) -> None:
        self.passed = 0.0

    def time(self) -> float:
        return self.passed

    def sleep(self, seconds: float) -> None:
        self.passed += seconds

    def now(self) -> int:
        return 1_800_000_000


@pytest.mark.parametrize("data", [DATA, DATA * 2], ids=["whole", "in parts"])
def test_files_go_and_come_at_the_rate_that_is_allowed(moto: S3Server, data: bytes) -> None:
    watch = Watch()
    traffic = Traffic(watch.time, watch.sleep, lambda: RATE)
    store = moto.store(moto.bucket(), watch, traffic=traffic, part_size=5 << 20)
    seconds = len(data) / RATE
    store.put("packs/one", data)
    assert seconds - 1 <= watch.passed <= seconds + 1
    before = watch.passed
    assert store.get("packs/one") == data
    assert seconds - 1 <= watch.passed - before <= seconds + 1
    before = watch.passed
    assert store.get("packs/one", 7, 2_000_000) == data[7:2_000_007]
    assert 1 <= watch.passed - before <= 3
    store.close()


def test_without_a_cap_nobody_waits(moto: S3Server) -> None:
    watch = Watch()
    store = moto.store(moto.bucket(), watch, traffic=Traffic(watch.time, watch.sleep))
    store.put("packs/one", DATA)
    assert store.get("packs/one") == DATA
    assert watch.passed == 0
    store.close()
