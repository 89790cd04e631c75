"""Post to webhooks: over TLS, to the host that was named and to no other."""

import hashlib
import hmac
import ssl
from typing import Final
from urllib.parse import urlsplit

import httpx

from saasbackup_desktop.core.errors import (
    CertificateRefused,
    Misconfigured,
    NotDelivered,
    SignInNeeded,
    Throttled,
    UnknownHost,
    Unreachable,
)
from saasbackup_desktop.providers.notify.settings import Hook
from saasbackup_desktop.providers.notify.smtp import Answer

SIGNATURE: Final = "X-SaaSBackup-Signature"
_SECONDS: Final = 30
_OURS: Final = frozenset({"content-type", "content-length", "host", "transfer-encoding", SIGNATURE.casefold()})


def require(hook: Hook) -> None:
    """Check an address and headers. Raises Misconfigured; the address is in no fact, because it is secret."""
    try:
        parts = urlsplit(hook.url)
    except ValueError:
        raise Misconfigured("no address", what="bad-webhook") from None
    is_near = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if not parts.hostname or parts.username or not (parts.scheme == "https" or (parts.scheme == "http" and is_near)):
        raise Misconfigured("no https address", what="bad-webhook")
    for name, value in hook.headers:
        is_fit = name.replace("-", "").isalnum() and name.isascii() and value.isprintable() and value.isascii()
        if not is_fit or name.casefold() in _OURS:
            raise Misconfigured("no header", what="bad-header", name=name)


def host_of(hook: Hook) -> str:
    """The host of an address: all of it that may be shown."""
    try:
        return urlsplit(hook.url).hostname or ""
    except ValueError:
        return ""


async def post(hook: Hook, body: bytes, id: str) -> Answer:
    """Post a body; it is taken if the answer is 2xx. Redirects are not followed.

    Raises Unreachable and its kinds, Throttled, SignInNeeded, NotDelivered, Misconfigured.
    """
    require(hook)
    host = host_of(hook)
    headers = {**dict(hook.headers), "Content-Type": "application/json; charset=utf-8", "X-SaaSBackup-Notice": id}
    if hook.signing:
        headers[SIGNATURE] = "sha256=" + hmac.new(hook.signing.encode(), body, hashlib.sha256).hexdigest()
    try:
        trust = ssl.create_default_context(cafile=hook.ca_file or None)
    except (OSError, ssl.SSLError) as error:
        raise Misconfigured(type(error).__name__, file=hook.ca_file, reason="authority-file") from None
    try:
        async with httpx.AsyncClient(verify=trust, timeout=_SECONDS, follow_redirects=False) as client:
            answer = await client.post(hook.url, content=body, headers=headers)
    except httpx.ConnectError as error:
        raise _not_reached(error, host) from None
    except httpx.InvalidURL:
        raise Misconfigured("no address", what="bad-webhook") from None
    except httpx.HTTPError as error:
        raise Unreachable(type(error).__name__, host=host) from None
    return _judged(answer, host, hook)


def _judged(answer: httpx.Response, host: str, hook: Hook) -> Answer:
    text = " ".join(answer.text.split())[:300]
    for secret in (hook.url, hook.signing, *(value for _, value in hook.headers)):
        text = text.replace(secret, "***") if secret else text
    status = answer.status_code
    if 200 <= status < 300:
        return Answer(status, text)
    if status == 429:
        seconds = answer.headers.get("retry-after", "")
        raise Throttled("429", wait=float(seconds) if seconds.isdigit() else 60.0, host=host)
    if status in (401, 403):
        raise SignInNeeded(str(status), host=host, reason="webhook", status=status, answer=text)
    reason = "webhook-gone" if status in (404, 410) else "webhook-moved" if 300 <= status < 400 else "webhook"
    raise NotDelivered(str(status), host=host, status=status, answer=text, reason=reason)


def _not_reached(error: httpx.ConnectError, host: str) -> Unreachable:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            known = {10: "expired", 18: "self-signed", 19: "self-signed", 62: "name", 64: "name"}
            return CertificateRefused(cause.verify_message, host=host, reason=known.get(cause.verify_code, "authority"))
        cause = cause.__cause__ or cause.__context__
    said = str(error).casefold()
    if "name or service" in said or "getaddrinfo" in said or "nodename" in said or "resolution" in said:
        return UnknownHost("no such name", host=host)
    return Unreachable("refused", host=host)
