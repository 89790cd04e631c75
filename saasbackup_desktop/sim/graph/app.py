"""The pretend Graph as an ASGI application: tokens, permissions, limits, routes and batches."""

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass, replace
from typing import Any, Final

from saasbackup_desktop.sim.graph.manners import Gate, Manners
from saasbackup_desktop.sim.graph.tenant import Grant, Tenant
from saasbackup_desktop.sim.graph.units import Units
from saasbackup_desktop.sim.graph.wire import Answer, Refusal, Request, query_of

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
_VERSION: Final = "/v1.0"
_BETA: Final = "/beta"
_MAILBOX: Final = re.compile(
    r"/users/([^/]+)/(?:mailFolders|messages|calendars?|calendarGroups|calendarView|events|contactFolders|contacts|todo"
    r"|outlook|mailboxSettings|inferenceClassification|photo)"
)
_READS: Final = ("/$batch", "/getByIds", "/checkMemberGroups", "/getMemberGroups", "/validateProperties")
"""What is posted and changes nothing."""
_RANGE: Final = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
_BATCH: Final = 20
ANYTHING: Final = "*"
"""Stands among the permissions of an address that needs none."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was let in: who asks, and what the route's places stand for."""

    tenant: Tenant
    request: Request
    grant: Grant
    places: dict[str, str]

    def __getitem__(self, place: str) -> str:
        return self.places[place]


Handler = Callable[[Asked], Answer]


@dataclass(frozen=True, slots=True)
class Wrote:
    """A request that would change the directory, whatever came of it."""

    method: str
    path: str
    """Below ``/v1.0``; of the other version it begins with ``/beta``."""
    body: Any
    """As it was sent: an object, or None."""
    status: int


@dataclass(frozen=True, slots=True)
class Route:
    """One address. ``application`` and ``delegated``: permissions of which one is enough."""

    method: str
    template: str
    handler: Handler
    application: frozenset[str]
    delegated: frozenset[str]


def route(method: str, template: str, application: str, delegated: str | None = None) -> Callable[[Handler], Route]:
    """Name an address and who may ask for it; permissions are parted by blanks."""

    def named(handler: Handler) -> Route:
        alone = frozenset(application.split())
        signed = frozenset(delegated.split()) if delegated is not None else alone
        return Route(method, template, handler, alone, signed)

    return named


