"""What a bucket with versions keeps under a name."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from saasbackup_desktop.core.errors import Fault, VaultImmutable, VaultUnwritable
from saasbackup_desktop.vault.stores.s3_bucket import Bucket


@dataclass(frozen=True, slots=True)
class Version:
    """One of the things that lie under a key."""

    key: str
    id: str
    is_marker: bool
    """It only says that the key was deleted."""
    mark: str
    """Equal for equal bytes, as far as the server tells; empty for a marker."""


def all_versions(bucket: Bucket, prefix: str) -> Iterator[Version]:
    """Everything under keys that begin so: by key, newest first. Raises Fault."""
    token: dict[str, Any] = {}
    while True:
        page = bucket.ask(lambda: bucket.client.list_object_versions(Bucket=bucket.name, Prefix=prefix, **token))  # noqa: B023
        found: list[Mapping[str, Any]] = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
        # The two lists come apart: which is the latest is told, the rest goes by time.
        found.sort(key=lambda one: (one["Key"], not one.get("IsLatest", False), -one["LastModified"].timestamp()))
        for one in found:
            yield Version(one["Key"], one["VersionId"], "ETag" not in one, one.get("ETag", ""))
        if not page.get("IsTruncated"):
            return
        token = {"KeyMarker": page["NextKeyMarker"]}
        if page.get("NextVersionIdMarker"):
            token["VersionIdMarker"] = page["NextVersionIdMarker"]


def versions_of(bucket: Bucket, name: str) -> list[Version]:
    """Everything under one name, oldest first."""
    key = bucket.base + name
    return [one for one in all_versions(bucket, key) if one.key == key][::-1]


def read_version(bucket: Bucket, version: Version) -> bytes:
    """The bytes of one version."""

    def read() -> bytes:
        answer = bucket.client.get_object(Bucket=bucket.name, Key=version.key, VersionId=version.id)
        with contextlib.closing(answer["Body"]) as body:
            return bucket.read(body)

    return bucket.ask(read, version.key)


def delete_version(bucket: Bucket, version: Version) -> None:
    """Remove one version. Raises VaultImmutable if a lock holds it."""
    try:
        bucket.ask(
            lambda: bucket.client.delete_object(Bucket=bucket.name, Key=version.key, VersionId=version.id), writes=True
        )
    except VaultUnwritable as fault:
        ends = None if version.is_marker else _lock_of(bucket, version)
        if ends is None:
            raise
        name = version.key[len(bucket.base) :]
        raise VaultImmutable(fault.detail, name=name, until=datetime.fromtimestamp(ends, UTC).isoformat()) from fault


def _lock_of(bucket: Bucket, version: Version) -> int | None:
    try:
        told = bucket.ask(
            lambda: bucket.client.head_object(Bucket=bucket.name, Key=version.key, VersionId=version.id), version.key
        )
    except (Fault, FileNotFoundError):
        return None  # the refusal itself is told instead
    return seconds(told.get("ObjectLockRetainUntilDate"))


def seconds(moment: datetime | None) -> int | None:
    """Since 1970 UTC."""
    return None if moment is None else int(moment.timestamp())
