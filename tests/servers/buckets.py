"""S3 servers for tests, and buckets made up on them."""

import itertools
import os
import secrets
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from saasbackup_desktop.core.ports import Clock, ObjectLock
from saasbackup_desktop.vault.stores.retrying import Patience
from saasbackup_desktop.vault.stores.s3 import S3Store
from saasbackup_desktop.vault.stores.s3_place import S3Keys, S3Place
from tests.servers import moto as moto_server
from tests.servers import rclone as rclone_server
from tests.servers.ceph import Ceph
from tests.servers.shared import shared
from tests.servers.swift import Swift

IMPATIENT = Patience(tries=4, first=0.05, longest=0.2)
_numbers = itertools.count(1)


@dataclass(frozen=True)
class S3Server:
    """A running server and somebody who may make buckets there."""

    name: str
    port: int
    keys: S3Keys
    tls_port: int = 0
    ca_file: str = ""
    small_keys: S3Keys | None = None
    """Somebody whose buckets have a quota of 64 KiB."""
    keeps_versions: bool = True
    refuses_second: bool = True
    """It honours ``If-None-Match: *``."""
    is_atomic: bool = True
    """Of many that create one name at one moment, one wins."""
    locks: bool = False
    checks_keys: bool = True
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, keys: S3Keys | None = None) -> Any:
        """A client of boto3 as it comes, to look behind the store's back."""
        who = keys or self.keys
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id=who.access_key,
            aws_secret_access_key=who.secret_key,
            config=Config(
                s3={"addressing_style": "path"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def bucket(
        self, *, versions: bool = False, locks: bool = False, prefix: str = "", keys: S3Keys | None = None
    ) -> S3Place:
        """Make a bucket that nobody else uses."""
        name = f"b{os.getpid()}-{next(_numbers)}-{secrets.token_hex(4)}"
        client = self.client(keys)
        client.create_bucket(Bucket=name, **({"ObjectLockEnabledForBucket": True} if locks else {}))
        if versions and not locks:
            client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        client.close()
        return S3Place(bucket=name, prefix=prefix, endpoint=self.endpoint, region="us-east-1", style="path")

    def store(self, place: S3Place, clock: Clock, lock: ObjectLock | None = None, **more: Any) -> S3Store:
        """Open a bucket, with little patience."""
        return S3Store(place, clock, lock=lock, **{"keys": self.keys, "patience": IMPATIENT, **more})

    def encrypted(self, place: S3Place) -> S3Place:
        """The same bucket, reached by TLS."""
        return replace(place, endpoint=f"https://localhost:{self.tls_port}", ca_file=self.ca_file)


@pytest.fixture(scope="session")
def ceph() -> Iterator[S3Server]:
    """Ceph's gateway, real in everything; one for all test processes."""
    missing = Ceph.missing()
    if missing:
        pytest.skip(f"SERVER MISSING: {', '.join(missing)} not installed (make test installs Ceph); nothing was proven")
    with shared("tests.servers.ceph") as told:
        secret = str(told["secret_key"])
        yield S3Server(
            name="ceph",
            port=int(str(told["port"])),
            tls_port=int(str(told["tls_port"])),
            ca_file=str(told["authority"]),
            keys=S3Keys(str(told["access_key"]), secret),
            small_keys=S3Keys(str(told["small_access_key"]), secret),
            locks=True,
        )


@pytest.fixture(scope="session")
def moto() -> Iterator[S3Server]:
    """A quick pretence of Amazon's."""
    with moto_server.Moto() as server:
        yield S3Server(
            name="moto", port=server.port, keys=S3Keys("any", uuid.uuid4().hex), is_atomic=False, checks_keys=False
        )


@pytest.fixture(scope="session")
def rclone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A server that ignores what it does not know: conditions, versions, locks."""
    if not Path(rclone_server.PROGRAM).exists():
        pytest.skip("SERVER MISSING: rclone is not in the environment; nothing was proven")
    with rclone_server.Rclone(tmp_path_factory.mktemp("rclone")) as server:
        yield S3Server(
            name="rclone",
            port=server.port,
            keys=S3Keys(rclone_server.ACCESS_KEY, rclone_server.SECRET_KEY),
            keeps_versions=False,
            refuses_second=False,
            is_atomic=False,
        )


@pytest.fixture(scope="session")
def swift() -> Iterator[S3Server]:
    """A server that knows conditions and loses races; one for all test processes."""
    if not Swift.is_there():
        pytest.skip("SERVER MISSING: .tools/swift was not made (make test makes it); nothing was proven")
    with shared("tests.servers.swift") as told:
        yield S3Server(
            name="swift",
            port=int(str(told["port"])),
            keys=S3Keys(str(told["access_key"]), str(told["secret_key"])),
            is_atomic=False,
        )
