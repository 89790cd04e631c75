"""A referee between our client and what answers it: every exchange is held to Microsoft's own description of Graph.

The description and the rules lie beside the repository (``../shared/contracts``), nobody here wrote them, and a
stranger's clone has none: there, what asks for the referee is skipped, loudly.
"""

import importlib.util
import json
import os
import re
from collections.abc import AsyncIterator, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import pytest

_VARIABLE = "SAASBACKUP_CONTRACTS"
_BESIDE = Path(__file__).resolve().parents[2].parent / "shared" / "contracts"
_ROOT: Final = "https://graph.microsoft.com"


def find() -> Path | None:
    """Find the folder of contracts; None if there is none."""
    place = Path(os.environ[_VARIABLE]) if os.environ.get(_VARIABLE) else _BESIDE
    return place if (place / "graph-v1.0.json.gz").exists() else None


@lru_cache(maxsize=1)
def _rules() -> Any:
    """Load the referee's rules once: their trees of paths take seconds to build."""
    folder = find()
    if folder is None:
        pytest.skip("CONTRACTS MISSING: ../shared/contracts is not there; no exchange was held to Microsoft's word")
    spec = importlib.util.spec_from_file_location("graph_referee", folder / "tools" / "graph_referee.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Referee(str(folder), permissions=str(folder / "permissions.json.gz"))


def problems_of(method: str, url: str, headers: Mapping[str, str], body: bytes) -> list[str]:
    """Judge a request that was not sent."""
    found: list[str] = _rules().check(method, url, dict(headers), body)
    return found


class Referee:
    """Watches one conversation. ``granted``: permissions of the caller; None: not looked at."""

    def __init__(self, granted: Iterable[str] | None = None, *, app_only: bool = True) -> None:
        self._rules = _rules()
        self._rules.issued, self._rules.upload = set(), set()
        self._issued, self._upload = self._rules.issued, self._rules.upload
        self._granted = None if granted is None else frozenset(granted)
        self._app_only = app_only
        self.problems: list[str] = []
        self.exchanges = 0

    def watch(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        status: int,
        answer_headers: Mapping[str, str],
        answer: bytes,
    ) -> None:
        """Judge one exchange, and those inside it if it is a batch."""
        self.exchanges += 1
        self._rules.issued, self._rules.upload = self._issued, self._upload
        # A call that was refused for want of a permission is lawful to make: the answer must say so.
        granted = self._granted if status < 400 else None
        found = self._rules.check(
            method,
            url,
            dict(headers),
            body,
            status,
            dict(answer_headers),
            answer,
            granted=granted,
            app_only=self._app_only,
        )
        self.problems += [
            one
            for one in found
            if not (_is_mistaken(one, answer) or _rolls(one, url) or _is_documented(one, method, url))
        ]
        if urlsplit(url).path.endswith("/$batch") and status == 200:
            self._watch_batch(url, body, answer)

    def _watch_batch(self, url: str, body: bytes, answer: bytes) -> None:
        asked = {one["id"]: one for one in json.loads(body)["requests"]}
        if len(asked) != len(json.loads(body)["requests"]) or len(asked) > 20:
            self.problems.append("$batch: more than 20 requests, or an id twice")
        root = url.rpartition("/$batch")[0]
        for reply in json.loads(answer)["responses"]:
            one = asked.get(reply["id"])
            if one is None:
                self.problems.append(f"$batch: an answer to {reply['id']!r}, which was not asked")
                continue
            inside, said = one.get("body"), reply.get("body")
            self.watch(
                one["method"],
                root + "/" + one["url"].lstrip("/"),
                one.get("headers", {}),
                b"" if inside is None else json.dumps(inside).encode(),
                reply["status"],
                reply.get("headers", {}),
                b"" if said is None else said.encode() if isinstance(said, str) else json.dumps(said).encode(),
            )


def _is_mistaken(problem: str, answer: bytes) -> bool:
    """Two things that the rules do not see: what is allowed, and the type that an answer as a whole names."""
    return "without Retry-After" in problem or ("say @odata.type" in problem and b'"@odata.type"' in answer[:200])


def _rolls(problem: str, url: str) -> bool:
    """An application needs no permission to roll its own keys (application: addKey, removeKey).

    The metadata has addKey; removeKey has a page of its own and is missing in it, as appliesTo of policies has, which
    Microsoft's table of permissions lists.
    """
    path = urlsplit(url).path
    if "none of the granted permissions" in problem:
        return path.endswith(("/addKey", "/removeKey"))
    return "no Graph resource path" in problem and path.endswith(("/removeKey", "/appliesTo"))


_DOCUMENTED: Final = (
    ("PUT", r"/policies/adminConsentRequestPolicy"),
    ("PUT", r"/beta/deviceManagement/(compliancePolicies|configurationPolicies)/[^/]+"),
    ("POST", r"/beta/deviceManagement/compliancePolicies/[^/]+/setScheduledActions"),
    ("GET|POST", r"/policies/permissionGrantPolicies/[^/]+/(includes|excludes)"),
    ("GET|DELETE", r"/policies/permissionGrantPolicies/[^/]+/(includes|excludes)/[^/]+"),
    ("GET|POST", r"/users/[^/]+/sponsors/\$ref"),
    ("GET", r"/reports/authenticationMethods/userRegistrationDetails/[^/]+"),
    ("DELETE", r"/users/[^/]+/sponsors/[^/]+/\$ref"),
    ("POST", r"/servicePrincipals/[^/]+/(claimsMappingPolicies|homeRealmDiscoveryPolicies)/\$ref"),
    ("DELETE", r"/servicePrincipals/[^/]+/(claimsMappingPolicies|homeRealmDiscoveryPolicies)/[^/]+/\$ref"),
)
"""Operations that have a page of their own (adminconsentrequestpolicy-update, user-post-sponsors, ...)."""


def _is_documented(problem: str, method: str, url: str) -> bool:
    """The metadata of the library does not have every operation that the reference describes."""
    if "no Graph resource path" not in problem and "is not defined for" not in problem:
        return False
    path = urlsplit(url).path.removeprefix("/v1.0")
    return any(method in known.split("|") and re.fullmatch(pattern, path) for known, pattern in _DOCUMENTED)


class RefereedTransport(httpx.AsyncBaseTransport):
    """Hands requests on, and lets the referee see each with its answer."""

    def __init__(self, behind: httpx.AsyncBaseTransport, referee: Referee, host: str = "graph.microsoft.com") -> None:
        self._behind = behind
        self._referee = referee
        self._host = host

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; what the host is called elsewhere is Graph to the referee."""
        body = await request.aread()
        response = await self._behind.handle_async_request(request)
        if request.url.host != self._host:
            return response
        answer = await _whole(response)
        url = _ROOT + request.url.raw_path.decode()
        text = answer.replace(f"{request.url.scheme}://{request.url.netloc.decode()}".encode(), _ROOT.encode())
        if response.headers.get("content-type", "").startswith("application/json") or not answer:
            self._referee.watch(
                request.method, url, request.headers, body, response.status_code, response.headers, text
            )
        else:
            self._referee.watch(request.method, url, request.headers, body, response.status_code, {}, b"")
        headers = [(name, value) for name, value in response.headers.raw if name.lower() != b"content-encoding"]
        return httpx.Response(
            response.status_code, headers=headers, stream=_Once(answer), extensions=response.extensions
        )

    async def aclose(self) -> None:
        """Let go."""
        await self._behind.aclose()


class _Once(httpx.AsyncByteStream):
    def __init__(self, data: bytes) -> None:
        self._data = data

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._data


async def _whole(response: httpx.Response) -> bytes:
    return await response.aread()
