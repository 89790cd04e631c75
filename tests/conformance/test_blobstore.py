"""What every store must do, whatever it is made of."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from saasbackup_desktop.core.ports import BlobStore
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.stores.prefix import below
from saasbackup_desktop.vault.stores.s3 import S3Store
from tests.servers.buckets import S3Server

Reopen = Callable[[], BlobStore]


class _Clock:
    def now(self) -> int:
        return int(time.time())


@pytest.fixture(params=["local", "below", "ceph", "ceph-versions", "ceph-locks", "moto", "rclone", "swift"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Reopen]:
    """Open the same place again and again."""
    if request.param == "local":
        yield lambda: LocalStore(tmp_path / "deep" / "place")
        return
    if request.param == "below":
        yield lambda: below(LocalStore(tmp_path / "around"), "limited/inside")
        return
    kind, _, more = request.param.partition("-")
    server: S3Server = request.getfixturevalue(kind)
    place = server.bucket(versions=more == "versions", locks=more == "locks", prefix="deep/place")
    opened: list[S3Store] = []

    def reopened() -> BlobStore:
        opened.append(server.store(place, _Clock()))
        return opened[-1]

    yield reopened
    for one in opened:
        one.close()


@pytest.fixture
def is_atomic(request: pytest.FixtureRequest) -> bool:
    """Whether the place lets one of many win. The vault never leans on it: most S3 servers do not, some at times."""
    return request.node.callspec.params["reopen"] in ("local", "below", "ceph")


@pytest.fixture
def store(reopen: Reopen) -> BlobStore:
    return reopen()


def test_what_is_put_is_got(store: BlobStore, reopen: Reopen) -> None:
    data = bytes(range(256)) * 1000
    store.put("packs/ab/abcdef", data)
    for each in (store, reopen()):
        assert each.get("packs/ab/abcdef") == data
        assert each.size("packs/ab/abcdef") == len(data)


def test_an_empty_file(store: BlobStore) -> None:
    store.put("empty", b"")
    assert store.get("empty") == b""
    assert store.size("empty") == 0


def test_stretches(store: BlobStore) -> None:
    store.put("file", b"0123456789")
    assert store.get("file", 3) == b"3456789"
    assert store.get("file", 3, 4) == b"3456"
    assert store.get("file", 8, 100) == b"89"
    assert store.get("file", 100, 5) == b""
    assert store.get("file", 0, 0) == b""


def test_a_file_is_never_overwritten(store: BlobStore) -> None:
    store.put("index/one", b"first")
    with pytest.raises(FileExistsError):
        store.put("index/one", b"second")
    assert store.get("index/one") == b"first"


def test_of_many_that_create_one_name_one_wins(store: BlobStore, reopen: Reopen, is_atomic: bool) -> None:
    others = [reopen() for _ in range(8)]
    won: list[int] = []
    start = threading.Barrier(len(others))

    def race(number: int) -> None:
        start.wait()
        try:
            others[number].put("snapshots/x/00000001", b"%d" % number)
        except FileExistsError:
            return
        won.append(number)

    threads = [threading.Thread(target=race, args=(number,)) for number in range(len(others))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert won
    assert store.get("snapshots/x/00000001") in [b"%d" % number for number in won]
    if is_atomic:
        assert len(won) == 1


def test_a_missing_file(store: BlobStore) -> None:
    store.put("there", b"x")
    for read in (store.get, store.size):
        with pytest.raises(FileNotFoundError):
            read("not/there")


def test_listing_is_in_order_and_below_a_folder(store: BlobStore) -> None:
    names = ["b", "a/2", "a/1/y", "a/1/x", "ab/1", "vault.json"]
    for name in names:
        store.put(name, name.encode())
    assert list(store.list()) == sorted(names)
    assert list(store.list("a")) == ["a/1/x", "a/1/y", "a/2"]
    assert list(store.list("a/1")) == ["a/1/x", "a/1/y"]
    assert list(store.list("nothing")) == []


def test_deleting(store: BlobStore) -> None:
    store.put("a/1", b"x")
    store.delete("a/1")
    store.delete("a/1")
    store.delete("never/was")
    assert list(store.list("a")) == []
    store.put("a/1", b"again")
    assert store.get("a/1") == b"again"


@pytest.mark.parametrize("name", ["", "/etc/passwd", "../up", "a/../b", "a//b", "A", "a b", "a/", ".hidden", "a\0b"])
def test_names_that_no_store_takes(store: BlobStore, name: str) -> None:
    with pytest.raises(ValueError, match="not a valid name"):
        store.put(name, b"")


def test_many_threads(store: BlobStore) -> None:
    def work(number: int) -> None:
        for turn in range(10):
            store.put(f"packs/{number}/{turn}", bytes([number]) * 1000)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(store.list("packs"))) == 40
    assert all(store.get(name) == bytes([int(name.split("/")[1])]) * 1000 for name in store.list("packs"))