class GraphApp:
    """Serves one tenant."""

    def __init__(
        self,
        tenant: Tenant,
        routes: Iterable[Route],
        manners: Manners | None = None,
        tick: Callable[[], float] = time.monotonic,
    ) -> None:
        self.tenant = tenant
        self.manners = manners or Manners()
        self.gate = Gate(self.manners, tick)
        self.units = Units(lambda: self.manners.allowance, tick)
        """What the directory's own limits count."""
        self.log: list[tuple[str, str, int]] = []
        """Method, path and status of what was asked."""
        self.writes: list[Wrote] = []
        """Every request that would change the directory, those in batches too, in order. Mailboxes are not watched."""
        self._tree: dict[str, Any] = {}
        for one in routes:
            self._add(one)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        request = await _request(scope, receive)
        if self.manners.drop and self.manners.dice.random() < self.manners.drop:
            raise ConnectionResetError("dropped on purpose")
        if request.path.startswith("/unknown/upload/"):
            answer = self._upload(request)
        elif request.path.startswith("/unknown/import/"):
            answer = self._import(request)
        else:
            answer = await self._answer(request)
        self.log.append((request.method, request.path, answer.status))
        self._note(request, answer.status)
        await self._send(answer, send)

    async def _answer(self, request: Request) -> Answer:
        """Serve a request; while that takes its time, it counts as one of those at once."""
        key: str | None = None
        try:
            grant = self._grant(request)
            key = self.gate.enter(grant.application, _mailbox(request.path))
            if self.manners.latency:
                await asyncio.sleep(self.manners.latency)
            return self._served(request, grant)
        except Refusal as refusal:
            return refusal.answer()
        finally:
            self.gate.leave(key)

    def _note(self, request: Request, status: int) -> None:
        path = request.path
        if request.method == "GET" or path.startswith("/unknown/") or path.endswith(_READS) or _mailbox(path):
            return
        is_json = request.headers.get("content-type", "").startswith("application/json")
        try:
            body = request.json() if is_json else None
        except Refusal:
            body = None
        self.writes.append(Wrote(request.method, path, body, status))

    def _upload(self, request: Request) -> Answer:
        """Take a piece of a large content; the address alone gives the right to send it."""
        key = request.segments[-1]
        upload = self.tenant.uploads.get(key)
        if request.method == "GET" and upload is not None:
            expected = [f"{len(upload.data)}-"]
            return Answer(200, {"expirationDateTime": self.tenant.moment(), "nextExpectedRanges": expected})
        match = _RANGE.fullmatch(request.headers.get("content-range", ""))
        if upload is None or match is None or "authorization" in request.headers:
            return Refusal(404 if upload is None else 400, "ErrorInvalidRequest", "No such upload.").answer()
        try:
            self.gate.stumble("PUT", "/upload")
        except Refusal as refusal:
            return refusal.answer()
        if int(match[1]) != len(upload.data) or int(match[3]) != upload.size:
            return Refusal(416, "invalidRange", "The range is not the one expected.").answer()
        upload.data += request.body
        if len(upload.data) < upload.size:
            return Answer(200, {"nextExpectedRanges": [f"{len(upload.data)}-"]})
        upload.finish(bytes(upload.data))
        del self.tenant.uploads[key]
        return Answer(201)

    def _import(self, request: Request) -> Answer:
        """Take an exported item back; the address alone gives the right to send it."""
        until, take = self.tenant.imports.get(request.segments[-1], (0.0, None))
        if take is None or "authorization" in request.headers or until <= self.tenant.now():
            return Refusal(401, "InvalidAuthenticationToken", "The address is not valid any more.").answer()
        try:
            self.gate.stumble("POST", "/import")
            return Answer(201, take(request.json()))
        except Refusal as refusal:
            return refusal.answer()

    def _served(self, request: Request, grant: Grant) -> Answer:
        if request.method == "POST" and request.path in ("/$batch", f"{_BETA}/$batch"):
            return self._batch(request, grant)
        self.gate.stumble(request.method, request.path)
        return self._charged(request, grant)

    def _charged(self, request: Request, grant: Grant) -> Answer:
        """Answer, and count what that costs where the directory is asked."""
        if _mailbox(request.path):
            return self._routed(request, grant)
        headers = self.units.charge(grant.application, request.method, request.path, request.query)
        try:
            answer = self._routed(request, grant)
        except Refusal as refusal:
            answer = refusal.answer()
        return replace(answer, headers={**answer.headers, **headers})

    def _routed(self, request: Request, grant: Grant) -> Answer:
        request = _of_somebody(request, grant)
        found, places = self._find(request)
        allowed = found.application if grant.app_only else found.delegated
        if not grant.app_only and _mailbox(request.path):
            allowed = self._shared(grant, allowed, places["user"])
        if not allowed & grant.scopes and ANYTHING not in allowed:
            raise Refusal(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
        self._fence(grant, allowed, places)
        return found.handler(Asked(self.tenant, request, grant, places))

    def _shared(self, grant: Grant, allowed: frozenset[str], key: str) -> frozenset[str]:
        """What lets somebody into a mailbox: another's must have been shared, and that be consented to as well."""
        user = self.tenant.find_user(key)
        if user is None or user["id"] == grant.user:
            return allowed
        shared = frozenset(f"{one}.Shared" for one in allowed)
        if shared & grant.scopes and grant.user not in self.tenant.shared.get(user["id"], ()):
            raise Refusal(404, "ErrorItemNotFound", "The specified object was not found in the store.")
        return shared

    def _fence(self, grant: Grant, allowed: frozenset[str], places: dict[str, str]) -> None:
        """Keep an application inside its role: where consent alone does not let it in."""
        application = self.tenant.applications[grant.application]
        if not grant.app_only or application.fenced is None or "user" not in places:
            return
        if allowed & application.granted:
            return  # consented for the whole tenant: wider than any fence
        user = self.tenant.find_user(places["user"])
        if user is None or user["id"] not in application.fenced:
            raise Refusal(403, "ErrorAccessDenied", "Access to OData is disabled.")

    def _batch(self, request: Request, grant: Grant) -> Answer:
        asked = request.json()
        requests = asked.get("requests", []) if isinstance(asked, dict) else []
        ids = [one.get("id") for one in requests]
        if not requests or len(requests) > _BATCH or len(set(ids)) < len(ids):
            raise Refusal(
                400, "BadRequest", "Number of batch request steps exceeds the maximum, or ids are not unique."
            )
        return Answer(body={"responses": [self._inner(request, grant, one) for one in requests]})

    def _inner(self, outer: Request, grant: Grant, one: dict[str, Any]) -> dict[str, Any]:
        path, _, query = str(one["url"]).partition("?")
        body = one.get("body")
        content = b"" if body is None else json.dumps(body).encode()
        headers = {name.lower(): value for name, value in one.get("headers", {}).items()}
        version = outer.path.removesuffix("/$batch")
        inner = Request(one["method"], f"{version}/{path.strip('/')}", query_of(query), headers, content, outer.root)
        try:
            self.gate.count(grant.application, _mailbox(inner.path))
            self.gate.stumble(inner.method, inner.path)
            answer = self._charged(inner, grant)
        except Refusal as refusal:
            answer = refusal.answer()
        self._note(inner, answer.status)
        said: dict[str, Any] = {"id": one["id"], "status": answer.status, "headers": dict(answer.headers)}
        if answer.body is not None:
            said["headers"]["Content-Type"] = answer.content_type
            said["body"] = answer.body.decode("latin-1") if isinstance(answer.body, bytes) else answer.body
        return said

    def _grant(self, request: Request) -> Grant:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        grant = self.tenant.tokens.get(token) if kind.lower() == "bearer" else None
        if grant is None:
            raise Refusal(401, "InvalidAuthenticationToken", "Access token is empty or not valid.")
        if grant.expires <= self.tenant.now():
            raise Refusal(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")
        return grant

    def _add(self, one: Route) -> None:
        branch = self._tree
        for segment in one.template.strip("/").split("/"):
            name = "{}" if segment.startswith("{") else _plain(segment)
            branch = branch.setdefault(name, {})
        branch.setdefault("", {})[one.method] = one

    def _find(self, request: Request) -> tuple[Route, dict[str, str]]:
        branch = self._tree
        taken: list[str] = []
        for segment in request.segments:
            if _plain(segment) in branch:
                branch = branch[_plain(segment)]
            elif "{}" in branch:
                branch = branch["{}"]
            else:
                raise Refusal(400, "BadRequest", f"Resource not found for the segment '{segment}'.")
            taken.append(segment)
        methods: dict[str, Route] = branch.get("", {})
        if request.method not in methods:
            raise Refusal(405, "Request_BadRequest", f"Specified HTTP method is not allowed: {request.method}")
        found = methods[request.method]
        names = found.template.strip("/").split("/")
        return found, {name[1:-1]: part for name, part in zip(names, taken, strict=True) if name.startswith("{")}

    async def _send(self, answer: Answer, send: Send) -> None:
        content = answer.content()
        headers = {"request-id": "00000000-0000-0000-0000-000000000001", **answer.headers}
        if content:
            headers["content-type"] = answer.content_type
        headers["content-length"] = str(len(content))
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": raw})
        if content and self.manners.cut and self.manners.dice.random() < self.manners.cut:
            await send({"type": "http.response.body", "body": content[: len(content) // 2], "more_body": True})
            raise ConnectionResetError("cut on purpose")
        await send({"type": "http.response.body", "body": content})


def _of_somebody(request: Request, grant: Grant) -> Request:
    """Who signed in is called ``me``."""
    first, _, rest = request.path.lstrip("/").partition("/")
    if first.lower() != "me":
        return request
    if grant.app_only:
        raise Refusal(400, "BadRequest", "/me request is only valid with delegated authentication flow.")
    return replace(request, path=f"/users/{grant.user}/{rest}".rstrip("/"))


def _plain(segment: str) -> str:
    """A segment as it compares: letters' case and a function's empty brackets do not matter."""
    return segment.lower().removesuffix("()")


def _mailbox(path: str) -> str:
    """Whose mailbox a path asks for; empty if nobody's."""
    match = _MAILBOX.match(path)
    return match[1] if match else ""


async def _request(scope: Scope, receive: Receive) -> Request:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
    path = (scope.get("raw_path") or scope["path"].encode()).decode().partition("?")[0]
    if path.lower().startswith(f"{_BETA}/"):
        version = ""
    elif not path.lower().startswith(_VERSION):
        path, version = "/unknown" + path, ""
    else:
        path, version = path[len(_VERSION) :] or "/", _VERSION
    root = f"{scope.get('scheme', 'https')}://{headers.get('host', 'graph.microsoft.com')}{version}"
    return Request(
        scope["method"], path.rstrip("/") or "/", query_of(scope["query_string"].decode()), headers, body, root
    )


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
