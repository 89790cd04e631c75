"""What an access token says of itself, where it is one that can be read."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from saasbackup_desktop.providers.microsoft.permissions import WayIn


@dataclass(frozen=True, slots=True)
class Claims:
    """A token's payload, as far as checks look at it. Nothing here is trusted: the service decides, this only tells."""

    way_in: WayIn
    permissions: frozenset[str]
    """Roles of an application, or scopes that somebody consented to. What Exchange's own roles give is not in it."""
    audience: str
    """For whom it was made: Graph's address in its cloud, or Graph's application id."""
    tenant: str
    application: str
    made: int
    """Seconds since 1970 UTC."""
    expires: int


def read_claims(token: str) -> Claims | None:
    """Read a token; None if it is not a JSON Web Token."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        plain = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return None
    return _claims(plain) if isinstance(plain, dict) and plain.get("aud") else None


def _claims(plain: Mapping[str, Any]) -> Claims:
    scopes, roles = plain.get("scp"), plain.get("roles")
    is_delegated = isinstance(scopes, str)
    said = str(scopes).split() if is_delegated else roles if isinstance(roles, list) else ()
    return Claims(
        way_in=WayIn.DELEGATED if is_delegated else WayIn.APPLICATION,
        permissions=frozenset(str(one) for one in said),
        audience=str(plain["aud"]).rstrip("/"),
        tenant=str(plain.get("tid") or ""),
        application=str(plain.get("appid") or plain.get("azp") or ""),
        made=_seconds(plain.get("iat")),
        expires=_seconds(plain.get("exp")),
    )


def _seconds(value: Any) -> int:
    return int(value) if isinstance(value, int | float) else 0
