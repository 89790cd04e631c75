"""The client of Graph: patience, repetition, pages, batches, uploads, and what refusals become."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from saasbackup_desktop.core.errors import (
    ClockSkewed,
    DeltaExpired,
    Denied,
    Fault,
    NotFound,
    ProtocolBroken,
    Refused,
    SignInNeeded,
    TargetFull,
    Throttled,
    TooLarge,
    Unreachable,
)
from saasbackup_desktop.providers.microsoft import graph
from saasbackup_desktop.providers.microsoft.calls import Call
from saasbackup_desktop.providers.microsoft.cloud import CLOUDS
from saasbackup_desktop.providers.microsoft.graph import Graph

Reply = Callable[[httpx.Request], httpx.Response]
USERS = "https://graph.microsoft.com/v1.0/users"


def refusal(status: int, code: str, **headers: str) -> httpx.Response:
    return httpx.Response(status, json={"error": {"code": code, "message": "no"}}, headers=headers)


class Now:
    """A clock that stands still."""

    def now(self) -> int:
        return 1_790_000_000


class Server:
    """Answers with what the test has prepared, in order; the last answer is given again and again."""

    def __init__(self, *replies: httpx.Response | Exception | Reply) -> None:
        self._replies = list(replies)
        self.requests: list[httpx.Request] = []
        self.tokens: list[bool] = []
        self.client = Graph(
            CLOUDS["global"], self._token, Now(), transport=httpx.MockTransport(self._reply), patience=100
        )

    async def _token(self, renew: bool) -> str:
        self.tokens.append(renew)
        return "new" if renew else "old"

    def _reply(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, httpx.Response):
            return httpx.Response(reply.status_code, headers=reply.headers, content=reply.content)
        return reply(request)


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let time pass at once; tell how long would have been waited."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(graph.asyncio, "sleep", sleep)
    monkeypatch.setattr("saasbackup_desktop.providers.microsoft.budget.Budget._look_again_in", lambda *_: None)
    monkeypatch.setattr("saasbackup_desktop.providers.microsoft.budget._Window.has_room", lambda *_: True)
    return waited


OK = httpx.Response(200, json={"id": "1"})


async def test_the_time_that_is_asked_for_is_waited(waits: list[float]) -> None:
    server = Server(refusal(429, "TooManyRequests", **{"Retry-After": "7"}), refusal(503, "x"), OK)
    assert await server.client.get("/me") == {"id": "1"}
    assert waits[0] == 7
    assert 0 < waits[1] <= 2


async def test_patience_ends_and_is_told(waits: list[float]) -> None:
    server = Server(refusal(429, "ApplicationThrottled", **{"Retry-After": "60"}))
    with pytest.raises(Throttled) as caught:
        await server.client.get("/me")
    assert caught.value.wait == 60
    assert sum(waits) <= 100


async def test_a_token_that_is_refused_is_renewed_once() -> None:
    server = Server(refusal(401, "InvalidAuthenticationToken"), OK)
    await server.client.get("/me")
    assert server.tokens == [False, True]
    assert [request.headers["authorization"] for request in server.requests] == ["Bearer old", "Bearer new"]
    server = Server(refusal(401, "InvalidAuthenticationToken"))
    with pytest.raises(SignInNeeded):
        await server.client.get("/me")
    assert len(server.requests) == 2


async def test_a_new_token_that_ran_out_meanwhile_is_renewed_once_more() -> None:
    given: list[str] = []

    async def token(renew: bool) -> str:
        given.extend([f"token{len(given)}"] if renew or not given else [])
        return given[-1]

    asked: list[str] = []

    def reply(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers["authorization"])
        return OK if len(asked) == 3 else refusal(401, "InvalidAuthenticationToken")

    client = Graph(CLOUDS["global"], token, Now(), transport=httpx.MockTransport(reply))
    assert await client.get("/me") == {"id": "1"}
    assert asked == ["Bearer token0", "Bearer token1", "Bearer token2"]
    asked = ["", "", ""]
    with pytest.raises(SignInNeeded):
        await client.get("/me")
    assert len(asked) == 6


@pytest.mark.parametrize("broken", [httpx.ReadError("reset"), httpx.ReadTimeout("late"), refusal(500, "x")])
async def test_reading_is_repeated_after_a_break(broken: httpx.Response | Exception) -> None:
    assert await Server(broken, broken, OK).client.get("/me") == {"id": "1"}
    with pytest.raises(Unreachable):
        await Server(broken).client.get("/me")


async def test_a_post_that_broke_off_is_not_sent_twice() -> None:
    server = Server(httpx.ReadError("reset"), OK)
    with pytest.raises(Unreachable):
        await server.client.send("POST", "/users", {})
    assert len(server.requests) == 1
    assert await Server(httpx.ConnectError("refused"), OK).client.send("POST", "/users", {}) == {"id": "1"}
    assert await Server(refusal(429, "x"), OK).client.send("POST", "/users", {}) == {"id": "1"}


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (404, "ErrorItemNotFound", NotFound),
        (404, "Request_ResourceNotFound", NotFound),
        (403, "ErrorAccessDenied", Denied),
        (403, "Authorization_RequestDenied", Denied),
        (404, "MailboxNotEnabledForRESTAPI", Denied),
        (500, "ErrorCorruptData", Refused),
        (400, "whatever", Refused),
        (507, "ErrorQuotaExceeded", TargetFull),
        (413, "", TooLarge),
        (410, "ResyncRequired", DeltaExpired),
        (400, "SyncStateNotFound", DeltaExpired),
        (418, "", ProtocolBroken),
    ],
)
async def test_a_refusal_becomes_a_fault_of_ours(status: int, code: str, kind: type[Fault]) -> None:
    with pytest.raises(kind):
        await Server(refusal(status, code)).client.get("/users/ada/messages/1")


async def test_pages_follow_links_and_never_leave_the_host() -> None:
    first = httpx.Response(200, json={"value": [{"id": "1"}], "@odata.nextLink": f"{USERS}?$skiptoken=x"})
    server = Server(first, httpx.Response(200, json={"value": [{"id": "2"}]}))
    assert await server.client.all("/users", {"$top": "1"}) == [{"id": "1"}, {"id": "2"}]
    assert str(server.requests[1].url) == f"{USERS}?$skiptoken=x"
    astray = httpx.Response(200, json={"value": [], "@odata.nextLink": "https://example.com/v1.0/users"})
    server = Server(astray)
    with pytest.raises(ProtocolBroken):
        await server.client.all("/users")
    assert len(server.requests) == 1


async def test_changes_end_with_a_link_to_go_on_from() -> None:
    first = httpx.Response(200, json={"value": [], "@odata.nextLink": f"{USERS}/delta?$skiptoken=x"})
    last = httpx.Response(200, json={"value": [{"id": "1"}], "@odata.deltaLink": f"{USERS}/delta?$deltatoken=y"})
    pages = [page async for page in Server(first, last).client.delta("/users/delta")]
    assert [(page.is_last, page.link) for page in pages] == [
        (False, f"{USERS}/delta?$skiptoken=x"),
        (True, f"{USERS}/delta?$deltatoken=y"),
    ]
    with pytest.raises(ProtocolBroken):
        [page async for page in Server(httpx.Response(200, json={"value": []})).client.delta("/users/delta")]


async def test_an_expired_link_says_where_to_begin() -> None:
    gone = refusal(410, "ResyncRequired", Location=f"{USERS}/delta?$deltatoken=")
    with pytest.raises(DeltaExpired) as caught:
        [page async for page in Server(gone).client.delta(f"{USERS}/delta?$deltatoken=old")]
    assert caught.value.facts["location"] == f"{USERS}/delta?$deltatoken="


async def test_a_batch_repeats_what_there_was_no_time_for(waits: list[float]) -> None:
    seen: list[list[str]] = []

    def reply(request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)["requests"]
        assert len(asked) <= 20
        seen.append([one["url"] for one in asked])
        responses = []
        for one in reversed(asked):
            busy = len(seen) == 1 and int(one["id"]) % 2
            error = {"error": {"code": "TooManyRequests", "message": "later"}}
            gone = {"error": {"code": "ErrorItemNotFound", "message": "gone"}}
            status = 429 if busy else 404 if one["url"].endswith("/7") else 200
            body: Any = error if busy else gone if status == 404 else {"url": one["url"]}
            responses.append({"id": one["id"], "status": status, "headers": {"Retry-After": "3"}, "body": body})
        return httpx.Response(200, json={"responses": responses})

    server = Server(reply)
    answers = await server.client.batch([Call("GET", f"/users/{number}") for number in range(45)], mailbox="ada")
    assert [answer.body["url"] for answer in answers if answer.fault is None] == [
        f"/users/{number}" for number in range(45) if number != 7
    ]
    assert isinstance(answers[7].fault, NotFound)
    assert len(seen) == 3


async def test_a_large_content_goes_up_in_order() -> None:
    got: list[tuple[str, bytes]] = []

    def reply(request: httpx.Request) -> httpx.Response:
        assert "authorization" not in request.headers
        got.append((request.headers["content-range"], request.content))
        return httpx.Response(201 if len(got) == 4 else 200, json={"id": "done"} if len(got) == 4 else {})

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(10):
            yield b"x" * 35

    server = Server(reply)
    address = "https://outlook.office.com/upload?token=secret"
    assert await server.client.upload({"uploadUrl": address}, pieces(), 350, step=100) == {"id": "done"}
    assert [said for said, _ in got] == [
        "bytes 0-99/350",
        "bytes 100-199/350",
        "bytes 200-299/350",
        "bytes 300-349/350",
    ]
    assert b"".join(data for _, data in got) == b"x" * 350


async def test_answers_that_are_none_are_told() -> None:
    for answer in (httpx.Response(200, content=b"<html>"), httpx.Response(200, json=[1])):
        with pytest.raises(ProtocolBroken):
            await Server(answer).client.get("/me")


async def test_the_clock_of_the_service_counts_for_its_dates(waits: list[float]) -> None:
    ahead = {"Date": "Wed, 01 Jan 2031 00:00:00 GMT", "Retry-After": "Wed, 01 Jan 2031 00:00:09 GMT"}
    assert await Server(refusal(429, "x", **ahead), OK).client.get("/me") == {"id": "1"}
    assert waits == [9]


async def test_a_clock_that_is_wrong_is_told_when_no_token_is_taken() -> None:
    server = Server(refusal(401, "InvalidAuthenticationToken", Date="Wed, 01 Jan 2031 00:00:00 GMT"))
    with pytest.raises(ClockSkewed) as caught:
        await server.client.get("/me")
    assert int(caught.value.facts["seconds"]) > 300


async def test_many_refused_together_renew_the_token_once() -> None:
    fresh: list[str] = []

    async def token(renew: bool) -> str:
        if renew:
            fresh.append(f"new{len(fresh)}")
            await asyncio.sleep(0)
        return fresh[-1] if fresh else "old"

    def reply(request: httpx.Request) -> httpx.Response:
        good = request.headers["authorization"] == "Bearer new0"
        return OK if good else refusal(401, "InvalidAuthenticationToken")

    client = Graph(CLOUDS["global"], token, Now(), transport=httpx.MockTransport(reply))
    await asyncio.gather(*(client.get("/me") for _ in range(8)))
    assert fresh == ["new0"]


async def test_handles_share_what_there_is_and_the_last_one_hangs_up() -> None:
    server = Server(OK)
    other = server.client.share()
    assert other.budget is server.client.budget
    await server.client.close()
    await server.client.close()
    assert await other.get("/me") == {"id": "1"}
    await other.close()
    with pytest.raises(RuntimeError):
        await other.get("/me")


async def test_a_long_rest_is_told_to_all_who_would_wait_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    server = Server(refusal(429, "ApplicationThrottled", **{"Retry-After": "3600"}))
    found = await asyncio.gather(*(server.client.get("/me", mailbox="ada") for _ in range(9)), return_exceptions=True)
    assert all(isinstance(one, Throttled) for one in found)
    until = server.client.rests_until("ada")
    assert until is not None
    assert Now().now() + 3590 < until <= Now().now() + 3601
    assert server.client.rests_until("bob") is None
    asked = len(server.requests)
    with pytest.raises(Throttled):
        await server.client.share().get("/me", mailbox="ada")
    assert len(server.requests) == asked


async def test_what_is_left_of_a_share_is_spread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    told = httpx.Response(200, json={"id": "1"}, headers={"RateLimit-Remaining": "0", "RateLimit-Reset": "1200"})
    server = Server(told)
    await server.client.get("/me")
    with pytest.raises(Throttled):
        await server.client.get("/me")
    assert len(server.requests) == 1


class Broken(httpx.AsyncByteStream):
    """Gives some bytes, then breaks off."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._data
        raise httpx.ReadError("reset")


