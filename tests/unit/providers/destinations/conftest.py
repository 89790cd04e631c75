"""Services to send files to: real ones and official emulators where there are any, else what documentation tells."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from azure.core.credentials import AzureNamedKeyCredential
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import BlobServiceClient
from box_sdk_gen.networking.base_urls import BaseUrls
from box_sdk_gen.networking.network import NetworkSession
from box_sdk_gen.networking.retries import BoxRetryStrategy
from requests.adapters import HTTPAdapter

from saasbackup_desktop.core.export.ports import Storage
from saasbackup_desktop.providers.destinations.azure import AzurePlace, AzureStorage
from saasbackup_desktop.providers.destinations.box_files import BoxPlace, BoxStorage
from saasbackup_desktop.providers.destinations.dropbox_files import DropboxPlace, DropboxStorage
from saasbackup_desktop.providers.destinations.google import GooglePlace, GoogleStorage
from saasbackup_desktop.vault.stores.s3_outlet import S3Outlet
from tests.servers import azurite
from tests.servers.buckets import IMPATIENT, S3Server
from tests.servers.storage_services import Box, Dropbox, GoogleCloudStorage, Service
from tests.servers.web import served

PIECE = 256 << 10


@dataclass
class Place:
    """A service that takes files, and what opens it (again)."""

    open: Callable[[], Storage]
    piece: int
    whole: int
    service: Service | None = None
    """What the test can make it say."""
    key: str = ""
    """What must not be seen in a fault."""
    pending: Callable[[str], int] | None = None
    """How many uploads under a name the service keeps pieces of, asked behind our back; None: it never ends one."""


class ToSimulator(HTTPAdapter):
    """Requests to a service's own address arrive here instead."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address

    def send(self, request: requests.PreparedRequest, *more: Any, **rest: Any) -> requests.Response:  # type: ignore[override]
        assert request.url is not None
        request.url = self._address + "/" + request.url.split("/", 3)[3]
        return super().send(request, *more, **rest)


@pytest.fixture(scope="session")
def azure_service() -> Iterator[azurite.Azurite]:
    """Azure's own emulator."""
    if not azurite.Azurite.is_there():
        pytest.skip("SERVER MISSING: .tools/node has no azurite (make test installs it); nothing was proven")
    with azurite.Azurite() as server:
        yield server


def s3(server: S3Server) -> Place:
    """A bucket; real servers want parts of 5 MiB."""
    place, piece = server.bucket(prefix="exports"), 5 << 20

    def pending(name: str) -> int:
        client = server.client()
        found = client.list_multipart_uploads(Bucket=place.bucket).get("Uploads", [])
        client.close()
        return sum(one["Key"] == f"exports/{name}" for one in found)

    def opened() -> Storage:
        return S3Outlet(place, server.keys, piece=piece, patience=IMPATIENT)

    return Place(opened, piece, piece, pending=pending)


def azure(server: azurite.Azurite) -> Place:
    """A container."""
    name = f"c{secrets.token_hex(4)}"
    key = AzureNamedKeyCredential(azurite.ACCOUNT, azurite.KEY)
    with BlobServiceClient(server.endpoint, credential=key) as client:
        client.create_container(name)
    place = AzurePlace(
        account=azurite.ACCOUNT, container=name, folder="exports", endpoint=server.endpoint, key=azurite.KEY
    )

    def pending(name: str) -> int:
        with BlobServiceClient(server.endpoint, credential=key) as client:
            try:
                blocks = client.get_blob_client(place.container, f"exports/{name}").get_block_list("all")
            except ResourceNotFoundError:
                return 0
            return int(bool(blocks[1]))

    return Place(lambda: AzureStorage(place, piece=PIECE), PIECE, PIECE, key=azurite.KEY, pending=pending)


@pytest.fixture(params=["moto", "ceph", "azure", "google", "dropbox", "box"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """Each service in turn."""
    with ExitStack() as stack:
        if request.param in ("moto", "ceph"):
            yield s3(request.getfixturevalue(request.param))
        elif request.param == "azure":
            yield azure(request.getfixturevalue("azure_service"))
        else:
            yield _PRETENDED[request.param](stack)


@pytest.fixture(params=["google", "dropbox", "box"])
def pretended(request: pytest.FixtureRequest) -> Iterator[tuple[Place, Service]]:
    """Each service that can be made to fail."""
    with ExitStack() as stack:
        place = _PRETENDED[request.param](stack)
        assert place.service is not None
        yield place, place.service


def google(stack: ExitStack) -> Place:
    """A bucket of Google's."""
    service = GoogleCloudStorage(objects={"a-bucket": {}})
    service.address = stack.enter_context(served(service, None))
    told = GooglePlace(bucket="a-bucket", folder="exports", endpoint=service.address)

    def pending(name: str) -> int:
        open_ones = [one for one in service.uploads.values() if "done" not in one]
        return sum(one["about"]["name"] == f"exports/{name}" for one in open_ones)

    return Place(lambda: GoogleStorage(told, piece=PIECE), PIECE, PIECE, service, pending=pending)


def dropbox(stack: ExitStack) -> Place:
    """Somebody's Dropbox."""
    service = Dropbox()
    address = stack.enter_context(served(service, None))
    told = DropboxPlace(folder="exports", app_key=service.app_key, refresh_token=service.refresh_token)

    def opened() -> DropboxStorage:
        session = requests.Session()
        session.mount("https://", ToSimulator(address))
        return DropboxStorage(told, piece=PIECE, session=session, retries=0)

    return Place(opened, PIECE, PIECE, service, service.refresh_token)


def box(stack: ExitStack) -> Place:
    """An enterprise's Box."""
    service = Box(part_size=PIECE, smallest=PIECE)
    address = stack.enter_context(served(service, None))
    told = BoxPlace(client_id=service.client_id, client_secret=service.client_secret, enterprise="1")
    urls = BaseUrls(base_url=address, upload_url=f"{address}/api", oauth_2_url=f"{address}/oauth2")

    def opened() -> BoxStorage:
        network = NetworkSession(base_urls=urls, retry_strategy=BoxRetryStrategy(max_attempts=1))
        return BoxStorage(told, whole=PIECE, network=network)

    return Place(opened, PIECE, PIECE, service, service.client_secret, lambda _: len(service.sessions))


_PRETENDED = {"google": google, "dropbox": dropbox, "box": box}
