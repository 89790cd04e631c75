"""A vault in a bucket: Amazon's, or any server that speaks the same.

Importing this loads boto3, which takes longer than many a command: import it where a bucket is really met.
"""

import contextlib
import errno
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from saasbackup_desktop.core.errors import Denied, Fault, Misconfigured, ProtocolBroken, Unreachable, VaultImmutable
from saasbackup_desktop.core.ports import Clock, ObjectLock
from saasbackup_desktop.core.traffic import Traffic
from saasbackup_desktop.vault.format.names import require_valid
from saasbackup_desktop.vault.stores import s3_faults as faults
from saasbackup_desktop.vault.stores.probe_lock import Retention
from saasbackup_desktop.vault.stores.retrying import Patience
from saasbackup_desktop.vault.stores.s3_bucket import Bucket, OutOfRange, UploadGone
from saasbackup_desktop.vault.stores.s3_multipart import Uploads
from saasbackup_desktop.vault.stores.s3_place import S3Keys, S3Place, content_md5
from saasbackup_desktop.vault.stores.s3_versions import (
    Version,
    all_versions,
    delete_version,
    read_version,
    versions_of,
)

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import HeadObjectOutputTypeDef, ListObjectsV2OutputTypeDef

DAY: Final = 24 * 3600
_PART: Final = 16 << 20
_SMALLEST_PART: Final = 5 << 20
_TRIAL: Final = 64 << 10
_WRITER: Final = "writer"


