"""Large contents go up in ranges; after a break the service says which bytes it has."""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from saasbackup_desktop.core.errors import CertificateRefused, NotFound, ProtocolBroken, Refused, Throttled, Unreachable
from saasbackup_desktop.providers.microsoft.exchanging import Exchanges

_RANGE: Final = re.compile(r"(\d+)")


async def upload(
    graph: Exchanges,
    session: Mapping[str, Any],
    pieces: AsyncIterator[bytes],
    size: int,
    *,
    step: int,
    is_inside: bool = False,
) -> dict[str, Any]:
    """Send a content to an upload session; the last answer, empty if that was lost. Raises Fault.

    The address is a secret of its own: no token goes with it (outlook-large-attachments). ``is_inside``: it lies inside
    Graph, the content below it, and wants the token (todo-attachments).
    """
    address = _Address(graph, str(session["uploadUrl"]), size, is_inside)
    buffer, at, is_over = bytearray(), 0, False
    answer: dict[str, Any] = {}
    while at < size:
        while len(buffer) < step and not is_over:
            piece = await anext(pieces, None)
            is_over = piece is None
            buffer += piece or b""
        if at + len(buffer) > size or (is_over and at + len(buffer) < size):
            raise ProtocolBroken("the content has another size than was said")
        answer, there = await address.put(bytes(buffer[:step]), at)
        del buffer[: there - at]
        at = there
    return answer


@dataclass(slots=True)
class _Address:
    """Where one content is sent to."""

    graph: Exchanges
    url: str
    size: int
    is_inside: bool

    async def put(self, data: bytes, at: int) -> tuple[dict[str, Any], int]:
        """Send a range: the answer, and up to where the service has the content by then. Raises Fault."""
        end, attempt = at + len(data), 0
        while True:
            answer: dict[str, Any] = {}
            there = at
            try:
                answer = await self._send("PUT", data, f"bytes {at}-{end - 1}/{self.size}")
                there = _expected(answer, end)
            except (Throttled, CertificateRefused):
                raise
            except Unreachable:  # it may have come or not
                if attempt >= self.graph.attempts:
                    raise
                there = await self._ask(end)
            except Refused as fault:
                if fault.facts.get("status") != 416 or attempt >= self.graph.attempts:
                    raise
                there = await self._ask(end)
            if not at <= there <= end:
                raise Refused("upload-lost", reason="upload-lost")
            if there > at:
                return answer, there
            await self.graph.pause(attempt)
            attempt += 1

    async def _ask(self, end: int) -> int:
        """Ask up to where the service has the content: all of it if the session is over with its last range."""
        try:
            return _expected(await self._send("GET"), 0)
        except NotFound:
            if end == self.size:
                return end
            raise Refused("upload-lost", reason="upload-lost") from None

    async def _send(self, method: str, data: bytes | None = None, said: str = "") -> dict[str, Any]:
        headers = {"Content-Range": said, "Content-Type": "application/octet-stream"} if data is not None else {}
        url = f"{self.url}/content" if self.is_inside and data is not None else self.url
        exchange = self.graph.exchange(
            method, url, content=data, headers=headers, repeats=data is None, signed=self.is_inside
        )
        async with exchange as response:
            try:
                await response.aread()
            except httpx.HTTPError as error:
                raise self.graph.broken(error) from error
        if not response.content:
            return {}
        try:
            plain = response.json()
        except ValueError as error:
            raise ProtocolBroken("the answer is not JSON", host=response.request.url.host) from error
        return plain if isinstance(plain, dict) else {}


def _expected(answer: Mapping[str, Any], otherwise: int) -> int:
    """The byte that the service expects next."""
    ranges = answer.get("nextExpectedRanges") or answer.get("NextExpectedRanges") or ()
    found = _RANGE.match(str(ranges[0])) if ranges else None
    return int(found[1]) if found else otherwise
