"""APPEND, of one message or several (RFC 3501 section 6.3.11, RFC 3502, RFC 4315, RFC 7889)."""

from dataclasses import dataclass
from datetime import datetime

from saasbackup_desktop.sim.imap import dates, sequence
from saasbackup_desktop.sim.imap.commands.command import Command
from saasbackup_desktop.sim.imap.session import Refusal, Session, folder_name
from saasbackup_desktop.sim.imap.state import Impossible
from saasbackup_desktop.sim.imap.wire import Malformed, Words


@dataclass(slots=True)
class _Arrival:
    data: bytes
    flags: list[str]
    internal_date: datetime | None


def _arrival(words: Words) -> _Arrival:
    flags: list[str] = []
    moment: datetime | None = None
    if words.ahead(b"("):
        flags = words.flags()
        words.space()
    if words.ahead(b'"'):
        try:
            moment = dates.read(words.string().decode("ascii", "replace"))
        except ValueError:
            raise Malformed("Invalid internal date.") from None
        words.space()
    return _Arrival(words.string(), flags, moment)


async def _append(session: Session, words: Words) -> str:
    words.space()
    name = folder_name(words)
    words.space()
    arrivals = [_arrival(words)]
    while words.take(b" "):
        if not session.house.manners.offers("MULTIAPPEND"):
            raise Malformed("One message at a time")
        words.spaces()
        arrivals.append(_arrival(words))
    words.end()
    mailbox, manners = session.mailbox, session.house.manners
    with mailbox.lock:
        try:
            folder = mailbox.folder(name)
        except Impossible as missing:
            raise Refusal(str(missing), "TRYCREATE") from None
        if any(b"\x00" in arrival.data for arrival in arrivals) and not manners.offers("BINARY"):
            raise Refusal("NUL is not allowed in a message")
        growth = sum(len(arrival.data) for arrival in arrivals)
        if mailbox.quota is not None and mailbox.used + growth > mailbox.quota:
            raise Refusal("Quota exceeded (mailbox for user is full)", "OVERQUOTA")
        for arrival in arrivals:
            if not manners.keywords:
                known = folder.keywords
                arrival.flags = [flag for flag in arrival.flags if flag.startswith("\\") or flag.lower() in known]
        added = [mailbox.deliver(name, each.data, each.flags, each.internal_date) for each in arrivals]
    if manners.offers("UIDPLUS"):
        session.code = f"APPENDUID {folder.uid_validity} {sequence.write(message.uid for message in added)}"
    return "Append completed"


COMMANDS = {"APPEND": Command(_append)}
