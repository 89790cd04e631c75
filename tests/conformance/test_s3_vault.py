"""A vault in a bucket, from beginning to end: on a server that does everything right, and on one that does little."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from saasbackup_desktop.core.errors import VaultBusy, VaultImmutable, VaultMissing, WrongPassphrase
from saasbackup_desktop.core.model import Item
from saasbackup_desktop.core.ports import Clock, ObjectLock
from saasbackup_desktop.vault.format.names import INDEX, LEASES, PACKS, SNAPSHOTS
from saasbackup_desktop.vault.stores.s3 import S3Store
from saasbackup_desktop.vault.stores.s3_place import S3Place, content_md5
from saasbackup_desktop.vault.vault import Vault
from tests.servers.buckets import S3Server
from tests.unit.vault.conftest import CHEAP, PASSPHRASE, STREAM, head, letter, store_letters

DAY = 24 * 3600

PROGRAM = """
import json, os, sys, time
from saasbackup_desktop.vault.stores.s3 import S3Store
from saasbackup_desktop.vault.stores.s3_place import S3Keys, S3Place
from saasbackup_desktop.vault.vault import Vault
from tests.unit.vault.conftest import PASSPHRASE
from tests.unit.vault.victim import write_for_ever

class WallClock:
    def now(self):
        return int(time.time())

keys = S3Keys(os.environ["TEST_ACCESS_KEY"], os.environ["TEST_SECRET_KEY"])
store = S3Store(S3Place(**json.loads(sys.argv[1])), WallClock(), keys=keys)
vault = Vault.open(store, PASSPHRASE, WallClock())
write_for_ever(vault, 10, 20)
"""


class WallClock:
    """The servers' own time, or some days later."""

    def __init__(self) -> None:
        self.ahead = 0

    def now(self) -> int:
        return int(time.time()) + self.ahead


Open = Callable[..., S3Store]


@pytest.fixture
def opened() -> Iterator[Open]:
    stores: list[S3Store] = []

    def open_place(server: S3Server, place: S3Place, clock: Clock, lock: ObjectLock | None = None) -> S3Store:
        stores.append(server.store(place, clock, lock))
        return stores[-1]

    yield open_place
    for store in stores:
        store.close()


def _write(vault: Vault, numbers: range, snapshot: int) -> None:
    last = vault.last_head(STREAM)
    with vault.writer(STREAM, "me") as writer:
        edits = store_letters(writer, numbers)
        root = writer.apply(last.root if last else "", edits[1:] if last else edits)
        made = head(root, snapshot, items=numbers.stop)
        now = vault._clock.now()
        writer.seal(replace(made, snapshot=replace(made.snapshot, started=now, finished=now)))


def _require_letters(vault: Vault, count: int) -> None:
    last = vault.last_head(STREAM)
    assert last is not None
    items = [node for node in vault.nodes(last.root) if isinstance(node, Item)]
    assert len(items) == count
    for node in items:
        assert node.body is not None
        assert vault.read(node.body) == letter(int(node.id[-8:], 16))


def _require_whole(vault: Vault) -> None:
    assert list(vault.check(100, lambda _done, _of: None, lambda: False)) == []


@pytest.mark.parametrize("kind", ["ceph", "ceph-versions", "ceph-locks", "moto", "rclone", "swift"])
def test_made_written_opened_elsewhere_and_checked(request: pytest.FixtureRequest, opened: Open, kind: str) -> None:
    name, _, more = kind.partition("-")
    server: S3Server = request.getfixturevalue(name)
    place = server.bucket(versions=more == "versions", locks=more == "locks", prefix="some/where")
    lock = ObjectLock("compliance", 2) if more == "locks" else None
    clock = WallClock()
    with pytest.raises(VaultMissing):
        Vault.open(opened(server, place, clock), PASSPHRASE, clock)
    vault, recovery = Vault.create(opened(server, place, clock, lock), PASSPHRASE, clock, argon2=CHEAP)
    _write(vault, range(30), 1)
    _write(vault, range(30, 50), 2)
    with pytest.raises(WrongPassphrase):
        Vault.open(opened(server, place, clock), "another", clock)
    for secret in (PASSPHRASE, recovery):
        again = Vault.open(opened(server, place, clock), secret, clock)
        assert len(again.heads(STREAM)) == 2
        _require_letters(again, 50)
        _require_whole(again)
    _write(again, range(50, 60), 3)
    vault.refresh()
    _require_letters(vault, 60)
    assert not list(opened(server, place, clock).list(LEASES))


@pytest.mark.parametrize("kind", ["ceph", "rclone", "swift"])
def test_two_writers_of_one_stream_are_kept_apart(request: pytest.FixtureRequest, opened: Open, kind: str) -> None:
    """Also where conditional create means nothing."""
    server: S3Server = request.getfixturevalue(kind)
    place, clock = server.bucket(), WallClock()
    first, _ = Vault.create(opened(server, place, clock), PASSPHRASE, clock, argon2=CHEAP)
    second = Vault.open(opened(server, place, clock), PASSPHRASE, clock)
    with first.writer(STREAM, "first"), pytest.raises(VaultBusy):
        second.writer(STREAM, "second")
    _write(second, range(5), 1)
    _require_letters(first, 5)


