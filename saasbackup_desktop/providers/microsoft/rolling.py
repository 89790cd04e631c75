"""Renewing the certificate without anybody: an application may roll its own keys, if it proves that it has one.

Source: application: addKey and removeKey; "Generate proof of possession tokens for rolling keys". No permission is
needed for it.
"""

import base64
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from saasbackup_desktop.core.errors import Denied, Misconfigured, Refused, SignInNeeded
from saasbackup_desktop.providers.microsoft.certificates import AppCertificate
from saasbackup_desktop.providers.microsoft.graph import Graph, Token
from saasbackup_desktop.providers.microsoft.registering import (
    Done,
    Patience,
    Progress,
    Report,
    Step,
    key_of,
    prove,
)
from saasbackup_desktop.providers.microsoft.registrations import Registration, known

_AUDIENCES: Final = ("00000002-0000-0000-c000-000000000000", "00000003-0000-0000-c000-000000000000")
"""Microsoft's page has named the one and the other at different times."""
_REFUSALS: Final = (Refused, Denied, SignInNeeded)
_LASTS: Final = 600
_SKEW: Final = 60


@dataclass(frozen=True, slots=True)
class Rolled:
    """What came of it."""

    is_old_removed: bool
    """False where the registration may not be read: the old certificate stays until it runs out or is removed."""


async def roll(
    graph: Graph,
    client: str,
    old: AppCertificate,
    new: AppCertificate,
    token: Token,
    now: int,
    report: Report,
    patience: Patience | None = None,
    *,
    application: str = "",
) -> Rolled:
    """Upload a new certificate, sign in with it, remove the old one; nobody needs to sign in. Raises Fault.

    ``graph``: with the application's own token, got by the old certificate. ``token``: a sign-in with the new one,
    which must be kept before this is called. ``now``: seconds since 1970 UTC. ``application``: the registration's
    object id, needed where the application may not read its registration. May be run again.
    """
    if old.expires <= now:
        raise Misconfigured("an expired certificate proves nothing", what="certificate-expired")
    seen = await _seen(graph, client)
    application = application or (seen.application if seen is not None else "")
    if not application:
        raise Misconfigured("the registration's object id is not known", what="registration-needed", name=client)
    if seen is not None and seen.has(new):
        report(Progress(Step.CERTIFICATE, Done.PRESENT, new.short_thumbprint))
    else:
        body: dict[str, Any] = {"keyCredential": key_of(new), "passwordCredential": None}
        await _proved(graph, f"/applications/{application}/addKey", body, application, old, now)
        report(Progress(Step.CERTIFICATE, Done.MADE, new.short_thumbprint))
    await prove(token, frozenset(), report, patience)
    seen = await _seen(graph, client)
    if seen is None:
        return Rolled(is_old_removed=False)
    at = f"/applications/{application}/removeKey"
    for id in [one.id for one in seen.credentials if one.mark == old.short_thumbprint]:
        await _when_known(partial(_proved, graph, at, {"keyId": id}, application, new, now), report, patience)
    report(Progress(Step.CERTIFICATE, Done.REMOVED, old.short_thumbprint))
    return Rolled(is_old_removed=True)


async def _when_known(ask: Callable[[], Awaitable[None]], report: Report, told: Patience | None) -> None:
    """The sign-in service may know the new certificate before Graph does."""
    patience = told or Patience()
    for wait in patience.waits:
        try:
            await ask()
        except _REFUSALS:
            report(Progress(Step.CERTIFICATE, Done.WAITING))
            await patience.pause(wait)
        else:
            return
    await ask()


async def _proved(
    graph: Graph, at: str, body: Mapping[str, Any], application: str, certificate: AppCertificate, now: int
) -> None:
    first, second = (_proof(application, certificate, audience, now) for audience in _AUDIENCES)
    try:
        await graph.send("POST", at, {**body, "proof": first})
    except _REFUSALS:
        await graph.send("POST", at, {**body, "proof": second})


async def _seen(graph: Graph, client: str) -> Registration | None:
    """The registration; None if it may not be read."""
    try:
        return await known(graph, client)
    except Denied:
        return None


def _proof(application: str, certificate: AppCertificate, audience: str, now: int) -> str:
    """A token that the certificate's key signs: for ten minutes at most."""
    mark = base64.urlsafe_b64encode(bytes.fromhex(certificate.short_thumbprint)).decode().rstrip("=")
    head = {"alg": "RS256", "typ": "JWT", "x5t": mark}
    begin = now - _SKEW
    said = {"aud": audience, "iss": application, "nbf": begin, "exp": begin + _LASTS}
    text = ".".join(_encoded(json.dumps(part).encode()) for part in (head, said))
    key = serialization.load_pem_private_key(certificate.key.encode(), None)
    assert isinstance(key, RSAPrivateKey)
    return f"{text}.{_encoded(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
