"""Try a connection: does it work, what is there, what can the server do."""

from dataclasses import dataclass

from saasbackup_desktop.providers.imap.lanes import Lane
from saasbackup_desktop.providers.imap.mailboxes import list_mailboxes
from saasbackup_desktop.providers.imap.quota import read_quota
from saasbackup_desktop.providers.imap.session import Session
from saasbackup_desktop.providers.imap.settings import ImapSettings, Secret, Tls
from saasbackup_desktop.providers.imap.wire import Rejected

_ABILITIES = {
    "condstore": ("CONDSTORE", "QRESYNC"),
    "qresync": ("QRESYNC",),
    "literal-plus": ("LITERAL+",),
    "multiappend": ("MULTIAPPEND",),
    "move": ("MOVE",),
    "special-use": ("SPECIAL-USE", "XLIST"),
    "namespace": ("NAMESPACE",),
    "uidplus": ("UIDPLUS",),
    "quota": ("QUOTA",),
    "objectid": ("OBJECTID",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What a connection test found."""

    server: str
    """What the server calls itself; may be empty."""
    secure: bool
    folders: int
    messages: int
    size: int | None
    """Bytes in the mailbox, where the server tells."""
    room: int | None
    """Bytes left in the mailbox, where the server tells."""
    message_limit: int | None
    """Bytes that one message may have, where the server tells."""
    abilities: tuple[str, ...]
    warnings: tuple[str, ...]
    """Codes: ``not-encrypted``, ``no-condstore``."""


async def probe(settings: ImapSettings, secret: Secret) -> Findings:
    """Connect once, sign in, look around. Raises Fault."""
    lane = Lane(settings, secret)
    try:
        return await lane.run(lambda session: _look_around(session, settings), tries=1)
    finally:
        await lane.close()


def _look_around(session: Session, settings: ImapSettings) -> Findings:
    mailboxes = list_mailboxes(session).mailboxes
    statuses = session.status([mailbox.path for mailbox in mailboxes if mailbox.can_open])
    known = [status for status in statuses if status is not None]
    quota = read_quota(session)
    size = sum(status.size for status in known) if "STATUS=SIZE" in session.abilities else quota.used
    secure = settings.tls is not Tls.NONE
    warnings = [] if secure else ["not-encrypted"]
    warnings += [] if session.condstore else ["no-condstore"]
    return Findings(
        server=_server(session),
        secure=secure,
        folders=len(mailboxes),
        messages=sum(status.exists for status in known),
        size=size,
        room=quota.room,
        message_limit=session.limit(),
        abilities=tuple(code for code, words in _ABILITIES.items() if session.abilities & set(words)),
        warnings=tuple(warnings),
    )


def _server(session: Session) -> str:
    """Ask for the server's name and version (RFC 2971)."""
    if "ID" not in session.abilities:
        return ""
    try:
        replies = session.wire.command(b"ID", b"NIL").of(b"ID")
    except Rejected:
        return ""
    told = replies[0].fields() if replies and replies[0].parts[0].startswith(b"(") else {}
    found = [told.get(key) for key in (b"NAME", b"VERSION")]
    return " ".join(word.decode(errors="replace") for word in found if isinstance(word, bytes))
