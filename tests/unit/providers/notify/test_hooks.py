"""Posting to a real webhook over TLS: three shapes, signatures, refusals, and what stays secret."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

import pytest

from saasbackup_desktop.core import errors
from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.providers.notify.hooks import SIGNATURE, post
from saasbackup_desktop.providers.notify.letter import Facts, Grid, Head, Letter, Para, Points
from saasbackup_desktop.providers.notify.settings import Hook, MailSecrets, MailServer, TokenWay
from saasbackup_desktop.providers.notify.shapes import Shape, payload
from saasbackup_desktop.providers.notify.tokens import obtain
from tests.servers.certificates import Authority
from tests.servers.web import served

LETTER = Letter(
    subject="2 backups failed: *Sign-in* <refused> & more",
    blocks=(
        Para("Look at <!channel> and [this](https://evil.example)."),
        Head("Details"),
        Facts((("Task", "Night_ly"),)),
        Points(tuple(f"user{n}@example.org" for n in range(600))),
        Grid(("Folder", "Items"), (("INBOX", "3"),)),
    ),
    is_bad=True,
)
PATH = "/hooks/T000/B000/very-secret-part"


class Receiver:
    """An ASGI application that remembers what it was posted."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.answer: tuple[int, dict[str, str], bytes] = (200, {}, b"ok")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            event = await receive()
            body += event.get("body", b"")
            more = event.get("more_body", False)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.got.append((scope["path"], headers, body))
        status, extra, said = self.answer
        lines = [(name.encode(), value.encode()) for name, value in extra.items()]
        await send({"type": "http.response.start", "status": status, "headers": lines})
        await send({"type": "http.response.body", "body": said})


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, Receiver]]:
    """Address, authority's file, and who receives there."""
    authority = Authority(tmp_path_factory.mktemp("authority"))
    receiver = Receiver()
    with served(receiver, authority.issue("hooks")) as address:
        yield address, str(authority.file), receiver


@pytest.fixture
def receiver(place: tuple[str, str, Receiver]) -> Receiver:
    place[2].got.clear()
    place[2].answer = (200, {}, b"ok")
    return place[2]


async def posted(place: tuple[str, str, Receiver], shape: Shape, **more: Any) -> dict[str, Any]:
    address, authority, receiver = place
    body = payload(shape, LETTER, "0" * 32, "exceptions", 1_795_219_200)
    answer = await post(Hook(url=address + PATH, ca_file=authority, **more), body, "0" * 32)
    assert (answer.status, answer.text) == (200, "ok")
    [(path, _, got)] = receiver.got
    assert path == PATH
    assert got == body
    found: dict[str, Any] = json.loads(got)
    return found


async def test_generic_is_signed_and_has_headers_of_its_own(
    place: tuple[str, str, Receiver], receiver: Receiver
) -> None:
    said = await posted(place, Shape.GENERIC, signing="a signing secret", headers=(("X-Api-Key", "key 1"),))
    assert said["type"] == "saasbackup.notice"
    assert (said["kind"], said["is_failure"], said["time"]) == ("exceptions", True, "2026-11-21T00:00:00Z")
    assert said["facts"] == {"Task": "Night_ly"}
    [(_, headers, body)] = receiver.got
    assert headers[SIGNATURE.lower()] == "sha256=" + hmac.new(b"a signing secret", body, hashlib.sha256).hexdigest()
    assert headers["x-api-key"] == "key 1"
    assert headers["content-type"].startswith("application/json")


async def test_slack_takes_it(place: tuple[str, str, Receiver], receiver: Receiver) -> None:
    said = await posted(place, Shape.SLACK)
    blocks = said["blocks"]
    assert blocks[0]["type"] == "header"
    assert len(blocks[0]["text"]["text"]) <= 150
    assert len(blocks) <= 50
    assert all(len(block["text"]["text"]) <= 3000 for block in blocks)
    whole = json.dumps(said)
    assert "<!channel>" not in whole
    assert "user599@example.org" in whole


async def test_teams_takes_it(place: tuple[str, str, Receiver], receiver: Receiver) -> None:
    said = await posted(place, Shape.TEAMS)
    [attachment] = said["attachments"]
    assert said["type"] == "message"
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    assert {element["type"] for element in card["body"]} <= {"TextBlock", "FactSet"}
    assert len(json.dumps(said).encode()) <= 28 * 1024
    assert "[this](https://evil.example)" not in json.dumps(said)


