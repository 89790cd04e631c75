"""Azure Blob Storage: a container, and a folder in it; large files as blocks (Put Block, Put Block List)."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from azure.core import MatchConditions
from azure.core.credentials import AzureNamedKeyCredential, AzureSasCredential
from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    IncompleteReadError,
    ResourceExistsError,
    ResourceNotFoundError,
    ServiceRequestError,
    ServiceResponseError,
)
from azure.storage.blob import BlobBlock, BlobClient, BlobServiceClient

from saasbackup_desktop.core.errors import (
    ClockSkewed,
    Denied,
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

T = TypeVar("T")

PIECE: Final = 8 << 20
"""50,000 blocks of it are 400 GB."""
_DIGEST: Final = "sha256"
_EMPTIED: Final = "unfinished"
"""Marks an empty blob that is there for a moment, to have blocks forgotten."""
_OURS: Final = 20
"""Characters of a block's id that stand for 15 of the digest's."""
_STRANGER: Final = frozenset(("AuthenticationFailed", "InvalidAuthenticationInfo", "NoAuthenticationInformation"))
_FULL: Final = frozenset(("InsufficientAccountQuota", "AccountIsDisabled", "BlobAccessTierNotSupportedForAccountType"))
_BUSY: Final = frozenset(("ServerBusy", "IngressExceedsAccountLimit", "OperationTimedOut"))


@dataclass(frozen=True, slots=True, kw_only=True)
class AzurePlace:
    """A container, who we are there, and a folder in it."""

    account: str
    container: str
    folder: str = ""
    endpoint: str = ""
    """``https://ACCOUNT.blob.core.windows.net`` unless it is told otherwise: other clouds have other names."""
    key: str = field(default="", repr=False)
    """An account key; or
    """
    sas: str = field(default="", repr=False)
    """a shared access signature for the container: create, write, read, delete."""

    @property
    def url(self) -> str:
        """Whom requests go to."""
        return self.endpoint or f"https://{self.account}.blob.core.windows.net"


