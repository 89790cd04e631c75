"""Box: a folder of an enterprise or of a person; files of 20 MB and more by upload sessions."""

import base64
import contextlib
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Final, TypeVar

import requests
from box_sdk_gen.box.ccg_auth import BoxCCGAuth, CCGConfig
from box_sdk_gen.box.errors import BoxAPIError, BoxSDKError
from box_sdk_gen.client import BoxClient
from box_sdk_gen.managers.folders import CreateFolderParent
from box_sdk_gen.managers.uploads import UploadFileAttributes, UploadFileAttributesParentField
from box_sdk_gen.networking.network import NetworkSession
from box_sdk_gen.schemas.file_full import FileFull
from box_sdk_gen.schemas.folder_mini import FolderMini
from box_sdk_gen.schemas.upload_part import UploadPart

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
from saasbackup_desktop.providers.destinations.sums import sha1

T = TypeVar("T")

WHOLE: Final = 20_000_000
"""Sessions are for files that are not smaller than this (Box's developer guide, "Chunked upload")."""
_HOST: Final = "api.box.com"
_FIELDS: Final = ["id", "type", "name", "size", "sha1"]
_PAGE: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxPlace:
    """A folder, and the application by which we come there (client credentials)."""

    client_id: str
    client_secret: str = field(repr=False)
    enterprise: str = ""
    """The enterprise whose service account we are; or
    """
    user: str = ""
    """the person whom we act for."""
    folder_id: str = "0"
    """``0``: all that this account has."""


