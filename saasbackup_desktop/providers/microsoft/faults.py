"""What Graph's refusals mean: one table from status and error code to a fault of ours."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from saasbackup_desktop.core.errors import (
    DeltaExpired,
    Denied,
    Fault,
    NameRefused,
    NotFound,
    ProtocolBroken,
    Refused,
    SignInNeeded,
    TargetFull,
    Throttled,
    TooLarge,
    Unreachable,
)


@dataclass(frozen=True, slots=True)
class GraphError:
    """An answer that is a refusal, as Graph words it."""

    status: int
    code: str
    message: str
    request: str
    """Graph's number of the request, for Microsoft's support."""


_BY_CODE: Final[Mapping[str, tuple[type[Fault], str]]] = {
    # code, in lower case -> fault and reason
    "erroritemnotfound": (NotFound, ""),
    "itemnotfound": (NotFound, ""),
    "resourcenotfound": (NotFound, ""),
    "request_resourcenotfound": (NotFound, ""),
    "errorinvaliduser": (NotFound, "user"),
    "errornonexistentmailbox": (NotFound, "mailbox"),
    "errormailboxmoveinprogress": (Unreachable, "mailbox-moves"),
    "errormailboxstoreunavailable": (Unreachable, "mailbox-store"),
    "errorserverbusy": (Throttled, ""),
    "applicationthrottled": (Throttled, ""),
    "toomanyrequests": (Throttled, ""),
    "errorcorruptdata": (Refused, "corrupt"),
    "errorinvalidrecipients": (Refused, "recipients"),
    "erroritemsave": (Refused, "save"),
    "errorcannotopenfileattachment": (Refused, "attachment"),
    "errormimecontentinvalid": (Refused, "mime"),
    "errormimecontentinvalidbase64string": (Refused, "mime"),
    "mailboxnotenabledforrestapi": (Denied, "mailbox-not-enabled"),
    "mailboxnotsupportedforrestapi": (Denied, "mailbox-not-enabled"),
    "erroraccessdenied": (Denied, "access"),
    "erroraccountsuspend": (Denied, "on-hold"),
    "erroraccountsuspendshowtierupgrade": (Denied, "on-hold"),
    "organizationfromtenantguidnotfound": (Denied, "no-exchange"),
    "accessdenied": (Denied, "access"),
    "authorization_requestdenied": (Denied, "permission"),
    "credentialinvalidlifetimeasperapppolicy": (Denied, "app-policy"),
    "credentialtypenotallowedasperapppolicy": (Denied, "app-policy"),
    "unauthorized": (SignInNeeded, ""),
    "invalidauthenticationtoken": (SignInNeeded, ""),
    "errorquotaexceeded": (TargetFull, ""),
    "insufficientstorage": (TargetFull, ""),
    "quotalimitreached": (TargetFull, ""),
    "errormessagesizeexceeded": (TooLarge, ""),
    "requestentitytoolarge": (TooLarge, ""),
    "errorfolderexists": (NameRefused, "exists"),
    "namealreadyexists": (NameRefused, "exists"),
    "syncstatenotfound": (DeltaExpired, ""),
    "syncstateinvalid": (DeltaExpired, ""),
    "errorsyncfoldernotfound": (DeltaExpired, ""),
    "resyncrequired": (DeltaExpired, ""),
    "resyncchangesapplydifferences": (DeltaExpired, ""),
    "resyncchangesuploaddifferences": (DeltaExpired, ""),
}
"""Codes that say more than their status does. Source: Graph's error pages, and what other backup tools have met."""

_BY_STATUS: Final[Mapping[int, tuple[type[Fault], str]]] = {
    400: (Refused, "bad-request"),
    401: (SignInNeeded, ""),
    403: (Denied, "access"),
    404: (NotFound, ""),
    405: (ProtocolBroken, "method"),
    406: (ProtocolBroken, "not-acceptable"),
    409: (Refused, "conflict"),
    410: (DeltaExpired, ""),
    412: (Refused, "changed-meanwhile"),
    413: (TooLarge, ""),
    415: (ProtocolBroken, "media-type"),
    416: (Refused, "range"),
    422: (Refused, "unprocessable"),
    423: (Refused, "locked"),
    424: (Refused, "dependency"),
    429: (Throttled, ""),
    500: (Unreachable, "server-error"),
    501: (ProtocolBroken, "not-implemented"),
    502: (Unreachable, "server-error"),
    503: (Unreachable, "server-busy"),
    504: (Unreachable, "server-late"),
    507: (TargetFull, ""),
    509: (Throttled, ""),
}

_OUTSIDE: Final = "access to odata is disabled"
"""How Exchange says that a mailbox is outside of an application's role (auth-limit-mailbox-access)."""
THROTTLING: Final = frozenset({429, 503, 504, 509})
"""Statuses that ask for less."""
UNSERVED: Final = frozenset({429, 503, 509})
"""Statuses of requests that were surely not carried out."""
PASSING: Final = frozenset({408, 429, 500, 502, 503, 504, 509})
"""Statuses after which the same request may succeed."""


def read(status: int, body: bytes | str | Mapping[str, Any] | None, headers: Mapping[str, str]) -> GraphError:
    """Read a refusal; one that is not in Graph's form keeps its status."""
    plain: Any = body
    if isinstance(body, bytes | str):
        try:
            plain = json.loads(body)
        except ValueError:
            plain = None
    said = plain.get("error") if isinstance(plain, Mapping) else None
    if isinstance(said, str):  # as the sign-in service words it
        said = {"code": said, "message": plain.get("error_description", "")}
    if not isinstance(said, Mapping):
        said = {}
    inner = said.get("innerError") or {}
    request = headers.get("request-id", "") or str(inner.get("request-id", "") if isinstance(inner, Mapping) else "")
    return GraphError(status, str(said.get("code", "")), str(said.get("message", "")), request)


def fault_of(error: GraphError, what: str = "", *, location: str = "", wait: float = 0.0) -> Fault:
    """Turn a refusal into a fault. ``what``: method and path without what is secret or long."""
    kind, reason = _BY_CODE.get(error.code.lower(), _BY_STATUS.get(error.status, (ProtocolBroken, "status")))
    if kind is Denied and _OUTSIDE in error.message.lower():
        reason = "outside-scope"
    detail = " ".join(part for part in (what, str(error.status), error.code, error.message) if part)
    if kind is DeltaExpired:
        return DeltaExpired(detail, location=location)
    facts: dict[str, str | int] = {"status": error.status, "graph": error.code}
    if reason:
        facts["reason"] = reason
    if error.request:
        facts["request"] = error.request
    if kind is Throttled:
        facts["seconds"] = round(wait)
        return Throttled(detail, wait=wait, **facts)
    if kind is NameRefused:
        return NameRefused(detail, **facts)
    return kind(detail, **facts)
