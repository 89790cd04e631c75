"""A polite client of Microsoft Graph: waits when it is told to, repeats what may be repeated, and names what fails."""

import asyncio
import copy
import json
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from saasbackup_desktop.core.errors import (
    CertificateRefused,
    ClockSkewed,
    Fault,
    ProtocolBroken,
    Refused,
    SignInNeeded,
    Throttled,
)
from saasbackup_desktop.core.ports import Clock
from saasbackup_desktop.core.traffic import Traffic
from saasbackup_desktop.providers.microsoft import batching, downloads, faults, uploads, waiting
from saasbackup_desktop.providers.microsoft.answers import broken, object_in, refusal_in, values_in
from saasbackup_desktop.providers.microsoft.authorities import authorities
from saasbackup_desktop.providers.microsoft.budget import Budget, Turn
from saasbackup_desktop.providers.microsoft.calls import BETA, IMMUTABLE, Answer, Call, DeltaPage, shown
from saasbackup_desktop.providers.microsoft.cloud import Cloud
from saasbackup_desktop.providers.microsoft.pacing import pace
from saasbackup_desktop.providers.microsoft.units import Units

Token = Callable[[bool], Awaitable[str]]
"""Gives an access token; asked with True after one was refused, it must be a new one. Raises SignInNeeded."""

_AGENT: Final = "NONISV|SaaSBackupDesktop|SaaSBackupDesktop/0.1"
"""In the form that SharePoint asks for; see "How to avoid getting throttled"."""
_ATTEMPTS: Final = 6
"""For what fails without being throttled."""
_PATIENCE: Final = 15 * 60.0
"""Seconds that one request waits out throttling in all, before it is told."""
_RENEWALS: Final = 2
"""New tokens for one request before it is told: the first may be one that others were given, and old by now."""
_SKEWED: Final = 300
"""Seconds: tokens are good five minutes before and after their time (access token claims reference)."""
_TIMEOUT: Final = httpx.Timeout(60.0, connect=20.0, read=120.0, pool=None)


@dataclass(slots=True)
class _Common:
    """What all handles of one tenant have in common beside connections and budgets."""

    handles: int = 1
    renewing: asyncio.Lock = field(default_factory=asyncio.Lock)
    refused: str = field(default="", repr=False)
    """The last token that was refused."""
    renewed: str = field(default="", repr=False)
    """The one that came in its place."""