class BoxStorage:
    """``core.export.ports.Storage``."""

    keeps_sha256 = False

    def __init__(self, place: BoxPlace, *, whole: int = WHOLE, network: NetworkSession | None = None) -> None:
        """Nothing is sent yet. ``network``: how requests travel; None: as Box's library does it."""
        self.piece = whole
        self._place = place
        config = CCGConfig(
            client_id=place.client_id,
            client_secret=place.client_secret,
            enterprise_id=place.enterprise or None,
            user_id=place.user or None,
        )
        self._client = BoxClient(auth=BoxCCGAuth(config=config), network_session=network)
        self._folders: dict[str, str] = {"": place.folder_id}

    @property
    def location(self) -> str:
        """``box:/folder/ID``."""
        return f"box:/folder/{self._place.folder_id}"

    def digest(self, file: Path) -> str:
        """The SHA-1 that Box tells of its files."""
        return sha1(file)

    def find(self, name: str) -> Kept | None:
        """Look whether there is a file of this name."""
        found = self._file(name)
        return None if found is None else Kept(int(found.size or 0), str(found.sha_1 or ""))

    def put(self, name: str, data: bytes, digest: str) -> None:
        """Send a small file whole."""
        folder, _, last = name.rpartition("/")
        into = self._folder(folder)
        about = UploadFileAttributes(last, UploadFileAttributesParentField(into))
        self._ask(lambda: self._client.uploads.upload_file(about, BytesIO(data), content_md_5=digest))

    def begin(self, name: str, size: int, digest: str) -> Plain:
        """Begin a session; the service says how large pieces are."""
        del digest
        folder, _, last = name.rpartition("/")
        into = self._folder(folder)
        begun = self._ask(lambda: self._client.chunked_uploads.create_file_upload_session(into, size, last))
        return {"session": str(begun.id), "piece": int(begun.part_size or self.piece)}

    def arrived(self, name: str, state: Plain) -> int | None:
        """The pieces from the beginning that the service has."""
        del name
        try:
            parts = self._parts(str(state["session"]))
        except _Absent:
            return None
        done = 0
        for part in parts:
            if int(part.offset or 0) != done:
                break
            done += int(part.size or 0)
        return done

    def send(self, name: str, state: Plain, start: int, data: bytes, size: int) -> Plain:
        """Send a piece."""
        del name
        span = f"bytes {start}-{start + len(data) - 1}/{size}"
        digest = _header(hashlib.sha1(data, usedforsecurity=False).digest())
        session = str(state["session"])
        self._ask(lambda: self._client.chunked_uploads.upload_file_part(session, BytesIO(data), digest, span))
        return state

    def finish(self, name: str, state: Plain, size: int, digest: str) -> None:
        """Make a file of the session."""
        del name, size
        session = str(state["session"])
        parts = self._parts(session)
        whole = _header(bytes.fromhex(digest))
        self._ask(lambda: self._client.chunked_uploads.create_file_upload_session_commit(session, parts, whole))

    def drop(self, name: str, state: Plain) -> None:
        """Abort the session, and all that was sent with it (Box's reference, "Abort upload session"). By itself it
        would expire at the moment that Box names when it begins (``session_expires_at``).
        """
        del name
        with contextlib.suppress(_Absent):
            self._ask(lambda: self._client.chunked_uploads.delete_file_upload_session_by_id(str(state["session"])))

    def read(self, name: str) -> bytes:
        """A small file's bytes."""
        found = self._file(name)
        if found is None:
            raise DestinationMissing("not found", location=self.location, what="file")
        stream = self._ask(lambda: self._client.downloads.download_file(found.id))
        return b"" if stream is None else bytes(stream.read())

    def remove(self, name: str) -> None:
        """Remove a file (it stays in Box's own bin); a missing one is no error."""
        found = self._file(name)
        if found is not None:
            self._ask(lambda: self._client.files.delete_file_by_id(found.id))

    def close(self) -> None:
        """The library keeps one session for all; there is nothing of ours to let go of."""

    def _parts(self, session: str) -> list[UploadPart]:
        parts: list[UploadPart] = []
        while True:
            offset = len(parts)
            page = self._ask(
                lambda offset=offset: self._client.chunked_uploads.get_file_upload_session_parts(  # type: ignore[misc]
                    session, offset=offset, limit=_PAGE
                )
            )
            found = list(page.entries or ())
            parts += found
            if len(found) < _PAGE:
                return sorted(parts, key=lambda part: int(part.offset or 0))

    def _file(self, name: str) -> FileFull | None:
        folder, _, last = name.rpartition("/")
        within = self._within(folder)
        if within is None:
            return None
        found = self._entry(within, last)
        if isinstance(found, FolderMini):
            raise DestinationTaken("a folder is there", location=self.location, name=name)
        return found

    def _within(self, path: str) -> str | None:
        """The id of a folder of ours; None if there is none."""
        if path in self._folders:
            return self._folders[path]
        above, _, last = path.rpartition("/")
        within = self._within(above)
        found = None if within is None else self._entry(within, last)
        if not isinstance(found, FolderMini):
            return None
        self._folders[path] = found.id
        return found.id

    def _folder(self, path: str) -> str:
        """The id of a folder of ours, made if it is not there."""
        found = self._within(path)
        if found is None:
            above, _, last = path.rpartition("/")
            parent = CreateFolderParent(self._folder(above))
            found = self._folders[path] = self._ask(lambda: self._client.folders.create_folder(last, parent)).id
        return found

    def _entry(self, folder: str, name: str) -> FileFull | FolderMini | None:
        marker: str | None = None
        while True:
            page = self._ask(
                lambda marker=marker: self._client.folders.get_folder_items(  # type: ignore[misc]
                    folder, fields=_FIELDS, usemarker=True, marker=marker, limit=_PAGE
                )
            )
            for one in page.entries or ():
                if isinstance(one, FileFull | FolderMini) and one.name == name:
                    return one
            marker = page.next_marker or None
            if marker is None:
                return None

    def _ask(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except BoxAPIError as error:
            raise self._refusal(error) from error
        except BoxSDKError as error:
            cause = error.error if error.error is not None else error.__cause__
            if isinstance(cause, requests.exceptions.SSLError):
                raise CertificateRefused(type(cause).__name__, host=_HOST, reason="authority") from error
            raise Unreachable(type(error).__name__, host=_HOST, what="store") from error
        except requests.RequestException as error:
            raise Unreachable(type(error).__name__, host=_HOST, what="store") from error

    def _refusal(self, error: BoxAPIError) -> Fault:
        answer = error.response_info
        status, code = answer.status_code, str(answer.code or (answer.body or {}).get("error") or "")
        where: dict[str, str | int] = {"host": _HOST, "location": self.location}
        told = f"{status}: {code}"
        if status == 401 or code in ("invalid_grant", "invalid_client", "unauthorized_client"):
            return SignInNeeded(told, what="destination", **where)
        if code == "storage_limit_exceeded" or status == 507:
            return DestinationFull(told, location=self.location)
        if status == 403:
            return DestinationDenied(told, location=self.location)
        if status == 404:
            return _Absent(told, location=self.location, what="folder")
        if status == 409:
            return DestinationTaken(told, location=self.location, name="")
        if status == 429:
            return Throttled(told, wait=0.0, what="store", **where)
        if status >= 500:
            return Unreachable(told, what="store", **where)
        return ProtocolBroken(told, what="destination", **where)


class _Absent(DestinationMissing):
    """It is not there."""


def _header(digest: bytes) -> str:
    return f"sha={base64.b64encode(digest).decode()}"