class Host(Server):
    """Answers that may break off half-way."""

    def _reply(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        assert callable(reply)
        return reply(request)


CONTENT = bytes(range(256)) * 40


@pytest.mark.parametrize("resumes", [True, False])
async def test_a_download_that_breaks_gives_each_byte_once(resumes: bool) -> None:
    breaks = [1000, 0, 5000]

    def reply(request: httpx.Request) -> httpx.Response:
        wanted = request.headers.get("range", "bytes=0-")
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if resumes else 0
        headers = {"ETag": '"1"'} if resumes else {}
        if start:
            assert request.headers["if-range"] == '"1"'
            headers["Content-Range"] = f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}"
        status = 206 if start else 200
        if breaks:
            many = breaks.pop(0)
            return httpx.Response(status, headers=headers, stream=Broken(CONTENT[start : start + many]))
        return httpx.Response(status, headers=headers, content=CONTENT[start:])

    server = Host(reply)
    assert b"".join([piece async for piece in server.client.stream("/users/ada/messages/1/$value")]) == CONTENT
    assert len(server.requests) == 4


async def test_a_download_that_never_ends_fails_the_item_alone() -> None:
    cut = Host(lambda _: httpx.Response(200, stream=Broken(CONTENT[:10])))
    with pytest.raises(Refused) as caught:
        [piece async for piece in cut.client.stream("/users/ada/messages/1/$value")]
    assert caught.value.facts["reason"] == "broken-off"
    with pytest.raises(Refused):
        await cut.client.content("/users/ada/messages/1/$value")
    with pytest.raises(Unreachable):
        await cut.client.get("/me")


