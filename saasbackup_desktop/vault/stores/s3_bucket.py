"""The way to a bucket: a client of boto3, asked with patience, whose failures become ours."""

import errno
import functools
import io
import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

import boto3
from botocore import exceptions as boto
from botocore.config import Config
from botocore.loaders import Loader, create_loader
from botocore.session import Session

from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.traffic import Traffic, unlimited
from saasbackup_desktop.vault.stores import s3_faults as faults
from saasbackup_desktop.vault.stores.retrying import Patience, retrying
from saasbackup_desktop.vault.stores.s3_place import S3Keys, S3Place

if TYPE_CHECKING:
    from botocore.config import _S3Dict
    from botocore.response import StreamingBody
    from mypy_boto3_s3 import S3Client

T = TypeVar("T")

_CONNECTIONS: Final = 16
_DEFAULT_REGION: Final = "us-east-1"


class OutOfRange(Exception):
    """The file ends before what was asked for."""


class UploadGone(Exception):
    """The upload in parts is not known: it was completed by a request whose answer was lost, or somebody aborted it."""


class PacedBody(io.BytesIO):
    """Bytes to send, given out when they may go."""

    def __init__(self, data: bytes, traffic: Traffic) -> None:
        super().__init__(data)
        self._traffic = traffic

    def read(self, size: int | None = -1, /) -> bytes:
        """So many of them, when they may go."""
        piece = super().read(size)
        for step in self._traffic.pieces(piece):
            self._traffic.take(len(step))
        return piece


class Bucket:
    """One bucket, asked by one client. Thread-safe."""

    def __init__(
        self,
        place: S3Place,
        keys: S3Keys | None,
        patience: Patience,
        timeout: float,
        traffic: Traffic | None = None,
    ) -> None:
        """``timeout``: seconds without a byte. Raises Misconfigured; nothing is sent yet."""
        self.place = place
        self.name = place.bucket
        self.base = f"{place.prefix}/" if place.prefix else ""
        self.timeout = timeout
        self._keys = keys
        self.patience = patience
        self.traffic = traffic or unlimited()
        self.client = self._new_client()
        self.client.meta.events.register("before-send.s3", self._pace)

    def ask(self, work: Callable[[], T], name: str = "", *, writes: bool = False) -> T:
        """Ask the server, again if it fails for a moment.

        Raises Fault; FileNotFoundError, FileExistsError, OutOfRange and UploadGone where the server says so.
        """
        return retrying(self.patience, lambda: self._ask_once(work, name, writes), faults.is_passing)

    def read(self, body: "StreamingBody") -> bytes:
        """Read a body to its end, no faster than the traffic allows."""
        if self.traffic.limit is None:
            data: bytes = body.read()
            return data
        pieces: list[bytes] = []
        while True:
            step = self.traffic.step
            piece = body.read(step)
            if not piece:
                return b"".join(pieces)
            self.traffic.take(len(piece))
            pieces.append(piece)

    def _pace(self, request: Any, **_: Any) -> None:
        """Send a body no faster than the traffic allows; it is signed already."""
        if type(request.body) is io.BytesIO and self.traffic.limit is not None:
            request.body = PacedBody(request.body.getvalue(), self.traffic)

    def access_key(self) -> str:
        """The public half of who we say we are. Raises SignInNeeded if there is none."""
        if self._keys is not None:
            return self._keys.access_key
        try:
            found = self._session().get_credentials()
        except faults.FOREIGN as error:
            raise faults.fault_of(error, self.place) from error
        if found is None:
            raise faults.fault_of(boto.NoCredentialsError(), self.place)
        return found.get_frozen_credentials().access_key or ""

    def _ask_once(self, work: Callable[[], T], name: str, writes: bool) -> T:
        try:
            return work()
        except faults.FOREIGN as error:
            if faults.is_one_of(error, faults.NO_RANGE):
                raise OutOfRange from error
            if faults.is_one_of(error, faults.NO_UPLOAD):
                raise UploadGone from error
            if faults.is_one_of(error, faults.NO_FILE):
                raise FileNotFoundError(errno.ENOENT, "no such file", name) from error
            if faults.is_one_of(error, faults.TAKEN):
                raise FileExistsError(errno.EEXIST, "already there", name) from error
            raise faults.fault_of(error, self.place, writes=writes) from error

    def _session(self) -> boto3.Session:
        if self._keys is None:
            core = _core(self.place.profile or None)
            return boto3.Session(profile_name=self.place.profile or None, botocore_session=core)
        return boto3.Session(
            aws_access_key_id=self._keys.access_key,
            aws_secret_access_key=self._keys.secret_key,
            aws_session_token=self._keys.token or None,
            botocore_session=_core(None),
        )

    def _new_client(self) -> "S3Client":
        place = self.place
        if place.ca_file:
            _require_certificates(place.ca_file)
        style: _S3Dict = {"addressing_style": place.style}  # type: ignore[typeddict-item]
        try:
            session = self._session()
            return session.client(
                "s3",
                region_name=place.region or session.region_name or _DEFAULT_REGION,
                endpoint_url=place.endpoint or None,
                verify=place.ca_file or None,
                config=Config(
                    connect_timeout=min(10.0, self.timeout),
                    read_timeout=self.timeout,
                    max_pool_connections=_CONNECTIONS,
                    retries={"total_max_attempts": 1, "mode": "standard"},
                    s3=style,
                    # Many servers other than Amazon's refuse checksums that trail the body.
                    request_checksum_calculation="when_required",
                    response_checksum_validation="when_required",
                    tcp_keepalive=True,
                    user_agent_extra="saasbackup",
                ),
            )
        except (*faults.FOREIGN, ValueError) as error:
            raise faults.fault_of(error, place) from error


def _core(profile: str | None) -> Session:
    core = Session(profile=profile)
    models = _models(core.get_config_variable("data_path"))
    core.register_component("data_loader", models)
    models.search_paths[:] = dict.fromkeys(models.search_paths)  # every session of boto3 adds its folder again
    return core


@functools.cache
def _models(path: str | None) -> Loader:
    """What is known of services, read once for all clients: reading it is most of what a client takes to make."""
    return create_loader(path)


def _require_certificates(file: str) -> None:
    """Find out now, not in the middle of a connection. Raises Misconfigured."""
    try:
        ssl.create_default_context(cafile=file)
    except (OSError, ssl.SSLError) as error:
        raise Misconfigured("not a certificate file", what="bad-ca-file", name=file) from error