class AzureStorage:
    """``core.export.ports.Storage``."""

    keeps_sha256 = True

    def __init__(self, place: AzurePlace, *, piece: int = PIECE, retries: int = 3) -> None:
        """Raises Misconfigured; nothing is sent yet."""
        self.piece = piece
        self._place = place
        credential = AzureNamedKeyCredential(place.account, place.key) if place.key else AzureSasCredential(place.sas)
        try:
            service = BlobServiceClient(
                place.url, credential=credential, connection_timeout=20, read_timeout=60, retry_total=retries
            )
            self._container = service.get_container_client(place.container)
        except ValueError:
            raise Misconfigured("not an address of Azure's", what="bad-endpoint", name=place.url) from None

    @property
    def location(self) -> str:
        """``azure://account/container/folder``."""
        return "/".join(filter(None, (f"azure://{self._place.account}", self._place.container, self._place.folder)))

    def digest(self, file: Path) -> str:
        """SHA-256, kept with each file as metadata."""
        return sha256(file)

    def find(self, name: str) -> Kept | None:
        """Look whether there is a file of this name."""
        try:
            found = self._ask(lambda: self._blob(name).get_blob_properties())
        except _Absent:
            self._require_container()
            return None
        if not found.size and _EMPTIED in (found.metadata or {}):  # what dropped blocks was cut off in between
            self._remove_emptied(name, str(found.etag))
            return None
        return Kept(int(found.size), str((found.metadata or {}).get(_DIGEST, "")))

    def put(self, name: str, data: bytes, digest: str) -> None:
        """Send a small file whole."""
        self._ask(lambda: self._blob(name).upload_blob(data, metadata={_DIGEST: digest}, overwrite=False))

    def begin(self, name: str, size: int, digest: str) -> Plain:
        """Nothing needs to be said: blocks carry the digest in their names."""
        del name, size, digest
        return {}

    def arrived(self, name: str, state: Plain) -> int | None:
        """The blocks from the beginning that the service has and nobody has committed."""
        try:
            _, waiting = self._ask(lambda: self._blob(name).get_block_list("uncommitted"))
        except _Absent:
            return None
        sizes = {block.id: block.size for block in waiting}
        number = done = 0
        while (id := _block_id(str(state.get("digest")), number)) in sizes and sizes[id] == self.piece:
            number, done = number + 1, done + self.piece
        return done

    def send(self, name: str, state: Plain, start: int, data: bytes, size: int) -> Plain:
        """Send a block."""
        del size
        digest = str(state["digest"])
        id = _block_id(digest, start // self.piece)
        self._ask(lambda: self._blob(name).stage_block(id, data, length=len(data)))
        return state

    def finish(self, name: str, state: Plain, size: int, digest: str) -> None:
        """Commit all blocks."""
        del state
        blocks = [BlobBlock(_block_id(digest, number)) for number in range(-(-size // self.piece))]
        self._ask(lambda: self._blob(name).commit_block_list(blocks, metadata={_DIGEST: digest}))

    def drop(self, name: str, state: Plain) -> None:
        """Have the blocks forgotten, as those are that a committed list does not name (Azure's reference, "Put Block"):
        an empty list is committed, and the empty blob removed. By themselves they would be forgotten after a week.

        Nothing is done where a file has come to be meanwhile, or where somebody else's blocks wait under this name.
        """
        ours = _block_id(str(state.get("digest")), 0)[:_OURS]
        try:
            _, waiting = self._ask(lambda: self._blob(name).get_block_list("uncommitted"))
            if not waiting or not all(str(block.id).startswith(ours) for block in waiting):
                return
            put = self._ask(
                lambda: self._blob(name).commit_block_list(
                    [], metadata={_EMPTIED: "1"}, match_condition=MatchConditions.IfMissing
                )
            )
        except (_Absent, DestinationTaken):
            return
        self._remove_emptied(name, str(put["etag"]))

    def _remove_emptied(self, name: str, etag: str) -> None:
        """Remove a blob if it is still this one."""
        try:
            self._ask(lambda: self._blob(name).delete_blob(etag=etag, match_condition=MatchConditions.IfNotModified))
        except (_Absent, DestinationTaken):
            return

    def read(self, name: str) -> bytes:
        """A small file's bytes."""
        return self._ask(lambda: bytes(self._blob(name).download_blob().readall()))

    def remove(self, name: str) -> None:
        """Remove a file; a missing one is no error."""
        try:
            self._ask(lambda: self._blob(name).delete_blob())
        except _Absent:
            return

    def close(self) -> None:
        """Let go of connections."""
        self._container.close()

    def _blob(self, name: str) -> BlobClient:
        return self._container.get_blob_client("/".join(filter(None, (self._place.folder, name))))

    def _require_container(self) -> None:
        """Tell a missing file from a missing container, where the signature allows the question."""
        try:
            self._ask(lambda: next(iter(self._container.list_blob_names(results_per_page=1)), None))
        except (DestinationDenied, Denied):
            return
        except _Absent:
            raise self._missing() from None

    def _ask(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except AzureError as error:
            raise self._fault(error) from error

    def _missing(self) -> DestinationMissing:
        return DestinationMissing("no such container", location=self.location, what="container")

    def _fault(self, error: AzureError) -> Exception:
        code = str(getattr(error, "error_code", "") or "").rpartition(".")[2]
        status = int(getattr(error, "status_code", 0) or 0)
        where: dict[str, str | int] = {"host": self._place.url.partition("://")[2], "location": self.location}
        told = f"{type(error).__name__}: {code}"
        if code == "ContainerNotFound":
            return self._missing()
        if isinstance(error, ResourceNotFoundError):
            return _Absent()
        if isinstance(error, ResourceExistsError) and code in ("BlobAlreadyExists", "ConditionNotMet", ""):
            return DestinationTaken(told, location=self.location, name="")
        if "RequestDateTooFarInPast" in told or "Request date header too old" in str(error):
            return ClockSkewed(told, host=where["host"], seconds=0)
        if code in _STRANGER or status == 401 or (isinstance(error, ClientAuthenticationError) and not code):
            return SignInNeeded(told, what="destination", **where)
        if status == 403 or isinstance(error, ClientAuthenticationError):
            return DestinationFull(told, **where) if code in _FULL else DestinationDenied(told, **where)
        if code in _FULL or status == 507:
            return DestinationFull(told, **where)
        if code in _BUSY or status in (429, 503):
            return Throttled(told, wait=0.0, what="store", **where)
        if isinstance(error, ServiceRequestError | ServiceResponseError | IncompleteReadError) or status >= 500:
            return Unreachable(told, what="store", **where)
        if isinstance(error, HttpResponseError):
            return ProtocolBroken(told, what="destination", **where)
        return Unreachable(told, what="store", **where)


class _Absent(Fault):
    """The file is not there."""


def _block_id(digest: str, number: int) -> str:
    """All ids of one file are equally long; another file's blocks of the same name are not mistaken for ours."""
    return base64.b64encode(f"{digest[:16]}-{number:06}".encode()).decode()
