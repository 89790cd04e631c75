"""The pre-flight finds out what real servers can do, and what they only say they can."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from saasbackup_desktop.core.ports import BlobStore, ObjectLock
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.stores.probe import FAILED, FOLDER, LIMITED, OK, Finding, is_fit, probe
from tests.servers.buckets import S3Server

LOCK_CHECKS = ("lock", "lock-large", "lock-hide", "lock-delete", "lock-extend", "lock-shorten", "lock-ends")


class WallClock:
    def __init__(self, ahead: int = 0) -> None:
        self.ahead = ahead

    def now(self) -> int:
        return int(time.time()) + self.ahead


def _probed(store: BlobStore, ahead: int = 0, *, waits: bool = True) -> dict[str, Finding]:
    """``waits``: until the locks that it makes have ended; without that, how they end is not proven."""
    told: list[Finding] = []
    found = probe(store, WallClock(ahead), told.append, sleep=time.sleep if waits else lambda _seconds: None)
    assert told == found
    return {one.check: one for one in found}


def _outcomes(found: dict[str, Finding], outcome: str) -> set[str]:
    return {one.check for one in found.values() if one.outcome == outcome}


def test_a_folder_is_fit(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "place")
    found = _probed(store)
    assert set(found) == {"write", "read", "ranges", "missing", "list", "second", "race", "large", "delete"}
    assert _outcomes(found, OK) == set(found)
    assert not list(store.list())


def test_a_bucket_on_ceph_is_fit(ceph: S3Server) -> None:
    store = ceph.store(ceph.bucket(prefix="deep/down"), WallClock())
    found = _probed(store)
    assert is_fit([*found.values()])
    assert found["versions"].reason == "no-versions"
    assert _outcomes(found, OK) == set(found) - {"versions"}
    assert not list(store.list())
    store.close()


def test_locks_on_ceph_hold(ceph: S3Server) -> None:
    """Of both kinds, side by side: each takes as long as its locks."""
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda mode: _prove_lock(ceph, mode), ("governance", "compliance")))


def _prove_lock(ceph: S3Server, mode: str) -> None:
    place = ceph.bucket(locks=True)
    store = ceph.store(place, WallClock(), ObjectLock(mode, 30))
    found = _probed(store)
    assert is_fit([*found.values()])
    assert {check: found[check].outcome for check in LOCK_CHECKS} == dict.fromkeys(LOCK_CHECKS, OK)
    # With versions, this server forgets its conditions; the vault has never relied on them.
    assert found["second"].reason == "condition-ignored"
    client = ceph.client()
    left = client.list_object_versions(Bucket=place.bucket).get("Versions", [])
    client.close()
    large = [one["Key"] for one in left]
    assert not list(store.list()), large
    store.close()


def test_a_lock_in_a_bucket_without_is_refused(ceph: S3Server) -> None:
    store = ceph.store(ceph.bucket(), WallClock(), ObjectLock("governance", 30))
    found = _probed(store)
    assert not is_fit([*found.values()])
    assert found["lock"].outcome == FAILED
    assert "lock-delete" not in found
    store.close()


def test_versions_alone_are_no_lock(ceph: S3Server) -> None:
    store = ceph.store(ceph.bucket(versions=True), WallClock(), ObjectLock("governance", 30))
    found = _probed(store)
    assert found["lock"].outcome == FAILED
    assert found["lock"].reason == "misconfigured"
    assert found["lock"].facts["what"] == "no-object-lock"
    store.close()


def test_a_thin_server_is_told_as_it_is(rclone: S3Server) -> None:
    store = rclone.store(rclone.bucket(), WallClock())
    found = _probed(store)
    assert is_fit([*found.values()])
    assert found["second"].reason == "condition-ignored"
    assert found["race"].outcome in (OK, LIMITED)
    assert found["key"].outcome == OK
    # What a racer wrote, this server may bring into sight after it was removed.
    assert all("/race/" in name for name in store.list(FOLDER))
    store.close()


def test_a_thin_server_that_says_yes_to_a_lock_is_found_out(rclone: S3Server) -> None:
    store = rclone.store(rclone.bucket(), WallClock(), ObjectLock("compliance", 30))
    found = _probed(store, waits=False)
    assert not is_fit([*found.values()])
    assert found["lock"].outcome == FAILED
    store.close()


def test_a_server_that_loses_races_is_told_as_it_is(swift: S3Server) -> None:
    store = swift.store(swift.bucket(), WallClock())
    found = _probed(store)
    assert is_fit([*found.values()])
    assert found["second"].outcome == OK
    assert found["race"].outcome in (OK, LIMITED)
    store.close()


def test_a_lock_that_is_ignored_without_a_word_is_found_out(swift: S3Server) -> None:
    store = swift.store(swift.bucket(versions=True), WallClock(), ObjectLock("governance", 30))
    found = _probed(store, waits=False)
    assert not is_fit([*found.values()])
    assert found["lock"].outcome == FAILED
    store.close()


def test_a_pretence_of_compliance_is_found_out(moto: S3Server) -> None:
    """It lets a lock be shortened, and takes any key."""
    store = moto.store(moto.bucket(locks=True), WallClock(), ObjectLock("compliance", 30))
    found = _probed(store, waits=False)
    assert not is_fit([*found.values()])
    assert found["lock-shorten"].reason == "shortened"
    assert found["key"].reason == "any-key-taken"
    store.close()


def test_clocks_that_differ(ceph: S3Server) -> None:
    store = ceph.store(ceph.bucket(), WallClock())
    found = _probed(store, ahead=3600)
    assert found["clock"].reason == "clocks-differ"
    assert abs(int(found["clock"].facts["seconds"]) - 3600) <= 60
    store.close()


def test_a_bucket_that_locks_by_itself(ceph: S3Server) -> None:
    place = ceph.bucket(locks=True)
    client = ceph.client()
    client.put_object_lock_configuration(
        Bucket=place.bucket,
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}},
        },
    )
    client.close()
    store = ceph.store(place, WallClock())
    found = _probed(store)
    assert found["versions"].reason == "locks-by-itself"
    assert found["versions"].facts == {"mode": "governance", "days": 1}
    assert found["delete"].outcome == FAILED
    assert found["delete"].reason == "vault-immutable"
    store.close()


def test_nowhere_to_write(ceph: S3Server) -> None:
    assert ceph.small_keys is not None
    store = ceph.store(ceph.bucket(), WallClock(), keys=ceph.small_keys)
    found = _probed(store)
    assert set(found) == {"write"}
    assert found["write"].outcome == FAILED
    store.close()


def test_what_a_trial_that_was_killed_left_goes_with_a_later_one(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "place")
    old = f"{FOLDER}/{int(time.time()) - 7200:010}-{'0' * 16}/first"
    new = f"{FOLDER}/{int(time.time()) - 60:010}-{'1' * 16}/first"
    store.put(old, b"")
    store.put(new, b"")
    _probed(store)
    assert list(store.list()) == [new]