class S3Store:
    """Files as objects of one bucket, below one prefix."""

    def __init__(
        self,
        place: S3Place,
        clock: Clock,
        *,
        keys: S3Keys | None = None,
        lock: ObjectLock | None = None,
        patience: Patience | None = None,
        timeout: float = 60.0,
        part_size: int = _PART,
        page_size: int = 1000,
        stale_after: float = DAY,
        traffic: Traffic | None = None,
    ) -> None:
        """Raises Misconfigured for settings that cannot be; nothing is sent yet.

        ``keys``: None takes credentials as boto3 finds them. ``timeout``: seconds without a byte.
        ``part_size``: bytes; files of more than two parts are sent in parts. ``page_size``: names asked for at once.
        ``stale_after``: seconds after which an unfinished upload is somebody's who died.
        """
        self._bucket = Bucket(place, keys, patience or Patience(), timeout, traffic)
        self._uploads = Uploads(self._bucket, part_size, stale_after)
        self._clock = clock
        self._keys = keys
        self._lock = lock
        self._part_size = part_size
        self._page_size = page_size
        self._guard = threading.Lock()
        self._locks = False
        self._versioned: bool | None = None
        self._refuses_second: bool | None = None
        self._ends: dict[str, int] = {}

    @property
    def location(self) -> str:
        """``s3://bucket/prefix``."""
        return self._bucket.place.location

    @property
    def place(self) -> S3Place:
        """The bucket, and how it is reached."""
        return self._bucket.place

    @property
    def lock(self) -> ObjectLock | None:
        """What files are placed under; None: nothing."""
        return self._lock

    def keep_under(self, lock: ObjectLock | None) -> None:
        """Place everything that is put from now on under this lock."""
        self._lock = lock

    @property
    def refuses_second(self) -> bool | None:
        """Does the server refuse to write over a file? None: not known yet."""
        return self._refuses_second

    # Files

    def put(self, name: str, data: bytes, *, fleeting: bool = False) -> None:
        """Create a file by conditional create, in parts if it is large.

        On a server that ignores the condition, a look comes first: two writers at one moment may then both win.
        """
        until = None if fleeting or self._lock is None else self._new_end(self._lock)
        self.put_until(name, data, until)

    def put_until(self, name: str, data: bytes, until: int | None) -> None:
        """Create a file that is locked until then (seconds since 1970 UTC), or not at all."""
        require_valid(name)
        if self._refuses_second is False and self._exists(name):
            raise _taken(name)
        self._uploads.sweep()
        token = secrets.token_hex(16)
        extra = self._extra(token, until)
        in_parts = len(data) > 2 * self._part_size
        try:
            if in_parts:
                if self._exists(name):  # before much is sent for nothing
                    raise _taken(name)
                self._uploads.put(name, data, extra)
            else:
                self._put_whole(name, data, extra)
        except (FileExistsError, UploadGone):
            self._require_ours(name, token)
        except ProtocolBroken as fault:
            if until is None or self._locks:
                raise
            raise Misconfigured(fault.detail, what="no-object-lock", name=self._bucket.name) from fault
        if until is not None:
            self._require_locked(name, until, in_parts)
        if self._refuses_second is None and len(data) <= _TRIAL:
            self._try_second(name, data, extra)

    def get(self, name: str, start: int = 0, size: int | None = None) -> bytes:
        """Read a file, or a stretch of it; shorter than asked if the file ends before."""
        if size == 0:
            self.size(name)
            return b""
        wanted: dict[str, Any] = {}
        if start or size is not None:
            wanted["Range"] = f"bytes={start}-" + ("" if size is None else str(start + size - 1))

        def read() -> bytes:
            answer = self._bucket.client.get_object(Bucket=self._bucket.name, Key=self._key(name), **wanted)
            with contextlib.closing(answer["Body"]) as body:
                data = self._bucket.read(body)
            if wanted and not answer.get("ContentRange"):  # the server does not know ranges
                return data[start : None if size is None else start + size]
            return data

        try:
            return self._bucket.ask(read, name)
        except OutOfRange:
            return b""

    def size(self, name: str) -> int:
        """Length of a file in bytes."""
        return self._head(name)["ContentLength"]

    def list(self, prefix: str = "") -> Iterator[str]:
        """Names below a folder, in order."""
        folder = prefix.strip("/")
        below = self._bucket.base + (f"{folder}/" if folder else "")
        token: dict[str, Any] = {}
        while True:
            page = self._page(below, token)
            for found in page.get("Contents", ()):
                if not found["Key"].endswith("/"):  # what tools leave that pretend folders
                    yield self._name(found["Key"])
            if not page.get("IsTruncated"):
                return
            token = {"ContinuationToken": page["NextContinuationToken"]}

    def delete(self, name: str) -> None:
        """Remove a file with all its versions, the oldest first, so that a lock leaves everything as it was."""
        require_valid(name)
        self._ends.pop(name, None)
        if not self.is_versioned():
            self._delete_current(name)
            return
        for version in versions_of(self._bucket, name):
            delete_version(self._bucket, version)

    # Locks and versions

    def is_versioned(self) -> bool:
        """Does the bucket keep what is deleted and written over? Asked once."""
        with self._guard:
            if self._versioned is None:
                self._versioned = self._ask_versioned()
            return self._versioned

    def locked_until(self, name: str) -> int | None:
        """When a file's lock ends (seconds since 1970 UTC); None: it has none."""
        if name in self._ends:
            return self._ends[name]
        told = self.retention(name)
        if told is not None:
            self._ends[name] = told.until
        return None if told is None else told.until

    def retention(self, name: str) -> Retention | None:
        """Ask the server how a file is locked, or the first one under a name that was taken out of sight."""
        try:
            head = self._head(name)
        except FileNotFoundError:
            first = next((one for one in versions_of(self._bucket, name) if not one.is_marker), None)
            if first is None:
                raise
            head = self._head(name, first.id)
        ends = head.get("ObjectLockRetainUntilDate")
        return None if ends is None else Retention(head["ObjectLockMode"].lower(), int(ends.timestamp()))

    def extend(self, name: str, until: int) -> None:
        """Let a file's lock end later; never earlier."""
        ends = self.locked_until(name)
        if ends is None or ends < until:
            self.set_lock(name, until)

    def set_lock(self, name: str, until: int) -> None:
        """Ask the server to set the end of a lock, whatever it is now. Raises VaultUnwritable if it refuses."""
        mode: Any = (self._lock.mode if self._lock else "governance").upper()
        self._bucket.ask(
            lambda: self._bucket.client.put_object_retention(
                Bucket=self._bucket.name,
                Key=self._key(name),
                Retention={"Mode": mode, "RetainUntilDate": datetime.fromtimestamp(until, UTC)},
            ),
            name,
            writes=True,
        )
        self._ends[name] = until

    def hide(self, name: str) -> None:
        """Take a file out of sight; in a bucket that keeps versions it stays below."""
        require_valid(name)
        self._delete_current(name)

    def hidden(self) -> Iterator[str]:
        """Names whose current version is not the first one: taken out of sight, or written over."""
        if not self.is_versioned():
            return
        for key, found in groupby(all_versions(self._bucket, self._bucket.base), lambda version: version.key):
            if _is_hidden(tuple(found)):
                yield self._name(key)

    def uncover(self, name: str, is_wanted: Callable[[bytes], bool]) -> None:
        """Make the earliest version that is wanted the current one. Raises FileNotFoundError if none is."""
        found = versions_of(self._bucket, name)
        for place, version in enumerate(found):
            if version.is_marker:
                continue
            data = read_version(self._bucket, version)
            if is_wanted(data):
                self._bring_forward(name, data, found[place + 1 :])
                return
        raise FileNotFoundError(errno.ENOENT, "no such version", name)

    # What a pre-flight asks

    def server_time(self) -> int | None:
        """What the server's clock says (seconds since 1970 UTC), if it tells."""
        told = faults.server_time(self._glance())
        return None if told is None else round(told.timestamp())

    def bucket_lock(self) -> tuple[bool, ObjectLock | None]:
        """Does the bucket say that it knows object locks, and what does it place under one by itself?"""
        try:
            answer = self._bucket.ask(
                lambda: self._bucket.client.get_object_lock_configuration(Bucket=self._bucket.name)
            )
        except (Fault, FileNotFoundError):
            return False, None
        told = answer.get("ObjectLockConfiguration", {})
        rule = told.get("Rule", {}).get("DefaultRetention", {})
        days = int(rule.get("Days", 0)) or 365 * int(rule.get("Years", 0))
        own = ObjectLock(str(rule.get("Mode", "")).lower(), days) if days else None
        return told.get("ObjectLockEnabled") == "Enabled", own

    def with_wrong_key(self) -> "S3Store":
        """The same place, asked by somebody who knows the access key but not its secret."""
        wrong = S3Keys(self._bucket.access_key(), secrets.token_hex(20))
        return S3Store(self.place, self._clock, keys=wrong, patience=Patience(tries=1), timeout=self._bucket.timeout)

    def with_small_parts(self) -> "S3Store":
        """The same place, written in parts as small as Amazon allows."""
        return S3Store(
            self.place,
            self._clock,
            keys=self._keys,
            lock=self._lock,
            patience=self._bucket.patience,
            timeout=self._bucket.timeout,
            part_size=_SMALLEST_PART,
        )

    def close(self) -> None:
        """Let go of connections."""
        self._bucket.client.close()

    # Inside

    def _key(self, name: str) -> str:
        return self._bucket.base + name

    def _name(self, key: str) -> str:
        return key[len(self._bucket.base) :]

    def _page(self, below: str, token: dict[str, Any]) -> "ListObjectsV2OutputTypeDef":
        return self._bucket.ask(
            lambda: self._bucket.client.list_objects_v2(
                Bucket=self._bucket.name, Prefix=below, MaxKeys=self._page_size, **token
            )
        )

    def _glance(self) -> Any:
        return self._bucket.ask(
            lambda: self._bucket.client.list_objects_v2(Bucket=self._bucket.name, MaxKeys=1, Prefix=self._bucket.base)
        )

    def _head(self, name: str, version: str = "") -> "HeadObjectOutputTypeDef":
        which: dict[str, Any] = {"VersionId": version} if version else {}
        try:
            return self._bucket.ask(
                lambda: self._bucket.client.head_object(Bucket=self._bucket.name, Key=self._key(name), **which), name
            )
        except (FileNotFoundError, Denied):
            self._glance()  # an answer to HEAD has no body that would tell what is missing, or why it is denied
            raise

    def _exists(self, name: str) -> bool:
        try:
            self._head(name)
        except FileNotFoundError:
            return False
        return True

    def _extra(self, token: str, until: int | None) -> dict[str, Any]:
        extra: dict[str, Any] = {"Metadata": {_WRITER: token}, "ContentType": "application/octet-stream"}
        if until is not None:
            extra["ObjectLockMode"] = (self._lock.mode if self._lock else "governance").upper()
            extra["ObjectLockRetainUntilDate"] = datetime.fromtimestamp(until, UTC)
        if self.place.encryption.startswith("aws:kms"):
            extra["ServerSideEncryption"] = "aws:kms"
            key = self.place.encryption.removeprefix("aws:kms").removeprefix(":")
            extra |= {"SSEKMSKeyId": key} if key else {}
        elif self.place.encryption:
            extra["ServerSideEncryption"] = self.place.encryption
        return extra

    def _put_whole(self, name: str, data: bytes, extra: dict[str, Any], *, condition: bool = True) -> None:
        digest = content_md5(data)
        only: dict[str, Any] = {"IfNoneMatch": "*"} if condition else {}
        self._bucket.ask(
            lambda: self._bucket.client.put_object(
                Bucket=self._bucket.name, Key=self._key(name), Body=data, ContentMD5=digest, **only, **extra
            ),
            name,
            writes=True,
        )

    def _require_ours(self, name: str, token: str) -> None:
        """Tell a name that somebody took from an own request whose answer was lost. Raises FileExistsError."""
        try:
            head = self._head(name)
        except FileNotFoundError as error:
            raise Unreachable("an upload vanished", host=self.place.host, what="store-error") from error
        told = {key.lower(): value for key, value in head["Metadata"].items()}
        if told.get(_WRITER) != token:
            raise _taken(name)

    def _require_locked(self, name: str, until: int, in_parts: bool) -> None:
        """Do not believe that a file was locked before it was seen once; in parts, some servers forget it each time.

        Raises Misconfigured.
        """
        if in_parts or not self._locks:
            # Some servers give back any header that they were given: where there are no versions there is no lock.
            ends = self.locked_until(name) if self.is_versioned() else None
            if ends is None and not (in_parts and self.is_versioned()):
                raise Misconfigured("the lock was ignored", what="no-object-lock", name=self._bucket.name)
            if ends is None or ends < until:
                self.set_lock(name, until)
            self._locks = True
        self._ends[name] = until

    def _try_second(self, name: str, data: bytes, extra: dict[str, Any]) -> None:
        """Find out, by writing the very same again, whether the server refuses what it has."""
        try:
            self._put_whole(name, data, extra)
            self._refuses_second = False
        except FileExistsError:
            self._refuses_second = True

    def _new_end(self, lock: ObjectLock) -> int:
        return self._clock.now() + (lock.days + lock.slack_days) * DAY

    def _delete_current(self, name: str) -> None:
        with contextlib.suppress(FileNotFoundError):  # some servers say so
            self._bucket.ask(
                lambda: self._bucket.client.delete_object(Bucket=self._bucket.name, Key=self._key(name)), writes=True
            )

    def _ask_versioned(self) -> bool:
        try:
            answer = self._bucket.ask(lambda: self._bucket.client.get_bucket_versioning(Bucket=self._bucket.name))
        except Denied:
            return True  # it may be; looking for versions costs little
        except Fault as fault:
            if fault.facts.get("what") == "store-lacks":
                return False
            raise
        return answer.get("Status") in ("Enabled", "Suspended")

    def _bring_forward(self, name: str, data: bytes, newer: Sequence[Version]) -> None:
        """Remove what lies on top of a version; where a lock forbids that, put its bytes on top again."""
        try:
            for version in reversed(newer):
                delete_version(self._bucket, version)
        except VaultImmutable:
            until = None if self._lock is None else self._new_end(self._lock)
            self._put_whole(name, data, self._extra(secrets.token_hex(16), until), condition=False)


def _taken(name: str) -> FileExistsError:
    return FileExistsError(errno.EEXIST, "already there", name)


def _is_hidden(newest_first: Sequence[Version]) -> bool:
    first = next((one for one in reversed(newest_first) if not one.is_marker), None)
    return first is not None and newest_first[0].mark != first.mark
