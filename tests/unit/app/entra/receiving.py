"""A server on this computer that writes down what it is asked, and answers as a small directory would."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "e30.e30.c2lnbmF0dXJl-_"


@dataclass(slots=True)
class Received:
    """What was asked: method, path, body."""

    address: str
    there: set[str] = field(default_factory=set)
    """Paths of objects that are there."""
    in_bin: set[str] = field(default_factory=set)
    refused: dict[str, int] = field(default_factory=dict)
    """By path: with which status; once with 429."""
    requests: list[tuple[str, str, Any]] = field(default_factory=list)

    @property
    def writes(self) -> list[tuple[str, str, Any]]:
        """Those that would change something."""
        return [request for request in self.requests if request[0] != "GET"]


@contextmanager
def receiving() -> Iterator[Received]:
    """Serve until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            return

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                return self.give(401, {"error": {"message": "no token"}})
            received.requests.append((self.command, self.path, json.loads(body) if body else None))
            status = received.refused.get(self.path)
            if status == 429:
                del received.refused[self.path]
            if status is not None:
                return self.give(status, {"error": {"code": "x", "message": f"refused\x1b[31m {status}"}})
            if self.command == "GET":
                return self.give(200, {}) if self.path in received.there else self.give(404, {})
            if self.path.endswith("/restore"):
                return self.give(200, {}) if self.path in received.in_bin else self.give(404, {})
            if self.command == "POST" and not self.path.endswith("/$ref"):
                new = f"new-{len(received.writes)}"
                return self.give(201, {"nested": {"id": "no"}, "id": new, "appId": f"app-of-{new}"})
            return self.give(204, None)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = answer  # noqa: N815

        def give(self, status: int, body: Any) -> None:
            data = b"" if body is None else json.dumps(body).encode()
            self.send_response(status)
            if status == 429:
                self.send_header("Retry-After", "0")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    received = Received(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield received
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
