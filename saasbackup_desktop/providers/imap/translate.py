"""Turn what servers, sockets and TLS say into faults: the one place for it in this room."""

import imaplib
import re
import socket
import ssl

from imapclient.exceptions import CapabilityError, IMAPClientError

from saasbackup_desktop.core.errors import (
    CertificateRefused,
    Denied,
    Fault,
    Misconfigured,
    ProtocolBroken,
    SignInNeeded,
    TargetFull,
    Throttled,
    TlsUnavailable,
    TooLarge,
    UnknownHost,
    Unreachable,
)
from saasbackup_desktop.providers.imap.wire import Lost, Rejected

_BUSY_CODES = frozenset((b"LIMIT", b"INUSE", b"UNAVAILABLE", b"THROTTLED"))
_BUSY = re.compile(
    r"too many|maximum (number of )?(user )?connections|try again|try later|temporar|throttl|server busy"
    r"|rate limit|bandwidth|overload|backoff",
    re.IGNORECASE,
)
_FULL = re.compile(r"over ?quota|quota exceeded|mailbox (is )?full|not enough (disk )?quota", re.IGNORECASE)
_WAIT = re.compile(r"(\d+) ?(?:s\b|sec)", re.IGNORECASE)
_TLS_REASONS = {9: "expired", 10: "expired", 18: "self-signed", 62: "name", 63: "name", 64: "name"}
FOREIGN = (OSError, EOFError, imaplib.IMAP4.error, IMAPClientError, Rejected)
"""Exceptions that cross the border of this room only as faults."""


def fault(error: BaseException, host: str) -> Fault:
    """Name a failure of the connection or of a command."""
    if isinstance(error, Rejected):
        return rejected(error, host)
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = _TLS_REASONS.get(error.verify_code, "authority")
        return CertificateRefused(error.verify_message, host=host, reason=reason)
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return Unreachable(str(error), host=host)
    if isinstance(error, ssl.SSLError | CapabilityError):
        return TlsUnavailable(str(error), host=host)
    if isinstance(error, socket.gaierror):
        return UnknownHost(str(error), host=host)
    text = str(error)
    if isinstance(error, Lost | imaplib.IMAP4.error | IMAPClientError) and _BUSY.search(text):
        return Throttled(text, wait=_wait(text), host=host)
    closed = isinstance(error, imaplib.IMAP4.abort) or "BYE" in text
    if isinstance(error, imaplib.IMAP4.error) and not closed:
        return ProtocolBroken(text, host=host)
    return Unreachable(text or type(error).__name__, host=host)


def rejected(error: Rejected, host: str) -> Fault:
    """Name a refusal."""
    text = str(error)
    code = error.code
    if code == b"OVERQUOTA" or _FULL.search(text):
        return TargetFull(text, host=host)
    if code == b"TOOBIG":
        return TooLarge(text)
    if code in _BUSY_CODES or _BUSY.search(text):
        return Throttled(text, wait=_wait(text), host=host)
    if code in (b"AUTHENTICATIONFAILED", b"AUTHORIZATIONFAILED", b"EXPIRED"):
        return SignInNeeded(text, host=host)
    if code == b"PRIVACYREQUIRED":
        return Misconfigured(text, host=host, reason="tls-required")
    if error.state == b"BAD":
        return ProtocolBroken(text, host=host)
    return Denied(text, host=host)


def sign_in_refused(error: BaseException, host: str) -> Fault:
    """Name a refusal of user name, password or token."""
    if isinstance(error, Rejected):
        named = rejected(error, host)
    else:  # imaplib keeps code and text in one string
        code, text = _code(str(error))
        named = rejected(Rejected(b"NO", code, b"", text), host)
    if isinstance(named, Throttled | Misconfigured):
        return named
    return SignInNeeded(named.detail, host=host)


def _code(text: str) -> tuple[bytes, bytes]:
    match = re.search(r"\[([A-Z-]+)[^\]]*\] ?(.*)", text, re.DOTALL)
    return (match[1].encode(), match[2].encode()) if match else (b"", text.encode())


def _wait(text: str) -> float:
    match = _WAIT.search(text)
    return min(float(match[1]), 300.0) if match else 0.0
