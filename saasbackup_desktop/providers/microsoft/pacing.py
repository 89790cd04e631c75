"""Contents of requests and answers pass at the rate that is allowed; what heads them is small and does not count."""

from collections.abc import AsyncIterator

import httpx

from saasbackup_desktop.core.traffic import Traffic


class _Paced(httpx.AsyncByteStream):
    """A stream whose bytes are taken from the traffic before they go on."""

    def __init__(self, inner: httpx.AsyncByteStream, traffic: Traffic) -> None:
        self._inner = inner
        self._traffic = traffic

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._inner:
            if self._traffic.limit is None:
                yield chunk
                continue
            for piece in self._traffic.pieces(chunk):
                await self._traffic.take_async(len(piece))
                yield bytes(piece)

    async def aclose(self) -> None:
        await self._inner.aclose()


def pace(client: httpx.AsyncClient, traffic: Traffic) -> None:
    """Let everything that a client sends and receives go through the traffic, whichever way it takes."""

    async def sends(request: httpx.Request) -> None:
        if isinstance(request.stream, httpx.AsyncByteStream):
            request.stream = _Paced(request.stream, traffic)

    async def receives(response: httpx.Response) -> None:
        if isinstance(response.stream, httpx.AsyncByteStream):
            response.stream = _Paced(response.stream, traffic)

    hooks = client.event_hooks
    client.event_hooks = {"request": [*hooks["request"], sends], "response": [*hooks["response"], receives]}
