"""Files for others in a bucket: whole exports, in parts that are gone on with after an interruption."""

import contextlib
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from saasbackup_desktop.core.errors import (
    DestinationDenied,
    DestinationFull,
    DestinationMissing,
    DestinationTaken,
    Unreachable,
    VaultFull,
    VaultMissing,
    VaultUnwritable,
)
from saasbackup_desktop.core.export.ports import Kept, Plain
from saasbackup_desktop.vault.stores.retrying import Patience
from saasbackup_desktop.vault.stores.s3_bucket import Bucket, UploadGone
from saasbackup_desktop.vault.stores.s3_place import S3Keys, S3Place, content_md5

T = TypeVar("T")

PIECE: Final = 16 << 20
"""10,000 parts of it are 160 GB."""
_DIGEST: Final = "sha256"
_PAGE: Final = 1000
_ABORTS: Final = 3


class S3Outlet:
    """``core.export.ports.Storage`` over a bucket."""

    keeps_sha256 = True

    def __init__(
        self,
        place: S3Place,
        keys: S3Keys | None,
        *,
        piece: int = PIECE,
        patience: Patience | None = None,
        timeout: float = 60.0,
    ) -> None:
        """Raises Misconfigured; nothing is sent yet. ``timeout``: seconds without a byte."""
        self.piece = piece
        self._bucket = Bucket(place, keys, patience or Patience(), timeout)
        self._client = self._bucket.client

    @property
    def location(self) -> str:
        """``s3://bucket/prefix``."""
        return self._bucket.place.location

    def digest(self, file: Path) -> str:
        """SHA-256, kept with each file as metadata."""
        with file.open("rb") as source:
            return hashlib.file_digest(source, "sha256").hexdigest()

    def find(self, name: str) -> Kept | None:
        """Look whether there is a file of this name."""
        try:
            found = self._ask(lambda: self._client.head_object(**self._at(name)), name)
        except FileNotFoundError:
            # An answer without a body: this one tells a missing bucket from a missing file.
            self._ask(
                lambda: self._client.list_objects_v2(
                    Bucket=self._bucket.name, Prefix=self._bucket.base + name, MaxKeys=1
                )
            )
            return None
        return Kept(int(found["ContentLength"]), str(found.get("Metadata", {}).get(_DIGEST, "")))

    def put(self, name: str, data: bytes, digest: str) -> None:
        """Send a small file whole."""
        self._write(
            lambda: self._client.put_object(
                **self._at(name),
                Body=data,
                ContentMD5=content_md5(data),
                Metadata={_DIGEST: digest},
                IfNoneMatch="*",
                **self._encryption(),
            ),
            name,
        )

    def begin(self, name: str, size: int, digest: str) -> Plain:
        """Begin an upload in parts."""
        del size
        begun = self._write(
            lambda: self._client.create_multipart_upload(
                **self._at(name), Metadata={_DIGEST: digest}, **self._encryption()
            ),
            name,
        )
        return {"upload": begun["UploadId"]}

    def arrived(self, name: str, state: Plain) -> int | None:
        """The parts from the beginning that the service has."""
        try:
            sizes = {part["PartNumber"]: int(part["Size"]) for part in self._parts(name, state)}
        except (UploadGone, FileNotFoundError):
            return None
        number = done = 0
        while sizes.get(number + 1) == self.piece:
            number, done = number + 1, done + self.piece
        return done

    def send(self, name: str, state: Plain, start: int, data: bytes, size: int) -> Plain:
        """Send a part."""
        del size
        try:
            self._write(
                lambda: self._client.upload_part(
                    **self._at(name),
                    UploadId=str(state["upload"]),
                    PartNumber=start // self.piece + 1,
                    Body=data,
                    ContentMD5=content_md5(data),
                ),
                name,
            )
        except UploadGone:  # aborted by a rule of the bucket, or by somebody: the next attempt begins anew
            raise Unreachable("the upload is gone", what="store", location=self.location) from None
        return state

    def finish(self, name: str, state: Plain, size: int, digest: str) -> None:
        """Make a file of the parts."""
        del size, digest
        parts = [{"PartNumber": part["PartNumber"], "ETag": part["ETag"]} for part in self._parts(name, state)]
        try:
            self._write(
                lambda: self._client.complete_multipart_upload(
                    **self._at(name),
                    UploadId=str(state["upload"]),
                    MultipartUpload={"Parts": parts},  # type: ignore[typeddict-item]
                ),
                name,
            )
        except UploadGone:  # completed by a request whose answer was lost: whoever sends looks at what is there
            return

    def drop(self, name: str, state: Plain) -> None:
        """Abort the upload. Its parts are paid for until then, and by themselves they never expire: only a rule of the
        bucket (``AbortIncompleteMultipartUpload``) would end it. A part that is still on its way may arrive behind the
        first request (Amazon's reference, "AbortMultipartUpload"): so it is asked whether anything stayed.
        """
        with contextlib.suppress(UploadGone, FileNotFoundError):
            for _ in range(_ABORTS):
                self._write(
                    lambda: self._client.abort_multipart_upload(**self._at(name), UploadId=str(state["upload"])), name
                )
                if not self._parts(name, state):
                    return

    def read(self, name: str) -> bytes:
        """A small file's bytes."""
        try:
            return self._ask(lambda: self._bucket.read(self._client.get_object(**self._at(name))["Body"]), name)
        except FileNotFoundError:
            raise DestinationMissing("not found", location=self.location, what="file") from None

    def remove(self, name: str) -> None:
        """Remove a file; a missing one is no error."""
        self._write(lambda: self._client.delete_object(**self._at(name)), name)

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def _at(self, name: str) -> Any:
        return {"Bucket": self._bucket.name, "Key": self._bucket.base + name}

    def _encryption(self) -> Any:
        wanted = self._bucket.place.encryption
        if wanted.startswith("aws:kms"):
            key = wanted.removeprefix("aws:kms").removeprefix(":")
            return {"ServerSideEncryption": "aws:kms", **({"SSEKMSKeyId": key} if key else {})}
        return {"ServerSideEncryption": wanted} if wanted else {}

    def _parts(self, name: str, state: Plain) -> list[Any]:
        parts: list[Any] = []
        marker = 0
        while True:
            page = self._ask(
                lambda marker=marker: self._client.list_parts(  # type: ignore[misc]
                    **self._at(name), UploadId=str(state["upload"]), PartNumberMarker=marker, MaxParts=_PAGE
                ),
                name,
            )
            found = page.get("Parts", [])
            parts += found
            if not page.get("IsTruncated") or not found:
                return parts
            marker = int(found[-1]["PartNumber"])

    def _write(self, work: Callable[[], T], name: str) -> T:
        try:
            return self._ask(work, name, writes=True)
        except FileExistsError:
            raise DestinationTaken("another file is there", location=self.location, name=name) from None

    def _ask(self, work: Callable[[], T], name: str = "", *, writes: bool = False) -> T:
        """Ask the bucket; what is said of vaults is said of destinations here."""
        try:
            return self._bucket.ask(work, name, writes=writes)
        except VaultMissing as fault:
            raise DestinationMissing(fault.detail, location=self.location, what="bucket") from fault
        except VaultUnwritable as fault:
            raise DestinationDenied(fault.detail, location=self.location) from fault
        except VaultFull as fault:
            raise DestinationFull(fault.detail, location=self.location) from fault