async def test_a_content_that_changes_between_two_attempts_is_not_mixed() -> None:
    contents = [CONTENT, CONTENT[::-1]]

    def reply(_: httpx.Request) -> httpx.Response:
        content = contents.pop(0)
        return httpx.Response(200, stream=Broken(content[:3000])) if contents else httpx.Response(200, content=content)

    with pytest.raises(Refused) as caught:
        [piece async for piece in Host(reply).client.stream("/x")]
    assert caught.value.facts["reason"] == "changed-meanwhile"


class Session:
    """An upload session that loses answers and requests as it is told: ``before`` or ``after`` it took a range."""

    def __init__(self, size: int, troubles: list[str]) -> None:
        self.size = size
        self.troubles = troubles
        self.data = bytearray()
        self.asked = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert "authorization" not in request.headers
        if len(self.data) == self.size:
            return refusal(404, "ErrorItemNotFound")
        if request.method == "GET":
            self.asked += 1
            return httpx.Response(200, json={"nextExpectedRanges": [f"{len(self.data)}-"]})
        trouble = self.troubles.pop(0) if self.troubles else ""
        if trouble == "before":
            raise httpx.ReadError("reset")
        if trouble == "busy":
            return refusal(503, "x")
        start, end = (int(part) for part in request.headers["content-range"][6:].partition("/")[0].split("-"))
        if start != len(self.data):
            return refusal(416, "invalidRange")
        assert end - start + 1 == len(request.content)
        taken = len(request.content) // 2 if trouble == "half" else len(request.content)
        self.data += request.content[:taken]
        if trouble == "after":
            raise httpx.ReadError("reset")
        if trouble == "late":
            return refusal(500, "x")
        if len(self.data) == self.size:
            return httpx.Response(201)
        return httpx.Response(200, json={"nextExpectedRanges": [f"{len(self.data)}-"]})


@pytest.mark.parametrize(
    "troubles",
    [
        ["before"],
        ["after"],
        ["late", "", "half", "busy", "before"],
        ["", "", "", "after"],
        ["after", "after", "after", "after"],
    ],
)
async def test_an_upload_goes_on_where_the_service_stands(troubles: list[str]) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, 1000, 90):
            yield CONTENT[start : min(1000, start + 90)]

    session = Session(1000, list(troubles))
    await Server(session).client.upload({"uploadUrl": "https://outlook.office.com/u"}, pieces(), 1000, step=300)
    assert bytes(session.data) == CONTENT[:1000]


async def test_an_upload_that_was_forgotten_fails_the_item_alone() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield CONTENT[:1000]

    replies = [httpx.Response(200, json={"nextExpectedRanges": ["300-"]}), httpx.ReadError("reset"), refusal(404, "x")]
    with pytest.raises(Refused) as caught:
        await Server(*replies).client.upload({"uploadUrl": "https://outlook.office.com/u"}, pieces(), 1000, step=300)
    assert caught.value.facts["reason"] == "upload-lost"
