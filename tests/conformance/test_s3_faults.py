"""Requests that fail, answers that are lost, bytes that are cut: the store goes on, or says what it was."""

import itertools
import random
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from saasbackup_desktop.core.errors import Throttled, Unreachable
from saasbackup_desktop.vault.stores.retrying import Patience
from saasbackup_desktop.vault.stores.s3 import S3Store
from tests.servers.buckets import S3Server
from tests.servers.faulty_http import FaultyWay, Wrong, answer_lost, never_sent, refusal, spoilt_body
from tests.servers.proxy import FaultyProxy

SLOW_DOWN = refusal(503, "SlowDown")
INTERNAL = refusal(500, "InternalError")


class WallClock:
    def now(self) -> int:
        return int(time.time())


@pytest.fixture
def store(moto: S3Server) -> Iterator[S3Store]:
    found = moto.store(moto.bucket(), WallClock(), part_size=5 << 20)
    found.put("there", b"0123456789")
    yield found
    found.close()


@pytest.mark.parametrize(
    "wrong",
    [SLOW_DOWN, INTERNAL, refusal(429, "TooManyRequests"), refusal(502, ""), never_sent, answer_lost],
    ids=["slow-down", "internal", "too-many", "bad-gateway", "never-sent", "answer-lost"],
)
def test_what_fails_twice_works_the_third_time(store: S3Store, wrong: Wrong) -> None:
    way = FaultyWay(store, iter([wrong, wrong]))
    assert store.get("there", 2, 3) == b"234"
    assert len(way.sent) == 3


def test_a_server_that_never_wants_is_told(store: S3Store) -> None:
    FaultyWay(store, itertools.repeat(refusal(503, "SlowDown", **{"Retry-After": "3"})))
    with pytest.raises(Throttled) as told:
        store.get("there")
    assert told.value.wait == 3
    assert told.value.facts["what"] == "store"


def test_a_server_that_always_fails_is_told(store: S3Store) -> None:
    FaultyWay(store, itertools.repeat(INTERNAL))
    with pytest.raises(Unreachable) as told:
        list(store.list())
    assert told.value.facts["what"] == "store-error"


def test_an_own_file_is_known_again_when_the_answer_was_lost(store: S3Store) -> None:
    FaultyWay(store, iter([answer_lost]))
    store.put("packs/a", b"mine")
    assert store.get("packs/a") == b"mine"


def test_a_file_of_somebody_else_is_not_taken_for_ones_own(moto: S3Server, store: S3Store) -> None:
    other = moto.store(store.place, WallClock())

    def meanwhile(request: object, send: object) -> object:
        other.put("packs/a", b"mine")  # the very same bytes
        return never_sent(request, send)  # type: ignore[arg-type]

    FaultyWay(store, iter([meanwhile]))
    with pytest.raises(FileExistsError):
        store.put("packs/a", b"mine")
    other.close()


@pytest.mark.parametrize("lost", range(8))
def test_a_large_file_whose_answers_are_lost(store: S3Store, lost: int) -> None:
    """Also the last one: the upload is complete by then, and not known any more."""
    FaultyWay(store, iter([*[None] * lost, answer_lost]))
    data = random.Random(lost).randbytes(11 << 20)
    store.put("packs/large", data)
    assert store.get("packs/large") == data


def test_an_upload_that_somebody_aborted_is_told(moto: S3Server, store: S3Store) -> None:
    client = moto.client()

    def aborting(request: object, send: object) -> object:
        (one,) = client.list_multipart_uploads(Bucket=store.place.bucket)["Uploads"]
        client.abort_multipart_upload(Bucket=store.place.bucket, Key=one["Key"], UploadId=one["UploadId"])
        return send(request)  # type: ignore[operator]

    FaultyWay(store, iter([None, None, None, aborting]))
    with pytest.raises(Unreachable):
        store.put("packs/large", bytes(11 << 20))
    client.close()


def test_a_write_that_fails_leaves_no_unfinished_upload(moto: S3Server, store: S3Store) -> None:
    broken = itertools.chain([None, None, None], itertools.repeat(INTERNAL, 4))
    FaultyWay(store, broken)
    with pytest.raises(Unreachable):
        store.put("packs/large", bytes(11 << 20))
    client = moto.client()
    assert not client.list_multipart_uploads(Bucket=store.place.bucket).get("Uploads")
    client.close()
    assert list(store.list("packs")) == []


