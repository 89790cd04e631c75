"""Large files in parts, and what writers that died left of them."""

import contextlib
import threading
from typing import Any

from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.vault.stores import s3_faults as faults
from saasbackup_desktop.vault.stores.s3_bucket import Bucket, UploadGone
from saasbackup_desktop.vault.stores.s3_place import content_md5


class Uploads:
    """Uploads in parts to one bucket."""

    def __init__(self, bucket: Bucket, part_size: int, stale_after: float) -> None:
        """``part_size``: bytes, 5 MiB at least where Amazon's rules hold. ``stale_after``: seconds."""
        self._bucket = bucket
        self._part_size = part_size
        self._stale_after = stale_after
        self._is_swept = False
        self._guard = threading.Lock()

    def put(self, name: str, data: bytes, extra: dict[str, Any]) -> None:
        """Send a file part by part; each is tried again alone. Raises FileExistsError, UploadGone, Fault."""
        bucket, client, key = self._bucket.name, self._bucket.client, self._bucket.base + name
        begun = self._bucket.ask(
            lambda: client.create_multipart_upload(Bucket=bucket, Key=key, **extra), name, writes=True
        )
        upload = begun["UploadId"]
        try:
            tags = [
                self._send(key, upload, number, data[start : start + self._part_size])
                for number, start in enumerate(range(0, len(data), self._part_size), 1)
            ]
            self._bucket.ask(
                lambda: client.complete_multipart_upload(
                    Bucket=bucket,
                    Key=key,
                    UploadId=upload,
                    IfNoneMatch="*",
                    MultipartUpload={"Parts": [{"PartNumber": n, "ETag": tag} for n, tag in enumerate(tags, 1)]},
                ),
                name,
                writes=True,
            )
        except UploadGone:
            raise
        except BaseException:
            with contextlib.suppress(*faults.FOREIGN):  # what stays is swept later
                client.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=upload)
            raise

    def sweep(self) -> None:
        """Abort uploads that nobody has gone on with for long, once; where that is not allowed they stay."""
        with self._guard:
            if self._is_swept:
                return
            self._is_swept = True
        ask, client, bucket = self._bucket.ask, self._bucket.client, self._bucket.name
        with contextlib.suppress(Fault, FileNotFoundError, UploadGone):  # rclone answers so when there are none
            page = ask(lambda: client.list_multipart_uploads(Bucket=bucket, Prefix=self._bucket.base))
            now = faults.server_time(page)
            for found in page.get("Uploads", ()):
                if now is not None and (now - found["Initiated"]).total_seconds() > self._stale_after:
                    self._abort(found["Key"], found["UploadId"])

    def _abort(self, key: str, upload: str) -> None:
        client, bucket = self._bucket.client, self._bucket.name
        with contextlib.suppress(UploadGone):
            self._bucket.ask(
                lambda: client.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=upload), writes=True
            )

    def _send(self, key: str, upload: str, number: int, piece: bytes) -> str:
        client, bucket, digest = self._bucket.client, self._bucket.name, content_md5(piece)
        sent = self._bucket.ask(
            lambda: client.upload_part(
                Bucket=bucket, Key=key, UploadId=upload, PartNumber=number, Body=piece, ContentMD5=digest
            ),
            writes=True,
        )
        return sent["ETag"]
