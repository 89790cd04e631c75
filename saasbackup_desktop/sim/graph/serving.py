"""The pretend services on a port of this computer, over TLS, from a thread of their own."""

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote

from saasbackup_desktop.sim.graph.paper import Papers

Application = Callable[[Any, Any, Any], Awaitable[None]]
"""As ASGI has it."""
_LARGEST: Final = 1 << 26
"""Bytes of a question; contents in pieces, whose length nobody tells before, are not taken."""


@contextmanager
def serve_in_thread(app: Application, papers: Papers) -> Iterator[str]:
    """Serve an application on a free port for as long as the context lasts: its address. OSError if it cannot."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(papers.certificate, papers.key)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="pretend-graph", daemon=True)
    thread.start()
    service = _Service(app)
    try:
        port = asyncio.run_coroutine_threadsafe(service.start(context), loop).result()
        try:
            yield f"https://localhost:{port}"
        finally:
            asyncio.run_coroutine_threadsafe(service.stop(), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class _Service:
    """Speaks as much of HTTP/1.1 as clients need who know what they ask."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self._server: asyncio.Server | None = None
        self._guests: set[asyncio.Task[None]] = set()

    async def start(self, context: ssl.SSLContext) -> int:
        self._server = await asyncio.start_server(self._welcome, "127.0.0.1", 0, ssl=context)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        guests = list(self._guests)
        for guest in guests:
            guest.cancel()
        await asyncio.gather(*guests, return_exceptions=True)

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        guest = asyncio.current_task()
        assert guest is not None
        self._guests.add(guest)
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ssl.SSLError):
            pass  # whoever asked has hung up
        except asyncio.CancelledError:
            pass  # nothing is served any more
        finally:
            self._guests.discard(guest)
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One question and its answer; whether there may be another."""
        head = await reader.readuntil(b"\r\n\r\n")
        line, *rest = head.decode("latin-1").split("\r\n")
        method, target, _ = line.split(" ", 2)
        headers = [(name.lower(), value.strip()) for name, _, value in (one.partition(":") for one in rest if one)]
        known = dict(headers)
        body = await reader.readexactly(min(int(known.get("content-length", "0")), _LARGEST))
        path, _, query = target.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "https",
            "path": unquote(path),
            "raw_path": path.encode("latin-1"),
            "query_string": query.encode("latin-1"),
            "root_path": "",
            "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers],
        }
        answer = await self._answer(scope, body)
        writer.write(_written(*answer, has_body=method != "HEAD"))
        await writer.drain()
        return known.get("connection", "").lower() != "close"

    async def _answer(
        self, scope: MutableMapping[str, Any], body: bytes
    ) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        status, headers, content = 500, list[tuple[bytes, bytes]](), bytearray()

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: MutableMapping[str, Any]) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status, headers = message["status"], list(message["headers"])
            content.extend(message.get("body", b""))

        await self._app(scope, receive, send)
        return status, headers, bytes(content)


def _written(status: int, headers: list[tuple[bytes, bytes]], content: bytes, *, has_body: bool) -> bytes:
    reason = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""
    lines = [f"HTTP/1.1 {status} {reason}".encode()]
    lines += [name + b": " + value for name, value in headers if name.lower() != b"content-length"]
    if status not in (204, 304):
        lines.append(b"content-length: " + str(len(content)).encode())
    return b"\r\n".join(lines) + b"\r\n\r\n" + (content if has_body and status not in (204, 304) else b"")
