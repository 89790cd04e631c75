"""A polite client of Microsoft Graph: waits when it is told to, repeats what may be repeated, and names what fails."""

import asyncio
import copy
import email.utils
import json
import random
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
    UnknownHost,
    Unreachable,
)
from saasbackup_desktop.core.ports import Clock
from saasbackup_desktop.core.traffic import Traffic
from saasbackup_desktop.providers.microsoft import downloads, faults, uploads
from saasbackup_desktop.providers.microsoft.authorities import authorities
from saasbackup_desktop.providers.microsoft.budget import Budget, Turn
from saasbackup_desktop.providers.microsoft.cloud import Cloud
from saasbackup_desktop.providers.microsoft.pacing import pace
from saasbackup_desktop.providers.microsoft.units import Units

Token = Callable[[bool], Awaitable[str]]
"""Gives an access token; asked with True after one was refused, it must be a new one. Raises SignInNeeded."""

IMMUTABLE: Final = 'IdType="ImmutableId"'
"""Ids that stay while an item stays in its mailbox (outlook-immutable-id)."""
_AGENT: Final = "NONISV|SaaSBackupDesktop|SaaSBackupDesktop/0.1"
"""In the form that SharePoint asks for; see "How to avoid getting throttled"."""
_BATCH: Final = 20
_BETA: Final = "/beta/"
"""How paths begin that lie in the version that its maker may change at any time."""
_ATTEMPTS: Final = 6
"""For what fails without being throttled."""
_PATIENCE: Final = 15 * 60.0
"""Seconds that one request waits out throttling in all, before it is told."""
_LONGEST: Final = 60.0
_RENEWALS: Final = 2
"""New tokens for one request before it is told: the first may be one that others were given, and old by now."""
_SKEWED: Final = 300
"""Seconds: tokens are good five minutes before and after their time (access token claims reference)."""
_TIMEOUT: Final = httpx.Timeout(60.0, connect=20.0, read=120.0, pool=None)


@dataclass(frozen=True, slots=True)
class DeltaPage:
    """A page of changes, and the link to go on from: a deltaLink if it is the last one, else a nextLink."""

    values: list[dict[str, Any]]
    link: str
    is_last: bool


