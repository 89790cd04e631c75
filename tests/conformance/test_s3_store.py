"""What an S3 store does beyond what every store does: against Ceph, and where it must differ, against the others."""

import dataclasses
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import botocore.auth
import pytest

from saasbackup_desktop.core.errors import (
    CertificateRefused,
    ClockSkewed,
    Denied,
    Fault,
    Misconfigured,
    SignInNeeded,
    TlsUnavailable,
    UnknownHost,
    Unreachable,
    VaultFull,
    VaultMissing,
)
from saasbackup_desktop.core.ports import LockingStore, ObjectLock
from saasbackup_desktop.vault.stores.retrying import Patience
from saasbackup_desktop.vault.stores.s3 import S3Store
from saasbackup_desktop.vault.stores.s3_place import S3Keys, S3Place
from tests.servers.buckets import IMPATIENT, S3Server

Open = Callable[..., S3Store]


class WallClock:
    def now(self) -> int:
        return int(time.time())


@pytest.fixture
def opened(ceph: S3Server) -> Iterator[Open]:
    """Open places on Ceph, and close them in the end."""
    stores: list[S3Store] = []

    def open_place(place: S3Place, **more: Any) -> S3Store:
        stores.append(ceph.store(place, WallClock(), **more))
        return stores[-1]

    yield open_place
    for store in stores:
        store.close()


def test_it_is_a_store_with_locks(ceph: S3Server, opened: Open) -> None:
    assert isinstance(opened(ceph.bucket()), LockingStore)


def test_large_files_go_in_parts(ceph: S3Server, opened: Open) -> None:
    place = ceph.bucket(prefix="deep")
    store = opened(place, part_size=5 << 20)
    data = bytes(range(256)) * (13 << 12)
    store.put("packs/large", data)
    assert store.get("packs/large") == data
    assert store.get("packs/large", 6 << 20, 1000) == data[6 << 20 : (6 << 20) + 1000]
    client = ceph.client()
    etag = client.head_object(Bucket=place.bucket, Key="deep/packs/large")["ETag"]
    client.close()
    assert "-3" in etag
    with pytest.raises(FileExistsError):
        store.put("packs/large", data)


def test_a_listing_of_many_pages(ceph: S3Server, opened: Open) -> None:
    store = opened(ceph.bucket(), page_size=7)
    names = [f"index/{number:03}" for number in range(40)]
    for name in names:
        store.put(name, b"")
    assert list(store.list("index")) == names


def test_uploads_of_the_dead_are_aborted(ceph: S3Server, opened: Open) -> None:
    place = ceph.bucket(prefix="here")
    client = ceph.client()
    try:
        for key in ("here/packs/dead", "elsewhere/other"):
            client.create_multipart_upload(Bucket=place.bucket, Key=key)
        fresh = opened(place)
        fresh.put("one", b"1")
        assert len(client.list_multipart_uploads(Bucket=place.bucket)["Uploads"]) == 2
        time.sleep(2.1)  # the server counts whole seconds
        opened(place, stale_after=1).put("two", b"2")
        left = client.list_multipart_uploads(Bucket=place.bucket)["Uploads"]
        assert [one["Key"] for one in left] == ["elsewhere/other"]
    finally:
        client.close()


def test_over_tls_with_an_authority_of_ones_own(ceph: S3Server, opened: Open) -> None:
    place = ceph.encrypted(ceph.bucket())
    store = opened(place)
    store.put("file", b"x" * 100_000)
    assert store.get("file", 5, 5) == b"xxxxx"
    with pytest.raises(CertificateRefused) as refused:
        opened(dataclasses.replace(place, ca_file="")).size("file")
    assert refused.value.facts["reason"] == "authority"


