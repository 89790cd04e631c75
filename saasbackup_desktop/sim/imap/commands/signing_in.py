"""Signing in: LOGIN, AUTHENTICATE (PLAIN, LOGIN, XOAUTH2, OAUTHBEARER), STARTTLS."""

import base64
import binascii
import hmac

from saasbackup_desktop.sim.imap.commands.command import Command
from saasbackup_desktop.sim.imap.session import Refusal, Session, Standing
from saasbackup_desktop.sim.imap.wire import Malformed, Words

_BAD_TOKEN = b'{"status":"401","schemes":"bearer","scope":"mail"}'


async def _login(session: Session, words: Words) -> str:
    words.space()
    user = words.astring()
    words.space()
    password = words.astring()
    words.end()
    if session.house.manners.login_disabled:
        raise Refusal("LOGIN is disabled", "PRIVACYREQUIRED")
    return _with_password(session, user, password)


def _admit(session: Session, user: str) -> str:
    session.sign_in(user)
    session.code = "CAPABILITY " + session.capabilities()
    return "Logged in"


def _with_password(session: Session, user: bytes, password: bytes) -> str:
    name = user.decode("utf-8", "replace")
    mailbox = session.house.mailboxes.get(name)
    if mailbox is None or not hmac.compare_digest(mailbox.password.encode(), password):
        raise Refusal("Authentication failed.", "AUTHENTICATIONFAILED")
    return _admit(session, name)


async def _ask(session: Session, challenge: bytes) -> bytes:
    session.pipe.send(b"+ " + base64.b64encode(challenge) + b"\r\n")
    await session.pipe.drain()
    return _plain(await session.pipe.line())


def _plain(line: bytes) -> bytes:
    if line == b"*":
        raise Malformed("Authentication aborted")
    try:
        return base64.b64decode(b"" if line == b"=" else line, validate=True)
    except binascii.Error:
        raise Malformed("Invalid base64 data") from None


async def _authenticate(session: Session, words: Words) -> str:
    words.space()
    mechanism = words.atom()
    if mechanism not in session.house.manners.mechanisms:
        raise Refusal("Unsupported authentication mechanism.")
    first: bytes | None = None
    if words.take(b" "):
        if not session.house.manners.offers("SASL-IR"):
            raise Malformed("No initial response without SASL-IR")
        first = _plain(words.astring())
    if mechanism == "LOGIN":
        user = first if first is not None else await _ask(session, b"Username:")
        return _with_password(session, user, await _ask(session, b"Password:"))
    answer = first if first is not None else await _ask(session, b"")
    if mechanism == "PLAIN":
        _, _, rest = answer.partition(b"\x00")
        user, _, password = rest.partition(b"\x00")
        return _with_password(session, user, password)
    return await _with_token(session, answer)


async def _with_token(session: Session, answer: bytes) -> str:
    user, token = "", ""
    for pair in answer.decode("utf-8", "replace").split("\x01"):
        name, _, value = pair.partition("=")
        if name == "auth":
            token = value.partition(" ")[2]
        elif name == "user":
            user = value
        elif name.startswith("n,a"):  # OAUTHBEARER: n,a=user,
            user = value.rstrip(",")
    mailbox = session.house.mailboxes.get(user)
    if mailbox is None or token not in mailbox.tokens:
        await _ask(session, _BAD_TOKEN)
        raise Refusal("Authentication failed.", "AUTHENTICATIONFAILED")
    return _admit(session, user)


async def _starttls(session: Session, words: Words) -> str:
    words.end()
    if session.house.encrypt is None:
        raise Malformed("TLS support isn't enabled.")
    if session.encrypted:
        raise Malformed("TLS is already active.")
    session.starting_tls = True
    return "Begin TLS negotiation now."


COMMANDS = {
    "LOGIN": Command(_login, Standing.STRANGER),
    "AUTHENTICATE": Command(_authenticate, Standing.STRANGER),
    "STARTTLS": Command(_starttls, Standing.STRANGER),
}