@dataclass(frozen=True, slots=True)
class Call:
    """One request inside a batch. ``path`` with its query, relative to v1.0's root, or beginning with ``/beta/``."""

    method: str
    path: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call inside a batch: its body, or why there is none."""

    status: int
    body: Any
    fault: Fault | None = None


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
        self._patience = patience
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
    def throttled_until(self) -> int | None:
        """Seconds since 1970 UTC until which some mailbox rests; None if none does."""
        return self._moment(self.budget.paused_for)

    def rests_until(self, mailbox: str) -> int | None:
        """Seconds since 1970 UTC until which this mailbox rests; None if it does not."""
        return self._moment(self.budget.rest(mailbox))

    def _moment(self, seconds: float) -> int | None:
        return self._clock.now() + int(seconds) + 1 if seconds > 0 else None

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
        return _object(response)

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
        return _object(response) if response.content else {}

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
            yield _values(page)
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
            yield DeltaPage(_values(page), link, bool(last))
            if last:
                return

    async def batch(self, calls: Sequence[Call], *, mailbox: str = "") -> list[Answer]:
        """Send many requests, 20 at a time; their answers in the same order. Raises Fault if a batch as a whole fails.

        What the service had no time for is sent again, after the time that it asked for. Each version of the interface
        has batches of its own.
        """
        if len(versions := {call.path.startswith(_BETA) for call in calls}) > 1:
            mixed: dict[int, Answer] = {}
            for is_beta in sorted(versions):
                some = [number for number, call in enumerate(calls) if call.path.startswith(_BETA) is is_beta]
                found = await self.batch([calls[number] for number in some], mailbox=mailbox)
                mixed.update(zip(some, found, strict=True))
            return [mixed[number] for number in range(len(calls))]
        answers: dict[int, Answer] = {}
        waiting = list(range(len(calls)))
        waited, attempt, renewed = 0.0, 0, False
        while waiting:
            some, waiting = waiting[:_BATCH], waiting[_BATCH:]
            replies = await self._batch([(number, calls[number]) for number in some], mailbox)
            again: list[int] = []
            longest, rest, stale = 0.0, 0.0, False
            for number in some:
                status, headers, body = replies.get(str(number), (0, {}, None))
                if status == 401 and not renewed and self._is_stale(calls[number], headers, body):
                    again.append(number)
                    stale = True
                    continue
                unsure = calls[number].method == "POST" and status not in faults.UNSERVED
                if status in faults.PASSING and not unsure and attempt < self.attempts * 4:
                    told = _retry_after(headers, self._clock)
                    wait = told if told is not None else _backoff(attempt)
                    if waited + wait <= self._patience:
                        again.append(number)
                        longest = max(longest, wait)
                        rest = max(rest, wait if status in faults.THROTTLING else 0.0)
                        continue
                answers[number] = self._answer(calls[number], status, headers, body)
            if stale:
                renewed = True
                await self._renew(await self._token(False))
            if again:
                attempt += 1
                waited += longest
                waiting = again + waiting
                if rest:
                    self.budget.shrink(mailbox, rest)
                await asyncio.sleep(longest)
            else:
                attempt = 0
        return [answers[number] for number in range(len(calls))]

    async def _batch(
        self, some: Sequence[tuple[int, Call]], mailbox: str
    ) -> dict[str, tuple[int, Mapping[str, str], Any]]:
        requests = []
        for number, call in some:
            headers = {"Prefer": IMMUTABLE, **call.headers}
            url = call.path.removeprefix(_BETA.rstrip("/"))
            one: dict[str, Any] = {"id": str(number), "method": call.method, "url": url, "headers": headers}
            if call.body is not None:
                one["body"] = call.body
                headers.setdefault("Content-Type", "application/json")
            requests.append(one)
        only_reads = all(call.method == "GET" for _, call in some)
        where = "/beta/$batch" if some[0][1].path.startswith(_BETA) else "/$batch"
        page = await self.send("POST", where, {"requests": requests}, mailbox=mailbox, repeats=only_reads)
        replies: dict[str, tuple[int, Mapping[str, str], Any]] = {}
        for reply in page.get("responses", ()):
            said = {str(name).lower(): str(value) for name, value in (reply.get("headers") or {}).items()}
            self.units.hear(said)
            replies[str(reply.get("id"))] = int(reply.get("status", 0)), said, reply.get("body")
        return replies

    def _is_stale(self, call: Call, headers: Mapping[str, str], body: Any) -> bool:
        """Tell whether the token is what was refused."""
        return isinstance(self._answer(call, 401, headers, body).fault, SignInNeeded)

    def _answer(self, call: Call, status: int, headers: Mapping[str, str], body: Any) -> Answer:
        if 200 <= status < 300:
            return Answer(status, body)
        what = f"{call.method} {_shown(call.path)}"
        if not status:
            return Answer(0, None, ProtocolBroken(f"{what}: no answer in the batch", host=self._cloud.graph))
        plain = body if isinstance(body, str | bytes | Mapping) else None
        wait = _retry_after(headers, self._clock) or 0.0
        return Answer(status, body, faults.fault_of(faults.read(status, plain, headers), what, wait=wait))

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
        await asyncio.sleep(_backoff(attempt))

    def broken(self, error: Exception) -> Fault:
        """Say what a failure of the connection means."""
        return _broken(error, self._cloud.graph)

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
                    wait = _backoff(attempt)
                else:
                    try:
                        _hear(response.headers, turn)
                        self.units.hear(response.headers)
                        if response.status_code < 300:
                            turn.went_well()
                            yield response
                            return
                        refusal = await _said(response)
                        renewed = ""
                        if response.status_code == 401 and signed and len(refused) < _RENEWALS:
                            refused.append(token)
                            renewed = await self._renew(token)
                        if renewed and renewed not in refused:
                            wait = 0.0
                        else:
                            what = f"{method} {_shown(address)}"
                            wait = self._after(turn, response, refusal, what, attempt, waited, repeats=repeats)
                            refused.clear()
                    finally:
                        await response.aclose()
            attempt += 1
            if wait:
                waited += wait
                await asyncio.sleep(wait)

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
        told = _retry_after(response.headers, self._clock)
        if status in faults.THROTTLING and (repeats or status != 504):
            wait = told if told is not None else _backoff(attempt)
            turn.was_refused(wait)
            if waited + wait <= self._patience:
                return wait
        elif status in faults.PASSING and repeats and attempt < self.attempts:
            return told if told is not None else _backoff(attempt)
        error = faults.read(status, refusal, response.headers)
        location = response.headers.get("location", "")
        fault = faults.fault_of(error, what, location=location, wait=told or 0.0)
        host = urlsplit(self._cloud.graph).hostname or ""
        if status in (429, 503) and told is not None:
            fault = Throttled(str(fault), wait=told, **{**fault.facts, "seconds": round(told)})
        if isinstance(fault, SignInNeeded):
            skew = _skew(response.headers, self._clock)
            if abs(skew) > _SKEWED:
                raise ClockSkewed(str(fault), host=host, seconds=abs(skew))
            fault.facts.setdefault("host", host)
        raise fault

    def relative(self, link: str) -> str:
        """A link of Graph's own as a path, as batches want it. Raises ProtocolBroken."""
        whole = self.address(link)
        if whole.startswith(self._cloud.graph + _BETA):
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
            return (self._cloud.graph if path.startswith(_BETA) else self._cloud.root) + path
        if urlsplit(path)[:2] != urlsplit(self._cloud.graph)[:2]:
            raise ProtocolBroken("a link leads to another host", host=urlsplit(path).hostname or "")
        return path