class Graph:
    """One tenant's Graph. Belongs to one loop; any number of requests at once.

    All that read and write one tenant share one: ``share`` gives each a handle of its own to close.
    ``patience``: seconds that one request waits out throttling in all, before it is told; ``attempts``: how often it
    is repeated when it fails otherwise.
    """

    def __init__(
        self,
        cloud: Cloud,
        token: Token,
        clock: Clock,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        traffic: Traffic | None = None,
        ca_file: str = "",
        patience: float = _PATIENCE,
        attempts: int = _ATTEMPTS,
    ) -> None:
        self._cloud = cloud
        self._token = token
        self._clock = clock
        self.patience = patience
        self.attempts = attempts
        self._common = _Common()
        self._is_open = True
        self.budget = Budget(patience)
        self.units = Units()
        self._client = httpx.AsyncClient(
            http2=True,
            transport=transport,
            verify=authorities(ca_file),
            timeout=_TIMEOUT,
            headers={"User-Agent": _AGENT, "Accept-Encoding": "gzip"},
            limits=httpx.Limits(max_connections=128, max_keepalive_connections=32),
        )
        if traffic is not None:
            pace(self._client, traffic)

    def now(self) -> int:
        """Seconds since 1970 UTC."""
        return self._clock.now()

    @property
    def service(self) -> str:
        """The address of the service."""
        return self._cloud.graph

    @property
    def throttled_until(self) -> int | None:
        """Seconds since 1970 UTC until which some mailbox rests; None if none does."""
        return self._moment(self.budget.paused_for)

    def rests_until(self, mailbox: str) -> int | None:
        """Seconds since 1970 UTC until which this mailbox rests; None if it does not."""
        return self._moment(self.budget.rest(mailbox))

    def _moment(self, seconds: float) -> int | None:
        return self.now() + int(seconds) + 1 if seconds > 0 else None

    def share(self) -> "Graph":
        """Give another handle of the same tenant: connections, budgets and the token are shared by all handles."""
        other = copy.copy(self)
        other._is_open = True
        self._common.handles += 1
        return other

    async def close(self) -> None:
        """Let go of this handle; whoever has the last one hangs up."""
        if not self._is_open:
            return
        self._is_open = False
        self._common.handles -= 1
        if not self._common.handles:
            await self._client.aclose()

    # --- single requests -------------------------------------------------------------------------------------

    async def get(
        self, path: str, params: Mapping[str, str] | None = None, *, mailbox: str = "", prefer: Sequence[str] = ()
    ) -> dict[str, Any]:
        """Read one object or page. Raises Fault."""
        response = await self._ask("GET", path, params, mailbox=mailbox, prefer=prefer)
        return object_in(response)

    async def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        content_type: str = "application/json",
        mailbox: str = "",
        prefer: Sequence[str] = (),
        repeats: bool | None = None,
    ) -> dict[str, Any]:
        """Write: POST, PATCH, PUT or DELETE; the answer's object, empty if it has none. Raises Fault.

        ``repeats``: whether a request that broke off may be sent again, since it may have been carried out: by default
        not for POST. What was refused as too much is always sent again.
        """
        content = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        response = await self._ask(
            method,
            path,
            None,
            content=content,
            content_type=content_type if content is not None else "",
            mailbox=mailbox,
            prefer=prefer,
            repeats=method != "POST" if repeats is None else repeats,
        )
        return object_in(response) if response.content else {}

    async def content(self, path: str, *, mailbox: str = "", prefer: Sequence[str] = (IMMUTABLE,)) -> bytes:
        """Read an item's bytes, all at once. Raises Fault; Refused if the answer broke off again and again."""
        return (await self._ask("GET", path, None, mailbox=mailbox, prefer=prefer, is_item=True)).content

    def stream(
        self, path: str, *, mailbox: str = "", prefer: Sequence[str] = (IMMUTABLE,)
    ) -> AsyncGenerator[bytes, None]:
        """Read an item's bytes piece by piece, each byte once, whatever breaks. Raises Fault; Refused if that fails."""
        return downloads.stream(self, self.address(path), self._headers("", prefer), mailbox)

    # --- many ------------------------------------------------------------------------------------------------

    async def pages(
        self, path: str, params: Mapping[str, str] | None = None, *, mailbox: str = "", prefer: Sequence[str] = ()
    ) -> AsyncGenerator[list[dict[str, Any]], None]:
        """Read a collection, page by page. Raises Fault."""
        link: str | None = path
        while link is not None:
            page = await self.get(link, params, mailbox=mailbox, prefer=prefer)
            yield values_in(page)
            link, params = page.get("@odata.nextLink"), None

    async def all(
        self, path: str, params: Mapping[str, str] | None = None, *, mailbox: str = "", prefer: Sequence[str] = ()
    ) -> list[dict[str, Any]]:
        """Read a whole collection that is known to be small. Raises Fault."""
        async with aclosing(self.pages(path, params, mailbox=mailbox, prefer=prefer)) as pages:
            return [value async for page in pages for value in page]

    async def delta(
        self, start: str, params: Mapping[str, str] | None = None, *, mailbox: str = "", prefer: Sequence[str] = ()
    ) -> AsyncGenerator[DeltaPage, None]:
        """Read what changed, from a path (everything), a nextLink or a deltaLink on. Raises DeltaExpired, Fault."""
        link = start
        while True:
            page = await self.get(link, params, mailbox=mailbox, prefer=prefer)
            last, more = page.get("@odata.deltaLink"), page.get("@odata.nextLink")
            if bool(last) == bool(more):
                raise ProtocolBroken("a page of changes must have one link", host=self._cloud.graph)
            link, params = str(last or more), None
            yield DeltaPage(values_in(page), link, bool(last))
            if last:
                return

    async def batch(self, calls: Sequence[Call], *, mailbox: str = "") -> list[Answer]:
        """Send many requests, 20 at a time; their answers in the same order. Raises Fault if a batch as a whole fails.

        What the service had no time for is sent again, after the time that it asked for. Each version of the interface
        has batches of its own.
        """
        return await batching.send_all(self, calls, mailbox)

    # --- uploads ---------------------------------------------------------------------------------------------

    async def upload(
        self,
        session: Mapping[str, Any],
        pieces: AsyncIterator[bytes],
        size: int,
        *,
        step: int = 3 * 1024 * 1024 + 786432,
        is_inside: bool = False,
    ) -> dict[str, Any]:
        """Send a large content to an upload session, in order, ``step`` bytes at a time; the last answer. Raises Fault.

        What breaks goes on where the service says that it stands; Refused if the service has forgotten the session.
        ``is_inside``: the session's address lies inside Graph and wants the token.
        """
        return await uploads.upload(self, session, pieces, size, step=step, is_inside=is_inside)

    # --- one exchange ----------------------------------------------------------------------------------------

    async def _ask(
        self,
        method: str,
        path: str,
        params: Mapping[str, str] | None,
        *,
        content: bytes | None = None,
        content_type: str = "",
        mailbox: str = "",
        prefer: Sequence[str] = (),
        repeats: bool = True,
        is_item: bool = False,
    ) -> httpx.Response:
        headers, address, attempt = self._headers(content_type, prefer), self.address(path), 0
        while True:
            exchange = self.exchange(
                method, address, params=params, content=content, headers=headers, mailbox=mailbox, repeats=repeats
            )
            async with exchange as response:
                try:
                    await response.aread()
                except httpx.HTTPError as error:
                    if not repeats:
                        raise self.broken(error) from error
                    if attempt >= self.attempts:
                        raise (Refused("broken-off", reason="broken-off") if is_item else self.broken(error)) from error
                else:
                    return response
            await self.pause(attempt)
            attempt += 1

    async def pause(self, attempt: int) -> None:
        """Wait before something is tried again: longer each time."""
        await asyncio.sleep(waiting.backoff(attempt))

    def broken(self, error: Exception) -> Fault:
        """Say what a failure of the connection means."""
        return broken(error, self._cloud.graph)

    @asynccontextmanager
    async def exchange(
        self,
        method: str,
        address: str,
        *,
        params: Mapping[str, str] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str],
        mailbox: str = "",
        repeats: bool = True,
        signed: bool = True,
    ) -> AsyncGenerator[httpx.Response, None]:
        """Send until it is answered, refused for good, or patience ends. Holds its turn while the answer is read.

        ``repeats``: it may be sent again after a break; ``signed``: with the token. Raises Fault.
        """
        attempt, waited, renewed = 0, 0.0, ""
        refused: list[str] = []
        while True:
            async with self.budget.turn(mailbox) as turn:
                said, token = dict(headers), ""
                if signed:
                    token = renewed or await self._token(False)
                    said["Authorization"] = f"Bearer {token}"
                request = self._client.build_request(method, address, params=params, content=content, headers=said)
                try:
                    response = await self._client.send(request, stream=True)
                except (httpx.HTTPError, ssl.SSLError) as error:
                    fault = self.broken(error)
                    unsent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
                    if attempt >= self.attempts or not (repeats or unsent) or isinstance(fault, CertificateRefused):
                        raise fault from error
                    wait = waiting.backoff(attempt)
                else:
                    try:
                        _hear(response.headers, turn)
                        self.units.hear(response.headers)
                        if response.status_code < 300:
                            turn.went_well()
                            yield response
                            return
                        refusal = await refusal_in(response)
                        renewed = ""
                        if response.status_code == 401 and signed and len(refused) < _RENEWALS:
                            refused.append(token)
                            renewed = await self._renew(token)
                        if renewed and renewed not in refused:
                            wait = 0.0
                        else:
                            what = f"{method} {shown(address)}"
                            wait = self._after(turn, response, refusal, what, attempt, waited, repeats=repeats)
                            refused.clear()
                    finally:
                        await response.aclose()
            attempt += 1
            if wait:
                waited += wait
                await asyncio.sleep(wait)

    async def renew_token(self) -> None:
        """Get another token than the one that is in use, which was refused inside a batch. Raises SignInNeeded."""
        await self._renew(await self._token(False))

    async def _renew(self, refused: str) -> str:
        """Give another token than the one that was refused; the many that were refused together renew it once."""
        common = self._common
        async with common.renewing:
            if common.refused != refused:
                common.renewed = await self._token(True)
                common.refused = refused
            return common.renewed

    def _after(
        self,
        turn: Turn,
        response: httpx.Response,
        refusal: bytes,
        what: str,
        attempt: int,
        waited: float,
        *,
        repeats: bool,
    ) -> float:
        """Say how long to wait before the next attempt. Raises Fault if there is none."""
        status = response.status_code
        told = waiting.retry_after(response.headers, self.now())
        if status in faults.THROTTLING and (repeats or status != 504):
            wait = told if told is not None else waiting.backoff(attempt)
            turn.was_refused(wait)
            if waited + wait <= self.patience:
                return wait
        elif status in faults.PASSING and repeats and attempt < self.attempts:
            return told if told is not None else waiting.backoff(attempt)
        error = faults.read(status, refusal, response.headers)
        location = response.headers.get("location", "")
        fault = faults.fault_of(error, what, location=location, wait=told or 0.0)
        host = urlsplit(self._cloud.graph).hostname or ""
        if status in (429, 503) and told is not None:
            fault = Throttled(str(fault), wait=told, **{**fault.facts, "seconds": round(told)})
        if isinstance(fault, SignInNeeded):
            skew = waiting.skew(response.headers, self.now())
            if abs(skew) > _SKEWED:
                raise ClockSkewed(str(fault), host=host, seconds=abs(skew))
            fault.facts.setdefault("host", host)
        raise fault

    def relative(self, link: str) -> str:
        """A link of Graph's own as a path, as batches want it. Raises ProtocolBroken."""
        whole = self.address(link)
        if whole.startswith(self._cloud.graph + BETA):
            return whole.removeprefix(self._cloud.graph)
        return whole.removeprefix(self._cloud.root)

    def _headers(self, content_type: str, prefer: Sequence[str]) -> dict[str, str]:
        headers = {"Prefer": ", ".join(prefer)} if prefer else {}
        if content_type:
            headers["Content-Type"] = content_type
        return headers

    def address(self, path: str) -> str:
        """Make a path whole; take a link of Graph's own as it is. Raises ProtocolBroken for a link to elsewhere."""
        if path.startswith("/"):
            return (self._cloud.graph if path.startswith(BETA) else self._cloud.root) + path
        if urlsplit(path)[:2] != urlsplit(self._cloud.graph)[:2]:
            raise ProtocolBroken("a link leads to another host", host=urlsplit(path).hostname or "")
        return path


def _hear(headers: Mapping[str, str], turn: Turn) -> None:
    """Obey what the service says of its share that is left (RateLimit header fields, draft 3)."""
    left, reset = headers.get("ratelimit-remaining", ""), headers.get("ratelimit-reset", "")
    if left.isdigit() and reset.isdigit():
        turn.was_told(int(left), float(reset))