def test_a_bit_that_turns_over_on_the_way_is_noticed(ceph: S3Server) -> None:
    store = ceph.store(ceph.bucket(), WallClock())
    store.put("first", b"")
    way = FaultyWay(store, iter([spoilt_body]))
    store.put("packs/a", b"as it was sent" * 100)
    assert len(way.sent) == 2
    assert store.get("packs/a") == b"as it was sent" * 100
    store.close()


def test_a_body_that_is_cut_is_read_again(moto: S3Server) -> None:
    data = random.Random(1).randbytes(400_000)
    place = moto.bucket()
    whole = moto.store(place, WallClock())
    whole.put("packs/a", data)
    with FaultyProxy(moto.port, cut_after=100_000, cuts=2) as proxy:
        store = moto.store(replace(place, endpoint=f"http://127.0.0.1:{proxy.port}"), WallClock())
        assert store.get("packs/a") == data
        assert store.get("packs/a", 1000, 300_000) == data[1000:301_000]
        store.close()
    with FaultyProxy(moto.port, cut_after=100_000, cuts=None) as proxy:
        store = moto.store(replace(place, endpoint=f"http://127.0.0.1:{proxy.port}"), WallClock())
        with pytest.raises(Unreachable):
            store.get("packs/a")
        assert store.get("packs/a", 0, 50_000) == data[:50_000]
        store.close()
    whole.close()


def test_a_server_that_hangs_up_at_once(moto: S3Server) -> None:
    with FaultyProxy(moto.port, refuse=True) as proxy:
        store = moto.store(replace(moto.bucket(), endpoint=f"http://127.0.0.1:{proxy.port}"), WallClock())
        with pytest.raises(Unreachable):
            store.get("x")
        assert proxy.connections == 4
        store.close()


def test_a_server_that_says_nothing(moto: S3Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        place = replace(moto.bucket(), endpoint=f"http://127.0.0.1:{mute.getsockname()[1]}")
        store = moto.store(place, WallClock(), timeout=0.3, patience=Patience(tries=2, first=0.01))
        with pytest.raises(Unreachable):
            store.get("x")
        store.close()


@pytest.mark.parametrize("seed", range(8))
def test_any_history_of_failures(moto: S3Server, seed: int) -> None:
    """However requests fail, what the store says happened is what happened."""
    dice = random.Random(seed)
    store = moto.store(moto.bucket(prefix="p"), WallClock(), patience=Patience(tries=12, first=0.001, longest=0.002))
    store.put("first", b"")
    wrongs = [SLOW_DOWN, INTERNAL, never_sent, answer_lost]
    FaultyWay(store, iter(lambda: dice.choice(wrongs) if dice.random() < 0.3 else None, object()))
    model = {"first": b""}
    for _ in range(60):
        name = f"f/{dice.randrange(6)}"
        match dice.randrange(4):
            case 0:
                data = dice.randbytes(dice.randrange(200))
                if name in model:
                    with pytest.raises(FileExistsError):
                        store.put(name, data)
                else:
                    store.put(name, data)
                    model[name] = data
            case 1:
                store.delete(name)
                model.pop(name, None)
            case 2 if name in model:
                assert store.get(name) == model[name]
            case 2:
                with pytest.raises(FileNotFoundError):
                    store.get(name)
            case _:
                assert list(store.list()) == sorted(model)
    store.close()


def test_threads_whose_requests_fail(moto: S3Server) -> None:
    store = moto.store(moto.bucket(), WallClock(), patience=Patience(tries=12, first=0.001, longest=0.01))
    store.put("first", b"")
    dice = random.Random(1)
    guard = threading.Lock()

    def wrong() -> Wrong | None:
        with guard:
            return dice.choice([None, None, SLOW_DOWN, answer_lost])

    FaultyWay(store, iter(wrong, object()))
    failed: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(10):
                store.put(f"packs/{number}/{turn}", bytes([number]) * 100)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert len(list(store.list("packs"))) == 60
    store.close()