def test_a_lock_goes_into_the_vault_and_holds_for_every_writer(ceph: S3Server, opened: Open) -> None:
    """Somebody who opens the vault later knows nothing of locks: the vault does."""
    place, clock, lock = ceph.bucket(locks=True), WallClock(), ObjectLock("governance", 10)
    vault, _ = Vault.create(opened(ceph, place, clock, lock), PASSPHRASE, clock, argon2=CHEAP)
    store = opened(ceph, place, clock)
    again = Vault.open(store, PASSPHRASE, clock)
    assert store.lock == lock
    _write(again, range(10), 1)
    looker = opened(ceph, place, clock)
    for name in looker.list():
        folder = name.partition("/")[0]
        ends = looker.locked_until(name)
        if folder in (INDEX, LEASES):
            assert ends is None, name
        else:
            assert ends is not None, name
            assert ends >= time.time() + 10 * DAY - 60, name
            with pytest.raises(VaultImmutable):
                looker.delete(name)
    vault.refresh()
    _require_whole(vault)


def test_locks_are_renewed_on_the_server(ceph: S3Server, opened: Open) -> None:
    place, lock = ceph.bucket(locks=True), ObjectLock("compliance", 20)
    clock = WallClock()
    vault, _ = Vault.create(opened(ceph, place, clock, lock), PASSPHRASE, clock, argon2=CHEAP)
    _write(vault, range(20), 1)
    vault.renew_locks(lambda _done, _of: None, lambda: False)
    looker = opened(ceph, place, clock)
    before = {name: looker.locked_until(name) for name in looker.list(PACKS)}
    later = WallClock()
    later.ahead = 15 * DAY
    again = Vault.open(opened(ceph, place, later), PASSPHRASE, later)
    _write(again, range(20, 25), 2)
    done = again.renew_locks(lambda _done, _of: None, lambda: False)
    assert done.extended
    looker = opened(ceph, place, clock)
    for name, ends in before.items():
        renewed = looker.locked_until(name)
        assert ends is not None
        assert renewed is not None
        assert renewed >= later.now() + 20 * DAY > ends, name
    once_more = again.renew_locks(lambda _done, _of: None, lambda: False)
    assert once_more.heads == once_more.asked == 0


def test_what_an_intruder_hid_or_wrote_over_comes_back(ceph: S3Server, opened: Open) -> None:
    """With keys to the bucket: hide every head, write over a pack. Nothing under the lock is lost."""
    place, clock, lock = ceph.bucket(locks=True), WallClock(), ObjectLock("compliance", 5)
    vault, _ = Vault.create(opened(ceph, place, clock, lock), PASSPHRASE, clock, argon2=CHEAP)
    _write(vault, range(20), 1)
    store, client = opened(ceph, place, clock), ceph.client()
    for name in list(store.list(SNAPSHOTS)):
        client.delete_object(Bucket=place.bucket, Key=name)
    pack = next(iter(store.list(PACKS)))
    client.put_object(Bucket=place.bucket, Key=pack, Body=b"forged", ContentMD5=content_md5(b"forged"))
    client.close()
    damaged = Vault.open(opened(ceph, place, clock), PASSPHRASE, clock)
    damages = list(damaged.check(100, lambda _done, _of: None, lambda: False))
    assert damages
    damaged.repair(lambda _done, _of: None, lambda: False, read_percent=100, owner="test")
    whole = Vault.open(opened(ceph, place, clock), PASSPHRASE, clock)
    _require_letters(whole, 20)
    _require_whole(whole)


@pytest.mark.parametrize("kind", ["ceph", "ceph-locks"])
def test_killed_in_the_middle(request: pytest.FixtureRequest, opened: Open, kind: str) -> None:
    """What was acknowledged is there, and the next run goes on at once."""
    name, _, more = kind.partition("-")
    server: S3Server = request.getfixturevalue(name)
    place, clock, chance = server.bucket(locks=more == "locks"), WallClock(), random.Random(kind)
    lock = ObjectLock("governance", 1) if more == "locks" else None
    Vault.create(opened(server, place, clock, lock), PASSPHRASE, clock, argon2=CHEAP)
    acknowledged = 0
    for run in range(4):
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, json.dumps(asdict(place))],
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
            text=True,
            env={
                **os.environ,
                "TEST_ACCESS_KEY": server.keys.access_key,
                "TEST_SECRET_KEY": server.keys.secret_key,
            },
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n", "the lease of a dead process stood in the way"
        time.sleep(chance.uniform(0.0, 1.5))
        first = process.stdout.readline() if run == 3 else ""  # a busy machine may not have come that far before
        os.kill(process.pid, signal.SIGKILL)
        told = (first + process.stdout.read()).split("\n")[:-1]
        process.stdout.close()
        process.wait()
        acknowledged = int(told[-1]) if told else acknowledged
        vault = Vault.open(opened(server, place, clock), PASSPHRASE, clock)
        last = vault.last_head(STREAM)
        items = last.snapshot.items if last else 0
        assert items >= acknowledged
        if last:
            _require_letters(vault, items)
        _require_whole(vault)
    assert acknowledged
