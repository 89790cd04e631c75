"""What the identity service lets an application ask: units in a bucket, writes in a window, and slow corners."""

import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Self

from saasbackup_desktop.sim.graph.wire import Refusal

_SIZES: Final = {"S": 3_500, "M": 5_000, "L": 8_000}
_COSTS: Final = (
    ("GET", re.compile(r"/(users|applications|oauth2PermissionGrants)(/delta(\(\))?)?"), 2),
    ("GET", re.compile(r"/applications/[^/]+/extensionProperties"), 2),
    ("GET", re.compile(r"/oauth2PermissionGrants/[^/]+"), 2),
    ("GET", re.compile(r"/servicePrincipals/[^/]+/appRoleAssignments"), 2),
    ("GET", re.compile(r"/users/[^/]+/(licenseDetails|memberOf|ownedObjects|transitiveMemberOf)"), 2),
    ("GET", re.compile(r"/groups/[^/]+/members"), 3),
    ("GET", re.compile(r"/(contracts|subscribedSkus)"), 3),
    ("POST", re.compile(r"/directoryObjects/getByIds"), 3),
    ("GET", re.compile(r"/domains/[^/]+/domainNameReferences"), 4),
    ("POST", re.compile(r"/.*/(isMemberOf|checkMemberGroups|checkMemberObjects)"), 4),
    ("GET", re.compile(r"/groups/[^/]+/transitiveMembers"), 5),
)
"""Units by method and path; everything else costs one."""
_SLOW: Final = ("/identity/conditionalAccess", "/identityProtection")
_ELSEWHERE: Final = ("/deviceManagement", "/reports")
"""What other services answer, which count in another way."""


@dataclass(slots=True)
class Allowance:
    """Limits of one application in one tenant; those of conditional access are of the whole tenant."""

    units: int = _SIZES["L"]
    seconds: float = 10.0
    writes: int = 3_000
    write_seconds: float = 150.0
    conditional: int = 1
    """Requests to conditional access in a second; 0 for no limit."""

    @classmethod
    def of(cls, size: str) -> Self:
        """What a tenant of a size is allowed: S (under 50 users), M (to 500), L."""
        return cls(units=_SIZES[size])


@dataclass(slots=True)
class _Bucket:
    left: float
    filled: float
    writes: deque[float] = field(default_factory=deque)


class Units:
    """Counts what applications spend, and says no when it is too much. ``allowance``: None to count alone."""

    def __init__(self, allowance: Callable[[], Allowance | None], now: Callable[[], float]) -> None:
        self._allowance = allowance
        self._now = now
        self._buckets: dict[str, _Bucket] = {}
        self._conditional: deque[float] = deque()
        self.spent = 0
        """Units of everything that was let in."""
        self.written = 0
        self.conditional = 0
        """Requests to conditional access that were let in."""
        self.refused = 0

    def charge(self, application: str, method: str, path: str, query: Mapping[str, str]) -> dict[str, str]:
        """Let a request in: headers of its answer. Raises Refusal."""
        path = path.removeprefix("/beta")
        if path.startswith(_ELSEWHERE):
            return {}
        allowance = self._allowance()
        if path.startswith(_SLOW):
            self._slowly(allowance)
        cost = cost_of(method, path, query)
        headers = {"x-ms-resource-unit": str(cost)}
        if allowance is not None:
            headers |= self._spend(allowance, application, cost, is_write=_is_write(method, path))
        self.spent += cost
        self.written += _is_write(method, path)
        return headers

    def _slowly(self, allowance: Allowance | None) -> None:
        now, times = self._now(), self._conditional
        while times and times[0] <= now - 1.0:
            times.popleft()
        if allowance is not None and allowance.conditional and len(times) >= allowance.conditional:
            self.refused += 1
            raise Refusal(429, "TooManyRequests", "Too many requests.")  # it does not say how long to wait
        times.append(now)
        self.conditional += 1

    def _spend(self, allowance: Allowance, application: str, cost: int, *, is_write: bool) -> dict[str, str]:
        now = self._now()
        bucket = self._buckets.setdefault(application, _Bucket(allowance.units, now))
        rate = allowance.units / allowance.seconds
        bucket.left = min(allowance.units, bucket.left + (now - bucket.filled) * rate)
        bucket.filled = now
        while bucket.writes and bucket.writes[0] <= now - allowance.write_seconds:
            bucket.writes.popleft()
        if bucket.left < cost:
            raise self._refusal("ResourceUnitLimitExceeded", (cost - bucket.left) / rate, application)
        if is_write and len(bucket.writes) >= allowance.writes:
            raise self._refusal("WriteLimitExceeded", bucket.writes[0] + allowance.write_seconds - now, application)
        bucket.left -= cost
        if is_write:
            bucket.writes.append(now)
        used = 1 - bucket.left / allowance.units
        return {"x-ms-throttle-limit-percentage": f"{used:.2f}"} if used > 0.8 else {}

    def _refusal(self, why: str, wait: float, application: str) -> Refusal:
        self.refused += 1
        return Refusal(
            429,
            "TooManyRequests",
            "Too many requests.",
            Retry_After=str(max(1, int(wait + 0.999))),
            x_ms_throttle_information=why,
            x_ms_throttle_scope=f"Tenant_Application/ReadWrite/{application}",
            x_ms_throttle_limit_percentage="1.0",
        )


def cost_of(method: str, path: str, query: Mapping[str, str]) -> int:
    """Units of a request: less with ``$select`` and short pages, more with ``$expand``, never less than one."""
    cost = next((units for verb, known, units in _COSTS if verb == method and known.fullmatch(path)), 1)
    cost -= "$select" in query
    cost += "$expand" in query
    cost -= query.get("$top", "").isdigit() and int(query["$top"]) < 20
    return max(1, cost)


def _is_write(method: str, path: str) -> bool:
    return method != "GET" and not path.endswith(("/getByIds", "/checkMemberGroups", "/getMemberGroups"))
