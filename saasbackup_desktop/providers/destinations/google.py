"""Google Cloud Storage: a bucket, and a folder in it; large files by resumable uploads (Google's JSON API)."""

import json
import random
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import requests
from google.auth import exceptions as auth
from google.auth.credentials import AnonymousCredentials, Credentials
from google.auth.transport.requests import AuthorizedSession
from google.oauth2 import service_account

from saasbackup_desktop.core.errors import (
    CertificateRefused,
    DestinationDenied,
    DestinationFull,
    DestinationMissing,
    DestinationTaken,
    Fault,
    Misconfigured,
    ProtocolBroken,
    SignInNeeded,
    Throttled,
    Unreachable,
)
from saasbackup_desktop.core.export.ports import Kept, Plain
from saasbackup_desktop.providers.destinations.sums import sha256

PIECE: Final = 8 << 20
"""A multiple of 256 KiB, as resumable uploads want it."""
ENDPOINT: Final = "https://storage.googleapis.com"
_SCOPE: Final = "https://www.googleapis.com/auth/devstorage.read_write"
_DIGEST: Final = "sha256"
_ABSENT: Final = 404
_CANCELLED: Final = frozenset((499, _ABSENT, 410))
_PASSING: Final = frozenset((408, 429, 500, 502, 503, 504))
_TRIES: Final = 3
"""Beyond the first; the job as a whole is tried again later."""
_TIMEOUT: Final = (20.0, 60.0)
"""Seconds until connected, and without a byte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GooglePlace:
    """A bucket, who we are there, and a folder in it."""

    bucket: str
    folder: str = ""
    endpoint: str = ENDPOINT
    key: str = field(default="", repr=False)
    """A service account's key, as Google's console gives it: JSON. Empty: whoever asks is let in."""


class GoogleStorage:
    """``core.export.ports.Storage``."""

    keeps_sha256 = True

    def __init__(self, place: GooglePlace, *, piece: int = PIECE, tries: int = _TRIES) -> None:
        """Raises Misconfigured; nothing is sent yet."""
        self.piece = piece
        self._place = place
        self._tries = tries
        self._session: requests.Session = AuthorizedSession(_credentials(place))  # type: ignore[no-untyped-call]
        self._host = place.endpoint.partition("://")[2]
        self._base = f"{place.endpoint}/storage/v1/b/{quote(place.bucket, safe='')}/o"
        self._uploads = f"{place.endpoint}/upload/storage/v1/b/{quote(place.bucket, safe='')}/o"

    @property
    def location(self) -> str:
        """``gs://bucket/folder``."""
        return "/".join(filter(None, (f"gs://{self._place.bucket}", self._place.folder)))

    def digest(self, file: Path) -> str:
        """SHA-256, kept with each file as metadata."""
        return sha256(file)

    def find(self, name: str) -> Kept | None:
        """Look whether there is a file of this name."""
        answer = self._answer("GET", self._at(name))
        if answer.status_code == _ABSENT:
            self._require_bucket()
            return None
        if not answer.ok:
            raise self._refusal(answer)
        found = answer.json()
        return Kept(int(found["size"]), str((found.get("metadata") or {}).get(_DIGEST, "")))

    def put(self, name: str, data: bytes, digest: str) -> None:
        """Send a small file whole, by a resumable upload in one piece."""
        state = {**self.begin(name, len(data), digest), "digest": digest}
        self.send(name, state, 0, data, len(data))

    def begin(self, name: str, size: int, digest: str) -> Plain:
        """Begin a resumable upload; its address stands for a week."""
        answer = self._ask(
            "POST",
            f"{self._uploads}?uploadType=resumable&ifGenerationMatch=0",
            json={"name": self._key(name), "metadata": {_DIGEST: digest}},
            headers={"x-upload-content-length": str(size), "x-upload-content-type": "application/octet-stream"},
        )
        if "location" not in answer.headers:
            raise ProtocolBroken("no upload's address", what="destination", host=self._host, location=self.location)
        return {"upload": answer.headers["location"]}

    def arrived(self, name: str, state: Plain) -> int | None:
        """Ask the service how far the upload has come."""
        del name
        answer = self._answer("PUT", str(state["upload"]), headers={"content-range": "bytes */*"})
        if answer.status_code != 308:
            return None
        told = answer.headers.get("range", "")
        return int(told.rpartition("-")[2]) + 1 if told else 0

    def send(self, name: str, state: Plain, start: int, data: bytes, size: int) -> Plain:
        """Send a piece."""
        del name
        until = start + len(data)
        span = f"bytes {start}-{until - 1}/{size}" if data else f"bytes */{size}"
        answer = self._answer("PUT", str(state["upload"]), data=data, headers={"content-range": span})
        if answer.status_code not in ((200, 201) if until == size else (308,)):
            raise self._refusal(answer)
        return state

    def finish(self, name: str, state: Plain, size: int, digest: str) -> None:
        """The last piece has made the file."""
        del name, state, size, digest

    def drop(self, name: str, state: Plain) -> None:
        """Cancel the upload (Google's guide, "Cancel a resumable upload"); by itself it would expire after a week.

        Google answers with 499, and with 404 or 410 if it does not know of it.
        """
        del name
        answer = self._answer("DELETE", str(state["upload"]), headers={"content-length": "0"})
        if not answer.ok and answer.status_code not in _CANCELLED:
            raise self._refusal(answer)

    def read(self, name: str) -> bytes:
        """A small file's bytes."""
        return self._ask("GET", f"{self._at(name)}?alt=media").content

    def remove(self, name: str) -> None:
        """Remove a file; a missing one is no error."""
        answer = self._answer("DELETE", self._at(name))
        if not answer.ok and answer.status_code != _ABSENT:
            raise self._refusal(answer)

    def close(self) -> None:
        """Let go of connections."""
        self._session.close()

    def _key(self, name: str) -> str:
        return "/".join(filter(None, (self._place.folder, name)))

    def _at(self, name: str) -> str:
        return f"{self._base}/{quote(self._key(name), safe='')}"

    def _require_bucket(self) -> None:
        """Tell a missing file from a missing bucket, where listing is allowed."""
        if self._answer("GET", f"{self._base}?maxResults=1").status_code == _ABSENT:
            raise DestinationMissing("no such bucket", location=self.location, what="bucket")

    def _ask(self, method: str, url: str, **more: Any) -> requests.Response:
        answer = self._answer(method, url, **more)
        if not answer.ok:
            raise self._refusal(answer)
        return answer

    def _answer(self, method: str, url: str, **more: Any) -> requests.Response:
        """Ask, a few times if the service cannot answer for a moment."""
        tried = 0
        while True:
            try:
                answer = self._session.request(method, url, timeout=_TIMEOUT, **more)
                if answer.status_code not in _PASSING or tried == self._tries:
                    return answer
            except (auth.RefreshError, auth.MalformedError, auth.InvalidValue) as error:
                raise SignInNeeded(type(error).__name__, what="destination", location=self.location) from error
            except requests.exceptions.SSLError as error:
                raise CertificateRefused(type(error).__name__, host=self._host, reason="authority") from error
            except (requests.RequestException, auth.TransportError) as error:
                if tried == self._tries:
                    raise Unreachable(type(error).__name__, host=self._host, what="store") from error
            tried += 1
            time.sleep(random.uniform(0, 2.0**tried))

    def _refusal(self, answer: requests.Response) -> Fault:
        status, where = answer.status_code, {"host": self._host, "location": self.location}
        reason = _reason(answer)
        told = f"{status}: {reason}"
        if status == 401:
            return SignInNeeded(told, what="destination", **where)
        if reason in ("quotaExceeded", "storageQuotaExceeded") or status == 507:
            return DestinationFull(told, location=self.location)
        if status == 429 or reason in ("rateLimitExceeded", "userRateLimitExceeded"):
            return Throttled(told, wait=0.0, what="store", **where)
        if status == 403:
            return DestinationDenied(told, location=self.location)
        if status == 404:
            return DestinationMissing(told, location=self.location, what="bucket")
        if status == 412:
            return DestinationTaken(told, location=self.location, name="")
        if status >= 500 or status in (408, 410):
            return Unreachable(told, what="store", **where)
        return ProtocolBroken(told, what="destination", **where)


def _credentials(place: GooglePlace) -> Credentials:
    if not place.key:
        return AnonymousCredentials()  # type: ignore[no-untyped-call]
    try:
        info: dict[str, Any] = json.loads(place.key)
        return service_account.Credentials.from_service_account_info(info, scopes=[_SCOPE])  # type: ignore[no-untyped-call,no-any-return]
    except (ValueError, TypeError, KeyError, auth.GoogleAuthError):
        raise Misconfigured("not a service account's key", what="bad-service-key") from None


def _reason(answer: requests.Response) -> str:
    try:
        errors = answer.json()["error"]["errors"]
        return str(errors[0]["reason"])
    except (ValueError, KeyError, IndexError, TypeError):
        return ""
