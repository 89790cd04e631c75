"""What Graph sends and receives goes through the traffic, on a loop whose time is made up."""

from collections.abc import AsyncIterator, Awaitable, Callable

import httpx

from saasbackup_desktop.core.traffic import Traffic
from saasbackup_desktop.providers.microsoft.pacing import pace
from tests.fake_time import FakeTime

BODY = bytes(range(256)) * 2000
RATE = 50_000


async def echo(scope: object, receive: Callable[[], Awaitable[dict[str, object]]], send: object) -> None:
    """Answer with what was sent."""
    body = bytearray()
    while True:
        event = await receive()
        body += event.get("body", b"")  # type: ignore[arg-type]
        if not event.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[operator]
    await send({"type": "http.response.body", "body": bytes(body)})  # type: ignore[operator]


def exchange(time: FakeTime, traffic: Traffic) -> list[tuple[float, int]]:
    """Send a body and read it back; when how many bytes had arrived."""
    arrived: list[tuple[float, int]] = []

    async def pieces() -> AsyncIterator[bytes]:
        yield BODY[:1000]
        yield BODY[1000:]

    async def main() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=echo)) as client:
            pace(client, traffic)
            async with client.stream("PUT", "https://graph.example.org/", content=BODY) as response:
                arrived.append((time.passed, 0))
                data = bytearray()
                async for piece in response.aiter_bytes():
                    data += piece
                    arrived.append((time.passed, len(data)))
                assert data == BODY
            assert (await client.put("https://graph.example.org/", content=pieces())).content == BODY

    time.run(main)
    return arrived


def test_contents_pass_at_the_rate_that_is_allowed() -> None:
    time = FakeTime()
    traffic = Traffic(lambda: time.passed, lambda _: None, lambda: RATE)
    arrived = exchange(time, traffic)
    seconds = len(BODY) / RATE
    assert arrived[0][0] >= seconds - 1  # sent
    for first, one in enumerate(arrived):
        for other in arrived[first:]:
            assert other[1] - one[1] <= RATE * (other[0] - one[0]) + traffic.burst
    assert 4 * seconds - 2 <= time.passed <= 4 * seconds + 2


def test_without_a_cap_nobody_waits() -> None:
    time = FakeTime()
    exchange(time, Traffic(lambda: time.passed, lambda _: None))
    assert time.passed == 0
