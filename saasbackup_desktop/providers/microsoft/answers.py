"""Read what Graph answers: objects, lists, refusals that break off, and connections that fail."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from saasbackup_desktop.core.errors import CertificateRefused, Fault, ProtocolBroken, UnknownHost, Unreachable


def object_in(response: httpx.Response) -> dict[str, Any]:
    """Read the object that an answer is. Raises ProtocolBroken."""
    try:
        plain = response.json()
    except ValueError as error:
        raise ProtocolBroken("the answer is not JSON", host=response.request.url.host) from error
    if not isinstance(plain, dict):
        raise ProtocolBroken("the answer is not an object", host=response.request.url.host)
    return plain


def values_in(page: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give what a page lists. Raises ProtocolBroken."""
    values = page.get("value")
    if not isinstance(values, list):
        raise ProtocolBroken("the answer has no list of values")
    return values


async def refusal_in(response: httpx.Response) -> bytes:
    """Read a refusal; one that breaks off is as good as its status."""
    try:
        return await response.aread()
    except httpx.HTTPError:
        return b""


def broken(error: Exception, address: str) -> Fault:
    """Say what a failure of the connection means."""
    host = urlsplit(address).hostname or ""
    text = str(error) or type(error).__name__
    lower = text.lower()
    if "certificate" in lower:
        reason = "expired" if "expired" in lower else "name" if "hostname" in lower else "authority"
        return CertificateRefused(text, host=host, reason=reason)
    if any(words in lower for words in ("name or service not known", "nodename nor", "getaddrinfo", "no address")):
        return UnknownHost(text, host=host)
    return Unreachable(text, host=host)
