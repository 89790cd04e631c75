"""Makes the requests of an S3 store go wrong on their way, one after the other as told."""

import io
from collections.abc import Callable, Iterator
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError

from saasbackup_desktop.vault.stores.s3 import S3Store

Wrong = Callable[[Any, Callable[[Any], Any]], Any]
"""Is given a request and the way to send it; gives an answer, or raises."""


class FaultyWay:
    """Stands where the store's connections are. For each request, in turn, something goes wrong or nothing does."""

    def __init__(self, store: S3Store, wrongs: Iterator[Wrong | None]) -> None:
        endpoint: Any = store._bucket.client._endpoint  # type: ignore[attr-defined]
        self._session = endpoint.http_session
        self._wrongs = wrongs
        self.sent: list[str] = []
        """Methods of all requests, also of those that never arrived."""
        endpoint.http_session = self

    def send(self, request: Any) -> Any:
        """Send it, or not."""
        self.sent.append(request.method)
        wrong = next(self._wrongs, None)
        return self._session.send(request) if wrong is None else wrong(request, self._session.send)

    def close(self) -> None:
        """Close what is behind."""
        self._session.close()


def refusal(status: int, code: str, **headers: str) -> Wrong:
    """The server says no; nothing is done."""

    def wrong(request: Any, send: Callable[[Any], Any]) -> Any:
        body = b"" if request.method == "HEAD" else f"<Error><Code>{code}</Code><Message>m</Message></Error>".encode()
        return AWSResponse(request.url, status, {"Content-Type": "application/xml", **headers}, _Raw(body))

    return wrong


def never_sent(request: Any, send: Callable[[Any], Any]) -> Any:
    """The connection breaks before the request arrives."""
    raise ConnectionClosedError(endpoint_url=request.url)


def answer_lost(request: Any, send: Callable[[Any], Any]) -> Any:
    """The server does it, and nobody hears of that."""
    answer = send(request)
    _ = answer.content if not request.stream_output else answer.raw.close()
    raise ConnectionClosedError(endpoint_url=request.url)


def spoilt_body(request: Any, send: Callable[[Any], Any]) -> Any:
    """A bit of what is sent turns over."""
    data = bytearray(request.body.read() if hasattr(request.body, "read") else request.body)
    data[len(data) // 2] ^= 1
    request.body = bytes(data)
    return send(request)


class _Raw(io.BytesIO):
    """What botocore takes for a connection."""

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.read()