@pytest.mark.parametrize(
    ("status", "headers", "kind", "reason"),
    [
        (400, {}, errors.NotDelivered, "webhook"),
        (401, {}, errors.SignInNeeded, "webhook"),
        (404, {}, errors.NotDelivered, "webhook-gone"),
        (302, {"location": "https://elsewhere.example/"}, errors.NotDelivered, "webhook-moved"),
        (429, {"retry-after": "120"}, errors.Throttled, ""),
        (500, {}, errors.NotDelivered, "webhook"),
    ],
)
async def test_refusals(
    place: tuple[str, str, Receiver],
    receiver: Receiver,
    status: int,
    headers: dict[str, str],
    kind: type[Fault],
    reason: str,
) -> None:
    address, authority, _ = place
    hook = Hook(url=address + PATH, ca_file=authority, signing="a signing secret")
    receiver.answer = (status, headers, f"no: {hook.url} a signing secret".encode())
    with pytest.raises(kind) as refused:
        await post(hook, b"{}", "1")
    assert refused.value.facts.get("reason", "") == reason
    assert len(receiver.got) == 1
    told = repr(refused.value) + str(refused.value.facts) + repr(hook)
    assert "very-secret-part" not in told
    assert "signing secret" not in told


async def test_no_trust_no_server_no_address(place: tuple[str, str, Receiver], receiver: Receiver) -> None:
    address, authority, _ = place
    with pytest.raises(errors.CertificateRefused):
        await post(Hook(url=address + PATH), b"{}", "1")
    with pytest.raises(errors.UnknownHost):
        await post(Hook(url="https://hooks.invalid/secret"), b"{}", "1")
    with pytest.raises(errors.Unreachable):
        await post(Hook(url="https://127.0.0.1:9/secret", ca_file=authority), b"{}", "1")
    for url in ("http://hooks.example.org/x", "https://user:password@hooks.example.org/", "ftp://x", "", "https://["):
        with pytest.raises(errors.Misconfigured) as refused:
            await post(Hook(url=url), b"{}", "1")
        assert "password" not in str(refused.value.facts)
    with pytest.raises(errors.Misconfigured):
        await post(Hook(url=address + PATH, headers=(("X-A", "b\r\nX-C: d"),)), b"{}", "1")
    assert not receiver.got


async def test_a_refresh_token_gives_access_tokens_and_is_replaced(
    place: tuple[str, str, Receiver], receiver: Receiver
) -> None:
    address, authority, _ = place
    server = MailServer(
        host="smtp.example.org", token_way=TokenWay.REFRESH, client="app", token_address=f"{address}/token",
        ca_file=authority, scope="https://mail.example.org/send",
    )  # fmt: skip
    receiver.answer = (200, {}, b'{"access_token":"an access token","refresh_token":"second"}')
    found = await obtain(server, MailSecrets(password="app secret", refresh="first"))
    assert found.token == "an access token"
    assert found.secrets == MailSecrets(password="app secret", refresh="second")
    assert b"refresh_token=first" in receiver.got[0][2]
    assert "second" not in repr(found)
    receiver.answer = (400, {}, b'{"error":"invalid_grant"}')
    with pytest.raises(errors.SignInNeeded) as refused:
        await obtain(server, found.secrets)
    assert refused.value.facts["reason"] == "oauth"
    with pytest.raises(errors.Misconfigured):
        await obtain(server, MailSecrets())


async def test_an_application_of_microsoft_365_gets_a_token_for_smtp(
    place: tuple[str, str, Receiver], receiver: Receiver
) -> None:
    address, authority, _ = place
    said = {
        "authorization_endpoint": f"{address}/authorize",
        "token_endpoint": f"{address}/token",
        "issuer": f"{address}/tenant/v2.0",
        "access_token": "an access token",
        "token_type": "Bearer",
        "expires_in": 3600,
    }
    receiver.answer = (200, {"content-type": "application/json"}, json.dumps(said).encode())
    server = MailServer(
        host="smtp.office365.com", token_way=TokenWay.MICROSOFT, tenant="tenant", client="app", token_address=address,
        ca_file=authority,
    )  # fmt: skip
    assert (await obtain(server, MailSecrets(password="app secret"))).token == "an access token"
    [(_, _, body)] = [got for got in receiver.got if got[0] == "/token"]
    assert b"outlook.office365.com%2F.default" in body
    with pytest.raises(errors.Misconfigured):
        await obtain(server, MailSecrets())
