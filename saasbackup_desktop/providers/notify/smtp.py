"""Hand a message to a mail server: TLS, STARTTLS, PLAIN, LOGIN, XOAUTH2 (RFC 5321, RFC 3207, RFC 4954)."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Final

from saasbackup_desktop.core.errors import (
    AddressRefused,
    CertificateRefused,
    Fault,
    Misconfigured,
    NotDelivered,
    SignInNeeded,
    TlsUnavailable,
    UnknownHost,
    Unreachable,
)
from saasbackup_desktop.providers.notify.settings import MailServer, MailSignIn, MailTls

_SECONDS: Final = 30
_UNTRUSTED: Final = {10: "expired", 18: "self-signed", 19: "self-signed", 20: "authority", 62: "name", 64: "name"}
"""OpenSSL's numbers of what is wrong with a certificate."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said when it took a notice."""

    status: int
    text: str


def send(server: MailServer, secret: str, message: EmailMessage, recipient: str) -> Answer:
    """Hand a message over; ``secret`` is the password or the access token. Blocks.

    Raises Unreachable and its kinds, SignInNeeded, AddressRefused, NotDelivered, Misconfigured.
    """
    with _translated(server, secret), _opened(server) as link:
        _sign_in(link, server, secret)
        return _handed_over(link, server, message, recipient)


def _opened(server: MailServer) -> smtplib.SMTP:
    name = None if server.sign_in is MailSignIn.NONE else "localhost"  # None: this computer's own name
    if server.tls is MailTls.IMPLICIT:
        return smtplib.SMTP_SSL(
            server.host, server.usual_port, local_hostname=name, timeout=_SECONDS, context=_context(server)
        )
    link = smtplib.SMTP(server.host, server.usual_port, local_hostname=name, timeout=_SECONDS)
    if server.tls is MailTls.STARTTLS:
        try:
            link.starttls(context=_context(server))
        except smtplib.SMTPNotSupportedError as error:
            link.close()
            raise TlsUnavailable("no STARTTLS", host=server.host, port=server.usual_port, reason="smtp") from error
        except BaseException:
            link.close()
            raise
    return link


def _context(server: MailServer) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=server.ca_file or None)
    except (FileNotFoundError, PermissionError, IsADirectoryError, ssl.SSLError) as error:
        raise Misconfigured(type(error).__name__, file=server.ca_file, reason="authority-file") from None


def _sign_in(link: smtplib.SMTP, server: MailServer, secret: str) -> None:
    if server.sign_in is MailSignIn.NONE:
        return
    link.ehlo_or_helo_if_needed()
    offered = link.esmtp_features.get("auth", "").upper().split()
    wanted = ("XOAUTH2",) if server.sign_in is MailSignIn.OAUTH else ("PLAIN", "LOGIN", "CRAM-MD5")
    if not set(wanted) & set(offered):
        raise SignInNeeded("not offered", host=server.host, user=server.user, reason="smtp-method")
    if server.sign_in is MailSignIn.PASSWORD:
        link.login(server.user, secret)
        return
    answers = iter((f"user={server.user}\1auth=Bearer {secret}\1\1",))
    # A refusal is explained in a second challenge, which wants an empty line (Google's and Microsoft's XOAUTH2).
    link.auth("XOAUTH2", lambda _challenge=None: next(answers, ""))


def _handed_over(link: smtplib.SMTP, server: MailServer, message: EmailMessage, recipient: str) -> Answer:
    link.ehlo_or_helo_if_needed()
    code, said = link.mail(server.sender)
    if code != 250:
        raise _refusal(server, code, said, server.sender)
    code, said = link.rcpt(recipient)
    if code not in (250, 251):
        raise _refusal(server, code, said, recipient)
    code, said = link.data(message.as_bytes())
    if code != 250:
        raise NotDelivered(f"DATA {code}", host=server.host, status=code, answer=_text(said), reason=_later(code))
    return Answer(code, _text(said))


def _refusal(server: MailServer, code: int, said: bytes, address: str) -> Fault:
    if code == 530:
        return SignInNeeded("530", host=server.host, reason="smtp-required", answer=_text(said))
    if code < 500:
        return NotDelivered(f"{code}", host=server.host, status=code, answer=_text(said), reason="later")
    return AddressRefused(f"{code}", host=server.host, address=address, status=code, answer=_text(said))


def _later(code: int) -> str:
    return "later" if code < 500 else ""


@contextmanager
def _translated(server: MailServer, secret: str) -> Iterator[None]:
    """What goes wrong becomes a fault; a server that repeats a secret is not quoted."""
    try:
        yield
    except Fault as fault:
        raise _without(fault, secret) from None
    except smtplib.SMTPAuthenticationError as error:
        facts: dict[str, str | int] = {"host": server.host, "user": server.user, "answer": _text(error.smtp_error)}
        raise _without(SignInNeeded(str(error.smtp_code), **facts), secret) from None
    except smtplib.SMTPResponseException as error:
        status, said = int(error.smtp_code), _text(error.smtp_error)
        refusal = NotDelivered(str(status), host=server.host, status=status, answer=said, reason=_later(status))
        raise _without(refusal, secret) from None
    except smtplib.SMTPException as error:
        raise Unreachable(type(error).__name__, host=server.host, port=server.usual_port) from None
    except ssl.SSLCertVerificationError as error:
        reason = _UNTRUSTED.get(error.verify_code, "authority")
        raise CertificateRefused(error.verify_message, host=server.host, reason=reason) from None
    except ssl.SSLError as error:
        raise TlsUnavailable(type(error).__name__, host=server.host, port=server.usual_port, reason="smtp") from None
    except socket.gaierror as error:
        raise UnknownHost(str(error.errno), host=server.host) from None
    except ConnectionRefusedError:
        raise Unreachable("refused", host=server.host, port=server.usual_port, reason="refused") from None
    except OSError as error:
        raise Unreachable(type(error).__name__, host=server.host, port=server.usual_port) from None
    except UnicodeError:
        raise AddressRefused("not ASCII", host=server.host, reason="characters") from None


def _without(fault: Fault, secret: str) -> Fault:
    if secret and "answer" in fault.facts:
        fault.facts["answer"] = str(fault.facts["answer"]).replace(secret, "***")
    return fault


def _text(said: bytes | str) -> str:
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return " ".join(text.split())[:300]
