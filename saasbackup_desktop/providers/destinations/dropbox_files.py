"""Dropbox: a folder of somebody's; large files by upload sessions, which stand for a week."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

import dropbox
import requests
from dropbox.exceptions import ApiError, AuthError, BadInputError, DropboxException, HttpError, RateLimitError
from dropbox.files import CommitInfo, FileMetadata, UploadSessionCursor, WriteMode

from saasbackup_desktop.core.errors import (
    CertificateRefused,
    DestinationDenied,
    DestinationFull,
    DestinationMissing,
    DestinationTaken,
    Fault,
    ProtocolBroken,
    SignInNeeded,
    Throttled,
    Unreachable,
)
from saasbackup_desktop.core.export.ports import Kept, Plain
from saasbackup_desktop.providers.destinations.sums import dropbox_hash

T = TypeVar("T")

PIECE: Final = 16 << 20
"""A multiple of 4 MiB, as sessions want it; 150 MiB at most."""
_HOST: Final = "api.dropboxapi.com"
_TIMEOUT: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DropboxPlace:
    """A folder, and the application by which we come there."""

    folder: str = ""
    """Within what the application may see; empty: all of that."""
    app_key: str
    app_secret: str = field(default="", repr=False)
    """Applications that were authorised with a code verifier (PKCE) have none."""
    refresh_token: str = field(default="", repr=False)


class DropboxStorage:
    """``core.export.ports.Storage``."""

    keeps_sha256 = False

    def __init__(
        self, place: DropboxPlace, *, piece: int = PIECE, session: requests.Session | None = None, retries: int = 4
    ) -> None:
        """Nothing is sent yet. ``session``: how requests travel; None: as Dropbox's library does it."""
        self.piece = piece
        self._place = place
        self._folder = place.folder.strip("/")
        self._client: Any = dropbox.Dropbox(
            oauth2_refresh_token=place.refresh_token,
            app_key=place.app_key,
            app_secret=place.app_secret or None,
            timeout=_TIMEOUT,
            max_retries_on_error=retries,
            max_retries_on_rate_limit=retries,
            user_agent="saasbackup",
            session=session,
        )

    @property
    def location(self) -> str:
        """``dropbox:/folder``."""
        return f"dropbox:/{self._folder}".rstrip("/") if self._folder else "dropbox:"

    def digest(self, file: Path) -> str:
        """The content hash that Dropbox tells of its files."""
        return dropbox_hash(file)

    def find(self, name: str) -> Kept | None:
        """Look whether there is a file of this name."""
        try:
            found = self._ask(lambda: self._client.files_get_metadata(self._at(name)))
        except _Absent:
            return None
        if not isinstance(found, FileMetadata):
            raise DestinationTaken("a folder is there", location=self.location, name=name)
        return Kept(int(found.size), str(found.content_hash or ""))

    def put(self, name: str, data: bytes, digest: str) -> None:
        """Send a small file whole."""
        self._ask(
            lambda: self._client.files_upload(
                data, self._at(name), mode=WriteMode.add, strict_conflict=True, mute=True, content_hash=digest
            )
        )

    def begin(self, name: str, size: int, digest: str) -> Plain:
        """Begin a session."""
        del name, size, digest
        begun = self._ask(lambda: self._client.files_upload_session_start(b""))
        return {"session": str(begun.session_id)}

    def arrived(self, name: str, state: Plain) -> int | None:
        """Offer nothing at the beginning: the service says where it stands instead."""
        del name
        cursor = UploadSessionCursor(str(state["session"]), 0)
        try:
            self._client.files_upload_session_append_v2(b"", cursor)
        except ApiError as error:
            if _is(error.error, "incorrect_offset"):
                return int(error.error.get_incorrect_offset().correct_offset)
            return None
        except (DropboxException, requests.RequestException) as error:
            raise self._fault(error) from error
        return 0

    def send(self, name: str, state: Plain, start: int, data: bytes, size: int) -> Plain:
        """Send a piece."""
        del name, size
        cursor = UploadSessionCursor(str(state["session"]), start)
        try:
            self._client.files_upload_session_append_v2(data, cursor)
        except ApiError as error:
            # An answer that was lost: the piece is there.
            if not (
                _is(error.error, "incorrect_offset")
                and error.error.get_incorrect_offset().correct_offset == start + len(data)
            ):
                raise self._fault(error) from error
        except (DropboxException, requests.RequestException) as error:
            raise self._fault(error) from error
        return state

    def finish(self, name: str, state: Plain, size: int, digest: str) -> None:
        """Make a file of the session."""
        del digest
        cursor = UploadSessionCursor(str(state["session"]), size)
        about = CommitInfo(self._at(name), mode=WriteMode.add, strict_conflict=True, mute=True)
        self._ask(lambda: self._client.files_upload_session_finish(b"", cursor, about))

    def drop(self, name: str, state: Plain) -> None:
        """Leave the session alone: there is no request that ends one. Dropbox forgets it, and what was sent with it,
        seven days after it began (its reference, "upload_session/start"); until then nobody sees any of it.
        """

    def read(self, name: str) -> bytes:
        """A small file's bytes."""
        _, answer = self._ask(lambda: self._client.files_download(self._at(name)))
        return bytes(answer.content)

    def remove(self, name: str) -> None:
        """Remove a file (it stays in Dropbox's own bin); a missing one is no error."""
        try:
            self._ask(lambda: self._client.files_delete_v2(self._at(name)))
        except _Absent:
            return

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def _at(self, name: str) -> str:
        return "/" + "/".join(filter(None, (self._folder, name)))

    def _ask(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except (DropboxException, requests.RequestException) as error:
            raise self._fault(error) from error

    def _fault(self, error: Exception) -> Fault:
        where: dict[str, str | int] = {"host": _HOST, "location": self.location}
        told = type(error).__name__
        if isinstance(error, ApiError):
            return self._refusal(error)
        if isinstance(error, AuthError):
            if "missing_scope" in str(error.error):
                return DestinationDenied(told, location=self.location)
            return SignInNeeded(told, what="destination", **where)
        if isinstance(error, RateLimitError):
            return Throttled(told, wait=float(error.backoff or 0), what="store", **where)
        if isinstance(error, requests.exceptions.SSLError):
            return CertificateRefused(told, host=_HOST, reason="authority")
        if isinstance(error, BadInputError):
            # The way in which a revoked or mistyped application is refused.
            stranger = "invalid_client" in str(error.body) or "client_id" in str(error.body)
            fault = SignInNeeded if stranger else ProtocolBroken
            return fault(told, what="destination", **where)
        if isinstance(error, HttpError) and error.status_code < 500:
            return ProtocolBroken(f"{told}: {error.status_code}", what="destination", **where)
        return Unreachable(told, what="store", **where)

    def _refusal(self, error: ApiError) -> Fault:
        """By the words of the service's own unions of errors."""
        said = str(error.error)
        if "insufficient_space" in said:
            return DestinationFull("insufficient_space", location=self.location)
        if "'conflict'" in said:
            return DestinationTaken("conflict", location=self.location, name="")
        if "too_many_write_operations" in said or "upload_traffic_limit_reached" in said:
            return Throttled("too many writes", wait=0.0, what="store", host=_HOST)
        if "no_write_permission" in said or "access_restricted" in said:
            return DestinationDenied("not allowed", location=self.location)
        if "not_found" in said:
            return _Absent("not found", location=self.location, what="folder")
        return ProtocolBroken(type(error.error).__name__, what="destination", host=_HOST, location=self.location)


class _Absent(DestinationMissing):
    """The file is not there."""


def _is(said: Any, tag: str) -> bool:
    return bool(getattr(said, f"is_{tag}", lambda: False)())
