"""Object lock on a real server: what lies under it stays, whoever asks."""

import time
from collections.abc import Iterator

import pytest

from saasbackup_desktop.core.errors import VaultImmutable, VaultUnwritable
from saasbackup_desktop.core.ports import ObjectLock
from saasbackup_desktop.vault.stores.s3 import S3Store
from saasbackup_desktop.vault.stores.s3_place import S3Place, content_md5
from tests.servers.buckets import S3Server

DAY = 24 * 3600


class WallClock:
    def now(self) -> int:
        return int(time.time())


@pytest.fixture
def place(ceph: S3Server) -> S3Place:
    return ceph.bucket(locks=True, prefix="v")


@pytest.fixture(params=["governance", "compliance"])
def lock(request: pytest.FixtureRequest) -> ObjectLock:
    return ObjectLock(request.param, 20)


@pytest.fixture
def store(ceph: S3Server, place: S3Place, lock: ObjectLock) -> Iterator[S3Store]:
    found = ceph.store(place, WallClock(), lock)
    yield found
    found.close()


@pytest.fixture
def second(ceph: S3Server, place: S3Place, lock: ObjectLock) -> Iterator[S3Store]:
    """The same place, opened by somebody who remembers nothing."""
    found = ceph.store(place, WallClock(), lock)
    yield found
    found.close()


def test_what_is_put_is_locked_for_its_days_and_the_slack(store: S3Store, second: S3Store, lock: ObjectLock) -> None:
    before = int(time.time())
    store.put("packs/a", b"kept")
    told = second.retention("packs/a")
    assert told is not None
    assert told.mode == lock.mode
    assert before + 25 * DAY <= told.until <= time.time() + 25 * DAY
    assert second.locked_until("packs/a") == told.until


def test_the_server_refuses_to_delete(ceph: S3Server, store: S3Store, second: S3Store, place: S3Place) -> None:
    store.put("packs/a", b"kept")
    for asked in (store, second):
        with pytest.raises(VaultImmutable) as refused:
            asked.delete("packs/a")
        assert refused.value.facts["name"] == "packs/a"
        assert str(refused.value.facts["until"]).startswith("20")
    assert second.get("packs/a") == b"kept"
    # It is the server that refuses, not the store.
    client = ceph.client()
    version = client.head_object(Bucket=place.bucket, Key="v/packs/a")["VersionId"]
    with pytest.raises(client.exceptions.ClientError, match="AccessDenied"):
        client.delete_object(Bucket=place.bucket, Key="v/packs/a", VersionId=version)
    client.close()


def test_compliance_yields_to_nobody(ceph: S3Server) -> None:
    place = ceph.bucket(locks=True)
    store, client = ceph.store(place, WallClock(), ObjectLock("compliance", 5)), ceph.client()
    store.put("a", b"kept")
    version = client.head_object(Bucket=place.bucket, Key="a")["VersionId"]
    with pytest.raises(client.exceptions.ClientError, match="AccessDenied"):
        client.delete_object(Bucket=place.bucket, Key="a", VersionId=version, BypassGovernanceRetention=True)
    with pytest.raises(VaultUnwritable):
        store.set_lock("a", int(time.time()) + DAY)
    store.close()
    client.close()


def test_what_is_fleeting_is_not_locked(store: S3Store) -> None:
    store.put("leases/x", b"mine", fleeting=True)
    assert store.locked_until("leases/x") is None
    store.delete("leases/x")
    assert list(store.list()) == []


def test_large_files_are_locked_too(ceph: S3Server, place: S3Place, lock: ObjectLock) -> None:
    """Ceph takes the lock of a file in parts and forgets it: the store looks, and sets it."""
    store = ceph.store(place, WallClock(), lock, part_size=5 << 20)
    store.put("packs/large", bytes(11 << 20))
    second = ceph.store(place, WallClock(), lock)
    ends = second.locked_until("packs/large")
    assert ends is not None
    assert ends > time.time() + 24 * DAY
    with pytest.raises(VaultImmutable):
        second.delete("packs/large")
    store.close()
    second.close()


def test_a_lock_is_extended_and_never_shortened(store: S3Store, second: S3Store) -> None:
    store.put("packs/a", b"kept")
    first = store.locked_until("packs/a")
    assert first is not None
    store.extend("packs/a", first + 10 * DAY)
    assert second.locked_until("packs/a") == first + 10 * DAY
    second.extend("packs/a", first)
    told = second.retention("packs/a")
    assert told is not None
    assert told.until == first + 10 * DAY
    with pytest.raises(VaultUnwritable):
        store.set_lock("packs/a", first)


def test_what_was_hidden_is_uncovered(store: S3Store, second: S3Store) -> None:
    store.put("packs/a", b"kept")
    store.hide("packs/a")
    assert list(second.list()) == []
    assert list(second.hidden()) == ["packs/a"]
    assert second.locked_until("packs/a") is not None
    second.uncover("packs/a", lambda data: data == b"kept")
    assert store.get("packs/a") == b"kept"
    assert list(store.hidden()) == []


@pytest.mark.parametrize("is_locked", [False, True])
def test_what_was_written_over_is_uncovered(
    ceph: S3Server, place: S3Place, store: S3Store, second: S3Store, is_locked: bool
) -> None:
    """Also if who wrote over it put a lock on the forgery."""
    store.put("packs/a", b"kept")
    client = ceph.client()
    more = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": time.time() + DAY} if is_locked else {}
    client.put_object(Bucket=place.bucket, Key="v/packs/a", Body=b"forged", ContentMD5=content_md5(b"forged"), **more)
    client.close()
    assert second.get("packs/a") == b"forged"
    assert list(second.hidden()) == ["packs/a"]
    second.uncover("packs/a", lambda data: data == b"kept")
    assert store.get("packs/a") == b"kept"
    assert list(store.hidden()) == []


def test_after_its_time_it_can_be_deleted(store: S3Store) -> None:
    store.put_until("packs/a", b"kept", int(time.time()) + 3)
    with pytest.raises(VaultImmutable):
        store.delete("packs/a")
    time.sleep(4)
    store.delete("packs/a")
    assert list(store.list()) == list(store.hidden()) == []
