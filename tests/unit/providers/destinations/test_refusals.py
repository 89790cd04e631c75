"""Wrong keys, and places that are not there, each with its own fault; no key is seen in any of them."""

from contextlib import ExitStack
from dataclasses import replace

import pytest
import requests
from box_sdk_gen.networking.base_urls import BaseUrls
from box_sdk_gen.networking.network import NetworkSession

from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.export.ports import Storage
from saasbackup_desktop.providers.destinations.azure import AzurePlace, AzureStorage
from saasbackup_desktop.providers.destinations.box_files import BoxPlace, BoxStorage
from saasbackup_desktop.providers.destinations.dropbox_files import DropboxPlace, DropboxStorage
from saasbackup_desktop.providers.destinations.google import GooglePlace, GoogleStorage
from saasbackup_desktop.providers.destinations.remote import Remote
from saasbackup_desktop.vault.stores.s3_outlet import S3Outlet
from saasbackup_desktop.vault.stores.s3_place import S3Keys
from tests.servers import azurite
from tests.servers.buckets import IMPATIENT, S3Server
from tests.servers.storage_services import Box, Dropbox, GoogleCloudStorage
from tests.servers.web import served
from tests.unit.providers.destinations.conftest import ToSimulator

WRONG = "d3JvbmcgYnV0IHdlbGwgZm9ybWVk"


def first_failure(storage: Storage) -> str:
    """Try the place out: what is the matter. Nothing of a key may be told."""
    found = Remote(storage).try_out()[-1]
    assert WRONG not in repr(found)
    storage.close()
    return found.code


def test_azure(azure_service: azurite.Azurite) -> None:
    place = AzurePlace(account=azurite.ACCOUNT, container="nowhere", endpoint=azure_service.endpoint, key=azurite.KEY)
    assert azurite.KEY not in repr(place)
    assert first_failure(AzureStorage(place)) == "destination-missing"
    # Azure itself says AuthenticationFailed; its emulator AuthorizationFailure, which at Azure is a lack of rights.
    refused = ("sign-in-needed", "destination-denied")
    assert first_failure(AzureStorage(replace(place, key=WRONG))) in refused
    assert first_failure(AzureStorage(replace(place, key="", sas=f"sv=2024-01-01&sig={WRONG}"))) in refused


def test_s3(ceph: S3Server) -> None:
    place = ceph.bucket()
    elsewhere = replace(place, bucket="nowhere-at-all")
    assert first_failure(S3Outlet(elsewhere, ceph.keys, patience=IMPATIENT)) == "destination-missing"
    wrong = S3Keys(ceph.keys.access_key, WRONG)
    assert first_failure(S3Outlet(place, wrong, patience=IMPATIENT)) in ("sign-in-needed", "denied")


def test_google() -> None:
    with ExitStack() as stack:
        service = GoogleCloudStorage()
        service.address = stack.enter_context(served(service, None))
        place = GooglePlace(bucket="nowhere", endpoint=service.address)
        assert first_failure(GoogleStorage(place)) == "destination-missing"
    for key in ("not JSON", "{}", '{"type": "service_account", "private_key": "' + WRONG + '"}'):
        with pytest.raises(Misconfigured) as caught:
            GoogleStorage(replace(place, key=key))
        assert WRONG not in repr(caught.value)


def test_dropbox() -> None:
    with ExitStack() as stack:
        service = Dropbox()
        session = requests.Session()
        session.mount("https://", ToSimulator(stack.enter_context(served(service, None))))
        place = DropboxPlace(app_key=service.app_key, refresh_token=WRONG)
        assert WRONG not in repr(place)
        assert first_failure(DropboxStorage(place, session=session, retries=0)) == "sign-in-needed"


def test_box() -> None:
    with ExitStack() as stack:
        service = Box()
        address = stack.enter_context(served(service, None))
        urls = BaseUrls(base_url=address, upload_url=f"{address}/api", oauth_2_url=f"{address}/oauth2")
        network = NetworkSession(base_urls=urls)
        place = BoxPlace(client_id=service.client_id, client_secret=WRONG, enterprise="1")
        assert WRONG not in repr(place)
        assert first_failure(BoxStorage(place, network=network)) == "sign-in-needed"
        right = replace(place, client_secret=service.client_secret, folder_id="77")
        assert first_failure(BoxStorage(right, network=network)) == "destination-missing"


def test_nobody_answers() -> None:
    nobody = "http://127.0.0.1:1"
    place = AzurePlace(account="nobody", container="c", endpoint=f"{nobody}/nobody", key=WRONG)
    assert first_failure(AzureStorage(place, retries=0)) == "unreachable"
    assert first_failure(GoogleStorage(GooglePlace(bucket="b", endpoint=nobody), tries=0)) == "unreachable"
