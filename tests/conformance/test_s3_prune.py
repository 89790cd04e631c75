"""Prune in a bucket: what goes is gone, and what the server's lock keeps stays listed."""

import time
from collections.abc import Iterator

import pytest

from saasbackup_desktop.core.ports import Clock, ObjectLock
from saasbackup_desktop.core.retention import DAY, Keep
from saasbackup_desktop.vault.stores.s3 import S3Store
from saasbackup_desktop.vault.stores.s3_place import S3Place
from saasbackup_desktop.vault.vault import Vault
from tests.servers.buckets import S3Server
from tests.unit.vault.conftest import CHEAP, PASSPHRASE, STREAM
from tests.unit.vault.pruning import backup, damages, letters_of, prune


class WallClock:
    """The servers' own time, or some days later."""

    def __init__(self) -> None:
        self.ahead = 0

    def now(self) -> int:
        return int(time.time()) + self.ahead


class Bucket:
    """One vault in one bucket."""

    def __init__(self, server: S3Server, place: S3Place, lock: ObjectLock | None) -> None:
        self.clock = WallClock()
        self.stores: list[S3Store] = []
        self._server = server
        self._place = place
        self.vault, _ = Vault.create(self.store(lock), PASSPHRASE, self.clock, argon2=CHEAP)

    def store(self, lock: ObjectLock | None = None) -> S3Store:
        clock: Clock = self.clock
        self.stores.append(self._server.store(self._place, clock, lock))
        return self.stores[-1]

    def open(self) -> Vault:
        return Vault.open(self.store(), PASSPHRASE, self.clock)


@pytest.fixture
def bucket(request: pytest.FixtureRequest) -> Iterator[Bucket]:
    name, _, more = request.param.partition("-")
    server: S3Server = request.getfixturevalue(name)
    place = server.bucket(versions=more == "versions", locks=more == "locks", prefix="some/where")
    made = Bucket(server, place, ObjectLock("compliance", 2) if more == "locks" else None)
    yield made
    for store in made.stores:
        store.close()


@pytest.mark.parametrize("bucket", ["ceph", "ceph-versions", "moto", "rclone"], indirect=True)
def test_what_retention_lets_go_is_gone(bucket: Bucket) -> None:
    vault = bucket.vault
    backup(vault, 1, range(40))
    new = backup(vault, 2, range(30, 60))
    vault.housekeeping.set_policy(None, Keep(last=1))
    prune(bucket.open(), 7)
    packs = len(list(bucket.store().list("packs")))
    bucket.clock.ahead = 7 * DAY + 1
    (swept,) = prune(bucket.open(), 7).swept
    assert (swept.heads, swept.packs > 0, swept.locked) == (1, True, [])
    assert len(list(bucket.store().list("packs"))) < packs
    assert letters_of(bucket.open(), new) == set(range(30, 60))
    assert damages(bucket.open()) == []


@pytest.mark.parametrize("bucket", ["ceph-locks"], indirect=True)
def test_what_the_servers_lock_keeps_stays(bucket: Bucket) -> None:
    vault = bucket.vault
    old = backup(vault, 1, range(40))
    new = backup(vault, 2, range(60, 80))
    vault.housekeeping.set_policy(None, Keep(last=1))
    assert sum(one.heads + one.packs for one in prune(bucket.open()).swept) == 0
    for ahead in (0, 5 * DAY):  # our clock may say that the lock is over: the server knows better
        bucket.clock.ahead = ahead
        swept = prune(bucket.open()).swept
        assert sum(one.heads + one.packs for one in swept) == 0
        listed = {name for one in bucket.open().housekeeping.trash() for name in one.trash.heads}
        assert listed == {link.name for link in vault._heads.links(STREAM) if link.head == old}
        assert letters_of(bucket.open(), old) == set(range(40))
        assert letters_of(bucket.open(), new) == set(range(60, 80))
    assert damages(bucket.open()) == []
