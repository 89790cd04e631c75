"""A vault in a real bucket with an object lock: what was deleted and written over there comes back."""

import time
from collections.abc import Iterator

import pytest

from saasbackup_desktop.core.errors import VaultDamaged
from saasbackup_desktop.core.model import Edit, Item
from saasbackup_desktop.core.ports import ObjectLock
from saasbackup_desktop.vault.stores.s3 import S3Store
from saasbackup_desktop.vault.stores.s3_place import S3Place
from saasbackup_desktop.vault.vault import Vault
from tests.servers.buckets import S3Server
from tests.unit.vault.conftest import CHEAP, INBOX, PASSPHRASE, STREAM, head, item, letter


class WallClock:
    def now(self) -> int:
        return int(time.time())


@pytest.fixture
def place(ceph: S3Server) -> S3Place:
    return ceph.bucket(locks=True, prefix="v")


@pytest.fixture
def store(ceph: S3Server, place: S3Place) -> Iterator[S3Store]:
    found = ceph.store(place, WallClock(), ObjectLock("governance", 5))
    yield found
    found.close()


def test_what_was_deleted_and_written_over_comes_back(ceph: S3Server, place: S3Place, store: S3Store) -> None:
    vault, _ = Vault.create(store, PASSPHRASE, WallClock(), argon2=CHEAP)
    with vault.writer(STREAM, "me") as writer:
        some = [item(number, writer.add(letter(number))) for number in range(10)]
        root = writer.apply("", [Edit(None, INBOX), *(Edit(None, one) for one in some)])
        writer.seal(head(root, 1, items=10))
    client = ceph.client()
    names = [name for name in store.list() if not name.startswith("keys/")]
    assert {name.partition("/")[0] for name in names} == {"vault.json", "packs", "meta", "index", "snapshots"}
    for name in names:
        if name.startswith(("packs", "vault.json")):
            client.put_object(Bucket=place.bucket, Key=f"{place.prefix}/{name}", Body=b"overwritten")
        else:
            client.delete_object(Bucket=place.bucket, Key=f"{place.prefix}/{name}")

    again = ceph.store(place, WallClock(), ObjectLock("governance", 5))
    try:
        with pytest.raises(VaultDamaged):
            Vault.open(again, PASSPHRASE, WallClock())
        vault = Vault.rescue(again, PASSPHRASE, WallClock())
        deeds = vault.repair(lambda done, total: None, lambda: False, read_percent=100)
        assert {deed.code for deed in deeds} <= {"uncovered", "reindexed"}
        vault = Vault.open(again, PASSPHRASE, WallClock())
        assert list(vault.check(100, lambda done, total: None, lambda: False)) == []
        [point] = vault.heads(STREAM)
        bodies = [node.body for node in vault.nodes(point.root) if isinstance(node, Item)]
        assert sorted(vault.read(body) for body in bodies if body) == sorted(letter(number) for number in range(10))
    finally:
        again.close()


def test_a_vault_whose_every_file_was_deleted_comes_back(ceph: S3Server, place: S3Place, store: S3Store) -> None:
    vault, _ = Vault.create(store, PASSPHRASE, WallClock(), argon2=CHEAP)
    with vault.writer(STREAM, "me") as writer:
        root = writer.apply("", [Edit(None, INBOX), Edit(None, item(1, writer.add(letter(1))))])
        writer.seal(head(root, 1, items=1))
    client = ceph.client()
    for name in list(store.list()):
        client.delete_object(Bucket=place.bucket, Key=f"{place.prefix}/{name}")
    again = ceph.store(place, WallClock(), ObjectLock("governance", 5))
    try:
        assert list(again.list()) == []
        with pytest.raises(VaultDamaged) as caught:
            Vault.open(again, PASSPHRASE, WallClock())
        assert caught.value.facts["reason"] == "hidden"
        vault = Vault.rescue(again, PASSPHRASE, WallClock())
        deeds = vault.repair(lambda done, total: None, lambda: False, read_percent=100)
        assert {deed.code for deed in deeds} == {"uncovered", "reindexed"}
        vault = Vault.open(again, PASSPHRASE, WallClock())
        assert list(vault.check(100, lambda done, total: None, lambda: False)) == []
        assert [point.snapshot.items for point in vault.heads(STREAM)] == [1]
    finally:
        again.close()