def test_virtual_style(ceph: S3Server, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    resolve = socket.getaddrinfo

    def resolved(host: Any, *more: Any, **names: Any) -> Any:
        asked.append(str(host))
        return resolve("127.0.0.1" if str(host).endswith(".localhost") else host, *more, **names)

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    place = dataclasses.replace(ceph.bucket(), style="virtual", endpoint=f"http://localhost:{ceph.port}")
    store = opened(place)
    store.put("file", b"by name of the host")
    assert f"{place.bucket}.localhost" in asked
    assert opened(dataclasses.replace(place, style="path")).get("file") == b"by name of the host"


def test_the_server_encrypts_besides(moto: S3Server) -> None:
    place = moto.bucket()
    client = moto.client()
    for method, told in (("AES256", "AES256"), ("aws:kms", "aws:kms"), ("aws:kms:some-key", "aws:kms")):
        store = moto.store(dataclasses.replace(place, encryption=method), WallClock())
        name = told.replace(":", "-").lower() + str(len(method))
        store.put(name, b"twice")
        head = client.head_object(Bucket=place.bucket, Key=name)
        assert head["ServerSideEncryption"] == told
        assert head.get("SSEKMSKeyId", "").endswith(
            method.removeprefix("aws:kms").removeprefix(":").replace("AES256", "")
        )
        store.close()
    client.close()


def test_encryption_that_the_server_refuses(ceph: S3Server, opened: Open) -> None:
    with pytest.raises(Misconfigured) as refused:
        opened(dataclasses.replace(ceph.bucket(), encryption="aws:kms")).put("other", b"")
    assert refused.value.facts["what"] == "encryption-refused"


def test_a_bucket_that_is_not_there(ceph: S3Server, opened: Open) -> None:
    store = opened(dataclasses.replace(ceph.bucket(), bucket="was-never-made"))
    for ask in (
        lambda: store.get("x"),
        lambda: store.size("x"),
        lambda: list(store.list()),
        lambda: store.put("x", b""),
    ):
        with pytest.raises(VaultMissing):
            ask()


def test_a_wrong_secret_and_a_stranger(ceph: S3Server, opened: Open) -> None:
    place = ceph.bucket()
    for keys in (S3Keys(ceph.keys.access_key, "wrong"), S3Keys("nobody", "wrong")):
        store = opened(place, keys=keys)
        for ask in (lambda: store.get("x"), lambda: store.size("x"), lambda: store.put("x", b"")):  # noqa: B023
            with pytest.raises(SignInNeeded):
                ask()
        assert "wrong" not in repr(store.__dict__)


def test_somebody_elses_bucket(ceph: S3Server, opened: Open) -> None:
    assert ceph.small_keys is not None
    store = opened(ceph.bucket(), keys=ceph.small_keys)
    with pytest.raises(Denied):
        store.get("x")
    with pytest.raises(Fault):
        store.put("x", b"")


def test_a_full_account(ceph: S3Server, opened: Open) -> None:
    assert ceph.small_keys is not None
    store = opened(ceph.bucket(keys=ceph.small_keys), keys=ceph.small_keys)
    store.put("packs/1", bytes(10_000))
    with pytest.raises(VaultFull) as full:
        store.put("packs/2", bytes(60_000))
    assert full.value.facts["what"] == "store"


def test_nobody_is_there(ceph: S3Server, opened: Open) -> None:
    place = ceph.bucket()
    for endpoint, kind in (
        ("http://127.0.0.1:1", Unreachable),
        ("http://no-such-host.invalid", UnknownHost),
        (f"https://localhost:{ceph.port}", TlsUnavailable),
    ):
        with pytest.raises(kind):
            opened(dataclasses.replace(place, endpoint=endpoint)).get("x")


def test_settings_that_cannot_be(ceph: S3Server, opened: Open, tmp_path: Path) -> None:
    place = ceph.encrypted(ceph.bucket())
    (tmp_path / "no.pem").write_text("nothing")
    for file in ("no.pem", "missing.pem"):
        with pytest.raises(Misconfigured) as refused:
            opened(dataclasses.replace(place, ca_file=str(tmp_path / file)))
        assert refused.value.facts["what"] == "bad-ca-file"
    with pytest.raises(Misconfigured) as refused:
        opened(dataclasses.replace(place, profile="never-made"), keys=None)
    assert refused.value.facts["what"] == "no-profile"


def test_no_keys_anywhere(ceph: S3Server, opened: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _no_keys(monkeypatch, tmp_path)
    with pytest.raises(SignInNeeded) as refused:
        opened(ceph.bucket(), keys=None).get("x")
    assert refused.value.facts["what"] == "no-store-keys"


def test_keys_of_a_profile_and_of_the_environment(
    ceph: S3Server, opened: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    place = ceph.bucket()
    _no_keys(monkeypatch, tmp_path)
    (tmp_path / "credentials").write_text(
        f"[work]\naws_access_key_id = {ceph.keys.access_key}\naws_secret_access_key = {ceph.keys.secret_key}\n"
    )
    opened(dataclasses.replace(place, profile="work"), keys=None).put("by-profile", b"1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ceph.keys.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", ceph.keys.secret_key)
    assert list(opened(place, keys=None).list()) == ["by-profile"]


def test_versions(ceph: S3Server, opened: Open) -> None:
    """What is deleted is gone with all its versions; what is hidden or written over by others comes back."""
    place = ceph.bucket(versions=True, prefix="v")
    store, client = opened(place), ceph.client()
    assert store.is_versioned()
    store.put("a", b"first")
    store.put("b", b"stays")
    client.put_object(Bucket=place.bucket, Key="v/a", Body=b"forged")
    assert list(store.hidden()) == ["a"]
    store.uncover("a", lambda data: data == b"first")
    assert store.get("a") == b"first"
    assert list(store.hidden()) == []
    store.hide("a")
    assert list(store.list()) == ["b"]
    assert list(store.hidden()) == ["a"]
    store.uncover("a", lambda data: data.startswith(b"f"))
    assert store.get("a") == b"first"
    with pytest.raises(FileNotFoundError):
        store.uncover("a", lambda data: data == b"never")
    client.put_object(Bucket=place.bucket, Key="v/a", Body=b"again")
    store.delete("a")
    left = client.list_object_versions(Bucket=place.bucket, Prefix="v/a")
    assert not left.get("Versions")
    assert not left.get("DeleteMarkers")
    client.close()


def test_without_versions_nothing_is_hidden(ceph: S3Server, opened: Open) -> None:
    store = opened(ceph.bucket())
    store.put("a", b"x")
    store.hide("a")
    assert list(store.list()) == list(store.hidden()) == []
    assert not store.is_versioned()


def test_the_servers_clock(ceph: S3Server, opened: Open) -> None:
    told = opened(ceph.bucket()).server_time()
    assert told is not None
    assert abs(told - datetime.now(UTC).timestamp()) < 60


def test_many_threads_on_one_store(ceph: S3Server, opened: Open) -> None:
    store = opened(ceph.bucket())

    def work(number: int) -> None:
        for turn in range(8):
            store.put(f"packs/{number}/{turn}", bytes([number]) * 500)
            assert store.get(f"packs/{number}/{turn}", 0, 1) == bytes([number])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(store.list("packs"))) == 96


def test_a_server_that_ignores_conditions_is_found_out(rclone: S3Server) -> None:
    place = rclone.bucket()
    store = rclone.store(place, WallClock())
    assert store.refuses_second is None
    store.put("a", b"first")
    assert store.refuses_second is False
    with pytest.raises(FileExistsError):
        store.put("a", b"second")
    assert store.get("a") == b"first"
    store.close()


def test_a_lock_that_is_ignored_is_told(rclone: S3Server) -> None:
    """Never silently: the server says yes to the lock, and keeps none."""
    store = rclone.store(rclone.bucket(), WallClock(), lock=ObjectLock("governance", 1))
    with pytest.raises(Misconfigured) as refused:
        store.put("a", b"first")
    assert refused.value.facts["what"] == "no-object-lock"
    store.put("lease", b"fleeting", fleeting=True)
    store.close()


def _no_keys(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(folder / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(folder / "config"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def test_patience_is_the_stores_own(ceph: S3Server, opened: Open) -> None:
    slept: list[float] = []
    store = opened(
        dataclasses.replace(ceph.bucket(), endpoint="http://127.0.0.1:1"),
        patience=Patience(tries=3, first=0.01, sleep=slept.append),
    )
    with pytest.raises(Unreachable):
        store.get("x")
    assert len(slept) == 2
    assert IMPATIENT.tries > 1


@pytest.mark.parametrize("ahead", [-3600, 3600])
def test_a_clock_that_is_wrong_by_an_hour(
    ceph: S3Server, opened: Open, monkeypatch: pytest.MonkeyPatch, ahead: int
) -> None:
    """The server refuses; nothing is written, and the reason is told."""
    store = opened(ceph.bucket())
    store.put("before", b"")
    now = botocore.auth.get_current_datetime
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: now() + timedelta(seconds=ahead))
    with pytest.raises(ClockSkewed):
        store.put("after", b"")
    monkeypatch.undo()
    assert list(store.list()) == ["before"]