def _object(response: httpx.Response) -> dict[str, Any]:
    try:
        plain = response.json()
    except ValueError as error:
        raise ProtocolBroken("the answer is not JSON", host=response.request.url.host) from error
    if not isinstance(plain, dict):
        raise ProtocolBroken("the answer is not an object", host=response.request.url.host)
    return plain


def _values(page: Mapping[str, Any]) -> list[dict[str, Any]]:
    values = page.get("value")
    if not isinstance(values, list):
        raise ProtocolBroken("the answer has no list of values")
    return values


async def _said(response: httpx.Response) -> bytes:
    """Read a refusal; one that breaks off is as good as its status."""
    try:
        return await response.aread()
    except httpx.HTTPError:
        return b""


def _hear(headers: Mapping[str, str], turn: Turn) -> None:
    """Obey what the service says of its share that is left (RateLimit header fields, draft 3)."""
    left, reset = headers.get("ratelimit-remaining", ""), headers.get("ratelimit-reset", "")
    if left.isdigit() and reset.isdigit():
        turn.was_told(int(left), float(reset))


def _skew(headers: Mapping[str, str], clock: Clock) -> int:
    """Seconds that the service's clock is ahead of ours; 0 if it does not tell."""
    try:
        return int(email.utils.parsedate_to_datetime(headers.get("date", "")).timestamp()) - clock.now()
    except ValueError:
        return 0


def _retry_after(headers: Mapping[str, str], clock: Clock) -> float | None:
    """Seconds to wait, as told: a number, or a date (RFC 9110, section 10.2.3) by the service's own clock."""
    told = headers.get("retry-after", "").strip()
    if not told:
        return None
    try:
        return max(0.0, float(told))
    except ValueError:
        pass
    try:
        now = clock.now() + _skew(headers, clock)
        return max(0.0, email.utils.parsedate_to_datetime(told).timestamp() - now)
    except ValueError:
        return None


def _backoff(attempt: int) -> float:
    """Seconds to wait if nobody says: twice as long each time, not at the same moment as everybody else."""
    return min(_LONGEST, 2.0**attempt) * random.uniform(0.5, 1.0)


def _broken(error: Exception, address: str) -> Fault:
    host = urlsplit(address).hostname or ""
    text = str(error) or type(error).__name__
    lower = text.lower()
    if "certificate" in lower:
        reason = "expired" if "expired" in lower else "name" if "hostname" in lower else "authority"
        return CertificateRefused(text, host=host, reason=reason)
    if any(words in lower for words in ("name or service not known", "nodename nor", "getaddrinfo", "no address")):
        return UnknownHost(text, host=host)
    return Unreachable(text, host=host)


def _shown(path: str) -> str:
    """A path for logs: without the host and what a query may say."""
    return urlsplit(path).path
