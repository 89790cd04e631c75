"""Signing in for real, over TLS, to a pretend sign-in service; and what its refusals become."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from saasbackup_desktop.core.errors import Cancelled, CertificateRefused, Misconfigured, SignInNeeded, Unreachable
from saasbackup_desktop.providers.microsoft.certificates import make_certificate
from saasbackup_desktop.providers.microsoft.cloud import Cloud, cloud_of
from saasbackup_desktop.providers.microsoft.sign_in import (
    Application,
    ApplicationSignIn,
    DelegatedSignIn,
    consent_address,
)
from saasbackup_desktop.sim.graph.app import Receive, Scope, Send
from saasbackup_desktop.sim.graph.identity import IdentityApp, SignInRefused
from saasbackup_desktop.sim.graph.tenant import Tenant
from tests.graph.stage import HandClock
from tests.servers.certificates import Authority
from tests.servers.web import served


@dataclass
class Login:
    """A login host, and how it is reached."""

    tenant: Tenant
    app: IdentityApp
    cloud: Cloud
    ca_file: str


@pytest.fixture(scope="module")
def login(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Login]:
    folder = tmp_path_factory.mktemp("login")
    authority = Authority(folder)
    tenant = Tenant("fernwick.example", HandClock().now)
    app = IdentityApp(tenant)
    with served(app, authority.issue("login")) as address:
        cloud = cloud_of("custom", address, "https://graph.microsoft.com")
        yield Login(tenant, app, cloud, str(authority.file))


def registered(login: Login, **more: object) -> Application:
    application = login.tenant.register({"Mail.Read"}, secret="a secret", **more)  # type: ignore[arg-type]
    return Application(login.tenant.id, application.id, secret="a secret")


async def test_a_secret_gives_tokens_and_keeps_them(login: Login) -> None:
    sign_in = ApplicationSignIn(login.cloud, registered(login), ca_file=login.ca_file)
    first = await sign_in(False)
    assert login.tenant.tokens[first].app_only
    assert await sign_in(False) == first
    assert await sign_in(True) != first
    sign_in.close()


async def test_a_certificate_made_here_gives_tokens(login: Login) -> None:
    certificate = make_certificate("Backup of Fernwick", 1_790_000_000)
    known = login.tenant.register(
        {"Mail.Read"}, certificates={certificate.thumbprint: certificate.public_file.encode()}
    )
    assert certificate.key not in repr(certificate)
    sign_in = ApplicationSignIn(login.cloud, Application(login.tenant.id, known.id, certificate), ca_file=login.ca_file)
    assert await sign_in(False) in login.tenant.tokens
    sign_in.close()
    other = make_certificate("Somebody else", 1_790_000_000)
    sign_in = ApplicationSignIn(login.cloud, Application(login.tenant.id, known.id, other), ca_file=login.ca_file)
    with pytest.raises(SignInNeeded) as caught:
        await sign_in(False)
    assert caught.value.facts["reason"] == "certificate-unknown"
    sign_in.close()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"secret": "wrong"}, "secret-wrong"),
        ({"client": "00000000-0000-0000-0000-000000000000"}, "app-unknown"),
        ({"tenant": "elsewhere.example"}, "tenant-unknown"),
    ],
)
async def test_what_is_wrong_is_told(login: Login, change: dict[str, str], reason: str) -> None:
    known = registered(login)
    wrong = Application(**{"tenant": known.tenant, "client": known.client, "secret": known.secret, **change})
    sign_in = ApplicationSignIn(login.cloud, wrong, ca_file=login.ca_file)
    with pytest.raises((SignInNeeded, Misconfigured)) as caught:
        await sign_in(False)
    assert caught.value.facts.get("reason", "tenant-unknown") == reason
    assert "a secret" not in str(caught.value)
    sign_in.close()


async def test_an_expired_secret_and_a_policy_are_told(login: Login) -> None:
    expired = registered(login, secret_expires="2020-01-01T00:00:00Z")
    sign_in = ApplicationSignIn(login.cloud, expired, ca_file=login.ca_file)
    with pytest.raises(SignInNeeded) as caught:
        await sign_in(False)
    assert caught.value.facts["reason"] == "secret-expired"
    sign_in.close()
    login.app.blocked = SignInRefused("invalid_grant", 53003, "Access has been blocked by Conditional Access policies.")
    try:
        sign_in = ApplicationSignIn(login.cloud, registered(login), ca_file=login.ca_file)
        with pytest.raises(SignInNeeded) as caught:
            await sign_in(False)
        assert caught.value.facts["reason"] == "conditional-access"
        sign_in.close()
    finally:
        login.app.blocked = None


@pytest.mark.parametrize(
    ("number", "reason"),
    [(90038, "wrong-cloud"), (900439, "wrong-cloud"), (7000229, "app-unknown"), (530003, "conditional-access")],
)
async def test_refusals_by_their_numbers(login: Login, number: int, reason: str) -> None:
    login.app.blocked = SignInRefused("invalid_request", number, "No.")
    sign_in = ApplicationSignIn(login.cloud, registered(login), ca_file=login.ca_file)
    try:
        with pytest.raises(SignInNeeded) as caught:
            await sign_in(False)
        assert caught.value.facts["reason"] == reason
    finally:
        login.app.blocked = None
        sign_in.close()


async def test_a_device_code_signs_an_administrator_in_for_good(login: Login) -> None:
    ada = login.tenant.add_user("Ada Lovelace", "ada@fernwick.example")
    application = login.tenant.register(set(), delegated={"Mail.Read"})
    sign_in = DelegatedSignIn(login.cloud, login.tenant.id, application.id, ca_file=login.ca_file)
    code = await sign_in.begin()
    assert code.address.endswith("/devicelogin")
    waiting = asyncio.ensure_future(sign_in.wait(code, lambda: False))
    await asyncio.sleep(0.1)
    login.app.approve(code.code, ada["id"])
    assert await waiting == "ada@fernwick.example"
    token = await sign_in(False)
    assert login.tenant.tokens[token].user == ada["id"]
    kept = sign_in.saved
    sign_in.close()
    later = DelegatedSignIn(login.cloud, login.tenant.id, application.id, kept, ca_file=login.ca_file)
    assert await later(True) in login.tenant.tokens
    login.app.refreshing.clear()
    with pytest.raises(SignInNeeded) as caught:
        await later(True)
    assert caught.value.facts["reason"] == "sign-in-again"
    later.close()


async def test_waiting_for_a_code_can_be_stopped(login: Login) -> None:
    application = login.tenant.register(set(), delegated={"Mail.Read"})
    sign_in = DelegatedSignIn(login.cloud, login.tenant.id, application.id, ca_file=login.ca_file)
    code = await sign_in.begin()
    with pytest.raises(Cancelled):
        await sign_in.wait(code, lambda: True)
    sign_in.close()


async def test_a_host_that_is_not_there_or_not_trusted(login: Login, tmp_path: Path) -> None:
    known = registered(login)
    with pytest.raises(CertificateRefused):
        await ApplicationSignIn(login.cloud, known, ca_file=str(Authority(tmp_path).file))(False)
    nowhere = cloud_of("custom", "https://localhost:1", "https://graph.microsoft.com")
    with pytest.raises(Unreachable):
        await ApplicationSignIn(nowhere, known, ca_file=login.ca_file)(False)


@pytest.mark.parametrize("broken", ["/token", "/.well-known/openid-configuration"])
async def test_a_server_that_breaks_is_not_a_mistake_of_ours(login: Login, tmp_path: Path, broken: str) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].endswith(broken):
            await send({"type": "http.response.start", "status": 500, "headers": []})
            await send({"type": "http.response.body", "body": b"<html>Something broke</html>"})
        else:
            await login.app(scope, receive, send)

    authority = Authority(tmp_path)
    with served(app, authority.issue("broken")) as address:
        cloud = cloud_of("custom", address, "https://graph.microsoft.com")
        sign_in = ApplicationSignIn(cloud, registered(login), ca_file=str(authority.file))
        for _ in range(2):  # msal repeats an answer from its own memory
            with pytest.raises(Unreachable) as caught:
                await sign_in(False)
            assert caught.value.facts["host"] == address.removeprefix("https://")
        sign_in.close()


def test_consent_is_asked_of_one_tenant() -> None:
    cloud = cloud_of("global")
    address = consent_address(cloud, "fernwick.example", "an-id", "http://localhost/consent", "state")
    assert address.startswith("https://login.microsoftonline.com/fernwick.example/v2.0/adminconsent?client_id=an-id")
    with pytest.raises(Misconfigured):
        consent_address(cloud, "common", "an-id", "http://localhost/consent", "state")


@pytest.mark.parametrize("address", ["http://login.example", "login.example", "https://x/?q"])
def test_other_clouds_need_whole_addresses(address: str) -> None:
    with pytest.raises(Misconfigured):
        cloud_of("custom", address, "https://graph.example")
