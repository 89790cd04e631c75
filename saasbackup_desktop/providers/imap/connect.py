"""Open a connection and sign in: TLS, STARTTLS, LOGIN, PLAIN, XOAUTH2."""

import imaplib
import ssl

from imapclient import IMAPClient, SocketTimeout

from saasbackup_desktop.core.errors import Fault, Misconfigured, TlsUnavailable
from saasbackup_desktop.core.traffic import Traffic
from saasbackup_desktop.providers.imap import translate
from saasbackup_desktop.providers.imap.session import Session
from saasbackup_desktop.providers.imap.settings import ImapSettings, Secret, SignIn, Tls
from saasbackup_desktop.providers.imap.wire import astring


def connect(settings: ImapSettings, secret: Secret, traffic: Traffic | None = None) -> Session:
    """Open a connection, sign in, learn what the server can do. Raises Fault."""
    client = _open(settings)
    try:
        _sign_in(client, settings, secret)
        session = Session(client._imap, traffic)
        session.learn_abilities()
    except BaseException as error:
        _close(client)
        if isinstance(error, translate.FOREIGN):
            raise translate.fault(error, settings.host) from None
        raise
    return session


def _open(settings: ImapSettings) -> IMAPClient:
    implicit = settings.tls is Tls.IMPLICIT
    timeout = SocketTimeout(settings.connect_seconds, settings.answer_seconds)
    port = settings.port or (993 if implicit else 143)
    try:
        context = None if settings.tls is Tls.NONE else _context(settings)
        client = IMAPClient(settings.host, port, ssl=implicit, ssl_context=context, timeout=timeout)
    except translate.FOREIGN as error:
        raise translate.fault(error, settings.host) from None
    client._imap.debug = 0  # imapclient has it write every command, secrets included, to a logger
    if settings.tls is Tls.STARTTLS:
        try:
            client.starttls(context)
        except translate.FOREIGN as error:
            _close(client)
            named = translate.fault(error, settings.host)
            if isinstance(error, imaplib.IMAP4.error) and not isinstance(error, imaplib.IMAP4.abort):
                named = TlsUnavailable(str(error), host=settings.host)
            raise named from None
    return client


def _context(settings: ImapSettings) -> ssl.SSLContext:
    if settings.ca_file is None:
        return ssl.create_default_context()
    try:
        return ssl.create_default_context(cafile=settings.ca_file)
    except (FileNotFoundError, PermissionError, ssl.SSLError) as error:
        raise Misconfigured(str(error), file=settings.ca_file, reason="authority-file") from None


def _sign_in(client: IMAPClient, settings: ImapSettings, secret: Secret) -> None:
    if client._imap.state == "AUTH":  # greeted with PREAUTH
        return
    offered = {word.upper() for word in client.capabilities()}
    method = settings.sign_in
    if method is SignIn.LOGIN and b"LOGINDISABLED" in offered:
        if b"AUTH=PLAIN" not in offered:
            raise Misconfigured("LOGINDISABLED", host=settings.host, reason="tls-required")
        method = SignIn.PLAIN
    if method is not SignIn.LOGIN and b"AUTH=" + method.value.upper().encode() not in offered:
        raise Misconfigured("not offered", host=settings.host, reason="sign-in-method")
    try:
        _prove(client, method, settings.user, secret())
    except (imaplib.IMAP4.abort, OSError):
        raise
    except translate.FOREIGN as error:
        raise translate.sign_in_refused(error, settings.host) from None
    client._imap.state = "AUTH"


def _prove(client: IMAPClient, method: SignIn, user: str, secret: str) -> None:
    if method is SignIn.LOGIN:
        wire = Session(client._imap).wire
        wire.command(b"LOGIN", astring(user.encode()), astring(secret.encode()))
    elif method is SignIn.PLAIN:
        client.plain_login(user, secret)
    else:
        answers = iter((f"user={user}\1auth=Bearer {secret}\1\1".encode(),))
        client.sasl_login("XOAUTH2", lambda _: next(answers, b""))  # the second challenge is an error to be confirmed


def _close(client: IMAPClient) -> None:
    try:
        client.shutdown()
    except (OSError, imaplib.IMAP4.error, Fault):
        return  # it is gone, which is what was wanted
